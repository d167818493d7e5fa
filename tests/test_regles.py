"""The nine rules, one by one, against the cases of `tests/regles/*.yaml`, on pandas and on DuckDB."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import fabrique
import narwhals as nw
import pandas as pd
import pytest
import yaml

from barometre_lib import Barometre
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.qualite.attentes.registre import ExpectSiteIdentifiable
from barometre_lib.registre.conformite import exigences
from barometre_lib.registre.derivation import semestre_de
from barometre_lib.registre.lecture import chercher_defauts
from barometre_lib.regles import REGLES, Regle, decider, decision, regles_en_vigueur, retenir
from barometre_lib.vocabulaire import Motif

FICHIERS = sorted((fabrique.RACINE / "tests" / "regles").glob("*.yaml"))
REGLES_ECRITES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FICHIERS if path.stem != "ligne_type"
}
# Inputs of each rule, from the table of the method: a case of the rule's file must leave each of them empty.
ENTREES = {
    "abandonne": {"statut"},
    "non_effectif": {"statut", "date_effet"},
    "hors_periode": {"date_effet"},
    "hors_champ": {"code_naf"},
    "artisanat": {"code_naf"},
    "effectif_manquant": {"effectif"},
    "sous_seuil": {"effectif"},
    "significativite_inconnue": {"assimilable_site", "variation_production"},
    "non_significatif": {"assimilable_site", "variation_production"},
    "doublon": {"siret"},
}


@dataclass
class Cas:
    """One case of a YAML file: rows as texts, and the motif expected for each."""

    releve: str
    lignes: list[dict[str, str]]
    motifs: list[str]
    refuse: str
    reponses: list[tuple[str, str, str]]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as the library reads them."""
        return fabrique.table(self.lignes)

    @cached_property
    def parametres(self) -> ParametresRegles:
        """The parameters of the relève, with the answers of the case."""
        return fabrique.repondre(fabrique.parametres(self.releve), self.table, self.reponses)

    @classmethod
    def lire(cls, case: dict[str, Any]) -> "Cas":
        """Read a case written with `ligne` and `motif` (or `refuse`), or with `commun` and `lignes`."""
        written = case.get("lignes") or [{**case["ligne"], "motif": case.get("motif", "")}]
        motifs = [row["motif"] for row in written]
        rows = [{**case.get("commun", {}), **{k: v for k, v in row.items() if k != "motif"}} for row in written]
        answers = [tuple(one.split()) for one in case.get("reponses", [])]
        return cls(case.get("releve", "2024-S2"), fabrique.lignes(*rows), motifs, case.get("refuse", ""), answers)


CAS = [
    pytest.param(Cas.lire(case), id=fabrique.identifiant(f"{name} : {case['nom']}"))
    for name, rule in REGLES_ECRITES.items()
    for case in rule["cas"]
]
DECIDES = [one for one in CAS if not one.values[0].refuse]
REFUSES = [one for one in CAS if one.values[0].refuse]
LES_PLUS_LONGS = [
    pytest.param(max(map(Cas.lire, rule["cas"]), key=lambda case: len(case.lignes)), id=name)
    for name, rule in REGLES_ECRITES.items()
]


@pytest.mark.parametrize("cas", DECIDES)
def test_la_regle_donne_le_motif_attendu(cas: Cas, moteur: Callable[..., pd.DataFrame]) -> None:
    decided = moteur(decider, cas.table, cas.parametres)
    found = decided.set_index("id_mouvement")["motif"].to_dict()
    assert found == {row["id_mouvement"]: motif for row, motif in zip(cas.lignes, cas.motifs, strict=True)}


# What is kept is what counts, whatever the rule: one case of each, the longest, is enough.
@pytest.mark.parametrize("cas", LES_PLUS_LONGS)
def test_retenir_garde_les_lignes_qui_comptent(cas: Cas, moteur: Callable[..., pd.DataFrame]) -> None:
    kept = moteur(retenir, cas.table, cas.parametres)
    expected = [row["id_mouvement"] for row, motif in zip(cas.lignes, cas.motifs, strict=True) if motif == "compte"]
    assert sorted(kept["id_mouvement"]) == sorted(expected)
    assert list(kept.columns) == list(cas.table.columns)


@pytest.mark.parametrize("cas", REFUSES)
def test_une_entree_obligatoire_vide_est_refusee_a_la_lecture(cas: Cas) -> None:
    texts = pd.DataFrame(cas.lignes, dtype="str").assign(fichier="84.csv", region_fichier="84", ligne=2)
    blocking = [requirement for requirement in exigences(fabrique.nomenclatures()) if requirement.lecture]
    assert cas.refuse in {defect.colonne for defect in chercher_defauts(texts, blocking)}


