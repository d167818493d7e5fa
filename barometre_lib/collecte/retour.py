"""What a file comes back as.

Refused: the same lines and columns, each cell at fault marked, and the list of defects. Stored: its rows as stored,
each cell warned of marked, and the sheet « À revoir ».
"""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.a_revoir import ARevoir, dire
from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    ALERTE,
    FAUTE,
    ajuster_hauteur,
    en_octets,
    intituler,
    marquer,
    mettre_en_page,
    nouveau_classeur,
    remplir,
)
from barometre_lib.collecte.copies import ecrire_copies
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.feuilles import FORMATS, ecrire_listes, faire_listes, format_de, habiller, lire_notice
from barometre_lib.collecte.grille import (
    DEFAUTS,
    FEUILLE,
    LIBELLES,
    Cellule,
    DefautRecu,
    deproteger,
    est_dans_le_tableur,
    montrer_nombre,
    tableur,
)
from barometre_lib.collecte.identite import inscrire, intituler_classeur
from barometre_lib.collecte.interpretation import Ligne, References
from barometre_lib.collecte.modele import ORDRE, composer_classeur, dire_periode
from barometre_lib.collecte.voisinage import Signalement, dater
from barometre_lib.ecriture import en_csv
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import accorder, typographier
from barometre_lib.vocabulaire import COLONNES, COLONNES_ATTENDUES, Releve

if TYPE_CHECKING:
    from barometre_lib.collecte.integration import Examen

LARGEURS = {"Ligne": 7, "Colonne": 24, "Trouvé": 30, "Attendu": 73}
# Not an empty cell, which may be right, and would be stored.
A_REMPLIR = "#N/A"
NOMBRE_MAX = 10**15
# Beyond, a file is not mended cell by cell; the CSV has them all.
MARQUES_MAX = 2000
NOMBRES = [column.nom for column in COLONNES if column.genre in ("entier", "nombre")]


def ecrire_retour(exam: "Examen", nom: str, dossier: Path, releve: Releve, references: References) -> list[Path]:
    """Write a copy to be corrected and sent again and the list of its defects, and return both.

    Everything is written afresh, nothing hostile comes back; the drop-down lists are those of the relève.
    """
    contents = {".xlsx": _classeur(exam, releve, references), ".csv": _tableau(exam.defauts)}
    return ecrire_copies(nom, "refus", dossier, contents)


def _tableau(defauts: list[DefautRecu]) -> bytes:
    """Return the defects as a CSV that a spreadsheet opens: each text escaped, byte order mark first."""
    rows = ((one.ligne, *_textes(one)) for one in defauts)
    return BOM_UTF8 + en_csv(tableur(("ligne", "colonne", "trouve", "attendu"), rows))


def _textes(defaut: DefautRecu) -> tuple[str, str, str]:
    return defaut.colonne, defaut.valeur, typographier(defaut.attendu)


def _classeur(exam: "Examen", releve: Releve, references: References) -> bytes:
    book, sheet = nouveau_classeur()
    inscrire(book, typographier(intituler_classeur(releve, references.region, references.nomenclatures)))
    at_rank = {rank: name for name, rank in exam.entete.rangs.items()}
    names = [at_rank.get(rank, "") for rank in range(len(exam.entete.libelles))]
    for number, cells in exam.grille.lignes:
        for rank, cell in enumerate(cells):
            name = names[rank] if rank < len(names) else ""
            _copier(sheet, number, rank, cell, "@" if number <= exam.entete.ligne else format_de(name))
    for name in COLONNES_ATTENDUES:
        if name not in exam.entete.rangs:
            names.append(name)
            remplir(sheet.cell(exam.entete.ligne, len(names)), LIBELLES[name], "@")
    lists = faire_listes(references, releve)
    habiller(sheet, names, exam.entete.ligne, lists, lire_notice(references))
    by_cell: dict[tuple[int, int], list[str]] = defaultdict(list)
    for defect in exam.defauts[:MARQUES_MAX]:
        if defect.valeur and defect.ligne > exam.entete.ligne:
            by_cell[defect.ligne, defect.rang + 1].append(f"trouvé {montrer(defect.valeur)}")
        by_cell[defect.ligne, defect.rang + 1].append(typographier(defect.attendu))
    for (line, column), expected in by_cell.items():
        marquer(sheet.cell(line, column), FAUTE, expected)
    _lister(book, exam.defauts[:MARQUES_MAX])
    ecrire_listes(book, lists)
    return en_octets(book, releve.dernier_jour)


