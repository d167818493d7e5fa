"""Parameters: the rules (`params/regles`), the field, the editions (`params/releves`), the press contacts."""

from barometre_lib.parametres.carnets import Catalogue, Diffusion, Page, Serie, lire_catalogue, lire_code
from barometre_lib.parametres.edition import ETATS, Acquittement, Edition, chemin_edition, lire_edition
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.parametres.region import Contact, chemins_contacts, lire_contacts
from barometre_lib.parametres.regles import (
    NOMS_PARAMETRES,
    Parametre,
    ParametresRegles,
    lire_parametres_regles,
    lire_valeurs_datees,
)

__all__ = [
    "ETATS",
    "NOMS_PARAMETRES",
    "Acquittement",
    "Catalogue",
    "Contact",
    "Diffusion",
    "Edition",
    "Page",
    "Parametre",
    "ParametresRegles",
    "Serie",
    "chemin_edition",
    "chemins_contacts",
    "lire_catalogue",
    "lire_code",
    "lire_contacts",
    "lire_edition",
    "lire_parametres_regles",
    "lire_valeurs_datees",
    "lire_yaml",
]
