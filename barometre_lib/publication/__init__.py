"""Pages: the HTML template, the export of notebooks, the index."""

from barometre_lib.publication.carnet import convertir
from barometre_lib.publication.pages import habiller, index

__all__ = ["convertir", "habiller", "index"]
