"""The register: its files read into one typed table, and what its contract asks of each cell."""

from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.registre.corrections import STATUTS_CORRECTION, Correction
from barometre_lib.registre.lecture import (
    Registre,
    chercher_defauts,
    chercher_parquet,
    est_demonstration,
    exiger_comparables,
    fichiers_attendus,
    lire_code_releve,
    lire_registre,
    lire_textes,
    mettre_en_table,
    releve_precedente,
    releves_anterieures,
    releves_presentes,
    trouver_releve,
    typer_registre,
)

__all__ = [
    "STATUTS_CORRECTION",
    "Correction",
    "Exigence",
    "Registre",
    "chercher_defauts",
    "chercher_parquet",
    "est_demonstration",
    "exigences",
    "exiger_comparables",
    "fichiers_attendus",
    "lire_code_releve",
    "lire_registre",
    "lire_textes",
    "mettre_en_table",
    "releve_precedente",
    "releves_anterieures",
    "releves_presentes",
    "trouver_releve",
    "typer_registre",
]
