"""A Dask cluster in the place of the workers: same bytes as here, one of its workers killed or not."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import nbformat
import psutil
import pytest
from barometre_lib.campagne.plan import Tache
from distributed.scheduler import KilledWorker
from processus import attendre, environnement, fichiers, lancer

from barometre_lib.campagne import grappe as grappe_module
from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.etude import Consignes
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.grappe import Durable, Grappe, executer_au_loin
from barometre_lib.erreurs import ErreurBarometre

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


class TestDurable:
    """What a worker of a cluster keeps from one campaign to the next."""

    @pytest.fixture
    def lieu(self, petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        yield petite_racine / "data" / "releves", petite_racine

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"code": "autre"}, "cet ouvrier a démarré avec un autre code"),
            ({"donnees": {"2024-S2/94.csv": "autre"}}, "registre 2024-S2/"),
            ({"versions": {"python": "3.11.0"}}, "version "),
        ],
        ids=["code", "données", "versions"],
    )
    def test_un_ouvrier_qui_n_a_pas_la_meme_chose_est_refuse(
        self, lieu: tuple[Path, Path], changes: dict[str, Any], said: str
    ) -> None:
        inputs = replace(Consignes(lieu[1], registre=lieu[0]).entrees("2024-S2"), **changes)
        task = Tache("regional", "2024-S2", "94")
        with pytest.raises(ErreurBarometre, match=re.escape(said)):
            executer_au_loin(task, *lieu, inputs, 60)

    def test_d_autres_donnees_sont_lues_de_nouveau(self, lieu: tuple[Path, Path]) -> None:
        asked = Consignes(lieu[1], registre=lieu[0])
        task = Tache("regional", "2024-S2", "84")
        lasting = Durable()
        first = lasting.ouvrir("2024-S2", *lieu, asked.entrees("2024-S2"))
        assert lasting.ouvrir("2024-S2", *lieu, asked.entrees("2024-S2")) is first
        before = first.confier(task, 60).result()
        path = lieu[0] / "2024-S2" / "84.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]), encoding="utf-8")
        second = lasting.ouvrir("2024-S2", *lieu, asked.entrees("2024-S2"))
        assert second is not first
        assert not first.environnement.prive.exists()
        after = second.confier(task, 60).result()
        assert (before.erreur, after.erreur) == ("", "")
        assert before.contenu != after.contenu
        lasting.fermer()
        assert not second.environnement.prive.exists()


class TestClient:
    """What the campaign learns from a cluster, whatever Dask calls it."""

    @pytest.fixture
    def essai(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Grappe, Mock]:
        """Return a cluster, and the client that it was given."""
        client = Mock()
        monkeypatch.setattr(grappe_module, "_connect", lambda _: client)
        where = Environnement(tmp_path, tmp_path, tmp_path)
        return Grappe(ExitStack(), where, "tcp://rien:1", {"2024-S2": Mock()}), client

    @pytest.mark.parametrize(
        ("error", "kind", "said"),
        [
            (KilledWorker("t", Mock(address="tcp://a"), 3), BrokenExecutor, "^$"),
            (CancelledError(), BrokenExecutor, "^$"),
            (ErreurBarometre("autre code"), ErreurBarometre, "^autre code$"),
            (ModuleNotFoundError("No module"), ErreurBarometre, "n'a pas pu travailler .ModuleNotFoundError"),
        ],
        ids=["ouvriers morts", "annulé", "dit par l'ouvrier", "autre environnement"],
    )
    def test_ce_qui_arrive_a_un_carnet(
        self, essai: tuple[Grappe, Mock], error: BaseException, kind: type[BaseException], said: str
    ) -> None:
        cluster, client = essai
        done: Future[Resultat] = Future()
        client.get_executor.return_value.submit.return_value = done
        given = cluster.confier(Tache("national", "2024-S2"), 60)
        done.set_exception(error)
        with pytest.raises(kind, match=said):
            given.result(timeout=5)

    def test_un_ordonnanceur_perdu_arrete_la_campagne(self, essai: tuple[Grappe, Mock]) -> None:
        cluster, client = essai
        client.status = "running"
        cluster.refaire()
        client.status = "closed"
        with pytest.raises(ErreurBarometre, match="l'ordonnanceur ne répond plus"):
            cluster.refaire()


def test_une_grappe_qui_ne_repond_pas_est_dite(petite_racine: Path, tmp_path: Path) -> None:
    done = lancer(
        *("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s", "--grappe", "tcp://127.0.0.1:1"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "pas de réponse" in done.stderr
    assert not (tmp_path / "s").exists()
