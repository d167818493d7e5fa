"""From a received file back to the register: escapes, identifiers, all or nothing, LibreOffice, every region."""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pytest
import yaml
from console import Sortie, lancer
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.xml.constants import SHEET_MAIN_NS

from barometre_lib.collecte import destination, integration
from barometre_lib.collecte.classeur import en_octets, nouveau_classeur, remplir
from barometre_lib.collecte.classeur_recu import lire_classeur
from barometre_lib.collecte.codes import Communes, Naf
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.grille import FORMULE, Cellule, deproteger, proteger, proteger_cellule
from barometre_lib.collecte.integration import integrer as integrer_fichier
from barometre_lib.collecte.modele import faire_modele
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

REGIONS = "01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split()  # noqa: SIM905
# The editions of these relèves are released.
RECTIFIE = ("--rectificatif", "essai")


pytestmark = pytest.mark.usefixtures("jugements_gardes", "listes_courtes", "sans_porte")


# Escapes


@given(st.text())
def test_ce_qui_est_protege_se_retrouve(texte: str) -> None:
    assert deproteger(proteger(texte)) == texte
    assert proteger(deproteger(texte)) in (texte, f"'{texte}") or deproteger(texte) == texte
    if not FORMULE.match(texte):
        assert proteger(texte) == texte == deproteger(texte)


@given(st.text(alphabet="'= \t+-@＝\nab\r", max_size=6))
def test_rien_de_protege_ne_se_prend_pour_une_formule(texte: str) -> None:
    assert deproteger(proteger(texte)) == texte
    assert proteger(texte).lstrip(" \n\t\r")[:1] not in ("=", "+", "-", "@", "＝")


MORCEAUX = st.sampled_from(["_x005F_", "_x005f_", "_x0041_", "_x000D_", "_xD83D_", "_", "x", "005F", "'=", "\n", "a"])


@settings(deadline=None)
@given(st.lists(st.lists(MORCEAUX, max_size=6).map("".join), min_size=1, max_size=20))
def test_un_texte_revient_d_un_classeur_comme_il_y_est_entre(textes: list[str]) -> None:
    """`_x005F_` and the like are how a workbook writes a character: one written and one read, neither twice."""
    book, sheet = nouveau_classeur()
    for number, text in enumerate(textes, start=1):
        remplir(sheet.cell(number, 1), f"|{text}|", "@")
    data = en_octets(book, date(2024, 12, 31))
    for received in (data, partager(data)):
        read = lire_classeur(received, "f.xlsx").lignes
        assert [cells[0].texte for _, cells in read] == [f"|{text}|" for text in textes]


def partager(donnees: bytes) -> bytes:
    """Return a workbook as Excel and LibreOffice write it: its texts apart from its sheet."""
    with zipfile.ZipFile(io.BytesIO(donnees)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    texts: list[str] = []

    def share(found: re.Match[str]) -> str:
        texts.append(f"<si>{found[2]}</si>")
        return f'{found[1]} t="s"><v>{len(texts) - 1}</v></c>'

    name, kind = "xl/worksheets/sheet1.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts[name] = re.sub(r'(<c [^>]*?) t="inlineStr"><is>(.*?)</is></c>', share, parts[name], flags=re.DOTALL)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SHEET_MAIN_NS}">{"".join(texts)}</sst>'
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", override)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return stream.getvalue()


def test_un_nombre_n_est_pas_protege() -> None:
    assert [proteger_cellule(one) for one in ("-5", "+3,5", "-5 t", "=5", "12")] == ["-5", "+3,5", "'-5 t", "'=5", "12"]


# Codes


def test_chaque_code_de_commune_admis_se_lit(nomenclatures: Nomenclatures) -> None:
    """Of its own, then with its present name: 41,000 codes, former ones included."""
    communes = Communes(nomenclatures, "84")
    for code, now in nomenclatures.commune_actuelle.items():
        assert communes.lire(Cellule(code)).texte == now
    for code in nomenclatures.departement_de_commune:
        reading = communes.lire(Cellule(communes.libelle(code)))
        assert (reading.texte, reading.defaut) == (code, "")


def test_les_six_communes_partagees_demandent_un_choix(nomenclatures: Nomenclatures) -> None:
    communes = Communes(nomenclatures, "44")
    for code in ("08227", "45117", "51385", "51606", "60606", "77362"):
        assert "a été partagée, choisissez parmi" in communes.lire(Cellule(code)).defaut


def test_chaque_code_de_la_naf_2025_est_ramene_ou_demande(nomenclatures: Nomenclatures) -> None:
    naf, table = Naf(nomenclatures), nomenclatures.table("naf_correspondance")
    unique = dict(table[table["nb_sources"] == "1"][["naf_2025", "naf_rev2"]].itertuples(index=False))
    for code in nomenclatures.table("naf_2025")["code"]:
        reading = naf.lire(Cellule(code))
        if code in unique:
            assert (reading.texte, reading.nature, reading.defaut) == (unique[code], "naf", "")
        else:
            assert "NAF 2025" in reading.defaut
    decided = Naf(nomenclatures, fabrique.parametres("2026-S2").naf_2025_decides)
    readings = {code: decided.lire(Cellule(code)) for code in nomenclatures.naf_2025}
    kept = {code for code, one in readings.items() if one.texte == code and not one.defaut}
    asked = {code for code, one in readings.items() if one.defaut}
    assert asked == set(fabrique.parametres("2026-S2").naf_a_demander) and kept == set(readings) - asked - set(unique)
    assert len(unique) > 500
    # A line of the field about it is about it, whatever leads to it.
    rules = fabrique.parametres("2026-S2")
    line = replace(rules.champ[0], prefixe="20.11Y", sort="hors", raison="autre", naf="2025")
    told = Naf(nomenclatures, replace(rules, champ=(*rules.champ, line)).naf_2025_decides).lire(Cellule("20.11Y"))
    assert unique["20.11Y"] == "20.11Z" and (told.texte, told.defaut) == ("20.11Y", "")
    for code in nomenclatures.naf:
        assert naf.lire(Cellule(naf.libelle(code))).texte == code


# The register, all or nothing


def rangees(*differences: dict[str, Any]) -> bytes:
    """Return a CSV as Excel in French writes it, in the codes of the register."""
    rows = [fabrique.ligne(**({"id_mouvement": "", "siret": ""} | one)) for one in differences]
    return "\r\n".join([";".join(NOMS_COLONNES), *(";".join(row.values()) for row in rows), ""]).encode("cp1252")


@pytest.fixture
def recevoir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Sortie]:
    """Integrate bytes as the file of the region 84 for 2025-S1, in the folder `registre`."""

    def receive(donnees: bytes, *more: str, nom: str = "recu.csv") -> Sortie:
        received = tmp_path / nom
        received.write_bytes(donnees)
        place = ["--registre", str(tmp_path / "registre"), "--releve", "2025-S1", "--region", "84", *RECTIFIE]
        return lancer(capsys, "integrer", str(received), *place, *more)

    return receive


