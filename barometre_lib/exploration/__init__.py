"""A relève explored by hand, in a notebook: widgets choose, counts, map, rows and reasons follow. For the desk."""

from barometre_lib.exploration.choix import Exploration

__all__ = ["Exploration"]
