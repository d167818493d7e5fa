"""A register spoilt on purpose: a row lost, a sign flipped, a file emptied, a year shifted. A suite must see it.

Each mutation spoils the demonstration relève 2024-S2, which passes; it is caught when publication is stopped.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache

import fabrique
import pandas as pd
import pytest

from barometre_lib import Barometre
from barometre_lib.qualite.bilan import etablir_resultats
from barometre_lib.qualite.controle import examiner
from barometre_lib.qualite.evaluation import evaluer
from barometre_lib.qualite.suites import Suite, lire_suites
from barometre_lib.qualite.tables import table_textes
from barometre_lib.registre.conformite import exigences
from barometre_lib.registre.lecture import chercher_defauts, lire_textes, typer_registre
from barometre_lib.vocabulaire import Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RELEVES = fabrique.RACINE / "data" / "releves"
RELEVE = Releve.lire("2024-S2")
CONTRAIRES = {
    "ouverture": "fermeture",
    "fermeture": "ouverture",
    "extension": "reduction",
    "reduction": "extension",
}


@cache
def textes() -> pd.DataFrame:
    read, _ = lire_textes(RELEVE, RELEVES, fabrique.nomenclatures())
    return read


@cache
def precedent() -> Barometre:
    before = Barometre.charger("2024-S2", registre=RELEVES).precedente
    assert before is not None
    return before


@cache
def suites() -> tuple[Suite, ...]:
    return lire_suites(fabrique.nomenclatures())


@cache
def comptes() -> set[str]:
    """Return the movements counted in the relève as it is."""
    return set(barometre(textes()).decisions.query("compte")["id_mouvement"])


def barometre(rows: pd.DataFrame) -> Barometre:
    """Return the relève of these rows, beside the previous one, which is read once for all."""
    read = typer_registre(rows, RELEVE, RELEVES, fabrique.nomenclatures())
    return Barometre(read, fabrique.parametres(), {precedent().releve: precedent()})


def suites_alertees(rows: pd.DataFrame) -> set[str]:
    """Return the suites that stop publication."""
    if chercher_defauts(rows, [one for one in exigences(fabrique.nomenclatures()) if one.lecture]):
        contract = {"textes": table_textes(rows)}
        found = etablir_resultats(suites(), contract, evaluer(suites(), contract))
    else:
        found = examiner(barometre(rows)).resultats
    return {result.suite.nom for result in found if result.arrete}


# Each takes a copy of the texts and a source of randomness, and says what it spoilt.


def perdre_une_ligne(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    """Any row that the previous relève knows, counted or not."""
    index = alea.choice(rows.index[rows["id_mouvement"].isin(precedent().registre.textes["id_mouvement"])])
    return rows.drop(index=index), rows.at[index, "id_mouvement"]


def inverser_la_variation(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    index = alea.choice(rows.index[rows["variation_production"] != ""])
    value = rows.at[index, "variation_production"]
    rows.at[index, "variation_production"] = value[1:] if value.startswith("-") else f"-{value}"
    return rows, rows.at[index, "id_mouvement"]


def inverser_le_type(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    index = alea.choice(rows.index[rows["id_mouvement"].isin(precedent().registre.textes["id_mouvement"])])
    rows.at[index, "type_mouvement"] = CONTRAIRES[rows.at[index, "type_mouvement"]]
    return rows, rows.at[index, "id_mouvement"]


def vider_une_region(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    region = alea.choice(list(fabrique.nomenclatures().regions))
    return rows[rows["region_fichier"] != region].reset_index(drop=True), region


def decaler_l_annee(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    """A counted row, known or new, one year earlier or later."""
    index = alea.choice(rows.index[rows["id_mouvement"].isin(comptes())])
    day = date.fromisoformat(rows.at[index, "date_effet"])
    shifted = day.replace(year=day.year + alea.choice((-1, 1)), day=min(day.day, 28))
    rows.at[index, "date_effet"] = shifted.isoformat()
    return rows, rows.at[index, "id_mouvement"]


def decaler_une_region(rows: pd.DataFrame, alea: random.Random) -> tuple[pd.DataFrame, str]:
    region = alea.choice(("11", "44", "84"))
    dated = (rows["region_fichier"] == region) & (rows["date_effet"] != "")
    rows.loc[dated, "date_effet"] = [f"{int(day[:4]) - 1}-{day[5:7]}-28" for day in rows.loc[dated, "date_effet"]]
    return rows, region


Mutation = Callable[[pd.DataFrame, random.Random], tuple[pd.DataFrame, str]]
MUTATIONS: list[tuple[Mutation, int]] = [
    (mutation, seed)
    for mutation, times in (
        (perdre_une_ligne, 7),
        (inverser_la_variation, 4),
        (inverser_le_type, 4),
        (vider_une_region, 5),
        (decaler_l_annee, 8),
        (decaler_une_region, 2),
    )
    # `make test` tries each once.
    for seed in range(times if fabrique.TOUT else 1)
]


@pytest.mark.long
def test_la_releve_intacte_passe() -> None:
    assert suites_alertees(textes()) == set()


@pytest.mark.long
def test_chaque_mutation_est_prise(capsys: pytest.CaptureFixture[str]) -> None:
    assert len({mutation for mutation, _ in MUTATIONS}) == 6
    missed, catching = [], Counter[str]()
    for mutation, seed in MUTATIONS:
        spoilt, what = mutation(textes().copy(), random.Random(seed))
        suites = suites_alertees(spoilt)
        catching.update(suites)
        if not suites:
            missed.append(f"{mutation.__name__} {what}")
    caught = 1 - len(missed) / len(MUTATIONS)
    with capsys.disabled():
        told = ", ".join(f"{name} {times}" for name, times in catching.most_common())
        # Not stdout, which pytest-xdist keeps for itself.
        print(f"\nMutations prises : {caught:.0%} de {len(MUTATIONS)} ({told})", file=sys.stderr)
    assert missed == []
