"""A received file judged by its content, then read as a grid or refused in one sentence; a CSV is read here.

A CSV is what Excel in French writes, or what the register is written in.
"""

import csv
import re
from pathlib import Path

from barometre_lib.chemins import afficher, ouvrir
from barometre_lib.collecte.classeur_recu import lire_classeur
from barometre_lib.collecte.encodages import deviner_encodage
from barometre_lib.collecte.grille import (
    COLONNES_MAX,
    LIGNES_MAX,
    SANS_ENTETE,
    Cellule,
    FichierIllisible,
    Grille,
    Marque,
    reconnus,
)
from barometre_lib.erreurs import dire_erreur_systeme, montrer
from barometre_lib.registre.fichier import EnregistrementIllisible, enregistrements
from barometre_lib.typographie import INSECABLE, nombre
from barometre_lib.vocabulaire import COLONNES_ATTENDUES, NOMS_COLONNES

MO_MAX = 10
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ATTENDU = "attendu le modèle rempli, au format .xlsx, ou un fichier .csv"
ANCIEN = (
    "ancien format Excel (.xls), ou classeur protégé par un mot de passe ; retirez le mot de passe et "
    "enregistrez-le au format « Classeur Excel (.xlsx) »"
)
SEPARATEURS = (";", ",", "\t")
UTF8 = "enregistrez le fichier au format « CSV UTF-8 (délimité par des virgules) »"
# Letters of French in UTF-8, seen in a file that is not: two encodings in one.
MELANGE = re.compile(b"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")


def lire_recu(path: Path, donnees: bytes | None = None, feuille: str = "") -> Grille:
    """Read a workbook or a CSV, `donnees` being its bytes where they are known.

    Of a workbook, the sheet `feuille` is read, that of movements by default.

    Raises
    ------
    FichierIllisible
        The file cannot be read, is of another kind than its name says, or is refused as a whole.
    """
    shown = afficher(path)
    data = lire_octets_recus(path) if donnees is None else donnees
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        found = f"extension {montrer(path.suffix)}" if path.suffix else "nom sans extension"
        raise FichierIllisible(shown, f"{found} ; {ATTENDU}, enregistrez-le sous l'un de ces formats")
    if data.startswith(OLE):
        raise FichierIllisible(shown, ANCIEN)
    zipped = data.startswith(ZIP)
    if zipped != (kind == ".xlsx"):
        found = "un classeur nommé .csv" if zipped else "le contenu n'est pas celui d'un classeur .xlsx"
        raise FichierIllisible(shown, f"{found} ; rendez-lui son extension, ou enregistrez-le de nouveau")
    return lire_classeur(data, shown, feuille) if zipped else _lire_csv(data, shown)


def lire_octets_recus(path: Path) -> bytes:
    """Return the whole file, once known to be one and of a reasonable size; else `FichierIllisible`."""
    shown = afficher(path)
    try:
        with ouvrir(path) as file:
            data = file.read(MO_MAX * 1024**2 + 1)
    except OSError as error:
        raise FichierIllisible(shown, dire_erreur_systeme(error)) from None
    if not data:
        raise FichierIllisible(shown, f"fichier vide ; {ATTENDU}")
    if len(data) > MO_MAX * 1024**2:
        what = f"plus de {MO_MAX}{INSECABLE}Mo ; supprimez les lignes et les feuilles inutiles"
        raise FichierIllisible(shown, what)
    return data


def _lire_csv(donnees: bytes, fichier: str) -> Grille:
    """Return the lines of a CSV that hold something, each with the number of the line where it starts.

    The separator, `;` `,` or tab, is the one that gives the most headings of the register.
    """
    text, encoding = _decoder(donnees, fichier)
    hint = re.match("sep=([;,\t])\r?\n", text)
    separator = hint[1] if hint else max(SEPARATEURS, key=lambda one: _compter_reconnus(text, one))
    lines: list[tuple[int, list[Cellule]]] = []
    mark: Marque = ""
    try:
        for number, cells in enregistrements(text, separator):
            if hint and number == 1:
                continue
            if len(lines) >= LIGNES_MAX or len(cells) > COLONNES_MAX:
                what = f"plus de {nombre(LIGNES_MAX)} lignes ou de {COLONNES_MAX} colonnes"
                raise FichierIllisible(fichier, f"{what} ; supprimez ce qui est hors du tableau", number)
            if any(cell.strip() for cell in cells):
                # Headings of the register itself: its files are raw, an apostrophe there is one of the text.
                if not lines and {*COLONNES_ATTENDUES} <= {*cells} - {""} <= {*NOMS_COLONNES}:
                    mark = "brute"
                lines.append((number, [Cellule(cell, mark) if cell else Cellule() for cell in cells]))
    except EnregistrementIllisible as error:
        if not _compter_reconnus(text, separator):
            # Cut elsewhere than it should be, nothing in it is at fault.
            raise FichierIllisible(fichier, SANS_ENTETE) from None
        what = "guillemets mal fermés ou cellule démesurée ; corrigez cette ligne, ou enregistrez-le de nouveau"
        raise FichierIllisible(fichier, what, error.ligne) from None
    remark = f"Attention : le fichier est lu dans l'encodage {encoding} ; vérifiez les accents, et {UTF8}."
    return Grille(fichier, lines, fixe=True, remarques=(remark,) if encoding else ())


def _decoder(donnees: bytes, fichier: str) -> tuple[str, str]:
    """Return the text, and what to call its encoding where it is one that its author should be told."""

    def refuse(what: str, place: int) -> FichierIllisible:
        return FichierIllisible(fichier, f"{what} ; {UTF8}", donnees.count(b"\n", 0, place) + 1)

    if donnees.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FichierIllisible(fichier, f"texte en UTF-16 ; {UTF8}")
    if b"\x00" in donnees:
        raise refuse("octet nul, ce n'est pas un texte", donnees.index(b"\x00"))
    try:
        return donnees.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if donnees.startswith(b"\xef\xbb\xbf") or MELANGE.search(donnees):
            raise refuse("caractère illisible, deux encodages mêlés", error.start) from None
    encoding, called = deviner_encodage(donnees, lambda text: max(_compter_reconnus(text, one) for one in SEPARATEURS))
    try:
        return donnees.decode(encoding), called
    except UnicodeDecodeError as error:
        raise refuse("caractère illisible", error.start) from None


def _compter_reconnus(text: str, separator: str) -> int:
    """Return how many headings of the register the first lines hold, at most, with a separator."""
    reader = csv.reader(text[:20_000].splitlines()[:10], delimiter=separator)
    try:
        return max((len(reconnus(cells)) for cells in reader), default=0)
    except csv.Error:
        return 0
