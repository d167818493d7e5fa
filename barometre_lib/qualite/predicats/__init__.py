"""The named predicates of the suites: a table in, the mask of its rows at fault out."""

from barometre_lib.qualite.predicats import coherence_ligne, coherence_registre, evolution, sorties
from barometre_lib.qualite.predicats.catalogue import PREDICATS, Predicat, attendu, convient

__all__ = [
    "PREDICATS",
    "Predicat",
    "attendu",
    "coherence_ligne",
    "coherence_registre",
    "convient",
    "evolution",
    "sorties",
]
