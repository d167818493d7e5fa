"""What a page carries around its content: the style sheet, whole in each page, and the list of its headings."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup


@cache
def feuille_de_style(dossier: Path) -> Markup:
    """Return the style sheet of a folder of templates."""
    return Markup((dossier / "style.css").read_text(encoding="utf-8"))  # noqa: S704  a file of the package


def chaine_css(texte: str) -> Markup:
    """Return a text as a CSS string: whatever could close the string or its `<style>` is written by its code."""
    written = "".join(c if c.isalnum() or c in " ,.-" else f"\\{ord(c):x} " for c in texte)
    return Markup(f'"{written}"')  # noqa: S704  nothing else than letters, digits and codes


class Titre(NamedTuple):
    """A heading of the second level: its identifier and its text."""

    ancre: str
    intitule: str


class _Headings(HTMLParser):
    """Collects the headings that have an identifier."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[Titre] = []
        self.opened = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self.opened, self.text = dict(attrs).get("id") or "", ""

    def handle_data(self, data: str) -> None:
        if self.opened:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2" and self.opened:
            self.titles.append(Titre(self.opened, self.text.strip()))
            self.opened = ""


def lire_titres(contenu: str) -> list[Titre]:
    """Return the headings of the second level of a piece of page, in order; one without identifier is left out."""
    parser = _Headings()
    parser.feed(contenu)
    parser.close()
    return parser.titles
