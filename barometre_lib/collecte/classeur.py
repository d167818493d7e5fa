"""What a workbook is written with: styles, cells that are never formulas, layout; same content, same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.grille import AUTEUR, FEUILLE, Contenu, proteger
from barometre_lib.typographie import typographier

BLEU_FRANCE, GRIS_FILET = "000091", "929292"
TITRE = Font(name="Arial", size=10, bold=True, color="FFFFFF")
FOND_TITRE = PatternFill("solid", fgColor=BLEU_FRANCE)
TEXTE = Font(name="Arial", size=10)
GRAND = Font(name="Arial", size=14, bold=True, color=BLEU_FRANCE)
FILET = Border(bottom=Side("thin", color=GRIS_FILET), right=Side("thin", color=GRIS_FILET))
EN_HAUT = Alignment(vertical="top")
A_LA_LIGNE = Alignment(wrap_text=True, vertical="top")
AU_MILIEU = Alignment(wrap_text=True, vertical="center")
COMMENTAIRE_MAX = 1000


class Marque(NamedTuple):
    """How a cell that a service must look at is dressed."""

    cadre: Border
    fond: PatternFill
    texte: Font


def _marque(trait: Literal["thick", "mediumDashed"], encre: str, fond: str) -> Marque:
    # It shows by its frame and its comment too: colour alone would not be seen by all.
    side = Side(trait, color=encre)
    frame = Border(left=side, right=side, top=side, bottom=side)
    return Marque(frame, PatternFill("solid", fgColor=fond), Font(name="Arial", size=10, bold=True, color=encre))


FAUTE, ALERTE = _marque("thick", "CE0500", "FFE9E9"), _marque("mediumDashed", "0063CB", "E8EDFF")
# Height of a line of text, in points; width of a character, that of a digit being one; lines shown of a long text.
HAUTEUR, LARGEUR, LIGNES_VUES = 13.5, 0.92, 6
# What a workbook takes for the writing of a character, as _x000D_.
A_ECHAPPER = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def remplir(cell: Cell | MergedCell, valeur: Contenu, format_nombre: str) -> None:
    """Put a value in a cell: a text is a text, whatever it starts with, and holds no invisible character."""
    cell.font, cell.alignment, cell.number_format = TEXTE, EN_HAUT, format_nombre
    if isinstance(valeur, str):
        ecrire_texte(cell, valeur)
    elif valeur is not None:
        cell.value = valeur
        cell.number_format = format_nombre  # openpyxl gives dates its own


def ecrire_texte(cell: Cell | MergedCell, texte: str) -> None:
    """Put a text in a cell, without dressing it."""
    visible = ILLEGAL_CHARACTERS_RE.sub(lambda found: f"\\u{ord(found[0]):04x}", texte)
    cell.value = A_ECHAPPER.sub("_x005F_", proteger(visible))
    cell.data_type = "s"


def intituler(sheet: Worksheet, ligne: int, rang: int, texte: str) -> None:
    """Put the heading of a column in a cell."""
    cell = sheet.cell(ligne, rang)
    remplir(cell, texte, "@")
    cell.font, cell.fill = TITRE, FOND_TITRE


def intituler_colonnes(sheet: Worksheet, ligne: int, titres: Iterable[str], hauteur: float) -> None:
    """Put headings on a line, which stays seen above those below it, and is printed on each page."""
    for rank, title in enumerate(titres, start=1):
        intituler(sheet, ligne, rank, title)
        sheet.cell(ligne, rank).alignment = AU_MILIEU
    sheet.row_dimensions[ligne].height = hauteur
    sheet.freeze_panes, sheet.print_title_rows = f"B{ligne + 1}", f"{ligne}:{ligne}"


def ecrire_tete(sheet: Worksheet, phrases: Iterable[str], largeurs: Sequence[float]) -> None:
    """Put sentences at the head of a sheet, each over columns of some widths; the first one is its title."""
    for number, text in enumerate(map(typographier, phrases), start=1):
        cell = sheet.cell(number, 1)
        remplir(cell, text, "@")
        cell.alignment = A_LA_LIGNE
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(largeurs))
        sheet.row_dimensions[number].height = HAUTEUR * (1 + int(len(text) * LARGEUR / sum(largeurs)))
    sheet.row_dimensions[1].height = 22
    sheet.cell(1, 1).font = GRAND


def marquer(cell: Cell | MergedCell, marque: Marque, phrases: Iterable[str]) -> None:
    """Dress a cell that a service must look at, and say why in its comment."""
    cell.border, cell.fill, cell.font = marque
    text = "\n".join([AUTEUR, *(f"{one[:1].upper()}{one[1:]}." for one in phrases)])[:COMMENTAIRE_MAX]
    comment = Comment(text, AUTEUR)
    comment.width, comment.height = 360, 40 + 20 * (len(text) // 45 + 1)
    cell.comment = comment


def ajuster_hauteur(sheet: Worksheet, ligne: int, rangs: Iterable[int], lignes_vues: int = LIGNES_VUES) -> None:
    """Make a line as high as its texts that wrap: a spreadsheet does not do it when it opens the file."""
    lines = 1
    for rank in rangs:
        cell = sheet.cell(ligne, rank)
        if cell.value is not None:
            width = sheet.column_dimensions[get_column_letter(rank)].width
            lines = max(lines, sum(1 + int(len(part) * LARGEUR / width) for part in str(cell.value).split("\n")))
    if lines > 1:
        sheet.row_dimensions[ligne].height = HAUTEUR * min(lines, lignes_vues)


def mettre_en_page(sheet: Worksheet, papier: str = Worksheet.PAPERSIZE_A4, largeur: int = 1) -> None:
    """Print a sheet in landscape, as wide as that many pages."""
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.paperSize = papier
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = largeur, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "Page &P sur &N"


def nouveau_classeur() -> tuple[Workbook, Worksheet]:
    """Return a workbook and its sheet of movements."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = FEUILLE
    book.properties.creator = "Baromètre industriel de l'État"
    return book, sheet


def en_octets(book: Workbook, jour: date) -> bytes:
    """Return the bytes of a workbook, dated with a day that its content decides, not with the clock."""
    stamp = datetime(jour.year, jour.month, jour.day)
    book.properties.created = stamp
    written, fixed = io.BytesIO(), io.BytesIO()
    book.save(written)
    # openpyxl dates what it saves, in the archive and in the properties.
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                day = f"{stamp:%Y-%m-%dT%H:%M:%SZ}".encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + day, data)
            target.writestr(zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
