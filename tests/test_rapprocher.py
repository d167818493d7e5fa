"""From pairs to answers: workbooks, reasons typed, contrary answers, what is carried over, what falls."""

import csv
import io
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pytest
from console import Sortie, lancer
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.collecte.a_remplir import EMPREINTE, RAISON
from barometre_lib.collecte.rapprochements import CHAMPS, FEUILLE, REPONSE
from barometre_lib.parametres.rapprochements import ENTETE, Rapprochement, Verdict, lire_rapprochements
from barometre_lib.publication.vue import Vue
from barometre_lib.vocabulaire import Nature, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVE, SUIVANTE = "2024-S2", "2025-S1"
HOSTILE = '=HYPERLINK("http://exemple.fr";"Usine")'
BON = "premier;second;nature;verdict;raison;empreinte\n"
Lancer = Callable[..., Sortie]


def trio(**change: Any) -> list[dict[str, str]]:
    """Return three reports of one extension, which rule 9 does not see: three names, two semesters, no SIRET."""
    common = {"type_mouvement": "extension", "variation_production": 60, "entreprise": "Dormans"} | change
    names = {"84-1": ("Verrerie Dormans", "2024-06-20"), "84-2": ("VERRERIE DORMAN", "2024-07-05")}
    names["84-3"] = ("Verrerie de Dormans", "2024-07-12")
    return [
        fabrique.ligne(id_mouvement=name, nom_site=site, date_effet=day, **common)
        for name, (site, day) in names.items()
    ]


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = fabrique.petite_racine(tmp_path / "racine")
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    fabrique.ecrire_releve(root / "data" / "releves", trio())
    return root


@pytest.fixture
def ici(capsys: pytest.CaptureFixture[str]) -> Lancer:
    return lambda *arguments: lancer(capsys, *map(str, arguments))


@pytest.fixture
def classeur(racine: Path, tmp_path: Path, ici: Lancer) -> Path:
    assert ici("rapprocher", RELEVE, "--classeurs", tmp_path / "rap").code == 0
    (path,) = (tmp_path / "rap").iterdir()
    assert path.name == f"rapprochements-{RELEVE}-84.xlsx"
    return path


def titres(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    for row in sheet.iter_rows():
        names = {str(cell.value): cell.column for cell in row if cell.value}
        if EMPREINTE in names:
            return row[0].row, names
    raise AssertionError("aucun titre")


def remplir(path: Path, reponses: dict[str, str], raison: str = "Vu avec la préfecture") -> None:
    """Answer the pairs that are named, `84-1/84-2`; `*` is all of them."""
    book = openpyxl.load_workbook(path)
    header, at = titres(book[FEUILLE])
    for line in range(header + 1, book[FEUILLE].max_row + 1):
        pair = "/".join(str(book[FEUILLE].cell(line, at[EMPREINTE]).value).split("/")[:2])
        if answer := reponses.get(pair, reponses.get("*")):
            book[FEUILLE].cell(line, at[REPONSE]).value = answer
            book[FEUILLE].cell(line, at[RAISON]).value = raison
    book.save(path)


def reponses(racine: Path, releve: str = RELEVE) -> tuple[Rapprochement, ...]:
    return lire_rapprochements(Releve.lire(releve), racine / "params")


def dites(ended: Sortie) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ended.stdout), delimiter=";"))


def test_les_paires_sont_dites_puis_repondues_puis_rien_ne_reste(racine: Path, classeur: Path, ici: Lancer) -> None:
    told = dites(ici("rapprocher", RELEVE))
    assert list(told[0]) == CHAMPS
    assert {(one["premier"], one["second"]) for one in told} == {("84-1", "84-2"), ("84-1", "84-3"), ("84-2", "84-3")}
    assert not any(one["verdict"] for one in told)
    remplir(classeur, {"*": "Oui"})
    done = ici("rapprocher", RELEVE, classeur)
    assert done.code == 0 and "3 réponses portées." in done.stderr and "0 paire reste" in done.stderr, done.stderr
    assert {one.verdict for one in reponses(racine)} == {Verdict.OUI}
    assert {one["verdict"] for one in dites(ici("rapprocher", RELEVE))} == {"oui"}


