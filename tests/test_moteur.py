"""The engine: small notebooks give what papermill's stock engine gives, and see nothing of each other."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import taches
from nbformat.v4 import new_code_cell, new_notebook
from processus import attendre, vivants

from barometre_lib.campagne.processus import executer_a_part, serveur

CARNETS = sorted((Path(__file__).parent / "carnets").glob("*.ipynb"))
ARRETES = ("echec", "sortie")
DELAI = 300
HORODATAGE = ("start_time", "end_time", "duration", "input_path", "output_path")


@pytest.fixture(scope="module")
def prive() -> Iterator[Path]:
    """Give the private folder of a server; what a user may have set for IPython is there, and has no effect."""
    private = Path(tempfile.mkdtemp(prefix="b-"))
    profile = private / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    for name in ("tmp", "jupyter"):
        (private / name).mkdir()
    # Were it there, the stock kernel would leave the descriptors alone.
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"} | {
        "TMPDIR": str(private / "tmp"),
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(private / "jupyter"),
        "PYTHONWARNINGS": "",
    }
    with serveur(private, variables):
        yield private


def normaliser(carnet: Any, dossier: Path, prive: Path) -> list[dict[str, Any]]:
    """Return the cells, without what changes from one run to the next: process ids, paths, addresses, times.

    Neighbouring texts of one stream are joined: a kernel cuts them as time goes.
    """
    cells = []
    for cell in carnet.cells:
        outputs: list[Any] = []
        for output in cell.get("outputs", []):
            if outputs and "name" in output and outputs[-1].get("name") == output.name:
                outputs[-1].text += output.text
            else:
                outputs.append(output)
        for name in HORODATAGE:
            cell.metadata.get("papermill", {}).pop(name, None)
        cell.metadata.pop("execution", None)
        text = json.dumps({**cell, "outputs": outputs}).replace(str(dossier), "DOSSIER").replace(str(prive), "PRIVE")
        # docs/architecture.md says why this flag differs.
        text = re.sub(r"ipykernel_\d+", "ipykernel_PID", text.replace("safe_path=True", "safe_path=False"))
        cells.append(json.loads(re.sub(r"\b0x[0-9a-f]{6,}", "ADRESSE", text)))
        if "papermill-error-cell-tag" in cell.metadata.get("tags", []):
            # papermill adds these cells, and gives them random ids.
            cells[-1].pop("id", None)
    return cells


@pytest.fixture(scope="module")
def execute(prive: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[Path, str | None]], Any]:
    """Give what executes a notebook by an engine: cells, what was raised, what the kernel said of itself."""

    def execute(asked: tuple[Path, str | None]) -> tuple[Any, Any, Any]:
        folder = tmp_path_factory.mktemp("carnet")
        notebook, raised = executer_a_part(taches.executer_carnet, *asked, folder, delai=DELAI)
        return normaliser(notebook, folder, prive), raised, notebook.metadata.get("language_info")

    return execute


@pytest.fixture(scope="module")
def executions(execute: Callable[[tuple[Path, str | None]], Any]) -> dict[tuple[str, str | None], Any]:
    """Execute every notebook by both engines, two at a time."""
    asked = [(path, engine) for path in CARNETS for engine in (None, "barometre")]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip([(path.stem, engine) for path, engine in asked], pool.map(execute, asked), strict=True))


# Coverage writes to standard error in the processes of this folder.
@pytest.mark.sans_mesure
@pytest.mark.parametrize("carnet", CARNETS, ids=lambda path: path.stem)
def test_les_sorties_sont_celles_du_moteur_ordinaire(executions: dict[Any, Any], execute: Any, carnet: Path) -> None:
    stock, raised, language = executions[carnet.stem, None]
    cells, ours, spoken = executions[carnet.stem, "barometre"]
    for _ in range(3):
        if cells != stock:
            # A kernel empties its streams by a clock: on a loaded machine, it may cut one in the middle of the other.
            stock, raised, language = execute((carnet, None))
    if carnet.stem not in ARRETES:
        assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    for mine, theirs in zip(cells, stock, strict=True):
        assert mine == theirs
    assert (spoken, re.sub(r"ipykernel_\d+", "", str(ours))) == (language, re.sub(r"ipykernel_\d+", "", str(raised)))


def test_papermill_leve_ce_qu_il_leve(executions: dict[Any, Any]) -> None:
    assert executions["echec", "barometre"][1]["ename"] == "ZeroDivisionError"
    assert executions["sortie", "barometre"][1] is None
    assert "jamais" not in json.dumps([one.get("outputs") for one in executions["echec", "barometre"][0]])


def test_le_carnet_suivant_ne_voit_rien(prive: Path, tmp_path: Path, executions: dict[Any, Any]) -> None:
    before, _, _ = executions["laisse", "barometre"]
    (path,) = (path for path in CARNETS if path.stem == "laisse")
    after, _ = executer_a_part(taches.executer_carnet, path, "barometre", tmp_path, delai=DELAI)
    assert normaliser(after, tmp_path, prive)[1] == before[1]
    # Nor does anything go on of what either started.
    attendre(lambda: not [one for one in vivants(psutil.process_iter()) if _runs(one, ["sleep", "60.25"])])


def _runs(process: psutil.Process, command: list[str]) -> bool:
    try:
        return process.cmdline() == command
    except psutil.Error:
        return False


def executer(prive: Path, dossier: Path, *sources: str) -> list[Any]:
    """Execute the cells of a notebook made here, whatever one raises, and return what each showed."""
    return [cell.outputs for cell in ecrire_puis_executer(dossier, *sources, tags=["raises-exception"])[0].cells]


def ecrire_puis_executer(dossier: Path, *sources: str, **metadata: Any) -> Any:
    """Execute the cells of a notebook made here, and return it with what papermill raised."""
    path = dossier / "source.ipynb"
    kernel = {"name": "python3", "display_name": "", "language": "python"}
    cells = [new_code_cell(source, metadata=metadata) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    (dossier / "s").mkdir()
    return executer_a_part(taches.executer_carnet, path, "barometre", dossier / "s", delai=DELAI)


def test_les_reglages_de_l_utilisateur_ne_sont_pas_lus(prive: Path, tmp_path: Path) -> None:
    profile = prive / "ipython" / "profile_default"
    (profile / "ipython_config.py").write_text("c.InteractiveShell.ast_node_interactivity = 'none'")
    (profile / "ipython_kernel_config.py").write_text("c.InteractiveShell.ast_node_interactivity = 'none'")
    (profile / "startup" / "00.py").write_text("lu = 1")
    (seen,) = executer(prive, tmp_path, "'lu' in globals()")
    assert seen[0].data == {"text/plain": "False"}
    assert list((prive / "ipython").rglob("*.sqlite*")) == []


def test_ce_qui_suit_une_sortie_demandee_ne_s_execute_pas(prive: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="Kernel died"):
        executer(prive, tmp_path, "exit()", "1")


def test_deux_flux_se_suivent_comme_le_temps_passe(prive: Path, tmp_path: Path) -> None:
    """What a descriptor receives comes before what a cell shows next, however fast, and is never lost."""
    source = "import os\nfor i in range(50):\n    os.write(1, b'%d ' % i)\n    display(i)\nos.write(1, b'fin')"
    (seen,) = executer(prive, tmp_path, source)
    assert [one.get("text") or one.data["text/plain"] for one in seen[:100:2]] == [f"{i} " for i in range(50)]
    assert seen[100].text == "fin"


@pytest.mark.usefixtures("prive")
def test_une_erreur_qu_ipython_ne_sait_pas_montrer_en_est_une(tmp_path: Path) -> None:
    """IPython looks for Python where the traceback goes through a template, and writes it as plain text."""
    (tmp_path / "g.j2").write_text("{# l'été #}\n{{ absente.nom }}", encoding="utf-8")
    loader = f"jinja2.FileSystemLoader({str(tmp_path)!r})"
    code = f"import jinja2\njinja2.Environment(loader={loader}).get_template('g.j2').render()"
    _, raised = ecrire_puis_executer(tmp_path, code)
    assert (raised["ename"], raised["evalue"]) == ("UndefinedError", "'absente' is undefined")
    assert 'g.j2", line 2' in "".join(raised["traceback"])


def test_les_carnets_sont_sans_sortie() -> None:
    for path in CARNETS:
        assert not any(cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells)
