"""The 152 published numbers, each re-derived from the rows of its own relève, and the real command."""

import csv
import io
import subprocess
from collections.abc import Callable
from dataclasses import replace

import fabrique
import pandas as pd
import pytest
from console import lancer

from barometre_lib import Barometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.regles import retenir

with (fabrique.RACINE / "data" / "publie" / "chiffres_publies.csv").open(encoding="utf-8", newline="") as file:
    CHIFFRES = list(csv.DictReader(file, delimiter=";"))

# What each published measure adds up.
MESURES = {
    "ouvertures": ["ouvertures"],
    "extensions": ["extensions"],
    "fermetures": ["fermetures"],
    "reductions": ["reductions"],
    "solde_net": ["solde_net"],
    "ouvertures_et_extensions": ["ouvertures", "extensions"],
    "fermetures_et_reductions": ["fermetures", "reductions"],
}


def nommer(number: dict[str, str]) -> str:
    """Return the name of a published number: `2024-S2 publie 84 2024 solde_net`."""
    return f"{number['releve']} publie {number['code']} {number['periode']} {number['mesure']}"


def dimension(number: dict[str, str], barometre: Barometre) -> str | None:
    """Return the dimension that the code of a published number belongs to, None for France."""
    if number["maille"] == "secteur":
        sectors = set(barometre.nomenclatures.secteur_de_sous_secteur(barometre.releve).values())
        return "secteur" if number["code"] in sectors else "sous_secteur"
    return {"national": None, "region": "region"}[number["maille"]]


def retrouver(number: dict[str, str], barometre: Barometre) -> int:
    """Count a published number from the rows of a relève."""
    period = "semestre" if "-S" in number["periode"] else "annee"
    level = dimension(number, barometre)
    counts = barometre.comptes([period, level] if level else [period])
    cell = counts[counts[period] == number["periode"]]
    if level:
        cell = cell[cell[level] == number["code"]]
    assert len(cell) == 1, "le nombre publié désigne une cellule et une seule"
    return int(cell[MESURES[number["mesure"]]].to_numpy().sum())


@pytest.mark.parametrize("chiffre", CHIFFRES, ids=nommer)
def test_le_nombre_publie_est_retrouve_des_lignes(chiffre: dict[str, str], charger: Callable[[str], Barometre]) -> None:
    assert retrouver(chiffre, charger(chiffre["releve"])) == int(chiffre["valeur"])


def test_les_152_nombres_sont_tous_la_et_distincts(nomenclatures: Nomenclatures) -> None:
    assert len(CHIFFRES) == 152
    assert len({nommer(number) for number in CHIFFRES}) == 152
    assert sorted(number["nature"] for number in CHIFFRES) == ["deduit"] * 9 + ["publie"] * 143
    assert {number["releve"] for number in CHIFFRES} == set(fabrique.RELEVES)


def test_un_nombre_faux_n_est_pas_retrouve(charger: Callable[[str], Barometre]) -> None:
    # The check above would be worthless if it found any number: one row less, and 139 is 138.
    number = CHIFFRES[0]
    barometre = charger(number["releve"])
    rows = barometre.registre.mouvements
    openings = barometre.decisions.query("compte and type_mouvement == 'ouverture' and annee == '2022'")
    fewer = rows[rows["id_mouvement"] != openings["id_mouvement"].iloc[0]]
    poorer = Barometre(
        replace(barometre.registre, mouvements=fewer),
        barometre.parametres,
    )
    assert retrouver(number, poorer) == int(number["valeur"]) - 1


def lire_sortie(written: str) -> pd.DataFrame:
    """Read the CSV that a command wrote on stdout, every cell as text."""
    return pd.read_csv(io.StringIO(written), sep=";", dtype=str, keep_default_na=False)


@pytest.mark.long
def test_compter_donne_les_nombres_de_l_auvergne_rhone_alpes(
    commande: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = commande("compter", "2024-S2", "--par", "annee,region")
    header, *lines = done.stdout.split("\n")
    assert header == "annee;region;ouvertures;extensions;fermetures;reductions;solde_net;solde_strict"
    assert lines[-1] == ""
    assert "\r" not in done.stdout
    counts = lire_sortie(done.stdout)
    keys = list(zip(counts["annee"], counts["region"], strict=True))
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys)) == 3 * 18
    row = counts[(counts["annee"] == "2024") & (counts["region"] == "84")].iloc[0]
    assert int(row["ouvertures"]) + int(row["extensions"]) == 59
    assert int(row["fermetures"]) + int(row["reductions"]) == 27
    assert row["solde_net"] == "32"  # 59 − 27
    assert int(row["solde_strict"]) == int(row["ouvertures"]) - int(row["fermetures"])


def test_compter_suit_l_ordre_des_dimensions_demandees(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = lire_sortie(lancer(capsys, "compter", "2023-S2", "--par", "secteur, semestre").stdout)
    assert list(counts.columns[:2]) == ["secteur", "semestre"]
    assert len(counts) == 15 * 4  # the textile is the fifteenth sector of that relève


def test_decider_ecrit_le_registre_des_decisions(
    capsys: pytest.CaptureFixture[str], charger: Callable[[str], Barometre]
) -> None:
    written = lancer(capsys, "decider", "2024-S2").stdout
    header = written.split("\n", 1)[0]
    assert header == "id_mouvement;motif;compte;type_mouvement;semestre;region;departement;secteur;sous_secteur"
    decisions = lire_sortie(written)
    assert decisions["id_mouvement"].tolist() == sorted(charger("2024-S2").registre.mouvements["id_mouvement"])
    assert set(decisions["compte"]) == {"0", "1"}
    assert ((decisions["motif"] == "compte") == (decisions["compte"] == "1")).all()


def test_compter_et_decider_disent_la_meme_chose(
    capsys: pytest.CaptureFixture[str], charger: Callable[[str], Barometre]
) -> None:
    decisions = lire_sortie(lancer(capsys, "decider", "2025-S1").stdout)
    counts = charger("2025-S1").comptes(["semestre", "sous_secteur"])
    openings = decisions[(decisions["compte"] == "1") & (decisions["type_mouvement"] == "ouverture")]
    for (semester, sub_sector), rows in openings.groupby(["semestre", "sous_secteur"]):
        cell = counts[(counts["semestre"] == semester) & (counts["sous_secteur"] == sub_sector)]
        assert cell["ouvertures"].tolist() == [len(rows)]
    assert counts["ouvertures"].sum() == len(openings)


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_comptes_seuls_retiennent_les_memes_lignes(
    releve: str, charger: Callable[[str], Barometre], moteur: Callable[..., pd.DataFrame]
) -> None:
    barometre = charger(releve)
    kept = moteur(retenir, barometre.registre.mouvements, barometre.parametres)
    counted = barometre.decisions.loc[barometre.decisions["compte"], "id_mouvement"]
    assert sorted(kept["id_mouvement"]) == counted.tolist()
