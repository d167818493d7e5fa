"""A received CSV as a grid: what Excel in French writes, and what the register is written in."""

import csv
import re

from barometre_lib.collecte.entetes import reconnus
from barometre_lib.collecte.feuille import COLONNES_MAX, LIGNES_MAX, Cellule, FichierIllisible, Marque
from barometre_lib.registre.fichier import EnregistrementIllisible, enregistrements
from barometre_lib.typographie import nombre
from barometre_lib.vocabulaire import NOMS_COLONNES

SEPARATEURS = (";", ",", "\t")
UTF8 = "enregistrez le fichier au format «\u00a0CSV UTF-8 (délimité par des virgules)\u00a0»"
# Letters of French in UTF-8, seen in a file that is not: two encodings in one.
MELANGE = re.compile(b"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")


def lire_csv(donnees: bytes, fichier: str) -> list[tuple[int, list[Cellule]]]:
    """Return the lines of a CSV that hold something, each with the number of the line where it starts.

    The separator, `;` `,` or tab, is the one that gives the most headings of the register. Under the register's own
    codes texts are raw.

    Raises
    ------
    FichierIllisible
        The file is in another encoding, holds NUL bytes, has an unclosed quote, or is out of proportion.
    """
    text = _decoder(donnees, fichier)
    hint = re.match("sep=([;,\t])\r?\n", text)
    separator = hint[1] if hint else max(SEPARATEURS, key=lambda one: _reconnus(text, one))
    lines: list[tuple[int, list[Cellule]]] = []
    mark: Marque = ""
    try:
        for number, cells in enregistrements(text, separator):
            if hint and number == 1:
                continue
            if len(lines) >= LIGNES_MAX or len(cells) > COLONNES_MAX:
                raise FichierIllisible(
                    fichier,
                    f"plus de {nombre(LIGNES_MAX)} lignes ou de {COLONNES_MAX} colonnes\u202f; "
                    "supprimez ce qui est hors du tableau",
                    number,
                )
            if any(cell.strip() for cell in cells):
                # Headings of the register itself: its files are raw, an apostrophe there is one of the text.
                if not lines and set(cells) - {""} == set(NOMS_COLONNES):
                    mark = "brute"
                lines.append((number, [Cellule(cell, mark) if cell else Cellule() for cell in cells]))
    except EnregistrementIllisible as error:
        what = "guillemets mal fermés ou cellule démesurée\u202f; corrigez cette ligne, ou enregistrez-le de nouveau"
        raise FichierIllisible(fichier, what, error.ligne) from None
    return lines


def _decoder(donnees: bytes, fichier: str) -> str:
    if donnees.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FichierIllisible(fichier, f"texte en UTF-16\u202f; {UTF8}")
    if b"\x00" in donnees:
        line = donnees.count(b"\n", 0, donnees.index(b"\x00")) + 1
        raise FichierIllisible(fichier, f"octet nul, ce n'est pas un texte\u202f; {UTF8}", line)
    try:
        return donnees.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if donnees.startswith(b"\xef\xbb\xbf") or MELANGE.search(donnees):
            line = donnees.count(b"\n", 0, error.start) + 1
            raise FichierIllisible(fichier, f"caractère illisible, deux encodages mêlés\u202f; {UTF8}", line) from None
    try:
        return donnees.decode("cp1252")
    except UnicodeDecodeError as error:
        line = donnees.count(b"\n", 0, error.start) + 1
        raise FichierIllisible(fichier, f"caractère illisible\u202f; {UTF8}", line) from None


def _reconnus(text: str, separator: str) -> int:
    """Return how many headings of the register the first lines hold, at most, with a separator."""
    reader = csv.reader(text[:20_000].splitlines()[:10], delimiter=separator)
    try:
        return max((len(reconnus(cells)) for cells in reader), default=0)
    except csv.Error:
        return 0
