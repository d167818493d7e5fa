"""What holds for any register: properties checked on random ones, and a second writing of the nine rules.

The registers are made of edge values at few sites, so that thresholds are hit and sites collide.
"""

import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import fabrique
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moteurs import sur_polars

from barometre_lib.barometre import Barometre
from barometre_lib.bornes import borner
from barometre_lib.entrepot import Entrepot
from barometre_lib.registre.parquet import ecrire_parquet
from barometre_lib.regles import decider, retenir
from barometre_lib.vocabulaire import COLONNES_DECISIONS, MESURES, MESURES_BRUTES, Motif

# The same registers at each run; BAROMETRE_TESTS_EXEMPLES=2000 explores others, and more of them.
EXEMPLES = os.environ.get("BAROMETRE_TESTS_EXEMPLES")
proprietes = settings(
    max_examples=int(EXEMPLES or min(15, settings().max_examples)),
    derandomize=not EXEMPLES,
    deadline=None,
    database=None,
    print_blob=True,
)

Lignes = list[dict[str, str]]

# What becomes of some NAF codes, and where some communes are today, written by hand from the method.
CHAMP = {
    "27.20Z": "dans", "08.12Z": "dans", "35.11Z": "dans", "38.32Z": "dans", "10.71A": "dans",
    "52.10B": "hors", "35.13Z": "hors", "38.21Z": "hors", "01.11Z": "hors",
    "10.71C": "artisanat", "10.13B": "artisanat",
    # NAF 2025: the last two are to be asked.
    "27.20Y": "dans", "13.30Y": "dans", "38.31Y": "hors", "10.51H": "hors", "38.21Y": "hors",
}  # fmt: skip
COMMUNE = {"69123": "69123", "69381": "69123", "01033": "01033", "01018": "01033", "2A004": "2A004", "97105": "97105"}
DEPARTEMENT = {"69123": "69", "01033": "01", "2A004": "2A", "97105": "971"}
REGION = {"69": "84", "01": "84", "2A": "94", "971": "01"}
NOM = {"Usine Été": "usineete", "USINE, ETE": "usineete", "Usine n° 2": "usinen2"}
FIRME = {"": "", "Acme": "acme", "ACME (S.A.S.)": "acme"}
ORDRE_DES_SOURCES = ["dreal", "dreets", "dge", "prefecture", "sous_prefet", "chambre", "agence", "presse", "autre"]
FIN = {"2023-S2": "2023-12-31", "2024-S1": "2024-06-30", "2024-S2": "2024-12-31"}


def souvent(usual: list[str], edges: list[str]) -> st.SearchStrategy[str]:
    """Draw mostly values that let a row count, at times those of the edges."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from([*usual, *edges]))


LIGNE = st.fixed_dictionaries(
    {
        "id_mouvement": st.text("AaBbZz019_.-", min_size=1, max_size=3),
        "type_mouvement": st.sampled_from(["ouverture", "extension", "fermeture", "reduction"]),
        "nom_site": st.sampled_from(list(NOM)),
        "entreprise": st.sampled_from(list(FIRME)),
        "source": st.sampled_from(ORDRE_DES_SOURCES),
        "siret": st.sampled_from(["", "", fabrique.SIRET_A]),
        "code_commune": st.sampled_from(list(COMMUNE)),
        "code_naf": souvent(["27.20Z"], list(CHAMP)),
        "sous_secteur": st.sampled_from(["textile", "automobile", "chimie", "autres_biens_de_consommation"]),
        "statut": souvent(["effectif"], ["annonce", "abandonne"]),
        "date_effet": souvent(
            ["2023-03-15", "2023-07-01", "2023-12-31", "2022-01-01"],
            ["", "2021-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2024-12-31", "2025-01-01"],
        ),
        "effectif": souvent(["21", "300"], ["", "0", "20"]),
        "variation_production": souvent(["40", "-40"], ["", "39.9", "-39.9", "0", "+60", "-100"]),
        "assimilable_site": souvent(["", "oui"], ["non"]),
    }
)
REGISTRE = st.lists(
    LIGNE.map(lambda row: fabrique.ligne(**row)), max_size=18, unique_by=lambda row: row["id_mouvement"]
)
RELEVE = st.sampled_from(list(FIN))
# Answers to pairs of rows, by rank: mostly those that say how many movements they are, at times others, or fallen ones.
REPONSES = st.lists(
    st.tuples(
        st.integers(0, 17),
        st.integers(0, 17),
        st.sampled_from(["oui", "oui", "non", "non", "a_revoir"]),
        st.sampled_from(["meme_mouvement", "type_discordant", "meme_mouvement", "reprise"]),
        st.sampled_from(["", "", "", "tombee"]),
    ),
    max_size=8,
)
Reponses, Tirees = list[tuple[str, ...]], list[tuple[Any, ...]]


def choisir_reponses(rows: Lignes, drawn: Tirees) -> Reponses:
    """Return answers to pairs of rows that are there, one for each, none contrary to those before it."""
    names, kept = sorted(row["id_mouvement"] for row in rows), Reponses()
    for one, other, *said in drawn:
        if max(one, other) >= len(names) or one == other:
            continue
        first, second = names[min(one, other)], names[max(one, other)]
        answers = [*kept, (first, second, *said)]
        joined, parted = qui_pesent(answers)
        whole = {name: name for name in names}
        for pair in joined:
            unir(whole, *pair)
        if (first, second) not in [answer[:2] for answer in kept] and all(whole[a] != whole[b] for a, b in parted):
            kept = answers
    return kept


def qui_pesent(reponses: Reponses) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs that are one movement, and those that are two."""
    held = [one for one in reponses if one[3] != "reprise" and one[4] != "tombee"]
    joined, parted = ([one[:2] for one in held if one[2] == said] for said in ("oui", "non"))
    return joined, parted


