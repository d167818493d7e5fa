"""The preload: what the fork server does once, when it imports this module, so that no notebook has to.

`multiprocessing` imports it by its name, and says nothing of an import that fails: `ECHEC` does. The server has no
thread, opens no database and never imports polars: forks of such processes hang.
"""

import builtins
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from barometre_lib.campagne.processus import CONSIGNE, SUR, inscrire
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.imports import differer_les_lourds
from barometre_lib.ressources import espacer_ramassages
from barometre_lib.syntaxe import DE_JINJA, dire_erreur, dire_syntaxe

# What every notebook pays for, and what makes its page.
BIBLIOTHEQUES = (
    "narwhals",
    "jinja2",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "nbconvert.exporters.html",
    "barometre_lib.campagne.moteur",
    "barometre_lib.publication.texte",
    "barometre_lib.restitution",
)
# Long to import: only where a notebook of the catalogue names them.
DESSIN = ("matplotlib.pyplot", "matplotlib.style.core", "seaborn")
BACKEND = "module://matplotlib_inline.backend_inline"
# French sentence: why this module could not do all that it must; empty when it could.
ECHEC = ""


def amorcer(prive: str, parent: int, chemins: Sequence[str], preparer: Sequence[str], *, sur: bool) -> None:
    """Be noted for the watcher, then call what is asked, `module:function:argument` each."""
    inscrire(Path(prive))
    if os.getppid() != parent:
        os._exit(1)
    sys.path[:] = chemins
    espacer_ramassages()
    for one in preparer:
        module, function, argument = one.split(":", 2)
        prepare: Callable[[str], object] = getattr(importlib.import_module(module), function)
        prepare(argument)
    if not sur:  # notebooks have the user's environment
        del os.environ[SUR]
    # Pages of memory that the collector never writes to again stay shared with the notebooks' processes.
    gc.collect()
    gc.freeze()


def prechauffer(_: str = "") -> None:
    """Import, draw and export what every notebook would."""
    # matplotlib notes where figures go when it is imported, and looks for a kernel at the first one.
    os.environ.setdefault("MPLBACKEND", BACKEND)
    # pandas chooses its options when it is imported: those of a kernel, and not of a terminal.
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
    importlib.import_module("pandas")
    del vars(builtins)["get_ipython"]
    drawn = _on_dessine()
    with differer_les_lourds():
        for name in (*BIBLIOTHEQUES, *(DESSIN if drawn else ())):
            importlib.import_module(name)
    if drawn:
        _draw_once()
    exporter_une_fois()


def _on_dessine() -> bool:
    """Tell whether a notebook of the catalogue draws with those libraries, whose name it then has.

    What is wrong with the catalogue is said by who reads it for its pages.
    """
    from barometre_lib.chemins import racine
    from barometre_lib.nomenclatures import Nomenclatures
    from barometre_lib.parametres.carnets import lire_catalogue

    texts: list[bytes] = []
    with suppress(ErreurBarometre, OSError):
        catalogue = lire_catalogue(Nomenclatures.du_projet())
        texts = [(racine() / "notebooks" / one.carnet).read_bytes() for one in catalogue.series]
    return any(name.partition(".")[0].encode() in text for text in texts for name in DESSIN)


def _draw_once() -> None:
    """Draw what figures are made of: fonts are found, parsers built, caches filled, and nothing of it stays."""
    import matplotlib as mpl
    import pandas as pd
    import seaborn as sns
    from matplotlib.figure import Figure

    data = pd.DataFrame({"x": ["a", "b"] * 4, "y": [1.0, 2, 3, 4, 50, 60, 700, 800], "z": list("cccddddd")})
    with mpl.rc_context():
        figure = Figure(layout="constrained")
        bars, boxes, histogram = figure.subplots(3)
        sns.barplot(data, x="x", y="y", hue="z", errorbar=None, ax=bars)
        sns.boxplot(data, x="x", y="y", ax=boxes)
        # Powers of ten are mathematical text, whose parser is long to build.
        sns.histplot(data, x="y", log_scale=True, ax=histogram)
        histogram.set_title("x", weight="bold")
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)


def exporter_une_fois() -> None:
    """Compile the templates, and export a notebook that says nothing."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    from barometre_lib.publication.carnet import convertir
    from barometre_lib.restitution.fragment import MARQUE

    compiler_gabarits()
    output = new_output("display_data", {"text/html": "<p></p>"}, metadata=MARQUE)
    stream = new_output("stream", text="")
    convertir(new_notebook(cells=[new_markdown_cell("#"), new_code_cell("1", outputs=[output, stream])]))


def compiler_gabarits() -> None:
    """Compile the templates that have changed.

    Raises
    ------
    ErreurBarometre
        What jinja refuses in one, or one is no UTF-8.
    """
    from jinja2 import TemplateSyntaxError

    from barometre_lib.publication.pages import GABARITS as OF_PAGES
    from barometre_lib.restitution.fragment import GABARITS, environnement

    for folder in (GABARITS, OF_PAGES):
        # Not all files: those of editors are no templates.
        for name in environnement(folder).list_templates(["j2"]):
            try:
                environnement(folder).get_template(name)
            except UnicodeDecodeError:
                raise ErreurBarometre(f"{afficher(folder / name)} : ce n'est pas de l'UTF-8.") from None
            except TemplateSyntaxError as error:
                line = next(iter((error.source or "").splitlines()[error.lineno - 1 :]), "").strip()
                where = f"{afficher(folder / (error.name or name))}, ligne {error.lineno}"
                found = montrer(line, vide="la fin du fichier")
                why = dire_syntaxe(error.message or "", DE_JINJA)
                raise ErreurBarometre(f"{where} : trouvé {found}, gabarit mal écrit : {why}.") from None


if CONSIGNE in os.environ:
    try:
        amorcer(**json.loads(os.environ.pop(CONSIGNE)))
    except ErreurBarometre as failure:
        ECHEC = f"Préparation des carnets impossible : {failure}"
    except Exception as failure:
        why = dire_erreur(type(failure).__name__, " ".join(str(failure).split())[:300])
        if isinstance(failure, ImportError):
            why = f"le module « {failure.name} » ne s'importe pas ; réinstallez le projet (make)"
        ECHEC = f"Préparation des carnets impossible : {why}"
