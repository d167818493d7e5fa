"""Statistical disclosure control: what one firm can work out of the published sums of jobs and investment, all at once.

The reader is any one firm. It knows which movement stands in which sum, the numbers of its own sites and those printed
of examples, and every sum published. Movements that stand in the same sums form a group: whoever reads can only tell
how much a group adds up to, so that a site is protected by the others of its group, or by how sums are rounded.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import NamedTuple

import numpy as np

# The three units of public statistics, and a p % rule.
SEUIL_SITES = SEUIL_ENTREPRISES = 3
POUR_CENT = 15
# What the solver cannot tell from a whole number: a job, or a euro among billions.
JEU = 1e-3
TROP_PEU = "pour qui en retire ce qu'il sait, il y reste moins de trois sites, ou de trois entreprises"
LUE = f"une entreprise y lirait à {POUR_CENT} % près ce que donne le site d'une autre"
INJUGEABLE = "ce qu'elle révèle ne peut être jugé, ce registre n'est pas celui qui l'a donnée"


class Apport(NamedTuple):
    """The number that a movement gives to sums."""

    mouvement: str
    mesure: str  # of `SOMMES`
    valeur: int  # jobs, or euros


@dataclass(frozen=True)
class Somme:
    """A sum: published between two bounds, or the part of a total that is hidden, without any."""

    libelle: str  # which cell of which edition, in French
    apports: frozenset[Apport]
    bas: float = 0
    haut: float = inf


@dataclass(frozen=True)
class Savoir:
    """What readers know before they read a sum."""

    sites: Mapping[str, str]  # site of each movement
    entreprises: Mapping[str, str]  # firm of each site; sites without any count as one firm
    lecteurs: Mapping[str, Collection[frozenset[str]]]  # of each site, the readers that own it: by their sites
    dits: frozenset[Apport]  # printed of examples


class Fuite(NamedTuple):
    """What a reader would work out."""

    libelle: str  # smallest sum that tells it
    raison: str  # in French
    mesure: str = ""  # of `SOMMES`
    site: str = ""  # that it is about, when it is one
    valeur: int = 0
    bas: float = 0  # what the reader knows that it is between
    haut: float = inf
    lecteur: frozenset[str] = frozenset()  # sites that the reader owns; none: it is anybody

    def dit_deja(self, autre: "Fuite") -> bool:
        """Tell whether whoever reads this one knows as much as by another: the same, as closely, by the same reader."""
        if not autre.site or not self.site:
            return (self.libelle, self.raison) == (autre.libelle, autre.raison)
        same = (self.mesure, self.site, self.valeur) == (autre.mesure, autre.site, autre.valeur)
        # What could not be judged tells nothing of what was known.
        judged = self.bas <= self.valeur <= self.haut
        return same and judged and self.lecteur <= autre.lecteur and autre.bas <= self.bas and self.haut <= autre.haut


def auditer(sommes: Sequence[Somme], savoir: Savoir) -> list[Fuite]:
    """Return what a reader would work out of sums, nothing when they may be published together.

    A sum must hold enough sites of enough firms once a reader has taken away what it knows, and no other site's value
    may be known from above or from below to within 15 %. What the solver cannot judge is told as if it were known.
    """
    numbers = [one for one in sommes if one.haut < inf]
    found = [Fuite(one.libelle, TROP_PEU) for one in sommes if _trop_peu(one, savoir)]
    found += [
        Fuite(one.libelle, INJUGEABLE)
        for one in numbers
        if not one.bas <= sum(apport.valeur for apport in one.apports) <= one.haut
    ]
    of_measure = defaultdict[str, list[Somme]](list)
    for one in numbers:
        of_measure[next(iter(one.apports)).mesure if one.apports else ""].append(one)
    for some in of_measure.values():
        found += _Programme(some, savoir).fuites()
    return found


def _trop_peu(somme: Somme, savoir: Savoir) -> bool:
    sites = {savoir.sites[one.mouvement] for one in somme.apports - savoir.dits}
    readers = {frozenset[str](), *(own for site in sites for own in savoir.lecteurs[site])}
    return bool(somme.apports) and any(
        len(sites - own) < SEUIL_SITES or len({savoir.entreprises[site] for site in sites - own}) < SEUIL_ENTREPRISES
        for own in readers
    )


# What a reader knows of groups: the least and the most that each adds up to.
Monde = dict[int, tuple[int, int | None]]


class _Programme:
    """The linear program of the sums of one measure: a variable a group, an interval a sum."""

    def __init__(self, sommes: Sequence[Somme], savoir: Savoir) -> None:
        stands = defaultdict[Apport, list[int]](list)
        for rank, one in enumerate(sommes):
            for apport in one.apports - savoir.dits:
                stands[apport].append(rank)
        groups: dict[tuple[int, ...], dict[str, int]] = {}
        for apport, ranks in stands.items():
            group, site = groups.setdefault(tuple(ranks), {}), savoir.sites[apport.mouvement]
            group[site] = group.get(site, 0) + apport.valeur
        self.sommes, self.motifs = sommes, sorted(groups)
        self.groupes = [groups[one] for one in self.motifs]
        rows = np.array([[rank in motif for motif in self.motifs] for rank in range(len(sommes))], dtype="float64")
        told = np.array([sum(apport.valeur for apport in one.apports & savoir.dits) for one in sommes])
        high, low = np.array([one.haut for one in sommes]), np.array([one.bas for one in sommes])
        # Each sum is at most its upper bound, and its opposite at most that of its lower one.
        self.contraintes, self.limites = np.vstack([rows, -rows]), np.concatenate([high - told, told - low])
        self.places = defaultdict[str, list[int]](list)
        for rank, values in enumerate(self.groupes):
            for site in values:
                self.places[site].append(rank)
        # The first reader owns no site.
        owned = {own.intersection(self.places): None for site in self.places for own in savoir.lecteurs[site]}
        self.lecteurs = [frozenset[str](), *owned]
        self.mondes = [self._connaitre(own) for own in self.lecteurs]
        self.informes = [[0] for _ in self.groupes]
        for reader, world in enumerate(self.mondes):
            for rank in world:
                self.informes[rank].append(reader)
        self.totaux = [sum(values.values()) for values in self.groupes]

    def _connaitre(self, own: frozenset[str]) -> Monde:
        world: Monde = {}
        for rank in {place for site in own for place in self.places[site]}:
            values = self.groupes[rank]
            known = sum(values[site] for site in own & values.keys())
            world[rank] = (known, known if own >= values.keys() else None)
        return world

    def fuites(self) -> Iterator[Fuite]:
        """Yield what each reader would work out of each site that neither its group nor the solver protects."""
        told = set[str]()
        for site, places, reader in self._exposes(told):
            value = sum(self.groupes[place][site] for place in places)
            for world in self._mondes(places, reader):
                low, high = self._encadrer(places, world, self.lecteurs[reader])
                if high * 100 < value * (100 + POUR_CENT) or low * 100 > value * (100 - POUR_CENT) or low == high:
                    sums = [self.sommes[rank] for rank in self.motifs[places[0]]]
                    tells = min(sums, key=lambda one: len(one.apports)).libelle
                    told.add(site)
                    measure = next(iter(sums[0].apports)).mesure
                    yield Fuite(tells, LUE, measure, site, value, low, high, self.lecteurs[reader])
                    break

    def _exposes(self, told: Collection[str]) -> Iterator[tuple[str, list[int], int]]:
        """Yield each site not yet told that the others of its groups do not protect, where it stands, and from whom."""
        for rank, values in enumerate(self.groupes):
            for reader in self.informes[rank]:
                # The largest first: when it is protected, so is every other one.
                for site in sorted(values.keys() - self.lecteurs[reader], key=lambda one: (-values[one], one)):
                    if self._protege(site, [rank], reader):
                        break
                    if site not in told:
                        yield site, [rank], reader
        for site, places in ((site, places) for site, places in self.places.items() if len(places) > 1):
            for reader in sorted({reader for place in places for reader in self.informes[place]}):
                known = site in self.lecteurs[reader] or site in told
                if not known and not self._protege(site, places, reader):
                    yield site, places, reader

    def _protege(self, site: str, places: list[int], reader: int) -> bool:
        """Tell whether the others of its groups can take from a site, and give to it, enough: no sum would change."""
        values = [self.groupes[place][site] for place in places]
        others = [
            self.totaux[place] - self.mondes[reader].get(place, (0, None))[0] - value
            for place, value in zip(places, values, strict=True)
        ]
        given = sum(value for value, other in zip(values, others, strict=True) if other)
        return sum(others) > 0 and min(given, sum(others)) * 100 >= sum(values) * POUR_CENT

    def _mondes(self, places: list[int], reader: int) -> Iterator[Monde]:
        """Yield what is known by a reader; for the first, by all those that own no site of these groups.

        These are taken as one where none owns a whole group: who knows more is protected from no less.
        """
        if reader:
            yield self.mondes[reader]
            return
        elsewhere = [world for world in self.mondes if world.keys().isdisjoint(places)]
        owners = [world for world in elsewhere if any(most is not None for _, most in world.values())]
        yield {
            rank: (max(world[rank][0] for world in elsewhere if world not in owners and rank in world), None)
            for rank in {place for world in elsewhere if world not in owners for place in world}
        }
        yield from owners

    def _encadrer(self, places: list[int], world: Monde, own: frozenset[str]) -> tuple[float, float]:
        """Return the least and the most that a site can be in these groups, to the unit; the same when unjudged."""
        known = {place: world.get(place, (0, None))[0] for place in places}
        # A site that another one can stand for may be nothing.
        only = [place for place in places if len(self.groupes[place].keys() - own) == 1]
        most, least = self._resoudre(places, world, -1), self._resoudre(only, world, 1) if only else 0
        if most is None or least is None:
            return 0, 0
        low = max(0, ceil(least - sum(known[place] for place in only) - JEU))
        return low, floor(-most - sum(known.values()) + JEU) if most > -inf else inf

    def _resoudre(self, places: list[int], world: Monde, sign: int) -> float | None:
        """Return the least that groups add up to, times a sign; None when the solver does not say."""
        from scipy.optimize import linprog

        cost = [sign * (rank in places) for rank in range(len(self.groupes))]
        bounds = [world.get(rank, (0, None)) for rank in range(len(self.groupes))]
        solved = linprog(cost, A_ub=self.contraintes, b_ub=self.limites, bounds=bounds)
        return {0: solved.fun, 3: -inf}.get(solved.status)