@pytest.mark.parametrize("name", ENTREES)
def test_les_cas_d_une_regle_couvrent_ses_entrees_vides_et_ses_deux_issues(name: str) -> None:
    rule = REGLES_ECRITES[name]
    cases = [Cas.lire(case) for case in rule["cas"]]
    rows = [row for case in cases for row in case.lignes]
    verdicts = {motif for case in cases for motif in case.motifs}
    assert rule["motif"] == name
    assert set(rule["entrees"]) == ENTREES[name]
    assert [column for column in ENTREES[name] if all(row[column] for row in rows)] == []
    assert {name, "compte"} <= verdicts


def test_chaque_motif_a_sa_regle_et_ses_cas_dans_l_ordre_de_la_methode() -> None:
    # A motif may have several rules, of different dates.
    assert list(dict.fromkeys(rule.motif for rule in REGLES)) == list(ENTREES)
    assert [*ENTREES, "compte"] == list(Motif)
    assert set(REGLES_ECRITES) == {*ENTREES, "priorite"}


@pytest.mark.parametrize("rule", REGLES[:-1], ids=lambda rule: rule.motif)
@pytest.mark.parametrize("movement", ["ouverture", "extension", "fermeture", "reduction"])
def test_une_regle_repond_oui_ou_non_meme_quand_tout_est_vide(
    rule: Regle, movement: str, moteur: Callable[..., pd.DataFrame]
) -> None:
    # A null verdict would be false for one engine and neither true nor false for another.
    rows = fabrique.table([fabrique.ligne(type_mouvement=movement, date_effet="", effectif="")])

    def verdict(table: Any, parameters: Any) -> Any:
        return nw.from_native(table).with_columns(verdict=rule.ecarte(parameters)).to_native()

    assert moteur(verdict, rows, fabrique.parametres())["verdict"].isin([True, False]).all()


def test_une_regle_dit_son_libelle_public_et_sa_phrase() -> None:
    labels = {rule.motif.value: rule.libelle for rule in REGLES}
    assert labels["non_effectif"] == "Production non engagée ou non arrêtée"
    assert len(set(labels.values())) == len(labels)
    assert [rule.motif for rule in REGLES if not rule.phrase.endswith(".")] == []


# --- dated rules ----------------------------------------------------------------------------------


def _plus_de_cinquante(_: ParametresRegles) -> nw.Expr:
    return (nw.col("effectif") <= 50).fill_null(False)


def _jamais(_: ParametresRegles) -> nw.Expr:
    return nw.col("id_mouvement").is_null()


