"""The parts of a received workbook, each looked at before it is read: hostile or out of proportion, it is refused.

Nothing is extracted and no header is believed: a part is read once, as a stream, in bounded time and memory; what
reads the workbook is given the bytes that were looked at, and never the archive. A part that nothing reads is not
looked at: what it holds is nobody's.
"""

import io
import re
import zipfile
from typing import IO
from xml.parsers.expat import ParserCreate

from openpyxl.xml.constants import SHEET_MAIN_NS

from barometre_lib.typographie import INSECABLE, nombre

MO_MAX, PARTIES_MAX = 64, 500
ELEMENTS_MAX, PROFONDEUR_MAX = 1_500_000, 64
CELLULES_MAX, CELLULES_DE_LIGNE_MAX = 600_000, 16_384  # a line of Excel has no more
# From one tag to the next, in bytes: no cell of Excel holds more. A longer token would be read again at each step.
ECART_MAX, PAS = 256 * 1024, 64 * 1024
FORMAT_MAX = 255  # characters of a number format in Excel; openpyxl reads a long one in the square of its length

ABIME = "le classeur est abîmé ; rouvrez-le, enregistrez-le de nouveau au format « Classeur Excel (.xlsx) »"
MACROS = "le classeur contient des macros ; enregistrez-le au format « Classeur Excel (.xlsx) », sans macro"
LIENS = "le classeur renvoie à un autre fichier ; rompez ses liaisons (Données, Modifier les liens) et ses images liées"
OBJETS = "le classeur contient un objet incorporé ; supprimez-le, ou recopiez les mouvements dans un modèle neuf"
CONNEXIONS = (
    "le classeur garde une connexion à des données ; supprimez-la (Données, Requêtes et connexions), ou recopiez les "
    "mouvements dans un modèle neuf"
)
COMPLEMENT = "le classeur contient un complément Office ; retirez-le, ou recopiez les mouvements dans un modèle neuf"
CONTROLES = "le classeur contient des contrôles ActiveX ; supprimez-les, ou recopiez les mouvements dans un modèle neuf"
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
    (re.compile(r"vbaproject|vbadata|macrosheets|/dialogsheets/"), MACROS),
    (re.compile(r"/activex/"), CONTROLES),
    (re.compile(r"/externallinks/"), LIENS),
    (re.compile(r"/embeddings/"), OBJETS),
    (re.compile(r"/connections\.xml|/querytables/"), CONNEXIONS),
    (re.compile(r"/webextensions/"), COMPLEMENT),
)
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class ClasseurRefuse(Exception):
    """What is wrong with a workbook, in French."""


class Parties(dict[str, bytes]):
    """The parts of a workbook by name, in lower case, each looked at when it is first read: of XML, or refused."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self._archive, self._inspection = archive, _Inspection()
        self.entrees = {entry.filename.lower(): entry for entry in _entrees(archive)}

    def __missing__(self, nom: str) -> bytes:
        data = self._inspection.lire(self._archive.open(self.entrees[nom]))
        # A strict workbook says the same things under another name.
        self[nom] = data.replace(STRICT, SHEET_MAIN_NS.encode())
        return self[nom]


def lire_parties(donnees: bytes) -> Parties:
    """Return the parts of a workbook; none is decompressed before it is read, save those that say where others are.

    Raises
    ------
    ClasseurRefuse
        The file holds what could run or fetch, or is out of proportion.
    Exception
        What zipfile and expat raise on a damaged file, of kinds that they do not tell.
    """
    archive = zipfile.ZipFile(io.BytesIO(donnees))
    entries = _entrees(archive)
    if len(entries) > PARTIES_MAX or sum(entry.file_size for entry in entries) > MO_MAX * 1024**2:
        raise ClasseurRefuse(TROP_GROS)
    parts = Parties(archive)
    for pattern, what in PARTIES_REFUSEES:
        if any(pattern.search(f"/{name}") for name in parts.entrees):
            raise ClasseurRefuse(what)
    # Readers would not agree on two parts of one name; zipfile bounds what deflate gives back, and no other.
    if len(parts.entrees) < len(entries) or not {entry.compress_type for entry in entries} <= COMPRESSIONS:
        raise ClasseurRefuse(ABIME)
    for name in parts.entrees:
        if name.endswith(".rels"):
            parts[name]
    return parts


def _entrees(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return what an archive holds, without folders and what macOS adds of its own."""
    return [one for one in archive.infolist() if not (one.is_dir() or one.filename.startswith("__MACOSX/"))]


class _Inspection:
    """One pass of expat over each part, without a tree: proportions, entities, links to elsewhere."""

    def __init__(self) -> None:
        self.elements = self.cellules = 0

    def lire(self, source: IO[bytes]) -> bytes:
        """Return the bytes of a part; a stream that goes on after the size declared is cut there."""
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._entrer, self._sortir
        self.parser.StartDoctypeDeclHandler = self._refuser_entites
        self.racine, self.balise, self.profondeur, self.rangee = "", 0, 0, 0
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
        if self.profondeur > PROFONDEUR_MAX or self.elements > ELEMENTS_MAX:
            raise ClasseurRefuse(DEMESURE)
        name = tag.rpartition(" ")[2]
        self.racine = self.racine or name
        match self.racine, name:
            case "worksheet", "row":
                self.rangee = 0
            case "worksheet", "c":
                self.rangee += 1
                self.cellules += 1
                if self.rangee > CELLULES_DE_LIGNE_MAX or self.cellules > CELLULES_MAX:
                    raise ClasseurRefuse(TROP_DE_CELLULES)
            case "styleSheet", "numFmt" if len(attributes.get("formatCode", "")) > FORMAT_MAX:
                raise ClasseurRefuse(DEMESURE)
            case "Relationships", "Relationship" if attributes.get("TargetMode") == "External":
                # A link in a cell is only a text that nothing follows.
                if not attributes.get("Type", "").endswith("/hyperlink"):
                    raise ClasseurRefuse(LIENS)

    def _sortir(self, _: str) -> None:
        self.profondeur -= 1

    def _refuser_entites(self, *_: object) -> None:
        raise ClasseurRefuse(ENTITES)
