"""Received files, one defect each: told at its line and column, marked in the copy, nothing stored, no traceback."""

import csv
import importlib.util
import io
import json
import resource
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import fabrique
import openpyxl
import pytest
import yaml
from console import Sortie, lancer

from barometre_lib.collecte.fichier_recu import lire_recu
from barometre_lib.collecte.grille import deproteger, juger_disposition, trouver_entete
from barometre_lib.collecte.interpretation import References, interpreter
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import COLONNES_ATTENDUES, NOMS_COLONNES

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RECUS = fabrique.RACINE / "tests" / "recus"
RELEVE = "2024-S2"
MEMOIRE_MAX = 1536 * 1024**2
# Where the messages speak of the program rather than of the file.
MOTS_DE_PROGRAMME = ("Traceback", "openpyxl", "Error", "None", "barometre_lib")


@dataclass(frozen=True)
class Cas:
    """One file of `tests/recus`, as its index describes it."""

    nom: str
    attendus: list[dict[str, Any]] = field(default_factory=list)
    illisible: str = "non"
    region: str = "84"
    changements: list[dict[str, str]] = field(default_factory=list)
    depose: dict[str, str] = field(default_factory=dict)
    ligne: int = 3
    lignes: int = 2
    releve: str = RELEVE
    dit: list[str] = field(default_factory=list)
    fait_par: str = ""
    lu: str = "non"


INDEX = yaml.safe_load((RECUS / "index.yaml").read_text(encoding="utf-8"))
CAS = [Cas(nom, **entry) for nom, entry in INDEX.items()]
REFUSES = [cas for cas in CAS if cas.attendus]
LUS = [cas for cas in CAS if cas.lu == "oui"]
ADMIS = [cas for cas in CAS if not (cas.attendus or cas in LUS)]
# The rows that every program was given, as the register holds them.
SAINE = {
    "id_mouvement": "84-0001",
    "type_mouvement": "ouverture",
    "nom_site": "Usine d'essai (fictif)",
    "code_commune": "69123",
    "code_naf": "27.20Z",
    "sous_secteur": "electronique",
    "statut": "effectif",
    "date_effet": "2024-03-15",
    "effectif": "21",
    "source": "prefecture",
    "citable": "non",
}
ENTIERE = SAINE | {
    "id_mouvement": "84-0002",
    "type_mouvement": "reduction",
    "nom_site": "Forêt d'Œuvre (fictif)",
    "entreprise": "Société Générale des Forges",
    "siret": "00011100000014",
    "date_effet": "2024-05-20",
    "effectif": "120",
    "variation_production": "-40.5",
    "assimilable_site": "oui",
    "surface_m2": "1234.5",
}


@cache
def references(nomenclatures: Nomenclatures, region: str, releve: Any = None) -> References:
    return References(nomenclatures, region, releve)


@pytest.fixture(autouse=True)
def porte(request: pytest.FixtureRequest) -> None:
    """Have the suites judge the files of which something is to be said, and no other."""
    cas = getattr(request.node, "callspec", None) and request.node.callspec.params.get("cas")
    if not cas or not cas.dit:
        request.getfixturevalue("sans_porte")


