"""What each pair of rows has in common, and what sets the two apart."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from barometre_lib.rapprochement.candidats import SIGNES_SIRET, Rangs
from barometre_lib.rapprochement.signes import FAITS
from barometre_lib.rapprochement.succession import Successions
from barometre_lib.vocabulaire import Motif

Colonne = NDArray[Any]


def mesurer(signes: pd.DataFrame, avant: Rangs, apres: Rangs, liens: Successions) -> pd.DataFrame:
    """Return what was measured of each pair of rows, given by their ranks, those of the earlier rows first."""
    columns = {str(name): signes[name].to_numpy() for name in signes}
    one = {name: values[avant] for name, values in columns.items()}
    two = {name: values[apres] for name, values in columns.items()}

    def same(name: str) -> NDArray[np.bool_]:
        return np.asarray((one[name] == two[name]) & (one[name] != ""))

    names = np.maximum.reduce(
        [
            _ressembler(one["nom"], two["nom"], fuzz.ratio),
            _ressembler(one["colle"], two["colle"], fuzz.ratio),
            0.95 * _ressembler(one["nom"], two["nom"], fuzz.token_set_ratio),
        ]
    )
    # A firm is often named in one row by its own column, in the other by the name of its site.
    crossed = [("firme", "firme"), ("firme", "nom"), ("nom", "firme")]
    firms = [_ressembler(one[a], two[b], fuzz.token_set_ratio) for a, b in crossed]
    siret = _comparer_sirets(one, two)
    whose = [np.where(row["firme"] != "", row["firme"], row["nom"]) for row in (one, two)]
    unlike = (whose[0] != "") & (whose[1] != "") & (_ressembler(whose[0], whose[1], fuzz.token_set_ratio) < 70)
    told = {
        "premier": one["id_mouvement"],
        "second": two["id_mouvement"],
        "type_avant": one["type_mouvement"],
        "type_apres": two["type_mouvement"],
        "ecart": np.abs(one["jour"] - two["jour"]),
        "siret": siret,
        "lien": [liens.get((min(pair), max(pair)), "") for pair in zip(one["siret"], two["siret"], strict=True)],
        "noms": names,
        "firmes": np.maximum.reduce(firms),
        "sites": _ressembler(one["site"], two["site"], fuzz.ratio),
        "autre_firme": (siret == "autre") | ((siret == "inconnu") & unlike),
        "numeros_autres": (one["numeros"] != two["numeros"]) & (one["numeros"] != "") & (two["numeros"] != ""),
        "meme_commune": same("commune"),
        "meme_zone": same("zone"),
        "meme_cle": same("cle_site"),
        "meme_departement": same("departement"),
        "meme_naf": same("code_naf"),
        "meme_secteur": same("sous_secteur"),
        "doublon": (one["motif"] == Motif.DOUBLON.value) | (two["motif"] == Motif.DOUBLON.value),
    }
    equal = {f"meme_{name}": (one[name] == two[name]) & (one[name] != 0) for name in FAITS}
    clues = pd.DataFrame(told | equal)
    clues["faits"] = clues[list(equal)].sum(axis=1)
    clues["meme_site"] = clues["meme_commune"] & (clues["noms"] >= 85) & ~clues["numeros_autres"]
    return clues


def _ressembler(un: Colonne, autre: Colonne, mesure: Any) -> NDArray[np.float64]:
    """Return how alike two columns of names are, row by row, 0 where one of the two is empty."""
    alike = process.cpdist(un, autre, scorer=mesure, dtype=np.float64)
    return np.where((un != "") & (autre != ""), alike, 0.0)


def _comparer_sirets(un: Mapping[str, Colonne], autre: Mapping[str, Colonne]) -> Colonne:
    """Return `meme`, `proche` (typing errors), `etablissement` (of one firm), `autre`, or `inconnu` where one lacks."""
    known = (un["siret"] != "") & (autre["siret"] != "")
    apart = process.cpdist(un["siret"], autre["siret"], scorer=OSA.distance, dtype=np.int64)
    cases = [~known, apart == 0, un["siren"] == autre["siren"], apart <= SIGNES_SIRET]
    return np.select(cases, ["inconnu", "meme", "etablissement", "proche"], "autre").astype(object)
