"""What JupyterLab saves of a notebook of the project: no output, by which rows of the register would go to git."""

from typing import Any


def vider(*, path: str, model: dict[str, Any], **_: object) -> None:
    """Take from a notebook about to be saved what running it left, which stays on the screen."""
    if model["type"] == "notebook" and path.startswith("notebooks/"):
        model["content"]["metadata"].pop("language_info", None)
        for cell in model["content"]["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)


# Jupyter gives its configuration files this name.
get_config().FileContentsManager.pre_save_hook = vider  # type: ignore[name-defined]  # noqa: F821
