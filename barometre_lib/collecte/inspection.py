"""The parts of a received workbook, looked at before anything reads them: hostile or out of proportion, it is refused.

Nothing is extracted and no header is believed: each part is read once, as a stream, in bounded time and memory; what
reads the workbook is given the bytes that were looked at, and never the archive.
"""

import io
import re
import zipfile
from typing import IO
from xml.parsers.expat import ParserCreate

from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_STYLE, ARC_WORKBOOK, ARC_WORKBOOK_RELS

from barometre_lib.typographie import INSECABLE, nombre

MO_MAX, PARTIES_MAX = 64, 500
ELEMENTS_MAX, PROFONDEUR_MAX = 1_500_000, 64
CELLULES_MAX, CELLULES_DE_LIGNE_MAX = 600_000, 16_384  # a line of Excel has no more
# From one tag to the next, in bytes: no cell of Excel holds more. A longer token would be read again at each step.
ECART_MAX, PAS = 256 * 1024, 64 * 1024
# What openpyxl makes objects of, and how many elements it may then hold.
EN_OBJETS, OBJETS_MAX = (ARC_CONTENT_TYPES, ARC_WORKBOOK, ARC_WORKBOOK_RELS, ARC_STYLE), 100_000
FORMAT_MAX = 255  # characters of a number format in Excel; openpyxl reads a long one in the square of its length

ABIME = "le classeur est abîmé ; rouvrez-le, enregistrez-le de nouveau au format « Classeur Excel (.xlsx) »"
MACROS = "le classeur contient des macros ; enregistrez-le au format « Classeur Excel (.xlsx) », sans macro"
LIENS = "le classeur renvoie à d'autres fichiers ; rompez ses liaisons et retirez les objets incorporés"
ENTITES = "le classeur déclare des entités XML, ce qu'aucun tableur ne fait ; ressaisissez-le dans le modèle"
DEMESURE = "le classeur a une taille démesurée ; recopiez les mouvements dans un modèle neuf"
TROP_GROS = (
    f"le classeur décompressé dépasse {MO_MAX}{INSECABLE}Mo ou {PARTIES_MAX} parties ; supprimez les lignes et les "
    "feuilles inutiles, ou recopiez les mouvements dans un modèle neuf"
)
TROP_DE_CELLULES = (
    f"plus de {nombre(CELLULES_MAX)} cellules, ou de {nombre(CELLULES_DE_LIGNE_MAX)} sur une ligne ; "
    "supprimez les lignes et les colonnes vides mises en forme"
)
# Parts that run, or that fetch: path in the archive to the refusal.
PARTIES_REFUSEES = (
    (re.compile(r"vbaproject|vbadata|macrosheets|/dialogsheets/|/activex/|/ctrlprops/"), MACROS),
    (re.compile(r"/externallinks/|/embeddings/|/connections\.xml|/querytables/|/webextensions/"), LIENS),
)
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class ClasseurRefuse(Exception):
    """What is wrong with a workbook, in French."""


class Parties(dict[str, bytes]):
    """The XML parts of a workbook by name: openpyxl takes them for the archive."""

    read = dict.__getitem__


def lire_parties(donnees: bytes) -> Parties:
    """Return the XML parts of a workbook; the others are not even decompressed.

    Raises
    ------
    ClasseurRefuse
        The file is no workbook, holds what could run or fetch, or is out of proportion.
    Exception
        What zipfile and expat raise on a damaged file, of kinds that they do not tell.
    """
    with zipfile.ZipFile(io.BytesIO(donnees)) as archive:
        entries = archive.infolist()
        names = [entry.filename.lower() for entry in entries]
        if ARC_WORKBOOK not in names or ARC_CONTENT_TYPES.lower() not in names:
            raise ClasseurRefuse("ce n'est pas un classeur Excel ; attendu le modèle rempli, au format .xlsx")
        if len(names) > PARTIES_MAX or sum(entry.file_size for entry in entries) > MO_MAX * 1024**2:
            raise ClasseurRefuse(TROP_GROS)
        for pattern, what in PARTIES_REFUSEES:
            if any(pattern.search(f"/{name}") for name in names):
                raise ClasseurRefuse(what)
        # Readers would not agree on two parts of one name; zipfile bounds what deflate gives back, and no other.
        if len(set(names)) < len(names) or not {entry.compress_type for entry in entries} <= COMPRESSIONS:
            raise ClasseurRefuse(ABIME)
        sight = _Inspection()
        kept = (entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
        return Parties((entry.filename, sight.lire(archive.open(entry), entry.filename)) for entry in kept)


class _Inspection:
    """One pass of expat over each part, without a tree: proportions, entities, links to elsewhere."""

    def __init__(self) -> None:
        self.elements = self.objets = self.cellules = 0

    def lire(self, source: IO[bytes], nom: str) -> bytes:
        """Return the bytes of a part; a stream that goes on after the size declared is cut there."""
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._entrer, self._sortir
        self.parser.StartDoctypeDeclHandler = self._refuser_entites
        self.en_objets, self.balise, self.profondeur, self.rangee = nom in EN_OBJETS, 0, 0, 0
        data = bytearray()
        while chunk := source.read(PAS):
            data += chunk
            self.parser.Parse(chunk, False)
            if len(data) - self.balise > ECART_MAX:
                raise ClasseurRefuse(DEMESURE)
        self.parser.Parse(b"", True)
        return bytes(data)

    def _entrer(self, tag: str, attributes: dict[str, str]) -> None:
        self.balise = self.parser.CurrentByteIndex
        self.profondeur += 1
        self.elements += 1
        self.objets += self.en_objets
        if self.profondeur > PROFONDEUR_MAX or self.elements > ELEMENTS_MAX or self.objets > OBJETS_MAX:
            raise ClasseurRefuse(DEMESURE)
        match tag.rpartition(" ")[2]:
            case "row":
                self.rangee = 0
            case "c":
                self.rangee += 1
                self.cellules += 1
                if self.rangee > CELLULES_DE_LIGNE_MAX or self.cellules > CELLULES_MAX:
                    raise ClasseurRefuse(TROP_DE_CELLULES)
            case "numFmt" if len(attributes.get("formatCode", "")) > FORMAT_MAX:
                raise ClasseurRefuse(DEMESURE)
            case "Relationship" if attributes.get("TargetMode") == "External":
                # A link in a cell is only a text that nothing follows.
                if not attributes.get("Type", "").endswith("/hyperlink"):
                    raise ClasseurRefuse(LIENS)

    def _sortir(self, _: str) -> None:
        self.profondeur -= 1

    def _refuser_entites(self, *_: object) -> None:
        raise ClasseurRefuse(ENTITES)
