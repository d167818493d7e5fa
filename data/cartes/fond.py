"""Ground of a map: outlines read, set on the drawing in whole units, and written as relative paths."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from barometre_lib.restitution.cartes_dessin import CORPS, LARGEUR, LIGNE

DOSSIER = Path(__file__).resolve().parent
MARGE = 10
# Corsica is brought nearer the mainland, in kilometres: the rest is drawn larger by a fifth.
CORSE, RAPPROCHEMENT = "94", (-152.0, 30.0)
# What is too small to be written on at the scale of France: drawn a second time, larger, in the Channel.
PETITE_COURONNE = frozenset({"75", "92", "93", "94"})
LOUPE = (0, 45, 232, 186)
# An overseas territory: greatest width and height of its drawing.
ENCART = (150, 95)
# Greatest height of the map of one region.
HAUTEUR_REGION = 760

Point = tuple[int, int]
Boite = tuple[float, float, float, float]


@dataclass(frozen=True)
class Contour:
    """The outline of a territory: Lambert-93 plane, in kilometres, northwards."""

    code: str  # of the COG
    nom: str
    region: str  # code of its region, its own for a region
    encart: str  # overseas département that is drawn apart, at a scale of its own; empty in metropolitan France
    anneaux: tuple[tuple[tuple[float, float], ...], ...]  # closed rings of points, holes among them


@dataclass(frozen=True)
class Forme:
    """A territory drawn at one place."""

    code: str
    region: str
    anneaux: tuple[tuple[Point, ...], ...]  # rings of whole points, the last one not repeated, y downwards
    cadre: Boite | None  # where its value may be written; None when it is written elsewhere

    @property
    def trace(self) -> str:
        """Path of the shape: relative moves and lines, the sign standing for the space where it can."""
        here = (0, 0)
        parts = []
        for ring in self.anneaux:
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
            parts.append(f"m{_pairs([(ring[0][0] - here[0], ring[0][1] - here[1])])}l{_pairs(steps)}z")
            here = ring[0]
        return "".join(parts)


@dataclass(frozen=True)
class Encart:
    """An overseas territory, drawn apart."""

    forme: Forme
    nom: str
    x: int  # middle of its cell
    y: int  # line on which its name stands


@dataclass(frozen=True)
class Fond:
    """Everything that is drawn."""

    formes: list[Forme]  # metropolitan territories, the enlarged ones included
    hauteur: int  # of the drawing, without its legend
    encarts: list[Encart] = field(default_factory=list)
    loupe: Boite | None = None  # frame of the enlargement
    visee: Boite | None = None  # what it enlarges

    @property
    def toutes(self) -> list[Forme]:
        """Every shape, overseas ones last."""
        return [*self.formes, *(inset.forme for inset in self.encarts)]


def lire_contours(maille: str) -> list[Contour]:
    """Return the outlines of a file, `regions` or `departements`, in the order of codes."""
    text = (DOSSIER / f"carte_{maille}.geojson").read_text(encoding="utf-8")
    outlines = [_lire(one["properties"], one["geometry"]) for one in json.loads(text)["features"]]
    return sorted(outlines, key=lambda outline: outline.code)


def _lire(properties: Mapping[str, str], geometry: Mapping[str, Any]) -> Contour:
    """Bring a feature to its rings, whether it is in one part or in several."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    rings = tuple(tuple((float(x), float(y)) for x, y in ring) for part in parts for ring in part)
    code = properties["code"]
    return Contour(code, properties["nom"], properties.get("region", code), properties["encart"], rings)


