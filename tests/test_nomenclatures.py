"""Reference data: codes stay text, territories and communes are complete, sectors are dated."""

from pathlib import Path

import fabrique
import pytest

from barometre_lib.nomenclatures import Nomenclatures, lire_table
from barometre_lib.vocabulaire import Releve


def test_le_nombre_de_regions_de_departements_et_de_communes(nomenclatures: Nomenclatures) -> None:
    assert len(nomenclatures.regions) == 18
    assert len(nomenclatures.departements) == 101
    assert len(nomenclatures.departement_de_commune) == 34_875
    assert len(nomenclatures.naf) == 732


def test_les_codes_restent_des_textes(nomenclatures: Nomenclatures) -> None:
    assert next(iter(nomenclatures.regions)) == "01"
    assert nomenclatures.departements["01"].nom == "Ain"
    assert nomenclatures.regions["01"].nom == "Guadeloupe"
    assert nomenclatures.departements["2A"].region == "94"
    assert nomenclatures.departement_de_commune["01001"] == "01"
    codes = [*nomenclatures.regions, *nomenclatures.departements, *nomenclatures.naf, *nomenclatures.commune_actuelle]
    assert {type(code) for code in codes} == {str}
    assert {len(code) for code in nomenclatures.commune_actuelle} == {5}


@pytest.mark.parametrize("name", sorted(path.stem for path in (fabrique.RACINE / "data" / "reference").glob("*.csv")))
def test_un_fichier_se_lit_en_texte_sans_cellule_nulle(name: str, nomenclatures: Nomenclatures) -> None:
    table = nomenclatures.table(name)
    assert len(table) > 0
    assert not table.isna().any(axis=None)
    assert all(isinstance(cell, str) for cell in table.iloc[0])


def test_les_regions_sont_dans_l_ordre_des_codes(nomenclatures: Nomenclatures) -> None:
    assert list(nomenclatures.regions) == sorted(nomenclatures.regions)
    assert list(nomenclatures.departements) == sorted(nomenclatures.departements)


def test_les_communes_les_departements_et_les_regions_s_emboitent(nomenclatures: Nomenclatures) -> None:
    assert set(nomenclatures.departement_de_commune.values()) == set(nomenclatures.departements)
    assert {one.region for one in nomenclatures.departements.values()} == set(nomenclatures.regions)


@pytest.mark.parametrize(
    ("code", "present"),
    [
        pytest.param("69123", "69123", id="une commune est elle-meme"),
        pytest.param("69381", "69123", id="Lyon 1er"),
        pytest.param("69389", "69123", id="Lyon 9e"),
        pytest.param("13201", "13055", id="Marseille 1er"),
        pytest.param("13216", "13055", id="Marseille 16e"),
        pytest.param("75101", "75056", id="Paris 1er"),
        pytest.param("75120", "75056", id="Paris 20e"),
        pytest.param("01091", "01033", id="deleguee de Valserhone"),
        pytest.param("01018", "01033", id="fusionnee en 1971"),
        pytest.param("2A004", "2A004", id="Ajaccio"),
        pytest.param("97105", "97105", id="Basse-Terre"),
    ],
)
def test_un_code_commune_donne_la_commune_d_aujourd_hui(code: str, present: str, nomenclatures: Nomenclatures) -> None:
    assert nomenclatures.commune_actuelle[code] == present


def test_les_45_arrondissements_donnent_trois_villes(nomenclatures: Nomenclatures) -> None:
    linked = nomenclatures.table("communes_liees")
    wards = linked.loc[linked["type"] == "ARM", "code"]
    assert len(wards) == 45
    assert {nomenclatures.commune_actuelle[code] for code in wards} == {"69123", "13055", "75056"}


def test_tout_code_accepte_mene_a_une_commune_d_aujourd_hui(nomenclatures: Nomenclatures) -> None:
    assert set(nomenclatures.commune_actuelle.values()) == set(nomenclatures.departement_de_commune)


