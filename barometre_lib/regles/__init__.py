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
from barometre_lib.regles.etude import ecarter_de_l_etude
from barometre_lib.regles.liens import Liens, lire_liens
from barometre_lib.regles.regle import Regle

__all__ = [
    "REGLES",
    "Liens",
    "Regle",
    "decider",
    "ecarter_de_l_etude",
    "ecarter_doublons",
    "etablir_decisions",
    "libelles_motifs",
    "lire_liens",
    "regles_en_vigueur",
    "retenir",
]
