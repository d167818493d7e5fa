"""The façade: loading, variants, one region, ranks, examples."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fabrique
import pytest
import yaml

from barometre_lib import Barometre
from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES

TAMPON = "Variante d'étude, hors méthode officielle"


@pytest.fixture
def projet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a root of one's own, whose parameters a test may change; the reference tables are the project's."""
    shutil.copytree(fabrique.RACINE / "params", tmp_path / "params")
    shutil.copytree(
        fabrique.RACINE / "data" / "reference", tmp_path / "data" / "reference",
    )  # fmt: skip
    monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
    return tmp_path


def choisir(projet: Path, releve: str = "2024-S2", **entries: Any) -> None:
    """Change entries of an edition's file."""
    path = projet / "params" / "releves" / f"{releve}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | entries
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_une_releve_se_charge_de_son_dossier(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}, {"code_commune": "2A004"}))
    barometre = Barometre.charger("2024-S2", registre=folder)
    assert str(barometre.releve) == "2024-S2"
    assert barometre.variante == ""
    assert barometre.registre.demonstration
    assert barometre.decisions["region"].tolist() == ["84", "94"]
    assert barometre.comptes(["annee"])["ouvertures"].tolist() == [0, 0, 2]


def test_sans_provenance_les_donnees_sont_reelles(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), demonstration=None)
    assert not Barometre.charger("2024-S2", registre=str(folder)).registre.demonstration


def test_un_registre_sans_aucune_ligne_se_charge(tmp_path: Path) -> None:
    barometre = Barometre.charger("2024-S2", registre=fabrique.ecrire_releve(tmp_path, []))
    assert len(barometre.decisions) == 0
    assert (barometre.comptes(["annee", "region"])[list(MESURES)] == 0).all(axis=None)


@pytest.mark.parametrize("code", ["2024", "2024-S3", "24-S2", "2021-S2", "", "2024-s2", "2024-S2 ", "²024-S2"])
def test_une_releve_mal_ecrite_est_refusee(code: str) -> None:
    with fabrique.refus("AAAA-S1 ou AAAA-S2"):
        Barometre.charger(code)


def test_une_releve_absente_est_refusee_avec_celles_qui_existent(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, [], "2024-S1")
    with fabrique.refus(r"« 2024-S2 » est introuvable.*2024-S1"):
        Barometre.charger("2024-S2", registre=folder)


# --- variants -------------------------------------------------------------------------------------