def unir(de: dict[str, str], one: str, other: str) -> None:
    """Give all that bear one label the other one's."""
    left, right = de[one], de[other]
    de.update({name: right for name, label in de.items() if label == left})


def motifs_de_reference(rows: Lignes, releve: str, reponses: Reponses = []) -> dict[str, str]:  # noqa: B006
    """Apply the nine rules of conception.md §4 to rows of texts, in plain Python, one row after the other."""
    motifs = {row["id_mouvement"]: motif_d_une_ligne(row, FIN[releve]) for row in rows}
    passing = [row for row in rows if motifs[row["id_mouvement"]] == "compte"]
    joined, parted = qui_pesent(reponses)
    event, site = {name: name for name in motifs}, {site_de(row): site_de(row) for row in passing}
    for pair in joined:
        unir(event, *pair)
    for one, other in itertools.combinations(passing, 2):
        if event[one["id_mouvement"]] == event[other["id_mouvement"]]:
            unir(site, site_de(one), site_de(other))

    def separes(one: dict[str, str], other: dict[str, str]) -> bool:
        both = {event[one["id_mouvement"]], event[other["id_mouvement"]]}
        return any({event[a], event[b]} == both for a, b in parted)

    ouvrir_fenetres(passing, event, site, separes)
    best = []
    for label in set(event.values()):
        told = [row for row in passing if event[row["id_mouvement"]] == label]
        told.sort(key=lambda row: (ORDRE_DES_SOURCES.index(row["source"]), row["date_effet"], row["id_mouvement"]))
        best += told[:1]
        motifs |= {row["id_mouvement"]: "doublon" for row in told[1:]}
    best.sort(key=lambda row: (row["date_effet"], row["type_mouvement"] != "fermeture", row["id_mouvement"]))
    staying: Lignes = []
    for row in best:
        before = [one for one in staying if site[site_de(one)] == site[site_de(row)]]
        if row["type_mouvement"] in ("extension", "reduction"):
            before = [one for one in before if semestre(one) == semestre(row)]
        else:
            before = [one for one in before if one["type_mouvement"] in ("ouverture", "fermeture")]
            otherwise = [rank for rank, one in enumerate(before) if one["type_mouvement"] != row["type_mouvement"]]
            before = before[otherwise[-1] + 1 :] if otherwise else before
        if any(one["type_mouvement"] == row["type_mouvement"] and not separes(one, row) for one in before):
            motifs[row["id_mouvement"]] = "doublon"
        else:
            staying.append(row)
    return motifs


