"""The periods that an edition covers, and which relève first published one."""

from collections.abc import Iterable

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.fichiers import montrer_valeur
from barometre_lib.vocabulaire import PREMIERE_ANNEE, Releve, maille_de


def periodes_couvertes(releve: Releve) -> list[str]:
    """Return the periods that an edition covers, none within another: its whole years, then a first semester."""
    return releve.annees if releve.semestre == 2 else [*releve.annees[:-1], str(releve)]


def premiere_releve(periode: object, releves: Iterable[Releve]) -> Releve | None:
    """Return the earliest relève that covers a period whole, `2023` or `2024-S1`; None when there is none.

    Raises
    ------
    ErreurBarometre
        The period is neither a year nor a semester.
    """
    text = periode if isinstance(periode, str) else ""
    try:
        last = Releve.lire(text if maille_de(text) == "semestre" else f"{text}-S2")
    except ValueError:
        raise ErreurBarometre(
            f"Période {montrer_valeur(periode)} : attendu une année ou un semestre, 2024 ou 2024-S1, "
            f"depuis {PREMIERE_ANNEE}."
        ) from None
    return min((releve for releve in releves if releve >= last), default=None)
