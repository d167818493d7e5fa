"""The nine rules that decide which movements count."""

from barometre_lib.regles.decision import (
    REGLES,
    decider,
    ecarter_doublons,
    etablir_decisions,
    libelles_motifs,
    regles_en_vigueur,
    retenir,
)
from barometre_lib.regles.regle import Regle

__all__ = [
    "REGLES",
    "Regle",
    "decider",
    "ecarter_doublons",
    "etablir_decisions",
    "libelles_motifs",
    "regles_en_vigueur",
    "retenir",
]
