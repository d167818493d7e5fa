"""What a campaign costs, against the stock tools and against itself. Run by `make bench`.

Each measure is the wall time of a whole process, the best known conditions for all: nothing else runs. Ratios are of
medians of the same run.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel
from rapport import ecrire_section, tableau

RACINE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LEGER = Path(__file__).with_name("leger.ipynb")
CARNETS = 18
REPETITIONS = 3
RELEVES = ("2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2")


def chronometrer(*commande: str | Path, racine: Path = RACINE) -> float:
    """Return the wall seconds of a command that must succeed."""
    environment = os.environ | {"BAROMETRE_RACINE": str(racine)}
    start = time.perf_counter()
    subprocess.run([str(part) for part in commande], cwd=RACINE, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def mediane(mesure: Callable[[], float], fois: int = REPETITIONS) -> float:
    """Return the median of a measure taken again and again."""
    return statistics.median(mesure() for _ in range(fois))


def en_tour(*mesures: Callable[[], float]) -> list[float]:
    """Return the median of each of several measures taken in turn, so that what slows the machine slows them all."""
    rounds = [[measure() for measure in mesures] for _ in range(REPETITIONS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def boucle_de_commandes(dossier: Path) -> float:
    """Run papermill's command then nbconvert's, notebook after notebook, as a shell loop does."""
    total = 0.0
    for place in range(CARNETS):
        executed = dossier / f"{place}.ipynb"
        parameters = json.dumps({"releve": "2024-S2", "region": f"r{place}"})
        total += chronometrer(BIN / "papermill", LEGER, executed, "-p", "parametres", parameters)
        total += chronometrer(BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", executed)
    return total


def api(dossier: Path, processus: int) -> float:
    """Run papermill's and nbconvert's API in a pool."""
    return chronometrer(sys.executable, RACINE / "benchmarks" / "api.py", LEGER, dossier, str(CARNETS), str(processus))


def chaud(racine: Path, dossier: Path, carnets: int = CARNETS) -> float:
    """Run the campaign's executor."""
    return chronometrer(
        sys.executable, RACINE / "benchmarks" / "chaud.py", racine, dossier, str(carnets), racine=racine
    )


def cellules_a_chaud() -> float:
    """Return the seconds that the cells of the light notebook take in a process that has run them before."""
    cells = [
        "".join(cell["source"]) for cell in json.loads(LEGER.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    manager, client = start_new_kernel()
    try:

        def run() -> float:
            start = time.perf_counter()
            for source in cells:
                client.execute_interactive(source, output_hook=lambda _: None, timeout=60)
            return time.perf_counter() - start

        run()
        return mediane(run)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def publier(sorties: Path, *arguments: str, registre: Path | None = None) -> float:
    """Publish relèves for real."""
    where = ["--registre", str(registre)] if registre else []
    return chronometrer(BIN / "barometre", "publier", *arguments, "--sorties", sorties, *where)


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


def une_region_change(dossier: Path) -> tuple[float, str]:
    """Publish, change a comment of one region's file, publish again: the seconds, and what was executed."""
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
        racine = folder / "racine"
        for name in ("params", "data"):
            (racine / name).parent.mkdir(parents=True, exist_ok=True)
            (racine / name).symlink_to(RACINE / name)
        (racine / "notebooks").mkdir()
        shutil.copy(LEGER, racine / "notebooks")
        out = folder / "pages"
        out.mkdir()
        processes = 2 * (psutil.cpu_count() or 1)

        warm, twice, pool, loop = en_tour(
            lambda: chaud(racine, out),
            lambda: chaud(racine, out, 2 * CARNETS),
            lambda: api(out, processes),
            lambda: boucle_de_commandes(out),
        )
        cells = cellules_a_chaud()
        one = mediane(lambda: _fresh(folder, lambda sorties: publier(sorties, "2024-S2")))
        publier(folder / "s", "2024-S2")
        nothing = mediane(lambda: publier(folder / "s", "2024-S2"))
        region, executed = une_region_change(folder)
        shutil.rmtree(folder / "s")
        five, memory = publier_en_pesant(folder / "s", *RELEVES)
    marginal = (twice - warm) / CARNETS
    rows = [
        ("18 light notebooks executed and exported", f"{warm:.2f} s"),
        ("the same by a shell loop of `papermill` then `jupyter nbconvert`", f"{loop:.1f} s, {loop / warm:.1f} ×"),
        (f"the same by both APIs in a pool of {processes}", f"{pool:.1f} s, {pool / warm:.1f} ×"),
        ("36 light notebooks", f"{twice:.2f} s"),
        ("one more notebook", f"{marginal:.3f} s"),
        ("its cells in one warm process", f"{cells:.3f} s, ratio {marginal / cells:.2f}"),
        ("`publier 2024-S2`, 20 real notebooks, gate and everything", f"{one:.1f} s"),
        ("that against the loop and the pool of 18 light notebooks", f"{loop / one:.1f} ×, {pool / one:.1f} ×"),
        ("second run, nothing changed", f"{nothing:.2f} s"),
        (f"one region's comment changed (executed: {executed})", f"{region:.1f} s"),
        ("five relèves in one command, 100 notebooks", f"{five:.1f} s, {five / one:.1f} × one"),
        ("most memory of all its processes, shared pages counted once", f"{memory:.0f} MiB"),
    ]
    said = (
        f"Medians of {REPETITIONS}, in turn; the region changed and the five relèves, once. Light notebooks: the\n"
        "campaign's executor writes the executed notebook and the main part of its page, which `publier` then lays\n"
        "out. Memory is sampled four times a second."
    )
    ecrire_section("campagne", "The campaign", f"{said}\n\n{tableau(['measure', 'figure'], rows)}")


def _fresh(folder: Path, measure: Callable[[Path], float]) -> float:
    sorties = folder / "neuf"
    seconds = measure(sorties)
    shutil.rmtree(sorties)
    return seconds


if __name__ == "__main__":
    main()
