"""The register of decisions of the project's five relèves: no row disappears, every row has its motif."""

import csv
from collections.abc import Callable

import fabrique
import pandas as pd
import pytest

from barometre_lib import Barometre
from barometre_lib.regles import decider, decision
from barometre_lib.vocabulaire import MESURES_BRUTES, Motif


def identifiants(releve: str) -> list[str]:
    """Return the identifiers written in the files of a relève, read without the library."""
    found = []
    for path in sorted((fabrique.RACINE / "data" / "releves" / releve).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row["id_mouvement"] for row in csv.DictReader(file, delimiter=";")]
    return found


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_chaque_ligne_des_fichiers_a_une_decision(releve: str, charger: Callable[[str], Barometre]) -> None:
    decisions = charger(releve).decisions
    assert decisions["id_mouvement"].tolist() == sorted(identifiants(releve))
    assert decisions["motif"].isin(list(Motif)).all()


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_motifs_font_les_lignes_lues(releve: str, charger: Callable[[str], Barometre]) -> None:
    motifs = charger(releve).decisions["motif"].value_counts()
    assert motifs.sum() == len(identifiants(releve))
    assert set(motifs.index) == set(Motif)


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_compte_dit_le_motif_compte(releve: str, charger: Callable[[str], Barometre]) -> None:
    decisions = charger(releve).decisions
    assert decisions["compte"].tolist() == (decisions["motif"] == "compte").tolist()
    counts = charger(releve).comptes(["annee"])
    assert counts[list(MESURES_BRUTES)].to_numpy().sum() == decisions["compte"].sum()


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_decisions_sont_les_memes_sur_les_deux_moteurs(
    releve: str, charger: Callable[[str], Barometre], moteur: Callable[..., pd.DataFrame]
) -> None:
    barometre = charger(releve)
    decided = moteur(decider, barometre.registre.mouvements, barometre.parametres)
    found = decided.set_index("id_mouvement")["motif"].sort_index()
    expected = barometre.decisions.set_index("id_mouvement")["motif"]
    assert found.to_dict() == expected.to_dict()


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_chaque_decision_a_son_lieu_son_secteur_et_sa_periode(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    decisions = barometre.decisions
    assert decisions["region"].isin(barometre.nomenclatures.regions).all()
    assert decisions["departement"].isin(barometre.nomenclatures.departements).all()
    sectors = barometre.nomenclatures.secteur_de_sous_secteur(barometre.releve)
    assert decisions["secteur"].tolist() == [sectors[code] for code in decisions["sous_secteur"]]
    counted = decisions[decisions["compte"]]
    assert counted["semestre"].isin(barometre.releve.semestres).all()
    assert (decisions["date_effet"].isna() == (decisions["semestre"] == "")).all()


@pytest.mark.parametrize("faute", [lambda decided: decided.iloc[:1], lambda decided: decided.assign(motif="inconnu")])
def test_une_decision_perdue_ou_sans_motif_arrete_tout(
    faute: Callable[[pd.DataFrame], pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule does it; a rule of somebody's own could."""
    rows, parameters = fabrique.table(fabrique.lignes({}, {"effectif": 3})), fabrique.parametres()
    monkeypatch.setattr(decision, "decider", lambda *_: faute(decider(rows, parameters)))
    with fabrique.refus("^Décisions : une ligne est sans motif ou perdue"):
        decision.etablir_decisions(rows, parameters)
