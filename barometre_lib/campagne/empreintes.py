"""Checksums (SHA-256) of all that a page depends on."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.taches import Tache
from barometre_lib.chemins import lire_octets
from barometre_lib.parametres.carnets import Page
from barometre_lib.registre.lecture import releve_precedente, releves_anterieures
from barometre_lib.vocabulaire import Releve

# Libraries that show in the results.
PAQUETS = ["duckdb", "great-expectations", "jinja2", "matplotlib", "narwhals", "nbconvert", "openpyxl"]
PAQUETS += ["pandas", "papermill", "rapidfuzz", "seaborn"]
VERROU = "requirements.lock"
LONGUEUR_COURTE = 8
# What the package is made of; whatever an editor leaves beside is not.
SUFFIXES_CODE = (".py", ".j2", ".css", ".json", ".mo", ".yaml")

Fichiers = dict[str, str]

# What each kind of input is to whoever reads about it.
NATURES = {
    "donnees": "registre",
    "precedente": "relève précédente",
    "anterieures": "relève antérieure",
    "parametres": "paramètre",
    "suites": "contrôle",
    "contacts": "contact presse",
    "reference": "table de référence",
    "carnets": "carnet",
    "code": "code du paquet",
    "versions": "version",
    "rectificatif": "motif de rectification",
}


def empreinte_fichier(chemin: Path) -> str:
    """Return the checksum of a file's bytes."""
    return hashlib.sha256(lire_octets(chemin)).hexdigest()


def empreinte_carnet(chemin: Path) -> str:
    """Return the checksum of what a notebook executes; whatever running it in JupyterLab leaves in the file is not.

    A file that is no notebook has the checksum of its bytes: its execution will say what is wrong.
    """
    try:
        cells = json.loads(lire_octets(chemin))["cells"]
        kept = [
            [
                *(cell.get("id"), cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])),
                cell.get("attachments", {}),
            ]
            for cell in cells
        ]
    except (ValueError, LookupError, TypeError, AttributeError):
        return empreinte_fichier(chemin)
    return empreinte_valeurs(kept)


def empreinte_valeurs(valeurs: Any) -> str:
    """Return the checksum of values that JSON can write, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(valeurs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def empreintes_fichiers(fichiers: Iterable[Path], base: Path) -> Fichiers:
    """Return the checksum of each file by its path relative to `base`, in the order of paths."""
    return {path.relative_to(base).as_posix(): empreinte_fichier(path) for path in sorted(fichiers)}


@dataclass(frozen=True)
class Entrees:
    """Checksums of every file that a publication is made from, by path; nothing is read but bytes."""

    donnees: Fichiers  # the relève's files
    precedente: Fichiers  # those that the suites compare with
    anterieures: Fichiers  # those that the pages compare with
    parametres: Fichiers  # rules and edition
    suites: Fichiers
    contacts: Fichiers  # press contacts
    reference: Fichiers  # reference tables
    carnets: Fichiers  # notebooks, and the catalogue of pages
    code: str  # the package
    versions: Fichiers  # Python and the libraries that show in the results, and the locked environment
    rectificatif: str  # why this publication replaces a released one, when it does

    @classmethod
    def lire(cls, releve: Releve, registre: Path, racine: Path, rectificatif: str = "") -> Self:
        """Read the checksums of the inputs of a relève of the folder `registre`, as they now are on the disk."""
        params = racine / "params"
        before, earlier = releve_precedente(releve, registre), releves_anterieures(releve, registre)
        editions = {one: path for one in (*earlier, releve) if (path := params / "releves" / f"{one}.yaml").exists()}
        own = [editions.pop(releve)] if releve in editions else []
        compared = [editions[before]] if before in editions else []
        tables = [path for path in (racine / "data" / "reference").iterdir() if path.suffix in (".csv", ".json")]
        return cls(
            donnees=_register_files(registre, releve),
            precedente=_register_files(registre, before) if before else {},
            anterieures=empreintes_fichiers(editions.values(), racine)
            | {name: one for code in earlier for name, one in _register_files(registre, code).items()},
            parametres=empreintes_fichiers(
                [*(params / "regles").glob("*.yaml"), params / "champ_industrie.csv", *own], racine
            ),
            suites=empreintes_fichiers([*(params / "qualite").glob("*.yaml"), *compared], racine),
            contacts=empreintes_fichiers((params / "regions").glob("*.yaml"), racine),
            reference=empreintes_fichiers(tables, racine),
            carnets=empreintes_fichiers([params / "carnets.yaml"], racine)
            | {
                path.relative_to(racine).as_posix(): empreinte_carnet(path)
                for path in sorted((racine / "notebooks").glob("*.ipynb"))
            },
            code=empreinte_code(),
            versions=lire_versions(racine),
            rectificatif=rectificatif,
        )

    def ecarts(self, manifeste: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return what differs from the inputs that a manifest states: for each kind, the names that do."""
        found = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), manifeste.get(field.name)
            if isinstance(mine, str) and mine != theirs:
                found[field.name] = [""]
            elif isinstance(mine, dict) and mine != theirs:
                other = theirs if isinstance(theirs, dict) else {}
                found[field.name] = sorted(name for name in {*mine, *other} if mine.get(name) != other.get(name))
        return found


