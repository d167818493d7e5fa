"""Figures: openings and extensions above zero, closures and reductions below, the net as a labelled marker."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import CONTOUR, COULEURS, FOND, TEXTE, style, svg
from barometre_lib.restitution.tableaux import tableau
from barometre_lib.typographie import periode, signe
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIBELLES = {
    "ouvertures": "Ouvertures",
    "extensions": "Extensions significatives",
    "fermetures": "Fermetures",
    "reductions": "Réductions significatives",
}
NET = "Solde net"
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
        Figure, alternative text, and table in a `<details>`; a sentence in place of the figure when there is
        nothing to draw.
    """
    values = tableau(comptes, titre=titre, total=False)
    if not comptes[[*HAUSSES, *BAISSES]].to_numpy().any():
        return rendre("sans_mouvement", tableau=values)
    codes = list(comptes.iloc[:, 0])
    labels = [_period_label(code, releve) for code in codes]
    drawing = _draw(comptes.assign(ouverte=[_is_open(code, releve) for code in codes]), labels, nom)
    described = " ; ".join(
        f"{label.replace(chr(10), ' ')} : {signe(net)}" for label, net in zip(labels, comptes["solde_net"], strict=True)
    )
    return rendre(
        "figure",
        nom=nom,
        titre=f"{titre} (hachures : année en cours)" if any(_is_open(code, releve) for code in codes) else titre,
        alternative=f"Diagramme en barres. Solde net {described}. Valeurs dans le tableau qui suit.",
        dessin=drawing,
        large=False,
        tableau=values,
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

        figure = Figure(figsize=(8, 4.2), layout="constrained")
        axes = figure.subplots()
        tops = comptes[list(HAUSSES)].sum(axis="columns")
        bottoms = comptes[list(BAISSES)].sum(axis="columns")
        # The least height that holds a value, and the least distance between two: a share of the whole.
        line = 0.07 * (int(tops.max()) + int(bottoms.max()))
        for measures, direction in ((HAUSSES, 1), (BAISSES, -1)):
            _stack(axes, comptes, measures, direction, line)
        axes.axhline(0, color=CONTOUR, linewidth=1)
        _mark_net(axes, comptes["solde_net"].tolist())
        axes.set_xticks(range(len(labels)), labels, fontsize=11)
        axes.set_yticks([])
        # Never fewer than three places: a single bar stays a bar.
        axes.set_xlim(-0.6, max(len(labels), 3) - 0.15)
        axes.set_ylim(-max(int(bottoms.max()), 2 * line) - line, max(int(tops.max()), 2 * line) + line)
        axes.tick_params(axis="x", length=0)
        sns.despine(ax=axes, left=True, bottom=True)
        handles, names = axes.get_legend_handles_labels()
        order = [names.index(name) for name in (*LIBELLES.values(), NET)]
        figure.legend(
            [handles[i] for i in order],
            [names[i] for i in order],
            loc="outside upper left",
            ncols=5,
            frameon=False,
            fontsize=9,
            handlelength=1.2,
            handletextpad=0.4,
            columnspacing=1.2,
        )
        return svg(figure, nom)


def _stack(axes: "Axes", comptes: pd.DataFrame, measures: tuple[str, ...], direction: int, line: float) -> None:
    """Stack bars away from zero, each with its value: inside where it is tall enough, else on its left."""
    opened = comptes["ouverte"].tolist()
    base = [0] * len(comptes)
    beside = [0.0] * len(comptes)
    for measure in measures:
        fill, ink = COULEURS[measure]
        values = comptes[measure].tolist()
        heights = [direction * value for value in values]
        look: Any = {"width": 0.5, "color": fill, "edgecolor": CONTOUR, "linewidth": 0.8, "label": LIBELLES[measure]}
        bars = axes.bar(range(len(values)), heights, bottom=base, **look)
        for position, (bar, value) in enumerate(zip(bars, values, strict=True)):
            middle = base[position] + direction * value / 2
            if opened[position]:
                bar.set_hatch("///")
            if value > line:
                box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5} if opened[position] else None
                axes.text(position, middle, str(value), ha="center", va="center", color=ink, fontsize=11, bbox=box)
            elif value:
                # Further from zero than the value before it, so that two small ones never overlap.
                beside[position] = max(abs(middle), beside[position] + line)
                height = direction * beside[position]
                axes.text(position - 0.28, height, str(value), ha="right", va="center", fontsize=11)
        base = [start + height for start, height in zip(base, heights, strict=True)]


def _mark_net(axes: "Axes", nets: list[int]) -> None:
    """Mark the net beside the bar, at its height, with its value."""
    for position, net in enumerate(nets):
        label = NET if position == 0 else None
        axes.plot(
            position + 0.36, net, "D", color=TEXTE, markersize=7, markeredgecolor=FOND, linestyle="none", label=label
        )
        box = {"facecolor": FOND, "edgecolor": "none", "pad": 1}
        axes.text(position + 0.43, net, signe(net), va="center", ha="left", fontsize=12, fontweight="bold", bbox=box)
