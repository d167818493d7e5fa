"""Places of circles and of words on a map: circles side by side, no name over another text, the same for the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice
from math import cos, hypot, pi, sin
from typing import NamedTuple

from barometre_lib.restitution.trace import CORPS, couper, mesurer

# Between two circles, and between a circle and the border of the drawing.
JOUR, BORD = 1.5, 2
# Circles are parted by so many rounds at most; a few are enough.
TOURS = 200
# Height of a line of text, in shares of its size, and room between a circle and its name.
LIGNE, ECART = 1.16, 1.0
# A name is so much nearer its own circle than any other.
NETTEMENT = 1.0
# At the end of a line, it keeps so far from other circles, where there is room.
DETACHE = 6
# Steps and directions by which a name that must be written looks further and further for a place, in pixels; from how
# far a line leads to it.
PAS, PORTEE, DIRECTIONS, TRAIT = 5, 150, 24, 10


class Boite(NamedTuple):
    """A rectangle, in pixels."""

    gauche: float
    haut: float
    droite: float
    bas: float

    def touche(self, autre: "Boite") -> bool:
        """Tell whether two rectangles have a part in common."""
        across = self.gauche < autre.droite and autre.gauche < self.droite
        return across and self.haut < autre.bas and autre.haut < self.bas

    def contient(self, autre: "Boite") -> bool:
        """Tell whether another rectangle is wholly inside."""
        across = self.gauche <= autre.gauche and autre.droite <= self.droite
        return across and self.haut <= autre.haut and autre.bas <= self.bas


@dataclass(frozen=True)
class Disque:
    """The room of a territory's circle, or of the word that stands in its place."""

    x: float
    y: float
    rayon: float

    @property
    def boite(self) -> Boite:
        """The square around it."""
        return Boite(self.x - self.rayon, self.y - self.rayon, self.x + self.rayon, self.y + self.rayon)

    def touche(self, boite: Boite) -> bool:
        """Tell whether a rectangle enters it."""
        return self.eloigne_de(boite) < 0

    def eloigne_de(self, boite: Boite) -> float:
        """Return how far its edge is from a rectangle, below zero where this enters it."""
        across = max(boite.gauche - self.x, 0, self.x - boite.droite)
        down = max(boite.haut - self.y, 0, self.y - boite.bas)
        return hypot(across, down) - self.rayon

    def quitte(self, place: "Disque", ecart: float = 0) -> bool:
        """Tell whether it went further than `ecart` from where it stood, its own radius by default."""
        return hypot(place.x - self.x, place.y - self.y) > (ecart or self.rayon)


@dataclass(frozen=True)
class Nom:
    """A name, broken into lines, and the rectangle that it fills."""

    code: str
    lignes: tuple[str, ...]
    boite: Boite
    renvoi: bool = False  # whether a line has to lead to it
    dedans: bool = False  # whether it stands in its circle, under the number


def ecarter(disques: Mapping[str, Disque], cadres: Mapping[str, Boite]) -> dict[str, Disque]:
    """Push circles apart until none enters another nor leaves its frame, the smaller one by more."""
    places = {code: [one.x, one.y] for code, one in disques.items()}
    near = [
        (a, b)
        for a, b in combinations(disques, 2)
        if hypot(disques[a].x - disques[b].x, disques[a].y - disques[b].y)
        < disques[a].rayon + disques[b].rayon + 4 * CORPS
    ]
    for _ in range(TOURS):
        moved = False
        for a, b in near:
            (xa, ya), (xb, yb), ra, rb = places[a], places[b], disques[a].rayon, disques[b].rayon
            apart = hypot(xb - xa, yb - ya)
            wanted = ra + rb + JOUR
            if apart >= wanted - 0.05:
                continue
            moved = True
            across, down = ((xb - xa) / apart, (yb - ya) / apart) if apart else (1.0, 0.0)
            for code, share in ((a, -rb / (ra + rb)), (b, ra / (ra + rb))):
                places[code][0] += share * (wanted - apart) * across
                places[code][1] += share * (wanted - apart) * down
        for code, place in places.items():
            room, frame = disques[code].rayon + BORD, cadres[code]
            place[0] = min(max(place[0], frame.gauche + room), frame.droite - room)
            place[1] = min(max(place[1], frame.haut + room), frame.bas - room)
        if not moved:
            break
    return {code: Disque(round(x, 1), round(y, 1), disques[code].rayon) for code, (x, y) in places.items()}


