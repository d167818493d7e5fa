"""How complete the register is: for each region and column, the cells filled among those that were expected.

An empty cell is a lack only where something was to be said: an opening has no variation of production, a movement
to come has no date of effect. `ATTENDUES` says of whom each column is expected. Left out are the columns that the
contract never leaves empty, and the free ones where empty means that there is nothing to say (`aides`).
"""

from dataclasses import dataclass

import pandas as pd

from barometre_lib.comptage import ErreurAdditivite
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.vocabulaire import COLONNES, TYPES_HAUSSE, Statut, TypeMouvement


@dataclass(frozen=True)
class Population:
    """Movements of which a column is expected."""

    libelle: str  # French phrase shown to people
    types: tuple[TypeMouvement, ...] = tuple(TypeMouvement)  # types of movement
    statuts: tuple[Statut, ...] = tuple(Statut)  # statuses
    # column that says enough by itself: only where it is empty is the other one expected. Empty for none.
    faute_de: str = ""


# What describes a project is no longer asked for once it is given up.
VIVANTS = (Statut.EFFECTIF, Statut.ANNONCE)
TOUS = Population("tous les mouvements")
REALISES = Population("mouvements réalisés", statuts=(Statut.EFFECTIF,))
NON_ABANDONNES = Population("mouvements réalisés ou annoncés", statuts=VIVANTS)
HAUSSES = Population("ouvertures et extensions, réalisées ou annoncées", TYPES_HAUSSE, VIVANTS)
EXISTANT = (TypeMouvement.EXTENSION, TypeMouvement.REDUCTION)
SUR_SITE_EXISTANT = Population("extensions et réductions, réalisées ou annoncées", EXISTANT, VIVANTS)
# Rule 8 needs one of the two.
SANS_VARIATION = Population(
    "extensions et réductions, réalisées ou annoncées, dont la variation n'est pas connue",
    EXISTANT,
    VIVANTS,
    faute_de="variation_production",
)

ATTENDUES = {
    "entreprise": TOUS,
    # A site not yet registered has none; one that produces or has stopped is registered.
    "siret": REALISES,
    "date_annonce": TOUS,
    "date_effet": REALISES,
    # Observed and never planned.
    "effectif": REALISES,
    "variation_production": SUR_SITE_EXISTANT,
    "assimilable_site": SANS_VARIATION,
    "emplois": NON_ABANDONNES,
    "investissement_meur": HAUSSES,
    "surface_m2": HAUSSES,
    "capacite": HAUSSES,
    "activite": TOUS,
}
GENRES = {column.nom: column.genre for column in COLONNES}


def mesurer_completude(mouvements: pd.DataFrame, nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Count the cells expected and filled in the rows of a relève, typed and placed, by region and column.

    Returns
    -------
    pandas.DataFrame
        `region`, `colonne`, then `attendues` and `remplies` as integers; one row for each region × each column of
        `ATTENDUES`, zeros included, in the order of region codes then of columns.

    Raises
    ------
    ErreurAdditivite
        The regions do not add up to the rows of the register: a fault of the package.
    """
    regions = list(nomenclatures.regions)
    parts = []
    for column, population in ATTENDUES.items():
        expected = mouvements["type_mouvement"].isin(population.types) & mouvements["statut"].isin(population.statuts)
        if population.faute_de:
            expected &= ~_filled(mouvements, population.faute_de)
        filled = expected & _filled(mouvements, column)
        part = pd.DataFrame({"region": regions, "colonne": column})
        for name, mask in (("attendues", expected), ("remplies", filled)):
            rows = mouvements.loc[mask, "region"].value_counts()
            part[name] = part["region"].map(rows).fillna(0).astype("int64")
            if part[name].sum() != mask.sum():
                raise ErreurAdditivite(
                    f"Complétude : la colonne « {column} » a {mask.sum()} cellules {name} dans le "
                    f"registre et {part[name].sum()} dans les régions ; signalez cette erreur."
                )
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("region", kind="stable", ignore_index=True)


def _filled(mouvements: pd.DataFrame, column: str) -> pd.Series:
    cells = mouvements[column]
    return cells.str.strip() != "" if GENRES[column] == "texte" else cells.notna()
