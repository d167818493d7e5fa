"""The archive of a collection: each received file, each file that it replaced, and the journal of both."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from barometre_lib.chemins import afficher, lire_octets, originale, racine
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.grille import deproteger, tableur
from barometre_lib.ecriture import ATTENTE, EcritureImpossible, creer_dossier, en_csv, remplacer, verrouiller
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.qualite.suites import Gravite
from barometre_lib.vocabulaire import Releve

JOURNAL = "journal.csv"
CONTROLE = "controle.json"
ARCHIVE = "archive"
VERROU = ".verrou"
SUFFIXES = (".xlsx", ".csv")
LONGUEUR = 12  # of the part of a checksum that names a file

Issue = Literal["deposee", "inchangee", "refusee", "reportee"]


@dataclass(frozen=True)
class Reception:
    """One file received, and what became of it: a line of the journal."""

    le: str  # day and hour, on this machine
    region: str
    fichier: str  # its name when it was received
    issue: Issue
    lignes: int
    avertissements: int
    motif: str  # why it replaces a file of an edition that is no longer at work
    recu: str  # its name in the archive; empty for a relève carried over
    remplace: str  # name there of what it replaced; empty where nothing was


def dossier_collecte(releve: Releve, registre: Path) -> Path:
    """Return where a collection keeps what it received: `collecte/` of the project, or beside another register."""
    # A campaign reads copies of the register and of the project.
    root, folder = originale(racine()), originale(registre).resolve()
    base = root if folder == (root / "data" / "releves").resolve() else folder.parent
    return base / "collecte" / str(releve)


def maintenant() -> str:
    """Return the day and the hour, on this machine, as the journal tells them."""
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"


def nom_recu(fichier: Path) -> str:
    """Return the name of a file as text; bytes that are no text there are shown as such."""
    return os.fsencode(fichier.name).decode("utf-8", "backslashreplace")


def archiver(donnees: bytes, destination: Destination, suffixe: str) -> str:
    """Keep bytes under their day and their checksum, once, and return their name.

    Raises
    ------
    EcritureImpossible
        The system refuses.
    """
    folder = dossier_collecte(destination.releve, destination.registre) / ARCHIVE
    digest, kind = hashlib.sha256(donnees).hexdigest()[:LONGUEUR], suffixe if suffixe in SUFFIXES else ".bin"
    for path in folder.glob(f"{destination.region}-*-{digest}{kind}"):
        if lire_octets(path) == donnees:
            return path.name
    name = f"{destination.region}-{maintenant()[:10]}-{digest}{kind}"
    creer_dossier(folder)
    remplacer(folder / name, donnees)
    return name


def joindre(donnees: bytes, destination: Destination, recu: str) -> Path:
    """Keep beside an archived file the list of what was changed in it, and return where it is."""
    path = dossier_collecte(destination.releve, destination.registre) / ARCHIVE / f"{Path(recu).stem}.changements.csv"
    remplacer(path, donnees)
    return path


def noter(reception: Reception, destination: Destination) -> None:
    """Add a line to the journal, one command at a time.

    Raises
    ------
    ErreurBarometre
        The journal cannot be read or written.
    """
    folder = dossier_collecte(destination.releve, destination.registre)
    creer_dossier(folder)
    try:
        with verrouiller(folder / VERROU, ATTENTE) as alone:
            if not alone:
                raise ErreurBarometre(f"{afficher(folder)} : une autre commande y écrit ; relancez.")
            known = lire_receptions(destination.releve, destination.registre)
            remplacer(folder / JOURNAL, _ecrire([*known, reception]))
    except OSError as error:
        raise EcritureImpossible(folder / JOURNAL, error) from None


def lire_receptions(releve: Releve, registre: Path) -> list[Reception]:
    """Return what was received for a relève, the first file first; nothing where there is no journal.

    Raises
    ------
    ErreurBarometre
        The journal is not as this module wrote it.
    """
    path = dossier_collecte(releve, registre) / JOURNAL
    # A link that leads nowhere is no absent journal.
    if not os.path.lexists(path):
        return []
    names = [field.name for field in fields(Reception)]
    try:
        header, *rows = csv.reader(io.StringIO(lire_octets(path).decode("utf-8")), delimiter=";", strict=True)
        if header != names:
            raise ValueError
        return [_lire(dict(zip(names, map(deproteger, row), strict=True))) for row in rows]
    except (OSError, ValueError, csv.Error):
        raise ErreurBarometre(f"{afficher(path)} : ce n'est plus le journal des réceptions ; restaurez-le.") from None


class Controle(NamedTuple):
    """What the gate last found in a relève while it was collected, as numbers of rows."""

    empreinte: str  # of all that it judged
    bloquants: int
    en_attente: int  # warnings that nobody justified
    justifies: int


def noter_controle(bilan: Bilan, empreinte: str, registre: Path) -> None:
    """Keep what the gate found beside what was received; of a relève that is not being collected, nothing is kept.

    Raises
    ------
    EcritureImpossible
        The system refuses.
    """
    folder = dossier_collecte(bilan.releve, registre)
    if not folder.is_dir():
        return
    warnings = [one for one in bilan.resultats if one.controle.gravite is Gravite.AVERTISSEMENT]
    waiting = sum(len(one.en_attente) for one in warnings)
    justified = sum(len(one.constats) for one in warnings) - waiting
    found = Controle(empreinte, bilan.nombre(Gravite.BLOQUANT), waiting, justified)
    remplacer(folder / CONTROLE, f"{json.dumps(found)}\n".encode())


def lire_controle(releve: Releve, registre: Path) -> tuple[date, Controle] | None:
    """Return what the gate last found, and on which day; None where that is not known."""
    path = dossier_collecte(releve, registre) / CONTROLE
    try:
        mark, *numbers = json.loads(lire_octets(path))
        return date.fromtimestamp(path.stat().st_mtime), Controle(str(mark), *map(int, numbers))
    except (OSError, ValueError, TypeError):
        return None


def _lire(row: Mapping[str, Any]) -> Reception:
    if row["issue"] not in get_args(Issue):
        raise ValueError
    return Reception(**{**row, "lignes": int(row["lignes"]), "avertissements": int(row["avertissements"])})


def _ecrire(receptions: Sequence[Reception]) -> bytes:
    return en_csv(tableur([field.name for field in fields(Reception)], map(astuple, receptions)))
