"""Do the counts add up? Table `egalites`: what each sum gives on both sides, computed apart."""

from typing import Literal

import pandas as pd

from barometre_lib.qualite.predicats.catalogue import predicat

Egalite = Literal[
    "regions_et_france",
    "departements_et_regions",
    "sous_secteurs_et_secteurs",
    "semestres_et_annees",
    "soldes_et_composantes",
    "decisions_et_comptes",
    "motifs_et_lignes",
]


def _of_kind(table: pd.DataFrame, *, egalite: Egalite) -> pd.Series:
    return table["egalite"] == egalite


@predicat("egalites", portee=_of_kind)
def egalite_rompue(table: pd.DataFrame, *, egalite: Egalite) -> pd.Series:
    """Tell the sums of one kind whose two sides differ."""
    return _of_kind(table, egalite=egalite) & (table["gauche"] != table["droite"])