def test_la_methode_officielle_ne_porte_aucun_tampon(charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    assert barometre.variante == ""
    assert "variante" not in barometre.decisions.attrs
    assert "variante" not in barometre.comptes(["annee"]).attrs


def test_une_variante_est_tamponnee_partout() -> None:
    variant = Barometre.charger("2024-S2", regles={"seuil_effectif": 10})
    assert variant.variante == TAMPON
    results = [
        variant.decisions,
        variant.comptes(["annee"]),
        variant.comptes(["annee"], region="84"),
        variant.classement("2024"),
        variant.exemples("84"),
    ]
    assert [table.attrs.get("variante") for table in results] == [TAMPON] * len(results)


@pytest.mark.parametrize(
    ("regles", "sense"),
    [
        ({"seuil_effectif": 10}, 1),
        ({"seuil_effectif": 50}, -1),
        ({"seuil_variation_extension": 20}, 1),
        ({"seuil_variation_extension": 80.5}, -1),
        ({"seuil_variation_reduction": -20}, 1),
        ({"seuil_variation_reduction": -90}, -1),
        ({"debut_periode": date(2023, 1, 1)}, -1),
    ],
    ids=lambda value: ",".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else None,
)
def test_un_seuil_plus_large_compte_plus_un_seuil_plus_strict_moins(
    regles: dict[str, Any], sense: int, charger: Callable[[str], Barometre]
) -> None:
    # Among rows that rules 1 to 8 keep: rule 9 may then set aside another twin.
    def kept(barometre: Barometre) -> set[str]:
        decisions = barometre.decisions
        return set(decisions.loc[decisions["motif"].isin(["compte", "doublon"]), "id_mouvement"])

    official, variant = charger("2024-S2"), Barometre.charger("2024-S2", regles=regles)
    assert kept(variant) > kept(official) if sense > 0 else kept(variant) < kept(official)
    totals = [one.comptes(["annee"])[list(MESURES_BRUTES)].to_numpy().sum() for one in (official, variant)]
    assert (totals[1] - totals[0]) * sense > 0


def test_une_variante_compte_ce_qu_elle_dit() -> None:
    rows = fabrique.lignes(
        {"nom_site": "Petite usine", "effectif": 15},
        {"nom_site": "Ancienne usine", "date_effet": "2022-06-30"},
        {"nom_site": "Usine agrandie", "type_mouvement": "extension", "variation_production": 25},
    )
    assert fabrique.barometre(rows).decisions["motif"].tolist() == ["sous_seuil", "compte", "non_significatif"]
    variant = fabrique.barometre(
        rows, seuil_effectif=14, debut_periode=date(2022, 7, 1), seuil_variation_extension=25.0
    )
    assert variant.decisions["motif"].tolist() == ["compte", "hors_periode", "compte"]


def test_une_variante_ne_change_pas_la_methode_officielle(charger: Callable[[str], Barometre]) -> None:
    before = charger("2024-S2").comptes(["annee", "region"])
    Barometre.charger("2024-S2", regles={"seuil_effectif": 0}).comptes(["annee", "region"])
    assert Barometre.charger("2024-S2").comptes(["annee", "region"]).equals(before)


@pytest.mark.parametrize(
    ("regles", "said"),
    [
        pytest.param({"seuil": 10}, "« seuil » n'est pas un paramètre.*seuil_effectif", id="nom inconnu"),
        pytest.param({"seuil_effectif": "10"}, "seuil_effectif.*« 10 ».*nombre", id="texte"),
        pytest.param({"seuil_effectif": None}, "seuil_effectif.*nombre", id="rien"),
        pytest.param({"seuil_effectif": True}, "seuil_effectif.*True.*nombre", id="booleen"),
        pytest.param({"seuil_effectif": 10.5}, "seuil_effectif.*10.5.*nombre entier", id="decimale"),
        pytest.param({"seuil_variation_extension": float("nan")}, "nan.*nombre", id="pas un nombre"),
        pytest.param({"seuil_variation_reduction": float("-inf")}, "inf.*nombre", id="infini"),
        pytest.param({"debut_periode": "2023-01-01"}, "debut_periode.*date", id="date en texte"),
        pytest.param({"debut_periode": 2023}, "debut_periode.*2023.*date", id="annee"),
        pytest.param({"debut_periode": datetime(2023, 1, 1)}, "debut_periode.*date", id="date et heure"),
        pytest.param({"debut_periode": date(2021, 1, 1)}, "debut_periode.*1er janvier 2022", id="avant la grille"),
    ],
)
def test_une_variante_mal_ecrite_est_refusee(regles: dict[str, Any], said: str) -> None:
    with fabrique.refus(f"Variante.*{said}"):
        Barometre.charger("2024-S2", regles=regles)


# --- one region -----------------------------------------------------------------------------------


@pytest.mark.parametrize("par", [["annee"], ["departement"], ["annee", "secteur"], ["region", "annee"]], ids=",".join)
def test_les_comptes_d_une_region_sont_ses_lignes_de_la_grille_nationale(
    par: list[str], charger: Callable[[str], Barometre]
) -> None:
    barometre = charger("2024-S2")
    of_region = barometre.comptes(par, region="84")
    national = barometre.comptes([*par, *([] if "region" in par else ["region"])])
    expected = national[national["region"] == "84"].reset_index(drop=True)[[*par, *MESURES]]
    assert list(of_region.columns) == [*par, *MESURES]
    assert of_region.equals(expected)
    assert of_region["ouvertures"].sum() > 0


def test_une_region_ne_montre_que_ses_departements(charger: Callable[[str], Barometre]) -> None:
    assert charger("2024-S2").comptes(["departement"], region="94")["departement"].tolist() == ["2A", "2B"]


@pytest.mark.parametrize("code", ["99", "", "Corse", "1"])
def test_une_region_inconnue_est_refusee(code: str, charger: Callable[[str], Barometre]) -> None:
    with fabrique.refus(f"Paramètre « region » : trouvé .*{code}.* ; attendu un code.*84"):
        charger("2024-S2").comptes(["annee"], region=code)
    with fabrique.refus(r"« region » : trouvé.*attendu un code.*84"):
        charger("2024-S2").exemples(code)


# --- ranks ----------------------------------------------------------------------------------------


def test_le_classement_ne_range_que_les_regions_couvertes(charger: Callable[[str], Barometre]) -> None:
    ranked = charger("2024-S2").classement("2024")
    assert ranked["region"].iloc[0] == "84"
    assert ranked["rang"].iloc[0] == 1
    assert len(ranked) == 13
    assert not set(ranked["region"]) & {"01", "02", "03", "04", "06"}


def test_ce_qui_se_demande_numerote_ses_lignes(charger: Callable[[str], Barometre]) -> None:
    """Whoever goes on with a table in a notebook finds its rows by 0, 1, 2…, once each."""
    read = charger("2024-S2")
    asked = [read.classement("2024"), read.comptes(["annee", "region"]), read.evolution("84"), read.decisions]
    asked += [read.revisions(), read.revisions_par_famille(), read.vintages()]
    assert [one.shape for one in asked if [*one.index] != [*range(len(one))]] == []


def test_le_classement_suit_la_couverture_de_l_edition(projet: Path) -> None:
    rows = fabrique.lignes({"code_commune": "2A004"}, {"code_commune": "97105"})
    folder = fabrique.ecrire_releve(projet / "registre", rows)
    coverage = dict.fromkeys(fabrique.nomenclatures().regions, "inconnue") | {"01": "oui", "84": "oui", "94": "non"}
    choisir(projet, couverture=coverage)
    ranked = Barometre.charger("2024-S2", registre=folder).classement("2024")
    assert list(zip(ranked["region"], ranked["rang"], strict=True)) == [("01", 1), ("84", 2)]


# --- examples -------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", list(fabrique.nomenclatures().regions))
@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_exemples_des_editions_sont_comptes_et_citables(
    releve: str, region: str, charger: Callable[[str], Barometre]
) -> None:
    examples = charger(releve).exemples(region)
    chosen = charger(releve).edition.exemples.get(region, [])
    assert examples["id_mouvement"].tolist() == [one.id for one in chosen]
    assert examples["texte"].tolist() == [one.texte for one in chosen]
    assert examples["compte"].all()
    assert examples["citable"].all()


def test_les_exemples_suivent_l_ordre_de_l_edition(projet: Path) -> None:
    rows = fabrique.lignes(*({"nom_site": f"Usine {n}", "citable": "oui"} for n in range(3)))
    folder = fabrique.ecrire_releve(projet / "registre", rows)
    choisir(projet, exemples={"84": ["M-0003", "M-0001"]})
    barometre = Barometre.charger("2024-S2", registre=folder)
    assert barometre.exemples("84")["nom_site"].tolist() == ["Usine 2", "Usine 0"]
    assert len(barometre.exemples("11")) == 0


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"citable": "non"}, id="non citable"),
        pytest.param({"citable": "oui", "effectif": 20}, id="non compte"),
        pytest.param({"citable": "oui", "code_commune": "2A004"}, id="d'une autre region"),
        pytest.param({"citable": "oui", "id_mouvement": "AUTRE"}, id="inconnu"),
    ],
)
def test_un_exemple_qui_ne_peut_etre_montre_est_refuse(row: dict[str, Any], projet: Path) -> None:
    folder = fabrique.ecrire_releve(projet / "registre", fabrique.lignes(row))
    choisir(projet, exemples={"84": ["M-0001"]})
    barometre = Barometre.charger("2024-S2", registre=folder)
    with fabrique.refus(r"2024-S2.yaml.*région 84.*« M-0001 ».*compté et citable"):
        barometre.exemples("84")


