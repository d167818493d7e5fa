"""The workbook that goes to a service: its sheets, drop-down lists, formats and messages; same content, same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.echappement import proteger
from barometre_lib.collecte.entetes import DEPARTEMENT, LIBELLES
from barometre_lib.collecte.feuille import Valeur
from barometre_lib.collecte.inspection import FEUILLE
from barometre_lib.collecte.listes import Liste
from barometre_lib.collecte.notice import Notice
from barometre_lib.vocabulaire import COLONNES

LISTES = "Listes"
# Lines ready to be filled in below those that are.
LIGNES_LIBRES = 1000
BLEU_FRANCE, GRIS, GRIS_FILET = "000091", "F6F6F6", "929292"
TITRE = Font(name="Arial", size=10, bold=True, color="FFFFFF")
FOND_TITRE = PatternFill("solid", fgColor=BLEU_FRANCE)
TEXTE = Font(name="Arial", size=10)
FILET = Border(bottom=Side("thin", color=GRIS_FILET), right=Side("thin", color=GRIS_FILET))
EN_HAUT = Alignment(vertical="top")
A_LA_LIGNE = Alignment(wrap_text=True, vertical="top")
FORMATS = {"texte": "@", "date": "dd/mm/yyyy", "entier": "#,##0", "nombre": "General", "booleen": "@"}
PAR_NOM = {colonne.nom: colonne for colonne in COLONNES}
# Columns whose texts go over several lines.
LONGS = ("nom_site", "entreprise", "code_naf", "capacite", "activite", "aides", "commentaire")
# Height of a line of text, in points; width of a character, that of a digit being one; lines shown of a long text.
HAUTEUR, LARGEUR, LIGNES_VUES = 13.5, 0.92, 6
# What a workbook takes for the writing of a character, as _x000D_.
ECHAPPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Names of communes depend on the département of the line, all of the region when it is empty.
COMMUNES = 'INDIRECT("communes_"&IF(${0}{1}="","region",SUBSTITUTE(MID(${0}{1},FIND("(",${0}{1})+1,3),")","")))'


def a_remplir(nom: str) -> bool:
    """Tell whether a service must fill a column; an identifier is given when the file is received."""
    column = PAR_NOM.get(nom)
    return column is not None and column.obligatoire and nom != "id_mouvement"


def titre_de(nom: str) -> str:
    """Return the heading of a column, with ` *` when it must be filled."""
    return f"{LIBELLES[nom]} *" if a_remplir(nom) else LIBELLES[nom]


def format_de(nom: str) -> str:
    """Return the format of the cells of a column; text, so that a code keeps its zeros, when it is no other."""
    return FORMATS[PAR_NOM[nom].genre] if nom in PAR_NOM else "@"


def remplir(cell: Cell | MergedCell, valeur: Valeur, format_nombre: str) -> None:
    """Put a value in a cell: a text is a text, whatever it starts with, and holds no invisible character."""
    cell.font, cell.alignment, cell.number_format = TEXTE, EN_HAUT, format_nombre
    if isinstance(valeur, str):
        _ecrire_texte(cell, valeur)
    elif valeur is not None:
        cell.value = valeur
        cell.number_format = format_nombre  # openpyxl gives dates its own


def _ecrire_texte(cell: Cell | MergedCell, texte: str) -> None:
    visible = ILLEGAL_CHARACTERS_RE.sub(lambda found: f"\\u{ord(found[0]):04x}", texte)
    cell.value = ECHAPPE.sub("_x005F_", proteger(visible))
    cell.data_type = "s"


def habiller(
    sheet: Worksheet, noms: Sequence[str], ligne_titres: int, listes: Mapping[str, Liste], notice: Notice
) -> None:
    """Dress the sheet of movements: headings, widths, formats, lists and messages of each column.

    Parameters
    ----------
    sheet : Worksheet
        Sheet whose lines are filled in.
    noms : sequence of str
        Column of the register under each heading, empty when it is none.
    ligne_titres : int
        Line of the headings.
    listes : mapping of str to Liste
        Drop-down lists by column.
    notice : Notice
        Message of each column.
    """
    first, filled = ligne_titres + 1, max(sheet.max_row, ligne_titres)
    last = filled + LIGNES_LIBRES
    for rank, name in enumerate(noms, start=1):
        letter = get_column_letter(rank)
        heading = sheet.cell(ligne_titres, rank)
        heading.font, heading.fill, heading.border = TITRE, FOND_TITRE, FILET
        heading.alignment = Alignment(wrap_text=True, vertical="center")
        if name:
            dimension = sheet.column_dimensions[letter]
            dimension.width = notice.largeurs[name]
            dimension.number_format = format_de(name)
            dimension.font, dimension.alignment = TEXTE, A_LA_LIGNE if name in LONGS else EN_HAUT
            if name in LONGS:
                for (cell,) in sheet.iter_rows(first, filled, rank, rank) if filled >= first else ():
                    cell.alignment = A_LA_LIGNE
            department = get_column_letter(noms.index(DEPARTEMENT) + 1) if DEPARTEMENT in noms else ""
            check = _saisie(name, listes, department, first)
            check.promptTitle, check.prompt = LIBELLES[name][:32], notice.explications[name]
            check.showInputMessage = True
            check.add(f"{letter}{first}:{letter}{last}")
            sheet.add_data_validation(check)
    wrapping = [rank for rank, name in enumerate(noms, start=1) if name in LONGS]
    for line in range(first, filled + 1):
        ajuster_hauteur(sheet, line, wrapping)
    sheet.row_dimensions[ligne_titres].height = 32
    sheet.freeze_panes = f"B{first}"
    end = get_column_letter(len(noms))
    sheet.auto_filter.ref = f"A{ligne_titres}:{end}{max(filled, first)}"
    sheet.print_title_rows = f"{ligne_titres}:{ligne_titres}"
    mettre_en_page(sheet, papier=sheet.PAPERSIZE_A3, largeur=2)


def _saisie(nom: str, listes: Mapping[str, Liste], departement: str, ligne: int) -> DataValidation:
    """Return what the workbook accepts in a column: a list, a kind of number or date, a length, or anything."""
    column = PAR_NOM.get(nom)
    check = DataValidation(allow_blank=True, showErrorMessage=True, errorTitle="Baromètre industriel")
    if nom in listes:
        check.type, check.formula1 = "list", listes[nom].nom
        check.error = "Choisissez dans la liste."
        if nom == "code_commune" and departement:
            check.formula1 = COMMUNES.format(departement, ligne)
        if nom in ("code_commune", "code_naf"):
            # Another code may be right: a former commune, a NAF code out of the field.
            check.errorStyle, check.error = "warning", "Cette valeur n'est pas dans la liste. La garder ?"
        return check
    if column and column.genre == "date":
        # 1st January 1900 to 31 December 2099.
        check.type, check.operator, check.formula1, check.formula2 = "date", "between", "1", "73050"
        check.error = "Attendu une date, comme 31/12/2024."
    elif column and column.genre == "entier":
        check.type, check.operator, check.formula1 = "whole", "greaterThanOrEqual", "0"
        check.error = "Attendu un nombre entier, positif ou nul."
    elif column and column.genre == "nombre":
        check.type, check.operator = "decimal", "between"
        check.formula1, check.formula2 = "-999999999", "999999999"
        check.error = "Attendu un nombre, sans unité."
    elif column and column.longueur_max:
        check.type, check.operator, check.formula1 = "textLength", "lessThanOrEqual", str(column.longueur_max)
        check.error = f"Attendu {column.longueur_max} caractères au plus."
    return check


def ajuster_hauteur(sheet: Worksheet, ligne: int, rangs: Iterable[int]) -> None:
    """Make a line as high as its texts that wrap: a spreadsheet does not do it when it opens the file."""
    lines = 1
    for rank in rangs:
        cell = sheet.cell(ligne, rank)
        if cell.value is not None:
            width = sheet.column_dimensions[get_column_letter(rank)].width
            lines = max(lines, sum(1 + int(len(part) * LARGEUR / width) for part in str(cell.value).split("\n")))
    if lines > 1:
        sheet.row_dimensions[ligne].height = HAUTEUR * min(lines, LIGNES_VUES)


def ecrire_listes(book: Workbook, listes: Mapping[str, Liste]) -> None:
    """Add the sheet of lists, one column each, and the defined names that the drop-downs use."""
    sheet = book.create_sheet(LISTES)
    sheet.freeze_panes = "A2"
    unique = {one.nom: one for one in listes.values()}
    for rank, one in enumerate(unique.values(), start=1):
        letter = get_column_letter(rank)
        heading = sheet.cell(1, rank)
        remplir(heading, one.titre, "@")
        heading.font, heading.fill = TITRE, FOND_TITRE
        sheet.column_dimensions[letter].width = min(60, max(map(len, [one.titre, *one.valeurs])) + 2)
        for position, value in enumerate(one.valeurs):
            _ecrire_texte(sheet.cell(position + 2, rank), value)
        for name, (start, end) in {one.nom: (0, len(one.valeurs) - 1), **one.parties}.items():
            cells = f"{LISTES}!${letter}${start + 2}:${letter}${end + 2}"
            book.defined_names[name] = DefinedName(name, attr_text=cells)
    mettre_en_page(sheet)


def ecrire_notice(book: Workbook, entete: Sequence[str], notice: Notice, noms: Sequence[str]) -> None:
    """Add the sheet that explains the workbook, then each column with an example."""
    sheet = book.create_sheet("Mode d'emploi")
    for letter, width in zip("ABCD", (30, 14, 80, 44), strict=True):
        sheet.column_dimensions[letter].width = width
    for text in [*entete, *notice.etapes]:
        sheet.append([""])
        cell = sheet.cell(sheet.max_row, 1)
        remplir(cell, text, "@")
    sheet.cell(1, 1).font = Font(name="Arial", size=14, bold=True, color=BLEU_FRANCE)
    sheet.row_dimensions[1].height = 22
    sheet.cell(3, 1).font = Font(name="Arial", size=10, bold=True)
    sheet.append([])
    start = sheet.max_row + 2
    for rank, text in enumerate(("Colonne", "Obligatoire", "Ce qu'on y saisit", "Exemple"), start=1):
        heading = sheet.cell(start, rank)
        remplir(heading, text, "@")
        heading.font, heading.fill = TITRE, FOND_TITRE
    for line, name in enumerate(noms, start=start + 1):
        texts = (LIBELLES[name], "oui" if a_remplir(name) else "", notice.explications[name])
        for rank, text in enumerate((*texts, notice.exemples[name]), start=1):
            cell = sheet.cell(line, rank)
            remplir(cell, text, "@")
            cell.alignment, cell.border = A_LA_LIGNE, FILET
        ajuster_hauteur(sheet, line, range(1, 5))
    mettre_en_page(sheet)


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
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError(type(sheet))
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
