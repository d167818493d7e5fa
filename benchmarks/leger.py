"""Executes and exports N light notebooks in one way; a process of `autres.py`, which measures it.

Arguments: the way, the notebook, a folder of outputs, N. Each way imports what it needs and nothing else: those of
other tools run in an environment where this project is not installed.
"""

import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

PROCESSUS = os.cpu_count() or 1
BIN = Path(sys.executable).parent


def parametres(place: int) -> dict[str, str]:
    """Return the parameters of a notebook of the series."""
    return {"releve": "2024-S2", "region": f"r{place}"}


def exporter(executed: Path) -> None:
    """Export an executed notebook by nbconvert's own template, without its code."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(exclude_input=True).from_filename(str(executed))
    executed.with_suffix(".html").write_text(body, encoding="utf-8")


def par_papermill(carnet: Path, sorties: Path, place: int) -> None:
    """Execute and export one notebook by the APIs of papermill and nbconvert."""
    import papermill

    executed = sorties / f"{place}.ipynb"
    papermill.execute_notebook(str(carnet), str(executed), parameters=parametres(place), progress_bar=False)
    exporter(executed)


def papermill(carnet: Path, sorties: Path, nombre: int) -> None:
    """Share the notebooks between the processes of a pool."""
    with ProcessPoolExecutor(PROCESSUS, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(par_papermill, carnet, sorties), range(nombre)))


def commandes(carnet: Path, sorties: Path, nombre: int) -> None:
    """Run papermill's command then nbconvert's, notebook after notebook, as a shell loop does."""
    for place in range(nombre):
        executed = sorties / f"{place}.ipynb"
        given = [word for name, value in parametres(place).items() for word in ("-p", name, value)]
        subprocess.run([BIN / "papermill", carnet, executed, *given], check=True, capture_output=True)
        command = [BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", executed]
        subprocess.run(command, check=True, capture_output=True)


def par_ploomber(carnet: Path, sorties: Path, place: int) -> None:
    """Execute one notebook in this process by ploomber-engine, and export it."""
    from ploomber_engine import execute_notebook

    executed = sorties / f"{place}.ipynb"
    execute_notebook(str(carnet), str(executed), parameters=parametres(place), progress_bar=False, verbose=False)
    exporter(executed)


def ploomber(carnet: Path, sorties: Path, nombre: int) -> None:
    """Fork one process a notebook from one that has imported everything: a pool breaks at its second notebook."""
    import nbconvert  # noqa: F401
    import ploomber_engine  # noqa: F401
    import seaborn  # noqa: F401

    forks = multiprocessing.get_context("fork")
    waiting = [forks.Process(target=par_ploomber, args=(carnet, sorties, place)) for place in range(nombre)]
    everyone, running = list(waiting), list[BaseProcess]()
    while waiting or running:
        while waiting and len(running) < PROCESSUS:
            running.append(waiting.pop())
            running[-1].start()
        wait([one.sentinel for one in running])
        running = [one for one in running if one.is_alive()]
    if any(codes := [one.exitcode for one in everyone]):
        sys.exit(f"exit codes {codes}")


def marimo(carnet: Path, sorties: Path, nombre: int) -> None:
    """Convert each notebook, its region written in it, and export it by `marimo export html`."""
    source = carnet.read_text(encoding="utf-8")

    def run(place: int) -> None:
        given, program = sorties / f"{place}.ipynb", sorties / f"{place}.py"
        # marimo shows the value of a cell, where Jupyter shows what it displays.
        text = source.replace(r"\"84\"", rf"\"{parametres(place)['region']}\"")
        text = re.sub(r'display\(plt\.gcf\(\).*\\n",\s*"plt\.close\(\)', "plt.gcf()", text)
        given.write_text(text, encoding="utf-8")
        subprocess.run([BIN / "marimo", "convert", given, "-o", program], check=True, capture_output=True)
        export = [BIN / "marimo", "export", "html", "--no-include-code", program, "-o", program.with_suffix(".html")]
        subprocess.run(export, check=True, capture_output=True)

    with ThreadPoolExecutor(PROCESSUS) as pool:
        list(pool.map(run, range(nombre)))


def par_barometre(carnet: Path, sorties: Path, place: int) -> None:
    """Execute one notebook in this process by the engine of campaigns, and export what it shows."""
    import nbformat
    import papermill

    from barometre_lib.campagne import moteur
    from barometre_lib.campagne.execution import normaliser
    from barometre_lib.publication.carnet import convertir

    executed = papermill.execute_notebook(
        str(carnet), None, parameters=parametres(place), engine_name=moteur.NOM, progress_bar=False, record_timing=False
    )
    normaliser(executed)
    (sorties / f"{place}.ipynb").write_text(nbformat.writes(executed), encoding="utf-8")
    page = f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{place}</title>{convertir(executed)}'
    (sorties / f"{place}.html").write_text(page, encoding="utf-8")


def barometre(carnet: Path, sorties: Path, nombre: int) -> None:
    """Fork one process a notebook from the campaign's fork server."""
    # By its own name, which a new process imports; this one's is `__main__`.
    import leger

    from barometre_lib.campagne.processus import executer_a_part, serveur

    # What a kernel tells matplotlib.
    variables = os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    with tempfile.TemporaryDirectory(prefix="b-") as private, serveur(Path(private), variables):
        run = partial(executer_a_part, leger.par_barometre, carnet, sorties, delai=600)
        with ThreadPoolExecutor(PROCESSUS) as pool:
            list(pool.map(run, range(nombre)))


MANIERES: dict[str, Callable[[Path, Path, int], None]] = {
    one.__name__: one for one in (barometre, papermill, commandes, ploomber, marimo)
}


def main() -> None:
    """Execute, export, and check that each page is there."""
    way, notebook, outputs, number = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    MANIERES[way](notebook, outputs, number)
    missing = [place for place in range(number) if not (outputs / f"{place}.html").exists()]
    if missing:
        sys.exit(f"no page {missing}")


if __name__ == "__main__":
    main()
