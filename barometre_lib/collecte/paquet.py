"""What the parts of a received workbook say of it: its sheets, its styles, the texts that its cells share, its notes.

Only what the rows need is read: openpyxl makes objects of everything, and refuses a whole workbook for one style.
"""

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from barometre_lib.collecte.inspection import ABIME, MACROS, ClasseurRefuse, Parties

PAS_UN_CLASSEUR = "ce n'est pas un classeur Excel ; attendu le modèle rempli, au format .xlsx"
BINAIRE = "classeur binaire (.xlsb) ; enregistrez-le au format « Classeur Excel (.xlsx) »"
TYPES = "[content_types].xml"
TYPES_REFUSES = (
    (re.compile(r"sheet\.binary", re.IGNORECASE), BINAIRE),
    (re.compile(r"macroenabled|macrosheet|vba", re.IGNORECASE), MACROS),
)
PRINCIPAL = re.compile(r"spreadsheetml\.(sheet|template)\.main\+xml$")
VRAI = ("1", "true", "on")
# How a workbook writes any character, `_x000D_`, and the underscore that would start such a writing, `_x005F_`. Halves
# of a pair of UTF-16 are no characters.
ECHAPPE = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
# What a number format shows as it is: a percent sign there is no percentage.
LITTERAL = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True)
class Feuille:
    """One sheet of cells."""

    nom: str
    partie: str  # name of its part
    masquee: bool


@dataclass(frozen=True)
class Styles:
    """The ranks of the styles of cells that say something of a value."""

    dates: set[int]
    durees: set[int]
    pourcentages: set[int]
    barres: set[int]


@dataclass(frozen=True)
class Paquet:
    """A workbook: its parts, and what they say."""

    parties: Parties
    feuilles: list[Feuille]
    styles: Styles
    textes: list[str]
    epoque: datetime  # the day from which it counts

    def notes(self, feuille: Feuille, auteur: str) -> list[str]:
        """Return the cells that bear a note that does not start with a name; who wrote it, programs forget."""
        return [
            note.get("ref", "")
            for kind, part in _relations(self.parties, feuille.partie).values()
            if kind == "comments"
            for note in fromstring(self.parties[part]).iter(_nom("comment"))
            if not "".join(map(lire_texte, note.findall(_nom("text")))).startswith(auteur)
        ]


def ouvrir(parties: Parties) -> Paquet:
    """Return what the parts of a workbook say of it.

    Raises
    ------
    ClasseurRefuse
        It is no workbook, or of a kind that is not read.
    Exception
        What is raised on a damaged part, of kinds that no reader tells.
    """
    main = next((part for kind, part in _relations(parties, "").values() if kind == "officeDocument"), "")
    types = _juger_types(parties, main)
    root, related = fromstring(parties[main]), _relations(parties, main)
    sheets = []
    for node in root.iter(_nom("sheet")):
        name = next(value for key, value in node.attrib.items() if key.endswith("}id"))
        kind, part = related[name]
        # A sheet of a chart has no cell.
        if kind == "worksheet":
            sheets.append(Feuille(node.get("name", ""), part, node.get("state", "").lower().endswith("hidden")))
    settings = root.find(_nom("workbookPr"))
    mac = settings is not None and settings.get("date1904") in VRAI
    parts = {kind: part for kind, part in related.values() if part in parties.entrees}
    typed = next((name for name, kind in types.items() if kind.endswith("sharedStrings+xml")), "")
    shared = parts.get("sharedStrings", typed)
    texts = list(_lire_textes(parties[shared])) if shared else []
    styles = _lire_styles(fromstring(parties[parts["styles"]]) if "styles" in parts else Element("styleSheet"))
    return Paquet(parties, sheets, styles, texts, CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900)


def _nom(nom: str) -> str:
    return f"{{{SHEET_MAIN_NS}}}{nom}"


def _relations(parties: Parties, partie: str) -> dict[str, tuple[str, str]]:
    """Return what a part is related to, the whole workbook being "": identifier to its kind and its part."""
    folder, name = posixpath.split(partie)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    nodes = fromstring(parties[path]) if path in parties.entrees else ()
    return {
        node.get("Id", ""): (
            node.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, node.get("Target", "")))[1:].lower(),
        )
        for node in nodes
    }


def _juger_types(parties: Parties, principal: str) -> dict[str, str]:
    """Return the types that are declared for the parts that exist, once they are those of a workbook without macros."""
    if not principal or TYPES not in parties.entrees:
        raise ClasseurRefuse(PAS_UN_CLASSEUR)
    nodes = fromstring(parties[TYPES])
    declared = {
        (node.get("PartName") or f"*.{node.get('Extension')}").lower().lstrip("/"): node.get("ContentType", "")
        for node in nodes
    }
    types = {name: declared.get(name) or declared.get(f"*.{name.rpartition('.')[2]}", "") for name in parties.entrees}
    for pattern, what in TYPES_REFUSES:
        if any(pattern.search(one) for one in types.values()):
            raise ClasseurRefuse(what)
    if not PRINCIPAL.search(types.get(principal, "")):
        # Where the parts are those of a workbook, a spreadsheet would not open it either.
        raise ClasseurRefuse(ABIME if principal.startswith("xl/") else PAS_UN_CLASSEUR)
    return types


def _lire_textes(partie: bytes) -> Iterator[str]:
    """Yield the texts that cells share."""
    for _, node in iterparse(io.BytesIO(partie)):
        if node.tag == _nom("si"):
            yield lire_texte(node)
            node.clear()


def lire_texte(node: Element) -> str:
    """Return a text, rich or plain, without its phonetic guide; all its escapes are undone, openpyxl leaves some."""
    pieces = (*node.findall(_nom("t")), *node.findall(f"{_nom('r')}/{_nom('t')}"))
    return sans_echappement("".join(piece.text or "" for piece in pieces))


def sans_echappement(texte: str) -> str:
    """Return a text whose escaped characters are themselves again."""
    return ECHAPPE.sub(lambda found: chr(int(found[1], 16)), texte)


def _lire_styles(root: Element) -> Styles:
    formats = BUILTIN_FORMATS | {
        int(node.get("numFmtId", "0")): node.get("formatCode", "")
        for node in root.findall(f"{_nom('numFmts')}/{_nom('numFmt')}")
    }
    struck = [
        any(node.get("val", "1") in VRAI for node in font.findall(_nom("strike")))
        for font in root.findall(f"{_nom('fonts')}/{_nom('font')}")
    ]
    styles = root.findall(f"{_nom('cellXfs')}/{_nom('xf')}")
    shown = [formats.get(int(style.get("numFmtId", "0")), "General") for style in styles]
    fonts = [int(style.get("fontId", "0")) for style in styles]
    return Styles(
        dates={rank for rank, one in enumerate(shown) if is_date_format(one)},
        durees={rank for rank, one in enumerate(shown) if is_timedelta_format(one)},
        pourcentages={rank for rank, one in enumerate(shown) if "%" in LITTERAL.sub("", one)},
        barres={rank for rank, font in enumerate(fonts) if font < len(struck) and struck[font]},
    )
