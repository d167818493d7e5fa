"""The notebooks: three blocks, no logic of their own, and runnable as a statistician runs them in JupyterLab."""

import ast
from pathlib import Path
from typing import Any

import fabrique
import nbformat
import pytest

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
    assert [ast.unparse(node) for node in imported] == ["from barometre_lib import Barometre, restitution"]


def test_ne_porte_aucune_logique(carnet: nbformat.NotebookNode) -> None:
    logic = (ast.If, ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.BinOp, ast.Compare, ast.comprehension)
    for cell in carnet.cells:
        if cell.cell_type == "code":
            assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, logic)]


def test_s_execute_comme_dans_jupyterlab(carnet: nbformat.NotebookNode, jupyterlab: Any) -> None:
    jupyterlab(carnet)
    shown = [output for cell in carnet.cells for output in cell.get("outputs", [])]
    assert all(output.output_type == "execute_result" and "text/html" in output.data for output in shown)
    assert len(shown) >= 7


def test_les_carnets_sont_la() -> None:
    assert {path.stem for path in CARNETS} >= {"regional", "national"}
    assert Path("notebooks").is_dir()
