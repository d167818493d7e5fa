"""The public edition: its pages and tables, made again from what may be told, and from nothing else.

What is public is listed here, by pages, by sections and by columns. Sections are given a view of the relève that holds
counts, ranks, protected sums and the examples: a row of the register never reaches them, nor its identifier.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres import lire_contacts
from barometre_lib.publication.accueil import Telechargement, lister
from barometre_lib.publication.methodologie import contenu_methodologie
from barometre_lib.publication.pages import ACCUEIL, GABARITS, mettre_en_page, rectifier, titre_de_page, voisines
from barometre_lib.publication.telechargements import ecrire_tableaux, offrir_pdf, sommes_de_l_edition
from barometre_lib.qualite import lire_suites
from barometre_lib.restitution import Contexte, Fragment
from barometre_lib.restitution.fragment import remplir, section
from barometre_lib.restitution.sommes import section_sommes
from barometre_lib.typographie import au_cours_de

# The columns of an example that its sentence says.
COLONNES_EXEMPLES = (
    "type_mouvement",
    "nom_site",
    "entreprise",
    "commune",
    "departement",
    "activite",
    "capacite",
    "aides",
    "emplois",
    "investissement_meur",
    "surface_m2",
)
# The pages about the whole of France, and their names in the navigation; each region has one besides.
PAGES = {ACCUEIL: "Sommaire", "national.html": "France", "methodologie.html": "Méthodologie"}


class Vue:
    """All that the public edition may know of a relève, made from what `publier_publique` is given.

    Attributes
    ----------
    comptes, classement, evolution : callable
        Those of the relève: tables of counts.
    sommes : dict of str to pandas.DataFrame
        Protected sums of jobs and investment.
    """

    def __init__(self, barometre: Barometre, rectificatif: str = "") -> None:
        self.comptes = barometre.comptes
        self.classement = cache(barometre.classement)
        # Every page tells that of France.
        self.evolution = cache(barometre.evolution)
        self.sommes = sommes_de_l_edition(barometre)
        regions = ("", *barometre.nomenclatures.regions)
        self._contextes = {code: _public_context(barometre.contexte(code), rectificatif) for code in regions}
        self._exemples = {code: barometre.exemples(code)[list(COLONNES_EXEMPLES)] for code in regions if code}

    def contexte(self, region: str = "") -> Contexte:
        """Return what a page is about, without the identifiers that the edition's file holds."""
        return self._contextes[region]

    def exemples(self, region: str) -> pd.DataFrame:
        """Return the examples of a region, all citable, by their public columns alone."""
        return self._exemples[region]


Section = Callable[[Vue, str], Fragment | None]


def publier_publique(
    dossier: Path, barometre: Barometre, *, rectificatif: str = "", pdf: bool = False
) -> list[Telechargement]:
    """Write the public edition of a relève.

    Parameters
    ----------
    dossier : Path
        Folder being prepared, which becomes `<sorties>/publique/<releve>`.
    barometre : Barometre
        Relève.
    rectificatif : str
        Why this publication replaces a released one, when it does.
    pdf : bool
        Whether the national and regional pages are made as PDF too.

    Returns
    -------
    list of Telechargement
        What its index offers.

    Raises
    ------
    ErreurBarometre
        The relève is a study variant, an example may not be named, or a PDF cannot be made.
    """
    if barometre.variante:
        raise ErreurBarometre(f"{barometre.variante}\u00a0: une variante ne se publie pas.")
    view = Vue(barometre, rectificatif)
    (dossier / "regions").mkdir(parents=True, exist_ok=True)
    places = {"": "national.html"} | {code: f"regions/{code}.html" for code in barometre.nomenclatures.regions}
    for code, place in places.items():
        sections = SECTIONS_REGION if code else SECTIONS_FRANCE
        shown = (one(view, code) for one in sections)
        content = Markup("\n").join(one.html for one in shown if one)
        _write(dossier / place, _lay_out(view.contexte(code), content, place, contacts=True))
    offered = ecrire_tableaux(dossier, barometre, rectificatif=rectificatif)
    if pdf:
        offered += [offrir_pdf(dossier, place, view.contexte(code).nom) for code, place in places.items()]
    method = contenu_methodologie(view.contexte(), lire_suites(barometre.nomenclatures))
    for place, content in (("methodologie.html", method), (ACCUEIL, _index(view, offered))):
        _write(dossier / place, _lay_out(view.contexte(), content, place))
    return offered


def _public_context(contexte: Contexte, rectificatif: str) -> Contexte:
    contexte = rectifier(contexte, rectificatif)
    return replace(contexte, publique=True, edition=replace(contexte.edition, exemples={}, acquittements=()))


