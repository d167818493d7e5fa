"""What a process may take of the system (`ulimit`), held against what a campaign needs, and what it takes of itself."""

import gc
import os

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import nombre

# Measured of `publier` with one process: it works with these, and fails with two thirds. Limit, least value, its unit,
# what it counts, option of `ulimit`.
BESOINS = (
    ("RLIMIT_NOFILE", 40, 1, "fichiers ouverts à la fois", "-n"),
    ("RLIMIT_AS", 750_000 * 1024, 1024, "Kio de mémoire adressable", "-v"),
    ("RLIMIT_DATA", 600_000 * 1024, 1024, "Kio de données", "-d"),
    ("RLIMIT_NPROC", 16, 1, "processus et fils du compte", "-u"),
)


def exiger_ressources() -> None:
    """Refuse to start under limits that a campaign cannot live with; each is told, found and needed.

    Raises
    ------
    ErreurBarometre
        Limits are too low.
    """
    try:
        import resource
    except ImportError:
        # Windows has none of them.
        return
    told = []
    for name, least, unit, what, option in BESOINS:
        found, _ = resource.getrlimit(getattr(resource, name))
        # The system counts no process of root.
        ignored = found == resource.RLIM_INFINITY or (name == "RLIMIT_NPROC" and os.geteuid() == 0)
        if not ignored and found < least:
            told.append(
                f"Limite du système : {nombre(found // unit)} {what} ; il en faut au moins {nombre(least // unit)} : "
                f"relevez-la (ulimit {option}), puis relancez."
            )
    if told:
        raise ErreurBarometre("\n".join(told))


def espacer_ramassages() -> None:
    """Have the garbage collector look for cycles every 100,000 objects: every 700, it takes a tenth of all imports."""
    gc.set_threshold(100_000, 20, 10)