@pytest.fixture
def registre(tmp_path: Path) -> Path:
    rows = fabrique.lignes({"id_mouvement": "84-00007"}, {"id_mouvement": "84-00041"}, {"id_mouvement": "A-00099"})
    return fabrique.ecrire_releve(tmp_path / "registre", rows)


def identifiants(registre: Path) -> list[str]:
    with (registre / "2025-S1" / "84.csv").open(encoding="utf-8", newline="") as file:
        return [row["id_mouvement"] for row in csv.DictReader(file, delimiter=";")]


def test_les_identifiants_suivent_le_plus_grand_jamais_donne(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    done = recevoir(rangees({"nom_site": "A"}, {"id_mouvement": "84-00007"}, {"nom_site": "B"}))
    assert done.code == 0, done.stderr
    assert identifiants(registre) == ["84-00042", "84-00007", "84-00043"]
    assert "2 identifiants donnés." in done.stderr
    assert "2;id_mouvement;;84-00042;" in done.stdout


def test_une_ligne_deja_deposee_garde_son_identifiant(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    """The service sends its own copy again, where identifiers are still empty, with one more line before."""
    said = recevoir(rangees({"nom_site": "A"}, {"nom_site": "A"})).stderr
    assert "lignes 2 et 3 : seul leur identifiant les distingue, une seule pourra compter" in said
    first = (registre / "2025-S1" / "84.csv").read_bytes()
    again = recevoir(rangees({"nom_site": "A"}, {"nom_site": "A"}))
    assert "fichier inchangé" in again.stderr and (registre / "2025-S1" / "84.csv").read_bytes() == first
    said = recevoir(rangees({"nom_site": "B"}, {"nom_site": "A"}, {"nom_site": "A"})).stderr
    assert said.count("seul leur identifiant") == 1 and "lignes 3 et 4 :" in said
    assert identifiants(registre) == ["84-00044", "84-00042", "84-00043"]


def test_un_mouvement_disparu_est_signale_par_son_identifiant(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    done = recevoir(rangees({"id_mouvement": "84-00041", "nom_site": "Secret"}))
    assert done.code == 0
    assert "2 mouvements déjà connus ne sont plus dans le fichier : « 84-00007 », « A-00099 »." in done.stderr
    assert not any("Secret" in one for one in done.phrases if "ne sont plus" in one)


def test_un_fichier_sans_ligne_ne_retire_tout_que_confirme(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    """What the previous relève had, then what is stored; once nothing is there any more, nothing is asked."""
    asked = recevoir(rangees())
    assert asked.code == 1 and not (registre / "2025-S1").exists()
    assert "aucune ligne, alors que la région 84 avait 3 mouvements ; rien n'a été déposé" in asked.stderr
    assert "confirmez-le par --sans-mouvement" in asked.stderr
    recevoir(rangees({}))
    assert recevoir(rangees()).code == 1 and len(identifiants(registre)) == 1
    done = recevoir(rangees(), "--sans-mouvement")
    assert done.code == 0 and "0 ligne déposée" in done.stderr, done.stderr
    assert identifiants(registre) == []


def test_une_region_qui_n_avait_rien_peut_n_avoir_rien(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    fabrique.ecrire_releve(registre, [])
    assert recevoir(rangees()).code == 0 and identifiants(registre) == []


@pytest.mark.parametrize("avant", ["oui", "non", None])
def test_une_releve_nouvelle_dit_sa_provenance(
    avant: str | None, tmp_path: Path, recevoir: Callable[..., Sortie]
) -> None:
    fabrique.ecrire_releve(tmp_path / "registre", [], demonstration=avant)
    assert recevoir(rangees({})).code == 0
    said = yaml.safe_load((tmp_path / "registre" / "2025-S1" / "provenance.yaml").read_text(encoding="utf-8"))
    assert said["demonstration"] == (avant or "non")
    assert said["livre_par"] and said["livre_le"]


def test_la_provenance_d_une_releve_presente_est_gardee(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    fabrique.ecrire_releve(registre, [], "2025-S1", demonstration="non")
    before = (registre / "2025-S1" / "provenance.yaml").read_bytes()
    recevoir(rangees({}))
    assert (registre / "2025-S1" / "provenance.yaml").read_bytes() == before


def test_un_depot_qui_echoue_ne_laisse_rien(
    registre: Path, recevoir: Callable[..., Sortie], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(registre.rglob("*"))

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device", "84.csv")

    monkeypatch.setattr(destination, "_relire", fail)
    ended = recevoir(rangees({}))
    assert (ended.code, ended.stdout) == (1, "") and "disque plein" in ended.stderr
    assert sorted(registre.rglob("*")) == before


def test_une_ecriture_infidele_est_vue(
    registre: Path, recevoir: Callable[..., Sortie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination, "en_csv", lambda table: b"autre chose\n")
    ended = recevoir(rangees({}))
    assert ended.code == 1 and "ne se relit pas à l'identique" in ended.stderr
    assert not (registre / "2025-S1").exists()


def test_deux_depots_a_la_fois_le_perdant_est_averti(
    registre: Path, recevoir: Callable[..., Sortie], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, stored = integration.examiner_recu, registre / "2025-S1" / "84.csv"

    def meanwhile(*arguments: Any) -> Any:
        judged = judge(*arguments)
        monkeypatch.setattr(integration, "examiner_recu", judge)
        assert recevoir(rangees({"nom_site": "A"}), nom="autre.csv").code == 0
        return judged

    monkeypatch.setattr(integration, "examiner_recu", meanwhile)
    lost = recevoir(rangees({"nom_site": "B"}))
    assert lost.code == 1 and "84.csv : une autre commande l'a déposé entre-temps" in lost.stderr.replace("\xa0", " ")
    assert b";A;" in stored.read_bytes() and b";B;" not in stored.read_bytes()
    monkeypatch.setattr(destination, "ATTENTE", 0)
    with FileLock(registre / destination.VERROU):
        lost = recevoir(rangees({"nom_site": "B"}))
    assert lost.code == 1 and "une autre commande y dépose" in lost.stderr
    assert recevoir(rangees({"nom_site": "B"})).code == 0 and b";B;" in stored.read_bytes()
    assert [path.name for path in registre.iterdir() if path.name.startswith(".")] == []


def test_un_refus_garde_ce_qui_etait_depose(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    recevoir(rangees({}))
    before = {path: path.read_bytes() for path in registre.rglob("*") if path.is_file()}
    assert recevoir(rangees({"effectif": "x"})).code == 1
    assert {path: path.read_bytes() for path in registre.rglob("*") if path.is_file()} == before


def test_les_copies_vont_ou_l_on_veut(registre: Path, recevoir: Callable[..., Sortie], tmp_path: Path) -> None:
    ended = recevoir(rangees({"effectif": "x"}), "--retour", str(tmp_path / "retours"))
    assert ended.code == 1 and "retours/recu.refus.xlsx" in ended.stderr
    assert {path.name for path in (tmp_path / "retours").iterdir()} == {"recu.refus.xlsx", "recu.refus.csv"}
    assert not list(tmp_path.glob("*.refus.*"))


def test_une_copie_impossible_n_empeche_pas_de_dire_les_defauts(
    registre: Path, recevoir: Callable[..., Sortie], tmp_path: Path
) -> None:
    (tmp_path / "bouche").write_text("", encoding="utf-8")
    ended = recevoir(rangees({"effectif": "x"}), "--retour", str(tmp_path / "bouche" / "dossier"))
    assert ended.code == 1
    assert "trouvé « x »" in ended.stderr and "la copie n'a pu être écrite" in ended.stderr
    assert ended.stderr.endswith(") ; donnez un autre dossier par --retour.\n")


def test_beaucoup_de_defauts_sont_dits_en_partie(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    ended = recevoir(rangees(*[{"effectif": "x"}] * 60))
    assert len(ended.phrases) == 52
    assert "… et 10 autres, voir" in ended.stderr and "60 défauts, rien n'a été déposé" in ended.stderr


def test_les_autres_regions_ne_sont_pas_touchees(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    fabrique.ecrire_releve(registre, fabrique.lignes({"code_commune": "75056", "id_mouvement": "11-1"}), "2025-S1")
    before = {path.name: path.read_bytes() for path in (registre / "2025-S1").iterdir()}
    assert recevoir(rangees({})).code == 0
    after = {path.name: path.read_bytes() for path in (registre / "2025-S1").iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {"84.csv"}


@pytest.mark.parametrize(
    ("change", "mots"),
    [
        ({"--region": "12"}, ["Région « 12 »"]),
        ({"--releve": "2025-S3"}, ["Relève « 2025-S3 »"]),
        ({"--registre": "/nulle/part"}, ["n'existe pas"]),
        ({"": "absent.csv"}, ["absent.csv", "introuvable"]),
        ({"": "."}, ["c'est un dossier"]),
    ],
    ids=["region", "releve", "registre", "absent", "dossier"],
)
def test_une_demande_impossible_est_dite(
    change: dict[str, str], mots: list[str], registre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"": "absent.csv", "--region": "84", "--releve": "2025-S1", "--registre": str(registre)} | change
    words = [asked.pop(""), *(word for pair in asked.items() for word in pair)]
    ended = lancer(capsys, "integrer", *words)
    assert (ended.code, ended.stdout) == (1, "")
    assert all(word in ended.stderr for word in mots), ended.stderr


def test_un_fichier_trop_gros_est_refuse(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    ended = recevoir(b"x" * (10 * 1024**2 + 1))
    assert ended.code == 1 and "plus de 10 Mo" in ended.stderr


def test_trop_de_lignes_sont_refusees(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    ended = recevoir(b"x\r\n" * 20_002)
    assert ended.code == 1 and "plus de 20 000 lignes" in ended.stderr


# There and back


PRECEDENTE = fabrique.RACINE / "data" / "releves" / "2025-S2"


def aller_retour(
    region: str, registre: Path, dossier: Path, change: Callable[[Path], Path] = lambda path: path
) -> Path:
    """Write the workbook of a region for 2026-S1, from a register, and integrate it; return the region's file."""
    place = Destination(Releve(2026, 1), region, registre)
    faire_modele(dossier / f"{region}.xlsx", place, nomenclatures=fabrique.nomenclatures())
    integrer_fichier(change(dossier / f"{region}.xlsx"), place, nomenclatures=fabrique.nomenclatures())
    return place.fichier


def en_valeurs(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a region's file, numbers as numbers and communes as present ones."""
    current = fabrique.nomenclatures().commune_actuelle
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file, delimiter=";"))
    for row in rows:
        row["code_commune"] = current[row["code_commune"]]
        for name in ("variation_production", "investissement_meur", "surface_m2"):
            row[name] = float(row[name]) if row[name] else None
    return rows


@pytest.mark.parametrize("region", REGIONS if fabrique.TOUT else ["06", "11", "84", "94"])
def test_un_classeur_rendu_sans_retouche_redonne_la_releve_precedente(region: str, tmp_path: Path) -> None:
    registre = fabrique.ecrire_releve(tmp_path / "registre", [], "2025-S2")
    shutil.copy(PRECEDENTE / f"{region}.csv", registre / "2025-S2")
    stored = aller_retour(region, registre, tmp_path)
    assert en_valeurs(stored) == en_valeurs(PRECEDENTE / f"{region}.csv")


CORRIGE = "Effectif corrigé : compté sur place"


def modifier(path: Path) -> Path:
    """Do what a service does: abandon a project, correct a number, add a site."""
    book = openpyxl.load_workbook(path)
    sheet = book["Mouvements"]
    column = {cell.value.removesuffix(" *"): cell.column for cell in sheet[1]}
    sheet.cell(2, column["Statut"]).value = "Abandonné"
    sheet.cell(3, column["Effectif salarié"]).value = 999
    sheet.cell(3, column["Commentaire"]).value = CORRIGE
    added = {
        "Type de mouvement": "Ouverture",
        "Nom du site": "Usine nouvelle (fictif)",
        "Commune": "Villeurbanne (69266)",
        "Code NAF de la production": "27.20Y",
        "Secteur du baromètre": "Électronique",
        "Statut": "Réalisé",
        "Date d'effet": "15/03/2026",
        "Effectif salarié": "1 250",
        "Source": "DREETS",
        "Citable": "Non",
        "Commentaire": "Réf. _x005F_x0041_",  # as a workbook writes _x0041_
    }
    for name, value in added.items():
        sheet.cell(sheet.max_row + (name == "Type de mouvement"), column[name]).value = value
    book.save(path)
    return path


def test_un_classeur_ouvert_par_libreoffice_revient_jusqu_aux_decisions(
    tmp_path: Path, libreoffice: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Workbook, LibreOffice, filled in, LibreOffice again, register, decisions."""
    registre = tmp_path / "registre"
    shutil.copytree(PRECEDENTE, registre / "2025-S2")
    stored = aller_retour("84", registre, tmp_path, lambda path: libreoffice(modifier(libreoffice(path))))
    before, after = en_valeurs(PRECEDENTE / "84.csv"), en_valeurs(stored)
    assert after[0] == before[0] | {"statut": "abandonne"}
    assert after[1] == before[1] | {"effectif": "999", "commentaire": CORRIGE}
    assert after[2:-1] == before[2:]
    new = {name: value for name, value in after[-1].items() if value}
    assert new == {
        "id_mouvement": f"84-{len(before) + 1:05d}",
        "type_mouvement": "ouverture",
        "nom_site": "Usine nouvelle (fictif)",
        "code_commune": "69266",
        "code_naf": "27.20Z",
        "sous_secteur": "electronique",
        "statut": "effectif",
        "date_effet": "2026-03-15",
        "effectif": "1250",
        "source": "dreets",
        "citable": "non",
        "commentaire": "Réf. _x0041_",
    }
    for region in REGIONS:
        if region != "84":
            shutil.copy(PRECEDENTE / f"{region}.csv", stored.parent)
    decided = {}
    for releve in ("2025-S2", "2026-S1"):
        ended = lancer(capsys, "decider", releve, "--registre", str(registre))
        assert ended.code == 0, ended.stderr
        rows = csv.DictReader(ended.stdout.splitlines(), delimiter=";")
        decided[releve] = {row["id_mouvement"]: row["motif"] for row in rows}
    ids = [row["id_mouvement"] for row in after]
    assert decided["2026-S1"][ids[0]] == "abandonne"
    assert decided["2026-S1"][ids[-1]] == "compte"
    touched = {ids[0], ids[1], ids[-1]}
    # A movement announced for the first semester of 2026 is done since.
    same = [one for one in ids if one not in touched and decided["2025-S2"][one] != "non_effectif"]
    assert len(same) > 500
    assert {one: decided["2026-S1"][one] for one in same} == {one: decided["2025-S2"][one] for one in same}


def test_libreoffice_garde_les_listes_et_suit_le_departement(tmp_path: Path, libreoffice: Callable[..., Path]) -> None:
    """The drop-down of communes is a formula: LibreOffice computes it as it would for the list."""
    place = Destination(Releve(2026, 1), "94", tmp_path)
    path = tmp_path / "94.xlsx"
    faire_modele(path, place, nomenclatures=fabrique.nomenclatures())
    saved = openpyxl.load_workbook(libreoffice(path))
    rules = {str(rule.sqref).split(":")[0]: rule for rule in saved["Mouvements"].data_validations.dataValidation}
    formula = rules["G2"].formula1
    assert "INDIRECT" in formula and rules["G2"].errorStyle == "warning"
    assert rules["F2"].formula1 == "liste_departement" and rules["F2"].prompt
    assert {"communes_2A", "communes_2B", "communes_region", "liste_naf"} <= set(saved.defined_names)
    sheet = saved["Mouvements"]
    for line, department in enumerate((None, "Corse-du-Sud (2A)", "Haute-Corse (2B)"), start=2):
        sheet.cell(line, 6).value = department
        sheet.cell(line, 1).value = f"=COUNTA({formula.replace('$F2', f'$F{line}')})"
        sheet.cell(line, 1).number_format = "0"
    saved.save(tmp_path / "calcul.xlsx")
    lines = libreoffice(tmp_path / "calcul.xlsx", "csv").read_text(encoding="cp1252").splitlines()
    assert [line.split(",")[0] for line in lines[1:4]] == ["360", "124", "236"]


# What a review found


def en_classeur(path: Path, differences: dict[str, Any]) -> Path:
    """Write a workbook of one row under the codes of the register."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Mouvements"
    sheet.append(list(NOMS_COLONNES))
    sheet.append([value or None for value in (fabrique.ligne() | differences).values()])
    book.save(path)
    return path


def deposer_csv(capsys: pytest.CaptureFixture[str], registre: Path, received: Path, *rows: dict[str, Any]) -> Sortie:
    """Integrate rows as a CSV of the register, whatever the state of the edition."""
    with received.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, NOMS_COLONNES, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(fabrique.lignes(*rows))
    place = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(registre)]
    return lancer(capsys, "integrer", str(received), *place)


def test_une_copie_en_cours_de_correction_n_est_pas_ecrasee(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "registre").mkdir()
    received = tmp_path / "g.csv"
    assert deposer_csv(capsys, tmp_path / "registre", received, {"effectif": "x"}).code == 1
    first = tmp_path / "g.refus.xlsx"
    first.write_bytes(b"en cours de correction")
    ended = deposer_csv(capsys, tmp_path / "registre", received, {"effectif": "x"})
    assert first.read_bytes() == b"en cours de correction"
    second = tmp_path / "g.csv.refus.xlsx"
    assert second.name in ended.stderr and second.with_suffix(".csv").is_file()
    before = sorted(tmp_path.iterdir())
    deposer_csv(capsys, tmp_path / "registre", received, {"effectif": "x"})
    assert sorted(tmp_path.iterdir()) == before
    second.write_bytes(b"en cours de correction")
    ended = deposer_csv(capsys, tmp_path / "registre", received, {"effectif": "x"})
    assert "g.csv.refus-2.xlsx" in ended.stderr and second.read_bytes() == b"en cours de correction"


def test_une_copie_ne_s_ecrit_jamais_dans_une_releve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registre = fabrique.ecrire_releve(tmp_path / "registre", [])
    before = {path.name for path in (registre / "2024-S2").iterdir()}
    ended = deposer_csv(capsys, registre, registre / "2024-S2" / "84.csv", {"effectif": "x"})
    assert ended.code == 1 and "donnez un autre dossier par --retour" in ended.stderr
    assert {path.name for path in (registre / "2024-S2").iterdir()} == before


@pytest.mark.parametrize("sous", ["", "retours"])
def test_un_retour_dans_une_releve_est_refuse(sous: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the file is worth: a relève holds the regions' files alone."""
    registre = fabrique.ecrire_releve(tmp_path / "r", [], "2023-S2")
    (tmp_path / "f.csv").write_bytes(rangees({"effectif": "x"}))
    place = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(registre)]
    ended = lancer(capsys, "integrer", str(tmp_path / "f.csv"), *place, "--retour", str(registre / "2023-S2" / sous))
    assert ended.code == 1 and len(ended.phrases) == 1
    assert "--retour : " in ended.stderr and "le dossier d'une relève" in ended.stderr
    assert len(list((registre / "2023-S2").iterdir())) == 19


def test_une_copie_garde_le_jour_d_avant_mars_1900(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Excel has a 29 February 1900: a date cell would come back as another day."""
    (tmp_path / "registre").mkdir()
    days = {"date_annonce": datetime(1900, 2, 28), "date_effet": datetime(1900, 3, 1)}
    received = en_classeur(tmp_path / "f.xlsx", days | {"effectif": "x"})
    place = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(tmp_path / "registre")]
    assert lancer(capsys, "integrer", str(received), *place).code == 1
    row = openpyxl.load_workbook(tmp_path / "f.refus.xlsx")["Mouvements"][2]
    kept = {name: row[NOMS_COLONNES.index(name)].value for name in days}
    assert kept == {"date_annonce": "28/02/1900", "date_effet": datetime(1900, 3, 1)}


def test_une_copie_d_un_fichier_brut_garde_ses_apostrophes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registre = tmp_path / "registre"
    registre.mkdir()
    raw = {"id_mouvement": "84-1", "nom_site": "'=A", "entreprise": "''=A", "commentaire": "=A"}
    assert deposer_csv(capsys, registre, tmp_path / "f.csv", raw | {"effectif": "x"}).code == 1
    book = openpyxl.load_workbook(tmp_path / "f.refus.xlsx")
    book["Mouvements"].cell(2, NOMS_COLONNES.index("effectif") + 1).value = 21
    book.save(tmp_path / "corrige.xlsx")
    place = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(registre)]
    assert lancer(capsys, "integrer", str(tmp_path / "corrige.xlsx"), *place).code == 0
    (stored,) = en_valeurs(registre / "2024-S2" / "84.csv")
    assert {name: stored[name] for name in raw} == raw


def test_un_fichier_depose_se_depose_de_nouveau_a_l_identique(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registre = fabrique.ecrire_releve(
        tmp_path / "r", fabrique.lignes({"nom_site": "'=A", "activite": "_x005F_ et '@b", "commentaire": "'+1"})
    )
    copy = shutil.copy(registre / "2024-S2" / "84.csv", tmp_path)
    place = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(registre)]
    ended = lancer(capsys, "integrer", str(copy), *place)
    assert ended.code == 0 and "fichier inchangé" in ended.stderr


def test_une_region_voisine_illisible_est_dite(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    """Its identifiers may be those of the file: nothing is refused, and it is said."""
    fabrique.ecrire_releve(registre, fabrique.lignes({"code_commune": "75056", "id_mouvement": "11-1"}), "2025-S1")
    path = registre / "2025-S1" / "11.csv"
    path.write_text(path.read_text(encoding="utf-8") + "11-2;coupée\n11-3;coupée\n", encoding="utf-8")
    ended = recevoir(rangees({"id_mouvement": "84-1"}))
    assert ended.code == 0
    told = [one for one in ended.phrases if "n'ont pu être comparés" in one]
    assert len(told) == 1 and "2025-S1/11.csv, ligne 3 : trouvé 2 cellules" in told[0]


def test_une_demonstration_n_est_pas_comparee_a_une_releve_reelle(
    registre: Path, recevoir: Callable[..., Sortie]
) -> None:
    """The movements of the one are not missing from the other."""
    fabrique.ecrire_releve(registre, fabrique.lignes({"id_mouvement": "84-00008"}), "2025-S1", demonstration="non")
    ended = recevoir(rangees({"id_mouvement": "84-00009"}))
    assert "1 mouvement déjà connu n'est plus dans le fichier : « 84-00008 »." in ended.stderr


def test_une_copie_renvoyee_telle_quelle_est_refusee(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The place of a formula and of an error is refused until it is filled: an empty cell may be right."""
    (tmp_path / "registre").mkdir()
    en_classeur(tmp_path / "f.xlsx", {"nom_site": "=B2&C2"})
    where = [*RECTIFIE, "--releve", "2024-S2", "--region", "84", "--registre", str(tmp_path / "registre")]
    assert lancer(capsys, "integrer", str(tmp_path / "f.xlsx"), *where).code == 1
    again = lancer(capsys, "integrer", str(tmp_path / "f.refus.xlsx"), *where)
    assert again.code == 1 and "« nom_site » : trouvé « #N/A »" in again.stderr


def test_un_dossier_sans_provenance_la_recoit_ou_est_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registre = fabrique.ecrire_releve(tmp_path / "r", [], "2024-S1")
    (registre / "2024-S2").mkdir()
    assert deposer_csv(capsys, registre, tmp_path / "f.csv", {}).code == 0
    assert "demonstration: oui" in (registre / "2024-S2" / "provenance.yaml").read_text(encoding="utf-8")
    (registre / "2024-S2" / "provenance.yaml").unlink()
    ended = deposer_csv(capsys, registre, tmp_path / "f.csv", {}, {})
    assert ended.code == 1 and "provenance.yaml" in ended.stderr and "2024-S1 est une démonstration" in ended.stderr


def test_aucun_identifiant_n_est_donne_d_apres_un_voisin_illisible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registre = fabrique.ecrire_releve(tmp_path / "r", fabrique.lignes({"id_mouvement": "84-00009"}), "2024-S1")
    path = registre / "2024-S1" / "84.csv"
    path.write_text(path.read_text(encoding="utf-8") + "84-00010;coupée\n", encoding="utf-8")
    ended = deposer_csv(capsys, registre, tmp_path / "f.csv", {"id_mouvement": ""})
    assert ended.code == 1 and "2024-S1/84.csv, ligne 3" in ended.stderr
    assert not (registre / "2024-S2").exists()


# The headcount of the event


EFFET = {"date_effet": "2024-03-15"}


@pytest.mark.parametrize(
    ("avant", "apres", "depose"),
    [
        ({"effectif": "40"}, {"effectif": "0"}, False),
        ({"effectif": "40"}, {"effectif": ""}, False),
        ({"effectif": "40"}, {"effectif": "40", "effectif_dernier": "0"}, True),
        (
            {"effectif": "40"},
            {"effectif": "45", "commentaire": "Vu. effectif corrige : erreur de saisie du service"},
            True,
        ),
        ({"effectif": "40"}, {"effectif": "45", "commentaire": "Effectif corrigé : oui"}, False),
        ({"effectif": ""}, {"effectif": "45"}, True),
        ({"effectif": "40", "date_effet": "2024-07-01"}, {"effectif": "55", "date_effet": "2024-07-01"}, True),
        ({"effectif": "40", "statut": "annonce", "date_effet": ""}, {"effectif": "55"}, True),
        ({"effectif": "00", "type_mouvement": "fermeture"}, {"effectif": "150", "type_mouvement": "fermeture"}, True),
        ({"effectif": "150", "type_mouvement": "fermeture"}, {"effectif": "0", "type_mouvement": "fermeture"}, False),
        (
            {"effectif": "150", "type_mouvement": "fermeture", "date_effet": "2025-01-15"},
            {"effectif": "00", "type_mouvement": "fermeture", "commentaire": "Effectif corrigé : site bien fermé"},
            False,
        ),
        ({"effectif": "", "type_mouvement": "fermeture"}, {"effectif": "0", "type_mouvement": "fermeture"}, True),
        ({"effectif": "0"}, {"effectif": "30"}, False),
        ({"effectif": "30", "statut": "annonce"}, {"effectif": "55", "date_effet": "2025-02-01"}, True),
        ({"effectif": "40"}, {"effectif": "45", "commentaire": "Effectifs corrigés le 3 mars : recompté"}, False),
        (
            {"effectif": "40"},
            {"effectif": "45", "commentaire": "Effectifs corrigés le 3 mars : recomptés sur place"},
            True,
        ),
    ],
)
def test_un_effectif_fige_ne_change_qu_avec_sa_raison(
    avant: dict[str, str],
    apres: dict[str, str],
    depose: bool,
    tmp_path: Path,
    recevoir: Callable[..., Sortie],
) -> None:
    """First half of 2024, then the second: frozen in 2025-S1; an event of the second half of 2024 is not yet."""
    name = {"id_mouvement": "84-00007"}
    rows = fabrique.lignes(name | EFFET | avant)
    fabrique.ecrire_releve(tmp_path / "registre", rows)
    done = recevoir(rangees(name | EFFET | apres))
    assert (done.code == 0) is depose, done.stderr
    if not depose:
        said = re.sub("[\xa0\u202f]", " ", done.stderr)
        emptied = "fermeture" in apres.values()
        assert (f"attendu l'effectif d'avant la décision, {avant['effectif']}" in said) is emptied
        assert (f"attendu {avant['effectif']}, l'effectif" in said and "« Effectif corrigé : »" in said) is not emptied


def test_une_releve_anterieure_illisible_est_dite(registre: Path, recevoir: Callable[..., Sortie]) -> None:
    fabrique.ecrire_releve(registre, [], "2023-S2")
    (registre / "2023-S2" / "84.csv").write_bytes(b"\xff")
    done = recevoir(rangees({"id_mouvement": "84-00007"}))
    assert done.code == 0
    (said,) = (one for one in done.phrases if "effectifs déjà connus n'ont pu être comparés" in one)
    assert "2023-S2/84.csv, ligne 1 : caractère illisible" in said


def test_une_raison_ne_sert_qu_une_fois(tmp_path: Path, recevoir: Callable[..., Sortie]) -> None:
    row = {"id_mouvement": "84-00007", "commentaire": "Effectif corrigé : erreur de saisie"} | EFFET
    fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes(row | {"effectif": "40"}))
    assert recevoir(rangees(row | {"effectif": "45"})).code == 1
    more = f"{row['commentaire']}. Effectif corrigé : recompté avec la direction"
    assert recevoir(rangees(row | {"effectif": "45", "commentaire": more})).code == 0
    # Sent again without its reason: what is judged is the change since the previous relève.
    assert recevoir(rangees(row | {"effectif": "45"})).code == 1


def test_un_effectif_fige_l_est_aussi_d_une_autre_region_et_apres_une_absence(
    tmp_path: Path, recevoir: Callable[..., Sortie]
) -> None:
    moved, forgotten = ({"id_mouvement": name, "effectif": "40"} | EFFET for name in ("84-00001", "84-00002"))
    known = fabrique.lignes(moved | {"code_commune": "13055"}, forgotten)
    fabrique.ecrire_releve(tmp_path / "registre", known, "2024-S1")
    fabrique.ecrire_releve(tmp_path / "registre", known[:1])
    fabrique.ecrire_releve(tmp_path / "registre", [], "2025-S1")
    done = recevoir(rangees(moved | {"effectif": "19"}, forgotten | {"effectif": "10"}))
    assert done.code == 1 and done.stderr.count("attendu 40, l'effectif") == 2
    assert recevoir(rangees(moved, forgotten)).code == 0


def test_une_correction_declaree_est_ce_qui_est_fige(tmp_path: Path, recevoir: Callable[..., Sortie]) -> None:
    name = {"id_mouvement": "84-00007"} | EFFET
    folder = fabrique.ecrire_releve(tmp_path / "registre", fabrique.lignes(name | {"effectif": "400"})) / "2024-S2"
    (folder / "corrections.yaml").write_text(
        yaml.safe_dump(
            {
                "corrections": [
                    {
                        "mouvement": "84-00007",
                        "colonne": "effectif",
                        "source": "400",
                        "corrige": "40",
                        "raison": "zéro de trop",
                    }
                    | {"statut": "signalee", "depuis": date(2025, 1, 1), "jusqu_a": ""}
                ]
            },
            allow_unicode=True,
        ),
        encoding="utf-8",
    )
    assert recevoir(rangees(name | {"effectif": "40"})).code == 0
    assert recevoir(rangees(name | {"effectif": "400"})).code == 1


def test_les_colonnes_facultatives_ne_sont_ecrites_que_remplies(
    registre: Path, recevoir: Callable[..., Sortie]
) -> None:
    lines = rangees({}).decode("cp1252").replace("effectif_au;effectif_dernier;", "").splitlines()
    place = NOMS_COLONNES.index("effectif_au")
    cells = lines[1].split(";")
    lines[1] = ";".join(cells[:place] + cells[place + 2 :])
    without = recevoir("\r\n".join([*lines, ""]).encode("cp1252"))
    assert without.code == 0, without.stderr
    first = (registre / "2025-S1" / "84.csv").read_bytes()
    assert b"effectif;variation_production" in first
    assert "fichier inchangé" in recevoir(rangees({})).stderr
    assert recevoir(rangees({"effectif_au": "2024-06-30"})).code == 0
    assert b"effectif;effectif_au;variation_production" in (registre / "2025-S1" / "84.csv").read_bytes()
