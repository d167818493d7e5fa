"""From a relève full of warnings to the next one: workbooks, reasons typed, what is carried over, what falls."""

import csv
import errno
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pandas as pd
import pytest
import yaml
from console import Sortie, lancer
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.barometre import Barometre
from barometre_lib.collecte import acquittement
from barometre_lib.collecte.a_remplir import EMPREINTE, RAISON
from barometre_lib.collecte.avertissements import DECISION, FEUILLE
from barometre_lib.collecte.fiches import CHAMPS
from barometre_lib.ecriture import EcritureImpossible
from barometre_lib.parametres.acquittements import (
    ENTETE,
    Acquittement,
    Decision,
    composer,
    lire_acquittements,
    lire_fichier,
)
from barometre_lib.parametres.decides import juger_raison
from barometre_lib.qualite.controle import examiner, tables_controlees
from barometre_lib.qualite.partenaires import chercher_partenaires, empreinte
from barometre_lib.qualite.suites import Controle, Gravite
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVE, SUIVANTE = "2024-S2", "2025-S1"
# `make test` goes through a tenth of them.
COMBIEN, CHANGEES = (300, 20) if fabrique.TOUT else (30, 2)
HOSTILE = '=HYPERLINK("http://exemple.fr";"Usine")'
CONTROLE = "emplois_disproportionnes"
# Two communes each: one that five rows in a row have is warned of.
COMMUNES = {"84": ("69123", "69266"), "11": ("75101", "75102"), "53": ("35238", "35047")}
JOUR = timedelta(days=1)
Lancer = Callable[..., Sortie]
FAITS: dict[str, bytes] = {}


