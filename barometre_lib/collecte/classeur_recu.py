"""A received workbook as a grid: the lines of its sheet of movements, read by openpyxl, no formula computed.

The sheet of movements is the one where the headings of the register have a line below them, whatever its name.
"""

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from barometre_lib.collecte.grille import (
    AUTEUR,
    COLONNES_MAX,
    FEUILLE,
    LIGNES_EXPLOREES,
    LIGNES_MAX,
    Cellule,
    FichierIllisible,
    Grille,
    trouver_entete,
)
from barometre_lib.collecte.inspection import ABIME, DEMESURE, ClasseurRefuse, lire_parties
from barometre_lib.collecte.paquet import VRAI, Feuille, Paquet, lire_texte, ouvrir, sans_echappement
from barometre_lib.collecte.remarques import ANNEXES, dire_notes, remarquer
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import enumerer, nombre, sans_accents, simplifier

CARACTERES_MAX = 10_000_000
NUMERO_LIGNE_MAX, NUMERO_COLONNE_MAX = 1_048_576, 16_384  # those of Excel
# Characters of formulas that are shared by many cells, and brought to each.
FORMULES_MAX = 500_000
TROP_LOIN = (
    f"une cellule remplie dépasse la ligne {nombre(LIGNES_MAX)} ou la colonne {COLONNES_MAX} ; "
    "supprimez ce qui est hors du tableau"
)
SANS_FEUILLE = "le classeur n'a aucune feuille de cellules ; attendu le modèle rempli"
# What the standard lets a cell hold, by its type; Python's own readers accept more, 2_1 and the digits of every script.
VALEURS = {
    "n": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE),
    "s": re.compile(r"\d+", re.ASCII),
    "b": re.compile("[01]"),
}
DONNEES, FUSION = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("worksheet", "mergeCell"))
# A cell as openpyxl gives it: its row, column, value, type and style.
Brute = dict[str, Any]


