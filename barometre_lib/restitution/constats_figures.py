"""The finding of each figure, which is its title: at most fifteen words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.constats_faits import Rang, extremes, nommer
from barometre_lib.restitution.figures_mots import abreger
from barometre_lib.restitution.tableaux import aucun_mouvement, de_la_periode
from barometre_lib.typographie import accorder, au_cours_de, enumerer, majuscule, minuscule, nombre, ordinal, signe

# From this net on, a sector or a département stands out.
SEUIL = 2
MOTS_MAX = 15
# So many equals are named.
EGALES_MAX = 2
NON_CLASSEE = "Aucune région n'est classée"
NON_ETABLIE = "La couverture de la collecte n'est pas établie"


def constat_recensement(contexte: Contexte, evolution: pd.DataFrame) -> str:
    """Say which way things go since 2022; over a first semester, since the one of the year before."""
    told = {row["periode"]: row for row in evolution.to_dict("records")}
    if contexte.releve.semestre == 1:
        told = {code: told[code] for code in (contexte.periode_precedente, contexte.periode) if code}
    else:
        told = {code: row for code, row in told.items() if "-S" not in code}
    if contexte.actualisee:
        return f"Non disponible {au_cours_de(contexte.periode)}"
    rows = list(told.values())
    since = f"depuis {rows[0]['periode'][:4]}"
    if aucun_mouvement(evolution):
        return f"Aucun mouvement compté {since}" if contexte.couverte else NON_ETABLIE
    nets = [int(row["comparable"]) for row in rows]
    # What a late region opened and closed is in the earlier components of France.
    run = _longueur(_pas(nets))
    cut = 0 if contexte.hors() else _longueur(_ciseaux(rows))
    cut = cut if cut * run > 0 else 0
    scissors = "Moins d'ouvertures et plus de fermetures" if cut < 0 else "Plus d'ouvertures et moins de fermetures"
    if abs(cut) > 1:
        return f"{scissors} depuis {rows[-1 - abs(cut)]['periode']}"
    if abs(run) > 1:
        start, verb = -1 - abs(run), "progresse" if run > 0 else "recule"
        values = f"de {signe(nets[start])} à {signe(nets[-1])}"
        said = f"Le solde net {verb} depuis {rows[start]['periode']}, {values}"
    else:
        said = f"{scissors} qu'{au_cours_de(rows[-2]['periode'])}" if cut else _un_pas(rows, nets)
    # The columns of France are those of all its regions.
    return f"Sur les mêmes régions, {minuscule(said)}" if contexte.hors() and not contexte.region else said


def _un_pas(rows: Sequence[Any], nets: Sequence[int]) -> str:
    """Say the last net beside the one before."""
    now, said = nets[-1], f"à {signe(nets[-1])}"
    if len(nets) == 1:
        return f"Le solde net est {f'de {signe(now)}' if now else 'nul'} {au_cours_de(rows[-1]['periode'])}"
    before, earlier = nets[-2], au_cours_de(rows[-2]["periode"])
    if before == now:
        return f"Le solde net reste {said if now else 'nul'}, comme {earlier}"
    if not now:
        return f"Le solde net devient nul, après {signe(before)} {earlier}"
    verb = "monte" if now > before else "tombe" if now < 0 else "baisse"
    return (
        f"Le solde net {verb} {said}, après {signe(before)} {earlier}"
        if before
        else f"Nul {earlier}, le solde net {verb} {said}"
    )


def _pas(valeurs: Sequence[int]) -> list[int]:
    """Return the sign of each step of a series."""
    return [(after > before) - (after < before) for before, after in pairwise(valeurs)]


def _ciseaux(rows: Sequence[Any]) -> list[int]:
    """Return the steps in which openings and closures went opposite ways: 1 where openings rose, -1 where they fell."""
    steps = (_pas([int(row[name]) for row in rows]) for name in ("ouvertures", "fermetures"))
    return [up if up == -down else 0 for up, down in zip(*steps, strict=True)]


def _longueur(pas: Sequence[int]) -> int:
    """Return how many last steps go the same way, negative where it is down."""
    last = pas[-1] if pas else 0
    length = next((n for n, step in enumerate(reversed(pas)) if step != last), len(pas))
    return last * length


def constat_secteurs(contexte: Contexte, secteurs: pd.DataFrame) -> str:
    """Say which sectors come first and last; `secteurs` by period."""
    return _constat_extremes(contexte, secteurs, "secteur")


def constat_departements(contexte: Contexte, departements: pd.DataFrame) -> str:
    """Say which départements come first and last; `departements` by period."""
    return _constat_extremes(contexte, departements, "departement")


def _constat_extremes(contexte: Contexte, comptes: pd.DataFrame, dimension: str) -> str:
    counts, noun = de_la_periode(comptes, contexte.periode), "secteur" if dimension == "secteur" else "département"
    labels = contexte.nomenclatures.libelles(dimension)
    if contexte.actualisee:
        return f"Non disponible {au_cours_de(contexte.periode)}"
    if not contexte.couverte:
        return NON_ETABLIE
    if aucun_mouvement(counts.dropna(subset=["solde_net"])):
        return f"Aucun mouvement compté {au_cours_de(contexte.periode)}"
    if noun == "département" and len(counts) == 1:
        (row,) = counts.to_dict("records")
        return f"{labels[row[dimension]]}, seul département de la région"
    if noun == "secteur":
        labels = {code: minuscule(label) for code, label in labels.items()}
    high, low = extremes(counts[[dimension, "solde_net"]], labels, SEUIL, 1)
    sides = [
        f"{nommer(high, f'{noun}s')} en tête" if high else "",
        f"{nommer(low, f'{noun}s')} au plus bas" if low else "",
    ]
    both = majuscule(", ".join(filter(None, sides)))
    if not both:
        return f"Aucun {noun} ne se détache {au_cours_de(contexte.periode)}"
    return both if compter_mots(both) <= MOTS_MAX else majuscule(sides[0])


def constat_carte(contexte: Contexte, classement: pd.DataFrame) -> str:
    """Say in how many regions the net is positive, and whether the page's region is one of them."""
    if classement.empty:
        return NON_CLASSEE
    nets = classement["solde_net"]
    signs = [("positif", nets > 0), ("négatif", nets < 0), ("nul", nets == 0)]
    own = classement["region"] == (contexte.region.code if contexte.region else "")
    for sign, kept in signs:
        if contexte.region and (own & kept).any():
            number = int(kept.sum())
            group = f"l'une des {number} régions" if number > 1 else "seule région"
            return f"{contexte.region.nom}, {group} au solde {sign} {au_cours_de(contexte.periode)}"
    told = [(sign, int(kept.sum())) for sign, kept in signs if kept.any()]
    first, *others = (f"{sign} dans {'une' if number == 1 else number}" for sign, number in told)
    return ", ".join([f"Solde {first} {'région' if told[0][1] == 1 else 'régions'}", *others])


