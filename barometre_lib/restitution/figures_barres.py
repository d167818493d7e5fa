"""Bars that lie, ranked: the name at the left, what adds at the right of the axis, what takes at its left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from barometre_lib.restitution.trace import DEMI, INTERLIGNE, JOUR, Trace, couper, mesurer
from barometre_lib.typographie import nombre
from barometre_lib.vocabulaire import LIBELLES, MESURES_BAISSE, MESURES_HAUSSE

# In pixels: width of names at most, on a wide drawing, on a phone, and there beside a column of nets.
NOMS, NOMS_ETROITS, NOMS_SERRES = 240, 200, 150
# Of a movement at most; height of a bar and of a row; between a bar and what is written at its end.
UNITE_MAX, BARRE, RANGEE, ESPACE = 32, 18, 24, 6
COTES = ((MESURES_HAUSSE, 1), (MESURES_BAISSE, -1))


@dataclass(frozen=True)
class Rangee:
    """One row."""

    nom: str
    valeurs: Mapping[str, int]  # by measure, what its bar is made of; a measure that it has not is none
    soldes: Sequence[str]  # under the headings of the drawing; without headings, the first one ends the bar
    lien: str = ""
    marquee: bool = False

    def longueur(self, mesures: Sequence[str]) -> int:
        """Add up one side."""
        return sum(self.valeurs.get(name, 0) for name in mesures)

    def bout(self, mesures: Sequence[str], unite: float, *, titree: bool) -> str:
        """Return what stands at the end of one side; nothing when each number of a titled drawing fits in its part."""
        if not titree:
            below = self.longueur(MESURES_BAISSE) > 0
            return self.soldes[0] if below == (mesures == MESURES_BAISSE) else ""
        values = [self.valeurs[name] for name in mesures if self.valeurs.get(name)]
        if all(mesurer(nombre(value)) + 2 <= value * unite for value in values):
            return ""
        return " + ".join(map(nombre, values if mesures == MESURES_HAUSSE else reversed(values)))


def dessiner_barres(rangees: Sequence[Rangee], largeur: int, entetes: Sequence[str] = ()) -> Markup:
    """Draw rows of bars; with the headings of their nets, the colours are named too.

    Then a number stands in its part of the bar; when a part is too small for its own, those of its side stand at its
    end. Without headings, the net stands there.
    """
    drawing, titled = Trace(largeur), bool(entetes)
    most = NOMS if largeur >= DEMI else NOMS_SERRES if titled else NOMS_ETROITS
    names = [couper(row.nom, most, gras=row.marquee) for row in rangees]
    left = max(mesurer(line, gras=row.marquee) for row, lines in zip(rangees, names, strict=True) for line in lines)
    nets = [
        max(mesurer(text, gras=not place) for text in (name, *(row.soldes[place] for row in rangees))) + 2 * ESPACE
        for place, name in enumerate(entetes)
    ]
    unit, below = _mettre_a_l_echelle(rangees, largeur - left - 2 * ESPACE - sum(nets), titled)
    zero, ends = left + 2 * ESPACE + below, [largeur - sum(nets[place + 1 :]) for place in range(len(nets))]
    top = y = _intituler(drawing, largeur, dict(zip(entetes, ends, strict=True))) if titled else 0.0
    for row, lines in zip(rangees, names, strict=True):
        height = max(RANGEE, INTERLIGNE * len(lines) + 8)
        middle = y + height / 2
        if titled:
            drawing.filet(0, y, largeur, y)
            _aligner(drawing, row.soldes[: len(ends)], ends, middle)
        drawing.lien(row.lien)
        drawing.lignes(0, middle, lines, gras=row.marquee)
        drawing.fin_lien(row.lien)
        for measures, side in COTES:
            _allonger(drawing, row, measures, (zero, middle, side * unit), row.bout(measures, unit, titree=titled))
        y += height
    drawing.filet(zero, top, zero, y, axe=True)
    return drawing.svg(y + 2)


def _intituler(drawing: Trace, largeur: int, colonnes: Mapping[str, float]) -> float:
    """Name the colours, in the order of a bar, and the columns of nets; return where the rows start."""
    order = [(name, LIBELLES[name]) for name in (*reversed(MESURES_BAISSE), *MESURES_HAUSSE)]
    for place, keys in enumerate([order] if largeur >= DEMI else [order[:2], order[2:]]):
        drawing.cles(0, INTERLIGNE * (place + 0.5), keys)
    drawing.texte(largeur, INTERLIGNE / 2, LIBELLES["solde_net"], ancre="end", gras=True)
    _aligner(drawing, list(colonnes), list(colonnes.values()), INTERLIGNE * 1.5)
    return INTERLIGNE * 2.5


def _aligner(drawing: Trace, mots: Sequence[str], fins: Sequence[float], y: float) -> None:
    """Write the columns of nets: the first one bold, the others as mentions."""
    for place, (words, end) in enumerate(zip(mots, fins, strict=True)):
        drawing.texte(end, y, words, ancre="end", gras=not place, mesure="mention" if place else "")


def _mettre_a_l_echelle(rangees: Sequence[Rangee], largeur: float, titree: bool) -> tuple[float, float]:
    """Return the length of a movement, the greatest that leaves room to every number, and that of the left side."""
    counted = sum(max(row.longueur(measures) for row in rangees) for measures, _ in COTES)
    unit = min(UNITE_MAX, largeur / max(counted, 1))
    while True:
        right, left = (
            max(
                row.longueur(measures) * unit + (mesurer(end, gras=row.marquee) + ESPACE if end else 0)
                for row in rangees
                for end in [row.bout(measures, unit, titree=titree)]
            )
            for measures, _ in COTES
        )
        if right + left <= largeur or unit < 0.01:
            return unit, left
        unit *= 0.98


def _allonger(drawing: Trace, row: Rangee, mesures: Sequence[str], axe: tuple[float, float, float], bout: str) -> None:
    """Lengthen one side away from the axis, each part with its number unless they stand at the end."""
    base, middle, unit = axe
    for measure in mesures:
        if value := row.valeurs.get(measure, 0):
            end = base + value * unit
            width = max(abs(end - base) - JOUR, 1)
            drawing.barre(measure, min(base, end) + JOUR / 2, middle - BARRE / 2, width, BARRE)
            if not bout:
                drawing.texte((base + end) / 2, middle, nombre(value), ancre="middle", mesure=measure)
            base = end
    drawing.texte(
        base + (ESPACE if unit > 0 else -ESPACE), middle, bout, ancre="" if unit > 0 else "end", gras=row.marquee
    )
