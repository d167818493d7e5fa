"""The expected number of movements of each cell, before any integer is chosen.

Stated weights (`poids.yaml`) are brought to the published numbers by the least change in the sense of
Kullback-Leibler, i.e. each cell is multiplied by factors of the constraints that it enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from contraintes import Contrainte
from grille import Grille
from scipy.optimize import minimize

FACTEUR_MAXIMAL = 4.0  # |log| of the factor of one constraint: published numbers never need more
AMORTISSEMENT = 1e-3  # of the dual: keeps the factors of redundant constraints finite


def intensites(axes: Grille, poids: Mapping[str, Any]) -> np.ndarray:
    """Give the counted movements expected in each cell from the stated weights alone."""
    regions = np.array([poids["regions"].get(code, 0.0) for code in axes.regions])
    specialites = np.array(
        [[poids["specialites"].get(r, {}).get(s, 1.0) for s in axes.sous_secteurs] for r in axes.regions]
    )
    tables = []
    for semestre in axes.semestres:
        volumes = poids["mouvements_par_semestre"]
        volume = volumes.get(semestre, volumes["defaut"])
        couches = []
        for rang, type_mouvement in enumerate(axes.types):
            parts = np.array([poids["sous_secteurs"][s][rang // 2] for s in axes.sous_secteurs])
            bloc = regions[:, None] * specialites * parts[None, :]
            couches.append(bloc / bloc.sum() * volume[type_mouvement] * poids["semestres"][semestre[-2:]])
        tables.append(np.stack(couches, axis=-1))
    return np.stack(tables)


def caler(depart: np.ndarray, contraintes: Sequence[Contrainte], connus: np.ndarray, libres: np.ndarray) -> np.ndarray:
    """Bring the intensities of the free cells to the constraints, the known cells being given.

    Parameters
    ----------
    depart : ndarray
        Stated intensities, in movements, with the shape of the grid.
    contraintes : sequence of Contrainte
        Those of one relève.
    connus : ndarray
        Counts of the cells that are not free (periods of the previous relève).
    libres : ndarray of bool
        The cells to adjust.

    Returns
    -------
    ndarray
        Intensities; those of the cells that are not free are left as they were.
    """
    actives = [c for c in contraintes if (c.coefficients()[libres] != 0).any()]
    matrice = np.array([c.coefficients()[libres] for c in actives])
    acquis = np.array([(c.coefficients() * connus)[~libres].sum() for c in actives])
    mini = np.array([c.mini for c in actives]) - acquis
    maxi = np.array([c.maxi for c in actives]) - acquis
    bornes = [
        (0.0 if haut == np.inf else -FACTEUR_MAXIMAL, 0.0 if bas == -np.inf else FACTEUR_MAXIMAL)
        for bas, haut in zip(mini, maxi, strict=True)
    ]
    cible = np.where(np.isfinite(mini), mini, maxi)
    base = depart[libres]

    def dual(facteurs: np.ndarray) -> tuple[float, np.ndarray]:
        attendus = base * np.exp(np.clip(facteurs @ matrice, -20, 20))
        valeur = attendus.sum() - facteurs @ cible + AMORTISSEMENT * facteurs @ facteurs
        return float(valeur), matrice @ attendus - cible + 2 * AMORTISSEMENT * facteurs

    solution = minimize(dual, np.zeros(len(actives)), jac=True, method="L-BFGS-B", bounds=bornes)
    resultat = depart.copy()
    resultat[libres] = base * np.exp(np.clip(solution.x @ matrice, -20, 20))
    return resultat