def test_une_commune_partagee_entre_plusieurs_n_est_pas_acceptee(nomenclatures: Nomenclatures) -> None:
    passage = nomenclatures.table("passage_communes")
    shared = set(passage.loc[passage["nb_cibles"] != "1", "code_ancien"])
    assert len(shared) == 6
    assert not shared & set(nomenclatures.commune_actuelle)


@pytest.mark.parametrize(
    ("releve", "sector", "size"),
    [
        ("2023-S2", "textile", 15),
        ("2024-S1", "biens_de_consommation", 14),
        ("2024-S2", "biens_de_consommation", 14),
        ("2026-S1", "biens_de_consommation", 14),
    ],
)
def test_les_secteurs_sont_dates_par_releve(releve: str, sector: str, size: int, nomenclatures: Nomenclatures) -> None:
    grouped = nomenclatures.secteur_de_sous_secteur(Releve.lire(releve))
    assert grouped["textile"] == sector
    assert grouped["autres_biens_de_consommation"] == "biens_de_consommation"
    assert len(grouped) == 16
    assert len(set(grouped.values())) == size


def test_chaque_secteur_a_son_libelle(nomenclatures: Nomenclatures) -> None:
    for releve in fabrique.RELEVES:
        assert set(nomenclatures.secteur_de_sous_secteur(Releve.lire(releve)).values()) <= set(nomenclatures.secteurs)
    assert nomenclatures.secteurs["textile"] == "Textile"
    assert nomenclatures.secteurs["biens_de_consommation"] == "Biens de consommation"


@pytest.mark.parametrize(
    ("dimension", "code", "label"),
    [
        ("region", "84", "Auvergne-Rhône-Alpes"),
        ("departement", "2A", "Corse-du-Sud"),
        ("secteur", "transports", "Transports"),
        ("sous_secteur", "automobile", "Filière automobile"),
    ],
)
def test_les_libelles_d_une_dimension(dimension: str, code: str, label: str, nomenclatures: Nomenclatures) -> None:
    assert nomenclatures.libelles(dimension)[code] == label


def test_une_annee_et_un_semestre_sont_leur_propre_libelle(nomenclatures: Nomenclatures) -> None:
    assert nomenclatures.libelles("annee") == nomenclatures.libelles("semestre") == {}


def test_un_fichier_absent_est_nomme(tmp_path: Path) -> None:
    with fabrique.refus("regions.csv.*introuvable"):
        _ = Nomenclatures(tmp_path).regions
    with fabrique.refus("regions.csv.*introuvable"):
        Nomenclatures(tmp_path).table("regions")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "pas un CSV", id="vide"),
        pytest.param("code;nom\n1;é\n".encode("latin-1"), "UTF-8", id="latin-1"),
        pytest.param(b"code;nom\n1;a\n2;b;c\n", "ligne 3.*3 cellules.*attendu 2", id="cellule de trop"),
        pytest.param(b"code;nom\n1;a;\n", "ligne 2.*3 cellules.*attendu 2", id="cellule de trop partout"),
        pytest.param(b"code;nom\n1;a\n2\n", "ligne 3.*1 cellules.*attendu 2", id="cellule manquante"),
        pytest.param(b'code;nom\n1;"a\n', "pas un CSV", id="guillemet ouvert"),
    ],
)
def test_un_fichier_illisible_est_refuse(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "essai.csv").write_bytes(content)
    with fabrique.refus(f"essai.csv.*{said}"):
        lire_table(tmp_path / "essai.csv")


def test_une_cellule_qui_ressemble_a_une_absence_reste_un_texte(tmp_path: Path) -> None:
    # pandas would read NA, null and 01 as it pleases.
    (tmp_path / "essai.csv").write_bytes(b"a;b;c;d\nNA;null;01;\n")
    assert lire_table(tmp_path / "essai.csv").iloc[0].tolist() == ["NA", "null", "01", ""]


def test_les_tables_du_projet_sont_lues_une_fois_par_processus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Nomenclatures.du_projet() is Nomenclatures.du_projet()
    root = fabrique.petite_racine(tmp_path / "racine")
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    assert Nomenclatures.du_projet().dossier == root / "data" / "reference"
