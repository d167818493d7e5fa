"""What the repository holds together: dependencies and lock, notebooks without outputs, messages, size of modules."""

import ast
import json
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import fabrique
import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJET = tomllib.loads((fabrique.RACINE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECTES = [
    *(pytest.param(text, id=f"paquet {text}") for text in PROJET["dependencies"]),
    *(
        pytest.param(text, id=f"{extra} {text}")
        for extra, texts in PROJET["optional-dependencies"].items()
        for text in texts
    ),
]
MODULES = sorted((fabrique.RACINE / "barometre_lib").rglob("*.py"))
NOMS_MODULES = [path.relative_to(fabrique.RACINE).as_posix() for path in MODULES]
LIGNES_MAX = 300


# --- dependencies ---------------------------------------------------------------------------------


def lire_verrou(text: str) -> list[tuple[Requirement, int]]:
    """Return each requirement of a lock and how many hashes it has."""
    logical = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    entries = [line for line in logical if line and not line.startswith("#")]
    return [(Requirement(line.split(" --hash=")[0].strip()), line.count("--hash=sha256:")) for line in entries]


def ecarts_au_verrou(direct: str, lock: list[tuple[Requirement, int]]) -> list[str]:
    """Return why a lock does not satisfy a direct dependency, nothing when it does."""
    wanted = Requirement(direct)
    locked = [one for one, _ in lock if canonicalize_name(one.name) == canonicalize_name(wanted.name)]
    if not any(one.marker is None or one.marker.evaluate() for one in locked):
        return [f"{wanted.name} n'est pas dans le verrou"]
    versions = [(str(one.specifier), next(iter(one.specifier)).version) for one in locked]
    return [
        f"{wanted.name}{pinned} ; attendu {wanted.specifier}"
        for pinned, version in versions
        if not pinned.startswith("==") or not wanted.specifier.contains(version)
    ]


@pytest.fixture(scope="module")
def verrou(racine: Path) -> list[tuple[Requirement, int]]:
    """The project's lock."""
    return lire_verrou((racine / "requirements.lock").read_text(encoding="utf-8"))


@pytest.mark.parametrize("direct", DIRECTES)
def test_le_verrou_satisfait_chaque_dependance_directe(direct: str, verrou: list[tuple[Requirement, int]]) -> None:
    assert ecarts_au_verrou(direct, verrou) == []


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        pytest.param("autre==2.0", "n'est pas dans le verrou", id="absent"),
        pytest.param("essai==1.9", "Essai==1.9 ; attendu >=2", id="trop vieux"),
        pytest.param("essai>=2.0", "Essai>=2.0 ; attendu >=2", id="non fige"),
        pytest.param('essai==2.0 ; python_version < "3"', "n'est pas dans le verrou", id="pour un autre python"),
        pytest.param(
            'essai==2.0 ; python_version >= "3"\nessai==1.0 ; python_version < "3"', "Essai==1.0", id="un des deux"
        ),
    ],
)
def test_un_verrou_en_defaut_est_vu(lock: str, fault: str) -> None:
    assert any(fault in found for found in ecarts_au_verrou("Essai>=2", lire_verrou(lock)))


def test_chaque_ligne_du_verrou_est_figee_et_a_ses_empreintes(verrou: list[tuple[Requirement, int]]) -> None:
    assert len(verrou) > len(DIRECTES)
    assert [one.name for one, hashes in verrou if hashes == 0] == []
    assert [one.name for one, _ in verrou if [clause.operator for clause in one.specifier] != ["=="]] == []


def test_le_verrou_ne_nomme_aucun_serveur(racine: Path) -> None:
    text = (racine / "requirements.lock").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if re.search(r"https?:|--(extra-)?index-url|--find-links", line)] == []


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("nbconvert", ">=7.17.1"),
        ("jupyter-server", ">=2.20"),
        ("jupyterlab", ">=4.6.4"),
        ("mistune", ">=3.3"),
        ("matplotlib", "<3.13"),
    ],
)
def test_les_planchers_des_avis_de_securite_tiennent(
    name: str, versions: str, verrou: list[tuple[Requirement, int]]
) -> None:
    assert ecarts_au_verrou(f"{name}{versions}", verrou) == []


def test_l_environnement_conda_est_python_et_le_verrou(racine: Path) -> None:
    environment = yaml.safe_load((racine / "environment.yml").read_text(encoding="utf-8"))
    assert set(environment) <= {"name", "channels", "dependencies"}
    assert environment["name"]
    assert not any("/" in channel for channel in environment.get("channels", []))
    python, pip, requirements = environment["dependencies"]
    name, _, version = python.partition("=")
    assert name == "python"
    assert Version(version.strip("=.*")) in SpecifierSet(PROJET["requires-python"])
    assert pip == "pip"
    assert requirements == {"pip": ["-r requirements.lock"]}


# --- notebooks ------------------------------------------------------------------------------------


def ecarts_de_carnet(notebook: dict[str, Any]) -> list[str]:
    """Return what should not be in a committed notebook."""
    faults = []
    for number, cell in enumerate(notebook["cells"]):
        if cell.get("outputs"):
            faults.append(f"cellule {number} : des sorties")
        if cell.get("execution_count") is not None:
            faults.append(f"cellule {number} : un numéro d'exécution")
        if "execution" in cell.get("metadata", {}) or "papermill" in cell.get("metadata", {}):
            faults.append(f"cellule {number} : des traces d'exécution")
    if "papermill" in notebook["metadata"]:
        faults.append("des traces de papermill")
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        faults.append("un autre noyau que python3")
    return faults


