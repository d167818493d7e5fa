"""What numbers learnt after the draw moved: sous_secteurs of a few rows, in the last semester of a relève.

A retouche leaves the margins by semester, region and type as they were drawn; the row keeps its identifier, place,
dates and figures, in every relève that knows it. `comptes.csv` has the retouches in; the draw of the rows has not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from grille import DOSSIER, RELEVES, TYPES, Grille, ecrire, grille, lire_csv, semestre_du
from lignes import Fabrique, Ligne
from mouvements import Mouvement
from plan import Cellule

RETOUCHES = DOSSIER / "retouches.csv"


class Retouche(NamedTuple):
    """One movement of the last semester of a relève that goes from a sous_secteur to another."""

    releve: str
    region: str
    type_mouvement: str
    de: str
    vers: str

    def cellule(self, sous_secteur: str) -> Cellule:
        """Give the cell that the movement leaves or enters."""
        return Cellule(self.releve, self.region, sous_secteur, self.type_mouvement)


class Vue(NamedTuple):
    """A row as a relève knows it, and whether it counts there."""

    mouvement: Mouvement
    compte: bool
    ligne: Ligne

    @property
    def cellule(self) -> Cellule:
        """Give the cell of the row as it is written."""
        return Cellule(
            semestre_du(self.ligne["date_effet"]),
            self.mouvement.region,
            self.ligne["sous_secteur"],
            self.ligne["type_mouvement"],
        )


def lire_retouches(chemin: Path = RETOUCHES) -> list[Retouche]:
    """Read the moves that the draw of the rows does not know."""
    return [Retouche(**ligne) for ligne in lire_csv(chemin)]


def ecrire_retouches(retouches: Sequence[Retouche], chemin: Path = RETOUCHES) -> None:
    """Write the moves, one a line."""
    ecrire(chemin, "\n".join(";".join(r) for r in [Retouche._fields, *retouches]) + "\n")


def deduire(axes: Grille, avant: np.ndarray, apres: np.ndarray) -> list[Retouche]:
    """List the moves between two tables of one relève whose margins by region and type are equal."""
    ecart, liste = (apres - avant)[-1], []
    for rang, region in enumerate(axes.regions):
        for numero, type_mouvement in enumerate(TYPES):
            colonne = ecart[rang, :, numero]
            departs, arrivees = (
                np.repeat(axes.sous_secteurs, np.clip(signe * colonne, 0, None)).tolist() for signe in (-1, 1)
            )
            liste += [
                Retouche(axes.releve, region, type_mouvement, de, vers)
                for de, vers in zip(departs, arrivees, strict=True)
            ]
    return liste


def retoucher(tables: Mapping[str, np.ndarray], retouches: Sequence[Retouche], unite: int = 1) -> dict[str, np.ndarray]:
    """Move the counts of each relève that knows the movements; `unite` -1 gives back the table as drawn."""
    resultat = {releve: table.copy() for releve, table in tables.items()}
    for retouche in retouches:
        for releve in RELEVES[RELEVES.index(retouche.releve) :]:
            for sous_secteur, sens in ((retouche.de, -unite), (retouche.vers, unite)):
                axes = grille(releve).axes
                codes = retouche.cellule(sous_secteur)
                resultat[releve][tuple(axe.index(code) for axe, code in zip(axes, codes, strict=True))] += sens
    return resultat


def deplacables(vues: Mapping[str, Sequence[Vue]], releve: str) -> dict[Cellule, list[Mouvement]]:
    """Give the rows that a relève and the later ones count in one cell of its last semester, alone on their site."""
    suivantes = RELEVES[RELEVES.index(releve) :]
    durees = Counter((v.mouvement, v.cellule) for r in suivantes for v in vues[r] if v.compte)
    libres = defaultdict(list)
    for (mouvement, cellule), duree in durees.items():
        if cellule.semestre == releve and duree == len(suivantes) and not mouvement.lie:
            libres[cellule].append(mouvement)
    return libres


def retoucher_lignes(fabrique: Fabrique, vues: Mapping[str, Sequence[Vue]], retouches: Sequence[Retouche]) -> None:
    """Give rows another sous_secteur, and the name, the NAF code and the trade that suit it."""
    for retouche in retouches:
        choisi = fabrique.alea.choice(deplacables(vues, retouche.releve)[retouche.cellule(retouche.de)])
        site = fabrique.site(retouche.region, retouche.vers, choisi.site.lieu)
        neuf = {c: getattr(site, c) for c in ("nom_site", "entreprise", "code_naf", "activite")}
        capacite = fabrique.capacite(retouche.vers)
        for ligne in (v.ligne for toutes in vues.values() for v in toutes if v.mouvement is choisi):
            ligne.update(neuf, sous_secteur=retouche.vers, capacite=ligne["capacite"] and capacite)
