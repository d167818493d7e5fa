"""The collection: the workbook sent to a region, and what comes back, brought to the register or refused."""

from barometre_lib.collecte.destination import Destination, viser
from barometre_lib.collecte.grille import FichierIllisible
from barometre_lib.collecte.integration import FichierRefuse, Integration, integrer, lister_changements
from barometre_lib.collecte.modele import faire_modele, ouvrir_releve

__all__ = [
    "Destination",
    "FichierIllisible",
    "FichierRefuse",
    "Integration",
    "faire_modele",
    "integrer",
    "lister_changements",
    "ouvrir_releve",
    "viser",
]
