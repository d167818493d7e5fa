"""What was executed and not yet published: kept beside the publications, so that a campaign resumes."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.plan import Tache

PREFIXE = ".reprise-"


class Reprise:
    """The results of one relève, one file each, whole or not there.

    Parameters
    ----------
    sorties : Path
        Folder of the publications.
    releve : str
        `2024-S2`.
    """

    def __init__(self, sorties: Path, releve: str) -> None:
        self.dossier = sorties / f"{PREFIXE}{releve}"

    def garder(self, resultat: Resultat, empreinte: str) -> None:
        """Keep a result that succeeded.

        Parameters
        ----------
        resultat : Resultat
            Result.
        empreinte : str
            Checksum of all that its page depends on.
        """
        self.dossier.mkdir(parents=True, exist_ok=True)
        path = self._path(resultat.tache)
        # Several processes may execute the same task at once, each by its own file.
        prepared = path.with_suffix(f".{os.getpid()}")
        content = {name: value for name, value in asdict(resultat).items() if name not in ("tache", "erreur")}
        try:
            prepared.write_text(json.dumps(content | {"empreinte": empreinte}), encoding="utf-8", newline="\n")
            prepared.replace(path)
        finally:
            prepared.unlink(missing_ok=True)

    def retrouver(self, tache: Tache, empreinte: str) -> Resultat | None:
        """Return the result kept for a task, None when there is none or when it came from something else."""
        try:
            content = json.loads(self._path(tache).read_text(encoding="utf-8"))
            if content.pop("empreinte") != empreinte:
                return None
            return Resultat(tache, **content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def oublier(self) -> None:
        """Remove the results: they are published."""
        shutil.rmtree(self.dossier, ignore_errors=True)

    def _path(self, tache: Tache) -> Path:
        return self.dossier / f"{tache.nom}.json"
