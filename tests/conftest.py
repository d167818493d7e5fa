"""Fixtures shared by the tests, and the tier of each test, by what it uses.

A test that opens a browser is `navigateur`; one that needs a publication, or whose module runs real commands and
watches their processes, is `campagne`; one that says so is `long`, or starts LibreOffice, or stands in a long file;
the others are the quick tier.
"""

import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import duckdb
import fabrique
import pandas as pd
import processus
import pytest
from console import Sortie
from console import lancer as lancer_ici
from filelock import FileLock
from hypothesis import Phase, settings
from playwright.sync_api import Browser, sync_playwright

from barometre_lib import Barometre
from barometre_lib.campagne import campagne
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.collecte.feuilles import Liste, faire_listes
from barometre_lib.collecte.interpretation import References
from barometre_lib.imports import differer_les_lourds
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.qualite.controle import controler_releves
from barometre_lib.qualite.suites import Suite
from barometre_lib.ressources import espacer_ramassages
from barometre_lib.vocabulaire import Releve

with differer_les_lourds():
    import pieges

espacer_ramassages()
# `make test-rapide` draws fewer cases: --hypothesis-profile=rapide.
settings.register_profile("rapide", max_examples=10)
# `benchmarks/mutations.py` needs to know that a test fails, and no smaller case.
settings.register_profile("mutations", max_examples=10, phases=[Phase.explicit, Phase.generate], derandomize=True)
CHROMIUM = shutil.which("chromium")
SOFFICE = shutil.which("soffice")
# The tier of who uses a fixture that is long to give.
ETAGES = {
    "publication": "campagne",
    "publication_publique": "campagne",
    "petite": "campagne",
    "piegee": "campagne",
    "navigateur": "navigateur",
    "libreoffice": "long",
    "soffice": "long",
}
# Files that take more than eight seconds of processor without a browser nor a campaign, rules and counts apart.
LONGS = set(
    "acquittement bruit cartes commentaires constats corrections destinations entrees_refusees expliquer formats guide "  # noqa: SIM905
    "integrer methode modele nouvelle_releve page_revisions parquet proprietes qualite qualite_page rapprochement "
    "rapprocher recus retard retour revisions site sorties suites telechargements textes".split()
)
# The module of helpers whose users start real commands and watch their processes.
DE_CAMPAGNE = processus.__name__


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it uses, and put the longest files first: in the end each process has something to do.

    Files that run campaigns of their own come before those that only read publications: these are then made.
    """
    rank: dict[Path, int] = {}
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        tiers = [tier for fixture, tier in ETAGES.items() if fixture in names]
        values = vars(getattr(item, "module", object)).values()
        own = any(getattr(value, "__module__", None) == DE_CAMPAGNE for value in values)
        for tier in ["campagne", *tiers] if own else tiers:
            item.add_marker(tier)
        if item.path.stem.removeprefix("test_") in LONGS:
            item.add_marker("long")
        order = 0 if own else 1 if tiers else 2
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
    """Give what goes back to a service the lists of Mayotte: writing thousands of communes is nearly all its time."""
    monkeypatch.setattr("barometre_lib.collecte.retour.faire_listes", lambda _, releve: _listes_courtes(releve))


@pytest.fixture
def modeles_courts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the same for the workbooks that services fill in."""
    monkeypatch.setattr("barometre_lib.collecte.modele.faire_listes", lambda _, releve: _listes_courtes(releve))


@cache
def _listes_courtes(releve: Releve) -> dict[str, Liste]:
    return faire_listes(References(fabrique.nomenclatures(), "06"), releve)


@pytest.fixture(scope="session")
def charger() -> Callable[[str], Barometre]:
    """Load a relève of the project, once per session."""
    return fabrique.charger


@pytest.fixture(scope="session", params=["pandas", pytest.param("duckdb", marks=pytest.mark.long)])
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


@pytest.fixture(scope="session")
def profil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of LibreOffice, which it takes seconds to make."""
    folder: Path = tmp_path_factory.mktemp("profil")
    return folder


@pytest.fixture
def libreoffice(tmp_path: Path, profil: Path) -> Callable[[Path, str], Path]:
    """Open a file with LibreOffice, and save it in a format, in the folder `lo`."""
    if SOFFICE is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is missing, and CI installs it: see .ci/run")
        pytest.skip("LibreOffice is missing: apt-get install libreoffice-calc-nogui")

    def convert(path: Path, extension: str = "xlsx") -> Path:
        profile = f"-env:UserInstallation={profil.as_uri()}"
        folder = tmp_path / "lo"
        subprocess.run(
            [SOFFICE, profile, "--headless", "--convert-to", extension, "--outdir", folder, path],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return folder / path.with_suffix(f".{extension}").name

    return convert


@pytest.fixture
def petite_racine(tmp_path: Path) -> Path:
    """Return a copy of the project's root with one small relève, free to be broken."""
    return fabrique.petite_racine(tmp_path / "racine")