def test_une_seconde_fois_ne_change_rien(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "non", "84-2/84-3": "à revoir"})
    assert "2 réponses portées." in ici("rapprocher", RELEVE, classeur).stderr
    path = racine / "params" / "releves" / f"{RELEVE}.rapprochements.csv"
    before = path.read_bytes(), path.stat().st_mtime_ns
    again = ici("rapprocher", RELEVE, classeur)
    assert "0 réponse portée." in again.stderr and "2 paires restent" in again.stderr, again.stderr
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def decider(ici: Lancer, releve: str = RELEVE) -> dict[str, str]:
    return {one["id_mouvement"]: one["motif"] for one in dites(ici("decider", releve))}


def test_trois_lignes_dites_un_seul_mouvement_comptent_une_fois(
    racine: Path, classeur: Path, tmp_path: Path, ici: Lancer
) -> None:
    assert set(decider(ici).values()) == {"compte"}
    # 84-1 and 84-3 follow from the two others.
    remplir(classeur, {"84-1/84-2": "oui", "84-2/84-3": "oui"})
    assert "0 paire reste à relire" in ici("rapprocher", RELEVE, classeur).stderr.replace("\u00a0", " ")
    assert ici("rapprocher", RELEVE, "--classeurs", tmp_path / "suite").code == 0
    (path,) = (tmp_path / "suite").iterdir()
    shown = [str(cell.value).replace("\u00a0", " ") for row in openpyxl.load_workbook(path)[FEUILLE] for cell in row]
    assert shown.count("Suit d'autres réponses : oui.") == 1
    assert decider(ici) == {"84-1": "compte", "84-2": "doublon", "84-3": "doublon"}
    # What the Parquet file gives is the same.
    assert ici("convertir", RELEVE).code == 0
    shutil.rmtree(racine / "data" / "releves" / RELEVE)
    assert decider(ici) == {"84-1": "compte", "84-2": "doublon", "84-3": "doublon"}
    assert "2024,0,1,0,0,1,0" in ici("compter", RELEVE, "--par", "annee").stdout.replace(";", ",")


def test_une_reponse_se_change_et_la_paire_reste_a_relire(
    racine: Path, classeur: Path, tmp_path: Path, ici: Lancer
) -> None:
    # One site and type, sixty days apart: once joined, rule 9 would call the second one a duplicate.
    rows = trio(siret=fabrique.SIRET_A)[:2]
    rows[1] |= {"date_effet": "2024-08-20", "nom_site": rows[0]["nom_site"]}
    fabrique.ecrire_releve(racine / "data" / "releves", rows)
    for rank, (answer, motif) in enumerate((("oui", "doublon"), ("non", "compte"))):
        assert ici("rapprocher", RELEVE, "--classeurs", tmp_path / f"r{rank}").code == 0
        (path,) = (tmp_path / f"r{rank}").iterdir()
        remplir(path, {"*": answer})
        assert "1 réponse portée." in ici("rapprocher", RELEVE, path).stderr
        assert decider(ici)["84-2"] == motif


def test_une_reponse_de_plus_tard_ne_change_pas_la_releve_d_avant(
    racine: Path, classeur: Path, tmp_path: Path, ici: Lancer
) -> None:
    fabrique.ecrire_releve(racine / "data" / "releves", trio(), SUIVANTE)
    assert ici("rapprocher", SUIVANTE, "--classeurs", tmp_path / "suite").code == 0
    (path,) = (tmp_path / "suite").iterdir()
    remplir(path, {"*": "oui"})
    assert ici("rapprocher", SUIVANTE, path).code == 0
    assert sorted(decider(ici, SUIVANTE).values()) == ["compte", "doublon", "doublon"]
    assert set(decider(ici).values()) == {"compte"}
    later = Barometre.charger(SUIVANTE, registre=racine / "data" / "releves")
    assert [int(one.comptes(["annee"])["extensions"].sum()) for one in (later.anterieure(RELEVE), later)] == [3, 1]
    assert later.revisions()["cause"].tolist() == ["identite", "identite"]


