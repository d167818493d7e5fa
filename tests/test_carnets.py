"""The notebooks: three blocks, no logic of their own, and runnable as a statistician runs them in JupyterLab."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import fabrique
import nbformat
import pytest
from processus import environnement

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_catalogue

CARNETS = sorted((fabrique.RACINE / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=CARNETS, ids=lambda path: path.stem)
def carnet(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_trois_blocs(carnet: nbformat.NotebookNode) -> None:
    headings = [cell.source for cell in carnet.cells if cell.cell_type == "markdown"]
    assert headings[1:] == ["## Charger", "## Calculer", "## Montrer"]
    assert all("atelier" in cell.metadata.tags for cell in carnet.cells if cell.cell_type == "markdown")
    assert carnet.metadata.kernelspec.name == "python3"


def test_n_importe_que_la_facade(carnet: nbformat.NotebookNode) -> None:
    imported = [
        node
        for cell in carnet.cells
        if cell.cell_type == "code"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert {(node.module, node.level) for node in imported if isinstance(node, ast.ImportFrom)} == {
        ("barometre_lib", 0)
    }
    assert {alias.name for node in imported for alias in node.names} <= {"Barometre", "qualite", "restitution"}


def test_ne_porte_aucune_logique(carnet: nbformat.NotebookNode) -> None:
    logic = (ast.If, ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.BinOp, ast.Compare, ast.comprehension)
    for cell in carnet.cells:
        if cell.cell_type == "code":
            assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, logic)]


def test_s_execute_comme_dans_jupyterlab(carnet: nbformat.NotebookNode, jupyterlab: Any) -> None:
    jupyterlab(carnet)
    shown = [output for cell in carnet.cells for output in cell.get("outputs", [])]
    assert shown
    assert all(output.output_type == "execute_result" and "text/html" in output.data for output in shown)


def test_les_carnets_sont_ceux_du_catalogue(nomenclatures: Nomenclatures) -> None:
    assert {path.name for path in CARNETS} == {serie.carnet for serie in lire_catalogue(nomenclatures).series}


class TestPapermill:
    """The regional notebook, run by papermill's own command and engine: its parameters are papermill's."""

    @staticmethod
    def executer(racine: Path, *parametres: str) -> tuple[str, str]:
        """Run `papermill` on the notebook of a root, and return what the notebook showed and what was said."""
        program = Path(sys.executable).parent / "papermill"
        made = racine / "sortie.ipynb"
        done = subprocess.run(
            [program, racine / "notebooks" / "regional.ipynb", made, *parametres],
            env=environnement(BAROMETRE_RACINE=str(racine)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        shown = [output for cell in nbformat.read(made, as_version=4).cells for output in cell.get("outputs", [])]
        if done.returncode == 0:
            # The heading of the page.
            return next(one.data["text/html"] for one in shown if "<h1" in one.get("data", {}).get("text/html", "")), ""
        return "", done.stderr.replace("\u00a0", " ").replace("\u202f", " ")

    @pytest.mark.parametrize(
        ("region", "nom"), [("11", "Île-de-France"), ("1", "Guadeloupe"), ("01", "Guadeloupe")], ids=["11", "1", "01"]
    )
    def test_une_region_se_donne_par_son_code(self, petite_racine: Path, region: str, nom: str) -> None:
        """papermill makes numbers of `11` and `1`."""
        shown, said = self.executer(petite_racine, "-p", "releve", "2024-S2", "-p", "region", region)
        assert nom in shown, said

    @pytest.mark.parametrize(
        ("option", "region", "trouve"),
        [("-p", "True", "True"), ("-p", "1.5", "1.5"), ("-p", "99", "99"), ("-y", "{region: [84]}", "84")],
        ids=["booleen", "decimale", "code inconnu", "liste"],
    )
    def test_ce_qui_n_est_pas_un_code_est_refuse(
        self, petite_racine: Path, option: str, region: str, trouve: str
    ) -> None:
        given = [option, region] if option == "-y" else [option, "region", region]
        _, said = self.executer(petite_racine, "-p", "releve", "2024-S2", *given)
        assert re.search(
            rf"ErreurBarometre: Paramètre « region » : trouvé .*{re.escape(trouve)}.* ; attendu un code", said
        )
