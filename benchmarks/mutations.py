"""How many faults sown in the code of the rules, counts and revisions the tests see. Run by `make epreuves`.

mutmut sows them as `pyproject.toml` says, one at a time, in a copy of the project, and runs there the tests that
execute the function at fault: a survivor is a fault that none of them sees. It sows none in what is decorated nor
outside functions.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
sys.path.append(str(RACINE / "outils"))
import installer  # noqa: E402

# An environment of its own: mutmut is in no lock of a campaign.
OUTIL = "mutmut==3.8.1"
DOSSIER = RACINE / "build" / "mutations"
PROJET = DOSSIER / "projet"
REGLAGES = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
# Percent of faults seen, at least; and one fault in how many is sown, ten at most: by its number in its function. One
# in ten is the tenth, the twentieth… and none of a function that has fewer.
DEMANDE = 90
UN_SUR = int(os.environ.get("MUTATIONS", "10"))
# What changes nothing that anybody sees: guards of `zip`, and the numbers of rows of a table inside.
NEUTRE = re.compile(r",?\s*\b(?:strict|ignore_index)=\w+|,\s*(?=\))")
# What mutmut says of a fault that no test saw, or none executes, by the exit code of its tests.
NON_VUES = (0, 33)


def preparer() -> Path:
    """Make the environment, with the libraries of the project's own, and the copy of the project; return mutmut."""
    program = DOSSIER / "venv" / "bin" / "mutmut"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", DOSSIER / "venv"], check=True)
        (own,) = (DOSSIER / "venv").glob("lib/*/site-packages")
        # The folder alone: not the project, that an editable install would give from elsewhere than the copy.
        (own / "projet.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        options, environment = installer.reglages_de_uv(DOSSIER / "venv" / "bin" / "python")
        pins = [*options, "--constraint", str(installer.VERROU)]
        subprocess.run([installer.UV, "pip", "install", *pins, OUTIL], check=True, env=environment)
    shutil.rmtree(PROJET, ignore_errors=True)
    for name in ("barometre_lib", "tests", "pyproject.toml", *REGLAGES["also_copy"]):
        source, target = RACINE / name, PROJET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return program


def lire_verdicts() -> dict[str, dict[str, bool]]:
    """Return, for each file, whether each fault that was sown there was seen."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for path in sorted((PROJET / "mutants").rglob("*.py.meta")):
        ended = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        name = path.relative_to(PROJET / "mutants").with_suffix("").as_posix()
        found[name] |= {key: code not in NON_VUES for key, code in ended.items() if code is not None}
    return {name: faults for name, faults in found.items() if faults}


def est_vue(programme: Path, nom: str) -> bool:
    """Run all the tests on a fault that none of those chosen by mutmut saw, and tell whether one does.

    mutmut chooses the tests that executed a function: not those for which a result was kept by an earlier one.
    """
    asked = ["-x", "-q", *REGLAGES["pytest_add_cli_args"], *REGLAGES["pytest_add_cli_args_test_selection"]]
    environment = os.environ | {"MUTANT_UNDER_TEST": nom}
    command = [programme.with_name("python"), "-m", "pytest", "--rootdir=.", *asked]
    ended = subprocess.run(command, cwd=PROJET / "mutants", env=environment, capture_output=True, check=False)
    # Tests failed, or could not even be collected: any other end says nothing of the fault.
    return ended.returncode in (1, 2)


def montrer(programme: Path, nom: str) -> str:
    """Return the lines that a fault changes."""
    shown = subprocess.run([programme, "show", nom], cwd=PROJET, capture_output=True, encoding="utf-8", check=True)
    return "\n".join(line for line in shown.stdout.splitlines() if re.match(r"[-+](?![-+]{2})", line))


def est_neutre(lignes: str) -> bool:
    """Tell whether a fault changes nothing but what `NEUTRE` tells."""
    return len({NEUTRE.sub("", line[1:]).strip() for line in lignes.splitlines()}) == 1


def main() -> int:
    """Run the trial and write its section; the exit code is 1 when too few faults are seen."""
    program = preparer()
    numbers = [f"*__mutmut_*{last}" for last in range(0, 10, UN_SUR)] if UN_SUR > 1 else []
    command = [program, "run", "--max-children", str(os.cpu_count()), *numbers]
    ended = subprocess.run(command, cwd=PROJET, check=False)
    verdicts = lire_verdicts()
    if not verdicts:
        # Before it sows anything, it runs the tests, which must pass.
        return ended.returncode or 1
    shown = {key: montrer(program, key) for faults in verdicts.values() for key, seen in faults.items() if not seen}
    neutral = {key for key, lines in shown.items() if est_neutre(lines)}
    doubtful = [key for key in shown if key not in neutral]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        again = dict(zip(doubtful, pool.map(partial(est_vue, program), doubtful), strict=True))
    verdicts = {
        name: {key: again.get(key, True) for key in faults if key not in neutral} for name, faults in verdicts.items()
    }
    (DOSSIER / "survivants.txt").write_text(
        "".join(f"{key}\n{shown[key]}\n\n" for key, seen in again.items() if not seen), encoding="utf-8"
    )
    return ecrire(verdicts, len(neutral))


def ecrire(verdicts: Mapping[str, Mapping[str, bool]], neutres: int) -> int:
    """Write the section, and return 1 when too few faults are seen."""
    seen = [one for faults in verdicts.values() for one in faults.values()]
    share = 100 * sum(seen) / len(seen)
    of_each = "all those" if UN_SUR == 1 else f"one in {UN_SUR} of those of each function"
    sown = f"{len(seen)} faults, {of_each} that mutmut knows"
    text = (
        f"{sown}, but {neutres} unseen that change no more than a guard that never fires or the numbers of rows "
        "inside; `build/mutations/survivants.txt` shows what no test saw."
    )
    table = tableau(["file", "sown", "seen"], [(name, len(one), sum(one.values())) for name, one in verdicts.items()])
    ecrire_section("mutations", f"Faults sown in the code: {share:.0f} % seen", f"{text}\n\n{table}")
    return int(share < DEMANDE)


if __name__ == "__main__":
    sys.exit(main())
