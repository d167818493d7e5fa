"""Checksums (SHA-256) of all that a page depends on."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.plan import Tache
from barometre_lib.parametres import chemins_contacts
from barometre_lib.registre import releve_precedente, releves_anterieures

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
LONGUEUR_COURTE = 8
# What the package is made of; whatever an editor leaves beside is not.
SUFFIXES_CODE = (".py", ".j2", ".css", ".json", ".mo", ".yaml")


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
            [cell.get("id"), cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])]
            for cell in cells
        ]
    except (ValueError, LookupError, TypeError, AttributeError):
        return empreinte_fichier(chemin)
    return empreinte_valeurs(kept)


def empreinte_valeurs(valeurs: Any) -> str:
    """Return the checksum of values that JSON can write, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(valeurs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def empreintes_fichiers(fichiers: Iterable[Path], base: Path) -> dict[str, str]:
    """Return the checksum of each file by its path relative to `base`, in the order of paths."""
    return {path.relative_to(base).as_posix(): empreinte_fichier(path) for path in sorted(fichiers)}


class Empreintes:
    """Checksums of one relève's inputs.

    Parameters
    ----------
    barometre : Barometre
        Relève read.
    registre : Path
        Folder that holds the relèves.
    racine : Path
        Root of the project.
    rectificatif : str
        Why this publication replaces a released one, when it does.
    """

    def __init__(self, barometre: Barometre, registre: Path, racine: Path, rectificatif: str = "") -> None:
        self.rectificatif = rectificatif
        releve = str(barometre.releve)
        self.donnees = _register_files(registre, releve)
        # What the quality page compares with.
        before = releve_precedente(barometre.releve, registre)
        self.precedente = _register_files(registre, str(before)) if before else {}
        # What the pages compare with: every earlier relève, and its edition.
        earlier = releves_anterieures(barometre.releve, registre)
        editions = [racine / "params" / "releves" / f"{one}.yaml" for one in earlier]
        self.anterieures = empreintes_fichiers([path for path in editions if path.exists()], racine)
        for one in earlier:
            self.anterieures |= _register_files(registre, str(one))
        self.releve = releve
        rules = [*(racine / "params" / "regles").glob("*.yaml"), racine / "params" / "champ_industrie.csv"]
        self.parametres = empreintes_fichiers([*rules, racine / "params" / "releves" / f"{releve}.yaml"], racine)
        self.contacts = {
            region: empreintes_fichiers(chemins_contacts(region, racine / "params"), racine)
            for region in ("", *barometre.nomenclatures.regions)
        }
        compared = [path for path in [racine / "params" / "releves" / f"{before}.yaml"] if path.exists()]
        self.suites = empreintes_fichiers([*(racine / "params" / "qualite").glob("*.yaml"), *compared], racine)
        tables = [path for path in (racine / "data" / "reference").iterdir() if path.suffix in (".csv", ".geojson")]
        self.reference = empreintes_fichiers(tables, racine)
        self.carnets = {
            path.relative_to(racine).as_posix(): empreinte_carnet(path)
            for path in sorted((racine / "notebooks").glob("*.ipynb"))
        }
        package = Path(__file__).parents[1]
        code = [path for path in package.rglob("*") if path.suffix in SUFFIXES_CODE]
        self.code = empreinte_valeurs(empreintes_fichiers(code, package))
        self.versions = {"python": platform.python_version()} | {name: version(name) for name in PAQUETS}
        counts = barometre.comptes(par=["semestre", "departement", "sous_secteur"])
        self.comptes = empreinte_valeurs(counts.to_csv(index=False))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Empreintes) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def region(self, code: str) -> str:
        """Return the checksum of a region's own file."""
        return self.donnees[f"{self.releve}/{code}.csv"]

    def page(self, tache: Tache) -> str:
        """Return the checksum of all that the page of a task depends on.

        A regional page depends on its region's rows, its press contacts, the counts of all regions and the earlier
        relèves; the national page on every row (jobs and investment), the counts, the earlier relèves and the
        ministry's contacts; the quality page on every row, those of the previous relève and the suites.
        """
        provenance = self.donnees.get(f"{self.releve}/provenance.yaml", "")
        return empreinte_valeurs(
            {
                "carnet": self.carnets[f"notebooks/{tache.carnet}.ipynb"],
                "parametres": self.parametres,
                "reference": self.reference,
                "code": self.code,
                "versions": self.versions,
                "comptes": self.comptes,
                "anterieures": self.anterieures,
                "provenance": provenance,
                "lignes": self.region(tache.region) if tache.region else self.donnees,
                "contacts": "" if tache.carnet == "qualite" else self.contacts[tache.region],
                "rectificatif": self.rectificatif,
                "qualite": [self.precedente, self.suites] if tache.carnet == "qualite" else "",
            }
        )


def _register_files(registre: Path, releve: str) -> dict[str, str]:
    files = [path for path in (registre / releve).iterdir() if path.suffix in (".csv", ".yaml")]
    return empreintes_fichiers(files, registre)
