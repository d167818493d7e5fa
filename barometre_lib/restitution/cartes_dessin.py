"""Drawing of a map: a circle for each balance, filled above zero and outlined below, on pale outlines.

The area of a circle is proportional to the balance, by the one scale of `params/cartes.yaml`. Two drawings, for a wide
screen and for a phone, share their outlines: the second refers to those of the first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, NamedTuple

from markupsafe import Markup

from barometre_lib.parametres.cartes import EchelleCartes
from barometre_lib.restitution.cartes_places import LIGNE, Boite, Disque, Nom, ecarter, nommer
from barometre_lib.restitution.fragment import remplir
from barometre_lib.restitution.style import BLEU, CONTOUR, FOND, MENTION, POLICE_PAGE, ROUGE, TEXTE
from barometre_lib.restitution.tableaux import INCONNU, NON_DISPONIBLE, NON_PRECISEE
from barometre_lib.restitution.trace import CORPS, mesurer
from barometre_lib.typographie import signe

# Least size of a text, that of a phone and of the smallest circles; height of figures in shares of their size.
PETIT, CHIFFRE = 12, 0.72
# From so many territories on, a phone has no room for the names that may be left out.
FOULE = 30
NON_PRECISE = "n.p."
GAINS, PERTES, NUL = "Ouvertures nettes", "Fermetures nettes", "0 : solde nul"
# Room of the second ring that marks the page's own territory: its circle may hide its outline.
ANNEAU = 4.5
# Thickness of the outline that marks it, on the mainland and on an island; and of that of the keyboard.
EPAIS, MOYEN, VU = 2.5, 1.6, 3.5
# In the legend, between two circles, and between two keys.
PAS, MARGE = 6, 12


@dataclass(frozen=True)
class Valeur:
    """What a map shows of one territory."""

    nom: str
    solde: int  # zero where it is not available
    comptee: bool  # whether any movement is counted there
    couverte: bool  # whether the territory is known to be covered by the collection
    disponible: bool = True  # whether its numbers are known

    @property
    def ecrite(self) -> str:
        """What is written on the territory."""
        if not self.disponible:
            return INCONNU
        if self.couverte:
            return signe(self.solde)
        return f"{NON_PRECISE} ({signe(self.solde)})" if self.comptee else NON_PRECISE

    @property
    def dite(self) -> str:
        """What is said of it: « Bretagne : +3 »."""
        if not self.disponible:
            return f"{self.nom} : {NON_DISPONIBLE}"
        parts = [signe(self.solde)] if self.couverte or self.comptee else []
        return f"{self.nom} : {', '.join([*parts, *([] if self.couverte else [NON_PRECISEE])])}"

    @property
    def cerclee(self) -> bool:
        """Whether a circle stands for it: its balance is known, and is not zero."""
        return self.couverte and self.solde != 0


class Signe(NamedTuple):
    """A circle, or the words that stand in its place, in pixels."""

    x: float
    y: float
    rayon: float  # zero when there are only words
    texte: str
    corps: float
    genre: str  # gain, perte, or mention for words


@dataclass(frozen=True)
class Carte:
    """A map to be drawn."""

    nom: str  # unique in the page
    fond: Mapping[str, Any]  # what `Nomenclatures.carte` returns
    valeurs: Mapping[str, Valeur]  # of each of its territories, in the order of the keyboard
    echelle: EchelleCartes
    nommees: frozenset[str] = frozenset()  # codes whose name must be written
    cernee: str = ""  # code of the territory to outline
    liens: Mapping[str, str] | None = None  # code to the address that a territory leads to

    def dessiner(self) -> tuple[Markup, Markup]:
        """Return the wide drawing, and that of a phone."""
        return _Dessin(self, "large", CORPS).remplir(), _Dessin(self, "etroit", PETIT).remplir()


@dataclass(frozen=True)
class _Dessin:
    """One of the two drawings of a map."""

    carte: Carte
    format: str  # large or etroit
    corps: float

    def remplir(self) -> Markup:
        width, height = self.carte.fond[self.format]
        blocks = self.carte.fond["blocs"]
        frames = [_cadre(block, self.format) for block in blocks]
        whole = Boite(0, 0, width, height)
        rooms = {code: frame or whole for block, frame in zip(blocks, frames, strict=True) for code in block["ancres"]}
        seats = {code: self._asseoir(code) for code in rooms}
        discs = ecarter(seats, rooms)
        signs = [self._signer(self.carte.valeurs[code], disc) for code, disc in discs.items()]
        boxes = [*filter(None, frames), *(_viser(block, self.format) for block in blocks if block["visee"])]
        titles = [(frame, block["nom"]) for block, frame in zip(blocks, frames, strict=True) if frame]
        enlarged = {code for block in blocks if block["nom"] for code in block["ancres"]}
        crowded = self.corps < CORPS and len(discs) >= FOULE
        named = [code for code in discs if not crowded or code in enlarged | self.carte.nommees]
        names = nommer(
            {code: self.carte.valeurs[code].nom for code in named},
            discs,
            rooms,
            corps=self.corps,
            gras=self.carte.cernee,
            obligatoires=self.carte.nommees,
            obstacles=[box for title in titles for box in self._boites_du_cadre(*title)],
        )
        legend, bottom = self._placer_legende(width, height + MARGE / 2)
        return remplir(
            "carte",
            {
                **self._encrer(),
                **{
                    "largeur": width,
                    "hauteur": round(bottom),
                    "corps": f"{self.corps:g}",
                    "zones": [self._zones(block) for block in blocks],
                    "cadres": [(one.gauche, one.haut, one.droite - one.gauche, one.bas - one.haut) for one in boxes],
                    "titres": [(frame.gauche, frame.haut - 6, name) for frame, name in titles],
                    "renvois": [
                        *(
                            _rattacher(discs[code], seat)
                            for code, seat in seats.items()
                            if self.carte.valeurs[code].cerclee and discs[code].quitte(seat)
                        ),
                        *(_renvoyer(discs[name.code], name) for name in names if name.renvoi),
                    ],
                    "signes": [*signs, *(one for one in legend if isinstance(one, Signe))],
                    "noms": [(name, *_ecrire(name, self.corps)) for name in names],
                    "anneaux": [
                        (discs[code].x, discs[code].y, discs[code].rayon - 1)
                        for code in discs
                        if code == self.carte.cernee and self.carte.valeurs[code].cerclee
                    ],
                    "genres": {code: sign.genre for code, sign in zip(discs, signs, strict=True)},
                    "cles": [one for one in legend if not isinstance(one, Signe)],
                },
            },
        )

    def _encrer(self) -> dict[str, Any]:
        return {
            "nom": self.carte.nom,
            "etroit": self.format == "etroit",
            "police": POLICE_PAGE,
            "encre": TEXTE,
            "mention": MENTION,
            "contour": CONTOUR,
            "bleu": BLEU,
            "rouge": ROUGE,
            "fond": FOND,
            "encres": {"gain": FOND, "perte": ROUGE, "mention": MENTION},
            "cernee": self.carte.cernee,
            "liens": self.carte.liens is not None,
        }

    def _asseoir(self, code: str) -> Disque:
        """Return the room of a territory before circles are parted."""
        block = next(one for one in self.carte.fond["blocs"] if code in one["ancres"])
        (x, y), (left, top, scale) = block["ancres"][code], block[self.format]
        value = self.carte.valeurs[code]
        if value.cerclee:
            room = self.carte.echelle.rayon_de(value.solde) + (ANNEAU if code == self.carte.cernee else 0)
        else:
            room = hypot(mesurer(value.ecrite) / CORPS, LIGNE) * self.corps / 2
        return Disque(left + x * scale, top + y * scale, room)

    def _signer(self, valeur: Valeur, disque: Disque) -> Signe:
        if not valeur.cerclee:
            return Signe(disque.x, disque.y, 0, valeur.ecrite, self.corps, "mention")
        return self._cercler(disque.x, disque.y, valeur.solde)

    def _cercler(self, x: float, y: float, solde: int) -> Signe:
        """Return the circle of a balance, its number as large as the drawing's text where it holds it."""
        radius, written = self.carte.echelle.rayon_de(solde), signe(solde)
        width, height = mesurer(written, gras=True), CHIFFRE * CORPS
        size = self.corps if width**2 + height**2 <= (2 * radius) ** 2 else PETIT
        return Signe(round(x, 1), round(y, 1), radius, written, size, "gain" if solde > 0 else "perte")

    def _boites_du_cadre(self, cadre: Boite, titre: str) -> Iterator[Boite]:
        """Yield what no name may cover of a frame: its title and its sides."""
        left, top, right, bottom = cadre
        width = mesurer(titre, gras=True) * self.corps / CORPS
        yield Boite(left, top - self.corps - 8, left + width, top)
        yield from (Boite(side - 2, top, side + 2, bottom) for side in (left, right))
        yield from (Boite(left, side - 2, right, side + 2) for side in (top, bottom))

    def _zones(self, bloc: Mapping[str, Any]) -> dict[str, Any]:
        """Return a block's outlines, in the order of the keyboard."""
        order, links = list(self.carte.valeurs), self.carte.liens or {}
        x, y, scale = bloc[self.format]
        return {
            "place": f"translate({x:g} {y:g}) scale({scale:g})",
            "trait": f"{1 / scale:.1f}",
            "epais": f"{(EPAIS if len(bloc['formes']) > 1 else MOYEN) / scale:.1f}",
            "vu": f"{VU / scale:.1f}",
            "formes": [
                (code, path, self.carte.valeurs[code].dite, links.get(code, ""))
                for code, path in sorted(bloc["formes"], key=lambda shape: order.index(shape[0]))
            ],
        }

    def _placer_legende(self, largeur: float, haut: float) -> tuple[list[Any], float]:
        """Place the keys one after the other, under the map, and say where they end."""
        placed: list[Any] = []
        x, row, base = 0.0, 0.0, haut
        for words, balances in self._cles():
            radii = [self.carte.echelle.rayon_de(balance) for balance in balances]
            width = mesurer(words) * self.corps / CORPS + sum(2 * radius + PAS for radius in radii)
            tall = max([2 * radius for radius in radii] + [self.corps * LIGNE])
            if x and x + width > largeur:
                x, base, row = 0.0, base + row + PAS, 0.0
            middle = base + max(tall, row) / 2
            placed.append((round(x, 1), round(middle, 1), words))
            x += mesurer(words) * self.corps / CORPS
            for balance, radius in zip(balances, radii, strict=True):
                placed.append(self._cercler(x + PAS + radius, middle, balance))
                x += PAS + 2 * radius
            x, row = x + MARGE, max(row, tall)
        return placed, base + row + 3

    def _cles(self) -> Iterator[tuple[str, list[int]]]:
        """Yield words of the legend, with the balances whose circles follow them."""
        values = self.carte.valeurs.values()
        covered = [value.solde for value in values if value.couverte]
        for words, sign in ((GAINS, 1), (PERTES, -1)):
            most = max(self.carte.echelle.legende[1], *(sign * balance for balance in [0, *covered]))
            yield words, [sign * size for size in self.carte.echelle.legende if size <= most]
        if 0 in covered:
            yield NUL, []
        yield from ((words, []) for words in dire_inconnues(values))


