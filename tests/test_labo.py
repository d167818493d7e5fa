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
from playwright.sync_api import Browser, Page
from processus import environnement

from barometre_lib import labo

HOSTILE = "<img src=x onerror=alert(1)>"
AJOUTS = [
    f"import pandas\npandas.DataFrame({{'nom': ['{HOSTILE}'], 'sites': [1234.5]}})",
    "Barometre.charger('1999-S1')",
]


@pytest.fixture(scope="module")
def adresse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`make lab`, on a small root whose regional notebook has two more cells: a table, then an error."""
    root = fabrique.petite_racine(tmp_path_factory.mktemp("labo") / "racine")
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
def carnet(adresse: str, navigateur: Browser) -> Iterator[Page]:
    """The regional notebook in the browser, once all its cells have run."""
    page = navigateur.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(adresse)
    # The cells that are run before there is a kernel are forgotten.
    page.get_by_text("| Inactif").wait_for()
    page.get_by_text("Exécution", exact=True).click()
    page.get_by_text("Exécuter toutes les cellules", exact=True).click()
    page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").wait_for()
    yield page
    page.close()


def test_jupyterlab_est_en_francais_et_execute_le_carnet_regional(carnet: Page) -> None:
    menus = carnet.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert menus[:3] == ["Fichier", "Édition", "Affichage"]
    assert "Auvergne-Rhône-Alpes" in carnet.locator("h1").last.inner_text()
    drawn = carnet.locator("figure svg:visible").first.bounding_box()
    assert drawn
    assert min(drawn["width"], drawn["height"]) > 100


def test_un_carnet_a_l_aspect_de_la_page(carnet: Page) -> None:
    sizes = [carnet.locator("h1").last, carnet.locator("dl dt:visible").first]
    title, tile = [one.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).float]") for one in sizes]
    # 2.25rem, that of the style sheet on a wide screen; JupyterLab's own is another.
    assert title[0] == "36px"
    assert tile[1] == "none"


def test_une_table_est_du_texte(carnet: Page) -> None:
    table = carnet.locator(".tableau", has_text=HOSTILE).last
    assert HOSTILE in table.inner_text()
    assert "1\u202f234,5" in table.inner_text()
    assert carnet.locator("img[src=x]").count() == 0


def test_une_erreur_est_sa_phrase_et_elle_est_seule(carnet: Page) -> None:
    said = carnet.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    assert len(said) == 1
    assert "1999-S1" in said[0]
    assert "Traceback" not in said[0]
    assert "ErreurBarometre" not in said[0]


def test_un_carnet_s_enregistre_sans_ses_sorties(carnet: Page, adresse: str) -> None:
    carnet.keyboard.press("Control+s")
    carnet.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")
    saved = carnet.request.get(adresse.replace("/lab/tree/", "/api/contents/")).json()["content"]
    cells = [cell for cell in saved["cells"] if cell["cell_type"] == "code"]
    assert cells and not [cell for cell in cells if cell["outputs"] or cell["execution_count"]]
    assert "language_info" not in saved["metadata"]


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ('barometre.comptes(par=["annee", "sec', ["secteur"]),
        ("barometre.comptes(\n    par=['reg", ["region"]),
        ('Barometre.charger(releve, regles={"seuil_eff', ["seuil_effectif"]),
        ('par=["annee"], region="se', []),
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
