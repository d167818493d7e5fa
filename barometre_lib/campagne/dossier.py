"""The folder of publications: prepared beside, then put in place; one campaign at a time."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from barometre_lib.campagne.cache import DOSSIER
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.historique import dossier_garde, est_gardee, identifier, ranger
from barometre_lib.campagne.marques import (
    MARQUE,
    est_dossier,
    est_marque,
    est_sommaire,
    est_vide,
    marquer,
    refuser_destination,
    refuser_etranger,
)
from barometre_lib.chemins import afficher
from barometre_lib.ecriture import verrouiller
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme

PREFIXE_TRAVAIL = ".travail-"
# In the work folder: the publication that is prepared, and the one that it replaces, for an instant.
NOUVELLE, ANCIENNE = "nouvelle", "ancienne"
VERROU = ".verrou"
SOMMAIRE = "index.html"
# What `ecriture.remplacer` leaves of a killed process.
SOMMAIRES_EN_COURS = ".index.*.html"
# Of renameat2(2), which Python does not offer.
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class CampagneEnCours(ErreurBarometre):
    """Another campaign is at work in the same folder."""


@contextmanager
def chantier(sorties: Path, releve: str) -> Iterator[Path]:
    """Give an empty folder, on the disk of the publications, in which to prepare one.

    The system releases the lock when its owner dies. Whatever a killed campaign left is put right first; what cannot
    be removed at the end is left to the next one.

    Raises
    ------
    CampagneEnCours
        Another campaign is at work in the same folder.
    ErreurBarometre
        The folder cannot be written.
    """
    work = sorties / f"{PREFIXE_TRAVAIL}{releve}"
    with ExitStack() as stack:
        try:
            stack.enter_context(tenir(sorties))
            alone = stack.enter_context(verrouiller(sorties / VERROU))
        except OSError as error:
            raise ErreurBarometre(f"{afficher(sorties)} : {dire_erreur_systeme(error)}.") from None
        if not alone:
            raise CampagneEnCours(
                f"{afficher(sorties)} : une autre campagne y travaille ; "
                "attendez qu'elle se termine ou donnez un autre dossier par --sorties."
            )
        for left in laisses(sorties):
            _mend(left)
        try:
            marquer(work)
            (work / NOUVELLE).mkdir()
            yield work / NOUVELLE
        finally:
            with suppress(OSError):
                _mend(work)


@contextmanager
def tenir(dossier: Path) -> Iterator[None]:
    """Make a folder where there is none; nothing remains of it when it is empty at the end."""
    made = not dossier.exists()
    dossier.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if made:
            with suppress(OSError):
                dossier.rmdir()


def mettre_en_place(travail: Path, sorties: Path, releve: str) -> Path:
    """Put a complete publication in the place of the previous one, and return where it stands.

    The previous one is left in the work folder, under its checksum: it is kept when the work ends, by the next campaign
    if this one is killed. Where two folders cannot be exchanged, nothing stands there for an instant: of a campaign
    killed just then, the next puts the previous publication back.
    """
    target = sorties / releve
    aside = travail.with_name(identifier(target) or ANCIENNE)
    if not target.exists():
        travail.replace(target)
    else:
        # Killed before the exchange, the name lies, and nobody takes what bears it for the previous one.
        travail.replace(aside)
        if not echanger(aside, target):
            aside.replace(travail)
            target.replace(aside)
            try:
                travail.replace(target)
            except BaseException:
                if not target.exists():
                    aside.replace(target)
                raise
    # It is in place: no failure from here on can say that it is not.
    with suppress(OSError):
        _flush_folder(sorties)
    return target


def vider_sur_le_disque(dossier: Path) -> None:
    """Have all that a folder holds written on the disk: a machine that stops after the exchange has it whole."""
    for path in dossier.rglob("*"):
        if path.is_file():
            # Windows flushes only what is open for writing.
            with path.open("r+b") as file:
                os.fsync(file.fileno())
    for path in (dossier, *(one for one in dossier.rglob("*") if one.is_dir())):
        _flush_folder(path)


def _flush_folder(dossier: Path) -> None:
    # Windows opens no folder.
    if os.name != "nt":
        number = os.open(dossier, os.O_RDONLY)
        try:
            # Some disks flush files alone.
            with suppress(OSError):
                os.fsync(number)
        finally:
            os.close(number)


def echanger(un: Path, autre: Path) -> bool:
    """Exchange two folders of one disk in one instant; return False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return bool(rename(AT_FDCWD, os.fsencode(un), AT_FDCWD, os.fsencode(autre), RENAME_EXCHANGE) == 0)


def est_range(sorties: Path, page: str) -> bool:
    """Tell whether the index of the publications is `page`, and nothing is left of a campaign that was stopped."""
    index = sorties / SOMMAIRE
    whole = index.exists() and index.read_bytes() == page.encode()
    return whole and not laisses(sorties) and not (sorties / VERROU).exists()


def refuser_etrangers(consignes: Consignes, releves: Iterable[str]) -> None:
    """Refuse to write where something is not ours; publications in place are looked at one by one."""
    for folder in (consignes.sorties, consignes.dossier):
        refuser_destination(folder, consignes.registre)
    results, marked = consignes.sorties / DOSSIER, f"un dossier de campagne ({MARQUE})"
    refuser_etranger(results, est_marque, marked)
    for releve in releves:
        refuser_etranger(consignes.dossier / f"{PREFIXE_TRAVAIL}{releve}", est_marque, marked)
        refuser_etranger(results / releve, est_dossier, "un dossier")
        kept = dossier_garde(consignes.dossier, releve)
        refuser_etranger(kept.parent, est_marque, marked)
        refuser_etranger(kept, est_dossier, "un dossier")
        if former := identifier(consignes.dossier / releve):
            refuser_etranger(kept / former, est_gardee, "une publication gardée")
        refuser_etranger(results / releve / consignes.diffusion, est_dossier, "un dossier")
    refuser_etranger(consignes.dossier / VERROU, est_vide, "un verrou de campagne")
    refuser_etranger(consignes.dossier / SOMMAIRE, est_sommaire, "un sommaire du baromètre")


def laisses(sorties: Path) -> list[Path]:
    """Return what stopped campaigns left in a folder, known by its mark; what has none is somebody's."""
    folders = [path for path in sorties.glob(f"{PREFIXE_TRAVAIL}*") if est_marque(path)]
    return folders + [path for path in sorties.glob(SOMMAIRES_EN_COURS) if est_sommaire(path)]


def _mend(laisse: Path) -> None:
    """Put back a publication set aside by a campaign killed at that instant, keep the one that was replaced.

    The rest is removed, the mark last.
    """
    if not est_dossier(laisse):
        laisse.unlink(missing_ok=True)
        return
    target = laisse.with_name(laisse.name.removeprefix(PREFIXE_TRAVAIL))
    for former in [one for one in laisse.iterdir() if one.name == ANCIENNE or est_gardee(one)]:
        if not os.path.lexists(target):
            former.replace(target)
    ranger(laisse, target)
    for path in laisse.iterdir():
        if est_dossier(path):
            shutil.rmtree(path)
        elif path.name != MARQUE:
            path.unlink()
    (laisse / MARQUE).unlink(missing_ok=True)
    laisse.rmdir()
