"""The fork server: a process for each task, nothing left of it, whatever ends it or the campaign."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import taches
from processus import attendre, vivants

from barometre_lib.campagne import veilleur
from barometre_lib.campagne.processus import Delai, Mort, executer_a_part, serveur
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse

BREF = 60


@pytest.fixture
def leger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server import nothing that these tests do not need."""
    monkeypatch.setattr("barometre_lib.campagne.processus.PRECHAUFFAGE", ())


@contextmanager
def ouvrir(*prepares: str, **variables: str) -> Iterator[Path]:
    """Give a server, and the private folder that it takes with it."""
    private = Path(tempfile.mkdtemp(prefix="b-"))
    (private / "tmp").mkdir()
    preparer = [f"taches:preparer:{one}" for one in prepares]
    with serveur(private, dict(os.environ) | {"TMPDIR": str(private / "tmp")} | variables, preparer=preparer):
        yield private
    assert not private.exists()


@pytest.fixture(scope="class")
def prive() -> Iterator[Path]:
    with ouvrir("", ESSAI="oui") as private:
        executer_a_part(taches.observer, delai=BREF)
        yield private


def inscrits(prive: Path) -> int:
    return len(list((prive / veilleur.GROUPES).iterdir()))


def numeros(marque: Path) -> list[psutil.Process]:
    return [psutil.Process(int(pid)) for pid in marque.read_text().split() if psutil.pid_exists(int(pid))]


