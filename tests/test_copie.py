"""Everything is made from a copy of the inputs: what is edited meanwhile is not published under their checksums.

`make epreuves` edits a register at any moment (BAROMETRE_MOMENTS); here, once, as soon as notebooks may begin.
"""

import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from unittest.mock import MagicMock

import fabrique
import psutil
import pytest
from console import Sortie
from processus import attendre, demarrer, fichiers, lancer, publies, roles

from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.copie import PREFIXE, SUFFIXE, copier_entrees
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.marques import MARQUE, marquer
from barometre_lib.campagne.taches import Tache
from barometre_lib.chemins import afficher, originale, racine, registre_par_defaut
from barometre_lib.ecriture import verrouiller

MOMENTS = int(os.environ.get("BAROMETRE_MOMENTS", "0"))
PUBLIER = ("publier", "2024-S2", "--regions", "94", "--sorties")


@pytest.fixture(scope="module")
def deux(petite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, Path, float]:
    """Return a project, the other content of its register, what is published of it, and how long that takes."""
    folder = tmp_path_factory.mktemp("copie")
    root = shutil.copytree(petite / "racine", folder / "racine")
    rows = root / "data" / "releves" / "2024-S2" / "84.csv"
    first, other = rows.read_bytes(), rows.read_bytes().replace(b"2024-05-02", b"2024-04-02")
    assert first != other
    rows.write_bytes(other)
    start = time.monotonic()
    done = lancer(*PUBLIER, folder / "autre", BAROMETRE_RACINE=str(root))
    assert done.returncode == 0, done.stderr
    rows.write_bytes(first)
    return root, other, folder / "autre", time.monotonic() - start


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_un_registre_modifie_a_tout_moment(
    petite: Path, deux: tuple[Path, bytes, Path, float], tmp_path: Path, moment: int
) -> None:
    """Edited, and put back or not: what is published is wholly of one state, manifest included."""
    root, other, published, duration = deux
    rows = root / "data" / "releves" / "2024-S2" / "84.csv"
    first, chance = rows.read_bytes(), random.Random(moment)
    campaign = demarrer(*PUBLIER, tmp_path / "s", BAROMETRE_RACINE=str(root))
    try:
        time.sleep(chance.uniform(0, duration))
        rows.write_bytes(other)
        if moment % 2:
            time.sleep(chance.uniform(0, duration / 2))
            rows.write_bytes(first)
        said = campaign.communicate()[1]
    finally:
        rows.write_bytes(first)
    assert campaign.returncode == 0, said
    assert publies(tmp_path / "s") in (publies(petite / "sorties"), publies(published))
    assert not list((tmp_path / "s").glob(f"{PREFIXE}*"))


def test_un_registre_modifie_des_que_la_copie_est_faite(petite: Path, tmp_path: Path) -> None:
    """What is published is of the first state, byte for byte: neither the command nor a notebook read the other one."""
    root = shutil.copytree(petite / "racine", tmp_path / "racine")
    campaign = demarrer(*PUBLIER, tmp_path / "s", BAROMETRE_RACINE=str(root))
    attendre(lambda: roles(psutil.Process(campaign.pid))["serveur"])
    rows = root / "data" / "releves" / "2024-S2" / "84.csv"
    rows.write_bytes(rows.read_bytes().replace(b"2024-05-02", b"2023-05-02"))
    said = campaign.communicate()[1]
    assert campaign.returncode == 0, said
    assert "changement pendant la campagne (registre 2024-S2/84.csv)" in said.replace("\u00a0", " ")
    assert publies(tmp_path / "s") == publies(petite / "sorties")


