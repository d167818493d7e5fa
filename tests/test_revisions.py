"""Revisions: what changed between two relèves, step by step, and which relève first published a period."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import fabrique
import lecture
import pandas as pd
import pytest
from console import lancer
from hypothesis import given, settings
from hypothesis import strategies as st

from barometre_lib import Barometre, restitution
from barometre_lib.comptage import ErreurAdditivite
from barometre_lib.ecriture import en_csv
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.parametres.rapprochements import COMPAREES
from barometre_lib.registre.corrections import Correction
from barometre_lib.registre.derivation import DERIVEES, deriver
from barometre_lib.regles import REGLES, decider, decision
from barometre_lib.revisions import (
    CAUSES,
    COLONNES_REVISIONS,
    Cause,
    Cote,
    autres_libelles,
    libelle_cause,
    nommer_corriges,
    resumer_revisions,
    reviser,
)
from barometre_lib.revisions.chaine import CELLULE
from barometre_lib.revisions.decomposition import verifier
from barometre_lib.revisions.etapes import ETAPES, LUES
from barometre_lib.typographie import NOMBRES
from barometre_lib.vocabulaire import MESURES_BRUTES, NOMS_COLONNES, Motif, Releve

MESURES = [*MESURES_BRUTES, "solde_net"]
CELLULES = ["periode", "region", "departement", "sous_secteur"]


@pytest.fixture
def deux_releves(tmp_path: Path) -> Callable[..., Barometre]:
    """Write 2024-S1 then 2024-S2, each from sets of differences with the usual row, and load the later one."""

    def write(before: list[dict[str, Any]], after: list[dict[str, Any]], **options: Any) -> Barometre:
        fabrique.ecrire_releve(tmp_path, fabrique.lignes(*before), "2024-S1")
        fabrique.ecrire_releve(tmp_path, fabrique.lignes(*after), "2024-S2", **options)
        return Barometre.charger("2024-S2", registre=tmp_path)

    return write


def cote(rows: Sequence[dict[str, Any]], releve: str) -> Cote:
    """Return a relève made of sets of differences with the usual row, without a file."""
    return fabrique.barometre(fabrique.lignes(*rows), releve).cote


def comparer(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return what changed from 2024-S1 to 2024-S2."""
    return reviser(cote(before, "2024-S1"), cote(after, "2024-S2"))


