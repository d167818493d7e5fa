"""The nine rules that decide which movements count."""

from barometre_lib.regles.decision import REGLES, decider, etablir_decisions, regles_en_vigueur, retenir
from barometre_lib.regles.regle import Regle

__all__ = ["REGLES", "Regle", "decider", "etablir_decisions", "regles_en_vigueur", "retenir"]
