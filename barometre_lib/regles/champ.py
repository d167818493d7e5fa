"""Rules 4 and 5: is the production carried out on the site industrial, and not a craft?"""

from datetime import date
from itertools import groupby

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif


def _hors_champ(parametres: ParametresRegles) -> nw.Expr:
    # The longest prefix of params/champ_industrie.csv decides. Runs of consecutive codes, and not the list of all of
    # them: an engine may compare each row with each of 539 codes, where these are nine runs. A code of NAF 2025 that is
    # to be asked is in none.
    inside, names = set(parametres.naf_du_champ), parametres.nomenclatures
    runs = [list(run) for kept, run in groupby(sorted([*names.naf, *names.naf_2025]), inside.__contains__) if kept]
    code = nw.col("code_naf")
    return ~nw.any_horizontal(*((code >= run[0]) & (code <= run[-1]) for run in runs), ignore_nulls=False)


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