def constat_classement(contexte: Contexte, classement: pd.DataFrame, classement_avant: pd.DataFrame) -> str:
    """Say who comes first and whether it was already, and where the page's region stands."""
    if classement.empty:
        return NON_CLASSEE
    first, own = classement[classement["rang"] == 1], Rang.lire(contexte, classement)
    before = None if contexte.hors() else Rang.lire(contexte, classement_avant)
    names = contexte.nomenclatures.libelles("region")
    if own is None or contexte.region is None:
        last = classement[classement["rang"] == classement["rang"].max()]
        ends = [(first, "en tête"), *([(last, "au plus bas")] if len(last) < len(classement) else [])]
        told = [f"{_nommer(one, names)} {where} ({signe(int(one['solde_net'].iloc[0]))})" for one, where in ends]
        both = ", ".join(told)
        return both if compter_mots(both) <= MOTS_MAX else told[0]
    again = "toujours " if before and before.rang == own.rang and bool(before.autres) == bool(own.autres) else ""
    net = int(first["solde_net"].iloc[0])
    if own.rang > 1:
        place = f"{ordinal(own.rang)}{' ex æquo' if own.autres else ''}"
        gap = net - int(classement.loc[classement["region"] == contexte.region.code, "solde_net"].iloc[0])
        said = f"{contexte.region.nom}, {again}{place} sur {len(classement)}, {nombre(gap)} de moins que la première"
        return said if compter_mots(said) <= MOTS_MAX else said.replace(again, "")
    if own.autres:
        others = enumerer(own.autres) if len(own.autres) <= EGALES_MAX else f"{len(own.autres)} autres régions"
        return f"{contexte.region.nom} {again}en tête, à égalité avec {others}"
    behind = classement[classement["rang"] == 2]
    if len(behind) > EGALES_MAX:
        return f"{contexte.region.nom} {again}en tête"
    seconds = enumerer(contexte.nomenclatures.regions[code].article for code in behind["region"])
    return f"{contexte.region.nom} {again}en tête, devant {seconds} ({signe(int(behind['solde_net'].iloc[0]))})"


def constat_multiples(contexte: Contexte, regions: pd.DataFrame) -> str:
    """Say in how many covered regions the net rose over a year; `regions` by period and `region`."""
    before = contexte.periode_precedente
    if not before:
        return f"Le solde net de chaque région {au_cours_de(contexte.periode)}"
    nets = [de_la_periode(regions, code).set_index("region")["solde_net"] for code in (before, contexte.periode)]
    both = pd.concat(nets, axis="columns", keys=["avant", "apres"]).dropna()
    covered = both[[contexte.edition.couverte(str(code)) for code in both.index]]
    rises = int((covered["apres"] > covered["avant"]).sum())
    when = "De {} à {}" if contexte.releve.semestre == 2 else "Du {} au {}"
    where = f"monte dans {accorder(rises, 'région', 'régions')} sur {len(covered)}" if rises else "ne monte nulle part"
    return f"{when.format(abreger(before), abreger(contexte.periode))}, le solde net {where}"


def _nommer(classees: pd.DataFrame, noms: Any) -> str:
    return enumerer(classees["region"].map(noms)) if len(classees) <= EGALES_MAX else f"{len(classees)} régions ex æquo"


def compter_mots(texte: str) -> int:
    """Count the words of a sentence: what stands between spaces and holds a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in texte.split())
