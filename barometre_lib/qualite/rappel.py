"""The recall of each check: what it finds of faults planted in the demonstration, counted by `make epreuves`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import lire_table

COLONNES = ["controle", "semes", "trouves", "fausses_alertes"]


@dataclass(frozen=True)
class Rappel:
    """Faults planted that could be told from the files, and those that the check found."""

    semes: int
    trouves: int


def fichier_rappel() -> Path:
    """Return the file that the trial writes, one line for each family of checks."""
    return racine() / "params" / "qualite" / "rappel.csv"


def lire_rappel() -> Mapping[str, Rappel]:
    """Read the recall of each family of checks.

    Raises
    ------
    ErreurBarometre
        The file is missing, or is not as the trial writes it.
    """
    path = fichier_rappel()
    table = lire_table(path)
    if list(table) == COLONNES and all(table[name].str.fullmatch("[0-9]{1,9}").all() for name in COLONNES[1:3]):
        told = {name: Rappel(int(sown), int(found)) for name, sown, found, _ in table.itertuples(index=False)}
        if all(0 <= one.trouves <= one.semes > 0 for one in told.values()):
            return told
    raise ErreurBarometre(f"{afficher(path)} : ce n'est pas ce que « make epreuves » écrit ; restaurez ce fichier.")
