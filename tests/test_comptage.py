"""Counts: full grids, real pairs, balances, sectors dated by relève, additivity, ranks."""

from itertools import product

import duckdb
import fabrique
import pandas as pd
import pytest

from barometre_lib.comptage import ErreurAdditivite, classer, compter, denombrer, verifier_dimensions
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import DIMENSIONS, MESURES, MESURES_BRUTES, Releve

EXTENSION = {"type_mouvement": "extension", "variation_production": 50}
REDUCTION = {"type_mouvement": "reduction", "variation_production": -50}
FERMETURE = {"type_mouvement": "fermeture"}


def sites(*differences: dict[str, object]) -> list[dict[str, str]]:
    """Return one row per set of differences, each at a site of its own."""
    return fabrique.lignes(*({"nom_site": f"Usine {n} (fictif)", **one} for n, one in enumerate(differences)))


def cellule(counts: pd.DataFrame, **codes: str) -> dict[str, int]:
    """Return the measures of the only row of counts that has these codes."""
    found = counts.loc[(counts[list(codes)] == pd.Series(codes)).all(axis="columns"), list(MESURES)]
    assert len(found) == 1
    return found.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("par", "size"),
    [
        (["annee"], 3),
        (["semestre"], 6),
        (["annee", "semestre"], 6),
        (["region"], 18),
        (["departement"], 101),
        (["region", "departement"], 101),
        (["secteur"], 14),
        (["sous_secteur"], 16),
        (["secteur", "sous_secteur"], 16),
        (["annee", "region"], 3 * 18),
        (["semestre", "secteur"], 6 * 14),
        (["annee", "semestre", "region", "departement", "secteur", "sous_secteur"], 6 * 101 * 16),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else str(value),
)
def test_la_grille_est_complete_et_les_zeros_y_sont(par: list[str], size: int) -> None:
    counts = fabrique.barometre(sites({})).comptes(par)
    assert len(counts) == size
    assert not counts.duplicated(par).any()
    assert counts["ouvertures"].sum() == 1
    assert (counts["ouvertures"] == 0).sum() == size - 1


@pytest.mark.parametrize(
    ("releve", "years", "semesters"),
    [("2022-S1", 1, 1), ("2023-S2", 2, 4), ("2024-S1", 3, 5), ("2025-S2", 4, 8)],
)
def test_la_grille_va_de_2022_a_la_fin_de_la_releve(releve: str, years: int, semesters: int) -> None:
    barometre = fabrique.barometre([], releve)
    assert barometre.comptes(["annee"])["annee"].tolist() == [str(2022 + n) for n in range(years)]
    codes = barometre.comptes(["semestre"])["semestre"].tolist()
    assert (len(codes), codes[0], codes[-1]) == (semesters, "2022-S1", releve)


@pytest.mark.parametrize(
    "par",
    [["annee", "semestre"], ["semestre", "annee"], ["region", "departement"], ["sous_secteur", "secteur"]],
    ids=",".join,
)
def test_les_dimensions_emboitees_ne_donnent_que_leurs_vraies_paires(
    par: list[str], nomenclatures: Nomenclatures
) -> None:
    counts = fabrique.barometre(sites({})).comptes(par)
    pairs = set(map(tuple, counts[sorted(par)].itertuples(index=False)))
    expected = {
        "annee": {(code[:4], code) for code in Releve(2024, 2).semestres},
        "departement": {(d.code, d.region) for d in nomenclatures.departements.values()},
        "secteur": {(s, ss) for ss, s in nomenclatures.secteur_de_sous_secteur(Releve(2024, 2)).items()},
    }
    assert pairs == expected[min(par)]


@pytest.mark.parametrize(
    "par",
    [["annee", "region"], ["region", "annee"], ["sous_secteur", "departement", "semestre"], ["departement", "region"]],
    ids=",".join,
)
def test_les_colonnes_suivent_l_ordre_demande_et_les_lignes_se_rangent_comme_des_textes(par: list[str]) -> None:
    counts = fabrique.barometre(sites({}, EXTENSION)).comptes(par)
    assert list(counts.columns) == [*par, *MESURES]
    keys = list(counts[par].itertuples(index=False, name=None))
    assert keys == sorted(keys)
    assert counts.index.tolist() == list(range(len(counts)))


