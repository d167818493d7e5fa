"""A page as a tagged PDF (PDF/UA-1), by WeasyPrint: the same content, the same bytes for the same page, no network."""

import hashlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from barometre_lib.chemins import afficher
from barometre_lib.ecriture import remplacer
from barometre_lib.erreurs import ErreurBarometre

# What a press release on paper does not have, and tables for grids, whose pieces WeasyPrint lets cover one another. It
# reads no rule of several media either. The rest is said by the page's own style sheet for print.
FEUILLE = """nav, .evitement, .mobile, .replie > summary { display: none !important }
main, .tuiles { display: block !important }
.en-2, .essentiel { display: table !important; table-layout: fixed; width: 100%; break-inside: avoid }
.en-2 > *, .essentiel > * { display: table-cell !important; vertical-align: top; padding-right: 5mm }
.tuiles > div { display: inline-block; width: 26mm; margin: 0 1mm 1mm 0; vertical-align: top }
.en-2 .trace svg, section > figure:not(.pleine) .trace svg { max-width: 78mm !important }"""
SVG = "{http://www.w3.org/2000/svg}"
INSTALLATION = "installez WeasyPrint par « pip install 'barometre-industriel[pdf]' »"


def ecrire_pdf(page: Path, pdf: Path) -> None:
    """Write the PDF of a page in HTML, which stands alone.

    Raises
    ------
    ErreurBarometre
        WeasyPrint is not installed, the page asks for something that it does not hold, or the PDF cannot be written.
    OSError
        The page cannot be read.
    """
    weasyprint = _import()
    text = page.read_text(encoding="utf-8")
    # Whatever a page calls, save its own `data:`, stops: a fetcher that only refuses would leave a hole in the page.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
    document = weasyprint.HTML(string=text, url_fetcher=fetcher)
    _describe_drawings(document.etree_element)
    try:
        data = document.write_pdf(
            stylesheets=[weasyprint.CSS(string=FEUILLE)],
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(text.encode("utf-8")).digest()[:16],
        )
    except weasyprint.urls.FatalURLFetchingError as error:
        raise ErreurBarometre(
            f"{afficher(page)} : la page appelle un fichier qu'elle ne contient pas ({error}) ; "
            "une page publiée ne dépend de rien d'autre, corrigez son gabarit."
        ) from None
    remplacer(pdf, data)


def _import() -> Any:
    """Import WeasyPrint, which is not part of a plain install and needs libraries of the system."""
    try:
        import weasyprint
    except ImportError:
        raise ErreurBarometre(f"PDF : WeasyPrint n'est pas installé ; {INSTALLATION}.") from None
    except OSError as error:
        raise ErreurBarometre(
            f"PDF : WeasyPrint ne trouve pas une bibliothèque du système ({error}) ; installez Pango "
            "(« apt-get install libpango-1.0-0 libpangoft2-1.0-0 » sous Debian)."
        ) from None
    return weasyprint


def _describe_drawings(root: Element) -> None:
    """Give each drawing its alternative text where a PDF takes it from: the title of the SVG."""
    for holder in root.iter():
        label = holder.get("aria-label")
        if holder.get("role") == "img" and label:
            for drawing in holder.iter(f"{SVG}svg"):
                for title in drawing.findall(f"{SVG}title"):
                    drawing.remove(title)
                title = SubElement(drawing, f"{SVG}title")
                title.text = label
