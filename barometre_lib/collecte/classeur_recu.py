"""A received workbook as a grid: its parts are looked at before openpyxl reads any, then its cells, none computed.

Nothing is extracted and no header is believed: the parts of the archive are read as a stream, in bounded time and
memory, and openpyxl is given what was read.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element
from xml.parsers.expat import ParserCreate

from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.workbook import WorkbookParser
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import (
    ARC_CONTENT_TYPES,
    ARC_STYLE,
    ARC_WORKBOOK,
    ARC_WORKBOOK_RELS,
    SHARED_STRINGS,
    SHEET_MAIN_NS,
)
from openpyxl.xml.functions import fromstring, iterparse

from barometre_lib.collecte.grille import COLONNES_MAX, FEUILLE, LIGNES_MAX, Cellule, FichierIllisible
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import INSECABLE, nombre, sans_accents

OCTETS_MAX, PARTIES_MAX = 64 * 1024 * 1024, 500
ELEMENTS_MAX, PROFONDEUR_MAX = 1_500_000, 64
CELLULES_MAX, CARACTERES_MAX = 600_000, 10_000_000
NUMERO_LIGNE_MAX, NUMERO_COLONNE_MAX, FORMAT_MAX = 1_048_576, 16_384, 255  # those of Excel
# From one tag to the next, in bytes: no cell of Excel holds more.
ECART_MAX, PAS = 256 * 1024, 64 * 1024
# What openpyxl makes objects of, and how many elements it may then hold.
EN_OBJETS, OBJETS_MAX = (ARC_CONTENT_TYPES, ARC_WORKBOOK, ARC_WORKBOOK_RELS, ARC_STYLE), 100_000
# Characters of formulas that are shared by many cells, and brought to each.
FORMULES_MAX = 500_000

ABIME = "le classeur est abîmé ; rouvrez-le, enregistrez-le de nouveau au format « Classeur Excel (.xlsx) »"
MACROS = "le classeur contient des macros ; enregistrez-le au format « Classeur Excel (.xlsx) », sans macro"
LIENS = "le classeur renvoie à d'autres fichiers ; rompez ses liaisons et retirez les objets incorporés"
ENTITES = "le classeur déclare des entités XML, ce qu'aucun tableur ne fait ; ressaisissez-le dans le modèle"
DEMESURE = "le classeur a une taille démesurée ; recopiez les mouvements dans un modèle neuf"
TROP_GROS = (
    f"le classeur décompressé dépasse {OCTETS_MAX // 1024**2}{INSECABLE}Mo ou {PARTIES_MAX} parties ; supprimez les "
    "lignes et les feuilles inutiles, ou recopiez les mouvements dans un modèle neuf"
)
TROP_DE_CELLULES = (
    f"plus de {nombre(CELLULES_MAX)} cellules, ou de {nombre(NUMERO_COLONNE_MAX)} sur une ligne ; "
    "supprimez les lignes et les colonnes vides mises en forme"
)
TROP_LOIN = (
    f"une cellule remplie dépasse la ligne {nombre(LIGNES_MAX)} ou la colonne {COLONNES_MAX} ; "
    "supprimez ce qui est hors du tableau"
)
# Parts that run, or that fetch: path in the archive to the refusal.
PARTIES_REFUSEES = (
    (re.compile(r"vbaproject|vbadata|macrosheets|/dialogsheets/|/activex/|/ctrlprops/"), MACROS),
    (re.compile(r"/externallinks/|/embeddings/|/connections\.xml|/querytables/|/webextensions/"), LIENS),
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
FUSION, TEXTE_PARTAGE, TEXTE_INSERE, TEXTE, SUITE = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("mergeCell", "si", "is", "t", "r")
)


class _Refus(Exception):
    """What is wrong with a workbook, in French."""


class _Parties(dict[str, bytes]):
    """The XML parts of a workbook by name, read from its archive once: openpyxl takes them for the archive."""

    def read(self, nom: str) -> bytes:
        return self[nom]


def lire_classeur(donnees: bytes, fichier: str) -> list[tuple[int, list[Cellule]]]:
    """Return the lines of the sheet of movements that hold something; formulas stay formulas.

    Parameters
    ----------
    donnees : bytes
        Whole file.
    fichier : str
        File as shown to the user.

    Raises
    ------
    FichierIllisible
        The file is no workbook, is damaged, holds what could run or fetch, is too large, or hides a sheet.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(_lire_lignes(_lire_parties(donnees)))
    except _Refus as refused:
        raise FichierIllisible(fichier, str(refused)) from None
    except Exception as error:
        # zipfile, expat and openpyxl do not say all that they raise on a damaged file.
        raise FichierIllisible(fichier, ABIME) from error


