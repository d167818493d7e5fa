"""Maps: one value one look, every name where nothing covers it, what is said when there is little to draw."""

import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from html import unescape
from io import BytesIO
from math import dist
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import fabrique
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.cartes import EchelleCartes, lire_echelle
from barometre_lib.restitution.cartes import carte_departements, carte_liens, carte_regions
from barometre_lib.restitution.cartes_places import Boite, Disque, decouper, ecarter, nommer
from barometre_lib.typographie import signe

REFERENCE = fabrique.RACINE / "data" / "reference" / "cartes.json"
FEUILLE = fabrique.RACINE / "barometre_lib" / "publication" / "gabarits" / "style.css"
METROPOLE = "11 24 27 28 32 44 52 53 75 76 84 93 94".split()  # noqa: SIM905
OUTRE_MER = ["Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"]
SVG = re.compile(r'<svg class="carte".*?</svg>', re.DOTALL)
BLEU, ROUGE, BLANC = "#000091", "#c9191e", "#ffffff"
# The year that counts the most, and the last one.
EXTREMES = ("2023-S2", "2025-S2")
# Texts of visible drawings that stand over another, over a circle that is not theirs, or out of their drawing.
FAUTES = """() => [...document.querySelectorAll('svg.carte')].flatMap(svg => {
  if (!svg.getClientRects().length) return [];
  const frame = svg.getBoundingClientRect(), found = [];
  const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
  const circles = [...svg.querySelectorAll('circle')].map(c => c.getBoundingClientRect());
  const over = (r, s) => r.left + 1 < s.right && s.left + 1 < r.right && r.top + 1 < s.bottom && s.top + 1 < r.bottom;
  texts.forEach(([t, r], i) => {
    texts.slice(i + 1).forEach(([u, s]) => { if (over(r, s)) found.push([t.textContent, u.textContent]); });
    if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1)
      found.push([t.textContent, 'hors du cadre']);
    if (t.getAttribute('class') === 'nom') circles.forEach(c => {
      const x = Math.max(r.left - (c.left + c.right) / 2, 0, (c.left + c.right) / 2 - r.right);
      const y = Math.max(r.top - (c.top + c.bottom) / 2, 0, (c.top + c.bottom) / 2 - r.bottom);
      if (Math.hypot(x, y) < c.width / 2 - 3) found.push([t.textContent, 'sur un cercle']);
    });
  });
  return found;
})"""
CORPS = """() => [...document.querySelectorAll('svg.carte text')].filter(t => t.getClientRects().length).map(t =>
  parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a)"""
# Points all along the outline that has the focus, in pixels of the window.
BLEU_CLAVIER = (10, 118, 246)
CONTOUR = """() => {
  const use = document.activeElement.querySelector('use');
  const path = document.querySelector(use.getAttribute('href')), place = use.getScreenCTM();
  return Array.from({length: 200}, (_, i) => {
    const p = path.getPointAtLength(path.getTotalLength() * i / 200).matrixTransform(place);
    return [p.x, p.y];
  });
}"""


@dataclass(frozen=True)
class Cercle:
    """A circle of a drawing."""

    x: float
    y: float
    rayon: float
    aspect: str  # everything else that is seen of it

    @property
    def gain(self) -> bool:
        return 'class="gain"' in self.aspect


def compter(barometre: Any, par: str) -> pd.DataFrame:
    """Count by the period of the edition and by region or département, the region beside."""
    dimensions = ["region"] if par == "region" else ["region", "departement"]
    counts: pd.DataFrame = barometre.comptes([barometre.contexte().maille, *dimensions])
    return counts


def cartes(barometre: Any, region: str = "") -> list[str]:
    """Return the maps of a page: départements, then regions."""
    contexte = barometre.contexte(region)
    by_department = carte_departements(contexte, compter(barometre, "departement"), constat="Constat")
    return [str(by_department.html), str(carte_regions(contexte, compter(barometre, "region"), constat="Constat").html)]


