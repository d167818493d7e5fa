"""The layout that every page shares: bar, contents, running head, foot, style sheet; no script, no network."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.parametres.carnets import Page
from barometre_lib.parametres.region import Contact
from barometre_lib.restitution.cadre import numeroter
from barometre_lib.restitution.fragment import Fragment, remplir, section
from barometre_lib.typographie import INSECABLE, composer, mois, nombre, periode, sans_accents

GABARITS = Path(__file__).parent / "gabarits"
NOM = "Baromètre industriel de l'État"
# What a page of ours says of itself, so that no other page is ever overwritten.
MARQUE = Markup('<meta name="generator" content="barometre-industriel">')
ACCUEIL = "index.html"
INTERNE = "Document interne, ne pas diffuser"
DEMONSTRATION = "démonstration : données fictives"
PROVISOIRE = "données provisoires"
# A page with fewer sections is read without a list of them.
TITRES_MIN = 3
# What a page of no relève leaves out of the layout.
VIDE: dict[str, Any] = dict.fromkeys(("avis", "description", "adresse", "base", "empreinte", "contexte"), "")
VIDE |= dict.fromkeys(("liens", "regions", "fichiers"), ())
DEBUT = re.compile("<(section|h2)\\b")  # of the first section, which may be hand-written
TITRE = re.compile(r'<h2\b[^>]* id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)


class Lien(NamedTuple):
    """A link of the bar."""

    adresse: str
    intitule: str
    precision: str = ""  # what its name adds for who does not see what stands around it


def habiller(  # noqa: PLR0913  what the layout says
    contenu: Markup,
    contexte: Contexte,
    *,
    pages: Sequence[Page],
    adresse: str,
    intitule: str,
    fichiers: Sequence[Lien] = (),
    contacts: Sequence[Contact] = (),
    empreinte: str = "",
    rectificatif: str = "",
) -> str:
    """Put the main part of a page into the layout.

    Parameters
    ----------
    pages : sequence of Page
        Every page that the edition has, which navigation leads to.
    adresse : str
        Where the page stands in the publication.
    fichiers : sequence of Lien
        What the page offers to take away, by addresses from the root of the publication.
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
    subject = contexte.nom if adresse == ACCUEIL else intitule
    seuil = nombre(contexte.parametres.seuil_effectif)
    return mettre_en_page(
        contenu,
        titre=f"{NOM} –{INSECABLE}{intitule} –{INSECABLE}{mois(edition.mois)}",
        description=f"{subject}, {periode(contexte.periode)} : ouvertures, extensions, fermetures et réductions de "
        f"sites industriels de plus de {seuil} salariés, par le {NOM}.",
        avis=edition.avis,
        tete=dire_tete(contexte, edition.avis),
        liens=[Lien(ACCUEIL, nommer_releve(contexte)), *(Lien(page.adresse, page.titre) for page in listees(pages))],
        regions=[Lien(page.adresse, page.titre) for page in regionales(pages)],
        fichiers=fichiers,
        adresse=adresse,
        base=base,
        sommaire=contexte.region is None and adresse != ACCUEIL,
        contacts=contacts,
        contexte=replace(contexte, edition=edition),
        empreinte=empreinte,
    )


def nommer_releve(contexte: Contexte) -> str:
    """Name what the index is of: a relève, a year or a semester where the reader knows no relève."""
    if not contexte.publique:
        return f"Relève {contexte.releve}"
    return periode(contexte.periode) if contexte.releve.semestre == 1 else f"Année {contexte.annee}"


def dire_tete(contexte: Contexte, avis: str) -> str:
    """Return what the head of each printed sheet says, which may go astray from the others, one or two lines."""
    said = ["" if contexte.publique else INTERNE, contexte.variante]
    said += [DEMONSTRATION if contexte.demonstration else "", PROVISOIRE]
    return "\n".join(filter(None, [" · ".join(filter(None, said)), avis]))


def listees(pages: Sequence[Page]) -> list[Page]:
    """Return the pages that stand alone in navigation and indexes, those of no territory nor sector."""
    return [page for page in pages if page.serie.sommaire and not page.code]


def regionales(pages: Sequence[Page]) -> list[Page]:
    """Return the pages of regions by the order of their names."""
    return sorted(
        (page for page in pages if page.serie.pour_chaque == "region" and page.serie.sommaire),
        key=lambda page: sans_accents(page.titre),
    )


def mettre_en_page(
    contenu: Markup, *, tete: str, sommaire: bool = False, contacts: Sequence[Contact] = (), **valeurs: Any
) -> str:
    """Fill the layout; the contents, if any, list the sections of the page and stand before the first of them."""
    foot = Markup()
    if contacts:
        shown = Fragment(remplir("contacts", {"contacts": contacts}, dossier=GABARITS))
        foot = section("contacts", "Contacts presse", shown).html
    contenu = Markup(numeroter(contenu))  # noqa: S704
    start = DEBUT.search(contenu)
    place = start.start() if start else len(contenu)
    titles = lire_titres(contenu + foot) if sommaire else []
    shared = {
        "contenu": (contenu[:place], contenu[place:] + foot),
        "titres": titles if len(titles) >= TITRES_MIN else [],
        "courant": chaine_css(composer(valeurs["titre"])),
        "tete": chaine_css(composer(tete)),
        "marque": MARQUE,
    }
    return remplir("page", VIDE | valeurs | shared, dossier=GABARITS)


def chaine_css(texte: str) -> Markup:
    """Return a text as a CSS string: whatever could close the string or its `<style>` is written by its code."""
    written = "".join(c if c.isalnum() or c in " ,.-" else f"\\{ord(c):x} " for c in texte)
    return Markup(f'"{written}"')  # noqa: S704  nothing else than letters, digits and codes


def lire_titres(contenu: str) -> list[tuple[Markup, Markup]]:
    """Return the identifier and the text of the headings of the second level; one without identifier is left out."""
    found = [(name, re.sub("<[^>]*>", "", text).strip()) for name, text in TITRE.findall(contenu)]
    return [(Markup(name), Markup(text)) for name, text in found]  # noqa: S704  what the page holds, no tag left
