"""What a notebook shows: figures, tables, sentences. Tables in, pieces of page out."""

from barometre_lib.restitution.cartes import carte_regions
from barometre_lib.restitution.completude import section_completude
from barometre_lib.restitution.evolutions import lecture_annees, lecture_semestres, section_provisoire
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.methodologie import page_methodologie
from barometre_lib.restitution.parcours import section_parcours
from barometre_lib.restitution.qualite import (
    section_acquittements,
    section_bilan,
    section_corrections,
    section_suites,
)
from barometre_lib.restitution.resultats import lecture_emplois, lecture_secteurs, phrase, section_resultats
from barometre_lib.restitution.sections import (
    entete,
    indicateur,
    section_annees,
    section_carte,
    section_carte_departements,
    section_departements,
    section_exemples,
    section_methode,
    section_regions,
    section_secteurs,
    section_semestres,
)
from barometre_lib.restitution.sommes import section_sommes
from barometre_lib.restitution.tableaux import de_la_periode, tableau, trier_par_libelle

__all__ = [
    "Fragment",
    "carte_regions",
    "de_la_periode",
    "entete",
    "indicateur",
    "lecture_annees",
    "lecture_emplois",
    "lecture_secteurs",
    "lecture_semestres",
    "page_methodologie",
    "phrase",
    "section_acquittements",
    "section_annees",
    "section_bilan",
    "section_carte",
    "section_carte_departements",
    "section_completude",
    "section_corrections",
    "section_departements",
    "section_exemples",
    "section_methode",
    "section_parcours",
    "section_provisoire",
    "section_regions",
    "section_resultats",
    "section_secteurs",
    "section_semestres",
    "section_sommes",
    "section_suites",
    "tableau",
    "trier_par_libelle",
]
