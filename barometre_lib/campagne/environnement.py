"""The private surroundings of a campaign: its temporary folder, and what its processes see.

The user's own settings and start-up files (Jupyter, IPython, matplotlib, Python) are neither read nor touched.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    publique: bool = False  # whether its notebooks are of the public edition, which do not find the register

    def variables(self) -> Mapping[str, str]:
        """Return the whole environment of a process that sees these surroundings."""
        kept = {name: value for name, value in os.environ.items() if name not in DE_L_UTILISATEUR}
        return kept | {
            "BAROMETRE_RACINE": str(self.racine),
            "BAROMETRE_REGISTRE": str(self.prive / "sans-registre" if self.publique else self.registre),
            "JUPYTER_CONFIG_DIR": str(self.prive / "jupyter-config"),
            "JUPYTER_DATA_DIR": str(self.prive / "jupyter"),
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_PLATFORM_DIRS": "0",
            "IPYTHONDIR": str(self.prive / "ipython"),
            "MPLCONFIGDIR": str(self.prive / "matplotlib"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "TMPDIR": str(self.prive / "tmp"),
        }

    def preparer(self, releves: Iterable[str]) -> list[str]:
        """Return what the fork server does before its first fork: read the relèves, which the public edition is not."""
        return [] if self.publique else [f"barometre_lib.campagne.execution:preparer:{','.join(releves)}"]


@contextmanager
def environnement_prive(registre: Path, *, publique: bool = False) -> Iterator[Environnement]:
    """Make the private folder for the time of a campaign, and remove it whatever happens."""
    base = tempfile.gettempdir()
    short_enough = len(base) <= LONGUEUR_MAX or os.name == "nt"
    private = Path(tempfile.mkdtemp(prefix="barometre-", dir=base if short_enough else "/tmp"))  # noqa: S108
    try:
        for name in ("jupyter-config", "jupyter", "ipython", "matplotlib", "sans-registre", "tmp"):
            (private / name).mkdir(mode=0o700)
        yield Environnement(private, registre.resolve(), racine(), publique)
    finally:
        shutil.rmtree(private, ignore_errors=True)
