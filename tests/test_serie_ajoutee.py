"""A series of pages is added by one command, which writes an entry of the catalogue and a notebook: no Python."""

import re
from html import unescape
from pathlib import Path

import pytest
from console import lancer as lancer_ici
from lecture import simple
from processus import fichiers, lancer

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import Releve


@pytest.mark.usefixtures("sans_carnet")
def test_une_entree_et_un_carnet_publient_une_page_par_code(
    petite_publication: tuple[Path, Path],
    nomenclatures: Nomenclatures,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """How many codes each dimension has, 101 départements among them, is in test_catalogue.py."""
    root, sorties = petite_publication
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    assert lancer_ici(capsys, "nouveau-carnet", "sectoriel", "--pour-chaque", "secteur").code == 0
    publish = ("publier", "2024-S2", "--regions", "94", "--sorties", str(sorties))
    done = lancer(*publish, BAROMETRE_RACINE=str(root))
    assert done.returncode == 0, done.stderr
    published = fichiers(sorties / "2024-S2")
    names = nomenclatures.libelles("secteur")
    known = {code: names[code] for code in nomenclatures.secteur_de_sous_secteur(Releve.lire("2024-S2")).values()}
    assert len(known) > 10
    pages = {name for name in published if name.startswith("sectoriel/")}
    assert pages == {f"sectoriel/{code}.html" for code in known}
    for code, name in known.items():
        page = lisible(published[f"sectoriel/{code}.html"])
        assert f"– {name} ({code}) –" in page, code
        assert re.search(rf"<h1[^>]*>[^<]*{re.escape(name)}", page), code
    # The one row counted is of electronics.
    counted = [code for code in known if "<td>+1</td>" in lisible(published[f"sectoriel/{code}.html"])]
    assert counted == ["electronique"]
    index = lisible(published["index.html"])
    section = index[index.index(">Secteurs</h2>") :].partition("</section>")[0]
    assert set(re.findall(r'href="sectoriel/([^"]+)\.html"', section)) == set(known)
    plan = lancer_ici(capsys, *publish, "--a-blanc")
    assert (plan.code, plan.stdout) == (0, "")


def lisible(page: bytes) -> str:
    """Return a page, its spaces plain, its characters as they are read."""
    return simple(unescape(page.decode("utf-8")))
