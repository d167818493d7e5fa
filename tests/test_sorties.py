"""What a notebook shows: each kind of output is right on its page, or stops it by the name of its cell."""

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fabrique
import pytest
from axe_playwright_python.sync_playwright import Axe
from IPython.core.formatters import DisplayFormatter
from IPython.display import HTML, SVG, Image, Javascript, Latex, Markdown
from markupsafe import Markup
from navigation import ouvrir
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from playwright.sync_api import Browser, Dialog

from barometre_lib import Barometre, restitution
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.carnet import convertir
from barometre_lib.publication.pages import habiller
from barometre_lib.restitution.fragment import rendre

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JOINTE = {"image.png": {"image/png": base64.b64encode(PNG).decode()}}
FRAGMENT = rendre("section", ancre="resultats", titre="Résultats", contenus=[])


def texte(source: str, **plus: Any) -> NotebookNode:
    return new_markdown_cell(source, **plus)


def montre(valeur: Any, **metadata: Any) -> NotebookNode:
    """Return a cell that has displayed a value, as IPython does."""
    data, own = DisplayFormatter().format(valeur) if not isinstance(valeur, dict) else (valeur, {})
    output = new_output("display_data", data=data, metadata=own | metadata)
    return new_code_cell("display(valeur)", outputs=[output])


def dit(ecrit: str) -> NotebookNode:
    return new_code_cell("print(x)", outputs=[new_output("stream", name="stdout", text=ecrit)])


def exporter(*cellules: NotebookNode) -> str:
    for number, cell in enumerate(cellules, start=1):
        cell.id = f"essai-{number}"
    return str(convertir(new_notebook(cells=list(cellules))))


@pytest.mark.parametrize(
    ("cellule", "html"),
    [
        pytest.param(montre(FRAGMENT), str(FRAGMENT.html), id="fragment"),
        pytest.param(montre(Markdown("*a*")), "<p><em>a</em></p>", id="markdown affiche"),
        pytest.param(texte("**a** ~~b~~"), "<p><strong>a</strong> <del>b</del></p>", id="emphase"),
        pytest.param(texte("1. a\n   - b"), "<ol>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>", id="listes"),
        pytest.param(texte("`<b>` \\<i> 2 < 3 & 4"), "<code>&lt;b&gt;</code> &lt;i&gt; 2 &lt; 3 &amp; 4", id="signes"),
        pytest.param(texte("a&nbsp;: &lt;b&gt;"), "<p>a\u00a0: &lt;b&gt;</p>", id="entites"),
        pytest.param(texte("5 $ et \\$x$"), "<p>5 $ et $x$</p>", id="dollars"),
        pytest.param(texte("[a](https://x.fr/?b=1&c=2)"), 'href="https://x.fr/?b=1&amp;c=2" rel="noopener"', id="lien"),
        pytest.param(texte("```js\nx < 1\n```"), "<pre><code>x &lt; 1\n</code></pre>", id="code"),
        pytest.param(texte("![Un point](attachment:image.png)", attachments=JOINTE), 'alt="Un point"', id="jointe"),
        pytest.param(montre(Image(PNG, alt="Un point", width=30)), 'alt="Un point"', id="image"),
        pytest.param(montre(Image(PNG, alt="Un point", width=30)), 'width="30"', id="largeur"),
        pytest.param(dit("a <b>\n\x1b[31mc\x1b[0m"), "<pre>a &lt;b&gt;\nc</pre>", id="print"),
        pytest.param(montre(12), "<pre>12</pre>", id="valeur"),
        pytest.param(new_raw_cell(""), "", id="brute vide"),
        pytest.param(texte("<script>", metadata={"tags": ["atelier"]}), "", id="atelier"),
    ],
)
def test_une_sortie_se_lit_sur_la_page(cellule: NotebookNode, html: str) -> None:
    shown = exporter(cellule)
    assert html in shown if html else not shown