def empreinte_code() -> str:
    """Return the checksum of the package."""
    package = Path(__file__).parents[1]
    return empreinte_valeurs(
        empreintes_fichiers([path for path in package.rglob("*") if path.suffix in SUFFIXES_CODE], package)
    )


# Of the code that this process runs, whatever the disk holds later.
CODE_CHARGE = empreinte_code()


def lire_versions(racine: Path) -> Fichiers:
    """Return the versions that a page may depend on, and the checksum of the lock file where there is one."""
    versions = {"python": platform.python_version()} | {name: version(name) for name in PAQUETS}
    lock = racine / VERROU
    return versions | ({VERROU: empreinte_fichier(lock)} if lock.exists() else {})


def intactes(dossier: Path, sorties: Mapping[str, str]) -> bool:
    """Tell whether a publication holds what its manifest says, and nothing else."""
    present = {path.relative_to(dossier).as_posix() for path in dossier.rglob("*") if path.is_file()}
    return present == {*sorties, "manifeste.json"} and all(
        empreinte_fichier(dossier / name) == checksum for name, checksum in sorties.items()
    )


class Empreintes:
    """What the result of each task of a relève depends on."""

    def __init__(self, barometre: Barometre, entrees: Entrees) -> None:
        self.entrees = entrees
        self._barometre = barometre

    def tache(self, tache: Tache) -> str:
        """Return the checksum of all that the result of a task depends on.

        The counts of all, the earlier relèves, the parameters, the code and its notebook, whatever it is; its own rows
        and what changed in them since the previous relève when the catalogue says that it depends on its territory,
        every row, the previous relève and the suites otherwise. Contacts are put beside the result, later.
        """
        given, serie = self.entrees, tache.page.serie
        whole = serie.depend_de == "releve"
        return empreinte_valeurs(
            {
                "tache": [tache.page.nom, tache.diffusion],
                "carnet": given.carnets.get(f"notebooks/{serie.carnet}", ""),
                "parametres": given.parametres,
                "reference": given.reference,
                "code": given.code,
                "versions": given.versions,
                "comptes": self._comptes,
                "anterieures": given.anterieures,
                "origine": {name: one for name, one in given.donnees.items() if name.endswith(".yaml")},
                "lignes": given.donnees if whole else self._own(tache.page),
                "suites": [given.precedente, given.suites] if whole else "",
                # The public edition says it in its pages; the layout does for the internal one.
                "rectificatif": given.rectificatif if tache.diffusion == "publique" else "",
            }
        )

    def _own(self, page: Page) -> list[str]:
        """Return the checksums of the rows of a territory or sector, and of what changed there.

        A movement that went elsewhere changes the page of what it left, whose rows do not hold it.
        """
        dimension, rows, changes = page.serie.pour_chaque, self._barometre.decisions, self._revisions
        parts = [rows[rows[dimension] == page.code]]
        # Revisions say no département: any of them may be about it.
        parts.append(changes[changes[dimension] == page.code] if dimension in changes else changes)
        return [empreinte_valeurs(part.to_csv(index=False)) for part in parts]

    @cached_property
    def _comptes(self) -> str:
        counts = self._barometre.comptes(par=["semestre", "departement", "sous_secteur"])
        return empreinte_valeurs(counts.to_csv(index=False))

    @cached_property
    def _revisions(self) -> pd.DataFrame:
        return self._barometre.revisions()


def _register_files(registre: Path, releve: Releve) -> Fichiers:
    files = [path for path in (registre / str(releve)).iterdir() if path.suffix in (".csv", ".yaml")]
    return empreintes_fichiers(files, registre)
