"""From an executed notebook to the main part of a page, by nbconvert and a template of our own."""

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from barometre_lib.publication.pages import GABARITS

if TYPE_CHECKING:
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

# Cells that speak to whoever works on the notebook, and not to the reader of the page.
ETIQUETTE_ATELIER = "atelier"


def convertir(carnet: "NotebookNode") -> Markup:
    """Export the outputs of an executed notebook: HTML without code, script nor style, all from our templates."""
    body, _ = exportateur().from_notebook_node(carnet)
    return Markup(body.strip())  # noqa: S704


@cache
def exportateur() -> "HTMLExporter":
    """Return the exporter, made once for all the notebooks of a process, its templates compiled once."""
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.exclude_input = True
    config.HTMLExporter.exclude_input_prompt = True
    config.HTMLExporter.exclude_output_prompt = True
    config.TagRemovePreprocessor.remove_cell_tags = {ETIQUETTE_ATELIER}
    exporter = HTMLExporter(config=config, template_name="carnet", extra_template_basedirs=[str(GABARITS)])
    exporter.register_preprocessor(TagRemovePreprocessor(config=config), enabled=True)
    return exporter
