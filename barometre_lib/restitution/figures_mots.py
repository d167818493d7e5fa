"""Words of figures: periods and balances as a drawing and what stands around it write them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.tableaux import INCONNU
from barometre_lib.typographie import INSECABLE, accorder, enumerer, minuscule, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES

SINGULIERS = dict(zip(MESURES_BRUTES, ("ouverture", "extension", "fermeture", "réduction"), strict=True))


def abreger(code: str) -> str:
    """Write a period where there is little room: `S1 2024`, `2024`."""
    year, _, semester = code.partition("-")
    return f"{semester}{INSECABLE}{year}" if semester else year


def comparables(contexte: Contexte) -> list[str]:
    """Return the edition's own period in each year since the first one: `2023-S1`, `2024-S1`, `2025-S1`."""
    return [contexte.periode.replace(contexte.annee, year) for year in contexte.releve.annees]


def dire_quand(code: str) -> str:
    """Write when, with no ordinal, which a drawing cannot raise: `en 2024`, `au premier semestre 2024`."""
    year, _, semester = code.partition("-S")
    return f"au {'premier' if semester == '1' else 'second'} semestre {year}" if semester else f"en {year}"


def dire_depuis(contexte: Contexte) -> str:
    """Say the years since the first one, and what is not yet known of the last: `, 2022-2025 (S1 2025 seul)`."""
    first, last = contexte.releve.annees[0], contexte.annee
    years = last if first == last else f"{first}-{last}"
    return f", {years}" + (f" ({abreger(str(contexte.releve))} seul)" if contexte.releve.semestre == 1 else "")


def dire_lacunes(contexte: Contexte, periodes: Iterable[str]) -> str:
    """Say over which periods the numbers of France leave regions out: `France hors Bretagne : 2024.`"""
    told: dict[str, dict[str, None]] = {}
    for code in periodes:
        if left_out := contexte.hors(code):
            told.setdefault(left_out, {})[abreger(code)] = None
    return " ".join(f"France {left_out} : {enumerer(names)}." for left_out, names in told.items())


def composer_mouvements(valeurs: Mapping[Any, Any]) -> str:
    """Name each component that counts something: « 16 ouvertures, 25 fermetures et 18 réductions »."""
    told = [accorder(valeurs[name], SINGULIERS[name], minuscule(LIBELLES[name])) for name in MESURES_BRUTES]
    kept = [one for one, name in zip(told, MESURES_BRUTES, strict=True) if valeurs[name]]
    return enumerer(kept) if kept else "aucun mouvement"


def ecrire_solde(solde: Any) -> str:
    """Write a balance, or that it is not known."""
    return INCONNU if pd.isna(solde) else signe(int(solde))
