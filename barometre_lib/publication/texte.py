"""Markdown and images as parts of a page: what they say, dressed as pages are; what a page cannot show is refused."""

import binascii
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from markupsafe import Markup, escape
from mistune import BlockState, HTMLRenderer, create_markdown

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.restitution.composition import composer_html
from barometre_lib.restitution.fragment import remplir
from barometre_lib.restitution.tableaux import Ligne
from barometre_lib.typographie import nombre

TITRES = {f"h{level}" for level in range(2, 7)}
# All that a text may hold on a page, the dress of its tables included.
BALISES = TITRES | set("a blockquote br code del div em hr img li ol p pre strong ul".split())  # noqa: SIM905
BALISES |= set("caption table tbody td th thead tr".split())  # noqa: SIM905
ATTRIBUTS = {
    "a": {"href", "title"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "p": {"class"},
    "th": {"scope"},
    **{name: {"id"} for name in TITRES},
}
# What JupyterLab reads too; formulas are read to be refused.
EXTENSIONS = (
    *("strikethrough", "table", "mistune.plugins.table.table_in_list", "mistune.plugins.table.table_in_quote"),
    *("math", "mistune.plugins.math.math_in_list", "mistune.plugins.math.math_in_quote"),
)
RESERVEES = ("contenu", "sommaire", "contacts")  # identifiers of the layout
LONGUEUR_MAX = 100_000
NIVEAUX_MAX = 6
RANGEE_DE_TIRETS = re.compile(r"^ *\|? *:?-+:? *\|[-:| ]*$", re.MULTILINE)
# First bytes of the images that a page may hold.
SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class Redacteur(HTMLRenderer):
    """The renderer of the hand-written texts of one page, in their order.

    Parameters
    ----------
    prises : collection of str
        Identifiers of the rest of the page.
    """

    def __init__(self, prises: Collection[str]) -> None:
        super().__init__(escape=False)  # entities are read; HTML is refused below
        self.ancres = {*RESERVEES, *prises}
        self.homonymes = Counter[str]()  # headings of one text
        self.appels: set[str] = set()  # anchors that links lead to
        self.jointes: Mapping[str, Mapping[str, str]] = {}  # images attached to the cell being read
        self.niveau = 1  # level of the last heading
        self.profondeur = 0  # lists and quotations around what is being written
        self.tableaux = 0
        self._lire = create_markdown(renderer=self, plugins=EXTENSIONS)

    def ecrire(self, texte: str, jointes: Mapping[str, Mapping[str, str]] | None = None) -> Markup:
        """Return the HTML of a text, `jointes` being the attachments of its cell.

        Raises
        ------
        ErreurBarometre
            What it holds that a page cannot show, and what to write instead.
        """
        if len(texte) > LONGUEUR_MAX:
            raise ErreurBarometre(f"texte de {nombre(len(texte))} caractères ; attendu {nombre(LONGUEUR_MAX)} au plus")
        self.jointes, self.profondeur = jointes or {}, 0
        html = str(self._lire(texte)).strip()
        kept = nh3.clean(html, tags=BALISES, attributes=ATTRIBUTS, url_schemes={"https", "data"}, link_rel="noopener")
        return Markup(composer_html(kept))  # noqa: S704  judged by nh3

    def suivre(self, html: str) -> None:
        """Note that a piece of page made elsewhere comes next: headings go on from its last one."""
        for level in re.findall(r"<h([1-6])\b", html):
            self.niveau = int(level)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Give a heading the level that its place allows, below the page's own, and JupyterLab's anchor."""
        self.niveau = min(max(level, 2), self.niveau + 1)
        asked = anchor = re.sub(r"\s+", "-", _nu(text)) or "titre"
        while anchor in self.ancres:
            self.homonymes[asked] += 1
            anchor = f"{asked}-{self.homonymes[asked] + 1}"
        self.ancres.add(anchor)
        return f'<h{self.niveau} id="{escape(anchor)}">{text}</h{self.niveau}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Keep a link to an anchor of the page, or to a site that is reached by https."""
        if not _nu(text) and "<img" not in text:
            raise ErreurBarometre(f"lien sans texte vers {montrer(url)} ; dites entre [ et ] à quoi il mène")
        if url.startswith("#"):
            self.appels.add(unquote(url[1:]))
        elif not _mene_a_un_site(url):
            raise ErreurBarometre(f"lien vers {montrer(url)} ; attendu https://… ou #titre, un titre de la page")
        return super().link(text, url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Put an image attached to the cell in the page itself."""
        data = self.jointes.get(unquote(url.removeprefix("attachment:")), {})
        if not url.startswith("attachment:") or not data:
            raise ErreurBarometre(f"image {montrer(url)} ; attendu une image jointe : collez-la dans la cellule")
        return str(illustrer(data, _nu(text), title=title))

    def block_html(self, html: str) -> str:
        """Refuse HTML, which JupyterLab obeys and pages do not."""
        raise ErreurBarometre(f"HTML {montrer(html.strip())} ; dites-le en Markdown, ou écrivez \\<")

    inline_html = block_html

    def block_code(self, code: str, info: str | None = None) -> str:
        """Show code as it is written, whatever its language."""
        return super().block_code(code)

    def paragraph(self, text: str) -> str:
        """Refuse a table that is none, a cell being one too many or missing."""
        if RANGEE_DE_TIRETS.search(text):
            raise ErreurBarometre("tableau mal formé ; attendu autant de cellules par ligne que de titres de colonnes")
        return super().paragraph(text)

    def render_token(self, token: dict[str, Any], state: BlockState) -> str:
        """Refuse formulas, and what is too deep for a telephone; dress tables."""
        match token["type"]:
            case "block_math" | "inline_math":
                raise ErreurBarometre(f"formule {montrer(token['raw'])} ; dites-la en mots, ou écrivez \\$")
            case "table":
                return self._dresser(token, state)
            case "list" | "block_quote":
                self.profondeur += 1
                if self.profondeur > NIVEAUX_MAX:
                    raise ErreurBarometre(f"listes ou citations emboîtées ; attendu {NIVEAUX_MAX} niveaux au plus")
                html = super().render_token(token, state)
                self.profondeur -= 1
                return html
            case _:
                return super().render_token(token, state)

    def _dresser(self, token: dict[str, Any], state: BlockState) -> str:
        """Give a table the dress of those of the page."""
        self.tableaux += 1
        head, body = token["children"]
        headings, *rows = [
            [Markup(self.render_tokens(cell["children"], state)) for cell in row["children"]]  # noqa: S704
            for row in (head, *body["children"])
        ]
        numbers = all(cell["attrs"]["align"] == "right" for cell in head["children"][1:])
        values = {
            "titre": "",
            "nom": f"Tableau {self.tableaux} du texte",
            "entetes": headings,
            "lignes": [Ligne(heading, cells) for heading, *cells in rows],
            "total": (),
            "classe": "nombres" if numbers else "textes ecrit",
        }
        return str(remplir("tableau", values))


def _nu(html: str) -> str:
    """Return the text of what mistune wrote."""
    return Markup(html).striptags()  # noqa: S704  only read


def _mene_a_un_site(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def illustrer(donnees: Mapping[str, str], texte: str, **attributs: Any) -> Markup:
    """Return an image, put in the page itself.

    Parameters
    ----------
    donnees : mapping of str to str
        Its content in base 64, by MIME type.
    texte : str
        What it shows, for who does not see it.
    attributs : object
        Other attributes; one that is empty is left out.

    Raises
    ------
    ErreurBarometre
        It is of another kind than pages hold, or nothing says what it shows.
    """
    kind = next((one for one in SIGNATURES if one in donnees), "")
    content = "".join(donnees.get(kind, "").split())
    try:
        image = binascii.a2b_base64(content, strict_mode=True)
    except (binascii.Error, ValueError):
        image = b""
    if not kind or not image.startswith(SIGNATURES[kind]):
        raise ErreurBarometre(f"image {montrer(', '.join(donnees))} ; attendu une image PNG ou JPEG")
    # JupyterLab writes the name of the file where the words should be.
    if not texte.strip() or re.fullmatch(r"[\w.-]+\.(png|jpe?g)", texte, re.IGNORECASE):
        raise ErreurBarometre(
            "image sans texte qui dise ce qu'elle montre ; écrivez-le entre [ et ], "
            f'ou dans display(…, metadata={{"{kind}": {{"alt": "…"}}}})'
        )
    shown = {"src": f"data:{kind};base64,{content}", "alt": texte.strip(), **attributs}
    written = (Markup(' {}="{}"').format(name, value) for name, value in shown.items() if value)
    return Markup("<img{}>").format(Markup("").join(written))
