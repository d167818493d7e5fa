"""Vintages: the triangle beside the published numbers, its indicators, and how far a balance may still move."""

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import fabrique
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_retard import APRES, AVANT, BRETAGNE, RETARD, RHONE, racine  # noqa: F401

from barometre_lib import Barometre
from barometre_lib.millesimes.indicateurs import N_TEST, indiquer
from barometre_lib.millesimes.intervalles import OFFRES, dire, encadrer
from barometre_lib.millesimes.publies import fichier_publies, lire_publies
from barometre_lib.millesimes.triangle import COLONNES_VINTAGES
from barometre_lib.publication.vue import Vue
from barometre_lib.vocabulaire import MESURES

sys.path.append(str(fabrique.RACINE / "benchmarks"))
from couverture import EFFETS, MARGE, NOMBRES, mesurer

TROP_PEU = "trop peu pour dire de combien le solde peut encore bouger."


@pytest.fixture(scope="module")
def dernier(charger: Callable[[str], Barometre]) -> Barometre:
    return charger(fabrique.RELEVES[-1])


def vintages(revisions: Sequence[int], mesure: str = "solde_net", depart: int = 2) -> pd.DataFrame:
    """Make vintages whose first revisions are these, each of its own semester."""
    rows = [
        {"mesure": mesure, "region": "", "granularite": "semestre", "groupee": False, "horizon": horizon}
        | {"valeur": value, "revision": moved}
        for one in revisions
        for horizon, value, moved in ((0, depart, None), (1, depart + one, one))
    ]
    return pd.DataFrame(rows).astype({"valeur": "Int64", "revision": "Int64"})


