"""Which periods a relève covers whole, and from which relève on a period is known."""

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.fichiers import montrer_valeur
from barometre_lib.vocabulaire import PREMIERE_ANNEE, Releve, maille_de


def periodes_couvertes(releve: Releve) -> list[str]:
    """Return the periods that an edition covers, none within another: its whole years, then a first semester."""
    return releve.annees if releve.semestre == 2 else [*releve.annees[:-1], str(releve)]


def echeance(periode: object) -> Releve:
    """Return the first relève that can cover a period whole, `2023` or `2024-S1`: that of its last semester.

    Raises
    ------
    ErreurBarometre
        The period is neither a year nor a semester.
    """
    text = periode if isinstance(periode, str) else ""
    try:
        return Releve.lire(text if maille_de(text) == "semestre" else f"{text}-S2")
    except ValueError:
        raise ErreurBarometre(
            f"Période {montrer_valeur(periode)} : attendu une année ou un semestre, 2024 ou 2024-S1, "
            f"depuis {PREMIERE_ANNEE}."
        ) from None


def rang(releve: Releve) -> int:
    """Return the place of a relève in the calendar: that of the next one is one more, there or not."""
    return 2 * releve.annee + releve.semestre
