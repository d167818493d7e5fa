"""A Dask cluster in the place of the workers: same bytes as here, one of its workers killed or not."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from processus import attendre, environnement, fichiers, lancer

DASK = Path(sys.executable).parent / "dask"


@pytest.fixture
def grappe(
    petite_racine: Path, temporaire: Path
) -> Iterator[Callable[[], tuple[str, "list[subprocess.Popen[bytes]]"]]]:
    """Start a scheduler and two workers, each a process of its own, as on two machines."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> "subprocess.Popen[bytes]":
        log = (temporaire / f"{len(started)}.txt").open("wb")
        settings = {"TMPDIR": str(temporaire), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
        process = subprocess.Popen(
            [DASK, *command], stdout=log, stderr=log, env=environnement(**settings), cwd=petite_racine
        )
        started.append(process)
        return process

    def make() -> tuple[str, "list[subprocess.Popen[bytes]]"]:
        start("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard", "--no-show")
        own = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(temporaire))
        return address, [start("worker", address, *own) for _ in range(2)]

    yield make
    children = [child for one in started if one.poll() is None for child in psutil.Process(one.pid).children(True)]
    for process in started:
        process.kill()
        process.wait()
    attendre(lambda: not [one for one in children if one.is_running() and one.status() != "zombie"])


def test_memes_octets_et_un_ouvrier_tue_n_arrete_rien(
    grappe: Callable[[], tuple[str, "list[subprocess.Popen[bytes]]"]], petite_racine: Path, tmp_path: Path
) -> None:
    surroundings = {"BAROMETRE_RACINE": str(petite_racine)}
    # Long enough for one of the workers to be killed while it executes one of them.
    for carnet in ("regional", "national", "qualite"):
        path = petite_racine / "notebooks" / f"{carnet}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[5].source = f"import time; time.sleep(3)\n{notebook.cells[5].source}"
        nbformat.write(notebook, path)
    publish = ("publier", "2024-S2", "--regions", "94,11")
    address, workers = grappe()
    campaign = subprocess.Popen(
        [Path(sys.executable).parent / "barometre", *publish, "--sorties", tmp_path / "loin", "--grappe", address],
        env=environnement(**surroundings),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    attendre(lambda: len(psutil.Process(workers[0].pid).children(recursive=True)) > 3)
    time.sleep(1)
    workers[0].kill()
    _, said = campaign.communicate()
    assert campaign.returncode == 0, said
    assert "4 pages faites" in said
    assert lancer(*publish, "--sorties", tmp_path / "ici", **surroundings).returncode == 0
    assert fichiers(tmp_path / "loin") == fichiers(tmp_path / "ici")


def test_une_grappe_qui_ne_repond_pas_est_dite(petite_racine: Path, tmp_path: Path) -> None:
    done = lancer(
        *("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s", "--grappe", "tcp://127.0.0.1:1"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "pas de réponse" in done.stderr
    assert not (tmp_path / "s").exists()
