"""The grid of counts: its axes, its file, and the dates of the relèves."""

from __future__ import annotations

import csv
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DOSSIER = Path(__file__).resolve().parent
REFERENCE = DOSSIER.parent / "reference"
COMPTES = DOSSIER / "comptes.csv"
RELEVES = ("2023-S2", "2024-S1", "2024-S2", "2025-S1", "2025-S2")
TYPES = ("ouverture", "extension", "fermeture", "reduction")
COLONNES = ("releve", "semestre", "region", "sous_secteur", "type_mouvement", "nombre")


def lire_csv(chemin: Path) -> list[dict[str, str]]:
    """Read a `;` separated file, every code kept as text."""
    with chemin.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux, delimiter=";"))


def ecrire(chemin: Path, texte: str) -> None:
    """Write beside the target, then replace it: a reader never sees half a file."""
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    provisoire.write_text(texte, encoding="utf-8", newline="\n")
    provisoire.replace(chemin)


def semestre_du(jour: str) -> str:
    """Give the semester of an ISO date, `2024-S1`."""
    return f"{jour[:4]}-S{1 if jour[5:7] <= '06' else 2}"


def premier_jour(semestre: str) -> dt.date:
    """Give the first day of a semester."""
    return dt.date(int(semestre[:4]), 1 if semestre.endswith("1") else 7, 1)


def dernier_jour(semestre: str) -> dt.date:
    """Give the last day of a semester, which is also the last day that a relève covers."""
    return dt.date(int(semestre[:4]), 6, 30) if semestre.endswith("1") else dt.date(int(semestre[:4]), 12, 31)


def semestres(releve: str) -> tuple[str, ...]:
    """List the semesters that a relève covers, from 2022-S1 to its own."""
    tous = [f"{annee}-S{numero}" for annee in range(2022, int(releve[:4]) + 1) for numero in (1, 2)]
    return tuple(s for s in tous if s <= releve)


@dataclass(frozen=True)
class Grille:
    """The four axes of the counts of one relève, in the order of the array."""

    releve: str
    semestres: tuple[str, ...]
    regions: tuple[str, ...]
    sous_secteurs: tuple[str, ...]
    types: tuple[str, ...] = TYPES

    @property
    def axes(self) -> tuple[tuple[str, ...], ...]:
        """Codes along each axis."""
        return (self.semestres, self.regions, self.sous_secteurs, self.types)

    @property
    def forme(self) -> tuple[int, ...]:
        """Shape of the array of counts."""
        return tuple(len(axe) for axe in self.axes)


def grille(releve: str) -> Grille:
    """Make the grid of a relève: its semesters × 18 regions × 16 sous_secteurs × 4 types."""
    return Grille(
        releve,
        semestres(releve),
        tuple(ligne["code"] for ligne in lire_csv(REFERENCE / "regions.csv")),
        tuple(ligne["sous_secteur"] for ligne in lire_csv(REFERENCE / "secteurs.csv")),
    )


def regions_outre_mer() -> frozenset[str]:
    """Give the codes of the five overseas regions."""
    return frozenset(r["code"] for r in lire_csv(REFERENCE / "regions.csv") if r["outre_mer"] == "true")


def lire_comptes(chemin: Path = COMPTES) -> dict[str, np.ndarray]:
    """Read `comptes.csv` as one integer array per relève, with the axes of `grille`."""
    tables = {releve: np.zeros(grille(releve).forme, dtype=int) for releve in RELEVES}
    rangs = {r: [{c: i for i, c in enumerate(axe)} for axe in grille(r).axes] for r in RELEVES}
    for ligne in lire_csv(chemin):
        codes = [ligne[colonne] for colonne in COLONNES[1:5]]
        cellule = tuple(rang[code] for rang, code in zip(rangs[ligne["releve"]], codes, strict=True))
        tables[ligne["releve"]][cellule] += int(ligne["nombre"])
    return tables


def ecrire_comptes(tables: dict[str, np.ndarray], chemin: Path = COMPTES) -> None:
    """Write the arrays as `comptes.csv`, zero cells omitted, in the order of the grids."""
    lignes = [";".join(COLONNES)]
    for releve, table in tables.items():
        axes = grille(releve).axes
        for cellule in np.argwhere(table):
            codes = [axe[i] for axe, i in zip(axes, cellule, strict=True)]
            lignes.append(";".join([releve, *codes, str(table[tuple(cellule)])]))
    ecrire(chemin, "\n".join(lignes) + "\n")
