"""Baromètre industriel de l'État: from the register of movements to the published pages."""

from barometre_lib.barometre import Barometre

__all__ = ["Barometre"]
