"""Execute and export N light notebooks with papermill's and nbconvert's API in a pool; a process of `campagne.py`.

Arguments: the notebook, a folder of outputs, N, the number of processes.
"""

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def executer(carnet: str, sorties: str, place: int) -> None:
    """Execute one notebook and export it."""
    import papermill
    from nbconvert import HTMLExporter

    executed = str(Path(sorties) / f"{place}.ipynb")
    parameters = json.dumps({"releve": "2024-S2", "region": f"r{place}"})
    papermill.execute_notebook(carnet, executed, parameters={"parametres": parameters}, progress_bar=False)
    body, _ = HTMLExporter(exclude_input=True).from_filename(executed)
    Path(executed).with_suffix(".html").write_text(body, encoding="utf-8")


def main() -> None:
    """Execute, export, write the pages."""
    carnet, sorties, number, processes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for done in [pool.submit(executer, carnet, sorties, place) for place in range(number)]:
            done.result()


if __name__ == "__main__":
    main()
