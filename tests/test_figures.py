"""Figures of counts: what they say without colour, and whether a phone shows them whole."""

import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser
from test_pages import CHEVAUCHEMENTS, HORS_CADRE

from barometre_lib import restitution, typographie
from barometre_lib.comptage import avec_soldes
from barometre_lib.restitution.figures import figure_periodes, figure_rangee
from barometre_lib.restitution.style import COULEURS
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve

# Least size, in pixels on the screen, of any text of a drawing.
CORPS_AFFICHE = """() => [...document.querySelectorAll('svg text')].map(t => {
  const svg = t.ownerSVGElement;
  return parseFloat(getComputedStyle(t).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
}).reduce((least, size) => Math.min(least, size), 99)"""
FEUILLE = Path(__file__).parents[1] / "barometre_lib" / "publication" / "gabarits" / "style.css"


def comptes(*rows: tuple[Any, ...], dimension: str = "annee") -> pd.DataFrame:
    return avec_soldes(pd.DataFrame(rows, columns=[dimension, *MESURES_BRUTES]))


def rangee(*rows: tuple[Any, ...], libelles: dict[str, str] | None = None) -> str:
    counts = comptes(*rows, dimension="secteur")
    labels = libelles or {code: f"Secteur {code}" for code in counts["secteur"]}
    return figure_rangee(counts, nom="essai", titre="Essai", libelles=labels)._repr_html_()


def annees(*rows: tuple[Any, ...], releve: str = "2025-S1") -> str:
    return figure_periodes(comptes(*rows), nom="annees", titre="Essai", releve=Releve.lire(releve))._repr_html_()


def textes(html: str) -> list[str]:
    """Return the texts of a drawing, in the order in which they are drawn."""
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", html)]


def hauteurs(html: str, mots: list[str]) -> list[float]:
    """Return the height at which each word is written."""
    return [float(re.findall(rf'y="([\d.]+)"[^>]*>{word}</text>', html)[0]) for word in mots]


