"""Rules 6 to 8: is the site large enough, and the change of its production significant?"""

from datetime import date

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import TYPES_BAISSE, Motif, TypeMouvement


def _effectif_manquant(_: ParametresRegles) -> nw.Expr:
    # Typed once the site is closed, 0 says nothing of how many people it employed.
    emptied = nw.col("type_mouvement").is_in([one.value for one in TYPES_BAISSE]) & (nw.col("effectif") == 0)
    return nw.col("effectif").is_null() | emptied.fill_null(False)


def _sous_seuil(parametres: ParametresRegles) -> nw.Expr:
    # "plus de 20 salariés": strictly more, so a site with exactly the threshold is set aside.
    return (nw.col("effectif") <= parametres.seuil_effectif).fill_null(False)


def _significativite_inconnue(_: ParametresRegles) -> nw.Expr:
    # Unknown is not small: nothing is said of the change, by the service or by its production.
    changed = nw.col("type_mouvement").is_in([TypeMouvement.EXTENSION.value, TypeMouvement.REDUCTION.value])
    return changed & nw.col("assimilable_site").is_null() & nw.col("variation_production").is_null()


def _non_significatif(parametres: ParametresRegles) -> nw.Expr:
    extension = nw.col("type_mouvement") == TypeMouvement.EXTENSION.value
    reduction = nw.col("type_mouvement") == TypeMouvement.REDUCTION.value
    judged_different = ~nw.col("assimilable_site").fill_null(True)
    not_judged = nw.col("assimilable_site").is_null()
    variation = nw.col("variation_production")
    too_little_growth = (variation < parametres.seuil_variation_extension).fill_null(False)
    too_little_fall = (variation > parametres.seuil_variation_reduction).fill_null(False)
    return (extension & (judged_different | (not_judged & too_little_growth))) | (
        reduction & (judged_different | (not_judged & too_little_fall))
    )


EFFECTIF_MANQUANT = Regle(
    6,
    Motif.EFFECTIF_MANQUANT,
    "Effectif inconnu",
    "Un site dont l'effectif salarié n'est pas connu n'est pas compté ; un effectif nul ne dit rien d'une fermeture ni "
    "d'une réduction.",
    _effectif_manquant,
    depuis=date(2022, 1, 1),
)
SOUS_SEUIL = Regle(
    7,
    Motif.SOUS_SEUIL,
    "Site trop petit",
    "Seuls les sites de plus de {seuil_effectif} sont comptés.",
    _sous_seuil,
    depuis=date(2022, 1, 1),
)
SIGNIFICATIVITE_INCONNUE = Regle(
    8,
    Motif.SIGNIFICATIVITE_INCONNUE,
    "Ampleur inconnue",
    "Une extension ou une réduction dont ni le jugement du service ni la variation de la production ne sont connus "
    "n'est pas comptée.",
    _significativite_inconnue,
    depuis=date(2022, 1, 1),
)
NON_SIGNIFICATIF = Regle(
    8,
    Motif.NON_SIGNIFICATIF,
    "Extension ou réduction non significative",
    "Une extension ou une réduction compte si le service juge son effet assimilable à l'ouverture ou à la "
    "fermeture d'un site ; sans ce jugement, il faut une hausse de la production d'au moins "
    "{seuil_variation_extension}, ou une baisse d'au moins {seuil_variation_reduction}.",
    _non_significatif,
    depuis=date(2022, 1, 1),
)