def lire_classeur(donnees: bytes, fichier: str, feuille: str = "") -> Grille:
    """Return the lines of the sheet of movements, or of `feuille`, that hold something; formulas stay formulas.

    Raises
    ------
    FichierIllisible
        The file is no workbook, is damaged, holds what could run or fetch, is too large, hides a sheet, or has
        movements on two of them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = ouvrir(lire_parties(donnees))
            return _lire_feuille(book, _choisir_feuille(book, feuille), fichier)
    except ClasseurRefuse as refused:
        raise FichierIllisible(fichier, str(refused)) from None
    except Exception as error:
        # zipfile, expat and openpyxl do not say all that they raise on a damaged file.
        raise FichierIllisible(fichier, ABIME) from error


def _choisir_feuille(book: Paquet, nom: str) -> Feuille:
    """Return the sheet asked for by name, or else that of movements.

    When none has the headings, it is the one of that name, or the first.
    """
    if hidden := [sheet.nom for sheet in book.feuilles if sheet.masquee]:
        what = f"la feuille {montrer(hidden[0])} est masquée ; affichez-la, ou supprimez-la si elle ne sert pas"
        raise ClasseurRefuse(what)
    if not book.feuilles:
        raise ClasseurRefuse(SANS_FEUILLE)
    if nom:
        named = [sheet for sheet in book.feuilles if simplifier(sheet.nom) == simplifier(nom)]
        if len(named) != 1:
            raise ClasseurRefuse(f"attendu une feuille {montrer(nom)}, et une seule")
        return named[0]
    if len(book.feuilles) == 1:
        return book.feuilles[0]
    found = [(_explorer(book, sheet), sheet) for sheet in book.feuilles]
    full = [sheet for lines, sheet in found if lines > 1]
    if len(full) > 1:
        names = enumerer(montrer(sheet.nom) for sheet in full)
        raise ClasseurRefuse(f"les feuilles {names} contiennent des mouvements ; réunissez-les dans une seule")
    return max(found, key=lambda one: (one[0], sans_accents(one[1].nom.strip()) == FEUILLE.lower()))[1]


def _explorer(book: Paquet, sheet: Feuille) -> int:
    """Return 2 for a sheet that has the headings of the register and a line below, 1 for the headings alone, or 0."""
    header = None
    for number, cells, _ in _lire_rangees(book, sheet, []):
        if line := _ligne(book, cells):
            if header:
                return 2
            header = trouver_entete(Grille("", [(number, line)]))
        if number > LIGNES_EXPLOREES and header is None:
            break
    return 1 if header else 0


def _lire_feuille(book: Paquet, sheet: Feuille, fichier: str) -> Grille:
    lines: list[tuple[int, list[Cellule]]] = []
    merged: list[str] = []
    hidden, struck = [], []
    characters = 0
    for number, cells, is_hidden in _lire_rangees(book, sheet, merged):
        far = number > LIGNES_MAX
        if any(cell["value"] is not None and (far or cell["column"] > COLONNES_MAX) for cell in cells):
            raise ClasseurRefuse(TROP_LOIN)
        line = _ligne(book, cells)
        # A text that many cells share is short in the file, and long once it is in each.
        characters += sum(len(cell.valeur) for cell in line if isinstance(cell.valeur, str))
        if characters > CARACTERES_MAX:
            raise ClasseurRefuse(DEMESURE)
        if not line:
            continue
        lines.append((number, line))
        hidden += [number] if is_hidden else []
        struck += [number] if any(cell["style_id"] in book.styles.barres and cell["value"] for cell in cells) else []
    header = trouver_entete(Grille(fichier, lines))
    first = header.ligne if header else LIGNES_MAX
    # A title above the headings may spread over several columns.
    for area in merged:
        if (range_boundaries(area)[3] or first) >= first:
            what = f"les cellules {montrer(area)} sont fusionnées ; annulez les fusions de cette feuille"
            raise ClasseurRefuse(what)
    remarks = remarquer(
        [f"ligne {number}" for number in hidden if number > first],
        [f"ligne {number}" for number in struck if number > first],
        book.notes(sheet, AUTEUR),
    )
    for beside in book.feuilles:
        if beside.nom in ANNEXES and beside is not sheet:
            areas = list[str]()
            there = [(number, _ligne(book, cells)) for number, cells, _ in _lire_rangees(book, beside, areas)]
            remarks += dire_notes(beside.nom, there, areas, book.notes(beside, AUTEUR))
    return Grille(fichier, lines, remarques=remarks)


def _ligne(book: Paquet, cells: list[Brute]) -> list[Cellule]:
    """Return the cells of a row up to the last that holds something, of the columns that are read."""
    found = {cell["column"]: cell for cell in cells if cell["value"] is not None and cell["column"] <= COLONNES_MAX}
    line = [_cellule(found.get(rank), book.styles.pourcentages) for rank in range(1, max(found, default=0) + 1)]
    while line and line[-1].vide:
        line.pop()
    return line


def _lire_rangees(book: Paquet, feuille: Feuille, fusions: list[str]) -> Iterator[tuple[int, list[Brute], bool]]:
    """Yield each row that is written in a sheet, its cells as openpyxl types them, and whether it is hidden.

    `fusions` receives the areas of merged cells.
    """
    parser: Any = _Rangees(
        io.BytesIO(),
        book.textes,
        epoch=book.epoque,
        date_formats=book.styles.dates,
        timedelta_formats=book.styles.durees,
    )
    previous, element = 0, None
    for _, element in iterparse(io.BytesIO(book.parties[feuille.partie])):
        if element.tag == ROW_TAG:
            number, cells = parser.parse_row(element)
            columns = [cell["column"] for cell in cells]
            in_order = previous < number and columns == sorted(set(columns))
            if not in_order or number > NUMERO_LIGNE_MAX or max(columns, default=0) > NUMERO_COLONNE_MAX:
                raise ClasseurRefuse(ABIME)
            previous = number
            yield number, cells, element.get("hidden") in VRAI
            element.clear()
        elif element.tag == FUSION:
            fusions.append(element.get("ref", ""))
    # Of another kind, its cells were not counted when it was looked at.
    if element is None or element.tag != DONNEES:
        raise ClasseurRefuse(ABIME)


class _Rangees(WorkSheetParser):
    """What openpyxl reads rows with, made stricter on values, texts and formulas."""

    reste = FORMULES_MAX

    def parse_cell(self, element: Any) -> Brute:
        kind = element.get("t", "n")
        text = (element.findtext(VALUE_TAG) or "").strip()
        if text and kind in VALEURS and not VALEURS[kind].fullmatch(text):
            raise ClasseurRefuse(ABIME)
        if (inserted := element.find(INLINE_STRING)) is not None:
            element.remove(inserted)
        cell: Brute = super().parse_cell(element)
        if cell["row"] != self.row_counter:
            raise ClasseurRefuse(ABIME)
        if kind == "inlineStr" and inserted is not None and cell["value"] is None:
            cell |= {"value": lire_texte(inserted) or None, "data_type": "s"}
        elif kind == "str" and cell["data_type"] == "s":
            cell["value"] = sans_echappement(cell["value"])
        return cell

    def parse_formula(self, element: Any) -> Any:
        formula = element.find(FORMULA_TAG)
        known = self.shared_formulae.get(formula.get("si"))
        self.reste -= len(known.tokenizer.formula if known else formula.text or "")
        if self.reste < 0:
            return f"={formula.text or ''}"
        return super().parse_formula(element)  # type: ignore[no-untyped-call]


def _cellule(cell: Brute | None, percentages: set[int]) -> Cellule:
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
