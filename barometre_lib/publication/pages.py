"""The layout that every page shares: navigation, contents, foot, style sheet; no script, no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from barometre_lib.nomenclatures import Nomenclatures, Territoire
from barometre_lib.parametres import Contact
from barometre_lib.publication.habillage import chaine_css, feuille_de_style, lire_titres
from barometre_lib.restitution import Contexte
from barometre_lib.restitution.fragment import Fragment, remplir, section
from barometre_lib.typographie import INSECABLE, mois, sans_accents

GABARITS = Path(__file__).parent / "gabarits"
NOM = "Baromètre industriel de l'État"
# What a page of ours says of itself, so that no other page is ever overwritten.
MARQUE = Markup('<meta name="generator" content="barometre-industriel">')
ACCUEIL = "index.html"
# The pages about the whole of France, by address: name in the navigation, and what the index says of each.
PAGES: Mapping[str, tuple[str, str]] = {
    "national.html": ("France", "les années, les semestres, les secteurs et le classement des régions"),
    "qualite.html": ("Qualité des données", "ce qui a été contrôlé, ce qui manque, ce que deviennent les annonces"),
    "methodologie.html": ("Méthodologie", "les règles, leurs valeurs datées et le texte qui fonde chacune"),
}
# A page with fewer sections is read without a list of them.
TITRES_MIN = 3


@dataclass(frozen=True)
class Pied:
    """What stands at the foot of the page of a territory.

    Attributes
    ----------
    contacts : sequence of Contact
        Who answers the press.
    empreinte : str
        First characters of the checksum of the region's file.
    """

    contacts: Sequence[Contact] = ()
    empreinte: str = ""


SANS_PIED = Pied()


def titre_de_page(contexte: Contexte, intitule: str = "") -> str:
    """Return the title of a page: indicator, territory or `intitule`, edition."""
    edition = mois(contexte.edition.mois)
    return f"{NOM} –{INSECABLE}{intitule or contexte.nom} –{INSECABLE}{edition}"


def rectifier(contexte: Contexte, motif: str) -> Contexte:
    """Return what a page is about, its edition rectified for a reason given when it is published, if any."""
    return replace(contexte, edition=contexte.edition.rectifier(motif))


def habiller(
    contenu: Markup,
    contexte: Contexte,
    *,
    accueil: str,
    intitule: str = "",
    pied: Pied = SANS_PIED,
) -> str:
    """Put the main part of a page into the layout.

    Parameters
    ----------
    contenu : Markup
        Main part, safe HTML.
    contexte : Contexte
        What the page is about.
    accueil : str
        Relative address of the index; empty for the index itself.
    intitule : str
        Title of a page that is not that of a territory.
    pied : Pied
        What stands at its foot.
    """
    base = accueil.removesuffix(ACCUEIL)
    previous, following = voisines(contexte.nomenclatures, contexte.region)
    return mettre_en_page(
        contenu,
        titre=titre_de_page(contexte, intitule),
        avis=contexte.edition.avis,
        liens=[
            *([(accueil, "Sommaire de la relève", False)] if accueil else []),
            *((f"{base}{one}", name, name == (intitule or contexte.nom)) for one, (name, _) in PAGES.items()),
        ],
        precedente=previous,
        suivante=following,
        base=base,
        contacts=pied.contacts,
        contexte=contexte,
        empreinte=pied.empreinte,
    )


def mettre_en_page(contenu: Markup, *, contacts: Sequence[Contact] = (), **valeurs: Any) -> str:
    """Fill the layout; the contents list the sections of the page and stand before the first of them."""
    foot = Markup()
    if contacts:
        shown = Fragment(remplir("contacts", {"contacts": contacts}, dossier=GABARITS))
        foot = section("contacts", "Contacts presse", shown).html
    before, mark, after = contenu.partition("<section")
    titles = lire_titres(contenu + foot)
    shared = {
        "contenu": (before, mark + after + foot),
        "titres": titles if len(titles) >= TITRES_MIN else [],
        "feuille_de_style": feuille_de_style(GABARITS),
        "courant": chaine_css(valeurs["titre"]),
        "avis_courant": chaine_css(valeurs["avis"]),
        "marque": MARQUE,
    }
    return remplir("page", valeurs | shared, dossier=GABARITS)


def voisines(nomenclatures: Nomenclatures, region: Territoire | None) -> tuple[Territoire | None, Territoire | None]:
    """Return the regions before and after one, in the order of their names; None at either end, or for France."""
    ordered: list[Territoire | None] = [None, *trier(nomenclatures.regions), None]
    after = {one.code: (ordered[place - 1], ordered[place + 1]) for place, one in enumerate(ordered) if one}
    return after[region.code] if region else (None, None)


def trier(regions: Mapping[str, Territoire]) -> list[Territoire]:
    """Return territories in the order of their names, as a French reader expects."""
    return sorted(regions.values(), key=lambda one: sans_accents(one.nom))
