"""Press contacts: the ministry's, and that of each région's préfecture where it was given (`params/regions`).

Functional addresses only: no entry of these files can hold the name of a person.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict

from barometre_lib.chemins import racine
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.fichiers import attendu, ouvrir_yaml, rassembler, refuser_inconnus

COURRIEL = r"^[a-z0-9][a-z0-9._-]*@([a-z0-9-]+\.)+gouv\.fr$"
TELEPHONE = "^0[1-9]( [0-9]{2}){4}$"


@dataclass(frozen=True)
class Contact:
    """A service that answers the press."""

    __pydantic_config__ = ConfigDict(extra="forbid", title="un contact de fonction et jamais une personne")
    service: Annotated[str, attendu("le nom d'un service", pattern=r"^\S.{2,119}$")]
    courriel: Annotated[str, attendu("l'adresse d'un service de l'État, en .gouv.fr", pattern=COURRIEL)]
    # Empty when none was given.
    telephone: Annotated[str, attendu("un numéro à dix chiffres, « 01 44 97 04 49 », ou rien", pattern=TELEPHONE)] = ""


def lire_contacts(region: str = "", *, dossier: Path | None = None) -> tuple[Contact, ...]:
    """Read the press contacts of a region, or of France when `region` is empty; the ministry's comes last."""
    folder = (dossier or racine() / "params") / "regions"
    own = folder / f"{region}.yaml"
    refuser_inconnus(folder, [f"{name}.yaml" for name in (*Nomenclatures.du_projet().regions, "ministere")])
    paths = [*([own] if region and own.exists() else []), folder / "ministere.yaml"]
    return tuple(rassembler(lambda path: ouvrir_yaml(path).lire(Contact), paths))
