"""Expectations about what changed since the previous relève: of a movement (`suivi`), of a region (`regions`)."""

from collections import Counter

import pandas as pd

from barometre_lib.qualite.attentes.socle import AttenteDeLignes, Entier, Nombre, mesuree

# What a movement brings to the counts, and where.
APPORT = ["type_mouvement", "semestre", "departement", "sous_secteur"]


@mesuree
class ExpectDateEffetStable(AttenteDeLignes):
    """La date d'effet a bougé de moins de `jours` jours."""

    column_list: list[str] = ["date_effet_jour", "date_effet_jour_avant"]
    jours: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, jours: int) -> pd.Series:
        """Return whether each date moved by less; one that is missing did not move."""
        return ~((lignes["date_effet_jour"] - lignes["date_effet_jour_avant"]).dt.days.abs() >= jours)


@mesuree
class ExpectPeriodeCloseStable(AttenteDeLignes):
    """Un mouvement ne change pas le compte d'un semestre achevé `semestres` semestres avant celui de la relève.

    Il le change s'il n'est compté que dans l'une des deux relèves, ou dans les deux, mais dans une autre case.
    """

    column_list: list[str] = [
        *(f"{name}{when}" for name in [*APPORT, "compte", "age_semestre"] for when in ("", "_avant"))
    ]
    semestres: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, semestres: int) -> pd.Series:
        """Return whether each movement changes no count of a semester closed for so long."""
        now, before = lignes["compte"], lignes["compte_avant"]
        moved = pd.Series(False, index=lignes.index)
        for name in APPORT:
            moved |= lignes[name] != lignes[f"{name}_avant"]
        changed = (now != before) | (now & before & moved)
        ages = lignes["age_semestre"].where(now), lignes["age_semestre_avant"].where(before)
        closed = ages[0].ge(semestres).fillna(False) | ages[1].ge(semestres).fillna(False)
        return ~(changed & closed)


@mesuree
class ExpectColonneNonTrieeSeule(AttenteDeLignes):
    """D'une relève à l'autre, la colonne d'un fichier ne s'est pas déplacée d'un bloc devant les autres.

    Elle l'a fait si `nombre` lignes au moins, et une sur cinq, y ont changé, et si la moitié de leurs valeurs, comptées
    autant de fois qu'elles y sont, ont été perdues par d'autres de ces lignes. Les autres viennent de lignes nouvelles.
    """

    # File, column, the same before.
    column_list: list[str]
    nombre: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, nombre: int) -> pd.Series:
        """Return whether each row kept its value, or belongs to a file whose column did not move as a whole."""
        file, now, before = (lignes[name] for name in lignes)
        followed = lignes[now.notna() & before.notna()]
        moved = pd.Series(False, index=lignes.index)
        for _, rows in followed.groupby(str(file.name)):
            changed = rows[now.name][rows[now.name] != rows[before.name]]
            enough = len(changed) >= max(nombre, PART_CHANGEE * len(rows))
            lost = Counter(rows[before.name][changed.index])
            if enough and (Counter(changed) & lost).total() >= PART_CONNUE * len(changed):
                moved[changed.index] = True
        return ~moved


PART_CHANGEE, PART_CONNUE = 0.2, 0.5


@mesuree
class ExpectCompteDansLaFourchette(AttenteDeLignes):
    """Le compte du semestre reste dans la fourchette des semestres passés, élargie.

    `column_list` donne le compte, le plus petit et le plus grand des passés. La fourchette va du plus petit divisé par
    `facteur`, moins `marge`, au plus grand multiplié par `facteur`, plus `marge`. Zéro n'y est pas si tous les passés
    dépassent `marge`.
    """

    column_list: list[str]
    facteur: Nombre
    marge: Entier

    @staticmethod
    def tenir(lignes: pd.DataFrame, *, facteur: float, marge: int) -> pd.Series:
        """Return whether each count is in its range; one that is not known is."""
        count, least, greatest = (lignes[name] for name in lignes)
        above = (count > facteur * greatest + marge).fillna(False)
        none = (count == 0) & (least > marge)
        return ~(above | ((count < least / facteur - marge) | none).fillna(False))
