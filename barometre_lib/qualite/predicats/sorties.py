"""Do the counts add up? Table `egalites`: what each sum gives on both sides, computed apart."""

import pandas as pd

from barometre_lib.qualite.predicats.catalogue import predicat


def _of_kind(table: pd.DataFrame, *, egalite: str) -> pd.Series:
    return table["egalite"] == egalite


@predicat("egalites", portee=_of_kind)
def egalite_rompue(table: pd.DataFrame, *, egalite: str) -> pd.Series:
    """Tell the sums of one kind whose two sides differ."""
    return _of_kind(table, egalite=egalite) & (table["gauche"] != table["droite"])
