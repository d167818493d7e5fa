"""Section of the quality page about what is filled: a table whose cells are the darker, the more is missing."""

from itertools import starmap
from operator import itemgetter

import pandas as pd

from barometre_lib.completude import ATTENDUES
from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import tableau_libre
from barometre_lib.typographie import sans_accents
from barometre_lib.vocabulaire import COLONNES

LIBELLES = {column.nom: column.libelle for column in COLONNES if column.nom in ATTENDUES}
ENSEMBLE = "France"
# Least share of the cells filled of each class that has a shade, in per cent; style.css says which.
SEUILS = (100, 90, 75, 50, 0)


def section_completude(contexte: Contexte, completude: pd.DataFrame) -> Fragment:
    """Show the share of the cells filled among those expected, by region and column."""
    heading = "Complétude par colonne et par région"
    if not completude["attendues"].any():
        return section("completude", heading, rendre("completude", tableau=None))
    values = _with_country(contexte, completude)
    country = values.pop(ENSEMBLE)
    table = tableau_libre(
        ([region, *starmap(_cell, cells)] for region, cells in values.items()),
        titre=f"Cellules remplies sur cent attendues, par région et colonne, relève {contexte.releve}",
        entetes=["Région", *LIBELLES.values()],
        total=[ENSEMBLE, *starmap(_cell, country)],
        classe="nombres parts",
    )
    expected = [(LIBELLES[column], population.libelle) for column, population in ATTENDUES.items()]
    return section(
        "completude", heading, rendre("completude", tableau=table, colonnes=_sorted(country), attendues=expected)
    )


def pourcentage(remplies: int, attendues: int) -> int:
    """Return a rounded share in per cent: 100 only when nothing is missing, 0 only when nothing is filled."""
    if remplies in (0, attendues):
        return 100 if remplies else 0
    return min(max(round(100 * remplies / attendues), 1), 99)


def _with_country(contexte: Contexte, completude: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    """Return, for the whole then for each region by name, the cells filled and expected of each column."""
    labels = contexte.nomenclatures.libelles("region")
    named = completude.assign(region=completude["region"].map(labels))
    both = pd.concat([named.assign(region=ENSEMBLE), named]).groupby(["region", "colonne"])
    filled, expected = both["remplies"].sum(), both["attendues"].sum()
    return {
        name: [(int(filled[name, column]), int(expected[name, column])) for column in LIBELLES]
        for name in [ENSEMBLE, *sorted(labels.values(), key=sans_accents)]
    }


def _sorted(cells: list[tuple[int, int]]) -> str:
    """Name the columns from the least filled to the most."""
    shares = [(label, pourcentage(*cell)) for label, cell in zip(LIBELLES.values(), cells, strict=True) if cell[1]]
    return ", ".join(f"{label} {share} %" for label, share in sorted(shares, key=itemgetter(1)))


def _cell(filled: int, expected: int) -> Fragment:
    share = pourcentage(filled, expected)
    shade = next(bound for bound in SEUILS if share >= bound)
    return rendre("part", part=share, nuance=shade, remplies=filled, attendues=expected)
