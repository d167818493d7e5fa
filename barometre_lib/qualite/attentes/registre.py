"""Expectations about the rows of one relève taken together.

Nothing here sets a row aside: rule 9 alone does, on the exact site; these show what a person should look at.
"""

from functools import cache

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from barometre_lib.qualite.attentes.socle import AttenteDeCellules, AttenteDeLignes, Entier, Nombre, mesuree
from barometre_lib.typographie import decouper, simplifier
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Names compared at once with all those of their commune: bounds the memory that the comparison takes.
BLOC = 512
OUVRE_OU_FERME = (TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value)


@mesuree
class ExpectUnSeulLieuParSiret(AttenteDeLignes):
    """Les lignes d'un même SIRET, première des `column_list`, ont un seul lieu, la seconde : un site a une adresse."""

    column_list: list[str] = ["siret", "commune"]

    @staticmethod
    def tenir(lignes: pd.DataFrame) -> pd.Series:
        """Return whether each row has no SIRET, or one found in one place."""
        siret, place = (lignes[name] for name in lignes)
        several = siret.notna() & siret.duplicated(keep=False)
        places = place[several].groupby(siret[several], sort=False).transform("nunique")
        return places.reindex(lignes.index, fill_value=1) <= 1


@mesuree
class ExpectSiteIdentifiable(AttenteDeCellules):
    """Un site sans SIRET a un nom qui lui est propre."""

    column: str = "cle_site"

    @staticmethod
    def tenir(cellules: pd.Series) -> pd.Series:
        """Return whether the key of each site is not of its row alone."""
        return ~cellules.str.startswith("|")


@mesuree
class ExpectDoublonDeMemeNom(AttenteDeLignes):
    """Une ligne écartée comme déjà comptée pour son SIRET a un nom ressemblant, à `ressemblance` sur 100."""

    column_list: list[str] = ["siret", "nom_site", "motif", "compte"]
    ressemblance: Nombre

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, ressemblance: float) -> pd.Series:
        """Return whether each row is no double, or has the like of its name among the counted rows of its SIRET."""
        registered, words = lignes[lignes["siret"].notna()], cache(mots)
        doubles = registered[registered["motif"] == Motif.DOUBLON.value]
        shared = registered[registered["compte"] & registered["siret"].isin(doubles["siret"])]
        counted = shared.groupby("siret")["nom_site"].agg(list)
        alike = [
            max((fuzz.ratio(words(name), words(one)) for one in counted.get(siret, ())), default=100) >= ressemblance
            for siret, name in zip(doubles["siret"], doubles["nom_site"], strict=True)
        ]
        return pd.Series(alike, index=doubles.index, dtype="bool").reindex(lignes.index, fill_value=True)


@mesuree
class ExpectContraireEntreDeux(AttenteDeLignes):
    """Un site qui rouvre, ou referme, plus de `mois` mois après, a fermé, ou rouvert, entre les deux."""

    column_list: list[str] = ["id_mouvement", "cle_site", "type_mouvement", "date_effet_jour", "motif"]
    mois: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, mois: int) -> pd.Series:
        """Return whether each row is no double of an opening or a closure, or follows it closely."""
        again = (lignes["motif"] == Motif.DOUBLON.value) & lignes["type_mouvement"].isin(OUVRE_OU_FERME)
        late = lignes["date_effet_jour"] > _previous(lignes, "date_effet_jour") + pd.DateOffset(months=mois)
        return ~(again & late)


@mesuree
class ExpectSiteOuvert(AttenteDeLignes):
    """Une extension, une réduction ou une fermeture comptée est celle d'un site qui n'est pas déjà fermé."""

    column_list: list[str] = ["id_mouvement", "cle_site", "type_mouvement", "date_effet_jour", "motif", "compte"]

    @staticmethod
    def tenir(lignes: pd.DataFrame) -> pd.Series:
        """Return whether each row is not counted, or an opening, or follows no closure."""
        # Of one event reported twice, the row that is set aside closes nothing.
        after = _previous(lignes[lignes["compte"]], "type_mouvement") == TypeMouvement.FERMETURE.value
        after = after.reindex(lignes.index, fill_value=False)
        return ~lignes["compte"] | ~after | (lignes["type_mouvement"] == TypeMouvement.OUVERTURE.value)


