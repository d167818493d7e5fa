"""Execution of one task in a worker process: papermill runs the notebook, nbconvert makes the page's main part."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.plan import Tache

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELLULE_INJECTEE = "parametres-injectes"


@dataclass(frozen=True)
class Resultat:
    """What became of a task.

    Attributes
    ----------
    tache : Tache
        Task.
    contenu : str
        Main part of its page, safe HTML; empty when it failed.
    erreur : str
        French sentence that says where and why it failed; empty when it did not.
    avertissements : str
        What the notebook wrote on its error stream.
    """

    tache: Tache
    contenu: str = ""
    erreur: str = ""
    avertissements: str = ""


def executer(tache: Tache, environnement: Environnement, dossier: Path) -> Resultat:
    """Execute a task and write its notebook; the page is left to the caller, who knows the layout.

    Parameters
    ----------
    tache : Tache
        Task.
    environnement : Environnement
        Surroundings, already installed in this process.
    dossier : Path
        Publication being prepared.

    Returns
    -------
    Resultat
        Never an exception: a notebook that fails does not stop the others.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from barometre_lib.publication import convertir

    notebook = nbformat.read(environnement.racine / "notebooks" / f"{tache.carnet}.ipynb", as_version=4)
    log = environnement.prive / "noyaux" / f"{tache.nom}.txt"
    try:
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters={"parametres": tache.parametres},
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=_kernel_manager(environnement.prive / "noyaux" / tache.nom, log),
            record_timing=False,
        )
    except PapermillExecutionError as error:
        cell = f"cellule {error.cell_index + 1}" if error.cell_index is not None else "une cellule"
        return Resultat(tache, erreur=f"{cell}\u00a0: {error.ename}\u00a0: {error.evalue}")
    except Exception as error:
        said = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
        return Resultat(tache, erreur=f"{type(error).__name__}\u00a0: {error} {said[-300:]}".strip())
    warnings = normaliser(executed)
    target = dossier / tache.carnet_execute
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(executed, target)
    return Resultat(tache, contenu=str(convertir(executed)), avertissements=warnings)


def normaliser(carnet: "NotebookNode") -> str:
    """Take out of an executed notebook whatever changes from one run to the next.

    Returns
    -------
    str
        What the cells wrote on their error stream: machine-dependent, so told aside and not published.
    """
    carnet.metadata.pop("papermill", None)
    # The patch version of Python is in the manifest; here it would only make notebooks differ.
    carnet.metadata["language_info"] = {"name": "python"}
    warnings = []
    for cell in carnet.cells:
        for key in ("papermill", "execution", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = CELLULE_INJECTEE
        outputs = cell.get("outputs", [])
        warnings += [output.text for output in outputs if output.get("name") == "stderr"]
        if "outputs" in cell:
            cell.outputs = [output for output in outputs if output.get("name") != "stderr"]
    return "".join(warnings).strip()


def _kernel_manager(address: Path, log: Path) -> type[Any]:
    """Return a kernel manager of one run.

    Its kernel talks through sockets of its own, so that kernels never race for ports, and writes its own log to a
    file, away from the terminal.
    """
    from jupyter_client.manager import KernelManager

    class Gestionnaire(KernelManager):
        def __init__(self, **options: Any) -> None:
            transport = {} if os.name == "nt" else {"transport": "ipc", "ip": str(address)}
            super().__init__(**options, **transport)

        async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
            with log.open("wb") as stream:
                await super()._async_launch_kernel(kernel_cmd, **options, stdout=stream, stderr=stream)

    return Gestionnaire
