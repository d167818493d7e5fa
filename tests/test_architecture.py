"""The direction of imports of conception.md §8: a room imports only the rooms listed before it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import fabrique
import pytest

PAQUET = "barometre_lib"
# From the ground floor up.
PIECES = (
    "typographie",
    "erreurs",
    "syntaxe",
    "vocabulaire",
    "ressources",
    "imports",
    "serveur_local",
    "chemins",
    "ecriture",
    "nomenclatures",
    "parametres",
    "registre",
    "regles",
    "comptage",
    "entrepot",
    "millesimes",
    "revisions",
    "explication",
    "completude",
    "parcours",
    "contexte",
    "sommes",
    "barometre",
    "bornes",
    "sensibilite",
    "qualite",
    "rapprochement",
    "collecte",
    "restitution",
    "exploration",
    "publication",
    "labo",
    "campagne",
    "apercu",
    "console",
    "commandes",
    "cli",
)


def pieces_importees(source: str, module: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the line and the room of each import of the package, inside functions too.

    `module` is the place of the source, `("barometre_lib", "regles", "champ")`, which relative imports need.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            targets = [name.name.split(".") for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = list(module[: len(module) - node.level]) if node.level else []
            start += node.module.split(".") if node.module else []
            # What is imported from the package itself is a room, or the façade that it exports.
            targets = [[*start, name.name] for name in node.names] if start == [PAQUET] else [start]
        else:
            continue
        for target in targets:
            if target[0] == PAQUET:
                named = target[1] if len(target) > 1 else "Barometre"
                yield node.lineno, "barometre" if named == "Barometre" else named


def ecarts(racine: Path) -> list[str]:
    """Return what breaks the rule in the package below a folder, one line each."""
    faults = []
    for path in sorted((racine / PAQUET).rglob("*.py")):
        place = path.relative_to(racine).with_suffix("").parts
        # The package's own file is exempt: it exports the façade.
        if place == (PAQUET, "__init__"):
            continue
        room = place[1]
        if room not in PIECES:
            faults.append(f"{path.name} : la pièce {room} n'est pas dans la liste")
            continue
        allowed = PIECES[: PIECES.index(room) + 1]
        faults += [
            f"{'/'.join(place)}, ligne {line} : {room} importe {imported}"
            for line, imported in pieces_importees(path.read_text(encoding="utf-8"), place)
            if imported not in allowed
        ]
    return faults


def test_une_piece_n_importe_que_les_pieces_d_avant() -> None:
    assert ecarts(fabrique.RACINE) == []


def test_les_documents_disent_les_pieces_dans_leur_ordre() -> None:
    docs = fabrique.RACINE / "docs"
    (listed,) = re.findall(r"```\n(typographie[^`]*)```", (docs / "conception.md").read_text(encoding="utf-8"))
    assert tuple(re.sub(r"\(.*?\)|/", " ", listed).split()) == PIECES
    _, _, table = (docs / "architecture.md").read_text(encoding="utf-8").partition("| room of")
    cells = [row.split("|")[1] for row in table.partition("\n\n")[0].splitlines()[2:]]
    assert tuple(name for cell in cells for name in re.findall(r"`(\w+)/?`", cell)) == PIECES


def test_la_regle_lit_vraiment_des_modules_et_des_imports() -> None:
    modules = list((fabrique.RACINE / PAQUET).rglob("*.py"))
    seen = {path.relative_to(fabrique.RACINE / PAQUET).with_suffix("").parts[0] for path in modules}
    assert set(PIECES) <= seen
    decision = fabrique.RACINE / PAQUET / "regles" / "decision.py"
    imported = {room for _, room in pieces_importees(decision.read_text(encoding="utf-8"), (PAQUET, "regles", "x"))}
    assert imported == {"erreurs", "parametres", "regles", "vocabulaire"}


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        pytest.param("regles/a.py", "import barometre_lib.comptage", "regles importe comptage", id="import"),
        pytest.param("regles/a.py", "from barometre_lib.cli import main", "regles importe cli", id="from"),
        pytest.param("regles/a.py", "from barometre_lib import comptage", "regles importe comptage", id="du paquet"),
        pytest.param("regles/a.py", "from barometre_lib import Barometre", "regles importe barometre", id="facade"),
        pytest.param("regles/a.py", "import barometre_lib", "regles importe barometre", id="paquet entier"),
        pytest.param("regles/a.py", "from ..comptage import compter", "regles importe comptage", id="relatif"),
        pytest.param("regles/a.py", "from .. import comptage", "regles importe comptage", id="relatif du paquet"),
        pytest.param("regles/__init__.py", "from ..cli import main", "regles importe cli", id="relatif d'un paquet"),
        pytest.param("erreurs.py", "from .chemins import racine", "erreurs importe chemins", id="relatif voisin"),
        pytest.param(
            "comptage.py", "def f():\n    from barometre_lib.barometre import x", "ligne 2", id="dans une fonction"
        ),
        pytest.param(
            "erreurs.py", "if TYPE_CHECKING:\n    import barometre_lib.cli as c", "ligne 2", id="pour les types"
        ),
        pytest.param("regles/a.py", "import json, barometre_lib.cli", "regles importe cli", id="second nom"),
        pytest.param("regles/a.py", "from barometre_lib import outils", "regles importe outils", id="piece inconnue"),
        pytest.param("outils.py", "", "outils n'est pas dans la liste", id="module sans piece"),
        pytest.param("outils/a.py", "", "outils n'est pas dans la liste", id="dossier sans piece"),
    ],
)
def test_un_import_a_contresens_est_vu(file: str, source: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / PAQUET / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    assert len(ecarts(tmp_path)) == 1
    assert fault in ecarts(tmp_path)[0]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        pytest.param("__init__.py", "from barometre_lib.barometre import Barometre", id="le paquet exporte la facade"),
        pytest.param("regles/a.py", "from barometre_lib.regles.regle import Regle", id="la meme piece"),
        pytest.param("regles/a.py", "from . import regle\nfrom .regle import Regle", id="la meme piece, relatif"),
        pytest.param("cli.py", "from barometre_lib.erreurs import ErreurBarometre", id="une piece d'avant"),
        pytest.param("erreurs.py", "import pandas\nfrom pathlib import Path", id="une autre bibliotheque"),
        pytest.param("publication/a.py", "from barometre_lib import Barometre", id="la facade, apres elle"),
    ],
)
def test_un_import_dans_le_bon_sens_est_admis(file: str, source: str, tmp_path: Path) -> None:
    path = tmp_path / PAQUET / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    assert ecarts(tmp_path) == []
