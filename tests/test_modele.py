"""The collection workbook: what a service sees, chooses from and updates; the same input gives the same bytes."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import fabrique
import openpyxl
import pytest
from console import lancer
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.classeur_recu import lire_classeur
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.feuilles import lire_notice
from barometre_lib.collecte.grille import DEPARTEMENT, LIBELLES, Cellule
from barometre_lib.collecte.interpretation import References
from barometre_lib.collecte.modele import ORDRE, faire_modele
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import simplifier
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("sans_porte")

LIGNES = fabrique.lignes(
    {"id_mouvement": "06-00001", "code_commune": "97611", "siret": fabrique.SIRET_A, "investissement_meur": "5.5"},
    {
        "id_mouvement": "06-00002",
        "code_commune": "97608",
        "type_mouvement": "reduction",
        "nom_site": "=cmd|'/c calc'!A0",
        "commentaire": "Deux\nlignes ; et un _x0041_",
        "assimilable_site": "oui",
        "variation_production": "-40",
    },
)


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    return fabrique.ecrire_releve(tmp_path / "registre", LIGNES)


@pytest.fixture
def modele(registre: Path, tmp_path: Path, nomenclatures: Nomenclatures) -> Callable[..., Path]:
    """Write the workbook of a region, by default Mayotte: it has few communes."""

    def write(region: str = "06", releve: str = "2025-S1") -> Path:
        path = tmp_path / f"{region}.xlsx"
        faire_modele(path, Destination(Releve.lire(releve), region, registre), nomenclatures=nomenclatures)
        return path

    return write


def ouvrir(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


def colonne(sheet: Worksheet, nom: str) -> int:
    return ORDRE.index(nom) + 1


def saisies(sheet: Worksheet) -> dict[str, DataValidation]:
    """Return what each column accepts, by column of the register."""
    by_letter = {str(one.sqref).partition("2:")[0]: one for one in sheet.data_validations.dataValidation}
    return {name: by_letter[openpyxl.utils.get_column_letter(rank)] for rank, name in enumerate(ORDRE, start=1)}


# What is in it


def test_les_feuilles_et_les_titres(modele: Callable[..., Path]) -> None:
    book = ouvrir(modele())
    assert book.sheetnames == ["Mouvements", "À revoir", "Mode d'emploi", "Listes"]
    assert all(sheet.sheet_state == "visible" for sheet in book)
    titles = [cell.value for cell in book["Mouvements"][1]]
    stars = {column.libelle for column in COLONNES[1:] if column.obligatoire}
    assert titles == [f"{LIBELLES[name]} *" if LIBELLES[name] in stars else LIBELLES[name] for name in ORDRE]
    assert ORDRE.index(DEPARTEMENT) + 1 == ORDRE.index("code_commune")
    assert book["Mouvements"].freeze_panes == "B2"
    assert book["Mouvements"].auto_filter.ref == "A1:Z3"
    assert book["Mouvements"].page_setup.orientation == "landscape"


def test_les_mouvements_de_la_releve_precedente_y_sont(modele: Callable[..., Path]) -> None:
    sheet = ouvrir(modele())["Mouvements"]
    first, second = ({name: row[colonne(sheet, name) - 1] for name in ORDRE} for row in sheet.iter_rows(min_row=2))
    assert first["id_mouvement"].value == "06-00001"
    assert first["siret"].value == fabrique.SIRET_A and first["siret"].number_format == "@"
    assert first["departement"].value == "Mayotte (976)"
    assert first["code_commune"].value == "Mamoudzou (97611)"
    assert first["code_naf"].value == "27.20Z Fabrication de piles et d'accumulateurs électriques"
    assert first["sous_secteur"].value == "Électronique"
    assert first["statut"].value == "Réalisé"
    assert first["date_effet"].value == datetime(2024, 3, 15) and first["date_effet"].number_format == "dd/mm/yyyy"
    assert (first["effectif"].value, first["investissement_meur"].value) == (21, 5.5)
    assert first["citable"].value == "Non"
    assert first["capacite"].value is None
    assert second["type_mouvement"].value == "Réduction significative"
    assert second["variation_production"].value == -40
    assert second["assimilable_site"].value == "Oui"
    assert second["nom_site"].value == "'=cmd|'/c calc'!A0" and second["nom_site"].data_type == "s"
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_chaque_colonne_a_son_message_et_sa_liste(modele: Callable[..., Path]) -> None:
    book = ouvrir(modele())
    accepted = saisies(book["Mouvements"])
    for name, check in accepted.items():
        assert check.showInputMessage and check.prompt and len(check.prompt) <= 255, name
        assert check.promptTitle and len(check.promptTitle) <= 32, name
        # A listed cell beyond that and Excel repairs the file.
        assert len(check.formula1 or "") <= 255 and len(check.error or "") <= 255, name
    stopping = {name for name, check in accepted.items() if check.type == "list" and check.errorStyle is None}
    assert stopping == {
        "type_mouvement", "sous_secteur", "statut", "assimilable_site", "source", "citable", DEPARTEMENT,
    }  # fmt: skip
    assert {accepted[name].errorStyle for name in ("code_commune", "code_naf")} == {"warning"}
    assert {accepted[name].type for name in ("date_annonce", "date_effet")} == {"date"}
    assert {accepted[name].type for name in ("effectif", "emplois")} == {"whole"}
    assert {accepted[name].type for name in ("surface_m2", "investissement_meur")} == {"decimal"}
    assert accepted["nom_site"].type == "textLength" and accepted["nom_site"].formula1 == "200"
    names = set(book.defined_names)
    assert {check.formula1 for check in accepted.values() if check.type == "list"} - names == {
        accepted["code_commune"].formula1
    }
    assert 'INDIRECT("communes_"&IF($F2=""' in accepted["code_commune"].formula1


def test_les_listes_sont_celles_de_la_region_et_du_champ(modele: Callable[..., Path]) -> None:
    book = ouvrir(modele("94"))

    def listed(name: str) -> list[str]:
        ((sheet, area),) = book.defined_names[name].destinations
        return [row[0].value for row in book[sheet][area]]

    assert listed("liste_departement") == ["Corse-du-Sud (2A)", "Haute-Corse (2B)"]
    assert listed("communes_region") == listed("communes_2A") + listed("communes_2B")
    assert len(listed("communes_region")) == 360
    assert listed("communes_2A")[0] == "Afa (2A001)" and listed("communes_2B")[0] == "Aghione (2B002)"
    codes = [label[:6] for label in listed("liste_naf")]
    rules = fabrique.parametres()
    known = fabrique.nomenclatures().naf
    assert codes == [code for code in rules.naf_du_champ if code in known and code not in rules.naf_artisanat]
    assert "27.20Z" in codes and "10.71C" not in codes and "52.10B" not in codes
    assert listed("liste_oui_non") == ["Oui", "Non"]
    assert len(listed("liste_sous_secteur")) == 16


def test_le_mode_d_emploi_explique_chaque_colonne(modele: Callable[..., Path]) -> None:
    sheet = ouvrir(modele())["Mode d'emploi"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=4)]
    said = "\n".join(str(row[0]) for row in rows).replace("\u00a0", " ")
    assert "relève 2025-S1, Mayotte (06)" in said
    assert "du 1er janvier 2022 au 30 juin 2025" in said
    assert "repris : relève 2024-S2" in said
    assert "données non publiques" in said
    assert "Renvoyez le classeur" in said
    table = {row[0]: row for row in rows if row[3]}
    for column in COLONNES:
        _, mandatory, explanation, example = table[column.libelle]
        # The identifier of a new movement is left empty: it is given on receipt.
        assert mandatory == ("oui" if column.obligatoire and column.nom != "id_mouvement" else None)
        assert explanation and example


def test_la_notice_parle_de_chaque_colonne_et_d_elles_seules() -> None:
    notice = lire_notice(References(fabrique.nomenclatures(), "84"))
    assert set(notice.explications) == set(notice.exemples) == set(notice.largeurs) == set(ORDRE)
    assert set(ORDRE) == {*NOMS_COLONNES, DEPARTEMENT}


@pytest.mark.parametrize("region", fabrique.nomenclatures().regions)
def test_les_exemples_sont_de_la_region_et_se_lisent(region: str) -> None:
    """Each is what the workbook of the region accepts in its column, and no other region's seat is named."""
    references = References(fabrique.nomenclatures(), region)
    notice, communes = lire_notice(references), references.communes
    code = communes.lire(Cellule(notice.exemples["code_commune"])).texte
    assert notice.exemples["code_commune"] == communes.libelle(code)
    department = communes.departements[simplifier(notice.exemples["departement"])]
    assert (communes.departement(code), fabrique.region_de(code)) == (department, region)
    assert notice.exemples["id_mouvement"].startswith(f"{region}-")
    assert all(len(text) <= 255 for text in notice.explications.values())
    said = " ".join([*notice.explications.values(), *notice.exemples.values(), *references.attendus.values()])
    assert "{" not in said and ("Lyon" in said) == (region == "84")


