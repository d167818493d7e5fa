"""Communes where the invented sites stand, with the codes that a service may write for them."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import NamedTuple

from grille import REFERENCE, lire_csv

POPULATION_MINIMALE = 800
POPULATION_PLAFOND = 60_000  # factories are found in middle-sized towns more than in large cities
POIDS_VILLE_A_ARRONDISSEMENTS = 4


class Lieu(NamedTuple):
    """A place: the code as written, the present commune and its name."""

    code_saisi: str
    commune: str
    nom: str


class Lieux:
    """Draw communes of a region in proportion to their population, capped."""

    def __init__(self) -> None:
        presentes = lire_csv(REFERENCE / "communes.csv")
        self._existantes = {ligne["code_commune"] for ligne in presentes}
        self.arrondissements: dict[str, list[str]] = defaultdict(list)
        self.deleguees: dict[str, list[str]] = defaultdict(list)
        self.disparues: dict[str, list[str]] = defaultdict(list)
        self._lire_autres_codes()
        self._communes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._poids: dict[str, list[int]] = defaultdict(list)
        for ligne in presentes:
            code, population = ligne["code_commune"], int(ligne["population"])
            if population >= POPULATION_MINIMALE:
                facteur = POIDS_VILLE_A_ARRONDISSEMENTS if code in self.arrondissements else 1
                self._communes[ligne["region"]].append((code, ligne["nom"]))
                self._poids[ligne["region"]].append(min(population, POPULATION_PLAFOND) * facteur)

    def _lire_autres_codes(self) -> None:
        connus = set(self._existantes)
        for ligne in lire_csv(REFERENCE / "communes_liees.csv"):
            table = self.arrondissements if ligne["type"] == "ARM" else self.deleguees
            if ligne["code"] not in self._existantes:
                table[ligne["code_commune"]].append(ligne["code"])
                connus.add(ligne["code"])
        for ligne in lire_csv(REFERENCE / "passage_communes.csv"):
            if ligne["nb_cibles"] == "1" and ligne["code_ancien"] not in connus:
                self.disparues[ligne["code_actuel"]].append(ligne["code_ancien"])

    def autres_codes(self, commune: str) -> list[str]:
        """List every code that leads to a present commune, other than its own."""
        tables = (self.arrondissements, self.deleguees, self.disparues)
        return [code for table in tables for code in table.get(commune, [])]

    def tirer(self, alea: random.Random, region: str, parts: dict[str, int]) -> Lieu:
        """Draw a commune of a region, and the code under which it is written."""
        commune, nom = alea.choices(self._communes[region], weights=self._poids[region])[0]
        for table, part in (
            (self.arrondissements, parts["arrondissement"]),
            (self.deleguees, parts["commune_ancienne"]),
            (self.disparues, parts["code_disparu"]),
        ):
            if commune in table and alea.randrange(100) < part:
                return Lieu(alea.choice(table[commune]), commune, nom)
        return Lieu(commune, commune, nom)