def test_une_reponse_tombee_ne_s_applique_plus_et_c_est_dit(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "oui", "84-2/84-3": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    rows = trio()
    rows[2]["date_effet"] = "2024-07-13"
    fabrique.ecrire_releve(racine / "data" / "releves", rows[1:], SUIVANTE)
    assert set(decider(ici, SUIVANTE).values()) == {"compte"}
    where = f"{RELEVE}.rapprochements.csv, ligne"
    said = (
        f"2 réponses ne s'appliquent plus : 84-1 et 84-2 (84-1 n'est plus au registre ; {where} 2) ; 84-2 et 84-3 (une "
        f"valeur a changé ; {where} 3) ; relisez-les par « barometre rapprocher {SUIVANTE} » ou, d'une paire qui n'y "
        "est plus, retirez la ligne."
    )
    for command in ("rapprocher", "controler"):
        assert said in re.sub("[\u00a0\u202f]", " ", ici(command, SUIVANTE).stderr)
    # The relève that they are of keeps them, and the gate says what they do.
    kept = re.sub("[\u00a0\u202f]", " ", ici("controler", RELEVE).stderr)
    assert "2 paires n'en font qu'un, 0 paire en fait deux." in kept and "ne s'applique" not in kept


def test_la_vue_publique_ne_sait_rien_des_reponses(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"*": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    read = Barometre.charger(RELEVE, registre=racine / "data" / "releves")
    assert len(read.parametres.rapprochements) == 3
    assert b"Vu avec la pr" not in pickle.dumps(Vue.de(read))


def test_les_reponses_sont_une_entree_de_la_publication(racine: Path, classeur: Path, ici: Lancer) -> None:
    def entrees(releve: str) -> Entrees:
        return Entrees.lire(Releve.lire(releve), racine / "data" / "releves", racine)

    fabrique.ecrire_releve(racine / "data" / "releves", trio(), SUIVANTE)
    before = {releve: entrees(releve) for releve in (RELEVE, SUIVANTE)}
    remplir(classeur, {"84-1/84-2": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    name = f"params/releves/{RELEVE}.rapprochements.csv"
    for releve, one in before.items():
        assert entrees(releve).ecarts(one) == [("paramètre", name, False)]
    (racine / name).rename(racine / name.replace(RELEVE, SUIVANTE))
    assert entrees(RELEVE).ecarts(before[RELEVE]) == []
    assert {nature for nature, *_ in entrees(SUIVANTE).ecarts(before[SUIVANTE])} == {"paramètre"}


def test_une_reponse_vaut_a_la_releve_suivante_tant_que_rien_ne_change(
    racine: Path, classeur: Path, tmp_path: Path, ici: Lancer
) -> None:
    remplir(classeur, {"*": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    rows = trio()
    rows[0]["effectif"] = "250"  # observed anew at each relève: no answer rests on it
    fabrique.ecrire_releve(racine / "data" / "releves", rows, SUIVANTE)
    assert {(one["verdict"], one["origine"]) for one in dites(ici("rapprocher", SUIVANTE))} == {("oui", RELEVE)}

    rows[2]["nom_site"] = "Verrerie Dormans Nord"
    fabrique.ecrire_releve(racine / "data" / "releves", rows, SUIVANTE)
    told = dites(ici("rapprocher", SUIVANTE, "--classeurs", tmp_path / "suite"))
    assert {one["second"]: one["verdict"] for one in told if one["premier"] == "84-1"} == {"84-2": "oui", "84-3": ""}
    (path,) = (tmp_path / "suite").iterdir()
    shown = [str(cell.value).replace("\u00a0", " ") for row in openpyxl.load_workbook(path)[FEUILLE] for cell in row]
    assert f"Reporté de {RELEVE}." in shown
    fallen = f"Une valeur a changé depuis la réponse de {RELEVE} : même mouvement, oui, Vu avec la préfecture"
    assert shown.count(fallen) == 2


def test_des_reponses_contraires_sont_refusees_et_nommees(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "oui", "84-2/84-3": "oui", "84-1/84-3": "non"})
    ended = ici("rapprocher", RELEVE, classeur)
    assert ended.code == 1 and not reponses(racine)
    said = re.sub("[\u00a0\u202f]", " ", ended.stderr)
    place = rf"\([^)]*{classeur.name}, ligne \d\)"
    assert re.search(f"84-1 = 84-2 {place} et 84-2 = 84-3 {place}, mais 84-1 ≠ 84-3 {place}", said), said


def test_une_reponse_contraire_a_celles_d_avant_est_refusee(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "oui", "84-2/84-3": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    fabrique.ecrire_releve(racine / "data" / "releves", trio(), SUIVANTE)
    assert ici("rapprocher", SUIVANTE, "--classeurs", racine / "suite").code == 0
    (path,) = (racine / "suite").iterdir()
    remplir(path, {"84-1/84-3": "non"})
    ended = ici("rapprocher", SUIVANTE, path)
    assert ended.code == 1 and "84-1 ≠ 84-3" in ended.stderr
    assert all(one.verdict is Verdict.OUI for one in reponses(racine, SUIVANTE))


@pytest.mark.parametrize(
    ("tape", "dit"),
    [
        (("peut-être", "Vu avec la préfecture"), "trouvé « peut-être » ; attendu oui, non ou à revoir"),
        (("oui", ""), "attendu une raison qu'un lecteur comprenne"),
        (("non", "ok"), "attendu une raison qu'un lecteur comprenne"),
        (("oui", "-- Vu avec la préfecture"), "le premier une lettre"),
        (("oui", "=1+1"), "trouvé une formule"),
    ],
)
def test_une_reponse_mal_faite_est_refusee(
    racine: Path, classeur: Path, ici: Lancer, tape: tuple[str, str], dit: str
) -> None:
    remplir(classeur, {"84-1/84-2": tape[0]}, tape[1])
    ended = ici("rapprocher", RELEVE, classeur)
    said = ended.stderr.replace("\u00a0", " ").replace("\u202f", " ")
    assert ended.code == 1 and "ligne 5" in said and dit in said, said
    assert not reponses(racine)


def test_un_classeur_fait_avant_un_changement_est_refuse(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "oui"})
    fabrique.ecrire_releve(racine / "data" / "releves", trio(code_naf="22.22Z"))
    ended = ici("rapprocher", RELEVE, classeur)
    assert ended.code == 1 and "une valeur a changé depuis que ce classeur est fait" in ended.stderr
    fabrique.ecrire_releve(racine / "data" / "releves", trio(), SUIVANTE)
    assert f"attendu {SUIVANTE}, rien n'est porté" in ici("rapprocher", SUIVANTE, classeur).stderr


def test_un_texte_hostile_reste_un_texte(racine: Path, tmp_path: Path, ici: Lancer) -> None:
    rows = trio(entreprise=HOSTILE)
    fabrique.ecrire_releve(racine / "data" / "releves", rows)
    ended = ici("rapprocher", RELEVE, "--classeurs", tmp_path / "rap")
    told = {one["premier_valeurs"] for one in dites(ended)}
    assert ended.code == 0 and all(HOSTILE in one for one in told)
    assert not any(value.startswith(("=", "+", "-", "@")) for one in dites(ended) for value in one.values())
    (path,) = (tmp_path / "rap").iterdir()
    cells = [cell for row in openpyxl.load_workbook(path)[FEUILLE] for cell in row if cell.value is not None]
    assert any(HOSTILE in str(cell.value) for cell in cells)
    assert all(cell.data_type == "s" for cell in cells)


def test_un_classeur_rempli_n_est_pas_remplace_sans_le_dire(classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"*": "oui"})
    kept = classeur.read_bytes()
    ended = ici("rapprocher", RELEVE, "--classeurs", classeur.parent)
    assert ended.code == 1 and "--forcer" in ended.stderr and classeur.read_bytes() == kept
    assert ici("rapprocher", RELEVE, "--classeurs", classeur.parent, "--forcer").code == 0


def test_deux_usages_a_la_fois_sont_refuses(classeur: Path, ici: Lancer) -> None:
    assert ici("rapprocher", RELEVE, classeur, "--classeurs", classeur.parent).code == 2
    assert ici("rapprocher", RELEVE, classeur, "--liens-sirene", classeur).code == 2


def test_une_paire_que_sirene_seul_a_liee_se_relit_sans_son_fichier(racine: Path, tmp_path: Path, ici: Lancer) -> None:
    rows = [
        fabrique.ligne(id_mouvement="84-1", siret=fabrique.SIRET_A, nom_site="Verrerie Dormans"),
        fabrique.ligne(id_mouvement="84-2", siret=fabrique.SIRET_B, nom_site="Caoutchouc Belval", code_commune="01033"),
    ]
    fabrique.ecrire_releve(racine / "data" / "releves", rows)
    links = tmp_path / "liens.csv"
    head = "siretEtablissementPredecesseur,siretEtablissementSuccesseur,dateLienSuccession,transfertSiege"
    links.write_text(
        f"{head},continuiteEconomique\n{fabrique.SIRET_A},{fabrique.SIRET_B},2024-03-01,true,false\n", encoding="utf-8"
    )
    assert not dites(ici("rapprocher", RELEVE))
    (pair,) = dites(ici("rapprocher", RELEVE, "--liens-sirene", links, "--classeurs", tmp_path / "rap"))
    assert pair["raisons"].startswith(
        "Sirene : lien de succession du 01/03/2024, transfert du siège ; SIREN différents"
    )
    (path,) = (tmp_path / "rap").iterdir()
    remplir(path, {"*": "oui"})
    assert "1 réponse portée." in ici("rapprocher", RELEVE, path).stderr
    assert sorted(decider(ici).values()) == ["compte", "doublon"]


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("premier;second\n", f"ligne 1 : attendu l'en-tête {';'.join(ENTETE)}"),
        (f"{BON}a;b\n", "ligne 2 : trouvé 2 cellules ; attendu 6"),
        (f"{BON}b;a;transfert;oui;Vu avec eux;{'0' * 16}\n", "ligne 2 : trouvé « b » et « a » ; attendu deux"),
        (f"{BON}a;b;fusion;oui;Vu avec eux tous;{'0' * 16}\n", "« nature » : trouvé « fusion »"),
        (f"{BON}a;b;transfert;vrai;Vu avec eux tous;{'0' * 16}\n", "« verdict » : trouvé « vrai »"),
        (f"{BON}a;b;transfert;non;ok;{'0' * 16}\n", "« raison » : trouvé « ok »"),
        (f"{BON}a;b;transfert;a_revoir;;xyz\n", "« empreinte » : trouvé « xyz »"),
        (f"{BON}a b;c;transfert;a_revoir;;{'0' * 16}\n", "« premier » : trouvé « a b »"),
        (BON + f"a;b;transfert;a_revoir;;{'0' * 16}\n" * 2, "ligne 3 : a, « b » figure deux fois"),
        ("\xe9", "ce n'est pas un CSV en UTF-8"),
    ],
)
def test_un_fichier_de_reponses_mal_fait_est_refuse(racine: Path, texte: str, dit: str) -> None:
    path = racine / "params" / "releves" / f"{RELEVE}.rapprochements.csv"
    path.write_bytes(texte.encode("latin-1" if texte == "\xe9" else "utf-8"))
    with fabrique.refus(dit):
        reponses(racine)


def test_un_fichier_de_reponses_contraires_est_refuse_a_sa_ligne(racine: Path) -> None:
    end = f"Vu avec la préfecture;{'0' * 16}\n"
    lines = [f"a;b;meme_mouvement;oui;{end}", f"a;d;type_discordant;non;{end}", f"b;c;type_discordant;oui;{end}"]
    path = racine / "params" / "releves" / f"{RELEVE}.rapprochements.csv"
    path.write_text(BON + "".join([*lines, f"c;d;meme_mouvement;oui;{end}"]), encoding="utf-8")
    places = [f"\\([^)]*{path.name}, ligne {number}\\)" for number in (2, 4, 5, 3)]
    links = "a = b {}, b = c {} et c = d {}, mais a ≠ d {}".format(*places)
    with fabrique.refus(f"Réponses contraires : {links} ; changez l'une d'elles"):
        reponses(racine)


def test_des_reponses_contraires_arretent_toute_commande(racine: Path, classeur: Path, ici: Lancer) -> None:
    remplir(classeur, {"84-1/84-2": "oui", "84-2/84-3": "oui"})
    assert ici("rapprocher", RELEVE, classeur).code == 0
    fabrique.ecrire_releve(racine / "data" / "releves", trio(), SUIVANTE)
    (pair,) = (one for one in dites(ici("rapprocher", SUIVANTE)) if (one["premier"], one["second"]) == ("84-1", "84-3"))
    path = racine / "params" / "releves" / f"{SUIVANTE}.rapprochements.csv"
    path.write_text(f"{BON}84-1;84-3;meme_mouvement;non;Vu avec la préfecture;{pair['empreinte']}\n", encoding="utf-8")
    for command in (["decider"], ["compter", "--par", "annee"], ["controler"], ["rapprocher"]):
        ended = ici(command[0], SUIVANTE, *command[1:])
        assert ended.code == 1 and not ended.stdout and "Traceback" not in ended.stderr
        assert f"mais 84-1 ≠ 84-3 ({path}, ligne 2)" in re.sub("[\u00a0\u202f]", " ", ended.stderr)
    assert ici("decider", RELEVE).code == 0


def test_les_autres_natures_ne_se_contredisent_pas(racine: Path) -> None:
    end = f"Vu avec la préfecture;{'0' * 16}\n"
    lines = [f"a;b;meme_mouvement;oui;{end}", f"a;c;transfert;non;{end}", f"b;c;type_discordant;oui;{end}"]
    path = racine / "params" / "releves" / f"{RELEVE}.rapprochements.csv"
    path.write_text(BON + "".join(lines), encoding="utf-8")
    assert [one.nature for one in reponses(racine)] == [
        *(Nature.MEME_MOUVEMENT, Nature.TRANSFERT, Nature.TYPE_DISCORDANT)
    ]
