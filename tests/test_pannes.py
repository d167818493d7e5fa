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
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import fabrique
import psutil
import pytest
from console import lancer as lancer_ici
from processus import attendre, demarrer, fichiers, lancer, publies, roles, vivants

from barometre_lib.campagne import atelier, campagne
from barometre_lib.campagne.atelier import Atelier
from barometre_lib.campagne.cache import DOSSIER
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.processus import Delai

PANNES = int(os.environ.get("BAROMETRE_PANNES", "1"))
VICTIMES = ("parent", "serveur", "tache", "veilleur")


@pytest.fixture(scope="module")
def avant(petite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a publication that other code made, of which no result is kept: all is to be made again."""
    folder: Path = tmp_path_factory.mktemp("pannes") / "avant"
    shutil.copytree(petite / "sorties", folder, ignore=shutil.ignore_patterns(DOSSIER))
    path = folder / "2024-S2" / "manifeste.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"code": "0" * 64}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


class TestPannes:
    """A publication replaced by another one, and one of its processes killed meanwhile."""

    @pytest.mark.parametrize("essai", range(PANNES))
    def test_rien_n_est_perdu(
        self,
        petite: Path,
        avant: Path,
        temporaire: Path,
        record_property: Callable[[str, object], None],
        essai: int,
    ) -> None:
        chance = random.Random(essai)
        victim = VICTIMES[essai % len(VICTIMES)]
        sorties = temporaire / "s"
        private = temporaire / "t"
        private.mkdir()
        shutil.copytree(avant, sorties)
        publish = ("publier", "2024-S2", "--regions", "94", "--sorties", sorties)
        surroundings = {"BAROMETRE_RACINE": str(petite / "racine"), "TMPDIR": str(private)}
        campaign = demarrer(*publish, **surroundings)
        parent = psutil.Process(campaign.pid)
        time.sleep(chance.uniform(0, float((petite / "duree").read_text(encoding="utf-8"))))
        started, struck = self._kill(parent, victim)
        record_property("frappe", struck)
        _, said = campaign.communicate()
        attendre(lambda: not vivants(started))
        attendre(lambda: not list(private.iterdir()))
        self._verify(sorties, (avant, petite / "sorties"))
        if campaign.returncode == 1:
            assert "brutalement" in said or "interrompu" in said, said
        else:
            assert campaign.returncode in (0, -9), said
        done = lancer(*publish, **surroundings)
        assert done.returncode == 0, done.stderr
        assert publies(sorties) == publies(petite / "sorties")
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
    def _verify(sorties: Path, deux: tuple[Path, Path]) -> None:
        """Check that the publication in place is wholly the one or the other, and that every result kept is whole."""
        there = {name: data for name, data in publies(sorties).items() if name.startswith("2024-S2/")}
        either = [
            {name: data for name, data in fichiers(folder).items() if name.startswith("2024-S2/")} for folder in deux
        ]
        assert there in either
        for path in sorties.glob(f"{DOSSIER}/*/*/[!.]*.json"):
            assert json.loads(path.read_text(encoding="utf-8"))["contenu"]["carnet"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--delai", "le carnet n'a pas fini en 3 secondes (--delai)"),
        ("--delai-total", "à faire après 1 seconde (--delai-total)"),
    ],
)
@pytest.mark.usefixtures("sans_carnet")
def test_un_temps_ecoule_arrete_la_campagne(
    petite_publication: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    said: str,
) -> None:
    """A notebook that does not end in the time that it is given; how its process is killed is in test_processus.py."""
    root, sorties = petite_publication
    shutil.rmtree(sorties / DOSSIER)
    before = fichiers(sorties)
    over, verdict = Event(), fabrique.promesse(lambda: {"2024-S2": fabrique.bilan()})

    def last(*_: object, delai: float, **_options: object) -> None:
        if option == "--delai-total":
            over.wait()
        assert delai == (3 if option == "--delai" else 600)
        raise Delai

    @contextmanager
    def open_here(inputs: Any, asked: Consignes) -> Iterator[Any]:
        with ThreadPoolExecutor(1) as pool:
            here = Atelier(pool, pool, Environnement(root, asked.registre, root), asked, inputs)
            try:
                yield SimpleNamespace(controler=lambda: verdict, confier=here.confier)
            finally:
                over.set()

    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    monkeypatch.setattr(atelier, "executer_a_part", last)
    monkeypatch.setattr(campagne, "ouvrir_atelier", open_here)
    seconds = "3" if option == "--delai" else "1"
    ended = lancer_ici(capsys, "publier", "2024-S2", "--regions", "94", option, seconds, "--sorties", str(sorties))
    assert ended.code == 1
    assert said in ended.stderr
    assert fichiers(sorties) == before


def test_un_controle_qui_ne_finit_pas_arrete_la_campagne(
    petite_publication: tuple[Path, Path],
    sans_carnet: MagicMock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its process may not even start; what notebooks gave is kept, and what was published stays."""
    root, sorties = petite_publication
    (sorties / "2024-S2" / "index.html").unlink()
    before = fichiers(sorties)
    monkeypatch.setattr(campagne, "ouvrir_atelier", lambda *_: nullcontext(sans_carnet))
    sans_carnet.controler.return_value = Future()
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    options = ("--regions", "94", "--delai-total", "1", "--sorties", str(sorties))
    ended = lancer_ici(capsys, "publier", "2024-S2", *options)
    assert ended.code == 1 and "Le contrôle n'a pas fini après 1 seconde (--delai-total)" in ended.stderr
    assert fichiers(sorties) == before


@pytest.mark.sans_mesure
def test_un_disque_plein_se_dit_et_ne_perd_rien(petite_publication: tuple[Path, Path], temporaire: Path) -> None:
    """A limit on the size of files has writing fail as a full disk does, at the first page."""
    root, published = petite_publication
    sorties = shutil.copytree(published, temporaire / "s")
    (sorties / "2024-S2" / "index.html").write_text("la précédente", encoding="utf-8")
    (sorties / DOSSIER / "2024-S2" / "interne" / "methodologie.json").unlink()
    before = publies(sorties)
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.argv[0] = 'barometre'\nfrom barometre_lib.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "publier", "2024-S2", "--regions", "94", "--sorties", str(sorties)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"BAROMETRE_RACINE": str(root), "TMPDIR": str(temporaire)},
        cwd=fabrique.RACINE,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "fichier trop grand, rien n'a été écrit" in done.stderr
    assert publies(sorties) == before
    assert {one.name for one in temporaire.iterdir()} == {"s"}
