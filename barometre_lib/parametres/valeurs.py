"""What the value of each parameter of the rules must be."""

from collections.abc import Callable
from datetime import date
from numbers import Integral, Real
from typing import Any

from barometre_lib.vocabulaire import PREMIERE_ANNEE, SOURCES

VALEUR_MAX = 1e15
# Days, a century: dates go no further.
DELAI_MAX = 36_500


def _is_number(value: Any) -> bool:
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and bool(abs(value) < VALEUR_MAX)


# Each parameter of the rules: what its value must be, in French, and the test of it.
VALEURS_ATTENDUES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "debut_periode": (
        # The grid of the counts starts there: an earlier row would count in no cell.
        f"une date (datetime.date), au plus tôt le 1er janvier {PREMIERE_ANNEE}",
        lambda value: type(value) is date and value >= date(PREMIERE_ANNEE, 1, 1),
    ),
    "seuil_effectif": (
        "un nombre entier, positif ou nul",
        lambda value: _is_number(value) and value >= 0 and isinstance(value, Integral),
    ),
    "seuil_variation_extension": ("un nombre, positif ou nul", lambda value: _is_number(value) and value >= 0),
    "seuil_variation_reduction": ("un nombre, négatif ou nul", lambda value: _is_number(value) and value <= 0),
    "delai_evenement": (
        f"un nombre entier de jours, de 0 à {DELAI_MAX}",
        lambda value: _is_number(value) and 0 <= value <= DELAI_MAX and isinstance(value, Integral),
    ),
    "ordre_sources": (
        f"chaque source une fois, de la plus sûre à la moins sûre, parmi {', '.join(SOURCES)}",
        lambda value: isinstance(value, list) and sorted(map(str, value)) == sorted(SOURCES),
    ),
}
