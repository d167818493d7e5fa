"""What the server that workers are forked from does once, when it imports this module, so that no worker has to.

`multiprocessing` gives it names of modules and nothing else; a worker imports nothing after that.
"""

from contextlib import suppress

import nbconvert.exporters.html  # noqa: F401
import papermill.clientwrap  # noqa: F401
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import barometre_lib.campagne.execution
import barometre_lib.noyaux.fourniture  # noqa: F401
from barometre_lib.publication.carnet import convertir


def exporter_a_blanc() -> None:
    """Export a notebook that says nothing: the templates are then compiled."""
    output = new_output("display_data", {"text/html": "<p></p>", "image/png": "", "text/plain": ""})
    stream = new_output("stream", text="")
    convertir(new_notebook(cells=[new_markdown_cell("#"), new_code_cell("1", outputs=[output, stream])]))


# What fails here fails again on the first page, and is said then.
with suppress(Exception):
    exporter_a_blanc()
