"""Sums of jobs and investment, with how many sites give them, some hidden so that no site can be read from them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from barometre_lib.secret import SECRET, SEUIL_SITES, Sommes, avec_totaux, masquer
from barometre_lib.vocabulaire import TypeMouvement

# Code of the row of the total, as in data/publie.
ENSEMBLE = "FR"
HAUSSES = (TypeMouvement.OUVERTURE.value, TypeMouvement.EXTENSION.value)
BAISSES = (TypeMouvement.FERMETURE.value, TypeMouvement.REDUCTION.value)
# What is summed: which movements, and which column of the register.
SOMMES = {
    "emplois_crees": (HAUSSES, "emplois"),
    "emplois_supprimes": (BAISSES, "emplois"),
    "investissement_meur": (HAUSSES, "investissement_meur"),
}


def sommes_protegees(
    mouvements: pd.DataFrame, grilles: Mapping[str, Sequence[str]], *, nommes: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Sum jobs and investment by each of several dimensions, under disclosure control.

    Parameters
    ----------
    mouvements : pandas.DataFrame
        Movements counted over one period.
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
        hidden_total = 0 < total_sites < SEUIL_SITES or any(masquer(one)[-1, 0] for one in sums.values())
        for dimension, one in sums.items():
            hidden = masquer(one, total_cache=hidden_total)[:, 0]
            hidden[-1] |= hidden_total
            values = avec_totaux(one.valeurs)[:, 0]
            sites = np.append(one.sites[:, 0], total_sites)
            shown = [_show(*cell) for cell in zip(values.tolist(), sites.tolist(), hidden.tolist(), strict=True)]
            tables[dimension][name] = pd.Series(shown, dtype="object")
            tables[dimension][f"sites_{name}"] = sites
    return tables


def _show(value: float, sites: int, hidden: bool) -> Any:
    if not sites:
        return None
    if hidden:
        return SECRET
    return int(value) if value.is_integer() else round(value, 6)


def _sum(kept: pd.DataFrame, column: str, dimension: str, codes: Sequence[str], named: set[str]) -> Sommes:
    """Sum a column by one dimension, as a table of one column; a site is told when each of its movements is."""
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
    table = counted.reindex(list(codes), fill_value=0)

    def as_column(name: str, kind: str) -> Any:
        return table[name].to_numpy(dtype=kind).reshape(-1, 1)

    return Sommes(
        np.round(as_column("valeur", "float64"), 6),
        as_column("sites", "int64"),
        np.round(as_column("connu", "float64"), 6),
        as_column("connus", "int64"),
    )
