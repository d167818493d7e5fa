"""What pydantic expected, in French: its faults brought to the places of a file and to the words of `attendus.yaml`."""

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

from barometre_lib.typographie import enumerer

# Where an entry stands (its keys, its ranks in lists), and what is wrong there.
Lieu = tuple[Any, ...]
Ecart = tuple[Lieu, str]
INCONNUE = "entrée inconnue"


@cache
def mots_de_pydantic() -> dict[str, str]:
    """Return what each error type of pydantic expected, in French, with the names of its context in braces."""
    words: dict[str, str] = yaml.safe_load(Path(__file__).with_name("attendus.yaml").read_text(encoding="utf-8"))
    return words


def traduire(modele: Any, faute: Mapping[str, Any]) -> Ecart:
    """Bring a fault that pydantic found to its place and to French."""
    kind, context = faute["type"], faute.get("ctx", {})
    place = tuple(_key(part) for part in faute["loc"] if part != "[key]")
    holder, _ = _suivre(modele, place[:-1])
    if kind in ("unexpected_keyword_argument", "invalid_key"):
        hint = getattr(holder, "__pydantic_config__", {}).get("title", "")
        return place, f"{INCONNUE} ; attendu {', '.join(_entrees(holder))}{hint and f' ({hint})'}"
    is_key = faute["loc"][-1:] == ("[key]",)
    stands_there, description = peler(get_args(holder)[0]) if is_key else _suivre(modele, place)
    if kind == "value_error":
        description = str(context["error"])
    elif get_origin(stands_there) is Literal:
        description = description or enumerer([one for one in get_args(stands_there) if one], "ou")
    elif is_dataclass(stands_there):
        description = f"les entrées {', '.join(_entrees(stands_there))}"
    words = f"attendu {description or dire_attendu(kind, context)}"
    return place, f"{INCONNUE} ; {words}" if is_key else words


def _entrees(modele: Any) -> list[str]:
    """Return the entries that a file may have; a field that no schema shows is not one of them."""
    hints = get_type_hints(modele, include_extras=True)
    shown = {name: [type(one) for one in get_args(hint)] for name, hint in hints.items() if name[0] != "_"}
    return [name for name, kinds in shown.items() if SkipJsonSchema not in kinds]


def dire_attendu(genre: str, contexte: Mapping[str, Any]) -> str:
    """Say in French what an error of pydantic expected; its context is in English where it lists values."""
    words = {name: str(value).replace("' or '", "' ou '").replace("'", "") for name, value in contexte.items()}
    return mots_de_pydantic()[genre].format(**words)


def _key(part: Any) -> Any:
    """Return the key of a mapping from what pydantic says of it: it writes a date as Python does."""
    if isinstance(part, str) and part.startswith("datetime.date("):
        return date(*map(int, re.findall(r"\d+", part)))
    return part


def _suivre(modele: Any, lieu: Lieu) -> tuple[Any, str]:
    """Follow a place through a model, to the type that stands there and the nearest description."""
    kind, described = peler(modele)
    for part in lieu:
        if is_dataclass(kind):
            kind, described = peler(get_type_hints(kind, include_extras=True).get(part))
        else:
            kind, closer = peler(_inner(kind))
            described = closer or described
    return kind, described


def sans_vides(value: Any, modele: Any) -> Any:
    """Take off the entries of a model that have no value: they are as if absent. Those of a mapping stay."""
    kind, _ = peler(modele)
    if is_dataclass(kind) and isinstance(value, dict):
        hints = get_type_hints(kind, include_extras=True)
        kept = {key: one for key, one in value.items() if one is not None or key not in hints}
        return {key: sans_vides(one, hints.get(key)) for key, one in kept.items()}
    inner = _inner(kind)
    if isinstance(value, dict):
        return {key: sans_vides(one, inner) for key, one in value.items()} if inner else value
    return [sans_vides(one, inner) for one in value] if inner and isinstance(value, list) else value


def _inner(kind: Any) -> Any:
    """Return the type of what a list or a mapping holds, None for anything else."""
    arguments = [one for one in get_args(kind) if one is not Ellipsis]
    return arguments[-1] if arguments and get_origin(kind) is not Literal else None


def peler(annotation: Any) -> tuple[Any, str]:
    """Take `Annotated` and `| None` off a type; return what it is and its description."""
    described = ""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation, *rest = get_args(annotation)
        said = [one.description for one in rest if isinstance(one, FieldInfo) and one.description]
        described = described or (said[-1] if said else "")
    return annotation, described