def dessins(html: str) -> list[str]:
    """Return the drawings of a fragment: the wide one, that of a phone."""
    return SVG.findall(html)


def cercles(svg: str) -> list[tuple[str, Cercle]]:
    """Return the circles that count something, each with its number: the legend's too."""
    shapes = re.findall(r'<circle (class="(?:gain|perte)") cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)" ([^>]*)/>', svg)
    found = [Cercle(float(x), float(y), float(r), f"{kind} {look}") for kind, x, y, r, look in shapes]
    numbers = re.findall(r'<text class="sur-(?:gain|perte)" x="([-\d.]+)" y="[-\d.]+"[^>]*>([+−]\d+)</text>', svg)
    assert [one.x for one in found] == [float(x) for x, _ in numbers]
    return [(number, one) for (_, number), one in zip(numbers, found, strict=True)]


def textes(svg: str) -> list[str]:
    """Return every text of a drawing, its lines in one."""
    found = (
        one.replace("-</tspan>", "-").replace("</tspan>", " ") for one in re.findall(r"<text[^>]*>(.*?)</text>", svg)
    )
    return [unescape(re.sub("<[^>]+>", "", one)).strip().replace("’", "'") for one in found]


def lisible(html: str) -> str:
    """Return a text with plain spaces and plain apostrophes."""
    return re.sub("[\u00a0\u202f]", " ", unescape(html)).replace("’", "'")


def montrer(navigateur: Browser, largeur: int, *fragments: str) -> Page:
    """Open a page that holds fragments, as wide as a page of the publication."""
    page = navigateur.new_page(viewport={"width": largeur, "height": 900})
    style = f"{FEUILLE.read_text(encoding='utf-8')} main {{ max-width: 78rem }}"
    page.set_content(f"<style>{style}</style><main>{''.join(fragments)}</main>")
    return page


class TestReference:
    @pytest.mark.long
    def test_le_script_redonne_le_fichier_octet_pour_octet(self, tmp_path: Path) -> None:
        script = fabrique.RACINE / "data" / "cartes" / "placer.py"
        subprocess.run([sys.executable, script, "--sortie", tmp_path / "cartes.json"], check=True)
        assert (tmp_path / "cartes.json").read_bytes() == REFERENCE.read_bytes()
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
    def test_chaque_territoire_est_dessine_et_a_une_place_et_une_seule(
        self, nomenclatures: Nomenclatures, maille: str
    ) -> None:
        blocks = nomenclatures.carte(maille)["blocs"]
        assert {code for block in blocks for code, _ in block["formes"]} == set(getattr(nomenclatures, maille))
        places = [code for block in blocks for code in block["ancres"]]
        assert sorted(places) == sorted(getattr(nomenclatures, maille))
        for block in blocks:
            for _, path in block["formes"]:
                assert re.fullmatch(r"(m[-\d,]+([lqt][-\d,]+)*z)+", path)

    @pytest.mark.parametrize("region", METROPOLE)
    def test_une_region_a_ses_departements(self, nomenclatures: Nomenclatures, region: str) -> None:
        own = [code for code, one in nomenclatures.departements.items() if one.region == region]
        blocks = nomenclatures.carte(f"departements-{region}")["blocs"]
        assert sorted({code for block in blocks for code, _ in block["formes"]}) == sorted(own)
        assert sorted(code for block in blocks for code in block["ancres"]) == sorted(own)

    def test_une_frontiere_est_la_meme_des_deux_cotes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(fabrique.RACINE / "data" / "cartes")
        from contours import alleger, arcs, lire_contours, noeuds  # type: ignore[import-not-found]

        outlines = [one for one in lire_contours("departements") if one.region == "84"]
        fixed = noeuds(outlines)
        lighter = alleger(outlines, 3.0, fixed)

        def borders(one: Any) -> set[Any]:
            return {min(tuple(arc), tuple(arc[::-1])) for ring in one.anneaux for arc in arcs(ring, fixed)}

        shared = 0
        for before, after in zip(outlines, lighter, strict=True):
            assert sum(map(len, after.anneaux)) < sum(map(len, before.anneaux))
            for other in lighter:
                ends = {arc[0] for arc in borders(after)} & {arc[0] for arc in borders(other)}
                shared += other is not after and bool(ends and borders(after) & borders(other))
        assert shared >= 2 * 17


