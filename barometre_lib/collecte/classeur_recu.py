"""A received workbook as a grid: formulas are kept as formulas, never computed nor believed."""

import re
import warnings
from typing import Any

from barometre_lib.collecte.feuille import COLONNES_MAX, LIGNES_MAX, Cellule, FichierIllisible, Marque
from barometre_lib.collecte.inspection import ABIME, inspecter

# How a workbook writes any character, `_x000D_`, and the underscore that would start such a writing, `_x005F_`. Halves
# of a pair of UTF-16 are no characters.
ECHAPPE = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
# What a number format shows as it is: a percent sign there is no percentage.
LITTERAL = re.compile(r'"[^"]*"|\\.')


def lire_classeur(donnees: bytes, fichier: str) -> list[tuple[int, list[Cellule]]]:
    """Return the lines of the sheet of movements that hold something.

    Raises
    ------
    FichierIllisible
        The workbook is refused by the inspection, or cannot be read.
    """
    name = inspecter(donnees, fichier)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _lignes(donnees, name)
    except Exception as error:
        # openpyxl says neither what it raises on a damaged file nor how many kinds of it there are.
        raise FichierIllisible(fichier, ABIME) from error


def _lignes(donnees: bytes, name: str) -> list[tuple[int, list[Cellule]]]:
    # Imported here: it brings openpyxl.
    from barometre_lib.collecte.ouverture import ouvrir

    book = ouvrir(donnees)
    try:
        lines = []
        rows = book[name].iter_rows(min_row=1, max_row=LIGNES_MAX, min_col=1, max_col=COLONNES_MAX)
        for number, row in enumerate(rows, start=1):
            cells = [_cellule(cell) for cell in row]
            while cells and cells[-1].vide:
                cells.pop()
            if cells:
                lines.append((number, cells))
        return lines
    finally:
        book.close()


def _en_pourcentage(cell: Any) -> bool:
    return "%" in LITTERAL.sub("", str(cell.number_format))


def _cellule(cell: Any) -> Cellule:
    value = cell.value
    if value is None:
        return Cellule()
    mark: Marque = ""
    if cell.data_type == "f":
        # An array formula is an object that holds its text.
        text = value if isinstance(value, str) else getattr(value, "text", None)
        return Cellule(text or "formule", "formule")
    if cell.data_type == "e":
        mark = "erreur"
    elif isinstance(value, int | float) and not isinstance(value, bool) and _en_pourcentage(cell):
        mark = "pourcentage"
    if isinstance(value, str):
        value = ECHAPPE.sub(lambda found: chr(int(found[1], 16)), value)
    return Cellule(value, mark)
