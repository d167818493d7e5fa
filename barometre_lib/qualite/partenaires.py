"""The rows that a check speaks of beside the one at fault, and the fingerprint of all the values that it compared.

Rows are their ranks in the table of the check. What a movement was in the previous relève is in its own row of `suivi`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.qualite.suites import Controle
from barometre_lib.vocabulaire import Motif

LONGUEUR_EMPREINTE = 16
# What rule 9 orders: the rows of a site that the rules before it leave.
DU_SITE = (Motif.COMPTE.value, Motif.DOUBLON.value)


def chercher_partenaires(
    controle: Controle, fautives: Sequence[int], table: pd.DataFrame
) -> Mapping[int, tuple[int, ...]]:
    """Return the partners of each row at fault, first the one to be shown beside it.

    That one differs in what is compared, is counted, and is the nearest by its date of effect.
    """
    if controle.partenaire in ("", "precedente") or not fautives:
        return {}
    if controle.partenaire == "nom_site":
        return _les_plus_ressemblants(fautives, table)
    key = table[controle.partenaire]
    if controle.partenaire == "cle_site":
        key = key.where(table["motif"].isin(DU_SITE))
    groups = key.groupby(key).indices
    return {
        rank: tuple(
            sorted(
                (int(other) for other in groups.get(key.iat[rank], ()) if other != rank),
                key=lambda other: _ordre(controle, table, rank, other),
            )
        )
        for rank in fautives
    }


def _ordre(controle: Controle, table: pd.DataFrame, rank: int, other: int) -> tuple[bool, bool, int, int]:
    dates: Any = table["date_effet_jour"]
    days = (dates.iat[rank] - dates.iat[other]).days
    same = valeurs(controle, table, rank) == valeurs(controle, table, other)
    return same, not table["compte"].iat[other], abs(int(days)) if pd.notna(days) else 10**6, other


def _les_plus_ressemblants(fautives: Sequence[int], table: pd.DataFrame) -> dict[int, tuple[int, ...]]:
    """Return for each row the other rows at fault of its commune and type whose names are the most like its own."""
    # Imported here: it brings Great Expectations, which found these rows.
    from rapidfuzz import fuzz

    from barometre_lib.qualite.attentes.registre import mots

    names = {rank: mots(str(table["nom_site"].iat[rank])) for rank in fautives}
    kinds = {rank: tuple(table[["commune", "type_mouvement"]].iloc[rank]) for rank in fautives}
    keys: Any = table["cle_site"]
    found = {}
    for rank in fautives:
        near = [other for other in fautives if kinds[other] == kinds[rank] and keys.iat[other] != keys.iat[rank]]
        alike = {other: fuzz.ratio(names[rank], names[other]) for other in near}
        found[rank] = tuple(other for other in near if alike[other] == max(alike.values()))
    return found


def valeurs(controle: Controle, table: pd.DataFrame, rang: int) -> list[str]:
    """Return the values that a check compares in a row, written in one way whatever the type of their column."""
    return [ecrire(table[name].iat[rang]) for name in controle.champs]


def ecrire(valeur: Any) -> str:
    """Return a value as the register writes it: nothing for a null, no decimal for a whole number."""
    if pd.isna(valeur):
        return ""
    if isinstance(valeur, pd.Timestamp):
        return valeur.date().isoformat()
    return str(int(valeur)) if isinstance(valeur, float) and valeur.is_integer() else str(valeur)


def empreinte(controle: Controle, table: pd.DataFrame, rang: int = -1, partenaires: Sequence[int] = ()) -> str:
    """Return the fingerprint of the values compared, those of the partners included, whatever their order.

    Without a row, nothing was compared.
    """
    others = sorted(valeurs(controle, table, other) for other in partenaires)
    return hacher([valeurs(controle, table, rang) if rang >= 0 else [], others])


def hacher(valeurs: Sequence[Sequence[Any]]) -> str:
    """Return the fingerprint of values, written as texts."""
    return hashlib.sha256(json.dumps(valeurs).encode()).hexdigest()[:LONGUEUR_EMPREINTE]
