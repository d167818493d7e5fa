"""The points of a page: composition, change, strict balance, sectors, places; one with nothing to say is left out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.composition import composer_html
from barometre_lib.restitution.constats_faits import (
    PORTEUSES_MAX,
    Compte,
    contribution,
    extremes,
    nommer,
    porteuse,
    porteuses,
)
from barometre_lib.restitution.constats_figures import compter_mots
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.tableaux import de_la_periode
from barometre_lib.typographie import au_cours_de, enumerer, majuscule, minuscule, nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES, MESURES_HAUSSE

# From this net on, a sector or a place is worth a point.
SEUIL = 3
# Words of a point.
MOTS_MAX = 25
FEMININS = {
    "ouvertures": ("ouverture", "ouvertures"),
    "extensions": ("extension", "extensions"),
    "fermetures": ("fermeture", "fermetures"),
    "reductions": ("réduction", "réductions"),
}
# How the extremes of a dimension are named, in one and in several.
NOMS = {
    "secteur": ("secteur", "chacun"),
    "departement": ("département", "chacun"),
    "region": ("région", "chacune"),
}


def ecrire_points(
    contexte: Contexte, compte: Compte, avant: Compte | None, secteurs: pd.DataFrame, lieux: pd.DataFrame
) -> list[Fragment]:
    """Write the points of a page, in their order; see `constats.constater`."""
    told: list[str | None] = [
        _composition(contexte, compte),
        avant and _changement(contexte, compte, avant),
        _strict(contexte, compte, avant),
        _extremes(contexte, secteurs, "secteur"),
        _extremes(contexte, lieux, "departement" if contexte.region else "region"),
    ]
    return [Fragment(Markup(composer_html(one))) for one in told if one]  # noqa: S704  each is made of escaped pieces


def composantes(compte: Compte, mesures: Iterable[str] = MESURES_BRUTES) -> Iterator[str]:
    """Write the components that there are, the first extension or reduction said significant."""
    significant = " significative"
    for name in mesures:
        number, (one, many) = compte.mesure(name), FEMININS[name]
        if not number:
            continue
        said = f"une {one}" if number == 1 else f"{nombre(number)} {many}"
        if name in ("extensions", "reductions"):
            said += f"{significant}{'s' if number > 1 else ''}" if significant else ""
            significant = ""
        yield said


def _composition(contexte: Contexte, compte: Compte) -> str | None:
    if not compte.mouvements:
        return None
    told = list(composantes(compte))
    rises = [told.pop(0) for name in MESURES_HAUSSE if compte.mesure(name)]
    when = majuscule(au_cours_de(contexte.periode))
    gains, losses = (Markup("<strong>{}</strong>").format(enumerer(one)) if one else None for one in (rises, told))
    if not losses:
        return Markup("{}, {}, sans fermeture ni réduction.").format(when, gains)
    if not gains:
        return Markup("{}, {}, sans ouverture ni extension.").format(when, losses)
    return Markup("{}, {}, contre {}.").format(when, gains, losses)


def _changement(contexte: Contexte, compte: Compte, avant: Compte) -> str | None:
    """Say how much the net changed, and the component that carries it, or that goes against it."""
    changes = {name: compte.mesure(name) - avant.mesure(name) for name in MESURES_BRUTES}
    changed = [name for name, change in changes.items() if change]
    gap = compte.net - avant.net
    if not (compte.mouvements or avant.mouvements):
        return None
    same = "Sur les mêmes régions, le" if not contexte.region and contexte.hors() else "Le"
    if not changed:
        return f"{same} solde net et ses quatre composantes sont inchangés sur un an."
    found = porteuses(avant, compte)
    if not gap:
        most = f" ; ce sont les {_de_a(found[0], avant, compte)} qui varient le plus" if len(found) == 1 else ""
        return Markup("{} solde net est <strong>inchangé</strong> sur un an{}.").format(same, most)
    verb = "progresse" if gap > 0 else "recule"
    said = Markup("{} solde net <strong>{} de {}</strong> sur un an, {}.")
    cause = _cause(avant, compte, found, seule=len(changed) == 1)
    # Tiles have the numbers too.
    whole, short = (said.format(same, verb, nombre(abs(gap)), one) for one in (cause, re.sub(r" \([^)]*\)", "", cause)))
    return whole if compter_mots(whole) <= MOTS_MAX else short


def _cause(avant: Compte, compte: Compte, mesures: Sequence[str], *, seule: bool) -> str:
    """Say which components changed most: they carry the change of the net, or go against it."""
    changes = {name: compte.mesure(name) - avant.mesure(name) for name in MESURES_BRUTES}
    if len(mesures) > PORTEUSES_MAX:
        return "sans qu'une composante domine"
    # Two leave no room to say which way each goes otherwise than by its numbers.
    ways = enumerer(
        f"les {FEMININS[one][1]} ({nombre(compte.mesure(one))}, contre {nombre(avant.mesure(one))})" for one in mesures
    )
    if len(mesures) == 1:
        ways = f"la {_sens(changes[mesures[0]])} des {_de_a(mesures[0], avant, compte)}"
    if seule:
        return f"par {ways.replace('la ', 'la seule ', 1)}"
    gap, carried = compte.net - avant.net, contribution(mesures[0], changes[mesures[0]])
    if carried * gap > 0:
        offset = f", en partie compensée{'s' if len(mesures) > 1 else ''}" if abs(carried) > abs(gap) else ""
        return f"surtout par {ways}{offset}"
    helped = porteuse(avant, compte)
    return f"par la {_sens(changes[helped])} des {FEMININS[helped][1]}, malgré {ways}" if helped else f"malgré {ways}"


def _sens(ecart: int) -> str:
    return "hausse" if ecart > 0 else "baisse"


def _de_a(nom: str, avant: Compte, compte: Compte) -> str:
    return f"{FEMININS[nom][1]} (de {nombre(avant.mesure(nom))} à {nombre(compte.mesure(nom))})"


def _strict(contexte: Contexte, compte: Compte, avant: Compte | None) -> str | None:
    """Say the strict balance, whose sign may be another; nothing where it is the net."""
    if not (compte.extensions or compte.reductions):
        return None
    net, strict = compte.net, compte.strict
    head = "Sans les extensions ni les réductions, le solde est"
    if not strict:
        said = Markup("{} <strong>nul</strong>").format(head)
    elif net * strict > 0:
        said = Markup("{} de <strong>{}</strong>").format(head, signe(strict))
    else:
        sign = "positif" if strict > 0 else "négatif"
        said = Markup("{} {} : <strong>{}</strong>").format(head, sign, signe(strict))
    if avant is None:
        return said + "."
    if avant.strict == strict:
        return said + Markup(", comme {}.").format(au_cours_de(contexte.periode_precedente))
    earlier = signe(avant.strict) if avant.strict else "nul"
    return said + Markup(" ({} {}).").format(earlier, au_cours_de(contexte.periode_precedente))


def _extremes(contexte: Contexte, comptes: pd.DataFrame, dimension: str) -> str | None:
    """Name the sectors or the places with the highest nets and the lowest."""
    counts = de_la_periode(comptes, contexte.periode)
    if dimension == "departement" and len(counts) == 1:
        return None
    labels = contexte.nomenclatures.libelles(dimension)
    if dimension == "secteur":
        labels = {code: minuscule(label) for code, label in labels.items()}
    high, low = extremes(counts[[dimension, "solde_net"]], labels, SEUIL)
    noun = f"{NOMS[dimension][0]}{'s' if len(high or low) > 1 else ''}"
    ends = [f"{where} : {_enumerer(one, dimension)}" for where, one in (("en tête", high), ("au plus bas", low)) if one]
    return f"{majuscule(noun)} {' ; '.join(ends)}." if ends else None


def _enumerer(nets: Mapping[str, int], dimension: str) -> str:
    """Write names and their nets, a net that they share once."""
    _, each = NOMS[dimension]
    if len(nets) > 1 and len(set(nets.values())) == 1:
        return f"{nommer(nets)} ({signe(next(iter(nets.values())))} {each})"
    return enumerer(f"{name} ({signe(net)})" for name, net in nets.items())
