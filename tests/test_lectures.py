"""How many times a `publier` reads a relève and decides its rows: once in a process that needs them, and no more."""

from collections import Counter
from pathlib import Path

import fabrique
import nbformat
import pytest
from processus import lancer

# Python imports it by itself in each process of the campaign, the command's own included.
TEMOIN = """import functools, multiprocessing, os

def noter(fonction, geste, releve):
    @functools.wraps(fonction)
    def faire(*arguments, **options):
        with open(os.environ["TEMOIN"], "a") as file:
            file.write(f"{multiprocessing.current_process().name} {os.getpid()} {geste} {releve(*arguments)}\\n")
        return fonction(*arguments, **options)
    return faire

if "TEMOIN" in os.environ:
    from barometre_lib.registre import lecture
    from barometre_lib.regles import decision

    lecture.lire_textes = noter(lecture.lire_textes, "lecture", lambda releve, *_: releve)
    decision.decider = noter(decision.decider, "decision", lambda _, parametres: parametres.releve)
"""
# A process forked for a task has another name.
PARENT = "MainProcess"


@pytest.fixture
def temoin(petite_racine: Path, tmp_path: Path) -> dict[str, str]:
    """Return the variables by which each process of a campaign notes what it reads and decides, in `tmp_path/vu`."""
    (tmp_path / "temoin").mkdir()
    (tmp_path / "temoin" / "sitecustomize.py").write_text(TEMOIN, encoding="utf-8")
    where = {"PYTHONPATH": str(tmp_path / "temoin"), "TEMOIN": str(tmp_path / "vu")}
    return where | {"BAROMETRE_RACINE": str(petite_racine)}


def lire(vu: Path) -> list[list[str]]:
    """Return what was noted: name of the process, its number, what it did, the relève."""
    return [line.split() for line in vu.read_text(encoding="utf-8").splitlines()]


def test_une_campagne_lit_et_decide_chaque_releve_deux_fois(
    petite_racine: Path, temoin: dict[str, str], tmp_path: Path
) -> None:
    """Once in the command, once in the fork server; notebooks and the gate, forked from it, do neither."""
    row = {"id_mouvement": "84-1", "code_commune": "69123", "date_effet": "2024-05-02"}
    fabrique.ecrire_releve(petite_racine / "data" / "releves", [fabrique.ligne(**row)], "2024-S1")
    done = lancer("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s", **temoin)
    assert done.returncode == 0, done.stderr
    assert "4 pages faites" in done.stderr.replace("\u00a0", " ")
    seen = lire(tmp_path / "vu")
    assert {name for name, *_ in seen} == {PARENT}
    by_process = Counter(process for _, process, *_ in seen)
    assert len(by_process) == 2
    once = [(what, releve) for what in ("decision", "lecture") for releve in ("2024-S1", "2024-S2")]
    for process in by_process:
        assert sorted((what, releve) for _, one, what, releve in seen if one == process) == once


def test_ce_qu_un_carnet_lit_de_lui_meme_est_vu(petite_racine: Path, temoin: dict[str, str], tmp_path: Path) -> None:
    """The count above can fail."""
    path = petite_racine / "notebooks" / "methodologie.ipynb"
    notebook = nbformat.read(path, as_version=4)
    variant = "Barometre.charger(releve, regles={'seuil_effectif': 10}).decisions;"
    notebook.cells.append(nbformat.v4.new_code_cell(variant))
    nbformat.write(notebook, path)
    done = lancer("executer", "2024-S2/methodologie", "--sorties", tmp_path / "s", **temoin)
    assert done.returncode == 0, done.stderr
    own = [(what, releve) for name, _, what, releve in lire(tmp_path / "vu") if name != PARENT]
    # The gate is not asked for: only the notebook is.
    assert own == [("lecture", "2024-S2"), ("decision", "2024-S2")]
