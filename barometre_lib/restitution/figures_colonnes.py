"""Columns by period: what adds above the axis, what takes below it, the net as a row of numbers under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from barometre_lib.restitution.tableaux import INCONNU
from barometre_lib.restitution.trace import ETROIT, INTERLIGNE, JOUR, LARGE, Trace, couper, mesurer
from barometre_lib.typographie import nombre, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BAISSE, MESURES_HAUSSE

# In pixels: height of the columns, and of each side at least; a few movements do not fill it as hundreds do.
HAUTEUR, COTE_MIN, UNITE_MAX = 150, 36, 24
# Width of the names at the left, between two groups, of the place of a column at most; on a phone, room at the left for
# a number beside the first column.
NOMS, ENTRE, PLACE_MAX, DEBUT = 112, 56, 140, 16
BARRE_MIN, BARRE_MAX = 28, 64
# Height of a text inside a bar.
LIGNE = 15


@dataclass(frozen=True)
class Colonne:
    """What is counted over a period, of a territory."""

    nom: str
    valeurs: Mapping[str, int]  # of the four components
    solde: int | None  # None when it is not known

    def total(self, mesures: Sequence[str]) -> int:
        """Add up one side."""
        return sum(self.valeurs[name] for name in mesures)

    @property
    def ecrite(self) -> str:
        """The net as it is shown."""
        return INCONNU if self.solde is None else signe(self.solde)


@dataclass(frozen=True)
class Groupe:
    """Columns that share an axis."""

    titre: str
    colonnes: Sequence[Colonne]
    # Under the nets: words, first and last column that they bring together.
    accolades: Sequence[tuple[str, int, int]] = ()

    @property
    def unite(self) -> float:
        """Height of a movement: both sides fit, and none takes the room that the other needs."""
        up, down = self._plus_haut(MESURES_HAUSSE), self._plus_haut(MESURES_BAISSE)
        return min(UNITE_MAX, HAUTEUR / max(up + down, 1), (HAUTEUR - COTE_MIN) / max(up, down, 1))

    def cote(self, mesures: Sequence[str]) -> float:
        """Height of one side."""
        return max(COTE_MIN, self._plus_haut(mesures) * self.unite)

    def _plus_haut(self, mesures: Sequence[str]) -> int:
        return max(column.total(mesures) for column in self.colonnes)


def dessiner_large(groupes: Sequence[Groupe]) -> Markup:
    """Draw groups side by side, the components named at the left of the first column."""
    drawing = Trace(LARGE)
    room = LARGE - NOMS - ENTRE * (len(groupes) - 1)
    slot = min(PLACE_MAX, room / sum(len(group.colonnes) for group in groupes))
    top, height = 2 * INTERLIGNE, max(group.cote(MESURES_HAUSSE) + group.cote(MESURES_BAISSE) for group in groupes)
    bottom = top + height
    _nommer(drawing, groupes[0], bottom - groupes[0].cote(MESURES_BAISSE))
    drawing.texte(0, bottom + 38, LIBELLES["solde_net"], gras=True)
    if groupes[0].accolades:
        drawing.texte(0, bottom + 66, "Année")
    start = float(NOMS)
    for group in groupes:
        drawing.texte(start, INTERLIGNE / 2, group.titre, gras=True)
        _grouper(drawing, group, start, slot, bottom)
        start += max(slot * len(group.colonnes), mesurer(group.titre, gras=True)) + ENTRE
    return drawing.svg(bottom + (78 if any(group.accolades for group in groupes) else 50))


def dessiner_etroit(groupe: Groupe) -> Markup:
    """Draw one group over the width of a phone, the components named above it."""
    drawing = Trace(ETROIT)
    for place, measures in enumerate((MESURES_HAUSSE, MESURES_BAISSE)):
        drawing.cles(0, INTERLIGNE * (place + 0.5), [(name, LIBELLES[name]) for name in measures])
    bottom = 3 * INTERLIGNE + groupe.cote(MESURES_HAUSSE) + groupe.cote(MESURES_BAISSE)
    _grouper(drawing, groupe, DEBUT, min(PLACE_MAX, (ETROIT - DEBUT) / len(groupe.colonnes)), bottom)
    return drawing.svg(bottom + 50)


def _nommer(drawing: Trace, group: Groupe, zero: float) -> None:
    """Name the components beside the first column, further from the axis one than the other."""
    first = group.colonnes[0]
    for measures, side in ((MESURES_HAUSSE, -1), (MESURES_BAISSE, 1)):
        places = _reperer([first.valeurs[name] * group.unite for name in measures])
        for name, place in zip(measures, places, strict=True):
            drawing.cles(0, zero + side * place, [(name, LIBELLES[name])])


def _reperer(hauteurs: Sequence[float], *, ecart: float = INTERLIGNE) -> list[float]:
    """Return how far from the axis the middle of each part is, no two texts there nearer than `ecart`."""
    places, base, before = list[float](), 0.0, -ecart / 2
    for height in hauteurs:
        before = max(base + height / 2, before + ecart)
        places.append(before)
        base += height
    return places


def _grouper(drawing: Trace, group: Groupe, start: float, slot: float, bottom: float) -> None:
    """Draw the columns of a group, then what stands under them."""
    zero, width = bottom - group.cote(MESURES_BAISSE), min(BARRE_MAX, max(BARRE_MIN, 0.5 * slot))
    for place, column in enumerate(group.colonnes):
        middle = start + (place + 0.5) * slot
        for measures, side in ((MESURES_HAUSSE, -1), (MESURES_BAISSE, 1)):
            _empiler(drawing, column, measures, (middle - width / 2, zero, width), side * group.unite)
        drawing.texte(middle, bottom + 18, column.nom, ancre="middle")
        drawing.texte(middle, bottom + 38, column.ecrite, ancre="middle", gras=True)
    drawing.filet(start, zero, start + slot * len(group.colonnes), zero, axe=True)
    for words, first, last in group.accolades:
        left, right = start + first * slot + 6, start + (last + 1) * slot - 6
        drawing.filet(left, bottom + 52, right, bottom + 52)
        drawing.texte((left + right) / 2, bottom + 66, words, ancre="middle")


def _empiler(
    drawing: Trace, column: Colonne, mesures: Sequence[str], barre: tuple[float, float, float], unite: float
) -> None:
    """Stack the parts of one side away from zero, each with its value: inside where it fits, else at its left."""
    left, base, width = barre
    beside = -INTERLIGNE / 2
    for measure in mesures:
        value = column.valeurs[measure]
        if not value:
            continue
        end = base + value * unite
        middle, height, shown = (base + end) / 2, abs(end - base), nombre(value)
        drawing.barre(measure, left, min(base, end) + JOUR / 2, width, max(height - JOUR, 1))
        if height >= LIGNE and mesurer(shown) <= width:
            drawing.texte(left + width / 2, middle, shown, ancre="middle", mesure=measure)
        else:
            beside = max(abs(middle - barre[1]), beside + INTERLIGNE)
            drawing.texte(left - 3, barre[1] + (beside if unite > 0 else -beside), shown, ancre="end")
        base = end


@dataclass(frozen=True)
class Panneau:
    """The nets of one territory, period by period."""

    nom: str
    soldes: Sequence[int | None]
    lien: str = ""


# Between two panels; height of the tallest column, all panels sharing one scale.
GOUTTIERE, PANNEAU = 24, 80


def dessiner_panneaux(panneaux: Sequence[Panneau], periodes: Sequence[str], largeur: int) -> Markup:
    """Draw small panels in rows, as many in each as their numbers leave room for."""
    drawing = Trace(largeur)
    known = [net for panel in panneaux for net in panel.soldes if net is not None]
    top, low = max(0, *known, 0), max(0, *(-net for net in known), 0)
    unit = min(UNITE_MAX, PANNEAU / max(top + low, 1))
    ends = sum(map(mesurer, {periodes[0], periodes[-1]}))
    needed = max(len(periodes) * (max(mesurer(signe(net)) for net in [*known, 0]) + 6), ends + 12, 90)
    columns = max(1, int((largeur + GOUTTIERE) // (needed + GOUTTIERE)))
    width = (largeur + GOUTTIERE) / columns - GOUTTIERE
    names = [couper(panel.nom, width, gras=True) for panel in panneaux]
    head = INTERLIGNE * max(map(len, names))
    row = head + 2 * INTERLIGNE + unit * (top + low) + 2.5 * INTERLIGNE
    for index, (panel, lines) in enumerate(zip(panneaux, names, strict=True)):
        x, y = index % columns * (width + GOUTTIERE), index // columns * row
        drawing.lien(panel.lien)
        drawing.lignes(x, y + head - INTERLIGNE * len(lines) / 2, lines, gras=True)
        drawing.fin_lien(panel.lien)
        zero = y + head + INTERLIGNE + 4 + unit * top
        _aligner(drawing, panel, (x, zero, width), unit)
        foot = zero + unit * low + 1.6 * INTERLIGNE
        drawing.texte(x, foot, periodes[0])
        if len(periodes) > 1:
            drawing.texte(x + width, foot, periodes[-1], ancre="end")
    return drawing.svg(row * -(-len(panneaux) // columns))


def _aligner(drawing: Trace, panel: Panneau, axe: tuple[float, float, float], unite: float) -> None:
    left, zero, width = axe
    slot = width / len(panel.soldes)
    for place, net in enumerate(panel.soldes):
        middle, height = left + (place + 0.5) * slot, unite * abs(net or 0)
        if net:
            drawing.barre(
                "ouvertures" if net > 0 else "fermetures",
                middle - 0.35 * slot,
                zero - (height if net > 0 else 0),
                0.7 * slot,
                height,
            )
        above = zero - (height if (net or 0) >= 0 else 0) - INTERLIGNE / 2
        text = INCONNU if net is None else signe(net)
        drawing.texte(middle, zero + height + INTERLIGNE / 2 if (net or 0) < 0 else above, text, ancre="middle")
    drawing.filet(left, zero, left + width, zero, axe=True)


def reunir(colonnes: Sequence[tuple[str, Colonne]]) -> list[tuple[str, int, int]]:
    """Return years, given beside each column, with the first and the last column of each that has several."""
    starts = [place for place, (year, _) in enumerate(colonnes) if not place or colonnes[place - 1][0] != year]
    return [
        (colonnes[first][0], first, end - 1) for first, end in pairwise([*starts, len(colonnes)]) if end - first > 1
    ]
