"""The private surroundings of a campaign: its temporary folder, and what its processes see.

The user's own settings and start-up files (Jupyter, IPython, matplotlib, Python) are neither read nor touched.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from barometre_lib.campagne.processus import serveur
from barometre_lib.chemins import racine

# A Unix socket's path holds 107 bytes at most; this leaves room for the fork server's own name.
LONGUEUR_MAX = 60
DE_L_UTILISATEUR = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONSTARTUP", "MATPLOTLIBRC", "MPLBACKEND")


@dataclass(frozen=True)
class Environnement:
    """What a process of a campaign needs to know; picklable."""

    prive: Path  # private temporary folder
    registre: Path  # folder that holds the relèves
    racine: Path  # root of the project
    regles: tuple[str, ...] = ()  # of a study, `seuil_effectif=10` each; none of a publication


@contextmanager
def ouvrir_environnement(
    registre: Path, releves: Iterable[str], *, publique: bool = False, regles: Iterable[str] = ()
) -> Iterator[Environnement]:
    """Make the private folder of a campaign, and start the fork server that sees it; both go, whatever happens.

    The server reads `releves`, if any, before its first fork, under the rules of a study if any, but in the public
    edition, whose notebooks find no register.
    """
    base = tempfile.gettempdir()
    short_enough = len(base) <= LONGUEUR_MAX or os.name == "nt"
    private = Path(tempfile.mkdtemp(prefix="barometre-", dir=base if short_enough else "/tmp"))  # noqa: S108
    kept = {name: value for name, value in os.environ.items() if name not in DE_L_UTILISATEUR}
    variables = kept | {
        "BAROMETRE_RACINE": str(racine()),
        "BAROMETRE_REGISTRE": str(private / "sans-registre" if publique else registre.resolve()),
        "JUPYTER_CONFIG_DIR": str(private / "jupyter-config"),
        "JUPYTER_DATA_DIR": str(private / "jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PLATFORM_DIRS": "0",
        "IPYTHONDIR": str(private / "ipython"),
        "MPLCONFIGDIR": str(private / "matplotlib"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TMPDIR": str(private / "tmp"),
    }
    order = f"barometre_lib.campagne.execution:preparer:{' '.join([','.join(releves), *regles])}"
    read = [order] if [*releves] and not publique else []
    try:
        for name in ("jupyter-config", "jupyter", "ipython", "matplotlib", "sans-registre", "tmp"):
            (private / name).mkdir(mode=0o700)
        with serveur(private, variables, preparer=read):
            yield Environnement(private, registre.resolve(), racine(), tuple(regles))
    finally:
        shutil.rmtree(private, ignore_errors=True)
