"""Drawing of a map: colours by classes of values, labels where `data/reference/cartes.json` has a place for them.

Blue is above zero, red below, by the same classes on both sides, pale at zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup

from barometre_lib.restitution.fragment import remplir
from barometre_lib.restitution.style import ALLURE, CONTOUR, COULEUR_NULLE, COULEURS_SOLDE, FOND, POLICE_PAGE, TEXTE
from barometre_lib.restitution.tableaux import INCONNU, NON_DISPONIBLE, NON_PRECISEE
from barometre_lib.typographie import signe

# Width of the drawing, size of its text and space between its lines, in its own units: on a phone of 375 pixels,
# which leaves 327 of them to the drawing, the text is 11 pixels high.
LARGEUR, CORPS, LIGNE = 1000, 34, 38
# Widths of characters in shares of the size of the text, on the wide side: the reader's font is not known.
LARGEUR_SIGNE, LARGEUR_ETROIT = 0.6, 0.32
ETROITS = frozenset(" .()\u00a0\u202f")
GRIS = "#e5e5e5"
NON_PRECISE = "n.p."
# Boxes of the legend in a row.
COLONNES = 4


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


@dataclass(frozen=True)
class Etiquette:
    """A value, where its middle stands, and whether it needs a plate."""

    code: str
    texte: str
    x: int
    y: int
    plaque: bool


class Case(NamedTuple):
    """One box of the legend: its colour, hatched when it has none, and what it stands for."""

    fond: str
    texte: str


def dessiner(
    nom: str,
    carte: Mapping[str, Any],
    valeurs: Mapping[str, Valeur],
    *,
    cernee: str = "",
    liens: Mapping[str, str] | None = None,
) -> Markup:
    """Draw a map.

    Parameters
    ----------
    nom : str
        Unique in the page.
    carte : mapping
        What `Nomenclatures.carte` returns.
    valeurs : mapping of str to Valeur
        What is shown of each of its territories, in the order of the keyboard.
    cernee : str
        Code of the territory to outline, if any.
    liens : mapping of str to str, optional
        Code to the address that a territory leads to; the drawing is then a group of links.
    """
    balances = [value.solde for value in valeurs.values() if value.couverte]
    classes = classer_soldes(balances)
    looks = {code: couleurs(one.solde, classes) if one.couverte else ("", TEXTE) for code, one in valeurs.items()}
    labels = [etiqueter(code, places, valeurs[code].ecrite) for code, places in carte["etiquettes"].items()]
    unknown = dire_inconnues(valeurs.values())
    cases = _placer_legende(balances, classes, unknown, carte["hauteur"])
    zones = _zones(carte["formes"], valeurs, looks, liens or {})
    return remplir(
        "carte",
        {
            "largeur": LARGEUR,
            "corps": CORPS,
            "police": POLICE_PAGE,
            "allure": ALLURE,
            "contour": CONTOUR,
            "encre": TEXTE,
            "gris": GRIS,
            "nom": nom,
            "liens": liens is not None,
            "hauteur": max((case["y"] for case in cases), default=carte["hauteur"]) + LIGNE,
            "hachures": bool(unknown),
            "zones": zones,
            "cernes": [zone["trace"] for zone in zones if zone["code"] == cernee],
            "cadres": carte["cadres"],
            # What is hatched is never written on without a plate.
            "plaques": [
                _plaque(one, looks[one.code][0] or GRIS) for one in labels if one.plaque or not looks[one.code][0]
            ],
            "valeurs": [
                *((one.x, one.y, one.texte, looks[one.code][1]) for one in labels),
                *((x, y, valeurs[code].ecrite, TEXTE) for code, (x, y) in carte["encarts"].items()),
            ],
            "noms": carte["noms"],
            "cases": cases,
        },
    )


def etiqueter(code: str, places: Sequence[tuple[float, int, int, bool]], texte: str) -> Etiquette:
    """Put a value where its territory has a place wide enough; one that has none leaves « n.p. », or takes a plate."""
    wide_enough = [place for place in places if place[0] >= largeur_de(texte)]
    if not wide_enough and texte.startswith(NON_PRECISE) and texte != NON_PRECISE:
        # The number would cover those of others: it is in what is said of the territory, and in the table.
        return etiqueter(code, places, NON_PRECISE)
    _, x, y, inside = (wide_enough or places[-1:])[0]
    return Etiquette(code, texte, x, y, not (inside and wide_enough))


def largeur_de(texte: str) -> float:
    """Return the width of a text, never less than what the reader's browser will need."""
    return round(CORPS * sum(LARGEUR_ETROIT if one in ETROITS else LARGEUR_SIGNE for one in texte), 2)


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
    number = min(len(distinct), len(COULEURS_SOLDE[True]))
    ends = [distinct[len(distinct) * rank // number - 1] for rank in range(1, number + 1)]
    return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True)) if ends else []


