"""Pairs of rows to be read side by side: what they may be, how sure that is, and why, in French."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.rapprochement.candidats import chercher_candidats
from barometre_lib.rapprochement.indices import mesurer
from barometre_lib.rapprochement.natures import classer
from barometre_lib.rapprochement.signes import FAITS, relever_signes
from barometre_lib.rapprochement.succession import Successions
from barometre_lib.typographie import accorder, enumerer, minuscule
from barometre_lib.vocabulaire import COLONNES, Nature, Statut, TypeMouvement

# Pairs measured at once: bounds the memory that it takes.
LOT = 100_000
SIRETS = {
    "meme": "même SIRET",
    "proche": "SIRET presque identiques",
    "etablissement": "même SIREN, autre établissement",
    "autre": "SIREN différents",
}
LIEUX = {
    "meme_commune": "même commune",
    "meme_zone": "communes d'un même code postal",
    "meme_departement": "même département",
    "": "départements différents",
}
ACTIVITES = {"meme_naf": "même code NAF", "meme_secteur": "même secteur du baromètre", "": "activités différentes"}
LIBELLES_FAITS = {one.nom: minuscule(one.libelle) for one in COLONNES if one.nom in FAITS}


@dataclass(frozen=True)
class Paire:
    """Two rows of a relève, the first one first in time."""

    premier: str  # identifiers of the movements
    second: str
    nature: Nature
    score: int  # of 100 at most
    raisons: tuple[str, ...]


def chercher_paires(
    decisions: pd.DataFrame, nomenclatures: Nomenclatures, liens: Successions = MappingProxyType({})
) -> list[Paire]:
    """Return the pairs of a register of decisions that a person should read, the surest first.

    Two rows whose establishments Sirene links are one, when their types and days make them of a kind. A project that
    was given up goes with none; nor do the two rows of one site and like names of which rule 9 has set one aside.
    """
    signs = relever_signes(decisions[decisions["statut"] != Statut.ABANDONNE.value], nomenclatures)
    first, second = chercher_candidats(signs, liens)
    days, names = signs["jour"].to_numpy(), signs["id_mouvement"].to_numpy(dtype=object)
    later = (days[first] > days[second]) | ((days[first] == days[second]) & (names[first] > names[second]))
    first, second = np.where(later, second, first), np.where(later, first, second)
    lots = [slice(start, start + LOT) for start in range(0, max(len(first), 1), LOT)]
    found = pd.concat([classer(mesurer(signs, first[lot], second[lot], liens)) for lot in lots], ignore_index=True)
    found["nature"] = _regrouper(found)
    found = found.sort_values(["score", "premier", "second"], ascending=[False, True, True])
    return [
        Paire(row["premier"], row["second"], Nature(row["nature"]), round(row["score"]), tuple(_raisons(row)))
        for row in found.to_dict("records")
    ]


def _regrouper(found: pd.DataFrame) -> pd.Series:
    """Return the kinds, a transfer being a regrouping where several closed sites go to one that opens."""
    moved = found["nature"] == Nature.TRANSFERT.value
    closed_first = found["type_avant"] == TypeMouvement.FERMETURE.value
    opened = found["second"].where(closed_first, found["premier"]).where(moved)
    return found["nature"].mask(moved & opened.duplicated(keep=False), Nature.REGROUPEMENT.value)


def _raisons(indices: Mapping[Hashable, Any]) -> Iterator[str]:
    """Yield what the rows of a pair have in common and what parts them, the heaviest first."""
    if indices["lien"]:
        yield indices["lien"]
    if indices["siret"] in SIRETS:
        yield SIRETS[indices["siret"]]
    names, firms = indices["noms"], indices["firmes"]
    if names >= 70:
        yield "même nom" if names > 99 else f"noms ressemblants ({names:.0f} sur 100)"
    if indices["autre_firme"] and indices["siret"] != "autre":
        yield "autre entreprise"
    elif firms >= 85:
        yield "même nom d'entreprise" if firms > 99 else f"noms d'entreprise ressemblants ({firms:.0f} sur 100)"
    if indices["numeros_autres"]:
        yield "numéros différents"
    yield next(said for name, said in LIEUX.items() if not name or indices[name])
    yield next(said for name, said in ACTIVITES.items() if not name or indices[name])
    if pd.notna(indices["ecart"]):
        yield "même jour" if not indices["ecart"] else f"à {accorder(int(indices['ecart']), 'jour', 'jours')} d'écart"
    equal = [said for name, said in LIBELLES_FAITS.items() if indices[f"meme_{name}"]]
    if equal:
        yield f"{enumerer(equal)} identique{'s' if len(equal) > 1 else ''}"
