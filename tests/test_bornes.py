"""What is set aside, told: motifs counted, incomplete rows listed, bounds beyond what can be tried one by one."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import fabrique
import pandas as pd
import pytest
from console import lancer
from lecture import lisible

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.bornes import ESSAIS, borner, lister_incompletes
from barometre_lib.comptage import compter_motifs
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.vocabulaire import MESURES, Motif, Releve

RELEVES = fabrique.RACINE / "data" / "releves"


def bornes(rows: list[dict[str, str]], mesure: str = "solde_net") -> tuple[int, int, int]:
    (row,) = borner(fabrique.barometre(rows), ["annee"]).tail(1).to_dict("records")
    return row[mesure], row[f"{mesure}_min"], row[f"{mesure}_max"]


def test_les_bornes_de_2024_sont_celles_de_ses_lignes_incompletes() -> None:
    read = Barometre.charger("2024-S2", registre=RELEVES)
    row = borner(read, ["annee"]).set_index("annee").loc["2024"]
    assert (row["solde_net_min"], row["solde_net"], row["solde_net_max"]) == (79, 89, 100)
    assert (row["incompletes_hausses"], row["incompletes_baisses"]) == (11, 10)


@pytest.mark.parametrize(
    ("lignes", "attendues"),
    [
        pytest.param([{"effectif": 30}], (1, 1, 1), id="rien d'incomplet"),
        pytest.param([{"effectif": 30}, {"effectif": None}], (1, 1, 1), id="une ouverture déjà comptée"),
        pytest.param(
            [
                {"effectif": 30, "date_effet": "2024-01-10"},
                {"effectif": None, "date_effet": "2024-03-01", "type_mouvement": "fermeture"},
                {"effectif": 30, "date_effet": "2024-06-01"},
            ],
            (1, 1, 1),
            id="une fermeture entre deux ouvertures en fait compter deux",
        ),
        pytest.param([{"effectif": None, "type_mouvement": "fermeture"}], (0, -1, 0), id="une fermeture"),
        pytest.param(
            [{"effectif": None, "type_mouvement": "extension", "assimilable_site": "non"}],
            (0, 0, 0),
            id="une extension que le service refuse",
        ),
        pytest.param(
            [{"effectif": 30, "type_mouvement": "extension", "assimilable_site": "", "variation_production": ""}],
            (0, 0, 1),
            id="une extension dont rien n'est dit",
        ),
        pytest.param([{"effectif": None, "date_effet": ""}], (0, 0, 0), id="une autre règle l'écarte"),
    ],
)
def test_chaque_ligne_incomplete_a_toutes_ses_reponses(
    lignes: list[dict[str, Any]], attendues: tuple[int, int, int]
) -> None:
    assert bornes(fabrique.lignes(*lignes)) == attendues


def test_une_fermeture_entre_deux_ouvertures_ajoute_une_ouverture() -> None:
    rows = fabrique.lignes(
        {"effectif": 30, "date_effet": "2024-01-10"},
        {"effectif": None, "date_effet": "2024-03-01", "type_mouvement": "fermeture"},
        {"effectif": 30, "date_effet": "2024-06-01"},
    )
    assert bornes(rows, "ouvertures") == (1, 1, 2)
    assert bornes(rows, "fermetures") == (0, 0, 1)


def test_au_dela_de_ce_qui_s_essaie_les_bornes_tiennent_encore() -> None:
    kinds = ["ouverture", "fermeture"] * ESSAIS
    days = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3, 4) for day in (5, 10, 15, 20)]
    rows = fabrique.lignes(
        {"effectif": 30, "date_effet": "2024-06-01"},
        *({"effectif": None, "type_mouvement": kind, "date_effet": day} for kind, day in zip(kinds, days, strict=True)),
    )
    assert bornes(rows, "ouvertures") == (1, 0, ESSAIS + 1)
    assert bornes(rows, "fermetures") == (0, 0, ESSAIS)
    assert bornes(rows) == (1, -ESSAIS, ESSAIS + 1)


def montrer(rows: list[dict[str, str]]) -> str:
    read = fabrique.barometre(rows)
    contexte, decisions = read.contexte(), read.decisions
    tables = {"annee": borner(read, ["annee"]), "semestre": borner(read, ["semestre"])}
    tables["region"] = borner(read, [contexte.maille, "region"])
    return lisible(restitution.section_bornes(contexte, tables, lister_incompletes(read), decisions))


def test_une_ligne_d_une_autre_periode_deplace_les_bornes_et_c_est_dit() -> None:
    rows = fabrique.lignes({"effectif": None, "date_effet": "2023-11-10"}, {"effectif": 30, "date_effet": "2024-06-01"})
    assert bornes(rows) == (1, 0, 1)
    page = montrer(rows)
    assert "est entre 0 et +1 selon ce que diraient des lignes incomplètes d'autres périodes" in page
    assert "aucune ligne n'est incomplète" in montrer(fabrique.lignes({"effectif": 30, "date_effet": "2024-06-01"}))


def test_l_effectif_est_toujours_a_remplir_et_l_un_des_deux_autres() -> None:
    existing = {"type_mouvement": "extension", "assimilable_site": "", "variation_production": ""}
    page = montrer(fabrique.lignes({"effectif": None} | existing, {"effectif": 30} | existing))
    either = "variation de la production (%) ou assimilable à un site"
    assert f"M-0001 (1er semestre 2024) : effectif salarié, et {either}." in page
    assert f"M-0002 (1er semestre 2024) : {either}." in page
    small = montrer(fabrique.lignes({"effectif": None} | existing | {"variation_production": 5}))
    assert "M-0001 (1er semestre 2024) : effectif salarié, et assimilable à un site." in small


def test_sans_ligne_il_n_y_a_ni_borne_ni_motif() -> None:
    empty = fabrique.barometre([])
    assert not borner(empty, ["annee", "region"])[[f"{one}_max" for one in MESURES]].to_numpy().any()
    assert not compter_motifs([empty.decisions], empty.nomenclatures)["nombre"].any()
    assert lister_incompletes(empty).empty


def test_une_region_muette_n_a_pas_de_borne() -> None:
    rows = fabrique.lignes({"effectif": None, "date_effet": "2024-02-01"})
    read = fabrique.barometre(rows)
    read = Barometre(read.registre, replace(read.parametres, lacunes=Lacunes({"84": Releve.lire("2023-S2")})))
    silent = borner(read, ["semestre", "region"])
    silent = silent[(silent["region"] == "84") & (silent["semestre"] >= "2024")]
    told = ["solde_net", "solde_net_min", "solde_net_max", "incompletes_hausses", "incompletes_baisses"]
    assert silent[told].isna().all(axis=None)
    assert not borner(read, ["annee"])["incompletes_hausses"].any()


def test_les_lignes_a_completer_disent_ce_qui_manque() -> None:
    existing = {"type_mouvement": "extension", "assimilable_site": "", "variation_production": ""}
    rows = fabrique.lignes(
        {"effectif": None},
        {"effectif": None} | existing,
        {"effectif": 30} | existing,
        {"effectif": None} | existing | {"variation_production": 60},
        {"effectif": None} | existing | {"variation_production": 5},
        {"effectif": None} | existing | {"variation_production": 5, "assimilable_site": "oui"},
    )
    listed = lister_incompletes(fabrique.barometre(rows)).set_index("id_mouvement")["manque"]
    both = "variation_production, assimilable_site"
    assert listed.to_dict() == {
        "M-0001": "effectif",
        "M-0002": f"effectif, {both}",
        "M-0003": both,
        "M-0004": "effectif",
        "M-0005": "effectif, assimilable_site",
        "M-0006": "effectif",
    }


def test_compter_motifs_dit_ce_que_devient_chaque_ligne(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ended = lancer(capsys, "compter", "2024-S2", "--motifs", "--registre", str(RELEVES))
    told = pd.read_csv(io.StringIO(ended.stdout), sep=";", dtype={"region": "str"})
    decisions = Barometre.charger("2024-S2", registre=RELEVES).decisions
    assert told["nombre"].sum() == len(decisions) and len(told) == 18 * 2 * len(Motif)
    assert told.groupby("motif")["nombre"].sum()["compte"] == decisions["compte"].sum()
    assert lancer(capsys, "convertir", "2024-S2", "-o", str(tmp_path / "2024-S2.parquet")).code == 0
    assert lancer(capsys, "compter", "2024-S2", "--motifs", "--registre", str(tmp_path)).stdout == ended.stdout
    assert "attendu --par DIMENSIONS, ou --motifs" in lancer(capsys, "compter", "2024-S2").stderr
    assert lancer(capsys, "compter", "2024-S2", "--motifs", "--par", "annee").code == 2


def test_la_page_dit_les_bornes_et_les_motifs() -> None:
    rows = fabrique.lignes(
        {"effectif": 30, "date_effet": "2024-02-01"},
        {"nom_site": "B", "siret": None, "effectif": None, "date_effet": "2024-02-01"},
        {"nom_site": "C", "siret": None, "date_effet": ""},
    )
    read = fabrique.barometre(rows)
    contexte, decisions = read.contexte(), read.decisions
    tables = {name: borner(read, [name]) for name in ("annee", "semestre")} | {
        "region": borner(read, [contexte.maille, "region"])
    }
    page = lisible(
        restitution.section_bornes(contexte, tables, lister_incompletes(read), decisions),
        restitution.section_motifs(contexte, compter_motifs([decisions], read.nomenclatures)),
    )
    assert "est entre +1 et +2 selon ce que dirait la seule ligne incomplète (1 ouverture ou extension, 0" in page
    assert "1 mouvement réalisé n'a pas de date d'effet" in page
    assert "M-0002 (1er semestre 2024) : effectif" in page
    assert "incomplètes de la période" in page
    assert "Compté 1 0 1" in page and "Effectif inconnu 1 0 1" in page


def test_une_reponse_ne_joint_que_si_la_ligne_incomplete_passe() -> None:
    """Without its headcount m2 joins nothing; with one it makes one movement of m1 and of the site of m0."""
    one, two = fabrique.SIRET_A, fabrique.SIRET_B
    rows = fabrique.lignes(
        {"id_mouvement": "m0", "siret": one, "date_effet": "2023-01-17", "effectif": 50},
        {"id_mouvement": "m1", "siret": two, "date_effet": "2024-07-17", "effectif": 50, "source": "presse"},
        {"id_mouvement": "m2", "siret": one, "date_effet": "2024-07-10", "effectif": None},
    )
    read = fabrique.barometre(rows)
    parameters = fabrique.repondre(read.parametres, read.registre.mouvements, [("m1", "m2", "oui")])
    (told,) = borner(replace(read, parametres=parameters), ["annee"]).query("annee == '2024'").to_dict("records")
    assert [told[f"ouvertures{end}"] for end in ("", "_min", "_max")] == [1, 0, 1]
