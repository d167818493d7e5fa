"""The suites: what each check finds and lets pass, how a suite is read, what an acknowledgement and a correction do."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from re import _parser
from typing import Any

import fabrique
import great_expectations as gx
import pandas as pd
import pytest
import yaml
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.registry import get_expectation_impl

from barometre_lib import Barometre
from barometre_lib.parametres.acquittements import Acquittement, Decision, lire_fichier
from barometre_lib.qualite import attentes
from barometre_lib.qualite.bilan import Bilan, etablir_resultats
from barometre_lib.qualite.controle import controler_releve, examiner
from barometre_lib.qualite.egalites import EMBOITEMENTS, table_egalites
from barometre_lib.qualite.evaluation import construire, evaluer
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.qualite.suites import Gravite, Suite, lire_suites
from barometre_lib.qualite.tables import (
    REPERES,
    TABLES_DE_MOUVEMENTS,
    TYPEES,
    construire_tables,
    table_textes,
    tables_de_lignes,
)
from barometre_lib.registre.conformite import ABIMES, CACHES, TEXTES_LIBRES, exigences
from barometre_lib.typographie import typographier
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

CAS_YAML = sorted((fabrique.RACINE / "tests" / "controles").glob("*.yaml"))
RELEVE, PRECEDENTE = "2024-S2", "2024-S1"


@dataclass(frozen=True)
class Cas:
    """One case of `tests/controles`: rows of a relève, those of the previous one, and which are at fault."""

    controle: str
    nom: str
    lignes: list[dict[str, Any]]
    fautifs: list[str]
    precedente: list[dict[str, Any]] | None = None
    couverture: dict[str, str] = field(default_factory=dict)
    couverture_avant: dict[str, str] = field(default_factory=dict)
    # The rows are repeated at each of these dates, each time another site.
    partout: Sequence[Any] = ()
    encore: Sequence[dict[str, Any]] = ()

    @property
    def rows(self) -> list[dict[str, str]]:
        if not self.partout:
            return fabrique.lignes(*self.lignes)
        repeated = [
            one | {"siret": "", "nom_site": f"{one.get('nom_site', rank)} {day}", "date_effet": day}
            for day in self.partout
            for rank, one in enumerate(self.lignes)
        ]
        return fabrique.lignes(*repeated, *self.encore)


CAS = [
    Cas(check, **case)
    for path in CAS_YAML
    for check, cases in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    for case in cases
]


def barometre(rows: list[dict[str, str]], releve: str, couverture: dict[str, str] | None = None) -> Barometre:
    return fabrique.editer(fabrique.barometre(rows, releve), couverture=couverture or {})


@pytest.fixture(scope="module")
def suites() -> tuple[Suite, ...]:
    return lire_suites(fabrique.nomenclatures())


def nommer(cas: Cas) -> str:
    return fabrique.identifiant(f"{cas.controle} {cas.nom}")


def isoler(suites: Sequence[Suite], famille: str) -> list[Suite]:
    """Return the suites reduced to the checks of one family."""
    kept = [suite.reduire(lambda check: famille in (check.famille, check.nom)) for suite in suites]
    return [suite for suite in kept if suite.controles]


def fautives(suites: Sequence[Suite], famille: str, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return the references that the checks of a family find at fault, in order."""
    chosen = isoler(suites, famille)
    results = etablir_resultats(chosen, tables, evaluer(chosen, tables))
    return sorted({constat.reference for result in results for constat in result.constats})


@pytest.mark.parametrize("cas", CAS, ids=nommer)
def test_un_controle_trouve_ce_qu_il_doit_et_rien_d_autre(cas: Cas, suites: tuple[Suite, ...]) -> None:
    before = None
    if cas.precedente is not None:
        before = barometre(fabrique.lignes(*cas.precedente), PRECEDENTE, cas.couverture_avant)
    # Sums are long to compare, and no check of rows reads them.
    of_regions = any(suite.controles[0].table == "regions" for suite in isoler(suites, cas.controle))
    build = construire_tables if of_regions else tables_de_lignes
    tables = build(barometre(cas.rows, RELEVE, cas.couverture), before)
    assert fautives(suites, cas.controle, tables) == sorted(cas.fautifs)


