"""What a page says first: title, years before, rank, points, tiles and findings of figures, number by number."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import fabrique
import lecture
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_textes import FAUTES

from barometre_lib import Barometre, restitution
from barometre_lib.comptage import avec_soldes, classer
from barometre_lib.contexte import Contexte
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.restitution import constats_figures, constats_points
from barometre_lib.restitution.constats import Constats, essentiel
from barometre_lib.restitution.constats_faits import Compte
from barometre_lib.restitution.constats_figures import MOTS_MAX, compter_mots
from barometre_lib.restitution.figures_mots import comparables
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve, maille_de

REGIONS = list(fabrique.nomenclatures().regions)
POINTS_MAX = 5
NUL = (0, 0, 0, 0)
# Of the published region 84 over 2025, 2024 and 2023.
RHONE = [(16, 39, 25, 18), (27, 31, 20, 8), (46, 43, 16, 9)]


def contexte(region: str = "84", releve: str = "2025-S2", **changes: Any) -> Contexte:
    """Return what a page is about, of a register without rows, its edition being the project's."""
    return replace(fabrique.barometre([], releve).contexte(region), **changes)


def tardif(about: Contexte, region: str, releve: str) -> Contexte:
    """Return the same page when a region has said nothing since a relève."""
    late = replace(about.parametres, lacunes=Lacunes({region: Releve.lire(releve)}))
    return replace(about, parametres=late)


def table(about: Contexte, dimension: str, rows: Mapping[tuple[str, str], tuple[int, ...]]) -> pd.DataFrame:
    """Return counts by period and code."""
    column = maille_de(about.periode)
    made = [(period, code, *counts) for (period, code), counts in rows.items()]
    return avec_soldes(pd.DataFrame(made, columns=[column, dimension, *MESURES_BRUTES]))


def classement(nets: Mapping[str, int]) -> pd.DataFrame:
    rows = [(region, max(net, 0), 0, max(-net, 0), 0) for region, net in nets.items()]
    return classer(avec_soldes(pd.DataFrame(rows, columns=["region", *MESURES_BRUTES])), dict.fromkeys(REGIONS, True))


def constater(
    annees: list[tuple[int, ...]],
    about: Contexte | None = None,
    rangs: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {}),
    **details: Mapping[tuple[str, str], tuple[int, ...]],
) -> Constats:
    """Return what is said of the counts of the edition's period and of the years before, the nearest first."""
    about = about or contexte()
    periods = comparables(about)[:-4:-1]
    dimension = "departement" if about.region else "region"
    code = "69" if about.region else "84"
    places = {(period, code): counts for period, counts in zip(periods, annees, strict=False)}
    places |= details.get("lieux", {})
    sectors = details.get("secteurs", {(about.periode, "chimie"): NUL})
    return restitution.constater(
        about,
        *(classement(one) for one in rangs),
        table(about, "secteur", sectors),
        table(about, dimension, places),
    )


def points(said: Constats) -> list[str]:
    return [lecture.lisible(one) for one in said.points]


@pytest.mark.parametrize(
    ("region", "releve", "compte", "titre"),
    [
        ("84", "2025-S2", (16, 39, 25, 18), "Auvergne-Rhône-Alpes : 12 ouvertures nettes d'usines en 2025"),
        ("53", "2025-S2", (1, 1, 1, 0), "Bretagne : une ouverture nette d'usine en 2025"),
        ("94", "2025-S2", (0, 0, 0, 1), "Corse : une réduction significative en 2025"),
        ("94", "2025-S2", (0, 0, 1, 0), "Corse : une fermeture en 2025"),
        ("11", "2025-S2", (9, 18, 17, 10), "Île-de-France : solde nul entre ouvertures et fermetures d'usines en 2025"),
        ("53", "2025-S2", (0, 3, 1, 0), "Bretagne : solde net de +2 en 2025"),
        ("52", "2025-S2", (5, 13, 17, 9), "Pays de la Loire : 8 fermetures nettes d'usines en 2025"),
        ("32", "2025-S2", (2, 1, 2, 1), "Hauts-de-France : autant d'ouvertures que de fermetures d'usines en 2025"),
        ("94", "2025-S2", NUL, "Corse : aucune ouverture ni fermeture d'usine en 2025"),
        ("", "2025-S1", (44, 86, 82, 39), "France : 9 ouvertures nettes d'usines au 1er semestre 2025"),
        ("", "2025-S2", (1500, 0, 2, 0), "France : 1\u202f498 ouvertures nettes d'usines en 2025"),
    ],
)
def test_le_titre_est_le_resultat(region: str, releve: str, compte: tuple[int, ...], titre: str) -> None:
    said = constater([compte], contexte(region, releve)).titre
    assert lecture.simple(said.replace("\u202f", " ")) == lecture.simple(titre)