@pytest.fixture(scope="session")
def petite(partager: Any) -> Path:
    """Publish a small root once: 2024-S2 after 2024-S1, region 94 alone, from a home full of traps, before a witness.

    It is only read: `racine`, `sorties`, what was said in `dit`, what each process read in `vu`, its seconds in
    `duree`, its journal in `journal.jsonl`, the home as it was in `avant` and as it is in `maison`.
    """

    def publish(folder: Path) -> None:
        root = fabrique.petite_racine(folder / "racine")
        fabrique.ecrire_releve(root / "data" / "releves", [fabrique.ligne(**fabrique.LIGNE_PETITE)], "2024-S1")
        startup = folder / "avant" / ".ipython" / "profile_default" / "startup" / "00-piege.py"
        startup.parent.mkdir(parents=True)
        startup.write_text("raise SystemExit('le démarrage de l’utilisateur a été lu')", encoding="utf-8")
        (folder / "avant" / "matplotlibrc").write_text("figure.facecolor: red\nfont.size: 30\n", encoding="utf-8")
        home = shutil.copytree(folder / "avant", folder / "maison")
        # Its name is short enough for the sockets of kernels; it must be empty in the end.
        temporary = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
        start = time.monotonic()
        done = processus.lancer(
            *("publier", "2024-S2", "--regions", "94", "--sorties", folder / "sorties"),
            *("--journal", folder / "journal.jsonl"),
            **processus.temoin(folder),
            BAROMETRE_RACINE=str(root),
            HOME=str(home),
            TMPDIR=str(temporary),
            MATPLOTLIBRC=str(home / "matplotlibrc"),
            PYTHONSTARTUP=str(home / startup.relative_to(folder / "avant")),
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        (folder / "duree").write_text(str(time.monotonic() - start), encoding="utf-8")
        (folder / "dit").write_text(done.stderr.replace("\u00a0", " "), encoding="utf-8")
        temporary.rmdir()

    shared: Path = partager("petite", publish)
    return shared


@pytest.fixture(scope="session")
def piegee(partager: Any) -> Path:
    """Publish a register full of traps, once, and return the folder that tests/pieges.py describes; it is only read."""
    shared: Path = partager("piegee", pieges.publier)
    return shared


@pytest.fixture
def petite_publication(petite: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Return copies of the small root and of what it has published, free to be broken."""
    return tuple(shutil.copytree(petite / name, tmp_path / "petite" / name) for name in ("racine", "sorties"))


@pytest.fixture
def sans_porte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no suite judge received files: it takes a second for each, and is proved where warnings are."""
    monkeypatch.setattr("barometre_lib.collecte.voisinage.examiner_lignes", lambda *_: ())


JUGEMENTS: dict[bytes, dict[str, Any]] = {}


@pytest.fixture
def jugements_gardes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the same suite judge the same table once a session: it says the same, and takes a second or two each time.

    For tests of what becomes of a judgement; those of the judgement itself do without.
    """
    from barometre_lib.qualite import evaluation

    judge = evaluation.evaluer

    def judge_once(suites: Sequence[Suite], tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for suite in suites:
            names = [check.nom for check in suite.controles]
            table = tables.get(suite.controles[0].table) if names else None
            asked = (names, suite.fichier.donnees, table)
            key = hashlib.sha256(pickle.dumps(asked)).digest()
            if key not in JUGEMENTS:
                JUGEMENTS[key] = judge([suite], tables)
            said |= JUGEMENTS[key]
        return said

    monkeypatch.setattr(evaluation, "evaluer", judge_once)


@pytest.fixture
def sans_carnet(jugements_gardes: None, monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Have campaigns of this process start no other, and fail if a notebook is to be executed; give their workshop."""
    workshop = MagicMock()
    workshop.confier.side_effect = AssertionError("un carnet allait être exécuté")

    def open_here(entrees: Mapping[str, Any], consignes: Consignes) -> AbstractContextManager[MagicMock]:
        workshop.controler.side_effect = lambda: fabrique.promesse(controler_releves, entrees, consignes.registre)
        return nullcontext(workshop)

    monkeypatch.setattr(campagne, "ouvrir_atelier", open_here)
    return workshop


@pytest.fixture
def ici(
    sans_carnet: MagicMock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Sortie]:
    """Run `publier` in this process, where a notebook that is to be executed fails the test."""

    def publish(*arguments: str | Path, racine: Path = fabrique.RACINE) -> Sortie:
        monkeypatch.setenv("BAROMETRE_RACINE", str(racine))
        return lancer_ici(capsys, "publier", *map(str, arguments))

    return publish


@pytest.fixture
def temporaire() -> Iterator[Path]:
    """Give a temporary folder whose name is short enough for the sockets of kernels; pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="b-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)
