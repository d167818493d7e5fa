"""Figures of counts: what adds on one side of zero, what takes on the other, the net as a marker.

By period the bars stand; by sector or département they lie, ranked by net.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import ALLURE, CONTOUR, CORPS, COULEURS, FOND, GRILLE, LARGEUR, TEXTE, style, svg
from barometre_lib.restitution.tableaux import additionner, aucun_mouvement, tableau, trier_par_solde
from barometre_lib.typographie import INSECABLE, accorder, nombre, periode, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BAISSE, MESURES_HAUSSE, Releve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# On which side of zero each measure stands.
SENS = ((MESURES_HAUSSE, 1), (MESURES_BAISSE, -1))
# The height of a drawing by period stands for at least so many movements.
COMPTES_MIN = 8
# By rank: heights in the rows' own unit, the name standing above its bar; then height of a row in points, and what the
# legend takes above them.
NOM, BARRE = 0.36, 0.36
RANGEE, LEGENDE = 34, 48


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
    if aucun_mouvement(comptes):
        return rendre("sans_mouvement", titre=titre, tableau=values)
    codes = list(comptes.iloc[:, 0])
    labels = [_period_label(code, releve) for code in codes]
    drawing = _draw_periods(comptes.assign(ouverte=[_is_open(code, releve) for code in codes]), labels, nom)
    described = " ; ".join(
        f"{label.replace(chr(10), ' ')}, {described_counts(row)}"
        for label, row in zip(labels, comptes.to_dict("records"), strict=True)
    )
    return rendre(
        "figure",
        nom=nom,
        titre=f"{titre} (hachures : année en cours)" if any(_is_open(code, releve) for code in codes) else titre,
        alternative=f"Diagramme en barres. {described}. Valeurs dans le tableau qui suit.",
        dessin=drawing,
        large=False,
        tableau=values,
    )


def described_counts(row: dict[Any, Any]) -> str:
    """Say the counts of one period: « solde net +4, 9 ouvertures et extensions, 5 fermetures et réductions »."""
    return (
        f"solde net {signe(row['solde_net'])} : "
        f"{accorder(additionner(row, MESURES_HAUSSE), 'ouverture ou extension', 'ouvertures et extensions')}, "
        f"{accorder(additionner(row, MESURES_BAISSE), 'fermeture ou réduction', 'fermetures et réductions')}"
    )


def _is_open(code: str, releve: Releve) -> bool:
    return code == str(releve.annee) and releve.semestre == 1


def _period_label(code: str, releve: Releve) -> str:
    if _is_open(code, releve):
        return f"{code}\n(1er semestre)"
    return periode(code).replace(f"semestre{INSECABLE}", "semestre\n")


def _draw_periods(comptes: pd.DataFrame, labels: list[str], nom: str) -> Markup:
    with style(nom):
        import seaborn as sns
        from matplotlib.figure import Figure

        # Beyond five periods the drawing widens, and its text shrinks on a phone, rather than its parts meet.
        figure = Figure(figsize=(LARGEUR * max(1, len(labels) / 5), 3.7), layout="constrained")
        axes = figure.subplots()
        tops = comptes[list(MESURES_HAUSSE)].sum(axis="columns")
        bottoms = comptes[list(MESURES_BAISSE)].sum(axis="columns")
        # The height of a line of text, as a share of the whole: the least distance between two values. A few
        # movements do not fill the drawing as hundreds do.
        line = 0.085 * max(int(tops.max()) + int(bottoms.max()), COMPTES_MIN)
        for measures, direction in SENS:
            _stack_up(axes, comptes, measures, direction, line)
        axes.axhline(0, color=CONTOUR, linewidth=1)
        _mark_beside(axes, comptes["solde_net"].tolist())
        axes.set_xticks(range(len(labels)), labels, fontsize=CORPS)
        axes.set_yticks([])
        # Never fewer than three places: a single bar stays a bar.
        axes.set_xlim(-0.6, max(len(labels), 3) - 0.25)
        axes.set_ylim(-max(int(bottoms.max()), 2 * line) - line, max(int(tops.max()), 2 * line) + line)
        axes.tick_params(axis="x", length=0)
        sns.despine(ax=axes, left=True, bottom=True)
        _put_legend(figure)
        return svg(figure, nom, allure=ALLURE)


def _put_legend(figure: "Figure") -> None:
    """Write the legend above the drawing, in two rows: the gains with the net, then the losses."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    # A legend fills its columns one after the other; nothing stands under the net.
    order = [name for column in zip(MESURES_HAUSSE, MESURES_BAISSE, strict=True) for name in column]
    boxes = [Patch(facecolor=COULEURS[name][0], edgecolor=CONTOUR, linewidth=0.8) for name in order]
    net: Any = {"color": TEXTE, "marker": "D", "markersize": 6, "linestyle": "none"}
    figure.legend(
        [*boxes, Line2D([], [], **net), Line2D([], [], linestyle="none")],
        [*(LIBELLES[name] for name in order), LIBELLES["solde_net"], ""],
        loc="outside upper left",
        ncols=3,
        frameon=False,
        fontsize=CORPS,
        handlelength=1.2,
        handletextpad=0.4,
        columnspacing=1,
        borderpad=0.2,
    )


