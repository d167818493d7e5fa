"""Labels of a map: a value stands inside its territory where there is room, else on a plate as near as can be.

What is written changes from one relève to another. A territory has one place for each width, and no place of one
covers any place of another: whatever is written on them, no two labels overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from fond import Boite, Forme, boite_de

from barometre_lib.restitution.cartes_dessin import CORPS, largeur_de

# What is written, from the narrowest. What is usual has a place on every territory; the rest, where it covers nothing.
USUELS = ("0", "+1", "+12", "n.p.")
LARGES = ("+123", "n.p. (+1)", "n.p. (+12)")
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
    """Where the middle of a label stands."""

    texte: str  # the widest that has this place
    x: int
    y: int
    dedans: bool  # whether it is inside its territory; else it needs a plate

    @property
    def boite(self) -> Boite:
        """The line of text, in which no other text may stand."""
        width, height = largeur_de(self.texte), CORPS * HAUTEUR_LIGNE
        return self.x - width / 2, self.y - height / 2, self.x + width / 2, self.y + height / 2


@dataclass(frozen=True)
class _Places:
    """Places to try for a label."""

    points: Any
    away: Any  # how far each is from the best one
    room: Any  # what it has inside: 1 is enough


def etiqueter(formes: Sequence[Forme]) -> dict[str, list[Etiquette]]:
    """Return the places of the label of each shape that has a frame, from the narrowest text.

    Raises
    ------
    ValueError
        A territory has no place for what is usual.
    """
    shapes = [shape for shape in formes if shape.cadre is not None]
    placed: dict[str, list[Etiquette]] = {shape.code: [] for shape in shapes}
    for texts in (USUELS, *((text,) for text in LARGES)):
        places = {shape.code: [_proposer(shape, text) for text in texts] for shape in shapes}
        # What has the least room is served first: what has more can move.
        for shape in sorted(shapes, key=lambda one: (float(places[one.code][-1].room.max()), one.code)):
            others = [label for code, labels in placed.items() if code != shape.code for label in labels]
            chosen = [_choisir(*one, others) for one in zip(texts, places[shape.code], strict=True)]
            if texts == USUELS and None in chosen:
                raise ValueError(f"{shape.code} : aucune place libre pour « {texts[chosen.index(None)]} ».")
            placed[shape.code] += [label for label in chosen if label]
    return placed


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


def _choisir(texte: str, places: _Places, autres: Iterable[Etiquette]) -> Etiquette | None:
    """Take the nearest place to the best one that covers no other label, inside if there is one; None without any."""
    points = places.points
    free = np.ones(len(points), dtype=bool)
    half = np.array([largeur_de(texte) / 2, CORPS * HAUTEUR_LIGNE / 2])
    for other in autres:
        left, top, right, bottom = other.boite
        low, high = np.array([left, top]) - half, np.array([right, bottom]) + half
        free &= ~((points > low) & (points < high)).all(axis=1)
    inside = free & (places.room >= MINIMUM)
    candidates = np.flatnonzero(inside if inside.any() else free)
    if not len(candidates):
        return None
    x, y = points[candidates[np.argmin(places.away[candidates])]]
    return Etiquette(texte, int(x), int(y), bool(inside.any()))


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
