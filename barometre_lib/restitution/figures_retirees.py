"""Figures of counts: what adds on one side of zero, what takes on the other, the net as a marker.

By period the bars stand; by sector or département they lie, ranked by net.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.style import ALLURE, CONTOUR, CORPS, COULEURS, FOND, GRILLE, LARGEUR, TEXTE, style, svg
from barometre_lib.restitution.tableaux import (
    NON_DISPONIBLE,
    VIDE,
    additionner,
    aucun_mouvement,
    tableau,
    trier_par_solde,
)
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
FILET: Any = {"edgecolor": CONTOUR, "linewidth": 0.8}
LOSANGE: Any = {"marker": "D", "color": TEXTE, "markeredgecolor": FOND, "linestyle": "none"}


def figure_periodes(
    comptes: pd.DataFrame, *, nom: str, titre: str, releve: Releve, precisions: Mapping[str, str] = VIDE
) -> Fragment:
    """Draw the four components and the net, period by period, with the table of values below; words when there is none.

    `comptes` of one territory, periods in their first column; a year that the relève leaves open is hatched, words
    stand for what is not known. `nom` is unique in the page; `precisions` says more of some periods.
    """
    values = tableau(comptes, titre=titre, total="", precisions=precisions)
    if aucun_mouvement(comptes):
        return rendre("sans_mouvement", titre=titre, tableau=values)
    rows = []
    for row in comptes.to_dict("records"):
        code, known = row[comptes.columns[0]], pd.notna(row["solde_net"])
        numbers = {name: row[name] if known else 0 for name in (*MESURES_HAUSSE, *MESURES_BAISSE, "solde_net")}
        opened = known and code == str(releve.annee) and releve.semestre == 1
        rows.append(
            {**numbers, "connue": known, "ouverte": opened, "precision": precisions.get(code, ""), "code": code}
        )
    labels = [_period_label(row["code"], row["ouverte"]) for row in rows]
    described = " ; ".join(_described(label, row) for label, row in zip(labels, rows, strict=True))
    told = ["hachures : année en cours"] if any(row["ouverte"] for row in rows) else []
    told += [f"{periode(row['code'])} : {row['precision']}" for row in rows if row["precision"]]
    return rendre(
        "figure",
        titre=f"{titre} ({' ; '.join(told)})" if told else titre,
        alternative=f"Diagramme en barres. {described}.",
        dessin=_draw_periods(rows, labels, nom),
        large=False,
        tableau=values,
    )


def _described(label: str, row: dict[Any, Any]) -> str:
    when = " ".join([label.replace("\n", " "), row["precision"]]).rstrip()
    if not row["connue"]:
        return f"{when} : {NON_DISPONIBLE}"
    return (
        f"{when}, solde net {signe(row['solde_net'])} : "
        f"{accorder(additionner(row, MESURES_HAUSSE), 'ouverture ou extension', 'ouvertures et extensions')}, "
        f"{accorder(additionner(row, MESURES_BAISSE), 'fermeture ou réduction', 'fermetures et réductions')}"
    )


def _period_label(code: str, opened: bool) -> str:
    return f"{code}\n(1er semestre)" if opened else periode(code).replace(INSECABLE, "\n")


def _draw_periods(rows: list[dict[Any, Any]], labels: list[str], nom: str) -> Markup:
    with style(nom):
        import seaborn as sns
        from matplotlib.figure import Figure

        # Beyond five periods the drawing widens, and its text shrinks on a phone, rather than its parts meet.
        figure = Figure(figsize=(LARGEUR * max(1, len(labels) / 5), 3.7), layout="constrained")
        axes = figure.subplots()
        top, bottom = (max(additionner(row, names) for row in rows) for names in (MESURES_HAUSSE, MESURES_BAISSE))
        # The height of a line of text, as a share of the whole: the least distance between two values. A few
        # movements do not fill the drawing as hundreds do.
        line = 0.085 * max(top + bottom, COMPTES_MIN)
        for measures, direction in SENS:
            _stack_up(axes, rows, measures, direction, line)
        axes.axhline(0, color=CONTOUR, linewidth=1)
        for position, row in enumerate(rows):
            if not row["connue"]:
                axes.text(position, line, NON_DISPONIBLE.replace(" ", "\n"), ha="center", va="center", fontsize=CORPS)
                continue
            # The net beside the bar, at its height, with its value.
            net, box = row["solde_net"], {"facecolor": FOND, "edgecolor": "none", "pad": 0.8}
            axes.plot(position + 0.29, net, markersize=6, **LOSANGE)
            axes.text(position + 0.36, net, signe(net), va="center", fontsize=CORPS, fontweight="bold", bbox=box)
        axes.set_xticks(range(len(labels)), labels, fontsize=CORPS)
        axes.set_yticks([])
        # Never fewer than three places: a single bar stays a bar.
        axes.set_xlim(-0.6, max(len(labels), 3) - 0.25)
        axes.set_ylim(-max(bottom, 2 * line) - line, max(top, 2 * line) + line)
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
    boxes = [Patch(facecolor=COULEURS[name][0], **FILET) for name in order]
    net = Line2D([], [], color=TEXTE, marker="D", markersize=6, linestyle="none")
    figure.legend(
        [*boxes, net, Line2D([], [], linestyle="none")],
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


def _stack_up(axes: "Axes", rows: list[dict[Any, Any]], measures: tuple[str, ...], direction: int, line: float) -> None:
    """Stack bars away from zero, each with its value: inside where it is tall enough, else on its left."""
    base, beside = [0] * len(rows), [0.0] * len(rows)
    for measure in measures:
        fill, ink = COULEURS[measure]
        for place, row in enumerate(rows):
            value = row[measure]
            if not value:
                # The outline of an empty bar would thicken the axis.
                continue
            (bar,) = axes.bar(place, direction * value, bottom=base[place], width=0.42, color=fill, **FILET)
            if row["ouverte"]:
                bar.set_hatch("///")
            middle = base[place] + direction * value / 2
            # Figures are lower than their line.
            if value > 0.85 * line:
                box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5} if row["ouverte"] else None
                axes.text(place, middle, str(value), ha="center", va="center", color=ink, fontsize=CORPS, bbox=box)
            else:
                # Further from zero than the value before it, so that two small ones never overlap.
                beside[place] = max(abs(middle), beside[place] + line)
                axes.text(place - 0.24, direction * beside[place], str(value), ha="right", va="center", fontsize=CORPS)
            base[place] += direction * value


def figure_rangee(comptes: pd.DataFrame, *, nom: str, titre: str, libelles: Mapping[str, str]) -> Fragment:
    """Draw one bar for each sector or département, ranked by net then by label, with the table of values below.

    `comptes` over one period, the dimension in the first column, some movement at least counted; `nom` is unique in the
    page.
    """
    ranked = trier_par_solde(comptes, libelles)
    names = [libelles[code] for code in ranked.iloc[:, 0]]
    described = " ; ".join(f"{name} {signe(net)}" for name, net in zip(names, ranked["solde_net"], strict=True))
    return rendre(
        "figure",
        titre=titre,
        alternative=f"Diagramme en barres, du plus fort solde net au plus faible : {described}.",
        dessin=_draw_ranked(ranked.to_dict("records"), names, nom),
        large=False,
        note="À droite de chaque barre : ouvertures + extensions ; à gauche : fermetures + réductions.",
        tableau=tableau(ranked, titre=titre, libelles=libelles),
    )


def _draw_ranked(rows: list[dict[Any, Any]], names: list[str], nom: str) -> Markup:
    with style(nom):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(LARGEUR, (RANGEE * len(names) + LEGENDE) / 72), layout="constrained")
        axes = figure.subplots()
        places = [place + BARRE / 2 for place in range(len(rows))]
        for measures, direction in SENS:
            base = [0] * len(rows)
            for measure in measures:
                widths = [direction * row[measure] for row in rows]
                axes.barh(places, widths, left=base, height=BARRE, color=COULEURS[measure][0], **FILET)
                base = [start + width for start, width in zip(base, widths, strict=True)]
        left, right = (max(additionner(row, names) for row in rows) for names in (MESURES_BAISSE, MESURES_HAUSSE))
        # Room for the numbers at both ends, and for the column of nets: shares of the width of the drawing.
        unit = max(left + right, 1) / 0.56
        start, end = -left - 0.15 * unit, right + 0.29 * unit
        axes.set_xlim(start, end)
        axes.set_ylim(len(names) - 0.5 + 0.1, -0.5)
        axes.axvline(0, color=CONTOUR, linewidth=1)
        bold: Any = {"va": "center", "ha": "right", "fontsize": CORPS, "fontweight": "bold"}
        for place, (name, row) in enumerate(zip(names, rows, strict=True)):
            axes.axhline(place - 0.5, color=GRILLE, linewidth=0.6)
            box = {"facecolor": FOND, "edgecolor": "none", "pad": 0.6}
            axes.text(start, place - 0.5 + NOM / 2 + 0.04, name, va="center", fontsize=CORPS, bbox=box)
            _write(axes, row, places[place], 0.027 * unit)
            axes.text(end, places[place], signe(row["solde_net"]), **bold)
        axes.plot([row["solde_net"] for row in rows], places, markersize=7, zorder=4, **LOSANGE)
        axes.set_axis_off()
        _put_legend(figure)
        return svg(figure, nom, allure=ALLURE)


def _write(axes: "Axes", row: dict[Any, Any], place: float, gap: float) -> None:
    """Write the numbers at both ends of a bar, where they always have room, rather than inside it."""
    for measures, direction in SENS:
        values = [row[name] for name in measures]
        if any(values):
            side: Any = {"va": "center", "ha": "left" if direction > 0 else "right", "fontsize": CORPS}
            axes.text(direction * (sum(values) + gap), place, " + ".join(map(nombre, values)), **side)
