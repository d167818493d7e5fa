"""Reading of YAML files by pydantic models: every fault at once, each with its file, line and key, said in French."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer

A = TypeVar("A")
M = TypeVar("M")
# Where an entry stands (its keys, its ranks in lists), and what is wrong there.
Lieu = tuple[Any, ...]
Ecart = tuple[Lieu, str]

# The models are plain dataclasses; what a file holds is judged by pydantic, and closed: an entry misspelt would be as
# if absent. The `description` of an entry is read twice: after « attendu » in a refusal, and by editors. A default that
# stands in `Field` is that of the file alone.
FERME = ConfigDict(extra="forbid")
INCONNUE = "entrée inconnue"


def attendu(quoi: str, **contraintes: Any) -> Any:
    """Return the marker of an entry of a model: what it must be, in French, and the constraints of pydantic."""
    return Field(strict=True, description=quoi, **contraintes)


def _oui_ou_non(valeur: object) -> object:
    return {"oui": True, "non": False}.get(valeur) if isinstance(valeur, str) else None


Texte = Annotated[str, attendu("un texte, entre guillemets au besoin", pattern=r"\S"), AfterValidator(str.strip)]
Jour = Annotated[date, attendu("une date AAAA-MM-JJ, sans guillemets")]
# An unquoted `oui` is a text for YAML 1.2 and for PyYAML alike; only yes, no, on and off are booleans there.
OUI_OU_NON = BeforeValidator(_oui_ou_non, json_schema_input_type=Literal["oui", "non"])
Oui = Annotated[bool, OUI_OU_NON, attendu("oui ou non")]


class _Faute(yaml.MarkedYAMLError):
    """What is YAML elsewhere and a fault here, its `problem` in French."""


class _Loader(yaml.SafeLoader):
    """A loader that refuses what YAML lets pass: a repeated entry, of which the last one would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: list[Any] = []
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in keys:
                problem = f"{montrer(str(key))} répété ; gardez une seule de ces entrées"
                raise _Faute(problem=problem, problem_mark=key_node.start_mark)
            keys.append(key)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            problem = f"la date {montrer(node.value)} n'existe pas au calendrier ; attendu AAAA-MM-JJ"
            raise _Faute(problem=problem, problem_mark=node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


@dataclass(frozen=True)
class Fichier:
    """The entries of a YAML file."""

    chemin: Path
    donnees: dict[Any, Any]
    noeud: yaml.Node  # the same as PyYAML composed them: it knows their lines

    def lire(self, modele: type[M], contexte: Any = None) -> M:
        """Return what a model makes of the entries; refuse every departure from it."""
        read, departures = self.examiner(modele, contexte)
        self.refuser(departures)
        return cast(M, read)

    def examiner(self, modele: Any, contexte: Any = None) -> tuple[Any, list[Ecart]]:
        """Return what a model makes of the entries, None when they depart from it, and the departures."""
        try:
            return _adapter(modele).validate_python(_without_empty(self.donnees, modele), context=contexte), []
        except ValidationError as error:
            return None, [_traduire(modele, fault) for fault in error.errors(include_url=False)]

    def refuser(self, ecarts: Iterable[Ecart]) -> None:
        """Refuse the file if it has departures; all are said, in the order of the lines.

        Raises
        ------
        ErreurBarometre
            It has.
        """
        said = sorted({self._dire(place, what) for place, what in ecarts})
        if said:
            raise ErreurBarometre("\n".join(sentence for _, sentence in said))

    def _dire(self, lieu: Lieu, quoi: str) -> tuple[int, str]:
        """Return the line of an entry (that of what should hold it when it is absent) and the sentence about it."""
        found: Any = self.donnees
        node: yaml.Node | None = self.noeud
        line, names = 0, list[str]()
        for part in lieu:
            step = None
            if isinstance(found, list):
                names[-1] += f" n° {part + 1}"
                found = found[part]
                step = (node.value[part], node.value[part]) if node else None
            else:
                names.append(montrer(str(part)))
                found = found.get(part) if isinstance(found, dict) else None
                pairs = node.value if isinstance(node, yaml.MappingNode) else []
                step = next(((key, value) for key, value in pairs if key.value == str(part)), None)
            line = step[0].start_mark.line + 1 if step else line
            node = step[1] if step else None
        where = ", ".join([afficher(self.chemin), *([f"ligne {line}"] if line else []), *names])
        unshown = isinstance(found, dict | list) or quoi.startswith(INCONNUE)
        shown = "" if unshown else f"trouvé {montrer_valeur(found)} ; "
        return line, f"{where} : {shown}{quoi}."


def montrer_valeur(valeur: Any) -> str:
    """Return a value read from a file fit for a sentence."""
    return montrer("" if valeur is None else str(valeur), vide="rien")


def ouvrir_yaml(path: Path) -> Fichier:
    """Return the entries of a YAML file and where they stand.

    Raises
    ------
    ErreurBarometre
        The file is missing, is not YAML in UTF-8, repeats an entry, holds an impossible date or something else
        than entries.
    """
    shown = afficher(path)
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        content = loader.construct_document(node) if node else None
    except FileNotFoundError:
        raise ErreurBarometre(f"{shown} : fichier introuvable ; créez-le ou restaurez-le.") from None
    except OSError as error:
        raise ErreurBarometre(f"{shown} : {dire_erreur_systeme(error)}.") from None
    except UnicodeDecodeError:
        raise ErreurBarometre(f"{shown} : caractère illisible ; enregistrez le fichier en UTF-8.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        what = error.problem if isinstance(error, _Faute) else "ce n'est pas du YAML ; corrigez ou restaurez le fichier"
        raise ErreurBarometre(f"{shown}{line} : {what}.") from None
    if not node or not isinstance(content, dict):
        raise ErreurBarometre(f"{shown} : attendu des entrées « clé: valeur ».")
    return Fichier(path, content, node)


def lire_yaml(path: Path) -> dict[str, Any]:
    """Return the entries of a YAML file; see `ouvrir_yaml`."""
    return ouvrir_yaml(path).donnees


def rassembler(lire: Callable[[A], M], sujets: Iterable[A]) -> list[M]:
    """Return what a reading gives of each of several things; the faults of all of them are said at once.

    Raises
    ------
    ErreurBarometre
        A reading was refused.
    """
    read, refusals = [], []
    for one in sujets:
        try:
            read.append(lire(one))
        except ErreurBarometre as error:
            refusals.append(str(error))
    if refusals:
        raise ErreurBarometre("\n".join(refusals))
    return read


@cache
def _adapter(modele: Any) -> TypeAdapter[Any]:
    return TypeAdapter(modele)


@cache
def mots_de_pydantic() -> dict[str, str]:
    """Return what each error type of pydantic expected, in French, with the names of its context in braces."""
    return lire_yaml(Path(__file__).with_name("attendus.yaml"))


def _traduire(modele: Any, faute: Mapping[str, Any]) -> Ecart:
    """Bring a fault that pydantic found to its place and to French."""
    kind, context = faute["type"], faute.get("ctx", {})
    place = tuple(_key(part) for part in faute["loc"] if part != "[key]")
    holder, _ = _suivre(modele, place[:-1])
    if kind in ("unexpected_keyword_argument", "invalid_key"):
        hint = getattr(holder, "__pydantic_config__", {}).get("title", "")
        return place, f"{INCONNUE} ; attendu {', '.join(_entrees(holder))}{hint and f' ({hint})'}"
    is_key = faute["loc"][-1:] == ("[key]",)
    stands_there, description = _peel(get_args(holder)[0]) if is_key else _suivre(modele, place)
    if kind == "value_error":
        description = str(context["error"])
    elif get_origin(stands_there) is Literal:
        description = description or alternatives([one for one in get_args(stands_there) if one])
    elif is_dataclass(stands_there):
        description = f"les entrées {', '.join(_entrees(stands_there))}"
    words = f"attendu {description or dire_attendu(kind, context)}"
    return place, f"{INCONNUE} ; {words}" if is_key else words


def _entrees(modele: Any) -> list[str]:
    """Return the entries that a file may have; a field that no schema shows is not one of them."""
    hints = get_type_hints(modele, include_extras=True)
    shown = {name: [type(one) for one in get_args(hint)] for name, hint in hints.items() if name[0] != "_"}
    return [name for name, kinds in shown.items() if SkipJsonSchema not in kinds]


def alternatives(noms: Iterable[str]) -> str:
    """Write what may be chosen: `a, b ou c`."""
    *first, last = noms
    return f"{', '.join(first)} ou {last}" if first else last


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
    kind, described = _peel(modele)
    for part in lieu:
        if is_dataclass(kind):
            kind, described = _peel(get_type_hints(kind, include_extras=True).get(part))
        else:
            kind, closer = _peel(_inner(kind))
            described = closer or described
    return kind, described


def _without_empty(value: Any, modele: Any) -> Any:
    """Take off the entries of a model that have no value: they are as if absent. Those of a mapping stay."""
    kind, _ = _peel(modele)
    if is_dataclass(kind) and isinstance(value, dict):
        hints = get_type_hints(kind, include_extras=True)
        kept = {key: one for key, one in value.items() if one is not None or key not in hints}
        return {key: _without_empty(one, hints.get(key)) for key, one in kept.items()}
    inner = _inner(kind)
    if isinstance(value, dict):
        return {key: _without_empty(one, inner) for key, one in value.items()} if inner else value
    return [_without_empty(one, inner) for one in value] if inner and isinstance(value, list) else value


def _inner(kind: Any) -> Any:
    """Return the type of what a list or a mapping holds, None for anything else."""
    arguments = [one for one in get_args(kind) if one is not Ellipsis]
    return arguments[-1] if arguments and get_origin(kind) is not Literal else None


def _peel(annotation: Any) -> tuple[Any, str]:
    """Take `Annotated` and `| None` off a type; return what it is and its description."""
    described = ""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation, *rest = get_args(annotation)
        said = [one.description for one in rest if isinstance(one, FieldInfo) and one.description]
        described = described or (said[-1] if said else "")
    return annotation, described
