"""A Dask cluster in the place of the workers: same bytes as here, one of its workers killed or not."""

import multiprocessing
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import fabrique
import psutil
import pytest
from distributed.scheduler import KilledWorker
from processus import attendre, demarrer, environnement, lancer, publies

from barometre_lib.campagne import grappe as grappe_module
from barometre_lib.campagne.atelier import executer_au_loin
from barometre_lib.campagne.campagne import executer_taches
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.grappe import connecter, ouvrir_ici
from barometre_lib.campagne.taches import lire_tache
from barometre_lib.erreurs import ErreurBarometre

DASK = Path(sys.executable).parent / "dask"


# Python imports it by itself in the workers and what they fork: each notebook leaves a mark, and lasts long enough for
# its worker to be killed meanwhile.
RETARD = """import functools, os, pathlib, time

if "MARQUES" in os.environ:
    from barometre_lib.campagne import execution

    def retarder(fonction):
        @functools.wraps(fonction)
        def faire(*arguments):
            pathlib.Path(os.environ["MARQUES"], str(os.getpid())).touch()
            time.sleep(2)
            return fonction(*arguments)
        return faire

    execution.executer = retarder(execution.executer)
"""


@pytest.fixture
def grappe(temporaire: Path) -> Iterator[Callable[[Path], tuple[str, "list[subprocess.Popen[bytes]]"]]]:
    """Start a scheduler and two workers, each a process of its own, as on two machines, in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    started: list[subprocess.Popen[bytes]] = []
    for name in ("marques", "python"):
        (temporaire / name).mkdir()
    (temporaire / "python" / "sitecustomize.py").write_text(RETARD, encoding="utf-8")
    settings = {"TMPDIR": str(temporaire), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    slow = settings | {"PYTHONPATH": str(temporaire / "python"), "MARQUES": str(temporaire / "marques")}

    def start(where: Path, variables: dict[str, str], *command: str) -> "subprocess.Popen[bytes]":
        log = (temporaire / f"{len(started)}.txt").open("wb")
        process = subprocess.Popen([DASK, *command], stdout=log, stderr=log, env=environnement(**variables), cwd=where)
        started.append(process)
        return process

    def make(where: Path) -> tuple[str, "list[subprocess.Popen[bytes]]"]:
        port = address.rpartition(":")[2]
        start(where, settings, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")
        own = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(temporaire))
        return address, [start(where, slow, "worker", address, *own) for _ in range(2)]

    yield make
    children = [child for one in started if one.poll() is None for child in psutil.Process(one.pid).children(True)]
    for process in started:
        process.kill()
        process.wait()
    attendre(lambda: not [one for one in children if one.is_running() and one.status() != "zombie"])


def test_memes_octets_et_un_ouvrier_tue_n_arrete_rien(
    grappe: Callable[[Path], tuple[str, "list[subprocess.Popen[bytes]]"]], petite: Path, temporaire: Path
) -> None:
    """The bytes that one machine made, of the same root."""
    address, workers = grappe(petite / "racine")
    publish = ("publier", "2024-S2", "--regions", "94", "--sorties", temporaire / "s", "--grappe", address)
    campaign = demarrer(*publish, BAROMETRE_RACINE=str(petite / "racine"))
    victim, marks = psutil.Process(workers[0].pid), temporaire / "marques"
    attendre(lambda: {one.pid for one in victim.children(recursive=True)} & {int(one.name) for one in marks.iterdir()})
    victim.kill()
    _, said = campaign.communicate()
    assert campaign.returncode == 0, said
    assert "5 pages faites" in said.replace("\u00a0", " ")
    # Results are sealed by a key of their own folder.
    assert publies(temporaire / "s") == publies(petite / "sorties")


class TestOuvrier:
    """What a worker of a cluster asks for, and what it keeps from one task to the next."""

    @pytest.fixture
    def lieu(self, petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        yield petite_racine / "data" / "releves", petite_racine
        grappe_module._OPEN.clear()
        grappe_module._STACK.close()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"code": "autre"}, "code du paquet n'y est pas comme ici"),
            ({"donnees": {"2024-S2/94.csv": "autre"}}, "registre 2024-S2/"),
            ({"versions": {"python": "3.11.0"}}, "version "),
        ],
        ids=["code", "données", "versions"],
    )
    def test_un_ouvrier_qui_n_a_pas_la_meme_chose_est_refuse(
        self, lieu: tuple[Path, Path], changes: dict[str, Any], said: str
    ) -> None:
        inputs = replace(Consignes(lieu[1], registre=lieu[0]).entrees("2024-S2"), **changes)
        with pytest.raises(ErreurBarometre, match=re.escape(said)):
            ouvrir_ici(lire_tache("2024-S2/regional-94"), *lieu, inputs)

    def test_un_ouvrier_demon_est_refuse(self, lieu: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(multiprocessing, "current_process", lambda: SimpleNamespace(daemon=True))
        inputs = Consignes(lieu[1], registre=lieu[0]).entrees("2024-S2")
        with pytest.raises(ErreurBarometre, match="--no-nanny"):
            ouvrir_ici(lire_tache("2024-S2/regional-94"), *lieu, inputs)

    def test_d_autres_donnees_sont_lues_de_nouveau(self, lieu: tuple[Path, Path]) -> None:
        asked = Consignes(lieu[1], registre=lieu[0])
        task = lire_tache("2024-S2/regional-84")
        first = ouvrir_ici(task, *lieu, asked.entrees("2024-S2"))
        assert ouvrir_ici(task, *lieu, asked.entrees("2024-S2")) is first
        path = lieu[0] / "2024-S2" / "84.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]), encoding="utf-8")
        after = executer_au_loin(task, None, (*lieu, asked.entrees("2024-S2")), None, 60)
        assert not first.prive.exists()
        assert after.erreur == ""
        assert "aucune ouverture ni fermeture" in unescape(after.contenu).replace("’", "'")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ErreurBarometre("autre code"), "^autre code$"),
        (KilledWorker("t", SimpleNamespace(address="tcp://a"), 3), "n'a pas pu travailler .KilledWorker"),
        (CancelledError(), "attendu un ordonnanceur en marche.*ce qui est fait est gardé"),
        (ModuleNotFoundError("No module"), "n'a pas pu travailler .ModuleNotFoundError"),
    ],
    ids=["dit par l'ouvrier", "ouvriers morts", "ordonnanceur perdu", "autre environnement"],
)
def test_ce_qui_arrive_a_une_grappe_se_dit_en_francais(error: BaseException, said: str, tmp_path: Path) -> None:
    """What the campaign learns from a cluster, whatever Dask calls it."""
    done: Future[Rendu] = Future()
    done.set_exception(error)
    study: Any = SimpleNamespace(consignes=Consignes(tmp_path))
    workshop: Any = SimpleNamespace(confier=lambda *_: done)
    study.vue = None
    with pytest.raises(ErreurBarometre, match=said):
        executer_taches(study, [lire_tache("2024-S2/national")], workshop)


@pytest.mark.parametrize(
    ("adresse", "reglages", "said"),
    [
        ("tls://127.0.0.1:1", {}, "les certificats de ce client ne sont pas donnés"),
        ("tcp://127.0.0.1:1", {"require-encryption": True}, "n'est pas en tls://"),
        ("tls://127.0.0.1:1", {"tls.ca-file": "nul", "tls.client.cert": "nul"}, "un certificat est introuvable"),
        ("tls://127.0.0.1:1", {"tls.ca-file": "pyproject.toml", "tls.client.cert": "pyproject.toml"}, "ne se lit pas"),
    ],
)
def test_une_grappe_mal_chiffree_est_dite(adresse: str, reglages: dict[str, Any], said: str) -> None:
    settings = {f"distributed.comm.{name}": value for name, value in reglages.items()}
    with dask.config.set(settings), fabrique.refus(f"{said}.*docs/campagne.md"), connecter(adresse):
        pass


def test_une_grappe_qui_ne_repond_pas_est_dite(petite_racine: Path, tmp_path: Path) -> None:
    done = lancer(
        *("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s", "--grappe", "tcp://127.0.0.1:1"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "pas de réponse" in done.stderr
    assert not (tmp_path / "s").exists()
