"""Sums of jobs and investment over one period, with how many sites give them, as the internal edition shows them."""

from collections.abc import Sequence

import pandas as pd

from barometre_lib.contexte import Contexte
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


def sommer_periode(contexte: Contexte, mouvements: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Sum those of the movements counted over the edition's own period, by `region` and by `secteur`; see `sommer`."""
    sectors = dict.fromkeys(contexte.nomenclatures.secteur_de_sous_secteur(contexte.releve).values())
    by = {"region": list(contexte.nomenclatures.regions), "secteur": list(sectors)}
    unknown = contexte.lacunes.regions(contexte.periode)
    return {name: sommer(mouvements, name, codes, unknown) for name, codes in by.items()}


def sommer(
    mouvements: pd.DataFrame, dimension: str, codes: Sequence[str], inconnues: Sequence[str] = ()
) -> pd.DataFrame:
    """Sum jobs and investment of the movements counted over one period, by one dimension.

    Of `inconnues`, regions that do not say all of the period, nothing is known, not even how many sites.

    Returns
    -------
    pandas.DataFrame
        `dimension`: its codes, then `FR`, the total; then for each of `SOMMES` its value, None without any site, and
        `sites_…`, the number of sites that it is the sum of. A site that moved in two sectors is one in the total.
    """
    table = pd.DataFrame({dimension: [*codes, ENSEMBLE]})
    for name, (_, column) in SOMMES.items():
        kept = donnants(mouvements[[dimension, "type_mouvement", "cle_site", column]], name)
        values, sites = kept.groupby(dimension)[column].sum(), kept.groupby(dimension)["cle_site"].nunique()
        values[ENSEMBLE], sites[ENSEMBLE] = kept[column].sum(), kept["cle_site"].nunique()
        # Six decimals are all that a register holds: the rest is how the computer adds.
        shown = [round(float(values[code]), 6) if sites.get(code) else None for code in table[dimension]]
        whole = [int(one) if one is not None and one.is_integer() else one for one in shown]
        table[name] = pd.Series(whole, dtype="object")
        table[f"sites_{name}"] = [int(sites.get(code, 0)) for code in table[dimension]]
        if dimension == "region" and inconnues:
            table[f"sites_{name}"] = table[f"sites_{name}"].astype("Int64").mask(table["region"].isin(inconnues))
    return table
