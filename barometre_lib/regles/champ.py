"""Rules 4 and 5: is the production carried out on the site industrial, and not a craft?"""

from datetime import date

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif


def _hors_champ(parametres: ParametresRegles) -> nw.Expr:
    # The longest prefix of params/champ_industrie.csv decides. Its divisions, less some of their codes, and not the
    # list of all of them: an engine may compare each row with each of 539. A code that is to be asked is in none.
    inside, names = {*parametres.naf_du_champ}, parametres.nomenclatures
    divisions = {code[:2] for code in inside}
    apart = [code for code in sorted({*names.naf, *names.naf_2025} - inside) if code[:2] in divisions]
    code = nw.col("code_naf")
    return ~code.str.slice(0, 2).is_in(sorted(divisions)) | code.is_in(apart)


def _artisanat(parametres: ParametresRegles) -> nw.Expr:
    return nw.col("code_naf").is_in(parametres.naf_artisanat)


HORS_CHAMP = Regle(
    4,
    Motif.HORS_CHAMP,
    "Hors du champ de l'industrie",
    "Le champ est l'industrie : le code NAF de la production exercée sur le site en décide.",
    _hors_champ,
    depuis=date(2022, 1, 1),
)
ARTISANAT = Regle(
    5,
    Motif.ARTISANAT,
    "Activité artisanale",
    "Les activités de la liste artisanale du champ ne sont pas comptées.",
    _artisanat,
    depuis=date(2022, 1, 1),
)
