"""The style sheet of the pages, which each page carries whole."""

from functools import cache
from pathlib import Path

from markupsafe import Markup


@cache
def feuille_de_style(dossier: Path) -> Markup:
    """Return the style sheet of a folder of templates."""
    return Markup((dossier / "style.css").read_text(encoding="utf-8"))  # noqa: S704  a file of the package


def chaine_css(texte: str) -> Markup:
    """Return a text as a CSS string: whatever could close the string or its `<style>` is written by its code."""
    written = "".join(c if c.isalnum() or c in " ,.-" else f"\\{ord(c):x} " for c in texte)
    return Markup(f'"{written}"')  # noqa: S704  nothing else than letters, digits and codes
