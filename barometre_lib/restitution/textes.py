"""What a page says: heading, banner, the sentence with the numbers, what the indicator is, examples, method."""

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.typographie import sans_accents
from barometre_lib.vocabulaire import TYPES_MOUVEMENT, maille_de


def entete(contexte: Contexte, *, intitule: str = "") -> Fragment:
    """Open the page: what it is, territory or `intitule`, month of the edition, and the banners that it must carry."""
    return rendre("entete", contexte=contexte, intitule=intitule or contexte.nom)


def indicateur(contexte: Contexte) -> Fragment:
    """Say in one paragraph what the barometer measures."""
    return rendre("indicateur", contexte=contexte)


def phrase(contexte: Contexte, comptes: pd.DataFrame, classement: pd.DataFrame) -> Fragment:
    """Say the gross numbers, the net and the rank of a territory over the edition's own period.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    comptes : pandas.DataFrame
        Counts of the territory by `annee` or by `annee` and `semestre`.
    classement : pandas.DataFrame
        Ranking of the covered regions over the same period.
    """
    counts = de_la_periode(comptes, contexte.periode).iloc[0]
    ranked = classement[classement["region"] == contexte.region.code] if contexte.region else classement.head(0)
    return rendre(
        "phrase",
        contexte=contexte,
        hausses=int(counts["ouvertures"] + counts["extensions"]),
        baisses=int(counts["fermetures"] + counts["reductions"]),
        net=int(counts["solde_net"]),
        rang=ranked.iloc[0].to_dict() if len(ranked) else None,
        classees=len(classement),
    )


def de_la_periode(comptes: pd.DataFrame, periode: str) -> pd.DataFrame:
    """Keep the rows of one period, `2024` or `2024-S1`, and drop the columns that say it.

    Raises
    ------
    KeyError
        The counts are not by that kind of period.
    """
    kept = comptes[comptes[maille_de(periode)] == periode]
    return kept.drop(columns=[name for name in ("annee", "semestre") if name in kept]).reset_index(drop=True)


def exemples(contexte: Contexte, mouvements: pd.DataFrame) -> Fragment:
    """Tell about the movements chosen as examples, by their public columns alone.

    Parameters
    ----------
    contexte : Contexte
        Region and edition.
    mouvements : pandas.DataFrame
        Movements that count and may be named. The employees, dates and NAF stay unsaid: for the sites named by
        the State's releases these are conventional values.
    """
    communes = contexte.nomenclatures.nom_de_commune
    sites = [
        {
            "nom": row["nom_site"],
            "entreprise": row["entreprise"] if _adds(row["entreprise"], row["nom_site"]) else "",
            "commune": communes[row["commune"]],
            "departement": row["departement"],
            "type": TYPES_MOUVEMENT[row["type_mouvement"]],
            "activite": row["activite"],
            "aides": [one.strip() for one in row["aides"].split(",") if one.strip()],
            "investissement": None if pd.isna(row["investissement_meur"]) else float(row["investissement_meur"]),
            "surface": None if pd.isna(row["surface_m2"]) else float(row["surface_m2"]),
            "emplois": None if pd.isna(row["emplois"]) else int(row["emplois"]),
            "capacite": row["capacite"],
        }
        for row in mouvements.to_dict("records")
    ]
    return rendre("exemples", contexte=contexte, sites=sites)


def _adds(entreprise: str, nom_site: str) -> bool:
    """Tell whether the company says more than the name of its site, which often starts with it."""
    return sans_accents(entreprise).split()[:1] != sans_accents(nom_site).split()[:1]


def methode(contexte: Contexte) -> Fragment:
    """Say in short what is counted, above which size of site, and where the whole method is."""
    return rendre("methode", contexte=contexte)