def mouvement(rang: int, region: str = "84", **change: Any) -> dict[str, Any]:
    """Return an announcement, counted nowhere, of which one thing alone is to be said: its jobs."""
    place = COMMUNES[region][rang % 2]
    own = {"id_mouvement": f"{region}-{rang:05d}", "nom_site": f"Usine {rang}", "code_commune": place}
    days = {"date_annonce": date(2024, 1, 1) + rang * JOUR, "date_effet": date(2026, 1, 1) + rang * JOUR}
    dated = {"statut": "annonce", **days, "emplois": 900 + rang}
    return fabrique.ligne(**own | dated | change)


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose editions are at their start, and whose register holds nothing."""
    root = fabrique.petite_racine(tmp_path / "racine")
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    return root


@pytest.fixture
def deposer(racine: Path) -> Callable[..., None]:
    def store(*rows: dict[str, Any], releve: str = RELEVE) -> None:
        fabrique.ecrire_releve(racine / "data" / "releves", rows, releve)

    return store


@pytest.fixture
def ici(capsys: pytest.CaptureFixture[str]) -> Lancer:
    return lambda *arguments: lancer(capsys, *map(str, arguments))


@pytest.fixture
def classeurs(tmp_path: Path, ici: Lancer, deposer: Callable[..., None]) -> Path:
    """The workbooks of a small relève, two warnings in 84, one in 11: the same bytes each time, made once."""
    deposer(mouvement(1), mouvement(2, nom_site=HOSTILE), mouvement(3, "11"))
    if not FAITS:
        assert ici("controler", RELEVE, "--avertissements", tmp_path / "av").code == 1
        FAITS.update({path.name: path.read_bytes() for path in (tmp_path / "av").iterdir()})
    (tmp_path / "av").mkdir(exist_ok=True)
    for name, data in FAITS.items():
        (tmp_path / "av" / name).write_bytes(data)
    return tmp_path / "av"


def titres(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    for row in sheet.iter_rows():
        names = {str(cell.value): cell.column for cell in row if cell.value}
        if EMPREINTE in names:
            return row[0].row, names
    raise AssertionError("aucun titre")


def remplir(path: Path, decision: str | None = "justifié", raison: Any = "Vu avec la préfecture", *lignes: int) -> None:
    """Type a decision and a reason in lines of a workbook, counted from the first one, 0; in all by default."""
    book = openpyxl.load_workbook(path)
    sheet = book[FEUILLE]
    header, at = titres(sheet)
    for number in range(header + 1, sheet.max_row + 1):
        if not lignes or number - header - 1 in lignes:
            sheet.cell(number, at[DECISION]).value = decision
            sheet.cell(number, at[RAISON]).value = raison(number) if callable(raison) else raison
    book.save(path)


def bureau(folder: Path, releve: str = RELEVE) -> Path:
    return folder / f"avertissements-{releve}.xlsx"


def decides(racine: Path, releve: str = RELEVE) -> tuple[Acquittement, ...]:
    return lire_fichier(Releve.lire(releve), racine / "params")


def attendre(ended: Sortie) -> list[str]:
    return [row["reference"] for row in csv.DictReader(io.StringIO(ended.stdout), delimiter=";") if not row["decision"]]


# From one relève to the next


def test_d_une_releve_a_l_autre_seul_ce_qui_change_est_redemande(
    racine: Path, tmp_path: Path, ici: Lancer, deposer: Callable[..., None]
) -> None:
    rows = [mouvement(rang, ("84", "11", "53")[rang % 3]) for rang in range(COMBIEN)]
    deposer(*rows)
    refused = ici("controler", RELEVE, "--avertissements", tmp_path / "av")
    assert refused.code == 1 and len(attendre(refused)) == COMBIEN
    assert f"{COMBIEN} avertissements à corriger" in refused.stderr
    assert "Contrôle du" not in ici("etat", RELEVE).stderr and not (racine / "collecte").exists()
    remplir(bureau(tmp_path / "av"), raison=lambda number: f"Effectif visé confirmé, courrier {number}")
    done = ici("acquitter", bureau(tmp_path / "av"))
    assert done.code == 0, done.stderr
    assert f"{COMBIEN} décisions portées." in done.stderr and "Aucun avertissement ne reste" in done.stderr
    assert len({one.raison for one in decides(racine)}) == COMBIEN
    # A collection is under way: what the gate finds is kept there.
    (racine / "collecte" / RELEVE).mkdir(parents=True)
    accepted = ici("controler", RELEVE)
    assert accepted.code == 0 and f"{COMBIEN} avertissements acquittés" in accepted.stderr
    assert re.search(rf"Contrôle du .* : {COMBIEN} avertissements justifiés\.\n", ici("etat", RELEVE).stderr)
    deposer(*rows[1:], {**rows[0], "emplois": "5001"})
    told = ici("etat", RELEVE).stderr
    assert f"{COMBIEN} avertissements justifiés ; ce qu'il a lu a changé depuis." in told
    assert f"« barometre controler {RELEVE} » dit" in told
    assert ici("controler", RELEVE).code == 1
    told = ici("etat", RELEVE).stderr
    assert f" : 1 avertissement à décider et {COMBIEN - 1} avertissements justifiés." in told
    deposer(*rows)

    for row in rows[:CHANGEES]:
        row["emplois"] = "5000"
    deposer(*rows, releve=SUIVANTE)
    asked = ici("controler", SUIVANTE, "--avertissements", tmp_path / "suite")
    assert asked.code == 1 and f"{CHANGEES} avertissements à corriger" in asked.stderr
    assert sorted(attendre(asked)) == sorted(row["id_mouvement"] for row in rows[:CHANGEES])
    assert "Une valeur a changé depuis que" in asked.stderr and f"en {RELEVE}." in asked.stderr
    sheet = openpyxl.load_workbook(bureau(tmp_path / "suite", SUIVANTE))[FEUILLE]
    header, at = titres(sheet)
    told = [str(sheet.cell(line, at["Déjà décidé"]).value) for line in range(header + 1, sheet.max_row + 1)]
    assert len(told) == COMBIEN
    # What is to be read comes first, and says what it had.
    assert all("a changé depuis la raison" in one for one in told[:CHANGEES])
    assert set(told[CHANGEES:]) == {f"Reporté de {RELEVE}."}
    remplir(bureau(tmp_path / "suite", SUIVANTE), "justifié", "Nouveau chiffre confirmé", *range(CHANGEES))
    assert ici("acquitter", bureau(tmp_path / "suite", SUIVANTE)).code == 0
    # What is carried over is not written again.
    assert {one.reference for one in decides(racine, SUIVANTE)} == {row["id_mouvement"] for row in rows[:CHANGEES]}
    assert ici("controler", SUIVANTE).code == 0
    if fabrique.TOUT:
        published = ici("publier", RELEVE, SUIVANTE, "--regions", "94", "--sorties", tmp_path / "sorties")
        assert published.code == 0, published.stderr
        page = (tmp_path / "sorties" / SUIVANTE / "qualite.html").read_text(encoding="utf-8")
        assert "Reporté de la relève" in page


# What the desk works with


def test_tout_est_sur_la_sortie_standard_rien_n_est_coupe(ici: Lancer, deposer: Callable[..., None]) -> None:
    deposer(*(mouvement(rang) for rang in range(70)), mouvement(99, nom_site=HOSTILE))
    ended, data = ici("controler", RELEVE), ici("controler", RELEVE, "--json")
    rows = list(csv.DictReader(io.StringIO(ended.stdout), delimiter=";"))
    told = json.loads(data.stdout)
    assert list(rows[0]) == CHAMPS == list(told[0])
    assert (ended.code, data.code, len(rows), len(told)) == (1, 1, 71, 71)
    assert rows[-1]["site"] == f"'{HOSTILE}" and told[-1]["site"] == HOSTILE
    assert (
        rows[0]["valeurs"] == "Emplois créés ou supprimés : 900 ; Effectif salarié : 21 ; Type de mouvement : ouverture"
        and rows[0]["ligne"] == "2"
    )
    assert (rows[0]["region"], rows[0]["commune"], rows[0]["attendu"][:17]) == ("84", "Lyon", "un nombre d'emplo")


def test_le_partenaire_est_a_cote(ici: Lancer, deposer: Callable[..., None], tmp_path: Path) -> None:
    same = {"siret": fabrique.SIRET_A, "emplois": None}
    deposer(mouvement(9, emplois=None), mouvement(10, emplois=None), releve="2024-S1")
    deposer(
        mouvement(1, "84", **same, code_commune="69123"),
        mouvement(2, "84", **same, code_commune="69266"),
        mouvement(3, "84", **same, code_commune="69266"),
        mouvement(9, emplois=None, type_mouvement="fermeture"),
    )
    told = json.loads(ici("controler", RELEVE, "--json", "--avertissements", tmp_path).stdout)
    two = {(one["controle"], one["reference"]): one for one in told}
    one = two["site_dans_deux_communes", "84-00001"]
    assert (one["partenaire"], one["partenaires"], one["partenaire_commune"]) == ("84-00002", 2, "Villeurbanne")
    assert one["valeurs"] != one["partenaire_valeurs"] and set(one["valeurs"]) == set(one["partenaire_valeurs"])
    # The one that says something else comes first, though another is nearer.
    assert two["site_dans_deux_communes", "84-00003"]["partenaire"] == "84-00001"
    turned = two["sens_inverse", "84-00009"]
    assert turned["valeurs"] == {"Type de mouvement": "fermeture"}
    assert turned["partenaire_valeurs"] == {"Type de mouvement": "ouverture"}
    assert turned["partenaire_fichier"].endswith("2024-S1/84.csv") and turned["partenaire_ligne"] == 2
    gone = two["mouvement_disparu", "84-00010"]
    assert gone["fichier"].endswith("2024-S1/84.csv") and gone["site"] == "Usine 10" and gone["partenaires"] == 0
    shown = {row[0].value: row for row in openpyxl.load_workbook(bureau(tmp_path))[FEUILLE].iter_rows()}
    assert shown["84-00009"][4].value == "≠ Type de mouvement : fermeture"
    assert str(shown["84-00009"][6].value).startswith("Relève précédente\n2024-S1/84.csv")


def test_depuis_quand_il_est_connu(ici: Lancer, deposer: Callable[..., None]) -> None:
    deposer(mouvement(1), mouvement(2, emplois=5000), mouvement(3), releve="2023-S2")
    deposer(mouvement(1), mouvement(2), releve="2024-S1")
    deposer(mouvement(1), mouvement(2), mouvement(3))
    told = {one["reference"]: one["depuis"] for one in json.loads(ici("controler", RELEVE, "--json").stdout)}
    assert told == {"84-00001": "2023-S2", "84-00002": "2024-S1", "84-00003": RELEVE}


def test_un_classeur_par_region_et_un_pour_le_bureau(classeurs: Path, ici: Lancer) -> None:
    names = [path.name for path in sorted(classeurs.iterdir())]
    assert names == [f"avertissements-{RELEVE}{end}.xlsx" for end in ("-11", "-84", "")]
    sheet = openpyxl.load_workbook(bureau(classeurs))[FEUILLE]
    assert str(sheet["A1"].value) == f"Avertissements de la relève {RELEVE}, bureau"
    header, at = titres(sheet)
    assert sheet.freeze_panes == f"B{header + 1}" and sheet.auto_filter.ref == f"A{header}:P{header + 3}"
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"corrigé,justifié,à revoir"'
    assert str(choice.sqref) == f"L{header + 1}:L{header + 3}" and at[DECISION] == 12
    assert sheet.page_setup.orientation == "landscape" and not any(
        one.hidden for one in sheet.column_dimensions.values()
    )
    # Made again, the same bytes; filled in, they are kept.
    before = {path: path.read_bytes() for path in classeurs.iterdir()}
    assert ici("controler", RELEVE, "--avertissements", classeurs).code == 1
    assert {path: path.read_bytes() for path in classeurs.iterdir()} == before
    remplir(bureau(classeurs))
    filled = bureau(classeurs).read_bytes()
    ended = ici("controler", RELEVE, "--avertissements", classeurs)
    assert "un autre classeur est déjà là, peut-être rempli" in ended.stderr and not ended.stdout
    assert bureau(classeurs).read_bytes() == filled
    ici("controler", RELEVE, "--avertissements", classeurs, "--forcer")
    assert {path: path.read_bytes() for path in classeurs.iterdir()} == before


def test_les_classeurs_ne_vont_pas_dans_le_registre(classeurs: Path, racine: Path, ici: Lancer) -> None:
    ended = ici("controler", RELEVE, "--avertissements", racine / "data" / "releves" / RELEVE)
    assert ended.code == 1 and "le dossier d'une relève, les classeurs n'y vont pas" in ended.stderr


def test_aucun_texte_n_est_une_formule(classeurs: Path) -> None:
    for path in classeurs.iterdir():
        for sheet in openpyxl.load_workbook(path):
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
            assert kinds <= {"s", "n"}
    texts = [cell.value for row in openpyxl.load_workbook(bureau(classeurs))[FEUILLE].iter_rows() for cell in row]
    assert f"'{HOSTILE}" in texts


# Reading back


def test_les_classeurs_des_regions_et_celui_du_bureau_se_completent(classeurs: Path, racine: Path, ici: Lancer) -> None:
    remplir(classeurs / f"avertissements-{RELEVE}-11.xlsx")
    remplir(bureau(classeurs), "À revoir ", None, 1)
    remplir(classeurs / f"avertissements-{RELEVE}-84.xlsx", "à revoir", None, 0)
    ended = ici("acquitter", *sorted(classeurs.iterdir()))
    assert ended.code == 0, ended.stderr
    assert "2 décisions portées." in ended.stderr and "1 justifié, 1 à revoir." in ended.stderr
    assert "1 ligne des classeurs est sans décision." in ended.stderr
    assert "2 avertissements restent à relire." in ended.stderr
    held = {one.reference: one.decision for one in decides(racine)}
    assert held == {"84-00001": Decision.A_REVOIR, "11-00003": Decision.JUSTIFIE}
    path = racine / "params" / "releves" / f"{RELEVE}.acquittements.csv"
    before = path.read_bytes()
    again = ici("acquitter", *sorted(classeurs.iterdir()))
    assert again.code == 0 and "0 décision portée." in again.stderr and path.read_bytes() == before
    # Sorted by hand otherwise, it is put in order.
    head, *lines = before.splitlines(keepends=True)
    path.write_bytes(b"".join([head, *lines[::-1]]))
    assert ici("acquitter", *sorted(classeurs.iterdir())).code == 0 and path.read_bytes() == before


def test_une_ligne_dite_corrigee_doit_l_etre(
    classeurs: Path, racine: Path, ici: Lancer, deposer: Callable[..., None]
) -> None:
    remplir(bureau(classeurs), "corrigé", None)
    ended = ici("acquitter", bureau(classeurs))
    assert ended.code == 0, ended.stderr
    assert f"Encore signalé, bien que dit corrigé : {CONTROLE} 11-00003, {CONTROLE} 84-00001 et" in ended.stderr
    assert ici("controler", RELEVE).code == 1
    deposer(mouvement(1, emplois=10), mouvement(2, emplois=10), mouvement(3, "11", emplois=10))
    ended = ici("acquitter", bureau(classeurs))
    assert ended.code == 0 and "Encore" not in ended.stderr
    assert ici("controler", RELEVE).code == 0
    assert examiner(Barometre.charger(RELEVE)).sans_objet == ()


@pytest.mark.parametrize(
    "saisie",
    [
        ("justifié", None, "« Raison » : trouvé une cellule vide ; attendu une raison"),
        ("justifié", "…", "« Raison » : trouvé « … » ; attendu"),
        ("justifié", "ok", "« Raison » : trouvé « ok » ; attendu une raison qu'un lecteur comprenne"),
        ("justifié", "vu vu vu vu vu vu", "« Raison » : trouvé"),
        ("justifié", "=1+1", "« Raison » : trouvé une formule"),
        ("justifié", "-- vu avec la préfecture", "« Raison » : trouvé « -- vu avec la préfecture » ; attendu"),
        ("justifié", 12, "« Raison » : trouvé « 12 » ; attendu"),
        ("peut-être", "Vu avec la préfecture", "« Décision » : trouvé « peut-être » ; attendu corrigé, justifié ou à"),
        (None, "Vu avec la préfecture", "« Décision » : une raison sans décision"),
        ("=1", "Vu avec la préfecture", "« Décision » : trouvé une formule"),
    ],
)
def test_une_faute_de_saisie_est_dite_et_rien_n_est_porte(
    saisie: tuple[str | None, Any, str], classeurs: Path, racine: Path, ici: Lancer
) -> None:
    decision, raison, dit = saisie
    remplir(bureau(classeurs))
    remplir(bureau(classeurs), decision, raison, 1)
    ended = ici("acquitter", bureau(classeurs))
    assert ended.code == 1 and f"ligne 6 : {dit}" in ended.stderr, ended.stderr
    assert decides(racine) == ()


def changer(path: Path, valeur: Callable[[str], str], ligne: int = 0) -> None:
    """Change what a workbook says is the fingerprint of a line."""
    book = openpyxl.load_workbook(path)
    header, at = titres(book[FEUILLE])
    cell = book[FEUILLE].cell(header + 1 + ligne, at[EMPREINTE])
    cell.value = valeur(str(cell.value))
    book.save(path)


@pytest.mark.parametrize(
    ("valeur", "dit"),
    [
        (lambda one: one[:-16] + "0" * 16, f"{CONTROLE} « 11-00003 », une valeur a changé depuis que ce classeur"),
        (lambda one: one.replace("11-00003", "11-77777"), f"{CONTROLE} « 11-77777 » n'est pas un avertissement de la"),
        (
            lambda one: one.replace(CONTROLE, "autre"),
            "autre « 11-00003 » n'est pas un avertissement de la relève",
        ),
        (lambda _: "abc", "« Empreinte » : trouvé « abc » ; elle ne se modifie pas"),
        (lambda _: "=A1", "« Empreinte » : trouvé une formule"),
    ],
)
def test_un_avertissement_inconnu_ou_change_est_refuse(
    valeur: Callable[[str], str], dit: str, classeurs: Path, racine: Path, ici: Lancer
) -> None:
    remplir(bureau(classeurs))
    changer(bureau(classeurs), valeur)
    ended = ici("acquitter", bureau(classeurs))
    assert ended.code == 1 and f"ligne 5 : {dit}" in ended.stderr, ended.stderr
    assert decides(racine) == ()


def test_deux_raisons_pour_un_avertissement_sont_refusees(classeurs: Path, racine: Path, ici: Lancer) -> None:
    region = classeurs / f"avertissements-{RELEVE}-84.xlsx"
    remplir(bureau(classeurs))
    remplir(region, "justifié", "Vu avec la préfecture")
    assert ici("acquitter", region, bureau(classeurs)).code == 0
    remplir(region, "justifié", "Vu avec la direction", 1)
    ended = ici("acquitter", region, bureau(classeurs))
    assert ended.code == 1 and "« 84-00002 » est décidé autrement que" in ended.stderr
    assert {one.raison for one in decides(racine)} == {"Vu avec la préfecture"}


def test_toutes_les_fautes_de_tous_les_classeurs_se_disent(classeurs: Path, racine: Path, ici: Lancer) -> None:
    remplir(classeurs / f"avertissements-{RELEVE}-11.xlsx", "justifié", "ok")
    remplir(classeurs / f"avertissements-{RELEVE}-84.xlsx", None, "Vu avec la préfecture")
    ended = ici("acquitter", *sorted(classeurs.iterdir()))
    assert ended.code == 1 and len(ended.stderr.splitlines()) == 3
    assert decides(racine) == ()


def test_le_classeur_d_une_autre_releve_est_refuse(
    classeurs: Path, tmp_path: Path, racine: Path, ici: Lancer, deposer: Callable[..., None]
) -> None:
    deposer(mouvement(1), releve="2024-S1")
    ici("controler", "2024-S1", "--avertissements", tmp_path / "avant")
    remplir(bureau(tmp_path / "avant", "2024-S1"))
    remplir(bureau(classeurs))
    both = (bureau(classeurs), bureau(tmp_path / "avant", "2024-S1"))
    ended = ici("acquitter", *both)
    assert ended.code == 1 and "classeur de la relève 2024-S2 ; attendu 2024-S1" in ended.stderr
    ended = ici("acquitter", "--releve", RELEVE, both[1])
    assert ended.code == 1 and "classeur de la relève 2024-S1 ; attendu 2024-S2, rien n'est porté" in ended.stderr
    assert decides(racine) == decides(racine, "2024-S1") == ()


def test_ce_qui_n_est_pas_un_classeur_d_avertissements_est_refuse(classeurs: Path, tmp_path: Path, ici: Lancer) -> None:
    book = openpyxl.load_workbook(bureau(classeurs))
    book[FEUILLE].title = "Autre"
    book.save(tmp_path / "renomme.xlsx")
    book = openpyxl.Workbook()
    book.active.title = FEUILLE
    book.save(tmp_path / "vide.xlsx")
    (tmp_path / "f.csv").write_text("a;b\n", encoding="utf-8")
    said = {
        "renomme.xlsx": "attendu une feuille « Avertissements »",
        "vide.xlsx": "ce n'est pas un classeur d'avertissements",
        "f.csv": "ce n'est pas un classeur d'avertissements",
        "absent.xlsx": "introuvable",
    }
    for name, words in said.items():
        ended = ici("acquitter", tmp_path / name)
        assert ended.code == 1 and words in ended.stderr, (name, ended.stderr)
    assert ici("acquitter").code == 2


def test_ce_que_libreoffice_enregistre_trie_et_ampute_se_relit(
    classeurs: Path, racine: Path, ici: Lancer, libreoffice: Callable[..., Path]
) -> None:
    remplir(bureau(classeurs), raison="Vu avec l'inspecteur, « sur place » ; 2 < 3 & co")
    saved = libreoffice(bureau(classeurs))
    book = openpyxl.load_workbook(saved)
    sheet = book[FEUILLE]
    header, at = titres(sheet)
    assert len(sheet.data_validations.dataValidation) == 1
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(header + 1, header + 3)]
    # Sorted the other way, the last line deleted, a column moved to the front and a line hidden by a filter.
    for number, row in enumerate(rows[::-1], start=header + 1):
        for rank, value in enumerate(row, start=1):
            sheet.cell(number, rank).value = value
    sheet.delete_rows(header + 3)
    sheet.row_dimensions[header + 1].hidden = True
    book.save(saved)
    ended = ici("acquitter", libreoffice(saved))
    assert ended.code == 0, ended.stderr
    assert [one.reference for one in decides(racine)] == ["84-00001", "84-00002"]
    assert {one.raison for one in decides(racine)} == {"Vu avec l'inspecteur, « sur place » ; 2 < 3 & co"}
    assert at[EMPREINTE] == len(rows[0])


# The file


ENTREE = Acquittement("x", "84-1", "0" * 16, Decision.JUSTIFIE, "Vu avec le service", Releve.lire(RELEVE))


@pytest.mark.parametrize(
    ("lignes", "dit"),
    [
        (["a;b"], "ligne 1 : attendu l'en-tête controle;reference"),
        ([";".join(ENTETE), "x;84-1;0"], "ligne 2 : trouvé 3 cellules ; attendu 6"),
        ([";".join(ENTETE), f";84-1;{'0' * 16};justifie;Vu avec le service;2024-S2"], "ligne 2 : attendu un contrôle"),
        (
            [";".join(ENTETE), "x;84-1;zz;justifie;Vu avec le service;2024-S2"],
            "ligne 2 : « empreinte » : trouvé « zz »",
        ),
        (
            [";".join(ENTETE), f"x;84-1;{'0' * 16};justifié;Vu avec le service;2024-S2"],
            "« decision » : trouvé « justif",
        ),
        (
            [";".join(ENTETE), f"x;84-1;{'0' * 16};justifie;ok;2024-S2"],
            "ligne 2 : « raison » : trouvé « ok » ; attendu",
        ),
        (
            [";".join(ENTETE), f"x;84-1;{'0' * 16};justifie;Vu avec le service;2024-S1"],
            "« origine » : trouvé « 2024-S1",
        ),
        ([";".join(ENTETE), *[f"x;84-1;{'0' * 16};a_revoir;;2024-S2"] * 2], "ligne 3 : x, « 84-1 » figure deux fois"),
        ([";".join(ENTETE), '"x'], "ce n'est pas un CSV en UTF-8"),
    ],
)
def test_un_fichier_mal_ecrit_est_refuse(lignes: Sequence[str], dit: str, racine: Path) -> None:
    path = fabrique.ecrire_acquittements(racine, RELEVE, [ENTREE])
    path.write_text("\n".join([*lignes, ""]), encoding="utf-8")
    with fabrique.refus(f"{RELEVE}.acquittements.csv.*{dit}"):
        lire_acquittements(Releve.lire(RELEVE))


def test_un_fichier_se_relit_tel_quel_de_la_plus_proche_releve_a_la_plus_ancienne(racine: Path) -> None:
    for releve in (SUIVANTE, "2023-S2", RELEVE, "2024-S1"):
        fabrique.ecrire_acquittements(racine, releve, [fabrique.replace(ENTREE, origine=Releve.lire(releve))])
    read = lire_acquittements(Releve.lire(RELEVE))
    assert [str(one.origine) for one in read] == [RELEVE, "2024-S1", "2023-S2"]
    assert composer([ENTREE]) == (racine / "params" / "releves" / f"{RELEVE}.acquittements.csv").read_bytes()


@pytest.mark.parametrize(
    "raison", ["", "…", "ok", "OK.", "vu", "RAS", "vu ok", "a b c d e f", "aaaaaaaaaaaaaaa", "oui oui"]
)
def test_une_raison_a_des_mots(raison: str) -> None:
    assert juger_raison(raison)
    assert not juger_raison("Doublon retiré par le service le 12 janvier.")


@given(st.text(max_size=60))
def test_une_raison_admise_n_est_ni_une_formule_ni_cachee(raison: str) -> None:
    if not juger_raison(raison):
        assert raison[0] not in "=+-@'\t＝＋－＠" and raison.isprintable()


# The fingerprint

SIRET = Controle("x", Gravite.AVERTISSEMENT, "X", "y", "siret", "mouvements", ("siret", "code_commune"), "siret")


@settings(max_examples=100)
@given(st.sampled_from(NOMS_COLONNES), st.integers(0, 3), st.text("ab1", min_size=1, max_size=3))
def test_une_empreinte_change_si_et_seulement_si_une_valeur_comparee_change(
    colonne: str, rang: int, valeur: str
) -> None:
    """That of the row, or of one of its partners; the order of rows is no matter."""
    rows = fabrique.lignes(*[{"siret": fabrique.SIRET_A}] * 3, {"siret": fabrique.SIRET_B})
    table = pd.DataFrame(rows).assign(date_effet_jour=pd.Timestamp("2024-03-15"), compte=True, motif="compte")

    def print_of(one: pd.DataFrame, rank: int) -> str:
        return empreinte(SIRET, one, rank, chercher_partenaires(SIRET, [rank], one)[rank])

    before = print_of(table, 0)
    changed = table.copy()
    changed.loc[rang, colonne] = valeur
    compared = rang < 3 and colonne in SIRET.champs and table.loc[rang, colonne] != valeur
    assert (print_of(changed, 0) != before) == compared
    turned = table.iloc[[3, 2, 1, 0]].reset_index(drop=True)
    assert print_of(turned, 3) == before


def test_une_empreinte_ne_depend_pas_du_type_de_la_colonne() -> None:
    check = Controle("x", Gravite.AVERTISSEMENT, "X", "y", "", "regions", ("recentes",))
    known = [
        empreinte(check, pd.DataFrame({"recentes": pd.Series([12, 3], dtype=kind)}), 0) for kind in ("int64", "Int64")
    ]
    assert known == [empreinte(check, pd.DataFrame({"recentes": [12.0, None]}), 0)] * 2


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_un_controle_qui_parle_de_deux_lignes_les_trouve(releve: str, charger: Any) -> None:
    """On the demonstration: every row at fault of a check with a partner has one."""
    tables = tables_controlees(charger(releve))
    for result in examiner(charger(releve)).resultats:
        if result.controle.partenaire not in ("", "precedente"):
            for one in result.constats:
                assert one.partenaires, (result.controle.nom, one.reference)
                row = tables[result.controle.table].iloc[one.rang]
                assert row["id_mouvement"] == one.reference


# What older editions hold


ANCIENNE = """
# Relus.
acquittements:
  - controle: emplois_disproportionnes
    references: ["84-00001", "84-77777"]
    raison: "Emplois visés, confirmés par le service." # un mot
  - {controle: emplois_disproportionnes, nombre: 3, raison: "Trois lignes relues par le bureau."}
  - {controle: annonce_echue, nombre: 2, raison: "Deux lignes relues par le bureau."}