@pytest.mark.parametrize(
    ("annees", "suite"),
    [
        (RHONE, "Extensions et réductions comprises, après 30 en 2024 et 64 en 2023."),
        (RHONE[:1], "Extensions et réductions comprises."),
        ([(3, 0, 0, 0), (1, 0, 0, 0)], "Extensions et réductions comprises, après une en 2024."),
        (
            [(3, 0, 0, 0), (0, 0, 2, 0), (0, 0, 1, 0)],
            "Extensions et réductions comprises, après 2 fermetures nettes en 2024 et une en 2023.",
        ),
        (
            [(0, 0, 3, 0), NUL, (0, 0, 4, 0)],
            "Extensions et réductions comprises, après un solde nul en 2024 et 4 fermetures nettes en 2023.",
        ),
        (
            [(2, 0, 2, 0), (5, 0, 0, 0), (1, 0, 0, 0)],
            "Extensions et réductions comprises, après 5 ouvertures nettes en 2024 et une en 2023.",
        ),
        (
            [(2, 0, 0, 0), NUL, NUL],
            "Extensions et réductions comprises, après un solde nul en 2024 comme en 2023.",
        ),
        (
            [NUL, (0, 0, 1, 0), NUL],
            "Ni extension ni réduction significative, après une fermeture nette en 2024 et un solde nul en 2023.",
        ),
    ],
)
def test_la_suite_dit_les_deux_annees_d_avant(annees: list[tuple[int, ...]], suite: str) -> None:
    assert lecture.simple(constater(annees).suite) == suite


def test_un_semestre_suit_le_meme_semestre_des_annees_d_avant() -> None:
    said = constater([(5, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0)], contexte("84", "2025-S1"))
    assert lecture.simple(said.suite) == (
        "Extensions et réductions comprises, après 2 au 1er semestre 2024 et 3 à celui de 2023."
    )
    assert "recule" not in said.titre and "progresse de 3 sur un an" in points(said)[1]


def test_la_premiere_annee_ne_se_compare_a_rien() -> None:
    first = replace(contexte(), releve=Releve(2022, 2))
    said = constater([(5, 2, 1, 0)], first)
    assert lecture.simple(said.suite) == "Extensions et réductions comprises."
    assert points(said) == [
        "En 2022, 5 ouvertures et 2 extensions significatives, contre une fermeture.",
        "Sans les extensions ni les réductions, le solde est de +4.",
    ]
    assert "sur un an" not in lecture.lisible(essentiel(first, said))


