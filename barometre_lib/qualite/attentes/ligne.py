"""Expectations about the cells of one row, where no built-in expectation says it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.qualite.attentes.socle import AttenteDeCellules, AttenteDeLignes, Champ, Entier, Nombre, mesuree
from barometre_lib.registre.conformite import PROPORTION_MAX, en_proportion, siret_valide
from barometre_lib.vocabulaire import TYPES_BAISSE, Statut

Divisions = dict[str, list[Annotated[str, Champ(regex="^[0-9]{2}$")]]]
Prefixes = dict[str, list[Annotated[str, Champ(regex=r"^[0-9]{2}(\.[0-9]{1,2}[A-Z]?)?$")]]]


@mesuree
class ExpectCodeConnu(AttenteDeCellules):
    """Le code existe dans sa nomenclature."""

    nomenclature: Literal["communes", "naf"]

    @staticmethod
    def tenir(cellules: pd.Series, *, nomenclature: str) -> pd.Series:
        """Return whether each code is one of today or brings to one of today."""
        lists = Nomenclatures.du_projet()
        codes = lists.commune_actuelle if nomenclature == "communes" else lists.naf | lists.naf_2025
        return cellules.map(codes.__contains__)


@mesuree
class ExpectSiretValide(AttenteDeCellules):
    """Un SIRET a 14 chiffres, une clé de contrôle juste (La Poste a la sienne) et un NIC qui n'est pas nul."""

    column: str = "siret"

    @staticmethod
    def tenir(cellules: pd.Series) -> pd.Series:
        """Return whether each SIRET is one."""
        return cellules.map(siret_valide)


@mesuree
class ExpectAnnonceRecente(AttenteDeLignes):
    """Un mouvement annoncé depuis plus de `mois` mois a été réalisé ou abandonné."""

    column_list: list[str] = ["statut", "date_annonce_jour", "fin_periode"]
    mois: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, mois: int) -> pd.Series:
        """Return whether each row is no announcement, or a recent one."""
        limit = lignes["fin_periode"] - pd.DateOffset(months=mois)
        return (lignes["statut"] != Statut.ANNONCE.value) | ~(lignes["date_annonce_jour"] < limit)


@mesuree
class ExpectEmploisProportionnes(AttenteDeLignes):
    """Une ouverture ou une extension crée au plus `rapport` fois autant d'emplois que le site a de salariés."""

    column_list: list[str] = ["type_mouvement", "emplois_nombre", "effectif_nombre"]
    rapport: Nombre

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, rapport: float) -> pd.Series:
        """Return whether each row creates so many jobs, closures and reductions being no matter."""
        few = lignes["emplois_nombre"] <= rapport * lignes["effectif_nombre"]
        return lignes["type_mouvement"].isin(TYPES_BAISSE) | few | lignes["effectif_nombre"].isna()


@mesuree
class ExpectEffectifDeLEvenement(AttenteDeLignes):
    """Une baisse dit l'effectif d'avant sa date, une hausse celui d'après, jusqu'à la fin du semestre suivant."""

    column_list: list[str] = ["type_mouvement", "date_effet_jour", "effectif_au_jour"]

    @staticmethod
    def tenir(lignes: pd.DataFrame) -> pd.Series:
        """Return whether each headcount was observed when it says what the event was, or on no known day."""
        effect, seen = lignes["date_effet_jour"], lignes["effectif_au_jour"]
        year = effect.dt.to_period("Y").dt.start_time
        # The relève of the date's own semester is the first that follows it.
        after = (year + pd.DateOffset(months=18)).where(effect.dt.month > 6, year + pd.DateOffset(months=12))
        falls: pd.Series = lignes["type_mouvement"].isin(TYPES_BAISSE)
        late = (seen > effect).where(falls, (seen < effect) | (seen >= after))
        return ~late


@mesuree
class ExpectVariationEnPourCent(AttenteDeCellules):
    """Une variation non nulle dépasse `plafond` en valeur absolue : plus petite, ce doit être une proportion."""

    column: str = "variation_production_nombre"
    plafond: Nombre = PROPORTION_MAX

    @staticmethod
    def tenir(cellules: pd.Series, *, plafond: float) -> pd.Series:
        """Return whether each variation is none, or is larger."""
        return ~en_proportion(cellules, plafond)


@mesuree
class ExpectNafDuSecteur(AttenteDeLignes):
    """La NAF et le secteur s'accordent, dans le champ.

    La division d'une ligne du champ est de celles du secteur, qui les admet toutes s'il n'a pas de liste ; une ligne
    hors du champ n'est d'aucune d'elles, ni des préfixes que `hors_champ` donne au secteur.
    """

    column_list: list[str] = ["sous_secteur", "code_naf", "dans_le_champ"]
    divisions: Divisions
    hors_champ: Prefixes

    @staticmethod
    def tenir(
        lignes: pd.DataFrame, *, divisions: Mapping[str, Sequence[str]], hors_champ: Mapping[str, Sequence[str]]
    ) -> pd.Series:
        """Return whether each row says one thing by its NAF and its sub-sector."""

        @cache
        def agree(sector: str, code: str, inside: bool) -> bool:
            if inside:
                return sector not in divisions or code[:2] in divisions[sector]
            return not code.startswith((*divisions.get(sector, ()), *hors_champ.get(sector, ())))

        rows = lignes[["sous_secteur", "code_naf", "dans_le_champ"]].itertuples(index=False)
        return pd.Series([agree(*row) for row in rows], index=lignes.index, dtype="bool")


@mesuree
class ExpectSiretApresProduction(AttenteDeLignes):
    """Un site compté, en production depuis plus de `mois` mois, est immatriculé."""

    column_list: list[str] = ["compte", "siret", "date_effet_jour", "fin_periode"]
    mois: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, mois: int) -> pd.Series:
        """Return whether each row is not counted, or registered, or recent."""
        limit = lignes["fin_periode"] - pd.DateOffset(months=mois)
        return ~lignes["compte"] | lignes["siret"].notna() | ~(lignes["date_effet_jour"] < limit)


@mesuree
class ExpectCommuneSansHomonymePostal(AttenteDeLignes):
    """Le code d'une commune n'est pas le code postal d'une autre de la région : 69100 est Irigny, ou Villeurbanne."""

    column_list: list[str] = ["code_commune", "region"]

    @staticmethod
    def tenir(lignes: pd.DataFrame) -> pd.Series:
        """Return whether each code can be taken for no postal code."""
        lists = Nomenclatures.du_projet()
        served = {
            code: {lists.departements[lists.departement_de_commune[one]].region for one in communes if one != code}
            for code, communes in lists.communes_du_code_postal.items()
            if code in lists.commune_actuelle
        }
        pairs = zip(lignes["code_commune"], lignes["region"], strict=True)
        plain = [region not in served.get(code, ()) for code, region in pairs]
        return pd.Series(plain, index=lignes.index, dtype="bool")
