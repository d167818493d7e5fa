"""Signs of a map: what is known of a territory, the circle or the words that show it, and the legend of both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from barometre_lib.parametres.cartes import EchelleCartes
from barometre_lib.restitution.cartes_places import LIGNE
from barometre_lib.restitution.tableaux import INCONNU, NON_DISPONIBLE, NON_PRECISEE
from barometre_lib.restitution.trace import CORPS, mesurer
from barometre_lib.typographie import signe

# Least size of a text, that of a phone and of the smallest circles; height of figures in shares of their size.
PETIT, CHIFFRE = 12, 0.72
NON_PRECISE = "n.p."
GAINS, PERTES, NUL = "Ouvertures nettes", "Fermetures nettes", "0 : solde nul"
# In the legend, between two circles, between two keys, and above it.
PAS, MARGE, HAUT = 6, 12, 6


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


class Cle(NamedTuple):
    """Words of the legend, in pixels."""

    x: float
    y: float
    texte: str


def cercler(echelle: EchelleCartes, corps: float, x: float, y: float, solde: int) -> Signe:
    """Return the circle of a balance, its number as large as the drawing's text where it holds it."""
    radius, written = echelle.rayon_de(solde), signe(solde)
    width, height = mesurer(written, gras=True), CHIFFRE * CORPS
    size = corps if width**2 + height**2 <= (2 * radius) ** 2 else PETIT
    return Signe(round(x, 1), round(y, 1), radius, written, size, "gain" if solde > 0 else "perte")


def legender(
    valeurs: Iterable[Valeur], echelle: EchelleCartes, corps: float, largeur: float, haut: float
) -> tuple[list[Cle], list[Signe], int]:
    """Place the keys one after the other, under a map so wide and so high, and say where they end."""
    keys: list[Cle] = []
    signs: list[Signe] = []
    x, row, base = 0.0, 0.0, haut + HAUT
    for words, balances in _cles(list(valeurs), echelle):
        radii = [echelle.rayon_de(balance) for balance in balances]
        said = mesurer(words) * corps / CORPS
        tall = max([2 * radius for radius in radii] + [corps * LIGNE])
        if x and x + said + sum(2 * radius + PAS for radius in radii) > largeur:
            x, base, row = 0.0, base + row + PAS, 0.0
        middle = base + max(tall, row) / 2
        keys.append(Cle(round(x, 1), round(middle, 1), words))
        x += said
        for balance, radius in zip(balances, radii, strict=True):
            signs.append(cercler(echelle, corps, x + PAS + radius, middle, balance))
            x += PAS + 2 * radius
        x, row = x + MARGE, max(row, tall)
    return keys, signs, round(base + row + 3)


def _cles(valeurs: list[Valeur], echelle: EchelleCartes) -> Iterator[tuple[str, list[int]]]:
    """Yield words of the legend, with the balances whose circles follow them."""
    covered = [value.solde for value in valeurs if value.couverte]
    for words, sign in ((GAINS, 1), (PERTES, -1)):
        most = max(echelle.legende[1], *(sign * balance for balance in [0, *covered]))
        yield words, [sign * size for size in echelle.legende if size <= most]
    if 0 in covered:
        yield NUL, []
    yield from ((words, []) for words in dire_inconnues(valeurs))


def dire_inconnues(valeurs: Iterable[Valeur]) -> list[str]:
    """Return what the legend says of the territories that have no number."""
    grey = [one for one in valeurs if not one.couverte or not one.disponible]
    said = [(NON_PRECISE, NON_PRECISEE, any(one.disponible for one in grey))]
    said.append((INCONNU, NON_DISPONIBLE, not all(one.disponible for one in grey)))
    return [f"{written} : {words}" for written, words, there in said if there]
