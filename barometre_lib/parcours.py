"""What became of the projects: announced, then effective or given up, and the time from one to the other.

A project is an opening or an extension, whether the rules count it or not: the question is how long a plant takes
from its announcement to its first production.
"""

from collections.abc import Sequence

import pandas as pd

from barometre_lib.comptage import ErreurAdditivite, verifier_dimensions
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.lacunes import AUCUNE, Lacunes
from barometre_lib.registre.derivation import dater_semestre
from barometre_lib.vocabulaire import PREMIERE_ANNEE, TYPES_HAUSSE, Releve, Statut

DIMENSIONS_PARCOURS = ("region", "semestre_annonce")
# Where the announcement has no semester of the relève: earlier, later, or not dated.
AVANT, APRES, SANS_DATE = "avant", "apres", ""
ETAPES = ("realises", "annonces", "abandonnes")
DELAIS = {"delai_q1": 0.25, "delai_median": 0.5, "delai_q3": 0.75}
JOURS_PAR_MOIS = 365.25 / 12


def suivre(mouvements: pd.DataFrame, releve: Releve, lacunes: Lacunes = AUCUNE) -> pd.DataFrame:
    """Say of each project of a relève when it was announced, what it has become, and how long that took.

    Returns
    -------
    pandas.DataFrame
        One row per project: `region`; `semestre_annonce`, a semester of the relève, or else `AVANT`, `APRES` or
        `SANS_DATE`; `etape`, one of `ETAPES` (as rules 1 and 2 have it: said effective for a day to come, or without a
        date, it is still announced); `delai`, months from announcement to first production, null unless it is
        effective and announced on a known day, before it started: else the suites say so, and nothing was waited for.
    """
    projects = mouvements[mouvements["type_mouvement"].isin(TYPES_HAUSSE)]
    announced, started = projects["date_annonce"], projects["date_effet"]
    last_day = pd.Timestamp(releve.dernier_jour)
    semester = (
        dater_semestre(projects, "date_annonce")
        .mask(announced.dt.year < PREMIERE_ANNEE, AVANT)
        .mask(announced > last_day, APRES)
        .mask(announced.isna(), SANS_DATE)
    )
    known = lacunes.derniers_jours(projects["region"], releve)
    effective = (projects["statut"] == Statut.EFFECTIF.value) & (started <= known)
    given_up = projects["statut"] == Statut.ABANDONNE.value
    stage = pd.Series("annonces", index=projects.index).mask(effective, "realises").mask(given_up, "abandonnes")
    months = (started - announced).dt.days / JOURS_PAR_MOIS
    return pd.DataFrame(
        {
            "region": projects["region"],
            "semestre_annonce": semester.astype("str"),
            "etape": stage.astype("str"),
            "delai": months.where(effective & (months >= 0)).astype("Float64"),
        }
    ).reset_index(drop=True)


def resumer_parcours(
    projets: pd.DataFrame, par: Sequence[str], *, releve: Releve, nomenclatures: Nomenclatures
) -> pd.DataFrame:
    """Count the projects by stage over a full grid, with the quartiles of the time to the first production.

    Returns
    -------
    pandas.DataFrame
        The dimensions asked for among `DIMENSIONS_PARCOURS`, none for the whole in one row, then `projets`, which is
        the sum of `realises`, `annonces` and `abandonnes`, then `delais`, how many times are known, and `delai_q1`,
        `delai_median`, `delai_q3` in months, null when none is.
        Regions are in the order of codes; semesters in that of time, after `AVANT`, before `APRES` and `SANS_DATE`.

    Raises
    ------
    ErreurBarometre
        A dimension is unknown or repeated.
    ErreurAdditivite
        The counts do not add up to the number of projects: a fault of the package.
    """
    verifier_dimensions(par, DIMENSIONS_PARCOURS, au_moins=0)
    codes = {"region": list(nomenclatures.regions), "semestre_annonce": [AVANT, *releve.semestres, APRES, SANS_DATE]}
    table = pd.DataFrame({"_": [0]})
    for name in par:
        table = table.merge(pd.DataFrame({name: codes[name]}), how="cross")
    keys = ["_", *par]
    rows = projets.assign(_=0)
    counts = {"projets": rows, **{stage: rows[rows["etape"] == stage] for stage in ETAPES}}
    for name, kept in counts.items():
        table = table.merge(kept.groupby(keys).size().rename(name).reset_index(), on=keys, how="left")
    delays = rows.groupby(keys)["delai"]
    table = table.merge(delays.count().rename("delais").reset_index(), on=keys, how="left")
    numbers = [*counts, "delais"]
    table = table.fillna(dict.fromkeys(numbers, 0)).astype(dict.fromkeys(numbers, "int64"))
    for name, rank in DELAIS.items():
        table = table.merge(delays.quantile(rank).rename(name).reset_index(), on=keys, how="left")
    _check_sums(table, len(projets))
    return table.drop(columns="_")


def _check_sums(table: pd.DataFrame, projects: int) -> None:
    total, stages = int(table["projets"].sum()), int(table[list(ETAPES)].to_numpy().sum())
    if not projects == total == stages:
        raise ErreurAdditivite(
            f"Parcours des projets : {projects} projets dans le registre, {total} dans le tableau, {stages} dans "
            "les étapes ; signalez cette erreur."
        )
