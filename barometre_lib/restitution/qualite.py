"""Sections of the quality page about the checks: where each row at fault is, never what it says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from barometre_lib.contexte import Contexte
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.rappel import Rappel, lire_rappel
from barometre_lib.qualite.refus import dire_tombees
from barometre_lib.qualite.suites import Gravite
from barometre_lib.registre.corrections import STATUTS_CORRECTION
from barometre_lib.restitution.completude import pourcentage
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre
from barometre_lib.typographie import accorder, jour, nombre, sans_accents
from barometre_lib.vocabulaire import COLONNES, Releve

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
# Up to so many references stand on the page; more are folded.
PEU = 6


def section_bilan(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Say in one sentence what was checked and found, then suite by suite."""
    rows = []
    for suite, results in _by_suite(bilan):
        found = Counter(one.controle.gravite for one in results for _ in one.constats)
        rows.append([suite.libelle, len(results), *(found[gravity] for gravity in Gravite)])
    table = tableau_libre(
        ([suite, *map(nombre, numbers)] for suite, *numbers in rows),
        titre=f"Signalements par suite de contrôles, relève {bilan.releve}",
        entetes=["Suite", "Contrôles", "Défauts bloquants", "Avertissements", "Informations"],
        total=["Total", *(nombre(sum(column)) for column in list(zip(*rows, strict=True))[1:])],
        classe="nombres",
    )
    warnings = [one for one in bilan.resultats if one.controle.gravite is Gravite.AVERTISSEMENT]
    content = rendre(
        "bilan",
        bilan=bilan,
        bloquants=bilan.nombre(Gravite.BLOQUANT),
        avertissements=bilan.nombre(Gravite.AVERTISSEMENT),
        en_attente=sum(len(one.en_attente) for one in warnings),
        informations=bilan.nombre(Gravite.INFORMATION),
        tableau=table,
    )
    return section("bilan", "Bilan d'ensemble", content)


def section_suites(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Show each suite: what it is about, its checks, and the rows at fault by region."""
    labels = contexte.nomenclatures.libelles("region")
    shown, recalls = [], lire_rappel()
    for rank, (suite, results) in enumerate(_by_suite(bilan), start=1):
        rows, places = [], []
        families = groupby(results, key=lambda one: one.controle.famille)
        for place, group in enumerate((list(members) for _, members in families), start=1):
            anchor = f"ou-{rank}-{place}"
            rows.append(_row(group, anchor, recalls.get(group[0].controle.famille)))
            if any(one.constats for one in group):
                places.append({"ancre": anchor, "libelle": group[0].controle.libelle, **_places(group, labels)})
        table = tableau_libre(
            rows,
            titre=f"Contrôles de la suite « {suite.libelle} »",
            entetes=["Contrôle", "Gravité", "Examen", "En défaut", "Issue"],
            classe="textes controles",
        )
        read = any(one.lignes for one in results)
        shown.append({"suite": suite, "controles": len(results), "tableau": table if read else None, "lieux": places})
    return section("suites", "Ce qui a été contrôlé", rendre("suites", suites=shown))


def section_acquittements(contexte: Contexte, bilan: Bilan) -> Fragment:
    """Show the warnings justified, each with its reason, those that lost it, and what serves no more."""
    labels = contexte.nomenclatures.libelles("region")
    names = {one.controle.nom: one.controle.libelle for one in bilan.resultats}
    useless: dict[tuple[str, str], list[str]] = {}
    for one in bilan.sans_objet:
        useless.setdefault((names.get(one.controle, one.controle), one.raison), []).append(one.reference)
    content = rendre(
        "acquittements",
        acquittements=[shown for result in bilan.resultats for shown in _raisons(result, bilan.releve, labels)],
        tombees=[
            {"libelle": one.controle.libelle, "phrases": list(dire_tombees(one))}
            for one in bilan.resultats
            if one.tombees
        ],
        sans_objet=useless,
    )
    return section("acquittements", "Avertissements acquittés", content)


def _raisons(result: Resultat, releve: Releve, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield each reason given for a check, by relève of origin, and where the rows are that it lets through."""
    groups: dict[tuple[str, Releve], list[tuple[Constat, str]]] = {}
    for fault in result.constats:
        if result.justifie(fault):
            one = result.decisions[fault.reference]
            groups.setdefault((one.raison, one.origine), []).append((fault, ""))
    for (reason, origin), faults in groups.items():
        carried = "" if origin == releve else str(origin)
        told = {"libelle": result.controle.libelle, "raison": reason, "origine": carried}
        yield told | _where(faults, result, labels)


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


def _by_suite(bilan: Bilan) -> list[tuple[Any, list[Resultat]]]:
    return [(suite, [one for one in bilan.resultats if one.suite.nom == suite.nom]) for suite in bilan.suites]


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


def _places(group: list[Resultat], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return where the rows at fault of a check are; of a requirement over several columns, column by column."""
    columns = {one.controle.nom: f", {LIBELLES_COLONNES[one.controle.colonne]}" for one in group if len(group) > 1}
    faults = [(fault, columns.get(one.controle.nom, "")) for one in group for fault in one.constats]
    return _where(faults, group[0], labels)


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
    return {"resume": resume, "ouvert": len(faults) <= PEU, "groupes": groups}
