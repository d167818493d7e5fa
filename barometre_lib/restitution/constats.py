"""What a page says first: its title is the result, then the years before and the rank, points and tiles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.constats_faits import REGIONS_MIN, Compte, Rang
from barometre_lib.restitution.constats_points import composantes, ecrire_points
from barometre_lib.restitution.figures_mots import comparables
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import INCONNU
from barometre_lib.typographie import au_cours_de, enumerer, jour, nombre, ordinal, sans_accents, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES

# So many years before are told beside the result.
ANNEES_AVANT = 2
# So many regions that share the first place are named.
EGALES_MAX = 2


@dataclass(frozen=True)
class Constats:
    """What the head of a page says, and the counts that it says it of."""

    titre: str  # the result, title of the page
    suite: str = ""  # the years before, the rank; nothing where the notice of a late region says it all
    points: Sequence[Fragment] = ()  # at most five
    compte: Compte | None = None  # of the edition's period, None when it is not known
    avant: Compte | None = None  # of the same period a year before


def constater(
    contexte: Contexte,
    classement: pd.DataFrame,
    classement_avant: pd.DataFrame,
    secteurs: pd.DataFrame,
    lieux: pd.DataFrame,
) -> Constats:
    """Put in words what the counts of a territory say of the edition's period.

    Parameters
    ----------
    classement, classement_avant : pandas.DataFrame
        Covered regions by rank, over that period and over the same one a year before.
    secteurs : pandas.DataFrame
        Counts by period and `secteur`.
    lieux : pandas.DataFrame
        Counts by period and `departement` of a region, by period and `region` of France.
    """
    periods = comparables(contexte)[: -2 - ANNEES_AVANT : -1]
    now, *earlier = (Compte.lire(contexte, lieux, period) for period in periods)
    before = earlier[0] if earlier else None
    head = f"{contexte.nom_compte} : "
    if contexte.actualisee or now is None:
        return Constats(f"{head}solde non disponible {au_cours_de(contexte.periode)}")
    if not contexte.couverte:
        return Constats(f"{head}pas de solde établi {au_cours_de(contexte.periode)}", _non_etabli(now), compte=now)
    told = [(code, one) for code, one in zip(periods[1:], earlier, strict=True) if one]
    # The years before are told without the regions that France leaves out now.
    same = " sur les mêmes régions" if told and contexte.hors() and not contexte.region else ""
    parts = [
        f"{_dire_avant(now, told)}{same}",
        _dire_rang(contexte, now, classement, classement_avant),
    ]
    points = ecrire_points(contexte, now, before, secteurs, lieux)
    return Constats(f"{head}{_dire_net(contexte, now)}", f"{' ; '.join(filter(None, parts))}.", points, now, before)


def entete(contexte: Contexte, constats: Constats | None = None, *, intitule: str = "") -> Fragment:
    """Open the page: its result, or `intitule`, when it was known and published, and the notices that it must carry."""
    late = defaultdict[str, list[str]](list)
    for one in sorted(contexte.nomenclatures.regions.values(), key=lambda one: sans_accents(one.nom)):
        if one.code in contexte.lacunes.actualisees:
            late[jour(contexte.lacunes.actualisees[one.code].dernier_jour)].append(one.nom)
    periods = [*contexte.releve.annees, *contexte.releve.semestres]
    own = contexte.region.code if contexte.region else ""
    silent = [au_cours_de(code) for code in periods if contexte.lacunes.manque(code, own)]
    title = intitule or (constats.titre if constats else contexte.nom)
    told = {"titre": title, "suite": constats.suite if constats and not intitule else ""}
    return rendre("entete", contexte=contexte, retards=late, inconnues=silent, **told)


def essentiel(contexte: Contexte, constats: Constats) -> Fragment | None:
    """Show the points, and the tiles with the change over a year; None where there is nothing to conclude."""
    now, before = constats.compte, constats.avant
    silent = now is not None and not now.mouvements and (before is None or not before.mouvements)
    if silent or not contexte.couverte:
        return None
    tiles = [_tuile(name, now, before) for name in ("solde_net", *MESURES_BRUTES)]
    strict = signe(now.strict) if now and _sens(now.strict) != _sens(now.net) else ""
    return rendre("essentiel", points=constats.points, tuiles=tiles, strict=strict)


def _sens(solde: int) -> int:
    return (solde > 0) - (solde < 0)


def _tuile(nom: str, compte: Compte | None, avant: Compte | None) -> dict[str, str]:
    value, before = (None if one is None else one.mesure(nom) for one in (compte, avant))
    change = None if value is None or before is None else value - before
    write = signe if nom == "solde_net" else nombre
    return {
        "libelle": LIBELLES[nom],
        "nom": nom,
        "valeur": INCONNU if value is None else write(value),
        "ecart": "" if change is None else f"{signe(change)} sur un an" if change else "inchangé sur un an",
    }


def _dire_net(contexte: Contexte, compte: Compte) -> str:
    """Say the net as openings or closures of plants, unless there was none of them."""
    when = au_cours_de(contexte.periode)
    if not compte.mouvements:
        return f"aucune ouverture ni fermeture d'usine {when}"
    if compte.mouvements == 1:
        return f"{next(composantes(compte))} {when}"
    if not compte.net:
        even = compte.ouvertures and not compte.strict
        said = "autant d'ouvertures que de fermetures" if even else "solde nul entre ouvertures et fermetures"
        return f"{said} d'usines {when}"
    if not (compte.ouvertures if compte.net > 0 else compte.fermetures):
        return f"solde net de {signe(compte.net)} {when}"
    return f"{nettes(compte.net)} d'usine{'s' if abs(compte.net) > 1 else ''} {when}"


def nettes(net: int) -> str:
    """Write a net in words: `une ouverture nette`, `2 fermetures nettes`, `un solde nul`."""
    noun = "ouverture" if net > 0 else "fermeture"
    return "un solde nul" if not net else f"une {noun} nette" if abs(net) == 1 else f"{nombre(abs(net))} {noun}s nettes"


def _dire_avant(compte: Compte, avant: Sequence[tuple[str, Compte]]) -> str:
    """Say the nets of the years before, after what is said of all of them: a noun is not repeated."""
    said = "Extensions et réductions comprises" if compte.mouvements else "Ni extension ni réduction significative"
    sign, values = (compte.net > 0) - (compte.net < 0), []
    for place, (code, one) in enumerate(avant):
        own = (one.net > 0) - (one.net < 0)
        value = ("une" if abs(one.net) == 1 else nombre(abs(one.net))) if own and own == sign else nettes(one.net)
        sign = own
        values.append(f"{value} {_a_celui(code) if place else au_cours_de(code)}")
    if values and not any(one.net for _, one in avant):
        values = [
            "un solde nul " + " comme ".join([au_cours_de(avant[0][0]), *(_a_celui(code) for code, _ in avant[1:])])
        ]
    return f"{said}, après {enumerer(values)}" if values else said


def _a_celui(code: str) -> str:
    return f"à celui de {code.partition('-')[0]}" if "-S" in code else au_cours_de(code)


def _dire_rang(contexte: Contexte, compte: Compte, classement: pd.DataFrame, classement_avant: pd.DataFrame) -> str:
    """Say the place of the region and whether it keeps it; of France, in how many regions the net is positive."""
    if contexte.region is None:
        if len(classement) < REGIONS_MIN:
            return ""
        number = int((classement["solde_net"] > 0).sum())
        where = "aucune" if not number else "une" if number == 1 else nombre(number)
        return f"solde positif dans {where} des {len(classement)} régions classées"
    ranked = f"{len(classement)} classées{f', {contexte.hors()}' if contexte.hors() else ''}"
    own = Rang.lire(contexte, classement)
    if own is None or not compte.mouvements:
        return ""
    # A rank of the year before was not published among the same regions.
    before = None if contexte.hors() else Rang.lire(contexte, classement_avant)
    if own.rang == 1:
        return f"la région {_premiere(own, before)} des {ranked}{_a_egalite(own)}"
    place = "dernière" if own.rang == len(classement) else f"{ordinal(own.rang)}{' ex æquo' if own.autres else ''}"
    if before is None:
        said = f"est {place} des {ranked}"
    elif before.rang == 1:
        said = f"n'est plus première, mais {place} des {ranked}"
    elif before.rang == own.rang:
        said = f"reste {place} des {ranked}"
    else:
        said = f"devient {place} des {ranked} ({ordinal(before.rang)} {au_cours_de(contexte.periode_precedente)})"
    return f"la région {said}"


def _premiere(rang: Rang, avant: Rang | None) -> str:
    if rang.autres:
        return f"{'est' if avant is None else 'reste' if avant.rang == 1 else 'devient'} première"
    if avant is not None and avant.rang == 1 and avant.autres:
        return "devient seule première"
    return f"{'est' if avant is None else 'reste' if avant.rang == 1 else 'devient'} la première"


def _a_egalite(rang: Rang) -> str:
    if not rang.autres:
        return ""
    others = enumerer(rang.autres) if len(rang.autres) <= EGALES_MAX else f"{nombre(len(rang.autres))} autres"
    return f", à égalité avec {others}"


def _non_etabli(compte: Compte) -> str:
    """Say why nothing is concluded, and what is counted all the same."""
    why = "La couverture de la collecte n'y est pas établie : le baromètre ne permet pas de conclure"
    counted = "est comptée" if compte.mouvements == 1 else "sont comptées"
    return f"{why} ; {enumerer(composantes(compte))} y {counted}." if compte.mouvements else f"{why}."
