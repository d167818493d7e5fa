"""The catalogue of predicates: a name, the table that it reads, and the parameters that it needs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from barometre_lib.parametres.fichiers import attendu

Fonction = Callable[..., pd.Series]
# What a suite gives as a parameter; a closed list is a `Literal`.
Entier = Annotated[int, attendu("un entier positif ou nul", ge=0)]
Nombre = Annotated[float, attendu("un nombre positif ou nul", ge=0)]
Divisions = Annotated[
    dict[str, list[Annotated[str, Field(pattern="^[0-9]{2}$")]]],
    attendu("pour chaque sous-secteur, une liste de divisions de deux chiffres, entre guillemets"),
]


@dataclass(frozen=True)
class Predicat:
    """A named predicate."""

    table: str  # name of the table that it reads, one of those of `qualite.tables`
    fonction: Fonction  # table, then parameters by keyword, to a boolean Series true on the rows at fault
    portee: Fonction | None = None  # the same, true on the rows that it looks at; None when it is all of them

    @property
    def parametres(self) -> dict[str, Any]:
        """Type of each parameter by name; a suite must give every one of them."""
        _, *named = inspect.signature(self.fonction).parameters.values()
        return {one.name: one.annotation for one in named}


PREDICATS: dict[str, Predicat] = {}


def predicat(table: str, *, portee: Fonction | None = None) -> Callable[[Fonction], Fonction]:
    """Enter a function in the catalogue, under its own name; see `Predicat`."""

    def enter(function: Fonction) -> Fonction:
        PREDICATS[function.__name__] = Predicat(table, function, portee)
        return function

    return enter


def vrai(masque: pd.Series) -> pd.Series:
    """Close a mask: where a comparison had nothing to compare, the row is not at fault."""
    return masque.fillna(False).astype(bool)