@pytest.mark.parametrize(
    ("cellule", "dit"),
    [
        pytest.param(montre(HTML("<b>x</b>")), "sortie « text/html »", id="html"),
        pytest.param(montre(Latex("$x$")), "sortie « text/latex » ; montrez-le par restitution", id="latex"),
        pytest.param(montre(Javascript("1")), "application/javascript", id="javascript"),
        pytest.param(montre(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>")), r"image/svg\+xml", id="svg"),
        pytest.param(montre({"application/vnd.plotly.v1+json": {}, "text/html": ""}), "plotly", id="plotly"),
        pytest.param(
            montre({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "x"}), "widget", id="widget"
        ),
        pytest.param(montre({"text/html": "x", "image/png": ""}), "text/html, image/png", id="deux sortes"),
        pytest.param(montre(fabrique.table([fabrique.ligne()])), "sortie « text/html »", id="table pandas"),
        pytest.param(montre(object()), "objet « <object at 0x", id="objet"),
        pytest.param(montre(Image(PNG)), "image sans texte", id="image muette"),
        pytest.param(montre({"image/png": "<script>"}, **{"image/png": {"alt": "x"}}), "attendu", id="fausse"),
        pytest.param(new_raw_cell("x"), "cellule brute", id="brute"),
        pytest.param(
            new_code_cell("1/0", outputs=[new_output("error", ename="E", evalue="v", traceback=[])]),
            "erreur « E : v »",
            id="erreur toleree",
        ),
        pytest.param(texte("a <br> b"), "HTML « <br> »", id="balise"),
        pytest.param(texte("<div onclick='x'>\n\na"), "HTML « <div onclick='x'> »", id="bloc"),
        pytest.param(texte("<!-- tu -->"), "HTML « <!-- tu --> »", id="commentaire"),
        pytest.param(texte("soit $x^2$"), r"formule « x\^2 »", id="formule"),
        pytest.param(texte("> $$\n> x\n> $$"), "formule « x »", id="formule citee"),
        pytest.param(texte("[a](#nulle-part)"), "lien vers « #nulle-part » ; attendu l'ancre", id="ancre"),
        pytest.param(texte("[a](http://x.fr)"), "lien vers « http://x.fr » ; attendu https", id="http"),
        pytest.param(texte("[](https://x.fr)"), "lien sans texte", id="lien muet"),
        pytest.param(texte("![a](https://x.fr/a.png)"), "attendu une image jointe", id="image distante"),
        pytest.param(texte("![](attachment:image.png)", attachments=JOINTE), "image sans texte", id="jointe muette"),
        pytest.param(
            texte("![image.png](attachment:image.png)", attachments=JOINTE), "image sans texte", id="nom pour texte"
        ),
        pytest.param(texte("|a|b|\n|-|-|\n|c|d|e|"), "tableau mal formé", id="tableau"),
        pytest.param(texte("a" * 100_001), "texte de 100 001 caractères ; attendu 100 000 au plus", id="trop long"),
    ],
)
def test_une_autre_sortie_arrete_la_page(cellule: NotebookNode, dit: str) -> None:
    with fabrique.refus(rf"^cellule « essai-1 », « .+ » : .*{dit}"):
        exporter(cellule)


def test_toutes_les_fautes_sont_dites() -> None:
    with fabrique.refus("« essai-2 ».*<a>.*\n.*« essai-3 ».*<b>.*\n.*« essai-1 ».*#c"):
        exporter(texte("[a](#c)"), texte("<a>"), texte("<b>"))


def test_les_titres_prennent_rang_dans_la_page() -> None:
    shown = exporter(
        texte("### Avant"), montre(FRAGMENT), texte("# *Après*\n\n#### Détail\n\n##### Bas"), texte("### X")
    )
    assert re.findall(r"<(h\d) id=", shown) == ["h2", "h2", "h2", "h3", "h4", "h3"]


def test_les_ancres_sont_celles_de_jupyterlab_et_menent_quelque_part() -> None:
    """An anchor that the page has keeps its first owner; those of the layout have theirs."""
    links = "[a](#Été-à-venir) [b](#resultats)"
    shown = exporter(texte(f"# Été à venir\n# resultats\n# contenu\n# Été à venir\n{links}"), montre(FRAGMENT))
    found = re.findall(r'<h2 id="([^"]+)"', shown)
    assert found == ["Été-à-venir", "resultats-2", "contenu-2", "Été-à-venir-2", "resultats"]


def test_une_fausse_marque_de_fragment_ne_sert_pas_a_un_texte() -> None:
    with fabrique.refus("sortie « text/html »"):
        exporter(montre(HTML("<b>x</b>"), **{"text/html": {"isolated": True}}))


# Hostile, and nothing that a page cannot show: it is read as it is written.
MONTRES = set("retour svg image titre code echappe ancre tableau gabarit reference".split())  # noqa: SIM905
ECRIT = """# Ce qui s'écrit

Un, deux : « trois » ; quatre ? Voir [les années](#recensement) et [la suite](#La-suite).

| Année | Solde |
|:--|--:|
| 2024 | 12 |

| Thème | Dit | Source |
|---|---|---|
| Énergie | Le **prix** | DREETS |

## La suite

> Une citation.

![Un point](attachment:image.png)
"""
HOSTILES = {
    "script": "<script>alert(1)</script>",
    "javascript": "[a](javascript:alert(1))",
    "entites": "[a](java&#115;cript&colon;alert(1))",
    "retour": "[a](<java\nscript:alert(1)>)",
    "style": "<style>*{display:none}</style>",
    "cadre": "<iframe src='https://example.org'></iframe>",
    "evenement": "<p onmouseover=alert(1)>a",
    "svg": "<svg/onload=alert(1)>",
    "donnees": "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "image": '![a](x" onerror="alert(1))',
    "source": "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "titre": "[a](https://x.fr '\" onmouseover=\"alert(1)')",
    "sortie": "</section></main><script>alert(1)</script>",
    "code": "```html\n<script>alert(1)</script>\n```\n`<img src=x onerror=alert(1)>`",
    "echappe": "\\<script>alert(1)\\</script> &lt;img src=x onerror=alert(1)&gt;",
    "ancre": '# "><img src=x onerror=alert(1)\n',
    "tableau": '| "><svg onload=alert(1) | b |\n|-|-|\n| \\<script> | " onclick="alert(1) |',
    "gabarit": "{{ 7*7 }} {% raw %}",
    "reference": '[a]: https://x.fr "\' onmouseover=alert(1)"\n\n[a]',
}
LOURDS = {
    "listes": "- " * 10_000 + "a",
    "listes en retrait": "\n".join("  " * n + "- a" for n in range(300)),
    "citations": ">" * 10_000 + "a",
    "emphases": "*a **b " * 10_000,
    "emphases fermees": "_*a*_" * 15_000,
    "crochets": "[" * 50_000,
    "liens": "[a](" * 20_000,
    "titres": "# a\n" * 20_000,
    "tirets": "`" * 50_000,
    "chevrons": "<a " * 30_000,
    "tableau": "|" * 20_000 + "\n" + "|-" * 20_000,
    "dollars": "$$a" * 30_000,
    "mot": "M" * 50_000,
}


def essayer(source: str) -> str:
    """Return the HTML of a text, empty when it is refused."""
    try:
        return exporter(texte(source))
    except ErreurBarometre:
        return ""


@pytest.mark.parametrize("nom", LOURDS)
def test_un_texte_demesure_finit_vite(nom: str) -> None:
    start = time.process_time()
    essayer(LOURDS[nom])
    assert time.process_time() - start < 10


@pytest.fixture(scope="module")
def page(charger: Callable[[str], Barometre], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of all that can be shown, and of all that is hostile and not refused."""
    barometre = charger("2024-S2")
    contexte = barometre.contexte()
    cells = [
        montre(restitution.entete(contexte)),
        texte(ECRIT, attachments=JOINTE),
        montre(
            restitution.section_recensement(contexte, barometre.comptes(["annee", "semestre"]), barometre.evolution())
        ),
        dit(f"Total : 12 %\n{'x' * 500}"),
        montre(Image(PNG, alt="Un point")),
        *(texte(source) for source in [*HOSTILES.values(), LOURDS["mot"]] if essayer(source)),
    ]
    contenu = Markup(exporter(*cells))
    path = tmp_path_factory.mktemp("page") / "essai.html"
    path.write_text(habiller(contenu, contexte, pages=[], adresse="essai.html", intitule="Essai"), encoding="utf-8")
    return path


def test_ce_qui_est_hostile_est_refuse_ou_montre() -> None:
    assert {nom for nom, source in HOSTILES.items() if essayer(source)} == MONTRES


@pytest.mark.parametrize("largeur", [1280, 320])
def test_la_page_n_execute_rien_et_tient(navigateur: Browser, page: Path, largeur: int) -> None:
    """Even where the page's own policy, which forbids scripts, would not hold."""
    dialogs: list[Dialog] = []
    for bypassed in (False, True):
        opened, asked, said = ouvrir(navigateur, page, largeur, bypass_csp=bypassed)
        opened.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
        opened.reload()
        opened.mouse.move(200, 300)
        opened.wait_for_timeout(200)
        assert {one for one in asked if not one.startswith("data:image/png;")} == {page.as_uri()}
        assert said == [] and dialogs == []
        attributes = "[...document.querySelectorAll('main *')].flatMap(e => e.getAttributeNames())"
        assert not [name for name in opened.evaluate(attributes) if name.startswith("on")]
        assert opened.locator("script, iframe, object, embed, main style").count() == 0
        links = opened.evaluate("[...document.querySelectorAll('main a:not([download])')].map(a => a.protocol)")
        assert set(links) == {"file:", "https:"}
        files = opened.evaluate("[...document.querySelectorAll('main a[download]')].map(a => a.href.split(';')[0])")
        assert files == ["data:image/svg+xml", "data:text/csv"]
        assert opened.evaluate("document.documentElement.scrollWidth") <= largeur
        opened.close()


def test_la_page_est_accessible_et_ses_ancres_menent(navigateur: Browser, page: Path) -> None:
    opened, _, _ = ouvrir(navigateur, page, 375, bypass_csp=True)
    opened.evaluate(Axe().axe_script)
    assert opened.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
    for link in opened.locator("main a[href^='#']").all()[:8]:
        opened.goto(f"{page.as_uri()}{link.get_attribute('href')}")
        assert opened.locator(":target").count() == 1
    # Before the first section, be it hand-written.
    assert opened.evaluate("document.querySelector('.sommaire').nextElementSibling.textContent") == "Ce qui s’écrit"
    opened.close()


def test_la_typographie_est_celle_des_pages(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert "deux\u00a0: «\u00a0trois\u00a0»\u202f; quatre\u202f?" in html
    assert 'aria-label="Tableau 1 du texte"' in html
    assert '<tr><th scope="row">2024</th><td>12</td></tr>' in html
