"""The cache of results: what a notebook gave, kept under the checksum of all that it depends on.

It is all that the package knows of what is already made: a publication is assembled from it, whole, each time.
"""

import json
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.taches import Tache
from barometre_lib.ecriture import mettre_en_place

DOSSIER = ".resultats"


class Cache:
    """The results of one relève in one edition, one file each, whole or not there, below the folder of publications."""

    def __init__(self, sorties: Path, releve: str, diffusion: str) -> None:
        self.dossier = sorties / DOSSIER / releve / diffusion

    def garder(self, rendu: Rendu, empreinte: str) -> None:
        """Keep what a task gave, with the checksum of all that it depends on."""
        marquer(self.dossier.parents[1])
        self.dossier.mkdir(parents=True, exist_ok=True)
        content = {name: value for name, value in asdict(rendu).items() if name not in ("tache", "erreur")}
        with mettre_en_place(self._path(rendu.tache)) as beside:
            beside.write_text(json.dumps(content | {"empreinte": empreinte}), encoding="utf-8", newline="\n")

    def retrouver(self, tache: Tache, empreinte: str) -> Rendu | None:
        """Return what was kept for a task, None when there is nothing or when it came from something else."""
        try:
            content = json.loads(self._path(tache).read_text(encoding="utf-8"))
            if content.pop("empreinte") != empreinte:
                return None
            return Rendu(tache, **content)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def ne_garder_que(self, taches: Collection[Tache]) -> None:
        """Forget what was kept for pages that no longer exist."""
        known = {self._path(one) for one in taches}
        for path in set(self.dossier.glob("*")) - known:
            # What starts with a dot is being written by a process, or was, an hour ago, by one that was killed.
            with suppress(FileNotFoundError):
                if not path.name.startswith(".") or path.stat().st_mtime < time.time() - 3600:
                    path.unlink()

    def _path(self, tache: Tache) -> Path:
        return self.dossier / f"{tache.page.nom}.json"