def test_ce_qui_change_pendant_la_campagne_est_dit(
    petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie], sans_carnet: MagicMock
) -> None:
    """What was there at the start is published, under its checksum, and the next run makes it again."""
    rows = petite_racine / "data" / "releves" / "2024-S2" / "84.csv"

    def change(task: Tache, *_: object) -> "Future[Rendu]":
        rows.write_bytes(rows.read_bytes() + b"\n")
        done: Future[Rendu] = Future()
        done.set_result(Rendu(task, contenu="<p>"))
        return done

    sans_carnet.confier.side_effect = change
    asked = (*PUBLIER[1:], tmp_path / "s")
    ended = ici(*asked, racine=petite_racine)
    assert ended.code == 0, ended.stderr
    assert "changement pendant la campagne (registre 2024-S2/84.csv) : les pages sont celles" in ended.stderr
    planned = ici(*asked, "--a-blanc", racine=petite_racine)
    assert planned.stdout.split()[:1] == ["2024-S2/national"]


def test_rien_ne_lit_plus_l_original(petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of the copy is shown as the original; files that are no input are not copied."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    for name in ("notebooks/.ipynb_checkpoints/x.ipynb", "data/releves/2024-S2/brouillon.xlsx", "params/.x.yaml"):
        path = petite_racine / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    with copier_entrees(["2024-S2"], Consignes(tmp_path / "s")) as copied:
        assert racine().is_relative_to(tmp_path / "s")
        assert copied.registre.is_relative_to(tmp_path / "s")
        names = {*fichiers(copied.registre), *fichiers(racine())}
        assert {"2024-S2/84.csv", "params/carnets.yaml", "notebooks/regional.ipynb"} < names
        assert not [name for name in names if "checkpoints" in name or name.endswith(("xlsx", "/.x.yaml"))]
        for path in copied.registre.rglob("*.csv"):
            assert Path(afficher(path)).read_bytes() == path.read_bytes()
            assert Path(afficher(path)).is_relative_to(petite_racine)
    assert racine() == petite_racine
    assert registre_par_defaut() == petite_racine / "data" / "releves"
    assert not (tmp_path / "s").exists()


def test_la_copie_d_une_campagne_tuee_part_avec_la_suivante(petite_racine: Path, tmp_path: Path) -> None:
    """Not that of one that is at work, nor a folder that is nobody's."""
    dead, alive, other = (tmp_path / f"{PREFIXE}{name}" for name in ("tuee", "vive", "autre"))
    for folder in (dead, alive):
        marquer(folder)
        folder.with_suffix(SUFFIXE).touch()
    other.mkdir()
    (other / "notes").touch()
    other.with_suffix(SUFFIXE).touch()
    with (
        verrouiller(alive.with_suffix(SUFFIXE)) as held,
        copier_entrees(["2024-S2"], Consignes(tmp_path, petite_racine / "data" / "releves")),
    ):
        assert held
        assert not dead.exists()
        assert (alive / MARQUE).exists()
        assert (other / "notes").exists()


@pytest.mark.parametrize("name", ["data/releves/2024-S2/06.csv", "params/regles/zz.yaml", "notebooks/x.ipynb"])
def test_un_tube_n_est_pas_lu(petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie], name: str) -> None:
    (petite_racine / name).unlink(missing_ok=True)
    os.mkfifo(petite_racine / name)
    ended = ici(*PUBLIER[1:], tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert str(petite_racine / name) in ended.stderr
    assert not (tmp_path / "s").exists()


def test_la_demonstration_tient_en_une_copie(tmp_path: Path) -> None:
    """An order of magnitude, so that copying never becomes what a campaign waits for."""
    start = time.process_time()
    with copier_entrees(["2024-S2"], Consignes(tmp_path / "s", fabrique.RACINE / "data" / "releves")):
        assert time.process_time() - start < 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system refuses such a name")
def test_un_projet_dont_le_nom_n_est_pas_de_l_utf_8_se_copie(
    petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As folders of old systems are, whose names are bytes: the copy knows where it comes from."""
    root = shutil.copytree(petite_racine, tmp_path / os.fsdecode(b"\xe9t\xe9"))
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    with copier_entrees(["2024-S2"], Consignes(tmp_path / "s")):
        assert originale(racine() / "params") == root / "params"
