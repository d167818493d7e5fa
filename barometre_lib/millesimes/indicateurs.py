"""How much numbers were revised, by horizon: indicators of revision as official statistics publish them."""

import math
from typing import Any

import pandas as pd

# Semesters and years, grouped first collections and the others, are never in one statistic.
PAR = ["mesure", "region", "granularite", "groupee", "horizon"]
COLONNES_INDICATEURS = (
    *PAR,
    *("n", "revisions", "moyenne", "moyenne_absolue", "minimum", "maximum", "part_hausse", "changements_signe", "t"),
)
# How many revisions it takes to test that their mean is not zero.
N_TEST = 10
MESURES_SIGNEES = ("solde_net", "solde_strict")


def indiquer(vintages: pd.DataFrame) -> pd.DataFrame:
    """Sum up the revisions of vintages; see `triangle.presenter`.

    Returns
    -------
    pandas.DataFrame
        `COLONNES_INDICATEURS`, one row for each of `PAR`: `horizon` 1 is the first revision after the first
        publication; `revisions`, themselves, by period; `part_hausse`, the share that is upward; how many times a
        balance changed sign, null for a count; the t statistic of their mean, null under `N_TEST` of them.
    """
    revised = vintages.dropna(subset="revision")
    rows = [dict(zip(PAR, keys, strict=True)) | _indicators(part) for keys, part in revised.groupby(PAR, sort=False)]
    table = pd.DataFrame(rows, columns=list(COLONNES_INDICATEURS))
    return table.astype({"changements_signe": "Int64", "t": "Float64"})


def _indicators(part: pd.DataFrame) -> dict[str, Any]:
    moved, n = part["revision"].astype("int64"), len(part)
    deviation = moved.std(ddof=1) if n >= N_TEST else 0.0
    signs = [values.map(lambda one: (one > 0) - (one < 0)) for values in (part["valeur"], part["valeur"] - moved)]
    return {
        "n": n,
        "revisions": tuple(moved.tolist()),
        "moyenne": moved.mean(),
        "moyenne_absolue": moved.abs().mean(),
        "minimum": int(moved.min()),
        "maximum": int(moved.max()),
        "part_hausse": float(moved.gt(0).mean()),
        "changements_signe": int(signs[0].ne(signs[1]).sum()) if part["mesure"].iloc[0] in MESURES_SIGNEES else None,
        "t": moved.mean() / (deviation / math.sqrt(n)) if deviation else None,
    }
