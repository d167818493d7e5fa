"""The desk's side of a collection: whose file it is, what is kept of it, who sent, who is late, what changes.

`make epreuves` draws more sequences of commands (BAROMETRE_SEQUENCES); here, a sample.
"""

import csv
import io
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pytest
from console import Sortie, lancer
from processus import demarrer, fichiers

from barometre_lib.apercu.page import choisir_tache
from barometre_lib.collecte.archive import ARCHIVE, JOURNAL, VERROU
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.modele import faire_modele
from barometre_lib.collecte.suivi import reports_tus
from barometre_lib.vocabulaire import Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes", "sans_porte")
SEQUENCES = int(os.environ.get("BAROMETRE_SEQUENCES", "1"))
# The short one: two at once, one killed half-way, one alone, each with a file that may be accepted.
PREMIERE = 281
RELEVE = "2026-S1"
CORSE, BRETAGNE = "94", "53"
FAITS: dict[tuple[object, ...], bytes] = {}


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    """A register whose last relève has a movement in Corse and one in Bretagne, whose headcounts may still change."""
    places = {"94-00001": "2A004", "53-00001": "35238"}.items()
    rows = fabrique.lignes(
        *({"id_mouvement": name, "code_commune": code, "date_effet": "2025-07-15"} for name, code in places)
    )
    fabrique.ecrire_releve(tmp_path / "registre", rows, "2025-S1")
    return fabrique.ecrire_releve(tmp_path / "registre", rows, "2025-S2")


@pytest.fixture
def modele(registre: Path, tmp_path: Path) -> Callable[..., Path]:
    """Make the workbook of a region, then change cells: `B2="x"`; a name is given where it matters.

    That of one region, relève and register is made once for all the tests: it is nearly all their time.
    """

    def make(region: str, releve: str = RELEVE, nom: str = "", **cells: Any) -> Path:
        path = tmp_path / (nom or f"{region}.xlsx")
        made = (region, releve, *sorted(fichiers(registre).items()))
        if made not in FAITS:
            faire_modele(path, Destination(Releve.lire(releve), region, registre), forcer=True)
            FAITS[made] = path.read_bytes()
        path.write_bytes(FAITS[made])
        if cells:
            book = openpyxl.load_workbook(path)
            for place, value in cells.items():
                book["Mouvements"][place] = value
            book.save(path)
        return path

    return make


@pytest.fixture
def integrer(registre: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Sortie]:
    return lambda *arguments: lancer(capsys, "integrer", *map(str, arguments), "--registre", str(registre))


def colonne(titre: str, path: Path) -> str:
    """Return the letter of a column of the workbook."""
    sheet = openpyxl.load_workbook(path)["Mouvements"]
    (cell,) = (one for one in sheet[1] if str(one.value).startswith(titre))
    return str(cell.column_letter)


def archive(registre: Path, releve: str = RELEVE) -> dict[str, bytes]:
    folder = registre.parent / "collecte" / releve / ARCHIVE
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def journal(registre: Path, releve: str = RELEVE) -> list[dict[str, str]]:
    path = registre.parent / "collecte" / releve / JOURNAL
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";")) if path.exists() else []


