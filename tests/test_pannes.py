"""Processes killed at any moment, times that run out, a full disk: nothing is lost, nothing is left.

`make epreuves` kills 200 times (BAROMETRE_PANNES); here, a sample.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import fabrique
import nbformat
import psutil
import pytest
from processus import attendre, demarrer, fichiers, lancer, publies, roles, vivants

from barometre_lib.campagne.cache import DOSSIER

PANNES = int(os.environ.get("BAROMETRE_PANNES", "3"))
VICTIMES = ("tache", "parent", "serveur", "veilleur")


def retarder(racine: Path, carnet: str, source: str) -> None:
    """Put a line at the head of the computing cell of a notebook."""
    path = racine / "notebooks" / f"{carnet}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[5].source = f"{source}\n{notebook.cells[5].source}"
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def deux(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """Return a project, a folder that holds its publications before and after a change, and how long one takes."""
    folder = tmp_path_factory.mktemp("pannes")
    root = fabrique.petite_racine(folder / "racine")
    publish = ("publier", "2024-S2", "--regions", "94")
    assert lancer(*publish, "--sorties", folder / "avant", BAROMETRE_RACINE=str(root)).returncode == 0
    path = root / "params" / "regions" / "ministere.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("presse.dge@", "presse@"), encoding="utf-8")
    edition = root / "params" / "releves" / "2024-S2.yaml"
    edition.write_text(edition.read_text(encoding="utf-8") + "# autre\n", encoding="utf-8")
    start = time.monotonic()
    assert lancer(*publish, "--sorties", folder / "apres", BAROMETRE_RACINE=str(root)).returncode == 0
    return root, folder, time.monotonic() - start


class TestPannes:
    """A publication replaced by another one, and one of its processes killed meanwhile."""

    @pytest.mark.parametrize("essai", range(PANNES))
    def test_rien_n_est_perdu(
        self,
        deux: tuple[Path, Path, float],
        temporaire: Path,
        record_property: Callable[[str, object], None],
        essai: int,
    ) -> None:
        root, folder, duration = deux
        chance = random.Random(essai)
        victim = VICTIMES[essai % len(VICTIMES)]
        sorties = temporaire / "s"
        private = temporaire / "t"
        private.mkdir()
        shutil.copytree(folder / "avant", sorties)
        publish = ("publier", "2024-S2", "--regions", "94", "--sorties", sorties)
        surroundings = {"BAROMETRE_RACINE": str(root), "TMPDIR": str(private)}
        campaign = demarrer(*publish, **surroundings)
        parent = psutil.Process(campaign.pid)
        time.sleep(chance.uniform(0, duration))
        started, struck = self._kill(parent, victim)
        record_property("frappe", struck)
        _, said = campaign.communicate()
        attendre(lambda: not vivants(started))
        attendre(lambda: not list(private.iterdir()))
        self._verify(sorties, folder)
        if campaign.returncode == 1:
            assert "brutalement" in said or "interrompu" in said, said
        else:
            assert campaign.returncode in (0, -9), said
        done = lancer(*publish, **surroundings)
        assert done.returncode == 0, done.stderr
        assert publies(sorties) == publies(folder / "apres")
        assert list(private.iterdir()) == []

    @staticmethod
    def _kill(parent: psutil.Process, victim: str) -> tuple[list[psutil.Process], bool]:
        """Kill the victim, at once or as soon as there is one.

        Returns every process that had been started, and whether one was killed: the campaign may end before.
        """
        started: set[psutil.Process] = set()
        while vivants([parent]):
            found = roles(parent) | {"parent": [parent]}
            started |= {one for ones in found.values() for one in ones} | set(parent.children(recursive=True))
            for one in found[victim]:
                # It may have ended since it was seen; another one will do.
                with suppress(psutil.NoSuchProcess):
                    one.kill()
                    return list(started), True
            time.sleep(0.02)
        return list(started), False

    @staticmethod
    def _verify(sorties: Path, folder: Path) -> None:
        """Check that the publication in place is wholly the one or the other, and that every result kept is whole."""
        there = {name: data for name, data in publies(sorties).items() if name.startswith("2024-S2/")}
        either = [
            {name: data for name, data in fichiers(folder / one).items() if name.startswith("2024-S2/")}
            for one in ("avant", "apres")
        ]
        assert there in either
        for path in sorties.glob(f"{DOSSIER}/*/*/[!.]*.json"):
            assert json.loads(path.read_text(encoding="utf-8"))["carnet"]


@pytest.mark.parametrize(("morts", "code"), [(1, 0), (2, 1)], ids=["une fois", "deux fois"])
def test_un_carnet_tue_n_arrete_pas_la_campagne(petite_racine: Path, tmp_path: Path, morts: int, code: int) -> None:
    """What it was doing is executed once more; should that one die too, it is said to have failed."""
    marks = tmp_path / "vus"
    marks.mkdir()
    retarder(
        petite_racine,
        "regional",
        f"import os, pathlib, time; marks = pathlib.Path({str(marks)!r}); (marks / str(os.getpid())).touch()\n"
        f"if len(list(marks.iterdir())) <= {morts}: time.sleep(300)",
    )
    campaign = demarrer(
        *("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    killed: set[str] = set()
    for _ in range(morts):
        attendre(lambda: {one.name for one in marks.iterdir()} - killed)
        (one,) = {one.name for one in marks.iterdir()} - killed
        psutil.Process(int(one)).kill()
        killed.add(one)
    _, said = campaign.communicate()
    assert campaign.returncode == code, said
    said = said.replace("\u00a0", " ")
    if code:
        assert "Carnet regional-94 : un des processus s'est arrêté brutalement" in said
    else:
        assert "4 pages faites" in said


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--delai", "le carnet n'a pas fini en 3 secondes (--delai)"),
        ("--delai-total", "à faire après 3 secondes (--delai-total)"),
    ],
)
def test_un_temps_ecoule_arrete_la_campagne(petite_racine: Path, tmp_path: Path, option: str, said: str) -> None:
    retarder(petite_racine, "regional", "import time; time.sleep(300)")
    done = lancer(
        *("publier", "2024-S2", "--regions", "94", option, "3", "--sorties", tmp_path / "s"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    assert done.returncode == 1
    assert said in done.stderr.replace("\u00a0", " ")
    assert "Traceback" not in done.stderr
    assert publies(tmp_path / "s") == {}


def test_un_disque_plein_se_dit_et_ne_perd_rien(petite_racine: Path, temporaire: Path) -> None:
    """A limit on the size of files has writing fail as a full disk does, at the first page."""
    sorties = temporaire / "s"
    before = fichiers(fabrique.deposer_publication(sorties / "2024-S2"))
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.argv[0] = 'barometre'\nfrom barometre_lib.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "publier", "2024-S2", "--regions", "94", "--sorties", str(sorties)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"BAROMETRE_RACINE": str(petite_racine), "TMPDIR": str(temporaire)},
        cwd=fabrique.RACINE,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "fichier trop grand, rien n'a été écrit" in done.stderr
    assert publies(sorties) == {f"2024-S2/{name}": data for name, data in before.items()}
    assert {one.name for one in temporaire.iterdir()} == {"s"}