def dire_inconnues(valeurs: Iterable[Valeur]) -> list[str]:
    """Return what the legend says of the territories that have no number."""
    grey = [one for one in valeurs if not one.couverte or not one.disponible]
    said = [(NON_PRECISE, NON_PRECISEE, any(one.disponible for one in grey))]
    said.append((INCONNU, NON_DISPONIBLE, not all(one.disponible for one in grey)))
    return [f"{written} : {words}" for written, words, there in said if there]


def _cadre(bloc: Mapping[str, Any], format_: str) -> Boite | None:
    if not bloc["cadres"]:
        return None
    x, y, width, height = bloc["cadres"][format_ == "etroit"]
    return Boite(x, y, x + width, y + height)


def _viser(bloc: Mapping[str, Any], format_: str) -> Boite:
    """Return the frame of what another block enlarges."""
    left, top, scale = bloc[format_]
    xs, ys = (
        [round(start + scale * end, 1) for end in bloc["visee"][axis::2]] for axis, start in ((0, left), (1, top))
    )
    return Boite(xs[0], ys[0], xs[1], ys[1])


def _ecrire(nom: Nom, corps: float) -> tuple[float, Sequence[tuple[float, str]]]:
    """Return the middle of a name, and the base line of each of its lines."""
    left, top, right, _ = nom.boite
    lines = [(round(top + (rank + 0.82) * corps * LIGNE, 1), line) for rank, line in enumerate(nom.lignes)]
    return round((left + right) / 2, 1), lines


def _rattacher(disque: Disque, place: Disque) -> tuple[float, float, float, float]:
    """Return the ends of the line from a circle to its territory, which others pushed it away from."""
    return disque.x, disque.y, round(place.x, 1), round(place.y, 1)


def _renvoyer(disque: Disque, nom: Nom) -> tuple[float, float, float, float]:
    """Return the ends of the line from a circle to the nearest point of its name."""
    left, top, right, bottom = nom.boite
    x, y = min(max(disque.x, left), right), min(max(disque.y, top), bottom)
    apart = ((x - disque.x) ** 2 + (y - disque.y) ** 2) ** 0.5 or 1
    share = disque.rayon / apart
    start = (disque.x + (x - disque.x) * share, disque.y + (y - disque.y) * share)
    return round(start[0], 1), round(start[1], 1), round(x, 1), round(y, 1)
