"""The named predicates of the suites: a table in, the mask of its rows at fault out."""

from barometre_lib.qualite.predicats import coherence_ligne, coherence_registre, evolution, sorties
from barometre_lib.qualite.predicats.catalogue import PREDICATS, Predicat

__all__ = ["PREDICATS", "Predicat", "coherence_ligne", "coherence_registre", "evolution", "sorties"]
