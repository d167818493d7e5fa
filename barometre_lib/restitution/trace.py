"""The pen of a figure: an SVG in pixels, text 14 px high drawn 1:1, the same bytes for the same strokes.

The style sheet knows a colour by its value, and gives another in the dark.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from types import MappingProxyType

from markupsafe import Markup, escape

from barometre_lib.restitution.style import COULEURS, GRILLE, MENTION, POLICE_PAGE, TEXTE

# Widths in pixels: the whole page, half of it, a phone of 375 pixels without its margins.
LARGE, DEMI, ETROIT = 1200, 600, 343
CORPS, INTERLIGNE = 14, 18
# From the base line of a text up to the middle of its figures.
MILIEU = 5
# Between two parts of a bar, in place of an outline.
JOUR = 1.2
# Widths of characters in thousandths of the size, those of Marianne rather than of Arial, which is narrower.
CHASSES = MappingProxyType(
    dict.fromkeys("il.,:;|’'!", 280)
    | dict.fromkeys(" \u00a0\u202frtfj()-", 360)
    | dict.fromkeys("mMwW%", 900)
    | dict.fromkeys("ABCDEÉÈFGHIJKLNOÔPQRSTUVXYZ", 720)
)
ORDINAIRE, GRAS = 590, 1.08


@cache
def mesurer(texte: str, *, gras: bool = False) -> float:
    """Return the width of a text in pixels, rather too wide than too narrow: the page's font may not be ours."""
    width = sum(CHASSES.get(character, ORDINAIRE) for character in texte) * CORPS / 1000
    return width * GRAS if gras else width


def couper(texte: str, largeur: float, *, gras: bool = False) -> list[str]:
    """Break a text into lines that a width holds, at its spaces and hyphens; a word longer than it stays whole."""
    lines = [""]
    for word in texte.replace("-", "-\v").replace(" ", " \v").split("\v"):
        if lines[-1] and mesurer((lines[-1] + word).rstrip(), gras=gras) > largeur:
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines]


class Trace:
    """A drawing that is being made, from the top left; what it holds is escaped."""

    def __init__(self, largeur: float) -> None:
        self.largeur = largeur
        self._parties: list[str] = []
        self._liens = False

    def barre(self, mesure: str, x: float, y: float, largeur: float, hauteur: float) -> None:
        """Draw a rectangle in the colours of a measure."""
        box = f'x="{_nombre(x)}" y="{_nombre(y)}" width="{_nombre(largeur)}" height="{_nombre(hauteur)}"'
        self._parties.append(f'<rect fill="{COULEURS[mesure][0]}" {box}/>')

    def point(self, mesure: str, x: float, y: float, rayon: float) -> None:
        """Draw a disc in the colours of a measure."""
        place = f'cx="{_nombre(x)}" cy="{_nombre(y)}" r="{_nombre(rayon)}"'
        self._parties.append(f'<circle fill="{COULEURS[mesure][0]}" {place}/>')

    def texte(  # noqa: PLR0913  what a text looks like
        self, x: float, y: float, mots: str, *, ancre: str = "", gras: bool = False, mesure: str = ""
    ) -> None:
        """Write words, the middle of their figures at a height; `mesure` is what they stand on, or `mention`."""
        if not mots:
            return
        look = f' text-anchor="{ancre}"' if ancre else ""
        look += ' font-weight="700"' if gras else ""
        ink = MENTION if mesure == "mention" else COULEURS[mesure][1] if mesure else ""
        look += f' fill="{ink}"' if ink else ""
        words = escape(mots.replace("'", "’"))
        self._parties.append(f'<text x="{_nombre(x)}" y="{_nombre(y + MILIEU)}"{look}>{words}</text>')

    def lignes(self, x: float, y: float, mots: Sequence[str], *, ancre: str = "", gras: bool = False) -> None:
        """Write lines around a height."""
        for place, line in enumerate(mots):
            self.texte(x, y + (place - (len(mots) - 1) / 2) * INTERLIGNE, line, ancre=ancre, gras=gras)

    def filet(self, x: float, y: float, fin_x: float, fin_y: float, *, axe: bool = False) -> None:
        """Draw a rule, or an axis."""
        ink = TEXTE if axe else GRILLE
        self._parties.append(f'<path stroke="{ink}" d="M{_nombre(x)} {_nombre(y)}L{_nombre(fin_x)} {_nombre(fin_y)}"/>')

    def cles(self, x: float, y: float, cles: Iterable[tuple[str, str]]) -> None:
        """Name the colours in a row: measures and their names."""
        for measure, name in cles:
            self.barre(measure, x, y - 6, 12, 12)
            self.texte(x + 18, y, name)
            x += 18 + mesurer(name) + 14

    def lien(self, adresse: str) -> None:
        """Open a link, closed by `fin_lien`; nothing when there is no address."""
        if adresse:
            self._liens = True
            self._parties.append(f'<a href="{escape(adresse)}">')

    def fin_lien(self, adresse: str) -> None:
        """Close what `lien` opened."""
        if adresse:
            self._parties.append("</a>")

    def svg(self, hauteur: float) -> Markup:
        """Return the drawing as an element of a page; one that has links is no mere picture."""
        hidden = "" if self._liens else 'aria-hidden="true" focusable="false" '
        shown = f'viewBox="0 0 {_nombre(self.largeur)} {_nombre(hauteur)}" font-family="{POLICE_PAGE}"'
        look = f'font-size="{CORPS}" fill="{TEXTE}" style="width:100%;max-width:{_nombre(self.largeur)}px"'
        return Markup(f'<svg class="diagramme" {hidden}{shown} {look}>{"".join(self._parties)}</svg>')  # noqa: S704


def _nombre(valeur: float) -> str:
    return f"{valeur:.1f}".removesuffix(".0")
