"""Checksums (SHA-256) of all that a page depends on."""

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Self, get_type_hints

from barometre_lib.chemins import lire_octets, racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.millesimes.publies import fichier_publies
from barometre_lib.parametres.acquittements import fichiers_acquittements
from barometre_lib.parametres.fichiers import attendu
from barometre_lib.parametres.rapprochements import fichiers_rapprochements
from barometre_lib.parametres.textes import DOSSIER, SUFFIXE
from barometre_lib.registre.lecture import releve_precedente, releves_anterieures
from barometre_lib.vocabulaire import Releve

# Libraries that show in the results.
PAQUETS = ["duckdb", "great-expectations", "jinja2", "matplotlib", "narwhals", "nbconvert", "openpyxl"]
PAQUETS += ["pandas", "papermill", "rapidfuzz", "seaborn"]
VERROU = "requirements.lock"
LONGUEUR_COURTE = 8
# What the package is made of; whatever an editor leaves beside is not.
SUFFIXES_CODE = (".py", ".j2", ".css", ".json", ".mo", ".yaml")

# What the gate judges, of the inputs of a publication, and with what.
CONTROLEES = ("donnees", "precedente", "anterieures", "parametres", "suites", "reference", "code")

# What a manifest says reaches terminals: nothing there but what can be shown.
CACHES = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069"
Nom = Annotated[str, attendu("un texte sans caractère caché", pattern=f"^[^{CACHES}]*$")]
Empreinte = Annotated[str, attendu("une empreinte SHA-256, 64 chiffres hexadécimaux", pattern="^[0-9a-f]{64}$")]
Fichiers = Annotated[dict[Nom, Empreinte], attendu("des fichiers, et l'empreinte de chacun")]
Versions = Annotated[dict[Nom, Nom], attendu("des versions")]


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
    """Checksums of every file that a publication is made from, by path; nothing is read but bytes.

    Each kind bears what it is to whoever reads about it.
    """

    donnees: Annotated[Fichiers, "registre"]
    precedente: Annotated[Fichiers, "relève précédente"]  # what the suites compare with
    anterieures: Annotated[Fichiers, "relève antérieure"]  # what the pages compare with
    parametres: Annotated[Fichiers, "paramètre"]  # rules, edition, answers to pairs of rows, earlier ones included
    suites: Annotated[Fichiers, "contrôle"]  # and what was decided of the warnings, earlier relèves included
    contacts: Annotated[Fichiers, "contact presse"]
    reference: Annotated[Fichiers, "table de référence"]
    carnets: Annotated[Fichiers, "carnet"]  # and the catalogue of pages
    code: Annotated[Empreinte, "code du paquet"]
    versions: Annotated[Versions, "version"]  # Python, the libraries that show in the results, the locked environment
    rectificatif: Annotated[Nom, "motif de rectification"]
    # What people wrote of the relève; a publication made before there were any has none.
    textes: Annotated[Fichiers, "texte"] = field(default_factory=dict)

    @classmethod
    def lire(cls, releve: Releve, registre: Path, racine: Path, rectificatif: str = "") -> Self:
        """Read the checksums of the inputs of a relève of the folder `registre`, as they now are on the disk."""
        params, before = racine / "params", releve_precedente(releve, registre)
        earlier = releves_anterieures(releve, registre)
        editions = {one: path for one in (*earlier, releve) if (path := params / "releves" / f"{one}.yaml").exists()}
        own = [editions.pop(releve)] if releve in editions else []
        compared = [editions[before]] if before in editions else []

        def project(pattern: str, *others: Path) -> Fichiers:
            return empreintes_fichiers([*racine.glob(pattern), *others], racine)

        rules = [params / name for name in ("champ_industrie.csv", "cartes.yaml", "fondements.yaml", "variantes.yaml")]
        answered = [path for _, path in fichiers_rapprochements(releve, params)]
        decided = [path for _, path in fichiers_acquittements(releve, params)]
        # Not the notebooks that make no page: they are saved whenever somebody works in them.
        catalogue = b"".join(path.read_bytes() for path in params.glob("carnets.yaml"))
        return cls(
            donnees=_register_files(registre, releve),
            precedente=_register_files(registre, before) if before else {},
            anterieures=empreintes_fichiers(editions.values(), racine) | _register_files(registre, *earlier),
            parametres=project("params/regles/*.yaml", *rules, *own, *answered),
            suites=project("params/qualite/*.yaml", params / "qualite" / "rappel.csv", *compared, *decided),
            contacts=project("params/regions/*.yaml"),
            reference=project("data/reference/*.csv", *racine.glob("data/reference/*.json"), fichier_publies(racine)),
            carnets=project("params/carnets.yaml")
            | {
                path.relative_to(racine).as_posix(): empreinte_carnet(path)
                for path in sorted(racine.glob("notebooks/*.ipynb"))
                if path.name.encode() in catalogue
            },
            code=empreinte_code(),
            versions=lire_versions(racine),
            rectificatif=rectificatif,
            textes=project(f"params/releves/{releve}/{DOSSIER}/*{SUFFIXE}"),
        )

    def ecarts(self, autres: "Entrees") -> list[tuple[str, str, bool]]:
        """Return what differs from other inputs: what it is, its name if it has one, and whether the others have it."""
        found = []
        for kind, nature in NATURES.items():
            mine, theirs = (
                {"": one} if isinstance(one, str) else one for one in (vars(self)[kind], vars(autres)[kind])
            )
            names = sorted(name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name))
            found += [(nature, name, name in theirs) for name in names]
        return found


