"""The header of a received file: where it is, which column of the register each heading names, what lies outside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from barometre_lib.collecte.grille import Grille
from barometre_lib.erreurs import Defaut
from barometre_lib.typographie import accorder, ordinal, sans_accents
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES

# Column of the workbook that narrows the list of communes; it is checked and not stored.
DEPARTEMENT = "departement"
LIBELLES = {colonne.nom: colonne.libelle for colonne in COLONNES} | {DEPARTEMENT: "Département"}
LIGNES_EXPLOREES = 10
# Fewer names than that: a table of something else, or no header.
RECONNUS_MIN = len(NOMS_COLONNES) // 2

INCONNUE = "colonne inconnue dans l'en-tête ; retirez-la ou rendez-lui le nom du modèle"
REPETEE = "colonne répétée dans l'en-tête ; gardez-en une"
ABSENTE = "colonne absente de l'en-tête ; ajoutez-la, même vide, ou repartez du modèle"
AU_DESSUS = (
    "attendu un titre d'une seule cellule, cette ligne est au-dessus des titres de colonnes et serait perdue ; "
    "remettez les titres au-dessus d'elle"
)
EGAREE = "attendu rien, cette cellule n'est sous aucun titre de colonne ; videz-la ou déplacez-la"


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


def simplifier(texte: str) -> str:
    """Return what makes two labels the same: neither case, accents, spaces nor signs count."""
    return "".join(c for c in sans_accents(texte) if c.isalnum())


NOMS = {simplifier(text): nom for nom, libelle in LIBELLES.items() for text in (nom, libelle)}


def reconnus(cellules: Iterable[str]) -> set[str]:
    """Return the columns that some headings name, by code or by label."""
    return {NOMS[name] for cell in cellules if len(cell) < 100 and (name := simplifier(cell)) in NOMS}


def trouver_entete(grille: Grille) -> Entete | None:
    """Return the header among the first lines; None when no line names half of the columns."""
    for number, cells in grille.lignes:
        texts = [cell.texte for cell in cells]
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
    missing = [LIBELLES[name] for name in NOMS_COLONNES if name not in entete.rangs]
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
