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
        reason = " ".join(str(error).split())
        raise ErreurBarometre(f"{path} : ce n'est pas du YAML en UTF-8 ({reason}).") from None
    if not isinstance(content, dict):
        raise ErreurBarometre(f"{path} : attendu des entrées « clé: valeur ».")
    return content
