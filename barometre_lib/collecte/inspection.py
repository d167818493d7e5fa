"""A workbook looked at before anything opens it: what is hostile, locked or out of proportion is refused.

Nothing is extracted: the parts of the archive are read as a stream, in bounded time and memory.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from barometre_lib.collecte.feuille import COLONNES_MAX, LIGNES_MAX, FichierIllisible
from barometre_lib.erreurs import montrer
from barometre_lib.typographie import nombre, sans_accents

FEUILLE = "Mouvements"
PARTIES_MAX = 500
OCTETS_DECLARES_MAX = 64 * 1024 * 1024
ELEMENTS_MAX = 1_500_000
CELLULES_MAX = 600_000
PROFONDEUR_MAX = 64
NUMERO_LIGNE_MAX, NUMERO_COLONNE_MAX = 1_048_576, 16_384  # those of Excel

ABIME = (
    "le classeur est abîmé\u202f; rouvrez-le, enregistrez-le de nouveau au format «\u00a0Classeur Excel (.xlsx)\u00a0»"
)
MACROS = (
    "le classeur contient des macros\u202f; enregistrez-le au format «\u00a0Classeur Excel (.xlsx)\u00a0», sans macro"
)
LIENS = "le classeur renvoie à d'autres fichiers\u202f; rompez ses liaisons et retirez les objets incorporés"
ENTITES = "le classeur déclare des entités XML, ce qu'aucun tableur ne fait\u202f; ressaisissez-le dans le modèle"
# What zipfile, zlib and expat raise on a damaged file (a ParseError is a SyntaxError).
ERREURS_ABIME = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    ValueError,
    LookupError,
    EOFError,
    OSError,
    RuntimeError,  # an encrypted part, an unknown compression (NotImplementedError)
)
# Parts that run, or that fetch: path in the archive to the refusal.
PARTIES_REFUSEES = (
    (re.compile(r"vbaproject|vbadata|macrosheets|/dialogsheets/|/activex/|/ctrlprops/"), MACROS),
    (re.compile(r"/externallinks/|/embeddings/|/connections\.xml|/querytables/|/webextensions/"), LIENS),
)
TYPES_REFUSES = re.compile(r"macroenabled|macrosheet|vba|xlsb|ms-excel\.sheet\.binary", re.IGNORECASE)
# What the standard lets a cell hold, by its type; Python's own readers accept more, 2_1 and the digits of every script.
VALEURS = {
    "n": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE),
    "s": re.compile(r"\d+", re.ASCII),
    "b": re.compile("[01]"),
}
COORDONNEES = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
CLASSEUR = "xl/workbook.xml"
PRINCIPAL = re.compile(r"spreadsheetml\.(sheet|template)\.main\+xml$")


@dataclass(frozen=True)
class Onglet:
    """One sheet of the workbook: its name, the part that holds it, whether it is hidden."""

    nom: str
    partie: str
    cache: bool


def inspecter(donnees: bytes, fichier: str) -> str:
    """Check a workbook and return the name of the sheet of movements.

    Parameters
    ----------
    donnees : bytes
        Whole file.
    fichier : str
        File as shown to the user.

    Raises
    ------
    FichierIllisible
        The file is no workbook, is damaged, holds what could run or fetch, is too large, or hides a sheet.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(donnees)) as archive:
            return _Inspection(archive, fichier).mener()
    except ERREURS_ABIME as error:
        raise FichierIllisible(fichier, ABIME) from error


