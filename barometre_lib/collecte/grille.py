"""A received file as a neutral grid, whatever its format: its cells, its lines, its header, and what lies outside.

A text that a spreadsheet would take for a formula is escaped when written, restored when read.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import pandas as pd

from barometre_lib.collecte.encodages import retablir
from barometre_lib.erreurs import Defaut, ErreurBarometre
from barometre_lib.typographie import accorder, ordinal, simplifier
from barometre_lib.vocabulaire import COLONNES, COLONNES_ATTENDUES

FEUILLE, AUTEUR = "Mouvements", "Baromètre industriel"
A_REVOIR, DEFAUTS = "À revoir", "Défauts"
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

# Column of the workbook that narrows the list of communes; it is checked and not stored.
DEPARTEMENT = "departement"
LIBELLES = {colonne.nom: colonne.libelle for colonne in COLONNES} | {DEPARTEMENT: "Département"}
LIGNES_EXPLOREES = 10
# Fewer names than that: a table of something else, or no header.
RECONNUS_MIN = len(COLONNES_ATTENDUES) // 2
SANS_ENTETE = (
    f"aucun en-tête du registre dans les {LIGNES_EXPLOREES} premières lignes ; gardez les titres de colonnes du "
    "modèle, et séparez les cellules d'un CSV par « ; »"
)

INCONNUE = "colonne inconnue dans l'en-tête ; retirez-la ou rendez-lui le nom du modèle"
REPETEE = "colonne répétée dans l'en-tête ; gardez-en une"
ABSENTE = "colonne absente de l'en-tête ; ajoutez-la, même vide, ou repartez du modèle"
AU_DESSUS = (
    "attendu un titre d'une seule cellule, cette ligne est au-dessus des titres de colonnes et serait perdue ; "
    "remettez les titres au-dessus d'elle"
)
EGAREE = "attendu rien, cette cellule n'est sous aucun titre de colonne ; videz-la ou déplacez-la"


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
    remarques: tuple[str, ...] = ()  # what its author is told even when the file is stored, a French sentence each


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


def tableur(colonnes: Sequence[str], lignes: Iterable[Iterable[object]]) -> pd.DataFrame:
    """Return a table to be read in a spreadsheet, where nothing is a formula; what is None is empty."""
    rows = [["" if cell is None else proteger_cellule(str(cell)) for cell in line] for line in lignes]
    return pd.DataFrame(rows, columns=list(colonnes), dtype="str")


@dataclass(frozen=True)
class DefautRecu(Defaut):
    """A defect at one cell of a received file."""

    rang: int = 0  # position of the cell in its line, from 0
    en_tete: bool = False  # the cell is a heading: its name is what was found

    def __str__(self) -> str:
        if self.en_tete:
            placed = f"{self.fichier}, ligne {self.ligne}"
            return str(Defaut(placed, 0, self.colonne, "", self.attendu))
        return super().__str__()


@dataclass(frozen=True)
class Entete:
    """The header of a received file."""

    ligne: int  # its number
    libelles: tuple[str, ...]  # headings as found
    rangs: dict[str, int]  # column of the register, or `departement`, to its position

    def libelle(self, nom: str) -> str:
        """Return the heading of a column as found, without its star; the model's when it is absent."""
        return self.libelles[self.rangs[nom]].strip(" *") if nom in self.rangs else LIBELLES[nom]


NOMS = {simplifier(text): nom for nom, libelle in LIBELLES.items() for text in (nom, libelle)}


def reconnus(cellules: Iterable[str]) -> set[str]:
    """Return the columns that some headings name, by code or by label."""
    return {NOMS[name] for cell in cellules if len(cell) < 100 and (name := simplifier(cell)) in NOMS}


def trouver_entete(grille: Grille) -> Entete | None:
    """Return the header among the first lines; None when no line names half of the columns."""
    for number, cells in grille.lignes:
        texts = [retablir(cell.texte) for cell in cells]
        if number <= LIGNES_EXPLOREES and len(reconnus(texts)) >= RECONNUS_MIN:
            while not texts[-1].strip():
                texts.pop()
            places: dict[str, int] = {}
            for place, text in enumerate(texts):
                for name in reconnus([text]):
                    places.setdefault(name, place)
            return Entete(number, tuple(texts), places)
    return None


def juger_disposition(grille: Grille, entete: Entete) -> list[DefautRecu]:
    """Return what is wrong around the cells of the register: headings, lines above them, cells under none of them."""
    return [*_juger_titres(grille, entete), *_juger_dessus(grille, entete), *_juger_dehors(grille, entete)]


def _juger_titres(grille: Grille, entete: Entete) -> list[DefautRecu]:
    """Return one defect for each heading that is unknown, repeated or missing."""
    found = [
        (rank, text, REPETEE if reconnus([text]) else INCONNUE)
        for rank, text in enumerate(entete.libelles)
        if text.strip() and rank not in entete.rangs.values()
    ]
    missing = [LIBELLES[name] for name in COLONNES_ATTENDUES if name not in entete.rangs]
    found += [(rank, name, ABSENTE) for rank, name in enumerate(missing, start=len(entete.libelles))]
    return [DefautRecu(grille.fichier, entete.ligne, name, name, what, rank, True) for rank, name, what in found]


def _juger_dessus(grille: Grille, entete: Entete) -> list[DefautRecu]:
    """Return the lines above the header that are more than a title: a sort may have carried the headings down."""
    defects = []
    for number, cells in grille.lignes:
        filled = [rank for rank, cell in enumerate(cells) if not cell.vide]
        if number < entete.ligne and len(filled) > 1:
            first = filled[0]
            found = cells[first].texte
            defects.append(DefautRecu(grille.fichier, number, ordinal(first + 1), found, AU_DESSUS, first))
    return defects


def _juger_dehors(grille: Grille, entete: Entete) -> list[DefautRecu]:
    """Return the columns filled where the header names nothing, and the lines of a CSV that are cut short.

    A column is told once, at its first cell, with how many there are.
    """
    defects = []
    stray: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for number, cells in grille.lignes:
        if number <= entete.ligne:
            continue
        for rank, cell in enumerate(cells):
            named = rank < len(entete.libelles) and entete.libelles[rank].strip()
            if not (cell.vide or named):
                stray[rank].append((number, cell.texte))
        if grille.fixe and len(cells) < len(entete.libelles):
            found = accorder(len(cells), "cellule", "cellules")
            what = f"trouvé {found} ; attendu {len(entete.libelles)} cellules, la ligne est coupée"
            defects.append(DefautRecu(grille.fichier, number, "", "", what, max(len(cells) - 1, 0)))
    for rank, ((number, text), *others) in stray.items():
        more = accorder(len(others), "autre cellule", "autres cellules")
        what = f"{EGAREE} ({more} plus bas dans cette colonne)" if others else EGAREE
        defects.append(DefautRecu(grille.fichier, number, ordinal(rank + 1), text, what, rank))
    return defects
