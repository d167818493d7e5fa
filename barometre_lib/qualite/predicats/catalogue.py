"""The catalogue of predicates: a name, the table that it reads, and the parameters that it needs."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

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


def attendu(annotation: Any) -> str:
    """Say in French what a parameter of that type must be."""
    if get_origin(annotation) is Literal:
        return f"l'un de {', '.join(get_args(annotation))}"
    return {
        int: "un entier positif ou nul",
        float: "un nombre positif ou nul",
    }.get(annotation, "pour chaque sous-secteur, une liste de divisions de deux chiffres, entre guillemets")


def convient(valeur: Any, annotation: Any) -> bool:
    """Tell whether a value read from a suite is what a parameter of that type must be."""
    if get_origin(annotation) is Literal:
        return valeur in get_args(annotation)
    if annotation in (int, float):
        number = type(valeur) is int or (annotation is float and type(valeur) is float)
        return number and valeur >= 0
    return isinstance(valeur, dict) and all(
        isinstance(codes, list) and all(isinstance(code, str) and re.fullmatch("[0-9]{2}", code) for code in codes)
        for codes in valeur.values()
    )


def vrai(masque: pd.Series) -> pd.Series:
    """Close a mask: where a comparison had nothing to compare, the row is not at fault."""
    return masque.fillna(False).astype(bool)