class TestRangee:
    def test_du_plus_fort_solde_au_plus_faible_puis_par_intitule(self) -> None:
        labels = {"a": "Électronique", "b": "Textile", "c": "Chimie", "d": "Automobile"}
        html = rangee(("b", 1, 0, 0, 0), ("a", 1, 0, 0, 0), ("c", 5, 0, 0, 0), ("d", 0, 0, 1, 0), libelles=labels)
        drawn = hauteurs(html, ["Chimie", "Électronique", "Textile", "Automobile"])
        assert all(above < below for above, below in pairwise(drawn))
        assert "Chimie +5\u202f; Électronique +1\u202f; Textile +1\u202f; Automobile −1" in html

    def test_chaque_valeur_se_lit_sans_couleur(self) -> None:
        drawn = textes(rangee(("a", 12, 3, 4, 1), ("b", 0, 2, 0, 0), ("c", 0, 0, 1, 0)))
        assert {"12 + 3", "4 + 1", "+10", "0 + 2", "+2", "1 + 0", "−1"} <= set(drawn)

    def test_le_solde_est_un_repere_nomme(self) -> None:
        html = rangee(("a", 3, 0, 1, 0))
        assert {"Ouvertures", "Extensions", "Fermetures", "Réductions", "Solde net"} <= set(textes(html))

    def test_une_ligne_sans_mouvement_montre_zero(self) -> None:
        drawn = textes(rangee(("a", 1, 0, 0, 0), ("b", 0, 0, 0, 0)))
        assert drawn.count("0") == 1
        assert "0 + 0" not in drawn

    def test_les_valeurs_suivent_dans_un_tableau_repliable(self) -> None:
        html = rangee(("a", 12, 3, 4, 1))
        assert html.index("</svg>") < html.index("<details>") < html.index("<table>")

    def test_un_intitule_n_est_jamais_du_balisage(self) -> None:
        html = rangee(("a", 1, 0, 0, 0), libelles={"a": "<b>$x$ & {{ 7 * 7 }}</b>"})
        assert "<b>" not in html
        assert "<b>$x$ & {{ 7 * 7 }}</b>" in textes(html)

    def test_rien_a_ranger_se_dit(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        html = restitution.section_secteurs(
            barometre.contexte("06"), barometre.comptes(["annee", "secteur"], region="06")
        )._repr_html_()
        assert "Aucun mouvement n'est compté" in unescape(html)
        assert "<svg" not in html

    @pytest.mark.parametrize(("region", "drawn"), [("84", True), ("94", False), ("04", False)])
    def test_des_departements_que_la_carte_a_dits_ne_se_rangent_pas(
        self, charger: Any, region: str, drawn: bool
    ) -> None:
        barometre = charger("2024-S2")
        counts = barometre.comptes(["annee", "departement"], region=region)
        assert (restitution.section_departements(barometre.contexte(region), counts) is not None) == drawn


class TestPeriodes:
    def test_un_premier_semestre_se_compare_a_ceux_d_avant(self, charger: Any) -> None:
        barometre = charger("2025-S1")
        counts = barometre.comptes(["annee", "semestre"], region="84")
        html = restitution.section_semestres(barometre.contexte("84"), counts)._repr_html_()
        assert textes(html).count("1er") == textes(html).count("semestre") == 4
        assert "2e\u00a0semestre" not in html
        firsts = counts.loc[counts["semestre"].str.endswith("-S1"), "solde_net"]
        assert {typographie.signe(net) for net in firsts} <= set(textes(html))

    def test_ce_que_les_mots_ont_dit_ne_se_montre_pas_par_des_zeros(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        contexte, counts = barometre.contexte("06"), barometre.comptes(["annee"], region="06")
        words = restitution.lecture_annees(contexte, barometre.evolution("06"))
        html = restitution.section_annees(contexte, counts, words)._repr_html_()
        assert "aucun mouvement n'est compté en\u00a02022" in unescape(html)
        assert "<table" not in html

    def test_une_periode_sans_mouvement_n_epaissit_pas_l_axe(self) -> None:
        drawn = annees(("2023", 0, 0, 0, 0), ("2024", 0, 0, 1, 0))
        # The legend, then the only bar.
        assert [drawn.count(fill) for fill, _ in (COULEURS["ouvertures"], COULEURS["fermetures"])] == [1, 2]

    def test_une_annee_ouverte_est_hachuree_et_dite(self) -> None:
        html = annees(("2024", 5, 4, 3, 2), ("2025", 1, 2, 1, 1))
        assert "<pattern" in html
        assert "(1er semestre)" in textes(html)
        assert "hachures\u00a0: année en cours" in html
        assert "<pattern" not in annees(("2024", 5, 4, 3, 2), ("2025", 1, 2, 1, 1), releve="2025-S2")

    def test_les_identifiants_ne_se_partagent_pas(self) -> None:
        first = figure_periodes(comptes(("2024", 5, 4, 3, 2)), nom="a", titre="A", releve=Releve.lire("2024-S2"))
        second = figure_periodes(comptes(("2024", 5, 4, 3, 2)), nom="b", titre="B", releve=Releve.lire("2024-S2"))
        ids = re.findall(r'\bid="([^"]+)"', first._repr_html_() + second._repr_html_())
        assert len(ids) == len(set(ids))


CAS = {
    "cinq annees de France": annees(*((str(year), 170, 174, 111, 58) for year in range(2022, 2027)), releve="2026-S1"),
    "sept annees de France": annees(*((str(year), 170, 174, 111, 58) for year in range(2022, 2029)), releve="2028-S2"),
    "cinq premiers semestres": annees(*((f"{year}-S1", 17, 16, 7, 2) for year in range(2022, 2027)), releve="2026-S1"),
    "une seule periode": annees(("2025", 1, 0, 0, 0)),
    "pertes seules": annees(("2024", 0, 0, 9, 1), ("2025", 0, 0, 1, 1)),
    "valeurs minuscules": annees(("2024", 200, 100, 1, 1), ("2025", 1, 1, 1, 1)),
    "grands nombres": rangee(("a", 123, 145, 110, 108), ("b", 0, 1, 0, 0), ("c", 0, 0, 100, 100)),
    "gains seuls": rangee(("a", 100, 120, 0, 0), ("b", 1, 0, 0, 0)),
    "une seule ligne": rangee(("a", 0, 0, 0, 1)),
    "pertes seulement": rangee(("a", 0, 0, 28, 14), ("b", 0, 0, 1, 1)),
    "intitules longs": rangee(
        ("a", 9, 9, 9, 9), ("b", 1, 0, 1, 0), libelles={"a": "Alpes-de-Haute-Provence", "b": "Territoire de Belfort"}
    ),
}


@pytest.mark.parametrize("largeur", [375, 1280])
@pytest.mark.parametrize("cas", CAS)
def test_une_figure_se_lit_sur_un_telephone(navigateur: Browser, cas: str, largeur: int) -> None:
    page = navigateur.new_page(viewport={"width": largeur, "height": 900})
    page.set_content(f"<style>{FEUILLE.read_text(encoding='utf-8')}</style><main>{CAS[cas]}</main>")
    assert page.evaluate(CHEVAUCHEMENTS) == []
    assert page.evaluate(HORS_CADRE) == []
    scrolled = "[...document.querySelectorAll('.dessin')].filter(d => d.scrollWidth > d.clientWidth).length"
    assert page.evaluate(scrolled) == 0
    # Seven years do not fit at that size: they shrink rather than meet.
    assert page.evaluate(CORPS_AFFICHE) >= (8 if cas.startswith("sept") else 11)
    page.close()
