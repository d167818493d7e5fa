"""A register full of hostile names, all told as examples, published for real: shown as they are, obeyed by nothing."""

import json
import re
from pathlib import Path

import fuites
import pytest
from lecture import simple
from navigation import ouvrir
from pieges import NOMS, SECRETS
from playwright.sync_api import Browser, Dialog
from processus import fichiers


@pytest.fixture(scope="module")
def pages(piegee: Path) -> dict[str, Path]:
    return {
        "interne": piegee / "interne" / "2024-S2" / "regions" / "84.html",
        "publique": piegee / "sorties" / "publique" / "2024-S2" / "regions" / "84.html",
    }


def compacter(texte: str) -> str:
    """Return a text without what typography changes: spaces, apostrophes, and the case of a first letter."""
    return re.sub(r"\s+", "", simple(texte)).casefold()


@pytest.mark.parametrize("edition", ["interne", "publique"])
@pytest.mark.parametrize("largeur", [1280, 320])
def test_rien_n_est_execute_et_la_page_tient(
    navigateur: Browser, pages: dict[str, Path], edition: str, largeur: int
) -> None:
    """Even where the page's own policy, which forbids scripts, would not hold."""
    dialogs: list[Dialog] = []
    for bypassed in (False, True):
        page, asked, said = ouvrir(navigateur, pages[edition], largeur, bypass_csp=bypassed)
        page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
        page.reload()
        page.mouse.move(200, 300)
        page.wait_for_timeout(200)
        assert set(asked) == {pages[edition].as_uri()}
        assert said == [] and dialogs == []
        assert page.locator("script, iframe, img, object, embed, [onload], [onerror], [onmouseover]").count() == 0
        assert page.locator("style").count() == 1
        assert page.locator("main a[href^='javascript']").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur
        assert page.evaluate(DEBORDEMENTS) == []
        page.close()


# Elements of the examples that stand out of the window.
DEBORDEMENTS = """() => [...document.querySelectorAll('.exemples, .exemples *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.right > innerWidth + 1 || r.left < 0;
}).map(e => e.textContent.slice(0, 40))"""


@pytest.mark.parametrize("edition", ["interne", "publique"])
def test_chaque_nom_se_lit_tel_quel(navigateur: Browser, pages: dict[str, Path], edition: str) -> None:
    page, _, _ = ouvrir(navigateur, pages[edition])
    shown = page.locator(".exemples li")
    assert shown.count() == len(NOMS)
    for name, text in zip(NOMS, shown.all_inner_texts(), strict=True):
        assert compacter(text).startswith(compacter(name)), text
        # Name, company when it adds something, activity, capacity and aids.
        assert compacter(text).count(compacter(name.replace(",", ""))) >= 4 or "," in name, text
    assert page.locator("main > section").count() > 5
    page.close()


@pytest.mark.parametrize("edition", ["interne", "publique"])
def test_un_nom_ne_retourne_pas_la_phrase(navigateur: Browser, pages: dict[str, Path], edition: str) -> None:
    """A name written from right to left is followed, to its right, by what follows it in the sentence."""
    page, _, _ = ouvrir(navigateur, pages[edition])
    item = page.locator(".exemples li", has_text="مصنع البطاريات")
    assert item.locator("bdi").all_inner_texts() == ["مصنع البطاريات"] * 4
    name = item.locator("bdi").first.bounding_box()
    after = item.evaluate("""li => {
      const range = document.createRange();
      range.selectNode([...li.childNodes].find(one => one.nodeType === Node.TEXT_NODE && one.data.includes('(69)')));
      return range.getClientRects()[0].left;
    }""")
    assert after >= name["x"] + name["width"] - 1
    page.close()


def test_le_carnet_et_le_pdf_les_disent_aussi_sans_leur_obeir(piegee: Path, pages: dict[str, Path]) -> None:
    text = compacter(fuites.lisible(pages["interne"].with_suffix(".pdf")))
    for name in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "$$x$$"):
        assert compacter(name) in text
    notebook = (piegee / "interne" / "2024-S2" / "notebooks" / "regional-84.ipynb").read_text(encoding="utf-8")
    assert "<script" not in notebook and "onerror=alert(1)>" not in notebook.replace("&gt;", "")


def test_aucun_commentaire_n_est_publie(piegee: Path) -> None:
    for path in (piegee / "interne").rglob("*"):
        if path.is_file():
            assert not re.search(r"SECRET \d", fuites.lisible(path)), path


def test_ce_qui_est_justifie_se_publie_et_ne_dit_rien_de_la_ligne(piegee: Path) -> None:
    """The reason, the reference of the row and the numbers of rows; no cell of theirs, internal sums apart."""
    folder = piegee / "interne" / "2024-S2"
    page = (folder / "qualite.html").read_text(encoding="utf-8")
    assert "Relu avec le service." in page and SECRETS["id_mouvement"] in page
    manifest = json.loads((folder / "manifeste.json").read_text(encoding="utf-8"))
    assert manifest["controles"]["investissement_hors_norme"] == {
        "suite": "coherence_ligne",
        "gravite": "avertissement",
        "lignes": 1,
        "en_defaut": 1,
        "acquittees": 1,
    }
    said = {name: data.decode("utf-8", errors="replace") for name, data in fichiers(folder).items()}
    assert [name for name, text in said.items() if "SECRET" in text or SECRETS["siret"] in text] == []
    # Internal sums tell those of one site too.
    sums = ("emplois-investissement", "national", "84")
    apart = [text for name, text in said.items() if not any(one in name for one in sums)]
    for trace in ("717273", "717\u202f273", "818283", "818\u202f283", "616263", "616\u202f263"):
        assert [text[:99] for text in apart if trace in text] == []