def _copier(sheet: Worksheet, number: int, rank: int, cell: Cellule, format_nombre: str) -> None:
    """Copy a cell as it was received; in the place of a formula or of an error, what is refused until it is filled."""
    value = cell.valeur
    if cell.vide:
        return
    if cell.marque in ("formule", "erreur"):
        value = A_REMPLIR
    if cell.marque == "pourcentage":
        format_nombre = "0.##########%"
    elif isinstance(value, int | float) and not (abs(value) < NOMBRE_MAX):
        value = cell.texte  # infinite, not a number, or more digits than a spreadsheet holds
    elif isinstance(value, int | float):
        # A number among dates would show as a day, or as nothing.
        format_nombre = "General" if format_nombre == FORMATS["date"] else format_nombre
    elif isinstance(value, date) and est_dans_le_tableur(value):
        at_midnight = not isinstance(value, datetime) or value.time() == time()
        format_nombre = FORMATS["date"] if at_midnight else "dd/mm/yyyy hh:mm"
    elif not isinstance(value, str):
        value = cell.texte  # a day that no spreadsheet counts right, or a time of day, which no column wants
    if isinstance(value, str) and cell.marque != "brute":
        value = deproteger(value)  # the escape that it came with, if any, is put again by the writing
    remplir(sheet.cell(number, rank + 1), value, format_nombre)


def _lister(book: Workbook, defauts: list[DefautRecu]) -> None:
    """Add the sheet that lists the defects, in the order of lines."""
    sheet = book.create_sheet(DEFAUTS)
    sheet.freeze_panes = "A2"
    for rank, (title, width) in enumerate(LARGEURS.items(), start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = width
        intituler(sheet, 1, rank, title)
    for number, defect in enumerate(defauts, start=2):
        remplir(sheet.cell(number, 1), defect.ligne, "0")
        sheet.cell(number, 1).alignment = Alignment(horizontal="left", vertical="top")
        for rank, text in enumerate(_textes(defect), start=2):
            remplir(sheet.cell(number, rank), text, "@")
            sheet.cell(number, rank).alignment = A_LA_LIGNE
        ajuster_hauteur(sheet, number, range(2, 5))
    mettre_en_page(sheet)


def faire_renvoi(
    lignes: Sequence[Ligne],
    signalements: Sequence[Signalement],
    remarques: Sequence[str],
    destination: Destination,
    references: References,
) -> bytes:
    """Return the workbook that a service gets back of a file that is stored.

    It may be filled in and sent again: what is not touched is read as it is stored. `remarques` are about the file as
    a whole, and speak of its own lines.
    """
    places = {line.numero: number for number, line in enumerate(lignes, start=2)}
    stored = [replace(line, numero=places[line.numero]) for line in lignes]
    told = [replace(one, ligne=places.get(one.ligne, 0)) for one in signalements]
    about = "Le fichier est déposé. Ce qui suit en est signalé, dans cette feuille et dans celle des mouvements."
    review = ARevoir(stored, about, told, dater(told, stored, destination), remarques)
    kept = accorder(len(stored), "mouvement déposé", "mouvements déposés")
    head = [f"{dire_periode(destination.releve)} {kept}, avec leurs identifiants."]
    lists = faire_listes(references, destination.releve)
    book = composer_classeur(review, head, destination.releve, references, lists)
    _garder_notations(book[FEUILLE], stored)
    _marquer(book[FEUILLE], told)
    return en_octets(book, destination.releve.dernier_jour)


def _garder_notations(sheet: Worksheet, lignes: Sequence[Ligne]) -> None:
    """Write as a text a number that would be read otherwise than it is stored: `5.50`, `007`."""
    for line in lignes:
        for name in NOMBRES:
            text, cell = line.textes[name], sheet.cell(line.numero, ORDRE.index(name) + 1)
            with suppress(ValueError):
                if montrer_nombre(float(text)).replace(",", ".") != text:
                    remplir(cell, text.replace(".", ","), cell.number_format)


def _marquer(sheet: Worksheet, signalements: Sequence[Signalement]) -> None:
    by_cell: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in signalements:
        if one.ligne:
            found, expected = dire(one)
            column = one.colonne if one.colonne in ORDRE else "id_mouvement"
            by_cell[one.ligne, ORDRE.index(column) + 1] += [found, f"Attendu : {expected[:1].lower()}{expected[1:]}"]
    for (line, rank), sentences in by_cell.items():
        marquer(sheet.cell(line, rank), ALERTE, sentences)
