"""Reading of YAML files, with errors said in French."""

from pathlib import Path
from typing import Any

import yaml

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme


class _Loader(yaml.SafeLoader):
    """A loader that refuses what YAML lets pass: a repeated entry, of which the last one would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"«\u00a0{key}\u00a0» répété", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def lire_yaml(path: Path) -> dict[str, Any]:
    """Return the entries of a YAML file.

    Raises
    ------
    ErreurBarometre
        The file is missing, is not YAML in UTF-8, repeats an entry, holds an impossible date or something else
        than entries.
    """
    shown = afficher(path)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a SafeLoader
    except FileNotFoundError:
        raise ErreurBarometre(f"{shown}\u00a0: fichier introuvable\u202f; créez-le ou restaurez-le.") from None
    except OSError as error:
        raise ErreurBarometre(f"{shown}\u00a0: {dire_erreur_systeme(error)}.") from None
    except UnicodeDecodeError:
        raise ErreurBarometre(f"{shown}\u00a0: caractère illisible\u202f; enregistrez le fichier en UTF-8.") from None
    except yaml.constructor.ConstructorError as error:
        line = f", ligne {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ErreurBarometre(f"{shown}{line}\u00a0: {error.problem}\u202f; gardez une seule de ces entrées.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        raise ErreurBarometre(
            f"{shown}{line}\u00a0: ce n'est pas du YAML\u202f; corrigez ou restaurez le fichier."
        ) from None
    except ValueError:
        # PyYAML makes dates as it reads, and says no line.
        raise ErreurBarometre(
            f"{shown}\u00a0: une date n'existe pas au calendrier\u202f; attendu AAAA-MM-JJ."
        ) from None
    if not isinstance(content, dict):
        raise ErreurBarometre(f"{shown}\u00a0: attendu des entrées «\u00a0clé: valeur\u00a0».")
    return content
