"""The named predicates of the suites, entered in the catalogue: a table in, the mask of its rows at fault out."""

from barometre_lib.qualite.predicats import coherence_ligne, coherence_registre, egalites, evolution

__all__ = ["coherence_ligne", "coherence_registre", "egalites", "evolution"]
