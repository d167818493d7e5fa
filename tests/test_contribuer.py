"""The changes that CONTRIBUTING.md works: each applies as it is written, and does what it is there for."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import fabrique
import pytest

COPIES = ("barometre_lib", "data/publie", "data/reference", "docs", "notebooks", "params", "tests/controles")


@pytest.mark.long
def test_les_six_changements_s_appliquent_et_font_ce_qu_ils_disent(tmp_path: Path) -> None:
    for name in COPIES:
        shutil.copytree(fabrique.RACINE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "data" / "releves").symlink_to(fabrique.RACINE / "data" / "releves")
    here = os.environ | {"PYTHONPATH": str(tmp_path), "BAROMETRE_RACINE": str(tmp_path)}

    def run(*command: str | Path, given: str = "") -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=here, input=given, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, f"{given}\n{done.stderr}"
        return done.stdout

    text = (fabrique.RACINE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    diffs = re.findall(r"^```diff\n([\s\S]*?)^```$", text, re.MULTILINE)
    (order,) = re.findall(r"`barometre (nouveau-carnet [^`]+)`", text.split("## Six changes")[1])
    run(sys.executable, "-c", "from barometre_lib.cli import main; main()", *order.split())
    for diff in diffs:
        run("git", "apply", "-", given=diff)
    told = json.loads(run(sys.executable, fabrique.RACINE / "tests" / "changements.py"))
    assert len(diffs) == 6
    before, after = told["parameter and rule"]
    assert (before, after) == (
        "Seuls les sites de plus de 20\u00a0salariés sont comptés.",
        "Seuls les sites de 10\u00a0salariés ou plus sont comptés.",
    )
    assert told["expectation"] and told["sentence"] and told["figure"]
    assert told["page"] == ["La filière {nom}", 2]
