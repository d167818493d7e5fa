"""What revisions come to: movements and effect on the counts, by period, territory, family and cause."""

from collections.abc import Collection, Sequence

import pandas as pd

from barometre_lib.comptage import avec_soldes
from barometre_lib.revisions.causes import Cause, famille
from barometre_lib.vocabulaire import MESURES_BRUTES, maille_de


def resumer_revisions(
    revisions: pd.DataFrame, couverts: Sequence[str], par: Sequence[str] = (), corriges: Collection[str] = ()
) -> pd.DataFrame:
    """Count the movements whose contribution changed, and the effect on the counts.

    `couverts` are the periods that the earlier edition covered, `2022` or `2024-S1`, none within another: what came
    after, or what it did not know of a region, is new and revises nothing. `corriges` are the movements said to have
    been errors.

    Returns
    -------
    pandas.DataFrame
        The dimensions asked for among `periode`, `region`, `departement`, `famille`, `cause` and `id_mouvement`, none
        for the whole in one row, `mouvements`, the gross measures and `solde_net`; every period is there, when it is
        the only dimension. A movement whose changes cancel out within one, a date corrected within the year for
        instance, did not change it.
    """
    years = [code for code in couverts if maille_de(code) == "annee"]
    known = {code: code for code in couverts} | {f"{year}-S{semester}": year for year in years for semester in (1, 2)}
    measures = list(MESURES_BRUTES)
    revised = revisions[revisions["cause"] != Cause.PERIODE_NOUVELLE.value]
    placed = revised.assign(periode=revised["periode"].map(known), tout=0).dropna(subset="periode")
    origin = placed["id_mouvement"].where(placed["id_origine"] == "", placed["id_origine"])
    families = [famille(cause, one, corriges) for cause, one in zip(placed["cause"], origin, strict=True)]
    placed["famille"] = pd.Series(families, placed.index, dtype="str")
    keys = list(par) or ["tout"]
    changed = placed.groupby([*dict.fromkeys([*keys, "periode", "id_mouvement"])], as_index=False)[measures].sum()
    changed = changed[changed[measures].ne(0).any(axis="columns")]
    grouped = changed.groupby(keys)
    summed = grouped[measures].sum().assign(mouvements=grouped["id_mouvement"].nunique())
    if keys in (["periode"], ["tout"]):
        whole = [0] if keys == ["tout"] else list(couverts)
        summed = summed.reindex(pd.Index(whole, name=keys[0]), fill_value=0)
    return avec_soldes(summed.reset_index())[[*par, "mouvements", *measures, "solde_net"]]
