"""Execute and export N light notebooks as the campaign does; a process of `campagne.py`.

Arguments: a project root that holds `notebooks/leger.ipynb`, a folder of outputs, N.
"""

import sys
from pathlib import Path

from barometre_lib.campagne.atelier import atelier
from barometre_lib.campagne.executeur import Delais, executer_taches
from barometre_lib.campagne.plan import Tache


def main() -> None:
    """Execute, export, write the pages."""
    racine, sorties, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    tasks = [Tache("leger", "2024-S2", f"r{place}") for place in range(number)]  # type: ignore[arg-type]
    with atelier(racine / "data" / "releves", []) as workshop:
        results = executer_taches(tasks, workshop, Delais(), signaler=lambda _: None)
    for result in results:
        (sorties / f"{result.tache.nom}.html").write_text(result.contenu, encoding="utf-8")
        (sorties / f"{result.tache.nom}.ipynb").write_text(result.carnet, encoding="utf-8")


if __name__ == "__main__":
    main()