def test_le_classeur_dit_sa_releve_et_sa_region(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """Neither option is needed; what it holds is archived, and noted."""
    path = modele(CORSE)
    ended = integrer(path)
    assert ended.code == 0, ended.stderr
    assert (registre / RELEVE / "94.csv").is_file()
    assert path.read_bytes() in archive(registre).values()
    (line,) = journal(registre)
    assert (line["region"], line["fichier"], line["issue"], line["lignes"]) == (CORSE, "94.xlsx", "deposee", "1")
    assert integrer(path).code == 0
    assert [one["issue"] for one in journal(registre)] == ["deposee", "inchangee"]
    assert len(archive(registre)) == 1


@pytest.mark.parametrize("garde", ["titre", "proprietes", "mode d'emploi"])
def test_un_seul_endroit_suffit(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, garde: str
) -> None:
    """Not every program keeps every property, nor every sheet."""
    path = modele(CORSE)
    book: Any = openpyxl.load_workbook(path)
    if garde != "titre":
        book.properties.title = None
    if garde != "proprietes":
        book.custom_doc_props.props.clear()
    if garde != "mode d'emploi":
        del book["Mode d'emploi"]
    book.save(path)
    assert integrer(path).code == 0
    assert (registre / RELEVE / "94.csv").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--region", BRETAGNE), "celui de la relève 2026-S1, région 94, or vous demandez la région 53"),
        (("--releve", "2025-S2"), "or vous demandez la relève 2025-S2"),
        (("--releve", "2025-S2", "--region", CORSE), "la relève 2025-S2 et la région 94"),
    ],
)
def test_un_autre_classeur_que_celui_demande_est_refuse(
    modele: Callable[..., Path],
    integrer: Callable[..., Sortie],
    registre: Path,
    options: tuple[str, ...],
    said: str,
) -> None:
    before = (registre / "2025-S2" / "94.csv").read_bytes()
    ended = integrer(modele(CORSE), *options)
    assert ended.code == 1
    assert len(ended.phrases) == 1 and said in ended.stderr
    assert (registre / "2025-S2" / "94.csv").read_bytes() == before
    assert not (registre / RELEVE).exists()


def test_un_fichier_qui_ne_dit_rien_demande_les_options(integrer: Callable[..., Sortie], tmp_path: Path) -> None:
    path = tmp_path / "recu.csv"
    path.write_text(";".join(fabrique.ligne()), encoding="utf-8")
    ended = integrer(path, "--region", CORSE)
    assert ended.code == 1
    assert "rien n'y dit sa relève ni sa région ; donnez --releve." in ended.stderr


