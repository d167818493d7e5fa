"""The gate: it passes what the contract allows, refuses each defect at its place, and cannot pass in silence."""

import csv
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fabrique
import pandas as pd
import pytest
import yaml
from console import lancer

from barometre_lib.collecte.fiches import CHAMPS
from barometre_lib.erreurs import RegistreRefuse
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.qualite.attentes.ligne import ExpectSiretValide
from barometre_lib.qualite.controle import ErreurControle, controler_releve
from barometre_lib.qualite.evaluation import evaluer
from barometre_lib.qualite.suites import lire_suites
from barometre_lib.qualite.tables import table_textes
from barometre_lib.registre import fichier
from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.registre.lecture import chercher_defauts, lire_textes, mettre_en_table
from barometre_lib.typographie import typographier
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

DEFAUTS = fabrique.RACINE / "tests" / "defauts"
RELEVE = "2024-S2"


@dataclass(frozen=True)
class Cas:
    """One broken file of `tests/defauts`, as its index describes it."""

    nom: str
    defaut: str
    attendus: list[dict[str, Any]]
    lecture: str
    exigence: str = ""
    region: str = "84"

    def installer(self, dossier: Path) -> Path:
        """Write a relève where this file plays its region; return the file."""
        file = fabrique.ecrire_releve(dossier, []) / RELEVE / f"{self.region}.csv"
        file.write_bytes((DEFAUTS / f"{self.nom}.csv").read_bytes())
        return file


INDEX = yaml.safe_load((DEFAUTS / "index.yaml").read_text(encoding="utf-8"))
CAS = [Cas(nom, **entry) for nom, entry in INDEX.items()]


@pytest.fixture
def demandes(nomenclatures: Nomenclatures) -> list[Exigence]:
    return exigences(nomenclatures)


def lieu(fichier: Path, attendu: dict[str, Any]) -> str:
    """Return how the sentence of a defect starts."""
    line = f", ligne {attendu['ligne']}" if "ligne" in attendu else ""
    column = f", colonne « {attendu['colonne']} »" if "colonne" in attendu else ""
    return f"{fichier}{line}{column} : "


# What passes


@pytest.mark.long
@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_releves_du_projet_passent(releve: str) -> None:
    bilan = controler_releve(releve, fabrique.RACINE / "data" / "releves")
    assert bilan.lignes > 1000


def test_le_resume_dit_ce_qui_a_ete_controle(tmp_path: Path, demandes: list[Exigence]) -> None:
    turns = [("69123", "2024-01-15"), ("38185", "2024-02-15")]
    told = []
    for rank in range(1233):
        place, day = turns[rank % 2]
        name = hashlib.md5(str(rank).encode(), usedforsecurity=False).hexdigest()
        told.append({"nom_site": name, "siret": "", "code_commune": place, "date_effet": day})
    # The last row is the first one, again: it is told as already counted.
    rows = fabrique.lignes(*told, told[0])
    bilan = controler_releve(RELEVE, fabrique.ecrire_releve(tmp_path, rows))
    checked = sum(len(suite.controles) for suite in bilan.suites)
    assert checked > len(demandes) == 49
    # The terminal is a door: French spaces are put there.
    assert typographier(bilan.resume) == (
        f"Relève 2024-S2\u00a0: 1\u202f234 lignes, {checked} contrôles, aucun défaut\u202f; 1 information."
    )


def test_une_releve_sans_ligne_passe(tmp_path: Path) -> None:
    bilan = controler_releve(RELEVE, fabrique.ecrire_releve(tmp_path, [], demonstration=None))
    assert bilan.lignes == 0
    assert " 0 ligne," in bilan.resume.replace("\u00a0", " ")


