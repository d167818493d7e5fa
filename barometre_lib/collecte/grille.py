"""A received file as a neutral grid, whatever its format: lines with the number that the user sees, and cells.

A text that a spreadsheet would take for a formula is escaped when written, restored when read.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from barometre_lib.erreurs import Defaut, ErreurBarometre

FEUILLE = "Mouvements"
# What a region's file stays far below: the largest one holds some 800 movements.
LIGNES_MAX = 20_000
COLONNES_MAX = 100

Contenu = str | int | float | bool | date | datetime | time | timedelta | None
Marque = Literal["", "formule", "erreur", "pourcentage", "brute"]
# A spreadsheet has no days before 1900, and counts wrong until March.
PREMIER_JOUR = (1900, 3, 1)
# What Excel, LibreOffice and Google Sheets may take for a formula or a command (OWASP, « CSV Injection »), behind
# blanks or apostrophes too: one of ours must not be taken for one that was there.
FORMULE = re.compile("[\\s']*[=+\\-@\\t\\r＝＋－＠]")
# A number alone is no formula, whatever its sign.
NOMBRE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


class FichierIllisible(ErreurBarometre):
    """A received file, or a line of it, that cannot be read at all: there is no grid to hand back."""

    def __init__(self, fichier: str, attendu: str, ligne: int = 0) -> None:
        super().__init__(str(Defaut(fichier, ligne, "", "", attendu)))


@dataclass(frozen=True, slots=True)
class Cellule:
    """One cell."""

    valeur: Contenu = None  # what the file holds; the text of the formula for a formula
    # What the value alone does not say: a formula, an error of Excel, a number shown in %, a text that no escape ever
    # changed.
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
        return montrer_jour(value) if isinstance(value, date) else _montrer_duree(value)

    @property
    def vide(self) -> bool:
        """Whether the cell holds nothing but blanks."""
        return self.valeur is None or (isinstance(self.valeur, str) and not self.valeur.strip())


@dataclass(frozen=True)
class Grille:
    """The lines of a received file that are not wholly blank."""

    fichier: str  # as shown to the user
    lignes: list[tuple[int, list[Cellule]]]  # number of the line in the file or the sheet, and its cells
    fixe: bool = False  # a line has as many cells as the header: a CSV, where one less means a file cut short


def est_dans_le_tableur(valeur: date) -> bool:
    """Tell whether a spreadsheet can hold a day as a date."""
    return (valeur.year, valeur.month, valeur.day) >= PREMIER_JOUR


def montrer_jour(valeur: date) -> str:
    """Return a day as `31/12/2024`, its year in four digits."""
    return f"{valeur:%d/%m}/{valeur.year:04d}"


def montrer_nombre(valeur: float) -> str:
    """Return a number with the digits that a spreadsheet shows, 15 at most, and a decimal comma."""
    return (str(valeur) if isinstance(valeur, int) else f"{valeur:.15g}").replace(".", ",")


def _montrer_duree(value: time | timedelta) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M:%S}"
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def proteger(texte: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what would be one.

    `deproteger` undoes it, whatever the text.
    """
    return f"'{texte}" if FORMULE.match(texte) else texte


def deproteger(texte: str) -> str:
    """Return the text that `proteger` was given."""
    return texte[1:] if texte.startswith("'") and FORMULE.match(texte[1:]) else texte


def proteger_cellule(texte: str) -> str:
    """Escape a text bound for a table to be read in a spreadsheet, where a number stays a number."""
    return texte if NOMBRE.fullmatch(texte) else proteger(texte)
