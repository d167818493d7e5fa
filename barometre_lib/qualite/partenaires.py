"""The rows that a check speaks of beside the one at fault, and the fingerprint of all the values that it compared.

Rows are their ranks in the table of the check. What a movement was in the previous relève is in its own row of `suivi`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import pandas as pd

from barometre_lib.parametres.decides import ecrire, hacher
from barometre_lib.qualite.suites import Controle
from barometre_lib.vocabulaire import Motif

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
    groups, order = key.groupby(key).indices, _ranger(controle, table)
    found = {}
    for rank in fautives:
        others = [int(other) for other in groups.get(key.iat[rank], ()) if other != rank]
        # The first one alone is shown: of the rest the order says nothing.
        first = [min(others, key=lambda other: order(rank, other))] if others else []
        found[rank] = (*first, *(other for other in others if other not in first))
    return found


def _ranger(controle: Controle, table: pd.DataFrame) -> Callable[[int, int], tuple[bool, bool, int, int]]:
    """Return what tells how well a row is shown beside another one: the smaller the better."""
    said = cache(partial(valeurs, controle, table))
    dates, counted = table["date_effet_jour"].tolist(), table["compte"].tolist()

    def order(rank: int, other: int) -> tuple[bool, bool, int, int]:
        days = (dates[rank] - dates[other]).days
        return said(rank) == said(other), not counted[other], 10**6 if pd.isna(days) else abs(int(days)), other

    return order


def _les_plus_ressemblants(fautives: Sequence[int], table: pd.DataFrame) -> dict[int, tuple[int, ...]]:
    """Return for each row the other rows at fault of its commune and type whose names are the most like its own."""
    # Imported here: it brings Great Expectations, which found these rows.
    from rapidfuzz import fuzz

    from barometre_lib.qualite.attentes.registre import mots

    names = {rank: mots(str(table["nom_site"].iat[rank])) for rank in fautives}
    kinds, keys = table[["commune", "type_mouvement"]].iloc[[*fautives]], table["cle_site"].tolist()
    found = {}
    for places in kinds.groupby([*kinds]).indices.values():
        alike = [fautives[place] for place in places]
        for rank in alike:
            likeness = {other: fuzz.ratio(names[rank], names[other]) for other in alike if keys[other] != keys[rank]}
            best = max(likeness.values(), default=0)
            found[rank] = tuple(other for other, one in likeness.items() if one == best)
    return found


def valeurs(controle: Controle, table: pd.DataFrame, rang: int) -> list[str]:
    """Return the values that a check compares in a row, written in one way whatever the type of their column."""
    return [ecrire(table[name].iat[rang]) for name in controle.champs]


def empreinte(controle: Controle, table: pd.DataFrame, rang: int = -1, partenaires: Sequence[int] = ()) -> str:
    """Return the fingerprint of the values compared, those of the partners included, whatever their order.

    Without a row, nothing was compared.
    """
    others = sorted(valeurs(controle, table, other) for other in partenaires)
    return hacher([valeurs(controle, table, rang) if rang >= 0 else [], others])
