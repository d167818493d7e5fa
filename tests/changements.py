"""Run in a copy of the project to which the changes of CONTRIBUTING.md were applied: what each is there for."""

import ast
import json
import re
from pathlib import Path
from typing import Any

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_catalogue
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.qualite.suites import lire_suites
from barometre_lib.regles.decision import regles_en_vigueur
from barometre_lib.vocabulaire import Releve


def dire_seuil(releve: str) -> str:
    """Return what the rule on size says at a relève."""
    parameters = lire_parametres_regles(Releve.lire(releve))
    (said,) = (one.dire(parameters) for one in regles_en_vigueur(parameters) if one.motif == "sous_seuil")
    return said


def montrer(carnet: str) -> str:
    """Return what the cells of a notebook show at 2025-S2, one after the other."""
    space: dict[str, Any] = {}
    shown = []
    for cell in json.loads(Path("notebooks", carnet).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]).replace("2024-S2", "2025-S2"))
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, carnet, "exec"), space)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), carnet, "eval"), space)
                shown.append(value._repr_html_() if value is not None else "")
    return "\n".join(shown)


if __name__ == "__main__":
    names = Nomenclatures.du_projet()
    checks = {check.nom for suite in lire_suites(names) for check in suite.controles}
    titles = {one.nom: one.titre for one in lire_catalogue(names).series}
    told = {
        "parameter and rule": [dire_seuil("2026-S2"), dire_seuil("2027-S1")],
        "expectation": "surface_invraisemblable" in checks,
        "page": [titles["filiere"], montrer("filiere.ipynb").count("<table>")],
    }
    region = montrer("regional.ipynb")
    told["sentence"] = "Hors extensions et réductions, le solde est" in re.sub("[\u00a0\u202f]", " ", region)
    told["figure"] = "Le solde strict, année par année" in region
    print(json.dumps(told, ensure_ascii=False))