def empreinte_controlee(releve: Releve, registre: Path) -> str:
    """Return the checksum of what the gate reads to judge a relève; empty where its folder is not there."""
    if not (registre / str(releve)).is_dir():
        return ""
    read = Entrees.lire(releve, registre, racine())
    return empreinte_valeurs([getattr(read, kind) for kind in CONTROLEES])


NATURES: dict[str, str] = {
    name: kind.__metadata__[-1] for name, kind in get_type_hints(Entrees, include_extras=True).items()
}


def empreinte_code() -> str:
    """Return the checksum of the package."""
    package = Path(__file__).parents[1]
    return empreinte_valeurs(
        empreintes_fichiers([path for path in package.rglob("*") if path.suffix in SUFFIXES_CODE], package)
    )


# Of the code that this process runs, whatever the disk holds later.
CODE_CHARGE = empreinte_code()


def refuser_autre_code() -> None:
    """Refuse what was made by code that is no longer on the disk, or not yet: which one made it cannot be said.

    Raises
    ------
    ErreurBarometre
        The package changed since this process started.
    """
    if empreinte_code() != CODE_CHARGE:
        raise ErreurBarometre("Le code du paquet a changé pendant la campagne ; rien n'a été publié, relancez.")


def lire_versions(racine: Path) -> Versions:
    """Return the versions that a page may depend on, and the checksum of the lock file where there is one."""
    versions = {"python": platform.python_version()} | {name: version(name) for name in PAQUETS}
    lock = racine / VERROU
    return versions | ({VERROU: empreinte_fichier(lock)} if lock.exists() else {})


def lister(dossier: Path) -> dict[str, Path]:
    """Return all that a folder holds by relative path: files, links, pipes, and folders where there is nothing."""
    found = (one for one in sorted(dossier.rglob("*")) if one.is_symlink() or not (one.is_dir() and any(one.iterdir())))
    return {path.relative_to(dossier).as_posix(): path for path in found}


def inventorier(dossier: Path) -> dict[str, str]:
    """Return the checksum of each file of a folder by relative path; for what is no file, what it is, in French."""
    return {name: _identify(path) for name, path in lister(dossier).items()}


def _identify(path: Path) -> str:
    if path.is_symlink():
        return "un lien"
    if path.is_dir():
        return "un dossier vide"
    return empreinte_fichier(path) if path.is_file() else "ni fichier, ni dossier"


def _register_files(registre: Path, *releves: Releve) -> Fichiers:
    folders = [registre / str(one) for one in releves]
    files = [path for one in folders for path in one.iterdir() if path.suffix in (".csv", ".yaml")]
    return empreintes_fichiers(files, registre)
