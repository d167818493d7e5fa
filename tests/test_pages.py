"""The pages as a reader's browser shows them: Debian's Chromium, headless, on the real publication."""

import re
from pathlib import Path
from typing import Any

import pytest
from navigation import PAGES, ouvrir
from playwright.sync_api import Browser

from barometre_lib.nomenclatures import Nomenclatures

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


def test_le_sommaire_mene_a_chaque_page(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "index.html")
    targets = set(page.evaluate("[...document.querySelectorAll('main a[href]')].map(a => a.getAttribute('href'))"))
    kept = {target for target in targets if not target.startswith("#")}
    tables = {f"tableaux/{path.name}" for path in (publication / "tableaux").iterdir()}
    assert kept == set(PAGES) - {"index.html"} | {"../index.html"} | tables
    for target in kept:
        assert (publication / target).is_file()
    page.locator("table").get_by_role("link", name="La Réunion").click()
    assert page.inner_text("h1") == "La Réunion"
    page.get_by_role("link", name="Relève 2024-S2").click()
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
    # The map of all regions alone.
    assert page.locator("svg").count() == 1
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
