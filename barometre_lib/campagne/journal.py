"""The journal of a campaign: a line of JSON for each task and for its gate, added to a file as each one ends."""

import errno
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.typographie import accorder


@dataclass
class Mesure:
    """When something started, how long it lasted, and the memory that its process had at most."""

    debut: float = field(default_factory=time.time)
    secondes: float | None = None
    memoire: int | None = None  # in bytes, with what it shares with the fork server; None for a process that died

    def finir(self, memoire: int | None = None) -> None:
        """Say that it ended."""
        self.secondes, self.memoire = time.time() - self.debut, memoire


def memoire_prise() -> int:
    """Return the memory that this process had at most, in bytes; 0 where the system does not say it."""
    if sys.platform == "win32":
        return 0
    import resource

    # Linux counts in kibibytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def ouvrir_journal(chemin: Path | None) -> None:
    """Refuse at once a journal that cannot be written."""
    if chemin is None:
        return
    try:
        chemin.open("ab").close()
    except OSError as error:
        raise ErreurBarometre(f"{afficher(chemin)} : {dire_erreur_systeme(error)} (--journal).") from None


# What each journal lost in this campaign: why first, and how many lines.
_PERTES: dict[Path, tuple[str, int]] = {}


def noter(
    chemin: Path | None, tache: tuple[str, Sequence[str]], verdict: str, message: str = "", mesure: Mesure | None = None
) -> None:
    """Add a line to a journal, if there is one, about a task and its relèves; no `mesure`: it was not executed.

    A line that the system refuses stops nothing: `dire_pertes` tells it.
    """
    if chemin is None:
        return
    start = f"{datetime.fromtimestamp(mesure.debut, UTC):%Y-%m-%dT%H:%M:%SZ}" if mesure else None
    line = {
        "tache": tache[0],
        "releves": list(tache[1]),
        "debut": start,
        "secondes": round(mesure.secondes, 3) if mesure and mesure.secondes is not None else None,
        "memoire_mo": round(mesure.memoire / 1024**2, 1) if mesure and mesure.memoire else None,
        "verdict": verdict,
        "message": message,
    }
    data = f"{json.dumps(line, ensure_ascii=False)}\n".encode()
    try:
        # In one write: several campaigns may add to one journal.
        with chemin.open("ab", buffering=0) as journal:
            if journal.write(data) < len(data):
                raise OSError(errno.ENOSPC, "")
    except OSError as error:
        why, lost = _PERTES.get(chemin, (dire_erreur_systeme(error), 0))
        _PERTES[chemin] = (why, lost + 1)


def dire_pertes(chemin: Path | None) -> list[str]:
    """Say, once, why a journal lacks lines of the campaign that ends."""
    if chemin is None or chemin not in _PERTES:
        return []
    why, lost = _PERTES.pop(chemin)
    return [f"Attention : {afficher(chemin)} : {why} (--journal) ; il y manque {accorder(lost, 'ligne', 'lignes')}."]
