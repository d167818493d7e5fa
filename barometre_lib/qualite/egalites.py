"""Do the counts add up? Table `egalites`: what each sum gives on both sides, computed apart."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES, TypeMouvement

# Each sum of parts compared with its whole: the name of the equality, the dimensions of the parts, of the whole.
EMBOITEMENTS = {
    "regions_et_france": (["annee", "region"], ["annee"]),
    "departements_et_regions": (["annee", "region", "departement"], ["annee", "region"]),
    "sous_secteurs_et_secteurs": (["annee", "secteur", "sous_secteur"], ["annee", "secteur"]),
    "semestres_et_annees": (["annee", "semestre", "region"], ["annee", "region"]),
}
Compter = Callable[[Sequence[str]], pd.DataFrame]


def table_egalites(decisions: pd.DataFrame, compter: Compter, *, lignes: int) -> pd.DataFrame:
    """Return both sides of every equality, `gauche` and `droite` as integers.

    `decisions` is the register of decisions; `compter` gives the counts of the same relève by dimensions; `lignes` is
    how many rows were read.
    """
    rows = [("motifs_et_lignes", "lignes lues", lignes, int(decisions["motif"].value_counts().sum()))]
    for name, (parts, whole) in EMBOITEMENTS.items():
        added = compter(parts).groupby(whole, as_index=False)[list(MESURES)].sum()
        rows += _compare(name, whole, added, compter(whole), MESURES)
    counts = compter(["annee", "region"])
    rows += _compare("soldes_et_composantes", ["annee", "region"], _balances(counts), counts, MESURES[-2:])
    rows += _compare("decisions_et_comptes", ["annee", "region"], _from_rows(decisions, counts), counts, MESURES_BRUTES)
    return pd.DataFrame(rows, columns=["egalite", "somme", "gauche", "droite"])


def _compare(
    name: str, keys: list[str], left: pd.DataFrame, right: pd.DataFrame, measures: Iterable[str]
) -> list[tuple[str, str, int, int]]:
    # A whole that is not known is not the sum of the parts that are.
    unknown = right.loc[right.isna().any(axis="columns"), keys]
    both = left.merge(right, on=keys, how="outer", suffixes=("_gauche", "_droite")).fillna(0)
    both = both.merge(unknown.assign(_unknown=True), on=keys, how="left")
    both = both[both["_unknown"].isna()]
    return [
        (name, f"{' '.join(row[key] for key in keys)} {measure}", row[f"{measure}_gauche"], row[f"{measure}_droite"])
        for row in both.to_dict("records")
        for measure in measures
    ]


def _balances(counts: pd.DataFrame) -> pd.DataFrame:
    strict = counts["ouvertures"] - counts["fermetures"]
    net = counts["ouvertures"] + counts["extensions"] - (counts["fermetures"] + counts["reductions"])
    return counts[["annee", "region"]].assign(solde_net=net, solde_strict=strict)


def _from_rows(decisions: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Count the register of decisions one row at a time, where the counts filter and group."""
    cells: dict[tuple[str, str], dict[str, int]] = {
        (year, region): dict.fromkeys(MESURES_BRUTES, 0)
        for year, region in zip(counts["annee"], counts["region"], strict=True)
    }
    kept = decisions[decisions["compte"]]
    for year, region, kind in zip(kept["annee"], kept["region"], kept["type_mouvement"], strict=True):
        cells.setdefault((year, region), dict.fromkeys(MESURES_BRUTES, 0))[TypeMouvement(kind).mesure] += 1
    return pd.DataFrame([{"annee": key[0], "region": key[1], **values} for key, values in cells.items()])
