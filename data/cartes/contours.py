"""Outlines read, lightened and written as curves: a border that two territories share stays the same for both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path
from typing import Any

DOSSIER = Path(__file__).resolve().parent
# Corsica is brought nearer the mainland, in kilometres: the rest is drawn larger by a fifth.
CORSE, RAPPROCHEMENT = "94", (-152.0, 30.0)

Point = tuple[float, float]
Anneau = tuple[Point, ...]
Boite = tuple[float, float, float, float]


@dataclass(frozen=True)
class Contour:
    """The outline of a territory: Lambert-93 plane, in kilometres, northwards."""

    code: str  # of the COG
    nom: str
    region: str  # code of its region, its own for a region
    encart: str  # overseas département that is drawn apart, at a scale of its own; empty in metropolitan France
    anneaux: tuple[Anneau, ...]  # closed rings of points, holes among them


def lire_contours(maille: str) -> list[Contour]:
    """Return the outlines of a file, `regions` or `departements`, in the order of codes."""
    text = (DOSSIER / f"carte_{maille}.geojson").read_text(encoding="utf-8")
    outlines = [_lire(one["properties"], one["geometry"]) for one in json.loads(text)["features"]]
    return sorted(outlines, key=lambda outline: outline.code)


def _lire(properties: Mapping[str, str], geometry: Mapping[str, Any]) -> Contour:
    """Bring a feature to its rings, whether it is in one part or in several."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    code = properties["code"]
    region = properties.get("region", code)
    dx, dy = RAPPROCHEMENT if region == CORSE else (0, 0)
    rings = tuple(tuple((float(x) + dx, float(y) + dy) for x, y in ring) for part in parts for ring in part)
    return Contour(code, properties["nom"], region, properties["encart"], rings)


def etendue(contours: Iterable[Contour]) -> Boite:
    """Return the smallest box that holds outlines."""
    points = [point for outline in contours for ring in outline.anneaux for point in ring]
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)


def noeuds(contours: Iterable[Contour]) -> set[Point]:
    """Return the points where borders meet, which nothing moves; a ring that meets no other has one all the same."""
    rings = [ring for outline in contours for ring in outline.anneaux]
    around: dict[Point, set[Point]] = {}
    for ring in rings:
        for a, b in pairwise(ring):
            around.setdefault(a, set()).add(b)
            around.setdefault(b, set()).add(a)
    met = {point for point, neighbours in around.items() if len(neighbours) > 2}
    return met | {min(ring) for ring in rings if not met.intersection(ring)}


def arcs(ring: Sequence[Point], fixes: set[Point]) -> Iterator[list[Point]]:
    """Cut a closed ring at its fixed points."""
    start = next(place for place, point in enumerate(ring) if point in fixes)
    turned = [*ring[start:-1], *ring[: start + 1]]
    arc = [turned[0]]
    for point in turned[1:]:
        arc.append(point)
        if point in fixes:
            yield arc
            arc = [point]


def alleger(contours: Sequence[Contour], seuil: float, fixes: set[Point]) -> list[Contour]:
    """Leave out the points that make triangles smaller than `seuil` km², the same from both sides of a border."""
    lightened = []
    for outline in contours:
        rings = []
        for ring in outline.anneaux:
            kept = [point for arc in arcs(ring, fixes) for point in _alleger_arc(arc, seuil)[:-1]]
            if len(kept) > 2:
                rings.append((*kept, kept[0]))
        lightened.append(replace(outline, anneaux=tuple(rings)))
    return lightened


def _alleger_arc(arc: list[Point], seuil: float) -> list[Point]:
    """Visvalingam and Whyatt's way: the least triangle first, its neighbours weighed anew."""
    backwards = (arc[-1], arc[-2]) < (arc[0], arc[1])
    points = arc[::-1] if backwards else arc
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))

    def area(place: int) -> float:
        (xa, ya), (xb, yb), (xc, yc) = points[before[place]], points[place], points[after[place]]
        return abs((xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)) / 2

    weights = {place: area(place) for place in range(1, len(points) - 1)}
    heap = [(weight, place) for place, weight in weights.items()]
    heapify(heap)
    while heap and heap[0][0] < seuil:
        weight, place = heappop(heap)
        if weights.get(place) != weight:
            continue
        del weights[place]
        after[before[place]], before[after[place]] = after[place], before[place]
        for neighbour in (before[place], after[place]):
            if neighbour in weights:
                weights[neighbour] = max(area(neighbour), weight)
                heappush(heap, (weights[neighbour], neighbour))
    kept = [point for place, point in enumerate(points) if place in weights or place in (0, len(points) - 1)]
    return kept[::-1] if backwards else kept


def tracer(anneaux: Iterable[Sequence[Point]], fixes: set[Point], poser: Any) -> str:
    """Write rings as a path of relative moves: a smooth curve from one fixed point to the next.

    Each point between them is a handle of the curve, which goes through the middles: the reflection of a handle about
    a middle is the next handle, so that each is said once, `t`, as short as a line. `poser` sets a point on the
    drawing, in whole even units, so that middles are whole too.
    """
    here, parts = (0, 0), []

    def move(command: str, *points: tuple[int, int]) -> str:
        nonlocal here
        steps = ",".join(f"{x - here[0]},{y - here[1]}" for x, y in points)
        here = points[-1]
        # Commas rather than spaces, which an address writes as three signs.
        return f"{command}{steps}".replace(",-", "-")

    for ring in anneaux:
        start: tuple[int, int] | None = None
        for arc in arcs(ring, fixes):
            placed = [poser(point) for point in arc]
            points = [placed[0], *(b for a, b in pairwise(placed) if a != b)]
            if start is None:
                start = points[0]
                parts.append(move("m", start))
            *handles, end = points[1:] or points
            middles = [((a[0] + b[0]) // 2, (a[1] + b[1]) // 2) for a, b in pairwise(handles)]
            if not handles:
                parts.append(move("l", end))
                continue
            stops = [*middles, end]
            parts.append(move("q", handles[0], stops[0]))
            parts += [move("t", stop) for stop in stops[1:]]
        parts.append("z")
        here = start or here
    return "".join(parts)
