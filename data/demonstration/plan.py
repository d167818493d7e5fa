"""What happens to the movements between one relève and the next, read from the table of counts alone.

A movement counted once more or once less in a cell is explained, in this order, by a requalified type, a
corrected date, then a withdrawal or a late detection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from grille import RELEVES, Grille, grille

VOISINS = {"ouverture": "extension", "extension": "ouverture", "fermeture": "reduction", "reduction": "fermeture"}


class Cellule(NamedTuple):
    """One cell of the counts: where a counted movement stands."""

    semestre: str
    region: str
    sous_secteur: str
    type_mouvement: str


class Operation(NamedTuple):
    """One change of the register: a movement leaves a cell, enters one, or goes from one to another."""

    cause: str
    avant: Cellule | None
    apres: Cellule | None


def en_compteur(table: np.ndarray, axes: Grille) -> Counter[Cellule]:
    """Turn an array of counts into a counter of cells, in the order of the grid."""
    compteur: Counter[Cellule] = Counter()
    for rangs in np.argwhere(table):
        codes = [axe[i] for axe, i in zip(axes.axes, rangs, strict=True)]
        compteur[Cellule(*codes)] = int(table[tuple(rangs)])
    return compteur


def apparier(
    cause: str,
    departs: list[Cellule],
    arrivees: list[Cellule],
    cle_depart: Callable[[Cellule], object],
    cle_arrivee: Callable[[Cellule], object],
) -> list[Operation]:
    """Pair cells that share a key, and take them out of both lists."""
    operations = []
    for depart in list(departs):
        jumelles = [a for a in arrivees if cle_arrivee(a) == cle_depart(depart)]
        if jumelles:
            departs.remove(depart)
            arrivees.remove(jumelles[0])
            operations.append(Operation(cause, depart, jumelles[0]))
    return operations


def operations(avant: Counter[Cellule], apres: Counter[Cellule], nouveau: str) -> list[Operation]:
    """List the changes from one relève to the next, `nouveau` being the semester that is new."""
    departs = list((avant - apres).elements())
    arrivees = list((apres - avant).elements())
    nouvelles = [c for c in arrivees if c.semestre >= nouveau]
    anciennes = [c for c in arrivees if c.semestre < nouveau]
    liste = apparier(
        "type_requalifie",
        departs,
        anciennes,
        lambda c: c._replace(type_mouvement=VOISINS[c.type_mouvement]),
        lambda c: c,
    )
    liste += apparier("date_corrigee", departs, anciennes, lambda c: c[1:], lambda c: c[1:])
    liste += [Operation("retrait", c, None) for c in departs]
    liste += [Operation("detection_tardive", None, c) for c in anciennes]
    return liste + [Operation("nouveau", None, c) for c in nouvelles]


def planifier(tables: dict[str, np.ndarray]) -> dict[str, list[Operation]]:
    """List the changes of every relève; all is new in the first one."""
    plan, avant = {}, Counter[Cellule]()
    for releve in RELEVES:
        apres = en_compteur(tables[releve], grille(releve))
        nouveau = releve if avant else "2022-S1"
        plan[releve] = operations(avant, apres, nouveau)
        avant = apres
    return plan


def planchers(tables: dict[str, np.ndarray]) -> dict[str, Counter[Cellule]]:
    """Give, for each relève, the least count that a cell keeps from then on: as many rows may be tied."""
    resultat: dict[str, Counter[Cellule]] = {}
    suivant: Counter[Cellule] | None = None
    for releve in reversed(RELEVES):
        present = en_compteur(tables[releve], grille(releve))
        suivant = present if suivant is None else present & suivant
        resultat[releve] = suivant
    return resultat
