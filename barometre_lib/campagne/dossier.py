"""The folder of publications: prepared beside, then put in place; one campaign at a time."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from barometre_lib import ecriture
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.publication.pages import MARQUE

PREFIXE_TRAVAIL = ".travail-"
PREFIXE_ANCIEN = ".ancien-"
VERROU = ".verrou"
SOMMAIRE = "index.html"
# What `ecriture.mettre_en_place` leaves of a killed process.
SOMMAIRES_EN_COURS = ".index.*.html"
# Of renameat2(2), which Python does not offer.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class CampagneEnCours(ErreurBarometre):
    """Another campaign is at work in the same folder."""


@contextmanager
def chantier(sorties: Path, releve: str) -> Iterator[Path]:
    """Give an empty folder, on the disk of the publications, in which to prepare one.

    The system releases the lock when its owner dies. Whatever a killed campaign left is put right first.

    Raises
    ------
    CampagneEnCours
        Another campaign is at work in the same folder.
    ErreurBarometre
        The folder cannot be written.
    """
    existed = sorties.exists()
    if (sorties / releve).is_file():
        raise ErreurBarometre(f"{afficher(sorties / releve)} : c'est un fichier ; déplacez-le.")
    try:
        sorties.mkdir(parents=True, exist_ok=True)
        lock = FileLock(sorties / VERROU)
        lock.acquire(timeout=0)
    except Timeout:
        raise CampagneEnCours(
            f"{afficher(sorties)} : une autre campagne y travaille ; "
            "attendez qu'elle se termine ou donnez un autre "
            "dossier par --sorties."
        ) from None
    except OSError as error:
        raise ErreurBarometre(f"{afficher(sorties)} : {dire_erreur_systeme(error)}.") from None
    try:
        _mend(sorties)
        work = sorties / f"{PREFIXE_TRAVAIL}{releve}"
        try:
            work.mkdir()
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        # Unlinked while held: a newcomer that opened it meanwhile sees another inode and tries again.
        (sorties / VERROU).unlink(missing_ok=True)
        lock.release()
        if not existed and not any(sorties.iterdir()):
            sorties.rmdir()


def mettre_en_place(travail: Path, sorties: Path, releve: str) -> Path:
    """Put a complete publication in the place of the previous one, and return where it stands."""
    target, aside = sorties / releve, sorties / f"{PREFIXE_ANCIEN}{releve}"
    if not target.exists():
        travail.replace(target)
    elif echanger(travail, target):
        travail.replace(aside)
    else:
        target.replace(aside)
        try:
            travail.replace(target)
        except BaseException:
            if not target.exists():
                aside.replace(target)
            raise
    shutil.rmtree(aside, ignore_errors=True)
    return target


def echanger(un: Path, autre: Path) -> bool:
    """Exchange two folders of one disk in one instant; return False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return bool(rename(AT_FDCWD, os.fsencode(un), AT_FDCWD, os.fsencode(autre), RENAME_EXCHANGE) == 0)


def refuser_page_etrangere(sorties: Path) -> None:
    """Refuse a folder whose `index.html` is not ours: it would be overwritten by the index of the publications."""
    path = sorties / SOMMAIRE
    if path.exists() and not (path.is_file() and MARQUE.encode() in path.read_bytes()):
        raise ErreurBarometre(
            f"{afficher(path)} : ce n'est pas un sommaire du baromètre, et il serait remplacé ; "
            "déplacez-le ou donnez un autre dossier par --sorties."
        )


def remplacer_sommaire(sorties: Path, page: str) -> None:
    """Write the index of the publications, whole or not at all."""
    with ecriture.mettre_en_place(sorties / SOMMAIRE) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")


def est_range(sorties: Path, page: str) -> bool:
    """Tell whether the index of the publications is `page`, and nothing is left of a campaign that was stopped."""
    left = (f"{PREFIXE_ANCIEN}*", f"{PREFIXE_TRAVAIL}*", SOMMAIRES_EN_COURS, VERROU)
    index = sorties / SOMMAIRE
    whole = index.exists() and index.read_bytes() == page.encode()
    return whole and not any(path for pattern in left for path in sorties.glob(pattern))


def _mend(sorties: Path) -> None:
    """Put back a publication set aside by a campaign killed at that instant; remove abandoned work."""
    for aside in sorties.glob(f"{PREFIXE_ANCIEN}*"):
        target = sorties / aside.name.removeprefix(PREFIXE_ANCIEN)
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.replace(target)
    for abandoned in sorties.glob(f"{PREFIXE_TRAVAIL}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    for unfinished in sorties.glob(SOMMAIRES_EN_COURS):
        unfinished.unlink()