def site(rank: int, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of a site of its own, whatever its name, firm and SIRET become."""
    letters = "abcdefghij"[rank // 10] + "abcdefghij"[rank % 10]
    return [
        one
        | {
            "id_mouvement": f"{rank}_{one.get('id_mouvement', number)}",
            "nom_site": f"{one.get('nom_site', 'Usine')} {letters}",
            "entreprise": f"{firm} {rank}" if (firm := one.get("entreprise", "Dormans")) else "",
            "siret": f"{rank:013d}{siret}" if (siret := one.get("siret")) else "",
        }
        for number, one in enumerate(rows)
    ]


def dire(revisions: pd.DataFrame) -> list[str]:
    """Return each row in a few words: period, département, cause, sign of what it brings, `< origin` if it has one."""
    return [
        f"{one.periode} {one.departement} {one.id_mouvement} {one.cause} {one.solde_net:+d}"
        + (f" < {one.id_origine}" if one.induit == "oui" else "")
        + (f" ({one.autres_causes})" if one.autres_causes else "")
        for one in revisions.itertuples()
    ]


def sommer(*revisions: pd.DataFrame) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return what revisions come to, by cell, without those where they come to nothing."""
    summed = pd.concat(revisions).groupby(CELLULES)[list(MESURES_BRUTES)].sum()
    return {key: values for key, *values in summed[summed.any(axis=1)].itertuples(name=None)}


PRESSE = {"source": "presse", "date_effet": "2024-06-20"}
EXTENSION = {"type_mouvement": "extension"}
# Each way in which movements may change: rows before, rows after (a row that is not there is None), what is said.
CAS: dict[str, tuple[list[dict[str, Any] | None], list[dict[str, Any] | None], list[str]]] = {
    "rien ne change": ([{}], [{}], []),
    "ce qui ne compte pas change": ([{"emplois": 3}], [{"emplois": 30, "nom_site": "Autre nom"}], []),
    "signale apres coup": ([], [{}], ["2024-S1 69 M-0001 detection +1"]),
    "signale apres coup, ecarte": ([], [{"effectif": 3}], []),
    "retire": ([{}], [], ["2024-S1 69 M-0001 retrait -1"]),
    "annonce devenue effective": ([{"statut": "annonce"}], [{}], ["2024-S1 69 M-0001 realisation +1"]),
    "projet repris": ([{"statut": "abandonne"}], [{}], ["2024-S1 69 M-0001 realisation +1"]),
    "redevenu annonce": ([{}], [{"statut": "annonce"}], ["2024-S1 69 M-0001 annulation -1"]),
    "date videe": ([{}], [{"date_effet": None}], ["2024-S1 69 M-0001 annulation -1"]),
    "abandonne": ([{}], [{"statut": "abandonne"}], ["2024-S1 69 M-0001 abandon -1"]),
    "date renseignee": ([{"date_effet": None}], [{}], ["2024-S1 69 M-0001 date_renseignee +1"]),
    "effectif sous le seuil": ([{}], [{"effectif": 20}], ["2024-S1 69 M-0001 effectif_corrige -1"]),
    "effectif connu": ([{"effectif": None}], [{}], ["2024-S1 69 M-0001 effectif_renseigne +1"]),
    "effectif retire": ([{}], [{"effectif": None}], ["2024-S1 69 M-0001 effectif_retire -1"]),
    "hors du champ": ([{}], [{"code_naf": "46.90Z"}], ["2024-S1 69 M-0001 champ -1"]),
    "ampleur jugee": ([EXTENSION], [EXTENSION | {"assimilable_site": "oui"}], ["2024-S1 69 M-0001 significativite +1"]),
    "signe renverse": ([{}], [{"type_mouvement": "fermeture"}], ["2024-S1 69 M-0001 requalification -2"]),
    "date corrigee": (
        [{}],
        [{"date_effet": "2023-11-02"}],
        ["2023-S2 69 M-0001 date +1", "2024-S1 69 M-0001 date -1"],
    ),
    "date repoussee apres la releve d'avant": (
        [{}],
        [{"date_effet": "2024-07-01"}],
        ["2024-S1 69 M-0001 date -1", "2024-S2 69 M-0001 periode_nouvelle +1 (date)"],
    ),
    "region corrigee": (
        [{}],
        [{"code_commune": "2A004"}],
        ["2024-S1 69 M-0001 lieu -1", "2024-S1 2A M-0001 lieu +1"],
    ),
    "departement corrige": (
        [{}],
        [{"code_commune": "38185"}],
        ["2024-S1 38 M-0001 lieu_departement +1", "2024-S1 69 M-0001 lieu_departement -1"],
    ),
    "secteur corrige": (
        [{}],
        [{"sous_secteur": "chimie"}],
        ["2024-S1 69 M-0001 secteur +1", "2024-S1 69 M-0001 secteur -1"],
    ),
    "periode nouvelle": ([], [{"date_effet": "2024-09-01"}], ["2024-S2 69 M-0001 periode_nouvelle +1 (detection)"]),
    "annonce realisee dans une periode nouvelle": (
        [{"statut": "annonce", "date_effet": None}],
        [{"date_effet": "2024-09-01"}],
        ["2024-S2 69 M-0001 periode_nouvelle +1 (realisation)"],
    ),
    "l'effet est a l'etape qui l'a, les autres causes sont dites": (
        [{"statut": "annonce", "effectif": None}],
        [{}],
        ["2024-S1 69 M-0001 effectif_renseigne +1 (realisation)"],
    ),
    "une voisine qui change fait bouger celle qui ne change pas": (
        [{}, {"statut": "annonce", "date_effet": "2024-03-01"}],
        [{}, {"date_effet": "2024-03-01", "sous_secteur": "chimie"}],
        [
            "2024-S1 69 M-0002 secteur +1 (realisation)",
            "2024-S1 69 M-0001 realisation -1 < M-0002",
            "2024-S1 69 M-0002 realisation +1 (secteur)",
            "2024-S1 69 M-0002 secteur -1 (realisation)",
        ],
    ),
    "une voisine retiree": (
        [{"sous_secteur": "chimie"}, {"date_effet": "2024-04-01"}],
        [None, {"date_effet": "2024-04-01"}],
        ["2024-S1 69 M-0001 retrait -1", "2024-S1 69 M-0002 retrait +1 < M-0001"],
    ),
    "une meilleure source, plus tard, date l'evenement": (
        [PRESSE],
        [PRESSE, {"source": "dreal", "date_effet": "2024-07-05"}],
        [
            "2024-S1 69 M-0001 evenement_redate -1 < M-0002",
            "2024-S2 69 M-0002 periode_nouvelle +1 (detection)",
        ],
    ),
    "le site est mieux identifie": (
        [{}, {"nom_site": "Autre", "date_effet": "2024-04-01"}],
        [{}, {"date_effet": "2024-04-01"}],
        ["2024-S1 69 M-0002 identite -1"],
    ),
    "une source corrigee change la date de l'evenement": (
        [{}, {"date_effet": "2024-04-01", "sous_secteur": "chimie"}],
        [{}, {"date_effet": "2024-04-01", "sous_secteur": "chimie", "source": "dreal"}],
        ["2024-S1 69 M-0002 source +1", "2024-S1 69 M-0001 source -1 < M-0002"],
    ),
    "identifiant change": ([{"id_mouvement": "A"}], [{"id_mouvement": "B", "date_effet": "2024-03-20"}], []),
    "identifiant change, et autre chose": (
        [{"id_mouvement": "A"}],
        [{"id_mouvement": "B", "effectif": 3}],
        ["2024-S1 69 A effectif_corrige -1 (identifiant_change)"],
    ),
    "identifiant change, deux candidats": (
        [{"id_mouvement": "A"}],
        [{"id_mouvement": "B"}, {"id_mouvement": "C", "date_effet": "2024-04-10"}],
        ["2024-S1 69 A retrait -1 (identifiant_incertain)", "2024-S1 69 B detection +1 (identifiant_incertain)"],
    ),
    "passee et revenue, sans ligne": (
        [{}],
        [{"code_naf": "27.20Y", "date_effet": "2024-03-16"}],
        [],
    ),
}


@cache
def revisions_des_cas() -> pd.DataFrame:
    """Return what changes in all the cases, each on a site of its own, in one relève."""
    sides: list[list[dict[str, Any]]] = [[], []]
    for rank, case in enumerate(CAS.values()):
        for rows, told in zip(sides, case[:2], strict=True):
            numbered = [{"id_mouvement": f"M-{n:04d}"} | one for n, one in enumerate(told, 1) if one is not None]
            rows.extend(site(rank, numbered))
    return comparer(*sides)


@pytest.mark.parametrize("cas", CAS, ids=fabrique.identifiant)
def test_ce_qui_change_et_pourquoi(cas: str) -> None:
    revised, said, rank = revisions_des_cas(), CAS[cas][2], [*CAS].index(cas)
    told = dire(revised[revised["id_mouvement"].str.startswith(f"{rank}_")])
    assert [line.replace(f"{rank}_", "") for line in told] == said


def test_les_colonnes_disent_les_deux_verdicts(deux_releves: Callable[..., Barometre]) -> None:
    barometre = deux_releves(
        [{"nom_site": "A"}, {"nom_site": "B", "statut": "annonce"}],
        [{"nom_site": "A", "effectif": 2}, {"nom_site": "B"}, {"nom_site": "C"}],
    )
    revised = barometre.revisions()
    assert list(revised.columns) == list(COLONNES_REVISIONS)
    said = revised[["id_mouvement", "motif_avant", "motif_apres", "secteur", "induit"]].to_numpy().tolist()
    assert said == [
        ["M-0001", "compte", "sous_seuil", "electronique", "non"],
        ["M-0002", "non_effectif", "compte", "electronique", "non"],
        ["M-0003", "", "compte", "electronique", "non"],
    ]
    assert barometre.revisions(region="94").empty


# --- the steps ------------------------------------------------------------------------------------


def lues(calcul: Callable[[pd.DataFrame], Any], table: pd.DataFrame) -> set[str]:
    """Return the columns without which a computation fails."""
    needed = set()
    for name in table.columns:
        try:
            calcul(table.drop(columns=name))
        except Exception as error:
            assert name in str(error), error
            needed.add(name)
    return needed


def test_chaque_colonne_que_lisent_les_regles_est_d_une_etape_et_d_une_seule() -> None:
    rows = fabrique.table(fabrique.lignes({}, {"nom_site": "B"}))
    parameters = fabrique.repondre(fabrique.parametres(), rows, [("M-0001", "M-0002", "oui")])
    by_rules = lues(lambda table: decider(table, parameters), rows) | {*CELLULE}
    by_places = lues(lambda table: deriver(table, fabrique.nomenclatures()), rows[list(NOMS_COLONNES)])
    assert by_rules & {*DERIVEES} <= {*LUES}
    taken = [name for one in ETAPES for name in one.colonnes]
    assert len(taken) == len({*taken})
    # Read by nothing today; it goes with the headcount.
    assert {*taken} - {"effectif_au"} == (by_rules | by_places | {*COMPAREES}) - {*DERIVEES}
    assert {*LUES} == (by_rules - {*COMPAREES}) | ({*LUES} & {*COMPAREES})
    assert {*LUES} <= {*taken, *DERIVEES}


def test_les_causes_sont_une_liste_close() -> None:
    assert set(CAUSES) == set(Cause) and len({*CAUSES.values()}) == len(CAUSES)
    assert not any(word in label.lower() for label in CAUSES.values() for word in ("autre ", "divers"))


BASE = [
    {"date_effet": "2024-03-15"},
    {"date_effet": "2024-04-10", "source": "presse"},
    {"date_effet": "2024-05-20", "type_mouvement": "extension", "variation_production": 60},
]
VALEURS: dict[str, list[Any]] = {
    "statut": ["effectif", "annonce", "abandonne"],
    "date_effet": ["2023-09-01", "2024-03-20", "2024-04-12", "2024-06-20", None],
    "code_commune": ["69123", "69266", "38185", "2A004"],
    "code_naf": ["27.20Z", "46.90Z", "10.71C", "28.11Z"],
    "effectif": [None, 0, 15, 21, 80],
    "type_mouvement": ["ouverture", "extension", "fermeture", "reduction"],
    "variation_production": [None, 10, 60],
    "assimilable_site": [None, "oui", "non"],
    "siret": ["", "1", "2"],
    "nom_site": ["Usine", "Atelier"],
    "entreprise": ["Dormans", ""],
    "source": ["dreal", "presse", "autre"],
    "sous_secteur": ["electronique", "chimie"],
}
NATURE, IDENTITE = ("variation_production", "assimilable_site"), ("siret", "nom_site", "entreprise")


def cause_attendue(colonne: str, old: Any, new: Any) -> str:
    """Return the cause of the change of one column, as the table of the contract says it."""
    told = (
        {
            "statut": {"abandonne": "abandon", "effectif": "realisation"}.get(new, "annulation"),
            "date_effet": "date_renseignee" if old is None else "annulation" if new is None else "date",
            "effectif": f"effectif_{'renseigne' if old is None else 'retire' if new is None else 'corrige'}",
            "code_naf": "champ",
            "type_mouvement": "requalification",
            "sous_secteur": "secteur",
            "source": "source",
        }
        | dict.fromkeys(NATURE, "significativite")
        | dict.fromkeys(IDENTITE, "identite")
    )
    if colonne == "code_commune":
        return "lieu" if fabrique.region_de(old) != fabrique.region_de(new) else "lieu_departement"
    return told[colonne]


CHANGEMENT = st.sampled_from(sorted(VALEURS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(VALEURS[name]), st.sampled_from(VALEURS[name]))
)


# Sites do not touch each other: each example holds many of them.
@settings(max_examples=3, derandomize=True, deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(0, 2), CHANGEMENT), min_size=20, max_size=26))
def test_une_valeur_changee_a_sa_cause_et_elle_seule(changements: list[tuple[int, tuple[str, Any, Any]]]) -> None:
    sides: list[list[dict[str, Any]]] = [[], []]
    for rank, (place, (column, *values)) in enumerate(changements):
        for rows, value in zip(sides, values, strict=True):
            rows.extend(site(rank, [one | ({column: value} if place == n else {}) for n, one in enumerate(BASE)]))
    revised = comparer(*sides)
    for row in revised.itertuples():
        rank = int(row.id_mouvement.partition("_")[0])
        place, (column, old, new) = changements[rank]
        edited = f"{rank}_{place}"
        assert row.cause == cause_attendue(column, old, new)
        assert (row.id_mouvement if row.induit == "non" else row.id_origine) == edited
        assert (row.induit == "oui") == (row.id_mouvement != edited)
        assert row.autres_causes == ""