def test_chaque_controle_a_un_cas_fautif_et_un_cas_juste(suites: tuple[Suite, ...]) -> None:
    contract = {one.nom for one in exigences(fabrique.nomenclatures())}
    checks = {
        check.famille: check.table
        for suite in suites
        for check in suite.controles
        if check.table not in ("textes", "egalites") and check.nom not in contract
    }
    assert {cas.controle for cas in CAS} == set(checks)
    for name, table in checks.items():
        cases = [cas for cas in CAS if cas.controle == name]
        assert any(cas.fautifs for cas in cases), name
        # Every case about regions has 17 that are not at fault.
        assert table == "regions" or any(len(cas.fautifs) < len(cas.rows) for cas in cases), name


EXEMPLES = yaml.safe_load((fabrique.RACINE / "tests" / "attentes.yaml").read_text(encoding="utf-8"))


def test_chaque_expectation_du_projet_a_son_exemple() -> None:
    ours = {
        one.expectation_type
        for module in (attentes.ligne, attentes.registre, attentes.evolution)
        for one in vars(module).values()
        if getattr(one, "__module__", "") == module.__name__ and hasattr(one, "expectation_type")
    }
    assert ours == set(EXEMPLES)
    for kind in ours:
        assert get_expectation_impl(kind).__doc__.strip(), kind


@pytest.mark.parametrize("genre", EXEMPLES)
def test_une_expectation_du_projet_se_lit_comme_une_de_la_galerie(genre: str) -> None:
    """By Great Expectations alone, on a plain table."""
    for example in EXEMPLES[genre]:
        table = pd.DataFrame(
            {name: pd.to_datetime(cells) if "_jour" in name else cells for name, cells in example["colonnes"].items()}
        ).assign(rang=lambda one: range(len(one)))
        batch = (
            gx.get_context(mode="ephemeral")
            .data_sources.add_pandas("exemple")
            .add_dataframe_asset("exemple")
            .add_batch_definition_whole_dataframe("exemple")
            .get_batch({"dataframe": table})
        )
        found = batch.validate(
            ExpectationConfiguration(type=genre, kwargs=example["kwargs"]).to_domain_obj(),
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["rang"]},
        )
        assert not found.exception_info["raised_exception"]
        assert [row["rang"] for row in found.result["unexpected_index_list"]] == example["fautives"]
        assert found.success == (not example["fautives"])


# Great Expectations alone


def alone(table: pd.DataFrame, path: Path, index: list[str]) -> dict[str, tuple[bool, set[Any]]]:
    """Judge one table by one suite as whoever knows the library would, without this package but for its classes."""
    suite = gx.ExpectationSuite(**yaml.safe_load(path.read_text(encoding="utf-8")))
    batch = (
        gx.get_context(mode="ephemeral")
        .data_sources.add_pandas("registre")
        .add_dataframe_asset("table")
        .add_batch_definition_whole_dataframe("tout")
        .get_batch({"dataframe": table})
    )
    format_ = {"result_format": "COMPLETE", "unexpected_index_column_names": index}
    judged = {}
    for one in batch.validate(suite, result_format=format_).results:
        rows = one.result.get("unexpected_index_list") or []
        judged[one.expectation_config.meta["nom"]] = (one.success, {tuple(row[name] for name in index) for row in rows})
    return judged