def test_plusieurs_fichiers_chacun_son_sort(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """One is refused, the others are stored; who sent and who is late is said at the end."""
    wrong = modele(BRETAGNE)
    wrong = modele(BRETAGNE, **{f"{colonne('Effectif salarié', wrong)}2": "beaucoup"})
    ended = integrer(modele(CORSE), wrong)
    assert ended.code == 1
    assert (registre / RELEVE / "94.csv").is_file() and not (registre / RELEVE / "53.csv").exists()
    assert "Relève 2026-S1 : 1 région reçue sur 18." in ended.stderr
    assert "Refusées : Bretagne (53)." in ended.stderr
    assert "En retard : Guadeloupe (01), " in ended.stderr
    assert "barometre reporter 2026-S1 --region CODE" in ended.stderr
    assert ended.stdout.startswith("fichier;ligne;colonne;trouve;retenu;raison\n")
    assert {one["region"]: one["issue"] for one in journal(registre)} == {CORSE: "deposee", BRETAGNE: "refusee"}
    assert wrong.read_bytes() in archive(registre).values()


def test_l_identifiant_qu_une_autre_region_avait_est_refuse(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, tmp_path: Path
) -> None:
    """It is hers until she sends a file without it: a movement may be corrected to another region."""
    taken = modele(CORSE, A2="53-00001")
    refused = integrer(taken)
    assert refused.code == 1
    assert "« 53-00001 »" in refused.stderr and "la région 53, à la relève 2025-S2, l'emploie déjà" in refused.stderr
    assert integrer(modele(BRETAGNE, A2="53-00002")).code == 0
    assert integrer(modele(CORSE, nom="94 bis.xlsx", A2="53-00001")).code == 0


@pytest.mark.parametrize(("lignes", "defauts"), [(16, 0), (2, 2)])
def test_le_fichier_d_une_autre_region_est_reconnu(
    integrer: Callable[..., Sortie], registre: Path, tmp_path: Path, lignes: int, defauts: int
) -> None:
    """In one sentence; a row or two are mended in their cells."""
    rows = [{"id_mouvement": f"53-{number:05d}", "code_commune": "35238"} for number in range(2, 2 + lignes)]
    written = fabrique.ecrire_releve(tmp_path / "recus", fabrique.lignes(*rows), RELEVE) / RELEVE / "53.csv"
    ended = integrer(written, "--releve", RELEVE, "--region", CORSE)
    assert ended.code == 1 and not (registre / RELEVE).exists()
    if defauts:
        assert f"{defauts} défauts" in ended.stderr
        return
    (said,) = ended.phrases
    assert "ce fichier paraît être celui de Bretagne (53)" in said and "donnez celui de Corse (94)" in said
    assert integrer(written, "--releve", RELEVE, "--region", BRETAGNE).code == 0


def test_la_copie_d_un_refus_dit_aussi_de_qui_elle_est(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """Left while its original is given too; corrected and sent alone, it is stored without an option."""
    wrong = modele(CORSE)
    column = colonne("Effectif salarié", wrong)
    wrong = modele(CORSE, **{f"{column}2": "beaucoup"})
    assert integrer(wrong).code == 1
    copy = wrong.with_name("94.refus.xlsx")
    both = integrer(wrong, copy)
    assert both.code == 1 and "94.refus.xlsx : copie d'un refus, laissée" in both.stderr
    wrong.unlink()
    book = openpyxl.load_workbook(copy)
    (place,) = (one for row in book["Mouvements"] for one in row if one.value == "beaucoup")
    place.value = 45
    book.save(copy)
    ended = integrer(copy)
    assert ended.code == 0, ended.stderr
    assert ";45;" in (registre / RELEVE / "94.csv").read_text(encoding="utf-8")


def test_les_notes_des_feuilles_qui_ne_sont_pas_lues_sont_dites(
    modele: Callable[..., Path], integrer: Callable[..., Sortie]
) -> None:
    """Of the model and of the copy of a refusal, whatever becomes of the file; what we write there is no note."""
    path = modele(CORSE)
    column = colonne("Effectif salarié", path)
    path = modele(CORSE, **{f"{column}2": "beaucoup"})
    assert "À revoir" not in integrer(path).stderr

    def note(of: Path, sheet: str, **cells: str) -> Sortie:
        book = openpyxl.load_workbook(of)
        for place, value in cells.items():
            book[sheet][place] = value
        book.save(of)
        return integrer(of)

    refused = note(path, "À revoir", H5="juste")
    assert refused.code == 1
    assert "la feuille « À revoir » porte 1 note (H5), qui n'est gardée nulle part" in refused.stderr
    copy = path.with_name("94.refus.xlsx")
    path.unlink()
    assert "« Défauts » porte 2 notes (E2, A3), qui ne sont" in note(copy, "Défauts", E2="si", A3="vu").stderr
    stored = integrer(modele(CORSE, nom="bis.xlsx", **{f"{column}2": 45}))
    assert stored.code == 0 and "À revoir" not in stored.stderr
    back = path.with_name("bis.retour.xlsx")
    rows = list(openpyxl.load_workbook(back)["À revoir"].iter_rows(values_only=True))
    assert "qui ne sont gardées" not in str(rows)
    told = note(back, "À revoir", H1="vu", H2="juste", G9="x")
    assert told.code == 0
    assert "porte 3 notes (H1, H2, G9), qui ne sont gardées nulle part" in told.stderr
    assert "« barometre acquitter »" in told.stderr


def test_deux_fichiers_d_une_region_sont_refuses_ensemble(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    ended = integrer(modele(CORSE), modele(CORSE, nom="94 bis.xlsx"))
    assert ended.code == 1
    assert "Plusieurs fichiers d'une même région (relève 2026-S1, région 94 : " in ended.stderr
    assert not (registre / RELEVE).exists()


def test_ce_qui_change_est_dit(modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path) -> None:
    """Beside the previous relève, then beside what is stored; the labels of our own lists are not changes."""
    path = modele(CORSE)
    column = colonne("Effectif salarié", path)
    first = integrer(modele(CORSE, **{f"{column}2": 12}))
    assert first.code == 0, first.stderr
    assert first.stdout == "fichier;ligne;colonne;trouve;retenu;raison\n"
    assert "Par rapport à la relève 2025-S2 : 0 mouvement ajouté, 1 modifié, 0 retiré." in first.stderr
    before = fabrique.ligne()["effectif"]
    assert f"  « 94-00001 » : Effectif salarié « {before} » devient « 12 »." in first.stderr
    assert "Solde net de la région : 2025, +1 devient 0 ; 2026, 0." in first.stderr
    again = integrer(modele(CORSE, **{f"{column}2": 61, f"{colonne('Source', path)}2": "Presse"}))
    assert "Par rapport à ce qui était déposé pour 2026-S1 : 0 mouvement ajouté, 1 modifié" in again.stderr
    assert "« 12 » devient « 61 » ; Source « Préfecture » devient « Presse »." in again.stderr, again.stderr
    assert "2025, 0 devient +1" in again.stderr
    assert not [name for name in archive(registre) if "changements" in name]
    (replaced,) = [one["remplace"] for one in journal(registre) if one["remplace"]]
    assert b";12;" in archive(registre)[replaced]


def test_chaque_cellule_changee_est_dans_un_fichier(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    path = modele(CORSE)
    ended = integrer(modele(CORSE, **{f"{colonne('Citable', path)}2": "VRAI"}))
    (name,) = [name for name in archive(registre) if name.endswith(".changements.csv")]
    assert archive(registre)[name].decode("utf-8") == ended.stdout
    assert "94.xlsx;2;Citable;VRAI;oui;écrit oui ou non" in ended.stdout
    assert f"{ARCHIVE}/{name}" in ended.stderr


def test_une_edition_arretee_n_est_changee_qu_avec_un_motif(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """The relève typed by mistake is that of a released edition."""
    path = modele(CORSE, "2025-S2")
    path = modele(CORSE, "2025-S2", **{f"{colonne('Effectif salarié', path)}2": 12})
    before = (registre / "2025-S2" / "94.csv").read_bytes()
    refused = integrer(path, "--releve", "2025-S2", "--region", CORSE)
    assert refused.code == 1
    assert "n'est plus en travail" in refused.stderr and "--rectificatif MOTIF" in refused.stderr
    assert (registre / "2025-S2" / "94.csv").read_bytes() == before
    done = integrer(path, "--releve", "2025-S2", "--region", CORSE, "--rectificatif", "=effectif corrigé")
    assert done.code == 0, done.stderr
    assert before in archive(registre, "2025-S2").values()
    assert [(one["issue"], one["motif"]) for one in journal(registre, "2025-S2")] == [
        ("refusee", ""),
        ("deposee", "'=effectif corrigé"),
    ]


def test_une_reception_qui_ne_se_note_pas_ne_dit_pas_que_rien_n_est_ecrit(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    path, lock = modele(CORSE), registre.parent / "collecte" / RELEVE / VERROU
    lock.mkdir(parents=True)
    ended = integrer(path)
    assert ended.code == 0 and "1 ligne déposée" in ended.stderr
    assert "journal.csv : " in ended.stderr and ") ; redonnez-le ensuite, ou" in ended.stderr
    assert "rien n'a été écrit" not in ended.stderr and journal(registre) == []
    lock.rmdir()
    assert integrer(path).code == 0 and [one["issue"] for one in journal(registre)] == ["inchangee"]


def test_une_region_en_retard_se_reporte(
    modele: Callable[..., Path],
    integrer: Callable[..., Sortie],
    registre: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    integrer(modele(CORSE))
    # A preview leaves aside a relève that is being collected.
    assert choisir_tache("regional", "84", "", registre).releve == "2025-S2"
    where = ("--registre", str(registre))
    done = lancer(capsys, "reporter", RELEVE, "--region", BRETAGNE, *where)
    assert done.code == 0 and "1 mouvement reporté de la relève 2025-S2" in done.stderr
    assert (registre / RELEVE / "53.csv").read_bytes() == (registre / "2025-S2" / "53.csv").read_bytes()
    again = lancer(capsys, "reporter", RELEVE, "--region", "11", "--region", CORSE, *where)
    assert again.code == 1 and "n'est pas en retard" in again.stderr and '"11": "non_actualisee"' in again.stderr
    told = lancer(capsys, "etat", RELEVE, *where)
    rows = {row["region"]: row for row in csv.DictReader(io.StringIO(told.stdout), delimiter=";")}
    assert len(rows) == 18
    assert (rows[CORSE]["etat"], rows[CORSE]["fichier"]) == ("recue", "94.xlsx")
    assert (rows[BRETAGNE]["etat"], rows["01"]["etat"]) == ("reportee", "en_retard")


def test_un_refus_n_efface_pas_un_report(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file in place is still the one that was carried over, and the gate must know it."""
    integrer(modele(CORSE))
    lancer(capsys, "reporter", RELEVE, "--region", BRETAGNE, "--registre", str(registre))
    wrong = modele(BRETAGNE)
    assert integrer(modele(BRETAGNE, **{f"{colonne('Effectif salarié', wrong)}2": "beaucoup"})).code == 1
    assert reports_tus(Releve.lire(RELEVE), registre) == [BRETAGNE]
    assert integrer(modele(BRETAGNE, **{f"{colonne('Effectif salarié', wrong)}2": 61})).code == 0
    assert reports_tus(Releve.lire(RELEVE), registre) == []


def test_un_refus_apres_un_depot_est_annonce(
    modele: Callable[..., Path],
    integrer: Callable[..., Sortie],
    registre: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What serves is the earlier file: the desk is told when it was received, and nothing is stopped."""
    where = ("--registre", str(registre))
    integrer(modele(CORSE), modele(BRETAGNE))
    (received,) = [one["le"] for one in journal(registre) if one["region"] == BRETAGNE]
    said = f"celui d'avant reste en usage (reçu : {received})"
    assert "reste en usage" not in lancer(capsys, "etat", RELEVE, *where).stderr
    wrong = modele(BRETAGNE)
    assert integrer(modele(BRETAGNE, **{f"{colonne('Effectif salarié', wrong)}2": "beaucoup"})).code == 1
    told = lancer(capsys, "etat", RELEVE, *where)
    assert "Bretagne (53), le dernier fichier reçu (« 53.xlsx », " in told.stderr and said in told.stderr
    rows = {row["region"]: row for row in csv.DictReader(io.StringIO(told.stdout), delimiter=";")}
    assert [rows[one]["en_usage"] for one in (CORSE, BRETAGNE, "11")] == ["", received, ""]
    for command in (("controler", RELEVE), ("publier", RELEVE, "--sorties", str(tmp_path / "s"))):
        gate = lancer(capsys, *command, *where)
        assert said in gate.phrases[0] and "53.csv" not in gate.stderr
    assert integrer(modele(BRETAGNE)).code == 0
    for command in ("etat", "controler"):
        assert "reste en usage" not in lancer(capsys, command, RELEVE, *where).stderr


def test_un_report_sans_fichier_reste_en_retard(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is noted first may not follow; and a workbook sent back unchanged is an answer."""
    integrer(modele(CORSE))
    where = ("--registre", str(registre))
    lancer(capsys, "reporter", RELEVE, "--region", BRETAGNE, *where)
    (registre / RELEVE / "53.csv").unlink()
    assert f"{BRETAGNE};Bretagne;en_retard;" in lancer(capsys, "etat", RELEVE, *where).stdout
    lancer(capsys, "reporter", RELEVE, "--region", BRETAGNE, *where)
    assert reports_tus(Releve.lire(RELEVE), registre) == [BRETAGNE]
    assert "fichier inchangé" in integrer(modele(BRETAGNE)).stderr
    assert reports_tus(Releve.lire(RELEVE), registre) == []
    assert f"{BRETAGNE};Bretagne;recue;" in lancer(capsys, "etat", RELEVE, *where).stdout
    unknown = lancer(capsys, "etat", "2099-S1", *where)
    assert (unknown.code, unknown.stdout) == (1, "") and "ni édition, ni fichier reçu" in unknown.stderr


def test_une_releve_qui_n_est_pas_ouverte_est_dite(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """One wrong digit makes a relève of its own."""
    assert "2031-S1 n'est pas ouverte (params/releves/2031-S1.yaml" in integrer(modele(CORSE, "2031-S1")).stderr
    opened = modele(BRETAGNE, "2025-S2")
    assert "n'est pas ouverte" not in integrer(opened, "--rectificatif", "essai").stderr


def test_d_un_lot_dont_un_fichier_ne_se_lit_pas_rien_n_est_depose(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, tmp_path: Path
) -> None:
    (tmp_path / "vide.xlsx").write_bytes(b"")
    ended = integrer(modele(CORSE), tmp_path / "vide.xlsx")
    assert ended.code == 1 and "vide.xlsx" in ended.stderr
    assert "Aucun des 2 fichiers n'a été déposé" in ended.stderr and not (registre / RELEVE).exists()


def test_un_registre_absent_n_est_pas_une_collecte_sans_reponse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = lancer(capsys, "etat", "2025-S2", "--registre", str(tmp_path / "rien"))
    assert (ended.code, ended.stdout) == (1, "") and "ce dossier n'existe pas" in ended.stderr


def test_une_releve_mal_tapee_ne_se_reporte_pas(registre: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = lancer(capsys, "reporter", "2099-S1", "--region", BRETAGNE, "--registre", str(registre))
    assert ended.code == 1 and "aucune région n'y est encore déposée" in ended.stderr
    assert not (registre / "2099-S1").exists()


def test_une_copie_de_refus_non_corrigee_est_refusee(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path
) -> None:
    """A formula leaves no empty cell, which would be stored."""
    path = modele(CORSE)
    path = modele(CORSE, **{f"{colonne('Effectif salarié', path)}2": "=20+30"})
    assert integrer(path).code == 1
    copy = path.with_name("94.refus.xlsx")
    path.unlink()
    ended = integrer(copy)
    assert ended.code == 1 and "affiche une erreur du tableur" in ended.stderr
    assert not (registre / RELEVE).exists()


@pytest.mark.parametrize("name", [b"caf\xe9.xlsx", b"x" * 250 + b".xlsx", b"=cmd.xlsx", b"a\nb.xlsx"])
def test_un_nom_de_fichier_etrange_ne_perd_rien(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, name: bytes
) -> None:
    path = modele(CORSE)
    strange = path.rename(path.with_name(os.fsdecode(name)))
    assert integrer(strange).code == 0
    wrong = modele(CORSE, **{f"{colonne('Effectif salarié', strange)}2": "=1+1"})
    ended = integrer(wrong.rename(strange))
    assert ended.code == 1 and "Traceback" not in ended.stderr
    assert [one["issue"] for one in journal(registre)] == ["deposee", "refusee"]


@pytest.mark.parametrize("kind", ["lien mort", "dossier", "issue inconnue"])
def test_un_journal_qui_n_en_est_pas_un_arrete_avant_tout_depot(
    modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path, kind: str
) -> None:
    path = registre.parent / "collecte" / RELEVE / JOURNAL
    path.parent.mkdir(parents=True)
    if kind == "lien mort":
        path.symlink_to("nulle-part")
    elif kind == "dossier":
        path.mkdir()
    else:
        names = "le;region;fichier;issue;lignes;avertissements;motif;recu;remplace"
        path.write_text(f"{names}\n2026;94;f;bizarre;1;1;;;\n", encoding="utf-8")
    ended = integrer(modele(CORSE))
    assert ended.code == 1 and "ce n'est plus le journal des réceptions" in ended.stderr
    assert not (registre / RELEVE).exists()


def test_un_fichier_illisible_se_dit_avant_sa_releve(integrer: Callable[..., Sortie], tmp_path: Path) -> None:
    (tmp_path / "vide.xlsx").touch()
    assert "fichier vide" in integrer(tmp_path / "vide.xlsx").stderr
    assert "c'est un dossier" in integrer(tmp_path).stderr


def test_un_journal_abime_est_dit(modele: Callable[..., Path], integrer: Callable[..., Sortie], registre: Path) -> None:
    path = registre.parent / "collecte" / RELEVE / JOURNAL
    path.parent.mkdir(parents=True)
    path.write_text("le;region\nx\n", encoding="utf-8")
    ended = integrer(modele(CORSE))
    assert ended.code == 1 and "ce n'est plus le journal des réceptions" in ended.stderr


@pytest.mark.parametrize("tirage", range(PREMIERE, PREMIERE + SEQUENCES))
def test_rien_de_ce_qui_fut_accepte_n_est_perdu(
    modele: Callable[..., Path],
    integrer: Callable[..., Sortie],
    registre: Path,
    tirage: int,
) -> None:
    """Whatever the order of commands, right and wrong, twice, two at once, killed half-way."""
    chance = random.Random(tirage)
    effectif = colonne("Effectif salarié", modele(CORSE))
    known: dict[str, set[bytes]] = {"2025-S2": set(), RELEVE: set()}

    def keep() -> None:
        for releve, contents in known.items():
            path = registre / releve / "94.csv"
            contents.update({path.read_bytes()} if path.is_file() else ())

    keep()
    for step in range(chance.randint(3, 6)):
        path = modele(CORSE, chance.choice(list(known)), **{f"{effectif}2": chance.choice([12, 40, 61, "x"])})
        options = chance.choice(
            [(), ("--region", BRETAGNE), ("--releve", "2025-S2"), ("--rectificatif", f"motif {step}")]
        )
        match chance.choice(["une", "deux", "tuee"]):
            case "une":
                integrer(path, *options)
            case "deux":
                both = [demarrer("integrer", path, *options, "--registre", registre) for _ in range(2)]
                assert all("Traceback" not in one.communicate()[1] for one in both)
            case "tuee":
                one = demarrer("integrer", path, *options, "--registre", registre)
                time.sleep(chance.uniform(0, 2))
                one.send_signal(signal.SIGKILL)
                one.communicate()
        keep()
        for releve, contents in known.items():
            there = {(registre / releve / "94.csv").read_bytes()} if (registre / releve / "94.csv").is_file() else set()
            assert contents <= there | set(archive(registre, releve).values())
    shutil.rmtree(registre.parent / "collecte", ignore_errors=True)


def test_une_commune_ramenee_a_son_code_actuel_n_est_pas_un_changement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = fabrique.lignes({"id_mouvement": "28-00001", "code_commune": "50007"})
    registre = fabrique.ecrire_releve(tmp_path / "registre", rows, "2025-S2")
    path = tmp_path / "28.xlsx"
    faire_modele(path, Destination(Releve.lire(RELEVE), "28", registre))
    ended = lancer(capsys, "integrer", str(path), "--registre", str(registre))
    assert "Par rapport à la relève 2025-S2 : 0 mouvement ajouté, 0 modifié, 0 retiré." in ended.stderr
    assert ";50550;" in (registre / RELEVE / "28.csv").read_text(encoding="utf-8")