def test_rien_n_est_importe_du_dossier_courant(tmp_path: Path, leger: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another checkout of the project, or a file named as a module, in the folder where the command is run."""
    for name in ("barometre_lib/__init__.py", "barometre_lib/campagne/__init__.py", "psutil.py", "queue.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('le dossier courant a été lu')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with ouvrir(""):
        seen = executer_a_part(taches.observer, "PYTHONSAFEPATH", delai=BREF)
    assert seen["variables"] == {"PYTHONSAFEPATH": None}


class TestTache:
    def test_chacune_a_son_processus(self, prive: Path) -> None:
        names = ("ESSAI", "TMPDIR", "BAROMETRE_AMORCE", "PYTHONWARNINGS")
        with ThreadPoolExecutor(4) as pool:
            seen = list(pool.map(lambda _: executer_a_part(taches.observer, *names, delai=BREF), range(12)))
        assert len({one["pid"] for one in seen}) == len({one["hasard"] for one in seen}) == 12
        assert len({one["parent"] for one in seen}) == 1
        assert seen[0]["parent"] != os.getpid()
        first = seen[0]
        assert first["session"] == first["pid"]
        assert first["variables"] == {
            "ESSAI": "oui",
            "TMPDIR": str(prive / "tmp"),
            "BAROMETRE_AMORCE": None,
            "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS"),
        }
        assert first["tempdir"] == str(prive / "tmp")
        assert first["prechargees"]
        assert first["interruption"]
        assert (first["fils"], first["entree"], first["demon"], first["bloques"]) == (1, os.devnull, False, [])
        assert first["dossier"] == str(Path.cwd())
        assert {one["descripteurs"] for one in seen} == {first["descripteurs"]}
        assert "ESSAI" not in os.environ
        assert inscrits(prive) == 1

    def test_elle_rend_ce_qu_elle_rend_et_leve_ce_qu_elle_leve(self, prive: Path) -> None:
        assert executer_a_part(bytes, 10_000_000, delai=BREF) == bytes(10_000_000)
        refused = RegistreRefuse([Defaut("un.csv", 2, "nom", "x", "attendu")])
        with pytest.raises(RegistreRefuse) as raised:
            executer_a_part(taches.lever, refused, delai=BREF)
        assert raised.value.defauts == refused.defauts
        with pytest.raises(ValueError, match="dit") as other:
            executer_a_part(taches.lever, ValueError("dit"), delai=BREF)
        assert str(other.value) == "dit"
        assert "taches.py" in other.value.__notes__[0]
        with pytest.raises(RuntimeError, match="Locale: dit"):
            executer_a_part(taches.echouer, delai=BREF)
        with pytest.raises(SystemExit):
            executer_a_part(sys.exit, 3, delai=BREF)
        with pytest.raises((AttributeError, pickle.PicklingError)):
            executer_a_part(lambda: 1, delai=BREF)
        assert inscrits(prive) == 1

    @pytest.mark.parametrize(
        ("tache", "mots"),
        [
            (taches.mourir, "tué par le signal SIGKILL (mémoire épuisée ?), mes derniers mots"),
            pytest.param(taches.sortir, "", marks=pytest.mark.sans_mesure),
        ],
    )
    def test_sa_mort_se_dit(self, prive: Path, tache: object, mots: str) -> None:
        with pytest.raises(Mort) as dead:
            executer_a_part(tache, delai=BREF)  # type: ignore[arg-type]
        assert str(dead.value) == mots
        assert inscrits(prive) == 1

    def test_son_retard_la_tue_avec_tout_ce_qu_elle_a_lance(self, prive: Path, tmp_path: Path) -> None:
        start = time.monotonic()
        with pytest.raises(Delai):
            executer_a_part(taches.occuper, tmp_path / "m", delai=5)
        assert time.monotonic() - start < 20
        assert len((tmp_path / "m").read_text().split()) == 5
        attendre(lambda: not vivants(numeros(tmp_path / "m")))

    def test_finie_elle_ne_laisse_rien(self, prive: Path, tmp_path: Path) -> None:
        assert executer_a_part(taches.peupler, tmp_path / "m", delai=BREF) == 4
        attendre(lambda: not vivants(numeros(tmp_path / "m")))
        assert inscrits(prive) == 1

    def test_tuee_elle_emporte_ce_qu_elle_a_lance(self, prive: Path, tmp_path: Path) -> None:
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(executer_a_part, taches.occuper, tmp_path / "m", delai=BREF)
            attendre((tmp_path / "m").exists)
            victim, *started = numeros(tmp_path / "m")
            victim.kill()
            with pytest.raises(Mort):
                future.result()
        attendre(lambda: not vivants(started))


@pytest.mark.usefixtures("leger")
class TestServeur:
    def test_tue_il_est_refait_avec_son_environnement(self) -> None:
        with ouvrir(ESSAI="encore"):
            first = executer_a_part(taches.observer, "ESSAI", delai=BREF)
            with ThreadPoolExecutor(1) as pool:
                future = pool.submit(executer_a_part, time.sleep, taches.LONGTEMPS, delai=BREF)
                attendre(psutil.Process(first["parent"]).children)
                os.kill(first["parent"], signal.SIGKILL)
                with pytest.raises(Mort):
                    future.result()
            again = executer_a_part(taches.observer, "ESSAI", delai=BREF)
            assert again["parent"] != first["parent"]
            assert again["variables"] == {"ESSAI": "encore"}
        # Another one in the same process has its own environment.
        with ouvrir(ESSAI="autre"):
            assert executer_a_part(taches.observer, "ESSAI", delai=BREF)["variables"] == {"ESSAI": "autre"}
        assert not vivants([psutil.Process(again["parent"])] if psutil.pid_exists(again["parent"]) else [])

    def test_une_preparation_qui_echoue_dit_pourquoi(self, capfd: pytest.CaptureFixture[str]) -> None:
        with ouvrir("la cause"), pytest.raises(ErreurBarometre, match=r"impossible.*ValueError.*la cause"):
            executer_a_part(taches.observer, delai=BREF)
        private = Path(tempfile.mkdtemp(prefix="b-"))
        with (
            serveur(private, dict(os.environ), preparer=["absent:f:x"]),
            pytest.raises(ErreurBarometre, match=r"absent.*ne s'importe pas"),
        ):
            executer_a_part(taches.observer, delai=BREF)
        assert capfd.readouterr() == ("", "")

    def test_sa_fin_delivre_qui_attend(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(1) as pool:
            with ouvrir():
                future = pool.submit(executer_a_part, taches.occuper, tmp_path / "m", delai=taches.LONGTEMPS)
                attendre((tmp_path / "m").exists)
                there = numeros(tmp_path / "m")
                start = time.monotonic()
            with pytest.raises(Mort):
                future.result(timeout=10)
        assert time.monotonic() - start < 10
        attendre(lambda: not vivants(there))


class TestParent:
    """A command ended in every way: no process and no file is left."""

    @pytest.mark.parametrize(
        ("signal_", "quand"),
        [
            (signal.SIGKILL, ""),
            (signal.SIGTERM, ""),
            (signal.SIGHUP, ""),
            (signal.SIGINT, ""),
            (signal.SIGKILL, "attendre"),
            (signal.SIGINT, "attendre"),
        ],
    )
    def test_rien_ne_reste(self, tmp_path: Path, temporaire: Path, signal_: signal.Signals, quand: str) -> None:
        """While tasks are at work, or while the server still prepares them."""
        marks = tmp_path / "m"
        marks.mkdir()
        parent = subprocess.Popen(
            [sys.executable, "-c", f"import taches; taches.campagne({str(marks)!r}, {quand!r})"],
            env=os.environ | {"TMPDIR": str(temporaire), "PYTHONPATH": str(Path(__file__).parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Ctrl-C is ignored by whatever a shell started in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            encoding="utf-8",
        )
        expected = ["preparation"] if quand else ["a", "b"]
        attendre(lambda: all((marks / name).exists() for name in expected))
        started = psutil.Process(parent.pid).children(recursive=True)
        started += [one for name in "ab" if not quand for one in numeros(marks / name)]
        # As a terminal does: the whole group hears Ctrl-C, and the hanging up.
        (os.killpg if signal_ in (signal.SIGINT, signal.SIGHUP) else os.kill)(parent.pid, signal_)
        said, _ = parent.communicate(timeout=30)
        assert said == ""
        assert parent.returncode == (-signal_ if signal_ == signal.SIGKILL else 130)
        attendre(lambda: not vivants(started))
        attendre(lambda: not list(temporaire.iterdir()))


def test_qui_s_inscrit_trop_tard_n_a_plus_de_place(tmp_path: Path) -> None:
    private = tmp_path / "p"
    (private / veilleur.GROUPES).mkdir(parents=True)
    child = subprocess.Popen(["sleep", "300"], start_new_session=True)
    (private / veilleur.GROUPES / str(child.pid)).touch()
    veilleur.nettoyer(private)
    assert child.wait(timeout=10) == -signal.SIGKILL
    assert not private.exists()
    # Done twice, it does no harm.
    veilleur.nettoyer(private)