def ouvrir_fenetres(
    rows: Lignes, event: dict[str, str], site: dict[str, str], separes: Callable[[dict[str, str], dict[str, str]], bool]
) -> None:
    """Make one event of the rows of one site and type that follow one of them by 31 days at most, unless parted."""
    openers: Lignes = []
    for row in sorted(rows, key=lambda row: (row["date_effet"], row["id_mouvement"])):
        for opener in openers:
            last = (date.fromisoformat(opener["date_effet"]) + timedelta(days=31)).isoformat()
            alike = site[site_de(opener)] == site[site_de(row)] and opener["type_mouvement"] == row["type_mouvement"]
            if alike and row["date_effet"] <= last and not separes(opener, row):
                unir(event, row["id_mouvement"], opener["id_mouvement"])
                break
        else:
            openers.append(row)


def site_de(row: dict[str, str]) -> str:
    return row["siret"] or "|".join([NOM[row["nom_site"]], FIRME[row["entreprise"]], COMMUNE[row["code_commune"]]])


def motif_d_une_ligne(row: dict[str, str], fin: str) -> str:  # noqa: PLR0911 — one return per rule
    """Apply rules 1 to 8; ISO dates compare as texts."""
    if row["statut"] == "abandonne":
        return "abandonne"
    if row["statut"] == "annonce" or row["date_effet"] == "" or row["date_effet"] > fin:
        return "non_effectif"
    if row["date_effet"] < "2022-01-01":
        return "hors_periode"
    if CHAMP[row["code_naf"]] == "hors":
        return "hors_champ"
    if CHAMP[row["code_naf"]] == "artisanat":
        return "artisanat"
    if row["effectif"] == "" or (row["effectif"] == "0" and row["type_mouvement"] in ("fermeture", "reduction")):
        return "effectif_manquant"
    if int(row["effectif"]) <= 20:
        return "sous_seuil"
    changed = row["type_mouvement"] in ("extension", "reduction")
    if changed and row["variation_production"] == row["assimilable_site"] == "":
        return "significativite_inconnue"
    variation = float(row["variation_production"] or 0)
    enough = {"extension": variation >= 40, "reduction": variation <= -40}.get(row["type_mouvement"], True)
    judged = {"oui": True, "non": row["type_mouvement"] in ("ouverture", "fermeture")}
    return "compte" if judged.get(row["assimilable_site"], enough) else "non_significatif"


def semestre(row: dict[str, str]) -> str:
    """Return the semester of a row that has a date."""
    return row["date_effet"][:4] + ("-S1" if row["date_effet"][5:7] <= "06" else "-S2")


def motifs(table: pd.DataFrame) -> dict[str, str]:
    """Return the motif of each identifier."""
    return dict(zip(table["id_mouvement"], table["motif"], strict=True))


@pytest.fixture(scope="module")
def polars() -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Apply `decider` or `retenir` with polars, in another process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield lambda *arguments: pool.submit(sur_polars, *arguments).result()


@proprietes
@given(REGISTRE, RELEVE, st.one_of(st.just([]), REPONSES))
def test_les_regles_donnent_les_motifs_de_la_reference_sur_les_trois_moteurs(
    polars: Callable[..., list[dict[str, Any]]], rows: Lignes, releve: str, drawn: Tirees
) -> None:
    table, answers = fabrique.table(rows), choisir_reponses(rows, drawn)
    parameters = fabrique.repondre(fabrique.parametres(releve), table, answers)
    expected = motifs_de_reference(rows, releve, answers)
    counted = sorted(name for name, motif in expected.items() if motif == "compte")
    with duckdb.connect() as connection:
        relation = connection.from_df(table)
        assert motifs(decider(table, parameters)) == expected
        assert motifs(decider(relation, parameters).df()) == expected
        assert sorted(retenir(table, parameters)["id_mouvement"]) == counted
        assert sorted(retenir(relation, parameters).df()["id_mouvement"]) == counted
    assert {row["id_mouvement"]: row["motif"] for row in polars("decider", table, releve, answers)} == expected
    assert sorted(row["id_mouvement"] for row in polars("retenir", table, releve, answers)) == counted


PASSE, NE_PASSE_PAS = {"effectif": "300", "assimilable_site": "oui"}, {"effectif": "2", "assimilable_site": "non"}


