"""The look of figures: colours of the State's design system, one font, no decoration.

Colours from `data/reference/dsfr_couleurs.csv`. Dark and light of one hue stand side by side with an outline and
their values, so that a figure reads without colour.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEXTE = "#161616"
CONTOUR = "#3a3a3a"
FOND = "#ffffff"
GRILLE = "#cecece"
MENTION = "#666666"
BLEU, BLEU_CLAIR, ROUGE, ROUGE_CLAIR = "#000091", "#8585f6", "#c9191e", "#f5a3a6"

# fill, text written on it
COULEURS = {
    "ouvertures": (BLEU, FOND),
    "extensions": (BLEU_CLAIR, TEXTE),
    "fermetures": (ROUGE, FOND),
    "reductions": (ROUGE_CLAIR, TEXTE),
}

# matplotlib measures with the font that it ships, so that the layout is the same on every machine; the page
# then shows its own narrower font.
POLICE_MESURE = "DejaVu Sans"
POLICE_PAGE = "Marianne, Arial, Liberation Sans, sans-serif"

# A drawing says itself how wide it is shown, so that JupyterLab shows it as the page does: never wider than what
# its text asks for, never so wide that a phone has to scroll.
# Width of a figure in inches and size of its text in points: a phone of 375 pixels leaves 327 of them to a drawing,
# its margins in the dark taken off, and the text is then 11 pixels high.
LARGEUR, CORPS = 327 / 72, 11
ALLURE = "display:block;width:100%;max-width:34rem;min-width:0;height:auto;background:#ffffff"


@contextmanager
def style(nom: str) -> Iterator[None]:
    """Apply the style for the time of one figure, whose name seeds the identifiers of its SVG."""
    import matplotlib as mpl
    import seaborn as sns

    settings: Any = {
        "font.family": POLICE_MESURE,
        "svg.fonttype": "none",
        "svg.hashsalt": nom,
        "text.parse_math": False,
        "text.color": TEXTE,
        "axes.labelcolor": TEXTE,
        "xtick.color": TEXTE,
        "ytick.color": TEXTE,
        "axes.edgecolor": CONTOUR,
        "hatch.color": CONTOUR,
        "hatch.linewidth": 0.6,
    }
    with mpl.rc_context():
        # Whatever matplotlibrc the user has, a figure is the same everywhere.
        mpl.rcdefaults()
        mpl.rcParams.update(sns.axes_style("white") | settings)
        yield


def svg(figure: "Figure", nom: str, *, allure: str = "") -> Markup:
    """Return a figure as an SVG element to stand inside a page.

    Its text is real text in the page's font; its identifiers are prefixed by `nom`, so that two figures of one
    page share none; it holds no date and no metadata, so that the same figure gives the same bytes.
    `allure` is the style of the element: `ALLURE` for a drawing that a phone shows whole, the page's own without it.
    """
    buffer = StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # What a text says is never taken for an attribute.
    text = re.sub(r">[^<]+<", lambda found: found[0].replace('"', "&quot;"), text)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    # Only what is referred to keeps its identifier: a figure of many cells has hundreds of the others.
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda found: found.group() if found.group(1) in used else "", text)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{nom}-", text)
    text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
    # The page's font is said once, by the root, and not by each text.
    text = text.replace(f"font-family: '{POLICE_MESURE}'; ", "")
    # The global rule that matplotlib writes would leak out of the figure: the root carries it instead.
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', text)
    shown = f'font-family="{POLICE_PAGE}" stroke-linejoin="round" {box.group() if box else ""}'
    look = f' style="{allure}"' if allure else ""
    root = f'<svg aria-hidden="true" focusable="false" {shown}{look}>'
    text = re.sub(r"<svg [^>]*>", root, text, count=1)
    return Markup(text)  # noqa: S704
