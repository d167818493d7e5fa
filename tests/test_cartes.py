"""Maps: geometry kept, values written where they can be read, and what is said when there is little to draw."""

import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import fabrique
import pandas as pd
import pytest
from playwright.sync_api import Browser
from test_figures import CORPS_AFFICHE, FEUILLE
from test_pages import CHEVAUCHEMENTS, HORS_CADRE

from barometre_lib import restitution
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.restitution.cartes import carte_regions
from barometre_lib.restitution.cartes_dessin import (
    Etiquette,
    classer_soldes,
    couleurs,
    etiqueter,
    largeur_de,
    legende,
)
from barometre_lib.typographie import signe

Point = tuple[float, float]
REFERENCE = fabrique.RACINE / "data" / "reference" / "cartes.json"
METROPOLE = "11 24 27 28 32 44 52 53 75 76 84 93 94".split()  # noqa: SIM905


def compter(barometre: Any, par: str) -> pd.DataFrame:
    """Count by the period of the edition and by region or département, the region beside."""
    contexte = barometre.contexte()
    dimensions = ["region"] if par == "region" else ["region", "departement"]
    counts: pd.DataFrame = barometre.comptes([contexte.maille, *dimensions])
    return counts


def dessin(fragment: Any) -> str:
    """Return the drawing alone."""
    html = fragment._repr_html_()
    return html[html.index("<svg") : html.index("</svg>") + 6]


def anneaux(trace: str) -> list[list[tuple[int, int]]]:
    """Return the rings of a path of relative moves."""
    here, rings = (0, 0), []
    for start, steps in re.findall(r"m([-\d ]+)l([-\d ]+)z", trace):
        numbers = [int(number) for number in re.findall(r"-?\d+", f"{start} {steps}")]
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            here = (here[0] + dx, here[1] + dy)
            ring.append(here)
        rings.append(ring)
        here = ring[0]
    return rings


def contraste(couleur: str, autre: str) -> float:
    """Return the contrast of two colours, as WCAG 2.1 reckons it: from 1 to 21."""

    def luminance(colour: str) -> float:
        shares = [channel / 255 for channel in bytes.fromhex(colour[1:])]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(couleur), luminance(autre)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def boite(label: Etiquette) -> tuple[float, float, float, float]:
    """Return the line of text of a label, in which no other text may stand."""
    width = largeur_de(label.texte)
    return label.x - width / 2, label.y - 19.72, label.x + width / 2, label.y + 19.72


def dedans(point: Point, anneaux: Any) -> bool:
    """Tell whether a point is inside rings, one edge at a time."""
    x, y = point
    crossings = 0
    for ring in anneaux:
        for (xa, ya), (xb, yb) in pairwise([*ring, ring[0]]):
            if (ya > y) != (yb > y) and x < xa + (y - ya) * (xb - xa) / (yb - ya):
                crossings += 1
    return crossings % 2 == 1