class TestEchelle:
    def test_la_surface_est_proportionnelle_au_solde(self) -> None:
        scale = lire_echelle()
        for balance in (1, 4, 9, 73):
            assert scale.rayon_de(-balance) == scale.rayon_de(balance)
            assert scale.rayon_de(balance) ** 2 / balance == pytest.approx(scale.rayon**2, rel=0.01)
        assert scale.legende[0] == 1

    @pytest.mark.parametrize(
        ("entree", "dit"),
        [
            pytest.param("rayon: 0", "« rayon » : trouvé « 0 » ; attendu le rayon en pixels", id="rayon nul"),
            pytest.param("legende: [1]", "« legende » : attendu deux à cinq soldes positifs", id="legende courte"),
            pytest.param("legende: [0, 5]", "« legende » n° 1 : trouvé « 0 »", id="solde nul"),
            pytest.param("pourquoi: ''", "« pourquoi »", id="sans raison"),
            pytest.param("echelle: 3", "« echelle »", id="inconnue"),
        ],
    )
    def test_une_echelle_fausse_est_refusee_avec_sa_ligne(self, tmp_path: Path, entree: str, dit: str) -> None:
        text = (fabrique.RACINE / "params" / "cartes.yaml").read_text(encoding="utf-8")
        name = entree.partition(":")[0]
        changed = re.sub(rf"(?m)^{name}:.*$", entree, text) if f"\n{name}:" in text else f"{text}{entree}\n"
        (tmp_path / "cartes.yaml").write_text(changed, encoding="utf-8")
        with fabrique.refus(rf"cartes.yaml, ligne \d+, {dit}"):
            lire_echelle(tmp_path)


class TestUneValeurUnAspect:
    def test_sur_toutes_les_cartes_des_cinq_releves(self, charger: Any) -> None:
        looks: dict[str, set[Any]] = defaultdict(set)
        seen = 0
        for releve in fabrique.RELEVES:
            for region in ("", *METROPOLE):
                for svg in (svg for html in cartes(charger(releve), region) for svg in dessins(html)):
                    for number, one in cercles(svg):
                        seen += 1
                        looks[number].add((one.rayon, one.aspect))
        assert seen > 4000
        assert {number for number, some in looks.items() if len(some) != 1} == set()
        assert {"+73", "−9", "+1", "−1"} <= set(looks)
        for number, ((radius, look),) in looks.items():
            assert radius == lire_echelle().rayon_de(int(number.replace("−", "-")))
            assert (f'fill="{BLEU}"' in look) is number.startswith("+")

    def test_le_signe_se_lit_sans_couleur(self, charger: Any) -> None:
        """Filled dark above zero; below, white inside a line, and a minus."""
        for svg in dessins(cartes(charger("2025-S2"), "84")[0]):
            shown = cercles(svg)
            assert {one.gain for _, one in shown} == {True, False}
            for number, one in shown:
                assert one.gain is number.startswith("+")
                assert (f'fill="{BLEU}"' in one.aspect and "stroke" not in one.aspect) is one.gain
                assert (f'fill="{BLANC}" stroke="{ROUGE}"' in one.aspect) is not one.gain

    def test_aucun_cercle_n_en_touche_un_autre(self, charger: Any) -> None:
        for releve in EXTREMES:
            for region in ("", *METROPOLE):
                for svg in (svg for html in cartes(charger(releve), region) for svg in dessins(html)):
                    shown = [one for _, one in cercles(svg)]
                    for rank, one in enumerate(shown):
                        for other in shown[rank + 1 :]:
                            assert dist((one.x, one.y), (other.x, other.y)) > one.rayon + other.rayon

    def test_la_legende_montre_les_deux_signes_a_la_meme_echelle(self, charger: Any) -> None:
        for releve, most in (("2023-S2", "+20"), ("2025-S1", "+5")):
            for svg in dessins(cartes(charger(releve))[1]):
                (gains,) = re.findall(r'y="([\d.]+)">Ouvertures nettes</text>', svg)
                legend = [number for number, one in cercles(svg) if one.y + one.rayon > float(gains)]
                assert legend[-1] == "−5" and legend[-2] == "−1" and most in legend and {"+1", "+5"} <= set(legend)
                assert "Fermetures nettes" in textes(svg)


