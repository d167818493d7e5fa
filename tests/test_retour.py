"""What a service gets back of a file that is stored, and what its workbook asks it to look at again."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pytest
from console import Sortie, lancer
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.copies import ecarter_copies, origine
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.modele import ORDRE, faire_modele
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes", "listes_courtes")
RELEVE = "2026-S1"
HOSTILE = '=HYPERLINK("http://exemple.fr";"Usine")'
ECHUE = {
    "id_mouvement": "94-00002",
    "code_commune": "2A004",
    "nom_site": HOSTILE,
    "statut": "annonce",
    "date_effet": "2025-11-30",
}
SAINE = {"id_mouvement": "94-00001", "code_commune": "2A004", "nom_site": "Fonderie du Golo"}


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    """A register in which an announcement of Corse is overdue since 2025-S2, and known since 2025-S1."""
    rows = fabrique.lignes(SAINE, ECHUE)
    fabrique.ecrire_releve(tmp_path / "registre", rows, "2025-S1")
    return fabrique.ecrire_releve(tmp_path / "registre", rows, "2025-S2")


@pytest.fixture
def deposer(registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Sortie]:
    """Integrate rows as the CSV of Corse, `recu/f.csv`."""

    def store(*rows: dict[str, Any], more: tuple[str, ...] = (), nom: str = "f.csv") -> Sortie:
        path = tmp_path / "recu" / nom
        path.parent.mkdir(exist_ok=True)
        lines = [";".join(NOMS_COLONNES), *(";".join(map(_guillemets, fabrique.ligne(**one).values())) for one in rows)]
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return _integrer(capsys, registre, path, *more)

    return store


def _guillemets(texte: str) -> str:
    return '"' + texte.replace('"', '""') + '"'


def _integrer(capsys: pytest.CaptureFixture[str], registre: Path, path: Path, *more: str) -> Sortie:
    place = ("--registre", str(registre), "--releve", RELEVE, "--region", "94")
    return lancer(capsys, "integrer", str(path), *place, *more)


def revue(path: Path) -> list[list[str]]:
    """Return the lines of « À revoir », blank ones left out."""
    rows = openpyxl.load_workbook(path)["À revoir"].iter_rows(values_only=True)
    texts = [[str(cell).replace("\xa0", " ") for cell in row if cell is not None] for row in rows]
    return [row for row in texts if row]


def marquees(sheet: Worksheet) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def noms(dossier: Path) -> set[str]:
    return {path.name for path in dossier.iterdir()}


# The return


def test_un_fichier_depose_revient_avec_ses_identifiants_et_ses_avertissements(
    deposer: Callable[..., Sortie], tmp_path: Path
) -> None:
    new = {"id_mouvement": "", "code_commune": "2B033", "nom_site": "Neuve", "date_effet": "2026-03-01"}
    ended = deposer(SAINE, ECHUE, new)
    assert ended.code == 0 and "À renvoyer au service : " in ended.stderr, ended.stderr
    sheet = openpyxl.load_workbook(tmp_path / "recu" / "f.retour.xlsx")["Mouvements"]
    assert [cell.value for cell in sheet["A"]][1:] == ["94-00001", "94-00002", "94-00003"]
    status = sheet.cell(3, ORDRE.index("statut") + 1)
    (place,) = marquees(sheet)
    said = marquees(sheet)[place].replace("\xa0", " ")
    assert place == status.coordinate and status.value == "Annoncé"
    assert "Mouvement annoncé dont la date d'effet est passée." in said and "Attendu : le statut « Réalisé »" in said
    assert status.border.left.style == "mediumDashed" and status.fill.fgColor.rgb not in ("00000000", "00FFE9E9")
    resume, about, titles, line = revue(tmp_path / "recu" / "f.retour.xlsx")
    assert resume == ["1 point à revoir, sur 1 mouvement."] and "déposé" in about[0]
    assert titles[0] == "Identifiant"
    assert line[:4] == ["94-00002", "3", f"'{HOSTILE}", "Ajaccio (2A004)"]
    assert line[4] == "Mouvement annoncé dont la date d'effet est passée" and line[6] == "2025-S1"


def test_sans_avertissement_une_phrase_le_dit(deposer: Callable[..., Sortie], tmp_path: Path) -> None:
    assert deposer(SAINE, ECHUE | {"date_effet": "2027-01-31"}).code == 0
    path = tmp_path / "recu" / "f.retour.xlsx"
    assert revue(path)[0] == ["Rien à revoir : aucun avertissement."] and len(revue(path)) == 2
    assert marquees(openpyxl.load_workbook(path)["Mouvements"]) == {}


def test_ce_qui_est_dit_du_fichier_entier_y_est(deposer: Callable[..., Sortie], tmp_path: Path) -> None:
    """A movement gone, which has no row any more; nothing of what concerns the desk."""
    assert deposer(SAINE).code == 0
    said = revue(tmp_path / "recu" / "f.retour.xlsx")
    assert said[0] == ["Aucun mouvement à revoir."]
    assert said[2] == ["Attention : 1 mouvement déjà connu n'est plus dans le fichier : « 94-00002 »."]


def test_un_retour_renvoye_tel_quel_redonne_les_memes_octets(
    deposer: Callable[..., Sortie], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers written otherwise than a workbook shows them, texts that would be formulas; no option needed."""
    odd = {"effectif": "021", "investissement_meur": "5.50", "surface_m2": "1234.50", "commentaire": "'=A1 ; _x0041_"}
    assert deposer(SAINE | odd, ECHUE).code == 0
    stored = registre / RELEVE / "94.csv"
    before, back = stored.read_bytes(), tmp_path / "recu" / "f.retour.xlsx"
    assert b";021;" in before and b";5.50;1234.50;" in before
    ended = lancer(capsys, "integrer", str(back), "--registre", str(registre))
    assert ended.code == 0 and "fichier inchangé" in ended.stderr, ended.stderr
    assert stored.read_bytes() == before
    assert noms(back.parent) == {"f.csv", "f.retour.xlsx"}
    with zipfile.ZipFile(back) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())
        assert not any(b"exemple.fr" in archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    book = openpyxl.load_workbook(back)
    assert not any(cell.data_type == "f" or cell.hyperlink for sheet in book for row in sheet for cell in row)


def test_un_retour_corrige_se_depose_et_n_en_engendre_pas_d_autres(
    deposer: Callable[..., Sortie], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Our own notes are no remark of the service."""
    assert deposer(SAINE, ECHUE).code == 0
    back = tmp_path / "recu" / "f.retour.xlsx"
    book = openpyxl.load_workbook(back)
    book["Mouvements"].cell(3, ORDRE.index("statut") + 1).value = "Abandonné"
    for row in book["Mouvements"].iter_rows():
        for cell in row:
            if cell.comment:
                cell.comment.author = ""
    book.save(back)
    (tmp_path / "recu" / "f.csv").unlink()
    ended = lancer(capsys, "integrer", str(back), "--registre", str(registre))
    assert ended.code == 0 and "note" not in ended.stderr, ended.stderr
    assert ";abandonne;" in (registre / RELEVE / "94.csv").read_text(encoding="utf-8")
    assert noms(back.parent) == {"f.retour.xlsx", "f.xlsx.retour.xlsx"}
    again = back.with_name("f.xlsx.retour.xlsx")
    assert revue(again)[0] == ["Rien à revoir : aucun avertissement."]
    assert _integrer(capsys, registre, again).code == 0
    assert noms(back.parent) == {"f.retour.xlsx", "f.xlsx.retour.xlsx"}


def test_la_feuille_a_revoir_remplie_n_est_pas_lue_et_le_dit(
    deposer: Callable[..., Sortie], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over our own words too; and the service reads it in what comes back."""
    assert deposer(SAINE, ECHUE).code == 0
    back = tmp_path / "recu" / "f.retour.xlsx"
    book = openpyxl.load_workbook(back)
    for line in range(5, 30):
        book["À revoir"].cell(line, 5).value = "vu avec l'entreprise"
    book.save(back)
    (tmp_path / "recu" / "f.csv").unlink()
    ended = lancer(capsys, "integrer", str(back), "--registre", str(registre))
    said = "la feuille « À revoir » porte 25 notes (E5, E6, "
    assert ended.code == 0 and said in ended.stderr
    head = openpyxl.load_workbook(back.with_name("f.xlsx.retour.xlsx"))["À revoir"]["A"]
    assert any(said in str(cell.value).replace("\u00a0", " ") for cell in head)


def test_un_refus_de_refus_garde_le_nom_de_l_original(
    deposer: Callable[..., Sortie], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deposer(SAINE | {"effectif": "x"}).code == 1
    book = openpyxl.load_workbook(tmp_path / "recu" / "f.refus.xlsx")
    book["Mouvements"].cell(2, NOMS_COLONNES.index("effectif") + 1).value = "y"
    book.save(tmp_path / "recu" / "f.refus.xlsx")
    assert _integrer(capsys, registre, tmp_path / "recu" / "f.refus.xlsx").code == 1
    assert noms(tmp_path / "recu") == {"f.csv", "f.refus.csv", "f.refus.xlsx", "f.xlsx.refus.csv", "f.xlsx.refus.xlsx"}


def test_le_retour_va_ou_l_on_veut(deposer: Callable[..., Sortie], tmp_path: Path) -> None:
    ended = deposer(SAINE, ECHUE, more=("--retour", str(tmp_path / "retours")))
    assert ended.code == 0 and "retours/f.retour.xlsx" in ended.stderr
    assert noms(tmp_path / "retours") == {"f.retour.xlsx"} and noms(tmp_path / "recu") == {"f.csv"}


def test_un_retour_impossible_se_dit_et_ne_defait_rien(
    deposer: Callable[..., Sortie], registre: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bouche").write_text("", encoding="utf-8")
    ended = deposer(SAINE, ECHUE, more=("--retour", str(tmp_path / "bouche" / "dossier")))
    assert ended.code == 0 and "ce qui revient au service n'a pu être écrit dans" in ended.stderr
    assert ended.stderr.endswith(") ; donnez un autre dossier par --retour.\n")
    assert (registre / RELEVE / "94.csv").is_file() and noms(tmp_path / "recu") == {"f.csv"}
    inside = _integrer(capsys, registre, registre / RELEVE / "94.csv")
    assert inside.code == 0 and "est le dossier d'une relève" in inside.stderr
    assert noms(registre / RELEVE) == {"94.csv", "provenance.yaml"}


@pytest.mark.parametrize(
    ("nom", "source", "genre"),
    [
        ("84.xlsx", "84.xlsx", ""),
        ("84.refus.xlsx", "84.xlsx", "refus"),
        ("84.retour-2.xlsx", "84.xlsx", "retour"),
        ("84.csv.retour.xlsx", "84.csv", "retour"),
        ("84.refus.refus.xlsx", "84.xlsx", "refus"),
        ("84.xlsx.refus-12.retour.xlsx", "84.xlsx", "retour"),
        ("retour.xlsx", "retour.xlsx", ""),
        ("84.retour.txt", "84.retour.txt", ""),
    ],
)
def test_une_copie_dit_de_quoi_elle_l_est(nom: str, source: str, genre: str) -> None:
    assert origine(nom) == (source, genre)


def test_une_copie_donnee_avec_son_original_est_laissee(tmp_path: Path) -> None:
    """Of a file refused then stored, the last that the service sent is read: what comes back of it is left."""

    def kept(*names: str) -> list[str]:
        return [path.name for path in ecarter_copies([tmp_path / name for name in names])[0]]

    assert kept("84.xlsx", "84.retour.xlsx", "11.retour.xlsx") == ["84.xlsx", "11.retour.xlsx"]
    assert kept("84.refus.xlsx", "84.xlsx.retour.xlsx") == ["84.refus.xlsx"]
    assert kept("84.retour.xlsx", "ailleurs/84.xlsx") == ["84.retour.xlsx", "84.xlsx"]
    _, said = ecarter_copies([tmp_path / "84.xlsx", tmp_path / "84.retour.xlsx"])
    assert len(said) == 1 and "84.retour.xlsx : retour d'un fichier déposé, laissé" in said[0]


# The model


def test_le_modele_dit_ce_que_la_releve_precedente_avait_de_signale(registre: Path, tmp_path: Path) -> None:
    """And the announcement that comes due during the relève about to be collected, for which nothing was said yet."""
    due = SAINE | {"id_mouvement": "94-00003", "statut": "annonce", "date_effet": "2026-03-01"}
    ahead = SAINE | {"id_mouvement": "94-00004", "nom_site": "Scierie", "date_effet": "2026-02-01"}
    later = SAINE | {
        "id_mouvement": "94-00005",
        "nom_site": "Câblerie",
        "statut": "annonce",
        "date_effet": "2027-01-01",
    }
    fabrique.ecrire_releve(registre, fabrique.lignes(SAINE, ECHUE, due, ahead, later), "2025-S2")
    path = tmp_path / "94.xlsx"
    faire_modele(path, Destination(Releve.lire(RELEVE), "94", registre))
    resume, about, _, *lines = revue(path)
    assert resume == ["3 points à revoir, sur 3 mouvements."]
    assert about[0].startswith("Ce que la relève 2025-S2 avait de signalé, et ce qui le serait au 30 juin 2026")
    assert [(line[0], line[1], line[-1]) for line in lines] == [
        ("94-00002", "3", "2025-S1"),
        ("94-00003", "4", "2025-S2"),
        ("94-00004", "5", "2025-S2"),
    ]
    assert "que la relève ne couvre pas encore" in lines[2][4]
    assert marquees(openpyxl.load_workbook(path)["Mouvements"]) == {}


def test_un_modele_dont_rien_ne_peut_etre_juge_le_dit(registre: Path, tmp_path: Path) -> None:
    rows = fabrique.lignes(SAINE)
    rows[0]["effectif"] = "vingt"
    fabrique.ecrire_releve(registre, rows, "2025-S2")
    path = tmp_path / "94.xlsx"
    said = faire_modele(path, Destination(Releve.lire(RELEVE), "94", registre)).replace("\xa0", " ")
    assert "« À revoir » n'a pu être établie" in said and "« vingt »" in said
    assert revue(path)[0] == ["Les avertissements n'ont pu être établis."]
