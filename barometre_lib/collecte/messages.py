"""What the user is told of a received file: the defects of one refused, the changes of one stored."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.collecte.echappement import proteger_cellule
from barometre_lib.collecte.entetes import DefautRecu
from barometre_lib.collecte.interpretation import Changement
from barometre_lib.erreurs import Defaut, ErreurBarometre, montrer
from barometre_lib.typographie import accorder, nombre

DEFAUTS_DITS = 50
CHANGEMENTS_DITS = 20
DISPARUS_DITS = 10

# Kinds of change, in the order of the summary: singular, plural. The first are notations, counted and not told.
GENRES = {
    "notation": ("notation ramenée à celle du registre", "notations ramenées à celle du registre"),
    "nombre": ("nombre recalculé", "nombres recalculés"),
    "code": ("code complété", "codes complétés"),
    "commune": ("commune ramenée à son code actuel", "communes ramenées à leur code actuel"),
    "naf": ("code NAF 2025 ramené à la NAF rév. 2", "codes NAF 2025 ramenés à la NAF rév. 2"),
    "numero": ("identifiant lu dans un nombre", "identifiants lus dans des nombres"),
    "identifiant": ("identifiant donné", "identifiants donnés"),
}


class FichierRefuse(ErreurBarometre):
    """A received file that departs from the contract; every defect is kept, the first ones are told."""

    def __init__(self, defauts: list[DefautRecu], copies: list[Path], ennui: str = "") -> None:
        self.defauts = defauts
        self.copies = copies
        said = [str(defect) for defect in defauts[:DEFAUTS_DITS]]
        left = len(defauts) - DEFAUTS_DITS
        listed = copies[-1] if copies else None
        if left > 0:
            said.append(f"… et {nombre(left)} autres" + (f", voir {afficher(listed)}." if listed else "."))
        total = accorder(len(defauts), "défaut", "défauts")
        said.append(f"{total}, rien n'a été déposé\u202f; " + (ennui or _dire_copies(copies)))
        super().__init__("\n".join(said))


def _dire_copies(copies: list[Path]) -> str:
    return "à corriger dans " + " ou d'après ".join(afficher(path) for path in copies) + "."


def resumer(changements: list[Changement]) -> list[str]:
    """Return one sentence per kind of change, then the changes themselves, notations left out."""
    counts = Counter[str](change.genre for change in changements)
    sentences = [f"{accorder(counts[kind], *words)}." for kind, words in GENRES.items() if counts[kind]]
    told = [change for change in changements if change.genre != "notation"]
    for change in told[:CHANGEMENTS_DITS]:
        before = montrer(change.trouve, vide="vide")
        where = f"  ligne {change.ligne}, {montrer(change.colonne)}"
        sentences.append(f"{where}\u00a0: {before} devient {change.retenu} ({change.raison}).")
    if len(told) > CHANGEMENTS_DITS:
        sentences.append(f"  … et {nombre(len(told) - CHANGEMENTS_DITS)} autres, voir la liste sur la sortie standard.")
    return sentences


def dire_disparus(identifiants: list[str]) -> list[str]:
    """Return a warning for the movements that a file no longer holds, nothing when there are none."""
    if not identifiants:
        return []
    listed = ", ".join(montrer(name) for name in identifiants[:DISPARUS_DITS])
    more = len(identifiants) - DISPARUS_DITS
    rest = f" et {nombre(more)} autres" if more > 0 else ""
    total = accorder(len(identifiants), "mouvement déjà connu n'est", "mouvements déjà connus ne sont")
    return [f"Attention\u00a0: {total} plus dans le fichier\u00a0: {listed}{rest}."]


def dire_illisibles(defauts: Sequence[Defaut]) -> list[str]:
    """Return a warning for each file of another region that cannot be read whole, with its first defect."""
    first: dict[str, Defaut] = {}
    for defect in defauts:
        first.setdefault(defect.fichier, defect)
    unknown = "des identifiants d'une autre région n'ont pu être comparés à ceux du fichier"
    return [f"Attention\u00a0: {unknown}. {defect}" for defect in first.values()]


def lister_changements(changements: Sequence[Changement]) -> pd.DataFrame:
    """Return the changes as a table to be read in a spreadsheet, each text escaped: `ligne` to `raison`."""
    rows = [
        (str(one.ligne), *map(proteger_cellule, (one.colonne, one.trouve, one.retenu, one.raison)))
        for one in changements
    ]
    return pd.DataFrame(rows, columns=["ligne", "colonne", "trouve", "retenu", "raison"], dtype="str")
