"""What the counts must satisfy, each sum computed by two ways: table `egalites` of the suite « sorties »."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES, TypeMouvement

COLONNES_EGALITES = ("egalite", "reference", "region", "fichier", "ligne", "gauche", "droite")
# Each sum of parts compared with its whole: the name of the equality, the dimensions of the parts, of the whole.
EMBOITEMENTS = {
    "regions_et_france": (["annee", "region"], ["annee"]),
    "departements_et_regions": (["annee", "region", "departement"], ["annee", "region"]),
    "sous_secteurs_et_secteurs": (["annee", "secteur", "sous_secteur"], ["annee", "secteur"]),
    "semestres_et_annees": (["annee", "semestre", "region"], ["annee", "region"]),
}
Compter = Callable[[Sequence[str]], pd.DataFrame]


def table_egalites(decisions: pd.DataFrame, compter: Compter, *, lignes: int) -> pd.DataFrame:
    """Return both sides of every equality.

    Parameters
    ----------
    decisions : pandas.DataFrame
        Register of decisions.
    compter : callable
        Dimensions to the counts of the same relève.
    lignes : int
        Rows read.

    Returns
    -------
    pandas.DataFrame
        `COLONNES_EGALITES`; `gauche` and `droite` are integers.
    """
    rows = [("motifs_et_lignes", "lignes lues", lignes, int(decisions["motif"].value_counts().sum()))]
    for name, (parts, whole) in EMBOITEMENTS.items():
        added = compter(parts).groupby(whole, as_index=False)[list(MESURES)].sum()
        rows += _compare(name, whole, added, compter(whole), MESURES)
    counts = compter(["annee", "region"])
    rows += _compare("soldes_et_composantes", ["annee", "region"], _balances(counts), counts, MESURES[-2:])
    rows += _compare("decisions_et_comptes", ["annee", "region"], _from_rows(decisions, counts), counts, MESURES_BRUTES)
    table = pd.DataFrame(rows, columns=["egalite", "reference", "gauche", "droite"])
    return table.assign(region="", fichier="", ligne=0)[list(COLONNES_EGALITES)]


def _compare(
    name: str, keys: list[str], left: pd.DataFrame, right: pd.DataFrame, measures: Iterable[str]
) -> list[tuple[str, str, int, int]]:
    both = left.merge(right, on=keys, how="outer", suffixes=("_gauche", "_droite")).fillna(0)
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
