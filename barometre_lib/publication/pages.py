"""The layout that every page shares: navigation, contents, foot, style sheet; no script, no network."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.nomenclatures import Nomenclatures, Territoire
from barometre_lib.parametres.carnets import Page
from barometre_lib.parametres.region import Contact
from barometre_lib.restitution.fragment import Fragment, remplir, section
from barometre_lib.typographie import INSECABLE, mois, sans_accents

GABARITS = Path(__file__).parent / "gabarits"
NOM = "Baromètre industriel de l'État"
# What a page of ours says of itself, so that no other page is ever overwritten.
MARQUE = Markup('<meta name="generator" content="barometre-industriel">')
ACCUEIL = "index.html"
# A page with fewer sections is read without a list of them.
TITRES_MIN = 3
DEBUT = re.compile("<(section|h2)\\b")  # of the first section, which may be hand-written
TITRE = re.compile(r'<h2\b[^>]* id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)


def habiller(  # noqa: PLR0913  what the layout says
    contenu: Markup,
    contexte: Contexte,
    *,
    pages: Sequence[Page],
    adresse: str,
    intitule: str,
    contacts: Sequence[Contact] = (),
    empreinte: str = "",
    rectificatif: str = "",
) -> str:
    """Put the main part of a page into the layout.

    Parameters
    ----------
    pages : sequence of Page
        Every page of the edition, which navigation leads to.
    adresse : str
        Where the page stands in the publication.
    contacts : sequence of Contact
        Who answers the press, at its foot.
    empreinte : str
        First characters of the checksum of the region's file, likewise.
    rectificatif : str
        Why this publication replaces a released one, when it does.
    """
    base = "../" * adresse.count("/")
    edition = contexte.edition.rectifier(rectificatif)
    if base and not contexte.region:
        # A notebook that is of no region knows no folder: it names the other pages from the root of the publication.
        for page in listees(pages):
            contenu = Markup(contenu.replace(f'href="{page.adresse}"', f'href="{base}{page.adresse}"'))  # noqa: S704
    home = [(ACCUEIL, "Sommaire" if contexte.publique else "Sommaire de la relève")]
    if adresse == ACCUEIL and not contexte.publique:
        home = []
    previous, following = voisines(contexte.nomenclatures, contexte.region)
    return mettre_en_page(
        contenu,
        titre=f"{NOM} –{INSECABLE}{intitule} –{INSECABLE}{mois(edition.mois)}",
        avis=edition.avis,
        liens=[
            (f"{base}{one}", name, one == adresse)
            for one, name in [*home, *((page.adresse, page.titre) for page in listees(pages))]
        ],
        precedente=previous,
        suivante=following,
        base=base,
        contacts=contacts,
        contexte=replace(contexte, edition=edition),
        empreinte=empreinte,
    )


def listees(pages: Sequence[Page]) -> list[Page]:
    """Return the pages that stand alone in navigation and indexes, those of no territory nor sector."""
    return [page for page in pages if page.serie.sommaire and not page.code]


def mettre_en_page(contenu: Markup, *, contacts: Sequence[Contact] = (), **valeurs: Any) -> str:
    """Fill the layout; the contents list the sections of the page and stand before the first of them."""
    foot = Markup()
    if contacts:
        shown = Fragment(remplir("contacts", {"contacts": contacts}, dossier=GABARITS))
        foot = section("contacts", "Contacts presse", shown).html
    start = DEBUT.search(contenu)
    place = start.start() if start else len(contenu)
    titles = lire_titres(contenu + foot)
    shared = {
        "contenu": (contenu[:place], contenu[place:] + foot),
        "titres": titles if len(titles) >= TITRES_MIN else [],
        "courant": chaine_css(valeurs["titre"]),
        "avis_courant": chaine_css(valeurs["avis"]),
        "marque": MARQUE,
    }
    return remplir("page", valeurs | shared, dossier=GABARITS)


def voisines(nomenclatures: Nomenclatures, region: Territoire | None) -> tuple[Territoire | None, Territoire | None]:
    """Return the regions before and after one, in the order of their names; None at either end, or for France."""
    if region is None:
        return None, None
    ordered = sorted(nomenclatures.regions.values(), key=lambda one: sans_accents(one.nom))
    place = ordered.index(region)
    around = [None, *ordered, None]
    return around[place], around[place + 2]


def chaine_css(texte: str) -> Markup:
    """Return a text as a CSS string: whatever could close the string or its `<style>` is written by its code."""
    written = "".join(c if c.isalnum() or c in " ,.-" else f"\\{ord(c):x} " for c in texte)
    return Markup(f'"{written}"')  # noqa: S704  nothing else than letters, digits and codes


def lire_titres(contenu: str) -> list[tuple[Markup, Markup]]:
    """Return the identifier and the text of the headings of the second level; one without identifier is left out."""
    found = [(name, re.sub("<[^>]*>", "", text).strip()) for name, text in TITRE.findall(contenu)]
    return [(Markup(name), Markup(text)) for name, text in found]  # noqa: S704  what the page holds, no tag left
