"""A relève about to be collected, and what the author of a received file is told at once."""

import re
import shutil
from itertools import islice
from pathlib import Path

import fabrique
import openpyxl
import pytest
from console import Sortie, lancer

from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.collecte.modele import ouvrir_releve
from barometre_lib.collecte.voisinage import avertir
from barometre_lib.parametres.edition import lire_edition
from barometre_lib.vocabulaire import Releve

RELEVE = "2026-S1"


@pytest.fixture
def racine_privee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose parameters may be written, with the demonstration relèves."""
    root = tmp_path / "racine"
    shutil.copytree(fabrique.RACINE / "params", root / "params")
    (root / "data").mkdir()
    for name in ("reference", "publie", "releves"):
        (root / "data" / name).symlink_to(fabrique.RACINE / "data" / name)
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    monkeypatch.chdir(tmp_path)
    return root


@pytest.mark.usefixtures("sans_porte", "modeles_courts")
def test_une_releve_se_prepare_et_une_reprise_complete_ce_qui_manque(
    racine_privee: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "classeurs"

    def prepare() -> Sortie:
        return lancer(capsys, "nouvelle-releve", RELEVE, "--classeurs", str(folder))

    ended = prepare()
    assert (ended.code, ended.stdout) == (0, "")
    assert (
        ended.phrases[0]
        == "racine/params/releves/2026-S1.yaml : à compléter (publication, collecte, couverture, exemples)."
    )
    assert "84.xlsx : 653 mouvements, repris de la relève 2025-S2." in ended.stderr
    assert {path.stem for path in folder.iterdir()} == set(fabrique.nomenclatures().regions)
    edition = lire_edition(Releve.lire(RELEVE), dossier=racine_privee / "params")
    assert (edition.mois, edition.jour, edition.etat) == ("2026-10", None, "travail")
    assert edition.couverture == lire_edition(Releve.lire("2025-S2")).couverture
    assert edition.exemples == {}

    (folder / "84.xlsx").unlink()
    (folder / "11.xlsx").write_bytes(b"rempli")
    again = prepare()
    assert again.code == 0 and again.stderr.count("déjà là, laissé tel quel") == 18
    assert (folder / "11.xlsx").read_bytes() == b"rempli" and (folder / "84.xlsx").exists()


@pytest.mark.usefixtures("sans_porte", "modeles_courts")
def test_les_classeurs_disent_l_echeance_et_l_adresse_du_bureau(
    racine_privee: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As far as the edition says them, and nothing is invented; the next edition takes the address over."""

    def said(collecte: str) -> str:
        """Return what the notice says of a workbook made while the edition says so."""
        path = racine_privee / "params" / "releves" / "2025-S2.yaml"
        text = (fabrique.RACINE / "params" / "releves" / path.name).read_text(encoding="utf-8")
        path.write_text(f"{text}\ncollecte: {collecte}\n", encoding="utf-8")
        made = tmp_path / "94.xlsx"
        assert lancer(capsys, "modele", "--region", "94", "--releve", "2025-S2", "-o", str(made), "--forcer").code == 0
        cells = openpyxl.load_workbook(made)["Mode d'emploi"]["A"]
        return "\n".join(str(cell.value) for cell in cells).replace("\xa0", " ")

    assert "À renvoyer" not in said("")
    assert "À renvoyer au plus tard le 31 janvier 2026.\n" in said("{echeance: 2026-01-31}")
    both = said("{echeance: 2026-01-31, adresse: barometre@industrie.gouv.fr}")
    assert "À renvoyer au plus tard le 31 janvier 2026 à barometre@industrie.gouv.fr.\n" in both
    register = fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes({"id_mouvement": "84-00001"}), "2025-S2")
    where = ("--classeurs", str(tmp_path / "classeurs"), "--registre", str(register))
    ended = lancer(capsys, "nouvelle-releve", RELEVE, *where)
    assert "ne disent pas tout de leur envoi (échéance) : complétez racine/params/releves/2026-S1.yaml" in ended.stderr
    assert "À renvoyer à barometre@industrie.gouv.fr." in str(
        [cell.value for cell in openpyxl.load_workbook(tmp_path / "classeurs" / "94.xlsx")["Mode d'emploi"]["A"]]
    ).replace("\\xa0", " ")