def test_une_edition_absente_ne_gene_que_ce_qui_en_depend(projet: Path) -> None:
    (projet / "params" / "releves" / "2024-S2.yaml").unlink()
    barometre = Barometre.charger("2024-S2", registre=fabrique.ecrire_releve(projet / "registre", fabrique.lignes({})))
    assert barometre.comptes(["annee"])["ouvertures"].sum() == 1
    with fabrique.refus(r"2024-S2.yaml.*introuvable"):
        barometre.exemples("84")
    with fabrique.refus("introuvable"):
        barometre.classement("2024")


def test_ce_qu_un_carnet_fait_des_decisions_ne_change_aucun_compte() -> None:
    barometre = fabrique.barometre([fabrique.ligne(effectif="3")])
    decisions = barometre.decisions
    decisions["compte"] = True
    decisions.loc[:, "effectif"] = 1000
    assert not barometre.decisions["compte"].any()
    assert barometre.comptes(["annee"])["ouvertures"].sum() == 0


APPELS: dict[str, Callable[[Barometre, Any], object]] = {
    "charger": lambda _, value: Barometre.charger(value),
    "regles": lambda _, value: Barometre.charger("2024-S2", regles=value),
    "seuil": lambda _, value: Barometre.charger("2024-S2", regles={"seuil_effectif": value}),
    "registre": lambda _, value: Barometre.charger("2024-S2", registre=value),
    "contexte": lambda barometre, value: barometre.contexte(value),
    "comptes": lambda barometre, value: barometre.comptes(value),
    "comptes d'une region": lambda barometre, value: barometre.comptes(["annee"], region=value),
    "classement": lambda barometre, value: barometre.classement(value),
    "exemples": lambda barometre, value: barometre.exemples(value),
    "anterieure": lambda barometre, value: barometre.anterieure(value),
    "revisions": lambda barometre, value: barometre.revisions(value),
    "revisions d'une region": lambda barometre, value: barometre.revisions(region=value),
    "evolution": lambda barometre, value: barometre.evolution(value),
    "premiere publication": lambda barometre, value: barometre.premiere_publication(value),
    "parcours": lambda barometre, value: barometre.parcours(value),
}
# What no call takes.
ERREURS = [
    *(20.5, True, b"2024-S2", "x\0", "2024-S3", "1999", -(10**400), float("nan"), datetime(2024, 1, 1)),
    *([["annee"]], ["annee", None], {"a": 1}, {1}, ("x",), range(3), iter(["annee"]), object(), print, Barometre),
    Path("nulle-part").joinpath,
]


