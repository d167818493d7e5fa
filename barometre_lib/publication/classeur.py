"""The workbook of the downloads: a cover sheet, then one sheet a table, ready to be read; same content, same bytes."""

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    BLEU_FRANCE,
    FILET,
    FOND_TITRE,
    GRAND,
    TITRE,
    ajuster_hauteur,
    ecrire_texte,
    en_octets,
    intituler,
    mettre_en_page,
    remplir,
)
from barometre_lib.typographie import MOINS

NOM = "Baromètre industriel de l'État"
GARDE = "Lisez-moi"
TEXTE, ENTIER, DECIMAL, ANNEE = "@", "#,##0", "#,##0.0", "0"
SOLDE = f'+#,##0;"{MOINS}"#,##0;0'
A_DROITE = Alignment(horizontal="right", vertical="top")
EN_RETRAIT = Alignment(horizontal="left", indent=1, vertical="top")
GRAS = Font(name="Arial", size=10, bold=True)
LIEN = Font(name="Arial", size=10, underline="single", color=BLEU_FRANCE)
# In characters; the heading of a column holds the button of its filter too.
LARGEUR_MIN, LARGEUR_MAX, BOUTON = 10, 80, 4
LARGEURS_GARDE = (26, 100)
# Line of the headings, under the title of the sheet and what must be said of its numbers.
ENTETE = 4


class Cellules(NamedTuple):
    """A column of a sheet."""

    intitule: str
    valeurs: list[Any]  # numbers, texts, or None for an empty cell
    entier: str = ENTIER  # how a whole number is written


class Onglet(NamedTuple):
    """A table of the workbook."""

    nom: str  # of the sheet
    intitule: str  # what it holds, in French
    colonnes: Sequence[Cellules]  # each heading once
    tableau: str  # name of the Excel table, letters and _
    mention: str = ""  # what must accompany its numbers


class Garde(NamedTuple):
    """What the cover sheet says."""

    titre: str  # of what the tables are
    mentions: Sequence[str]  # what must accompany every number
    notes: Sequence[tuple[str, str]]  # heading, text


def composer(garde: Garde, onglets: Sequence[Onglet], jour: date) -> bytes:
    """Return the bytes of a workbook that bears a day."""
    book = Workbook()
    book.properties.creator, book.properties.title, book.properties.language = NOM, NOM, "fr-FR"
    cover = book.worksheets[0]
    cover.title = GARDE
    _present(cover, garde, onglets)
    for one in onglets:
        _write(book.create_sheet(one.nom), one)
    return en_octets(book, jour)


def _present(sheet: Worksheet, garde: Garde, onglets: Sequence[Onglet]) -> None:
    """Say on the cover sheet what the workbook is, what its numbers mean, and what each sheet holds."""
    for rank, width in enumerate(LARGEURS_GARDE, start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = width
    _say(sheet, 1, NOM, GRAND)
    for line, text in enumerate((garde.titre, *garde.mentions), start=2):
        _say(sheet, line, text, GRAS)
    _list(sheet, ("À lire avant d'utiliser un nombre", ""), garde.notes)
    first = _list(sheet, ("Feuille", "Ce qu'elle contient"), [(one.nom, one.intitule) for one in onglets])
    for line, one in enumerate(onglets, start=first):
        cell = sheet.cell(line, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{one.nom}'!A1", display=one.nom)
        cell.font = LIEN
    _lay_out(sheet, "")
    sheet.page_setup.orientation = sheet.ORIENTATION_PORTRAIT


def _say(sheet: Worksheet, line: int, text: str, font: Font) -> None:
    cell = sheet.cell(line, 1)
    remplir(cell, text, TEXTE)
    cell.font, cell.alignment = font, Alignment(vertical="top")


def _list(sheet: Worksheet, headings: tuple[str, str], rows: Sequence[tuple[str, str]]) -> int:
    """Write rows of two texts under a heading, after what the sheet holds; return the line of the first."""
    start = sheet.max_row + 2
    for rank, heading in enumerate(headings, start=1):
        intituler(sheet, start, rank, heading)
    for line, (name, text) in enumerate(rows, start=start + 1):
        _say(sheet, line, name, GRAS)
        remplir(sheet.cell(line, 2), text, TEXTE)
        sheet.cell(line, 2).alignment = A_LA_LIGNE
        ajuster_hauteur(sheet, line, [2])
    return start + 1


def _write(sheet: Worksheet, onglet: Onglet) -> None:
    _say(sheet, 1, onglet.intitule, GRAND)
    _say(sheet, 2, onglet.mention, GRAS)
    wrapping, beside_numbers = [], False
    for rank, (heading, values, whole) in enumerate(onglet.colonnes, start=1):
        remplir(sheet.cell(ENTETE, rank), heading, TEXTE)
        numeric, models = any(map(_is_number, values)), dict[type, Any]()
        for line, value in enumerate(values, start=ENTETE + 1):
            cell: Any = sheet.cell(line, rank)
            model = models.get(type(value))
            if model is None:
                remplir(cell, value, _format(value, whole))
                # A number that is not shown, « s », is where the numbers are; a text is not against those before it.
                if isinstance(value, str) and (numeric or beside_numbers):
                    cell.alignment = A_DROITE if numeric else EN_RETRAIT
                models[type(value)] = cell
                continue
            # The style of a cell is found by hashing it whole: the first of its kind lends its own.
            cell._style = copy(model._style)
            if isinstance(value, str):
                ecrire_texte(cell, value)
            else:
                cell.value = value
        beside_numbers = numeric
        words = max(map(len, heading.split()), default=0)
        title = max(words, len(heading) // 2 + 1) + BOUTON  # two lines
        width = max(title, *(len(str(one)) + 2 for one in values if one is not None), LARGEUR_MIN)
        sheet.column_dimensions[get_column_letter(rank)].width = min(width, LARGEUR_MAX)
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
        heading = sheet.cell(ENTETE, rank)
        heading.font, heading.fill, heading.border = TITRE, FOND_TITRE, FILET
        side = "right" if any(map(_is_number, values)) else "left"
        heading.alignment = Alignment(horizontal=side, wrap_text=True, vertical="center")
    last = max(sheet.max_row, ENTETE + 1)  # a table has a line at least
    for line in range(ENTETE + 1, last + 1) if wrapping else ():
        for rank in wrapping:
            sheet.cell(line, rank).alignment = A_LA_LIGNE
        ajuster_hauteur(sheet, line, wrapping)
    sheet.row_dimensions[ENTETE].height = 32
    sheet.freeze_panes = f"A{ENTETE + 1}"
    table = Table(displayName=onglet.tableau, ref=f"A{ENTETE}:{get_column_letter(len(onglet.colonnes))}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.print_title_rows = f"{ENTETE}:{ENTETE}"
    _lay_out(sheet, onglet.mention)


def _lay_out(sheet: Worksheet, head: str) -> None:
    mettre_en_page(sheet)
    if sheet.oddHeader is not None and head:
        sheet.oddHeader.center.text = head.replace("&", "&&")
