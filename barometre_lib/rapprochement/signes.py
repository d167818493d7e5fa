"""What is compared of each row: the words that tell its site and its firm apart, its numbers, its place, its day."""

import re
from collections import Counter
from collections.abc import Iterable, Set

import numpy as np
import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import decouper

# Legal forms, and words that half the firms have.
FORMES = """
    sa sas sasu sarl eurl snc scop scic sci scs gie sca se gmbh ltd ag bv srl spa nv inc ets ste cie compagnie groupe
    group holding france francaise francais filiale industrie industries international services solutions
"""
# A word that so many rows have tells none apart.
FREQUENT_MIN, FREQUENT_PART = 50, 0.02
ROMAINS = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9"}
# « n° 05 », « bâtiment B », « unité III »; the letter of « l'usine » or of « d'Anglet » is none.
NUMERO = re.compile(r"\d+|\b[IVX]{2,4}\b|(?<![\w'’&.])[A-KM-Z](?![\w'’&.°])")
TELS_QUELS = (
    *("id_mouvement", "type_mouvement", "siret", "cle_site", "commune", "departement"),
    *("code_naf", "sous_secteur", "motif"),
)
FAITS = ("effectif", "emplois", "investissement_meur", "surface_m2", "variation_production")


def relever_signes(lignes: pd.DataFrame, nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Return what is compared of each row of a register of decisions, in its order.

    `nom` and `firme`, words in order, empty when none is its own; `colle` and `site`, the name's letters without spaces
    and its words without those of the firm; `numeros`; `siren`; `zone`, one for communes that share a postal code;
    `jour`, null when no date is known; `FAITS`, null when empty; what is left is as the register has it.
    """
    vague = nomenclatures.mots_generiques() | frozenset(FORMES.split())
    places = lignes["commune"].map(nomenclatures.nom_de_commune).fillna("").map(decouper)
    names, firms = (lignes[column].map(decouper) for column in ("nom_site", "entreprise"))
    vague |= _frequents(names, firms)
    own = [_propres(words, vague | set(place)) for words, place in zip(names, places, strict=True)]
    firm = [_propres(words, vague) for words in firms]
    postal = sorted(nomenclatures.communes_du_code_postal.items(), reverse=True)
    zones = {commune: code for code, communes in postal for commune in communes}
    days = lignes["date_effet"].fillna(lignes["date_annonce"]) - pd.Timestamp(0)
    signs = lignes[list(TELS_QUELS)].assign(
        nom=[_ranger(words) for words in own],
        firme=[_ranger(words) for words in firm],
        colle=["".join(word for word in words if word in kept) for words, kept in zip(names, own, strict=True)],
        site=[_ranger(words - theirs) for words, theirs in zip(own, firm, strict=True)],
        numeros=lignes["nom_site"].map(numeroter),
        siren=lignes["siret"].str[:9],
        zone=lignes["commune"].map(zones).fillna(lignes["commune"]),
        jour=days.dt.days.astype("float64"),
        **{name: lignes[name].to_numpy("float64", na_value=np.nan) for name in FAITS},
    )
    return signs.reset_index(drop=True)


def numeroter(nom: str) -> str:
    """Return the numbers that a name has, Roman ones and lone capitals included, in order; nothing when it has none."""
    found = NUMERO.findall(nom)
    return " ".join(sorted({str(int(one)) if one.isdigit() else ROMAINS.get(one, one) for one in found}))


def _propres(mots: Iterable[str], vagues: Set[str]) -> frozenset[str]:
    return frozenset(word for word in mots if word not in vagues and len(word) > 1 and not word.isdigit())


def _ranger(mots: Iterable[str]) -> str:
    return " ".join(sorted(mots))


def _frequents(*textes: Iterable[Iterable[str]]) -> frozenset[str]:
    rows = [set[str]().union(*words) for words in zip(*textes, strict=True)]
    seen = Counter(word for words in rows for word in words)
    return frozenset(word for word, times in seen.items() if times > max(FREQUENT_MIN, FREQUENT_PART * len(rows)))
