"""Do the cells of one row agree with each other? Table `mouvements`: the decisions, dates and numbers typed."""

from typing import Literal

import pandas as pd

from barometre_lib.qualite.predicats.catalogue import Divisions, Entier, Nombre, predicat, vrai
from barometre_lib.vocabulaire import TYPES_BAISSE, Statut, TypeMouvement

Grandeur = Literal["effectif", "emplois", "investissement_meur", "surface_m2", "variation_production"]
# A significant movement changes production by far more than 2 %, and seldom more than threefold.
PROPORTION_MAX = 2
SUR_SITE_EXISTANT = (TypeMouvement.EXTENSION.value, TypeMouvement.REDUCTION.value)


@predicat("mouvements")
def annonce_apres_effet(table: pd.DataFrame) -> pd.Series:
    """Tell the movements announced after they happened, or after the day for which they are announced."""
    return vrai(table["date_annonce"] > table["date_effet"])


@predicat("mouvements")
def annonce_apres_releve(table: pd.DataFrame) -> pd.Series:
    """Tell the movements announced on a day that the relève does not cover."""
    return vrai(table["date_annonce"] > table["fin_periode"])


@predicat("mouvements")
def date_invraisemblable(table: pd.DataFrame, *, avant: Entier) -> pd.Series:
    """Tell the dates of a year before `avant`: a digit was mistyped."""
    return vrai(table["date_annonce"].dt.year < avant) | vrai(table["date_effet"].dt.year < avant)


@predicat("mouvements")
def realise_sans_date(table: pd.DataFrame) -> pd.Series:
    """Tell the movements said effective without the date on which they were."""
    return (table["statut"] == Statut.EFFECTIF.value) & table["date_effet"].isna()


@predicat("mouvements")
def realise_apres_releve(table: pd.DataFrame) -> pd.Series:
    """Tell the movements said effective on a day that the relève does not cover."""
    return (table["statut"] == Statut.EFFECTIF.value) & vrai(table["date_effet"] > table["fin_periode"])


@predicat("mouvements")
def annonce_echue(table: pd.DataFrame) -> pd.Series:
    """Tell the movements still announced for a day gone by."""
    return (table["statut"] == Statut.ANNONCE.value) & vrai(table["date_effet"] <= table["fin_periode"])


@predicat("mouvements")
def annonce_ancienne(table: pd.DataFrame, *, mois: Entier) -> pd.Series:
    """Tell the movements announced long ago and neither done nor given up."""
    limit = table["fin_periode"] - pd.DateOffset(months=mois)
    return (table["statut"] == Statut.ANNONCE.value) & vrai(table["date_annonce"] < limit)


@predicat("mouvements")
def emplois_disproportionnes(table: pd.DataFrame, *, rapport: Nombre) -> pd.Series:
    """Tell the openings and extensions whose jobs, even as a target, are many times the employees."""
    return ~table["type_mouvement"].isin(TYPES_BAISSE) & vrai(table["emplois"] > rapport * table["effectif"])


@predicat("mouvements")
def emplois_au_dela_de_l_effectif(table: pd.DataFrame) -> pd.Series:
    """Tell the closures and reductions that would end more jobs than the site has employees."""
    return table["type_mouvement"].isin(TYPES_BAISSE) & vrai(table["emplois"] > table["effectif"])


@predicat("mouvements")
def variation_a_contresens(table: pd.DataFrame) -> pd.Series:
    """Tell the extensions whose production falls, and the reductions whose production rises or falls by over 100 %."""
    variation = table["variation_production"]
    extension = table["type_mouvement"] == TypeMouvement.EXTENSION.value
    reduction = table["type_mouvement"] == TypeMouvement.REDUCTION.value
    return (extension & vrai(variation < 0)) | (reduction & vrai((variation > 0) | (variation < -100)))


@predicat("mouvements")
def variation_en_proportion(table: pd.DataFrame) -> pd.Series:
    """Tell the variations so small that a proportion was probably meant: 0.45 for 45 %, 1.5 for 150 %."""
    variation = pd.to_numeric(table["variation_production"], errors="coerce").abs()
    return vrai((variation > 0) & (variation <= PROPORTION_MAX))


@predicat("mouvements")
def variation_sans_objet(table: pd.DataFrame) -> pd.Series:
    """Tell the openings and closures that carry what only an extension or a reduction has."""
    filled = table["variation_production"].notna() | table["assimilable_site"].notna()
    return ~table["type_mouvement"].isin(SUR_SITE_EXISTANT) & filled


@predicat("mouvements")
def naf_etrangere_au_secteur(table: pd.DataFrame, *, divisions: Divisions) -> pd.Series:
    """Tell the rows of the field whose NAF division is not one that their sub-sector is known to hold.

    A sub-sector without a list may hold any.
    """
    pairs = zip(table["sous_secteur"], table["code_naf"].str[:2], strict=True)
    foreign = [sector in divisions and division not in divisions[sector] for sector, division in pairs]
    return table["dans_le_champ"] & pd.Series(foreign, index=table.index, dtype="bool")


@predicat("mouvements")
def ordre_de_grandeur(table: pd.DataFrame, *, colonne: Grandeur, maximum: Nombre) -> pd.Series:
    """Tell the numbers so large that another unit was probably meant."""
    return vrai(table[colonne] > maximum)


@predicat("mouvements")
def siret_toujours_absent(table: pd.DataFrame, *, mois: Entier) -> pd.Series:
    """Tell the counted rows of a site that has run for long without being registered."""
    limit = table["fin_periode"] - pd.DateOffset(months=mois)
    return table["compte"] & (table["siret"] == "") & vrai(table["date_effet"] < limit)
