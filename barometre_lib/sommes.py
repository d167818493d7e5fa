"""Sums of jobs and investment, with how many sites give them, some hidden so that no site can be read from them.

Statistical disclosure control: a sum of fewer than three sites shows « s » (primary suppression). Since the total is
shown too, one hidden sum alone could be computed again: the smallest other is hidden with it (secondary suppression).
Whoever reads the table knows every sum shown, that none is negative, and what pages tell of the sites they name.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from barometre_lib.vocabulaire import TYPES_BAISSE, TYPES_HAUSSE

# « Sums of jobs and investment under three sites show « s » »: the three units of public statistics.
SEUIL_SITES = 3
SECRET = "s"  # noqa: S105  no password
# Code of the row of the total, as in data/publie.
ENSEMBLE = "FR"
# What is summed: which movements, and which column of the register.
SOMMES = {
    "emplois_crees": (TYPES_HAUSSE, "emplois"),
    "emplois_supprimes": (TYPES_BAISSE, "emplois"),
    "investissement_meur": (TYPES_HAUSSE, "investissement_meur"),
}


def sommes_protegees(
    mouvements: pd.DataFrame, grilles: Mapping[str, Sequence[str]], *, nommes: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Sum jobs and investment of the movements counted over one period, under disclosure control.

    Parameters
    ----------
    grilles : mapping of str to sequence of str
        Dimension to its codes. All the tables have the same total: what one hides of it, the others hide.
    nommes : collection of str
        Movements that are told about elsewhere, by name: their jobs and investment are known.

    Returns
    -------
    dict of str to pandas.DataFrame
        For each dimension: its code (the last row, `FR`, is the total), then for each of `SOMMES` its value and
        `sites_…`, the number of sites that it is the sum of. A value is a number, « s » when hidden, None without any
        site.
    """
    tables = {dimension: pd.DataFrame({dimension: [*codes, ENSEMBLE]}) for dimension, codes in grilles.items()}
    for name, (types, column) in SOMMES.items():
        kept = mouvements[mouvements["type_mouvement"].isin(types) & mouvements[column].notna()]
        sums = {dimension: _sum(kept, column, dimension, codes, set(nommes)) for dimension, codes in grilles.items()}
        # A site that moved in two sectors is one in the total.
        total_sites = int(kept["cle_site"].nunique())
        hidden_total = 0 < total_sites < SEUIL_SITES or any(masquer(one)[-1] for one in sums.values())
        for dimension, one in sums.items():
            values, sites = [*one["valeur"], one["valeur"].sum()], [*one["sites"], total_sites]
            hidden = masquer(one, total_cache=hidden_total)
            shown = [_show(*cell) for cell in zip(values, sites, hidden, strict=True)]
            tables[dimension][name] = pd.Series(shown, dtype="object")
            tables[dimension][f"sites_{name}"] = sites
    return tables


def masquer(sommes: pd.DataFrame, *, total_cache: bool = False) -> list[bool]:
    """Tell which sums of a list are hidden, and whether their total is.

    Parameters
    ----------
    sommes : pandas.DataFrame
        One row a sum: `valeur`, never negative; `sites`, how many it is the sum of, 0 hiding nothing; `connu` and
        `connus`, the part of both that is published elsewhere.
    total_cache : bool
        Whether the total is hidden in another list that has the same one.

    Returns
    -------
    list of bool
        One more than there are rows: the total. No hidden sum can be computed from those shown, save those of which
        every site is published elsewhere.
    """
    values, sites, known, told = (
        np.append(sommes[name], sommes[name].sum()) for name in ("valeur", "sites", "connu", "connus")
    )
    total, unknown = len(sommes), sites - told
    hidden = (sites > 0) & (sites < SEUIL_SITES) | (unknown > 0) & (unknown < SEUIL_SITES)
    hidden[total] |= total_cache and sites[total] > 0
    # What may be less than it is. Six decimals are all that a register holds: the rest is how the computer adds.
    can_shrink = np.round(values - known, 6) > 0
    # The largest first: what hides it often hides the others.
    for cell in sorted(np.flatnonzero(hidden & (unknown > 0)).tolist(), key=lambda one: (-values[one], one)):
        # Two parts hide each other when one can be less as the other is more; a part and the total always do.
        partners = [
            other
            for other in np.flatnonzero(unknown > 0).tolist()
            if other != cell and (total in (cell, other) or can_shrink[cell] or can_shrink[other])
        ]
        if partners:
            hidden[min(partners, key=lambda one: (not hidden[one], one == total, values[one], one))] = True
    return [bool(one) for one in hidden]


def _show(value: float, sites: int, hidden: bool) -> Any:
    if not sites:
        return None
    if hidden:
        return SECRET
    return int(value) if value.is_integer() else round(value, 6)


def _sum(kept: pd.DataFrame, column: str, dimension: str, codes: Sequence[str], named: set[str]) -> pd.DataFrame:
    """Sum a column by one dimension, as `masquer` reads it; a site is told when each of its movements is."""
    rows = pd.DataFrame(
        {
            "code": kept[dimension],
            "site": kept["cle_site"],
            "valeur": kept[column].astype("float64"),
            "nomme": kept["id_mouvement"].isin(named),
        }
    )
    rows["connu"] = rows["valeur"].where(rows["nomme"], 0.0)
    sites = rows.groupby(["code", "site"], as_index=False).agg({"valeur": "sum", "connu": "sum", "nomme": "all"})
    counted = sites.groupby("code").agg(
        valeur=("valeur", "sum"), sites=("site", "size"), connu=("connu", "sum"), connus=("nomme", "sum")
    )
    return counted.reindex(list(codes), fill_value=0).round(6)
