"""The pages of a publication, and how a test opens one as a reader's browser does."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

REGIONS = "01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split()  # noqa: SIM905
DE_FRANCE = ["index.html", "national.html", "qualite.html", "methodologie.html", "revisions.html", "sensibilite.html"]
PAGES = [*DE_FRANCE, *(f"regions/{code}.html" for code in REGIONS)]


def ouvrir(navigateur: Browser, page: Path, largeur: int = 1280, **options: Any) -> tuple[Any, list[str], list[str]]:
    """Open a page; return it with the addresses that it asked for and what its console said."""
    opened = navigateur.new_page(viewport={"width": largeur, "height": 900}, **options)
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(page.as_uri())
    return opened, asked, said