class TestTriangle:
    """Each period as each relève gives it."""

    def test_il_est_egal_a_chaque_nombre_publie_et_dit_le_reste_non_publie(self, dernier: Barometre) -> None:
        published = lire_publies()
        expected = published[published["mesure"].isin(MESURES)]
        rows = pd.concat([dernier.vintages(one, None) for one in MESURES])
        found = rows[rows["nature"] != "non_publie"]
        # 61 of France, 34 of regions: the composites of regions are no measure.
        assert (found["region"].eq("").sum(), found["region"].ne("").sum()) == (61, 34)
        assert len(found) == len(expected)
        assert found["ecart"].eq(0).all()
        rest = rows[rows["nature"] == "non_publie"]
        assert len(rest) and rest[["publie", "ecart"]].isna().all(axis=None)

    def test_la_cellule_est_le_compte_de_sa_releve(
        self, dernier: Barometre, charger: Callable[[str], Barometre]
    ) -> None:
        for region in ("", "84"):
            for row in dernier.vintages("fermetures", region).to_dict("records"):
                counts = charger(row["releve"]).comptes([row["granularite"]], region=region or None)
                told = counts.set_index(row["granularite"])["fermetures"]
                assert told[row["periode"]] == row["valeur"]

    def test_les_revisions_et_leurs_horizons(self, dernier: Barometre) -> None:
        table = dernier.vintages()
        assert list(table) == list(COLONNES_VINTAGES)
        own = table[table["periode"] == "2024-S1"]
        assert own["releve"].tolist() == ["2024-S1", "2024-S2", "2025-S1", "2025-S2"]
        assert own["horizon"].tolist() == [0, 1, 2, 3]
        assert own["revision"].tolist()[1:] == own["valeur"].diff().tolist()[1:]
        assert own["revision"].iloc[1] == 4
        # An open year is of no relève; what the first relève collected at once is apart.
        assert not len(table.query("periode == '2024' and releve == '2024-S1'"))
        grouped = table.loc[table["groupee"], "periode"].unique().tolist()
        assert grouped == ["2022", "2022-S1", "2022-S2", "2023", "2023-S1", "2023-S2"]

    def test_une_releve_qui_manque_ne_fait_pas_une_premiere_revision(self, tmp_path: Path) -> None:
        for releve in ("2023-S2", "2024-S2", "2025-S1"):
            fabrique.ecrire_releve(tmp_path, fabrique.lignes({"date_effet": "2023-05-02"}), releve)
        table = Barometre.charger("2025-S1", registre=tmp_path).vintages().set_index(["periode", "releve"])
        # 2024-S1 was published by the relève that the folder has not.
        assert table.loc[[("2024-S1", "2024-S2"), ("2024-S1", "2025-S1")], "horizon"].tolist() == [1, 2]
        assert pd.isna(table.loc[("2023", "2024-S2"), "revision"])
        assert table.loc[("2023", "2025-S1"), "revision"] == 0

    def test_avec_et_sans_les_memes_regions_ce_n_est_pas_une_revision(self, racine: Path) -> None:  # noqa: F811
        after = Barometre.charger(APRES)
        france = after.vintages().set_index(["periode", "releve"])
        assert france.loc["2024", ["hors", "valeur"]].to_numpy().tolist() == [[BRETAGNE, 0], ["", 4]]
        assert france.loc["2024", "horizon"].tolist() == [0, 0] and france.loc["2024", "revision"].isna().all()
        assert france.loc["2024-S1", "horizon"].tolist() == [0, 1, 2]
        own = after.vintages(region=BRETAGNE).set_index(["periode", "releve"])
        assert pd.isna(own.loc[("2024", RETARD), "valeur"]) and own.loc[("2024", APRES), "horizon"] == 0
        # Its file was that of the relève before: nothing was revised, then two relèves at once.
        assert own.loc["2024-S1", "revision"].isna().all() and pd.isna(own.loc[("2024-S1", RETARD), "horizon"])
        assert after.vintages(region=RHONE).set_index(["periode", "releve"]).loc[("2024", APRES), "revision"] == 0
        assert Barometre.charger(RETARD).phrase_incertitude().startswith("Le solde n'est pas celui de toutes les rég")
        assert Barometre.charger(AVANT).phrase_incertitude() == ""

    def test_une_variante_n_a_rien_de_publie(self) -> None:
        variant = Barometre.charger("2024-S2", regles={"seuil_effectif": 0})
        table = variant.vintages()
        assert table.attrs["variante"] == variant.variante and set(table["releve"]) == {"2024-S2"}
        assert set(table["nature"]) == {"non_publie"}
        assert variant.indicateurs_de_revision().attrs["variante"] and variant.phrase_incertitude() == ""

    @pytest.mark.parametrize("mesure", ["emplois", "", None, 3, ["solde_net"]])
    def test_une_mesure_inconnue_est_refusee(self, dernier: Barometre, mesure: Any) -> None:
        with fabrique.refus("Mesure : trouvé .* attendu l'une de ouvertures, extensions"):
            dernier.vintages(mesure)

    @pytest.mark.parametrize(
        ("avant", "apres", "dit"),
        [
            (
                ";201;publie",
                ";20l;publie",
                "chiffres_publies.csv, ligne 11, « valeur » : trouvé « 20l » ; attendu",
            ),
            (";201;publie", ";201;lu", "ligne 11, « nature » : trouvé « lu » ; attendu publie ou deduit"),
            (
                "2022;national;FR;extensions",
                "2022;national;FR;ouvertures",
                "ligne 3, « mesure » : .*pas déjà plus",
            ),
            ("releve;periode", "edition;periode", "attendu une colonne « releve »"),
        ],
    )
    def test_un_fichier_des_publies_qui_ne_va_pas_est_refuse(
        self, avant: str, apres: str, dit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "params").mkdir()
        path, text = fichier_publies(tmp_path), fichier_publies(fabrique.RACINE).read_text(encoding="utf-8")
        path.parent.mkdir(parents=True)
        path.write_text(text.replace(avant, apres, 1), encoding="utf-8")
        monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
        with fabrique.refus(dit):
            lire_publies()


class TestIndicateurs:
    """How much numbers were revised."""

    def test_d_un_triangle_fait_a_la_main(self) -> None:
        (row,) = indiquer(vintages([4, -1, -3, 0])).to_dict("records")
        assert (row["horizon"], row["n"], row["revisions"]) == (1, 4, (4, -1, -3, 0))
        assert (row["moyenne"], row["moyenne_absolue"], row["minimum"], row["maximum"]) == (0, 2, -3, 4)
        # From +2 to −1 once.
        assert (row["part_hausse"], row["changements_signe"]) == (0.25, 1)
        assert pd.isna(row["t"])
        assert pd.isna(indiquer(vintages([4, -1], "ouvertures"))["changements_signe"].iloc[0])

    def test_le_t_n_est_donne_qu_a_partir_de_dix(self) -> None:
        ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert len(ten) == N_TEST and pd.isna(indiquer(vintages(ten[:9]))["t"].iloc[0])
        # 5.5 over the root of 82.5 / 9 / 10.
        assert indiquer(vintages(ten))["t"].iloc[0] == pytest.approx(5.744563)
        assert pd.isna(indiquer(vintages([1] * 10))["t"].iloc[0])

    def test_annees_semestres_et_collecte_groupee_ne_se_melent_pas(self, dernier: Barometre) -> None:
        table = dernier.indicateurs_de_revision()
        assert not table.duplicated(["granularite", "groupee", "horizon"]).any()
        told = table.set_index(["granularite", "groupee", "horizon"])["revisions"]
        assert told["annee", True, 1] == (0, -12) and told["annee", False, 1] == (-1,)
        assert told["semestre", False, 1][:2] == (4, -1)


