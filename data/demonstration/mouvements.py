"""The movements of the register: their identity, the cells that count them, the ties between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lignes import Fabrique, Ligne, Site
from plan import Cellule

# Movements that may follow another on the same site without being a duplicate of it (rule 9).
SUITES = {
    "ouverture": ("fermeture",),
    "extension": ("ouverture", "extension"),
    "fermeture": ("ouverture", "extension", "reduction"),
    "reduction": ("ouverture", "extension"),
}


@dataclass(eq=False)
class Mouvement:
    """A row that lives from relève to relève.

    `lie`: another row, or a published fact, depends on it, so it is never corrected; `attendu`: a relève to
    come counts it.
    """

    ligne: Ligne
    region: str
    site: Site
    motif: str = "compte"
    lie: bool = False
    nomme: bool = False
    attendu: bool = False


class Mouvements:
    """Every movement reported so far, and where the counted ones stand."""

    def __init__(self, fabrique: Fabrique, planchers: Mapping[str, Counter[Cellule]]) -> None:
        self.fabrique, self._planchers = fabrique, planchers
        self.tous: list[Mouvement] = []
        self.comptes: dict[Cellule, list[Mouvement]] = defaultdict(list)
        self._numeros: Counter[str] = Counter()

    def ajouter(self, cellule: Cellule, site: Site | None = None) -> Mouvement:
        """Add a row made for a cell, on a new site unless one is given."""
        site = site or self.fabrique.site(cellule.region, cellule.sous_secteur)
        mouvement = Mouvement(self.fabrique.ligne(site, cellule), cellule.region, site)
        self.tous.append(mouvement)
        return mouvement

    def compter(self, mouvement: Mouvement, cellule: Cellule) -> None:
        """Write that a cell counts a movement."""
        mouvement.motif, mouvement.attendu = "compte", False
        self.comptes[cellule].append(mouvement)

    def retirer_de(self, cellule: Cellule) -> Mouvement:
        """Choose a counted movement of a cell on which nothing depends, and take it out of the cell."""
        mouvement = self.fabrique.alea.choice([m for m in self.comptes[cellule] if not m.lie])
        self.comptes[cellule].remove(mouvement)
        return mouvement

    def liable(self, cellule: Cellule, releve: str) -> bool:
        """Say whether one more row of a cell may be tied: later relèves must leave enough room."""
        return sum(m.lie for m in self.comptes[cellule]) < self._planchers[releve][cellule]

    def liables(self, releve: str) -> Iterator[tuple[Mouvement, Cellule]]:
        """List the counted movements to which another row may be tied."""
        for cellule, mouvements in list(self.comptes.items()):
            if self.liable(cellule, releve):
                yield from ((m, cellule) for m in mouvements if not m.lie)

    def origine(self, cellule: Cellule, releve: str) -> Mouvement | None:
        """Find, at times, a site of the same region and sous_secteur that a new movement can follow."""
        part = self.fabrique.reglages["suite_de_site"]
        if not self.fabrique.chance(part) or not self.liable(cellule, releve):
            return None
        candidats = [
            m
            for m, c in self.liables(releve)
            if c[1:3] == cellule[1:3]
            and c.semestre < cellule.semestre
            and c.type_mouvement in SUITES[cellule.type_mouvement]
        ]
        return self.fabrique.alea.choice(candidats) if candidats else None

    def numeroter(self, deja: int) -> None:
        """Give the rows added after the first `deja` their identifiers, counted and set aside mixed."""
        nouveaux = self.tous[deja:]
        self.fabrique.alea.shuffle(nouveaux)
        for m in nouveaux:
            self._numeros[m.region] += 1
            m.ligne["id_mouvement"] = f"{m.region}-{self._numeros[m.region]:05d}"