@pytest.mark.long
def test_great_expectations_seule_juge_comme_controler(charger: Any) -> None:
    read = charger(RELEVE)
    tables = construire_tables(read, read.precedente)
    bilan = examiner(read)
    assert sum(bool(one.constats) for one in bilan.resultats) > 8
    for path in sorted((fabrique.RACINE / "params" / "qualite").glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        name, table = content["name"], content["meta"]["table"]
        found = alone(tables[table], path, [REPERES[table][0]])
        ours = {one.controle.nom: one for one in bilan.resultats if one.suite.nom == name}
        assert found.keys() == ours.keys()
        for check, (success, rows) in found.items():
            assert success == (not ours[check].constats), check
            assert {row[0] for row in rows} == {one.reference for one in ours[check].constats}, check


def test_les_suites_sont_en_majorite_des_expectations_de_la_bibliotheque(suites: tuple[Suite, ...]) -> None:
    entries = [one["type"] for suite in suites[:3] for one in suite.fichier.donnees["expectations"]]
    built_in = [one for one in entries if get_expectation_impl(one).__module__.startswith("great_expectations")]
    assert len(built_in) / len(entries) >= 0.6


def test_une_ligne_est_jugee_sur_ses_cellules_dans_l_ordre_du_fichier() -> None:
    rows = fabrique.lignes(
        {"id_mouvement": "B", "investissement_meur": 9000, "effectif": 45}, {"id_mouvement": "A", "effectif": 3}
    )
    table = tables_de_lignes(barometre(rows, RELEVE), None)["mouvements"]
    told = table[["id_mouvement", "investissement_meur_nombre", "effectif_nombre", "motif"]].to_numpy().tolist()
    assert told[0] == ["B", 9000, 45, "compte"]
    assert told[1][::3] == ["A", "sous_seuil"]


@pytest.mark.parametrize("avec_precedente", [True, False])
def test_une_table_sans_ligne_se_juge(avec_precedente: bool, suites: tuple[Suite, ...]) -> None:
    before = barometre(fabrique.lignes({}, {}), PRECEDENTE) if avec_precedente else None
    judged = evaluer(suites, construire_tables(barometre([], RELEVE), before))
    assert len(judged) == sum(len(suite.controles) for suite in suites)
    failing = {name for name, one in judged.items() if not one.tenue}
    assert failing == ({"mouvement_disparu", "region_videe", "registre_retreci"} if avec_precedente else set())


def test_une_cellule_vide_ne_fait_lever_aucun_controle(suites: tuple[Suite, ...]) -> None:
    """In every column that may be empty, then in all of them."""
    optional = [one.nom for one in COLONNES if not one.obligatoire]
    rows = fabrique.lignes(*({name: ""} for name in optional), dict.fromkeys(optional, ""))
    tables = construire_tables(barometre(rows, RELEVE), barometre(rows, PRECEDENTE))
    judged = evaluer(suites, tables)
    blocking = {check.nom for suite in suites for check in suite.controles if check.gravite is Gravite.BLOQUANT}
    assert all(judged[name].tenue for name in blocking)
    assert judged["realise_sans_date"].fautives == [3, 16]
    cells = dict.fromkeys(["fichier", "region_fichier", *NOMS_COLONNES], "")
    empty = evaluer(suites[:2], {"textes": table_textes(pd.DataFrame([cells]).assign(ligne=2))})
    found = {name for name, one in empty.items() if not one.tenue}
    assert found == {f"{one.nom}.rempli" for one in COLONNES if one.obligatoire}


# Outputs: a count that lies is seen


@pytest.mark.parametrize("egalite", [*EMBOITEMENTS, "soldes_et_composantes", "decisions_et_comptes"])
def test_un_compte_faux_rompt_son_egalite(egalite: str) -> None:
    read = barometre(fabrique.lignes({}, {"code_commune": "13055"}), RELEVE)
    whole = EMBOITEMENTS.get(egalite, (None, ["annee", "region"]))[1]

    def lie(par: Sequence[str]) -> pd.DataFrame:
        counts = read.comptes(par)
        if list(par) == whole:
            measure = "solde_net" if egalite == "soldes_et_composantes" else "ouvertures"
            counts.loc[0, measure] += 1
        return counts

    honest = table_egalites(read.decisions, read.comptes, lignes=2)
    assert honest["gauche"].equals(honest["droite"])
    table = table_egalites(read.decisions, lie, lignes=2)
    assert egalite in set(table.loc[table["gauche"] != table["droite"], "egalite"])


def test_une_ligne_perdue_rompt_l_egalite_des_motifs() -> None:
    read = barometre(fabrique.lignes({}, {"effectif": 20}), RELEVE)
    table = table_egalites(read.decisions.head(1), read.comptes, lignes=2)
    assert "motifs_et_lignes" in set(table.loc[table["gauche"] != table["droite"], "egalite"])


def test_un_controle_des_sorties_dit_combien_de_sommes_il_regarde() -> None:
    looked_at = {one.controle.nom: one.lignes for one in bilan(fabrique.lignes({"statut": "annonce"})).resultats}
    years, regions, measures = 3, 18, 6
    assert looked_at["regions_et_france"] == years * measures
    assert looked_at["departements_et_regions"] == years * regions * measures
    assert looked_at["motifs_et_lignes"] == looked_at["annonce_echue"] == 1


# Suites as data


def modifier(dossier: Path, fichier: str, avant: str, apres: str) -> Path:
    folder = dossier / "qualite"
    shutil.copytree(fabrique.RACINE / "params" / "qualite", folder)
    path = folder / fichier
    text = path.read_text(encoding="utf-8")
    assert avant in text
    path.write_text(text.replace(avant, apres, 1), encoding="utf-8")
    return folder


LIGNE, REGISTRE = "3_coherence_ligne.yaml", "4_coherence_registre.yaml"


@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "dit"),
    [
        (LIGNE, "severity: warning", "severity: grave", "n° 3, « severity » : trouvé « grave » ; attendu critical"),
        (LIGNE, "colonne: date_effet", "colonne: date", "« date » ; attendu une colonne du registre"),
        (LIGNE, "    severity: warning", "    gravite: warning", "attendu type, kwargs, severity"),
        (LIGNE, "libelle: Cohérence", "titre: Cohérence", "« titre » : entrée inconnue ; attendu libelle"),
        (LIGNE, "table: mouvements", "table: lignes", "« table » : trouvé « lignes » ; attendu textes, mouvements"),
        (REGISTRE, "nom: deja_compte", "nom: annonce_echue", "annonce_echue.*figure deux fois"),
        ("1_structure.yaml", "nom: id_mouvement.unique", "nom: unique", "id_mouvement.unique.*restaurez"),
        ("1_structure.yaml", "severity: critical", "severity: info", "attendu critical, c'est une exigence du contrat"),
        ("1_structure.yaml", "{column: id_mouvement}", "{column: id_mouvement, mostly: 0.9}", "« mostly » : entrée"),
        (
            "1_structure.yaml",
            "colonne: id_mouvement",
            "colonne: siret",
            "« colonne » : trouvé « siret » ; attendu id_m",
        ),
        ("7_sorties.yaml", "expectations:", "expectations: rien\nautres:", "attendu name, meta, expectations"),
    ],
)
def test_une_suite_mal_ecrite_est_refusee(tmp_path: Path, fichier: str, avant: str, apres: str, dit: str) -> None:
    folder = modifier(tmp_path, fichier, avant, apres)
    with fabrique.refus(dit):
        lire_suites(fabrique.nomenclatures(), folder)


