"""What differs between two editions of a page: its sentences, its numbers, its figures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser
from itertools import zip_longest
from typing import NamedTuple

from barometre_lib.publication.pages import GABARITS, INTERNE, NOM, mettre_en_page
from barometre_lib.restitution.fragment import remplir
from barometre_lib.typographie import INSECABLE

# What holds a sentence, or a cell of a table; the summary of what is folded repeats what stands above it.
BLOCS = frozenset({"p", "li", "h1", "h2", "h3", "dt", "dd", "caption", "figcaption", "summary", "th", "td"})
# Bars and feet change with each commit and say nothing of the barometer; a drawing is compared as such.
TUS = frozenset({"style", "nav", "footer", "svg", "title"})
NOMBRE = re.compile(r"[+−-]?\d+(?:[\u202f\u00a0]\d{3})*(?:,\d+)?")
# A number moves much when it does by as many units, and by this share of itself.
UNITES, PART = 5, 0.05


class Taille(StrEnum):
    """How much a page changes."""

    FORTE = "🔴"
    MOYENNE = "🟡"
    LEGERE = "🟢"

    @property
    def nom(self) -> str:
        """Its name for who does not see colours."""
        return {"🔴": "forte", "🟡": "moyenne", "🟢": "légère"}[self]


TAILLES = {
    Taille.FORTE: "le titre change, la page paraît ou disparaît, un solde change de signe, ou un nombre bouge de 5 "
    "unités et de 5 % au moins",
    Taille.MOYENNE: "un autre nombre change",
    Taille.LEGERE: "seuls changent des mots ou un dessin",
}


class Ecart(NamedTuple):
    """A sentence or a cell that changes, empty on the side where it is not."""

    ou: str  # section, table, row and column
    avant: str
    apres: str

    @property
    def nombres(self) -> bool:
        """Whether its numbers change."""
        return NOMBRE.findall(self.avant) != NOMBRE.findall(self.apres)

    @property
    def fort(self) -> bool:
        """Whether a number moves much, or a net changes its sign; of a sentence whose words stay alone."""
        if _mask(self.avant) != _mask(self.apres):
            return False
        before, after = ([_value(one) for one in NOMBRE.findall(side)] for side in (self.avant, self.apres))
        moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        large = any(abs(new - old) >= max(UNITES, PART * abs(old)) for old, new in moved)
        return large or ("solde" in self.ou.casefold() and any(old * new < 0 for old, new in moved))

    @property
    def cotes(self) -> list[list[tuple[str, bool]]]:
        """Both sides in pieces, each with whether it is a number that changed."""
        sides = [self.avant, self.apres]
        numbers = [NOMBRE.findall(side) for side in sides]
        changed = [old != new for old, new in zip_longest(*numbers)]
        if _mask(self.avant) != _mask(self.apres):
            changed = [False] * len(changed)
        cut = [zip_longest(NOMBRE.split(side), own, changed) for side, own in zip(sides, numbers, strict=True)]
        return [[piece for words, number, new in side for piece in ((words, False), (number, new))] for side in cut]


class Figure(NamedTuple):
    """A figure that changes: its two drawings as the page offers them, `data:image/svg+xml,…`, empty if it has none."""

    titre: str
    avant: str
    apres: str


@dataclass
class Ecarts:
    """What changes on a page."""

    titre: tuple[str, str]  # its heading before and after, empty where there is no such page
    phrases: list[Ecart]
    figures: list[Figure]

    @property
    def nombres(self) -> list[Ecart]:
        """Those whose numbers change."""
        return [one for one in self.phrases if one.nombres]

    @property
    def mots(self) -> list[Ecart]:
        """Those of which words alone change."""
        return [one for one in self.phrases if not one.nombres]

    @property
    def taille(self) -> Taille:
        """How much the page changes."""
        before, after = self.titre
        if before != after or any(one.fort for one in self.phrases):
            return Taille.FORTE
        return Taille.MOYENNE if self.nombres else Taille.LEGERE


def ecrire_ecarts(releve: str, pages: Sequence[tuple[str, Ecarts]], inchangees: Sequence[str]) -> str:
    """Return the sheet that shows what a publication would change: pages by address, and those that stay the same."""
    title = "Rien ne changerait" if not pages else f"Ce que changerait la publication de {releve}"
    values = {
        "releve": releve,
        "titre": title,
        "tailles": TAILLES,
        "pages": [{"adresse": address, "ecarts": one} for address, one in pages],
        "inchangees": inchangees,
    }
    content = remplir("ecarts", values, dossier=GABARITS)
    return mettre_en_page(content, titre=f"{NOM} –{INSECABLE}{title}", tete=INTERNE)


def comparer_pages(avant: str, apres: str) -> Ecarts | None:
    """Return what differs between two editions of a page, empty where there is none; None when nothing is seen."""
    before, after = _Page(avant), _Page(apres)
    sentences = [*_sentences(before.phrases, after.phrases), *_cells(before.cellules, after.cellules)]
    figures = []
    for name, (title, _) in {**before.figures, **after.figures}.items():
        old, new = (side.figures.get(name, ("", ""))[1] for side in (before, after))
        if old != new:
            figures.append(Figure(title, old, new))
    titles = (before.titre, after.titre)
    return Ecarts(titles, sentences, figures) if sentences or figures or titles[0] != titles[1] else None


def _sentences(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Iterator[Ecart]:
    """Pair sentences by their words, numbers aside; those that changed words are put beside one another in order."""
    masks = [[(where, _mask(text)) for where, text in side] for side in (before, after)]
    for _, start, end, first, last in SequenceMatcher(a=masks[0], b=masks[1], autojunk=False).get_opcodes():
        for old, new in zip_longest(before[start:end], after[first:last], fillvalue=("", "")):
            if old[1] != new[1]:
                yield Ecart(new[0] or old[0], old[1], new[1])


def _cells(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Ecart]:
    for where in {**after, **before}:
        old, new = before.get(where, ""), after.get(where, "")
        if old != new:
            yield Ecart(where, old, new)


def _mask(text: str) -> str:
    """Return the words of a text, its numbers aside."""
    return NOMBRE.sub("#", text)


def _value(written: str) -> float:
    return float(re.sub("[\u202f\u00a0]", "", written).replace(",", ".").replace("−", "-"))


class _Page(HTMLParser):
    """A page as it is read: what its blocks say, by where they stand, and the drawings that it offers."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.titre = ""
        self.phrases: list[tuple[str, str]] = []
        self.cellules: dict[str, str] = {}
        self.figures: dict[str, tuple[str, str]] = {}  # caption and drawing, by the identifier of the figure
        # Where the reader is: section, caption of the table, figure; columns and cells of the table so far.
        self._section = self._legende = self._figure = ""
        self._entetes: list[str] = []
        self._rangee: list[tuple[str, str]] = []
        self._texte: list[str] = []
        self._tus = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in TUS:
            self._tus += 1
        elif tag in BLOCS:
            self._end("")
        elif tag == "table":
            self._entetes, self._legende = [], ""
        elif tag == "figure":
            self._figure = known.get("id") or ""
            self.figures[self._figure] = ("", "")
        elif tag == "a" and self._figure and (drawing := known.get("href") or "").startswith("data:image/svg+xml"):
            self.figures[self._figure] = (self.figures[self._figure][0], drawing)

    def handle_endtag(self, tag: str) -> None:
        if tag in TUS:
            self._tus -= 1
        elif tag in BLOCS:
            self._end(tag)
        elif tag == "tr":
            self._end_row()
        elif tag == "figure":
            self._figure = ""

    def handle_data(self, data: str) -> None:
        if not self._tus:
            self._texte.append(data)

    def _end(self, tag: str) -> None:
        """Keep what a block says, as its tag has it."""
        text, self._texte = re.sub(r"[ \n]+", " ", "".join(self._texte)).strip(" "), []
        if tag in ("td", "th"):
            self._rangee.append((tag, text))
        elif tag == "h1":
            self.titre = text
        elif text and tag != "summary" and not text.startswith("Télécharger"):
            if tag in ("h2", "dt"):
                self._section = text
            elif tag == "caption":
                self._legende = text
            elif tag == "figcaption" and self._figure:
                self.figures[self._figure] = (text, "")
            self.phrases.append((self._section, text))

    def _end_row(self) -> None:
        """Keep the cells of a row, each by its table, the head of its row and that of its column."""
        row, self._rangee = self._rangee, []
        if all(kind == "th" for kind, _ in row):
            self._entetes = [text for _, text in row]
            return
        for rank, (_, text) in enumerate(row[1:], start=1):
            column = self._entetes[rank] if rank < len(self._entetes) else ""
            where = " · ".join(filter(None, [self._legende or self._section, row[0][1], column]))
            while where in self.cellules:
                where += " "  # two tables of one name, one after the other
            self.cellules[where] = text
