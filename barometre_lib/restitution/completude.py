"""Section of the quality page about what is filled: a heat map, regions as rows, and its table of values."""

from collections.abc import Sequence
from itertools import pairwise, starmap
from operator import itemgetter
from textwrap import fill
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.completude import ATTENDUES
from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.style import CONTOUR, COULEURS_COMPLETUDE, FOND, TEXTE, style, svg
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre
from barometre_lib.typographie import FINE, nombre, sans_accents
from barometre_lib.vocabulaire import COLONNES

LIBELLES = {column.nom: column.libelle for column in COLONNES if column.nom in ATTENDUES}
ENSEMBLE = "France"
NOM = "completude"


def section_completude(contexte: Contexte, completude: pd.DataFrame) -> Fragment:
    """Show the share of the cells filled among those expected, by region and column."""
    heading = "Complétude par colonne et par région"
    if not completude["attendues"].any():
        return section("completude", heading, rendre("completude", figure=None, attendues=[]))
    values = _with_country(contexte, completude)
    figure = rendre(
        "figure",
        titre=f"Cellules remplies sur cent attendues, par région et colonne, relève {contexte.releve}",
        alternative=_described(values[ENSEMBLE]),
        dessin=_draw(values),
        large=True,
        tableau=tableau_libre(
            ([region, *starmap(_exact, cells)] for region, cells in values.items()),
            titre=f"Cellules remplies parmi celles attendues, relève {contexte.releve}",
            entetes=["Région", *LIBELLES.values()],
            classe="nombres large",
        ),
    )
    expected = [(LIBELLES[column], population.libelle) for column, population in ATTENDUES.items()]
    return section("completude", heading, rendre("completude", figure=figure, attendues=expected))


def pourcentage(remplies: int, attendues: int) -> int:
    """Return a rounded share in per cent: 100 only when nothing is missing, 0 only when nothing is filled."""
    if remplies in (0, attendues):
        return 100 if remplies else 0
    return min(max(round(100 * remplies / attendues), 1), 99)


def _with_country(contexte: Contexte, completude: pd.DataFrame) -> dict[str, list[tuple[int, int]]]:
    """Return, for the whole then for each region by name, the cells filled and expected of each column."""
    labels = contexte.nomenclatures.libelles("region")
    named = completude.assign(region=completude["region"].map(labels))
    both = pd.concat([named.assign(region=ENSEMBLE), named]).groupby(["region", "colonne"])
    filled, expected = both["remplies"].sum(), both["attendues"].sum()
    return {
        name: [(int(filled[name, column]), int(expected[name, column])) for column in LIBELLES]
        for name in [ENSEMBLE, *sorted(labels.values(), key=sans_accents)]
    }


def _described(cells: list[tuple[int, int]]) -> str:
    shares = [(label, pourcentage(*cell)) for label, cell in zip(LIBELLES.values(), cells, strict=True) if cell[1]]
    told = ", ".join(f"{label} {share} %" for label, share in sorted(shares, key=itemgetter(1)))
    return f"Carte de chaleur. Ensemble des régions, de la colonne la moins remplie à la plus remplie : {told}."


def _exact(filled: int, expected: int) -> str:
    return f"{pourcentage(filled, expected)} % ({nombre(filled)}/{nombre(expected)})" if expected else INCONNU


def _draw(values: dict[str, list[tuple[int, int]]]) -> Markup:
    shares = [
        [pourcentage(filled, expected) if expected else None for filled, expected in cells] for cells in values.values()
    ]
    bounds = list(COULEURS_COMPLETUDE)
    with style(NOM):
        import seaborn as sns
        from matplotlib.colors import BoundaryNorm, ListedColormap
        from matplotlib.figure import Figure
        from matplotlib.patches import Patch

        figure = Figure(figsize=(10, 7), layout="constrained")
        axes = figure.subplots()
        table = pd.DataFrame(shares, index=list(values), columns=list(LIBELLES.values()), dtype="float64")
        colours: Any = ListedColormap([colour for colour, _ in COULEURS_COMPLETUDE.values()])
        axes.set_facecolor(FOND)
        sns.heatmap(
            table,
            cmap=colours,
            norm=BoundaryNorm([*bounds, 101], len(bounds)),
            cbar=False,
            linewidths=0.8,
            linecolor=CONTOUR,
            clip_on=False,
            ax=axes,
        )
        for row, cells in enumerate(shares):
            look: Any = {"ha": "center", "va": "center", "fontsize": 10, "fontweight": "normal" if row else "bold"}
            for column, share in enumerate(cells):
                text, ink = (INCONNU, TEXTE) if share is None else (str(share), _ink(share))
                axes.text(column + 0.5, row + 0.5, text, color=ink, **look)
        axes.axhline(1, color=TEXTE, linewidth=2.5)
        axes.xaxis.tick_top()
        axes.set_xticks(axes.get_xticks(), [fill(label, 16) for label in table.columns], rotation=90, fontsize=10)
        axes.set_yticks(axes.get_yticks(), list(values), rotation=0, fontsize=10)
        axes.get_yticklabels()[0].set_fontweight("bold")
        axes.tick_params(length=0)
        figure.legend(
            handles=[
                Patch(facecolor=colour, edgecolor=CONTOUR, label=label)
                for (colour, _), label in zip(COULEURS_COMPLETUDE.values(), _classes(bounds), strict=True)
            ],
            loc="outside lower left",
            ncols=len(bounds),
            frameon=False,
            fontsize=10,
            title=f"Plus la case est foncée, plus il manque de cellules. {INCONNU} : aucune cellule attendue.",
            title_fontsize=10,
            alignment="left",
        )
        return svg(figure, NOM)


def _ink(share: int) -> str:
    return next(ink for bound, (_, ink) in reversed(COULEURS_COMPLETUDE.items()) if share >= bound)


def _classes(bounds: Sequence[int]) -> list[str]:
    """Write the classes: `moins de 50 %`, `50 à 74 %`, …, `100 %`."""
    middle = [f"{low} à {high - 1}{FINE}%" for low, high in pairwise(bounds[1:])]
    return [f"moins de {bounds[1]}{FINE}%", *middle, f"{bounds[-1]}{FINE}%"]