@pytest.fixture(autouse=True)
def references_lues_une_fois(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the many small runs the reading of the reference tables."""
    monkeypatch.setattr("barometre_lib.collecte.integration.References", references)


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    """A register where the region 11 has a movement, and the others none."""
    rows = [fabrique.ligne(id_mouvement="11-0001", code_commune="75056")]
    return fabrique.ecrire_releve(tmp_path / "registre", rows)


def integrer(cas: Cas, dossier: Path, registre: Path, capsys: pytest.CaptureFixture[str]) -> Sortie:
    """Run the command on a copy of the file, alone in a folder."""
    dossier.mkdir()
    shutil.copy(RECUS / cas.nom, dossier)
    place = ["--registre", str(registre), "--releve", cas.releve, "--region", cas.region, "--rectificatif", "essai"]
    return lancer(capsys, "integrer", str(dossier / cas.nom), *place)


def contenu(dossier: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(dossier.rglob("*")) if path.is_file()}


def lieu(fichier: Path, attendu: dict[str, Any]) -> str:
    line = f", ligne {attendu['ligne']}" if "ligne" in attendu else ""
    column = f", colonne « {attendu['colonne']} »" if "colonne" in attendu else ""
    return f"{fichier}{line}{column} : "


def fabriquer() -> ModuleType:
    """Return the script that makes the files."""
    spec = importlib.util.spec_from_file_location("fabriquer_recus", RECUS / "fabriquer.py")
    if spec is None or spec.loader is None:
        raise ImportError("fabriquer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The folder itself


def test_chaque_fichier_a_son_entree() -> None:
    present = {path.name for path in RECUS.iterdir() if path.is_file() and path.suffix not in (".py", ".yaml")}
    assert present == set(INDEX)
    assert {cas.nom for cas in CAS if not cas.fait_par} == set(fabriquer().FICHIERS)


def test_les_defauts_sont_nombreux_et_les_fichiers_petits() -> None:
    assert len(REFUSES) >= 50
    kinds = Counter(Path(cas.nom).suffix for cas in REFUSES)
    assert kinds[".csv"] >= 40 and kinds[".xlsx"] >= 40
    assert max((RECUS / cas.nom).stat().st_size for cas in CAS) < 100_000


def test_les_fichiers_csv_sont_ceux_du_script() -> None:
    """Workbooks depend on the version of zlib."""
    made = {name: make() for name, make in fabriquer().FICHIERS.items() if name.endswith(".csv")}
    made.pop("classeur_renomme.csv")
    assert [name for name, data in made.items() if (RECUS / name).read_bytes() != data] == []


# What is refused


@pytest.mark.usefixtures("listes_courtes")
@pytest.mark.parametrize("cas", REFUSES, ids=lambda cas: cas.nom)
def test_un_defaut_est_dit_a_sa_place(
    cas: Cas, tmp_path: Path, registre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, folder = contenu(registre), tmp_path / "recu"
    ended = integrer(cas, folder, registre, capsys)
    assert (ended.code, ended.stdout) == (1, ""), ended.stderr
    assert not any(word in ended.stderr for word in MOTS_DE_PROGRAMME), ended.stderr
    assert contenu(registre) == before
    told = ended.phrases if cas.illisible == "oui" else ended.phrases[:-1]
    assert len(told) == len(cas.attendus), ended.stderr
    for sentence, expected in zip(told, cas.attendus, strict=True):
        assert sentence.startswith(lieu(folder / cas.nom, expected)), sentence
        assert all(word in sentence for word in expected["mots"]), sentence
    stem = Path(cas.nom).stem
    copies = set() if cas.illisible == "oui" else {f"{stem}.refus.xlsx", f"{stem}.refus.csv"}
    assert {path.name for path in folder.iterdir()} == {cas.nom} | copies
    if copies:
        assert f"{len(cas.attendus)} défaut" in ended.phrases[-1] and "rien n'a été déposé" in ended.phrases[-1]
        verifier_copies(cas, folder)


def verifier_copies(cas: Cas, folder: Path) -> None:
    """Check that each fault has its comment and frame, in a workbook that computes nothing, and its line in the CSV."""
    copy = folder / f"{Path(cas.nom).stem}.refus.xlsx"
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == ["Mouvements", "Défauts", "Listes"]
    marked = [cell for row in book["Mouvements"].iter_rows() for cell in row if cell.comment]
    assert {cell.row for cell in marked} == {expected["ligne"] for expected in cas.attendus}
    assert all(cell.border.left.style == cell.border.top.style == "thick" and cell.font.bold for cell in marked)
    comments = " ".join(cell.comment.text.replace("\u00a0", " ").replace("\u202f", " ").lower() for cell in marked)
    assert all(expected["mots"][-1].lower() in comments for expected in cas.attendus)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    with (folder / f"{Path(cas.nom).stem}.refus.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file, delimiter=";"))
    assert [(int(row["ligne"]), row["colonne"]) for row in listed] == [
        (expected["ligne"], expected.get("colonne", "")) for expected in cas.attendus
    ]
    assert not any(cell.startswith(("=", "@", "\t")) for row in listed for cell in row.values())


def test_la_copie_corrigee_est_admise(tmp_path: Path, registre: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The service mends the cells that are marked, and sends the copy itself."""
    cas = next(one for one in CAS if one.nom == "deux_defauts.csv")
    integrer(cas, tmp_path / "recu", registre, capsys)
    copy = tmp_path / "recu" / "deux_defauts.refus.xlsx"
    book = openpyxl.load_workbook(copy)
    values = {"Effectif salarié": 30, "Citable": "Oui"}
    header = {cell.value: cell.column for cell in book["Mouvements"][1]}
    assert "Lyon (69123)" in [cell.value for row in book["Listes"].iter_rows() for cell in row]
    for name, value in values.items():
        book["Mouvements"].cell(3, header[name]).value = value
    # As LibreOffice does, which forgets who wrote a note; those of the copy are no remark of the service.
    for row in book["Mouvements"].iter_rows():
        for cell in row:
            if cell.comment:
                cell.comment.author = ""
    book.save(copy)
    place = ["--registre", str(registre), "--releve", RELEVE, "--region", "84", "--rectificatif", "essai"]
    ended = lancer(capsys, "integrer", str(copy), *place)
    assert ended.code == 0 and "note" not in ended.stderr, ended.stderr
    stored = (registre / RELEVE / "84.csv").read_text(encoding="utf-8").splitlines()
    assert ";30;" in stored[2] and ";oui;" in stored[2]


ESSAI_BORNE = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
from barometre_lib.collecte.destination import viser
from barometre_lib.collecte.integration import integrer
from barometre_lib.erreurs import ErreurBarometre
said = {}
for name in sys.argv[3:]:
    try:
        integrer(Path(name), viser("2024-S2", "84", Path(sys.argv[2])))
        said[Path(name).name] = "admis"
    except ErreurBarometre as error:
        said[Path(name).name] = str(error)
print(json.dumps([said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


@pytest.mark.long
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_AS"), reason="no bound on memory there")
def test_un_fichier_hostile_est_refuse_dans_une_memoire_bornee(tmp_path: Path, registre: Path) -> None:
    """All those that cannot be read, one after the other in a process whose memory is bounded."""
    folder = tmp_path / "recu"
    folder.mkdir()
    hostile = [cas for cas in REFUSES if cas.illisible == "oui"]
    names = [shutil.copy(RECUS / cas.nom, folder) for cas in hostile]
    before = contenu(registre)
    ended = subprocess.run(
        [sys.executable, "-c", ESSAI_BORNE, str(MEMOIRE_MAX), str(registre), *map(str, names)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said, _ = json.loads(ended.stdout)
    for cas in hostile:
        plain = said[cas.nom].replace("\u00a0", " ").replace("\u202f", " ")
        assert all(word in plain for word in cas.attendus[0]["mots"]), plain
    assert contenu(registre) == before
    assert len(list(folder.iterdir())) == len(hostile)


# What is accepted


@pytest.mark.parametrize("cas", LUS, ids=lambda cas: cas.nom)
def test_ce_qu_un_programme_a_enregistre_est_lu(cas: Cas, nomenclatures: Nomenclatures) -> None:
    grid = lire_recu(RECUS / cas.nom)
    header = trouver_entete(grid)
    assert header is not None and juger_disposition(grid, header) == []
    rows, _, refused = interpreter(grid, header, references(nomenclatures, cas.region))
    assert refused == []
    assert [row.textes for row in rows] == [dict.fromkeys(NOMS_COLONNES, "") | one for one in (SAINE, ENTIERE)]
    assert len(grid.remarques) == len(cas.dit)
    assert all(word in told for word, told in zip(cas.dit, grid.remarques, strict=True))


@pytest.mark.usefixtures("listes_courtes")
@pytest.mark.parametrize("cas", ADMIS, ids=lambda cas: cas.nom)
def test_une_notation_admise_est_ramenee_a_celle_du_registre(
    cas: Cas, tmp_path: Path, registre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = integrer(cas, tmp_path / "recu", registre, capsys)
    assert ended.code == 0, ended.stderr
    stored = registre / cas.releve / f"{cas.region}.csv"
    with stored.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == cas.lignes and tuple(rows[0]) == COLONNES_ATTENDUES
    assert {name: rows[-1][name] for name in cas.depose} == cas.depose
    listed = csv.DictReader(io.StringIO(ended.stdout, newline=""), delimiter=";")
    changes = [row for row in listed if row["ligne"] == str(cas.ligne)]
    for expected in cas.changements:
        (found,) = [row for row in changes if row["colonne"] == expected["colonne"]]
        assert deproteger(found["trouve"]) == expected["trouve"]
        assert deproteger(found["retenu"]) == expected["retenu"]
        assert expected.get("raison", "") in found["raison"].replace("\u00a0", " ")
    back = tmp_path / "recu" / f"{Path(cas.nom).stem}.retour.xlsx"
    assert {path.name for path in (tmp_path / "recu").iterdir()} == {cas.nom, back.name}
    assert [word for word in cas.dit if word not in ended.stderr] == []
    kept = stored.read_bytes()
    # What goes back to the service; the file itself, sent again, too.
    for path in (back, *([tmp_path / "recu" / cas.nom] if fabrique.TOUT else [])):
        place = ["--registre", str(registre), "--releve", cas.releve, "--region", cas.region]
        again = lancer(capsys, "integrer", str(path), *place)
        assert "fichier inchangé" in again.stderr, again.stderr
        assert stored.read_bytes() == kept