@pytest.mark.parametrize(
    ("maintenant", "avant", "dit"),
    [
        ({"84": 9, "53": 5}, {"84": 7, "53": 0}, "la région reste la première des 2 classées"),
        ({"84": 9, "53": 5}, {"84": 0, "53": 7}, "la région devient la première des 2 classées"),
        ({"84": 9, "53": 5}, {"84": 7, "53": 7}, "la région devient seule première des 2 classées"),
        ({"84": 9, "53": 5}, {}, "la région est la première des 2 classées"),
        ({"84": 9, "53": 9}, {"84": 7, "53": 0}, "la région reste première des 2 classées, à égalité avec la Bretagne"),
        (
            {"84": 9, "53": 9, "32": 9, "11": 0},
            {"84": 1, "53": 7, "32": 0},
            "la région devient première des 4 classées, à égalité avec la Bretagne et les Hauts-de-France",
        ),
        (
            {"84": 9, "53": 9, "32": 9, "11": 9},
            {},
            "la région est première des 4 classées, à égalité avec 3 autres",
        ),
        ({"84": 4, "53": 9, "32": 0}, {"84": 9, "53": 1}, "la région n'est plus première, mais 2e des 3 classées"),
        ({"84": 4, "53": 9, "32": 4}, {"84": 9, "53": 9}, "la région n'est plus première, mais 2e ex æquo des 3"),
        ({"84": 4, "53": 9, "32": 0}, {"84": 4, "53": 9}, "la région reste 2e des 3 classées"),
        ({"84": 4, "53": 9, "32": 0}, {"84": 0, "53": 9, "32": 5}, "la région devient 2e des 3 classées (3e en 2024)"),
        ({"84": 0, "53": 9, "32": 4}, {"84": 5, "53": 9, "32": 0}, "la région devient dernière des 3 classées (2e en"),
        ({"84": 0, "53": 9, "32": 4}, {"84": 0, "53": 9, "32": 4}, "la région reste dernière des 3 classées"),
        ({"84": 4, "53": 9, "32": 0}, {}, "la région est 2e des 3 classées"),
    ],
)
def test_le_rang_se_dit_au_temps_juste(maintenant: dict[str, int], avant: dict[str, int], dit: str) -> None:
    said = lecture.simple(constater(RHONE, rangs=(maintenant, avant)).suite)
    assert said.startswith(f"Extensions et réductions comprises, après 30 en 2024 et 64 en 2023 ; {dit}")


def test_une_region_seule_ou_sans_mouvement_n_est_pas_classee() -> None:
    assert "région" not in constater(RHONE, rangs=({"84": 12}, {})).suite
    assert "région" not in constater([NUL], rangs=({"84": 0, "53": 0}, {})).suite


@pytest.mark.parametrize(
    ("annees", "dit"),
    [
        (
            RHONE,
            [
                "En 2025, 16 ouvertures et 39 extensions significatives, contre 25 fermetures et 18 réductions.",
                "Le solde net recule de 18 sur un an, surtout par la baisse des ouvertures (de 27 à 16).",
                "Sans les extensions ni les réductions, le solde est négatif : −9 (+7 en 2024).",
            ],
        ),
        (
            [(0, 0, 1, 0), NUL],
            [
                "En 2025, une fermeture, sans ouverture ni extension.",
                "Le solde net recule de 1 sur un an, par la seule hausse des fermetures (de 0 à 1).",
            ],
        ),
        (
            [NUL, (0, 0, 0, 1)],
            ["Le solde net progresse de 1 sur un an, par la seule baisse des réductions (de 1 à 0)."],
        ),
        (
            [(0, 1, 0, 0), (0, 1, 0, 0)],
            [
                "En 2025, une extension significative, sans fermeture ni réduction.",
                "Le solde net et ses quatre composantes sont inchangés sur un an.",
                "Sans les extensions ni les réductions, le solde est nul, comme en 2024.",
            ],
        ),
        (
            [(4, 0, 4, 3), (2, 0, 4, 1)],
            [
                "En 2025, 4 ouvertures, contre 4 fermetures et 3 réductions significatives.",
                "Le solde net est inchangé sur un an.",
                "Sans les extensions ni les réductions, le solde est nul (−2 en 2024).",
            ],
        ),
        (
            [(5, 3, 4, 1), (2, 3, 2, 0)],
            [
                "En 2025, 5 ouvertures et 3 extensions significatives, contre 4 fermetures et une réduction.",
                "Le solde net est inchangé sur un an ; ce sont les ouvertures (de 2 à 5) qui varient le plus.",
                "Sans les extensions ni les réductions, le solde est de +1 (nul en 2024).",
            ],
        ),
        (
            [(8, 15, 18, 4), (4, 9, 11, 7)],
            [
                "En 2025, 8 ouvertures et 15 extensions significatives, contre 18 fermetures et 4 réductions.",
                "Le solde net progresse de 6 sur un an, par la hausse des extensions, malgré la hausse des fermetures "
                "(de 11 à 18).",
                "Sans les extensions ni les réductions, le solde est négatif : −10 (−7 en 2024).",
            ],
        ),
        (
            [(1, 1, 2, 3), (2, 2, 1, 2)],
            [
                "En 2025, une ouverture et une extension significative, contre 2 fermetures et 3 réductions.",
                "Le solde net recule de 4 sur un an, sans qu'une composante domine.",
                "Sans les extensions ni les réductions, le solde est de −1 (+1 en 2024).",
            ],
        ),
        (
            [(1, 5, 9, 0), (5, 5, 5, 1)],
            [
                "En 2025, une ouverture et 5 extensions significatives, contre 9 fermetures.",
                "Le solde net recule de 7 sur un an, surtout par les ouvertures (1, contre 5) et les fermetures "
                "(9, contre 5).",
                "Sans les extensions ni les réductions, le solde est de −8 (nul en 2024).",
            ],
        ),
        ([NUL, NUL], []),
    ],
)
def test_composition_changement_et_solde_strict(annees: list[tuple[int, ...]], dit: list[str]) -> None:
    assert points(constater(annees)) == dit


