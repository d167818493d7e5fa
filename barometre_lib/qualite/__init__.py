"""The quality gate: nothing that departs from the contract, or that nobody looked at, goes further."""

from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.controle import ErreurControle, confronter, controler_releve, juger_releve, refuser_defauts
from barometre_lib.qualite.examen import examiner
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.qualite.suites import Controle, Gravite, Suite

__all__ = [
    "Bilan",
    "Constat",
    "Controle",
    "ControleRefuse",
    "ErreurControle",
    "Gravite",
    "Resultat",
    "Suite",
    "confronter",
    "controler_releve",
    "examiner",
    "juger_releve",
    "refuser_defauts",
]