class TestReference:
    @pytest.mark.long
    def test_le_script_redonne_le_fichier_octet_pour_octet(self, tmp_path: Path) -> None:
        """But for the départements of France, which take as long as all the others together."""
        script = fabrique.RACINE / "data" / "cartes" / "placer.py"
        left = [] if fabrique.TOUT else ["--sauf", "departements"]
        subprocess.run([sys.executable, script, "--sortie", tmp_path / "cartes.json", *left], check=True)
        lines = REFERENCE.read_text(encoding="utf-8").splitlines()
        expected = [one for one in lines if not left or not one.startswith('"departements":')]
        assert (tmp_path / "cartes.json").read_text(encoding="utf-8").splitlines() == expected
        assert [path.name for path in tmp_path.iterdir()] == ["cartes.json"]

    @pytest.mark.parametrize("texte", ["", "[]", "3", '{"regions": '])
    def test_un_fichier_qui_n_est_pas_une_carte_est_refuse(self, tmp_path: Path, texte: str) -> None:
        (tmp_path / "cartes.json").write_text(texte, encoding="utf-8")
        with fabrique.refus("cartes.json : ce n'est pas un fichier de cartes"):
            Nomenclatures(tmp_path).carte("regions")

    def test_un_fichier_absent_et_une_carte_absente_sont_dits(self, tmp_path: Path) -> None:
        with fabrique.refus("cartes.json : introuvable"):
            Nomenclatures(tmp_path).carte("regions")
        (tmp_path / "cartes.json").write_text("{}", encoding="utf-8")
        with fabrique.refus("cartes.json : la carte « regions » manque"):
            Nomenclatures(tmp_path).carte("regions")

    @pytest.mark.parametrize("maille", ["regions", "departements"])
    def test_chaque_territoire_se_voit_et_tient_dans_le_dessin(self, nomenclatures: Nomenclatures, maille: str) -> None:
        drawing = nomenclatures.carte(maille)
        assert {code for code, _ in drawing["formes"]} == set(getattr(nomenclatures, maille))
        assert {*drawing["etiquettes"], *drawing["encarts"]} == set(getattr(nomenclatures, maille))
        for code, path in drawing["formes"]:
            assert re.fullmatch(r"(m[-\d ]+l[-\d ]+z)+", path)
            points = [point for ring in anneaux(path) for point in ring]
            assert all(0 <= x <= 1000 and 0 <= y <= drawing["hauteur"] for x, y in points), code

    @pytest.mark.parametrize("region", METROPOLE)
    def test_une_region_a_ses_departements(self, nomenclatures: Nomenclatures, region: str) -> None:
        own = [code for code, one in nomenclatures.departements.items() if one.region == region]
        assert sorted(code for code, _ in nomenclatures.carte(f"departements-{region}")["formes"]) == sorted(own)

    def test_les_deux_cartes_pesent_peu(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        contexte = barometre.contexte()
        regions = dessin(restitution.section_carte(contexte, compter(barometre, "region")))
        departements = dessin(restitution.section_carte_departements(contexte, compter(barometre, "departement")))
        assert len(regions.encode()) + len(departements.encode()) < 110_000


class TestClasses:
    @pytest.mark.parametrize(
        ("soldes", "classes"),
        [
            ([], []),
            ([0, 0], []),
            ([1, -1], [(1, 1)]),
            ([5], [(1, 5)]),
            ([2, -7, 0], [(1, 2), (3, 7)]),
            ([32, 24, 12, 9, 8, 5, 3, 2, -1, -2, -3], [(1, 2), (3, 5), (6, 9), (10, 32)]),
        ],
    )
    def test_les_classes_viennent_des_valeurs(self, soldes: list[int], classes: list[tuple[int, int]]) -> None:
        assert classer_soldes(soldes) == classes

    @pytest.mark.parametrize("nombre", [1, 2, 3, 4, 9])
    def test_ce_qui_est_ecrit_se_lit_sur_toute_couleur(self, nombre: int) -> None:
        values = [sign * value for value in range(nombre + 1) for sign in (1, -1)]
        classes = classer_soldes(values)
        for value in values:
            assert contraste(*couleurs(value, classes)) >= 4.5

    def test_bleu_au_dessus_rouge_au_dessous_pale_a_zero(self) -> None:
        classes = classer_soldes([1, 2, 3, 4])
        assert couleurs(4, classes)[0] == "#000091"
        assert couleurs(-4, classes)[0] == "#c9191e"
        assert couleurs(0, classes)[0] == "#f6f6f6"

    def test_le_contraste_est_celui_de_wcag(self) -> None:
        assert contraste("#000000", "#ffffff") == pytest.approx(21)
        assert contraste("#666666", "#ffffff") == pytest.approx(5.74, abs=0.01)

    def test_la_legende_ne_montre_que_ce_qui_est_sur_la_carte(self) -> None:
        values = [4, 3, 2, 1, -1]
        rows = [[case.texte for case in row] for row in legende(values, classer_soldes(values))]
        assert rows == [["+1", "+2", "+3", "+4"], ["−1"]]


class TestEtiquettes:
    """Whatever is written on each territory, `+123` and `n.p. (+1)` included, no two labels overlap."""

    @pytest.mark.parametrize("nom", ["regions", "departements", *(f"departements-{code}" for code in METROPOLE)])
    def test_elles_ne_se_chevauchent_jamais(self, nomenclatures: Nomenclatures, nom: str) -> None:
        drawing = nomenclatures.carte(nom)
        written = ("0", "+1", "+12", "n.p.", "n.p. (+1)", "n.p. (+12)")
        labels = {
            code: {etiqueter(code, places, text) for text in written} for code, places in drawing["etiquettes"].items()
        }
        for one, other in combinations(labels, 2):
            for first, second in product(labels[one], labels[other]):
                left, right = boite(first), boite(second)
                across = left[0] < right[2] and right[0] < left[2]
                assert not (across and left[1] < right[3] and right[1] < left[3]), (first, second)

    @pytest.mark.parametrize("nom", ["regions", "departements", *(f"departements-{code}" for code in METROPOLE)])
    def test_une_valeur_sans_plaque_tient_dans_son_territoire(self, nomenclatures: Nomenclatures, nom: str) -> None:
        drawing = nomenclatures.carte(nom)
        shapes = dict(drawing["formes"])
        for code, places in drawing["etiquettes"].items():
            for text in ("0", "+1", "+12", "+123", "n.p. (+1)"):
                label = etiqueter(code, places, text)
                left, top, right, bottom = boite(label)
                assert left >= 0 and right <= 1000 and top + 7 >= 0 and bottom - 7 <= drawing["hauteur"]
                if not label.plaque:
                    corners = [(x, label.y + dy) for x in (left + 2, label.x, right - 2) for dy in (-11, 0, 11)]
                    assert all(dedans(corner, anneaux(shapes[code])) for corner in corners), label

    def test_les_plaques_sont_pour_ce_qui_est_trop_petit(self, charger: Any, nomenclatures: Nomenclatures) -> None:
        for releve in fabrique.RELEVES:
            for par, most in (("region", 0), ("departement", 18)):
                counts = restitution.de_la_periode(compter(charger(releve), par), charger(releve).contexte().periode)
                balances = {code: signe(net) for code, net in zip(counts[par], counts["solde_net"], strict=True)}
                places = nomenclatures.carte(f"{par}s")["etiquettes"]
                assert sum(etiqueter(code, one, balances[code]).plaque for code, one in places.items()) <= most
        for region in METROPOLE:
            places = nomenclatures.carte(f"departements-{region}")["etiquettes"]
            assert {code for code, one in places.items() if etiqueter(code, one, "+1").plaque} <= {"75", "92"}

    def test_ce_qui_n_a_pas_de_place_se_dit_ailleurs_ou_prend_une_plaque(self) -> None:
        places = [(20.4, 5, 5, True), (62.56, 6, 6, True)]
        assert etiqueter("75", places, "n.p. (+1)") == Etiquette("75", "n.p.", 6, 6, plaque=False)
        assert etiqueter("75", places, "+123") == Etiquette("75", "+123", 6, 6, plaque=True)
        assert etiqueter("75", places, "0") == Etiquette("75", "0", 5, 5, plaque=False)


class TestCarteRegionale:
    @pytest.fixture
    def barometre(self, charger: Any) -> Any:
        return charger("2024-S2")

    def test_titre_et_alternative_disent_la_carte(self, barometre: Any) -> None:
        fragment = restitution.section_carte(barometre.contexte("53"), compter(barometre, "region"))
        text = re.sub("[\u00a0\u202f]", " ", unescape(fragment._repr_html_()))
        assert ">Cartographie régionale des ouvertures nettes en 2024</h2>" in text
        assert (
            "8 régions au-dessus de zéro, 3 au-dessous, 2 à zéro. Le plus haut : Auvergne-Rhône-Alpes (+32). "
            "Le plus bas : Grand Est (−3). Contour épais : Bretagne, 0. Couverture non précisée : 5 régions. "
            "Valeurs dans le tableau qui suit." in text
        )
        assert "IGN, ADMIN EXPRESS COG-CARTO 2025" in text
        assert "n'est pas à la même échelle" in text
        assert text.index("</svg>") < text.index("<details>") < text.index("<table>")

    def test_une_edition_de_premier_semestre_parle_du_semestre(self, charger: Any) -> None:
        barometre = charger("2025-S1")
        html = restitution.section_carte(barometre.contexte(), compter(barometre, "region"))._repr_html_()
        assert "des ouvertures nettes au\u00a01er\u00a0semestre\u00a02025</h2>" in html

    def test_chaque_valeur_est_ecrite_avec_son_signe(self, barometre: Any) -> None:
        drawing = dessin(restitution.section_carte(barometre.contexte(), compter(barometre, "region")))
        written = re.findall(r"<text[^>]*>([^<]*)</text>", drawing)
        counts = restitution.de_la_periode(compter(barometre, "region"), "2024").set_index("region")["solde_net"]
        for code in METROPOLE:
            assert signe(int(counts[code])) in written
        assert written.count("n.p.") == 5
        assert "<title>Mayotte\u00a0: couverture non précisée</title>" in drawing

    def test_la_region_de_la_page_est_cernee(self, barometre: Any) -> None:
        counts = compter(barometre, "region")
        assert 'stroke-width="6"' not in dessin(restitution.section_carte(barometre.contexte(), counts))
        drawing = dessin(restitution.section_carte(barometre.contexte("53"), counts))
        outline = re.findall(r'd="([^"]+)"><title>Bretagne', drawing)[0]
        assert f'stroke-width="6" stroke-linejoin="round" d="{outline}"' in drawing

    def test_ni_appel_ni_programme_et_les_memes_octets(self, barometre: Any) -> None:
        fragments = [
            restitution.section_carte(barometre.contexte("84"), compter(barometre, "region")) for _ in range(2)
        ]
        assert fragments[0]._repr_html_() == fragments[1]._repr_html_()
        html = fragments[0]._repr_html_()
        assert not re.search(r"http|<script|<style|<image|href|xlink", html)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))

    def test_ce_qui_est_compte_sans_couverture_connue_se_voit(self, barometre: Any) -> None:
        counts = compter(barometre, "region")
        counted = (counts["annee"] == "2024") & (counts["region"] == "01")
        counts.loc[counted, ["ouvertures", "solde_net"]] = 1
        drawing = dessin(restitution.section_carte(barometre.contexte(), counts))
        assert ">n.p. (+1)</text>" in drawing
        assert "Guadeloupe\u00a0: +1, couverture non précisée" in drawing

    def test_une_region_de_metropole_dont_la_couverture_manque_est_grise(self, barometre: Any) -> None:
        contexte = barometre.contexte()
        unknown = {**contexte.edition.couverture, "84": "inconnue"}
        changed = replace(contexte, edition=replace(contexte.edition, couverture=unknown))
        html = restitution.section_carte(changed, compter(barometre, "region"))._repr_html_()
        assert ">n.p. (+32)</text>" in html
        assert re.search(r'fill="url\(#carte-regions-np\)" d="[^"]+"><title>Auvergne', html)
        # Its value makes no class: the highest is now Nouvelle-Aquitaine.
        assert "Le plus haut\u00a0: Nouvelle-Aquitaine (+24)" in unescape(html)

    def test_rien_a_dessiner_se_dit(self) -> None:
        barometre = fabrique.barometre([])
        html = unescape(restitution.section_carte(barometre.contexte(), compter(barometre, "region"))._repr_html_())
        assert "Aucun mouvement n'est compté en\u00a02024" in html
        assert "<svg" not in html

    def test_des_egalites_se_disent(self) -> None:
        places = {"84": "69123", "53": "35238", "44": "67482", "76": "31555", "75": "33063"}
        rows = fabrique.lignes(*({"code_commune": commune} for commune in places.values()))
        barometre = fabrique.barometre(rows)
        html = restitution.section_carte(barometre.contexte(), compter(barometre, "region"))._repr_html_()
        assert "Le plus haut\u00a0: Auvergne-Rhône-Alpes, Bretagne et 3 autres (+1)" in unescape(html)

    def test_des_soldes_tous_nuls_se_dessinent(self) -> None:
        rows = fabrique.lignes(
            {"code_commune": "69123", "siret": fabrique.SIRET_A},
            {"code_commune": "69123", "siret": fabrique.SIRET_B, "type_mouvement": "fermeture"},
        )
        barometre = fabrique.barometre(rows)
        html = restitution.section_carte(barometre.contexte(), compter(barometre, "region"))._repr_html_()
        assert html.count('fill="#f6f6f6"') == 13 + 1
        assert "0 région au-dessus de zéro, 0 au-dessous, 13 à zéro" in html


