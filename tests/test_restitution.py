"""What a page says and shows: typography, tables, method, and what untrusted text may not do."""

import re
from datetime import date
from html import unescape
from typing import Any

import fabrique
import pandas as pd
import pytest
from lecture import lisible, simple

from barometre_lib import restitution, typographie
from barometre_lib.comptage import avec_soldes
from barometre_lib.restitution.tableaux import tableau, tableau_classe, trier_par_solde
from barometre_lib.vocabulaire import MESURES_BRUTES


def comptes(*rows: tuple[Any, ...], dimension: str = "annee") -> pd.DataFrame:
    return avec_soldes(pd.DataFrame(rows, columns=[dimension, *MESURES_BRUTES]))


class TestTypographie:
    @pytest.mark.parametrize(
        ("valeur", "decimales", "ecrit"),
        [
            (0, 0, "0"),
            (1234, 0, "1\u202f234"),
            (-1, 0, "−1"),
            (8.0, 1, "8"),
            (1234.56, 1, "1\u202f234,6"),
            (-0.01, 1, "0"),
        ],
    )
    def test_nombre(self, valeur: float, decimales: int, ecrit: str) -> None:
        assert typographie.nombre(valeur, decimales=decimales) == ecrit

    @pytest.mark.parametrize(("valeur", "ecrit"), [(32, "+32"), (0, "0"), (-3, "−3"), (1000, "+1\u202f000")])
    def test_signe(self, valeur: int, ecrit: str) -> None:
        assert typographie.signe(valeur) == ecrit

    def test_dates_et_periodes(self) -> None:
        assert typographie.jour(date(2025, 4, 1)) == "1er\u00a0avril\u00a02025"
        assert typographie.mois("2025-03") == "mars\u00a02025"
        assert typographie.au_cours_de("2024") == "en\u00a02024"
        assert typographie.au_cours_de("2025-S1") == "au\u00a01er\u00a0semestre\u00a02025"
        assert typographie.periode("2024-S2") == "2e\u00a0semestre\u00a02024"

    def test_les_signes_doubles_prennent_leur_insecable(self) -> None:
        assert (
            typographie.typographier("« oui » : 40 % ; non ?") == "«\u00a0oui\u00a0»\u00a0: 40\u202f%\u202f; non\u202f?"
        )

    def test_l_ordre_alphabetique_ignore_les_accents(self) -> None:
        assert sorted(["Textile", "Électronique", "Chimie", "Ée"], key=typographie.sans_accents) == [
            "Chimie",
            "Ée",
            "Électronique",
            "Textile",
        ]


class TestTableaux:
    def test_titre_portees_et_total(self) -> None:
        html = restitution.tableau(comptes(("2023", 1, 2, 3, 4), ("2024", 10, 0, 0, 0)), titre="Essai")._repr_html_()
        assert "<caption><span>Essai</span></caption>" in html
        assert html.count('scope="col"') == 6
        assert html.count('scope="row"') == 3
        assert '<th scope="row">Total</th><td>11</td><td>2</td><td>3</td><td>4</td><td>+6</td>' in html

    def test_du_plus_fort_solde_au_plus_faible_puis_par_intitule(self) -> None:
        rows = comptes(("b", 1, 0, 0, 0), ("a", 1, 0, 0, 0), ("c", 5, 0, 0, 0), ("d", 0, 0, 1, 0), dimension="secteur")
        labels = {"a": "Électronique", "b": "Textile", "c": "Chimie", "d": "Automobile"}
        html = tableau(trier_par_solde(rows, labels), titre="Essai", libelles=labels)._repr_html_()
        assert re.findall(r'<th scope="row">(\w+)', html) == [
            "Chimie",
            "Électronique",
            "Textile",
            "Automobile",
            "Total",
        ]

    def test_une_region_sans_rang_n_a_pas_de_nombre(self) -> None:
        rows = comptes(("84", 9, 0, 0, 0), ("01", 0, 0, 0, 0), dimension="region")
        ranking = rows[rows["region"] == "84"].assign(rang=1, ex_aequo=False)
        html = tableau_classe(rows, ranking, titre="Essai", libelles={"84": "ARA", "01": "Guadeloupe"})._repr_html_()
        assert re.search(r"Guadeloupe</th>\s*<td class=\"note\" colspan=\"6\">couverture non précisée</td>", html)
        assert "<td>1<sup>re</sup></td>" in html

    def test_ce_qui_est_compte_dans_une_region_non_couverte_se_voit(self) -> None:
        rows = comptes(("84", 9, 0, 0, 0), ("01", 1, 0, 0, 0), dimension="region")
        labels = {"84": "ARA", "01": "Guadeloupe"}
        html = restitution.tableau(rows, titre="Essai", libelles=labels, non_precisees=["01"])._repr_html_()
        assert '<th scope="row">Guadeloupe (couverture non précisée)</th><td>1</td>' in html
        assert '<th scope="row">Total</th><td>10</td>' in html


HOSTILES = [
    "<script>alert(1)</script>",
    "</td></table>",
    "{{ 7 * 7 }}",
    "$$x$$",
    'a" onmouseover="b',
    "&lt;b&gt;",
    "{% raw %}",
]


def exemple(**changes: str) -> str:
    """Return what the page says of a site chosen as an example."""
    barometre = fabrique.barometre([fabrique.ligne(citable="oui", **changes)])
    barometre = fabrique.editer(barometre, exemples={"84": barometre.decisions["id_mouvement"]})
    shown = restitution.section_exemples(barometre.contexte("84"), barometre.exemples("84"))
    assert shown is not None
    return str(shown.html)


@pytest.mark.parametrize("nom", HOSTILES)
def test_un_nom_de_site_n_est_jamais_du_balisage(nom: str) -> None:
    html = exemple(nom_site=nom, entreprise=nom, activite=nom, capacite=nom, aides=nom)
    assert nom not in html or not re.search(r"[<>&\"]", nom)
    assert nom in simple(unescape(html))
    assert "<script" not in html
    assert "49" not in html.replace("&#34;", "")
    assert html.count("<li>") == 1


def test_un_exemple_ne_montre_que_ses_colonnes_publiques() -> None:
    html = exemple(effectif="4321", date_effet="2024-05-17", code_naf="27.20Z", commentaire="secret", emplois="37")
    assert "37" in html
    for hidden in ("4\u202f321", "4321", "2024-05-17", "17", "27.20Z", "secret"):
        assert hidden not in html


def test_la_methode_d_une_variante_dit_la_valeur_de_la_variante() -> None:
    text = lisible(restitution.section_methode(fabrique.barometre([], seuil_effectif=10).contexte("84")))
    assert "les sites de plus de 10 salariés" in text
    assert "20 salariés" not in text


def test_une_variante_porte_son_tampon_et_pas_la_methode_officielle() -> None:
    barometre = fabrique.barometre([fabrique.ligne()], seuil_effectif=10)
    html = simple(restitution.entete(barometre.contexte("84"))._repr_html_())
    assert "Variante d'étude, hors méthode officielle" in html
    assert "Registre de démonstration" in html


@pytest.mark.parametrize(("entreprise", "montree"), [("Symbio", True), ("", False), ("SYMPHONHY SAS (fictif)", False)])
def test_l_entreprise_n_est_dite_que_si_elle_ajoute_quelque_chose(entreprise: str, montree: bool) -> None:
    assert (f"(<bdi>{entreprise}</bdi>)" in exemple(nom_site="SymphonHy", entreprise=entreprise)) == montree
