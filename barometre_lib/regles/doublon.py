"""Rule 9: is the same event of the same site reported twice?

Unlike the others, this rule looks at other rows: those of one site that pass rules 1 to 8, in the
order of `date_effet` then `id_mouvement`.
"""

from datetime import date

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Column that tells which rows passed rules 1 to 8; the others take no part in the order.
RETENU = "_retenu"
# Column that tells within what a row follows another one of its site. Openings and closures make one series, whatever
# the semester: a site does not open twice without closing. The extensions of one semester make another, and so do
# its reductions.
SERIE = "_serie"
SERIE_DU_SITE = (
    nw.when(nw.col("type_mouvement").is_in([TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value]))
    .then(nw.lit(""))
    .otherwise(nw.concat_str("type_mouvement", "semestre"))
)


def _doublon(_: ParametresRegles) -> nw.Expr:
    order = ["date_effet", "id_mouvement"]
    previous = nw.col("type_mouvement").shift(1).over("cle_site", RETENU, SERIE, order_by=order)
    return nw.col(RETENU) & (previous == nw.col("type_mouvement")).fill_null(False)


DOUBLON = Regle(
    9,
    Motif.DOUBLON,
    "Déjà compté",
    "Un site ne s'ouvre ni ne se ferme deux fois de suite ; une extension ou une réduction du même site "
    "ne compte qu'une fois par semestre.",
    _doublon,
    depuis=date(2022, 1, 1),
)
