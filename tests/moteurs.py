"""The rules on polars, in a process of its own: its threads do not survive a fork, and the tests' process may fork."""

from typing import Any

import fabrique
import pandas as pd

from barometre_lib.regles import decider, retenir
from barometre_lib.vocabulaire import COLONNES

APPLIQUER = {"decider": decider, "retenir": retenir}


def sur_polars(
    regle: str, mouvements: pd.DataFrame, releve: str, reponses: list[tuple[str, ...]]
) -> list[dict[str, Any]]:
    """Apply `decider` or `retenir` to a table brought to polars, dates as dates, and return its rows."""
    import polars as pl

    types = {"texte": pl.String, "entier": pl.Int64, "nombre": pl.Float64, "date": pl.Date, "booleen": pl.Boolean}
    schema = {column.nom: types[column.genre] for column in COLONNES}
    columns = {
        name: pl.Series(name, [None if pd.isna(cell) else cell for cell in cells], schema.get(name, pl.String))
        for name, cells in mouvements.items()
    }
    parameters = fabrique.repondre(fabrique.parametres(releve), mouvements, reponses)
    result = APPLIQUER[regle](pl.DataFrame(columns), parameters)
    rows: list[dict[str, Any]] = result.select("id_mouvement", *({"motif"} & set(result.columns))).to_dicts()
    return rows
