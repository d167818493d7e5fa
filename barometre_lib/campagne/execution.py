"""Execution of one task in a worker process: papermill runs the notebook, nbconvert makes the page's main part."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.noyau import Noyau
from barometre_lib.campagne.plan import Tache
from barometre_lib.campagne.processus import oublier_noyaux
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.publication.carnet import convertir

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELLULE_INJECTEE = "parametres-injectes"
# Seconds that a notebook may take; those of the project take less than five.
DELAI_CARNET = 600.0


@dataclass(frozen=True)
class Resultat:
    """What became of a task.

    Attributes
    ----------
    tache : Tache
        Task.
    contenu : str
        Main part of its page, safe HTML; empty when it failed.
    carnet : str
        Executed notebook; empty when it failed.
    erreur : str
        French sentence that says where and why it failed; empty when it did not.
    avertissements : str
        What the notebook wrote on its error stream.
    """

    tache: Tache
    contenu: str = ""
    carnet: str = ""
    erreur: str = ""
    avertissements: str = ""


def executer(tache: Tache, environnement: Environnement, delai: float = DELAI_CARNET) -> Resultat:
    """Execute a task; what comes of it is left to the caller, who knows where it goes.

    Parameters
    ----------
    tache : Tache
        Task.
    environnement : Environnement
        Surroundings, already installed in this process.
    delai : float
        Seconds that the notebook may take.

    Returns
    -------
    Resultat
        Never an exception: a notebook that fails does not stop the others.
    """
    import nbformat
    from papermill.exceptions import PapermillExecutionError

    run = Noyau(environnement.prive / "noyaux" / f"{tache.nom}-{os.getpid()}", delai)
    notebook = None
    try:
        notebook = nbformat.read(environnement.racine / "notebooks" / f"{tache.carnet}.ipynb", as_version=4)
        executed = _run(notebook, tache, run)
        warnings = normaliser(executed)
        refuser_chemins(executed, environnement)
        return Resultat(
            tache, contenu=str(convertir(executed)), carnet=nbformat.writes(executed) + "\n", avertissements=warnings
        )
    except PapermillExecutionError as error:
        cell = _name_cell(notebook, error.source)
        return Resultat(tache, erreur=f"{cell}\u00a0: {error.ename}\u00a0: {_one_line(error.evalue)}")
    except Exception as error:
        if run.echu:
            return Resultat(tache, erreur=f"le carnet n'a pas fini en {delai:.0f}\u202fsecondes (--delai)")
        return Resultat(tache, erreur=f"{_why(error)} {_one_line(run.journal[-300:])}".strip())
    finally:
        oublier_noyaux()


def _run(notebook: "NotebookNode", tache: Tache, noyau: Noyau) -> "NotebookNode":
    import papermill

    with noyau.minuter():
        executed: NotebookNode = papermill.execute_notebook(
            notebook,
            None,
            parameters={"parametres": tache.parametres},
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=noyau.gestionnaire(),
            record_timing=False,
            # Everything that the notebook says has come: a kernel that is only waiting need not be asked to end.
            shutdown_kernel="immediate",
        )
    return executed


def _name_cell(notebook: "NotebookNode | None", source: str) -> str:
    """Name a cell by its identifier: papermill adds one, and numbers would no longer be the author's."""
    found = [cell.id for cell in notebook.cells if cell.source == source] if notebook else []
    return f"cellule «\u00a0{found[0]}\u00a0»" if found else "une cellule"


def _why(error: Exception) -> str:
    """Say why a notebook could not be executed at all."""
    import nbformat
    from nbclient.exceptions import DeadKernelError

    if isinstance(error, ErreurBarometre):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'fichier'}\u00a0: {dire_erreur_systeme(error)}"
    if isinstance(error, nbformat.reader.NotJSONError | nbformat.ValidationError | KeyError | AttributeError):
        return "ce n'est pas un carnet Jupyter\u202f; restaurez-le"
    if isinstance(error, DeadKernelError) or "Kernel died" in str(error):
        return "le noyau s'est arrêté brutalement (mémoire épuisée\u202f?)"
    return f"{type(error).__name__}\u00a0: {_one_line(str(error))}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def refuser_chemins(carnet: "NotebookNode", environnement: Environnement) -> None:
    """Refuse a notebook whose outputs hold a path of this machine: they would be published, and differ elsewhere.

    Raises
    ------
    ErreurBarometre
        The cell at fault.
    """
    paths = {environnement.racine, environnement.registre, environnement.prive, Path.home(), Path.cwd()}
    named = sorted(str(path) for path in paths if len(path.parts) > 1)
    for cell in carnet.cells:
        shown = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        for path in named:
            if re.search(rf"{re.escape(path)}(?![\w-])", shown):
                where = f"cellule «\u00a0{cell.id}\u00a0»"
                raise ErreurBarometre(
                    f"{where}\u00a0: sa sortie montre un chemin de la machine ({path})\u202f; retirez-le"
                )


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
