"""Figures of counts: what they draw and say, and whether a browser shows every text whole, apart from the others."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from playwright.sync_api import Browser

from barometre_lib.comptage import avec_soldes
from barometre_lib.contexte import Contexte
from barometre_lib.ecriture import en_csv
from barometre_lib.restitution.cadre import numeroter
from barometre_lib.restitution.figures import (
    figure_classement,
    figure_multiples,
    figure_recensement,
    figure_secteurs,
)
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.style import COULEURS
from barometre_lib.restitution.tableaux import de_la_periode
from barometre_lib.typographie import signe
from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES, Releve

FEUILLE = Path(__file__).parents[1] / "barometre_lib" / "publication" / "gabarits" / "style.css"
CONSTAT = "Moins d’ouvertures qu’en 2023"
SECTEURS = ("industrie_verte", "sante", "autres_industries", "biens_de_consommation")
# One of each length, then the small ones that no bar can hold.
AMPLEURS = {
    "un chiffre": (7, 9, 3, 5),
    "deux chiffres": (58, 41, 12, 97),
    "trois chiffres": (174, 168, 111, 573),
    "inégales": (573, 1, 1, 97),
    "minuscules": (1, 1, 1, 1),
    "gains seuls": (174, 1, 0, 0),
    "pertes seules": (0, 0, 1, 97),
}
# What is wrong with the texts of the drawings that are shown: pairs that meet, those that leave their drawing, that
# stand on a bar that is not theirs, that leave theirs or cannot be read on it; and the extreme sizes.
MESURES_JS = """() => {
  const found = {meeting: [], outside: [], onBar: [], contrast: 21, sizes: []};
  const light = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  const meet = (r, s, across, down) => r.left + across < s.right && s.left + across < r.right
    && r.top + down < s.bottom && s.top + down < r.bottom;
  const page = getComputedStyle(document.body).backgroundColor;
  for (const svg of document.querySelectorAll('.trace svg')) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    const bars = [...svg.querySelectorAll('rect')].map(b => [b, b.getBoundingClientRect()]);
    const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
    const where = svg.closest('[data-cas]').dataset.cas + ' : ';
    texts.forEach(([t, r], i) => {
      found.sizes.push(parseFloat(getComputedStyle(t).fontSize) * frame.width / svg.viewBox.baseVal.width);
      if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1)
        found.outside.push(where + t.textContent);
      texts.slice(i + 1).forEach(([u, s]) => {
        if (meet(r, s, 1, 2)) found.meeting.push(where + t.textContent + ' / ' + u.textContent);
      });
      const under = bars.filter(([, s]) => meet(r, s, 1, 4)), ink = getComputedStyle(t).fill;
      if (!t.hasAttribute('fill') || t.getAttribute('fill') == '#666666') {
        if (under.length) found.onBar.push(where + t.textContent);
        found.contrast = Math.min(found.contrast, ratio(ink, page));
      } else {
        if (under.length != 1 || under[0][1].left > r.left + 1 || under[0][1].right < r.right - 1)
          found.onBar.push(where + t.textContent);
        for (const [b] of under) found.contrast = Math.min(found.contrast, ratio(ink, getComputedStyle(b).fill));
      }
    });
  }
  found.sizes = [Math.min(...found.sizes), Math.max(...found.sizes), found.sizes.length];
  return found;
}"""


def au(contexte: Contexte, releve: str) -> Contexte:
    """Return the same page of another relève."""
    return replace(contexte, releve=Releve.lire(releve))


def semestres(combien: int, valeurs: tuple[int, ...], *, trou: int = -1) -> pd.DataFrame:
    """Return as many semesters, the second of which is empty, whose values turn; one may be unknown."""
    codes = [f"{2022 + place // 2}-S{place % 2 + 1}" for place in range(combien)]
    rows = [
        (code[:4], code, *(0 if place == 1 else valeurs[(place + rank) % 4] for rank in range(4)))
        for place, code in enumerate(codes)
    ]
    counts = avec_soldes(pd.DataFrame(rows, columns=["annee", "semestre", *MESURES_BRUTES]))
    if trou >= 0:
        counts = counts.astype(dict.fromkeys(MESURES, "Int64"))
        counts.loc[trou, list(MESURES)] = pd.NA
    return counts


def recensement(contexte: Contexte, counts: pd.DataFrame, *, seule: bool = False) -> Fragment:
    """Draw them, beside a France of three digits unless the page is alone."""
    shown = au(contexte, counts["semestre"].iloc[-1])
    codes = dict.fromkeys(counts[shown.maille])
    france = avec_soldes(
        pd.DataFrame([(code, 174, 168, 111, 58) for code in codes], columns=[shown.maille, *MESURES_BRUTES])
    )
    return figure_recensement(shown, counts, None if seule else france, constat=CONSTAT)


def secteurs(contexte: Contexte, *rangs: tuple[int, ...], avant: tuple[int, ...] = (1, 0, 0, 0)) -> Fragment:
    """Draw sectors over 2024, the year before being the same for each."""
    rows = [
        (year, code, *(values if year == "2024" else avant))
        for year in ("2023", "2024")
        for code, values in zip(SECTEURS, rangs, strict=False)
    ]
    counts = avec_soldes(pd.DataFrame(rows, columns=["annee", "secteur", *MESURES_BRUTES]))
    return figure_secteurs(contexte, counts, constat=CONSTAT)


def multiples(contexte: Contexte, combien: int, soldes: tuple[int, ...]) -> Fragment:
    """Draw every region over some years, its nets turning."""
    rows = [
        (str(2022 + place), code, max(net, 0), 0, max(-net, 0), 0)
        for place in range(combien)
        for rank, code in enumerate(contexte.nomenclatures.regions)
        for net in [soldes[(place + rank) % len(soldes)]]
    ]
    counts = avec_soldes(pd.DataFrame(rows, columns=["annee", "region", *MESURES_BRUTES]))
    return figure_multiples(au(contexte, f"{2021 + combien}-S2"), counts, constat=CONSTAT)


def classement(contexte: Contexte, soldes: tuple[int, ...], liens: dict[str, str] | None = None) -> Fragment:
    """Rank the covered regions, their nets turning."""
    codes = [code for code in contexte.nomenclatures.regions if contexte.edition.couverte(code)]
    nets = sorted((soldes[rank % len(soldes)] for rank in range(len(codes))), reverse=True)
    rows = [(code, max(net, 0), 0, max(-net, 0), 0) for code, net in zip(codes, nets, strict=True)]
    ranked = avec_soldes(pd.DataFrame(rows, columns=["region", *MESURES_BRUTES])).assign(
        rang=range(1, len(codes) + 1), ex_aequo=False
    )
    counts = ranked.drop(columns=["rang", "ex_aequo"]).assign(annee=contexte.periode)
    return figure_classement(contexte, counts, ranked, constat=CONSTAT, liens=liens or {})


def dessins(fragment: Fragment) -> list[list[str]]:
    """Return the texts of the wide drawing, then of that for a phone."""
    drawn = re.findall(r'<svg class="diagramme".*?</svg>', str(fragment.html))
    return [[unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", one)] for one in drawn]


def mots(fragment: Fragment) -> list[str]:
    """Return the texts of both drawings."""
    return [text for drawn in dessins(fragment) for text in drawn]


def lu(fragment: Fragment) -> str:
    """Return what a figure says, each space as a plain one."""
    return re.sub("[\u00a0\u202f]", " ", unescape(str(fragment.html)))


def fichiers(html: str) -> list[str]:
    """Return what the figure lets one download: its SVG, then its CSV."""
    return [unquote(one) for one in re.findall(r'href="data:[^,]*charset=utf-8,([^"]*)"', html)]


@pytest.fixture(scope="module")
def region(charger: Any) -> Contexte:
    contexte: Contexte = charger("2024-S2").contexte("84")
    return contexte


@pytest.fixture(scope="module")
def planche(region: Contexte, charger: Any) -> str:
    """Every combination, on one page."""
    france = charger("2024-S2").contexte()
    cases = {
        f"{number} semestres, {name}, {'seule' if alone else 'avec la France'}": recensement(
            region, semestres(number, values), seule=alone
        )
        for number in range(1, 13)
        for name, values in AMPLEURS.items()
        for alone in (False, True)
    }
    cases["un semestre inconnu"] = recensement(region, semestres(6, (7, 9, 3, 5), trou=2))
    for name, values in AMPLEURS.items():
        cases[f"secteurs, {name}"] = secteurs(region, *(values[place:] + values[:place] for place in range(4)))
    for place, nets in enumerate([(12, -8, 0), (120, -85, 3), (1, 0), (0,), (-150, -2), (150, 2)]):
        cases[f"classement {place}"] = classement(region, nets)
        for years in (1, 4, 6):
            cases[f"multiples {place}, {years} ans"] = multiples(france, years, nets)
    shown = "".join(f'<div data-cas="{name}">{one.html}</div>' for name, one in cases.items())
    style = FEUILLE.read_text(encoding="utf-8") + "main { max-width: 78rem }"
    return f'<!doctype html><html lang="fr"><style>{style}</style><main>{shown}</main></html>'


@pytest.mark.parametrize(("largeur", "theme"), [(1280, "light"), (375, "light"), (1280, "dark"), (768, "light")])
def test_chaque_texte_se_lit(navigateur: Browser, planche: str, largeur: int, theme: Any) -> None:
    page = navigateur.new_page(viewport={"width": largeur, "height": 900}, color_scheme=theme)
    page.set_content(planche)
    found = page.evaluate(MESURES_JS)
    assert [found["meeting"], found["outside"], found["onBar"]] == [[], [], []]
    least, most, seen = found["sizes"]
    assert seen > 5000
    assert least >= 12
    assert most <= 15
    assert found["contrast"] >= 4.5
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    shown = "[...document.querySelectorAll('figure')].map(f => [...f.querySelectorAll('svg')]"
    shown += ".filter(s => s.getBoundingClientRect().width).length)"
    assert set(page.evaluate(shown)) == {1}
    page.close()


class TestRecensement:
    def test_les_soldes_sont_une_rangee_sous_l_axe_et_les_annees_au_dessous(self, region: Contexte) -> None:
        wide, phone = dessins(recensement(region, semestres(4, (7, 9, 3, 5))))
        nets = ["+8", "0", "−8", "0"]
        assert [text for text in wide if text in nets][:4] == nets
        assert {"S1\u00a02022", "S2\u00a02023", "2022\u00a0: +8", "2023\u00a0: −8", "Solde net"} <= set(wide)
        assert [text for text in phone if text in ("2022", "2023", "+8", "−8")] == ["2022", "+8", "2023", "−8"]

    def test_un_premier_semestre_n_est_pas_une_annee(self, region: Contexte) -> None:
        drawn = recensement(region, semestres(3, (7, 9, 3, 5)))
        wide, phone = dessins(drawn)
        # Each first semester, then those of France, and those of the phone: no year beside them.
        assert [wide.count(one) for one in ("S1\u00a02022", "S2\u00a02022", "S1\u00a02023")] == [2, 1, 2]
        assert [one for one in phone if "202" in one] == ["S1\u00a02022", "S1\u00a02023"]
        assert not {"2022", "2023"} & {*wide, *phone}
        assert "France, premiers semestres (autre échelle)" in wide
        assert not [text for text in wide if text.startswith("2023\u00a0:")]
        assert "2022-2023 (S1 2023 seul)" in lu(drawn)

    def test_ce_qui_n_est_pas_connu_n_est_ni_zero_ni_une_somme(self, region: Contexte) -> None:
        drawn = recensement(region, semestres(4, (7, 9, 3, 5), trou=2))
        wide, phone = dessins(drawn)
        assert wide.count("n.d.") == 1
        assert "2023\u00a0: n.d." in wide
        assert phone.count("n.d.") == 1
        assert "S1 2023 : non disponible" in lu(drawn)

    def test_deux_fois_les_memes_octets(self, region: Contexte) -> None:
        counts = semestres(8, (58, 41, 12, 97))
        assert recensement(region, counts).html == recensement(region, counts.copy()).html


class TestSecteurs:
    def test_du_plus_fort_solde_au_plus_faible_avec_celui_d_un_an_plus_tot(self, region: Contexte) -> None:
        drawn = secteurs(region, (1, 0, 2, 0), (5, 2, 0, 1))
        wide, phone = dessins(drawn)
        assert [text for text in wide if text in ("Santé", "Industrie verte")] == ["Santé", "Industrie verte"]
        assert [text for text in wide if text in ("+6", "−1", "+1", "2023", "2024")] == [
            *("2024", "2023"),
            *("+6", "+1"),
            *("−1", "+1"),
        ]
        assert "+1" not in phone
        assert "secteur « Santé » est de +6 (5 ouvertures, 2 extensions et 1 réduction), contre +1 en 2023." in lu(
            drawn
        )
        sector, last = fichiers(str(drawn.html))[1].splitlines()[1:3]
        assert (sector, last) == ("Santé;5;2;0;1;6;5;1", "Industrie verte;1;0;2;0;-1;-1;1")

    def test_un_secteur_sans_mouvement_est_nomme_et_n_est_pas_dessine(self, region: Contexte) -> None:
        drawn = secteurs(region, (1, 0, 2, 0), (0, 0, 0, 0))
        assert "Santé" not in mots(drawn)
        assert "Sans mouvement : Santé." in lu(drawn)

    def test_ce_qui_ne_tient_pas_dans_sa_barre_se_lit_au_bout_dans_l_ordre_de_la_barre(self, region: Contexte) -> None:
        wide, _ = dessins(secteurs(region, (573, 1, 1, 97), (1, 0, 0, 0)))
        assert {"573 + 1", "97 + 1"} <= set(wide)

    def test_avant_la_premiere_annee_rien_ne_se_compare(self, region: Contexte) -> None:
        rows = [("2022", "sante", 3, 0, 0, 0)]
        counts = avec_soldes(pd.DataFrame(rows, columns=["annee", "secteur", *MESURES_BRUTES]))
        drawn = figure_secteurs(au(region, "2022-S2"), counts, constat=CONSTAT)
        assert "contre" not in lu(drawn)
        assert "2021" not in mots(drawn)


class TestRegions:
    def test_la_region_de_la_page_est_seule_foncee(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        ranked, counts = barometre.classement("2024"), barometre.comptes(["annee", "region"])
        own, france = (
            lu(figure_classement(barometre.contexte(code), counts, ranked, constat=CONSTAT)) for code in ("84", None)
        )
        dark = f'fill="{COULEURS["ouvertures"][0]}"'
        wide = own[: own.index('class="etroit"')]
        assert wide.count(dark) == 1
        assert france[: france.index('class="etroit"')].count(dark) == (ranked["solde_net"] > 0).sum()
        assert "Sans rang, couverture non précisée : Guadeloupe, Guyane" in own

    def test_un_nom_mene_a_sa_page_et_la_figure_n_est_plus_une_image(self, region: Contexte) -> None:
        html = str(classement(region, (3, 0, -2), {"11": "regions/11.html"}).html)
        assert html.count('<a href="regions/11.html">') == 2
        assert 'role="group"' in html
        assert 'role="img"' not in html
        assert "<a " not in fichiers(html)[0]

    def test_une_region_en_retard_n_a_ni_zero_ni_barre(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        contexte, counts = barometre.contexte(), barometre.comptes(["annee", "region"])
        counts = counts.astype(dict.fromkeys(MESURES, "Int64"))
        late = (counts["region"] == "53") & (counts["annee"] == "2024")
        counts.loc[late, list(MESURES)] = pd.NA
        ranked = barometre.classement("2024")
        ranked = ranked[ranked["region"] != "53"]
        drawn = figure_classement(contexte, counts, ranked, constat=CONSTAT)
        assert "Non disponible : Bretagne." in lu(drawn)
        assert not [text for text in mots(drawn) if "Bretagne" in text]
        panels = figure_multiples(contexte, counts, constat=CONSTAT)
        assert [one.count("n.d.") for one in dessins(panels)] == [1, 1]

    def test_une_couverture_non_precisee_n_est_pas_une_suite_de_zeros(self, charger: Any) -> None:
        barometre = charger("2024-S2")
        drawn = figure_multiples(barometre.contexte(), barometre.comptes(["annee", "region"]), constat=CONSTAT)
        assert "Mayotte" not in mots(drawn)
        assert "Mayotte" not in fichiers(str(drawn.html))[1]
        assert "Mayotte" not in str(drawn.html).partition("<table>")[2]
        assert "Couverture non précisée : Guadeloupe" in lu(drawn)


class TestCadre:
    def test_le_fichier_tient_seul(self, region: Contexte) -> None:
        html = numeroter(str(recensement(region, semestres(6, (7, 9, 3, 5))).html) * 2)
        drawings = [ET.fromstring(one) for one in fichiers(html)[::2]]
        said = [" ".join("".join(root.itertext()).split()) for root in drawings]
        for number, words in enumerate(said, start=1):
            assert f"Figure {number}. Mouvements comptés, Auvergne-Rhône-Alpes, 2022-2024" in words
            for part in (CONSTAT, "Lecture :", "Champ : sites", "Source : Baromètre", "relève 2024-S2", "provisoires"):
                assert part in words
        assert "'" not in said[0]

    def test_le_fichier_tient_dans_son_cadre(self, navigateur: Browser, region: Contexte) -> None:
        page = navigateur.new_page()
        for drawn in (recensement(region, semestres(12, (174, 168, 111, 573))), secteurs(region, (1, 2, 3, 4))):
            page.set_content(f'<div class="trace" data-cas="seul">{fichiers(str(drawn.html))[0]}</div>')
            found = page.evaluate(MESURES_JS)
            assert [found["meeting"], found["outside"]] == [[], []]
        page.close()

    def test_le_csv_est_celui_des_valeurs(self, region: Contexte) -> None:
        counts = semestres(4, (7, 9, 3, 5))
        assert fichiers(str(recensement(region, counts).html))[1].encode() == en_csv(counts.drop(columns="annee"))

    def test_les_numeros_suivent_la_page(self, region: Contexte) -> None:
        one, other = str(secteurs(region, (1, 0, 0, 0)).html), str(classement(region, (1, 0)).html)
        numbered = numeroter(one + other + one)
        assert re.findall(r"Figure(?: |\u00a0)(\d)</span>", numbered) == ["1", "2", "3"]
        assert [re.findall(r"Figure\u00a0(\d)<", svg)[0] for svg in fichiers(numbered)[::2]] == ["1", "2", "3"]

    def test_l_edition_publique_ne_dit_pas_de_releve(self, region: Contexte) -> None:
        public = lu(secteurs(replace(region, publique=True), (1, 0, 0, 0)))
        assert "relève" not in public
        assert "situation au 31 décembre 2024" in public

    def test_la_france_dit_sans_qui(self, region: Contexte, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Contexte, "hors", lambda self, periode="": "hors Bretagne")
        assert "20 salariés, hors Bretagne." in lu(secteurs(replace(region, region=None), (1, 0, 0, 0)))
        assert "hors Bretagne" not in lu(secteurs(region, (1, 0, 0, 0)))

    def test_un_mot_n_est_jamais_du_balisage(self, region: Contexte) -> None:
        counts = semestres(2, (7, 9, 3, 5))
        mark = "<b>&{{ 7 * 7 }}'"
        html = str(figure_recensement(au(region, "2022-S2"), counts, None, constat=mark).html)
        assert "<b>" not in html
        assert "<b>" not in fichiers(html)[0]
        assert ET.fromstring(fichiers(html)[0]).findtext("{*}text") == mark.replace("'", "’")


def test_un_premier_semestre_se_compare_au_premier_d_avant(charger: Any) -> None:
    barometre = charger("2025-S1")
    contexte, counts = barometre.contexte("84"), barometre.comptes(["semestre", "secteur"], region="84")
    drawn = figure_secteurs(contexte, counts, constat=CONSTAT)
    assert {"S1\u00a02025", "S1\u00a02024"} <= set(dessins(drawn)[0])
    assert "au premier semestre 2025" in lu(drawn)
    first = de_la_periode(counts, "2025-S1").sort_values("solde_net").iloc[-1]["solde_net"]
    assert re.search(rf"est de \+{first} \([^)]*\), contre \+\d+ au premier semestre 2024", lu(drawn))


def test_de_petits_diagrammes_de_premiers_semestres(charger: Any) -> None:
    barometre = charger("2025-S1")
    counts = barometre.comptes(["semestre", "region"])
    drawn = figure_multiples(barometre.contexte(), counts, constat=CONSTAT)
    for one in dessins(drawn):
        assert {"S1\u00a02022", "S1\u00a02025"} <= set(one) and not [text for text in one if text in ("2022", "2024")]
    nets = de_la_periode(counts, "2024-S1").set_index("region")["solde_net"]
    assert f"{signe(int(nets['84']))} en S1 2024" in lu(drawn)
    assert "Solde net par région, premiers semestres 2022-2025" in lu(drawn)
