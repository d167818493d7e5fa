"""The long trials of the campaign: kills at random moments, and notebooks in a row. Run by `make epreuves`.

The tests sample them; here they run in numbers, and what came out is written down, failures included.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
PANNES = int(os.environ.get("PANNES", "200"))
ENDURANCE = int(os.environ.get("ENDURANCE", "500"))


def eprouver(dossier: Path, *tests: str, **reglages: str) -> dict[str, str]:
    """Run tests with their numbers and return what pytest counted."""
    report = dossier / "rapport.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests],
        cwd=RACINE,
        env=os.environ | reglages,
        check=False,
    )
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise RuntimeError(tests)
    return dict(suite.attrib)


def main() -> int:
    """Run both trials and write the section; the exit code is 1 when something failed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measures = folder / "mesures.json"
        kills = eprouver(folder, "tests/test_pannes.py::TestPannes", BAROMETRE_PANNES=str(PANNES))
        runs = eprouver(
            folder, "tests/test_endurance.py", BAROMETRE_ENDURANCE=str(ENDURANCE), BAROMETRE_MESURES=str(measures)
        )
        found = json.loads(measures.read_text(encoding="utf-8")) if measures.exists() else {}
    failed = [int(one["failures"]) + int(one["errors"]) for one in (kills, runs)]
    rows = [
        (
            "kills at a random moment, of a kernel, a worker, the parent or the reserve in turn",
            kills["tests"],
            f"{failed[0]} failed",
        ),
        ("seconds", f"{float(kills['time']):.0f}", ""),
        ("notebooks in a row with warm kernels", ENDURANCE, f"{failed[1]} failed"),
    ]
    for name, label in (
        ("processus", "lasting processes"),
        ("descripteurs", "their descriptors"),
        ("memoire", "their own memory (MiB)"),
    ):
        if found:
            rows.append((f"{label}, half-way and in the end", found["milieu"][name], found["fin"][name]))
    ecrire_section("epreuves", "Long trials of the campaign", tableau(["trial", "", ""], rows))
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