class TestIntervalles:
    """What is said of the next revision, and no more."""

    def test_sur_la_releve_de_l_enonce(self, charger: Callable[[str], Barometre]) -> None:
        assert charger("2025-S1").phrase_incertitude() == (
            f"Deux premières révisions de semestre sont connues (+4, −1) : {TROP_PEU}"
        )
        assert charger("2023-S2").phrase_incertitude() == ""
        assert not hasattr(Vue, "phrase_incertitude")

    @pytest.mark.parametrize(
        ("revisions", "granularite", "dit"),
        [
            ([], "annee", f"Aucune première révision d'année n'est connue : {TROP_PEU}"),
            ([4], "semestre", f"Une première révision de semestre est connue (+4) : {TROP_PEU}"),
            (
                [4, -1, -4],
                "semestre",
                "Les trois premières révisions connues vont de −4 à +4 : une révision de cet ordre le placerait entre "
                "+5 et +13, avec une probabilité d'environ 50 % si les relèves se ressemblent.",
            ),
            (
                [4, -1, -9, 0],
                "semestre",
                "Les quatre premières révisions connues vont de −9 à +4 : une révision de cet ordre le placerait entre "
                "0 et +13, avec une probabilité d'environ 60 % si les relèves se ressemblent. "
                "Le signe n'est pas établi.",
            ),
            (
                [*range(-4, 5)],
                "annee",
                "Les neuf premières révisions connues vont de −4 à +4 : une révision de cet ordre le placerait entre "
                "+6 et +12, avec une probabilité d'environ 50 % et entre +4 et +14, avec une probabilité d'environ "
                "80 %, si les relèves se ressemblent.",
            ),
        ],
    )
    def test_les_phrases(self, revisions: list[int], granularite: str, dit: str) -> None:
        assert dire(revisions, 9, granularite) == dit

    def test_d_une_region_rien_avant_neuf(self) -> None:
        assert dire([1] * 8, 9, "annee", regional=True).startswith("Huit premières révisions d'année sont connues (+1,")
        assert encadrer([1] * 8, regional=True) == [] and len(encadrer([*range(9)], regional=True)) == 2

    def test_a_dix_neuf_trois_intervalles(self) -> None:
        said = dire([*range(-9, 10)], 40, "annee")
        assert "Les 19 premières" in said and said.count("probabilité") == 3 and "90 %" in said
        assert "signe" not in said

    @settings(max_examples=40, derandomize=True, deadline=None, database=None)
    @given(st.lists(st.integers(-40, 40), max_size=24), st.integers(-99, 99))
    def test_ce_qui_est_offert(self, revisions: list[int], solde: int) -> None:
        found, n = encadrer(revisions), len(revisions)
        offer = [one for one in OFFRES if one.depuis <= n]
        assert len(found) == (max(1, len(offer[-1].student)) if offer else 0)
        assert all(isinstance(end, int) for one in found for end in (one.bas, one.haut))
        for one in found:
            assert one.bas <= np.mean(revisions) <= one.haut
        for narrow, wide in pairwise(found):
            assert wide.bas <= narrow.bas and narrow.haut <= wide.haut
        if 3 <= n < 9:
            assert (found[0].bas, found[0].haut) == (min(revisions), max(revisions))
        holds_zero = any(solde + one.bas <= 0 <= solde + one.haut for one in found)
        assert ("Le signe n'est pas établi." in dire(revisions, solde, "annee")) == holds_zero

    @pytest.mark.parametrize("nombre", NOMBRES)
    def test_la_couverture_sur_un_petit_echantillon(self, nombre: int) -> None:
        held = mesurer(np.random.default_rng(3), nombre, max(EFFETS), 400)
        assert held and all(covered >= said - MARGE for said, covered in held.items())