class TestNoms:
    @pytest.mark.parametrize("region", METROPOLE)
    def test_chaque_departement_d_une_region_est_nomme(
        self, charger: Any, nomenclatures: Nomenclatures, region: str
    ) -> None:
        own = {one.nom for one in nomenclatures.departements.values() if one.region == region}
        for releve in EXTREMES:
            for svg in dessins(cartes(charger(releve), region)[0]):
                assert own <= set(textes(svg))

    def test_l_outre_mer_l_encart_et_la_region_de_la_page_sont_nommes(self, charger: Any) -> None:
        for region in ("", "11", "84", "93", "01"):
            departments, regions = cartes(charger("2023-S2"), region)
            for svg in dessins(regions):
                assert {*OUTRE_MER, *([charger("2023-S2").contexte(region).nom] if region else [])} <= set(textes(svg))
            if not region:
                for svg in dessins(departments):
                    assert {*OUTRE_MER, "Île-de-France"} <= set(textes(svg))

    def test_la_carte_nationale_a_cent_un_soldes(self, charger: Any) -> None:
        for svg in dessins(cartes(charger("2024-S2"))[0]):
            legend = 4
            zeros = len(re.findall(r'<text class="sur-mention"[^>]*>(?:0|n\.p\.)</text>', svg))
            assert len(cercles(svg)) - legend + zeros == 101

    def test_un_nom_obligatoire_sans_place_est_relie_a_son_cercle(self) -> None:
        frame = Boite(0, 0, 600, 600)
        discs = {"a": Disque(300, 300, 8)} | {
            f"{x}{y}": Disque(300 + 40 * x, 300 + 40 * y, 19) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y
        }
        frames = dict.fromkeys(discs, frame)
        long = {"a": "Département de très long nom"}
        assert nommer(long, discs, frames, corps=14) == []
        (name,) = nommer(long, discs, frames, corps=14, obligatoires=["a"])
        assert name.renvoi
        assert not any(one.touche(name.boite) for one in discs.values())

    def test_un_nom_ne_se_lit_pas_comme_celui_d_un_autre_cercle(self) -> None:
        discs = {"a": Disque(100, 100, 60), "b": Disque(200, 30, 8)}
        for name in nommer({"a": "Auvergne"}, discs, dict.fromkeys(discs, Boite(0, 0, 400, 400)), corps=14):
            assert discs["a"].eloigne_de(name.boite) <= discs["b"].eloigne_de(name.boite)

    @pytest.mark.parametrize("releve", fabrique.RELEVES)
    def test_chaque_nom_est_plus_pres_de_son_cercle_que_d_un_autre_ou_relie(
        self, charger: Any, nomenclatures: Nomenclatures, monkeypatch: pytest.MonkeyPatch, releve: str
    ) -> None:
        written: list[tuple[Any, Any]] = []

        def spy(noms: Any, disques: Any, *args: Any, **kwargs: Any) -> Any:
            names = nommer(noms, disques, *args, **kwargs)
            written.extend((disques, one) for one in names)
            return names

        monkeypatch.setattr("barometre_lib.restitution.cartes_dessin.nommer", spy)
        for region in ("", *nomenclatures.regions):
            cartes(charger(releve), region)
        assert len(written) > 800

        def away(disc: Disque, box: Boite) -> float:
            x = min(max(disc.x, box.gauche), box.droite)
            y = min(max(disc.y, box.haut), box.bas)
            return dist((disc.x, disc.y), (x, y)) - disc.rayon

        for discs, name in written:
            nearest = min(discs, key=lambda code, box=name.boite: away(discs[code], box))  # type: ignore[misc]
            assert nearest == name.code or name.renvoi, name
            if name.renvoi:
                # The line leads to it; by another circle, nobody would look for a line.
                assert min(away(disc, name.boite) for code, disc in discs.items() if code != name.code) > 5, name

    def test_des_cercles_ecartes_se_disent(self, charger: Any) -> None:
        said = "Des cercles sont écartés de leur territoire pour ne pas se recouvrir."
        assert [said in lisible(cartes(charger(one), "84")[1]) for one in EXTREMES] == [True, False]

    def test_un_nom_se_coupe_en_lignes_egales(self) -> None:
        assert [lines for lines, _ in decouper("Provence-Alpes-Côte d'Azur", 14)][1] == (
            "Provence-Alpes-",
            "Côte d'Azur",
        )

    def test_des_cercles_de_meme_place_s_ecartent_dans_leur_cadre(self) -> None:
        frame = Boite(0, 0, 100, 60)
        discs = ecarter({code: Disque(5, 5, 10) for code in "abc"}, dict.fromkeys("abc", frame))
        places = list(discs.values())
        assert all(frame.contient(one.boite) for one in places)
        assert all(
            dist((one.x, one.y), (other.x, other.y)) > 20 for i, one in enumerate(places) for other in places[:i]
        )