@pytest.mark.parametrize("applied", [decider, retenir])
@pytest.mark.parametrize(
    "cas",
    [
        pytest.param((date(2025, 1, 1), "2024-S2", 2), id="releve anterieure"),
        pytest.param((date(2024, 12, 31), "2024-S2", 1), id="dernier jour"),
        pytest.param((date(2025, 1, 1), "2025-S1", 1), id="releve suivante, qui recompte 2024"),
    ],
)
def test_une_regle_datee_remplace_la_precedente_des_sa_releve(
    applied: Callable[..., Any],
    cas: tuple[date, str, int],
    moteur: Callable[..., pd.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    since, releve, kept = cas
    dated = Regle(7, Motif.SOUS_SEUIL, "Site trop petit", "Plus de 50 salariés.", _plus_de_cinquante, depuis=since)
    # First in the list: its date decides, and its motif keeps its rank.
    monkeypatch.setattr(decision, "REGLES", (dated, *REGLES))
    rows = fabrique.table(fabrique.lignes({"effectif": 30}, {"effectif": 60, "nom_site": "Autre"}))
    parameters = fabrique.parametres(releve)
    found = moteur(applied, rows, parameters)
    assert len(found[found["motif"] == "compte"] if applied is decider else found) == kept
    assert [rule.motif for rule in regles_en_vigueur(parameters)] == list(ENTREES)
    assert (dated in regles_en_vigueur(parameters)) == (kept == 1)


def test_la_regle_des_doublons_se_date_aussi(
    moteur: Callable[..., pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = fabrique.table(fabrique.lignes({"date_effet": "2024-02-01"}, {"date_effet": "2024-03-01"}))
    dated = Regle(9, Motif.DOUBLON, "Déjà compté", "Jamais.", _jamais, depuis=date(2025, 1, 1))
    monkeypatch.setattr(decision, "REGLES", (*REGLES, dated))
    for releve, counted in (("2024-S2", 1), ("2025-S1", 2)):
        assert len(moteur(retenir, rows, fabrique.parametres(releve))) == counted
        assert moteur(decider, rows, fabrique.parametres(releve))["compte"].sum() == counted


@pytest.mark.parametrize("applied", [decider, retenir])
def test_un_motif_sans_regle_en_vigueur_est_nomme(applied: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    later = [replace(rule, depuis=date(2025, 1, 1)) if rule.motif == "artisanat" else rule for rule in REGLES]
    monkeypatch.setattr(decision, "REGLES", tuple(later))
    rows = fabrique.table([fabrique.ligne()])
    assert len(applied(rows, fabrique.parametres("2025-S1"))) == 1
    with fabrique.refus("Relève 2024-S2 : aucune règle en vigueur au 31/12/2024 pour artisanat ; attendu"):
        applied(rows, fabrique.parametres("2024-S2"))


def test_decider_garde_toutes_les_lignes_et_leurs_colonnes(moteur: Callable[..., pd.DataFrame]) -> None:
    rows = fabrique.table(fabrique.lignes({}, {"statut": "abandonne"}, {"effectif": ""}))
    decided = moteur(decider, rows, fabrique.parametres())
    assert list(decided.columns) == [*rows.columns, "motif", "compte"]
    assert decided.sort_values("id_mouvement")["compte"].tolist() == [True, False, False]


def test_un_registre_vide_ne_donne_aucune_decision(moteur: Callable[..., pd.DataFrame]) -> None:
    empty = fabrique.table([])
    assert len(moteur(decider, empty, fabrique.parametres())) == 0
    assert len(moteur(retenir, empty, fabrique.parametres())) == 0


@pytest.mark.parametrize(
    ("row", "key"),
    [
        pytest.param({"siret": fabrique.SIRET_A}, fabrique.SIRET_A, id="siret"),
        pytest.param({"nom_site": "Été & Fils – n°2"}, "etefilsn2||69123", id="nom"),
        pytest.param(
            {"nom_site": "GROß", "code_commune": "69381", "entreprise": "S.A.R.L. Groß"},
            "gross|gross|69123",
            id="arrondissement",
        ),
        pytest.param({"nom_site": "Forge", "code_commune": "01018"}, "forge||01033", id="ancienne commune"),
        pytest.param({"nom_site": "–"}, "|M-0001|69123", id="nom sans lettre"),
    ],
)
def test_la_cle_d_un_site_est_son_siret_ou_son_nom_et_sa_commune(row: dict[str, str], key: str) -> None:
    assert fabrique.table([fabrique.ligne(**row)])["cle_site"].tolist() == [key]


@pytest.mark.parametrize(("releve", "kept"), [("2025-S2", [0, 1, 2, 4, 5]), ("2026-S1", [0, 1, 2, 3, 4, 5, 6])])
def test_un_nom_generique_n_identifie_rien_depuis_2026(releve: str, kept: list[int], tmp_path: Path) -> None:
    """Nothing then tells such sites apart, not even a firm; a name of its own and its firm still identify a site."""
    named = [
        ("Site de Rennes", "Alpha"),
        ("SITE DE RENNES", "Bêta"),
        ("Atelier n°2", ""),
        ("atelier n° 2", ""),
        ("Forge du Lac", "Alpha"),
        ("Forge du lac", "Bêta"),
        ("Site de Rennes", "alpha"),
    ]
    rows = [
        {"nom_site": name, "entreprise": firm, "code_commune": "35238", "date_effet": f"2024-0{month}-10"}
        for month, (name, firm) in enumerate(named, start=1)
    ]
    barometre = Barometre.charger(releve, registre=fabrique.ecrire_releve(tmp_path, fabrique.lignes(*rows), releve))
    decided = barometre.decisions
    assert decided.index[decided["compte"]].tolist() == kept
    alone = decided["id_mouvement"][~ExpectSiteIdentifiable.tenir(decided["cle_site"])]
    assert alone.tolist() == (["M-0001", "M-0002", "M-0003", "M-0004", "M-0007"] if releve == "2026-S1" else [])


@pytest.mark.parametrize(
    ("day", "semester"),
    [
        ("2021-12-31", "2021-S2"),
        ("2022-01-01", "2022-S1"),
        ("2024-06-30", "2024-S1"),
        ("2024-07-01", "2024-S2"),
        ("2024-12-31", "2024-S2"),
        ("", ""),
    ],
)
def test_le_semestre_est_celui_de_la_date_d_effet(day: str, semester: str, moteur: Callable[..., pd.DataFrame]) -> None:
    # A relève in Parquet has no such column: the expression must say the same in DuckDB.
    rows = fabrique.table([fabrique.ligne(date_effet=day)])

    def derive(table: Any, _: Any) -> Any:
        return nw.from_native(table).with_columns(semestre=semestre_de("date_effet")).to_native()

    assert rows["semestre"].tolist() == [semester]
    assert rows["annee"].tolist() == [semester[:4]]
    assert moteur(derive, rows.drop(columns="semestre"), None)["semestre"].tolist() == [semester]
