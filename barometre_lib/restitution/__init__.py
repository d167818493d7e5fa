"""What a notebook shows: figures, tables, sentences. Tables in, pieces of page out."""

from barometre_lib.restitution.completude import section_completude
from barometre_lib.restitution.contexte import Contexte, ParametresCarnet, lire_parametres
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.parcours import section_parcours
from barometre_lib.restitution.qualite import (
    section_acquittements,
    section_bilan,
    section_corrections,
    section_suites,
)
from barometre_lib.restitution.sections import (
    section_annees,
    section_departements,
    section_exemples,
    section_methode,
    section_regions,
    section_secteurs,
    section_semestres,
)
from barometre_lib.restitution.tableaux import tableau, trier_par_libelle
from barometre_lib.restitution.textes import de_la_periode, entete, phrase

__all__ = [
    "Contexte",
    "Fragment",
    "ParametresCarnet",
    "de_la_periode",
    "entete",
    "lire_parametres",
    "phrase",
    "section_acquittements",
    "section_annees",
    "section_bilan",
    "section_completude",
    "section_corrections",
    "section_departements",
    "section_exemples",
    "section_methode",
    "section_parcours",
    "section_regions",
    "section_secteurs",
    "section_semestres",
    "section_suites",
    "tableau",
    "trier_par_libelle",
]
