"""Writes the JSON Schemas of the project's YAML files and manifests from the models that read them, for editors."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from barometre_lib.campagne.manifeste import Manifeste, ManifestePublic
from barometre_lib.campagne.rectification import Journal
from barometre_lib.parametres.carnets import Serie
from barometre_lib.parametres.cartes import EchelleCartes
from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.fondements import Fondements
from barometre_lib.parametres.region import Contact
from barometre_lib.parametres.regles import FichierParametre
from barometre_lib.parametres.variantes import Variante
from barometre_lib.qualite.suites import FichierSuite
from barometre_lib.registre.corrections import FichierCorrections

DOSSIER = Path(__file__).parent
MODELES: dict[str, Any] = {
    "carnets": dict[str, Serie],
    "cartes": EchelleCartes,
    "contact": Contact,
    "corrections": FichierCorrections,
    "diffusions": Journal,
    "edition": Edition,
    "fondements": Fondements,
    "manifeste": Manifeste,
    "manifeste-public": ManifestePublic,
    "parametre": FichierParametre,
    "suite": FichierSuite,
    "variantes": dict[str, Variante],
}


def engendrer() -> dict[str, str]:
    """Return the text of each schema by the name of its file."""
    made = {}
    for name, model in MODELES.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(model).json_schema()}
        made[f"{name}.json"] = json.dumps(_in_french(schema), ensure_ascii=False, indent=2) + "\n"
    return made


def _in_french(node: Any) -> Any:
    """Take off the titles, which repeat names, and the docstrings of the models; let what may be absent be empty."""
    if isinstance(node, list):
        return [_in_french(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _in_french(one) for key, one in node.items() if not (key == "title" and isinstance(one, str))}
    if isinstance(kept.get("properties"), dict):
        kept.pop("description", None)
        for name, entry in kept["properties"].items():
            if name not in kept.get("required", []) and "type" in entry:
                entry["type"] = [entry["type"], "null"]
                if "enum" in entry:
                    entry["enum"].append(None)
    return kept


if __name__ == "__main__":
    for name, text in engendrer().items():
        (DOSSIER / name).write_text(text, encoding="utf-8")
