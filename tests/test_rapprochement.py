"""The pairs to be read: each kind both ways, what is told of them, and how many of those planted are found."""

from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import fabrique
import jumeaux
import pandas as pd
import pytest
import yaml
from console import lancer

from barometre_lib import Barometre
from barometre_lib.rapprochement.paires import Paire, chercher_paires
from barometre_lib.rapprochement.signes import numeroter
from barometre_lib.rapprochement.succession import lire_successions
from barometre_lib.vocabulaire import Nature

CAS = yaml.safe_load((fabrique.RACINE / "tests" / "rapprochements.yaml").read_text(encoding="utf-8"))
RAPPEL, FAUSSES, LIGNES_PAR_PAIRE = 0.95, 1 / 6, 40


def paires(*rows: dict[str, Any]) -> list[Paire]:
    return chercher_paires(fabrique.barometre(fabrique.lignes(*rows)).decisions, fabrique.nomenclatures())


@pytest.mark.parametrize("cas", CAS, ids=[fabrique.identifiant(one["nom"]) for one in CAS])
def test_chaque_cas_est_une_paire_de_sa_nature_ou_n_en_est_pas_une(cas: dict[str, Any]) -> None:
    for order in permutations(cas["lignes"]):
        found = paires(*(cas.get("commun", {}) | row for row in order))
        assert [one.nature.value for one in found] == ([cas["nature"]] if "nature" in cas else [])


def test_chaque_nature_a_son_cas() -> None:
    assert {one.get("nature") for one in CAS} == {None, *(kind.value for kind in Nature)}


def test_plusieurs_sites_qui_ferment_pour_un_qui_ouvre_sont_un_regroupement() -> None:
    opened = {"siret": "00011100000014", "code_commune": "69123", "date_effet": "2024-06-01"}
    closed = [{"siret": f"000111000000{n}", "code_commune": "69266", "type_mouvement": "fermeture"} for n in (22, 30)]
    found = paires(opened, closed[0] | {"date_effet": "2023-12-01"}, closed[1] | {"date_effet": "2024-03-15"})
    kinds = {one.nature for one in found if "M-0001" in (one.premier, one.second)}
    assert len(found) >= 2 and kinds == {Nature.REGROUPEMENT}


def test_une_paire_dit_pourquoi_la_premiere_ligne_d_abord() -> None:
    common = {"entreprise": "Dormans", "nom_site": "Verrerie Dormans", "effectif": "45"}
    found = paires(common | {"date_effet": "2024-06-30"}, common | {"siret": fabrique.SIRET_A, "emplois": "12"})
    assert [(one.premier, one.second) for one in found] == [("M-0002", "M-0001")]
    assert found[0].raisons == (
        *("même nom", "même nom d'entreprise", "même commune", "même code NAF", "à 107 jours d'écart"),
        "effectif salarié identique",
    )


CSV_LIENS = "siretEtablissementPredecesseur,siretEtablissementSuccesseur,dateLienSuccession,transfertSiege,"
CSV_LIENS += "continuiteEconomique,dateDernierTraitementLienSuccession\n"
LIEN = f"{fabrique.SIRET_A},{fabrique.SIRET_B},2024-02-28,false,true,2024-03-20T10:00:00\n"
AILLEURS = {"nom_site": "Verrerie Dormans", "siret": fabrique.SIRET_A, "code_commune": "69123"}
AILLEURS_APRES = {"nom_site": "Caoutchouc Belval", "siret": fabrique.SIRET_B, "code_commune": "2A004"}


