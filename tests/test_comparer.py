"""`barometre comparer`: what a publication would change, page by page, told without publishing."""

from pathlib import Path

import pytest
from processus import lancer

from barometre_lib.campagne.empreintes import inventorier
from barometre_lib.publication.ecarts import Taille, comparer_pages, ecrire_ecarts

PAGE = """<html><head><style>p {{ margin: 9px }}</style></head><body><nav><p>9 liens</p></nav><main>
<h1>Corse : {titre} ouvertures nettes</h1>
<dl><div><dt>Solde net</dt><dd><strong>{net}</strong>, sur un an</dd></div></dl>
<h2 id="a">Résultats</h2><p>En 2025, {ouvertures} ouvertures, {mots}.</p>
<figure id="f"><figcaption>Une figure</figcaption><svg><title>7</title></svg>
<p class="emporter">Télécharger : <a download href="data:image/svg+xml,{dessin}">SVG</a></p></figure>
<table><caption>Par année</caption><thead><tr><th>Année</th><th>Emplois</th></tr></thead>
<tbody><tr><th>2025</th><td>{emplois}</td></tr></tbody></table></main>
<footer><p>Empreinte 12</p></footer></body></html>"""
VALEURS = {"titre": "3", "net": "+3", "ouvertures": "2", "mots": "réalisées", "dessin": "a", "emplois": "1\u202f250"}


def typographie_simple(text: str) -> str:
    """Make no-break spaces plain."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("change", "size", "numbers", "words", "figures"),
    [
        ({"titre": "4"}, Taille.FORTE, 0, 0, 0),
        ({"net": "−1"}, Taille.FORTE, 1, 0, 0),
        ({"net": "+4"}, Taille.MOYENNE, 1, 0, 0),
        ({"ouvertures": "7"}, Taille.FORTE, 1, 0, 0),
        ({"ouvertures": "6"}, Taille.MOYENNE, 1, 0, 0),
        ({"emplois": "1\u202f300"}, Taille.MOYENNE, 1, 0, 0),
        ({"emplois": "1\u202f350"}, Taille.FORTE, 1, 0, 0),
        ({"mots": "comptées"}, Taille.LEGERE, 0, 1, 0),
        ({"dessin": "b"}, Taille.LEGERE, 0, 0, 1),
    ],
)
def test_l_ampleur_d_un_ecart(change: dict[str, str], size: Taille, numbers: int, words: int, figures: int) -> None:
    """A title, the sign of a net, a number by 5 and 5 %: strong; another number; words or a drawing."""
    found = comparer_pages(PAGE.format(**VALEURS), PAGE.format(**VALEURS | change))
    assert found
    assert (found.taille, len(found.nombres), len(found.mots), len(found.figures)) == (size, numbers, words, figures)


def test_ce_qui_n_est_pas_du_barometre_ne_compte_pas() -> None:
    before = PAGE.format(**VALEURS)
    after = before.replace("9 liens", "8 liens").replace("Empreinte 12", "Empreinte 13").replace("9px", "8px")
    assert after != before
    assert comparer_pages(before, after) is None


def test_une_page_qui_parait_ou_disparait() -> None:
    page = PAGE.format(**VALEURS)
    for pair in (("", page), (page, "")):
        found = comparer_pages(*pair)
        assert found and found.taille == Taille.FORTE


def test_un_texte_hostile_reste_du_texte() -> None:
    hostile = PAGE.format(**VALEURS | {"mots": "&lt;script&gt;alert(1)&lt;/script&gt;"})
    found = comparer_pages(PAGE.format(**VALEURS), hostile)
    assert found
    sheet = ecrire_ecarts("2025-S2", [("regions/94.html", found)], [])
    assert "&lt;script&gt;" in sheet and "<script" not in sheet


def test_la_vraie_commande(petite_publication: tuple[Path, Path]) -> None:
    """A row that leaves the field: told page by page, nothing published."""
    root, sorties = petite_publication
    before = inventorier(sorties / "2024-S2")
    register = root / "data" / "releves" / "2024-S2" / "84.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace("2024-05-02;21;;;", "2024-05-02;21;;;40"), encoding="utf-8")
    done = lancer("comparer", "2024-S2", "--sorties", sorties, BAROMETRE_RACINE=str(root))
    assert done.returncode == 0, done.stderr
    assert "🟡 national.html :" in typographie_simple(done.stderr)
    assert "methodologie.html" not in done.stderr
    assert inventorier(sorties / "2024-S2") == before
    sheet = (sorties / "comparaison-2024-S2.html").read_text(encoding="utf-8")
    assert "annonce 40 emplois" in typographie_simple(sheet)
    assert "<script" not in sheet
    ended = lancer("comparer", "2024-S2", "--sorties", sorties / "rien", BAROMETRE_RACINE=str(root))
    assert ended.returncode == 1
    assert "aucune publication avec laquelle comparer" in typographie_simple(ended.stderr)