def _lay_out(contexte: Contexte, content: Markup, place: str, *, contacts: bool = False) -> str:
    """Put a page into the layout: the navigation holds the public pages alone, the foot no checksum."""
    base = "../" if "/" in place else ""
    previous, following = voisines(contexte.nomenclatures, contexte.region)
    names = {ACCUEIL: f"Relève {contexte.releve}", "methodologie.html": PAGES["methodologie.html"]}
    return mettre_en_page(
        content,
        titre=titre_de_page(contexte, names.get(place, "")),
        avis=contexte.edition.avis,
        liens=[(f"{base}{one}", name, one == place) for one, name in PAGES.items()],
        precedente=previous,
        suivante=following,
        base=base,
        contacts=lire_contacts(contexte.region.code if contexte.region else "") if contacts else (),
        contexte=contexte,
        empreinte="",
    )


def _index(view: Vue, offered: Sequence[Telechargement]) -> Markup:
    contexte = view.contexte()
    regions = contexte.nomenclatures.regions
    labels = contexte.nomenclatures.libelles("region")
    counts = view.comptes([contexte.maille, "region"])
    links = {code: f"regions/{code}.html" for code in regions}
    table = restitution.tableau(
        restitution.trier_par_libelle(restitution.de_la_periode(counts, contexte.periode), labels),
        titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}",
        libelles=labels,
        non_precisees=[code for code in regions if not contexte.edition.couverte(code)],
        liens=links,
    )
    return remplir(
        "index_public",
        {
            "entete": restitution.entete(contexte, intitule=f"Relève {contexte.releve}"),
            "phrase": _essential(view, ""),
            "carte": restitution.carte_regions(contexte, counts, links),
            "tableau": table,
            "telechargements": lister(offered),
        },
        dossier=GABARITS,
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


# The sections, each made from the view


def _essential(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    counts = view.comptes([contexte.maille], region=region or None)
    return restitution.phrase(contexte, counts, view.classement(contexte.periode))


def _years(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    words = restitution.lecture_annees(contexte, *_evolutions(view, region))
    return restitution.section_annees(contexte, view.comptes(["annee"], region=region or None), words)


def _semesters(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    words = restitution.lecture_semestres(contexte, *_evolutions(view, region))
    return restitution.section_semestres(contexte, view.comptes(["annee", "semestre"], region=region or None), words)


def _evolutions(view: Vue, region: str) -> list[pd.DataFrame]:
    return [view.evolution(code) for code in ([region, ""] if region else [""])]


def _results(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    now, before = view.classement(contexte.periode), view.classement(contexte.periode_precedente)
    return restitution.section_resultats(contexte, view.evolution(region), now, before)


def _sectors(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    return restitution.section_secteurs(contexte, view.comptes([contexte.maille, "secteur"], region=region or None))


def _departments(view: Vue, region: str) -> Fragment | None:
    contexte = view.contexte(region)
    return restitution.section_departements(contexte, view.comptes([contexte.maille, "departement"], region=region))


def _map(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    return restitution.section_carte(contexte, view.comptes([contexte.maille, "region"]))


def _map_of_departments(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    return restitution.section_carte_departements(contexte, view.comptes([contexte.maille, "region", "departement"]))


def _regions(view: Vue, region: str) -> Fragment:
    contexte = view.contexte(region)
    counts = view.comptes([contexte.maille, "region"])
    return restitution.section_regions(contexte, counts, view.classement(contexte.periode))


def _examples(view: Vue, region: str) -> Fragment:
    return restitution.section_exemples(view.contexte(region), view.exemples(region))


def _provisional(view: Vue, region: str) -> Fragment:
    content = Fragment(remplir("provisoire_public", {"contexte": view.contexte(region)}, dossier=GABARITS))
    return section("provisoire", "Données provisoires", content)


_HEAD: tuple[Section, ...] = (
    lambda view, region: restitution.entete(view.contexte(region)),
    _essential,
    lambda view, region: restitution.indicateur(view.contexte(region)),
    _years,
    _semesters,
    _results,
)
_SUMS: Section = lambda view, region: section_sommes(view.contexte(region), view.sommes)  # noqa: E731
_FOOT: tuple[Section, ...] = (
    lambda view, region: restitution.section_methode(view.contexte(region)),
    _provisional,
)
SECTIONS_REGION: tuple[Section, ...] = (
    *_HEAD,
    _SUMS,
    _sectors,
    _examples,
    _map,
    _map_of_departments,
    _departments,
    *_FOOT,
)
SECTIONS_FRANCE: tuple[Section, ...] = (*_HEAD, _SUMS, _regions, _sectors, _map, _map_of_departments, *_FOOT)
