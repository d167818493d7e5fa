"""How a row that the rules count becomes one that a given rule is the first to set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from grille import dernier_jour
from lignes import EXPANSIONS, Fabrique, Ligne, decimal, suivant


def ecarter(fabrique: Fabrique, ligne: Ligne, motif: str, releve: str) -> None:
    """Break a counted row so that the rule of `motif` sets it aside."""
    GESTES[motif](fabrique, ligne, releve)


def annoncer(fabrique: Fabrique, ligne: Ligne, releve: str, prevision: str) -> None:
    """Make a row not yet effective: announced for a semester, or at times dated after the last day.

    A closure or a reduction to come is never to be named.
    """
    if ligne["type_mouvement"] not in EXPANSIONS:
        ligne["citable"] = "non"
    fin = dernier_jour(releve)
    if not ligne["date_annonce"] or ligne["date_annonce"] > fin.isoformat():
        ligne["date_annonce"] = (fin - dt.timedelta(days=fabrique.alea.randint(0, 420))).isoformat()
    ligne["date_effet"] = fabrique.jour(prevision).isoformat()
    annonces = fabrique.reglages["annonces"]
    if fabrique.chance(annonces["avance"]):
        return
    ligne["statut"] = "annonce"
    if fabrique.chance(annonces["sans_date"]):
        ligne["date_effet"] = ""
    if ligne["type_mouvement"] in EXPANSIONS and fabrique.chance(annonces["sans_effectif"]):
        ligne["effectif"] = ""


def _abandonner(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    ligne["statut"] = "abandonne"
    for colonne in ("date_effet", "effectif"):
        ligne[colonne] = "" if fabrique.chance(60) else ligne[colonne]


def _annoncer_plus_tard(fabrique: Fabrique, ligne: Ligne, releve: str) -> None:
    annoncer(fabrique, ligne, releve, suivant(releve))


def _antidater(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    """Date a row before the period, at times by one day."""
    veille = dt.date.fromisoformat(fabrique.reglages["regles"]["debut"]) - dt.timedelta(days=1)
    jours = 0 if fabrique.chance(20) else fabrique.alea.randint(1, 700)
    fabrique.dater(ligne, veille - dt.timedelta(days=jours))


def _sortir_du_champ(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    codes = fabrique.naf["hors_champ"]
    ligne["code_naf"] = fabrique.alea.choice(codes.get(ligne["sous_secteur"], codes["defaut"]))
    if fabrique.chance(20):
        rapetisser(ligne, fabrique.alea.randint(2, fabrique.seuil_effectif))


def _rendre_artisanal(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    ligne["code_naf"], ligne["activite"] = fabrique.alea.choice(list(fabrique.naf["artisanat"].items()))
    if fabrique.chance(50):
        rapetisser(ligne, fabrique.alea.randint(2, fabrique.seuil_effectif))


def _taire_effectif(_: Fabrique, ligne: Ligne, __: str) -> None:
    ligne["effectif"] = ""


def _passer_sous_le_seuil(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    """Give a headcount at the threshold, which is not enough, or below."""
    seuil = fabrique.seuil_effectif
    rapetisser(ligne, seuil if fabrique.chance(18) else fabrique.alea.randint(2, seuil - 1))


def _amoindrir(fabrique: Fabrique, ligne: Ligne, _: str) -> None:
    """Make an extension or a reduction too small, at times by a tenth of a point, or judged not equal to a site."""
    seuil = fabrique.seuil_variation
    cas = fabrique.alea.choice(("juste", "jugee", "inconnue", "petite", "petite", "petite"))
    dixiemes = {"juste": seuil * 10 - 1, "jugee": seuil * 15, "inconnue": 0}.get(
        cas, fabrique.alea.randint(5, seuil - 2) * 10
    )
    ligne["assimilable_site"] = "non" if cas == "jugee" else ""
    ligne["variation_production"] = fabrique.signee(ligne, dixiemes)


def rapetisser(ligne: Ligne, effectif: int) -> None:
    """Give a small headcount, with jobs, investment and area in proportion."""
    ancien = int(ligne["effectif"])
    ligne["effectif"] = str(effectif)
    if ligne["emplois"]:
        ligne["emplois"] = str(max(1, int(ligne["emplois"]) * effectif // ancien))
    if ligne["investissement_meur"]:
        dixiemes = round(float(ligne["investissement_meur"]) * 10) * effectif // ancien
        ligne["investissement_meur"] = decimal(max(1, dixiemes))
    if ligne["surface_m2"]:
        ligne["surface_m2"] = str(int(ligne["surface_m2"]) * effectif // ancien // 50 * 50 + 100)


GESTES: dict[str, Callable[[Fabrique, Ligne, str], None]] = {
    "abandonne": _abandonner,
    "non_effectif": _annoncer_plus_tard,
    "hors_periode": _antidater,
    "hors_champ": _sortir_du_champ,
    "artisanat": _rendre_artisanal,
    "effectif_manquant": _taire_effectif,
    "sous_seuil": _passer_sous_le_seuil,
    "non_significatif": _amoindrir,
}
