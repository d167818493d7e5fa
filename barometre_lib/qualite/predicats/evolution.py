"""What changed since the previous relève that should not have? Tables `suivi` (a movement) and `regions` (a region).

Without a previous relève both tables are empty and nothing is at fault.
"""

from typing import Literal

import pandas as pd

from barometre_lib.parametres.edition import NON_ACTUALISEE
from barometre_lib.qualite.predicats.catalogue import Entier, Nombre, predicat, vrai
from barometre_lib.vocabulaire import TYPES_BAISSE, Statut

# What a movement brings to the counts, and where.
APPORT = ("type_mouvement", "semestre", "departement", "sous_secteur")


@predicat("suivi")
def mouvement_disparu(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that the previous relève had and this one has not: a register is complete."""
    return table["connu"] & ~table["present"]


@predicat("suivi")
def sens_inverse(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that turned from an increase into a decrease, or back: their sign in the balance flips."""
    return _both(table) & (
        table["type_mouvement"].isin(TYPES_BAISSE) != table["type_mouvement_avant"].isin(TYPES_BAISSE)
    )


@predicat("suivi")
def type_requalifie(table: pd.DataFrame) -> pd.Series:
    """Tell the movements whose type changed without their sign: an opening held for an extension."""
    changed = _both(table) & (table["type_mouvement"] != table["type_mouvement_avant"])
    return changed & ~sens_inverse(table)


@predicat("suivi")
def retour_a_l_annonce(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that were effective and are said announced again."""
    before = table["statut_avant"] == Statut.EFFECTIF.value
    return _both(table) & before & (table["statut"] == Statut.ANNONCE.value)


@predicat("suivi")
def abandon_apres_realisation(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that were effective and are said given up: what has happened cannot be."""
    before = table["statut_avant"] == Statut.EFFECTIF.value
    return _both(table) & before & (table["statut"] == Statut.ABANDONNE.value)


@predicat("suivi")
def date_effet_deplacee(table: pd.DataFrame, *, jours: Entier, statut: Literal["effectif", "annonce"]) -> pd.Series:
    """Tell the movements of a status whose date of effect moved by that many days or more."""
    moved = (table["date_effet"] - table["date_effet_avant"]).dt.days.abs() >= jours
    return _both(table) & (table["statut_avant"] == statut) & vrai(moved)


@predicat("suivi")
def region_changee(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that went from one region to another."""
    return _both(table) & (table["region"] != table["region_avant"])


@predicat("suivi")
def commune_changee(table: pd.DataFrame) -> pd.Series:
    """Tell the movements that went from one commune to another of their region: a site does not move."""
    return _both(table) & (table["commune"] != table["commune_avant"]) & ~region_changee(table)


@predicat("suivi")
def periode_close_modifiee(table: pd.DataFrame, *, semestres: Entier) -> pd.Series:
    """Tell the movements that change a count of a semester ended that many semesters before the relève's own.

    A movement changes a count when it is counted on one side only, or counted on both in another cell.
    """
    compte = table["compte"]
    avant = table["compte_avant"]
    moved = pd.Series(False, index=table.index)
    for name in APPORT:
        moved |= table[name] != table[f"{name}_avant"]
    changed = (compte != avant) | (compte & avant & moved)
    closed = table["age_semestre"].where(compte).ge(semestres) | table["age_semestre_avant"].where(avant).ge(semestres)
    return changed & vrai(closed)


@predicat("regions")
def region_videe(table: pd.DataFrame) -> pd.Series:
    """Tell the regions whose file has become empty."""
    return (table["lignes_avant"] > 0) & (table["lignes"] == 0)


@predicat("regions")
def registre_retreci(table: pd.DataFrame) -> pd.Series:
    """Tell the regions that have fewer rows than before: rows are kept from one relève to the next."""
    return table["lignes"] < table["lignes_avant"]


@predicat("regions")
def region_muette(table: pd.DataFrame, *, minimum: Entier) -> pd.Series:
    """Tell the regions without any row about the relève's semester, where each earlier one had at least `minimum`."""
    return (table["recentes"] == 0) & (table["recentes_min"] >= minimum)


@predicat("regions")
def couverture_retiree(table: pd.DataFrame) -> pd.Series:
    """Tell the regions whose coverage was certain in the previous edition and no longer is, but those only late."""
    return (table["couverture_avant"] == "oui") & ~table["couverture"].isin(["oui", NON_ACTUALISEE])


@predicat("regions")
def compte_hors_fourchette(
    table: pd.DataFrame, *, sens: Literal["hausses", "baisses"], facteur: Nombre, marge: Entier
) -> pd.Series:
    """Tell the regions whose count of the semester leaves the range of the earlier ones, widened.

    The range goes from the least earlier count divided by `facteur`, less `marge`, to the greatest times `facteur`,
    plus `marge`; `sens` is `hausses` (openings and extensions) or `baisses` (closures and reductions).
    """
    count, least, greatest = (table[f"{sens}{suffix}"] for suffix in ("", "_min", "_max"))
    return vrai(count > facteur * greatest + marge) | vrai(count < least / facteur - marge)


def _both(table: pd.DataFrame) -> pd.Series:
    return table["connu"] & table["present"]
