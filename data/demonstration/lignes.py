"""Rows of the register: made so that the rules count them, or so that one given rule sets them aside."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

from grille import dernier_jour, premier_jour, semestre_du
from lieux import Lieu, Lieux
from noms import Noms
from plan import Cellule

COLONNES = tuple(
    "id_mouvement type_mouvement nom_site entreprise siret code_commune code_naf sous_secteur statut "  # noqa: SIM905
    "date_annonce date_effet effectif variation_production assimilable_site emplois investissement_meur "
    "surface_m2 capacite activite aides source citable commentaire".split()
)
EXPANSIONS = ("ouverture", "extension")
VARIATIONS = ("extension", "reduction")
# Bounds and frequencies of headcounts: many small factories, few large ones.
TRANCHES = ((21, 29), (30, 49), (50, 99), (100, 249), (250, 499), (500, 1400))
FREQUENCES = (26, 27, 25, 15, 5, 2)
MAXIMUMS = {"extension": 180, "reduction": 90}  # variations of production, in %
Ligne = dict[str, str]


class Site(NamedTuple):
    """What identifies a place of production, whatever happens there."""

    nom_site: str
    entreprise: str
    siret: str
    lieu: Lieu
    code_naf: str
    activite: str


class Fabrique:
    """Make rows from the settings, the lexicon and one stream of random numbers."""

    def __init__(
        self, reglages: Mapping[str, Any], lexique: Mapping[str, Any], naf: Mapping[str, Any], alea: random.Random
    ) -> None:
        self.reglages, self.naf, self.alea = reglages, naf, alea
        self.lieux, self.noms, self._lexique = Lieux(), Noms(lexique, alea), lexique

    @property
    def seuil_effectif(self) -> int:
        """Headcount at which a site is still set aside."""
        seuil: int = self.reglages["regles"]["seuil_effectif"]
        return seuil

    @property
    def seuil_variation(self) -> int:
        """Variation of production, in %, from which a movement is significant."""
        seuil: int = self.reglages["regles"]["seuil_variation"]
        return seuil

    def chance(self, pour_cent: int) -> bool:
        """Draw an event of a given chance."""
        return self.alea.randrange(100) < pour_cent

    def tirer(self, frequences: Mapping[str, int]) -> str:
        """Draw a key in proportion to its value."""
        return self.alea.choices(list(frequences), weights=list(frequences.values()))[0]

    def site(self, region: str, sous_secteur: str, lieu: Lieu | None = None) -> Site:
        """Invent a site, in a place drawn in the region unless one is given."""
        lieu = lieu or self.lieux.tirer(self.alea, region, self.reglages)
        code_naf, (metier, activite) = self.alea.choice(list(self.naf["champ"][sous_secteur].items()))
        firme = self.noms.entreprise(metier)
        nom = self.noms.site(firme, lieu.nom, rare=self.chance(2))
        entreprise = "" if self.chance(10) else f"{firme}{self.noms.mention}"
        siret = "" if self.chance(self.reglages["siret_vide"]) else self.noms.siret()
        return Site(nom, entreprise, siret, lieu, code_naf, activite)

    def ligne(self, site: Site, cellule: Cellule) -> Ligne:
        """Make a row that the rules count in a cell."""
        expansion = cellule.type_mouvement in EXPANSIONS
        ligne = dict.fromkeys(COLONNES, "")
        ligne.update(
            nom_site=site.nom_site,
            entreprise=site.entreprise,
            siret=site.siret,
            code_commune=site.lieu.code_saisi,
            code_naf=site.code_naf,
            activite=site.activite,
            capacite=self.capacite(cellule.sous_secteur) if expansion and self.chance(15) else "",
            aides=self.alea.choice(self._lexique["aides"]) if expansion and self.chance(25) else "",
            source=self.tirer(self.reglages["sources"]),
            citable="oui" if self.chance(self.reglages["citable"]) else "non",
        )
        self.compter(ligne, cellule)
        self._detailler(ligne)
        return ligne

    def capacite(self, sous_secteur: str) -> str:
        """Invent a capacity, in the unit of the sous_secteur."""
        return f"{self.alea.choice((2, 5, 8, 12, 20, 35, 60, 90))} 000 {self.naf['unites'][sous_secteur]} par an"

    def _detailler(self, ligne: Ligne) -> None:
        """Fill jobs, investment, area and comment, in keeping with the headcount and the type."""
        type_mouvement, effectif, alea = ligne["type_mouvement"], int(ligne["effectif"]), self.alea
        bornes = {"ouverture": (55, 100), "extension": (5, 40), "fermeture": (85, 100), "reduction": (25, 65)}
        part = alea.randint(*bornes[type_mouvement])
        if type_mouvement == "ouverture" and self.chance(8):
            part = alea.randint(110, 200)  # a target
        ligne["emplois"] = "" if self.chance(15) else str(max(1, effectif * part // 100))
        if type_mouvement in EXPANSIONS:
            milliers = effectif * alea.randint(40, 420)
            ligne["investissement_meur"] = "" if self.chance(30) else decimal(milliers // 100)
            ligne["surface_m2"] = "" if self.chance(40) else str(effectif * alea.randint(4, 15) * 10 // 100 * 100 + 500)
        commentaires = self._lexique["commentaires"][type_mouvement]
        ligne["commentaire"] = alea.choice(commentaires) if self.chance(35) else ""

    def jour(self, semestre: str) -> dt.date:
        """Draw a day of a semester; its first and last days come more often than by chance."""
        debut, fin = premier_jour(semestre), dernier_jour(semestre)
        bord = self.alea.randrange(100)
        if bord < 8:
            return debut if bord < 4 else fin
        return debut + dt.timedelta(days=self.alea.randint(0, (fin - debut).days))

    def effectif(self) -> int:
        """Draw a headcount above the threshold, at times by one only."""
        tranche = self.alea.choices(TRANCHES, weights=FREQUENCES)[0]
        return self.seuil_effectif + 1 if self.chance(4) else self.alea.randint(*tranche)

    def compter(self, ligne: Ligne, cellule: Cellule) -> None:
        """Bring a row to what the rules count in a cell, changing no more than needed."""
        ancien_type = ligne["type_mouvement"]
        ligne.update(type_mouvement=cellule.type_mouvement, sous_secteur=cellule.sous_secteur, statut="effectif")
        if not ligne["date_effet"] or semestre_du(ligne["date_effet"]) != cellule.semestre:
            self.dater(ligne, self.jour(cellule.semestre))
        if not ligne["effectif"] or int(ligne["effectif"]) <= self.seuil_effectif:
            ligne["effectif"] = str(self.effectif())
        if cellule.type_mouvement not in VARIATIONS:
            ligne.update(variation_production="", assimilable_site="")
        elif ancien_type != cellule.type_mouvement or not self._significative(ligne):
            self._varier(ligne)

    def dater(self, ligne: Ligne, jour: dt.date) -> None:
        """Set the day of effect, and an announcement that does not come after it."""
        ligne["date_effet"] = jour.isoformat()
        if not ligne["date_annonce"] or ligne["date_annonce"] > ligne["date_effet"]:
            annonce = jour - dt.timedelta(days=self.alea.randint(20, 700))
            ligne["date_annonce"] = "" if self.chance(8) else annonce.isoformat()

    def _significative(self, ligne: Ligne) -> bool:
        if ligne["assimilable_site"]:
            return ligne["assimilable_site"] == "oui"
        variation = ligne["variation_production"]
        return bool(variation) and abs(float(variation)) >= self.seuil_variation

    def _varier(self, ligne: Ligne) -> None:
        """Give a significant variation: by its size, or by the service's judgement."""
        juste = self.seuil_variation * 10
        maximum = MAXIMUMS[ligne["type_mouvement"]] * 10
        if self.chance(25):
            jugement, dixiemes = "oui", self.alea.choice((0, 80, 150, 250, 300, juste - 1, 600))
        elif self.chance(10):
            jugement, dixiemes = "", juste
        else:
            dixiemes = self.alea.randint(juste, maximum)
            jugement, dixiemes = "", dixiemes if self.chance(40) else dixiemes // 10 * 10
        ligne.update(assimilable_site=jugement, variation_production=self.signee(ligne, dixiemes))

    @staticmethod
    def signee(ligne: Ligne, dixiemes: int) -> str:
        """Write a variation with the sign of the movement; nothing when it is not known (0)."""
        signe = "-" if ligne["type_mouvement"] == "reduction" else ""
        return f"{signe}{decimal(dixiemes)}" if dixiemes else ""


def decimal(dixiemes: int) -> str:
    """Write tenths as a decimal number, without a useless zero."""
    entier, reste = divmod(dixiemes, 10)
    return f"{entier}.{reste}" if reste else str(entier)


def suivant(semestre: str) -> str:
    """Give the semester after another."""
    annee, numero = int(semestre[:4]), semestre[-1]
    return f"{annee}-S2" if numero == "1" else f"{annee + 1}-S1"