@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "dit"),
    [
        (
            LIGNE,
            "expect_annonce_recente",
            "expect_annonce_perdue",
            r"ligne \d+, « expectations » n° 11, « type » : trouvé",
        ),
        (LIGNE, "{mois: 24}", "{jours: 24}", r"ligne \d+, .*« kwargs », « jours » : trouvé « 24 ».*extra fields"),
        (LIGNE, "{mois: 24}", "{}", "« kwargs » : mois : l'expectation expect_annonce_recente n'en veut pas ainsi"),
        (LIGNE, "{mois: 24}", '{mois: "deux"}', "« mois » : trouvé « deux ».*not a valid integer"),
        (LIGNE, "{mois: 24}", "{mois: -1}", "« mois » : trouvé « -1 ».*greater than or equal to 0"),
        (LIGNE, "['13', '14', '15']", '"13, 14"', "« divisions » : divisions : .*not a valid list"),
        (LIGNE, "column: effectif_nombre,", "colonne: effectif_nombre,", "« colonne » : trouvé « effectif_nombre »"),
    ],
)
def test_une_expectation_que_la_bibliotheque_ecarterait_est_refusee(
    tmp_path: Path, fichier: str, avant: str, apres: str, dit: str
) -> None:
    """Great Expectations leaves it out with a log line: a check would be lost in silence."""
    read = lire_suites(fabrique.nomenclatures(), modifier(tmp_path, fichier, avant, apres))
    with fabrique.refus(dit):
        evaluer(read, tables_de_lignes(barometre(fabrique.lignes({}), RELEVE), None))


