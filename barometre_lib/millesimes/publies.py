"""The published numbers, `data/publie`: what each edition printed, which its vintages stand beside."""

from functools import cache
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import lire_table

DOSSIER = "data/publie"
CLES = ["mesure", "region", "periode", "releve"]
# Where the number was read: printed, or worked out of those that are.
NATURES = ("publie", "deduit")
NON_PUBLIE = "non_publie"


def fichier_publies(racine: Path) -> Path:
    """Return the file of a project's published numbers."""
    return racine / DOSSIER / "chiffres_publies.csv"


def lire_publies() -> pd.DataFrame:
    """Return the published numbers of France, whose `region` is empty, and of the regions: `CLES`, `publie`, `nature`.

    Raises
    ------
    ErreurBarometre
        The file is missing, or a line is not as expected.
    """
    return _read(fichier_publies(racine())).copy()


@cache
def _read(path: Path) -> pd.DataFrame:
    table = lire_table(path)
    if missing := {"releve", "periode", "maille", "code", "mesure", "valeur", "nature"} - {*table}:
        raise ErreurBarometre(f"{afficher(path)} : attendu une colonne « {min(missing)} » ; restaurez ce fichier.")
    wrong = (
        ("valeur", ~table["valeur"].str.fullmatch("-?[0-9]{1,6}"), "un nombre entier"),
        ("nature", ~table["nature"].isin(NATURES), " ou ".join(NATURES)),
        ("mesure", table.duplicated(["releve", "periode", "code", "mesure"]), "un nombre qui n'est pas déjà plus haut"),
    )
    for name, faults, expected in wrong:
        if faults.any():
            line = int(faults.to_numpy().argmax())
            found = montrer(table[name].iloc[line])
            raise ErreurBarometre(
                f"{afficher(path)}, ligne {line + 2}, « {name} » : trouvé {found} ; attendu {expected}."
            )
    kept = table[table["maille"].isin(["national", "region"])]
    region = kept["code"].where(kept["maille"] == "region", "")
    return kept.assign(region=region, publie=kept["valeur"].astype("Int64"))[[*CLES, "publie", "nature"]]
