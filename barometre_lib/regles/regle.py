"""What a rule is: one named object that someone who knows the method and not Python can check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import narwhals as nw

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.liens import Liens
from barometre_lib.typographie import MOINS
from barometre_lib.vocabulaire import Motif


class Redites(NamedTuple):
    """What rule 9 says of rows before it orders those that stay on their sites."""

    ecartees: Sequence[str] = ()  # identifiers of the rows that it sets aside
    jugees: Sequence[str] = ()  # of those that it keeps for good


@dataclass(frozen=True)
class Regle:
    """A rule that sets rows aside."""

    rang: int  # number of the rule; a rule of two motifs has two objects
    motif: Motif  # name of the verdict
    libelle: str  # public label, in French
    phrase: str  # sentence that the rule applies, in French, with parameters by name
    # Parameters to a boolean expression, true on the rows set aside and never null: engines differ on what a null
    # comparison gives, so each one is closed by `fill_null`.
    ecarte: Callable[[ParametresRegles], nw.Expr]
    # In force from the relèves whose last day is this one or later, and for all their rows; an earlier relève keeps
    # the rule that it had.
    depuis: date
    # Of rows that pass the other rules; of rule 9 alone.
    redites: Callable[[Any, ParametresRegles, Liens], Redites] | None = None

    def dire(self, parametres: ParametresRegles) -> str:
        """Return the sentence, with the values in force; a fall is said without its sign."""
        return self.phrase.format_map({name: str(one).lstrip(MOINS) for name, one in parametres.parametres.items()})