@pytest.mark.parametrize("releve", EXTREMES)
def test_les_cartes_des_dix_huit_regions_et_de_france_se_lisent(
    navigateur: Browser, charger: Any, nomenclatures: Nomenclatures, releve: str
) -> None:
    fragments = [html for region in ("", *nomenclatures.regions) for html in cartes(charger(releve), region)]
    page = montrer(navigateur, 1280, *fragments)
    for width, least, most in ((1280, 12, 15), (375, 12, 15)):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(FAUTES) == []
        sizes = page.evaluate(CORPS)
        assert least - 0.01 <= min(sizes) and max(sizes) <= most
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


class TestCarteRegionale:
    @pytest.fixture
    def barometre(self, charger: Any) -> Any:
        return charger("2024-S2")

    def test_ce_qu_elle_dit(self, barometre: Any) -> None:
        text = lisible(cartes(barometre, "53")[1])
        assert (
            "8 régions au-dessus de zéro, 3 au-dessous, 2 à zéro. Le plus haut : Auvergne-Rhône-Alpes (+32). "
            "Le plus bas : Grand Est (−3). Contour épais : Bretagne, 0. Couverture non précisée : 5 régions." in text
        )
        assert "Solde net par région, France, en 2024, une seule échelle." in text
        assert "outre-mer à d'autres échelles" in text
        # The drawing taken away says it, having no foot of a page; the page does once.
        assert "IGN, ADMIN EXPRESS COG-CARTO 2025" in lisible(unquote(text)).partition("</svg></svg>")[0]
        assert text.index("</svg>") < text.index("<details>") < text.index("<table>")

    @pytest.mark.parametrize(
        ("region", "lecture"),
        [
            # The page says enough of its own region: the largest of the others is read.
            ("84", "Nouvelle-Aquitaine, +24 : en 2024, les ouvertures et extensions y dépassent de 24 les fermetures"),
            ("44", "Auvergne-Rhône-Alpes, +32 : en 2024"),
            ("53", "Auvergne-Rhône-Alpes, +32 : en 2024"),
        ],
    )
    def test_sa_lecture_est_celle_d_une_autre_region(self, barometre: Any, region: str, lecture: str) -> None:
        assert f"Lecture : {lecture}" in lisible(cartes(barometre, region)[1])

    def test_une_perte_se_lit_aussi(self) -> None:
        closed = fabrique.ligne(code_commune="69123", type_mouvement="fermeture")
        said = "Auvergne-Rhône-Alpes, −1 : en 2024, les fermetures et réductions y dépassent de 1 les ouvertures"
        assert f"Lecture : {said}" in lisible(cartes(fabrique.barometre([closed]))[1])

    def test_une_edition_de_premier_semestre_parle_du_semestre(self, charger: Any) -> None:
        assert "au premier semestre 2025, une seule échelle" in lisible(cartes(charger("2025-S1"))[1])

    def test_chaque_valeur_est_ecrite_une_fois_par_dessin(self, barometre: Any) -> None:
        counts = compter(barometre, "region")
        nets = counts[counts["annee"] == "2024"].set_index("region")["solde_net"]
        wide, narrow = dessins(cartes(barometre)[1])
        for svg in (wide, narrow):
            for code in METROPOLE:
                assert signe(int(nets[code])) in textes(svg)
            assert textes(svg).count("n.p.") == 5
        assert "<title>Mayotte\u00a0: couverture non précisée</title>" in wide

    def test_la_region_de_la_page_est_cernee(self, barometre: Any) -> None:
        plain = cartes(barometre)[1]
        assert "cernee" not in plain and "anneau" not in plain
        for svg in dessins(cartes(barometre, "84")[1]):
            (outline,) = re.findall(r'<use class="cernee" href="#([^"]+)"', svg)
            assert outline == "carte-regions-84"
            (ring,) = re.findall(r'<circle class="anneau" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)
            (own,) = [one for number, one in cercles(svg) if number == "+32"]
            assert (float(ring[0]), float(ring[1])) == (own.x, own.y) and float(ring[2]) > own.rayon + 2
        # What is nil has no circle to ring.
        assert "anneau" not in cartes(barometre, "53")[1]

    def test_les_contours_ne_sont_ecrits_qu_une_fois(self, barometre: Any) -> None:
        for html in cartes(barometre, "84") + cartes(barometre):
            wide, narrow = dessins(html)
            assert wide.count(" d=") > 10 and not re.search(r'<path d="m', narrow)
            ids = re.findall(r'\bid="([^"]+)"', html)
            assert len(ids) == len(set(ids))
            assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)

    def test_les_deux_cartes_d_une_region_et_de_france_pesent_peu(self, barometre: Any) -> None:
        assert sum(len(html.encode()) for html in cartes(barometre, "76")) < 130_000
        assert sum(len(html.encode()) for html in cartes(barometre)) < 230_000

    def test_ni_appel_ni_programme_et_les_memes_octets(self, barometre: Any) -> None:
        assert cartes(barometre, "84") == cartes(barometre, "84")
        html = "".join(cartes(barometre, "84"))
        assert not re.search(r"<script|<style|<image|xlink", html)
        assert re.findall(r'(?:href|src)="(?!#|data:)([^"]*)', html) == []

    def test_rien_a_dessiner_se_dit(self) -> None:
        html = lisible(cartes(fabrique.barometre([]))[1])
        assert "Aucun mouvement n'est compté en 2024" in html
        assert "<svg" not in html

    def test_des_egalites_se_disent(self) -> None:
        places = {"84": "69123", "53": "35238", "44": "67482", "76": "31555", "75": "33063"}
        rows = fabrique.lignes(*({"code_commune": commune} for commune in places.values()))
        assert "Le plus haut : Auvergne-Rhône-Alpes, Bretagne et 3 autres (+1)" in lisible(
            cartes(fabrique.barometre(rows))[1]
        )

    def test_des_soldes_tous_nuls_se_dessinent(self) -> None:
        rows = fabrique.lignes(
            {"code_commune": "69123", "siret": fabrique.SIRET_A},
            {"code_commune": "69123", "siret": fabrique.SIRET_B, "type_mouvement": "fermeture"},
        )
        html = cartes(fabrique.barometre(rows))[1]
        for svg in dessins(html):
            assert textes(svg).count("0") == 13
            assert {number for number, _ in cercles(svg)} == {"+1", "+5", "−1", "−5"}
        assert "0 région au-dessus de zéro, 0 au-dessous, 13 à zéro" in lisible(html)
        assert "Lecture : sans cercle, le solde est nul ou n'est pas connu." in lisible(html)