class TestCarteDeLiens:
    @pytest.fixture
    def html(self, charger: Any) -> str:
        barometre = charger("2024-S2")
        links = {code: f"regions/{code}.html" for code in barometre.nomenclatures.regions if code != "94"}
        html: str = carte_regions(barometre.contexte(), compter(barometre, "region"), links)._repr_html_()
        return html

    def test_chaque_region_mene_a_sa_page(self, html: str) -> None:
        assert '<a href="regions/84.html" aria-label="Auvergne-Rhône-Alpes\u00a0: +32">' in html
        assert html.count("<a href=") == 17
        assert "regions/94.html" not in html
        assert "<title>Corse\u00a0: 0</title>" in html
        # A link inside an image would be out of reach.
        assert 'role="img"' not in html
        assert 'aria-hidden="true" focusable' not in html

    def test_l_ordre_du_clavier_est_celui_des_noms(self, html: str) -> None:
        names = re.findall(r'<a href="[^"]+" aria-label="([^\u00a0]+)', html)
        assert names[:3] == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne"]
        assert names.index("Île-de-France") < names.index("La Réunion")

    def test_au_clavier_dans_un_navigateur(self, navigateur: Browser, html: str) -> None:
        page = navigateur.new_page(viewport={"width": 375, "height": 900})
        page.set_content(f"<style>{FEUILLE.read_text(encoding='utf-8')}</style><main>{html}</main>")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "regions/84.html"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        assert page.get_by_role("link", name="Bretagne : 0").count() == 1
        page.close()


