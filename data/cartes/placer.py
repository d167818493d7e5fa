"""Make `data/reference/cartes.json`, what the maps are drawn from, byte for byte.

Run as `python data/cartes/placer.py [--sortie FILE]`. One line a drawing: France by regions, by départements, then each
region of several départements. In each: the size of both drawings, then blocks: the shapes in order (code, path), where
the circle of each stands, in units of the block; where the block stands in each drawing, in pixels, with its scale;
its frames, when what is drawn is an enlargement.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from contours import DOSSIER, lire_contours
from fond import Fond, fond_de_region, fond_des_departements, fond_des_regions

from barometre_lib.ecriture import mettre_en_place

SORTIE = DOSSIER.parent / "reference" / "cartes.json"


def fonds() -> dict[str, Fond]:
    """Return the ground of every drawing, by name."""
    departments = lire_contours("departements")
    grounds = {
        "regions": fond_des_regions(lire_contours("regions")),
        "departements": fond_des_departements(departments),
    }
    for region in sorted({outline.region for outline in departments}):
        own = [outline for outline in departments if outline.region == region]
        if len(own) > 1:
            grounds[f"departements-{region}"] = fond_de_region(own)
    return grounds


def composer() -> str:
    """Return the text of the file."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(ground.decrire(), ensure_ascii=False, separators=(',', ':'))}"
        for name, ground in fonds().items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Écrit data/reference/cartes.json.")
    arguments.add_argument("--sortie", type=Path, default=SORTIE)
    with mettre_en_place(arguments.parse_args().sortie) as beside:
        beside.write_text(composer(), encoding="utf-8", newline="\n")
