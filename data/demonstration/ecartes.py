"""Rows that the rules set aside, added until their share is the one stated, overseas and Corse included."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from defauts import ecarter
from grille import RELEVES, TYPES, dernier_jour, regions_outre_mer, semestre_du
from lignes import VARIATIONS
from mouvements import Mouvement, Mouvements
from plan import VOISINS, Cellule

CORSE = "94"
PART_RECENTE = 75  # % of the new rows set aside that are about the semester of the relève
DELAI_DE_DOUBLON = dt.timedelta(days=365)


class Ecartes:
    """Add rows set aside to the movements of a relève."""

    def __init__(self, mouvements: Mouvements) -> None:
        self._mouvements, self._fabrique = mouvements, mouvements.fabrique
        self._alea, self._reglages = self._fabrique.alea, self._fabrique.reglages

    def completer(self, releve: str) -> None:
        """Bring the share of the rows set aside to that of the relève."""
        ecartes = Counter(m.region for m in self._mouvements.tous if m.motif != "compte")
        comptes = len(self._mouvements.tous) - ecartes.total()
        part: float = self._reglages["part_ecartee"][releve]
        for region in [*sorted(regions_outre_mer()), CORSE]:
            quota = self._reglages["corse" if region == CORSE else "outre_mer"][releve]
            for rang in range(ecartes[region], quota):
                self._ajouter_selon_le_rang(region, rang, releve)
                ecartes[region] += 1
        comptees = self._mouvements.comptes
        cellules = [c for c in comptees if c.region != CORSE for _ in comptees[c]]
        recentes = [c for c in cellules if c.semestre == releve]
        for _ in range(round(comptes * part / (1 - part)) - ecartes.total()):
            recente = releve != RELEVES[0] and self._fabrique.chance(PART_RECENTE)
            cellule = self._alea.choice(recentes if recente else cellules)
            motif = self._fabrique.tirer(self._reglages["motifs"])
            if motif == "doublon":
                self._doubler(releve)
            else:
                self._ajouter(cellule, motif, releve)

    def _ajouter_selon_le_rang(self, region: str, rang: int, releve: str) -> None:
        """Add a row where nothing, or almost nothing, is counted: the motifs take turns."""
        motifs = self._reglages["motifs_outre_mer"]
        sous_secteur = self._alea.choice(self._reglages["sous_secteurs_outre_mer"])
        cellule = Cellule(releve, region, sous_secteur, self._alea.choice(TYPES))
        self._ajouter(cellule, motifs[(int(region) + rang) % len(motifs)], releve)

    def _ajouter(self, cellule: Cellule, motif: str, releve: str) -> None:
        """Add a row of a new site that the rule of `motif` sets aside."""
        if motif == "artisanat":
            cellule = cellule._replace(sous_secteur="agroalimentaire")
        if motif == "non_significatif" and cellule.type_mouvement not in VARIATIONS:
            cellule = cellule._replace(type_mouvement=VOISINS[cellule.type_mouvement])
        mouvement = self._mouvements.ajouter(cellule)
        ecarter(self._fabrique, mouvement.ligne, motif, releve)
        mouvement.motif = motif

    def _doubler(self, releve: str) -> None:
        """Report again a movement already counted, later and often under another spelling."""
        sans_siret = self._fabrique.chance(self._reglages["doublon_sans_siret"])
        origine, cellule = self._a_doubler(releve, sans_siret=sans_siret)
        debut = dt.date.fromisoformat(origine.ligne["date_effet"])
        fin = dernier_doublon(origine.ligne, releve)
        double = self._mouvements.ajouter(cellule, origine.site)
        double.ligne.update({c: origine.ligne[c] for c in ("siret", "entreprise", "activite", "date_annonce")})
        jours = self._alea.randint(1, (fin - debut).days)
        self._fabrique.dater(double.ligne, debut + dt.timedelta(days=jours))
        double.motif, origine.lie, double.lie = "doublon", True, True
        if sans_siret:
            commune, saisi = origine.site.lieu.commune, origine.ligne["code_commune"]
            codes = [commune, *self._fabrique.lieux.autres_codes(commune)]
            double.ligne["nom_site"] = self._fabrique.noms.variante(origine.ligne["nom_site"])
            double.ligne["code_commune"] = self._alea.choice([c for c in codes if c != saisi] or codes)

    def _a_doubler(self, releve: str, *, sans_siret: bool) -> tuple[Mouvement, Cellule]:
        """Choose the movement to report twice; without SIRET, where the commune has several codes."""
        lieux = self._fabrique.lieux
        candidats: list[tuple[Mouvement, Cellule]] = [
            (m, c)
            for m, c in self._mouvements.liables(releve)
            if dernier_doublon(m.ligne, releve) > dt.date.fromisoformat(m.ligne["date_effet"])
        ]
        if not sans_siret:
            return self._alea.choice([x for x in candidats if x[0].ligne["siret"]])
        if self._fabrique.chance(self._reglages["doublon_arrondissement"]):
            villes = [x for x in candidats if x[0].site.lieu.commune in lieux.arrondissements]
            nouveaux = [x for x in villes if not x[0].ligne["siret"] or not x[0].ligne["id_mouvement"]]
            if nouveaux:
                origine, cellule = self._alea.choice(nouveaux)
                origine.ligne["siret"] = ""  # new in this relève: no reader has seen its SIRET
                return origine, cellule
        sans = [x for x in candidats if not x[0].ligne["siret"]]
        plusieurs = [x for x in sans if lieux.autres_codes(x[0].site.lieu.commune)]
        return self._alea.choice(plusieurs or sans)


def dernier_doublon(ligne: dict[str, Any], releve: str) -> dt.date:
    """Give the last day on which a second report of a movement is a duplicate of it (rule 9)."""
    if ligne["type_mouvement"] in VARIATIONS:
        return dernier_jour(semestre_du(ligne["date_effet"]))
    return min(dernier_jour(releve), dt.date.fromisoformat(ligne["date_effet"]) + DELAI_DE_DOUBLON)