@mesuree
class ExpectNomsDistincts(AttenteDeLignes):
    """Deux sites comptés d'une commune, d'un type, dont l'un est sans SIRET, ont des noms qui se distinguent.

    `ressemblance` est la plus petite ressemblance des deux noms, de 0 à 100 (`rapidfuzz.fuzz.ratio`), qui les fait
    prendre pour un seul : leurs mots triés, ou tels qu'ils sont, sans blancs. Deux SIRET sont deux établissements.
    """

    column_list: list[str] = ["commune", "type_mouvement", "cle_site", "nom_site", "siret", "compte"]
    ressemblance: Nombre

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, ressemblance: float) -> pd.Series:
        """Return whether each row has no such neighbour."""
        # Of a name that tells nothing, the row alone is the site.
        counted = lignes[lignes["compte"] & ~lignes["cle_site"].str.startswith("|")]
        names, sites = counted["nom_site"].to_numpy(), counted["cle_site"].to_numpy()
        free = counted["siret"].isna().to_numpy()
        apart, writings = np.ones(len(counted), dtype=bool), (cache(mots), cache(simplifier))
        for rows in counted.groupby(["commune", "type_mouvement"], sort=False).indices.values():
            keys, unregistered = sites[rows], free[rows]
            if len(rows) == 1 or not unregistered.any():
                continue
            spellings = [[write(name) for name in names[rows]] for write in writings]
            for start in range(0, len(keys), BLOC):
                block = slice(start, start + BLOC)
                doubtful = (keys[block, np.newaxis] != keys) & (unregistered[block, np.newaxis] | unregistered)
                # A wrong first letter puts a word elsewhere, and words run together are one.
                alike = [process.cdist(names[block], names, scorer=fuzz.ratio) for names in spellings]
                apart[rows[block]] = ~((np.maximum(*alike) >= ressemblance) & doubtful).any(axis=1)
        return pd.Series(apart, index=counted.index).reindex(lignes.index, fill_value=True)


@mesuree
class ExpectValeurNonRecopiee(AttenteDeLignes):
    """Moins de `fois` lignes d'un fichier, première colonne, ont la même valeur dans la seconde.

    Elles ne comptent, si `suivies`, que lorsqu'elles se suivent.
    """

    column_list: list[str]
    fois: Entier
    suivies: bool = True

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, fois: int, suivies: bool) -> pd.Series:
        """Return whether each row is empty, or shares its value with fewer rows."""
        file, value = (lignes[name] for name in lignes)
        run = ((value != value.shift()) | (file != file.shift())).cumsum()
        return value.isna() | (value.groupby(run if suivies else [file, value]).transform("size") < fois)


def mots(nom: str) -> str:
    """Return the words of a name, simplified and in order: what makes two names alike."""
    return " ".join(sorted(decouper(nom)))


def _previous(lignes: pd.DataFrame, colonne: str) -> pd.Series:
    """Return a column of the row before, among those of one site that pass rules 1 to 8 and open or close it."""
    opening = lignes[lignes["motif"].isin([Motif.COMPTE.value, Motif.DOUBLON.value])]
    # A row alone on its site follows none.
    opening = opening[opening["cle_site"].duplicated(keep=False)]
    ordered = opening.sort_values(["cle_site", "date_effet_jour", "id_mouvement"])
    # What was last opened or closed before each row: its own value never counts.
    event = ordered[colonne].where(ordered["type_mouvement"].isin(OUVRE_OU_FERME))
    before = event.groupby(ordered["cle_site"]).shift().groupby(ordered["cle_site"]).ffill()
    return before.reindex(lignes.index)
