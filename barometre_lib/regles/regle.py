"""What a rule is: one named object that someone who knows the method and not Python can check."""

from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from barometre_lib.parametres import ParametresRegles
from barometre_lib.vocabulaire import Motif


@dataclass(frozen=True)
class Regle:
    """A rule that sets rows aside.

    Attributes
    ----------
    motif : Motif
        Name of the verdict.
    libelle : str
        Public label, in French.
    phrase : str
        Sentence that the rule applies, in French.
    ecarte : callable
        Parameters to a boolean expression, true on the rows set aside and never null: engines differ
        on what a null comparison gives, so each one is closed by `fill_null`.
    """

    motif: Motif
    libelle: str
    phrase: str
    ecarte: Callable[[ParametresRegles], nw.Expr]
