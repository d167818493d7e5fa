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

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.plan import Tache
from barometre_lib.parametres.region import MINISTERE
from barometre_lib.registre import releve_precedente, releves_anterieures
from barometre_lib.vocabulaire import Releve

PAQUETS = (
    "duckdb",
    "great-expectations",
    "jinja2",
    "matplotlib",
    "narwhals",
    "nbconvert",
    "openpyxl",
    "pandas",
    "papermill",
    "rapidfuzz",
    "seaborn",
)
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
    return hashlib.sha256(chemin.read_bytes()).hexdigest()


def empreinte_carnet(chemin: Path) -> str:
    """Return the checksum of what a notebook executes; whatever running it in JupyterLab leaves in the file is not.

    A file that is no notebook has the checksum of its bytes: its execution will say what is wrong.
    """
    try:
        cells = json.loads(chemin.read_bytes())["cells"]
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
    """Checksums of every file that a publication is made from; nothing is read but bytes.

    Attributes
    ----------
    donnees, precedente, anterieures : dict of str to str
        The relève's files, those that the suites compare with, those that the pages compare with, by path.
    parametres, suites, contacts, reference, carnets : dict of str to str
        Rules and edition, suites, press contacts, reference tables, notebooks.
    code : str
        The package.
    versions : dict of str to str
        Python and the libraries that show in the results, and the checksum of the locked environment.
    rectificatif : str
        Why this publication replaces a released one, when it does.
    """

    donnees: Fichiers
    precedente: Fichiers
    anterieures: Fichiers
    parametres: Fichiers
    suites: Fichiers
    contacts: Fichiers
    reference: Fichiers
    carnets: Fichiers
    code: str
    versions: Fichiers
    rectificatif: str

    @classmethod
    def lire(cls, releve: Releve, registre: Path, racine: Path, rectificatif: str = "") -> Self:
        """Read the checksums of a relève's inputs, as they are now on the disk.

        Parameters
        ----------
        releve : Releve
            Relève, known to be in `registre`.
        registre, racine : Path
            Folder that holds the relèves; root of the project.
        rectificatif : str
            Reason of a rectification.
        """
        params = racine / "params"
        before, earlier = releve_precedente(releve, registre), releves_anterieures(releve, registre)
        editions = [path for one in earlier if (path := params / "releves" / f"{one}.yaml").exists()]
        compared = [path for path in [params / "releves" / f"{before}.yaml"] if path.exists()]
        own = [path for path in [params / "releves" / f"{releve}.yaml"] if path.exists()]
        tables = [path for path in (racine / "data" / "reference").iterdir() if path.suffix in (".csv", ".json")]
        return cls(
            donnees=_register_files(registre, releve),
            precedente=_register_files(registre, before) if before else {},
            anterieures=empreintes_fichiers(editions, racine)
            | {name: one for code in earlier for name, one in _register_files(registre, code).items()},
            parametres=empreintes_fichiers(
                [*(params / "regles").glob("*.yaml"), params / "champ_industrie.csv", *own], racine
            ),
            suites=empreintes_fichiers([*(params / "qualite").glob("*.yaml"), *compared], racine),
            contacts=empreintes_fichiers((params / "regions").glob("*.yaml"), racine),
            reference=empreintes_fichiers(tables, racine),
            carnets={
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


class Empreintes:
    """What each page of a relève depends on.

    Parameters
    ----------
    barometre : Barometre
        Relève read.
    entrees : Entrees
        Checksums of its files.
    """

    def __init__(self, barometre: Barometre, entrees: Entrees) -> None:
        self.entrees = entrees
        self._barometre = barometre

    def region(self, code: str) -> str:
        """Return the checksum of a region's own file."""
        return self.entrees.donnees[f"{self._barometre.releve}/{code}.csv"]

    def page(self, tache: Tache) -> str:
        """Return the checksum of all that the page of a task depends on.

        A regional page depends on its region's rows, its press contacts, the counts of all regions, the earlier
        relèves and what changed in it since the previous one; the national page on every row (jobs and investment),
        the counts, the earlier relèves and the ministry's contacts; the quality page on every row, those of the
        previous relève and the suites.
        """
        given = self.entrees
        quality = tache.carnet == "qualite"
        contacts = {} if quality else _only(given.contacts, tache.region)
        return empreinte_valeurs(
            {
                "tache": tache.nom,
                "carnet": given.carnets.get(f"notebooks/{tache.carnet}.ipynb", ""),
                "parametres": given.parametres,
                "reference": given.reference,
                "code": given.code,
                "versions": given.versions,
                "comptes": self._comptes,
                "anterieures": given.anterieures,
                "origine": {name: one for name, one in given.donnees.items() if name.endswith(".yaml")},
                "lignes": [self.region(tache.region), self._revisions[tache.region]] if tache.region else given.donnees,
                "contacts": contacts,
                "rectificatif": given.rectificatif,
                "qualite": [given.precedente, given.suites] if quality else "",
            }
        )

    @cached_property
    def _comptes(self) -> str:
        counts = self._barometre.comptes(par=["semestre", "departement", "sous_secteur"])
        return empreinte_valeurs(counts.to_csv(index=False))

    @cached_property
    def _revisions(self) -> dict[str, str]:
        # A movement that went to another region changes the page of the one it left, whose rows do not hold it.
        changes = self._barometre.revisions()
        regions = self._barometre.nomenclatures.regions
        return {code: empreinte_valeurs(changes[changes["region"] == code].to_csv(index=False)) for code in regions}


def _only(contacts: Fichiers, region: str) -> Fichiers:
    """Keep the contacts that a page shows: those of its region, and the ministry's."""
    return {name: one for name, one in contacts.items() if Path(name).stem in (region, MINISTERE)}


def _register_files(registre: Path, releve: Releve) -> Fichiers:
    files = [path for path in (registre / str(releve)).iterdir() if path.suffix in (".csv", ".yaml")]
    return empreintes_fichiers(files, registre)
