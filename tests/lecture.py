"""Reads what a page shows as a browser does: one text for each block, tables by their captions, cell by cell."""

import ast
import re
from functools import cache
from html import unescape
from typing import Any
from unittest.mock import patch

import fabrique
import nbformat
from markupsafe import Markup

from barometre_lib import Barometre
from barometre_lib.restitution import Fragment

BLOCS = re.compile(r"</?(?:p|li|ul|ol|h\d|div|section|details|summary|table|caption|thead|tbody|tr|td|th)\b[^>]*>")
BALISES = re.compile(r"<[^>]+>")
DESSINS = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
EXPOSANTS = re.compile(r"<sup>(ers?|res?|es?)</sup>")


def simple(texte: str) -> str:
    """Return a text or HTML with plain apostrophes, spaces and ordinals, as tests write them."""
    return re.sub("[\u00a0\u202f]", " ", EXPOSANTS.sub(r"\1", texte.replace("’", "'")))


def blocs(*fragments: Any) -> list[str]:
    """Return the text of each block of fragments, runs of plain spaces collapsed as a browser does."""
    html = "\n".join(fragment._repr_html_() for fragment in fragments if fragment is not None)
    pieces = BLOCS.sub("\x00", html).split("\x00")
    texts = [re.sub(r"[ \n\t]+", " ", unescape(BALISES.sub("", piece))).strip(" \n") for piece in pieces]
    return [text.replace("’", "'") for text in texts if text]


def lisible(*fragments: Any) -> str:
    """Return the text of fragments on one line, every kind of space a plain one."""
    return simple(" ".join(blocs(*fragments)))


def tableaux(*fragments: Any) -> dict[str, dict[str, list[str]]]:
    """Return the cells of each row by its heading, of each table of fragments by its caption."""
    found = {}
    for table in re.findall(r"<table>.*?</table>", "".join(str(one.html) for one in fragments), re.DOTALL):
        caption, *rows = re.split("<tr", table)
        cells = ([_lire(cell) for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)] for row in rows)
        found[_lire(re.sub(".*<caption", "<caption", caption, flags=re.DOTALL))] = {
            heading: values for heading, *values in cells
        }
    return found


def _lire(html: str) -> str:
    return simple(unescape(BALISES.sub("", EXPOSANTS.sub(r"\1", html)))).strip()


def montrer(carnet: str, releve: str, region: str = "") -> dict[str, Any]:
    """Run a notebook's cells here, without a kernel, and return what each one shows, by its name and in order."""
    notebook = nbformat.read(fabrique.RACINE / "notebooks" / f"{carnet}.ipynb", as_version=4)
    names: dict[str, Any] = {}
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        *statements, last = ast.parse(cell.source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(statements, []), cell.id, "exec"), names)
            shown[cell.id] = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
        else:
            exec(compile(cell.source, cell.id, "exec"), names)
        if cell.id == "parametres":
            names |= {"releve": releve} | ({"region": region} if region else {})
    return shown


def montrer_du_projet(carnet: str, releve: str, region: str = "") -> dict[str, Any]:
    """Do the same where the notebook reads the relèves of the project, each read once."""
    with patch.object(Barometre, "charger", fabrique.charger):
        return montrer(carnet, releve, region)


@cache
def page(releve: str, region: str) -> dict[str, Fragment]:
    """Return what each cell of a page of the project shows, without its drawings; made once, each relève read once."""
    shown = montrer_du_projet("regional" if region else "national", releve, region)
    return {
        name: Fragment(Markup(DESSINS.sub("", fragment.html)))
        for name, fragment in shown.items()
        if fragment is not None
    }