def _stack_up(axes: "Axes", comptes: pd.DataFrame, measures: tuple[str, ...], direction: int, line: float) -> None:
    """Stack bars away from zero, each with its value: inside where it is tall enough, else on its left."""
    opened = comptes["ouverte"].tolist()
    base = [0] * len(comptes)
    beside = [0.0] * len(comptes)
    for measure in measures:
        fill, ink = COULEURS[measure]
        values = comptes[measure].tolist()
        heights = [direction * value for value in values]
        look: Any = {"width": 0.42, "color": fill, "edgecolor": CONTOUR, "linewidth": 0.8}
        for position, value in enumerate(values):
            if not value:
                # The outline of an empty bar would thicken the axis.
                continue
            (bar,) = axes.bar(position, heights[position], bottom=base[position], **look)
            middle = base[position] + direction * value / 2
            if opened[position]:
                bar.set_hatch("///")
            # Figures are lower than their line.
            if value > 0.85 * line:
                box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5} if opened[position] else None
                axes.text(position, middle, str(value), ha="center", va="center", color=ink, fontsize=CORPS, bbox=box)
            else:
                # Further from zero than the value before it, so that two small ones never overlap.
                beside[position] = max(abs(middle), beside[position] + line)
                height = direction * beside[position]
                axes.text(position - 0.24, height, str(value), ha="right", va="center", fontsize=CORPS)
        base = [start + height for start, height in zip(base, heights, strict=True)]


def _mark_beside(axes: "Axes", nets: list[int]) -> None:
    """Mark the net beside the bar, at its height, with its value."""
    for position, net in enumerate(nets):
        axes.plot(position + 0.29, net, "D", color=TEXTE, markersize=6, markeredgecolor=FOND, linestyle="none")
        box = {"facecolor": FOND, "edgecolor": "none", "pad": 0.8}
        axes.text(position + 0.36, net, signe(net), va="center", ha="left", fontsize=CORPS, fontweight="bold", bbox=box)


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
    ranked = trier_par_solde(comptes, libelles)
    names = [libelles[code] for code in ranked.iloc[:, 0]]
    nets = ranked["solde_net"].tolist()
    described = " ; ".join(f"{name} {signe(net)}" for name, net in zip(names, nets, strict=True))
    return rendre(
        "figure",
        nom=nom,
        titre=titre,
        alternative=f"Diagramme en barres, du plus fort solde net au plus faible : {described}. "
        "Valeurs dans le tableau qui suit.",
        dessin=_draw_ranked(ranked, names, nom),
        large=False,
        note="À droite de chaque barre : ouvertures + extensions ; à gauche : fermetures + réductions.",
        tableau=tableau(ranked, titre=titre, libelles=libelles),
    )


def _draw_ranked(comptes: pd.DataFrame, names: list[str], nom: str) -> Markup:
    with style(nom):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(LARGEUR, (RANGEE * len(names) + LEGENDE) / 72), layout="constrained")
        axes = figure.subplots()
        for measures, direction in SENS:
            _stack_across(axes, comptes, measures, direction)
        rows = comptes.to_dict("records")
        left, right = (max(additionner(row, names) for row in rows) for names in (MESURES_BAISSE, MESURES_HAUSSE))
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
        _mark_across(axes, comptes["solde_net"].tolist())
        axes.set_axis_off()
        _put_legend(figure)
        return svg(figure, nom, allure=ALLURE)


def _stack_across(axes: "Axes", comptes: pd.DataFrame, measures: tuple[str, ...], direction: int) -> None:
    base = [0] * len(comptes)
    places = [place + BARRE / 2 for place in range(len(comptes))]
    for measure in measures:
        widths = [direction * value for value in comptes[measure].tolist()]
        look: Any = {"height": BARRE, "color": COULEURS[measure][0], "edgecolor": CONTOUR, "linewidth": 0.8}
        axes.barh(places, widths, left=base, **look)
        base = [start + width for start, width in zip(base, widths, strict=True)]


def _write(axes: "Axes", row: dict[Any, Any], place: float, gap: float) -> None:
    """Write the numbers at both ends of a bar, where they always have room, rather than inside it."""
    for measures, direction in SENS:
        values = [row[name] for name in measures]
        if any(values):
            end = direction * (sum(values) + gap)
            axes.text(
                end,
                place,
                " + ".join(map(nombre, values)),
                va="center",
                ha="left" if direction > 0 else "right",
                fontsize=CORPS,
            )


def _mark_across(axes: "Axes", nets: list[int]) -> None:
    places = [place + BARRE / 2 for place in range(len(nets))]
    look: Any = {"color": TEXTE, "markersize": 7, "markeredgecolor": FOND, "linestyle": "none"}
    axes.plot(nets, places, "D", zorder=4, **look)
