"""What a stored file comes back as: its rows as stored, each cell warned of marked, and the sheet « À revoir »."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.a_revoir import ARevoir, dire
from barometre_lib.collecte.classeur import ALERTE, en_octets, marquer, remplir
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.feuilles import faire_listes
from barometre_lib.collecte.grille import FEUILLE, montrer_nombre
from barometre_lib.collecte.interpretation import Ligne, References
from barometre_lib.collecte.modele import ORDRE, composer_classeur, dire_periode
from barometre_lib.collecte.voisinage import Signalement, dater
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import COLONNES

NOMBRES = [column.nom for column in COLONNES if column.genre in ("entier", "nombre")]


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