def test_les_codes_sont_des_textes_et_les_mesures_des_entiers() -> None:
    counts = fabrique.barometre(sites({})).comptes(["annee", "region", "departement"])
    assert all(isinstance(code, str) for name in ("annee", "region", "departement") for code in counts[name])
    assert {str(dtype) for dtype in counts[list(MESURES)].dtypes} == {"int64"}
    # "10" < "1A" < "2A" < "971" as texts, whatever they would be as numbers.
    codes = fabrique.barometre([]).comptes(["departement"])["departement"].tolist()
    assert [c for c in codes if c[:2] in ("19", "21", "2A", "2B", "97")] == [
        "19", "21", "2A", "2B", "971", "972", "973", "974", "976",
    ]  # fmt: skip


def test_une_seule_dimension_sans_le_temps_compte_toute_la_periode() -> None:
    rows = sites({"date_effet": "2022-01-01"}, {"date_effet": "2023-07-01"}, {"date_effet": "2024-12-31"})
    counts = fabrique.barometre(rows).comptes(["region"])
    assert cellule(counts, region="84")["ouvertures"] == 3
    assert counts["ouvertures"].sum() == 3


def test_chaque_ligne_va_dans_sa_cellule() -> None:
    rows = sites(
        {"date_effet": "2024-06-30", "code_commune": "69381"},
        {"date_effet": "2024-07-01", "code_commune": "69123"},
        {**FERMETURE, "date_effet": "2024-07-01", "code_commune": "2A004", "sous_secteur": "chimie"},
    )
    barometre = fabrique.barometre(rows)
    by_semester = barometre.comptes(["semestre", "departement"])
    assert cellule(by_semester, semestre="2024-S1", departement="69")["ouvertures"] == 1
    assert cellule(by_semester, semestre="2024-S2", departement="69")["ouvertures"] == 1
    by_sector = barometre.comptes(["annee", "region", "secteur"])
    assert cellule(by_sector, annee="2024", region="94", secteur="chimie")["fermetures"] == 1
    assert cellule(by_sector, annee="2024", region="84", secteur="electronique")["ouvertures"] == 2


def test_les_deux_soldes() -> None:
    rows = sites({}, {}, {}, EXTENSION, EXTENSION, EXTENSION, EXTENSION, FERMETURE, REDUCTION, REDUCTION)
    found = cellule(fabrique.barometre(rows).comptes(["annee"]), annee="2024")
    assert found == {
        "ouvertures": 3,
        "extensions": 4,
        "fermetures": 1,
        "reductions": 2,
        "solde_net": 4,  # 3 + 4 − 1 − 2
        "solde_strict": 2,  # 3 − 1
    }


def test_un_solde_peut_etre_negatif() -> None:
    found = cellule(fabrique.barometre(sites(FERMETURE, REDUCTION)).comptes(["annee"]), annee="2024")
    assert (found["solde_net"], found["solde_strict"]) == (-2, -1)


def test_les_lignes_ecartees_ne_comptent_pas() -> None:
    rows = sites({}, {"statut": "abandonne"}, {"effectif": 20}, {"code_naf": "52.10B"})
    assert fabrique.barometre(rows).comptes(["annee"])["ouvertures"].sum() == 1


@pytest.mark.parametrize(
    ("releve", "sector", "others"),
    [
        ("2023-S2", "textile", "biens_de_consommation"),
        ("2024-S1", "biens_de_consommation", None),
        ("2025-S2", "biens_de_consommation", None),
    ],
)
def test_le_textile_est_un_secteur_dans_la_premiere_edition_seulement(
    releve: str, sector: str, others: str | None
) -> None:
    rows = sites({"sous_secteur": "textile", "date_effet": "2023-03-15"})
    counts = fabrique.barometre(rows, releve).comptes(["secteur"])
    assert cellule(counts, secteur=sector)["ouvertures"] == 1
    assert ("textile" in set(counts["secteur"])) == (releve == "2023-S2")
    if others:
        assert cellule(counts, secteur=others)["ouvertures"] == 0


def test_l_automobile_est_dans_les_transports() -> None:
    rows = sites({"sous_secteur": "automobile"}, {"sous_secteur": "autres_transports"})
    counts = fabrique.barometre(rows).comptes(["secteur", "sous_secteur"])
    assert cellule(counts, secteur="transports", sous_secteur="automobile")["ouvertures"] == 1
    assert counts.loc[counts["secteur"] == "transports", "ouvertures"].sum() == 2


@pytest.mark.parametrize("par", [[name] for name in DIMENSIONS], ids=",".join)
def test_un_registre_vide_donne_une_grille_de_zeros(par: list[str]) -> None:
    counts = fabrique.barometre([]).comptes(par)
    assert len(counts) > 0
    assert {str(dtype) for dtype in counts[list(MESURES)].dtypes} == {"int64"}
    assert (counts[list(MESURES)] == 0).all(axis=None)


