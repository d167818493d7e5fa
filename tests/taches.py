"""What the tests of the fork server and of the engine have done in processes of their own."""

from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError


def executer_carnet(carnet: Path, moteur: str | None, dossier: Path) -> tuple[NotebookNode, dict[str, Any] | None]:
    """Execute a notebook, in a folder, and return it with what papermill raised; None is the stock engine."""
    executed = dossier / f"{carnet.stem}.ipynb"
    raised = None
    try:
        papermill.execute_notebook(carnet, executed, engine_name=moteur, progress_bar=False, cwd=dossier)
    except PapermillExecutionError as error:
        raised = vars(error) | {"str": str(error)}
    return nbformat.read(executed, as_version=4), raised
