"""Why a movement's contribution changed between two relèves: a closed list, and the family that the public reads."""

import re
from collections.abc import Container, Iterable
from enum import StrEnum

from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.variante import LIBELLES
from barometre_lib.registre.corrections import Correction


class Cause(StrEnum):
    """A cause, in the order of the steps; `methode:<name>`, of a parameter or rule, is the one open form."""

    RETRAIT = "retrait"
    REALISATION = "realisation"
    DATE_RENSEIGNEE = "date_renseignee"
    ANNULATION = "annulation"
    ABANDON = "abandon"
    DATE = "date"
    LIEU = "lieu"
    LIEU_DEPARTEMENT = "lieu_departement"
    CHAMP = "champ"
    EFFECTIF_RENSEIGNE = "effectif_renseigne"
    EFFECTIF_CORRIGE = "effectif_corrige"
    EFFECTIF_RETIRE = "effectif_retire"
    REQUALIFICATION = "requalification"
    SIGNIFICATIVITE = "significativite"
    IDENTITE = "identite"
    IDENTIFIANT_CHANGE = "identifiant_change"
    IDENTIFIANT_INCERTAIN = "identifiant_incertain"  # moves nothing: it is told beside another cause
    SOURCE = "source"
    SECTEUR = "secteur"
    DETECTION = "detection"
    PERIODE_NOUVELLE = "periode_nouvelle"
    EVENEMENT_REDATE = "evenement_redate"


CAUSES: dict[str, str] = {
    Cause.RETRAIT: "Mouvement retiré du registre",
    Cause.REALISATION: "Annonce devenue effective",
    Cause.DATE_RENSEIGNEE: "Date d'effet renseignée",
    Cause.ANNULATION: "Mouvement redevenu une annonce",
    Cause.ABANDON: "Projet abandonné",
    Cause.DATE: "Date d'effet corrigée",
    Cause.LIEU: "Région corrigée",
    Cause.LIEU_DEPARTEMENT: "Commune corrigée dans la région",
    Cause.CHAMP: "Activité corrigée",
    Cause.EFFECTIF_RENSEIGNE: "Effectif renseigné",
    Cause.EFFECTIF_CORRIGE: "Effectif corrigé",
    Cause.EFFECTIF_RETIRE: "Effectif retiré",
    Cause.REQUALIFICATION: "Type de mouvement corrigé",
    Cause.SIGNIFICATIVITE: "Ampleur corrigée ou renseignée",
    Cause.IDENTITE: "Identité du site modifiée",
    Cause.IDENTIFIANT_CHANGE: "Identifiant changé",
    Cause.IDENTIFIANT_INCERTAIN: "Identifiant peut-être changé : plusieurs lignes y répondent",
    Cause.SOURCE: "Source du signalement corrigée",
    Cause.SECTEUR: "Secteur corrigé",
    Cause.DETECTION: "Mouvement signalé après coup",
    Cause.PERIODE_NOUVELLE: "Période que la relève antérieure ne couvrait pas",
    Cause.EVENEMENT_REDATE: "Événement daté d'une période nouvelle par une meilleure source",
}
# Of a cause that is a change of the method.
METHODE = "methode:"
CHAMP_DES_REGLES, NOMS_GENERIQUES = "champ", "noms_generiques"
_AUTRES_METHODES = {CHAMP_DES_REGLES: "champ de l'industrie", NOMS_GENERIQUES: "noms qui ne désignent aucun site"}


class Famille(StrEnum):
    """What official statistics call a revision."""

    METHODE = "methode"
    CORRECTION = "correction"
    ROUTINE = "routine"


FAMILLES: dict[str, str] = {
    Famille.METHODE: "Révision de méthode",
    Famille.CORRECTION: "Correction d'erreur",
    Famille.ROUTINE: "Révision de routine",
}


def libelle_cause(cause: str) -> str:
    """Return a cause in plain French, that of a parameter or of a rule naming it."""
    if cause.startswith(METHODE):
        name = cause.removeprefix(METHODE)
        return f"Méthode : {(LIBELLES | _AUTRES_METHODES).get(name, f'règle « {name} »')}"
    return CAUSES[cause]


def famille(cause: str, mouvement: str, corriges: Container[str]) -> str:
    """Return the family of a change, empty for what is new and revises nothing.

    `mouvement` is the one whose record is the origin of the change, `corriges` are those said to be errors.
    """
    if cause == Cause.PERIODE_NOUVELLE:
        return ""
    if cause.startswith(METHODE):
        return Famille.METHODE
    return Famille.CORRECTION if mouvement in corriges else Famille.ROUTINE


def nommer_corriges(edition: Edition | None, corrections: Iterable[Correction]) -> frozenset[str]:
    """Return what may be a movement in the reason of a rectification, and the movements that corrections speak of."""
    told = edition.rectificatif if edition else ""
    # An identifier may hold dots and hyphens; a sentence ends with a dot.
    words = {word.strip(".-") for word in re.findall(r"[A-Za-z0-9_.-]+", told)}
    return frozenset(words) | {one.mouvement for one in corrections}
