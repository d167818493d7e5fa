"""Reads the sentences of a page as a browser shows them: one text for each block, inline markup gone."""

import ast
import re
from functools import cache
from html import unescape
from typing import Any

import fabrique
import nbformat
import pandas as pd

from barometre_lib import Barometre, restitution

BLOCS = re.compile(r"</?(?:p|li|ul|ol|h\d|div|section|details|summary|table|caption|thead|tbody|tr|td|th)\b[^>]*>")
BALISES = re.compile(r"<[^>]+>")
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


@cache
def _all_revisions(barometre: Barometre) -> pd.DataFrame:
    return barometre.revisions()


def revisions(barometre: Barometre, region: str) -> pd.DataFrame:
    """Return the revisions of a territory, those of France being computed once."""
    changes = _all_revisions(barometre)
    return changes[changes["region"] == region] if region else changes


def resultats(barometre: Barometre, region: str) -> Any:
    """Return the results of a territory, made as the notebooks make them."""
    contexte = barometre.contexte(region)
    ranking, before = (barometre.classement(one) for one in (contexte.periode, contexte.periode_precedente))
    jobs = restitution.lecture_emplois(contexte, barometre.decisions)
    return restitution.section_resultats(contexte, barometre.evolution(region), ranking, before, jobs)


def phrases(barometre: Barometre, region: str) -> dict[str, Any]:
    """Return the pieces of a page that hold sentences, made as the notebooks make them, by the name of their cell."""
    contexte = barometre.contexte(region)
    chosen = {"region": region} if region else {}
    evolutions = [barometre.evolution(region), *([barometre.evolution()] if region else [])]
    ranking = barometre.classement(contexte.periode)
    return {
        "entete": restitution.entete(contexte),
        "essentiel": restitution.phrase(contexte, barometre.comptes([contexte.maille], **chosen), ranking),
        "indicateur": restitution.indicateur(contexte),
        "depuis-2022": restitution.lecture_annees(contexte, *evolutions),
        "releves": restitution.lecture_semestres(contexte, *evolutions),
        "resultats": resultats(barometre, region),
        "secteurs": restitution.lecture_secteurs(contexte, barometre.comptes([contexte.maille, "secteur"], **chosen)),
        "exemples": restitution.section_exemples(contexte, barometre.exemples(region)) if region else None,
        "methode": restitution.section_methode(contexte),
        "provisoire": restitution.section_provisoire(contexte, revisions(barometre, region)),
    }


@cache
def page(barometre: Barometre, region: str) -> dict[str, list[str]]:
    """Return the blocks of text of each of `phrases`, made once."""
    return {name: blocs(fragment) for name, fragment in phrases(barometre, region).items()}


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