def test_une_mesure_qui_leve_n_est_ni_un_succes_ni_un_echec(
    tmp_path: Path, suites: tuple[Suite, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One record of what was raised, or one for each metric: a column that is not there, then a metric that breaks."""
    tables = tables_de_lignes(barometre(fabrique.lignes({}), RELEVE), None)
    unknown = modifier(tmp_path, LIGNE, "column: effectif_nombre", "column: effectifs")
    with pytest.raises(RuntimeError, match=r"effectif_hors_norme, .*effectifs"):
        evaluer(lire_suites(fabrique.nomenclatures(), unknown), tables)

    def breaks(cellules: pd.Series) -> pd.Series:
        raise ValueError("mesure cassée")

    monkeypatch.setattr(attentes.ligne.ExpectSiretValide, "tenir", breaks)
    with pytest.raises(RuntimeError, match=r"siret\.valide, .*mesure cassée"):
        evaluer(suites, tables)


def test_une_expectation_de_la_galerie_s_ajoute_au_fichier(tmp_path: Path) -> None:
    """With its arguments alone; one on a whole table shows no row."""
    folder = modifier(tmp_path, LIGNE, "expectations:\n", "expectations:\n" + GALERIE)
    read = lire_suites(fabrique.nomenclatures(), folder)
    tables = tables_de_lignes(barometre(fabrique.lignes({"emplois": 3}, {"emplois": 50}), RELEVE), None)
    results = etablir_resultats(read, tables, evaluer(read, tables))
    found = {one.controle.nom: one for one in results if one.constats}
    assert [one.reference for one in found["emplois_nombre.column_values_to_be_between"].constats] == ["M-0002"]
    assert found["emplois_nombre.column_values_to_be_between"].controle.gravite is Gravite.BLOQUANT
    mean = found["emplois_nombre.column_mean_to_be_between"]
    assert [(one.reference, one.fichier) for one in mean.constats] == [("emplois_nombre.column_mean_to_be_between", "")]


GALERIE = """\
  - type: expect_column_values_to_be_between
    kwargs: {column: emplois_nombre, max_value: 10}
  - type: expect_column_mean_to_be_between
    kwargs: {column: emplois_nombre, max_value: 10}
    severity: warning
"""


def test_une_raison_tombe_avec_chaque_valeur_que_le_controle_a_lue(suites: tuple[Suite, ...]) -> None:
    examined = 0
    for suite in suites:
        for check, expectation in zip(suite.controles, construire(suite), strict=True):
            if check.table not in TABLES_DE_MOUVEMENTS or check.gravite is not Gravite.AVERTISSEMENT:
                continue
            named = [getattr(expectation, name, None) for name in ("column", "column_A", "column_B")]
            named += getattr(expectation, "column_list", None) or []
            read = {TYPEES.get(name, name) for name in named} & set(NOMS_COLONNES)
            examined += len(read) > 1
            # The identifier is the finding's own reference.
            assert read - {"id_mouvement"} <= set(check.champs), check.nom
    assert examined >= 10


def test_changer_un_seuil_est_changer_une_ligne(tmp_path: Path, suites: tuple[Suite, ...]) -> None:
    changed = lire_suites(fabrique.nomenclatures(), modifier(tmp_path, LIGNE, "{rapport: 5}", "{rapport: 2}"))
    tables = tables_de_lignes(barometre(fabrique.lignes({"effectif": 21, "emplois": 50}), RELEVE), None)
    found = [fautives(read, "emplois_disproportionnes", tables) for read in (suites, changed)]
    assert found == [[], ["M-0001"]]


def test_le_contrat_est_bloquant_et_dit_dans_les_suites_ce_qu_il_dit_a_la_lecture(suites: tuple[Suite, ...]) -> None:
    checks = {one.nom: one for suite in suites for one in suite.controles}
    asked = exigences(fabrique.nomenclatures())
    assert len(asked) == 49
    for one in asked:
        check = checks[one.nom]
        assert (check.gravite, check.colonne) == (Gravite.BLOQUANT, one.colonne)
        assert " ".join(check.attendu.split()) == " ".join(typographier(one.attendu).split()), one.nom
    entries = {one["meta"]["nom"]: one["kwargs"] for suite in suites for one in suite.fichier.donnees["expectations"]}
    for name in TEXTES_LIBRES:
        for kind, pattern in (("caracteres", CACHES), ("encodage", ABIMES)):
            written = entries[f"{name}.{kind}"]["regex"]
            assert repr(_parser.parse(written)) == repr(_parser.parse(pattern.pattern))


# Acknowledgements


EN_AVANCE = [{"date_effet": "2025-01-01"}, {"date_effet": "2025-02-01"}, {}]
AVANCE = "realise_apres_releve"


def bilan(rows: list[dict[str, str]], *acquittements: Acquittement) -> Bilan:
    return examiner(fabrique.barometre(rows, RELEVE), acquittements)


def attendus(found: Bilan) -> list[str]:
    return [one.reference for result in found.arrets for one in result.en_attente]


@pytest.mark.parametrize(
    ("change", "attendus_", "inutile", "tombe"),
    [
        ({}, [], False, False),
        ({"origine": Releve.lire(PRECEDENTE)}, [], False, False),
        ({"decision": Decision.A_REVOIR}, ["M-0001", "M-0002"], False, False),
        ({"decision": Decision.CORRIGE}, ["M-0001", "M-0002"], False, False),
        ({"empreinte": "0" * 16}, ["M-0001", "M-0002"], False, True),
        ({"empreinte": "0" * 16, "decision": Decision.A_REVOIR}, ["M-0001", "M-0002"], False, False),
        ({"controle": "annonce_echue"}, ["M-0001", "M-0002"], True, False),
        ({"controle": "annonce_echue", "origine": Releve.lire(PRECEDENTE)}, ["M-0001", "M-0002"], False, False),
        ({"controle": "annonce_echue", "decision": Decision.CORRIGE}, ["M-0001", "M-0002"], False, False),
    ],
)
def test_un_avertissement_arrete_tant_qu_il_n_est_pas_justifie(
    change: dict[str, Any], attendus_: list[str], inutile: bool, tombe: bool
) -> None:
    rows = fabrique.lignes(*EN_AVANCE)
    given = fabrique.justifier(bilan(rows), **change)
    found = bilan(rows, *given)
    assert attendus(found) == attendus_
    assert found.sans_objet == (tuple(given) if inutile else ())
    fallen = {name for result in found.resultats for name in result.tombees}
    assert fallen == ({"M-0001", "M-0002"} if tombe else set())


def test_une_ligne_de_plus_arrete_et_ce_qui_ne_sert_plus_se_dit() -> None:
    first, second = fabrique.justifier(bilan(fabrique.lignes(*EN_AVANCE)))
    assert attendus(bilan(fabrique.lignes(*EN_AVANCE), first)) == ["M-0002"]
    assert bilan(fabrique.lignes(EN_AVANCE[0]), first, second).sans_objet == (second,)


def test_une_decision_plus_recente_l_emporte_et_une_valeur_revenue_la_rend() -> None:
    rows = fabrique.lignes(*EN_AVANCE)
    kept = fabrique.justifier(bilan(rows))
    old = [replace(one, origine=Releve.lire(PRECEDENTE)) for one in kept]
    opened = [replace(one, decision=Decision.A_REVOIR) for one in kept]
    assert attendus(bilan(rows, *opened, *old)) == ["M-0001", "M-0002"]
    other = [replace(one, empreinte="0" * 16) for one in kept]
    assert attendus(bilan(rows, *other, *old)) == []


def test_un_defaut_bloquant_ne_s_acquitte_pas() -> None:
    rows = fabrique.lignes({"siret": "00011100000015"})
    (stopped,) = bilan(rows).arrets
    (fault,) = stopped.constats
    given = Acquittement("siret.valide", "M-0001", fault.empreinte, Decision.JUSTIFIE, "Relu.", Releve.lire(RELEVE))
    found = bilan(rows, given)
    assert [result.controle.nom for result in found.arrets] == ["siret.valide"]
    assert found.sans_objet == (given,)


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_acquittements_de_la_demonstration_servent_tous(releve: str, charger: Any) -> None:
    found, own = examiner(charger(releve)), lire_fichier(Releve.lire(releve))
    assert found.arrets == []
    assert found.sans_objet == ()
    assert own and all(len(one.raison) > 60 and one.justifie for one in own)


def test_le_refus_dit_combien_et_ou_y_travailler(tmp_path: Path) -> None:
    """Short, and nothing of the cells."""
    given = ({"commentaire": "SECRET"}, {"date_effet": "2025-01-01"}, *[{"date_effet": "2025-03-01"}] * 60)
    with pytest.raises(ControleRefuse) as refused:
        controler_releve(RELEVE, fabrique.ecrire_releve(tmp_path, fabrique.lignes(*given)))
    said = re.sub("[\u00a0\u202f]", " ", str(refused.value)).splitlines()
    label = "mouvement réalisé à une date que la relève ne couvre pas encore"
    assert said[0] == f"Avertissement realise_apres_releve : {label} ; 61 à relire."
    assert "« barometre controler 2024-S2 --avertissements DIR » en fait des classeurs" in said[-1]
    assert "SECRET" not in "".join(said) and len(said) < 5


def test_le_refus_dit_ce_qui_est_tombe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = fabrique.petite_racine(tmp_path)
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    rows = fabrique.lignes(*EN_AVANCE)
    given = fabrique.justifier(bilan(rows), origine=Releve.lire(PRECEDENTE))
    fabrique.ecrire_acquittements(root, PRECEDENTE, given)
    fabrique.ecrire_releve(root / "data" / "releves", rows)
    assert controler_releve(RELEVE).arrets == []
    rows[0]["date_effet"] = "2025-01-02"
    fabrique.ecrire_releve(root / "data" / "releves", rows)
    with fabrique.refus(
        "1 à relire.\nUne valeur a changé depuis que M-0001 a été justifié en 2024-S1.\n1 avert", ControleRefuse
    ):
        controler_releve(RELEVE)


def test_une_demonstration_ne_se_compare_pas_a_une_releve_reelle(tmp_path: Path) -> None:
    fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), PRECEDENTE)
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), RELEVE, demonstration=None)
    with fabrique.refus("2024-S1 est une démonstration et 2024-S2 non"):
        controler_releve(RELEVE, folder)
