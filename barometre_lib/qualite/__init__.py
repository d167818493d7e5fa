"""The quality gate: nothing that departs from the contract, or that nobody looked at, goes further."""

from barometre_lib.qualite.controle import examiner
from barometre_lib.qualite.suites import lire_suites

__all__ = ["examiner", "lire_suites"]
