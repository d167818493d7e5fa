"""The page of revisions: its numbers are those of `Barometre.revisions`, its public edition tells no movement."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fabrique
import lecture
import nbformat
import pages
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from lecture import simple
from markupsafe import Markup
from navigation import ouvrir
from playwright.sync_api import Browser

from barometre_lib import Barometre, restitution
from barometre_lib.publication.vue import Vue
from barometre_lib.restitution import Fragment
from barometre_lib.typographie import nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

PAGE, PREMIERE = "2025-S2/revisions", "2023-S2/revisions"
# What the edition before 2025-S2 covered, and the words of the page for it.
COUVERTES = {"2022": "2022", "2023": "2023", "2024": "2024", "2025-S1": "1er semestre 2025"}
JUGER = """() => axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}})
  .then(found => found.violations.map(one => [one.id, one.nodes[0].html.slice(0, 200)]))"""


@pytest.fixture(scope="module", autouse=True)
def lues_une_fois(charger: Callable[[str], Barometre]) -> Iterator[None]:
    known = {name: charger(name) for name in (one.partition("/")[0] for one in (PAGE, PREMIERE))}
    with patch.object(Barometre, "charger", known.__getitem__):
        yield


@pytest.fixture(scope="module")
def barometre(charger: Callable[[str], Barometre]) -> Barometre:
    return charger("2025-S2")


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, list[str]]]:
    return lecture.tableaux(Fragment(Markup(pages.page(PAGE))))


@pytest.fixture(scope="module")
def revisees(barometre: Barometre) -> pd.DataFrame:
    """Every change of a covered period, under that period, summed by hand elsewhere."""
    rows = barometre.revisions()
    rows = rows[rows["cause"] != "periode_nouvelle"]
    period = rows["periode"].where(rows["periode"].isin(COUVERTES), rows["periode"].str[:4])
    return rows.assign(periode=period)[period.isin(COUVERTES)]


def changer(revisees: pd.DataFrame, dimension: str = "periode") -> pd.DataFrame:
    """Sum what each movement changes; one whose changes cancel out within a period of a place changed nothing."""
    measures = [*MESURES_BRUTES, "solde_net"]
    summed = revisees.groupby([*{dimension: 0, "periode": 0}, "id_mouvement"], as_index=False)[measures].sum()
    return summed[summed[list(MESURES_BRUTES)].ne(0).any(axis="columns")]


def lire(cellule: str) -> int:
    return int(cellule.replace("−", "-"))


def trouver(tables: dict[str, dict[str, list[str]]], debut: str) -> dict[str, list[str]]:
    (found,) = [rows for caption, rows in tables.items() if caption.startswith(debut)]
    return found


def test_le_titre_est_le_resultat(barometre: Barometre) -> None:
    told = barometre.vintages()
    first, *_, last = told.loc[told["periode"] == "2024", "valeur"]
    title = re.search("<h1>(.*?)</h1>", pages.page(PAGE))
    assert title and simple(title[1]) == f"2024 : {signe(first)} à sa parution, {signe(last)} aujourd'hui"


def test_le_triangle_est_celui_des_releves(barometre: Barometre, tables: dict[str, dict[str, list[str]]]) -> None:
    years = trouver(tables, "Années")
    assert years["Période"][0] == "Au 31 décembre 2023" and len(years["Période"]) == 5
    for caption, maille in (("Années", "annee"), ("Semestres", "semestre")):
        shown = {name: cells for name, cells in trouver(tables, caption).items() if name != "Période"}
        told = barometre.vintages()
        told = told[told["granularite"] == maille]
        assert len(shown) == told["periode"].nunique()
        known = [cell for cells in shown.values() for cell in cells if cell]
        assert [lire(cell.split()[0]) for cell in known] == told["valeur"].to_list()
        assert [cell.endswith("n. p.") for cell in known] == told["publie"].isna().to_list()
        grouped = [name for name in shown if name.endswith(", première collecte groupée")]
        assert len(grouped) == told.loc[told["groupee"], "periode"].nunique()
    bold = [lire(one) for one in re.findall(r"<strong>([+−]?\d+)</strong>", pages.page(PAGE))]
    first = barometre.vintages().query("horizon == 0")
    assert bold == [
        *first.query("granularite == 'annee'")["valeur"],
        *first.query("granularite == 'semestre'")["valeur"],
    ]
    assert "non publié" in simple(str(pages.page(PAGE)))


def test_les_familles_sont_la_somme_des_revisions(
    tables: dict[str, dict[str, list[str]]], revisees: pd.DataFrame
) -> None:
    *rows, total = list(trouver(tables, "Mouvements révisés depuis").items())[1:]
    effects = {name: lire(cells[-1].partition("(")[2].rstrip(")") or "0") for name, cells in rows}
    changed = changer(revisees)
    summed, moved = changed.groupby("periode")["solde_net"].sum(), changed["id_mouvement"].nunique()
    assert effects == {label: summed.get(code, 0) for code, label in COUVERTES.items()}
    assert total[1][-1] == f"{moved} ({signe(revisees['solde_net'].sum())})"
    each = sum(int(cells[-1].partition(" ")[0]) for _, cells in rows)
    between = re.search(r"dont (\d+) entre deux périodes", total[0])
    assert between and each - moved == int(between[1]) > 0


@pytest.mark.parametrize("dimension", ["periode", "region", "departement"])
def test_entrees_et_sorties_s_additionnent(
    barometre: Barometre, tables: dict[str, dict[str, list[str]]], revisees: pd.DataFrame, dimension: str
) -> None:
    word = {"periode": "période", "region": "région", "departement": "département"}[dimension]
    *rows, total = list(trouver(tables, f"Mouvements révisés, entrés dans les comptes et sortis, par {word}").items())[
        1:
    ]
    changed = changer(revisees, dimension)
    gross = changed[list(MESURES_BRUTES)].sum(axis="columns")
    names = COUVERTES if dimension == "periode" else barometre.nomenclatures.libelles(dimension)
    for code, own in changed.assign(brut=gross).groupby(dimension):
        number, entered, left, other, effect = map(lire, dict(rows)[simple(names[str(code)])])
        assert number == entered + left + other
        assert (entered - left, effect) == (own["brut"].sum(), own["solde_net"].sum())
    number, *_, effect = map(lire, total[1])
    assert (number, effect) == (changed["id_mouvement"].nunique(), revisees["solde_net"].sum())
    several = sum(lire(cells[0]) for _, cells in rows) - number
    assert several == (int(re.findall(r"dont (\d+) entre", total[0])[0]) if "dont" in total[0] else 0)


def test_les_causes_tiennent_en_cascade(tables: dict[str, dict[str, list[str]]], revisees: pd.DataFrame) -> None:
    html = pages.page(PAGE)
    drawn = re.search(r'id="figure-causes".*?class="etroit"', html, re.DOTALL)
    assert drawn
    wholes = re.findall(r'font-weight="700">([+−]?\d+)</text>', drawn[0])
    summed = revisees.groupby("periode")["solde_net"].sum()
    assert [lire(one) for one in wholes] == [summed.get(code, 0) for code in COUVERTES]
    folded = trouver(tables, "Effet de chaque cause")
    assert lire(folded["Ensemble"][-1]) == revisees["solde_net"].sum()
    for finding in re.findall(r'<figcaption id="[^"]*"><strong>(.*?)</strong>', html):
        assert len(lecture.BALISES.sub("", simple(finding)).split()) <= 15
    named = trouver(tables, "Mouvements révisés, par cause")
    told = set(re.findall(r"[0-9A-Z]{2}-\d{5}", " ".join(cells[-1] for cells in named.values())))
    assert told == set(changer(revisees)["id_mouvement"])


def test_les_indicateurs_ont_leur_n(barometre: Barometre, tables: dict[str, dict[str, list[str]]]) -> None:
    rows = trouver(tables, "Indicateurs de révision")
    known = barometre.indicateurs_de_revision()
    assert len(rows) == len(known) + 1
    shown = rows["Semestres, 1 relève après (n = 3)"]
    assert shown == ["3", "+4, −1, −4", "−0,33", "3", "−4 à +4", "1 sur 3", "0"]
    assert simple(barometre.phrase_incertitude()) in simple(str(pages.page(PAGE)))
    assert re.search(
        r"Dans l'ordre inverse, 3 mouvements sur les 28 qui ont changé .* auraient", simple(str(pages.page(PAGE)))
    )


def test_la_premiere_releve_n_a_rien_a_comparer() -> None:
    html = simple(str(pages.page(PREMIERE)))
    assert "Aucune relève antérieure n'est disponible : cette édition n'est comparée à aucune autre." in html
    assert "<h1>Révisions : rien encore à comparer</h1>" in html
    assert 'id="causes"' not in html and 'id="indicateurs"' not in html and "ordre inverse" not in html


def test_une_variante_n_est_comparee_a_aucune() -> None:
    study = fabrique.barometre([fabrique.ligne()], seuil_effectif=10)
    said = lecture.lisible(restitution.section_familles(study.contexte(), study.revisions_par_famille()))
    assert "une variante d'étude n'est comparée à aucune" in said
    # Nothing of it was published.
    assert "n. p." in lecture.lisible(restitution.section_triangle(study.contexte(), study.vintages()))


def test_l_edition_publique_ne_dit_aucun_mouvement(barometre: Barometre) -> None:
    """The cells tagged `publique`, on the view that takes the place of the relève."""
    notebook = nbformat.read(fabrique.RACINE / "notebooks" / "revisions.ipynb", as_version=4)
    view = Vue.de(barometre)
    names: dict[str, Any] = {"restitution": restitution, "barometre": view, "contexte": view.contexte()}
    shown = {}
    for cell in notebook.cells:
        if "publique" in cell.metadata.get("tags", []) and cell.id not in ("chargement", "calcul"):
            names |= {
                "evolution": view.evolution(),
                "vintages": view.vintages(),
                "familles": view.revisions_par_famille(),
            }
            shown[cell.id] = eval(cell.source, names)
    assert list(shown) == ["entete", "triangle", "familles"]
    said = lecture.lisible(*shown.values())
    assert "Document interne" not in said and f"{nombre(26)} (−6)" in said and "+89" in said
    assert not re.search(r"\b[0-9A-Z]{2}-\d{5}\b", said)
    assert [one for one in barometre.decisions["id_mouvement"] if one in said] == []
    assert view.contexte().corriges == frozenset()
    assert not {"id_mouvement", "cause", "region"} & {*view.familles} and set(view.triangle["region"]) == {""}


def test_elle_se_lit_partout(navigateur: Browser, tmp_path: Path) -> None:
    path = tmp_path / "revisions.html"
    path.write_text(pages.page(PAGE), encoding="utf-8")
    assert path.stat().st_size <= 400_000
    page, asked, said = ouvrir(navigateur, path, bypass_csp=True)
    assert (len(asked), said) == (1, [])
    page.evaluate(Axe().axe_script)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for scheme, width in (("light", 1280), ("dark", 375)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(JUGER) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize(("region", "adresse"), [("", "revisions.html"), ("84", "../revisions.html")])
def test_les_revisions_des_autres_pages_y_menent(barometre: Barometre, region: str, adresse: str) -> None:
    told = restitution.revisees(barometre.contexte(region), barometre.revisions(region=region))
    assert told and f'href="{adresse}">Toutes les révisions' in told.html
