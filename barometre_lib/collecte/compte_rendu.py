"""What is told of a received file once it is stored: the changes made in it, and what could not be compared."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from barometre_lib.collecte.grille import proteger_cellule
from barometre_lib.collecte.interpretation import Changement
from barometre_lib.erreurs import Defaut, montrer
from barometre_lib.typographie import accorder, nombre, typographier

CHANGEMENTS_DITS, DISPARUS_DITS = 20, 10
# Kinds of change, in the order of the summary: singular, plural. The first are notations, counted and not told.
NATURES = {
    "notation": ("notation ramenée à celle du registre", "notations ramenées à celle du registre"),
    "nombre": ("nombre recalculé", "nombres recalculés"),
    "code": ("code complété", "codes complétés"),
    "commune": ("commune ramenée à son code actuel", "communes ramenées à leur code actuel"),
    "naf": ("code NAF 2025 ramené à la NAF rév. 2", "codes NAF 2025 ramenés à la NAF rév. 2"),
    "encodage": ("texte rétabli", "textes rétablis"),
    "numero": ("identifiant lu dans un nombre", "identifiants lus dans des nombres"),
    "identifiant": ("identifiant donné", "identifiants donnés"),
}


def lister_changements(changements: Sequence[Changement], fichier: str) -> pd.DataFrame:
    """Return the changes of a file as a table to be read in a spreadsheet, each text escaped: `fichier` to `raison`."""
    texts = [
        (fichier, str(one.ligne), one.colonne, one.trouve, one.retenu, typographier(one.raison)) for one in changements
    ]
    rows = [[proteger_cellule(text) for text in row] for row in texts]
    return pd.DataFrame(rows, columns=["fichier", "ligne", "colonne", "trouve", "retenu", "raison"], dtype="str")


def resumer(changements: Sequence[Changement]) -> list[str]:
    """Return one sentence per kind of change, then the changes themselves, notations left out."""
    counts = Counter[str](change.nature for change in changements)
    sentences = [f"{accorder(counts[kind], *words)}." for kind, words in NATURES.items() if counts[kind]]
    told = [change for change in changements if change.nature != "notation"]
    for change in told[:CHANGEMENTS_DITS]:
        before = montrer(change.trouve, vide="vide")
        where = f"  ligne {change.ligne}, {montrer(change.colonne)}"
        sentences.append(f"{where} : {before} devient {change.retenu} ({change.raison}).")
    if (left := len(told) - CHANGEMENTS_DITS) > 0:
        sentences.append(f"  … et {nombre(left)} autres.")
    return sentences


def dire_disparus(noms: Sequence[str]) -> list[str]:
    """Return a warning for the movements that a file no longer holds, nothing when there are none."""
    if not noms:
        return []
    listed = ", ".join(montrer(name) for name in noms[:DISPARUS_DITS])
    rest = f" et {nombre(left)} autres" if (left := len(noms) - DISPARUS_DITS) > 0 else ""
    total = accorder(len(noms), "mouvement déjà connu n'est", "mouvements déjà connus ne sont")
    return [f"Attention : {total} plus dans le fichier : {listed}{rest}."]


def dire_illisibles(defauts: Sequence[Defaut]) -> list[str]:
    """Return a warning for each file of the register that cannot be read whole, with its first defect."""
    first: dict[str, Defaut] = {}
    for defect in defauts:
        first.setdefault(defect.fichier, defect)
    unknown = "des identifiants ou des effectifs déjà connus n'ont pu être comparés à ceux du fichier"
    return [f"Attention : {unknown}. {defect}" for defect in first.values()]
