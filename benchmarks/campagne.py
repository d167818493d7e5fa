"""What a campaign costs: new, with nothing changed, with one region changed, and five relèves. Run by `make bench`.

Each measure is a whole command, the best known conditions for all: nothing else runs.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from mesure import Cout, mediane, mesurer
from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
REPETITIONS = 3
RELEVES = ("2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2")


def publier(sorties: Path, *arguments: str, registre: Path | None = None) -> Cout:
    """Publish relèves for real."""
    where = ["--registre", str(registre)] if registre else []
    return mesurer(BIN / "barometre", "publier", *arguments, "--sorties", sorties, *where, dossier=RACINE)


def publier_en_pesant(sorties: Path, *arguments: str) -> tuple[float, float]:
    """Publish relèves and return the seconds and the most memory (MiB) that all its processes held at once."""
    peak = 0.0
    start = time.perf_counter()
    process = psutil.Popen([str(BIN / "barometre"), "publier", *arguments, "--sorties", str(sorties)], cwd=RACINE)
    over = threading.Event()

    def weigh() -> None:
        nonlocal peak
        while not over.wait(0.25):
            total = 0
            for one in [process, *process.children(recursive=True)]:
                try:
                    # A page shared by n processes counts 1/n in each.
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            peak = max(peak, total / 2**20)

    watcher = threading.Thread(target=weigh)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    over.set()
    watcher.join()
    if code:
        raise RuntimeError(arguments)
    return seconds, peak


def une_region_change(dossier: Path) -> tuple[Cout, str]:
    """Publish, change a comment of one region's file, publish again: the cost, and what was executed."""
    registre = dossier / "releves"
    shutil.copytree(RACINE / "data" / "releves", registre)
    publier(dossier / "s", "2024-S2", registre=registre)
    path = registre / "2024-S2" / "84.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([lines[0], lines[1] + " relu", *lines[2:]]), encoding="utf-8")
    plan = subprocess.run(
        [BIN / "barometre", "publier", "2024-S2", "--a-blanc", "--sorties", dossier / "s", "--registre", registre],
        cwd=RACINE,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.split()
    return publier(dossier / "s", "2024-S2", registre=registre), ", ".join(plan)


def main() -> None:
    """Measure everything and write the section."""
    with tempfile.TemporaryDirectory(prefix="b-") as temporary:
        folder = Path(temporary)
        news = [publier(folder / f"s{n}", "2024-S2") for n in range(REPETITIONS)]
        nothing = mediane([publier(folder / "s0", "2024-S2") for _ in range(REPETITIONS)])
        one = mediane(news)
        region, executed = une_region_change(folder)
        five, memory = publier_en_pesant(folder / "cinq", *RELEVES)
    rows = [
        ("`publier 2024-S2`, 20 notebooks, gate and everything", *dire(one)),
        ("second run, nothing changed", *dire(nothing)),
        (f"one region's comment changed (executed: {executed})", *dire(region)),
        ("five relèves in one command, 100 notebooks", f"{five:.1f} s, {five / one.mur:.1f} × one", ""),
        ("most memory of all its processes, shared pages counted once", f"{memory:.0f} MiB", ""),
    ]
    said = (
        f"Medians of {REPETITIONS}; the region changed and the five relèves, once. Processor time is that of all\n"
        "processes. Memory is sampled four times a second."
    )
    ecrire_section("campagne", "The campaign", f"{said}\n\n{tableau(['measure', 'wall', 'processor'], rows)}")


def dire(cout: Cout) -> tuple[str, str]:
    """Return both times of a cost."""
    return f"{cout.mur:.2f} s", f"{cout.processeur:.2f} s"


if __name__ == "__main__":
    main()
