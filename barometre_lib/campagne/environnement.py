"""The private surroundings of a campaign: its temporary folder, and what its processes see.

The user's own settings and start-up files (Jupyter, IPython, matplotlib, Python) are neither read nor touched.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from barometre_lib.chemins import racine
from barometre_lib.noyaux.demarrage import FOURNISSEUR, POSSIBLE, VARIABLE

# A Unix socket's path holds 107 bytes at most; this leaves room for a kernel's own name.
LONGUEUR_MAX = 60
DE_L_UTILISATEUR = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONSTARTUP", "MATPLOTLIBRC", "MPLBACKEND")


@dataclass(frozen=True)
class Environnement:
    """What a worker process needs to know; picklable.

    Attributes
    ----------
    prive : Path
        Private temporary folder.
    registre : Path
        Folder that holds the relèves.
    racine : Path
        Root of the project.
    """

    prive: Path
    registre: Path
    racine: Path

    @property
    def reserve(self) -> Path:
        """Socket of the reserve of kernels."""
        return self.prive / "noyaux" / "reserve"

    @property
    def variables(self) -> Mapping[str, str]:
        """Environment variables that make a process see these surroundings."""
        warm = {VARIABLE: str(self.reserve), "JUPYTER_DEFAULT_PROVISIONER_NAME": FOURNISSEUR} if POSSIBLE else {}
        return warm | {
            "BAROMETRE_RACINE": str(self.racine),
            "BAROMETRE_REGISTRE": str(self.registre),
            "JUPYTER_CONFIG_DIR": str(self.prive / "jupyter-config"),
            "JUPYTER_DATA_DIR": str(self.prive / "jupyter"),
            "JUPYTER_RUNTIME_DIR": str(self.prive / "noyaux"),
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_PLATFORM_DIRS": "0",
            "IPYTHONDIR": str(self.prive / "ipython"),
            "MPLCONFIGDIR": str(self.prive / "matplotlib"),
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "TMPDIR": str(self.prive / "tmp"),
        }

    def appliquer(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return an environment changed so that its process sees these surroundings."""
        kept = {name: value for name, value in variables.items() if name not in DE_L_UTILISATEUR}
        return kept | dict(self.variables)

    def installer(self) -> None:
        """Make this process, and the kernels that it starts, see these surroundings."""
        for name in DE_L_UTILISATEUR:
            os.environ.pop(name, None)
        os.environ |= self.variables
        tempfile.tempdir = str(self.prive / "tmp")
        # What the libraries have to say comes back as exceptions, which are told in French.
        logging.disable()


@contextmanager
def environnement_prive(registre: Path) -> Iterator[Environnement]:
    """Make the private folder for the time of a campaign, and remove it whatever happens."""
    base = tempfile.gettempdir()
    short_enough = len(base) <= LONGUEUR_MAX or os.name == "nt"
    private = Path(tempfile.mkdtemp(prefix="barometre-", dir=base if short_enough else "/tmp"))  # noqa: S108
    try:
        for name in ("jupyter-config", "jupyter", "noyaux", "ipython", "matplotlib", "tmp"):
            (private / name).mkdir(mode=0o700)
        yield Environnement(private, registre.resolve(), racine())
    finally:
        shutil.rmtree(private, ignore_errors=True)
