"""A received file, whatever it is: judged by its content, then read as a grid or refused in one sentence."""

from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.collecte.classeur_recu import lire_classeur
from barometre_lib.collecte.csv_recu import lire_csv
from barometre_lib.collecte.feuille import OCTETS_MAX, Feuille, FichierIllisible
from barometre_lib.erreurs import dire_erreur_systeme, montrer

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ATTENDU = "attendu le modèle rempli, au format .xlsx, ou un fichier .csv"


def lire_recu(path: Path) -> Feuille:
    """Read a workbook or a CSV.

    Raises
    ------
    FichierIllisible
        The file cannot be read, is of another kind than its name says, or is refused as a whole.
    """
    shown = afficher(path)
    data = _octets(path, shown)
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        found = f"extension {montrer(path.suffix)}" if path.suffix else "nom sans extension"
        raise FichierIllisible(shown, f"{found}\u202f; {ATTENDU}, enregistrez-le sous l'un de ces formats")
    if data.startswith(OLE):
        raise FichierIllisible(
            shown,
            "ancien format Excel (.xls), ou classeur protégé par un mot de passe\u202f; retirez le mot de passe et "
            "enregistrez-le au format «\u00a0Classeur Excel (.xlsx)\u00a0»",
        )
    zipped = data.startswith(ZIP)
    if zipped != (kind == ".xlsx"):
        found = "un classeur nommé .csv" if zipped else "le contenu n'est pas celui d'un classeur .xlsx"
        raise FichierIllisible(shown, f"{found}\u202f; rendez-lui son extension, ou enregistrez-le de nouveau")
    lines = lire_classeur(data, shown) if zipped else lire_csv(data, shown)
    return Feuille(shown, lines, fixe=not zipped)


def _octets(path: Path, shown: str) -> bytes:
    """Return the whole file, once known to be one and of a reasonable size."""
    try:
        if path.exists() and not path.is_file():
            raise FichierIllisible(shown, f"ce n'est pas un fichier\u202f; {ATTENDU}")
        with path.open("rb") as file:
            data = file.read(OCTETS_MAX + 1)
    except OSError as error:
        raise FichierIllisible(shown, dire_erreur_systeme(error)) from None
    if not data:
        raise FichierIllisible(shown, f"fichier vide\u202f; {ATTENDU}")
    if len(data) > OCTETS_MAX:
        limit = OCTETS_MAX // 1024**2
        raise FichierIllisible(shown, f"plus de {limit}\u00a0Mo\u202f; supprimez les lignes et les feuilles inutiles")
    return data
