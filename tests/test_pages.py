"""The pages as a reader's browser shows them: Debian's Chromium, headless, on the real publication."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from barometre_lib.nomenclatures import Nomenclatures

CHROMIUM = shutil.which("chromium")
REGIONS = "01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split()  # noqa: SIM905
PAGES = ["index.html", "national.html", "qualite.html", *(f"regions/{code}.html" for code in REGIONS)]
BANDEAU = (
    "Registre de démonstration : microdonnées fictives, calées sur les nombres publiés ; "
    "tout ce que l'État n'a pas publié est inventé"
)
# Words that no French page has reason to hold, and what leaks from a program.
INTRUS = re.compile(
    r"\b(the|and|of|with|from|year|total of|openings?|closures?|net balance|undefined|null|NaN|nan|None|True|False|NaT|"
    r"<NA>)\b"
)

# Text of a figure whose box meets that of another: labels that overlap.
CHEVAUCHEMENTS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([a, r], i) => boxes.slice(i + 1).forEach(([b, s]) => {
    const across = r.left + 1 < s.right && s.left + 1 < r.right;
    if (across && r.top + 2 < s.bottom && s.top + 2 < r.bottom) found.push([a, b]);
  }));
  return found;
})"""
HORS_CADRE = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const r = t.getBoundingClientRect();
    return r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1;
  }).map(t => t.textContent);
})"""


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing, and CI installs it: see .ci/run")
        pytest.skip("Chromium is missing: apt-get install chromium")
    quiet = ["disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-sync", *(f"--{one}" for one in quiet)]
        )
        yield browser
        browser.close()


def ouvrir(navigateur: Browser, page: Path, largeur: int = 1280) -> tuple[Any, list[str], list[str]]:
    """Open a page; return it with the addresses that it asked for and what its console said."""
    opened = navigateur.new_page(viewport={"width": largeur, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(page.as_uri())
    return opened, asked, said


@pytest.mark.parametrize("nom", PAGES)
def test_une_page_se_lit(navigateur: Browser, publication: Path, nom: str) -> None:
    page, asked, said = ouvrir(navigateur, publication / nom)
    assert asked == [(publication / nom).as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == 1
    assert page.locator("script").count() == 0
    assert page.evaluate(CHEVAUCHEMENTS) == []
    assert page.evaluate(HORS_CADRE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    text = re.sub("[\u00a0\u202f]", " ", page.inner_text("body"))
    assert BANDEAU in text
    assert "Document interne, ne pas diffuser" in text
    assert INTRUS.findall(page.evaluate("document.body.textContent")) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.close()


@pytest.mark.parametrize("nom", ["index.html", "regions/84.html", "regions/94.html"])
def test_une_page_tient_sur_un_telephone(navigateur: Browser, publication: Path, nom: str) -> None:
    page, _, _ = ouvrir(navigateur, publication / nom, largeur=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def test_le_sommaire_mene_a_chaque_page(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "index.html")
    targets = page.evaluate("[...document.querySelectorAll('main a')].map(a => a.getAttribute('href'))")
    assert sorted(targets) == sorted(set(PAGES) - {"index.html"})
    for target in targets:
        assert (publication / target).is_file()
    page.locator("main").get_by_role("link", name="La Réunion").click()
    assert page.inner_text("h1") == "La Réunion"
    page.get_by_role("link", name="Sommaire de la relève").click()
    assert page.url.endswith("index.html")
    page.close()


def test_la_page_d_auvergne_rhone_alpes_dit_les_nombres_publies(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "regions" / "84.html")
    text = re.sub(r"\s", " ", page.inner_text(".chapo"))
    assert "59 ouvertures et extensions significatives" in text
    assert "27 fermetures et réductions significatives" in text
    assert "+32, soit 32 ouvertures nettes" in text
    assert "1re des 13 régions" in text
    examples = page.inner_text("ul.exemples")
    for site in (
        "Dracula Technologies",
        "Limatech",
        "SymphonHy",
        "MGA MedTech",
        "ITEN",
        "Infiplast",
        "Nutralp",
        "Oxyane",
    ):
        assert site in examples
    page.close()


def test_une_region_vide_se_lit(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "regions" / "06.html")
    text = re.sub(r"\s", " ", page.inner_text("main"))
    assert "En 2024, aucun mouvement n'est compté à Mayotte." in text
    assert "Couverture non précisée" in text
    assert page.locator("svg").count() == 0
    page.close()


def test_les_valeurs_conventionnelles_ne_sont_montrees_nulle_part(publication: Path) -> None:
    for nom in PAGES:
        text = (publication / nom).read_text(encoding="utf-8")
        assert "conventionnelle" not in text
        assert "commentaire" not in text.lower()


def test_aucun_site_non_citable_n_est_nomme(publication: Path, charger: Any, nomenclatures: Nomenclatures) -> None:
    rows = charger("2024-S2").decisions
    citable = set(rows.loc[rows["citable"], "nom_site"])
    hidden = set(rows.loc[~rows["citable"], "nom_site"]) - citable
    assert len(hidden) > 1000
    for path in [*publication.rglob("*.html"), *publication.rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        assert [name for name in hidden if name in text] == []
