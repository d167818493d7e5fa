"""The pairs to be read: each kind both ways, what is told of them, and how many of those planted are found."""

from itertools import permutations
from typing import Any

import fabrique
import jumeaux
import pytest
import yaml

from barometre_lib import Barometre
from barometre_lib.rapprochement.paires import Paire, chercher_paires
from barometre_lib.rapprochement.signes import numeroter
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
