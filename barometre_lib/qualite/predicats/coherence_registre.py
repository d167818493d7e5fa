"""Do the rows of one relève agree with each other? Table `mouvements`, as for `coherence_ligne`.

Nothing here sets a row aside: rule 9 alone does, on the exact site; these show what a person should look at.
"""

from typing import Literal

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from barometre_lib.qualite.predicats.catalogue import Entier, Nombre, predicat, vrai
from barometre_lib.typographie import sans_accents
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Names compared at once with all those of their commune: bounds the memory that the comparison takes.
BLOC = 512
OUVRE_OU_FERME = (TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value)


@predicat("mouvements")
def site_dans_deux_communes(table: pd.DataFrame, *, maille: Literal["commune", "region"]) -> pd.Series:
    """Tell the rows of a SIRET found in several communes or regions: an establishment has one address."""
    places = table.groupby("siret")[maille].transform("nunique")
    return (table["siret"] != "") & (places > 1)


@predicat("mouvements")
def site_sans_identite(table: pd.DataFrame) -> pd.Series:
    """Tell the rows without SIRET whose name, without letter or digit, or generic and without firm, says no site."""
    own = [f"|{name}|" in key for name, key in zip(table["id_mouvement"], table["cle_site"], strict=True)]
    return table["cle_site"].str.startswith("|") | pd.Series(own, index=table.index, dtype="bool")


@predicat("mouvements")
def siret_aux_deux_noms(table: pd.DataFrame, *, ressemblance: Nombre) -> pd.Series:
    """Tell the rows that rule 9 sets aside for their SIRET alone: no counted row of it has a name like theirs.

    `ressemblance` is that of `doublon_probable`.
    """
    registered = table[table["siret"] != ""]
    counted = registered[registered["compte"]].groupby("siret")["nom_site"].agg(list)
    doubles = registered[registered["motif"] == Motif.DOUBLON.value]
    alike = [
        max((fuzz.ratio(_words(name), _words(one)) for one in counted.get(siret, ())), default=100) >= ressemblance
        for siret, name in zip(doubles["siret"], doubles["nom_site"], strict=True)
    ]
    return ~pd.Series(alike, index=doubles.index, dtype="bool").reindex(table.index, fill_value=True)


@predicat("mouvements")
def deja_compte(table: pd.DataFrame) -> pd.Series:
    """Tell the rows that rule 9 sets aside as already counted."""
    return table["motif"] == Motif.DOUBLON.value


@predicat("mouvements")
def ouvre_ou_ferme_encore(table: pd.DataFrame, *, mois: Entier) -> pd.Series:
    """Tell the openings that follow an opening long after it, likewise closures: what happened between is missing."""
    again = (table["motif"] == Motif.DOUBLON.value) & table["type_mouvement"].isin(OUVRE_OU_FERME)
    return again & vrai(table["date_effet"] > _previous(table, "date_effet") + pd.DateOffset(months=mois))


@predicat("mouvements")
def mouvement_apres_fermeture(table: pd.DataFrame) -> pd.Series:
    """Tell the extensions, reductions and closures counted on a site already closed and not opened again."""
    after = _previous(table, "type_mouvement") == TypeMouvement.FERMETURE.value
    return table["compte"] & after & (table["type_mouvement"] != TypeMouvement.OUVERTURE.value)


@predicat("mouvements")
def doublon_probable(table: pd.DataFrame, *, ressemblance: Nombre) -> pd.Series:
    """Tell the counted rows of one commune and one type whose sites, held for different, have nearly the same name.

    Two SIRET are two establishments: of two rows, one at least has none. `ressemblance` is the least likeness of the
    two names, their words sorted, 0 to 100 (`rapidfuzz.fuzz.ratio`).
    """
    mask = pd.Series(False, index=table.index)
    # A key of three parts: the name is generic, its firm or its identifier tells it apart.
    named = table["compte"] & (table["cle_site"].str.count(r"\|") < 2)
    counted = table.loc[named, ["commune", "type_mouvement", "cle_site", "nom_site", "siret"]]
    shared = counted[counted.duplicated(["commune", "type_mouvement"], keep=False)]
    for _, group in shared.groupby(["commune", "type_mouvement"]):
        names = [_words(name) for name in group["nom_site"]]
        keys, unregistered = group["cle_site"].to_numpy(), (group["siret"] == "").to_numpy()
        for start in range(0, len(names), BLOC):
            block = slice(start, start + BLOC)
            # Words in order, so that their plain ratio is the token sort ratio.
            alike = process.cdist(names[block], names, scorer=fuzz.ratio, score_cutoff=ressemblance) >= ressemblance
            doubtful = (keys[block, np.newaxis] != keys) & (unregistered[block, np.newaxis] | unregistered)
            mask[group.index[block]] = (alike & doubtful).any(axis=1)
    return mask


def _words(nom: str) -> str:
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in sans_accents(nom)).split()))


def _previous(table: pd.DataFrame, colonne: str) -> pd.Series:
    """Return a column of the row before, among those of one site that pass rules 1 to 8 and open or close it."""
    opening = table["motif"].isin([Motif.COMPTE.value, Motif.DOUBLON.value])
    ordered = table[opening].sort_values(["cle_site", "date_effet", "id_mouvement"])
    # What was last opened or closed before each row: its own value never counts.
    event = ordered[colonne].where(ordered["type_mouvement"].isin(OUVRE_OU_FERME))
    before = event.groupby(ordered["cle_site"]).shift().groupby(ordered["cle_site"]).ffill()
    return before.reindex(table.index)
