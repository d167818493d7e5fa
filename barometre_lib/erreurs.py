"""What can be refused, and how it is said: the exceptions that the command line turns into messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


class ErreurBarometre(Exception):
    """Something that the user can mend; its text is a French sentence shown without a traceback."""


@dataclass(frozen=True, order=True)
class Defaut:
    """One departure of a file from its contract.

    Attributes
    ----------
    fichier : str
        File as the user would name it.
    ligne : int
        Line of the file where the record starts, 1 being the header; 0 when the whole file is at fault.
    colonne : str
        Column at fault, empty when the whole line is.
    valeur : str
        Value found, as written in the file.
    attendu : str
        French phrase: what was expected and, where useful, what to do.
    """

    fichier: str
    ligne: int
    colonne: str
    valeur: str
    attendu: str

    def __str__(self) -> str:
        lieu = [_rendre_visible(self.fichier)]
        if self.ligne:
            lieu.append(f"ligne {self.ligne}")
        if self.colonne:
            lieu.append(f"colonne {montrer(self.colonne)}")
        # Line 1 is the header: the name of the column is what was found there.
        trouve = f"trouvé {montrer(self.valeur)}\u202f; " if self.colonne and self.ligne > 1 else ""
        return f"{', '.join(lieu)}\u00a0: {trouve}{self.attendu}."


class RegistreRefuse(ErreurBarometre):
    """A register that cannot be read as the contract asks.

    Parameters
    ----------
    defauts : sequence of Defaut
        Every defect found, not only the first one.
    """

    def __init__(self, defauts: Sequence[Defaut]) -> None:
        self.defauts = sorted(defauts)
        super().__init__("\n".join(str(defaut) for defaut in self.defauts))

    def __reduce__(self) -> tuple[type[Self], tuple[list[Defaut]]]:
        """Let the exception come back whole from another process."""
        return type(self), (self.defauts,)


def montrer(valeur: str, *, longueur: int = 60) -> str:
    """Return an untrusted value fit for one line of a terminal: quoted, shortened, control characters shown."""
    if not valeur:
        return "une cellule vide"
    visible = _rendre_visible(valeur)
    return f"«\u00a0{visible[:longueur]}{'…' if len(visible) > longueur else ''}\u00a0»"


def _rendre_visible(texte: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in texte)