def nommer(  # noqa: PLR0913  one per thing that a place depends on
    noms: Mapping[str, str],
    disques: Mapping[str, Disque],
    cadres: Mapping[str, Boite],
    *,
    corps: float,
    gras: str = "",
    obligatoires: Iterable[str] = (),
    obstacles: Iterable[Boite] = (),
) -> list[Nom]:
    """Write names by their circles, the one that has the fewest places first; what has none is left out.

    Those of `obligatoires` have one all the same, with a line that leads to it where it is further or nearer another
    circle. `gras` is in bold.
    """
    required, taken = set(obligatoires), list(obstacles)
    ways = {code: decouper(name, corps, gras=code == gras) for code, name in noms.items()}

    def is_free(name: Nom, others: Sequence[Disque]) -> bool:
        return (
            cadres[name.code].contient(name.boite)
            and not any(one.touche(name.boite) for one in others)
            and not any(one.touche(name.boite) for one in taken)
        )

    def is_own(name: Nom) -> bool:
        """Tell whether no other circle is as near: the name would be read as that one's."""
        own = disques[name.code]
        nearest = own.eloigne_de(name.boite) + NETTEMENT
        return all(other is own or other.eloigne_de(name.boite) > nearest for other in disques.values())

    free = {}
    for code, cuts in ways.items():
        own, near = disques[code], _voisins(code, disques, cuts[0][1])
        free[code] = [
            one
            for one in _proposer(code, cuts, own, corps)
            if is_free(one, near if one.dedans else [own, *near]) and is_own(one)
        ]
    chosen: list[Nom] = []
    while free:
        code = min(free, key=lambda one: (one not in required, len(free[one]), one))
        some = free.pop(code)
        if not some and code in required:
            circles, further = list(disques.values()), _eloigner(code, ways[code], disques[code], corps)
            found = [one for one in further if is_free(one, circles)]
            others = [one for other, one in disques.items() if other != code]
            apart = (one for one in found if all(other.eloigne_de(one.boite) > DETACHE for other in others))
            some = [replace(one, renvoi=one.renvoi or not is_own(one)) for one in islice(chain(apart, found), 1)]
        if some:
            box = some[0].boite
            chosen.append(some[0])
            taken.append(box)
            free = {other: [one for one in left if not one.boite.touche(box)] for other, left in free.items()}
    return chosen


Coupes = Sequence[tuple[tuple[str, ...], float]]


def decouper(nom: str, corps: float, *, gras: bool = False) -> Coupes:
    """Return the ways of writing a name, on one line then on more, each with its width."""
    ways: dict[int, tuple[tuple[str, ...], float]] = {}
    whole = mesurer(nom, gras=gras)
    for share in (1.0, 0.75, 0.6, 0.5, 0.36):
        lines = tuple(couper(nom, whole * share, gras=gras))
        # Later ones are narrower: of as many lines, the most even.
        ways[len(lines)] = lines, max(mesurer(line, gras=gras) for line in lines) * corps / CORPS
    return [ways[number] for number in sorted(ways)]


def _voisins(code: str, disques: Mapping[str, Disque], largeur: float) -> list[Disque]:
    """Return the other circles that a name so wide may meet by its own."""
    own = disques[code]
    reach = own.rayon + largeur + 2 * CORPS
    return [
        one
        for other, one in disques.items()
        if other != code and hypot(one.x - own.x, one.y - own.y) - one.rayon < reach
    ]


def _proposer(code: str, coupes: Coupes, disque: Disque, corps: float) -> Iterator[Nom]:
    """Yield the places of a name by its circle, the best first: under it, above it, in it, beside it."""
    x, y, away = disque.x, disque.y, disque.rayon + ECART
    slant = disque.rayon * 0.71 + ECART
    for lines, width in coupes:
        height = len(lines) * corps * LIGNE
        places = [(x - width / 2 + shift * width, y + away) for shift in (0, -0.2, 0.2, -0.35, 0.35)]
        places += [(x - width / 2 + shift * width, y - away - height) for shift in (0, -0.2, 0.2)]
        yield from (Nom(code, lines, Boite(left, top, left + width, top + height)) for left, top in places)
    for lines, width in coupes:
        height = len(lines) * corps * LIGNE
        top = y + corps * LIGNE / 2
        if hypot(width / 2, top + height - y) < disque.rayon - ECART:
            yield Nom(code, lines, Boite(x - width / 2, top, x + width / 2, top + height), dedans=True)
    for lines, width in coupes:
        height = len(lines) * corps * LIGNE
        places = [(x + away, y - height / 2), (x - away - width, y - height / 2)]
        places += [(left, top) for left in (x + slant, x - slant - width) for top in (y + slant, y - slant - height)]
        yield from (Nom(code, lines, Boite(left, top, left + width, top + height)) for left, top in places)


def _eloigner(code: str, coupes: Coupes, disque: Disque, corps: float) -> Iterator[Nom]:
    """Yield the places of a name further and further from its circle."""
    for distance in range(PAS, PORTEE, PAS):
        for lines, width in coupes:
            height = len(lines) * corps * LIGNE
            for turn in range(DIRECTIONS):
                angle = pi / 2 + 2 * pi * turn / DIRECTIONS
                left = round(disque.x + (disque.rayon + distance + width / 2) * cos(angle) - width / 2, 1)
                top = round(disque.y + (disque.rayon + distance + height / 2) * sin(angle) - height / 2, 1)
                yield Nom(code, lines, Boite(left, top, left + width, top + height), renvoi=distance > TRAIT)


def rattacher(disque: Disque, place: Disque) -> tuple[float, float, float, float]:
    """Return the ends of the line from a circle to its territory, which others pushed it away from."""
    return disque.x, disque.y, round(place.x, 1), round(place.y, 1)


def renvoyer(disque: Disque, nom: Nom) -> tuple[float, float, float, float]:
    """Return the ends of the line from a circle to the nearest point of its name."""
    left, top, right, bottom = nom.boite
    x, y = min(max(disque.x, left), right), min(max(disque.y, top), bottom)
    share = disque.rayon / (hypot(x - disque.x, y - disque.y) or 1)
    start = (disque.x + (x - disque.x) * share, disque.y + (y - disque.y) * share)
    return round(start[0], 1), round(start[1], 1), round(x, 1), round(y, 1)
