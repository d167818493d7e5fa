"""What JupyterLab gains by `%load_ext barometre_lib.labo`, which `make lab` does by itself; pages gain nothing.

Errors of ours are their French sentence, tables and fragments have the look of the pages, and dimensions, parameters
and variants complete themselves.
"""

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.pages import GABARITS
from barometre_lib.typographie import accorder, nombre
from barometre_lib.vocabulaire import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

# Rows of a table that a notebook shows.
LIGNES = 60
# Where JupyterLab puts what a cell gives.
SORTIE = ".jp-OutputArea-output.jp-RenderedHTMLCommon"
# What JupyterLab does to lists of definitions, undone.
DEFAIT = "dt, dd { float: none; clear: none; width: auto; margin: 0; padding: 0; }"
# The elements of a page that stand around its contents, where a selector names them.
CADRE = re.compile(r"(?<![\w.#-])(?:html|body|main)(?![\w-])(?=[^{}]*\{)")
# An unfinished text in a list of dimensions, an unfinished key among the rules of a variant.
PAR = re.compile(r"""\bpar\s*=\s*\[(?:[^\]]*,)?\s*["'](\w*)$""")
REGLES = re.compile(r"""\bregles\s*=\s*\{(?:[^}]*,)?\s*["'](\w*)$""")


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Extend an IPython shell; one that executes a notebook for a page stays as it is."""
    if "barometre_lib.campagne.moteur" in sys.modules:
        return
    shell.set_custom_exc((ErreurBarometre,), dire_erreur)
    html: Any = shell.display_formatter.formatters["text/html"]
    html.for_type_by_name("pandas", "DataFrame", montrer_table)
    shell.events.register("pre_run_cell", Style())
    shell.Completer.custom_matchers.append(completer())


def dire_erreur(shell: Any, genre: type, erreur: BaseException, *_: object, **__: object) -> list[str]:
    """Show an error of ours as its sentence, without a traceback; the cell has failed all the same."""
    said = [f"\x1b[31m{erreur}\x1b[0m"]
    shell._showtraceback(genre, erreur, said)
    return said


class Style:
    """Gives the notebook the style of the pages, by the first cell that is run and each time that it is run again."""

    def __init__(self) -> None:
        self.porteuse: str | None = None

    def __call__(self, cellule: Any) -> None:
        """Be told that a cell is about to run."""
        from IPython.display import HTML, display

        if self.porteuse in (None, cellule.cell_id):
            self.porteuse = cellule.cell_id
            display(HTML(f"<style>{style()}</style>"))


@cache
def style() -> str:
    """Return the style sheet of the pages, made to hold in the outputs of a notebook and nowhere else."""
    sheet = (GABARITS / "style.css").read_text(encoding="utf-8")
    return f"{SORTIE} {{\n{DEFAIT}\n{CADRE.sub('&', sheet)}\n}}"


def montrer_table(table: "pd.DataFrame") -> str:
    """Show the first rows of a table as pages show theirs; whatever it holds is text."""
    from barometre_lib.restitution.tableaux import tableau_libre

    shown = table.head(LIGNES)
    numbered = list(shown.index) == list(range(len(shown))) and len(shown.columns) > 0
    heads = [*([] if numbered else [shown.index.name or ""]), *shown.columns]
    whole = f"{accorder(len(table), 'ligne', 'lignes')}, {accorder(len(table.columns), 'colonne', 'colonnes')}"
    title = whole if len(shown) == len(table) else f"{whole} ; ici, les {LIGNES} premières lignes"
    rows = shown.itertuples(index=not numbered, name=None)
    made = tableau_libre(
        ([_dire(value) for value in row] for row in rows),
        titre=title,
        entetes=[_dire(name) for name in heads],
        classe="textes large",
    )
    return str(made.html)


def _dire(valeur: Any) -> str:
    """Return a cell as a reader of French expects it, a text as it is."""
    import numpy as np
    import pandas as pd

    if isinstance(valeur, int | float | np.number) and not isinstance(valeur, bool):
        return "" if np.isnan(valeur) else nombre(float(valeur), decimales=2)
    return "" if valeur is None or valeur is pd.NA or valeur is pd.NaT else str(valeur)


def completer() -> Any:
    """Return what completes a name of the project where one is expected: a dimension, a parameter of the rules."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    from barometre_lib.parametres.regles import NOMS_PARAMETRES

    expected = {PAR: DIMENSIONS, REGLES: NOMS_PARAMETRES}

    @context_matcher()  # type: ignore[untyped-decorator]
    def match(contexte: Any) -> Any:
        before = "\n".join([*contexte.full_text.split("\n")[: contexte.cursor_line], contexte.text_until_cursor])
        found = [(one[1], names) for form, names in expected.items() if (one := form.search(before))]
        kept = [name for start, names in found for name in names if name.startswith(start)]
        return {"completions": [SimpleCompletion(name, type="param") for name in kept], "suppress": bool(kept)}

    return match
