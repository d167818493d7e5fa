"""What the gate found, as data: each finding with its values, its partner and what was decided of it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from barometre_lib.collecte.fiches import Cote, Fiche
from barometre_lib.collecte.grille import proteger_cellule

AUCUN = Cote("", "", 0, "", "", {})


def decrire(fiche: Fiche) -> dict[str, Any]:
    """Return a finding as data: what JSON writes, and a table once its values are texts."""
    here, other, decided = fiche.ici, fiche.partenaire or AUCUN, fiche.decision
    return {
        "controle": fiche.controle.nom,
        "gravite": fiche.controle.gravite.value,
        "region": fiche.region,
        "fichier": here.fichier,
        "ligne": here.ligne or None,
        "reference": here.reference,
        "site": here.site,
        "commune": here.commune,
        "colonne": fiche.controle.colonne,
        "valeurs": dict(here.valeurs),
        "attendu": fiche.controle.attendu,
        "partenaire": other.reference,
        "partenaire_fichier": other.fichier,
        "partenaire_ligne": other.ligne or None,
        "partenaire_site": other.site,
        "partenaire_commune": other.commune,
        "partenaire_valeurs": dict(other.valeurs),
        "partenaires": fiche.partenaires,
        "depuis": str(fiche.depuis),
        "empreinte": fiche.empreinte,
        "decision": decided.decision.value if decided else "",
        "raison": decided.raison if decided else "",
        "origine": str(decided.origine) if decided else "",
    }


CHAMPS = [
    *("controle", "gravite", "region", "fichier", "ligne", "reference", "site", "commune", "colonne", "valeurs"),
    *("attendu", "partenaire", "partenaire_fichier", "partenaire_ligne", "partenaire_site", "partenaire_commune"),
    *("partenaire_valeurs", "partenaires", "depuis", "empreinte", "decision", "raison", "origine"),
]


def tabuler(fiches: Sequence[Fiche]) -> pd.DataFrame:
    """Return every finding as a table that a spreadsheet may open, where nothing is a formula."""
    rows = [[_cellule(value) for value in decrire(one).values()] for one in fiches]
    return pd.DataFrame(rows, columns=CHAMPS, dtype="str")


def _cellule(valeur: Any) -> str:
    if isinstance(valeur, dict):
        valeur = " ; ".join(f"{name} : {one}" for name, one in valeur.items())
    return proteger_cellule("" if valeur is None else str(valeur))
