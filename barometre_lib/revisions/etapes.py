"""The steps by which the records of the earlier relève take the values of the later one, in the order of the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from barometre_lib.revisions.causes import Cause
from barometre_lib.vocabulaire import Statut

# What the rules and the cells read of a row, derived columns included: whatever else changes has no effect. The other
# columns of a step are read through these.
LUES = (
    *("statut", "date_effet", "semestre", "region", "departement", "code_naf", "effectif", "type_mouvement"),
    *("variation_production", "assimilable_site", "cle_site", "id_mouvement", "source", "sous_secteur"),
)


@dataclass(frozen=True)
class Etape:
    """One step: columns of the register whose later values are taken."""

    nom: str
    colonnes: tuple[str, ...]
    cause: Callable[[Any, Any], Cause]  # of a row that `LUES` tell from what it was, before and after
    situe: bool = False  # whether the place, the site or the semester follow


def _calendrier(before: Any, after: Any) -> Cause:
    if after.statut == Statut.ABANDONNE:
        return Cause.ABANDON
    if before.statut != Statut.EFFECTIF and after.statut == Statut.EFFECTIF:
        return Cause.REALISATION
    if before.statut == Statut.EFFECTIF and after.statut == Statut.ANNONCE:
        return Cause.ANNULATION
    if pd.isna(after.date_effet) and not pd.isna(before.date_effet):
        return Cause.ANNULATION
    return Cause.DATE_RENSEIGNEE if pd.isna(before.date_effet) and before.statut == after.statut else Cause.DATE


def _lieu(before: Any, after: Any) -> Cause:
    return Cause.LIEU if before.region != after.region else Cause.LIEU_DEPARTEMENT


def _effectif(before: Any, after: Any) -> Cause:
    if pd.isna(before.effectif):
        return Cause.EFFECTIF_RENSEIGNE
    return Cause.EFFECTIF_RETIRE if pd.isna(after.effectif) else Cause.EFFECTIF_CORRIGE


def _nature(before: Any, after: Any) -> Cause:
    return Cause.REQUALIFICATION if before.type_mouvement != after.type_mouvement else Cause.SIGNIFICATIVITE


def _identite(before: Any, after: Any) -> Cause:
    renamed = before.id_mouvement != after.id_mouvement and before.cle_site == after.cle_site
    return Cause.IDENTIFIANT_CHANGE if renamed else Cause.IDENTITE


IDENTITE = Etape(
    "identite",
    # Answers to pairs rest on the day of the announcement too: they change here, all at once.
    ("id_mouvement", "siret", "nom_site", "entreprise", "date_annonce"),
    _identite,
    situe=True,
)
ETAPES = (
    Etape("calendrier", ("statut", "date_effet"), _calendrier, situe=True),
    Etape("lieu", ("code_commune",), _lieu, situe=True),
    Etape("champ", ("code_naf",), lambda *_: Cause.CHAMP),
    Etape("effectif", ("effectif", "effectif_au"), _effectif),
    Etape("nature", ("type_mouvement", "variation_production", "assimilable_site"), _nature),
    IDENTITE,
    Etape("source", ("source",), lambda *_: Cause.SOURCE),
    Etape("secteur", ("sous_secteur",), lambda *_: Cause.SECTEUR),
)