@pytest.mark.parametrize(
    "par",
    [["commune"], ["annee", "annee"], ["annee", ""], [], ["Annee"], ["annee", "region", "annee"]],
    ids=["inconnue", "repetee", "vide", "aucune", "majuscule", "repetee plus loin"],
)
def test_une_dimension_inconnue_ou_repetee_est_refusee(par: list[str]) -> None:
    with fabrique.refus("Dimensions.*attendu.*sans répétition.*annee.*sous_secteur"):
        verifier_dimensions(par)
    with fabrique.refus("Dimensions"):
        fabrique.barometre([]).comptes(par)


def test_une_dimension_refusee_est_montree() -> None:
    with fabrique.refus("« commune »"):
        verifier_dimensions(["annee", "commune"])


@pytest.mark.parametrize(
    ("column", "code", "par"),
    [
        ("semestre", "2025-S1", ["annee"]),
        ("semestre", "2021-S2", ["semestre", "region"]),
        ("departement", "999", ["region"]),
        ("sous_secteur", "inconnu", ["secteur"]),
    ],
    ids=["apres la releve", "avant la periode", "departement inconnu", "sous-secteur inconnu"],
)
def test_une_cellule_hors_de_la_grille_leve_une_erreur_d_additivite(
    column: str, code: str, par: list[str], nomenclatures: Nomenclatures
) -> None:
    cells = pd.DataFrame(
        {
            "semestre": ["2024-S1", "2024-S2"],
            "departement": ["69", "01"],
            "sous_secteur": ["chimie", "textile"],
            "type_mouvement": ["ouverture", "fermeture"],
            "nombre": [4, 3],
        }
    )
    right = compter(cells, par, releve=Releve(2024, 2), nomenclatures=nomenclatures)
    assert (right["ouvertures"].sum(), right["fermetures"].sum()) == (4, 3)
    cells.loc[1, column] = code
    with fabrique.refus("fermetures font 0 .* 3 dans le registre", ErreurAdditivite):
        compter(cells, par, releve=Releve(2024, 2), nomenclatures=nomenclatures)


def test_denombrer_donne_les_memes_cellules_sur_pandas_et_duckdb() -> None:
    rows = fabrique.table(sites({}, {}, EXTENSION, {"sous_secteur": "chimie"}, {"date_effet": "2023-01-01"}))
    with duckdb.connect() as connection:
        from_duckdb = denombrer(connection.from_df(rows))
    from_pandas = denombrer(rows)
    assert from_pandas["nombre"].tolist() == [1, 1, 1, 2]
    pd.testing.assert_frame_equal(from_duckdb, from_pandas, check_dtype=False)


def classement(**nets: int) -> pd.DataFrame:
    """Rank regions by their net balance; those named with `_non` are not covered."""
    codes = [name.removeprefix("r").removesuffix("_non") for name in nets]
    table = pd.DataFrame({"region": codes, "solde_net": list(nets.values())})
    covered = {code: not name.endswith("_non") for code, name in zip(codes, nets, strict=True)}
    return classer(table, covered)


def test_le_plus_fort_solde_a_le_premier_rang() -> None:
    ranked = classement(r11=5, r84=32, r94=-1)
    assert list(zip(ranked["region"], ranked["rang"], strict=True)) == [("84", 1), ("11", 2), ("94", 3)]
    assert not ranked["ex_aequo"].any()


def test_des_regions_a_egalite_partagent_leur_rang_et_le_suivant_est_saute() -> None:
    ranked = classement(r76=7, r11=7, r84=32, r94=0, r53=7)
    assert ranked["region"].tolist() == ["84", "11", "53", "76", "94"]
    assert ranked["rang"].tolist() == [1, 2, 2, 2, 5]
    assert ranked["ex_aequo"].tolist() == [False, True, True, True, False]


def test_une_region_non_couverte_n_a_pas_de_rang_et_n_en_prend_pas() -> None:
    ranked = classement(r01_non=99, r84=32, r02_non=32, r11=5)
    assert ranked["region"].tolist() == ["84", "11"]
    assert ranked["rang"].tolist() == [1, 2]
    assert not ranked["ex_aequo"].any()


def test_sans_region_couverte_le_classement_est_vide() -> None:
    assert len(classement(r01_non=1, r02_non=0)) == 0


def test_toutes_les_paires_de_dimensions_se_comptent() -> None:
    barometre = fabrique.barometre(sites({}, EXTENSION, FERMETURE))
    for first, second in product(DIMENSIONS, repeat=2):
        if first != second:
            totals = barometre.comptes([first, second])[list(MESURES_BRUTES)].sum().tolist()
            assert totals == [1, 1, 1, 0], (first, second)
