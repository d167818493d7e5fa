"""Classes and colours of a map: blue above zero, red below, the same classes on both sides, pale at zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from barometre_lib.restitution.style import FOND, TEXTE
from barometre_lib.typographie import signe

PALE = "#f6f6f6"
GRIS = "#e5e5e5"
BLEU, ROUGE = "#000091", "#c9191e"
# How far from pale each class stands. No tint is left in the middle, where neither black nor white can be read.
DEGRES = (0.18, 0.4, 0.62, 1.0)


@dataclass(frozen=True)
class Case:
    """One box of the legend: its colours and what it stands for."""

    fond: str
    encre: str
    texte: str


def classer_soldes(soldes: Iterable[int]) -> list[tuple[int, int]]:
    """Cut the absolute values into at most four classes that hold about as many distinct values each.

    Parameters
    ----------
    soldes : iterable of int
        Net balances; zero is a class of its own and is left out.

    Returns
    -------
    list of tuple of int
        Least and greatest absolute value of each class, from the least: each starts just above the one before.
    """
    distinct = sorted({abs(value) for value in soldes} - {0})
    number = min(len(distinct), len(DEGRES))
    ends = [distinct[len(distinct) * rank // number - 1] for rank in range(1, number + 1)]
    return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True)) if ends else []


def couleurs(solde: int, classes: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return the fill of a balance, and the ink of what is written on it."""
    if not solde:
        return PALE, TEXTE
    rank = next(rank for rank, (_, end) in enumerate(classes) if abs(solde) <= end)
    degree = DEGRES[round((rank + 1) * len(DEGRES) / len(classes)) - 1]
    fill = _melanger(PALE, BLEU if solde > 0 else ROUGE, degree)
    return fill, max((TEXTE, FOND), key=lambda ink: contraste(fill, ink))


def legende(soldes: Sequence[int], classes: Sequence[tuple[int, int]]) -> list[list[Case]]:
    """Return the boxes of the legend in rows: above zero, below zero, zero; only what the map shows."""
    rows = []
    for sign in (1, -1):
        farthest = max((sign * value for value in soldes), default=0)
        rows.append([_case(sign, one, classes) for one in classes if one[0] <= farthest])
    zero = [Case(*couleurs(0, classes), "0")] if 0 in soldes else []
    return [row for row in (*rows, zero) if row]


def contraste(couleur: str, autre: str) -> float:
    """Return the contrast of two colours, as WCAG 2.1 reckons it: from 1 to 21."""
    light, dark = sorted((_luminance(couleur), _luminance(autre)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _case(sign: int, one: tuple[int, int], classes: Sequence[tuple[int, int]]) -> Case:
    low, high = sign * one[0], sign * one[1]
    return Case(*couleurs(low, classes), signe(low) if low == high else f"{signe(low)} à {signe(high)}")


def _melanger(depart: str, arrivee: str, part: float) -> str:
    mixed = (
        round(a + (b - a) * part) for a, b in zip(_rouge_vert_bleu(depart), _rouge_vert_bleu(arrivee), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _rouge_vert_bleu(couleur: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(couleur[1:])
    return red, green, blue


def _luminance(couleur: str) -> float:
    shares = [channel / 255 for channel in _rouge_vert_bleu(couleur)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