@pytest.mark.parametrize(
    ("nets", "dit"),
    [
        ({"chimie": 5, "sante": 3, "textile": 2}, ["Secteurs en tête : chimie (+5) et santé (+3)."]),
        (
            {"chimie": 5, "sante": 5, "transports": -3},
            ["Secteurs en tête : chimie et santé (+5 chacun) ;"],
        ),
        (
            {"chimie": 5, "transports": -4, "mecanique": -3},
            ["Secteur en tête : chimie (+5) ; au plus bas : transports (−4) et"],
        ),
        ({"transports": -4}, ["Secteur au plus bas : transports (−4)."]),
        # Equals of the second would be four: the first alone.
        ({"chimie": 9, "sante": 3, "defense": 3, "mecanique": 3}, ["Secteur en tête : chimie (+9)."]),
        (
            {"chimie": 3, "sante": 3, "defense": 3, "mecanique": 3},
            ["Secteurs en tête : 4 ex æquo (+3 chacun)."],
        ),
        # Nothing stands out: one, or two, is never among the first.
        ({"chimie": 2, "sante": 1, "transports": -2}, []),
    ],
)
def test_les_secteurs_qui_se_detachent(nets: dict[str, int], dit: list[str]) -> None:
    counts = {("2025", code): (max(net, 0), 0, max(-net, 0), 0) for code, net in nets.items()}
    told = [one for one in points(constater(RHONE, secteurs=counts)) if one.startswith("Secteur")]
    assert len(told) == len(dit) and all(one.startswith(words) for one, words in zip(told, dit, strict=True))


def test_les_departements_d_une_region_les_regions_de_france() -> None:
    places = {("2025", "69"): (4, 0, 0, 0), ("2025", "74"): (4, 0, 0, 0), ("2025", "38"): (0, 0, 4, 0)}
    assert points(constater([], lieux=places))[-1] == (
        "Départements en tête : Haute-Savoie et Rhône (+4 chacun) ; au plus bas : Isère (−4)."
    )
    regions = {("2025", "84"): (12, 0, 0, 0), ("2025", "75"): (12, 0, 0, 0), ("2025", "52"): (0, 0, 8, 0)}
    assert points(constater([], contexte(""), lieux=regions))[-1] == (
        "Régions en tête : Auvergne-Rhône-Alpes et Nouvelle-Aquitaine (+12 chacune) ; "
        "au plus bas : Pays de la Loire (−8)."
    )


