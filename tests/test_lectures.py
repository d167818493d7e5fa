"""How many times a campaign reads a relève, decides its rows and judges them: once where it is needed, and no more."""

import json
import shutil
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from console import lancer as lancer_ici
from processus import lancer, temoin

from barometre_lib.campagne.cache import DOSSIER

# A process forked for a task has another name.
PARENT = "MainProcess"


def lire(vu: Path) -> list[list[str]]:
    """Return what was noted: name of the process, its number, what it did, the relève or the number of suites."""
    return [line.split() for line in vu.read_text(encoding="utf-8").splitlines()]


def test_une_campagne_lit_et_decide_chaque_releve_deux_fois(petite: Path) -> None:
    """Once in the command, once in the fork server; notebooks and the gate, forked from it, do neither."""
    assert "5 pages faites" in (petite / "dit").read_text(encoding="utf-8")
    seen = [one for one in lire(petite / "vu") if "jugement" not in one]
    assert {name for name, *_ in seen} == {PARENT}
    by_process = Counter(process for _, process, *_ in seen)
    assert len(by_process) == 2
    once = [(what, releve) for what in ("decision", "lecture") for releve in ("2024-S1", "2024-S2")]
    for process in by_process:
        assert sorted((what, releve) for _, one, what, releve in seen if one == process) == once


def test_les_suites_ne_sont_jugees_qu_une_fois(petite: Path) -> None:
    """By the gate's process, for itself, the manifest, and the page that shows it."""
    ((process, _, _, suites),) = [one for one in lire(petite / "vu") if "jugement" in one]
    assert process != PARENT
    assert suites == "7"
    assert "Ce qui a été contrôlé" in (petite / "sorties" / "2024-S2" / "qualite.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("sans_carnet")
def test_executer_puis_publier(
    petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The leg without an engine: what a shell, Slurm or xargs runs is found made; what a notebook reads is seen."""
    path = petite_racine / "notebooks" / "methodologie.ipynb"
    notebook = nbformat.read(path, as_version=4)
    # Of another folder, which the fork server did not read.
    elsewhere = shutil.copytree(petite_racine / "data" / "releves", tmp_path / "ailleurs")
    notebook.cells.append(
        nbformat.v4.new_code_cell(f"Barometre.charger(releve, registre={str(elsewhere)!r}).decisions;")
    )
    nbformat.write(notebook, path)
    where = ("--sorties", str(tmp_path / "s"))
    asked = ("executer", "2024-S2/methodologie", "2024-S2/regional-94", *where)
    done = lancer(*asked, **temoin(tmp_path), BAROMETRE_RACINE=str(petite_racine))
    assert done.returncode == 0, done.stderr
    assert "2 pages faites" in done.stderr.replace("\u00a0", " ")
    own = [(what, releve) for name, _, what, releve in lire(tmp_path / "vu") if name != PARENT]
    # The gate is not asked for: only the notebooks are.
    assert own == [("lecture", "2024-S2"), ("decision", "2024-S2")]
    kept = json.loads((tmp_path / "s" / DOSSIER / "2024-S2" / "interne" / "regional-94.json").read_text("utf-8"))
    assert kept["contenu"]["contenu"].startswith("<header")
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    assert "0 page faite, 2 gardées" in lancer_ici(capsys, *asked).stderr
    plan = lancer_ici(capsys, "publier", "2024-S2", "--regions", "94", "--a-blanc", *where)
    assert plan.stdout == "2024-S2/national\n2024-S2/qualite\n2024-S2/revisions\n"