ETATS = st.none() | st.fixed_dictionaries(
    {
        **{name: st.sampled_from(values) for name, values in VALEURS.items()},
        # Of one firm, so that an identifier is never taken for another site; over three relèves.
        "entreprise": st.just("Dormans"),
        "date_effet": st.sampled_from(["2023-09-01", "2024-06-20", "2024-07-05", "2025-02-01", None]),
        "effectif": st.sampled_from([21, 80, None]),
        "statut": st.sampled_from(["effectif", "effectif", "annonce"]),
        "code_naf": st.sampled_from(["27.20Z", "27.20Z", "46.90Z"]),
    }
)
TROIS = ("2024-S1", "2024-S2", "2025-S1")


@settings(max_examples=3, derandomize=True, deadline=None, database=None)
@given(st.lists(st.lists(st.tuples(ETATS, ETATS, ETATS), min_size=1, max_size=3), min_size=8, max_size=12))
def test_quoi_qui_change_les_etapes_font_l_ecart(sites: list[list[tuple[dict[str, Any] | None, ...]]]) -> None:
    sides = []
    for place, releve in enumerate(TROIS):
        rows = [
            row
            for rank, told in enumerate(sites)
            for number, one in enumerate(told)
            if (state := one[place]) is not None
            for row in site(rank, [state | {"id_mouvement": number}])
        ]
        sides.append(cote(rows, releve))
    one, two, three = sides
    first, second, whole = reviser(one, two), reviser(two, three), reviser(one, three)
    assert sommer(first, second) == sommer(whole)
    for revised, before, after in ((first, one, two), (second, two, three), (whole, one, three)):
        verifier(revised, before.cellules, after.cellules)
        assert set(revised["cause"]) <= set(Cause)
        new = revised["periode"] > str(before.releve)
        assert (revised["cause"] == "periode_nouvelle").equals(new)
        assert (revised.loc[revised["cause"] == "evenement_redate", "induit"] == "oui").all()
        origins = revised.loc[revised["induit"] == "oui", "id_origine"]
        assert {*origins} <= {*after.decisions["id_mouvement"], *before.decisions["id_mouvement"]}


