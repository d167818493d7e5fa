"""Rules 1 to 3: has the movement happened, and within the period?"""

from datetime import date, datetime, time

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif, Statut


def _midnight(day: date) -> nw.Expr:
    return nw.lit(datetime.combine(day, time.min))


def _abandonne(_: ParametresRegles) -> nw.Expr:
    return nw.col("statut") == Statut.ABANDONNE.value


def _non_effectif(parametres: ParametresRegles) -> nw.Expr:
    # "first production out of the plant, or last one": a date still to come is not yet a fact.
    announced = nw.col("statut") == Statut.ANNONCE.value
    undated = nw.col("date_effet").is_null()
    to_come = (nw.col("date_effet") > _midnight(parametres.fin_periode)).fill_null(False)
    # Of a region that was late nothing is known after its last update.
    for region, updated in parametres.lacunes.actualisees.items():
        after = (nw.col("date_effet") > _midnight(updated.dernier_jour)).fill_null(False)
        to_come |= (nw.col("region") == region) & after
    return announced | undated | to_come


def _hors_periode(parametres: ParametresRegles) -> nw.Expr:
    return (nw.col("date_effet") < _midnight(parametres.debut_periode)).fill_null(False)


ABANDONNE = Regle(
    1,
    Motif.ABANDONNE,
    "Projet abandonné",
    "Un mouvement abandonné n'est pas compté.",
    _abandonne,
    depuis=date(2022, 1, 1),
)
NON_EFFECTIF = Regle(
    2,
    Motif.NON_EFFECTIF,
    "Production non engagée ou non arrêtée",
    "Un mouvement compte à la première production sortie de l'usine, ou à la dernière ; "
    "un mouvement annoncé, sans date d'effet ou daté d'après la relève n'est pas compté.",
    _non_effectif,
    depuis=date(2022, 1, 1),
)
HORS_PERIODE = Regle(
    3,
    Motif.HORS_PERIODE,
    "Antérieur à la période",
    "Le baromètre recense les mouvements depuis le {debut_periode}.",
    _hors_periode,
    depuis=date(2022, 1, 1),
)
