"""The typography of pages: what the door does to HTML, then what every published page reads like, as it is written."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lecture import simple
from markupsafe import Markup, escape

from barometre_lib.restitution.composition import composer_html
from barometre_lib.typographie import OUTILS, composer

VISIBLES = str.maketrans({"\u00a0": "_", "\u202f": "~"})


@pytest.mark.parametrize(
    ("ecrit", "compose"),
    [
        ("<p>l'usine d&#39;Ain, aujourd&#x27;hui</p>", "<p>l’usine d’Ain, aujourd’hui</p>"),
        ("<p>la 1re, le 1er et la 12e</p>", "<p>la 1<sup>re</sup>, le 1<sup>er</sup> et la 12<sup>e</sup></p>"),
        ("<p>le 2e semestre, le 1er\njanvier</p>", "<p>le 2<sup>e</sup>_semestre, le 1<sup>er</sup>_janvier</p>"),
        ("<p>la <strong>1re</strong> place</p>", "<p>la <strong>1<sup>re</sup></strong>_place</p>"),
        ("<p>59 ouvertures et\n27\nfermetures</p>", "<p>59_ouvertures et\n27_fermetures</p>"),
        ("<p><strong>59</strong> ouvertures</p>", "<p><strong>59</strong>_ouvertures</p>"),
        ("<p>59 <em>ouvertures</em></p>", "<p>59_<em>ouvertures</em></p>"),
        ("<p>59</p> <p>ouvertures</p>", "<p>59</p> <p>ouvertures</p>"),
        ("<p>16 000 systèmes, 1 234 567 M€</p>", "<p>16~000_systèmes, 1~234~567_M€</p>"),
        ("<p>3,2 M€, 40 %, 150 m², 6 h, 18 h 30</p>", "<p>3,2_M€, 40~%, 150_m², 6_h, 18_h_30</p>"),
        ("<p>n° 3, le 13 mars 2025, 01 44 97 04 49</p>", "<p>n°_3, le 13_mars 2025, 01_44_97_04_49</p>"),
        ("<p>« oui » : non ; quoi ?</p>", "<p>«_oui_»_: non~; quoi~?</p>"),
        # Between a year, or a number, and a word of the sentence, a line may end.
        ("<p>en 2024 et en 2023 dans 12 des 13 régions</p>", "<p>en 2024 et en 2023 dans 12 des 13_régions</p>"),
        ("<p>en 2024, 100 sites ; +32 sur un an</p>", "<p>en 2024, 100_sites~; +32 sur un an</p>"),
        # What is no ordinal: codes, decimals, words.
        ("<p>A1e, 10.13e, 2026-1e, 208ee</p>", "<p>A1e, 10.13e, 2026-1e, 208ee</p>"),
        # Neither tags, code, style nor addresses; attributes that are read have no tag.
        (
            """<a href="l'1er 5 x" id="l'an" title="l'1er mai : 5 x">l'an</a>""",
            """<a href="l'1er 5 x" id="l'an" title="l’1er_mai_: 5_x">l’an</a>""",
        ),
        ("<code>l'1er : 5 x</code><pre>l'1er</pre>", "<code>l'1er : 5 x</code><pre>l'1er</pre>"),
        ("<style>a::after { content: '1er : 5 x' }</style>", "<style>a::after { content: '1er : 5 x' }</style>"),
        ("<!-- l'1er --><p a='1er' b='5 x'>x</p>", "<!-- l'1er --><p a='1er' b='5 x'>x</p>"),
        # Where no tag may stand.
        ("<title>l'1er mai</title><p>1er</p>", "<title>l’1er_mai</title><p>1<sup>er</sup></p>"),
        (
            """<svg aria-label="l'1er mai"><title>1er</title><text x="1">l'1er mai</text></svg><i>1er</i>""",
            """<svg aria-label="l’1er_mai"><title>1er</title><text x="1">l’1er_mai</text></svg><i>1<sup>er</sup></i>""",
        ),
        ("<select><option>1er mai</option></select>", "<select><option>1er_mai</option></select>"),
        ('<meta name="description" content="l\'an">', '<meta name="description" content="l’an">'),
        ("<meta content=\"default-src 'none'\">", "<meta content=\"default-src 'none'\">"),
        # What is escaped stays so.
        ("<p>&lt;b&gt; l&#39;&#34;x&#34; &amp;#39;</p>", "<p>&lt;b&gt; l’&#34;x&#34; &amp;#39;</p>"),
    ],
)
def test_la_porte_compose_ce_qui_se_lit(ecrit: str, compose: str) -> None:
    done = composer_html(ecrit)
    assert done.translate(VISIBLES) == compose
    assert composer_html(done) == done