def test_une_premiere_releve_se_prepare_sans_precedente(racine_privee: Path, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    _, said = islice(ouvrir_releve("2026-S2", tmp_path / "c", tmp_path / "vide"), 2)
    assert "c/01.xlsx : 0 mouvement, aucune relève précédente" in said.replace("\u00a0", " ")
    edition = lire_edition(Releve.lire("2026-S2"), dossier=racine_privee / "params")
    assert edition.mois == "2027-03"
    assert set(edition.couverture.values()) == {"inconnue"}


def test_une_releve_mal_ecrite_ne_prepare_rien(
    racine_privee: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = lancer(capsys, "nouvelle-releve", "2026", "--classeurs", str(tmp_path / "c"))
    assert ended.code == 1 and "attendu AAAA-S1 ou AAAA-S2" in ended.stderr
    assert not (tmp_path / "c").exists() and len(list((racine_privee / "params" / "releves").glob("*.yaml"))) == 5


@pytest.mark.usefixtures("sans_porte", "modeles_courts")
def test_une_precedente_incomplete_est_dite_avant_que_rien_ne_soit_ecrit(
    racine_privee: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is advised works."""
    register = tmp_path / "registre"
    for releve in ("2025-S1", "2025-S2"):
        fabrique.ecrire_releve(register, fabrique.lignes({"id_mouvement": "84-00001"}), releve)
    edition = racine_privee / "params" / "releves" / "2025-S2.yaml"
    edition.write_text(re.sub("(?m)^etat: .*", "etat: travail", edition.read_text("utf-8")), encoding="utf-8")
    for region in ("53", "84"):
        (register / "2025-S2" / f"{region}.csv").unlink()

    def prepare(folder: Path) -> Sortie:
        return lancer(capsys, "nouvelle-releve", RELEVE, "--classeurs", str(tmp_path / "c"), "--registre", str(folder))

    for folder, said in (
        (register, "aucun fichier pour Bretagne (53) et Auvergne-Rhône-Alpes (84)"),
        (tmp_path / "rien", "ce dossier n'existe pas"),
    ):
        ended = prepare(folder)
        assert ended.code == 1 and said in ended.stderr
        assert not (tmp_path / "c").exists() and not edition.with_name(f"{RELEVE}.yaml").exists()
    for region in ("53", "84"):
        done = lancer(capsys, "reporter", "2025-S2", "--region", region, "--registre", str(register))
        assert done.code == 0, done.stderr
    assert prepare(register).code == 0
    assert len(list((tmp_path / "c").glob("*.xlsx"))) == 18


def test_l_auteur_d_un_fichier_est_averti_de_ce_que_les_suites_relevent(tmp_path: Path) -> None:
    """Its own rows, beside its region's of the previous relève; what has vanished is told elsewhere."""
    before = fabrique.lignes(
        {"id_mouvement": "A"}, {"id_mouvement": "B"}, {"id_mouvement": "C", "code_commune": "13055"}
    )
    register = fabrique.ecrire_releve(tmp_path / "registre", before, "2024-S1")
    rows = fabrique.lignes(
        {"id_mouvement": "A", "type_mouvement": "fermeture", "emplois": 22}, {"date_effet": "2025-01-01"}
    )
    lines = [Ligne(number, row) for number, row in enumerate(rows, start=7)]
    place = Destination(Releve.lire("2024-S2"), "84", register)
    told_of = avertir(lines, "recu.xlsx", place, fabrique.nomenclatures())
    said = told_of.phrases
    assert told_of.avertissements == 3
    assert told_of.nouvelles[0] == "Par rapport à la relève 2024-S1 : 1 mouvement ajouté, 1 modifié, 1 retiré."
    told = {said[i].split(" :")[0]: said[i + 1] for i in range(0, len(said), 2)}
    assert told == {
        "Avertissement realise_apres_releve": "  recu.xlsx, ligne 8, M-0002",
        "Avertissement emplois_au_dela_de_l_effectif": "  recu.xlsx, ligne 7, A",
        "Avertissement sens_inverse": "  recu.xlsx, ligne 7, A",
    }
    (register / "2024-S1" / "84.csv").write_text("abîmé", encoding="utf-8")
    alone = avertir(lines, "recu.xlsx", place, fabrique.nomenclatures()).phrases
    assert "La relève 2024-S1 ne se compare pas à ce fichier" in alone[0] and "84.csv" in alone[0]
    assert len(alone) == 5


def test_une_demonstration_ne_se_compare_pas_au_fichier_d_une_releve_reelle(tmp_path: Path) -> None:
    register = fabrique.ecrire_releve(tmp_path, fabrique.lignes({"id_mouvement": "A"}), "2024-S1")
    fabrique.ecrire_releve(tmp_path, [], "2024-S2", demonstration="non")
    lines = [Ligne(2, fabrique.ligne(id_mouvement="A", type_mouvement="fermeture"))]
    place = Destination(Releve.lire("2024-S2"), "84", register)
    (said,) = avertir(lines, "recu.xlsx", place, fabrique.nomenclatures()).phrases
    assert "l'une est une démonstration, l'autre non." in said