class TestReserves:
    """What is not known is never a zero, and concludes nothing."""

    def test_ou_la_couverture_n_est_pas_etablie_rien_ne_se_conclut(self) -> None:
        about = contexte("06")
        said = constater([NUL, NUL], about)
        assert said.titre == "Mayotte : pas de solde établi en\u00a02025"
        assert said.suite == (
            "La couverture de la collecte n'y est pas établie : le baromètre ne permet pas de conclure."
        )
        assert not said.points and essentiel(about, said) is None
        one, two = (constater([counts], about).suite for counts in ((1, 0, 0, 0), (2, 0, 0, 1)))
        assert one.endswith("conclure ; une ouverture y est comptée.")
        assert two.endswith("conclure ; 2 ouvertures et une réduction significative y sont comptées.")

    def test_une_region_en_retard_n_a_pas_de_solde(self) -> None:
        about = tardif(contexte("53"), "53", "2025-S1")
        counts = table(about, "departement", {("2025", "35"): (1, 0, 0, 0), ("2024", "35"): (2, 0, 0, 0)})
        counts.loc[counts["annee"] == "2025", [*MESURES_BRUTES, "solde_net"]] = pd.NA
        none = classement({})
        said = restitution.constater(about, none, none, table(about, "secteur", {}), counts)
        assert said.titre == "Bretagne : solde non disponible en\u00a02025"
        assert not said.suite
        notice = "Les données de la région n'ont pas été actualisées depuis le 30 juin 2025 : ses nombres en 2025 et"
        assert notice in lecture.lisible(restitution.entete(about, said))
        tiles = lecture.lisible(essentiel(about, said))
        assert tiles == "Solde netn.d. Ouverturesn.d. Extensionsn.d. Fermeturesn.d. Réductionsn.d."

    def test_la_france_se_compare_sur_les_memes_regions(self) -> None:
        about = tardif(contexte(""), "53", "2025-S1")
        places = {
            ("2025", "84"): (5, 0, 0, 0),
            ("2024", "84"): (3, 0, 0, 0),
            ("2024", "53"): (9, 0, 0, 0),
            ("2025", "53"): NUL,
        }
        said = constater([], about, ({"84": 5, "75": 0}, {"84": 3, "75": 9}), lieux=places)
        assert lecture.simple(said.titre) == "France hors Bretagne : 5 ouvertures nettes d'usines en 2025"
        assert lecture.simple(said.suite).startswith("Extensions et réductions comprises, après 3 en 2024")
        assert points(said)[1].startswith("Sur les mêmes régions, le solde net progresse de 2 sur un an")
        assert "+5, +2 sur un an" in lecture.lisible(essentiel(about, said)).replace("net+5", "net +5")

    def test_une_autre_region_n_a_de_rang_que_cette_annee(self) -> None:
        about = tardif(contexte("84"), "53", "2025-S1")
        said = constater(RHONE, about, ({"84": 9, "75": 1}, {"84": 1, "75": 9})).suite
        assert said.endswith("la région est la première des 2 classées, hors Bretagne.")

    def test_beaucoup_de_regions_en_retard_sont_nommees_une_fois(self) -> None:
        """Eleven names in each title, total and caption made pages that nobody could read."""
        about = contexte("")
        late = {"11": "2024-S2", "53": "2025-S1", "76": "2025-S1", "84": "2025-S1"}
        unknown = Lacunes({code: Releve.lire(releve) for code, releve in late.items()})
        about = replace(about, parametres=replace(about.parametres, lacunes=unknown))
        assert about.qualifier("Total") == "Total hors 4 régions"
        assert about.qualifier("Total", "2025-S1") == "Total hors Île-de-France"
        assert (
            "Données non actualisées depuis le 30 juin 2025 : Auvergne-Rhône-Alpes, Bretagne et Occitanie ; depuis le "
            "31 décembre 2024 : Île-de-France. Leurs nombres pour les périodes qui suivent sont non disponibles ; ceux "
            "de la France sont alors donnés hors 4 régions." in lecture.lisible(restitution.entete(about))
        )

    def test_l_entete_porte_ce_qu_elle_doit(self) -> None:
        about = contexte("84", variante="Variante d'étude, hors méthode officielle")
        said = lecture.blocs(restitution.entete(about, constater(RHONE)))
        assert said[1] == "Auvergne-Rhône-Alpes\u00a0: 12\u00a0ouvertures nettes d'usines en\u00a02025"
        assert said[-3:] == [
            "Variante d'étude, hors méthode officielle",
            "Document interne, ne pas diffuser",
            "Registre de démonstration\u00a0: microdonnées fictives",
        ]
        assert lecture.simple(said[0]) == (
            "Baromètre industriel de l'État · année 2025, situation connue au 31 décembre 2025 · "
            "publication en mars 2026 · données provisoires"
        )
        public = lecture.lisible(restitution.entete(replace(about, publique=True), constater(RHONE)))
        assert "diffuser" not in public and "relève" not in public


