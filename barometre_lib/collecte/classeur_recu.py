"""A received workbook as a grid: the lines of its sheet of movements, read by openpyxl, no formula computed."""

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.workbook import WorkbookParser
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_WORKBOOK, SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from barometre_lib.collecte.grille import COLONNES_MAX, FEUILLE, LIGNES_MAX, Cellule, FichierIllisible
from barometre_lib.collecte.inspection import ABIME, DEMESURE, MACROS, ClasseurRefuse, lire_parties
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import nombre, sans_accents

CARACTERES_MAX = 10_000_000
NUMERO_LIGNE_MAX, NUMERO_COLONNE_MAX = 1_048_576, 16_384  # those of Excel
# Characters of formulas that are shared by many cells, and brought to each.
FORMULES_MAX = 500_000
TROP_LOIN = (
    f"une cellule remplie dépasse la ligne {nombre(LIGNES_MAX)} ou la colonne {COLONNES_MAX} ; "
    "supprimez ce qui est hors du tableau"
)
TYPES_REFUSES = re.compile(r"macroenabled|macrosheet|vba|xlsb|ms-excel\.sheet\.binary", re.IGNORECASE)
PRINCIPAL = re.compile(r"spreadsheetml\.(sheet|template)\.main\+xml$")
# What the standard lets a cell hold, by its type; Python's own readers accept more, 2_1 and the digits of every script.
VALEURS = {
    "n": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE),
    "s": re.compile(r"\d+", re.ASCII),
    "b": re.compile("[01]"),
}
# How a workbook writes any character, `_x000D_`, and the underscore that would start such a writing, `_x005F_`. Halves
# of a pair of UTF-16 are no characters.
ECHAPPE = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
# What a number format shows as it is: a percent sign there is no percentage.
LITTERAL = re.compile(r'"[^"]*"|\\.')
FUSION, PARTAGE, TEXTE, SUITE = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("mergeCell", "si", "t", "r"))


