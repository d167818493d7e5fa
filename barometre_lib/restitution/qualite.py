"""Sections of the quality page about the checks: where each row at fault is, never what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from barometre_lib.contexte import Contexte
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.rappel import Rappel, lire_rappel
from barometre_lib.qualite.refus import dire_tombees
from barometre_lib.qualite.suites import Gravite, Suite
from barometre_lib.registre.corrections import STATUTS_CORRECTION
from barometre_lib.restitution.completude import pourcentage
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre
from barometre_lib.typographie import accorder, jour, nombre, sans_accents
from barometre_lib.vocabulaire import COLONNES, Releve

GRAVITES = dict(zip(Gravite, ("Défauts bloquants", "Avertissements", "Informations"), strict=True))
# What a check looks at, by the table that it reads.
EXAMINES = {
    "textes": ("ligne", "lignes"),
    "mouvements": ("ligne", "lignes"),
    "suivi": ("mouvement suivi", "mouvements suivis"),
    "regions": ("région", "régions"),
    "egalites": ("somme", "sommes"),
}
# What it finds there.
TROUVES = EXAMINES | {"suivi": ("mouvement", "mouvements")}
LIBELLES_COLONNES = {column.nom: column.libelle for column in COLONNES}
A_RELIRE = "À relire."
# Up to so many references stand in the sentence; more are folded.
PEU = 6


def section_bilan(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Say what was found, the gravest first: each finding once, where it is, and why it is let through."""
    labels = contexte.nomenclatures.libelles("region")
    names = {one.controle.nom: one.controle.libelle for one in bilan.resultats}
    found = [(anchor, group) for _, anchor, group in _families(bilan) if any(one.constats for one in group)]
    useless: dict[tuple[str, str], list[str]] = {}
    for one in bilan.sans_objet:
        useless.setdefault((names.get(one.controle, one.controle), one.raison), []).append(one.reference)
    warnings = [one for one in bilan.resultats if one.controle.gravite is Gravite.AVERTISSEMENT]
    content = rendre(
        "bilan",
        bilan=bilan,
        bloquants=bilan.nombre(Gravite.BLOQUANT),
        avertissements=bilan.nombre(Gravite.AVERTISSEMENT),
        en_attente=sum(len(one.en_attente) for one in warnings),
        informations=bilan.nombre(Gravite.INFORMATION),
        trouves=[
            (
                GRAVITES[gravity],
                [_tell(group, anchor, bilan.releve, labels) for anchor, group in found if _is(group, gravity)],
            )
            for gravity in Gravite
        ],
        sans_objet=useless,
    )
    return section("bilan", "Ce qui a été trouvé", content)


