"""Drawing of a map: what the template needs, from a ground and the values to write on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from barometre_lib.restitution.cartes_classes import GRIS, classer_soldes, couleurs, legende
from barometre_lib.restitution.cartes_etiquettes import Etiquette, etiqueter, largeur_de
from barometre_lib.restitution.cartes_fond import CORPS, LARGEUR, LIGNE, Fond
from barometre_lib.restitution.fragment import remplir
from barometre_lib.restitution.style import ALLURE, CONTOUR, FOND, POLICE_PAGE, TEXTE
from barometre_lib.restitution.tableaux import NON_PRECISEE
from barometre_lib.typographie import signe

NON_PRECISE = "n.p."
# Boxes of the legend in a row.
COLONNES = 4


@dataclass(frozen=True)
class Valeur:
    """What a map shows of one territory.

    Attributes
    ----------
    nom : str
        Name.
    solde : int
        Net balance.
    comptee : bool
        Whether any movement is counted there.
    couverte : bool
        Whether the territory is known to be covered by the collection.
    """

    nom: str
    solde: int
    comptee: bool
    couverte: bool

    @property
    def ecrite(self) -> str:
        """What is written on the territory."""
        if self.couverte:
            return signe(self.solde)
        return f"{NON_PRECISE} ({signe(self.solde)})" if self.comptee else NON_PRECISE

    @property
    def dite(self) -> str:
        """What is said of it: « Bretagne : +3 »."""
        parts = [signe(self.solde)] if self.couverte or self.comptee else []
        return f"{self.nom} : {', '.join([*parts, *([] if self.couverte else [NON_PRECISEE])])}"


def dessiner(
    nom: str, fond: Fond, valeurs: Mapping[str, Valeur], *, cernee: str = "", liens: Mapping[str, str] | None = None
) -> Markup:
    """Draw a map.

    Parameters
    ----------
    nom : str
        Name of the drawing, unique in the page.
    fond : Fond
        Ground.
    valeurs : mapping of str to Valeur
        What is shown of each territory of the ground, in the order of the keyboard.
    cernee : str
        Code of the territory to outline, if any.
    liens : mapping of str to str, optional
        Code to the address that a territory leads to; the drawing is then a group of links.
    """
    balances = [value.solde for value in valeurs.values() if value.couverte]
    classes = classer_soldes(balances)
    looks = {code: couleurs(one.solde, classes) if one.couverte else ("", TEXTE) for code, one in valeurs.items()}
    labels = etiqueter(fond.formes, {code: value.ecrite for code, value in valeurs.items()})
    unknown = not all(value.couverte for value in valeurs.values())
    cases = _legende(balances, classes, unknown, fond.hauteur)
    zones = _zones(fond, valeurs, looks, liens or {})
    look = {"largeur": LARGEUR, "corps": CORPS, "police": POLICE_PAGE, "allure": ALLURE, "contour": CONTOUR}
    return remplir(
        "carte",
        {
            **look,
            "encre": TEXTE,
            "gris": GRIS,
            "nom": nom,
            "liens": liens is not None,
            "hauteur": max((case["y"] for case in cases), default=fond.hauteur) + LIGNE,
            "hachures": unknown,
            "zones": zones,
            "cernes": [zone["trace"] for zone in zones if zone["code"] == cernee],
            "cadres": [frame for frame in (fond.loupe, fond.visee) if frame],
            # What is hatched is never written on without a plate.
            "plaques": [
                _plaque(one, looks[one.code][0] or GRIS) for one in labels if one.plaque or not looks[one.code][0]
            ],
            "valeurs": [
                *(_texte(one.x, one.y, one.texte, encre=looks[one.code][1]) for one in labels),
                *(_texte(one.x, one.y + LIGNE, valeurs[one.forme.code].ecrite) for one in fond.encarts),
            ],
            "noms": _noms(fond),
            "cases": cases,
        },
    )


def _zones(
    fond: Fond, valeurs: Mapping[str, Valeur], looks: Mapping[str, tuple[str, str]], liens: Mapping[str, str]
) -> list[dict[str, str]]:
    order = list(valeurs)
    return [
        {
            "code": shape.code,
            "trace": shape.trace,
            "fond": looks[shape.code][0],
            # A dark line cannot be seen between two dark territories.
            "filet": FOND if looks[shape.code][1] == FOND else "",
            "dit": valeurs[shape.code].dite,
            "lien": liens.get(shape.code, ""),
        }
        for shape in sorted(fond.toutes, key=lambda shape: order.index(shape.code))
    ]


def _texte(x: float, y: float, mot: str, *, encre: str = TEXTE, ancre: str = "") -> dict[str, Any]:
    """Return a text whose figures have their middle at a place: the base line is a third of the size below."""
    return {"x": x, "y": round(y + 0.36 * CORPS), "mot": mot, "encre": encre, "ancre": ancre}


def _plaque(label: Etiquette, fond: str) -> dict[str, Any]:
    width, height = round(largeur_de(label.texte)) + 6, CORPS - 1
    place = {"x": round(label.x - width / 2), "y": round(label.y - height / 2)}
    return {**place, "largeur": width, "hauteur": height, "fond": fond}


def _noms(fond: Fond) -> list[dict[str, Any]]:
    """Write the names that only a reader of the drawing needs: those of what is drawn apart."""
    names = [_texte(inset.x, inset.y, inset.forme.nom) for inset in fond.encarts]
    if fond.loupe:
        left, top = fond.loupe[:2]
        names.append(_texte(left, top - LIGNE // 2, "Paris et petite couronne", ancre="start"))
    return names


def _legende(
    soldes: Sequence[int], classes: Sequence[tuple[int, int]], non_precise: bool, haut: int
) -> list[dict[str, Any]]:
    """Place the boxes of the legend in rows: above zero, below zero, zero and what is not known."""
    rows = [[{"fond": one.fond, "texte": one.texte} for one in row] for row in legende(soldes, classes)]
    if non_precise:
        unknown = {"fond": "", "texte": f"{NON_PRECISE} : {NON_PRECISEE}"}
        # Zero stands alone in its row, the last one; the words need more than one column.
        rows = [*rows[:-1], [*rows[-1], unknown]] if 0 in soldes else [*rows, [unknown]]
    return [
        {**one, "x": column * LARGEUR // COLONNES, "y": haut + (rank + 1) * (LIGNE + 2) - LIGNE // 2}
        for rank, row in enumerate(rows)
        for column, one in enumerate(row)
    ]
