"""The index of the publications of a folder: the one page that leads from one relève to another."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from barometre_lib.publication.pages import GABARITS, NOM, mettre_en_page
from barometre_lib.restitution.fragment import remplir
from barometre_lib.typographie import INSECABLE, au_cours_de, jour, mois, signe

INTITULE = "Relèves publiées"


def page_releves(manifestes: Sequence[Mapping[str, Any]]) -> str:
    """Return the page that lists the publications of a folder, the latest relève first.

    Parameters
    ----------
    manifestes : sequence of mapping
        What the manifest of each publication says, and nothing else: its pages are not read again.
    """
    ordered = sorted(manifestes, key=lambda one: str(one["releve"]), reverse=True)
    content = remplir("releves", {"releves": [_say(one) for one in ordered], "intitule": INTITULE}, dossier=GABARITS)
    return mettre_en_page(
        content, titre=f"{NOM} –{INSECABLE}{INTITULE}", avis="", liens=[], precedente=None, suivante=None, contexte=None
    )


def _say(manifeste: Mapping[str, Any]) -> dict[str, Any]:
    edition, france = manifeste["edition"], manifeste["france"]
    day = edition["jour"]
    return {
        "code": manifeste["releve"],
        "parution": jour(date.fromisoformat(day)) if day else mois(edition["mois"]),
        "situation": edition["situation"],
        "periode": au_cours_de(france["periode"]),
        "solde": signe(france["solde_net"]),
        "demonstration": manifeste["demonstration"],
        "partielle": bool(manifeste["regions_absentes"]),
    }
