"""Rules 4 and 5: is the production carried out on the site industrial, and not a craft?"""

import narwhals as nw

from barometre_lib.parametres import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif


def _hors_champ(parametres: ParametresRegles) -> nw.Expr:
    # The longest prefix of params/champ_industrie.csv decides.
    return ~nw.col("code_naf").is_in(parametres.naf_du_champ)


def _artisanat(parametres: ParametresRegles) -> nw.Expr:
    return nw.col("code_naf").is_in(parametres.naf_artisanat)


HORS_CHAMP = Regle(
    Motif.HORS_CHAMP,
    "Hors du champ de l'industrie",
    "Le champ est l'industrie : le code NAF de la production exercée sur le site en décide.",
    _hors_champ,
)
ARTISANAT = Regle(
    Motif.ARTISANAT,
    "Activité artisanale",
    "Les activités de la liste artisanale du champ ne sont pas comptées.",
    _artisanat,
)
