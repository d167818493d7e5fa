"""Jobs and investment beside the counts, with how many sites give them."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.vocabulaire import TypeMouvement

# Below so many sites a sum would tell about one of them.
SITES_MIN = 3
HAUSSES = (TypeMouvement.OUVERTURE.value, TypeMouvement.EXTENSION.value)
BAISSES = (TypeMouvement.FERMETURE.value, TypeMouvement.REDUCTION.value)


def lecture_emplois(contexte: Contexte, decisions: pd.DataFrame) -> Fragment | None:
    """Say the jobs and the investment of the movements counted over the edition's period, None without any to say.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    decisions : pandas.DataFrame
        Register of decisions.
    """
    counted = decisions[decisions["compte"] & (decisions[contexte.maille] == contexte.periode)]
    if contexte.region:
        counted = counted[counted["region"] == contexte.region.code]
    sums = {
        "crees": _sum(counted, HAUSSES, "emplois"),
        "supprimes": _sum(counted, BAISSES, "emplois"),
        "investis": _sum(counted, HAUSSES, "investissement_meur"),
    }
    return rendre("emplois", **sums) if any(sums.values()) else None


def _sum(counted: pd.DataFrame, types: Collection[str], column: str) -> dict[str, Any] | None:
    """Return the sum of a column, the sites that give it and all of them; None when too few give it."""
    movements = counted[counted["type_mouvement"].isin(types)]
    given = movements[movements[column].notna()]
    sites = given["cle_site"].nunique()
    if sites < SITES_MIN:
        return None
    return {"somme": given[column].sum(), "sites": sites, "total": movements["cle_site"].nunique()}
