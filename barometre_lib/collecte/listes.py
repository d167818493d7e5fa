"""The drop-down lists of the workbook: what a service may choose, as it reads it."""

from dataclasses import dataclass, field

from barometre_lib.collecte.entetes import DEPARTEMENT, LIBELLES
from barometre_lib.collecte.interpretation import References
from barometre_lib.parametres import lire_parametres_regles
from barometre_lib.vocabulaire import BOOLEENS, COLONNES, Releve


@dataclass(frozen=True)
class Liste:
    """One list.

    Attributes
    ----------
    nom : str
        Defined name of its cells in the workbook.
    titre : str
        Heading of its column on the sheet of lists.
    valeurs : list of str
        What is chosen from.
    parties : dict of str to (int, int)
        Other defined names, each for a part of the list: first and last positions, from 0.
    """

    nom: str
    titre: str
    valeurs: list[str]
    parties: dict[str, tuple[int, int]] = field(default_factory=dict)


def faire_listes(references: References, releve: Releve) -> dict[str, Liste]:
    """Return the list of each column that has one.

    The NAF codes are those of the field, craft left out; a service may type another one. The communes are in the
    order of départements, so that those of one département are a part of the list.
    """
    lists = {}
    for column in COLONNES:
        labels = references.libelles(column)
        if column.genre == "booleen":
            lists[column.nom] = Liste("liste_oui_non", "Oui ou non", list(BOOLEENS.values()))
        elif labels:
            lists[column.nom] = Liste(f"liste_{column.nom}", column.libelle, list(labels.values()))
    rules = lire_parametres_regles(releve, nomenclatures=references.nomenclatures)
    craft = set(rules.naf_artisanat)
    codes = [references.naf.libelle(code) for code in rules.naf_du_champ if code not in craft]
    lists["code_naf"] = Liste("liste_naf", LIBELLES["code_naf"], codes)
    communes = references.communes
    departments = [communes.libelle_departement(code) for code in communes.par_departement]
    lists[DEPARTEMENT] = Liste("liste_departement", LIBELLES[DEPARTEMENT], departments)
    names: list[str] = []
    parts = {}
    for department, codes in communes.par_departement.items():
        parts[f"communes_{department}"] = (len(names), len(names) + len(codes) - 1)
        names += [communes.libelle(code) for code in codes]
    lists["code_commune"] = Liste("communes_region", LIBELLES["code_commune"], names, parts)
    return lists
