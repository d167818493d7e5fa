"""Labels of a map: a value stands inside its territory where there is room, else on a plate as near as can be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from barometre_lib.restitution.cartes_fond import CORPS, Boite, Forme, boite_de

# Widths of characters in shares of the size of the text, on the wide side: the reader's font is not known.
LARGEUR_SIGNE, LARGEUR_ETROIT = 0.6, 0.32
ETROITS = frozenset(" .()\u00a0\u202f")
# Height of figures with a little air, and height of the whole line, which no other line may enter.
HAUTEUR_CHIFFRE, HAUTEUR_LIGNE = 0.86, 1.16
# Places tried, and points of an outline against which they are measured: one every so many units, the places no
# more than so many across.
PAS, FINESSE = 3, 36
# Room without which a plate is needed: figures alone then fill the territory. Room enough: beyond, a label goes
# towards the middle of its territory.
MINIMUM, AISANCE = 0.96, 1.6


@dataclass(frozen=True)
class Etiquette:
    """A value and where its middle stands; on a plate when it does not fit inside its territory."""

    code: str
    texte: str
    x: int
    y: int
    plaque: bool

    @property
    def boite(self) -> Boite:
        """The line of text, in which no other text may stand."""
        width, height = largeur_de(self.texte), CORPS * HAUTEUR_LIGNE
        return self.x - width / 2, self.y - height / 2, self.x + width / 2, self.y + height / 2


@dataclass(frozen=True)
class _Places:
    """Places to try for a label, how far each is from the best one, and the room that it has inside: 1 is enough."""

    points: Any
    away: Any
    room: Any


def largeur_de(texte: str) -> float:
    """Return the width of a text, never less than what the reader's browser will need."""
    return CORPS * sum(LARGEUR_ETROIT if character in ETROITS else LARGEUR_SIGNE for character in texte)


def etiqueter(formes: Sequence[Forme], textes: Mapping[str, str]) -> list[Etiquette]:
    """Place the value of each territory so that none covers another.

    Parameters
    ----------
    formes : sequence of Forme
        Shapes; one without a frame is not written on.
    textes : mapping of str to str
        Code to value.

    Returns
    -------
    list of Etiquette
        In the order of shapes.
    """
    shapes = [shape for shape in formes if shape.cadre is not None]
    places = {shape.code: _proposer(shape, textes[shape.code]) for shape in shapes}
    # What has the least room is served first: what has more can move.
    order = sorted(shapes, key=lambda shape: (float(places[shape.code].room.max()), shape.code))
    placed: dict[str, Etiquette] = {}
    for shape in order:
        placed[shape.code] = _choisir(shape.code, textes[shape.code], places[shape.code], list(placed.values()))
    return [placed[shape.code] for shape in shapes]


def _proposer(shape: Forme, texte: str) -> _Places:
    """Return the places where a text may stand, and what each is worth."""
    half = np.array([largeur_de(texte) / 2, CORPS * HAUTEUR_CHIFFRE / 2])
    left, top, right, bottom = boite_de([shape])
    frame = shape.cadre or (left, top, right, bottom)
    # A little wider than the territory: a plate may stand beside it.
    across = _graduer(max(left - half[0], frame[0] + half[0]), min(right + half[0], frame[2] - half[0]))
    down = _graduer(max(top - half[1], frame[1] + half[1]), min(bottom + half[1], frame[3] - half[1]))
    points = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    outline = np.concatenate([_semer(ring) for ring in shape.anneaux])
    room = np.zeros(len(points))
    inside = _dedans(points, shape.anneaux)
    gap_x, gap_y = (np.abs(points[inside][:, [axis]] - outline[:, axis]) / half[axis] for axis in (0, 1))
    room[inside] = np.maximum(gap_x, gap_y).min(axis=1)
    middle = points[_mieux(room, points)]
    return _Places(points, np.hypot(*(points - middle).T), room)


def _graduer(start: float, end: float) -> Any:
    step = max(PAS, (end - start) / FINESSE)
    return np.arange(start, end, step).round()


def _mieux(room: Any, points: Any) -> int:
    """Return the roomiest place; among those that have room enough, the nearest to the middle of all that is inside."""
    middle = points[room > 0].mean(axis=0) if (room > 0).any() else points.mean(axis=0)
    away = np.hypot(*(points - middle).T)
    return int(np.lexsort((away.round(), -np.minimum(room, AISANCE).round(2)))[0])


def _choisir(code: str, texte: str, places: _Places, others: Iterable[Etiquette]) -> Etiquette:
    """Take the nearest place to the best one among those that cover no other label, inside if there is one."""
    points, away = places.points, places.away
    free = np.ones(len(points), dtype=bool)
    half = np.array([largeur_de(texte) / 2, CORPS * HAUTEUR_LIGNE / 2])
    for other in others:
        left, top, right, bottom = other.boite
        low, high = np.array([left, top]) - half, np.array([right, bottom]) + half
        free &= ~((points > low) & (points < high)).all(axis=1)
    inside = free & (places.room >= MINIMUM)
    candidates = np.flatnonzero(inside if inside.any() else free if free.any() else away >= 0)
    chosen = int(candidates[np.argmin(away[candidates])])
    x, y = points[chosen]
    return Etiquette(code, texte, int(x), int(y), plaque=not inside.any())


def _semer(ring: Sequence[tuple[int, int]]) -> Any:
    """Return points all along a ring, close enough for none of it to slip between two."""
    corners = np.array([*ring, ring[0]], dtype=float)
    parts = []
    for start, end in pairwise(corners):
        number = int(np.hypot(*(end - start)) // PAS) + 1
        parts.append(start + (end - start) * (np.arange(number) / number)[:, None])
    return np.concatenate(parts)


def _dedans(points: Any, rings: Iterable[Sequence[tuple[int, int]]]) -> Any:
    """Tell which points are inside: a ray to the right crosses the rings an odd number of times."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points[:, :1], points[:, 1:]
    for ring in rings:
        ends = np.array(ring, dtype=float)
        (xa, ya), (xb, yb) = ends.T, np.roll(ends, -1, axis=0).T
        crossed = (ya > y) != (yb > y)
        # A level edge crosses no ray: its division by zero is never looked at.
        slope = np.divide(xb - xa, yb - ya, out=np.zeros_like(xa), where=ya != yb)
        inside ^= (crossed & (x < xa + (y - ya) * slope)).sum(axis=1) % 2 == 1
    return inside
