"""What a public edition says of its tables to machines: `datapackage.json` (Data Package 1, Table Schema)."""

import json
from collections.abc import Iterable
from typing import Any

from barometre_lib.contexte import Contexte
from barometre_lib.publication.dictionnaire import Table, definir, intituler, lire_codes, mots
from barometre_lib.sommes import NON_ACTUALISE, SECRET
from barometre_lib.typographie import typographier
from barometre_lib.vocabulaire import DIMENSIONS

FICHIER = "datapackage.json"


def decrire(tables: Iterable[Table], contexte: Contexte) -> bytes:
    """Return the description of the CSV of a public edition, the notes being its first table.

    A column without a `type` in `tableaux.yaml` is internal: it raises KeyError.
    """
    notes, *others = tables
    said: dict[str, str] = dict(notes.donnees.to_numpy().tolist())
    name = f"barometre-industriel-{contexte.releve}".lower()
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": said["Indicateur"],
        "description": typographier("\n".join(f"{heading} : {text}" for heading, text in said.items())),
        "version": str(contexte.releve),
        "licenses": [mots()["jeu_de_donnees"]["licence"]],
        "sources": [{"title": said["Sources"]}],
        "resources": [_resource(one, contexte) for one in (notes, *others)],
    }
    return f"{json.dumps(package, ensure_ascii=False, indent=1)}\n".encode()


def _resource(table: Table, contexte: Contexte) -> dict[str, Any]:
    columns = list(map(str, table.donnees))
    schema: dict[str, Any] = {"fields": [_field(name, contexte) for name in columns]}
    key = [name for name in columns if name in DIMENSIONS]
    schema |= {"primaryKey": key} if key else {}
    # What is hidden, or not told again, is no number.
    hidden = any("publique" in mots()["colonnes"][name] for name in columns)
    schema |= {"missingValues": ["", SECRET, NON_ACTUALISE]} if hidden else {}
    return {
        "profile": "tabular-data-resource",
        "name": table.nom,
        "path": f"{table.nom}.csv",
        "title": table.intitule,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "lineTerminator": "\n"},
        "schema": schema,
    }


def _field(name: str, contexte: Contexte) -> dict[str, Any]:
    kind, codes = mots()["colonnes"][name]["type"], lire_codes(contexte, name)
    field = {"name": name, "title": intituler(name), "type": kind}
    if definition := definir(name, contexte):
        field["description"] = definition
    if kind == "boolean":
        return {**field, "trueValues": ["oui"], "falseValues": ["non"]}
    return {**field, "constraints": {"enum": list(codes)}} if codes else field