@pytest.mark.parametrize(("before", "after"), list(combinations(fabrique.RELEVES, 2)), ids="-".join)
def test_les_sommes_sont_l_ecart_des_comptes(before: str, after: str, charger: Callable[[str], Barometre]) -> None:
    revised = depuis(charger, before, after)
    for keys in (["semestre"], ["semestre", "departement", "sous_secteur"], ["semestre", "region", "secteur"]):
        sums = revised.rename(columns={"periode": "semestre"}).groupby(keys)[MESURES].sum()
        counts = [charger(code).comptes([*keys]) for code in (before, after)]
        if "secteur" in keys and before == "2023-S2":
            # That relève grouped the textile apart; the revisions group it as the later one does, on both sides.
            counts[0]["secteur"] = counts[0]["secteur"].replace("textile", "biens_de_consommation")
        first, second = (one.groupby(keys)[MESURES].sum() for one in counts)
        gap = second.sub(first, fill_value=0).astype("int64")
        assert gap[gap.any(axis="columns")].equals(sums.loc[sums.any(axis="columns")].astype("int64"))
    between = [code for code in fabrique.RELEVES if before <= code <= after]
    assert sommer(revised) == sommer(*(depuis(charger, *pair) for pair in pairwise(between)))


_DEPUIS: dict[tuple[str, str], pd.DataFrame] = {}


