"""Reading of YAML files by pydantic models: every fault at once, each with its file, line and key, said in French."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from barometre_lib.chemins import afficher, lire_octets
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.parametres.attendus import INCONNUE, Ecart, Lieu, sans_vides, traduire

A = TypeVar("A")
M = TypeVar("M")
# The models are plain dataclasses; what a file holds is judged by pydantic, and closed: an entry misspelt would be as
# if absent. The `description` of an entry is read twice: after « attendu » in a refusal, and by editors. A default that
# stands in `Field` is that of the file alone.
FERME = ConfigDict(extra="forbid")


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


SANS_ETIQUETTE = "retirez l'étiquette, ou mettez entre guillemets un texte qui commence par « ! »"


class _Faute(yaml.MarkedYAMLError):
    """What is YAML elsewhere and a fault here, its `problem` in French."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # ten times as fast where libyaml is
    """A loader that notes what YAML lets pass: a repeated entry, of which the last one would win unseen."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repetees: list[tuple[int, str]] = []  # line, entry

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: list[Any] = []
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in keys:
                self.repetees.append((key_node.start_mark.line + 1, str(key)))
            keys.append(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError):
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            problem = f"la valeur {montrer(node.value)} n'est pas de la sorte que dit {montrer(tag)} ; {SANS_ETIQUETTE}"
            if tag == "!!timestamp":
                problem = f"la date {montrer(node.value)} n'existe pas au calendrier ; attendu AAAA-MM-JJ"
            raise _Faute(problem=problem, problem_mark=node.start_mark) from None

    def refuser_etiquette(self, node: yaml.Node) -> Any:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        problem = f"étiquette {montrer(tag)} inconnue ; {SANS_ETIQUETTE}"
        raise _Faute(problem=problem, problem_mark=node.start_mark)


_Loader.add_constructor(None, _Loader.refuser_etiquette)


@dataclass(frozen=True)
class Fichier:
    """The entries of a YAML or JSON file."""

    chemin: Path
    donnees: dict[Any, Any]
    noeud: yaml.Node | None = None  # the same as PyYAML composed them: it knows their lines; JSON has none
    repetees: tuple[tuple[int, str], ...] = ()  # line and name of each entry already given

    def lire(self, modele: type[M], contexte: Any = None) -> M:
        """Return what a model makes of the entries; refuse every departure from it."""
        read, departures = self.examiner(modele, contexte)
        self.refuser(departures)
        return cast(M, read)

    def examiner(self, modele: Any, contexte: Any = None) -> tuple[Any, list[Ecart]]:
        """Return what a model makes of the entries, None when they depart from it, and the departures."""
        try:
            return _adapter(modele).validate_python(sans_vides(self.donnees, modele), context=contexte), []
        except ValidationError as error:
            return None, [traduire(modele, fault) for fault in error.errors(include_url=False)]

    def refuser(self, ecarts: Iterable[Ecart]) -> None:
        """Refuse the file if it has departures; all are said, in the order of the lines."""
        shown = afficher(self.chemin)
        said = sorted(
            {self._dire(place, what) for place, what in ecarts}
            | {
                (line, f"{shown}, ligne {line} : {montrer(name)} répété ; gardez une seule de ces entrées.")
                for line, name in self.repetees
            }
        )
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
        The file is missing, is not YAML in UTF-8, holds an impossible date or something else than entries.
    """
    shown = afficher(path)
    try:
        loader = _Loader(lire_octets(path).decode("utf-8"))
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
    return Fichier(path, content, node, tuple(loader.repetees))


def lire_yaml(path: Path) -> dict[str, Any]:
    """Return the entries of a YAML file, none of them repeated; see `ouvrir_yaml`."""
    file = ouvrir_yaml(path)
    file.refuser(())
    return file.donnees


def refuser_inconnus(dossier: Path, connus: Collection[str]) -> None:
    """Refuse the files of a folder, those of the system apart, that nothing would read.

    Raises
    ------
    ErreurBarometre
        Each of them.
    """
    unknown = sorted(path for path in dossier.glob("[!.]*") if path.name not in connus)
    if unknown:
        expected = f"attendu {', '.join(connus)} ; renommez ou retirez ce fichier"
        raise ErreurBarometre("\n".join(f"{afficher(path)} : fichier inconnu ; {expected}." for path in unknown))


def rassembler(lire: Callable[[A], M], sujets: Iterable[A]) -> list[M]:
    """Return what a reading gives of each of several things; the refusals of all are said together, each once."""
    read, refusals = [], []
    for one in sujets:
        try:
            read.append(lire(one))
        except ErreurBarometre as error:
            refusals.append(str(error))
    if refusals:
        raise ErreurBarometre("\n".join(dict.fromkeys(line for one in refusals for line in one.splitlines())))
    return read


@cache
def _adapter(modele: Any) -> TypeAdapter[Any]:
    return TypeAdapter(modele)
