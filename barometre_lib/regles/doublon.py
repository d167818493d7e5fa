"""Rule 9: is the same event of the same site reported twice?

Unlike the others, this rule looks at other rows: those of one site that pass rules 1 to 8, in the
order of `date_effet` then `id_mouvement`.
"""

import narwhals as nw

from barometre_lib.parametres import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Column that tells which rows passed rules 1 to 8; the others take no part in the order.
RETENU = "_retenu"
# What opens or closes a site, as opposed to what changes it.
SITE = nw.col("type_mouvement").is_in([TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value])


def _previous_type(*within: str) -> nw.Expr:
    return nw.col("type_mouvement").shift(1).over(*within, order_by=["date_effet", "id_mouvement"])


def _doublon(_: ParametresRegles) -> nw.Expr:
    site = nw.col("_site")
    # A site does not open twice without closing, whatever the semester.
    reopened = (_previous_type("cle_site", RETENU, "_site") == nw.col("type_mouvement")).fill_null(False)
    # Within one type and one semester, whatever has a predecessor follows one of the same type.
    repeated = ~_previous_type("cle_site", RETENU, "type_mouvement", "semestre").is_null()
    return nw.col(RETENU) & ((site & reopened) | (~site & repeated))


DOUBLON = Regle(
    Motif.DOUBLON,
    "Déjà compté",
    "Un site ne s'ouvre ni ne se ferme deux fois de suite ; une extension ou une réduction du même site "
    "ne compte qu'une fois par semestre.",
    _doublon,
)