MORCEAUX = st.sampled_from(
    ["59", "1re", "2e", " ", "\n", "ouvertures", "l'", "M€", "%", ":", "16 000", "et", "«", "»", "<", "&", '"', "n°"]
)


@given(st.lists(MORCEAUX, max_size=9).map("".join), st.lists(MORCEAUX, max_size=9).map("".join))
def test_ni_le_texte_ni_son_echappement_ne_changent(avant: str, apres: str) -> None:
    html = Markup("<p>{} <strong>{}</strong>{}</p>").format(avant, apres, avant)
    done = composer_html(html)
    assert composer_html(done) == done
    tags = re.findall("<[^>]*>", re.sub("</?sup>", "", done))
    assert tags == re.findall("<[^>]*>", html)

    def bare(text: str) -> str:
        return re.sub(r"\s+", " ", simple(unescape(re.sub("<[^>]*>", "", text))))

    assert bare(done) == bare(html)
    assert composer(composer(avant)) == composer(avant)
    assert "<" not in composer_html(str(escape(avant))).replace("<sup>", "").replace("</sup>", "")


# --- every page, as it is written -------------------------------------------------------------------

EN_LIGNE = {"strong", "em", "b", "i", "a", "span", "abbr", "sup", "sub", "small", "mark", "bdi"}
TELS_QUELS = {"style", "script", "code", "pre"}
NUS = {"svg", "title", "option"}
LUS = {"aria-label", "alt", "title"}
# Words that a number does not count.
MOTS_OUTILS = {*OUTILS.split()}
ORDINAL_A_PLAT = re.compile(r"(?<![\w,.-])\d+(?:ers?|res?|es?)(?!\w)")
SUIVI = re.compile(r"\d[ \n\t]+([^\W\d_]+|[€%°])(?![’'])")
DEUX_POINTS = re.compile(r".{,20}\w\.\.(?!\.)")
MILLIERS = re.compile(r"(?<![\w,.])\d{1,3} \d{3}(?!\d)")


class Page(HTMLParser):
    """Reads the texts of a page: those of blocks, the attributes that are read, and which may hold superscripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ouvertes: list[str] = []
        self.blocs: list[str] = [""]
        self.nus: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nus += [value or "" for name, value in attrs if name in LUS]
        if tag not in {"meta", "br", "hr", "img", "input", "link", "path", "line", "rect", "circle", "use", "polygon"}:
            self.ouvertes.append(tag)
        if tag not in EN_LIGNE:
            self.blocs.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.nus += [value or "" for name, value in attrs if name in LUS]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.ouvertes:
            while self.ouvertes.pop() != tag:
                pass
        if tag not in EN_LIGNE:
            self.blocs.append("")

    def handle_data(self, data: str) -> None:
        if TELS_QUELS & {*self.ouvertes}:
            return
        if NUS & {*self.ouvertes}:
            self.nus.append(data)
        else:
            # A superscript is no ordinal that is flat.
            self.blocs[-1] += f"\u2060{data}" if self.ouvertes and self.ouvertes[-1] == "sup" else data


def fautes(html: str) -> list[str]:
    """Return what breaks the typography of a page, with some words around."""
    page = Page(html)
    found = []
    for text in (*page.blocs, *page.nus):
        found += [text[max(0, text.index("'") - 20) :][:40]] if "'" in text else []
        found += [one[0] for one in SUIVI.finditer(text) if one[1].casefold() not in MOTS_OUTILS]
        found += MILLIERS.findall(text) + DEUX_POINTS.findall(text)
    return found + [one for text in page.blocs for one in ORDINAL_A_PLAT.findall(text)]


@pytest.mark.parametrize(
    "html",
    [
        "<p>l'an</p>",
        "<p>la 1re</p>",
        "<p>5 <b>usines</b></p>",
        "<p>5 %</p>",
        "16 000",
        '<i title="l\'">x</i>',
    ],
)
def test_une_faute_de_typographie_serait_vue(html: str) -> None:
    assert fautes(html)
    assert not fautes(composer_html(html))


def test_deux_points_pour_un_seraient_vus() -> None:
    """No door mends them: whoever ends a sentence looks at how it ends."""
    assert fautes("n.c.a..")


@pytest.mark.campagne
@pytest.mark.parametrize("edition", ["publication", "publication_publique"])
def test_chaque_page_est_composee(edition: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(edition)
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 18
    found = {str(path.relative_to(folder)): fautes(path.read_text(encoding="utf-8")) for path in pages}
    assert {name: one for name, one in found.items() if one} == {}
