"""Fixtures shared by the tests, and the tier of each test, by what it uses.

A test that opens a browser is `navigateur`; one that needs a publication, or whose module runs real commands and
watches their processes, is `campagne`; the others are the quick tier.
"""

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
import processus
import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from barometre_lib import Barometre
from barometre_lib.collecte.feuilles import Liste, faire_listes
from barometre_lib.collecte.interpretation import References
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import Releve

# `make test-rapide` draws fewer cases: --hypothesis-profile=rapide.
settings.register_profile("rapide", max_examples=10)
CHROMIUM = shutil.which("chromium")
# The tier of who uses a fixture that is long to give.
ETAGES = {
    "publication": "campagne",
    "publication_publique": "campagne",
    "petite_publication": "campagne",
    "jupyterlab": "campagne",
    "navigateur": "navigateur",
}
# The module of helpers whose users start real commands and watch their processes.
DE_CAMPAGNE = processus.__name__


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it uses, and put the longest files first: in the end each process has something to do."""
    rank: dict[Path, int] = {}
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        tiers = [tier for fixture, tier in ETAGES.items() if fixture in names]
        values = vars(getattr(item, "module", object)).values()
        if any(getattr(value, "__module__", None) == DE_CAMPAGNE for value in values):
            tiers.insert(0, "campagne")
        for tier in tiers:
            item.add_marker(tier)
        order = 0 if "campagne" in tiers else 1 if tiers else 2
        rank[item.path] = min(order, rank.get(item.path, order))
    items.sort(key=lambda item: rank[item.path])


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
def partager(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder once for all the processes that run the tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    base: Path = tmp_path_factory.getbasetemp().parent if worker else tmp_path_factory.mktemp("partage")

    def share(name: str, make: Callable[[Path], object]) -> Path:
        folder = base / name
        with FileLock(f"{folder}.verrou"):
            if not folder.exists():
                made = Path(tempfile.mkdtemp(prefix=name, dir=base))
                make(made)
                made.rename(folder)
        return folder

    return share


@pytest.fixture(scope="session")
def publication(commande: Callable[..., subprocess.CompletedProcess[str]], partager: Any) -> Path:
    """Publish the demonstration relève 2024-S2 for real, once, and return its folder; it is only read."""

    def publish(folder: Path) -> None:
        done = commande("publier", "2024-S2", "--sorties", str(folder))
        if done.returncode:
            raise RuntimeError(done.stderr)

    folder: Path = partager("sorties", publish)
    return folder / "2024-S2"


@pytest.fixture(scope="session")
def publication_publique(commande: Callable[..., subprocess.CompletedProcess[str]], partager: Any) -> Path:
    """Publish the public edition of 2024-S2 for real, once, and return its folder; it is only read."""

    def publish(folder: Path) -> None:
        done = commande("publier", "2024-S2", "--diffusion", "publique", "--sorties", str(folder))
        if done.returncode:
            raise RuntimeError(done.stderr)

    folder: Path = partager("publique", publish)
    return folder / "publique" / "2024-S2"


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
def jupyterlab() -> Callable[[Any], Any]:
    """Execute a notebook in a kernel of its own, from the folder of notebooks, as JupyterLab does."""
    from nbclient import NotebookClient

    where = {"metadata": {"path": str(fabrique.RACINE / "notebooks")}}
    return lambda notebook: NotebookClient(notebook, resources=where).execute()


@pytest.fixture
def petite_racine(tmp_path: Path) -> Path:
    """Return a copy of the project's root with one small relève, free to be broken."""
    return fabrique.petite_racine(tmp_path / "racine")


@pytest.fixture
def petite_publication(partager: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Return copies of a small root and of what it has published, 2024-S2 with region 94 alone, free to be broken."""

    def publish(folder: Path) -> None:
        root = fabrique.petite_racine(folder / "racine")
        arguments = ("2024-S2", "--regions", "94", "--sorties", folder / "sorties")
        done = processus.lancer("publier", *arguments, BAROMETRE_RACINE=str(root))
        if done.returncode:
            raise RuntimeError(done.stderr)

    shared: Path = partager("petite", publish)
    shutil.copytree(shared, tmp_path / "petite")
    return tmp_path / "petite" / "racine", tmp_path / "petite" / "sorties"


@pytest.fixture
def temporaire() -> Iterator[Path]:
    """Give a temporary folder whose name is short enough for the sockets of kernels; pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)
