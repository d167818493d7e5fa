"""From an executed notebook to the main part of a page, by nbconvert and a template of our own.

A preprocessor makes HTML of all that cells show, or refuses it: nothing is left out.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.publication.pages import GABARITS
from barometre_lib.restitution.fragment import MARQUE

if TYPE_CHECKING:
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

    from barometre_lib.publication.texte import Redacteur

# Cells that speak to whoever works on the notebook, and not to the reader of the page.
ETIQUETTE_ATELIER = "atelier"
A_MONTRER = "montrez-le par restitution, par display(Markdown(…)), par print ou par une image PNG"
DESSIN = "montrez le dessin par restitution.figure(fig, texte=…, constat=…, source=…), dans la cellule qui le fait"
# What to do instead, by what is found in the output.
CONSEILS = {
    "widget-view": "un widget ne vit que dans JupyterLab : étiquetez la cellule « atelier »",
    "javascript": "une page n'a pas de script : dessinez par matplotlib ou seaborn, et restitution.figure",
    "image/svg": DESSIN,
    "<Axes": DESSIN,
    "<Figure": DESSIN,
    'class="dataframe"': "montrez la table par restitution.tableau (des comptes) ou par restitution.tableau_libre",
}
ADRESSE_EN_MEMOIRE = re.compile(r"\bat 0x[0-9a-f]+>|^\s*\[?<(Axes|Figure)\b")


def convertir(carnet: "NotebookNode") -> Markup:
    """Export what an executed notebook shows: HTML without code, script nor style.

    Raises
    ------
    ErreurBarometre
        All that a page cannot show, by cell.
    """
    body, _ = exportateur().from_notebook_node(carnet)
    return Markup(body.strip())  # noqa: S704


@cache
def exportateur() -> "HTMLExporter":
    """Return the exporter, made once for all the notebooks of a process, its templates compiled once."""
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.exclude_input = True
    config.TagRemovePreprocessor.remove_cell_tags = {ETIQUETTE_ATELIER}
    exporter = HTMLExporter(config=config, template_name="carnet", extra_template_basedirs=[str(GABARITS)])
    exporter.register_preprocessor(TagRemovePreprocessor(config=config), enabled=True)
    exporter.register_preprocessor(ecrire, enabled=True)
    return exporter


def nommer(cellule: "NotebookNode") -> str:
    """Name a cell by its identifier, which no program changes, and by its first line, which its author sees."""
    return f"cellule « {cellule.id} », {montrer(cellule.source.strip().partition(chr(10))[0])}"


def ecrire(carnet: "NotebookNode", ressources: Any) -> tuple["NotebookNode", Any]:
    """Write all that the cells of a notebook show as HTML, in their order; a preprocessor of nbconvert."""
    from barometre_lib.publication.texte import Redacteur

    outputs = [output for cell in carnet.cells for output in cell.get("outputs", [])]
    made = [output.data["text/html"] for output in outputs if _est_notre(output)]
    writer = Redacteur(re.findall(r'\bid="([^"]+)"', "".join(made)))
    faults, called = [], dict[str, str]()
    for cell in carnet.cells:
        where = nommer(cell)
        try:
            _ecrire_cellule(cell, writer)
        except ErreurBarometre as error:
            faults.append(f"{where} : {error}")
        called |= dict.fromkeys(writer.appels - called.keys(), where)
    faults += [
        f"{where} : lien vers « #{anchor} » ; attendu l'ancre d'un titre de la page, ses espaces écrites -"
        for anchor, where in sorted(called.items())
        if anchor not in writer.ancres
    ]
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return carnet, ressources


def _ecrire_cellule(cellule: "NotebookNode", redacteur: "Redacteur") -> None:
    if cellule.cell_type == "markdown":
        cellule.source = redacteur.ecrire(cellule.source, cellule.get("attachments"))
    elif cellule.cell_type == "raw" and cellule.source.strip():
        raise ErreurBarometre("cellule brute ; faites-en une cellule de texte (Markdown), ou étiquetez-la « atelier »")
    for output in cellule.get("outputs", []):
        html = _ecrire_sortie(output, redacteur)
        output.clear()
        output.update(output_type="display_data", data={"text/html": html}, metadata={})


def _est_notre(sortie: "NotebookNode") -> bool:
    return all(sortie.get("metadata", {}).get(kind) == mark for kind, mark in MARQUE.items())


def _ecrire_sortie(sortie: "NotebookNode", redacteur: "Redacteur") -> str:
    """Return the HTML of an output, which is a fragment, a text, an image, or refused."""
    if sortie.output_type == "error":
        raise ErreurBarometre(f"erreur {montrer(f'{sortie.ename} : {sortie.evalue}')} ; corrigez la cellule")
    if sortie.output_type == "stream":
        return _ecrire_texte(sortie.text)
    data = sortie.data
    kinds = [kind for kind in data if kind != "text/plain"]
    if _est_notre(sortie):
        redacteur.suivre(data["text/html"])
        return str(data["text/html"])
    if not kinds:
        return _ecrire_texte(data.get("text/plain", ""))
    if kinds == ["text/markdown"]:
        return redacteur.ecrire(data["text/markdown"])
    if kinds in (["image/png"], ["image/jpeg"]):
        from barometre_lib.publication.texte import illustrer

        said = sortie.metadata.get(kinds[0], {})
        if data.get("text/plain", "").startswith("<Figure") and not said.get("alt"):
            raise ErreurBarometre(f"dessin sans texte qui dise ce qu'il montre ; {DESSIN}")
        size = {name: said[name] for name in ("width", "height") if isinstance(said.get(name), int)}
        return Markup('<div class="dessin">{}</div>').format(illustrer(data, str(said.get("alt", "")), **size))
    found = f"{' '.join(kinds)} {data.get('text/html', '')}"
    raise ErreurBarometre(f"sortie {montrer(', '.join(kinds))} ; {_conseiller(found)}")


def _conseiller(sortie: str) -> str:
    return next((advice for sign, advice in CONSEILS.items() if sign in sortie), A_MONTRER)


def _ecrire_texte(texte: str) -> Markup:
    """Return a text as it was printed, its colours left out."""
    from nbconvert.filters import strip_ansi

    if ADRESSE_EN_MEMOIRE.search(texte):
        advice = _conseiller(texte)
        raise ErreurBarometre(f"objet {montrer(texte.strip())} ; {advice}, ou taisez-le par « ; » en fin de ligne")
    text = strip_ansi(texte)
    return Markup("<pre>{}</pre>").format(text) if text.strip() else Markup()
