"""The collection: the workbook sent to a region, and what comes back, brought to the register or refused."""

from barometre_lib.collecte.destination import Destination, viser
from barometre_lib.collecte.feuille import FichierIllisible
from barometre_lib.collecte.integration import Integration, integrer
from barometre_lib.collecte.messages import FichierRefuse, lister_changements
from barometre_lib.collecte.modele import faire_modele
from barometre_lib.collecte.nouvelle_releve import ouvrir_releve

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
