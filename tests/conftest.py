"""Fixtures shared by the tests: the root, the reference tables, the relèves of the project, the two engines."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import fabrique
import pandas as pd
import pytest
from playwright.sync_api import Browser, sync_playwright

from barometre_lib import Barometre
from barometre_lib.collecte.feuilles import Liste, faire_listes
from barometre_lib.collecte.interpretation import References
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import Releve

CHROMIUM = shutil.which("chromium")


@pytest.fixture(autouse=True)
def dans_le_projet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test at the project's root, without the user's own settings."""
    monkeypatch.chdir(fabrique.RACINE)
    monkeypatch.delenv("BAROMETRE_RACINE", raising=False)
    monkeypatch.delenv("BAROMETRE_REGISTRE", raising=False)


@pytest.fixture(scope="session")
def racine() -> Path:
    """The project's root."""
    return fabrique.RACINE


@pytest.fixture(scope="session")
def nomenclatures() -> Nomenclatures:
    """The project's reference tables."""
    return fabrique.nomenclatures()


@pytest.fixture
def listes_courtes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the copies of refused files the lists of Mayotte: writing thousands of communes is nearly all their time."""
    monkeypatch.setattr("barometre_lib.collecte.retour.faire_listes", lambda _, releve: _listes_courtes(releve))


@cache
def _listes_courtes(releve: Releve) -> dict[str, Liste]:
    return faire_listes(References(fabrique.nomenclatures(), "06"), releve)


@pytest.fixture(scope="session")
def charger() -> Callable[[str], Barometre]:
    """Load a relève of the project, once per session."""

    @cache
    def load(releve: str) -> Barometre:
        return Barometre.charger(releve, registre=fabrique.RACINE / "data" / "releves")

    return load


@pytest.fixture(scope="session", params=["pandas", "duckdb"])
def moteur(request: pytest.FixtureRequest) -> Iterator[Callable[[Callable[..., Any], pd.DataFrame, Any], pd.DataFrame]]:
    """Apply `decider` or `retenir` to a table with one engine, and bring the result back to pandas."""
    if request.param == "pandas":
        yield lambda applied, rows, parameters: applied(rows, parameters)
        return
    with duckdb.connect() as connection:
        yield lambda applied, rows, parameters: applied(connection.from_df(rows), parameters).df()


@pytest.fixture(scope="session")
def commande() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the real command `barometre`, from the project's root."""
    program = Path(sys.executable).parent / "barometre"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAROMETRE_")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments],
            cwd=fabrique.RACINE,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def publication(commande: Callable[..., subprocess.CompletedProcess[str]], tmp_path_factory: Any) -> Path:
    """Publish the demonstration relève 2024-S2 for real, once per session, and return its folder."""
    sorties: Path = tmp_path_factory.mktemp("sorties")
    done = commande("publier", "2024-S2", "--sorties", str(sorties))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return sorties / "2024-S2"


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """Debian's Chromium, which asks nothing of the network by itself."""
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


@pytest.fixture
def petite_racine(tmp_path: Path) -> Path:
    """Return a copy of the project's root with one small relève, free to be broken."""
    return fabrique.petite_racine(tmp_path / "racine")


@pytest.fixture
def temporaire() -> Iterator[Path]:
    """Give a temporary folder whose name is short enough for the sockets of kernels; pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)