@pytest.mark.parametrize(
    ("annees", "dit"),
    [
        ([(46, 0, 16, 0), (27, 0, 20, 0), (16, 0, 25, 0)], "Moins d'ouvertures et plus de fermetures depuis 2023"),
        ([(5, 0, 9, 0), (5, 1, 9, 9), (7, 0, 2, 0)], "Plus d'ouvertures et moins de fermetures qu'en 2024"),
        ([(9, 0, 0, 0), (5, 0, 0, 0), (2, 0, 0, 0)], "Le solde net recule depuis 2023, de +9 à +2"),
        ([(0, 0, 3, 0), (0, 0, 1, 0), (2, 0, 0, 0)], "Le solde net progresse depuis 2023, de −3 à +2"),
        # Fewer openings and more closures, yet a higher net: it is not what the figure shows first.
        ([(5, 0, 5, 9), (5, 0, 5, 9), (4, 3, 6, 0)], "Le solde net monte à +1, après −9 en 2024"),
        ([(5, 0, 0, 0), (0, 0, 0, 0), (0, 0, 1, 0)], "Le solde net recule depuis 2023, de +5 à −1"),
        ([(0, 0, 1, 0), (0, 0, 0, 0), (0, 0, 0, 1)], "Nul en 2024, le solde net tombe à −1"),
        ([(0, 0, 1, 0), (3, 0, 0, 0), (0, 0, 0, 0)], "Le solde net devient nul, après +3 en 2024"),
        ([(0, 0, 1, 0), (3, 0, 0, 0), (0, 3, 0, 0)], "Le solde net reste à +3, comme en 2024"),
        ([(0, 0, 1, 0), (1, 0, 1, 0), (2, 0, 2, 0)], "Le solde net reste nul, comme en 2024"),
        ([NUL, NUL, NUL], "Aucun mouvement compté depuis 2023"),
    ],
)
def test_le_constat_du_recensement(annees: list[tuple[int, ...]], dit: str) -> None:
    rows = [(year, *counts) for year, counts in zip(("2023", "2024", "2025"), annees, strict=True)]
    evolution = avec_soldes(pd.DataFrame(rows, columns=["periode", *MESURES_BRUTES]))
    evolution["comparable"] = evolution["solde_net"]
    assert lecture.simple(constats_figures.constat_recensement(contexte(), evolution)) == dit


@pytest.mark.parametrize(
    ("nets", "dit"),
    [
        ({"chimie": 5, "transports": -3, "sante": 1}, "Chimie en tête, transports au plus bas"),
        ({"chimie": 5, "sante": 5, "transports": -1}, "Chimie et santé en tête"),
        ({"transports": -2}, "Transports au plus bas"),
        ({"chimie": 1, "transports": -1}, "Aucun secteur ne se détache en 2025"),
        ({"chimie": 0}, "Aucun mouvement compté en 2025"),
        (dict.fromkeys(("chimie", "sante", "defense", "mecanique"), 2), "4 secteurs ex æquo en tête"),
        # What would be too long keeps its first part.
        (
            dict.fromkeys(("biens_de_consommation", "industrie_verte", "sante"), 4)
            | dict.fromkeys(("autres_industries", "industries_extractives", "papier_carton"), -4),
            "Biens de consommation, industrie verte et santé en tête",
        ),
    ],
)
def test_le_constat_des_secteurs(nets: dict[str, int], dit: str) -> None:
    about = contexte()
    counts = table(about, "secteur", {("2025", code): (max(n, 0), 0, max(-n, 0), 0) for code, n in nets.items()})
    assert lecture.simple(constats_figures.constat_secteurs(about, counts)) == dit


