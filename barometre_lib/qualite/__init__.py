"""The quality gate: nothing that departs from the contract, or that nobody looked at, goes further."""

from barometre_lib.qualite.bilan import Bilan, Constat, Resultat, etablir_resultats
from barometre_lib.qualite.controle import (
    ErreurControle,
    charger_controlable,
    confronter,
    controler_releve,
    examiner,
    juger_releve,
    refuser_defauts,
)
from barometre_lib.qualite.refus import ControleRefuse, dire_resultat
from barometre_lib.qualite.suites import Controle, Gravite, Suite, lire_suites
from barometre_lib.qualite.tables import construire_tables

__all__ = [
    "Bilan",
    "Constat",
    "Controle",
    "ControleRefuse",
    "ErreurControle",
    "Gravite",
    "Resultat",
    "Suite",
    "charger_controlable",
    "confronter",
    "construire_tables",
    "controler_releve",
    "dire_resultat",
    "etablir_resultats",
    "examiner",
    "juger_releve",
    "lire_suites",
    "refuser_defauts",
]