# Ce qui suit reste.
methode: {}
"""


def ancienne(racine: Path, texte: str = ANCIENNE) -> Path:
    path = racine / "params" / "releves" / f"{RELEVE}.yaml"
    path.write_text(path.read_text(encoding="utf-8") + texte, encoding="utf-8")
    return path


def test_une_edition_d_avant_est_convertie_une_fois(classeurs: Path, racine: Path, ici: Lancer) -> None:
    before = (racine / "params" / "releves" / f"{RELEVE}.yaml").read_text(encoding="utf-8")
    path = ancienne(racine)
    refused = ici("controler", RELEVE)
    assert (
        refused.code == 1
        and f"« acquittements » : n'est plus lu ; « barometre acquitter --convertir {RELEVE} »" in (refused.stderr)
    )
    done = ici("acquitter", "--convertir", RELEVE)
    assert done.code == 0, done.stderr
    assert path.read_text(encoding="utf-8") == before + "\n# Relus.\n# Ce qui suit reste.\nmethode: {}\n"
    assert {one.reference for one in decides(racine)} == {"84-00001", "84-00002", "11-00003"}
    assert "plus aucun avertissement pour 84-77777 ; laissé." in done.stderr
    assert "acquitté pour 2 lignes, le contrôle en trouve un autre nombre ; laissé." in done.stderr
    assert ici("controler", RELEVE).code == 0
    again = ici("acquitter", "--convertir", RELEVE)
    assert again.code == 1 and "rien à convertir" in again.stderr


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        (
            'acquittements:\n  - {references: ["84-00001"], raison: "ok"}\n',
            "« raison » : trouvé « ok » ; attendu une raison",
        ),
        (
            "acquittements:\n  - {references: [84], raison: 3}\n",
            "« references » n° 1 : trouvé « 84 » ; attendu un texte",
        ),
    ],
)
def test_une_edition_mal_ecrite_n_est_pas_convertie(
    texte: str, dit: str, classeurs: Path, racine: Path, ici: Lancer
) -> None:
    path = ancienne(racine, texte)
    before = path.read_bytes()
    ended = ici("acquitter", "--convertir", RELEVE)
    assert ended.code == 1 and dit in ended.stderr, ended.stderr
    assert path.read_bytes() == before and decides(racine) == ()


def test_un_bloc_que_rien_ne_separe_est_a_retirer_a_la_main(classeurs: Path, racine: Path, ici: Lancer) -> None:
    path = racine / "params" / "releves" / f"{RELEVE}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(
        yaml.safe_dump(content | {"acquittements": []}, default_flow_style=True, allow_unicode=True), encoding="utf-8"
    )
    before = path.read_bytes()
    ended = ici("acquitter", "--convertir", RELEVE)
    assert ended.code == 1 and "retirez-le à la main" in ended.stderr and path.read_bytes() == before


def test_la_conversion_ecrit_les_deux_fichiers_ou_aucun(
    classeurs: Path, racine: Path, ici: Lancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ancienne(racine)
    before = path.read_bytes()
    real = acquittement.mettre_en_place

    @contextmanager
    def refuse(target: Path) -> Iterator[Path]:
        if target.suffix == ".csv":
            # The edition is put in place first.
            yield classeurs / "ailleurs"
            assert path.read_bytes() != before
            raise EcritureImpossible(target, OSError(errno.ENOSPC, ""))
        with real(target) as beside:
            yield beside

    monkeypatch.setattr(acquittement, "mettre_en_place", refuse)
    ended = ici("acquitter", "--convertir", RELEVE)
    assert ended.code == 1 and "rien n'a été écrit" in ended.stderr, ended.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("feuille", [FEUILLE, "À revoir", "Mode d'emploi", "Mouvements"])
def test_ce_qui_s_imprime_se_lit_sur_papier(
    feuille: str, classeurs: Path, racine: Path, ici: Lancer, libreoffice: Callable[..., Path]
) -> None:
    """No text under 8 points, in the pages that LibreOffice makes of a sheet."""
    path = classeurs / f"avertissements-{RELEVE}-84.xlsx"
    if feuille != FEUILLE:
        path = classeurs / "modele.xlsx"
        assert ici("modele", "--region", "84", "--releve", SUIVANTE, "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    for sheet in book:
        sheet.sheet_state = "visible" if sheet.title == feuille else "hidden"
    book.active = book[feuille]
    book.save(path)
    data, sizes = libreoffice(path, "pdf").read_bytes(), list[float]()
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        with suppress(zlib.error):
            sizes += map(float, re.findall(rb"/F\d+ ([\d.]+) Tf", zlib.decompress(stream)))
    assert sizes and min(sizes) >= 8
