"""Pages: what a notebook shows, or the index, inside the one layout; no script, no network."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from markupsafe import Markup

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.restitution import Contexte
from barometre_lib.restitution.fragment import remplir
from barometre_lib.typographie import INSECABLE, au_cours_de, mois, sans_accents

GABARITS = Path(__file__).parent / "gabarits"


def titre_de_page(contexte: Contexte, intitule: str = "") -> str:
    """Return the title of a page: indicator, territory or `intitule`, edition."""
    edition = mois(contexte.edition.mois)
    return f"Baromètre industriel de l'État –{INSECABLE}{intitule or contexte.nom} –{INSECABLE}{edition}"


def habiller(contenu: Markup, contexte: Contexte, *, accueil: str, intitule: str = "", empreinte: str = "") -> str:
    """Put the main part of a page into the layout.

    Parameters
    ----------
    contenu : Markup
        Main part, safe HTML.
    contexte : Contexte
        What the page is about.
    intitule : str
        Title of a page that is not that of a territory.
    accueil : str
        Relative address of the index.
    empreinte : str
        First characters of the checksum of the region's file.
    """
    title = titre_de_page(contexte, intitule)
    return _page("page", contexte, titre=title, contenu=contenu, accueil=accueil, empreinte=empreinte)


def index(barometre: Barometre, *, absentes: Collection[str]) -> str:
    """Return the index of a relève: the national numbers, and a link to each page.

    Parameters
    ----------
    barometre : Barometre
        Relève.
    absentes : collection of str
        Codes of the regions whose page is not made.
    """
    contexte = barometre.contexte()
    column = contexte.maille
    counts = restitution.de_la_periode(barometre.comptes([column, "region"]), contexte.periode)
    labels = barometre.nomenclatures.libelles("region")
    intitule = f"Relève {barometre.releve}"
    uncovered = [code for code in barometre.nomenclatures.regions if not contexte.edition.couverte(code)]
    return _page(
        "index",
        contexte,
        titre=titre_de_page(contexte, intitule),
        accueil="",
        empreinte="",
        entete=restitution.entete(contexte, intitule=intitule),
        phrase=restitution.phrase(contexte, barometre.comptes([column]), barometre.classement(contexte.periode)),
        tableau=restitution.tableau(
            restitution.trier_par_libelle(counts, labels),
            titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}",
            libelles=labels,
            non_precisees=uncovered,
        ),
        regions=sorted(barometre.nomenclatures.regions.values(), key=lambda region: sans_accents(region.nom)),
        absentes=sorted(absentes),
    )


def _page(gabarit: str, contexte: Contexte, **valeurs: Any) -> str:
    shared = {
        "feuille_de_style": Markup((GABARITS / "style.css").read_text(encoding="utf-8")),  # noqa: S704
        "demonstration": contexte.demonstration,
        "communique": contexte.edition.communique,
    }
    return remplir(gabarit, valeurs | shared, dossier=GABARITS)
