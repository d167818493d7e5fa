"""A file put in place whole: written beside, then renamed, so that a failure leaves what was there as it was."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme

if TYPE_CHECKING:
    import pandas as pd

# Seconds for which a command waits for another one that writes in the same place.
ATTENTE = 60


def en_csv(table: "pd.DataFrame", *, entete: bool = True) -> bytes:
    """Return a table in the package's CSV: `;`, UTF-8, line feeds, minimal quoting, a header but for what follows."""
    return table.to_csv(sep=";", index=False, header=entete, lineterminator="\n").encode("utf-8")


class EcritureImpossible(ErreurBarometre):
    """A file that the system did not let be written; `raison` says why, `bref` where too, and nothing of the rest."""

    def __init__(self, cible: Path, erreur: OSError) -> None:
        self.cible, self.erreur, self.raison = cible, erreur, dire_erreur_systeme(erreur)
        self.bref = f"{afficher(cible)} : {self.raison}"
        super().__init__(f"{self.bref}, rien n'a été écrit.")

    def __reduce__(self) -> tuple[type[Self], tuple[Path, OSError]]:
        """Let the exception come back whole from another process."""
        return type(self), (self.cible, self.erreur)


@contextmanager
def mettre_en_place(cible: Path) -> Iterator[Path]:
    """Give an empty file beside a place, and put it there at the end; nothing remains of a failure.

    Raises
    ------
    EcritureImpossible
        The system refuses.
    """
    # A name that starts with a dot is no file of the register.
    beside = cible.with_name(f".{cible.stem}.{os.getpid()}{cible.suffix}")
    try:
        beside.touch()
        yield beside
        # Windows flushes only what is open for writing.
        with beside.open("r+b") as file:
            os.fsync(file.fileno())
        beside.replace(cible)
    except OSError as error:
        raise EcritureImpossible(cible, error) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def creer_dossier(dossier: Path) -> bool:
    """Make a folder, and those above it, unless it is there; tell whether it was made."""
    absent = not dossier.exists()
    try:
        dossier.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EcritureImpossible(dossier, error) from None
    return absent


def remplacer(cible: Path, donnees: bytes, verifier: Callable[[Path], None] | None = None) -> None:
    """Write a file beside its place, check it, then put it there at once; nothing remains of a failure."""
    with mettre_en_place(cible) as beside:
        beside.write_bytes(donnees)
        if verifier is not None:
            verifier(beside)


@contextmanager
def verrouiller(verrou: Path, attente: float = 0) -> Iterator[bool]:
    """Hold a lock, a file, that the system releases when its owner dies; give False where another holds it.

    Waits for `attente` seconds at most.

    Raises
    ------
    OSError
        The system refuses the file.
    """
    lock = FileLock(verrou)
    try:
        lock.acquire(timeout=attente)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        # Unlinked while held: a newcomer that opened it meanwhile sees another inode and tries again.
        with suppress(OSError):
            # Somebody's own file is not a lock, whatever its name.
            if not verrou.stat().st_size:
                verrou.unlink()
        lock.release()
