"""Figures of counts of a territory, by semester and by sector: what each draws, and says of itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.figures_barres import Rangee, dessiner_barres
from barometre_lib.restitution.figures_colonnes import (
    Colonne,
    Groupe,
    dessiner_etroit,
    dessiner_large,
    reunir,
)
from barometre_lib.restitution.figures_mots import (
    abreger,
    comparables,
    composer_mouvements,
    dire_depuis,
    dire_lacunes,
    dire_quand,
    ecrire_solde,
)
from barometre_lib.restitution.figures_regions import figure_classement, figure_multiples
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.tableaux import (
    INCONNU,
    NON_DISPONIBLE,
    de_la_periode,
    tableau,
    trier_par_solde,
)
from barometre_lib.restitution.trace import DEMI, ETROIT
from barometre_lib.typographie import INSECABLE, enumerer, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

__all__ = [
    "figure_classement",
    "figure_multiples",
    "figure_recensement",
    "figure_secteurs",
]


def figure_recensement(
    contexte: Contexte,
    semestres: pd.DataFrame,
    france: pd.DataFrame | None,
    *,
    constat: str,
    annees: pd.DataFrame | None = None,
) -> Fragment:
    """Draw the semesters of the territory since the first one, then those of the periods compared on a phone.

    `semestres` by `annee` and `semestre`; beside a region, `france` by period shows those compared, None on the page of
    France. `annees` is its `evolution`: where a region was late, semesters that know it do not add up to a year that
    leaves it out.
    """
    shown = semestres.drop(columns="annee")
    title = f"Mouvements comptés par semestre, {contexte.nom}"
    left_out = {} if contexte.region else {code: contexte.hors(code) for code in semestres["semestre"]}
    values = tableau(shown, titre=title, total="", precisions=left_out)
    columns = [(row["annee"], _colonne(row, abreger(row["semestre"]))) for row in semestres.to_dict("records")]
    years = _annees(columns)
    if annees is not None:
        told = {row["periode"]: row for row in annees.to_dict("records")}
        years = {year: _colonne(told[year], year) if year in told else one for year, one in years.items()}
    braces = [(f"{year}{INSECABLE}: {years[year].ecrite}", first, last) for year, first, last in reunir(columns)]
    told_of = comparables(contexte) if contexte.region else [*left_out, *(year for year, *_ in reunir(columns))]
    compared = {one.nom: one for _, one in columns} | years
    own = [compared[abreger(code)] for code in comparables(contexte)]
    groups = [Groupe(f"{contexte.nom}, par semestre", [column for _, column in columns], braces)]
    if france is not None:
        rows = france[france[contexte.maille].isin(comparables(contexte))].to_dict("records")
        by = "par année" if contexte.releve.semestre == 2 else "premiers semestres"
        groups.append(
            Groupe(f"France, {by} (autre échelle)", [_colonne(row, abreger(row[contexte.maille])) for row in rows])
        )
    return encadrer(
        contexte,
        nom="recensement",
        constat=constat,
        mesure=f"Mouvements comptés, {contexte.nom}{dire_depuis(contexte)}, nombre de sites ; en gras, le solde net",
        lecture=_lire_colonne(contexte, own[-1]),
        alternative=f"Diagramme en barres, {' ; '.join(map(_dire, (one for _, one in columns)))}.",
        large=dessiner_large(groups),
        etroit=dessiner_etroit(Groupe(contexte.nom, own)),
        tableau=values,
        valeurs=shown,
        note=dire_lacunes(contexte, told_of),
    )


def _colonne(row: Mapping[Any, Any], nom: str) -> Colonne:
    known = pd.notna(row["solde_net"])
    counts = {name: int(row[name]) if known else 0 for name in MESURES_BRUTES}
    return Colonne(nom, counts, int(row["solde_net"]) if known else None)


def _annees(colonnes: Sequence[tuple[str, Colonne]]) -> dict[str, Colonne]:
    """Add semesters up by year; a year of which one is not known is not."""
    years = {}
    for year in dict.fromkeys(year for year, _ in colonnes):
        parts = [column for own, column in colonnes if own == year]
        nets = [column.solde for column in parts]
        known = [net for net in nets if net is not None]
        whole = len(known) == len(nets)
        counts = {name: sum(one.valeurs[name] for one in parts) if whole else 0 for name in MESURES_BRUTES}
        years[year] = Colonne(year, counts, sum(known) if whole else None)
    return years


def _dire(colonne: Colonne) -> str:
    if colonne.solde is None:
        return f"{colonne.nom} : {NON_DISPONIBLE}"
    return f"{colonne.nom}, solde net {colonne.ecrite} : {composer_mouvements(colonne.valeurs)}"


def _lire_colonne(contexte: Contexte, colonne: Colonne) -> str:
    when = dire_quand(contexte.periode)
    if colonne.solde is None:
        return f"{when}, le solde net n'est pas connu (« {INCONNU} »)."
    return f"{when}, {composer_mouvements(colonne.valeurs)} : le solde net est de {colonne.ecrite}."


def figure_secteurs(contexte: Contexte, secteurs: pd.DataFrame, *, constat: str) -> Fragment:
    """Draw the sectors by net over the edition's period, each with its net a year before; the empty ones are named.

    `secteurs` by period and `secteur`, some movement counted.
    """
    counts = de_la_periode(secteurs, contexte.periode)
    labels, before = contexte.nomenclatures.libelles("secteur"), _soldes_avant(contexte, secteurs)
    ranked = trier_par_solde(counts, labels)
    counted = ranked[list(MESURES_BRUTES)].ne(0).any(axis="columns")
    rows = [
        Rangee(
            labels[row["secteur"]],
            {name: int(row[name]) for name in MESURES_BRUTES},
            [signe(row["solde_net"]), *(ecrire_solde(one[row["secteur"]]) for one in before.values())],
        )
        for row in ranked[counted].to_dict("records")
    ]
    headings = [abreger(contexte.periode), *map(abreger, before)]
    empty = [labels[code] for code in ranked.loc[~counted, "secteur"]]
    title = f"Mouvements comptés par secteur {dire_quand(contexte.periode)}, {contexte.nom_compte}"
    compared = [f", contre {rows[0].soldes[1]} {dire_quand(code)}" for code in before]
    return encadrer(
        contexte,
        nom="secteurs",
        constat=constat,
        mesure=f"{title}, nombre de sites",
        lecture=f"le solde net du secteur « {rows[0].nom} » est de {rows[0].soldes[0]} "
        f"({composer_mouvements(rows[0].valeurs)}){''.join(compared)}.",
        note=f"Sans mouvement : {enumerer(empty)}." if empty else "",
        alternative="Diagramme en barres, du plus fort solde net au plus faible : "
        f"{' ; '.join(f'{row.nom} {row.soldes[0]}' for row in rows)}.",
        large=dessiner_barres(rows, DEMI, headings),
        etroit=dessiner_barres(rows, ETROIT, headings[:1]),
        tableau=tableau(ranked, titre=title, libelles=labels),
        valeurs=ranked.assign(
            secteur=ranked["secteur"].map(labels),
            **{f"solde_net_{code}": ranked["secteur"].map(one) for code, one in before.items()},
        ),
    )


def _soldes_avant(contexte: Contexte, secteurs: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    """Return the net of each sector over the period compared, under its code; nothing when it cannot be compared."""
    before = "" if contexte.region is None and contexte.hors() else contexte.periode_precedente
    return {before: de_la_periode(secteurs, before).set_index("secteur")["solde_net"].to_dict()} if before else {}
