"""One file of the register: a CSV of a region read as texts, each record with the line where it starts."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from barometre_lib.chemins import afficher, lire_octets
from barometre_lib.erreurs import Defaut, dire_erreur_systeme, montrer
from barometre_lib.vocabulaire import COLONNES_ATTENDUES, NOMS_COLONNES

SEPARE = "séparées par « ; »"
ATTENDU = f"attendu les {len(COLONNES_ATTENDUES)} colonnes du registre, {SEPARE}"


def lire_fichier(path: Path, defauts: list[Defaut]) -> list[list[str | int]]:
    """Read a file without judging its cells.

    The columns may come in any order; lines may end as on Windows, and a byte order mark is accepted, since
    neither changes what a cell says.

    Each record returned is the file as shown to the user, its region, the line where the record starts, then its cells
    in the order of the register's columns; `defauts` receives what keeps the file, or a line of it, from being read.
    """
    shown, region = afficher(path), path.stem
    lines = enregistrements(_decode(path, shown, defauts), ";")
    records: list[list[str | int]] = []
    try:
        _, header = next(lines, (1, None))
        if header is None or not _check_header(header, shown, defauts):
            return []
        order = [header.index(name) if name in header else None for name in NOMS_COLONNES]
        for number, cells in lines:
            if len(cells) == len(header):
                found = ("" if place is None else cells[place] for place in order)
                records.append([shown, region, number, *found])
            elif cells:  # a blank line is no record
                count = f"trouvé {len(cells)} cellule{'s' if len(cells) > 1 else ''}"
                what = f"{count} ; attendu {len(header)} cellules {SEPARE}"
                defauts.append(Defaut(shown, number, "", "", what))
    except EnregistrementIllisible as error:
        what = f"guillemets mal fermés ou cellule démesurée ; attendu un CSV aux cellules {SEPARE}"
        defauts.append(Defaut(shown, error.ligne, "", "", what))
    return records


class EnregistrementIllisible(Exception):
    """A record of a CSV with a quote left open, or a cell out of proportion; `ligne` is where it starts."""

    def __init__(self, ligne: int) -> None:
        self.ligne = ligne


def enregistrements(texte: str, separateur: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a CSV with the line where it starts: a quoted cell may span several lines.

    Raises
    ------
    EnregistrementIllisible
        A record cannot be read.
    """
    reader = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        raise EnregistrementIllisible(start) from None


def _decode(path: Path, shown: str, defects: list[Defaut]) -> str:
    """Return the text of a file, empty after a defect."""
    line = 0
    try:
        if text := lire_octets(path).decode("utf-8-sig"):
            return text
        what = "fichier vide ; attendu au moins l'en-tête du registre"
    except FileNotFoundError:
        what = "fichier de région introuvable ; déposez son classeur (« barometre integrer ») ou, s'il est en retard, "
        what += "reprenez ses mouvements de la relève précédente (« barometre reporter »)"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what = "caractère illisible ; attendu un texte en UTF-8, enregistrez le fichier en « CSV UTF-8 »"
    except OSError as error:
        what = f"{dire_erreur_systeme(error)} ; attendu le CSV de la région"
    defects.append(Defaut(shown, line, "", "", what))
    return ""


def _check_header(header: list[str], shown: str, defects: list[Defaut]) -> bool:
    # Most names unknown: another separator, or no header, whatever cell happens to be a column's name.
    if len(set(header) & set(NOMS_COLONNES)) < len(COLONNES_ATTENDUES) / 2:
        found = montrer(";".join(header)) if header else "une ligne vide"
        defects.append(Defaut(shown, 1, "", "", f"trouvé {found} pour en-tête ; {ATTENDU}"))
        return False
    missing = [name for name in COLONNES_ATTENDUES if name not in header]
    unknown = sorted(set(header) - set(NOMS_COLONNES))
    repeated = sorted({name for name in header if header.count(name) > 1} - set(unknown))
    for names, what in ((missing, "absente de"), (unknown, "inconnue dans"), (repeated, "répétée dans")):
        for name in names:
            subject = "colonne" if name else "colonne sans nom,"
            defects.append(Defaut(shown, 1, name, "", f"{subject} {what} l'en-tête ; {ATTENDU}"))
    return not (missing or unknown or repeated)
