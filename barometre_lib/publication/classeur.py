"""The workbook of the downloads: one sheet a table, ready to be read; same content, same bytes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    FILET,
    FOND_TITRE,
    TITRE,
    ajuster_hauteur,
    en_octets,
    mettre_en_page,
    remplir,
)
from barometre_lib.typographie import MOINS

NOM = "Baromètre industriel de l'État"
TEXTE, ENTIER, DECIMAL, ANNEE = "@", "#,##0", "#,##0.0", "0"
SOLDE = f'+#,##0;"{MOINS}"#,##0;0'
A_DROITE = Alignment(horizontal="right", vertical="top")
EN_RETRAIT = Alignment(horizontal="left", indent=1, vertical="top")
# In characters.
LARGEUR_MIN, LARGEUR_MAX = 10, 80


class Cellules(NamedTuple):
    """A column of a sheet."""

    intitule: str
    valeurs: list[Any]  # numbers, texts, or None for an empty cell
    entier: str = ENTIER  # how a whole number is written


class Onglet(NamedTuple):
    """A table of the workbook."""

    nom: str  # of the sheet
    intitule: str  # what it holds, in French
    colonnes: Sequence[Cellules]


def composer(onglets: Sequence[Onglet], jour: date) -> bytes:
    """Return the bytes of a workbook that bears a day."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator, book.properties.title, book.properties.language = NOM, NOM, "fr-FR"
    for one in onglets:
        _write(book.create_sheet(one.nom), one)
    return en_octets(book, jour)


def _write(sheet: Worksheet, onglet: Onglet) -> None:
    wrapping, beside_numbers = [], False
    for rank, (heading, values, whole) in enumerate(onglet.colonnes, start=1):
        remplir(sheet.cell(1, rank), heading, TEXTE)
        numeric = any(map(_is_number, values))
        for line, value in enumerate(values, start=2):
            cell = sheet.cell(line, rank)
            remplir(cell, value, _format(value, whole))
            # A number that is not shown, « s », stands where the numbers do; a text is not against those before it.
            if isinstance(value, str) and (numeric or beside_numbers):
                cell.alignment = A_DROITE if numeric else EN_RETRAIT
        beside_numbers = numeric
        width = max(len(str(one)) for one in (heading, *values) if one is not None) + 2
        sheet.column_dimensions[get_column_letter(rank)].width = min(max(width, LARGEUR_MIN), LARGEUR_MAX)
        if width > LARGEUR_MAX:
            wrapping.append(rank)
    _dress(sheet, onglet, wrapping)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _format(value: Any, whole: str) -> str:
    if isinstance(value, str):
        return TEXTE
    return DECIMAL if isinstance(value, float) else whole


def _dress(sheet: Worksheet, onglet: Onglet, wrapping: Sequence[int]) -> None:
    for rank, (_, values, _) in enumerate(onglet.colonnes, start=1):
        heading = sheet.cell(1, rank)
        heading.font, heading.fill, heading.border = TITRE, FOND_TITRE, FILET
        side = "right" if any(map(_is_number, values)) else "left"
        heading.alignment = Alignment(horizontal=side, wrap_text=True, vertical="center")
    for line in range(2, sheet.max_row + 1):
        for rank in wrapping:
            sheet.cell(line, rank).alignment = A_LA_LIGNE
        ajuster_hauteur(sheet, line, wrapping)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(onglet.colonnes))}{max(sheet.max_row, 2)}"
    sheet.print_title_rows = "1:1"
    mettre_en_page(sheet)
    if sheet.oddHeader is not None:
        sheet.oddHeader.center.text = onglet.intitule.replace("&", "&&")
