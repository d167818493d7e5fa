"""Texts read in another encoding than they were written in: put right where no doubt is left.

What cannot be put right is seen by the contract of the register (`registre/conformite.py`).
"""

import re
from collections.abc import Callable

# What cp1252 makes of each byte; of those that it leaves out, the control character of that number.
OCTETS = {bytes([rank]).decode("cp1252", "ignore") or chr(rank): rank for rank in range(256)}
# Encodings in which a file that is neither UTF-8 nor cp1252 may be: what its headings say decides.
AUTRES = {"cp850": "MS-DOS (cp850)", "mac_roman": "Macintosh (Mac OS Roman)"}
# The letters of ISO-8859-15 that cp1252 has elsewhere, where no text has them; and the bytes that only cp1252 has.
LATIN9, PROPRES_A_CP1252 = re.compile("[A-Za-z]½[a-z]|(?<![0-9])[½¼][a-z]{2}|¤"), re.compile(b"[\x80-\x9f]")


def retablir(texte: str) -> str:
    """Return a text in UTF-8 that was read as cp1252, once or several times, as it was written; any other as it is.

    There is no doubt: each of its accented letters would otherwise happen to be the beginning or the rest of another.
    """
    while not texte.isascii():
        try:
            texte = bytes(map(OCTETS.__getitem__, texte)).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            break
    return texte


def deviner_encodage(donnees: bytes, compter: Callable[[str], int]) -> tuple[str, str]:
    """Return the encoding of a text that is not UTF-8, and how it is called unless it is that of Windows, cp1252.

    `compter` tells how many headings of the register a text holds.
    """
    known = {one: compter(donnees.decode(one, "replace")) for one in ("cp1252", *AUTRES)}
    best = max(known, key=lambda one: known[one])
    if best != "cp1252":
        return best, AUTRES[best]
    if LATIN9.search(donnees.decode("cp1252", "replace")) and not PROPRES_A_CP1252.search(donnees):
        return "iso8859-15", "ISO-8859-15"
    return best, ""