class _Inspection:
    """The checks of one archive; each raises the refusal of the file."""

    def __init__(self, archive: zipfile.ZipFile, fichier: str) -> None:
        self.archive = archive
        self.fichier = fichier
        self.elements = 0
        self.cellules = 0

    def refuser(self, attendu: str) -> FichierIllisible:
        return FichierIllisible(self.fichier, attendu)

    def mener(self) -> str:
        self._examiner_archive()
        self._examiner_types()
        sheets = self._onglets()
        hidden = [sheet.nom for sheet in sheets if sheet.cache]
        if hidden:
            what = (
                f"la feuille {montrer(hidden[0])} est masquée\u202f; affichez-la, ou supprimez-la si elle ne sert pas"
            )
            raise self.refuser(what)
        chosen = _choisir(sheets)
        merged: list[str] = []
        if chosen and chosen.partie not in self.archive.namelist():
            raise self.refuser(ABIME)
        for name in self.archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                found = self._parcourir(name)
                merged += found if chosen and name == chosen.partie else []
        if chosen is None:
            if sum(_est_celle_des_mouvements(sheet) for sheet in sheets) > 1:
                raise self.refuser(f"deux feuilles s'appellent «\u00a0{FEUILLE}\u00a0»\u202f; gardez-en une")
            raise self.refuser(
                f"aucune feuille ne s'appelle «\u00a0{FEUILLE}\u00a0»\u202f; donnez ce nom à celle des mouvements"
            )
        if merged:
            what = f"les cellules {montrer(merged[0])} sont fusionnées\u202f; annulez les fusions de cette feuille"
            raise self.refuser(what)
        return chosen.nom

    def _examiner_archive(self) -> None:
        entries = self.archive.infolist()
        names = [entry.filename.lower() for entry in entries]
        if CLASSEUR not in names or "[content_types].xml" not in names:
            raise self.refuser("ce n'est pas un classeur Excel\u202f; attendu le modèle rempli, au format .xlsx")
        if len(names) > PARTIES_MAX or sum(entry.file_size for entry in entries) > OCTETS_DECLARES_MAX:
            size = nombre(OCTETS_DECLARES_MAX // 1024**2)
            raise self.refuser(
                f"le classeur décompressé dépasse {size}\u00a0Mo ou {PARTIES_MAX} parties\u202f; supprimez les "
                "lignes et les feuilles inutiles, ou recopiez les mouvements dans un modèle neuf"
            )
        # Two parts of one name, an encrypted one: readers would not agree on what they hold.
        if len(set(names)) < len(names) or any(entry.flag_bits & 0x1 for entry in entries):
            raise self.refuser(ABIME)
        for name in names:
            for pattern, what in PARTIES_REFUSEES:
                if pattern.search(f"/{name}"):
                    raise self.refuser(what)

    def _examiner_types(self) -> None:
        """Check what the parts are said to be: macros, and a workbook elsewhere than where it is looked for."""
        main = []
        for element in self._elements("[Content_Types].xml"):
            kind = element.get("ContentType", "")
            if TYPES_REFUSES.search(kind):
                raise self.refuser(MACROS)
            part = element.get("PartName", "")
            if "spreadsheetml" in kind and part and not part.lower().endswith(".xml"):
                raise self.refuser(ABIME)
            if PRINCIPAL.search(kind):
                main.append(element.get("PartName", ""))
        if main != [f"/{CLASSEUR}"]:
            raise self.refuser(ABIME)

    def _onglets(self) -> list[Onglet]:
        targets = {}
        for element in self._elements("xl/_rels/workbook.xml.rels"):
            target = element.get("Target", "")
            # Readers would not agree on what a repeated identifier names, and only the parts in .xml are looked at.
            if element.get("Id", "") in targets or (target and not target.lower().endswith(".xml")):
                raise self.refuser(ABIME)
            targets[element.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        sheets = []
        for element in self._elements(CLASSEUR):
            if _nom(element) == "sheet":
                (relation,) = (value for key, value in element.attrib.items() if key.endswith("}id"))
                hidden = element.get("state", "visible") != "visible"
                sheets.append(Onglet(element.get("name", ""), targets[relation], hidden))
        return sheets

    def _parcourir(self, name: str) -> list[str]:
        """Read a part to its end; return the merged ranges if it is a sheet."""
        merged: list[str] = []
        row = column = 0
        for element in self._elements(name):
            match _nom(element):
                case "row":
                    row, column = _suivant(element.get("r"), row, NUMERO_LIGNE_MAX), 0
                case "c":
                    column = self._situer(element.get("r"), row, column)
                case "v" | "f" | "is":
                    self._borner(row, column)
                case "mergeCell":
                    merged.append(element.get("ref", ""))
                case "Relationship" if element.get("TargetMode") == "External":
                    # A link in a cell is only a text that nothing follows.
                    if not element.get("Type", "").endswith("/hyperlink"):
                        raise self.refuser(LIENS)
        return merged

    def _situer(self, coordonnees: str | None, row: int, column: int) -> int:
        """Return the column of a cell that must lie on its row, after the one before it."""
        self.cellules += 1
        if self.cellules > CELLULES_MAX:
            raise self.refuser(
                f"plus de {nombre(CELLULES_MAX)} cellules\u202f; "
                "supprimez les lignes et les colonnes vides mises en forme"
            )
        if coordonnees is None:
            return column + 1
        found = COORDONNEES.fullmatch(coordonnees)
        if found is None or int(found[2]) != row:
            raise ValueError(coordonnees)
        number = 0
        for letter in found[1]:
            number = 26 * number + ord(letter) - ord("A") + 1
        return _suivant(str(number), column, NUMERO_COLONNE_MAX)

    def _borner(self, row: int, column: int) -> None:
        if row > LIGNES_MAX or column > COLONNES_MAX:
            raise self.refuser(
                f"une cellule remplie dépasse la ligne {nombre(LIGNES_MAX)} ou la colonne {COLONNES_MAX}\u202f; "
                "supprimez ce qui est hors du tableau"
            )

    def _elements(self, name: str) -> Iterator[Element]:
        """Yield each element of a part when it starts; what is read is freed as it goes."""
        path: list[Element] = []
        with self.archive.open(name) as stream:
            try:
                for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                    if event == "end":
                        path.pop()
                        if path:
                            if element.tag.endswith("}v"):
                                _verifier_valeur(element, path[-1])
                            path[-1].remove(element)
                        continue
                    path.append(element)
                    self.elements += 1
                    if self.elements > ELEMENTS_MAX or len(path) > PROFONDEUR_MAX:
                        raise self.refuser(
                            "le classeur a une taille démesurée\u202f; recopiez les mouvements dans un modèle neuf"
                        )
                    yield element
            except DefusedXmlException:
                raise self.refuser(ENTITES) from None


def _nom(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _verifier_valeur(element: Element, cellule: Element) -> None:
    """Refuse a value that is not of the type of its cell; called once the element is read."""
    text, pattern = (element.text or "").strip(), VALEURS.get(cellule.get("t", "n"))
    if _nom(cellule) == "c" and text and pattern and not pattern.fullmatch(text):
        raise ValueError(text)


def _suivant(written: str | None, previous: int, largest: int) -> int:
    """Return a row or column number that must grow; the next one when the file does not say."""
    number = previous + 1 if written is None else int(written)
    if not previous < number <= largest:
        raise ValueError(written)
    return number


def _est_celle_des_mouvements(sheet: Onglet) -> bool:
    return sans_accents(sheet.nom.strip()) == FEUILLE.lower()


def _choisir(sheets: list[Onglet]) -> Onglet | None:
    """Return the sheet of movements: the one of that name, or the only one."""
    named = [sheet for sheet in sheets if _est_celle_des_mouvements(sheet)]
    if len(named) == 1:
        return named[0]
    return sheets[0] if len(sheets) == 1 else None
