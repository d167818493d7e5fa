"""A received file as a neutral grid, whatever its format: lines with the number that the user sees, and cells."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from barometre_lib.erreurs import Defaut, ErreurBarometre

# What a region's file stays far below: the largest one holds some 800 movements.
OCTETS_MAX = 10 * 1024 * 1024
LIGNES_MAX = 20_000
COLONNES_MAX = 100

Valeur = str | int | float | bool | date | datetime | time | timedelta | None
Marque = Literal["", "formule", "erreur", "pourcentage", "brute"]
# A spreadsheet has no days before 1900, and counts wrong until March.
PREMIER_JOUR = (1900, 3, 1)


class FichierIllisible(ErreurBarometre):
    """A received file that cannot be read at all: there is no grid to hand back.

    Parameters
    ----------
    fichier : str
        File as shown to the user.
    attendu : str
        French phrase: what was found and what to do.
    ligne : int
        Line at fault, 0 for the whole file.
    """

    def __init__(self, fichier: str, attendu: str, ligne: int = 0) -> None:
        super().__init__(str(Defaut(fichier, ligne, "", "", attendu)))


@dataclass(frozen=True, slots=True)
class Cellule:
    """One cell.

    Attributes
    ----------
    valeur : str, number, bool, date, time or None
        What the file holds; the text of the formula for a formula.
    marque : {"", "formule", "erreur", "pourcentage", "brute"}
        What the value alone does not say: a formula, an error of Excel, a number shown in %, a text that no escape
        ever changed.
    """

    valeur: Valeur = None
    marque: Marque = ""

    @property
    def texte(self) -> str:
        """The cell as the user sees it in a French spreadsheet."""
        value = self.valeur
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "VRAI" if value else "FAUX"
        if isinstance(value, int | float):
            return f"{montrer_nombre(value * 100)} %" if self.marque == "pourcentage" else montrer_nombre(value)
        if isinstance(value, datetime) and value.time() != time():
            return f"{montrer_jour(value)} {value:%H:%M}"
        return montrer_jour(value) if isinstance(value, date) else montrer_duree(value)

    @property
    def vide(self) -> bool:
        """Whether the cell holds nothing but blanks."""
        return self.valeur is None or (isinstance(self.valeur, str) and not self.valeur.strip())


def est_dans_le_tableur(valeur: date) -> bool:
    """Tell whether a spreadsheet can hold a day as a date."""
    return (valeur.year, valeur.month, valeur.day) >= PREMIER_JOUR


def montrer_jour(valeur: date) -> str:
    """Return a day as `31/12/2024`, its year in four digits."""
    return f"{valeur:%d/%m}/{valeur.year:04d}"


def montrer_duree(valeur: time | timedelta) -> str:
    """Return a time of day, or a duration in hours, minutes and seconds."""
    if isinstance(valeur, time):
        return f"{valeur:%H:%M:%S}"
    minutes, seconds = divmod(int(valeur.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def montrer_nombre(valeur: float) -> str:
    """Return a number with the digits that a spreadsheet shows, 15 at most, and a decimal comma."""
    return (str(valeur) if isinstance(valeur, int) else f"{valeur:.15g}").replace(".", ",")


@dataclass(frozen=True)
class Feuille:
    """The lines of a received file that are not wholly blank.

    Attributes
    ----------
    fichier : str
        File as shown to the user.
    lignes : list of (int, list of Cellule)
        Number of the line in the file or the sheet, and its cells.
    fixe : bool
        Whether a line must have as many cells as the header: a CSV, where one less means a file cut short.
    """

    fichier: str
    lignes: list[tuple[int, list[Cellule]]]
    fixe: bool = False
