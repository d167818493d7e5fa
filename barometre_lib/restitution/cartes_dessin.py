"""Drawing of a map: a circle for each balance, filled above zero and outlined below, on pale outlines.

The area of a circle is proportional to the balance, by the one scale of `params/cartes.yaml`. Two drawings, for a wide
screen and for a phone, share their outlines: the second refers to those of the first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import Any

from markupsafe import Markup

from barometre_lib.parametres.cartes import EchelleCartes
from barometre_lib.restitution.cartes_places import LIGNE, Boite, Disque, Nom, ecarter, nommer, rattacher, renvoyer
from barometre_lib.restitution.cartes_signes import PETIT, Signe, Valeur, cercler, legender
from barometre_lib.restitution.fragment import remplir
from barometre_lib.restitution.style import BLEU, FOND, MENTION, POLICE_PAGE, ROUGE, TEXTE
from barometre_lib.restitution.trace import CORPS, mesurer

# From so many territories on, a phone has no room for the names that may be left out.
FOULE = 30
# Room of the second ring that marks the page's own territory: its circle may hide its outline.
ANNEAU = 4.5
# From so many pixels on, a circle is said to be pushed away.
ECARTE = 10
# Thickness of the outline that marks it, on the mainland and on an island; and of that of the keyboard.
EPAIS, MOYEN, VU = 2.5, 1.6, 3.5
ENCRES = {
    "encre": TEXTE,
    "mention": MENTION,
    "bleu": BLEU,
    "rouge": ROUGE,
    "fond": FOND,
    "encres": {"gain": FOND, "perte": ROUGE, "mention": MENTION},
}


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

    def dessiner(self) -> tuple[Markup, Markup, bool]:
        """Return the wide drawing, that of a phone, and whether circles are pushed away from their territory."""
        (wide, moved), (narrow, also) = (
            one.remplir() for one in (_Dessin(self, "large", CORPS), _Dessin(self, "etroit", PETIT))
        )
        return wide, narrow, moved or also


@dataclass(frozen=True)
class _Dessin:
    """One of the two drawings of a map."""

    carte: Carte
    format: str  # large or etroit
    corps: float

    def remplir(self) -> tuple[Markup, bool]:
        values, own = self.carte.valeurs, self.carte.cernee
        width, height = self.carte.fond[self.format]
        blocks = self.carte.fond["blocs"]
        frames = [_cadre(block, self.format) for block in blocks]
        whole = Boite(0, 0, width, height)
        rooms = {code: frame or whole for block, frame in zip(blocks, frames, strict=True) for code in block["ancres"]}
        seats = {code: self._asseoir(code) for code in rooms}
        discs = ecarter(seats, rooms)
        signs = {code: self._signer(values[code], disc) for code, disc in discs.items()}
        titles = [(frame, block["nom"]) for block, frame in zip(blocks, frames, strict=True) if frame]
        names = self._nommer(discs, rooms, titles)
        keys, samples, bottom = legender(values.values(), self.carte.echelle, self.corps, width, height)
        circled = [code for code, sign in signs.items() if sign.rayon]
        gone = [code for code in circled if discs[code].quitte(seats[code])]
        boxes = [*filter(None, frames), *(_viser(block, self.format) for block in blocks if block["visee"])]
        content = {
            "nom": self.carte.nom,
            "etroit": self.format == "etroit",
            "liens": self.carte.liens is not None,
            "cernee": own,
            "police": POLICE_PAGE,
            "largeur": width,
            "hauteur": bottom,
            "corps": f"{self.corps:g}",
            "zones": [self._zones(block) for block in blocks],
            "cadres": [(one.gauche, one.haut, one.droite - one.gauche, one.bas - one.haut) for one in boxes],
            "titres": [(frame.gauche, frame.haut - 6, name) for frame, name in titles],
            "renvois": [
                *(rattacher(discs[code], seats[code]) for code in gone),
                *(renvoyer(discs[name.code], name) for name in names if name.renvoi),
            ],
            "signes": [*signs.values(), *samples],
            "anneaux": [(discs[own].x, discs[own].y, discs[own].rayon - 1)] if own in circled else [],
            "genres": {code: sign.genre for code, sign in signs.items()},
            "noms": [(name, *_ecrire(name, self.corps)) for name in names],
            "cles": keys,
        }
        drawn = Markup(re.sub(r"\n|(?<=\d)\.0(?=\")", "", remplir("carte", ENCRES | content)))  # noqa: S704  only shorter
        return drawn, any(discs[code].quitte(seats[code], ECARTE) for code in circled)

    def _nommer(
        self, discs: Mapping[str, Disque], rooms: Mapping[str, Boite], titles: Sequence[tuple[Boite, str]]
    ) -> list[Nom]:
        """Write the names: all, but for what a phone has no room for."""
        enlarged = {code for block in self.carte.fond["blocs"] if block["nom"] for code in block["ancres"]}
        crowded = self.corps < CORPS and len(discs) >= FOULE
        return nommer(
            {
                code: self.carte.valeurs[code].nom
                for code in discs
                if not crowded or code in enlarged | self.carte.nommees
            },
            discs,
            rooms,
            corps=self.corps,
            gras=self.carte.cernee,
            obligatoires=self.carte.nommees,
            obstacles=[box for title in titles for box in self._boites_du_cadre(*title)],
        )

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
        return cercler(self.carte.echelle, self.corps, disque.x, disque.y, valeur.solde)

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
                (code, _abreger(path), self.carte.valeurs[code].dite, links.get(code, ""))
                for code, path in sorted(bloc["formes"], key=lambda shape: order.index(shape[0]))
            ],
        }


@cache
def _abreger(trace: str) -> str:
    """Leave out of an outline the commands that repeat the one before, where a sign parts their numbers."""
    return re.sub(r"(?:t[-\d,]+){2,}", lambda found: f"t{found[0][1:].replace('t-', '-')}", trace)


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
