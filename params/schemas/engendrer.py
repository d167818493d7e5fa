"""Writes the JSON Schemas of the project's YAML files and manifests from the models that read them, for editors.

And `registre.json`, the contract of the register as a Table Schema, from the columns and what is asked of them.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from barometre_lib.campagne.manifeste import Manifeste, ManifestePublic
from barometre_lib.campagne.rectification import Journal
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import Serie
from barometre_lib.parametres.cartes import EchelleCartes
from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.parametres.fondements import Fondements
from barometre_lib.parametres.region import Contact
from barometre_lib.parametres.regles import FichierParametre
from barometre_lib.parametres.variantes import Variante
from barometre_lib.publication.dictionnaire import mots
from barometre_lib.qualite.suites import FichierSuite
from barometre_lib.registre.conformite import exigences
from barometre_lib.registre.corrections import FichierCorrections
from barometre_lib.vocabulaire import COLONNES, Colonne

DOSSIER = Path(__file__).parent
RACINE = DOSSIER.parents[1]
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
# What the workbook says of each column, and what is asked of the file that a constraint of its field does not say.
EXPLICATIONS = lire_yaml(RACINE / "barometre_lib" / "collecte" / "notice.yaml")["colonnes"]
DITES = (".format", ".forme", ".valide", "code_commune.liste", "code_naf.liste")
# The types of Table Schema, and the form of codes whose lists are too long for it.
GENRES = {"texte": "string", "entier": "integer", "nombre": "number", "date": "date", "booleen": "boolean"}
FORMES = {
    "id_mouvement": r"[A-Za-z0-9_.-]+",
    "siret": r"[0-9]{14}",
    "code_commune": r"[0-9][0-9AB][0-9]{3}",
    "code_naf": r"[0-9]{2}\.[0-9]{2}[A-Z]",
}


def engendrer() -> dict[str, str]:
    """Return the text of each schema by the name of its file."""
    made = {}
    for name, model in MODELES.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(model).json_schema()}
        made[f"{name}.json"] = _write(_in_french(schema))
    return {**made, "registre.json": _write(_registre())}


def _write(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _registre() -> dict[str, Any]:
    """Return the contract of the register as schema.data.gouv.fr has them; `path` and `homepage` await an address."""
    nomenclatures = Nomenclatures.du_projet()
    asked: dict[str, list[str]] = {}
    for one in exigences(nomenclatures):
        if one.nom.endswith(DITES):
            asked.setdefault(one.colonne, []).append(one.attendu)
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "registre-barometre-industriel",
        "title": "Registre du Baromètre industriel de l'État",
        "description": "Mouvements de sites industriels d'une région, tels qu'une relève les connaît : un fichier par "
        "région, en UTF-8, séparateur « ; ». Les clés (SIRET, commune de la région du fichier) sont vérifiées par "
        "« barometre controler », qui a le dernier mot.",
        "countryCode": "FR",
        "licenses": [mots()["jeu_de_donnees"]["licence"]],
        "created": "2026-11-27",
        "version": "1.0.0",
        "fields": [_champ(one, asked.get(one.nom, []), nomenclatures) for one in COLONNES],
        "missingValues": [""],
        "primaryKey": ["id_mouvement"],
    }


def _champ(colonne: Colonne, demandes: list[str], nomenclatures: Nomenclatures) -> dict[str, Any]:
    choices = nomenclatures.sous_secteurs if colonne.nom == "sous_secteur" else colonne.valeurs
    limits: dict[str, Any] = {"required": True} if colonne.obligatoire else {}
    limits |= {"maxLength": colonne.longueur_max} if colonne.longueur_max else {}
    limits |= {"pattern": FORMES[colonne.nom]} if colonne.nom in FORMES else {}
    limits |= {"minimum": 0} if colonne.genre == "entier" else {}
    limits |= {"enum": list(choices)} if choices and colonne.genre != "booleen" else {}
    field: dict[str, Any] = {"name": colonne.nom, "title": colonne.libelle, "type": GENRES[colonne.genre]}
    words = [*demandes, *(["une colonne qui peut manquer"] if colonne.facultative else [])]
    said = EXPLICATIONS[colonne.nom]["explication"].format(de_nom="de Lyon")
    field["description"] = f"{said} Dans le fichier : {', '.join(words)}." if words else said
    field |= {"trueValues": ["oui"], "falseValues": ["non"]} if colonne.genre == "booleen" else {}
    return {**field, "constraints": limits} if limits else field


def _in_french(node: Any) -> Any:
    """Take off the titles, which repeat names, and the docstrings of the models; let what may be absent be empty."""
    if isinstance(node, list):
        return [_in_french(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _in_french(one) for key, one in node.items() if not (key == "title" and isinstance(one, str))}
    for definition in kept.get("$defs", {}).values():
        definition.pop("description", None)
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
