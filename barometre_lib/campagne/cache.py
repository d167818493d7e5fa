"""The cache of results: what a notebook gave, kept under the checksum of all that it depends on.

It is all that the package knows of what is already made: a publication is assembled from it, whole, each time.
"""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.taches import Tache
from barometre_lib.ecriture import mettre_en_place

DOSSIER = ".resultats"


def garder(sorties: Path, rendu: Rendu, empreinte: str) -> None:
    """Keep what a task gave, one file, whole or not there, with the checksum of all that it depends on."""
    path = _path(sorties, rendu.tache)
    marquer(sorties / DOSSIER)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {name: value for name, value in asdict(rendu).items() if name not in ("tache", "erreur")}
    with mettre_en_place(path) as beside:
        beside.write_text(json.dumps(content | {"empreinte": empreinte}), encoding="utf-8", newline="\n")


def retrouver(sorties: Path, tache: Tache, empreinte: str) -> Rendu | None:
    """Return what was kept for a task, None when there is nothing or when it came from something else."""
    try:
        content = json.loads(_path(sorties, tache).read_text(encoding="utf-8"))
        return Rendu(tache, **content) if content.pop("empreinte") == empreinte else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def ne_garder_que(sorties: Path, taches: Sequence[Tache]) -> None:
    """Forget what was kept, of the relève and edition of these tasks, for pages that no longer exist."""
    known = {_path(sorties, one) for one in taches}
    for path in set(_path(sorties, taches[0]).parent.glob("*")) - known:
        # What starts with a dot is being written by a process, or was, an hour ago, by one that was killed.
        with suppress(FileNotFoundError):
            if not path.name.startswith(".") or path.stat().st_mtime < time.time() - 3600:
                path.unlink()


def _path(sorties: Path, tache: Tache) -> Path:
    return sorties / DOSSIER / tache.releve / tache.diffusion / f"{tache.page.nom}.json"
