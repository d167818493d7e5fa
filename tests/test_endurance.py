"""Notebook after notebook with warm kernels: none fails, and nothing is kept of those that are over.

`make epreuves` runs 500 (BAROMETRE_ENDURANCE); here, a sample.
"""

import json
import os
import shutil
from pathlib import Path

import fabrique
import psutil
import pytest
from barometre_lib.campagne.executeur import Delais, executer_taches
from barometre_lib.campagne.plan import Tache
from processus import attendre, roles

from barometre_lib.campagne.atelier import atelier

CARNETS = int(os.environ.get("BAROMETRE_ENDURANCE", "16"))
# Where a long trial leaves its figures.
MESURES = os.environ.get("BAROMETRE_MESURES", "")
OUVRIERS = 4


def peser() -> dict[str, int]:
    """Return what the reserve and the workers hold: processes, descriptors, memory of their own (MiB)."""
    found = roles(psutil.Process())
    lasting = [*found["reserve"], *found["ouvrier"]]
    return {
        "processus": len(lasting),
        "noyaux": len(found["noyau"]),
        "descripteurs": sum(one.num_fds() for one in lasting),
        "memoire": sum(one.memory_full_info().uss for one in lasting) // 2**20,
    }


def test_rien_ne_s_accumule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").symlink_to(fabrique.RACINE / "params")
    shutil.copy(fabrique.RACINE / "benchmarks" / "leger.ipynb", tmp_path / "notebooks")
    monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
    weights = []
    with atelier(fabrique.RACINE / "data" / "releves", [], processus=OUVRIERS) as workshop:
        for half in (range(CARNETS // 2), range(CARNETS // 2, CARNETS)):
            tasks = [Tache("leger", "2024-S2", f"r{place}") for place in half]  # type: ignore[arg-type]
            results = executer_taches(tasks, workshop, Delais(), signaler=lambda _: None)
            assert [one.erreur for one in results] == [""] * len(tasks)
            attendre(lambda: peser()["noyaux"] == 0)
            weights.append(peser())
        sockets = [path for path in workshop.environnement.reserve.parent.iterdir() if path.is_socket()]
        assert sockets == [workshop.environnement.reserve]
        private = workshop.environnement.prive
    assert not private.exists()
    middle, end = weights
    assert end["processus"] == OUVRIERS + 1
    assert end["descripteurs"] <= middle["descripteurs"]
    # Caches fill up; a leak of what one notebook weighs, several MiB, would show at once.
    assert end["memoire"] <= middle["memoire"] + 40
    if MESURES:
        Path(MESURES).write_text(json.dumps({"carnets": CARNETS, "milieu": middle, "fin": end}), encoding="utf-8")