def carnets(racine: Path) -> list[Path]:
    """Return the notebooks that git tracks or would track, and those of `notebooks/`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.ipynb"],
        cwd=racine,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    tracked = {racine / name for name in listed.stdout.split("\0") if name}
    present = {path for path in (racine / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts}
    return sorted(path for path in tracked | present if path.exists())


def test_git_ne_change_aucune_fin_de_ligne(racine: Path) -> None:
    """Git for Windows does by default: a checkout there would not verify what another one has published."""
    asked = ["git", "-c", "core.autocrlf=true", "ls-files", "--eol"]
    listed = subprocess.run(asked, cwd=racine, capture_output=True, encoding="utf-8", check=True).stdout
    assert {line.split("\t")[0].split()[-1] for line in listed.splitlines()} == {"attr/-text"}


def test_les_carnets_sont_sans_sortie(racine: Path) -> None:
    found = carnets(racine)
    assert {racine / "notebooks" / "regional.ipynb", racine / "notebooks" / "national.ipynb"} <= set(found)
    faults = {path.name: ecarts_de_carnet(json.loads(path.read_text(encoding="utf-8"))) for path in found}
    assert {name: fault for name, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    ("cell", "metadata", "fault"),
    [
        pytest.param({"outputs": [{"output_type": "stream"}]}, {}, "sorties", id="sortie"),
        pytest.param({"execution_count": 3}, {}, "numéro", id="numero"),
        pytest.param({"metadata": {"execution": {}}}, {}, "traces", id="horaires"),
        pytest.param({"metadata": {"papermill": {}}}, {}, "traces", id="papermill, cellule"),
        pytest.param({}, {"papermill": {}}, "papermill", id="papermill, carnet"),
        pytest.param({}, {"kernelspec": {"name": "mon-env"}}, "noyau", id="noyau"),
    ],
)
def test_un_carnet_execute_est_vu(cell: dict[str, Any], metadata: dict[str, Any], fault: str) -> None:
    clean = {"cell_type": "code", "outputs": [], "execution_count": None, "metadata": {}, "source": []}
    kernel = {"kernelspec": {"name": "python3"}}
    assert ecarts_de_carnet({"cells": [clean], "metadata": kernel}) == []
    found = ecarts_de_carnet({"cells": [clean, clean | cell], "metadata": kernel | metadata})
    assert len(found) == 1
    assert fault in found[0]


# What the guide has people write at the root, with rows of a register in it.
ECRITS = ("constats.csv", "decisions.csv", "94.xlsx", "94.retour.xlsx", "publication.json", "campagne.jsonl")
DOSSIERS_ECRITS = ("avertissements", "rapprochements", "collecte", "essai", "sorties", "outputs")


@pytest.mark.parametrize("name", [*ECRITS, *(f"{folder}/84.xlsx" for folder in DOSSIERS_ECRITS)])
def test_ce_que_le_guide_fait_ecrire_ne_va_ni_dans_git_ni_dans_l_image(racine: Path, name: str) -> None:
    git = subprocess.run(["git", "check-ignore", "--no-index", "--quiet", name], cwd=racine, check=False)
    assert git.returncode == 0
    patterns = (racine / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert any(fnmatch(name.partition("/")[0], pattern) for pattern in patterns)


# --- messages -------------------------------------------------------------------------------------


def messages(catalog: Catalog) -> dict[Any, tuple[str, ...]]:
    """Return the translations of a catalogue, the header apart; one text, or one per plural form."""

    def forms(text: Any) -> tuple[str, ...]:
        return (text,) if isinstance(text, str) else tuple(text)

    return {(one.context, forms(one.id)): forms(one.string) for one in catalog if one.id}


def test_les_messages_compiles_sont_ceux_du_texte(racine: Path) -> None:
    folder = racine / "barometre_lib" / "locale" / "fr" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as text, (folder / "messages.mo").open("rb") as compiled:
        written, shipped = read_po(text), read_mo(compiled)
    assert len(messages(written)) > 20
    assert messages(shipped) == messages(written)
    assert shipped.plural_expr == written.plural_expr


def test_tous_les_messages_sont_traduits(racine: Path) -> None:
    with (racine / "barometre_lib" / "locale" / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as text:
        catalog = read_po(text)
    assert [message.id for message in catalog if message.id and (message.fuzzy or not all(message.string))] == []


# --- modules --------------------------------------------------------------------------------------


def ecarts_de_module(source: str) -> list[str]:
    """Return what a module of the library should not have."""
    faults = []
    size = len(source.splitlines())
    if size > LIGNES_MAX:
        faults.append(f"{size} lignes ; attendu {LIGNES_MAX} au plus")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            faults.append(f"ligne {node.lineno} : assert disparaît sous -O, levez une exception")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            faults.append(f"ligne {node.lineno} : print, la sortie standard est celle des données")
    return faults


@pytest.mark.parametrize("path", MODULES, ids=NOMS_MODULES)
def test_un_module_est_court_sans_assert_ni_print(path: Path) -> None:
    assert ecarts_de_module(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        pytest.param("x = 1\n" * (LIGNES_MAX + 1), "301 lignes", id="trop long"),
        pytest.param("def f(x):\n    assert x", "ligne 2 : assert", id="assert"),
        pytest.param("print('a')", "ligne 1 : print", id="print"),
    ],
)
def test_un_module_en_defaut_est_vu(source: str, fault: str) -> None:
    assert ecarts_de_module("x = 1\n" * LIGNES_MAX) == []
    assert [fault in found for found in ecarts_de_module(source)] == [True]
