"""The cache of results: what a notebook gave, kept under the checksum of all that it depends on.

It is all that the package knows of what is already made: a publication is assembled from it, whole, each time.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.taches import Tache
from barometre_lib.chemins import lire_octets
from barometre_lib.ecriture import ATTENTE, mettre_en_place, remplacer, verrouiller

DOSSIER = ".resultats"
# The key of its seals (HMAC), drawn once, which the owner alone can read; a result altered by hand is made again.
CLE, LONGUEUR = "cle", 32


def garder(sorties: Path, rendu: Rendu, empreinte: str) -> None:
    """Keep what a task gave, one file, whole or not there, sealed with the checksum of all that it depends on."""
    path = _path(sorties, rendu.tache)
    marquer(sorties / DOSSIER)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {name: value for name, value in asdict(rendu).items() if name not in ("tache", "erreur", "mesure")}
    sealed = {"contenu": content, "sceau": _seal(_key(sorties), rendu.tache, empreinte, content)}
    remplacer(path, json.dumps(sealed).encode())


def retrouver(sorties: Path, tache: Tache, empreinte: str) -> Rendu | None:
    """Return what was kept for a task, None when there is nothing, when it came from something else or was altered."""
    try:
        kept = json.loads(lire_octets(_path(sorties, tache)))
        seal = _seal(lire_octets(sorties / DOSSIER / CLE), tache, empreinte, kept["contenu"])
        return Rendu(tache, **kept["contenu"]) if hmac.compare_digest(seal, kept["sceau"]) else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _key(sorties: Path) -> bytes:
    path = sorties / DOSSIER / CLE
    # One of several processes draws it.
    with verrouiller(path.with_name(f".{CLE}"), ATTENTE):
        if not path.exists() or len(lire_octets(path)) != LONGUEUR:
            with mettre_en_place(path) as beside:
                beside.chmod(0o600)
                beside.write_bytes(secrets.token_bytes(LONGUEUR))
        return lire_octets(path)


def _seal(cle: bytes, tache: Tache, empreinte: str, contenu: object) -> str:
    if len(cle) != LONGUEUR:
        raise ValueError
    told = json.dumps([tache.cle, tache.diffusion, empreinte, contenu], sort_keys=True)
    return hmac.new(cle, told.encode(), hashlib.sha256).hexdigest()


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
