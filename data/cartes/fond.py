"""Ground of a map: blocks of outlines, each set on the wide drawing and on that of a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contours import Anneau, Contour, Point, alleger, etendue, noeuds, tracer

# Units of an outline in a pixel of the wide drawing.
UNITES = 2
DEMI, LARGE, ETROIT = 600, 860, 343
# At the left of the mainland, in the wide drawing of the départements.
COTE = 130
MARGE = 6
# Greatest height of the map of one region, wide and on a phone.
HAUTEURS = (360, 330)
# Of that of the regions of France.
FRANCE = 440
ILE_DE_FRANCE, PETITE_COURONNE = "11", frozenset({"75", "92", "93", "94"})
# Smallest triangle that is drawn, in km², and smallest island, in square pixels.
SEUILS, ILOT = {"regions": 6.0, "departements": 6.0}, 4.0
# Points tried across a territory for its circle, and the share of the greatest room that is room enough.
FINESSE, AISANCE = 30, 0.75


class Place(NamedTuple):
    """A box of a drawing in which a block is drawn as large as it can, in pixels."""

    x: float
    y: float
    largeur: float
    hauteur: float


@dataclass(frozen=True)
class Bloc:
    """Territories drawn together, at one scale."""

    nom: str  # of what is enlarged; empty for the rest
    contours: Sequence[Contour]
    large: Place
    etroit: Place
    muets: frozenset[str] = frozenset()  # codes that are written in another block
    encadre: bool = False

    def decrire(self, seuil: float) -> dict[str, Any]:
        """Return its paths, the place of the circles, and where it stands in each drawing, its scale last."""
        fixed = noeuds(self.contours)
        outlines = alleger(self.contours, seuil, fixed)
        left, low, right, high = etendue(self.contours)
        across, up = right - left, high - low
        wide, narrow = (min(one.largeur / across, one.hauteur / up) for one in (self.large, self.etroit))
        scale = wide * UNITES
        silent = [one for one in self.contours if one.code in self.muets]
        seen = etendue(silent) if silent else None

        def poser(point: Point) -> tuple[int, int]:
            return 2 * round((point[0] - left) * scale / 2), 2 * round((high - point[1]) * scale / 2)

        def placer(place: Place, echelle: float) -> list[float]:
            x = place.x + (place.largeur - across * echelle) / 2
            y = place.y + (place.hauteur - up * echelle) / 2
            return [round(x, 1), round(y, 1), round(echelle / scale, 5)]

        return {
            "nom": self.nom,
            "formes": [[one.code, tracer(_garder(one.anneaux, wide), fixed, poser)] for one in outlines],
            "ancres": {one.code: poser(_ancrer(one)) for one in self.contours if one.code not in self.muets},
            "large": placer(self.large, wide),
            "etroit": placer(self.etroit, narrow),
            "visee": [*poser((seen[0], seen[3])), *poser((seen[2], seen[1]))] if seen else [],
            "cadres": [self.large, self.etroit] if self.encadre else [],
        }


@dataclass(frozen=True)
class Fond:
    """Everything that is drawn: width and height of both drawings, without the legend, and blocks."""

    large: tuple[int, int]
    etroit: tuple[int, int]
    blocs: list[Bloc]
    seuil: float = 0.0

    def decrire(self) -> dict[str, Any]:
        """Return what the library draws."""
        return {"large": self.large, "etroit": self.etroit, "blocs": [one.decrire(self.seuil) for one in self.blocs]}


def fond_des_regions(contours: Sequence[Contour]) -> Fond:
    """Set the regions of France, overseas in a column at the left."""
    mainland, islands = ([one for one in contours if bool(one.encart) is wanted] for wanted in (False, True))
    blocks, heights = [], []
    for width, beside in ((DEMI, 110), (ETROIT, 68)):
        across = width - beside - 10 - MARGE
        heights.append(min(_hauteur(mainland, across), FRANCE))
        blocks.append(Place(beside + 10, MARGE, across, heights[-1]))
    overseas = []
    for rank, outline in enumerate(islands):
        wide, narrow = (
            Place(20, MARGE + rank * height / len(islands), beside - 40, min(height / len(islands) - 26, 60))
            for height, beside in zip(heights, (110, 68 + 20), strict=True)
        )
        overseas.append(Bloc("", [outline], wide, narrow._replace(x=10)))
    tall, low = (height + 2 * MARGE for height in heights)
    return Fond((DEMI, tall), (ETROIT, low), [Bloc("", mainland, *blocks), *overseas], SEUILS["regions"])


def fond_des_departements(contours: Sequence[Contour]) -> Fond:
    """Set the départements of France; Île-de-France is drawn a second time, larger, off the Atlantic coast."""
    mainland = [one for one in contours if not one.encart]
    capital = [one for one in mainland if one.region == ILE_DE_FRANCE]
    silent = frozenset(one.code for one in capital)
    wide = LARGE - COTE - MARGE
    tall, low = _hauteur(mainland, wide), _hauteur(mainland, ETROIT - 2 * MARGE)
    main = Bloc("", mainland, Place(COTE, MARGE, wide, tall), Place(MARGE, MARGE, ETROIT - 2 * MARGE, low), silent)
    inset = Bloc("Île-de-France", capital, Place(2, 370, 272, 240), Place(43, low + 34, 257, 240), encadre=True)
    overseas = _outre_mer([one for one in contours if one.encart], Place(0, MARGE, 288, 164), low + 284, 3)
    seuil = SEUILS["departements"]
    return Fond((LARGE, tall + 2 * MARGE), (ETROIT, low + 356), [main, inset, *overseas], seuil)


def fond_de_region(contours: Sequence[Contour]) -> Fond:
    """Set the départements of one region; Paris and what surrounds it are drawn a second time, larger."""
    crown = [one for one in contours if one.code in PETITE_COURONNE and one.region == ILE_DE_FRANCE]
    wide, narrow = (DEMI - 270 if crown else DEMI - 2 * MARGE), ETROIT - 2 * MARGE
    tall, low = (min(_hauteur(contours, width), most) for width, most in zip((wide, narrow), HAUTEURS, strict=True))
    if not crown:
        main = Bloc("", contours, Place(MARGE, MARGE, wide, tall), Place(MARGE, MARGE, narrow, low))
        return Fond((DEMI, tall + 2 * MARGE), (ETROIT, low + 2 * MARGE), [main])
    main = Bloc(
        "", contours, Place(MARGE, MARGE, wide, tall), Place(MARGE, MARGE, narrow, low), frozenset(PETITE_COURONNE)
    )
    inset = Bloc(
        "Paris et petite couronne",
        crown,
        Place(DEMI - 256, 32, 250, tall - 32),
        Place(MARGE, low + 36, narrow, 230),
        encadre=True,
    )
    return Fond((DEMI, tall + 2 * MARGE), (ETROIT, low + 274), [main, inset])


def _hauteur(contours: Iterable[Contour], largeur: float) -> int:
    """Return the height of outlines that are so wide."""
    left, low, right, high = etendue(contours)
    return round((high - low) * largeur / (right - left))


def _outre_mer(contours: Sequence[Contour], large: Place, bas: float, colonnes: int) -> list[Bloc]:
    """Set the overseas territories in rows, each at its own scale; in one row at the bottom on a phone."""
    blocks = []
    width, height = large.largeur / colonnes, large.hauteur / -(-len(contours) // colonnes)
    across = ETROIT / len(contours)
    for rank, outline in enumerate(contours):
        row, column = divmod(rank, colonnes)
        wide = Place(large.x + column * width + 20, large.y + row * height, width - 40, min(height - 26, 60))
        blocks.append(Bloc("", [outline], wide, Place(rank * across + 12, bas, across - 24, 44)))
    return blocks


def _aire(anneau: Sequence[Point]) -> float:
    return abs(sum(xa * yb - xb * ya for (xa, ya), (xb, yb) in pairwise(anneau))) / 2


def _garder(anneaux: Sequence[Anneau], echelle: float) -> list[Anneau]:
    """Leave out the islands that would be a dot, never all."""
    largest = max(anneaux, key=_aire)
    return [ring for ring in anneaux if ring is largest or _aire(ring) * echelle**2 >= ILOT]


def _ancrer(contour: Contour) -> Point:
    """Return where its circle stands: where there is room enough, the nearest to the middle of its largest part."""
    ring = np.array(max(contour.anneaux, key=_aire))
    (left, low), (right, high) = ring.min(axis=0), ring.max(axis=0)
    across, up = np.linspace(left, right, FINESSE), np.linspace(low, high, FINESSE)
    points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    points = points[_dedans(points, ring)]
    steps = [a + (b - a) * share for a, b in pairwise(ring) for share in (0.0, 0.25, 0.5, 0.75)]
    room = np.hypot(*(points[:, None] - np.array(steps)).transpose(2, 0, 1)).min(axis=1)
    enough = points[room >= AISANCE * room.max()]
    middle = points.mean(axis=0)
    x, y = enough[np.hypot(*(enough - middle).T).round(3).argmin()]
    return round(float(x), 2), round(float(y), 2)


def _dedans(points: Any, ring: Any) -> Any:
    """Tell which points are inside: a ray to the right crosses the ring an odd number of times."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0], points[:, 1]
    for (xa, ya), (xb, yb) in pairwise(ring):
        if ya != yb:
            inside ^= ((ya > y) != (yb > y)) & (x < xa + (y - ya) * (xb - xa) / (yb - ya))
    return inside
