"""What the tables of the downloads say of their columns and of their codes, from `tableaux.yaml`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib.bornes import A_REMPLIR
from barometre_lib.contexte import Contexte
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.regles import libelles_motifs
from barometre_lib.sommes import ENSEMBLE
from barometre_lib.typographie import enumerer, minuscule, nombre, typographier
from barometre_lib.vocabulaire import COLONNES, LIBELLES, MESURES, Motif, TypeMouvement

# Dimensions whose codes have a label.
DIMENSIONS_CODEES = ("region", "departement", "secteur", "sous_secteur")


@dataclass(frozen=True)
class Table:
    """One table of the downloads."""

    nom: str  # of its CSV, without suffix
    feuille: str  # name of its sheet in the workbook, empty for a table too long to be read there
    intitule: str  # what it holds, in French
    donnees: pd.DataFrame  # codes, numbers and texts, as the CSV shows them


@cache
def mots() -> dict[str, Any]:
    """Return what `tableaux.yaml` says."""
    return lire_yaml(Path(__file__).with_name("tableaux.yaml"))


def composer_dictionnaire(contexte: Contexte, tables: Iterable[Table]) -> pd.DataFrame:
    """Return every column of some tables, then each of its codes that they hold."""
    tables = list(tables)
    named = {name for table in tables for name in table.donnees}
    rows = []
    for name in (one for one in mots()["colonnes"] if one in named):
        rows.append((name, "", intituler(name), definir(name, contexte)))
        present = {code for table in tables if name in table.donnees for code in table.donnees[name]}
        rows += [(name, code, label, "") for code, label in lire_codes(contexte, name).items() if code in present]
    return pd.DataFrame(rows, columns=["colonne", "code", "libelle", "definition"])


def intituler(nom: str) -> str:
    """Return the heading of a column: that of every table, unless the downloads say more."""
    return typographier(mots()["colonnes"][nom].get("libelle") or LIBELLES[nom])


def definir(nom: str, contexte: Contexte) -> str:
    """Return what a column is, in French, empty where its heading says it all."""
    column, seuil = mots()["colonnes"][nom], nombre(contexte.parametres.seuil_effectif)
    public = column.get("publique", "") if contexte.publique else ""
    return typographier(column.get("definition", "").format(seuil=seuil) + public)


def lire_codes(contexte: Contexte, nom: str) -> dict[str, str]:
    """Return the codes of a column and their labels, none of one that holds numbers or free texts."""
    if nom in DIMENSIONS_CODEES:
        total = {ENSEMBLE: "Total"} if nom in mots()["sommes"] else {}
        return {**contexte.nomenclatures.libelles(nom), **total}
    if nom == "motif":
        return {Motif.COMPTE.value: "Compté"} | {
            one.value: label for one, label in libelles_motifs(contexte.parametres).items()
        }
    if nom == "manque":
        said = {one.nom: minuscule(one.libelle) for one in COLONNES}
        parts = [some for size in (1, 2, 3) for some in combinations(A_REMPLIR, size)]
        return {", ".join(some): enumerer([said[one] for one in some]) for some in parts}
    if nom == "mesure":
        return {one: LIBELLES[one] for one in MESURES}
    if nom == "type_mouvement":
        return {movement.value: LIBELLES[movement.mesure].removesuffix("s").lower() for movement in TypeMouvement}
    return dict(mots()["codes"].get(nom, {}))