def test_ce_que_le_contrat_admet_passe(tmp_path: Path) -> None:
    """Other order of columns, byte order mark, ends of lines of Windows, blank lines, cells over several lines."""
    folder = fabrique.ecrire_releve(tmp_path, [])
    names = list(reversed(NOMS_COLONNES))
    row = fabrique.ligne(
        id_mouvement="a.B-9_",
        siret="35600000000048",
        code_commune="69381",
        date_effet="2024-02-29",
        variation_production="-40.5",
        investissement_meur="+0.5",
        emplois=0,
        assimilable_site="oui",
        aides="France 2030,relocalisation",
        commentaire='"Deux\r\nlignes";\tet un guillemet "',
        nom_site="Œuvre « & <b> =1+1",
    )
    cells = ['"' + row[name].replace('"', '""') + '"' for name in names]
    content = "\r\n".join([";".join(names), "", ";".join(cells), "", ""])
    (folder / RELEVE / "84.csv").write_bytes(content.encode("utf-8-sig"))
    (folder / RELEVE / "._84.csv").write_bytes(b"\x00\x05\x16\x07")
    assert controler_releve(RELEVE, folder).lignes == 1


def test_le_registre_est_lu_une_fois(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}))
    read: list[str] = []
    real = fichier.lire_octets
    monkeypatch.setattr(fichier, "lire_octets", lambda path: read.append(path.name) or real(path))
    controler_releve(RELEVE, folder)
    assert sorted(read) == sorted(f"{region}.csv" for region in fabrique.nomenclatures().regions)


# What is refused


def test_chaque_exigence_a_son_fichier(demandes: list[Exigence]) -> None:
    names = [one.nom for one in demandes]
    assert len(set(names)) == len(names)
    assert {cas.exigence for cas in CAS} - {""} == set(names)


def test_chaque_fichier_a_son_entree() -> None:
    assert {path.stem for path in DEFAUTS.glob("*.csv")} == set(INDEX)


@pytest.mark.parametrize("cas", CAS, ids=lambda cas: cas.nom)
def test_un_defaut_est_refuse_a_sa_place(
    cas: Cas, tmp_path: Path, capsys: pytest.CaptureFixture[str], demandes: list[Exigence]
) -> None:
    # In a folder of its own: what a collection receives is kept beside it.
    register = tmp_path / "releves"
    file = cas.installer(register)
    refusing = {"controler": True, "decider": cas.lecture == "oui"}
    for command, refused in refusing.items():
        ended = lancer(capsys, command, RELEVE, "--registre", str(register))
        assert ended.code == int(refused), (command, ended.stderr)
        if not refused:
            assert len(ended.stdout.splitlines()) > 1
            assert not ended.stderr
            continue
        told = list(csv.DictReader(io.StringIO(ended.stdout), delimiter=";"))
        at_gate = command == "controler" and cas.lecture != "oui"
        told = [one for one in told if one["gravite"] == "bloquant"]
        assert {int(one["ligne"]) for one in told} == {one["ligne"] for one in cas.attendus if at_gate}
        assert "Traceback" not in ended.stderr
        assert len(ended.phrases) == len(cas.attendus), ended.stderr
        for expected in cas.attendus:
            saying = [one for one in ended.phrases if one.startswith(lieu(file, expected))]
            assert any(all(word in one for word in expected["mots"]) for one in saying), ended.stderr

    if cas.exigence:
        texts, _ = lire_textes(Releve.lire(RELEVE), register, fabrique.nomenclatures())
        assert [one.nom for one in demandes if chercher_defauts(texts, [one])] == [cas.exigence]
        (requirement,) = (one for one in demandes if one.nom == cas.exigence)
        assert requirement.lecture == (cas.lecture == "oui")


def test_une_cellule_demesuree_est_refusee(tmp_path: Path) -> None:
    rows = fabrique.lignes({}, {"commentaire": "x" * 131_073})
    with pytest.raises(RegistreRefuse, match=r"84\.csv, ligne 3.*cellule démesurée"):
        controler_releve(RELEVE, fabrique.ecrire_releve(tmp_path, rows))


def test_un_dossier_a_la_place_d_un_fichier_est_refuse(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, [])
    (folder / RELEVE / "84.csv").unlink()
    (folder / RELEVE / "84.csv").mkdir()
    with pytest.raises(RegistreRefuse, match=r"84\.csv.*c'est un dossier"):
        controler_releve(RELEVE, folder)