def fond_de_france(contours: Sequence[Contour]) -> Fond:
    """Set the whole of France on the drawing: the mainland, an enlargement of Paris if need be, overseas below."""
    mainland = [_rapprocher(outline) for outline in contours if not outline.encart]
    overseas = [outline for outline in contours if outline.encart]
    left, low, right, high = _etendue(mainland)
    scale = (LARGEUR - 2 * MARGE) / (right - left)
    height = round((high - low) * scale) + 2 * MARGE
    whole = (0, 0, LARGEUR, height)
    crown = [outline for outline in mainland if outline.code in PETITE_COURONNE and outline.code != outline.region]
    shapes = [
        _poser(outline, scale, (left, high), (MARGE, MARGE), None if outline in crown else whole)
        for outline in mainland
    ]
    if not crown:
        return Fond(shapes, height + 3 * LIGNE + ENCART[1], _encarts(overseas, height))
    seen = boite_de(shape for shape in shapes if shape.cadre is None)
    x, y, width, tall = LOUPE
    near, bottom, far, top = _etendue(crown)
    larger = min((width - 2 * CORPS) / (far - near), (tall - MARGE) / (top - bottom))
    start = (x + (width - larger * (far - near)) / 2, y + (tall - larger * (top - bottom)) / 2)
    frame = (x, y, x + width, y + tall)
    enlarged = [_poser(outline, larger, (near, top), start, frame) for outline in crown]
    insets = _encarts(overseas, height)
    return Fond([*shapes, *enlarged], height + 3 * LIGNE + ENCART[1], insets, frame, seen)


def fond_de_region(contours: Sequence[Contour]) -> Fond:
    """Set the départements of one region on the drawing, as large as it allows."""
    left, low, right, high = _etendue(contours)
    scale = min((LARGEUR - 2 * MARGE) / (right - left), (HAUTEUR_REGION - 2 * MARGE) / (high - low))
    height = round((high - low) * scale) + 2 * MARGE
    start = ((LARGEUR - (right - left) * scale) / 2, MARGE)
    return Fond([_poser(one, scale, (left, high), start, (0, 0, LARGEUR, height)) for one in contours], height)


def boite_de(formes: Iterable[Forme]) -> Boite:
    """Return the smallest box that holds shapes."""
    points = [point for shape in formes for ring in shape.anneaux for point in ring]
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _encarts(contours: Sequence[Contour], haut: int) -> list[Encart]:
    """Set the overseas territories side by side, each at its own scale, its name and value below."""
    insets = []
    for rank, outline in enumerate(contours):
        left, low, right, high = _etendue([outline])
        scale = min(ENCART[0] / (right - left), ENCART[1] / (high - low))
        middle = round(LARGEUR * (rank + 0.5) / len(contours))
        start = (middle - (right - left) * scale / 2, haut + (ENCART[1] - (high - low) * scale) / 2)
        shape = _poser(outline, scale, (left, high), start, None)
        insets.append(Encart(shape, outline.nom, middle, haut + ENCART[1] + LIGNE))
    return insets


def _rapprocher(contour: Contour) -> Contour:
    if contour.region != CORSE:
        return contour
    dx, dy = RAPPROCHEMENT
    moved = tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in contour.anneaux)
    return replace(contour, anneaux=moved)


def _etendue(contours: Iterable[Contour]) -> Boite:
    points = [point for outline in contours for ring in outline.anneaux for point in ring]
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def _poser(
    contour: Contour, echelle: float, coin: tuple[float, float], depart: tuple[float, float], cadre: Boite | None
) -> Forme:
    """Round an outline to whole units: a border that two territories share stays the same for both."""
    rings = []
    for ring in contour.anneaux:
        placed = [
            (round(depart[0] + (x - coin[0]) * echelle), round(depart[1] + (coin[1] - y) * echelle)) for x, y in ring
        ]
        kept = _alleger([point for point, following in pairwise(placed) if point != following])
        if len(kept) > 2:
            rings.append(tuple(kept))
    return Forme(contour.code, contour.region, tuple(rings), cadre)


def _alleger(points: Sequence[Point]) -> list[Point]:
    """Leave out the points that stand on the straight line between their neighbours: nothing moves."""
    around = zip([points[-1], *points[:-1]], points, [*points[1:], points[0]], strict=True) if points else []
    return [b for a, b, c in around if (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])]


def _pairs(moves: Iterable[Point]) -> str:
    text = " ".join(f"{x} {y}" for x, y in moves)
    return text.replace(" -", "-")