def incomplete(row: dict[str, str], motif: str) -> bool:
    """Tell whether a value might have let a row pass: the service has not said no of an extension or a reduction."""
    refused = row["type_mouvement"] in ("extension", "reduction") and row["assimilable_site"] == "non"
    return motif in ("effectif_manquant", "significativite_inconnue") and not refused


@settings(proprietes, max_examples=max(8, proprietes.max_examples // 2))
@given(REGISTRE, RELEVE, REPONSES, st.sampled_from([["annee"], ["semestre", "departement"], ["annee", "sous_secteur"]]))
def test_les_bornes_sont_atteintes_et_rien_ne_les_depasse(
    rows: Lignes, releve: str, drawn: Tirees, par: list[str]
) -> None:
    found = motifs_de_reference(rows, releve)
    unknown = [row for row in rows if incomplete(row, found[row["id_mouvement"]])]
    known = [row for row in rows if row not in unknown]
    # Each answer of each is tried: there are few of them.
    unknown = unknown[:4]
    said = choisir_reponses([*known, *unknown], drawn)
    bounds, counts = borner(avec_reponses([*known, *unknown], releve, said), par), []
    for answers in itertools.product([PASSE, NE_PASSE_PAS], repeat=len(unknown)):
        filled = [
            row | {name: value for name, value in answer.items() if row[name] in ("", "0")}
            for row, answer in zip(unknown, answers, strict=True)
        ]
        counts.append(avec_reponses([*known, *filled], releve, said).comptes(par))
    # The last completion lets none of them pass: it is the count itself.
    assert bounds[list(MESURES)].equals(counts[-1][list(MESURES)])
    every = pd.concat([one[list(MESURES)] for one in counts], keys=range(len(counts))).groupby(level=1)
    for measure in MESURES:
        assert bounds[f"{measure}_min"].tolist() == every[measure].min().tolist()
        assert bounds[f"{measure}_max"].tolist() == every[measure].max().tolist()


@settings(proprietes, max_examples=max(8, proprietes.max_examples // 3))
@given(REGISTRE, RELEVE, REPONSES)
def test_le_fichier_parquet_donne_les_decisions_et_les_comptes_de_pandas(
    rows: Lignes, releve: str, drawn: Tirees
) -> None:
    barometre = avec_reponses(rows, releve, choisir_reponses(rows, drawn))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{releve}.parquet"
        ecrire_parquet(barometre.registre, "", path)
        with Entrepot.ouvrir(path) as store:
            store.parametres = barometre.parametres
            decided = pd.concat(store.decisions(), ignore_index=True)
            counts = store.comptes(["semestre", "departement", "sous_secteur"])
    # As text: what both commands write.
    assert en_csv(decided) == en_csv(barometre.decisions[list(COLONNES_DECISIONS)])
    assert en_csv(counts) == en_csv(barometre.comptes(["semestre", "departement", "sous_secteur"]))


def avec_reponses(rows: Lignes, releve: str, reponses: Reponses) -> Barometre:
    """Return a barometer made of rows, and of answers to pairs of them."""
    read = fabrique.barometre(rows, releve)
    return Barometre(read.registre, fabrique.repondre(read.parametres, read.registre.mouvements, reponses))


def en_csv(table: pd.DataFrame) -> list[str]:
    """Return a table as lines of CSV."""
    return table.to_csv(index=False).splitlines()


@proprietes
@given(REGISTRE, RELEVE)
def test_chaque_ligne_a_un_motif_et_un_seul(rows: Lignes, releve: str) -> None:
    decisions = fabrique.barometre(rows, releve).decisions
    assert decisions["id_mouvement"].tolist() == sorted(row["id_mouvement"] for row in rows)
    assert set(decisions["motif"]) <= set(Motif)
    assert decisions["motif"].value_counts().sum() == len(rows)
    assert decisions["compte"].tolist() == (decisions["motif"] == "compte").tolist()


@proprietes
@given(REGISTRE, st.randoms(use_true_random=False), RELEVE, REPONSES)
def test_l_ordre_des_lignes_et_des_reponses_ne_change_rien(
    rows: Lignes, random: Any, releve: str, drawn: Tirees
) -> None:
    mixed, answers = random.sample(rows, len(rows)), choisir_reponses(rows, drawn)
    one, other = avec_reponses(rows, releve, answers), avec_reponses(mixed, releve, answers[::-1])
    pd.testing.assert_frame_equal(one.decisions, other.decisions)
    par = ["semestre", "departement"]
    pd.testing.assert_frame_equal(one.comptes(par), other.comptes(par))


@proprietes
@given(REGISTRE, RELEVE)
def test_les_comptes_sont_ceux_des_lignes_qui_comptent(rows: Lignes, releve: str) -> None:
    decided = motifs_de_reference(rows, releve)
    expected = Counter(
        (semestre(row), REGION[DEPARTEMENT[COMMUNE[row["code_commune"]]]], row["type_mouvement"])
        for row in rows
        if decided[row["id_mouvement"]] == "compte"
    )
    counts = fabrique.barometre(rows, releve).comptes(["semestre", "region"])
    long = counts.melt(["semestre", "region"], list(MESURES_BRUTES))
    found = {(s, r, measure.removesuffix("s")): n for s, r, measure, n in long.itertuples(index=False) if n}
    assert found == dict(expected)


@proprietes
@given(REGISTRE, RELEVE)
def test_les_parties_font_le_tout(rows: Lignes, releve: str) -> None:
    barometre = fabrique.barometre(rows, releve)
    for fine, coarse in (
        (["annee", "region"], ["annee"]),  # regions make France
        (["annee", "region", "departement"], ["annee", "region"]),
        (["region", "secteur", "sous_secteur"], ["region", "secteur"]),
        (["annee", "semestre", "region"], ["annee", "region"]),
    ):
        added = barometre.comptes(fine).groupby(coarse, as_index=False)[list(MESURES)].sum()
        pd.testing.assert_frame_equal(added, barometre.comptes(coarse), check_dtype=False)


def ecarte(column: str, value: str) -> Callable[[dict[str, str]], dict[str, str]]:
    """Return what turns any row into one that rules 1 to 8 set aside."""
    return lambda row: row | {"id_mouvement": "ligne-ecartee", column: value}


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(ecarte("statut", "abandonne"), id="abandonne"),
        pytest.param(ecarte("statut", "annonce"), id="annonce"),
        pytest.param(ecarte("date_effet", ""), id="sans date"),
        pytest.param(ecarte("date_effet", "2021-12-31"), id="avant la periode"),
        pytest.param(ecarte("date_effet", "2025-01-01"), id="apres la releve"),
        pytest.param(ecarte("code_naf", "52.10B"), id="hors champ"),
        pytest.param(ecarte("code_naf", "10.71C"), id="artisanat"),
        pytest.param(ecarte("effectif", ""), id="sans effectif"),
        pytest.param(ecarte("effectif", "20"), id="sous le seuil"),
        pytest.param(
            lambda row: ecarte("type_mouvement", "extension")(row) | {"assimilable_site": "non"}, id="non significatif"
        ),
    ],
)
@settings(proprietes, max_examples=max(6, proprietes.max_examples // 8))
@given(REGISTRE.filter(len), RELEVE)
def test_une_ligne_ecartee_de_plus_ne_change_aucun_compte(
    spoiled: Callable[[dict[str, str]], dict[str, str]], rows: Lignes, releve: str
) -> None:
    # A twin of a row of the register: the same site, so that it would collide if it took part in rule 9.
    before = fabrique.barometre(rows, releve)
    after = fabrique.barometre([*rows, spoiled(rows[0])], releve)
    assert len(after.decisions) == len(rows) + 1
    par = ["semestre", "departement", "sous_secteur"]
    pd.testing.assert_frame_equal(before.comptes(par), after.comptes(par))


@proprietes
@given(REGISTRE, RELEVE)
def test_abaisser_le_seuil_ne_retire_que_des_motifs_sous_seuil(rows: Lignes, releve: str) -> None:
    official = fabrique.barometre(rows, releve).decisions["motif"].value_counts()
    variant = fabrique.barometre(rows, releve, seuil_effectif=0).decisions["motif"].value_counts()
    assert variant.get("sous_seuil", 0) <= official.get("sous_seuil", 0)
    before_threshold = [motif for motif in list(Motif)[:6] if motif in official]
    assert variant.reindex(before_threshold).tolist() == official.reindex(before_threshold).tolist()