def test_le_constat_des_departements() -> None:
    about = contexte()
    places = {("2025", "69"): (4, 0, 0, 0), ("2025", "74"): (4, 0, 0, 0), ("2025", "38"): (0, 0, 4, 0)}
    said = constats_figures.constat_departements(about, table(about, "departement", places))
    assert said == "Haute-Savoie et Rhône en tête, Isère au plus bas"
    assert constats_figures.constat_departements(
        contexte("06"), table(about, "departement", {("2025", "976"): NUL})
    ) == ("La couverture de la collecte n'est pas établie")


@pytest.mark.parametrize(
    ("region", "nets", "avant", "carte", "rang"),
    [
        (
            "84",
            {"84": 12, "75": 10, "94": -1, "53": 0},
            {"84": 3, "75": 1},
            "Auvergne-Rhône-Alpes, l'une des 2 régions au solde positif en 2025",
            "Auvergne-Rhône-Alpes toujours en tête, devant la Nouvelle-Aquitaine (+10)",
        ),
        (
            "94",
            {"84": 12, "75": 10, "94": -1, "53": 0},
            {},
            "Corse, seule région au solde négatif en 2025",
            "Corse, 4e sur 4, 13 de moins que la première",
        ),
        (
            "53",
            {"84": 4, "53": 4, "94": 0},
            {},
            "Bretagne, l'une des 2 régions au solde positif en 2025",
            "Bretagne en tête, à égalité avec l'Auvergne-Rhône-Alpes",
        ),
        (
            "",
            {"84": 12, "75": 10, "94": -1, "53": 0},
            {},
            "Solde positif dans 2 régions, négatif dans une, nul dans une",
            "Auvergne-Rhône-Alpes en tête (+12), Corse au plus bas (−1)",
        ),
        ("", {"84": 0, "53": 0, "94": 0}, {}, "Solde nul dans 3 régions", "3 régions ex æquo en tête (0)"),
        (
            "06",
            {"84": 1, "53": 0},
            {},
            "Solde positif dans une région, nul dans une",
            "Auvergne-Rhône-Alpes en tête (+1),",
        ),
    ],
)
def test_les_constats_de_la_carte_et_du_classement(
    region: str, nets: dict[str, int], avant: dict[str, int], carte: str, rang: str
) -> None:
    about, now, before = contexte(region), classement(nets), classement(avant)
    assert lecture.simple(constats_figures.constat_carte(about, now)) == carte
    assert lecture.simple(constats_figures.constat_classement(about, now, before)).startswith(rang)


COMPTES = st.tuples(*[st.one_of(st.integers(0, 3), st.integers(0, 400))] * 4)


@settings(deadline=None)
@given(
    annees=st.lists(COMPTES, min_size=1, max_size=3),
    region=st.sampled_from(["84", "32", "52", "94", ""]),
    releve=st.sampled_from(["2025-S2", "2025-S1"]),
    nets=st.dictionaries(st.sampled_from(REGIONS), st.integers(-9, 40), max_size=13),
    secteurs=st.dictionaries(
        st.sampled_from(["chimie", "biens_de_consommation", "autres_industries", "industries_extractives", "sante"]),
        COMPTES,
        min_size=1,
    ),
    tardive=st.booleans(),
)
# Two words too many, with the numbers of both.
@example([(0, 0, 0, 0), (0, 0, 1, 1)], "", "2025-S2", {}, {"chimie": (0, 0, 0, 0)}, True)
@example(
    [(0, 0, 0, 0)], "84", "2025-S2", {"01": 0, "02": 0, "03": 0, "04": 0, "11": 1, "24": 1}, {"sante": (0,) * 4}, False
)
@example([(0, 0, 0, 0)], "52", "2025-S2", dict.fromkeys(["01", "02", "52"], 0) | {"06": 1}, {"sante": (0,) * 4}, False)
def test_tout_compte_se_dit_juste(  # noqa: PLR0913, PLR0917  what a page is made of
    annees: list[tuple[int, ...]],
    region: str,
    releve: str,
    nets: dict[str, int],
    secteurs: dict[str, tuple[int, ...]],
    tardive: bool,
) -> None:
    about = contexte(region, releve)
    about = tardif(about, "53", "2024-S2") if tardive else about
    ranks = {code: net for code, net in nets.items() if code != "53"} if tardive else nets
    sectors = {(about.periode, code): counts for code, counts in secteurs.items()}
    said = constater(annees, about, (ranks, ranks), secteurs=sectors)
    told = points(said)
    assert len(told) <= POINTS_MAX
    assert [one for one in told if compter_mots(one) > constats_points.MOTS_MAX] == []
    ranking = classement(ranks)
    counts = table(about, "secteur", sectors)
    findings = [
        constats_figures.constat_secteurs(about, counts),
        constats_figures.constat_carte(about, ranking),
        constats_figures.constat_classement(about, ranking, ranking),
    ]
    assert [one for one in findings if compter_mots(one) > MOTS_MAX] == []
    for text in map(lecture.simple, [said.titre, said.suite, *told, *findings]):
        found = {fault: re.search(pattern, text) for fault, pattern in FAUTES.items() if fault != "minuscule"}
        assert not any(found.values()), (text, {k: v for k, v in found.items() if v})
    verifier_le_titre(said.titre, Compte(*annees[0]))
    assert said.compte == Compte(*annees[0])
    assert said.avant is None or said.compte.net - said.avant.net == sum(
        way * (now - then) for way, now, then in zip((1, 1, -1, -1), said.compte, said.avant, strict=True)
    )


