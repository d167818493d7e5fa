"""Figures: openings and extensions above zero, closures and reductions below, the net as a labelled marker."""

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import CONTOUR, COULEURS, FOND, TEXTE, style, svg
from barometre_lib.restitution.tableaux import tableau
from barometre_lib.restitution.typographie import periode, signe
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIBELLES = {
    "ouvertures": "Ouvertures",
    "extensions": "Extensions significatives",
    "fermetures": "Fermetures",
    "reductions": "Réductions significatives",
}
HAUSSES = ("ouvertures", "extensions")
BAISSES = ("fermetures", "reductions")


def figure_periodes(comptes: pd.DataFrame, *, nom: str, titre: str, releve: Releve) -> Fragment:
    """Draw the four components and the net, period by period, with the table of values below.

    Parameters
    ----------
    comptes : pandas.DataFrame
        Counts of one territory; its first column holds the periods, `annee` or `semestre`.
    nom : str
        Name of the figure, unique in the page.
    titre : str
        Caption.
    releve : Releve
        Relève: a year that it leaves open is hatched.

    Returns
    -------
    Fragment
        Figure, alternative text, and table in a `<details>`.
    """
    codes = list(comptes.iloc[:, 0])
    labels = [_period_label(code, releve) for code in codes]
    drawing = _draw(comptes.assign(ouverte=[_is_open(code, releve) for code in codes]), labels, nom)
    described = "\u00a0; ".join(
        f"{label.replace(chr(10), ' ')} : {signe(net)}" for label, net in zip(labels, comptes["solde_net"], strict=True)
    )
    return rendre(
        "figure",
        nom=nom,
        titre=titre,
        alternative=f"Diagramme en barres. Solde net {described}. Valeurs dans le tableau qui suit.",
        dessin=drawing,
        tableau=tableau(comptes, titre=titre, total=False),
    )


def _is_open(code: str, releve: Releve) -> bool:
    return code == str(releve.annee) and releve.semestre == 1


def _period_label(code: str, releve: Releve) -> str:
    if _is_open(code, releve):
        return f"{code}\n(1er semestre)"
    return periode(code).replace("semestre\u00a0", "semestre\n")


def _draw(comptes: pd.DataFrame, labels: list[str], nom: str) -> Markup:
    with style(nom):
        import seaborn as sns
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.2, 4.0), layout="constrained")
        axes = figure.subplots()
        tops = comptes[list(HAUSSES)].sum(axis="columns")
        bottoms = comptes[list(BAISSES)].sum(axis="columns")
        for measures, direction in ((HAUSSES, 1), (BAISSES, -1)):
            _stack(axes, comptes, measures, direction)
        _mark_net(axes, comptes["solde_net"].tolist())
        axes.axhline(0, color=CONTOUR, linewidth=1)
        axes.set_xticks(range(len(labels)), labels, fontsize=11)
        axes.set_yticks([])
        axes.set_xlim(-0.6, len(labels) - 0.15)
        axes.set_ylim(-max(int(bottoms.max()), 1) * 1.12, max(int(tops.max()), 1) * 1.12)
        axes.tick_params(axis="x", length=0)
        sns.despine(ax=axes, left=True, bottom=True)
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=10)
        return svg(figure, nom)


def _stack(axes: "Axes", comptes: pd.DataFrame, measures: tuple[str, ...], direction: int) -> None:
    """Stack bars away from zero, each with its value where it is tall enough to hold it."""
    opened = comptes["ouverte"].tolist()
    tall = 0.06 * comptes[[*HAUSSES, *BAISSES]].sum(axis="columns").max()
    base = [0] * len(comptes)
    for measure in measures:
        fill, ink = COULEURS[measure]
        values = comptes[measure].tolist()
        bars = axes.bar(
            range(len(values)),
            [direction * value for value in values],
            bottom=base,
            width=0.5,
            color=fill,
            edgecolor=CONTOUR,
            linewidth=0.8,
            label=LIBELLES[measure],
        )
        for position, (bar, value) in enumerate(zip(bars, values, strict=True)):
            if opened[position]:
                bar.set_hatch("///")
            if value > tall:
                middle = base[position] + direction * value / 2
                box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5} if opened[position] else None
                axes.text(position, middle, str(value), ha="center", va="center", color=ink, fontsize=11, bbox=box)
        base = [start + direction * value for start, value in zip(base, values, strict=True)]


def _mark_net(axes: "Axes", nets: list[int]) -> None:
    """Mark the net beside the bar, at its height, with its value."""
    for position, net in enumerate(nets):
        label = "Solde net" if position == 0 else None
        axes.plot(
            position + 0.36, net, "D", color=TEXTE, markersize=7, markeredgecolor=FOND, linestyle="none", label=label
        )
        axes.text(position + 0.44, net, signe(net), va="center", ha="left", fontsize=12, fontweight="bold")