class TestCarteDepartementale:
    def test_une_region_montre_les_siens(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        html = restitution.section_carte_departements(
            barometre.contexte("84"), compter(barometre, "departement")
        )._repr_html_()
        assert html.count("<title>") == 12
        assert "<title>Isère\u00a0: +5</title>" in html
        assert "Le plus haut\u00a0: Rhône (+16)" in html

    def test_paris_et_la_petite_couronne_sont_agrandis(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        drawing = dessin(
            restitution.section_carte_departements(barometre.contexte(), compter(barometre, "departement"))
        )
        assert drawing.count("<title>Paris\u00a0: ") == 2
        assert ">Paris et petite couronne</text>" in drawing
        assert set(re.findall(r"<title>([^<\u00a0]+)", drawing)) >= {"Mayotte", "Haute-Corse", "Nord"}

    def test_un_seul_departement_se_dit(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        html = restitution.section_carte_departements(
            barometre.contexte("06"), compter(barometre, "departement")
        )._repr_html_()
        assert "<svg" not in html
        assert "n'a qu'un département, Mayotte" in unescape(html)


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
@pytest.mark.parametrize("largeur", [375, 1280])
def test_les_cartes_se_lisent_dans_un_navigateur(navigateur: Browser, charger: Any, releve: str, largeur: int) -> None:
    barometre = charger(releve)
    contexte = barometre.contexte()
    sections = [
        restitution.section_carte(contexte, compter(barometre, "region")),
        restitution.section_carte_departements(contexte, compter(barometre, "departement")),
    ]
    page = navigateur.new_page(viewport={"width": largeur, "height": 900})
    html = "".join(section._repr_html_() for section in sections)
    page.set_content(f"<style>{FEUILLE.read_text(encoding='utf-8')}</style><main>{html}</main>")
    assert page.evaluate(CHEVAUCHEMENTS) == []
    assert page.evaluate(HORS_CADRE) == []
    assert page.evaluate(CORPS_AFFICHE) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    page.close()
