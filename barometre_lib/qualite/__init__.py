"""The quality gate: nothing that departs from the contract of the register goes further."""

from barometre_lib.qualite.controle import Bilan, ErreurControle, controler_releve, refuser_defauts

__all__ = ["Bilan", "ErreurControle", "controler_releve", "refuser_defauts"]
