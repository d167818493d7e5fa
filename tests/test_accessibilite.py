"""What WCAG 2.1 AA asks of every page, as axe-core, the Nu checker, a keyboard, a small screen and paper see it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import fabrique
import pytest
from axe_playwright_python.sync_playwright import Axe
from navigation import DE_FRANCE, PAGES, ouvrir
from playwright.sync_api import Browser

NIVEAUX = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
JUGER = """niveaux => axe.run(document, {runOnly: {type: 'tag', values: niveaux}, resultTypes: ['violations']})
  .then(found => found.violations.map(one => [one.id, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary]))"""
# Light and dark, desktop and telephone: two of them on each page, the four when all is tried.
REGARDS = [("light", 1280), ("dark", 375), *([("light", 375), ("dark", 1280)] if fabrique.TOUT else [])]
# One of each kind: a region of many départements, of two, one overseas.
DIVERSES = PAGES if fabrique.TOUT else [*DE_FRANCE, *(f"regions/{code}.html" for code in ("84", "94", "06"))]
# Container queries, which browsers have since 2023 and the checker's style sheets do not know yet.
INCONNUS_DE_VNU = ("“container-type”", "“@container”")
VNU = Path("build/outils/node_modules/vnu-jar/build/dist/vnu.jar")
# Rows of tables that paper does not show, but those of annexes and the values of figures, and those that it shows.
LIGNES_IMPRIMEES = """annexes => [false, true].map(shown => [...document.querySelectorAll('tbody tr, tfoot tr')]
  .filter(row => (shown || !row.closest(annexes)) && (row.offsetHeight > 0) === shown)
  .map(row => [...row.cells].map(c => c.textContent).join('|')))"""
# What the quality page says that it does not print.
ANNEXES = ".annexe, .graphique details, [aria-labelledby=completude] details, [aria-labelledby=parcours] details"
# What comes between the reader and the text on paper.
A_L_ECRAN = "nav, .evitement, figure summary, p.note a"


@pytest.fixture(scope="module")
def pages(publication: Path) -> list[Path]:
    """Every page of the publication, and the index of the publications."""
    return [*(publication / name for name in PAGES), publication.parent / "index.html"]


@pytest.mark.parametrize("nom", [*DIVERSES, "../index.html"])
def test_une_page_est_accessible(navigateur: Browser, publication: Path, nom: str) -> None:
    # The page forbids scripts, axe-core too.
    page, _, _ = ouvrir(navigateur, publication / nom, bypass_csp=True)
    page.evaluate(Axe().axe_script)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for scheme, width in REGARDS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(JUGER, NIVEAUX) == [], (scheme, width)
    # Twice the text on a desktop, four times on a laptop: nothing to scroll sideways but tables and drawings.
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_axe_voit_une_page_en_defaut(navigateur: Browser, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text('<!doctype html><html><title>x</title><p style="color: #bbb">pâle</p><img src="data:,">')
    page, _, _ = ouvrir(navigateur, path, bypass_csp=True)
    page.evaluate(Axe().axe_script)
    assert {one[0] for one in page.evaluate(JUGER, NIVEAUX)} >= {"color-contrast", "html-has-lang", "image-alt"}
    page.close()


@pytest.fixture(scope="module")
def valider() -> Any:
    """Return the Nu checker: what it has to say of all the files given, in one process."""
    jar = Path(os.environ.get("BAROMETRE_VNU") or fabrique.RACINE / VNU)
    if not jar.is_file() or shutil.which("java") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the Nu checker or Java is missing, and CI installs them: see .ci/run")
        pytest.skip("the Nu checker is missing: npm install --prefix build/outils vnu-jar, and a Java runtime")

    def check(files: list[Path]) -> list[str]:
        command = ["java", "-jar", jar, "--errors-only", "--exit-zero-always", "--stdout", "--format", "json", *files]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        return [
            f"{one['url']}, {one.get('lastLine')} : {one['message']}"
            for one in json.loads(done.stdout)["messages"]
            if not one["message"].startswith("CSS:") or not any(word in one["message"] for word in INCONNUS_DE_VNU)
        ]

    return check


def test_les_pages_sont_du_html_valide(valider: Any, pages: list[Path], tmp_path: Path) -> None:
    faulty = tmp_path / "x.html"
    faulty.write_text('<!doctype html><html lang="fr"><title>x</title><p id="a"><p id="a">', encoding="utf-8")
    found = valider([*pages, faulty])
    assert [one for one in found if faulty.name not in one] == []
    assert any("Duplicate ID" in one for one in found)


def test_le_lien_d_evitement_mene_au_contenu(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "national.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert page.locator(".evitement").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.sommaire') !== null")
    page.close()


@pytest.mark.parametrize("nom", ["national.html", "qualite.html", "methodologie.html"])
def test_le_sommaire_d_une_page_mene_a_ses_titres(navigateur: Browser, publication: Path, nom: str) -> None:
    page, _, _ = ouvrir(navigateur, publication / nom)
    links = page.evaluate("[...document.querySelectorAll('.sommaire a')].map(a => [a.hash.slice(1), a.textContent])")
    titles = page.evaluate("[...document.querySelectorAll('h2[id]')].map(h => [h.id, h.textContent.trim()])")
    assert links == titles
    assert page.locator("h2").count() == len(titles) >= 3
    page.close()


@pytest.mark.parametrize("nom", ["index.html", "regions/84.html", "qualite.html"])
def test_une_page_s_imprime(navigateur: Browser, publication: Path, nom: str) -> None:
    page, _, _ = ouvrir(navigateur, publication / nom, largeur=800)
    page.emulate_media(media="print", color_scheme="dark")
    assert [one for one in page.locator(A_L_ECRAN).all() if one.is_visible()] == []
    # Every table is on paper, but annexes, which the page says, and once only where another one has all its rows.
    left_out, printed = page.evaluate(LIGNES_IMPRIMEES, ANNEXES)
    assert page.get_by_text("ne sont pas imprimés : ouvrez la page").count() == page.locator(".papier").count()
    assert page.locator(".papier").is_visible() == (nom == "qualite.html")
    assert set(left_out) <= set(printed)
    assert left_out == [] and len(printed) >= 4
    shown = "[document.body, document.querySelector('h1')].map(e => getComputedStyle(e))"
    assert page.evaluate(f"{shown}[0].backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{shown}[1].color") == "rgb(0, 0, 0)"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
