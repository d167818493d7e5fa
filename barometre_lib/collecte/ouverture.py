"""A workbook opened with its texts as they are written: openpyxl takes some of their escapes off, and not others."""

import io

from openpyxl import Workbook
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse


def ouvrir(donnees: bytes) -> Workbook:
    """Return a workbook whose sheets are read as they are asked for; its formulas are not computed."""
    reader = _Lecteur(io.BytesIO(donnees), read_only=True, keep_links=False)
    reader.read()
    book: Workbook = reader.wb
    return book


class _Lecteur(ExcelReader):
    """What `openpyxl.load_workbook` reads with, less what would alter a text or is of no use."""

    def read_strings(self) -> None:
        """Read the shared texts, escapes kept."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    text = Text.from_tree(node)
                    self.shared_strings.append(text.content if text else "")
                    node.clear()

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """Leave the charts aside."""
