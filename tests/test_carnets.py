"""The notebooks: three blocks, no logic of their own, and runnable by papermill; in JupyterLab: test_labo.py."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import nbformat
import pytest
from processus import environnement

from barometre_lib import Barometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_catalogue

# What makes no page: it is tried in test_exploration.py.
EXPLORATION = fabrique.RACINE / "notebooks" / "exploration.ipynb"
CARNETS = sorted({*EXPLORATION.parent.glob("*.ipynb")} - {EXPLORATION})
FACADE = {"Barometre", "bornes", "comptage", "qualite", "restitution", "revisions", "sensibilite"}


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
    assert {alias.name for node in imported for alias in node.names} <= FACADE


def test_ne_porte_aucune_logique(carnet: nbformat.NotebookNode) -> None:
    logic = (ast.If, ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.BinOp, ast.Compare, ast.comprehension)
    for cell in carnet.cells:
        if cell.cell_type == "code":
            assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, logic)]


def test_les_carnets_sont_ceux_du_catalogue(nomenclatures: Nomenclatures) -> None:
    assert {path.name for path in CARNETS} == {serie.carnet for serie in lire_catalogue(nomenclatures).series}


class TestPapermill:
    """The regional notebook, run by papermill's own command and engine: its parameters are papermill's."""

    def test_une_region_se_donne_par_son_code(self, petite_racine: Path) -> None:
        """papermill makes a number of `1`; what the notebook then counts and shows is the same elsewhere."""
        path, made = petite_racine / "notebooks" / "regional.ipynb", petite_racine / "sortie.ipynb"
        notebook = nbformat.read(path, as_version=4)
        loaded = [one.source for one in notebook.cells].index("## Calculer")
        notebook.cells = [*notebook.cells[:loaded], nbformat.v4.new_code_cell("contexte.nom")]
        nbformat.write(notebook, path)
        asked = ("-p", "releve", "2024-S2", "-p", "region", "1")
        done = subprocess.run(
            [Path(sys.executable).parent / "papermill", path, made, *asked],
            env=environnement(BAROMETRE_RACINE=str(petite_racine)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (said,) = nbformat.read(made, as_version=4).cells[-1].outputs
        assert said.data["text/plain"] == "'Guadeloupe'"

    @staticmethod
    def demander(monkeypatch: pytest.MonkeyPatch, option: str, region: str) -> Any:
        """Return the region that papermill's command would give to the notebook."""
        from papermill import cli

        given: dict[str, Any] = {}
        monkeypatch.setattr(cli, "execute_notebook", lambda **options: given.update(options["parameters"]))
        asked = [option, region] if option == "-y" else [option, "region", region]
        cli.papermill.main(["un.ipynb", "autre.ipynb", *asked], standalone_mode=False)
        return given["region"]

    @pytest.mark.parametrize(
        ("region", "nom"), [("11", "Île-de-France"), ("1", "Guadeloupe"), ("01", "Guadeloupe")], ids=["11", "1", "01"]
    )
    def test_ce_que_papermill_fait_d_un_code_se_lit(
        self, charger: Callable[[str], Barometre], monkeypatch: pytest.MonkeyPatch, region: str, nom: str
    ) -> None:
        assert charger("2024-S2").contexte(self.demander(monkeypatch, "-p", region)).nom == nom

    @pytest.mark.parametrize(
        ("option", "region", "trouve"),
        [("-p", "True", "True"), ("-p", "1.5", "1.5"), ("-p", "99", "99"), ("-y", "{region: [84]}", "84")],
        ids=["booleen", "decimale", "code inconnu", "liste"],
    )
    def test_ce_qui_n_est_pas_un_code_est_refuse(
        self,
        charger: Callable[[str], Barometre],
        monkeypatch: pytest.MonkeyPatch,
        option: str,
        region: str,
        trouve: str,
    ) -> None:
        given = self.demander(monkeypatch, option, region)
        with fabrique.refus(f"Paramètre « region » : trouvé .*{re.escape(trouve)}.* ; attendu un code"):
            charger("2024-S2").contexte(given)