@pytest.mark.parametrize(
    ("avant", "apres", "nature"),
    [
        ({"type_mouvement": "fermeture"}, {}, Nature.REPRISE),
        ({"type_mouvement": "fermeture"}, {"siret": "00011100000022"}, Nature.TRANSFERT),
        ({"type_mouvement": "fermeture"}, {"type_mouvement": "extension"}, Nature.REGROUPEMENT),
        ({}, {}, Nature.MEME_MOUVEMENT),
        ({}, {"type_mouvement": "extension"}, Nature.TYPE_DISCORDANT),
        ({"type_mouvement": "reduction"}, {"type_mouvement": "fermeture"}, Nature.REDUCTION_PUIS_FERMETURE),
        ({"type_mouvement": "ouverture"}, {"type_mouvement": "reduction"}, None),
        ({"date_effet": "2022-01-10"}, {}, None),
        ({"siret": ""}, {}, None),
    ],
)
def test_un_lien_de_sirene_fait_une_paire_de_ce_que_rien_d_autre_ne_rapproche(
    avant: dict[str, Any], apres: dict[str, Any], nature: Nature | None, tmp_path: Path
) -> None:
    common = {"variation_production": 60, "entreprise": ""}
    rows = [AILLEURS | common | {"date_effet": "2024-02-01"} | avant]
    rows.append(AILLEURS_APRES | common | {"date_effet": "2024-04-20"} | apres)
    decisions = fabrique.barometre(fabrique.lignes(*rows)).decisions
    after = rows[1]["siret"]
    text = CSV_LIENS + LIEN.replace(fabrique.SIRET_B, after) + "99999999900010,99999999900028,,false,false,\n"
    path, parquet = tmp_path / "liens [1].csv", tmp_path / "liens.parquet"
    path.write_text(text, encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{tmp_path}/liens*.csv')) TO '{parquet}'")
    for file in (path, parquet):
        found = chercher_paires(decisions, fabrique.nomenclatures(), lire_successions(file, decisions["siret"]))
        assert [one.nature for one in found] == [nature] * (nature is not None)
        for one in found:
            said = "Sirene : lien de succession du 28/02/2024, continuité économique"
            assert (one.premier, one.second, one.score, one.raisons[0]) == ("M-0001", "M-0002", 100, said)
    if nature not in (Nature.TRANSFERT, Nature.REGROUPEMENT):
        assert not chercher_paires(decisions, fabrique.nomenclatures())


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (None, "liens.csv : introuvable."),
        (b"PAR1 et puis rien", "ce fichier ne se lit pas ; attendu StockEtablissementLiensSuccession"),
        (b"\xff\xfe\x00\x01", "attendu StockEtablissementLiensSuccession de Sirene"),
        (b"", "attendu StockEtablissementLiensSuccession de Sirene"),
        (b"siret,nom\n1,a\n", "trouvé sans siretEtablissementPredecesseur, siretEtablissementSuccesseur, dateLien"),
        ((CSV_LIENS + LIEN.replace(fabrique.SIRET_A, "111")).encode(), "trouvé « 111 » ; attendu 14 chiffres"),
        ((CSV_LIENS + LIEN.replace("2024-02-28", "28/02/24")).encode(), "trouvé « 28/02/24 » ; attendu un jour"),
        ((CSV_LIENS + LIEN.replace("2024-02-28", "2024-02-30")).encode(), "trouvé « 2024-02-30 » ; attendu un jour"),
        ((CSV_LIENS + "a,b\n" * 3).encode(), "attendu"),
    ],
)
def test_un_fichier_de_liens_qui_n_en_est_pas_un_est_dit_en_une_phrase(
    contenu: bytes | None, dit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "liens.csv"
    if contenu is not None:
        path.write_bytes(contenu)
    with fabrique.refus(dit):
        lire_successions(path, pd.Series([fabrique.SIRET_A]))
    ended = lancer(capsys, "rapprocher", "2024-S2", "--liens-sirene", str(path))
    assert ended.code == 1 and len(ended.stderr.splitlines()) == 1 and not ended.stdout


def test_rien_a_comparer() -> None:
    assert paires() == paires({}) == []


@pytest.mark.parametrize(
    ("nom", "numeros"),
    [
        ("Alvarnes, unité 02", "2"),
        ("Alvarnes n° 12, ligne 3", "12 3"),
        ("Alvarnes bâtiment B", "B"),
        ("Alvarnes IV", "4"),
        ("Usine d'Anglet, L'Atelier", ""),
        ("Forges & Cie, N° 4", "4"),
        ("Vivier", ""),
    ],
)
def test_les_numeros_d_un_nom(nom: str, numeros: str) -> None:
    assert numeroter(nom) == numeros


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_la_demonstration_demande_peu_de_lecture(releve: str, charger: Any) -> None:
    barometre: Barometre = charger(releve)
    found = chercher_paires(barometre.decisions, barometre.nomenclatures)
    assert 0 < len(found) <= len(barometre.decisions) / LIGNES_PAR_PAIRE


@pytest.mark.parametrize("bruit", jumeaux.CACHES)
def test_ce_qui_est_seme_est_trouve_et_peu_d_autre(bruit: int, charger: Any) -> None:
    # The whole is `make epreuves`: benchmarks/rapprochement.py.
    measured = jumeaux.mesurer(charger("2024-S2"), 1, 4, bruit)
    assert measured.manquees.total() <= (1 - RAPPEL) * measured.semees.total()
    assert measured.fausses.total() <= FAUSSES * measured.trouvees
    assert measured.trouvees <= measured.lignes / 10
