"""Parameters: the values of the rules (`params/regles`), the field, and the editions (`params/releves`)."""

from barometre_lib.parametres.edition import Acquittement, Edition, chemin_edition, lire_edition
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.parametres.regles import (
    NOMS_PARAMETRES,
    Parametre,
    ParametresRegles,
    lire_parametres_regles,
)

__all__ = [
    "NOMS_PARAMETRES",
    "Acquittement",
    "Edition",
    "Parametre",
    "ParametresRegles",
    "chemin_edition",
    "lire_edition",
    "lire_parametres_regles",
    "lire_yaml",
]