def section_suites(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Show what was checked: how much each suite found, then its checks, folded."""
    del contexte
    counts, shown, recalls = [], [], lire_rappel()
    for suite, families in groupby(_families(bilan), key=itemgetter(0)):
        groups = [(anchor, group) for _, anchor, group in families]
        results = [one for _, group in groups for one in group]
        found = Counter(one.controle.gravite for one in results for _ in one.constats)
        counts.append([suite.libelle, len(results), *(found[gravity] for gravity in Gravite)])
        table = tableau_libre(
            [_row(group, anchor, recalls.get(group[0].controle.famille)) for anchor, group in groups],
            titre=f"Contrôles de la suite « {suite.libelle} »",
            entetes=["Contrôle", "Gravité", "Examen", "En défaut", "Issue"],
            classe="textes controles",
        )
        read = any(one.lignes for one in results)
        shown.append({"suite": suite, "controles": len(results), "tableau": table if read else None})
    table = tableau_libre(
        ([suite, *map(nombre, numbers)] for suite, *numbers in counts),
        titre=f"Signalements par suite de contrôles, relève {bilan.releve}",
        entetes=["Suite", "Contrôles", *GRAVITES.values()],
        total=["Total", *(nombre(sum(column)) for column in list(zip(*counts, strict=True))[1:])],
        classe="nombres",
    )
    return section("suites", "Ce qui a été contrôlé", rendre("suites", tableau=table, suites=shown))


def _families(bilan: Bilan) -> Iterator[tuple[Suite, str, list[Resultat]]]:
    """Yield each check, with its suite and the anchor of what it found; of several columns, its results together."""
    for rank, suite in enumerate(bilan.suites, start=1):
        own = [one for one in bilan.resultats if one.suite.nom == suite.nom]
        for place, (_, group) in enumerate(groupby(own, key=lambda one: one.controle.famille), start=1):
            yield suite, f"ou-{rank}-{place}", list(group)


def _is(group: list[Resultat], gravite: Gravite) -> bool:
    return group[0].controle.gravite is gravite


def _tell(group: list[Resultat], ancre: str, releve: Releve, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what a check found, in lots of one reason; what awaits one comes first, what lost its own is told."""
    columns = {one.controle.nom: f", {LIBELLES_COLONNES[one.controle.colonne]}" for one in group if len(group) > 1}
    lots: dict[str, list[tuple[Constat, str]]] = {}
    carried = Counter[tuple[str, str]]()
    for one in group:
        for fault in one.constats:
            reason = A_RELIRE if _is(group, Gravite.AVERTISSEMENT) else ""
            if one.justifie(fault):
                decided = one.decisions[fault.reference]
                reason = decided.raison
                carried[reason, str(decided.origine)] += decided.origine != releve
            lots.setdefault(reason, []).append((fault, columns.get(one.controle.nom, "")))
    told = [
        {
            "raison": reason,
            "reports": [(origin, count) for (of, origin), count in sorted(carried.items()) if of == reason and count],
        }
        | _where(faults, group[0], labels)
        for reason, faults in sorted(lots.items(), key=lambda one: one[0] != A_RELIRE)
    ]
    fallen = [sentence for one in group if one.tombees for sentence in dire_tombees(one)]
    return {"ancre": ancre, "libelle": group[0].controle.libelle, "lots": told, "tombees": fallen}


def section_corrections(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Show the known errors of the source that were corrected on reading: where and why, neither value."""
    until = any(one.jusqu_a for one in bilan.corrections)
    table = tableau_libre(
        (
            [
                one.mouvement,
                LIBELLES_COLONNES[one.colonne],
                one.raison,
                STATUTS_CORRECTION[one.statut],
                jour(one.depuis),
                *([one.jusqu_a or INCONNU] if until else []),
            ]
            for one in bilan.corrections
        ),
        titre=f"Corrections apportées à la lecture du registre, relève {bilan.releve}",
        entetes=["Mouvement", "Colonne", "Raison", "Statut", "Depuis", *(["Source juste en"] if until else [])],
        classe="textes",
    )
    content = rendre("corrections", nombre=len(bilan.corrections), tableau=table)
    return section("corrections", "Corrections", content)


def _row(group: list[Resultat], ancre: str, rappel: Rappel | None) -> list[Any]:
    """Return the cells of one check, or of one requirement of the contract over several columns."""
    check, faults = group[0].controle, sum(len(one.constats) for one in group)
    label = rendre(
        "controle",
        libelle=check.libelle,
        precision=f"{nombre(len(group))} colonnes" if len(group) > 1 else f"Attendu : {check.attendu}.",
        rappel=rappel,
        part=pourcentage(rappel.trouves, rappel.semes) if rappel else None,
    )
    number = rendre("en_defaut", nombre=faults, ancre=ancre)
    looked_at = accorder(max(one.lignes for one in group), *EXAMINES[check.table])
    return [label, check.gravite.libelle, looked_at, number, _outcome(group)]


def _outcome(group: list[Resultat]) -> str:
    if not group[0].lignes:
        return "sans objet"
    if not any(one.constats for one in group):
        return "conforme"
    if group[0].controle.gravite is Gravite.BLOQUANT:
        return "arrête la publication"
    if group[0].controle.gravite is Gravite.INFORMATION:
        return "pour information"
    waiting = sum(len(one.en_attente) for one in group)
    return f"{nombre(waiting)} à relire" if waiting else "acquitté"


def _where(faults: Sequence[tuple[Constat, str]], result: Resultat, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the references by region, in the order of the regions' names, and the line that sums them up.

    A region at fault needs no reference.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for fault, column in faults:
        name = labels.get(fault.region, fault.region)
        places.setdefault((name, column), []).append(fault.reference or f"ligne {fault.ligne}")
    codes = {name: code for code, name in labels.items()}
    groups = [
        (f"{name}{column}", [] if references == [codes.get(name)] else list(dict.fromkeys(references)))
        for (name, column), references in sorted(places.items(), key=lambda one: (sans_accents(one[0][0]), one[0][1]))
    ]
    regions = len([name for name, references in groups if name and references])
    rows = accorder(len(faults), *TROUVES[result.controle.table])
    resume = f"{rows} dans {accorder(regions, 'région', 'régions')}" if regions else rows
    return {"resume": resume, "peu": len(faults) <= PEU, "groupes": groups}
