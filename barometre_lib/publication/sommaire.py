"""The contents of a page: its headings of the second level, read where they stand."""

from html.parser import HTMLParser
from typing import NamedTuple


class Titre(NamedTuple):
    """A heading of the second level.

    Attributes
    ----------
    ancre, intitule : str
        Its identifier and its text.
    """

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
