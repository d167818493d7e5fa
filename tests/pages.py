"""Whole pages made here, without a campaign: a notebook's cells, one after the other, in the layout."""

from functools import cache

import fabrique
import lecture
from markupsafe import Markup

from barometre_lib.parametres.carnets import lire_catalogue
from barometre_lib.parametres.region import lire_contacts
from barometre_lib.publication.pages import habiller
from barometre_lib.publication.telechargements import a_emporter

# A page by the name that tests give it: relève, region or nothing for France.
NOUVELLES = ["2025-S2/84", "2025-S2/32", "2025-S2/94", "2025-S2/", "2025-S1/84", "2024-S2/84"]


@cache
def page(nom: str) -> str:
    """Return a page, `2025-S2/84`, `2025-S2/` for France, or that of a series, `2025-S2/revisions`."""
    releve, asked = nom.split("/")
    catalogue = lire_catalogue(fabrique.nomenclatures())
    region = "" if asked in {serie.nom for serie in catalogue.series} else asked
    shown = lecture.montrer_du_projet("regional" if region else asked or "national", releve, region)
    contexte = fabrique.charger(releve).contexte(region)
    own = catalogue.page(f"regional-{region}" if region else asked or "national")
    return habiller(
        Markup("\n".join(fragment._repr_html_() for fragment in shown.values() if fragment is not None)),
        contexte,
        pages=catalogue.pages(),
        adresse=own.adresse,
        intitule=own.titre,
        fichiers=a_emporter(contexte, own, pdf=True),
        contacts=lire_contacts(region) if own.serie.contacts else (),
        empreinte="0123456789ab",
    )
