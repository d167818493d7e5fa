"""What who answers for a page wrote of it: plain Markdown, where HTML, links and images are only their own words."""

import nh3
from markupsafe import Markup
from mistune import HTMLRenderer, create_markdown

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre, section

# All that a text may hold on a page, without any attribute.
BALISES = set("blockquote br code em hr li ol p pre strong ul".split())  # noqa: SIM905


class Sobre(HTMLRenderer):
    """The renderer of a text that leads nowhere, shows no picture and has no heading of its own."""

    def heading(self, text: str, level: int, **attrs: object) -> str:
        """Write a heading as a paragraph: those of the page are its own."""
        return f"<p><strong>{text}</strong></p>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Show where a link leads, without leading there."""
        shown = str(Markup.escape(url))
        return text if text == shown else f"{text} ({shown})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show the words of an image."""
        return text


def commentaire(contexte: Contexte) -> Fragment | None:
    """Show the text of the page, signed by the service of a region or by the desk; None without one."""
    if not contexte.texte:
        return None
    shown = create_markdown(renderer=Sobre(escape=True))(contexte.texte)
    author = "du service" if contexte.region else "du bureau"
    content = Markup(nh3.clean(str(shown).strip(), tags=BALISES, attributes={}))  # noqa: S704  judged by nh3
    return section("parole", f"Commentaire {author}", rendre("commentaire", contenu=content))
