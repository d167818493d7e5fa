"""What JupyterLab gains: French, the look of the pages, errors that are sentences, names that complete themselves."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import fabrique
import nbformat
import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from processus import environnement

from barometre_lib import labo

HOSTILE = "<img src=x onerror=alert(1)>"
AJOUTS = [
    f"import pandas\npandas.DataFrame({{'nom': ['{HOSTILE}'], 'le': pandas.Timestamp(2024, 5, 2), 'sites': [1234.5]}})",
    "Barometre.charger('1999-S1')",
]
# Besides the one that opens by itself, and that of the widgets.
AUTRES = sorted({path.stem for path in fabrique.RACINE.glob("notebooks/*.ipynb")} - {"regional", "exploration"})
SANS_FIGURE = {"methodologie", "qualite"}
DIT = "[data-mime-type='application/vnd.jupyter.stderr']"
# Each cell of the notebook that is seen has run.
FINI = """() => [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-InputArea-prompt")]
    .filter(one => one.closest(".jp-CodeCell")).every(one => /^\\[\\d+\\]:$/.test(one.textContent.trim()))"""


@pytest.fixture(scope="module")
def adresse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`make lab`, on a small root whose regional notebook has two more cells: a table, then an error."""
    root = fabrique.petite_racine(tmp_path_factory.mktemp("labo") / "racine")
    small = fabrique.LIGNE_PETITE | {"id_mouvement": "84-2", "effectif": 15, "nom_site": "Autre", "entreprise": "Autre"}
    rows, registre = [fabrique.ligne(**fabrique.LIGNE_PETITE), fabrique.ligne(**small)], root / "data" / "releves"
    fabrique.ecrire_releve(registre, rows)
    fabrique.ecrire_releve(registre, rows[:1], "2024-S1")
    path = root / "notebooks" / "regional.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in AJOUTS]
    nbformat.write(notebook, path)
    said = root / "dit"
    options = f"--no-browser --allow-root --ServerApp.port=0 --ServerApp.root_dir={root}"
    with said.open("wb") as log:
        lab = subprocess.Popen(
            ["make", "-o", "installer", "lab", f"BIN={Path(sys.executable).parent}", f"LAB={options}"],
            cwd=fabrique.RACINE,
            env=environnement(HOME=str(root), BAROMETRE_RACINE=str(root)),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    for _ in range(600):
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab\S+token=\w+", said.read_text(encoding="utf-8")):
            break
        time.sleep(0.1)
    else:
        pytest.fail(said.read_text(encoding="utf-8"))
    yield found[0]
    os.killpg(lab.pid, signal.SIGTERM)
    lab.wait()


@pytest.fixture(scope="module")
def labo_ouvert(adresse: str, navigateur: Browser) -> Iterator[Page]:
    """JupyterLab in the browser, once for all notebooks."""
    page = navigateur.new_page(viewport={"width": 1400, "height": 500}, reduced_motion="reduce")
    page.set_default_timeout(90_000)
    page.goto(adresse, wait_until="commit")
    yield page
    page.close()


def executer(page: Page) -> Locator:
    """Run all cells of the notebook that is seen, and return it."""
    # The cells that are run before there is a kernel are forgotten.
    page.locator("#jp-bottom-panel", has_text="| Inactif").wait_for()
    page.locator(".lm-MenuBar-item", has_text="Exécution").click()
    page.locator(".lm-Menu-item", has_text=re.compile("^Exécuter toutes les cellules$")).click()
    page.wait_for_function(FINI, polling=250)  # not at each frame: that would be most of its time
    return page.locator(".jp-NotebookPanel:visible")


def ouvrir(page: Page, adresse: str, nom: str) -> Locator:
    """Run another notebook, in the kernel of the one that opens by itself: what all import takes most of their time."""
    base, token = re.fullmatch(r"(.*)/lab.*token=(\w+)", adresse).groups()
    sessions, given = f"{base}/api/sessions", {"Authorization": f"token {token}"}
    kernel = page.request.get(sessions, headers=given).json()[0]["kernel"]
    asked = {"path": f"notebooks/{nom}.ipynb", "name": nom, "type": "notebook", "kernel": kernel}
    assert page.request.post(sessions, headers=given, data=asked).status == 201
    page.locator(".jp-DirListing-item", has_text=f"{nom}.ipynb").dblclick()
    page.locator(".lm-TabBar-tab.lm-mod-current", has_text=f"{nom}.ipynb").wait_for()
    return executer(page)


@pytest.fixture(scope="module")
def carnet(labo_ouvert: Page) -> Locator:
    """The regional notebook, once all its cells have run."""
    return executer(labo_ouvert)


def a_une_figure(carnet: Locator) -> bool:
    shown = [
        figure.bounding_box() or {"width": 0, "height": 0} for figure in carnet.locator("figure svg:visible").all()
    ]
    return any(min(one["width"], one["height"]) > 50 for one in shown)


def test_jupyterlab_est_en_francais_et_execute_le_carnet_regional(carnet: Locator) -> None:
    menus = carnet.page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert menus[:3] == ["Fichier", "Édition", "Affichage"]
    assert "Auvergne-Rhône-Alpes" in carnet.locator("h1").last.inner_text()
    assert a_une_figure(carnet)


def test_un_carnet_a_l_aspect_de_la_page(carnet: Locator) -> None:
    sizes = [carnet.locator("h1").last, carnet.locator("dl dt:visible").first]
    title, tile = [one.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).float]") for one in sizes]
    # 2.25rem, that of the style sheet on a wide screen; JupyterLab's own is another.
    assert title[0] == "36px"
    assert tile[1] == "none"


def test_une_table_est_du_texte(carnet: Locator) -> None:
    table = carnet.locator(".tableau", has_text=HOSTILE).last
    assert HOSTILE in table.inner_text()
    assert "2024-05-02\t1\u202f234,5" in table.inner_text()
    assert carnet.locator("img[src=x]").count() == 0


def test_une_erreur_est_sa_phrase_et_elle_est_seule(carnet: Locator) -> None:
    said = carnet.locator(DIT).all_inner_texts()
    assert len(said) == 1
    assert "1999-S1" in said[0]
    assert "Traceback" not in said[0]
    assert "ErreurBarometre" not in said[0]


def test_un_carnet_s_enregistre_sans_ses_sorties(carnet: Locator, adresse: str) -> None:
    carnet.page.keyboard.press("Control+s")
    carnet.page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")
    saved = carnet.page.request.get(adresse.replace("/lab/tree/", "/api/contents/")).json()["content"]
    cells = [cell for cell in saved["cells"] if cell["cell_type"] == "code"]
    assert cells and not [cell for cell in cells if cell["outputs"] or cell["execution_count"]]
    assert "language_info" not in saved["metadata"]


def test_une_releve_se_complete(carnet: Locator) -> None:
    carnet.locator(".jp-CodeCell .cm-content").last.click()
    keyboard = carnet.page.keyboard
    keyboard.press("Control+End")
    keyboard.type('; Barometre.charger("2024-S2')
    keyboard.press("Tab")
    expect(carnet.page.locator(".jp-Completer-item:visible")).to_have_text(re.compile("2024-S2.*relève"))
    keyboard.press("Escape")


@pytest.mark.parametrize("nom", AUTRES)
def test_chaque_carnet_s_execute(labo_ouvert: Page, adresse: str, nom: str) -> None:
    opened = ouvrir(labo_ouvert, adresse, nom)
    assert opened.locator(DIT).all_inner_texts() == []
    assert opened.locator("h1, h2").count() > 4
    assert "<a>" not in opened.inner_text()
    assert a_une_figure(opened) == (nom not in SANS_FIGURE)


def test_un_reglage_change_un_nombre(labo_ouvert: Page, adresse: str) -> None:
    opened = ouvrir(labo_ouvert, adresse, "exploration")
    assert opened.locator(DIT).all_inner_texts() == []
    assert a_une_figure(opened)
    expect(opened.locator(".exploration.solde")).to_contain_text("France : solde net de +1 en 2024")
    threshold = opened.get_by_label("Effectif à dépasser")
    threshold.fill("10")
    threshold.press("Enter")
    expect(opened.locator(".exploration.solde")).to_contain_text("solde net de +2, au lieu de +1", timeout=30_000)


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ('barometre.comptes(par=["annee", "sec', ["secteur"]),
        ("barometre.comptes(\n    par=['reg", ["region"]),
        ('Barometre.charger(releve, regles={"seuil_eff', ["seuil_effectif"]),
        ('par=["annee"], region="se', []),
        ('region = "8', ["84"]),
        ('barometre.revisions(depuis="2024-S2', ["2024-S2"]),
        ('print("sec', []),
    ],
)
def test_un_nom_se_complete_la_ou_il_est_attendu(ecrit: str, attendu: list[str]) -> None:
    *before, line = ecrit.split("\n")
    context = SimpleNamespace(full_text=ecrit, cursor_line=len(before), text_until_cursor=line)
    found = labo.completer()(context)
    assert [one.text for one in found["completions"]] == attendu
    assert found["suppress"] == bool(attendu)


def test_le_style_ne_vaut_que_dans_les_sorties() -> None:
    sheet = labo.style()
    assert sheet.startswith(labo.SORTIE)
    assert not re.search(r"(?m)^\s*(html|body|main)\b[^:;]*\{", sheet)
    assert sheet.count("{") == sheet.count("}")


def test_une_page_n_y_gagne_rien(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "barometre_lib.campagne.moteur", MagicMock())
    shell = MagicMock()
    labo.load_ipython_extension(shell)
    assert shell.mock_calls == []


def test_une_longue_table_dit_ce_qu_elle_ne_montre_pas() -> None:
    shown = labo.montrer_table(pd.DataFrame({"a": range(1000), "b": [None, float("nan")] * 500}))
    assert shown.count("<tr>") == labo.LIGNES + 1
    assert "60 premières lignes" in shown.replace("\u00a0", " ").replace("\u202f", " ")
