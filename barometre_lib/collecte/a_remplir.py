"""Workbooks where each line awaits a decision: made here, whatever they are about; `rempli` reads them back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.chemins import afficher
from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    EN_HAUT,
    FILET,
    ajuster_hauteur,
    ecrire_tete,
    en_octets,
    intituler_colonnes,
    mettre_en_page,
    remplir,
)
from barometre_lib.collecte.destination import dans_une_releve
from barometre_lib.collecte.fiches import Cote
from barometre_lib.collecte.identite import inscrire
from barometre_lib.ecriture import creer_dossier, remplacer
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import accorder, typographier
from barometre_lib.vocabulaire import Releve

RAISON, EMPREINTE = "Raison", "Empreinte"
# A spreadsheet makes no line higher than so many lines of text.
LIGNES_VUES = 30
RESERVE = "Ce classeur contient des données non publiques : ne le diffusez pas."
# Width, and what stands there, of the thing that a line is about.
Colonne = tuple[float, Callable[[Any], str | int | None]]


@dataclass(frozen=True)
class Feuille:
    """A sheet: its sentences, the first one its title, its columns by heading, and what its lines are about."""

    nom: str
    tete: Sequence[str]
    colonnes: Mapping[str, Colonne]
    lignes: Sequence[Any]
    dites: Collection[str]  # columns of what the package says, which gets the spaces of French
    decision: str = ""  # heading of the column that awaits a decision
    choix: Iterable[str] = ()
    hors_page: Collection[str] = (EMPREINTE,)  # last columns, not printed, so that the rest is large enough on paper


def montrer_cote(cote: Cote | None, autre: Cote | None) -> str:
    """Return the values compared in a row, one a line, each marked where the other row says something else."""
    values, others = cote.valeurs if cote else {}, autre.valeurs if autre else {}
    return "\n".join(
        f"{'≠ ' if others.get(name, value) != value else ''}{name} : {value or '(vide)'}"
        for name, value in values.items()
    )


def composer_classeur(feuilles: Sequence[Feuille], releve: Releve) -> bytes:
    """Return the bytes of a workbook, known again by its title; the first sheet is the one that is read back."""
    book = Workbook()
    book.properties.creator = "Baromètre industriel de l'État"
    inscrire(book, feuilles[0].tete[0])
    for rank, one in enumerate(feuilles):
        sheet = book.create_sheet() if rank else book.worksheets[0]
        sheet.title = one.nom
        _remplir(sheet, one)
        if one.decision:
            _choisir(sheet, one)
    return en_octets(book, releve.dernier_jour)


def deposer_classeurs(
    option: str, dossier: Path, registre: Path, classeurs: Mapping[str, bytes], *, forcer: bool = False
) -> str:
    """Write workbooks to be filled in, by name, in a folder, and say how many there are.

    Raises
    ------
    ErreurBarometre
        The folder is that of a relève or cannot be written, or another file of one of these names, perhaps filled in,
        is there and `forcer` does not say to replace it.
    """
    if dans_une_releve(dossier, registre):
        what = "est le dossier d'une relève, les classeurs n'y vont pas ; donnez-en un autre"
        raise ErreurBarometre(f"{option} : {afficher(dossier)} {what}.")
    files = {dossier / f"{name}.xlsx": data for name, data in classeurs.items()}
    others = [path for path, data in files.items() if path.exists() and path.read_bytes() != data]
    if others and not forcer:
        shown = ", ".join(map(afficher, others))
        what = "un autre classeur est déjà là, peut-être rempli"
        raise ErreurBarometre(f"{shown} : {what} ; donnez un autre dossier, ou --forcer pour le remplacer.")
    creer_dossier(dossier)
    for path, data in files.items():
        remplacer(path, data)
    return f"{afficher(dossier)} : {accorder(len(files), 'classeur', 'classeurs')} à remplir"


def _remplir(sheet: Worksheet, feuille: Feuille) -> None:
    """Fill a sheet in: sentences, headings, a line for each thing."""
    tete, colonnes = feuille.tete, feuille.colonnes
    shown = [name for name in colonnes if name not in feuille.hors_page]
    ecrire_tete(sheet, tete, [colonnes[name][0] for name in shown])
    titles = len(tete) + 1
    for rank, (width, _) in enumerate(colonnes.values(), start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = width
    intituler_colonnes(sheet, titles, colonnes, 28)
    for number, one in enumerate(feuille.lignes, start=titles + 1):
        for rank, (name, (_, read)) in enumerate(colonnes.items(), start=1):
            cell, value = sheet.cell(number, rank), read(one)
            remplir(cell, typographier(value) if name in feuille.dites and isinstance(value, str) else value, "@")
            cell.alignment, cell.border = (A_LA_LIGNE if name != EMPREINTE else EN_HAUT), FILET
        ajuster_hauteur(sheet, number, range(1, len(shown) + 1), LIGNES_VUES)
    last = max(sheet.max_row, titles + 1)
    sheet.auto_filter.ref = f"A{titles}:{get_column_letter(len(colonnes))}{last}"
    sheet.print_area = f"A1:{get_column_letter(len(shown))}{last}"
    mettre_en_page(sheet, papier=sheet.PAPERSIZE_A3)
    sheet.page_margins.left = sheet.page_margins.right = 0.25
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _choisir(sheet: Worksheet, feuille: Feuille) -> None:
    """Have the cells of decisions offer their list."""
    letter, first = get_column_letter([*feuille.colonnes].index(feuille.decision) + 1), len(feuille.tete) + 2
    choices = f'"{",".join(feuille.choix)}"'
    check = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=True)
    check.errorTitle, check.error = "Baromètre industriel", "Choisissez dans la liste."
    check.add(f"{letter}{first}:{letter}{first - 1 + max(len(feuille.lignes), 1)}")
    sheet.add_data_validation(check)