# The archive


def _lire_parties(donnees: bytes) -> _Parties:
    with zipfile.ZipFile(io.BytesIO(donnees)) as archive:
        entries = archive.infolist()
        names = [entry.filename.lower() for entry in entries]
        if ARC_WORKBOOK not in names or ARC_CONTENT_TYPES.lower() not in names:
            raise _Refus("ce n'est pas un classeur Excel ; attendu le modèle rempli, au format .xlsx")
        if len(names) > PARTIES_MAX or sum(entry.file_size for entry in entries) > OCTETS_MAX:
            raise _Refus(TROP_GROS)
        for pattern, what in PARTIES_REFUSEES:
            if any(pattern.search(f"/{name}") for name in names):
                raise _Refus(what)
        # Readers would not agree on two parts of one name; zipfile bounds what deflate gives back, and no other.
        known = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if len(set(names)) < len(names) or not {entry.compress_type for entry in entries} <= known:
            raise _Refus(ABIME)
        sight = _Inspection()
        texts = (entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
        return _Parties((entry.filename, sight.lire(archive.open(entry), entry.filename)) for entry in texts)


class _Inspection:
    """What one pass over the XML parts sees, without a tree: their proportions, entities, links to elsewhere."""

    def __init__(self) -> None:
        self.elements = self.objets = self.cellules = 0

    def lire(self, source: IO[bytes], nom: str) -> bytes:
        """Return the bytes of a part; a stream that goes on after the size declared is cut there."""
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._entrer, self._sortir
        self.parser.StartDoctypeDeclHandler = self._refuser_entites
        self.en_objets, self.balise, self.profondeur, self.rangee = nom in EN_OBJETS, 0, 0, 0
        data = bytearray()
        while chunk := source.read(PAS):
            data += chunk
            self.parser.Parse(chunk, False)
            if len(data) - self.balise > ECART_MAX:
                raise _Refus(DEMESURE)
        self.parser.Parse(b"", True)
        return bytes(data)

    def _entrer(self, tag: str, attributes: dict[str, str]) -> None:
        self.balise = self.parser.CurrentByteIndex
        self.profondeur += 1
        self.elements += 1
        self.objets += self.en_objets
        if self.profondeur > PROFONDEUR_MAX or self.elements > ELEMENTS_MAX or self.objets > OBJETS_MAX:
            raise _Refus(DEMESURE)
        match tag.rpartition(" ")[2]:
            case "row":
                self.rangee = 0
            case "c":
                self.rangee += 1
                self.cellules += 1
                if self.rangee > NUMERO_COLONNE_MAX or self.cellules > CELLULES_MAX:
                    raise _Refus(TROP_DE_CELLULES)
            case "numFmt" if len(attributes.get("formatCode", "")) > FORMAT_MAX:
                raise _Refus(DEMESURE)
            case "Relationship" if attributes.get("TargetMode") == "External":
                # A link in a cell is only a text that nothing follows.
                if not attributes.get("Type", "").endswith("/hyperlink"):
                    raise _Refus(LIENS)

    def _sortir(self, _: str) -> None:
        self.profondeur -= 1

    def _refuser_entites(self, *_: object) -> None:
        raise _Refus(ENTITES)


# The workbook


def _lire_lignes(parties: Any) -> Iterator[tuple[int, list[Cellule]]]:
    """Yield the lines of the sheet of movements that are not blank."""
    types: Any = Manifest.from_tree(fromstring(parties[ARC_CONTENT_TYPES]))
    if any(TYPES_REFUSES.search(one.ContentType) for one in (*types.Default, *types.Override)):
        raise _Refus(MACROS)
    # Otherwise a spreadsheet would show another workbook than the one that is read here.
    if [one.PartName for one in types.Override if PRINCIPAL.search(one.ContentType)] != [f"/{ARC_WORKBOOK}"]:
        raise _Refus(ABIME)
    opened: Any = WorkbookParser(parties, ARC_WORKBOOK, keep_links=False)
    opened.parse()
    apply_stylesheet(parties, opened.wb)
    sheet = parties[_choisir_feuille(opened)]
    shared = types.find(SHARED_STRINGS)
    texts = list(_lire_textes(parties[shared.PartName[1:]])) if shared else []
    percentages = {rank for rank, style in enumerate(opened.wb._cell_styles) if _en_pourcentage(opened.wb, style)}
    previous = characters = 0
    for number, cells in _lire_rangees(sheet, texts, opened.wb):
        columns = [0, *(cell["column"] for cell in cells)]
        if (
            not previous < number <= NUMERO_LIGNE_MAX
            or columns != sorted(set(columns))
            or columns[-1] > NUMERO_COLONNE_MAX
        ):
            raise _Refus(ABIME)
        previous = number
        found = {cell["column"]: cell for cell in cells if cell["value"] is not None}
        if found and (number > LIGNES_MAX or max(found) > COLONNES_MAX):
            raise _Refus(TROP_LOIN)
        line = [_cellule(found.get(rank), percentages) for rank in range(1, max(found, default=0) + 1)]
        # A text that many cells share is short in the file, and long once it is in each.
        characters += sum(len(cell.valeur) for cell in line if isinstance(cell.valeur, str))
        if characters > CARACTERES_MAX:
            raise _Refus(DEMESURE)
        while line and line[-1].vide:
            line.pop()
        if line:
            yield number, line


def _choisir_feuille(opened: Any) -> str:
    """Return the part of the sheet of movements: the one of that name, or the only one, charts aside."""
    sheets = [(sheet, relation) for sheet, relation in opened.find_sheets()]
    if len(sheets) < len(opened.sheets):
        raise _Refus(ABIME)
    if hidden := [sheet.name for sheet, _ in sheets if sheet.state != "visible"]:
        raise _Refus(f"la feuille {montrer(hidden[0])} est masquée ; affichez-la, ou supprimez-la si elle ne sert pas")
    tables = [(sheet.name, relation.target) for sheet, relation in sheets if "chartsheet" not in relation.Type]
    named = [target for name, target in tables if sans_accents(name.strip()) == FEUILLE.lower()]
    if len(named) > 1:
        raise _Refus(f"deux feuilles s'appellent « {FEUILLE} » ; gardez-en une")
    if not named and len(tables) != 1:
        raise _Refus(f"aucune feuille ne s'appelle « {FEUILLE} » ; donnez ce nom à celle des mouvements")
    return str(named[0] if named else tables[0][1])


def _lire_textes(partie: bytes) -> Iterator[str]:
    """Yield the texts that cells share."""
    for _, node in iterparse(io.BytesIO(partie)):
        if node.tag == TEXTE_PARTAGE:
            yield _texte(node)
            node.clear()


def _texte(node: Element) -> str:
    """Return a text, rich or plain, without its phonetic guide; all its escapes are undone, openpyxl leaves some."""
    pieces: Iterable[Element] = (*node.findall(TEXTE), *node.findall(f"{SUITE}/{TEXTE}"))
    return _sans_echappement("".join(piece.text or "" for piece in pieces))


def _sans_echappement(texte: str) -> str:
    return ECHAPPE.sub(lambda found: chr(int(found[1], 16)), texte)


def _en_pourcentage(book: Any, style: Any) -> bool:
    number = style.numFmtId
    if number < BUILTIN_FORMATS_MAX_SIZE:
        shown = BUILTIN_FORMATS.get(number, "General")
    else:
        shown = book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
    return "%" in LITTERAL.sub("", shown)


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
            raise _Refus(f"les cellules {area} sont fusionnées ; annulez les fusions de cette feuille")


class _Rangees(WorkSheetParser):
    """What openpyxl reads rows with, made stricter on values, texts and formulas."""

    reste = FORMULES_MAX

    def parse_cell(self, element: Any) -> dict[str, Any]:
        kind = element.get("t", "n")
        text = (element.findtext(VALUE_TAG) or "").strip()
        if text and kind in VALEURS and not VALEURS[kind].fullmatch(text):
            raise _Refus(ABIME)
        if (inserted := element.find(TEXTE_INSERE)) is not None:
            element.remove(inserted)
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["row"] != self.row_counter:
            raise _Refus(ABIME)
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
