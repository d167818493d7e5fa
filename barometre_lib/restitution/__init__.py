"""What a notebook shows: figures, tables, sentences. Tables in, pieces of page out."""

from barometre_lib.restitution.cartes import carte_regions as carte_regions
from barometre_lib.restitution.completude import section_completude as section_completude
from barometre_lib.restitution.constats import constater as constater
from barometre_lib.restitution.constats import entete as entete
from barometre_lib.restitution.constats import essentiel as essentiel
from barometre_lib.restitution.fragment import Fragment as Fragment
from barometre_lib.restitution.incompletes import section_bornes as section_bornes
from barometre_lib.restitution.incompletes import section_motifs as section_motifs
from barometre_lib.restitution.methodologie import page_methodologie as page_methodologie
from barometre_lib.restitution.parcours import section_parcours as section_parcours
from barometre_lib.restitution.qualite import section_acquittements as section_acquittements
from barometre_lib.restitution.qualite import section_bilan as section_bilan
from barometre_lib.restitution.qualite import section_corrections as section_corrections
from barometre_lib.restitution.qualite import section_suites as section_suites
from barometre_lib.restitution.resultats import lecture_emplois as lecture_emplois
from barometre_lib.restitution.resultats import section_sommes as section_sommes
from barometre_lib.restitution.revisees import section_provisoire as section_provisoire
from barometre_lib.restitution.sections import section_carte as section_carte
from barometre_lib.restitution.sections import section_exemples as section_exemples
from barometre_lib.restitution.sections import section_methode as section_methode
from barometre_lib.restitution.sections import section_recensement as section_recensement
from barometre_lib.restitution.sections import section_resultats as section_resultats
from barometre_lib.restitution.tableaux import de_la_periode as de_la_periode
from barometre_lib.restitution.tableaux import tableau as tableau
from barometre_lib.restitution.tableaux import trier_par_libelle as trier_par_libelle
