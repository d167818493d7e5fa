"""What revisions come to: movements and effect on the counts, by period, territory, family and cause."""

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from barometre_lib.comptage import avec_soldes
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.revisions.causes import Cause, famille
from barometre_lib.revisions.decomposition import Cote, reviser
from barometre_lib.revisions.etapes import ETAPES
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


def resumer_familles(revisions: pd.DataFrame, couverts: Sequence[str], corriges: Collection[str] = ()) -> pd.DataFrame:
    """Count the movements revised by family, then by cause, whole, by period, region and département.

    Returns
    -------
    pandas.DataFrame
        `dimension` (`france`, `periode`, `region`, `departement`), `code`, `famille`, `cause` (empty for the family),
        `mouvements`, `entre_deux` (those of them that another code of the dimension has too; whole, that are of
        several periods), then the measures.
    """
    parts = [
        _par_lieu(revisions, couverts, dimension, par, corriges)
        for dimension in ("france", "periode", "region", "departement")
        for par in (["famille"], ["famille", "cause"])
    ]
    return pd.concat(parts, ignore_index=True)


def revisions_par_famille(barometre: Any) -> pd.DataFrame:
    """Return what a relève, the relève object, revised since the previous edition, and nothing of any movement.

    Returns
    -------
    pandas.DataFrame
        `dimension` (`france`, `periode`), `code`, `famille` (empty for all of them), `mouvements`, `entre_deux`,
        `solde_net`; no period when the relève is compared with none.
    """
    before = barometre.contexte().precedente
    covered = periodes_couvertes(before) if before else []
    parts = [
        _par_lieu(barometre.revisions(), covered, dimension, par, barometre.corriges)
        for dimension in ("france", "periode")
        for par in ((), ["famille"])
    ]
    columns = ["dimension", "code", "famille", "mouvements", "entre_deux", "solde_net"]
    return pd.concat(parts, ignore_index=True)[columns]


def _par_lieu(
    revisions: pd.DataFrame, couverts: Sequence[str], dimension: str, par: Sequence[str], corriges: Collection[str]
) -> pd.DataFrame:
    """Count the movements revised in each code of a dimension, and those that another code has too."""
    place = [] if dimension == "france" else [dimension]
    by, between = [*place, *par], place or ["periode"]
    rows = resumer_revisions(revisions, couverts, by, corriges)
    each = resumer_revisions(revisions, couverts, [*between, *par, "id_mouvement"], corriges)
    several = each[each.duplicated([*par, "id_mouvement"], keep=False)]
    if by:
        shared = several.groupby(by)["id_mouvement"].nunique().rename("entre_deux")
        rows = rows.merge(shared.reset_index(), how="left", on=by).fillna({"entre_deux": 0}).sort_values(by)
    else:
        rows = rows.assign(entre_deux=several["id_mouvement"].nunique())
    columns = ["dimension", "code", "famille", "cause", "mouvements", "entre_deux", *MESURES_BRUTES, "solde_net"]
    named = {name: rows.get(name, "") for name in ("famille", "cause")}
    placed = rows.assign(dimension=dimension, code=rows.get(dimension, "FR"), **named)
    return placed.astype({"entre_deux": "int64"})[columns]


def comparer_ordres(revisions: pd.DataFrame, avant: Cote, apres: Cote) -> tuple[dict[str, frozenset[str]], int]:
    """Return the causes of each movement revised between two relèves, and how many the reverse order would change."""
    told, reverse = _causes(revisions), _causes(reviser(avant, apres, ETAPES[::-1]))
    return told, sum(told.get(one) != reverse.get(one) for one in {*told, *reverse})


def autres_libelles(barometre: Any) -> tuple[int, int]:
    """Return how many movements revised since the previous edition the reverse order would tell otherwise, of all."""
    before = barometre.contexte().precedente
    if before is None:
        return 0, 0
    told, other = comparer_ordres(barometre.revisions(), barometre.anterieure(before).cote, barometre.cote)
    return other, len(told)


def _causes(revisions: pd.DataFrame) -> dict[str, frozenset[str]]:
    known = revisions[revisions["cause"] != Cause.PERIODE_NOUVELLE]
    return {str(name): frozenset(causes) for name, causes in known.groupby("id_mouvement")["cause"]}
