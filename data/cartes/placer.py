"""Make `data/reference/cartes.json`, what the maps are drawn from, byte for byte.

Run as `python data/cartes/placer.py [--sortie FILE] [--sauf NAME]`. One line a drawing: France by regions, by
départements, then each region of several départements. In each: the height without the legend, the shapes in order
(code, path), the frames, the names (place, text, anchor), the value of what is drawn apart (code to place), and the
labels (code to places: greatest width of text, place, whether it stands inside). Units are those of the drawing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from etiquettes import etiqueter
from fond import DOSSIER, Fond, fond_de_france, fond_de_region, lire_contours

from barometre_lib.ecriture import mettre_en_place
from barometre_lib.restitution.cartes_dessin import LIGNE, largeur_de

SORTIE = DOSSIER.parent / "reference" / "cartes.json"
LOUPE = "Paris et petite couronne"


def fonds() -> dict[str, Fond]:
    """Return the ground of every drawing, by name."""
    departments = lire_contours("departements")
    grounds = {
        "regions": fond_de_france(lire_contours("regions")),
        "departements": fond_de_france(departments),
    }
    for region in sorted({outline.region for outline in departments}):
        own = [outline for outline in departments if outline.region == region]
        if len(own) > 1:
            grounds[f"departements-{region}"] = fond_de_region(own)
    return grounds


def decrire(fond: Fond) -> dict[str, Any]:
    """Return what the library draws."""
    names = [[inset.x, inset.y, inset.nom, ""] for inset in fond.encarts]
    if fond.loupe:
        left, top = fond.loupe[:2]
        names.append([left, top - LIGNE // 2, LOUPE, "start"])
    return {
        "hauteur": fond.hauteur,
        "formes": [[shape.code, shape.trace] for shape in fond.toutes],
        "cadres": [frame for frame in (fond.loupe, fond.visee) if frame],
        "noms": names,
        "encarts": {inset.forme.code: [inset.x, inset.y + LIGNE] for inset in fond.encarts},
        "etiquettes": {
            code: [[largeur_de(one.texte), one.x, one.y, one.dedans] for one in labels]
            for code, labels in etiqueter(fond.formes).items()
        },
    }


def composer(sauf: str = "") -> str:
    """Return the text of the file, a drawing left out where a test has no time for it."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(decrire(ground), ensure_ascii=False, separators=(',', ':'))}"
        for name, ground in fonds().items()
        if name != sauf
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Écrit data/reference/cartes.json.")
    arguments.add_argument("--sortie", type=Path, default=SORTIE)
    arguments.add_argument("--sauf", default="")
    chosen = arguments.parse_args()
    with mettre_en_place(chosen.sortie) as beside:
        beside.write_text(composer(chosen.sauf), encoding="utf-8", newline="\n")
