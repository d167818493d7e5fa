"""Press contacts: the ministry's, and that of each région's préfecture where it was given (`params/regions`).

Functional addresses only: no entry of these files can hold the name of a person.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.fichiers import lire_yaml

MINISTERE = "ministere"
# What each entry of a contact must be, in French, and the form that it must have.
FORMES = {
    "service": ("le nom d'un service", r"\S.{2,119}"),
    "courriel": (
        "l'adresse d'un service de l'État, en .gouv.fr",
        r"[a-z0-9][a-z0-9._-]*@([a-z0-9-]+\.)+gouv\.fr",
    ),
    "telephone": ("un numéro à dix chiffres, «\u00a001 44 97 04 49\u00a0», ou rien", r"0[1-9]( \d\d){4}"),
}


@dataclass(frozen=True)
class Contact:
    """A service that answers the press.

    Attributes
    ----------
    service : str
        Its name, in French.
    courriel : str
        Its functional address.
    telephone : str
        Its number, `01 44 97 04 49`; empty when none was given.
    """

    service: str
    courriel: str
    telephone: str


def chemins_contacts(region: str = "", dossier: Path | None = None) -> list[Path]:
    """Return the files of the contacts of a page: that of the region when there is one, then the ministry's."""
    folder = (dossier or racine() / "params") / "regions"
    own = folder / f"{region}.yaml"
    return [*([own] if region and own.exists() else []), folder / f"{MINISTERE}.yaml"]


def lire_contacts(region: str = "", *, dossier: Path | None = None) -> tuple[Contact, ...]:
    """Read the press contacts of a region, or of France when `region` is empty; the ministry's comes last.

    Parameters
    ----------
    region : str
        Code of the region.
    dossier : Path, optional
        Folder that holds `regions/`; the project's `params` by default.

    Raises
    ------
    ErreurBarometre
        A file is missing, holds something else than a service, its address and its number, or one of them is
        not as expected.
    """
    return tuple(_read_contact(path) for path in chemins_contacts(region, dossier))


def _read_contact(path: Path) -> Contact:
    content = lire_yaml(path)
    unknown = sorted(map(str, set(content) - set(FORMES)))
    if unknown:
        raise ErreurBarometre(
            f"{afficher(path)}\u00a0: entrée inconnue «\u00a0{unknown[0]}\u00a0»\u202f; attendu {', '.join(FORMES)}, "
            "un contact de fonction et jamais une personne."
        )
    return Contact(*(_read_entry(path, name, content.get(name)) for name in FORMES))


def _read_entry(path: Path, name: str, value: Any) -> str:
    expected, form = FORMES[name]
    if value is None and name == "telephone":
        return ""
    if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
        found = montrer("" if value is None else str(value), vide="rien")
        raise ErreurBarometre(
            f"{afficher(path)}, «\u00a0{name}\u00a0»\u00a0: trouvé {found}\u202f; attendu {expected}."
        )
    return value
