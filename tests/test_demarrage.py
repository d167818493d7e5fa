"""What a command imports before it answers: no clock, the modules of a process that has just ended."""

import os
import subprocess
import sys
from pathlib import Path

import fabrique
import pytest

from barometre_lib import imports

pytestmark = pytest.mark.long
# Runs the command, then says on the last line of stderr what it left imported.
PROGRAMME = """
import sys
from barometre_lib.cli import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
COMMANDE = "from barometre_lib.cli import main; main()"
LOURDES = {
    "IPython", "dask", "great_expectations", "ipykernel", "jupyter_client", "matplotlib", "nbconvert", "nbformat",
    "papermill", "polars", "scipy", "seaborn", "weasyprint", "zmq",
}  # fmt: skip
DE_PAGE_OU_DE_COLLECTE = {"defusedxml", "jinja2", "openpyxl", "rapidfuzz", "tqdm"}


def importees(*arguments: str) -> set[str]:
    """Run `barometre` in a fresh process and return the packages that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAMME, *arguments],
        cwd=fabrique.RACINE,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["publier", "--help"], ["--version"]], ids=" ".join)
def test_l_aide_n_importe_aucune_table(arguments: list[str]) -> None:
    found = importees(*arguments)
    assert "click" in found
    tables = {"duckdb", "narwhals", "numpy", "pandas", "pydantic", "yaml"}
    assert found & (LOURDES | DE_PAGE_OU_DE_COLLECTE | tables) == set()


@pytest.mark.parametrize("arguments", [["compter", "2024-S2", "--par", "annee"], ["decider", "2024-S2"]], ids=" ".join)
def test_compter_un_dossier_n_importe_que_les_tables(arguments: list[str]) -> None:
    found = importees(*arguments)
    assert {"narwhals", "pandas"} <= found
    assert found & (LOURDES | DE_PAGE_OU_DE_COLLECTE | {"duckdb"}) == set()


def test_compter_un_fichier_parquet_importe_duckdb_en_plus(tmp_path: Path) -> None:
    assert "duckdb" in importees("convertir", "2024-S2", "-o", str(tmp_path / "2024-S2.parquet"))
    found = importees("compter", "2024-S2", "--par", "annee", "--registre", str(tmp_path))
    assert "duckdb" in found
    assert found & (LOURDES | DE_PAGE_OU_DE_COLLECTE) == set()


def en_silence(niveau: str, *arguments: str) -> str:
    """Run Python as `PYTHONOPTIMIZE` says, without its assertions, nor docstrings from 2, and return what it says."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=fabrique.RACINE,
        env=os.environ | {"PYTHONOPTIMIZE": niveau},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_sans_docstrings_l_aide_est_la_meme() -> None:
    said = "from barometre_lib.cli import cli; print(cli.help, *[one.help for one in cli.commands.values()], sep='\\n')"
    assert "None" not in (whole := en_silence("0", "-c", said))
    assert en_silence("2", "-c", said) == whole


def test_sans_docstrings_great_expectations_juge(petite_racine: Path) -> None:
    folder = petite_racine / "data" / "releves"
    said = en_silence("2", "-c", COMMANDE, "controler", "2024-S2", "--registre", str(folder))
    assert "aucun défaut" in said


def test_ce_qui_est_lourd_ne_s_importe_qu_a_l_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pesant.py").write_text("def faire():\n    return 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "LOURDS", {"pesant": ("faire",)})
    with imports.differer_les_lourds():
        from pesant import faire
    assert "pesant" not in sys.modules
    assert faire() == 1
    monkeypatch.delitem(sys.modules, "pesant")
