"""Notebook after notebook: none fails, and nothing is kept of those that are over.

`make epreuves` runs 500 (BAROMETRE_ENDURANCE); here, a sample.
"""

import json
import os
import shutil
from pathlib import Path

import fabrique
import psutil
import pytest
from processus import attendre, roles

from barometre_lib.campagne.atelier import ouvrir_atelier
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.taches import Tache
from barometre_lib.parametres.carnets import Page, Serie

CARNETS = int(os.environ.get("BAROMETRE_ENDURANCE", "4"))
# Where a long trial leaves its figures.
MESURES = os.environ.get("BAROMETRE_MESURES", "")
SERIE = Serie(*("leger.ipynb", "leger/{code}.html", "{code}", ("interne",)), pour_chaque="region", nom="leger")


def peser() -> dict[str, int]:
    """Return what lasts of a campaign: processes, and the descriptors and own memory (MiB) of the fork server."""
    found = roles(psutil.Process())
    lasting = [*found["serveur"], *found["veilleur"]]
    return {
        "processus": len(lasting),
        "taches": len(found["tache"]),
        "descripteurs": psutil.Process().num_fds() + sum(one.num_fds() for one in lasting),
        "memoire": sum(one.memory_full_info().uss for one in lasting) // 2**20,
    }


def test_rien_ne_s_accumule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").symlink_to(fabrique.RACINE / "params")
    shutil.copy(fabrique.RACINE / "benchmarks" / "leger.ipynb", tmp_path / "notebooks")
    monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
    weights = []
    asked = Consignes(tmp_path / "s", registre=fabrique.RACINE / "data" / "releves", processus=4)
    with ouvrir_atelier({}, asked) as workshop:
        for half in (range(CARNETS // 2), range(CARNETS // 2, CARNETS)):
            tasks = [Tache("2024-S2", Page(SERIE, f"r{place}")) for place in half]
            results = [one.result() for one in [workshop.confier(task, None) for task in tasks]]
            assert [one.erreur for one in results] == [""] * len(tasks)
            attendre(lambda: peser()["taches"] == 0)
            weights.append(peser())
    assert not [one for ones in roles(psutil.Process()).values() for one in ones]
    middle, end = weights
    assert end["processus"] == 2
    assert end["descripteurs"] <= middle["descripteurs"]
    # Caches fill up; a leak of what one notebook weighs, several MiB, would show at once.
    assert end["memoire"] <= middle["memoire"] + 40
    if MESURES:
        Path(MESURES).write_text(json.dumps({"carnets": CARNETS, "milieu": middle, "fin": end}), encoding="utf-8")