def depuis(charger: Callable[[str], Barometre], before: str, after: str) -> pd.DataFrame:
    """Return the revisions between two relèves of the demonstration, made once."""
    if (before, after) not in _DEPUIS:
        _DEPUIS[before, after] = charger(after).revisions(before)
    return _DEPUIS[before, after]


@pytest.mark.parametrize("releve", fabrique.RELEVES[1:])
def test_les_revisions_sont_rangees_et_du_vocabulaire(releve: str, charger: Callable[[str], Barometre]) -> None:
    revised = charger(releve).revisions()
    assert revised.equals(revised.sort_values(list(COLONNES_REVISIONS), ignore_index=True))
    assert set(revised["motif_avant"]) | set(revised["motif_apres"]) <= {"", *Motif}
    assert revised[list(MESURES_BRUTES)].any(axis="columns").all()
    assert not revised.duplicated([*CELLULES, "id_mouvement", "cause", "id_origine"]).any()
    # What was read as another rule applied is a datum corrected.
    assert set(revised["cause"]) <= set(Cause)


def test_une_paire_en_moins_de_trois_secondes(charger: Callable[[str], Barometre]) -> None:
    before, after = charger("2025-S1").cote, charger("2025-S2").cote

    def cost() -> float:
        start = time.process_time()
        reviser(before, after)
        return time.process_time() - start

    assert cost() < 3 or cost() < 3


def test_une_somme_fausse_est_vue(charger: Callable[[str], Barometre]) -> None:
    before, after = charger("2024-S1").cote, charger("2024-S2").cote
    counts = after.cellules.copy()
    counts.loc[7, "nombre"] += 1
    with fabrique.refus("Révisions : .*n'est pas l'écart.*Signalez", ErreurAdditivite):
        reviser(before, replace(after, cellules=counts))


# --- method ---------------------------------------------------------------------------------------


def test_un_parametre_change_est_une_revision_de_methode() -> None:
    rows = [{}, {"nom_site": "B", "effectif": 15}, {"nom_site": "C", "effectif": 18, "date_effet": "2024-08-01"}]
    later = fabrique.barometre(fabrique.lignes(*rows), "2024-S2", seuil_effectif=10).cote
    revised = reviser(cote(rows, "2024-S1"), later)
    assert dire(revised) == ["2024-S1 69 M-0002 methode:seuil_effectif +1", "2024-S2 69 M-0003 periode_nouvelle +1"]
    assert libelle_cause("methode:seuil_effectif") == "Méthode : effectif à dépasser"


def test_une_regle_datee_un_champ_et_des_mots_sont_de_la_methode(monkeypatch: pytest.MonkeyPatch) -> None:
    softer = replace(next(one for one in REGLES if one.motif == Motif.SOUS_SEUIL), depuis=date(2024, 12, 31))
    softer = replace(softer, ecarte=lambda _: decision.nw.col("effectif") < 5)
    monkeypatch.setattr(decision, "REGLES", (*REGLES, softer))
    rows = [{"effectif": 15}, {"nom_site": "B", "code_naf": "46.90Z"}]
    before, after = cote(rows, "2024-S1"), fabrique.barometre(fabrique.lignes(*rows), "2024-S2")
    lines = [line if line.prefixe != "G" else replace(line, sort="dans") for line in after.parametres.champ]
    parameters = replace(after.parametres, champ=tuple(lines))
    assert dire(reviser(before, replace(after, parametres=parameters).cote)) == [
        "2024-S1 69 M-0001 methode:sous_seuil +1",
        "2024-S1 69 M-0002 methode:champ +1",
    ]
    # From 2026 a name made of generic words tells no site apart: two rows that were one are two.
    names = [{"nom_site": "Atelier 1"}, {"nom_site": "Atelier 1", "date_effet": "2024-05-15"}]
    sides = [fabrique.barometre(fabrique.lignes(*names), one) for one in ("2025-S2", "2026-S1")]
    registre = sides[1].registre
    renamed = deriver(registre.mouvements[list(NOMS_COLONNES)], fabrique.nomenclatures(), Releve(2026, 1))
    later = replace(sides[1], registre=replace(registre, mouvements=renamed), famille={})
    assert dire(reviser(sides[0].cote, later.cote)) == ["2024-S1 69 M-0002 methode:noms_generiques +1"]


