"""What a page says and shows: typography, sentences, tables, figures, and what untrusted text may not do."""

import re
from datetime import date
from itertools import pairwise
from typing import Any

import fabrique
import pandas as pd
import pytest
from lecture import lisible, simple

from barometre_lib import restitution, typographie
from barometre_lib.barometre import Barometre
from barometre_lib.comptage import avec_soldes
from barometre_lib.restitution.sections import section_exemples
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


class TestPhrase:
    """The sentence with the numbers, in every number and sign."""

    @pytest.fixture
    def dire(self, charger: Any) -> Any:
        barometre: Barometre = charger("2024-S2")

        def say(region: str, *counts: int) -> str:
            ranking = pd.DataFrame({"region": [region], "rang": [1], "ex_aequo": [False]})
            return lisible(restitution.phrase(barometre.contexte(region), comptes(("2024", *counts)), ranking))

        return say

    @pytest.mark.parametrize(
        ("counts", "said"),
        [
            ((27, 32, 19, 8), "59 ouvertures et extensions significatives de sites industriels, et 27 fermetures et"),
            ((27, 32, 19, 8), "Le solde net s'établit à +32, soit 32 ouvertures nettes."),
            (
                (1, 0, 0, 0),
                "les services de l'État comptent une ouverture ou extension significative d'un site industriel,",
            ),
            (
                (1, 0, 0, 0),
                "sans aucune fermeture ni réduction significative. Le solde net s'établit à +1, soit une ouverture",
            ),
            (
                (0, 0, 0, 2),
                "ne comptent aucune ouverture ni extension significative de site industriel, mais 2 fermetures",
            ),
            ((0, 0, 0, 2), "Le solde net s'établit à −2, soit 2 fermetures nettes."),
            ((0, 0, 1, 0), "−1, soit une fermeture nette."),
            ((2, 0, 2, 0), "Le solde net est nul."),
            ((0, 0, 0, 0), "En 2024, aucun mouvement n'est compté dans les Hauts-de-France."),
        ],
        ids=str,
    )
    def test_nombre_et_signe(self, dire: Any, counts: tuple[int, ...], said: str) -> None:
        assert said in dire("32", *counts)

    def test_un_rang_partage_se_dit(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        text = lisible(
            restitution.phrase(barometre.contexte("94"), comptes(("2024", 0, 0, 0, 0)), barometre.classement("2024"))
        )
        assert "la région est 9e ex æquo des 13 régions dont la couverture est établie" in text

    def test_une_region_non_couverte_n_a_pas_de_rang(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        text = lisible(
            restitution.phrase(barometre.contexte("04"), comptes(("2024", 0, 0, 0, 0)), barometre.classement("2024"))
        )
        assert "aucun mouvement n'est compté à La Réunion" in text
        assert "Couverture non précisée" in text
        assert "Par son solde" not in text

    def test_une_edition_de_premier_semestre_parle_du_semestre(self, charger: Any) -> None:
        barometre = charger("2025-S1")
        counts = barometre.comptes(["semestre"], region="27")
        text = lisible(restitution.phrase(barometre.contexte("27"), counts, barometre.classement("2025-S1")))
        assert text.startswith(
            "Au 1er semestre 2025, en Bourgogne-Franche-Comté, les services de l'État comptent 5 ouvertures"
        )
        assert "4 fermetures et réductions significatives" in text

    def test_une_periode_absente_est_une_erreur(self, charger: Any) -> None:
        with pytest.raises(KeyError):
            restitution.phrase(charger("2025-S1").contexte("27"), comptes(("2025", 1, 1, 1, 1)), pd.DataFrame())


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


class TestFigures:
    @pytest.fixture
    def contexte(self, charger: Any) -> Any:
        return charger("2025-S1").contexte("84")

    def test_le_texte_est_du_texte_et_rien_n_est_appele(self, contexte: Any) -> None:
        html = restitution.section_annees(contexte, comptes(("2024", 5, 4, 3, 2), ("2025", 1, 0, 0, 0)))._repr_html_()
        assert ">+4</text>" in html
        assert "(1er semestre)" in simple(html)
        assert "http" not in html
        assert "<metadata" not in html

    def test_l_alternative_dit_les_soldes(self, contexte: Any) -> None:
        html = restitution.section_annees(contexte, comptes(("2024", 5, 4, 3, 2), ("2025", 0, 0, 1, 0)))._repr_html_()
        found = re.search(r'role="img" aria-label="([^"]*)"', html)
        assert found
        assert "2024, solde net +4 : 9 ouvertures et extensions, 5 fermetures et réductions" in simple(found.group(1))
        assert "2025 (1er semestre), solde net −1 : 0 ouverture ou extension, 1 fermeture" in simple(found.group(1))

    def test_deux_petites_valeurs_ne_se_chevauchent_pas(self, contexte: Any) -> None:
        html = restitution.section_annees(
            contexte, comptes(("2024", 200, 100, 1, 1), ("2025", 1, 1, 1, 1))
        )._repr_html_()
        found = re.findall(r'<text [^>]*text-anchor: end[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>1</text>', html)
        beside: dict[str, list[float]] = {}
        for x, y in found:
            beside.setdefault(x, []).append(float(y))
        # Beside 2024 the two closures, beside 2025 the four; 11 is the size of their text.
        assert sorted(len(heights) for heights in beside.values()) == [2, 4]
        for heights in beside.values():
            ordered = sorted(heights)
            assert all(below - above > 11 for above, below in pairwise(ordered)), ordered

    def test_rien_a_dessiner_se_dit(self, contexte: Any) -> None:
        html = restitution.section_annees(contexte, comptes(("2024", 0, 0, 0, 0)))._repr_html_()
        assert "<svg" not in html
        assert "Aucun mouvement n'est compté" in simple(html)
        assert "<details>" in html

    def test_la_meme_figure_donne_les_memes_octets_quel_que_soit_le_style_ambiant(self, contexte: Any) -> None:
        import matplotlib as mpl

        counts = comptes(("2024", 5, 4, 3, 2))
        plain = restitution.section_annees(contexte, counts)._repr_html_()
        with mpl.rc_context({"font.size": 30, "figure.facecolor": "red", "axes.grid": True}):
            assert restitution.section_annees(contexte, counts)._repr_html_() == plain


HOSTILES = [
    "<script>alert(1)</script>",
    "</td></table>",
    "{{ 7 * 7 }}",
    "$$x$$",
    'a" onmouseover="b',
    "&lt;b&gt;",
    "{% raw %}",
]


@pytest.mark.parametrize("nom", HOSTILES)
def test_un_nom_de_site_n_est_jamais_du_balisage(nom: str) -> None:
    changes = {"nom_site": nom, "entreprise": nom, "activite": nom, "capacite": nom, "aides": nom, "citable": "oui"}
    barometre = fabrique.barometre([fabrique.ligne(**changes)])
    html = section_exemples(barometre.contexte("84"), barometre.decisions)._repr_html_()
    assert nom not in html or not re.search(r"[<>&\"]", nom)
    assert "<script" not in html
    assert "49" not in html.replace("&#34;", "")
    assert html.count("<li>") == 1


def test_un_exemple_ne_montre_que_ses_colonnes_publiques() -> None:
    row = fabrique.ligne(
        citable="oui", effectif="4321", date_effet="2024-05-17", code_naf="27.20Z", commentaire="secret", emplois="37"
    )
    html = section_exemples(fabrique.barometre([row]).contexte("84"), fabrique.barometre([row]).decisions)._repr_html_()
    assert "37" in html
    for hidden in ("4\u202f321", "4321", "2024-05-17", "17", "27.20Z", "secret"):
        assert hidden not in html


def test_la_methode_d_une_variante_dit_la_valeur_de_la_variante() -> None:
    text = lisible(restitution.section_methode(fabrique.barometre([], seuil_effectif=10).contexte("84")))
    assert "(1) Sites de plus de 10 salariés" in text
    assert "20 salariés" not in text


def test_une_variante_porte_son_tampon_et_pas_la_methode_officielle() -> None:
    barometre = fabrique.barometre([fabrique.ligne()], seuil_effectif=10)
    html = simple(restitution.entete(barometre.contexte("84"))._repr_html_())
    assert "Variante d'étude, hors méthode officielle" in html
    assert "Registre de démonstration" in html


@pytest.mark.parametrize(("entreprise", "montree"), [("Symbio", True), ("", False), ("SYMPHONHY SAS (fictif)", False)])
def test_l_entreprise_n_est_dite_que_si_elle_ajoute_quelque_chose(entreprise: str, montree: bool) -> None:
    row = fabrique.ligne(nom_site="SymphonHy", entreprise=entreprise, citable="oui")
    barometre = fabrique.barometre([row])
    assert (f"({entreprise})" in lisible(section_exemples(barometre.contexte("84"), barometre.decisions))) == montree
