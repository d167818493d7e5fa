"""The long trials: kills at random moments, notebooks in a row, an intruder on public sums. Run by `make epreuves`.

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
SECRETS = int(os.environ.get("SECRETS", "1000"))
MOMENTS = int(os.environ.get("MOMENTS", "20"))
SEQUENCES = int(os.environ.get("SEQUENCES", "200"))


def eprouver(dossier: Path, *tests: str, **reglages: str) -> tuple[int, int, float, int]:
    """Run tests with their numbers.

    Returns
    -------
    tuple of (int, int, float, int)
        Tests run, those that did not pass, seconds, and those that say that they struck a process.
    """
    report = dossier / "rapport.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests),
            # The newer kind of report has no place for what a test says of itself.
            *(f"--junitxml={report}", "--override-ini=junit_family=xunit1"),
        ],
        cwd=RACINE,
        env=os.environ | reglages,
        check=False,
    )
    suite = ElementTree.parse(report).getroot().find("testsuite") if report.exists() else None
    if suite is None or done.returncode not in (0, 1):
        raise RuntimeError(f"{tests} : pytest {done.returncode}")
    failed = sum(int(suite.attrib[kind]) for kind in ("failures", "errors", "skipped"))
    struck = sum(one.attrib["value"] == "True" for one in suite.iter("property") if one.attrib["name"] == "frappe")
    return int(suite.attrib["tests"]), failed, float(suite.attrib["time"]), struck


def main() -> int:
    """Run the trials and write the section; the exit code is 1 when something failed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measures = folder / "mesures.json"
        kills, lost, seconds, struck = eprouver(
            folder, "tests/test_pannes.py::TestPannes", BAROMETRE_PANNES=str(PANNES)
        )
        _, broken, _, _ = eprouver(
            folder, "tests/test_endurance.py", BAROMETRE_ENDURANCE=str(ENDURANCE), BAROMETRE_MESURES=str(measures)
        )
        attacked, told, _, _ = eprouver(
            folder, "tests/test_discretion.py::TestRegistresAuHasard", BAROMETRE_SECRETS=str(SECRETS)
        )
        edited, mixed, _, _ = eprouver(folder, "tests/test_copie.py", "-kmoment", BAROMETRE_MOMENTS=str(MOMENTS))
        drawn, gone, _, _ = eprouver(folder, "tests/test_collecte.py", "-kperdu", BAROMETRE_SEQUENCES=str(SEQUENCES))
        found = json.loads(measures.read_text(encoding="utf-8")) if measures.exists() else {}
    rows: list[tuple[object, ...]] = [
        (
            "campaigns of which one process, each kind in turn, is killed at a random moment",
            kills,
            f"{lost} failed",
        ),
        ("those that were still at work at that moment, and lost it", struck, f"{seconds:.0f} s in all"),
        ("notebooks in a row", found.get("carnets", "none"), f"{broken} failed"),
        (
            "random registers over three editions, of which an intruder attacks the public sums",
            attacked,
            f"{told} told",
        ),
        ("sequences of commands of a collection, killed or two at once", drawn, f"{gone} lost something"),
        ("registers edited at a random moment of a campaign, half of them put back", edited, f"{mixed} failed"),
    ]
    for name, label in (
        ("processus", "lasting processes"),
        ("descripteurs", "their descriptors"),
        ("memoire", "their own memory (MiB)"),
    ):
        if found:
            rows.append((f"{label}, half-way and in the end", found["milieu"][name], found["fin"][name]))
    ecrire_section("epreuves", "Long trials of the campaign", tableau(["trial", "", ""], rows))
    return int(lost + broken + told + mixed + gone > 0)


if __name__ == "__main__":
    sys.exit(main())
