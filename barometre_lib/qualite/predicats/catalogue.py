"""The catalogue of predicates: a name, the table that it reads, and the parameters that it needs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Fonction = Callable[..., pd.Series]


@dataclass(frozen=True)
class Predicat:
    """A named predicate.

    Attributes
    ----------
    table : str
        Name of the table that it reads, one of those of `qualite.tables`.
    fonction : callable
        Table, then parameters by keyword, to a boolean Series true on the rows at fault.
    portee : callable or None
        The same arguments to a boolean Series true on the rows that it looks at; None when it is all of them.
    """

    table: str
    fonction: Fonction
    portee: Fonction | None = None

    @property
    def parametres(self) -> set[str]:
        """Names of the parameters, every one of which a suite must give."""
        _, *named = inspect.signature(self.fonction).parameters
        return set(named)


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
