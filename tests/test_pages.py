"""The pages as a reader's browser shows them: Debian's Chromium, headless, on the real publication."""

import re
from pathlib import Path
from typing import Any

import pytest
from navigation import PAGES, ouvrir
from playwright.sync_api import Browser

from barometre_lib.nomenclatures import Nomenclatures

BANDEAU = "Registre de démonstration : microdonnées fictives"
# Words that no French page has reason to hold, and what leaks from a program.
INTRUS = re.compile(
    r"\b(the|and|of|with|from|year|total of|openings?|closures?|net balance|undefined|null|NaN|nan|None|True|False|NaT|"
    r"<NA>)\b"
)

# Of the drawings that are shown: labels that overlap, that leave their drawing, and the sizes of letters as seen.
DESSINS = """() => {
  const found = {meeting: [], outside: [], sizes: []};
  for (const svg of [...document.querySelectorAll('svg')].filter(one => one.getBoundingClientRect().width)) {
    const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([a, r], i) => boxes.slice(i + 1).forEach(([b, s]) => {
      const across = r.left + 1 < s.right && s.left + 1 < r.right;
      if (across && r.top + 2 < s.bottom && s.top + 2 < r.bottom) found.meeting.push([a, b]);
    }));
    found.outside.push(...boxes.filter(([, r]) => r.left < frame.left - 1 || r.right > frame.right + 1
      || r.top < frame.top - 1 || r.bottom > frame.bottom + 1).map(([a]) => a));
    found.sizes.push(...texts.map(t => parseFloat(getComputedStyle(t).fontSize) * svg.getScreenCTM().a));
  }
  return found;
}"""


# Identifiers that a line cuts at their hyphen.
COUPES = """() => [...document.querySelectorAll('.code')].filter(one => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getClientRects().length > 1;
}).map(one => one.textContent)"""


@pytest.mark.parametrize("nom", PAGES)
def test_une_page_se_lit(navigateur: Browser, publication: Path, nom: str) -> None:
    page, asked, said = ouvrir(navigateur, publication / nom)
    assert asked == [(publication / nom).as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == 1
    assert page.locator("script").count() == 0
    for width, least, most in ((1280, 11, 15), (375, 12, 15)):
        page.set_viewport_size({"width": width, "height": 900})
        drawn = page.evaluate(DESSINS)
        assert [drawn["meeting"], drawn["outside"]] == [[], []]
        sizes = drawn["sizes"] if nom != "qualite.html" else []
        assert all(least - 0.01 <= size <= most + 0.01 for size in sizes), (width, min(sizes), max(sizes))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(COUPES) == []
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
    kept = {target for target in targets if not target.startswith(("#", "data:"))}
    tables = {f"tableaux/{path.name}" for path in (publication / "tableaux").iterdir()}
    assert kept == set(PAGES) - {"index.html"} | {"../index.html"} | tables
    for target in kept:
        assert (publication / target).is_file()
    page.locator("table").get_by_role("link", name="La Réunion").click()
    assert page.inner_text("h1").startswith("La Réunion")
    page.get_by_role("link", name="Relève 2024-S2").click()
    assert page.url.endswith("index.html")
    page.close()


def test_la_page_d_auvergne_rhone_alpes_dit_les_nombres_publies(navigateur: Browser, publication: Path) -> None:
    page, _, _ = ouvrir(navigateur, publication / "regions" / "84.html")
    text = re.sub(r"\s", " ", page.inner_text("header.page") + page.inner_text(".essentiel"))
    assert "Auvergne-Rhône-Alpes : 32 ouvertures nettes d’usines en 2024" in text
    assert "27 ouvertures et 32 extensions significatives, contre 19 fermetures et 8 réductions" in text
    assert "la première des 13 classées" in text
    assert page.locator("h2").count() == 6
    assert page.locator(".sommaire").count() == 0
    numbered = [re.sub(r"\s", " ", one) for one in page.locator("figcaption .numero").all_inner_texts()]
    assert numbered == [f"Figure {place + 1}" for place in range(len(numbered))] and len(numbered) == 5
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
    assert "Mayotte : pas de solde établi en 2024" in text
    assert re.search(r"2022\s+couverture non précisée\s+2023\s+couverture non précisée", text)
    assert "Aucun résultat n’est établi à Mayotte en 2024" in text
    # The map of all regions alone, one of its two drawings being shown.
    assert sum(one.is_visible() for one in page.locator("svg").all()) == 1
    page.close()


def test_une_page_est_legere(publication: Path) -> None:
    assert [nom for nom in PAGES if (publication / nom).stat().st_size >= 400_000] == []


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
