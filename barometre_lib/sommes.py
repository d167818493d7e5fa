"""Sums of jobs and investment over one period, with how many sites give them, as the internal edition shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.vocabulaire import TYPES_BAISSE, TYPES_HAUSSE

# Code of the row of the total, as in data/publie.
ENSEMBLE = "FR"
# What the public edition says in the place of a sum that would tell of a site, or that it told with another value.
SECRET, NON_ACTUALISE = "s", "non actualisé"
# What is summed: which movements, and which column of the register.
SOMMES = {
    "emplois_crees": (TYPES_HAUSSE, "emplois"),
    "emplois_supprimes": (TYPES_BAISSE, "emplois"),
    "investissement_meur": (TYPES_HAUSSE, "investissement_meur"),
}


def donnants(mouvements: pd.DataFrame, somme: str) -> pd.DataFrame:
    """Return the movements that one of `SOMMES` adds up: those of its types that give the number."""
    types, column = SOMMES[somme]
    return mouvements[mouvements["type_mouvement"].isin(types) & mouvements[column].notna()]


def sommer(mouvements: pd.DataFrame, dimension: str, codes: Sequence[str]) -> pd.DataFrame:
    """Sum jobs and investment of the movements counted over one period, by one dimension.

    Returns
    -------
    pandas.DataFrame
        `dimension`: its codes, then `FR`, the total; then for each of `SOMMES` its value, None without any site, and
        `sites_…`, the number of sites that it is the sum of. A site that moved in two sectors is one in the total.
    """
    table: dict[str, Any] = {dimension: [*codes, ENSEMBLE]}
    for name, (_, column) in SOMMES.items():
        kept = donnants(mouvements, name)
        parts: Mapping[Any, pd.DataFrame] = dict([*kept.groupby(dimension), (ENSEMBLE, kept)])
        cells = [parts.get(code, kept.head(0)) for code in table[dimension]]
        # Six decimals are all that a register holds: the rest is how the computer adds.
        values = [round(float(rows[column].sum()), 6) if len(rows) else None for rows in cells]
        table[name] = [int(value) if value is not None and value.is_integer() else value for value in values]
        table[f"sites_{name}"] = [rows["cle_site"].nunique() for rows in cells]
    return pd.DataFrame({name: pd.Series(cells, dtype="object") for name, cells in table.items()})
