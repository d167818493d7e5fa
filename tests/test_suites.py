"""The suites: what each check finds and lets pass, how a suite is read, what an acknowledgement and a correction do."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fabrique
import pandas as pd
import pytest
import yaml

from barometre_lib import Barometre
from barometre_lib.parametres.edition import Acquittement, lire_edition
from barometre_lib.qualite.adaptateur import juger
from barometre_lib.qualite.bilan import Bilan, etablir_resultats
from barometre_lib.qualite.controle import controler_releve, examiner
from barometre_lib.qualite.predicats.egalites import EMBOITEMENTS, table_egalites
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.qualite.suites import Gravite, Suite, lire_suites
from barometre_lib.qualite.tables import construire_tables, table_mouvements, tables_de_lignes
from barometre_lib.vocabulaire import Releve

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


@pytest.mark.parametrize("cas", CAS, ids=nommer)
def test_un_controle_trouve_ce_qu_il_doit_et_rien_d_autre(cas: Cas, suites: tuple[Suite, ...]) -> None:
    before = None
    if cas.precedente is not None:
        before = barometre(fabrique.lignes(*cas.precedente), PRECEDENTE, cas.couverture_avant)
    (check,) = (one for suite in suites for one in suite.controles if one.nom == cas.controle)
    # Sums are long to compare, and no check of rows reads them.
    build = construire_tables if check.table == "regions" else tables_de_lignes
    tables = build(barometre(cas.rows, RELEVE, cas.couverture), before)
    table = tables[check.table]
    mask = check.fautif(table)
    assert mask.dtype == bool and mask.index.equals(table.index)
    assert sorted(table.loc[mask, "reference"]) == sorted(cas.fautifs)


def test_chaque_controle_a_un_cas_fautif_et_un_cas_juste(suites: tuple[Suite, ...]) -> None:
    tables = {one.nom: one.table for suite in suites for one in suite.controles}
    checks = {name for name, table in tables.items() if table not in ("textes", "egalites")}
    assert {cas.controle for cas in CAS} == checks
    for name in checks:
        cases = [cas for cas in CAS if cas.controle == name]
        assert any(cas.fautifs for cas in cases), name
        # Every case about regions has 17 that are not at fault.
        assert tables[name] == "regions" or any(len(cas.fautifs) < len(cas.rows) for cas in cases), name


@pytest.mark.parametrize("avec_precedente", [True, False])
def test_great_expectations_et_les_predicats_s_accordent(avec_precedente: bool, suites: tuple[Suite, ...]) -> None:
    """On the rows of all cases together, and on tables without a row."""
    checks = [one for suite in suites for one in suite.controles if one.table != "textes"]
    every = fabrique.lignes(*(one for cas in CAS if not cas.partout for one in cas.lignes if "id_mouvement" not in one))
    before = barometre(every[:5], PRECEDENTE) if avec_precedente else None
    for rows in (every, []):
        tables = construire_tables(barometre(rows, RELEVE), before)
        found = {check.nom: not check.fautif(tables[check.table]).any() for check in checks}
        assert juger(tables, checks) == found


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
    looked_at = {one.controle.nom: one.lignes for one in bilan(fabrique.lignes({})).resultats}
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


@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "dit"),
    [
        ("3_coherence_ligne.yaml", "gravite: avertissement", "gravite: grave", "gravite.*trouvé « grave »"),
        (
            "3_coherence_ligne.yaml",
            "colonne: date_effet",
            "colonne: date",
            "« date » ; attendu une colonne du registre",
        ),
        ("3_coherence_ligne.yaml", "{mois: 24}", "{jours: 24}", "annonce_ancienne.*parametres.*attendu mois"),
        ("3_coherence_ligne.yaml", "    parametres: {mois: 24}\n", "", "annonce_ancienne.*attendu mois"),
        (
            "3_coherence_ligne.yaml",
            "annonce_echue:",
            "annonce_perdue:",
            "« annonce_perdue » : attendu l'un des prédicats",
        ),
        (
            "3_coherence_ligne.yaml",
            "  annonce_echue:\n    gravite",
            "  annonce_echue:\n    severite",
            "attendu gravite",
        ),
        (
            "3_coherence_ligne.yaml",
            "libelle: Cohérence",
            "titre: Cohérence",
            "« titre » : entrée inconnue ; attendu libelle",
        ),
        (
            "3_coherence_ligne.yaml",
            "{mois: 24}",
            '{mois: "24"}',
            "annonce_ancienne.*« mois » : trouvé « 24 ».*un entier",
        ),
        ("3_coherence_ligne.yaml", "        textile:", "        textil:", "attendu pour chaque sous-secteur"),
        ("3_coherence_ligne.yaml", '["13", "14", "15"]', '"13, 14"', "attendu pour chaque sous-secteur"),
        ("4_coherence_registre.yaml", "{maille: region}", "{maille: regions}", "attendu l'un de commune, region"),
        ("5_evolution.yaml", "statut: effectif", "statut: réalisé", "attendu l'un de effectif, annonce"),
        ("6_sorties.yaml", "{egalite: regions_et_france}", "{egalite: regions_france}", "attendu l'un de regions_et"),
        ("4_coherence_registre.yaml", "  deja_compte:", "  annonce_echue:", "annonce_echue.*figure deux fois"),
        ("1_structure.yaml", "  unique: Identifiants uniques dans la relève\n", "", "id_mouvement.unique.*restaurez"),
        ("1_structure.yaml", "  unique:", "  unicite:", "« exigences », « unicite » : trouvé.*attendu l'une de rempli"),
        ("6_sorties.yaml", "controles:", "controles: rien\nautres:", "attendu libelle"),
    ],
)
def test_une_suite_mal_ecrite_est_refusee(tmp_path: Path, fichier: str, avant: str, apres: str, dit: str) -> None:
    folder = modifier(tmp_path, fichier, avant, apres)
    with fabrique.refus(dit):
        lire_suites(fabrique.nomenclatures(), folder)


def test_changer_un_seuil_est_changer_une_ligne(tmp_path: Path, suites: tuple[Suite, ...]) -> None:
    changed = lire_suites(
        fabrique.nomenclatures(), modifier(tmp_path, "3_coherence_ligne.yaml", "{rapport: 5}", "{rapport: 2}")
    )
    rows = table_mouvements(barometre(fabrique.lignes({"effectif": 21, "emplois": 50}), RELEVE))
    found = {}
    for name, read in (("official", suites), ("changed", changed)):
        (check,) = (one for suite in read for one in suite.controles if one.nom == "emplois_disproportionnes")
        found[name] = check.fautif(rows).sum()
    assert found == {"official": 0, "changed": 1}


def test_le_contrat_est_bloquant_et_complet(suites: tuple[Suite, ...]) -> None:
    contract = [one for suite in suites for one in suite.controles if one.table == "textes"]
    assert len(contract) == 47
    assert {one.gravite for one in contract} == {Gravite.BLOQUANT}


# Acknowledgements


def bilan(rows: list[dict[str, str]], *acquittements: Acquittement) -> Bilan:
    return examiner(fabrique.editer(fabrique.barometre(rows, RELEVE), acquittements=acquittements))


EN_AVANCE = [{"date_effet": "2025-01-01"}, {"date_effet": "2025-02-01"}, {}]


@pytest.mark.parametrize(
    ("acquittement", "attendus"),
    [
        (Acquittement("realise_apres_releve", ("M-0001", "M-0002"), None, "vu"), []),
        (Acquittement("", ("M-0001", "M-0002"), None, "vu"), []),
        (Acquittement("realise_apres_releve", (), 2, "vu"), []),
        (Acquittement("realise_apres_releve", ("M-0001",), None, "vu"), ["M-0002"]),
        (Acquittement("realise_apres_releve", (), 1, "vu"), ["M-0001", "M-0002"]),
        (Acquittement("realise_apres_releve", (), 3, "vu"), ["M-0001", "M-0002"]),
        (Acquittement("annonce_echue", ("M-0001",), None, "vu"), ["M-0001", "M-0002"]),
        (Acquittement("", ("M-0003",), None, "vu"), ["M-0001", "M-0002"]),
    ],
)
def test_un_avertissement_arrete_tant_qu_il_n_est_pas_acquitte(acquittement: Acquittement, attendus: list[str]) -> None:
    found = bilan(fabrique.lignes(*EN_AVANCE), acquittement)
    waiting = [one.reference for result in found.arrets for one in result.en_attente]
    assert waiting == attendus
    covers_nothing = attendus == ["M-0001", "M-0002"]
    assert found.sans_objet == ((acquittement,) if covers_nothing else ())


def test_ce_qui_ne_sert_plus_dans_un_acquittement_est_dit() -> None:
    given = Acquittement("realise_apres_releve", ("M-0001", "M-0002", "FAUTE"), None, "vu")
    found = bilan(fabrique.lignes(*EN_AVANCE), given)
    assert found.arrets == []
    assert [one.references for one in found.sans_objet] == [("FAUTE",)]


def test_une_reference_seule_est_celle_d_un_mouvement() -> None:
    """A region whose code would be the identifier of a movement is not acknowledged with it."""
    rows = fabrique.lignes({"id_mouvement": "84", "date_effet": "2025-01-01"})
    before = barometre(fabrique.lignes({"id_mouvement": "84"}, {"id_mouvement": "A"}), PRECEDENTE)
    tables = construire_tables(barometre(rows, RELEVE), before)
    results, _ = etablir_resultats(
        lire_suites(fabrique.nomenclatures()), tables, (Acquittement("", ("84", "A"), None, "vu"),)
    )
    assert [one.controle.nom for one in results if one.arrete] == ["registre_retreci"]


def test_un_defaut_bloquant_ne_s_acquitte_pas() -> None:
    rows = fabrique.lignes({"siret": "00011100000015"})
    found = bilan(rows, Acquittement("siret.valide", ("M-0001",), None, "vu"))
    assert [result.controle.nom for result in found.arrets] == ["siret.valide"]
    assert len(found.sans_objet) == 1


@pytest.mark.parametrize(
    ("entree", "dit"),
    [
        ('{controle: x, raison: "vu"}', " : attendu des « references »"),
        ('{references: ["A"]}', ", « raison » : trouvé rien"),
        ('{references: ["A"], raison: "  "}', ", « raison » : trouvé"),
        ('{references: [], raison: "vu"}', " : attendu des « references »"),
        ('{references: [84], raison: "vu"}', ", « references » n° 1 : trouvé « 84 » ; attendu un texte"),
        ('{nombre: 3, raison: "vu"}', " : attendu des « references »"),
        ('{controle: x, nombre: 0, raison: "vu"}', ", « nombre » : trouvé « 0 » ; attendu un nombre entier"),
        ('{controle: x, nombre: true, raison: "vu"}', ", « nombre » : trouvé « True » ; attendu un nombre entier"),
        ('{controle: x, nombre: 3, references: ["A"], raison: "vu"}', " : attendu des « references »"),
        ('{controle: x, nombre: 3, raison: "vu", auteur: "moi"}', ", « auteur » : entrée inconnue"),
        ("texte", " : trouvé « texte » ; attendu les entrées controle, references, nombre, raison"),
    ],
)
def test_un_acquittement_mal_ecrit_est_refuse(entree: str, dit: str, tmp_path: Path) -> None:
    (tmp_path / "releves").mkdir()
    official = (fabrique.RACINE / "params" / "releves" / "2024-S2.yaml").read_text(encoding="utf-8")
    text = official[: official.index("acquittements:")] + f"acquittements:\n  - {entree}\n"
    (tmp_path / "releves" / "2024-S2.yaml").write_text(text, encoding="utf-8")
    with fabrique.refus(f"2024-S2.yaml, ligne [0-9]+, « acquittements » n° 1{dit}"):
        lire_edition(Releve.lire(RELEVE), nomenclatures=fabrique.nomenclatures(), dossier=tmp_path)


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_acquittements_de_la_demonstration_servent_tous(releve: str, charger: Any) -> None:
    found = examiner(charger(releve))
    assert found.arrets == []
    assert found.sans_objet == ()
    assert all(len(one.raison) > 60 for one in charger(releve).edition.acquittements)
    assert all(one.references for one in charger(releve).edition.acquittements)


def test_un_avertissement_dit_la_ligne_et_ce_qu_il_faut_faire(tmp_path: Path) -> None:
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({"commentaire": "SECRET"}, {"date_effet": "2025-01-01"}))
    with fabrique.refus(
        r"Avertissement realise_apres_releve : mouvement réalisé à une date.*; attendu une date d'effet.*\n"
        r"  .*2024-S2/84\.csv, ligne 3, M-0002\n"
        r"1 avertissement à corriger.*params/releves/2024-S2\.yaml.*\n"
        r'  - \{controle: realise_apres_releve, references: \["M-0002"\]',
        ControleRefuse,
    ):
        controler_releve(RELEVE, folder)


def test_le_refus_donne_de_quoi_acquitter_chaque_ligne(tmp_path: Path) -> None:
    """Identifiers, ready to be copied: a row that takes the place of another is then seen."""
    rows = fabrique.lignes({"date_effet": "2025-01-01"}, {"date_effet": "2025-02-01"}, {"emplois": 900})
    with pytest.raises(ControleRefuse) as refused:
        controler_releve(RELEVE, fabrique.ecrire_releve(tmp_path, rows))
    _, _, given = str(refused.value).partition("par exemple\u00a0:\n")
    entries = [
        Acquittement(nombre=None, **{**one, "references": tuple(one["references"])}) for one in yaml.safe_load(given)
    ]
    assert Acquittement("realise_apres_releve", ("M-0001", "M-0002"), None, "…") in entries
    assert bilan(rows, *entries).arrets == []
    rows[1]["date_effet"], rows[2]["date_effet"] = "2024-01-01", "2025-01-01"
    (stopped,) = bilan(rows, *entries).arrets
    assert [one.reference for one in stopped.en_attente] == ["M-0003"]


def test_une_demonstration_ne_se_compare_pas_a_une_releve_reelle(tmp_path: Path) -> None:
    fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), PRECEDENTE)
    folder = fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), RELEVE, demonstration=None)
    with fabrique.refus("2024-S1 est une démonstration et 2024-S2 non"):
        controler_releve(RELEVE, folder)