@pytest.mark.parametrize("verdict", ["oui", "non"])
def test_une_reponse_est_un_changement_des_deux_lignes(verdict: str) -> None:
    rows = [{}, {"date_effet": "2024-04-01"}] if verdict == "non" else [{}, {"nom_site": "Autre"}]
    sides = [fabrique.barometre(fabrique.lignes(*rows), one) for one in ("2024-S1", "2024-S2")]
    answered = fabrique.repondre(sides[1].parametres, sides[1].registre.mouvements, [("M-0001", "M-0002", verdict)])
    revised = reviser(sides[0].cote, replace(sides[1], parametres=answered, famille={}).cote)
    assert dire(revised) == [f"2024-S1 69 M-0002 identite {'+1' if verdict == 'non' else '-1'}"]


# --- what cannot be compared ----------------------------------------------------------------------


def test_un_identifiant_pris_pour_un_autre_site_est_refuse() -> None:
    before = {"entreprise": "Dormans", "siret": fabrique.SIRET_A}
    other = {"nom_site": "Brasserie", "entreprise": "Autre", "code_commune": "38185"}
    # What links both is enough: the firm, the place, the SIRET or the name.
    links = ({"entreprise": "DORMANS SA"}, {"code_commune": "69123"}, {"nom_site": "USINE TYPE (fictif)"}, before)
    with fabrique.refus("2024-S1 et 2024-S2 : identifiants repris pour un autre site .*« M-0001 » ; .*jamais servi"):
        comparer([before] * 5, [other, *(other | one for one in links)])
    with fabrique.refus("« M-0010 » et 2 autres ; .*, et remettez la ligne de l'ancien\\.$"):
        comparer([before] * 12, [other] * 12)


def test_une_releve_plus_ancienne_que_ce_que_dit_celle_d_avant_est_refusee() -> None:
    with fabrique.refus("2024-S2 : plus ancienne que le contenu de 2024-S1.*« M-0001 », « date_annonce » : 03/02/2025"):
        comparer([{"date_annonce": "2025-02-03"}], [{}])
    assert comparer([{"date_annonce": "2024-09-03"}], [{"date_annonce": "2024-09-03"}]).empty


# --- the command ---


def test_la_commande_ecrit_les_revisions_ou_leur_resume(
    charger: Callable[[str], Barometre], capsys: pytest.CaptureFixture[str]
) -> None:
    run = lancer(capsys, "reviser", "2024-S2", "--depuis", "2024-S1")
    assert run.code == 0 and run.stdout.encode() == en_csv(depuis(charger, "2024-S1", "2024-S2"))
    assert "Révision de routine : 38 mouvements, dont 4 entre deux périodes, +4 sur le solde net." in run.stderr
    summary = lancer(capsys, "reviser", "2024-S2", "--depuis", "2024-S1", "--resume").stdout.splitlines()
    assert summary[1] == "france;FR;routine;;38;4;2;3;1;0;4"
    rows = [line.split(";") for line in summary[2:]]
    for dimension in ("periode", "departement"):
        assert sum(int(row[-1]) for row in rows if row[0] == dimension and not row[3]) == 4


def test_la_commande_refuse_ce_qui_ne_se_compare_pas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for releve in ("2024-S1", "2025-S1"):
        fabrique.ecrire_releve(tmp_path, fabrique.lignes({}), releve)
    run = lancer(capsys, "reviser", "2025-S1", "--depuis", "2024-S1", "--registre", str(tmp_path))
    assert run.code == 1 and not run.stdout
    assert ": aucune relève 2024-S2, entre 2024-S1 et 2025-S1 ; déposez-y" in run.stderr
    for later in ("2025-S1", "2024-S1"):
        run = lancer(capsys, "reviser", "2024-S1", "--depuis", later, "--registre", str(tmp_path))
        assert run.code == 1 and not run.stdout and "attendu une relève antérieure à 2024-S1" in run.stderr


# --- families -------------------------------------------------------------------------------------


def test_une_correction_d_erreur_est_celle_qu_on_a_dite() -> None:
    twin = {"date_effet": "2024-04-20", "sous_secteur": "chimie"}
    revised = comparer(
        [{}, {"nom_site": "B"}, {"nom_site": "C", "effectif": 3}, twin],
        [{"effectif": 3}, {"nom_site": "B", "effectif": 2}, {"nom_site": "C"}, twin],
    )
    declared = Correction("M-0003", "effectif", "3", "21", "Vu.", "signalee", date(2024, 9, 1), "")
    edition = replace(Barometre.charger("2024-S2").edition, rectificatif="Effectif du mouvement M-0001.")
    named = nommer_corriges(edition, [declared])
    covered = ["2022", "2023", "2024-S1"]
    families = resumer_revisions(revised, covered, ["famille"], named)
    # The fourth comes in because of the first.
    assert families[["famille", "mouvements", "solde_net"]].to_numpy().tolist() == [
        ["correction", 3, 1],
        ["routine", 1, -1],
    ]
    assert {*resumer_revisions(revised, covered, ["famille"])["famille"]} == {"routine"}


