"""A page tells the news in ten seconds: its first screen, its sections, its length on screens and on paper."""

import re
import subprocess
from pathlib import Path
from typing import Any

import fabrique
import pages
import pytest
from navigation import ouvrir
from playwright.sync_api import Browser

from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.typographie import nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

# What a reader sees without scrolling: text whose box is within the window, drawings apart.
ECRAN = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, range = document.createRange();
    const folded = node.parentElement.closest('details:not([open])');
    if (!node.textContent.trim() || node.parentElement.closest('svg, style')) continue;
    if (folded && !node.parentElement.closest('summary')) continue;
    range.selectNodeContents(node);
    const within = r => r.width > 1 && r.bottom <= innerHeight && r.right <= innerWidth + 1;
    if ([...range.getClientRects()].some(within)) seen.push(node.textContent);
  }
  return seen.join(' ');
}"""
# Visible words outside tables and drawings.
TEXTE = """() => {
  const copy = document.querySelector('main').cloneNode(true);
  copy.querySelectorAll('table, svg, .lecteur, details').forEach(e => e.remove());
  return copy.textContent;
}"""
ECRANS = {"bureau": (1280, 800), "telephone": (375, 667)}
LISIBLE = re.compile("[\u00a0\u202f\\s]+")


@pytest.fixture(scope="module")
def ecrites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the pages of `pages.NOUVELLES`, and two that are nearly empty."""
    folder = tmp_path_factory.mktemp("nouvelles")
    for name in [*pages.NOUVELLES, "2025-S2/06"]:
        (folder / f"{name.replace('/', '-')}.html").write_text(pages.page(name), encoding="utf-8")
    return folder


def lire(navigateur: Browser, dossier: Path, nom: str, ecran: str) -> Any:
    width, height = ECRANS[ecran]
    page, asked, said = ouvrir(navigateur, dossier / f"{nom.replace('/', '-')}.html", width)
    page.set_viewport_size({"width": width, "height": height})
    assert (len(asked), said) == (1, [])
    return page


@pytest.mark.parametrize("ecran", ECRANS)
@pytest.mark.parametrize("nom", pages.NOUVELLES)
def test_le_premier_ecran_dit_la_nouvelle(navigateur: Browser, ecrites: Path, nom: str, ecran: str) -> None:
    releve, region = nom.split("/")
    barometre = fabrique.charger(releve)
    contexte = barometre.contexte(region)
    told = barometre.evolution(region).set_index("periode")
    now, before = told.loc[contexte.periode], told.loc[contexte.periode_precedente]
    page = lire(navigateur, ecrites, nom, ecran)
    seen = LISIBLE.sub(" ", page.evaluate(ECRAN))
    page.close()
    assert signe(now["solde_net"]) in seen
    assert "extensions et réductions comprises" in seen.lower()
    # The net of the year before, in the sub-line as a number of openings, and the difference.
    assert re.search(rf"\b{nombre(abs(before['solde_net']))}\b|nul|autant", seen)
    change = int(now["solde_net"] - before["solde_net"])
    assert f"{signe(change)} sur un an" in seen if change else "sur un an" in seen
    changes = {name: int(now[name] - before[name]) for name in MESURES_BRUTES}
    largest = max(abs(value) for value in changes.values())
    assert largest == 0 or any(
        f"{signe(value)} sur un an" in seen for value in changes.values() if abs(value) == largest
    )
    if (now["solde_strict"] > 0) != (now["solde_net"] > 0):
        assert re.search(rf"{re.escape(signe(now['solde_strict']))}(?!\d)", seen)


RUBRIQUES = {
    "2025-S2/84": [
        "Recensement des ouvertures et fermetures depuis 2022",
        "Résultats des deux relèves en 2025",
        "Cartographie régionale des ouvertures nettes en 2025",
        "Méthodologie",
        "Contacts presse",
    ],
    "2025-S1/84": [
        "Recensement des ouvertures et fermetures depuis 2022",
        "Résultats du premier semestre 2025",
        "Cartographie régionale des ouvertures nettes au 1er semestre 2025",
        "Méthodologie",
        "Contacts presse",
    ],
}


@pytest.mark.parametrize("nom", RUBRIQUES)
def test_les_rubriques_du_communique_dans_leur_ordre(navigateur: Browser, ecrites: Path, nom: str) -> None:
    page = lire(navigateur, ecrites, nom, "bureau")
    headings = [LISIBLE.sub(" ", one) for one in page.locator("h2").all_inner_texts()]
    page.close()
    assert [one for one in headings if one in RUBRIQUES[nom]] == RUBRIQUES[nom]


# Height of a page in pixels, on a desktop and on a phone, and its sheets of paper.
LONGUEURS = {
    "2025-S2/84": (2600, 4500, 2),
    "2024-S2/84": (3400, None, 3),
    "2025-S2/94": (None, None, 1),
    "2025-S2/06": (None, None, 1),
}


@pytest.mark.parametrize("nom", LONGUEURS)
def test_une_page_est_courte(navigateur: Browser, ecrites: Path, tmp_path: Path, nom: str) -> None:
    *heights, sheets = LONGUEURS[nom]
    for screen, most in zip(ECRANS, heights, strict=True):
        page = lire(navigateur, ecrites, nom, screen)
        assert page.evaluate("document.documentElement.scrollWidth") <= ECRANS[screen][0]
        assert most is None or page.evaluate("document.documentElement.scrollHeight") <= most
        if screen == "bureau":
            page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        page.close()
    printed = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], check=True, capture_output=True, encoding="utf-8"
    )
    texts = [LISIBLE.sub(" ", one) for one in printed.stdout.split("\f")[:-1]]
    assert len(texts) <= sheets
    for text in texts:
        assert "Document interne, ne pas diffuser" in text
        assert "démonstration" in text
        assert "rovisoire" in text


@pytest.mark.long
def test_le_pdf_tient_en_deux_feuilles(ecrites: Path, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    ecrire_pdf(ecrites / "2025-S2-84.html", tmp_path / "page.pdf")
    printed = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], check=True, capture_output=True, encoding="utf-8"
    )
    assert printed.stdout.count("\f") == 2


def test_le_solde_n_est_pas_rabache(navigateur: Browser, ecrites: Path) -> None:
    page = lire(navigateur, ecrites, "2025-S2/84", "bureau")
    words = LISIBLE.sub(" ", page.evaluate(TEXTE))
    page.close()
    assert 1 <= len(re.findall(r"(?<![\d−+])\+?12(?! ?%)\b", words)) <= 4


@pytest.mark.long
def test_une_page_est_legere() -> None:
    assert [name for name in pages.NOUVELLES if len(pages.page(name).encode()) >= 340_000] == []


@pytest.mark.parametrize("nom", ["2025-S2/84", "2025-S2/"])
def test_le_tableau_des_annees_tient_sur_un_telephone_et_n_y_est_qu_une_fois(
    navigateur: Browser, ecrites: Path, nom: str
) -> None:
    page = lire(navigateur, ecrites, nom, "telephone")
    table = page.locator(".annees")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert table.locator(".mobile").first.is_visible() and not table.locator(".bureau").first.is_visible()
    page.close()
    # Without the style sheet, in a notebook, one of the two is hidden.
    assert pages.page(nom).count('class="mobile"') == pages.page(nom).count('class="mobile" hidden') > 4
