"""Section of the quality page about the projects: announced, effective, given up, and the time that it took."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.parcours import APRES, AVANT, ETAPES, SANS_DATE
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.style import BLEU_CLAIR, CONTOUR, COULEURS, FOND, GRILLE, TEXTE, style, svg
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre, trier_par_libelle
from barometre_lib.typographie import nombre, periode
from barometre_lib.vocabulaire import PREMIERE_ANNEE

LIBELLES = {
    "projets": "Projets",
    "realises": "Réalisés",
    "annonces": "Encore annoncés",
    "abandonnes": "Abandonnés",
}
LIBELLES_DELAIS = {
    "delai_q1": "Premier quart (mois)",
    "delai_median": "Délai médian (mois)",
    "delai_q3": "Troisième quart (mois)",
}
ENTETES = [*LIBELLES.values(), *LIBELLES_DELAIS.values()]
# A quartile of fewer times says nothing general, and would let the dates of one site be read.
MINIMUM_DELAIS = 5


def section_parcours(
    contexte: Contexte, ensemble: pd.DataFrame, semestres: pd.DataFrame, regions: pd.DataFrame, detail: pd.DataFrame
) -> Fragment:
    """Show what became of the openings and extensions: as a whole, by `semestre_annonce`, by `region`, and by both."""
    heading = "De l'annonce à la première production"
    whole = ensemble.iloc[0].to_dict()
    if not whole["projets"]:
        return section("parcours", heading, rendre("parcours", total=whole))
    labels = contexte.nomenclatures.libelles("region")
    # What has no semester is shown only where there is some.
    kept = semestres[semestres["projets"].gt(0) | ~semestres["semestre_annonce"].isin([AVANT, APRES, SANS_DATE])]
    by_name = trier_par_libelle(regions, labels)
    names = by_name["region"]
    figures = [
        _figure("parcours-semestres", "semestre d'annonce", kept.iloc[:, 1:], _of_france(contexte, kept), whole),
        _figure("parcours-regions", "région", by_name.iloc[:, 1:], {labels[one]: labels[one] for one in names}, whole),
    ]
    pairs = trier_par_libelle(detail[detail["projets"] > 0], labels)
    rows = zip(pairs["region"], _names(contexte, pairs), pairs.to_dict("records"), strict=True)
    table = tableau_libre(
        ([labels[code], semester, *_cells(values)] for code, semester, values in rows),
        titre=f"Projets par région et semestre d'annonce, relève {contexte.releve} (sans les semestres à zéro)",
        entetes=["Région", "Semestre d'annonce", *ENTETES],
        total=["Ensemble", "", *_cells(whole)],
        classe="nombres",
    )
    content = rendre(
        "parcours",
        total=whole,
        delais={name: _months(whole, name) for name in LIBELLES_DELAIS} if _known(whole) else None,
        figures=figures,
        detail=table,
        n=MINIMUM_DELAIS,
        debut=PREMIERE_ANNEE,
    )
    return section("parcours", heading, content)


def _names(contexte: Contexte, table: pd.DataFrame) -> list[str]:
    special = {AVANT: f"avant {PREMIERE_ANNEE}", APRES: f"après {contexte.releve}", SANS_DATE: "sans date d'annonce"}
    return [special.get(code) or periode(code) for code in table["semestre_annonce"]]


def _of_france(contexte: Contexte, table: pd.DataFrame) -> dict[str, str]:
    """Return the names of semesters with what the numbers of France leave out, and each as a drawing has room for."""
    named = {}
    for code, name in zip(table["semestre_annonce"], _names(contexte, table), strict=True):
        left_out = contexte.lacunes.regions(code) if "-S" in code else []
        short = f"hors {nombre(len(left_out))} régions" if left_out[1:] else contexte.hors(code)
        named[f"{name} ({contexte.hors(code)})" if left_out else name] = f"{name} ({short})" if left_out else name
    return named


def _known(values: dict[Any, Any]) -> bool:
    return bool(values["delais"] >= MINIMUM_DELAIS)


def _months(values: dict[Any, Any], name: str) -> str:
    return nombre(values[name]) if _known(values) else INCONNU


def _cells(values: dict[Any, Any]) -> list[str]:
    return [*(nombre(values[name]) for name in LIBELLES), *(_months(values, name) for name in LIBELLES_DELAIS)]


def _figure(nom: str, par: str, table: pd.DataFrame, names: Mapping[str, str], whole: dict[Any, Any]) -> Fragment:
    """Draw rows by their names, long in the table, short in the drawing."""
    rows = table.to_dict("records")
    stages = ", ".join(f"{nombre(whole[name])} {LIBELLES[name].lower()}" for name in ETAPES)
    return rendre(
        "figure",
        titre=f"Projets d'ouverture et d'extension par {par} : issue, et délai jusqu'à la première production",
        alternative=f"Diagrammes en barres et délais par {par}. Sur {nombre(whole['projets'])} projets : {stages}. "
        f"Délai médian : {_months(whole, 'delai_median')} mois.",
        dessin=_draw(rows, [*names.values()], nom),
        large=True,
        tableau=tableau_libre(
            ([name, *_cells(values)] for name, values in zip(names, rows, strict=True)),
            titre=f"Projets et délais par {par}",
            entetes=[par[:1].upper() + par[1:], *ENTETES],
            total=["Ensemble", *_cells(whole)],
            classe="nombres",
        ),
    )


def _draw(rows: list[dict[Any, Any]], names: list[str], nom: str) -> Markup:
    """Draw a panel for each number, all at one scale, and one for the times: nothing is stacked, all is written."""
    with style(nom):
        import seaborn as sns
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10, 0.8 + 0.3 * len(rows)), layout="constrained")
        panels = figure.subplots(1, len(LIBELLES) + 1, sharey=True, width_ratios=[*(1 for _ in LIBELLES), 1.6])
        widest = max(values["projets"] for values in rows)
        for axes, (name, label) in zip(panels, LIBELLES.items(), strict=False):
            numbers = [values[name] for values in rows]
            bars = axes.barh(range(len(rows)), numbers, height=0.6, color=COULEURS[name][0], edgecolor=CONTOUR)
            axes.bar_label(bars, [nombre(value) for value in numbers], padding=4, fontsize=10)
            axes.set_title(label, loc="left", fontsize=10, fontweight="bold")
            axes.set_xlim(0, 1.6 * widest)
        _draw_delays(panels[-1], rows)
        for axes in panels:
            axes.set_xticks([])
            axes.tick_params(length=0)
            # One line with gaps: what the eye follows from panel to panel.
            places = [place + 0.5 for place in range(len(rows)) for _ in range(3)]
            across = axes.get_yaxis_transform()
            axes.plot([0, 1, None] * len(rows), places, color=GRILLE, linewidth=0.6, zorder=0, transform=across)
            sns.despine(ax=axes, bottom=True)
        panels[0].set_yticks(range(len(rows)), names, fontsize=10)
        panels[0].set_ylim(len(rows) - 0.5, -0.5)
        return svg(figure, nom)


def _draw_delays(axes: Any, rows: list[dict[Any, Any]]) -> None:
    """Draw the middle half of the times as a bar, their median as a mark with its value."""
    axes.set_title("Délai médian (mois)", loc="left", fontsize=10, fontweight="bold")
    known = [(place, values) for place, values in enumerate(rows) if _known(values)]
    for place, values in known:
        low, middle, high = (float(values[name]) for name in LIBELLES_DELAIS)
        axes.barh(place, high - low, left=low, height=0.35, color=BLEU_CLAIR, edgecolor=CONTOUR, linewidth=0.8)
        axes.plot(middle, place, "D", color=TEXTE, markersize=6, markeredgecolor=FOND)
        label = f"{nombre(middle)} ({nombre(low)} à {nombre(high)})"
        axes.annotate(label, (max(high, 0), place), (5, 0), textcoords="offset points", va="center", fontsize=10)
    for place, values in enumerate(rows):
        if not _known(values):
            axes.annotate(INCONNU, (0, place), (4, 0), textcoords="offset points", va="center", fontsize=10)
    ends = [float(values[name]) for _, values in known for name in ("delai_q1", "delai_q3")]
    axes.set_xlim(min([0, *ends]), 2.1 * max([1, *ends]))