def test_un_passage_entre_deux_departements_se_voit_dans_la_region(deux_releves: Callable[..., Barometre]) -> None:
    barometre = deux_releves([{}], [{"code_commune": "38185"}])
    for region, told in (("84", True), ("", False), ("94", False)):
        said = lecture.lisible(restitution.revisees(barometre.contexte(region), barometre.revisions(region=region)))
        assert ("Un mouvement est passé d'un département à l'autre de la région" in said) == told


# --- the sum of what changed ----------------------------------------------------------------------


def test_le_resume_compte_les_mouvements_par_periode(deux_releves: Callable[..., Barometre]) -> None:
    barometre = deux_releves(
        [{"nom_site": "A"}, {"nom_site": "B", "date_effet": "2022-02-01"}, {"nom_site": "C"}],
        [
            {"nom_site": "A", "date_effet": "2023-11-02"},
            # Within the year: nothing that a page tells has changed.
            {"nom_site": "B", "date_effet": "2022-12-01"},
            {"nom_site": "C"},
            {"nom_site": "D", "type_mouvement": "fermeture"},
            {"nom_site": "E", "date_effet": "2024-12-01"},
        ],
    )
    revised, covered = barometre.revisions(), ["2022", "2023", "2024-S1"]
    by_period = resumer_revisions(revised, covered, ["periode"])
    assert by_period[["periode", "mouvements", "solde_net"]].to_numpy().tolist() == [
        ["2022", 0, 0],
        ["2023", 1, 1],
        ["2024-S1", 2, -2],
    ]
    whole = resumer_revisions(revised, covered)
    assert whole.to_dict("records") == [
        {"mouvements": 2, "ouvertures": 0, "extensions": 0, "fermetures": 1, "reductions": 0, "solde_net": -1}
    ]
    causes = resumer_revisions(revised, covered, ["cause"])
    assert causes[["cause", "mouvements"]].to_numpy().tolist() == [["date", 1], ["detection", 1]]


def test_une_region_corrigee_ne_change_rien_a_la_france(deux_releves: Callable[..., Barometre]) -> None:
    revised = deux_releves([{}], [{"code_commune": "2A004"}]).revisions()
    covered = ["2022", "2023", "2024-S1"]
    assert resumer_revisions(revised, covered)["mouvements"].tolist() == [0]
    by_region = resumer_revisions(revised, covered, ["region"])
    assert by_region[["region", "mouvements", "solde_net"]].to_numpy().tolist() == [["84", 1, -1], ["94", 1, 1]]


