"""Texts that a spreadsheet would take for formulas: escaped when written, restored when read."""

import re

# What Excel, LibreOffice and Google Sheets may take for a formula or a command (OWASP, « CSV Injection »), behind
# blanks or apostrophes too: one of ours must not be taken for one that was there.
FORMULE = re.compile("[\\s']*[=+\\-@\\t\\r＝＋－＠]")
# A number alone is no formula, whatever its sign.
NOMBRE = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def proteger(texte: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what would be one.

    `deproteger` undoes it, whatever the text.
    """
    return f"'{texte}" if FORMULE.match(texte) else texte


def deproteger(texte: str) -> str:
    """Return the text that `proteger` was given."""
    return texte[1:] if texte.startswith("'") and FORMULE.match(texte[1:]) else texte


def proteger_cellule(texte: str) -> str:
    """Escape a text bound for a table to be read in a spreadsheet, where a number stays a number."""
    return texte if NOMBRE.fullmatch(texte) else proteger(texte)
