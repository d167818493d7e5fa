"""Expectations of ours, written for Great Expectations: to import this folder registers them all.

>>> import great_expectations, yaml
>>> import barometre_lib.qualite.attentes
>>> suite = great_expectations.ExpectationSuite(**yaml.safe_load(open("params/qualite/3_coherence_ligne.yaml")))
"""

from barometre_lib.qualite.attentes import evolution, ligne, registre

__all__ = ["evolution", "ligne", "registre"]
