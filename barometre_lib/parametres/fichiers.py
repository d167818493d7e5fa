"""Reading of YAML files, with errors said in French."""

from pathlib import Path
from typing import Any

import yaml

from barometre_lib.erreurs import ErreurBarometre


def lire_yaml(path: Path) -> dict[str, Any]:
    """Return the entries of a YAML file.

    Raises
    ------
    ErreurBarometre
        The file is missing, is not YAML in UTF-8, or holds something else than entries.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ErreurBarometre(f"{path} : fichier de paramètres introuvable ; créez-le ou restaurez-le.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", ligne {mark.line + 1}" if mark else ""
        raise ErreurBarometre(
            f"{path}{where} : ce n'est pas du YAML en UTF-8 ; corrigez ou restaurez le fichier."
        ) from None
    if not isinstance(content, dict):
        raise ErreurBarometre(f"{path} : attendu des entrées « clé: valeur ».")
    return content