# What it depends on


def test_le_meme_registre_donne_les_memes_octets(modele: Callable[..., Path]) -> None:
    first = modele().read_bytes()
    (path := modele()).unlink()
    assert modele().read_bytes() == first
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert str(date.today().year) not in archive.read("docProps/core.xml").decode()


def test_notre_inspection_admet_notre_modele(modele: Callable[..., Path]) -> None:
    lines = lire_classeur(modele().read_bytes(), "06.xlsx").lignes
    assert [number for number, _ in lines] == [1, 2, 3]


def test_la_releve_reprise_est_la_plus_proche_d_avant(
    registre: Path, tmp_path: Path, nomenclatures: Nomenclatures
) -> None:
    fabrique.ecrire_releve(registre, LIGNES[:1], "2024-S1")
    fabrique.ecrire_releve(registre, [], "2025-S2")
    for releve, rows in {"2024-S1": 0, "2024-S2": 1, "2025-S1": 2, "2025-S2": 2, "2030-S1": 0}.items():
        path = tmp_path / f"{releve}.xlsx"
        said = faire_modele(path, Destination(Releve.lire(releve), "06", registre), nomenclatures=nomenclatures)
        assert ouvrir(path)["Mouvements"].max_row == rows + 1
        assert ("aucune relève précédente" in said) == (releve == "2024-S1")


