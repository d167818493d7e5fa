"""What JupyterLab gains by `%load_ext barometre_lib.labo`, which `make lab` does by itself; pages gain nothing.

Errors of ours are their French sentence, tables and fragments have the look of the pages, and relèves, regions,
dimensions and parameters complete themselves.
"""

import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.pages import GABARITS
from barometre_lib.typographie import INSECABLE, accorder, nombre
from barometre_lib.vocabulaire import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

# Rows of a table that a notebook shows.
LIGNES = 60
# Where JupyterLab puts what a cell gives.
SORTIE = ".jp-OutputArea-output.jp-RenderedHTMLCommon"
# What JupyterLab does to rows and lists of definitions, undone; an output is alone where a page sets two side by side.
DEFAIT = """tbody tr { background: none; }
dt, dd { float: none; clear: none; width: auto; margin: 0; padding: 0; }
&& { display: block; }
a:not([href]) { color: inherit; text-decoration: none; }"""
# A link to another page: it is not beside the notebook, and JupyterLab fails on that of a map.
AILLEURS = re.compile(r'(<a\b[^>]*?) href="(?!#|data:|https?:)[^"]*"')
# The elements of a page that stand around its contents, where a selector names them.
CADRE = re.compile(r"(?<![\w.#-])(?:html|body|main)(?![\w-])(?=[^{}]*\{)")
# An unfinished relève or region; text in a list of dimensions; key among the rules of a variant.
RELEVE = re.compile(r"""\b(?:(?:charger|Exploration)\(|(?:releve|depuis)\s*=)\s*["']([\w-]*)$""")
REGION = re.compile(r"""\b(?:contexte\(|region\s*=)\s*["'](\w*)$""")
PAR = re.compile(r"""\bpar\s*=\s*\[(?:[^\]]*,)?\s*["'](\w*)$""")
REGLES = re.compile(r"""\bregles\s*=\s*\{(?:[^}]*,)?\s*["'](\w*)$""")


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Extend an IPython shell; one that executes a notebook for a page stays as it is."""
    if "barometre_lib.campagne.moteur" in sys.modules:
        return
    shell.set_custom_exc((ErreurBarometre,), dire_erreur)
    html: Any = shell.display_formatter.formatters["text/html"]
    html.for_type_by_name("pandas", "DataFrame", montrer_table)
    html.for_type_by_name("pandas", "Series", lambda column: montrer_table(column.to_frame()))
    bundle: Any = shell.display_formatter.mimebundle_formatter
    bundle.for_type_by_name("barometre_lib.restitution.fragment", "Fragment", montrer_fragment)
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


def montrer_fragment(fragment: Any) -> dict[str, str]:
    """Show a piece of page without its links to other pages."""
    return {"text/html": AILLEURS.sub(r"\1", str(fragment.html))}


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
    if isinstance(valeur, pd.Timestamp) and valeur == valeur.normalize():
        return valeur.date().isoformat()
    return "" if valeur is None or valeur is pd.NA or valeur is pd.NaT else str(valeur)


def completer() -> Any:
    """Return what completes a name of the project where one is expected, and says what it is."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    from barometre_lib.chemins import registre_par_defaut
    from barometre_lib.nomenclatures import Nomenclatures
    from barometre_lib.parametres.regles import NOMS_PARAMETRES
    from barometre_lib.registre.lecture import releves_presentes

    expected: dict[re.Pattern[str], Callable[[], Mapping[str, str]]] = {
        RELEVE: lambda: dict.fromkeys(map(str, releves_presentes(registre_par_defaut())), "relève"),
        # JupyterLab would put each word of a name below the one before.
        REGION: lambda: {
            code: name.translate({32: INSECABLE, 45: "\u2011"})
            for code, name in Nomenclatures.du_projet().libelles("region").items()
        },
        PAR: lambda: dict.fromkeys(DIMENSIONS, "dimension"),
        REGLES: lambda: dict.fromkeys(NOMS_PARAMETRES, "règle"),
    }

    @context_matcher()  # type: ignore[untyped-decorator]
    def match(contexte: Any) -> Any:
        before = "\n".join([*contexte.full_text.split("\n")[: contexte.cursor_line], contexte.text_until_cursor])
        kept = []
        for form, names in expected.items():
            if found := form.search(before):
                # Nothing is completed of what cannot be read.
                with suppress(ErreurBarometre, OSError):
                    kept = [(name, what) for name, what in names().items() if name.startswith(found[1])]
        return {"completions": [SimpleCompletion(name, type=what) for name, what in kept], "suppress": bool(kept)}

    return match