def lire_classeur(donnees: bytes, fichier: str) -> list[tuple[int, list[Cellule]]]:
    """Return the lines of the sheet of movements that hold something; formulas stay formulas.

    Raises
    ------
    FichierIllisible
        The file is no workbook, is damaged, holds what could run or fetch, is too large, or hides a sheet.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(_lire_lignes(lire_parties(donnees)))
    except ClasseurRefuse as refused:
        raise FichierIllisible(fichier, str(refused)) from None
    except Exception as error:
        # zipfile, expat and openpyxl do not say all that they raise on a damaged file.
        raise FichierIllisible(fichier, ABIME) from error


def _lire_lignes(parties: Any) -> Iterator[tuple[int, list[Cellule]]]:
    """Yield the lines of the sheet of movements that are not blank."""
    types: Any = Manifest.from_tree(fromstring(parties[ARC_CONTENT_TYPES]))
    if any(TYPES_REFUSES.search(one.ContentType) for one in (*types.Default, *types.Override)):
        raise ClasseurRefuse(MACROS)
    # Otherwise a spreadsheet would show another workbook than the one that is read here.
    if [one.PartName for one in types.Override if PRINCIPAL.search(one.ContentType)] != [f"/{ARC_WORKBOOK}"]:
        raise ClasseurRefuse(ABIME)
    opened: Any = WorkbookParser(parties, ARC_WORKBOOK, keep_links=False)
    opened.parse()
    apply_stylesheet(parties, opened.wb)
    sheet = parties[_choisir_feuille(opened)]
    shared = types.find(SHARED_STRINGS)
    texts = list(_lire_textes(parties[shared.PartName[1:]])) if shared else []
    percentages = _styles_en_pourcentage(opened.wb)
    previous = characters = 0
    for number, cells in _lire_rangees(sheet, texts, opened.wb):
        columns = [cell["column"] for cell in cells]
        in_order = previous < number and columns == sorted(set(columns))
        if not in_order or number > NUMERO_LIGNE_MAX or max(columns, default=0) > NUMERO_COLONNE_MAX:
            raise ClasseurRefuse(ABIME)
        previous = number
        found = {cell["column"]: cell for cell in cells if cell["value"] is not None}
        if found and (number > LIGNES_MAX or max(found) > COLONNES_MAX):
            raise ClasseurRefuse(TROP_LOIN)
        line = [_cellule(found.get(rank), percentages) for rank in range(1, max(found, default=0) + 1)]
        # A text that many cells share is short in the file, and long once it is in each.
        characters += sum(len(cell.valeur) for cell in line if isinstance(cell.valeur, str))
        if characters > CARACTERES_MAX:
            raise ClasseurRefuse(DEMESURE)
        while line and line[-1].vide:
            line.pop()
        if line:
            yield number, line


def _choisir_feuille(opened: Any) -> str:
    """Return the part of the sheet of movements: the one of that name, or the only one, charts aside."""
    sheets = [(sheet, relation) for sheet, relation in opened.find_sheets()]
    if len(sheets) < len(opened.sheets):
        raise ClasseurRefuse(ABIME)
    if hidden := [sheet.name for sheet, _ in sheets if sheet.state != "visible"]:
        what = f"la feuille {montrer(hidden[0])} est masquée ; affichez-la, ou supprimez-la si elle ne sert pas"
        raise ClasseurRefuse(what)
    tables = [(sheet.name, relation.target) for sheet, relation in sheets if "chartsheet" not in relation.Type]
    named = [target for name, target in tables if sans_accents(name.strip()) == FEUILLE.lower()]
    if len(named) > 1:
        raise ClasseurRefuse(f"deux feuilles s'appellent « {FEUILLE} » ; gardez-en une")
    if not named and len(tables) != 1:
        raise ClasseurRefuse(f"aucune feuille ne s'appelle « {FEUILLE} » ; donnez ce nom à celle des mouvements")
    return str(named[0] if named else tables[0][1])


def _lire_textes(partie: bytes) -> Iterator[str]:
    """Yield the texts that cells share."""
    for _, node in iterparse(io.BytesIO(partie)):
        if node.tag == PARTAGE:
            yield _texte(node)
            node.clear()


def _texte(node: Element) -> str:
    """Return a text, rich or plain, without its phonetic guide; all its escapes are undone, openpyxl leaves some."""
    pieces = (*node.findall(TEXTE), *node.findall(f"{SUITE}/{TEXTE}"))
    return _sans_echappement("".join(piece.text or "" for piece in pieces))


def _sans_echappement(texte: str) -> str:
    return ECHAPPE.sub(lambda found: chr(int(found[1], 16)), texte)


def _styles_en_pourcentage(book: Any) -> set[int]:
    """Return the styles whose cells show a number in %."""
    formats = BUILTIN_FORMATS | dict(enumerate(book._number_formats, start=BUILTIN_FORMATS_MAX_SIZE))
    shown = (formats.get(style.numFmtId, "General") for style in book._cell_styles)
    return {rank for rank, one in enumerate(shown) if "%" in LITTERAL.sub("", one)}


def _lire_rangees(sheet: bytes, texts: list[str], book: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield each row that is written in the sheet, with its cells as openpyxl types them."""
    kinds = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
    parser: Any = _Rangees(io.BytesIO(), texts, epoch=book.epoch, **kinds)
    for _, element in iterparse(io.BytesIO(sheet)):
        if element.tag == ROW_TAG:
            yield parser.parse_row(element)
            element.clear()
        elif element.tag == FUSION:
            area = montrer(element.get("ref", ""))
            raise ClasseurRefuse(f"les cellules {area} sont fusionnées ; annulez les fusions de cette feuille")


class _Rangees(WorkSheetParser):
    """What openpyxl reads rows with, made stricter on values, texts and formulas."""

    reste = FORMULES_MAX

    def parse_cell(self, element: Any) -> dict[str, Any]:
        kind = element.get("t", "n")
        text = (element.findtext(VALUE_TAG) or "").strip()
        if text and kind in VALEURS and not VALEURS[kind].fullmatch(text):
            raise ClasseurRefuse(ABIME)
        if (inserted := element.find(INLINE_STRING)) is not None:
            element.remove(inserted)
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["row"] != self.row_counter:
            raise ClasseurRefuse(ABIME)
        if kind == "inlineStr" and inserted is not None and cell["value"] is None:
            cell |= {"value": _texte(inserted) or None, "data_type": "s"}
        elif kind == "str" and cell["data_type"] == "s":
            cell["value"] = _sans_echappement(cell["value"])
        return cell

    def parse_formula(self, element: Any) -> Any:
        formula = element.find(FORMULA_TAG)
        known = self.shared_formulae.get(formula.get("si"))
        self.reste -= len(known.tokenizer.formula if known else formula.text or "")
        if self.reste < 0:
            return f"={formula.text or ''}"
        return super().parse_formula(element)  # type: ignore[no-untyped-call]


def _cellule(cell: dict[str, Any] | None, percentages: set[int]) -> Cellule:
    if cell is None:
        return Cellule()
    value = cell["value"]
    if cell["data_type"] == "f":
        # An array formula is an object that holds its text.
        text = value if isinstance(value, str) else getattr(value, "text", None)
        return Cellule(text or "formule", "formule")
    if cell["data_type"] == "e":
        return Cellule(value, "erreur")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cellule(value, "pourcentage" if number and cell["style_id"] in percentages else "")