# The command


def commander(capsys: pytest.CaptureFixture[str], sortie: Path, registre: Path, *more: str):
    place = ["--registre", str(registre), "--region", "06", "--releve", "2025-S1"]
    return lancer(capsys, "modele", *place, "-o", str(sortie), *more)


def test_un_fichier_deja_la_n_est_remplace_que_de_force(
    registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.xlsx"
    done = commander(capsys, path, registre)
    assert (done.code, done.stdout) == (0, "") and "2 mouvements, repris de la relève 2024-S2." in done.stderr
    again = commander(capsys, path, registre)
    assert again.code == 0 and "classeur inchangé" in again.stderr
    made = path.read_bytes()
    path.write_bytes(b"rempli")
    refused = commander(capsys, path, registre)
    assert refused.code == 1 and "porte déjà ce nom" in refused.stderr and "--forcer" in refused.stderr
    assert path.read_bytes() == b"rempli"
    assert commander(capsys, path, registre, "--forcer").code == 0
    assert path.read_bytes() == made
    assert {one.name for one in tmp_path.iterdir()} == {"f.xlsx", "registre"}


@pytest.mark.parametrize(
    ("change", "mots"),
    [
        ({"--region": "12"}, ["Région « 12 »", "84"]),
        ({"--releve": "2025"}, ["Relève « 2025 »", "AAAA-S1 ou AAAA-S2"]),
        ({"--registre": "/nulle/part"}, ["/nulle/part", "n'existe pas"]),
        ({"-o": "f.xls"}, ["f.xls", ".xlsx"]),
        ({"-o": "/nulle/part/f.xlsx"}, ["/nulle/part", "introuvable"]),
    ],
    ids=["region", "releve", "registre", "extension", "dossier"],
)
def test_une_demande_impossible_est_dite(
    change: dict[str, str], mots: list[str], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"--region": "06", "--releve": "2025-S1", "--registre": str(registre), "-o": str(tmp_path / "f.xlsx")}
    ended = lancer(capsys, "modele", *[word for pair in (asked | change).items() for word in pair])
    assert (ended.code, ended.stdout) == (1, "")
    assert all(word in ended.stderr for word in mots), ended.stderr
    assert not list(tmp_path.glob("*.xlsx"))


def test_un_registre_precedent_illisible_est_refuse(
    registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (registre / "2024-S2" / "06.csv").write_bytes(b"\xff")
    ended = commander(capsys, tmp_path / "f.xlsx", registre)
    assert ended.code == 1 and "06.csv, ligne 1" in ended.stderr
    assert not (tmp_path / "f.xlsx").exists()


def test_les_erreurs_connues_de_la_source_sont_reprises_corrigees(
    registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correction = (
        "corrections:\n  - {mouvement: 06-00001, colonne: effectif, source: '21', corrige: '210', raison: Zéro oublié, "
        "statut: confirmee, depuis: 2025-02-20}\n"
    )
    path = registre / "2024-S2" / "corrections.yaml"
    path.write_text(correction, encoding="utf-8")
    assert commander(capsys, tmp_path / "f.xlsx", registre).code == 0
    sheet = ouvrir(tmp_path / "f.xlsx")["Mouvements"]
    assert sheet.cell(2, colonne(sheet, "effectif")).value == 210
    # The file of another region, still to come, does not matter; a guard that fails does.
    (registre / "2024-S2" / "84.csv").unlink()
    assert commander(capsys, tmp_path / "g.xlsx", registre).code == 0
    path.write_text(correction.replace("'21'", "'22'"), encoding="utf-8")
    ended = commander(capsys, tmp_path / "h.xlsx", registre)
    assert ended.code == 1 and "corrections.yaml : 06-00001" in ended.stderr and not (tmp_path / "h.xlsx").exists()


def test_une_annee_s_ecrit_en_quatre_chiffres(
    registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A spreadsheet holds no day before 1900: the text must be the day that the register has."""
    rows = fabrique.lignes({"id_mouvement": "06-1", "code_commune": "97611", "date_annonce": "0209-03-02"})
    fabrique.ecrire_releve(registre, rows)
    commander(capsys, tmp_path / "f.xlsx", registre)
    sheet = ouvrir(tmp_path / "f.xlsx")["Mouvements"]
    assert sheet.cell(2, colonne(sheet, "date_annonce")).value == "02/03/0209"


def test_une_valeur_que_le_registre_ne_devrait_pas_avoir_est_montree_telle_quelle(
    registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = fabrique.lignes({"id_mouvement": "06-1", "code_commune": "97611"})
    rows[0] |= {"effectif": "vingt", "date_effet": "bientôt", "code_naf": "99", "statut": "inconnu"}
    fabrique.ecrire_releve(registre, rows)
    commander(capsys, tmp_path / "f.xlsx", registre)
    sheet = ouvrir(tmp_path / "f.xlsx")["Mouvements"]
    values = {
        name: sheet.cell(2, colonne(sheet, name)).value for name in ("effectif", "date_effet", "code_naf", "statut")
    }
    assert values == {"effectif": "vingt", "date_effet": "bientôt", "code_naf": "99", "statut": "inconnu"}


def test_le_classeur_est_lisible_sans_ses_styles(modele: Callable[..., Path]) -> None:
    """What a reader of the sheet's XML alone sees: no cell holds a formula."""
    with zipfile.ZipFile(io.BytesIO(modele().read_bytes())) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())