def verifier_le_titre(titre: str, compte: Compte) -> None:
    """Check that a title says the net, and neither openings nor closures that there are not."""
    _, said = lecture.simple(titre).split(" : ")
    number = re.match(r"(une|[\d ]+) (ouverture|fermeture)s? nettes? d'usines? ", said)
    if number:
        value = 1 if number[1] == "une" else int(number[1].replace(" ", ""))
        assert compte.net == (value if number[2] == "ouverture" else -value)
        assert compte.ouvertures if compte.net > 0 else compte.fermetures
    elif written := re.match(r"solde net de ([+−][\d ]+) ", said):
        assert int(written[1].replace("−", "-").replace(" ", "")) == compte.net
    elif compte.mouvements == 1:
        kind = next(name for name in MESURES_BRUTES if compte.mesure(name))
        assert lecture.simple(said).startswith(f"une {kind[:-1].replace('reduction', 'réduction')}")
    else:
        assert compte.net == 0
        assert said.startswith("aucune") == (compte.mouvements == 0)
        assert said.startswith("autant") == (compte.ouvertures > 0 and compte.strict == 0)


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_chaque_page_du_projet_dit_ses_comptes(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    for region in ["", *REGIONS]:
        about, own = barometre.contexte(region), {"region": region} if region else {}
        sectors = barometre.comptes([about.maille, "secteur"], **own)
        places = barometre.comptes([about.maille, "departement" if region else "region"], **own)
        now, before = (barometre.classement(one) for one in (about.periode, about.periode_precedente))
        said = restitution.constater(about, now, before, sectors, places)
        (counts,) = restitution.de_la_periode(barometre.comptes([about.maille], **own), about.periode).to_dict(
            "records"
        )
        assert said.compte is not None and said.compte == Compte(*(counts[one] for one in MESURES_BRUTES))
        if about.couverte:
            verifier_le_titre(said.titre, said.compte)
        else:
            assert "pas de solde établi" in said.titre
        findings = [
            constats_figures.constat_recensement(about, barometre.evolution(region)),
            constats_figures.constat_secteurs(about, sectors),
            constats_figures.constat_departements(
                about, barometre.comptes([about.maille, "region", "departement"]) if not region else places
            ),
            constats_figures.constat_carte(about, now),
            constats_figures.constat_classement(about, now, before),
        ]
        assert [one for one in findings if compter_mots(one) > MOTS_MAX] == []
        told = [said.titre, said.suite, *points(said), *findings]
        assert [one for one in points(said) if compter_mots(one) > constats_points.MOTS_MAX] == []
        for text in map(lecture.simple, told):
            found = {fault: re.search(pattern, text) for fault, pattern in FAUTES.items()}
            assert not any(found.values()), (region, text, {k: v for k, v in found.items() if v})