class TestInconnu:
    @pytest.fixture
    def barometre(self, charger: Any) -> Any:
        return charger("2024-S2")

    def test_ce_qui_est_compte_sans_couverture_connue_s_ecrit_sans_cercle(self, barometre: Any) -> None:
        counts = compter(barometre, "region")
        counts.loc[(counts["annee"] == "2024") & (counts["region"] == "01"), ["ouvertures", "solde_net"]] = 1
        html = str(carte_regions(barometre.contexte(), counts, constat="Constat").html)
        assert "Guadeloupe\u00a0: +1, couverture non précisée" in html
        before = dessins(cartes(barometre)[1])
        for svg, known in zip(dessins(html), before, strict=True):
            assert "n.p. (+1)" in textes(svg)
            assert "n.p. : couverture non précisée" in map(lisible, textes(svg))
            assert len(cercles(svg)) == len(cercles(known))

    def test_une_region_de_metropole_dont_la_couverture_manque_n_a_pas_de_cercle(self, barometre: Any) -> None:
        contexte = barometre.contexte()
        unknown = {**contexte.edition.couverture, "84": "inconnue"}
        changed = replace(contexte, edition=replace(contexte.edition, couverture=unknown))
        html = str(carte_regions(changed, compter(barometre, "region"), constat="Constat").html)
        for svg in dessins(html):
            assert "n.p. (+32)" in textes(svg)
            assert "+32" not in [number for number, _ in cercles(svg)]
        assert "Le plus haut : Nouvelle-Aquitaine (+24)" in lisible(html)

    def test_une_region_en_retard_est_un_mot(self, barometre: Any) -> None:
        """What a relève without it gives: see `test_retard.py`."""
        counts = compter(barometre, "region")
        measures = [name for name in counts if name not in ("annee", "region")]
        counts[measures] = counts[measures].astype("Int64")
        counts.loc[(counts["annee"] == "2024") & (counts["region"] == "84"), measures] = pd.NA
        html = str(carte_regions(barometre.contexte(), counts, constat="Constat").html)
        for svg in dessins(html):
            assert textes(svg).count("n.d.") == 1
            assert "n.d. : non disponible" in map(lisible, textes(svg))
        assert "Non disponible : Auvergne-Rhône-Alpes" in lisible(html)

    def test_le_fichier_de_valeurs_n_ecrit_pas_de_zero_sans_couverture(self, barometre: Any) -> None:
        (address,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', cartes(barometre)[1])
        lines = unquote(unescape(address)).replace("\r", "").splitlines()
        (mayotte,) = [line for line in lines if "Mayotte" in line]
        (corse,) = [line for line in lines if "Corse" in line]
        assert mayotte == "06;Mayotte;;;;;;" and corse == "94;Corse;0;0;0;0;0;0"


class TestCarteDeLiens:
    @pytest.fixture
    def html(self, charger: Any) -> str:
        barometre = charger("2024-S2")
        links = {code: f"regions/{code}.html" for code in barometre.nomenclatures.regions if code != "94"}
        return str(carte_liens(barometre.contexte(), compter(barometre, "region"), links).html)

    def test_chaque_region_mene_a_sa_page(self, html: str) -> None:
        for svg in dessins(html):
            assert '<a href="regions/84.html" aria-label="Auvergne-Rhône-Alpes\u00a0: +32">' in svg
            assert svg.count("<a href=") == 17
            assert "regions/94.html" not in svg
        assert "<title>Corse\u00a0: 0</title>" in html
        # A link inside an image would be out of reach.
        assert 'role="img"' not in html
        assert 'aria-hidden="true" focusable' not in html

    def test_sans_aucun_mouvement_elle_mene_encore_aux_pages(self) -> None:
        barometre = fabrique.barometre([])
        html = str(carte_liens(barometre.contexte(), compter(barometre, "region"), {"84": "regions/84.html"}).html)
        for svg in dessins(html):
            assert svg.count('<a href="regions/84.html"') == 1 and textes(svg).count("0") == 13

    def test_l_ordre_du_clavier_est_celui_des_noms_du_continent_puis_de_l_outre_mer(self, html: str) -> None:
        names = re.findall(r'<a href="[^"]+" aria-label="([^\u00a0]+)', dessins(html)[0])
        assert names[:3] == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne"]
        assert names.index("Île-de-France") < names.index("La Réunion")

    @pytest.mark.parametrize("largeur", [1280, 375])
    def test_l_anneau_du_clavier_se_voit_tout_autour(self, navigateur: Browser, html: str, largeur: int) -> None:
        page = montrer(navigateur, largeur, html)
        seen = []
        for _ in range(17):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.getAttribute('href')"))
            if seen[-1] not in ("regions/84.html", "regions/11.html", "regions/02.html"):
                continue
            page.evaluate("document.activeElement.scrollIntoView({block: 'center'})")
            points = page.evaluate(CONTOUR)
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            seen_there = (picture.getpixel((int(x), int(y))) for x, y in points)
            # The edge of a thin ring is mixed with what it covers.
            ringed = [max(abs(a - b) for a, b in zip(one, BLEU_CLAVIER, strict=True)) <= 30 for one in seen_there]
            assert sum(ringed) >= 0.97 * len(points), seen[-1]
            for axis in (0, 1):
                for end in (min, max):
                    side = end(range(len(points)), key=lambda rank, axis=axis: points[rank][axis])  # type: ignore[misc]
                    assert any(ringed[max(0, side - 2) : side + 3])
        assert len(set(seen)) == 17 and "regions/94.html" not in seen
        assert page.get_by_role("link", name="Bretagne : 0").count() == 1
        page.close()


class TestCarteDepartementale:
    def test_une_region_montre_les_siens(self, charger: Any) -> None:
        html = cartes(charger("2024-S2"), "84")[0]
        assert dessins(html)[0].count("<title>") == 12
        assert "<title>Isère\u00a0: +5</title>" in html
        assert "Le plus haut : Rhône (+16)" in lisible(html)

    def test_l_ile_de_france_est_agrandie_et_ses_cercles_y_sont_seulement(self, charger: Any) -> None:
        for svg in dessins(cartes(charger("2024-S2"))[0]):
            assert textes(svg).count("Seine-Saint-Denis") == 1
            assert "Île-de-France" in textes(svg)
        for svg in dessins(cartes(charger("2024-S2"), "11")[0]):
            assert textes(svg).count("Paris") == 1
            assert "Paris et petite couronne" in textes(svg)


def test_une_autre_echelle_change_toutes_les_cartes(charger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "barometre_lib.restitution.cartes.lire_echelle", lambda: EchelleCartes(6.0, "essai", "essai", (1, 5))
    )
    for html in cartes(charger("2024-S2"), "84"):
        for svg in dessins(html):
            assert {one.rayon for number, one in cercles(svg) if number == "+5"} == {13.4}
