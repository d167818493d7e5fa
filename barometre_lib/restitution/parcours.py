"""Section of the quality page about the projects: announced, effective, given up, and the time that it took."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.parcours import APRES, AVANT, SANS_DATE
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre, trier_par_libelle
from barometre_lib.typographie import nombre, periode
from barometre_lib.vocabulaire import PREMIERE_ANNEE

LIBELLES = {
    "projets": "Projets",
    "realises": "Réalisés",
    "annonces": "Encore annoncés",
    "abandonnes": "Abandonnés",
}
LIBELLES_DELAIS = {
    "delai_q1": "Premier quart (mois)",
    "delai_median": "Délai médian (mois)",
    "delai_q3": "Troisième quart (mois)",
}
ENTETES = [*LIBELLES.values(), *LIBELLES_DELAIS.values()]
# A quartile of fewer times says nothing general, and would let the dates of one site be read.
MINIMUM_DELAIS = 5


def section_parcours(
    contexte: Contexte, ensemble: pd.DataFrame, semestres: pd.DataFrame, regions: pd.DataFrame, detail: pd.DataFrame
) -> Fragment:
    """Show what became of the openings and extensions: as a whole, by `semestre_annonce`, by `region`, and by both."""
    heading = "De l'annonce à la première production"
    whole = ensemble.iloc[0].to_dict()
    if not whole["projets"]:
        return section("parcours", heading, rendre("parcours", total=whole))
    labels = contexte.nomenclatures.libelles("region")
    # What has no semester is shown only where there is some.
    kept = semestres[semestres["projets"].gt(0) | ~semestres["semestre_annonce"].isin([AVANT, APRES, SANS_DATE])]
    by_name = trier_par_libelle(regions, labels)
    tables = [
        _drawn("semestre d'annonce", kept, _of_france(contexte, kept), whole),
        _drawn("région", by_name, [labels[code] for code in by_name["region"]], whole),
    ]
    pairs = trier_par_libelle(detail[detail["projets"] > 0], labels)
    rows = zip(pairs["region"], _named(contexte, pairs), pairs.to_dict("records"), strict=True)
    table = tableau_libre(
        ([labels[code], semester, *_cells(values)] for code, semester, values in rows),
        titre=f"Projets par région et semestre d'annonce, relève {contexte.releve} (sans les semestres à zéro)",
        entetes=["Région", "Semestre d'annonce", *ENTETES],
        total=["Ensemble", "", *_cells(whole)],
        classe="nombres",
    )
    content = rendre(
        "parcours",
        total=whole,
        delais={name: _months(whole, name) for name in LIBELLES_DELAIS} if _known(whole) else None,
        tableaux=tables,
        detail=table,
        n=MINIMUM_DELAIS,
        debut=PREMIERE_ANNEE,
    )
    return section("parcours", heading, content)


def _named(contexte: Contexte, table: pd.DataFrame) -> list[str]:
    special = {AVANT: f"avant {PREMIERE_ANNEE}", APRES: f"après {contexte.releve}", SANS_DATE: "sans date d'annonce"}
    return [special.get(code) or periode(code) for code in table["semestre_annonce"]]


def _of_france(contexte: Contexte, table: pd.DataFrame) -> list[str]:
    """Return the names of semesters, with what the numbers of France leave out."""
    out = [contexte.hors(code) if "-S" in code else "" for code in table["semestre_annonce"]]
    return [f"{name} ({left})" if left else name for name, left in zip(_named(contexte, table), out, strict=True)]


def _known(values: dict[Any, Any]) -> bool:
    return bool(values["delais"] >= MINIMUM_DELAIS)


def _months(values: dict[Any, Any], name: str) -> str:
    return nombre(values[name]) if _known(values) else INCONNU


def _cells(values: dict[Any, Any]) -> list[str]:
    return [*(nombre(values[name]) for name in LIBELLES), *(_months(values, name) for name in LIBELLES_DELAIS)]


def _drawn(par: str, table: pd.DataFrame, names: Sequence[str], whole: dict[Any, Any]) -> Fragment:
    """Show rows by their names, a bar below each number, all at one scale."""
    rows = table.to_dict("records")
    widest = max(values["projets"] for values in rows)
    return tableau_libre(
        (
            [
                name,
                *(rendre("jauge", valeur=values[one], part=100 * values[one] // widest) for one in LIBELLES),
                *_cells(values)[len(LIBELLES) :],
            ]
            for name, values in zip(names, rows, strict=True)
        ),
        titre=f"Projets d'ouverture et d'extension par {par} : issue, et délai jusqu'à la première production",
        entetes=[par[:1].upper() + par[1:], *ENTETES],
        total=["Ensemble", *_cells(whole)],
        classe="nombres jauges",
    )