def test_tous_les_defauts_sont_donnes_d_un_coup(tmp_path: Path) -> None:
    """Those of the files and those of the cells, in the order of files and lines."""
    rows = fabrique.lignes({"effectif": "x"}, {"citable": ""}, {"code_commune": "13055", "siret": "1"})
    folder = fabrique.ecrire_releve(tmp_path, rows)
    (folder / RELEVE / "11.csv").unlink()
    with pytest.raises(RegistreRefuse) as refused:
        controler_releve(RELEVE, folder)
    found = [(Path(one.fichier).name, one.ligne, one.colonne) for one in refused.value.defauts]
    assert found == [("11.csv", 0, ""), ("84.csv", 2, "effectif"), ("84.csv", 3, "citable"), ("93.csv", 2, "siret")]


# What cannot pass in silence


def test_les_suites_et_la_lecture_jugent_de_meme(demandes: list[Exigence]) -> None:
    """The broken files that can be read, in one table: the requirement of each finds the same rows on both sides."""
    records = [record for cas in CAS for record in lire_fichier(DEFAUTS / f"{cas.nom}.csv", [])]
    broken = mettre_en_table(records)
    suites = lire_suites(fabrique.nomenclatures())
    judged = evaluer(suites, {"textes": table_textes(broken)})
    in_texts = [one for one in demandes if one.nom in judged]
    assert len(in_texts) == len(demandes) - 2
    for one in in_texts:
        found = set(judged[one.nom].fautives)
        family = judged.get(one.nom.replace(".format", ".calendrier"))
        found |= set(family.fautives) if family else set()
        assert found == set(broken.index[one.fautif(broken)]) != set(), one.nom
    sound = mettre_en_table([["84.csv", "84", 2, *fabrique.ligne().values()]])
    assert all(one.tenue for one in evaluer(suites, {"textes": table_textes(sound)}).values())


def test_une_expectation_qui_leve_est_une_faute_du_projet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(cellules: pd.Series) -> pd.Series:
        raise ValueError("mesure cassée")

    monkeypatch.setattr(ExpectSiretValide, "tenir", breaks)
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}))
    with pytest.raises(ErreurControle, match=r"siret\.valide, mesure cassée"):
        controler_releve(RELEVE, folder)
    ended = lancer(capsys, "controler", RELEVE, "--registre", str(folder))
    assert ended.code == 1 and "Signalez cette erreur" in ended.stderr and "Traceback" not in ended.stderr


# What it costs and what it leaves


@pytest.mark.long
@pytest.mark.parametrize("arguments", [["--help"], ["compter", RELEVE, "--par", "annee"]], ids=["aide", "compter"])
def test_great_expectations_n_est_charge_que_pour_controler(arguments: list[str]) -> None:
    program = (
        "import sys, barometre_lib, barometre_lib.qualite\n"
        "from barometre_lib.cli import main\n"
        "try: main()\n"
        "finally: sys.exit(40 + ('great_expectations' in sys.modules))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, check=False)
    assert ended.returncode == 40, ended.stderr.decode()


def test_un_seul_module_importe_ce_qui_n_est_pas_public() -> None:
    """The map classes and their decorators are not marked public in Great Expectations 1.24."""
    library = fabrique.RACINE / "barometre_lib"
    importing = {path.name: path.read_text("utf-8") for path in library.rglob("*.py")}
    importing = {name: text for name, text in importing.items() if "from great_expectations" in text}
    assert sorted(importing) == ["evaluation.py", "socle.py"]
    assert [name for name, text in importing.items() if "map_metric_provider" in text] == ["socle.py"]


@pytest.mark.long
def test_le_controle_ne_laisse_rien_et_ne_dit_qu_une_phrase(
    tmp_path: Path, commande: Callable[..., subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real command, in an empty home: no warning, no progress bar, no file."""
    folder = fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes({}))
    for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "maison"))
    (tmp_path / "maison").mkdir()
    before = sorted(folder.rglob("*"))
    program = Path(sys.executable).parent / "barometre"
    ended = subprocess.run(
        [program, "controler", RELEVE, "--registre", folder], capture_output=True, encoding="utf-8", check=False
    )
    assert (ended.returncode, ended.stdout) == (0, f"{';'.join(CHAMPS)}\n")
    assert ended.stderr.count("\n") == 1 and "aucun défaut." in ended.stderr
    assert sorted(folder.rglob("*")) == before
    assert not list((tmp_path / "maison").iterdir())
