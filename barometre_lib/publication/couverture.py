"""What a table of the downloads says of the coverage of its territories."""

import pandas as pd

from barometre_lib.contexte import Contexte

# In the column of coverage, where the numbers of a row are not known.
INDISPONIBLE = "non_disponible"
NON_ETABLIES = ("non", "inconnue")


def couvrir(donnees: pd.DataFrame, contexte: Contexte) -> pd.DataFrame:
    """Say beside each territory whether it is covered; where it is not known to be, nothing counted is no zero."""
    rows = donnees.copy()
    place = next((name for name in ("region", "departement") if name in rows), None)
    if place is None:
        return rows
    departments = contexte.nomenclatures.departements
    regions = {code: one.region for code, one in departments.items()} if place == "departement" else {}
    of_region, when = contexte.edition.couverture, lire_periodes(rows, contexte)
    owners = [regions.get(code, code) for code in rows[place]]
    covered = [
        INDISPONIBLE if contexte.lacunes.manque(period, code) else of_region.get(code, "")
        for code, period in zip(owners, when, strict=True)
    ]
    rows.insert(list(rows).index(place) + 1, "couverture", covered)
    unsure = pd.Series(covered, rows.index).isin(NON_ETABLIES)
    for name in rows.select_dtypes("number"):
        whole = rows[name].astype("Int64" if pd.api.types.is_integer_dtype(rows[name]) else "Float64")
        rows[name] = whole.mask(unsure & whole.eq(0).fillna(value=False))
    return rows


def lire_periodes(rows: pd.DataFrame, contexte: Contexte) -> list[str]:
    """Return the period of each row of a table, the edition's own where none is said."""
    named = next((name for name in ("semestre", "annee") if name in rows), None)
    return [str(one) for one in rows[named]] if named else [contexte.periode] * len(rows)
