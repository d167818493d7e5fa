"""The indexes: that of a relève, and that of the publications of a folder, which leads from one to another."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from markupsafe import Markup

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.parametres.carnets import Page
from barometre_lib.parametres.region import Contact, lire_contacts
from barometre_lib.publication.pages import (
    ACCUEIL,
    DEMONSTRATION,
    GABARITS,
    INTERNE,
    NOM,
    PROVISOIRE,
    Lien,
    habiller,
    listees,
    mettre_en_page,
    nommer_releve,
)
from barometre_lib.publication.vue import Vue
from barometre_lib.restitution.fragment import remplir
from barometre_lib.typographie import INSECABLE, au_cours_de, nombre, periode, sans_accents

RELEVES = "Relèves publiées"


class Telechargement(NamedTuple):
    """A file that the index offers."""

    intitule: str  # what it holds, in French
    href: str  # its address, relative to the index
    poids: int  # its size in bytes

    @property
    def nature(self) -> str:
        """Its format and its size: `CSV, 12 Ko`."""
        return f"{self.format},{INSECABLE}{poids(self.poids)}"

    @property
    def format(self) -> str:
        """Its format: `CSV`, `PDF`."""
        return PurePosixPath(self.href).suffix[1:].upper()


def poids(octets: int) -> str:
    """Write a size: `340 octets`, `12 Ko`, `1,4 Mo`."""
    for unit, size in (("Mo", 1_000_000), ("Ko", 1_000)):
        if octets >= size:
            return f"{nombre(octets / size, decimales=1 if octets < 10 * size else 0)}{INSECABLE}{unit}"
    return f"{nombre(octets)}{INSECABLE}octets"


def index(  # noqa: PLR0913  what an index says
    source: Barometre | Vue,
    *,
    pages: Sequence[Page],
    absentes: Collection[str] = (),
    telechargements: Sequence[Telechargement] = (),
    fichiers: Sequence[Lien] = (),
    rectificatif: str = "",
) -> str:
    """Return the index of a relève in one edition.

    Parameters
    ----------
    pages : sequence of Page
        Pages of the edition that are made.
    absentes : collection of str
        Codes of the regions whose page is not made.
    fichiers : sequence of Lien
        What its bar offers to take away.
    rectificatif : str
        Why this publication replaces a released one, when it does.
    """
    contexte = source.contexte()
    by_region = source.comptes([contexte.maille, "region"])
    labels = contexte.nomenclatures.libelles("region")
    links = {page.code: page.adresse for page in pages if page.serie.pour_chaque == "region"}
    intitule = nommer_releve(contexte)
    table = restitution.tableau(
        restitution.trier_par_libelle(restitution.de_la_periode(by_region, contexte.periode), labels),
        titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}",
        libelles=labels,
        total=contexte.qualifier("Total"),
        non_precisees=contexte.edition.non_precisees,
        liens=links,
    )
    sectors = source.comptes([contexte.maille, "secteur"])
    ranked, ranked_before = (source.classement(one) for one in (contexte.periode, contexte.periode_precedente))
    news = restitution.constater(contexte, ranked, ranked_before, sectors, by_region)
    content = remplir(
        "index",
        {
            "contexte": contexte,
            "entete": restitution.entete(contexte, intitule=intitule),
            "absentes": absentes,
            "constats": news,
            "essentiel": restitution.essentiel(contexte, news),
            "carte": restitution.carte_liens(contexte, by_region, links),
            "tableau": table,
            "pages": [(page.adresse, page.titre, page.serie.objet) for page in listees(pages)],
            "series": _other_series(pages),
            "telechargements": lister(telechargements) if telechargements else "",
        },
        dossier=GABARITS,
    )
    return habiller(
        content,
        contexte,
        pages=pages,
        adresse=ACCUEIL,
        intitule=intitule,
        fichiers=fichiers,
        contacts=lire_contacts() if contexte.publique else (),
        rectificatif=rectificatif,
    )


def _other_series(pages: Sequence[Page]) -> list[tuple[str, list[Page]]]:
    """Return the series that the index lists page by page; the regions have their map and their table."""
    listed: dict[str, list[Page]] = {}
    for page in pages:
        if page.code and page.serie.sommaire and page.serie.pour_chaque != "region":
            listed.setdefault(page.serie.sommaire, []).append(page)
    return [(name, sorted(some, key=lambda page: sans_accents(page.titre))) for name, some in listed.items()]


def lister(telechargements: Sequence[Telechargement]) -> Markup:
    """List the files that an index offers: the tables, then the pages to print, by name after that of France."""
    pages = sorted(
        (one for one in telechargements if one.format == "PDF"),
        key=lambda one: ("/" in one.href, sans_accents(one.intitule)),
    )
    tables = [one for one in telechargements if one.format != "PDF"]
    return remplir("telechargements", {"tableaux": tables, "pages": pages}, dossier=GABARITS)


def page_releves(manifestes: Sequence[Any], *, publique: bool = False, contacts: Sequence[Contact] = ()) -> str:
    """Return the page that lists the publications of a folder, the latest relève first, from their manifests alone."""
    ordered = sorted(manifestes, key=lambda one: str(one.releve), reverse=True)
    title = "Toutes les éditions" if publique else RELEVES
    values = {
        "intitule": title,
        "publique": publique,
        "lignes": [_tell(one, ordered[:rank]) for rank, one in enumerate(ordered)],
    }
    heads = ["" if publique else INTERNE, DEMONSTRATION if any(one.demonstration for one in ordered) else ""]
    return mettre_en_page(
        remplir("releves", values, dossier=GABARITS),
        titre=f"{NOM} –{INSECABLE}{title}",
        description=f"Les éditions du {NOM} : soldes nets des ouvertures et fermetures de sites industriels en France.",
        tete=" · ".join(filter(None, [*heads, PROVISOIRE])),
        contacts=contacts,
    )


def _tell(manifeste: Any, suivants: Sequence[Any]) -> dict[str, Any]:
    """Return what the list says of a publication, `suivants` being those of later relèves, the latest first."""
    france, releve = manifeste.france, str(manifeste.releve)
    code = france.periode if france else releve.removesuffix("-S2")
    # What leaves a region out is compared with nothing.
    same = [one.france for one in suivants if one.france and one.demonstration == manifeste.demonstration]
    revised = next((one.soldes[code] for one in same if code in one.soldes), None)
    return {
        "adresse": f"{releve}/index.html",
        "nom": periode(code) if "-S" in code else f"Année {code}",
        "france": france,
        "revise": None if france is None or france.hors else revised,
        "edition": manifeste.edition,
        "jour": manifeste.edition.jour and date.fromisoformat(manifeste.edition.jour),
        "demonstration": manifeste.demonstration,
        "partielle": getattr(manifeste, "regions_absentes", ()),
    }