def couleurs(solde: int, classes: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return the fill of a balance, and the ink of what is written on it."""
    if not solde:
        return COULEUR_NULLE
    rank = next(rank for rank, (_, end) in enumerate(classes) if abs(solde) <= end)
    tints = COULEURS_SOLDE[solde > 0]
    return tints[round((rank + 1) * len(tints) / len(classes)) - 1]


def legende(soldes: Sequence[int], classes: Sequence[tuple[int, int]]) -> list[list[Case]]:
    """Return the boxes of the legend in rows: above zero, below zero, zero; only what the map shows."""
    rows = []
    for sign in (1, -1):
        farthest = max((sign * value for value in soldes), default=0)
        rows.append([_case(sign, one, classes) for one in classes if one[0] <= farthest])
    zero = [Case(COULEUR_NULLE[0], "0")] if 0 in soldes else []
    return [row for row in (*rows, zero) if row]


def dire_inconnues(valeurs: Iterable[Valeur]) -> list[str]:
    """Return what the legend says of the territories that have no colour."""
    grey = [one for one in valeurs if not one.couverte or not one.disponible]
    said = [(NON_PRECISE, NON_PRECISEE, any(one.disponible for one in grey))]
    said.append((INCONNU, NON_DISPONIBLE, not all(one.disponible for one in grey)))
    return [f"{written} : {words}" for written, words, there in said if there]


def _zones(
    shapes: Sequence[tuple[str, str]],
    valeurs: Mapping[str, Valeur],
    looks: Mapping[str, tuple[str, str]],
    liens: Mapping[str, str],
) -> list[dict[str, str]]:
    order = list(valeurs)
    return [
        {
            "code": code,
            "trace": path,
            "fond": looks[code][0],
            # A dark line cannot be seen between two dark territories.
            "filet": FOND if looks[code][1] == FOND else "",
            "dit": valeurs[code].dite,
            "lien": liens.get(code, ""),
        }
        for code, path in sorted(shapes, key=lambda shape: order.index(shape[0]))
    ]


def _plaque(label: Etiquette, fond: str) -> dict[str, Any]:
    width, height = round(largeur_de(label.texte)) + 6, CORPS - 1
    place = {"x": round(label.x - width / 2), "y": round(label.y - height / 2)}
    return {**place, "largeur": width, "hauteur": height, "fond": fond}


def _placer_legende(
    soldes: Sequence[int], classes: Sequence[tuple[int, int]], inconnues: Sequence[str], haut: int
) -> list[dict[str, Any]]:
    """Place the boxes of the legend in rows: above zero, below zero, zero and what is not known."""
    rows = legende(soldes, classes)
    for words in inconnues:
        # Zero stands alone in its row; the words need more than one column.
        alone = [Case(COULEUR_NULLE[0], "0")]
        rows = [*rows[:-1], [*alone, Case("", words)]] if rows[-1:] == [alone] else [*rows, [Case("", words)]]
    return [
        {**one._asdict(), "x": column * LARGEUR // COLONNES, "y": haut + (rank + 1) * (LIGNE + 2) - LIGNE // 2}
        for rank, row in enumerate(rows)
        for column, one in enumerate(row)
    ]


def _case(sign: int, one: tuple[int, int], classes: Sequence[tuple[int, int]]) -> Case:
    low, high = sign * one[0], sign * one[1]
    return Case(couleurs(low, classes)[0], signe(low) if low == high else f"{signe(low)} à {signe(high)}")
