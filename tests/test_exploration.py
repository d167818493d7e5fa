"""The notebook of exploration: what is shown follows the widgets, in a kernel and in Voilà's page, ours alone."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fabrique
import psutil
import pytest
from lecture import simple
from playwright.sync_api import Browser, expect
from processus import attendre, environnement, vivants

from barometre_lib.exploration import Exploration

HOSTILE = "<img src=x onerror=alert(1)> & \u202efils"
LIGNES = (
    {"id_mouvement": "84-1", "effectif": 50},
    {"id_mouvement": "84-2", "effectif": 15, "nom_site": HOSTILE, "entreprise": "Autre"},
    {"id_mouvement": "84-3", "effectif": 50, "nom_site": "Tiers", "code_naf": "10.71C", "type_mouvement": "fermeture"},
)


def peupler(registre: Path) -> None:
    """Write two relèves: a row gets its headcount from one to the other."""
    known = {"code_commune": "69123", "date_effet": "2024-05-02"}
    fabrique.ecrire_releve(registre, [fabrique.ligne(**known | one) for one in LIGNES])
    before = fabrique.ligne(**known | {"id_mouvement": "84-1", "effectif": None})
    fabrique.ecrire_releve(registre, [before], "2024-S1")


@pytest.fixture(scope="module")
def racine_peuplee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = fabrique.petite_racine(tmp_path_factory.mktemp("exploration") / "racine")
    peupler(root / "data" / "releves")
    return root


@pytest.fixture
def exploration(racine_peuplee: Path) -> Exploration:
    return Exploration("2024-S2", "84", registre=racine_peuplee / "data" / "releves")


def dit(zone: Any) -> str:
    return simple(re.sub(r"\s+", " ", zone.value))


class TestChoix:
    """Without a browser: what each choice changes."""

    def test_comptes_lignes_et_tampon_suivent_les_regles(self, exploration: Exploration) -> None:
        one = exploration
        assert "Auvergne-Rhône-Alpes : solde net de +1 en 2024." in dit(one.comptes)
        one._regles["seuil_effectif"].value = "10"
        assert "solde net de +2, au lieu de +1 par la méthode (écart +1), en 2024." in dit(one.comptes)
        for zone in (one.comptes, one.carte, one._nombre, one._raisons, one._ecarts):
            assert "Variante d'étude, hors méthode officielle : effectif à dépasser, 10 salariés" in dit(zone)
        one._variante.value = "sans-artisanat"
        assert "solde net de +1, au lieu de +1" in dit(one.comptes)
        one._revenir(None)
        assert "Variante" not in dit(one.comptes) + dit(one.carte)

    def test_une_valeur_refusee_prend_la_place_de_tout_nombre(self, exploration: Exploration) -> None:
        exploration._regles["seuil_effectif"].value = "20"
        for zone in (exploration.comptes, exploration.carte, exploration._nombre):
            assert "ce que dit la méthode" in dit(zone) and "solde net de" not in dit(zone)
        assert exploration._liste.options == ()

    def test_secteur_et_region_se_choisissent_et_restent_ou_ils_peuvent(self, exploration: Exploration) -> None:
        one = exploration
        sectors = dict(one._secteur.options)
        own = one.selection.lignes()["secteur"].iloc[0]
        one._secteur.value = next(code for code in sectors.values() if code not in ("", own))
        assert "solde net de 0 en 2024" in dit(one.comptes) and one._liste.options == ()
        one._secteur.value, one._region.value = own, ""
        assert "France, secteur «" in dit(one.comptes) and "solde net de +1" in dit(one.comptes)
        assert "Ouvertures nettes, France, secteur" in dit(one.carte)

    def test_de_la_decision_a_la_ligne_puis_a_ses_raisons(self, exploration: Exploration) -> None:
        one = exploration
        assert "Site trop petit (1)" in dict(one._motif.options)
        one._motif.value = "sous_seuil"
        ((label, name),) = one._liste.options
        assert name == "84-2" and "\u202e" not in label and "Site trop petit" in label
        assert "Tapez un identifiant" in dit(one._raisons)
        one._liste.value = name
        assert "84-2, relève 2024-S2 : écartée par la règle 7" in dit(one._raisons)
        assert "<img" not in one._raisons.value and "&lt;img src=x" in one._raisons.value
        one._identifiant.value = "84-9"
        assert "aucune ligne n'a l'identifiant « 84-9 »" in dit(one._raisons)

    def test_ce_qui_a_change_depuis_une_releve(self, exploration: Exploration) -> None:
        assert [*dict(exploration._depuis.options).values()] == ["", "2024-S1"]
        exploration._depuis.value = "2024-S1"
        said = dit(exploration._ecarts)
        assert "Révision de routine" in said and "84-1" in said and "Effectif renseigné" in said
        exploration._releve.value = "2024-S1"
        assert dict(exploration._depuis.options) == {"choisissez": ""}
        assert "solde net de 0" in dit(exploration.comptes)


@pytest.fixture
def voila(racine_peuplee: Path) -> Iterator[psutil.Popen]:
    """Start Voilà on a small register, as `make` does: the child of a process that waits for it."""
    command = f"{sys.executable} {fabrique.RACINE}/outils/exploration.py --Voila.browser=aucun; true"
    started = psutil.Popen(
        ["sh", "-c", command],
        env=environnement(BAROMETRE_RACINE=str(racine_peuplee)),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    yield started
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)


def demander(adresse: str, **entetes: str) -> int:
    """Return the status of an address asked directly, which follows no redirection."""
    parts = urlsplit(adresse)
    connection = HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=entetes)
    return connection.getresponse().status


def test_voila_finit_avec_un_parent_qui_n_a_pas_attendu(voila: psutil.Popen) -> None:
    """Voilà takes seconds to import."""
    attendre(lambda: any(one.num_threads() > 1 for one in voila.children()))
    born = voila.children()
    voila.kill()
    attendre(lambda: not vivants(born))


def test_la_page_de_voila(voila: psutil.Popen, navigateur: Browser) -> None:
    """One start for all: who may ask, what follows a widget, what is asked of others, what a killed parent leaves."""
    said = next((line for line in voila.stderr if "http://" in line), "")
    address, (server,) = said[said.find("http://") :].strip(), voila.children()
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1" and len(parts.query) > len("token=") + 32
    bare = f"http://{parts.netloc}"
    for path in ("/", "/?token=faux", "/api/kernels/11111111-1111-1111-1111-111111111111"):
        assert demander(bare + path) in (302, 403), path  # to the page that asks for the token
    assert demander(address, Host=f"ailleurs.example:{parts.port}") == 403
    assert not server.children()
    assert {one.laddr.ip for one in server.net_connections() if one.status == "LISTEN"} == {"127.0.0.1"}

    page, asked = navigateur.new_page(), []
    page.on("request", lambda request: asked.append(urlsplit(request.url)))
    page.on("dialog", lambda _: pytest.fail("un script du registre a été exécuté"))
    page.goto(bare)
    page.get_by_label("Jeton").fill("faux")
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("alert")).to_have_text("Ce jeton n’est pas le bon.")
    page.goto(address, wait_until="commit")
    expect(page.locator("#loading_text")).to_have_text(re.compile(r"Ouverture du carnet…|Cellule \d+ sur \d+…"))
    net = page.locator(".exploration.solde")
    expect(net).to_contain_text("France : solde net de +1", timeout=90_000)
    threshold = page.get_by_label("Effectif à dépasser")
    threshold.fill("10")
    threshold.press("Enter")
    expect(net).to_contain_text("solde net de +2, au lieu de +1", timeout=30_000)
    assert page.locator(".exploration.variante").first.is_visible()
    page.get_by_role("button", name="Revenir à la méthode").click()
    expect(net).to_contain_text("France : solde net de +1 en 2024", timeout=30_000)
    page.locator("select[size] option", has_text="Site trop petit").click()
    expect(page.locator("h2", has_text="84-2, relève 2024-S2")).to_contain_text(
        "écartée par la règle 7", timeout=30_000
    )
    assert page.locator("svg text").first.is_visible()
    assert {one.hostname for one in asked if one.scheme not in ("data", "blob")} == {"127.0.0.1"}

    born = [server, *server.children(recursive=True)]
    assert len(born) > 1
    voila.kill()
    attendre(lambda: not vivants(born))
    page.close()
