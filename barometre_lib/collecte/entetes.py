"""The header of a received file: where it is, and which column of the register each heading names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from barometre_lib.collecte.feuille import Cellule, Feuille
from barometre_lib.erreurs import Defaut
from barometre_lib.typographie import accorder, ordinal, sans_accents
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES

DEPARTEMENT = "departement"
# Column of the workbook that narrows the list of communes; it is checked and not stored.
AIDE = {DEPARTEMENT: "Département"}
LIBELLES = {colonne.nom: colonne.libelle for colonne in COLONNES} | AIDE
LIGNES_EXPLOREES = 10
# Fewer names than that: a table of something else, or no header.
RECONNUS_MIN = len(NOMS_COLONNES) // 2


@dataclass(frozen=True)
class DefautRecu(Defaut):
    """A defect at one cell of a received file.

    Attributes
    ----------
    rang : int
        Position of the cell in its line, from 0.
    en_tete : bool
        Whether it is a heading: its name is what was found.
    """

    rang: int = 0
    en_tete: bool = False

    def __str__(self) -> str:
        if self.en_tete:
            placed = f"{self.fichier}, ligne {self.ligne}"
            return str(Defaut(placed, 0, self.colonne, "", self.attendu))
        return super().__str__()


@dataclass(frozen=True)
class Entete:
    """The header of a received file.

    Attributes
    ----------
    ligne : int
        Number of its line.
    libelles : tuple of str
        Headings as found.
    rangs : dict of str to int
        Column of the register, or `departement`, to its position.
    """

    ligne: int
    libelles: tuple[str, ...]
    rangs: dict[str, int]

    def libelle(self, nom: str) -> str:
        """Return the heading of a column as found, without its star; the model's when it is absent."""
        return self.libelles[self.rangs[nom]].strip(" *") if nom in self.rangs else LIBELLES[nom]


def normaliser(texte: str) -> str:
    """Return what makes two labels the same: neither case, accents, spaces nor signs count."""
    return "".join(c for c in sans_accents(texte) if c.isalnum())


NOMS = {normaliser(nom): nom for nom in LIBELLES} | {normaliser(libelle): nom for nom, libelle in LIBELLES.items()}


def reconnus(cellules: Iterable[str]) -> set[str]:
    """Return the columns that some headings name, by code or by label."""
    return {NOMS[name] for cell in cellules if len(cell) < 100 and (name := normaliser(cell)) in NOMS}


def trouver_entete(feuille: Feuille) -> Entete | None:
    """Return the header among the first lines; None when no line names half of the columns."""
    first = [line for line in feuille.lignes if line[0] <= LIGNES_EXPLOREES]
    for number, cells in first:
        texts = _textes(cells)
        if len(reconnus(texts)) >= RECONNUS_MIN:
            places: dict[str, int] = {}
            for place, text in enumerate(texts):
                for name in reconnus([text]):
                    places.setdefault(name, place)
            return Entete(number, texts, places)
    return None


def juger_entete(feuille: Feuille, entete: Entete) -> list[DefautRecu]:
    """Return one defect for each heading that is unknown, repeated or missing.

    A column without a heading is a defect where it holds something.
    """
    defects = []

    def add(rank: int, name: str, what: str) -> None:
        defects.append(DefautRecu(feuille.fichier, entete.ligne, name, name, what, rank, en_tete=True))

    for rank, text in enumerate(entete.libelles):
        named = reconnus([text])
        if not text.strip():
            continue
        if not named:
            add(rank, text, "colonne inconnue dans l'en-tête\u202f; retirez-la ou rendez-lui le nom du modèle")
        elif rank not in entete.rangs.values():
            add(rank, text, "colonne répétée dans l'en-tête\u202f; gardez-en une")
    missing = [name for name in NOMS_COLONNES if name not in entete.rangs]
    for position, name in enumerate(missing):
        what = "colonne absente de l'en-tête\u202f; ajoutez-la, même vide, ou repartez du modèle"
        add(len(entete.libelles) + position, LIBELLES[name], what)
    return defects


def lignes_au_dessus(feuille: Feuille, entete: Entete) -> list[DefautRecu]:
    """Return the lines above the header that are more than a title: a sort may have carried the headings down."""
    what = (
        "attendu un titre d'une seule cellule, cette ligne est au-dessus des titres de colonnes et serait "
        "perdue\u202f; remettez les titres au-dessus d'elle"
    )
    defects = []
    for number, cells in feuille.lignes:
        filled = [rank for rank, cell in enumerate(cells) if not cell.vide]
        if number < entete.ligne and len(filled) > 1:
            found = cells[filled[0]].texte
            defects.append(DefautRecu(feuille.fichier, number, ordinal(filled[0] + 1), found, what, filled[0]))
    return defects


def cellules_egarees(feuille: Feuille, entete: Entete) -> list[DefautRecu]:
    """Return the columns filled where the header names nothing, and the lines of a CSV that are cut short.

    A column is told once, at its first cell, with how many there are.
    """
    defects = []
    stray: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for number, cells in feuille.lignes:
        if number <= entete.ligne:
            continue
        for rank, cell in enumerate(cells):
            named = rank < len(entete.libelles) and entete.libelles[rank].strip()
            if not (cell.vide or named):
                stray[rank].append((number, cell.texte))
        if feuille.fixe and len(cells) < len(entete.libelles):
            found = accorder(len(cells), "cellule", "cellules")
            what = f"trouvé {found}\u202f; attendu {len(entete.libelles)} cellules, la ligne est coupée"
            defects.append(DefautRecu(feuille.fichier, number, "", "", what, max(len(cells) - 1, 0)))
    for rank, places in stray.items():
        number, text = places[0]
        what = "attendu rien, cette cellule n'est sous aucun titre de colonne\u202f; videz-la ou déplacez-la"
        if len(places) > 1:
            what += f" ({accorder(len(places) - 1, 'autre cellule', 'autres cellules')} plus bas dans cette colonne)"
        defects.append(DefautRecu(feuille.fichier, number, ordinal(rank + 1), text, what, rank))
    return defects


def _textes(cells: Sequence[Cellule]) -> tuple[str, ...]:
    texts = [cell.texte for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return tuple(texts)