@pytest.mark.parametrize("appel", APPELS)
def test_un_appel_errone_est_refuse_en_francais(appel: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    for value in [*ERREURS, barometre.comptes(["annee"]), barometre.comptes(["annee"])["annee"].to_numpy()]:
        with fabrique.refus("(trouvé|vaut|Relève|Période|Variante|introuvable|n'existe pas)"):
            APPELS[appel](barometre, value)


@pytest.mark.parametrize(
    ("appel", "valeur", "dit"),
    [
        ("charger", 2024, "Relève « 2024 » : attendu AAAA-S1 ou AAAA-S2"),
        ("charger", None, "Relève rien : attendu AAAA-S1"),
        ("regles", ["seuil_effectif"], r"Variante : trouvé .* ; attendu \{\"seuil_effectif\": 10\}"),
        ("registre", ["data"], "Registre : trouvé « \\['data'\\] » ; attendu le chemin d'un dossier"),
        ("comptes", "annee", r"Dimensions : trouvé « annee » ; attendu une liste, comme \['annee', 'semestre'\]"),
        ("comptes", [], "Dimensions : trouvé rien ; attendu, sans répétition, parmi annee"),
        ("comptes", ["annee", "pays"], "Dimensions : trouvé « annee », « pays »"),
        ("comptes d'une region", "Corse", "Paramètre « region » : trouvé « Corse » ; attendu un code"),
        ("classement", "2026", "Période : trouvé « 2026 » ; attendu l'une de 2022, 2023, 2024, 2022-S1"),
        ("parcours", ["annee"], "Dimensions : trouvé « annee » ; attendu, sans répétition, parmi region"),
    ],
)
def test_le_refus_dit_ce_qui_etait_attendu(
    appel: str, valeur: object, dit: str, charger: Callable[[str], Barometre]
) -> None:
    with fabrique.refus(dit):
        APPELS[appel](charger("2024-S2"), valeur)