@pytest.mark.parametrize("releve", fabrique.RELEVES[1:])
def test_le_resume_est_l_ecart_des_comptes(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    before = barometre.precedente
    assert before is not None
    covered = periodes_couvertes(before.releve)
    summary = resumer_revisions(barometre.revisions(), covered, ["periode"]).set_index("periode")["solde_net"]
    for period in covered:
        column = "semestre" if "-S" in period else "annee"
        nets = [one.comptes([column]).set_index(column)["solde_net"][period] for one in (before, barometre)]
        assert summary[period] == nets[1] - nets[0]


@settings(max_examples=3, derandomize=True, deadline=None, database=None)
@given(st.lists(st.tuples(ETATS, ETATS), min_size=1, max_size=12))
def test_les_parties_dites_font_le_nombre_dit(mouvements: list[tuple[Any, Any]]) -> None:
    """A movement that passes from a period or a region to another is in both, and the page says so."""
    sides = [
        [row for rank, pair in enumerate(mouvements) if pair[side] for row in site(rank, [pair[side]])]
        for side in (0, 1)
    ]
    revised = comparer(*sides)
    about = fabrique.barometre(fabrique.lignes(*sides[1])).contexte()
    for region in ("", "84"):
        place = fabrique.nomenclatures().regions[region] if region else None
        contexte = replace(about, region=place, precedente=Releve(2024, 1))
        page = restitution.revisees(contexte, revised[revised["region"] == region] if region else revised)
        said, blocks = lecture.lisible(page), lecture.blocs(page)
        if "rien n'a changé" in said:
            continue
        ((word, alone),) = re.findall(r"(\w+) mouvements?( d[eu] [\w ]+)? (?:a|ont) été révisés?", said)
        whole = [*NOMBRES, *map(str, range(10, 30))].index(word.lower())
        causes = sum(map(int, re.findall(r"\((\d+)\)", re.split("Révision de routine :", said)[1]))) or 1
        told = re.findall(r"(\d+) d[eu] (?:1er semestre |2e semestre )?\d{4} \(", said)
        periods = whole if alone else sum(map(int, told))
        assert causes >= whole
        assert ("pour plusieurs causes figure dans chacune" in said) == (causes > whole)
        assert ("celui qui change de période y figure deux fois" in said) == (periods == whole + 1)
        assert ("ceux qui changent de période y figurent plusieurs fois" in said) == (periods > whole + 1)
        if not region:
            counts = blocks[blocks.index("Effet sur le solde net") + 1 :][1::3]
            assert ("d'une région à l'autre" in said) == (sum(map(int, counts)) > whole)


# --- the earlier relèves of the folder ------------------------------------------------------------


def test_la_precedente_est_la_plus_proche_du_meme_dossier(charger: Callable[[str], Barometre], tmp_path: Path) -> None:
    previous = charger("2025-S1").precedente
    assert previous is not None
    assert str(previous.releve) == "2024-S2"
    assert previous.comptes(["annee"]).equals(charger("2024-S2").comptes(["annee"]))
    assert charger("2023-S2").precedente is None
    alone = Barometre.charger("2024-S2", registre=fabrique.ecrire_releve(tmp_path, fabrique.lignes({})))
    assert alone.precedente is None
    assert alone.revisions().empty
    assert list(alone.revisions().columns) == list(COLONNES_REVISIONS)


def test_une_demonstration_ne_se_compare_pas_a_une_vraie(deux_releves: Callable[..., Barometre]) -> None:
    barometre = deux_releves([{}], [{}], demonstration=None)
    said = "2024-S1 est une démonstration et 2024-S2 non"
    with fabrique.refus(said):
        _ = barometre.precedente
    with fabrique.refus(said):
        barometre.revisions("2024-S1")
    with fabrique.refus(said):
        barometre.premiere_publication("2023")


def test_depuis_une_releve_qui_ne_va_pas(charger: Callable[[str], Barometre]) -> None:
    with fabrique.refus("2025-S1 : attendu une relève antérieure à 2024-S2"):
        charger("2024-S2").revisions("2025-S1")
    with fabrique.refus("AAAA-S1 ou AAAA-S2"):
        charger("2024-S2").revisions("2024")
    with fabrique.refus("« region » : trouvé « 99 » ; attendu un code"):
        charger("2024-S2").revisions(region="99")
    assert charger("2024-S2").revisions("2024-S2").empty


def test_une_variante_se_compare_sous_les_memes_regles() -> None:
    variant = Barometre.charger("2024-S2", regles={"seuil_effectif": 0})
    assert variant.precedente is not None
    assert variant.precedente.variante == variant.variante
    for table in (variant.revisions(), variant.premiere_publication("2023"), variant.evolution()):
        assert table.attrs["variante"] == variant.variante
    assert variant.revisions()["motif_apres"].ne("sous_seuil").all()


@pytest.mark.parametrize("periode", ["", "2021", "2024-S3", "24", "mars"])
def test_une_periode_mal_ecrite_est_refusee(periode: str, charger: Callable[[str], Barometre]) -> None:
    with fabrique.refus("Période .*attendu une année ou un semestre"):
        charger("2024-S2").premiere_publication(periode)


# Printed in data/publie: 201 for 2023, then 189; 36 for the first semester of 2024, then 40; 176 for 2022, twice.
@pytest.mark.parametrize(
    ("releve", "attendu"),
    [
        ("2024-S2", ["2022", "2023-S2", "2024-03", 176]),
        ("2024-S2", ["2023", "2023-S2", "2024-03", 201]),
        ("2024-S2", ["2024-S1", "2024-S1", "2024-11", 36]),
        ("2024-S2", ["2024", "2024-S2", "2025-03", 89]),
        ("2025-S1", ["2024", "2024-S2", "2025-03", 89]),
    ],
)
def test_la_premiere_publication(releve: str, attendu: list[Any], charger: Callable[[str], Barometre]) -> None:
    said = charger(releve).premiere_publication(attendu[0])
    assert said[["periode", "releve", "mois", "solde_net"]].to_numpy().tolist() == [attendu]


def test_la_premiere_publication_d_une_annee_ouverte_n_existe_pas(charger: Callable[[str], Barometre]) -> None:
    assert charger("2025-S1").premiere_publication("2025", "84").empty


@pytest.mark.parametrize("region", ["", "84", "06"])
@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_l_evolution_dit_chaque_periode_close_maintenant_et_d_abord(
    releve: str, region: str, charger: Callable[[str], Barometre]
) -> None:
    barometre = charger(releve)
    said = barometre.evolution(region)
    assert said["periode"].tolist() == barometre.contexte(region).periodes_closes
    for row in said.to_dict("records"):
        column = "semestre" if "-S" in row["periode"] else "annee"
        for code, net in ((releve, row["solde_net"]), (row["releve"], row["premier"])):
            counts = charger(code).comptes([column], region=region or None).set_index(column)
            assert counts["solde_net"][row["periode"]] == net


def test_l_ordre_inverse_donnerait_d_autres_causes(deux_releves: Callable[..., Barometre]) -> None:
    """One movement needs two changes to count, and the last step that is taken has it count; the other needs one."""
    announced = {"statut": "annonce", "date_annonce": "2024-01-15", "effectif": 5}
    changed = deux_releves([announced, {}], [{}, {"effectif": 5}])
    assert dire(changed.revisions()) == [
        "2024-S1 69 M-0001 effectif_corrige +1 (realisation)",
        "2024-S1 69 M-0002 effectif_corrige -1",
    ]
    assert autres_libelles(changed) == (1, 2)
