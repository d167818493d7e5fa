"""What changed between two relèves, movement by movement."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from barometre_lib.comptage import ErreurAdditivite, avec_soldes
from barometre_lib.vocabulaire import MESURES_BRUTES, Motif, TypeMouvement, maille_de

# Where a movement counts; the sector follows from the sub-sector.
CELLULE = ["periode", "region", "sous_secteur"]
# What tells why it changed.
SUIVIES = ("motif", "type_mouvement", "semestre", "region")
# The counts that the sums of revisions are held against.
PAR_CONFRONTE = ["semestre", "region", "sous_secteur"]
COLONNES_REVISIONS = (
    "periode",
    "region",
    "secteur",
    "sous_secteur",
    "id_mouvement",
    "cause",
    "motif_avant",
    "motif_apres",
    *MESURES_BRUTES,
    "solde_net",
)


class Cause(StrEnum):
    """Why the contribution of a movement changed; one for a movement that changes for several reasons, the first."""

    PERIODE_NOUVELLE = "periode_nouvelle"
    DETECTION = "detection"
    REALISATION = "realisation"
    DISPARITION = "disparition"
    ANNULATION = "annulation"
    VERDICT = "verdict"
    REQUALIFICATION = "requalification"
    DATE = "date"
    LIEU = "lieu"
    SECTEUR = "secteur"


CAUSES: dict[Cause, str] = {
    Cause.PERIODE_NOUVELLE: "Période que l'édition antérieure ne couvrait pas",
    Cause.DETECTION: "Mouvement signalé après coup",
    Cause.REALISATION: "Annonce devenue effective",
    Cause.DISPARITION: "Mouvement retiré du registre",
    Cause.ANNULATION: "Mouvement redevenu annonce ou abandonné",
    Cause.VERDICT: "Application d'une autre règle",
    Cause.REQUALIFICATION: "Changement de type",
    Cause.DATE: "Date d'effet corrigée",
    Cause.LIEU: "Région corrigée",
    Cause.SECTEUR: "Secteur corrigé",
}


def reviser(
    avant: pd.DataFrame,
    apres: pd.DataFrame,
    *,
    comptes_avant: pd.DataFrame,
    comptes_apres: pd.DataFrame,
    secteurs: Mapping[str, str],
) -> pd.DataFrame:
    """Return what changed between the decisions of two relèves, movement by movement.

    `comptes_avant` and `comptes_apres` are their counts by `PAR_CONFRONTE`; `secteurs` gives the sector of each
    sub-sector as the later relève groups them, on both sides.

    Returns
    -------
    pandas.DataFrame
        `COLONNES_REVISIONS`, one row per movement and cell that changed, signed, sorted in that order; a movement
        that changes cell gives two rows.

    Raises
    ------
    ErreurAdditivite
        The sums are not the difference of the counts.
    """
    keys = [*CELLULE, "id_mouvement"]
    both = pd.concat([_contributions(avant, -1), _contributions(apres, 1)], ignore_index=True)
    measures = list(MESURES_BRUTES)
    changes = both.groupby(keys, as_index=False)[measures].sum()
    changes = changes[changes[measures].ne(0).any(axis="columns")]
    _check_sums(changes, comptes_avant, comptes_apres)
    changes = changes.assign(
        secteur=changes["sous_secteur"].map(secteurs).astype("str"),
        cause=_causes(changes, avant, apres, comptes_avant),
        motif_avant=_of_movement(changes, avant, "motif").astype("str").fillna(""),
        motif_apres=_of_movement(changes, apres, "motif").astype("str").fillna(""),
    )
    ordered = avec_soldes(changes)[list(COLONNES_REVISIONS)]
    return ordered.sort_values(list(COLONNES_REVISIONS), ignore_index=True)


def resumer_revisions(revisions: pd.DataFrame, couverts: Sequence[str], par: Sequence[str] = ()) -> pd.DataFrame:
    """Count the movements whose contribution changed, and the effect on the counts.

    `couverts` are the periods that the earlier edition covered, `2022` or `2024-S1`, none within another: what came
    after, or what it did not know of a region, is new and revises nothing.

    Returns
    -------
    pandas.DataFrame
        The dimensions asked for among `periode`, `region` and `cause`, none for the whole in one row, `mouvements`,
        the gross measures and `solde_net`; every period is there. A movement whose changes cancel out within one, a
        date corrected within the year for instance, did not change it.
    """
    years = [code for code in couverts if maille_de(code) == "annee"]
    known = {code: code for code in couverts} | {f"{year}-S{semester}": year for year in years for semester in (1, 2)}
    measures = list(MESURES_BRUTES)
    revised = revisions[revisions["cause"] != Cause.PERIODE_NOUVELLE.value]
    placed = revised.assign(periode=revised["periode"].map(known), tout=0).dropna(subset="periode")
    keys = list(par) or ["tout"]
    changed = placed.groupby([*dict.fromkeys([*keys, "periode"]), "id_mouvement"], as_index=False)[measures].sum()
    changed = changed[changed[measures].ne(0).any(axis="columns")]
    grouped = changed.groupby(keys)
    summed = grouped[measures].sum().assign(mouvements=grouped["id_mouvement"].nunique())
    if keys in (["periode"], ["tout"]):
        whole = [0] if keys == ["tout"] else list(couverts)
        summed = summed.reindex(pd.Index(whole, name=keys[0]), fill_value=0)
    return avec_soldes(summed.reset_index())[[*par, "mouvements", *measures, "solde_net"]]


def _contributions(decisions: pd.DataFrame, sign: int) -> pd.DataFrame:
    """Return what each counted movement brings to its cell, as numbers of this sign."""
    counted = decisions[decisions["compte"]].rename(columns={"semestre": "periode"})
    gross = {
        movement.mesure: (counted["type_mouvement"] == movement.value).astype("int64") * sign
        for movement in TypeMouvement
    }
    return counted[[*CELLULE, "id_mouvement"]].assign(**gross)


def _of_movement(changes: pd.DataFrame, decisions: pd.DataFrame, column: str) -> pd.Series:
    """Return what a relève says of the movement of each change, missing where it does not know it."""
    return changes["id_mouvement"].map(decisions.set_index("id_mouvement")[column])


def _causes(changes: pd.DataFrame, avant: pd.DataFrame, apres: pd.DataFrame, comptes_avant: pd.DataFrame) -> pd.Series:
    """Return the cause of each change: how the verdict changed, else which cell of a movement counted twice did."""
    covered = set(comptes_avant["semestre"])
    late = comptes_avant.loc[comptes_avant["ouvertures"].isna(), ["semestre", "region"]].drop_duplicates()
    silent = pd.MultiIndex.from_frame(changes[["periode", "region"]]).isin(pd.MultiIndex.from_frame(late))
    before, after = (
        {column: _of_movement(changes, decisions, column) for column in SUIVIES} for decisions in (avant, apres)
    )
    counted_before, counted_after = (side["motif"] == Motif.COMPTE.value for side in (before, after))
    both = counted_before & counted_after
    cancelled = after["motif"].isin([Motif.NON_EFFECTIF.value, Motif.ABANDONNE.value])
    cases = (
        (pd.Series(silent, index=changes.index), Cause.PERIODE_NOUVELLE),
        (both & (before["type_mouvement"] != after["type_mouvement"]), Cause.REQUALIFICATION),
        (both & (before["semestre"] != after["semestre"]), Cause.DATE),
        (both & (before["region"] != after["region"]), Cause.LIEU),
        (both, Cause.SECTEUR),
        (counted_after & ~changes["periode"].isin(covered), Cause.PERIODE_NOUVELLE),
        (counted_after & before["motif"].isna(), Cause.DETECTION),
        (counted_after & (before["motif"] == Motif.NON_EFFECTIF.value), Cause.REALISATION),
        (counted_before & after["motif"].isna(), Cause.DISPARITION),
        (counted_before & cancelled, Cause.ANNULATION),
    )
    chosen = np.select(
        [case.to_numpy(dtype="bool", na_value=False) for case, _ in cases],
        [cause.value for _, cause in cases],
        Cause.VERDICT.value,
    )
    return pd.Series(chosen, index=changes.index, dtype="str")


def _check_sums(changes: pd.DataFrame, comptes_avant: pd.DataFrame, comptes_apres: pd.DataFrame) -> None:
    """Hold the changes against the difference of the counts, which come another way from the rows."""
    measures = list(MESURES_BRUTES)
    # What is not known counts nothing.
    before, after = (counts.set_index(PAR_CONFRONTE)[measures].fillna(0) for counts in (comptes_avant, comptes_apres))
    difference = after.sub(before, fill_value=0).astype("int64")
    revised = changes.rename(columns={"periode": "semestre"}).groupby(PAR_CONFRONTE)[measures].sum()
    gap = difference.sub(revised, fill_value=0).abs().sum(axis="columns")
    if gap.any():
        where = ", ".join(gap.index[gap.to_numpy() > 0][0])
        raise ErreurAdditivite(
            f"Révisions : {where} : la somme des mouvements révisés n'est pas l'écart entre les comptes des "
            "deux relèves. Signalez cette erreur."
        )
