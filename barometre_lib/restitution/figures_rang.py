"""Figures by sector or département, ranked by net: gains to the right of zero, losses to the left."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.restitution.figures import BAISSES, HAUSSES, put_legend
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import ALLURE, CONTOUR, CORPS, COULEURS, FOND, GRILLE, LARGEUR, TEXTE, style, svg
from barometre_lib.restitution.tableaux import tableau_decroissant, trier_par_libelle
from barometre_lib.typographie import nombre, signe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Heights in the rows' own unit: the name stands above its bar.
NOM, BARRE = 0.36, 0.36
# Points: height of a row, and what the legend takes above them.
RANGEE, LEGENDE = 34, 48


def figure_rangee(comptes: pd.DataFrame, *, nom: str, titre: str, libelles: Mapping[str, str]) -> Fragment:
    """Draw one bar for each sector or département, ranked by net then by label, with the table of values below.

    Parameters
    ----------
    comptes : pandas.DataFrame
        Counts over one period, the dimension in the first column; some movement at least is counted.
    nom : str
        Name of the figure, unique in the page.
    titre : str
        Caption.
    libelles : mapping of str to str
        Code to label.
    """
    ranked = trier_par_libelle(comptes, libelles).sort_values("solde_net", ascending=False, kind="stable")
    names = [libelles[code] for code in ranked.iloc[:, 0]]
    nets = ranked["solde_net"].tolist()
    described = " ; ".join(f"{name} {signe(net)}" for name, net in zip(names, nets, strict=True))
    return rendre(
        "figure",
        nom=nom,
        titre=titre,
        alternative=f"Diagramme en barres, du plus fort solde net au plus faible : {described}. "
        "Valeurs dans le tableau qui suit.",
        dessin=_draw(ranked, names, nom),
        large=False,
        note="À droite de chaque barre : ouvertures + extensions ; à gauche : fermetures + réductions.",
        tableau=tableau_decroissant(comptes, titre=titre, libelles=libelles),
    )


def _draw(comptes: pd.DataFrame, names: list[str], nom: str) -> Markup:
    with style(nom):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(LARGEUR, (RANGEE * len(names) + LEGENDE) / 72), layout="constrained")
        axes = figure.subplots()
        for measures, direction in ((HAUSSES, 1), (BAISSES, -1)):
            _stack(axes, comptes, measures, direction)
        rows = comptes.to_dict("records")
        left, right = (max(sum(row[name] for name in names) for row in rows) for names in (BAISSES, HAUSSES))
        # Room for the numbers at both ends, and for the column of nets: shares of the width of the drawing.
        unit = max(left + right, 1) / 0.56
        start, end = -left - 0.15 * unit, right + 0.29 * unit
        axes.set_xlim(start, end)
        axes.set_ylim(len(names) - 0.5 + 0.1, -0.5)
        axes.axvline(0, color=CONTOUR, linewidth=1)
        for place, (name, row) in enumerate(zip(names, rows, strict=True)):
            axes.axhline(place - 0.5, color=GRILLE, linewidth=0.6)
            box = {"facecolor": FOND, "edgecolor": "none", "pad": 0.6}
            axes.text(start, place - 0.5 + NOM / 2 + 0.04, name, va="center", fontsize=CORPS, bbox=box)
            _write(axes, row, place + BARRE / 2, 0.027 * unit)
            net: Any = {"va": "center", "ha": "right", "fontsize": CORPS, "fontweight": "bold"}
            axes.text(end, place + BARRE / 2, signe(row["solde_net"]), **net)
        _mark_net(axes, comptes["solde_net"].tolist())
        axes.set_axis_off()
        put_legend(figure)
        return svg(figure, nom, allure=ALLURE)


def _stack(axes: "Axes", comptes: pd.DataFrame, measures: tuple[str, ...], direction: int) -> None:
    base = [0] * len(comptes)
    places = [place + BARRE / 2 for place in range(len(comptes))]
    for measure in measures:
        widths = [direction * value for value in comptes[measure].tolist()]
        look: Any = {"height": BARRE, "color": COULEURS[measure][0], "edgecolor": CONTOUR, "linewidth": 0.8}
        axes.barh(places, widths, left=base, **look)
        base = [start + width for start, width in zip(base, widths, strict=True)]


def _write(axes: "Axes", row: dict[Any, Any], place: float, gap: float) -> None:
    """Write the numbers at both ends of a bar, where they always have room, rather than inside it."""
    for measures, direction, side in ((HAUSSES, 1, "left"), (BAISSES, -1, "right")):
        values = [row[name] for name in measures]
        if any(values):
            end = direction * (sum(values) + gap)
            axes.text(end, place, " + ".join(map(nombre, values)), va="center", ha=side, fontsize=CORPS)


def _mark_net(axes: "Axes", nets: list[int]) -> None:
    places = [place + BARRE / 2 for place in range(len(nets))]
    look: Any = {"color": TEXTE, "markersize": 7, "markeredgecolor": FOND, "linestyle": "none"}
    axes.plot(nets, places, "D", zorder=4, **look)
