"""An intruder, written apart from the package: what a firm works out of the public sums of several editions.

One variable a movement, one interval a published sum, linear programs; and random registers to try it on.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import fabrique
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from barometre_lib.barometre import Barometre
from barometre_lib.ecriture import en_csv
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.sommes_publiques import refuser_fuites, sommes_publiques

HAUSSES, BAISSES = ("ouverture", "extension"), ("fermeture", "reduction")
# Types, column of the register, unit to which sums are rounded, least unit.
MESURES = {
    "emplois_crees": (HAUSSES, "emplois", 50, 1.0),
    "emplois_supprimes": (BAISSES, "emplois", 50, 1.0),
    "investissement_meur": (HAUSSES, "investissement_meur", 10, 1e-6),
}
EDITIONS = ("2023-S2", "2024-S2", "2025-S2")
SECTEURS = ("agroalimentaire", "chimie", "textile", "sante")
Tables = dict[str, pd.DataFrame]


def famille(
    rows: list[dict[str, str]], codes: Sequence[str], dossier: Path, before: Sequence[Barometre] = ()
) -> list[Barometre]:
    """Return the same rows as several relèves of one folder, which holds nothing but their names."""
    family = list(before)
    for code in codes:
        (dossier / code).mkdir(parents=True, exist_ok=True)
        one = fabrique.barometre(rows, code)
        known = family[0].famille if family else {}
        family.append(Barometre(replace(one.registre, dossier=dossier), one.parametres, known))
    return family[len(before) :]


def famille_au_hasard(graine: int, dossier: Path) -> list[Barometre]:
    """Return three editions of a small random register: numbers and dates revised, movements added, lost, examples."""
    draw = random.Random(graine)
    firms, owners = [f"Firme {n}" for n in range(draw.randint(3, 14))], dict[int, str]()

    def number(most: int) -> int:
        return round(draw.paretovariate(draw.choice([0.6, 1.2, 3])) * draw.randint(1, 30)) % most

    def movement(rank: int) -> dict[str, Any]:
        kind = draw.choice([*HAUSSES, *BAISSES])
        year = draw.choice([2023, 2024, 2025])
        site = draw.choice([rank, rank, rank, draw.randint(0, 9)])
        return {
            "id_mouvement": f"M-{rank:04d}",
            "type_mouvement": kind,
            "nom_site": f"Site {site}",
            "entreprise": owners.setdefault(site, draw.choice([*firms, ""])),
            "assimilable_site": "oui" if kind in ("extension", "reduction") else "",
            "sous_secteur": draw.choice(SECTEURS[: draw.randint(1, 4)]),
            "date_effet": f"{year}-{draw.randint(1, 12):02d}-15",
            "emplois": draw.choice([number(3000), number(3000), number(60), 0, None]),
            "investissement_meur": draw.choice([number(900), number(40) / 10, None]),
            "citable": "oui",
        }

    rows = [movement(rank) for rank in range(draw.randint(8, 70))]
    family: list[Barometre] = []
    for code in EDITIONS:
        (one,) = famille(
            fabrique.lignes(*(row for row in rows if row["date_effet"] < f"{int(code[:4]) + 1}")),
            [code],
            dossier,
            family,
        )
        counted = one.decisions.query("compte")["id_mouvement"].tolist()
        fabrique.editer(one, exemples={"84": draw.sample(counted, min(len(counted), draw.choice([0, 0, 1, 3])))})
        family.append(one)
        for row in rows:
            if draw.random() < 0.1:
                row["emplois"] = number(3000)
            if draw.random() < 0.1:
                row["date_effet"] = f"{draw.choice([2023, 2024, 2025])}{row['date_effet'][4:]}"
        rows = [row for row in rows if draw.random() > 0.03]
        rows += [movement(1000 * len(family) + rank) for rank in range(draw.randint(0, 6))]
    return family


def publier(family: list[Barometre], dossier: Path) -> tuple[Tables, int]:
    """Put the public sums of editions in a folder, one after the other, each audited beside those in place.

    Examples of an edition that is refused are taken out, as the refusal says. Returns what was published, and how many
    editions were refused first.
    """
    tables, refused = {}, 0
    for one in family:
        target = dossier / str(one.releve)
        try:
            tables[str(one.releve)] = _poser(one, target)
        except ErreurBarometre:
            refused += 1
            tables[str(one.releve)] = _poser(fabrique.editer(one, exemples={}), target)
    return tables, refused


def _poser(one: Barometre, target: Path) -> pd.DataFrame:
    table = sommes_publiques(one)
    work = target.with_name(f".travail-{target.name}")
    (work / "tableaux").mkdir(parents=True, exist_ok=True)
    (work / "tableaux" / "emplois-investissement.csv").write_bytes(en_csv(table))
    refuser_fuites(work, target.parent, one)
    work.rename(target)
    return table


class Intrus:
    """What can be worked out of one measure, over every edition."""

    def __init__(self, family: list[Barometre], tables: Tables, mesure: str) -> None:
        self.types, self.colonne, self.pas, self.unite = MESURES[mesure]
        self.rang: dict[tuple[str, float], int] = {}
        self.site: list[str] = []
        self.firmes: list[set[str]] = []
        self.cibles: list[list[int]] = []
        self.cellules: list[tuple[str, list[int]]] = []
        told: set[tuple[str, float]] = set()
        intervals = []
        for one in family:
            rows = one.decisions
            rows = rows[rows["type_mouvement"].isin(self.types) & rows[self.colonne].notna()]
            chosen = [it.id for some in one.edition.exemples.values() for it in some]
            told |= {self._cle(row) for _, row in rows[rows["id_mouvement"].isin(chosen)].iterrows()}
            rows = rows[rows["compte"] & (rows["annee"] == str(one.releve)[:4])]
            of_site = defaultdict(list)
            for _, row in rows.iterrows():
                of_site[row["cle_site"]].append(self._variable(row))
            self.cibles += of_site.values()
            for _, line in tables[str(one.releve)].iterrows():
                code, value = line["secteur"], line[mesure]
                inside = [self._variable(row) for _, row in rows.iterrows() if code in ("FR", row["secteur"])]
                if isinstance(value, int):
                    intervals.append((inside, value - self.pas / 2, value + self.pas / 2 - self.unite))
                    self.cellules.append((f"{one.releve} {code}", inside))
        self.valeurs = np.array([value for _, value in self.rang])
        self.sommes = np.zeros((len(intervals), len(self.rang)))
        for n, (inside, _, _) in enumerate(intervals):
            self.sommes[n, inside] = 1
        self.bas, self.haut = (np.array([one[side] for one in intervals]) for side in (1, 2))
        self.dits = {self.rang[one] for one in told if one in self.rang}

    def _cle(self, row: Any) -> tuple[str, float]:
        return row["id_mouvement"], float(row[self.colonne])

    def _variable(self, row: Any) -> int:
        if self._cle(row) not in self.rang:
            self.rang[self._cle(row)] = len(self.rang)
            self.site.append(row["cle_site"])
            self.firmes.append({row["entreprise"]} if row["entreprise"] else {f"sans {row['cle_site']}", "sans"})
        return self.rang[self._cle(row)]

    def lecteurs(self) -> list[set[int]]:
        """Return what each reader knows, by variables: nobody's, each firm's, each site's without a firm."""
        names = set().union(*self.firmes)
        # A firm owns the whole of each of its sites.
        owned = [{self.site[n] for n, firms in enumerate(self.firmes) if name in firms} for name in sorted(names)]
        return [self.dits, *(self.dits | {n for n, site in enumerate(self.site) if site in own} for own in owned)]

    def attaquer(self) -> list[str]:
        """Return what is found: sums of too few, sites known exactly or to within 15 %."""
        found = []
        for known in self.lecteurs() if len(self.bas) else ():
            for label, inside in self.cellules:
                left = {n for n in inside if n not in known}
                firms = {min(self.firmes[n]) if "sans" not in self.firmes[n] else "sans" for n in left}
                if len({self.site[n] for n in left}) < 3 or len(firms) < 3:
                    found.append(f"{label} : trop peu")
            for target in self.cibles:
                unknown = [n for n in target if n not in known]
                if not unknown or any(self.site[n] in {self.site[k] for k in known - self.dits} for n in unknown):
                    continue
                value = self.valeurs[unknown].sum()
                for sign in (1, -1):
                    move = 0.15 * value if value else self.unite
                    if (value or sign > 0) and not self._temoin(unknown[0], sign * move, known, unknown):
                        bound = self._borne(unknown, sign, known)
                        if sign * bound < (sign + 0.15) * value - 1e-6:
                            found.append(f"{self.site[unknown[0]]} : {value}, {sign} {bound}")
        return found

    def _temoin(self, cell: int, move: float, known: set[int], unknown: list[int]) -> bool:
        """Tell whether another vector, checked against every sum, has this movement moved, one other taking it up."""
        for other in (None, *(n for n in range(len(self.valeurs)) if n not in known and n not in unknown)):
            vector = self.valeurs.copy()
            vector[cell] += move
            if other is not None:
                vector[other] -= move
            sums = self.sommes @ vector
            if (vector >= 0).all() and (sums <= self.haut + 1e-9).all() and (sums >= self.bas - 1e-9).all():
                return True
        return False

    def _borne(self, target: list[int], sign: int, known: set[int]) -> float:
        cost: NDArray[Any] = np.zeros(len(self.valeurs))
        cost[target] = -sign
        bounds = [(value, value) if n in known else (0, None) for n, value in enumerate(self.valeurs)]
        matrix, limits = np.vstack([self.sommes, -self.sommes]), np.concatenate([self.haut, -self.bas])
        solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=bounds)
        assert solved.status in (0, 3), solved.message
        if solved.status == 3:
            return float(np.inf)
        return float(-sign * solved.fun)


def attaquer(family: list[Barometre], tables: Tables) -> list[str]:
    """Return all that a reader works out of the public sums of a family of editions."""
    return [f"{name} {one}" for name in MESURES for one in Intrus(family, tables, name).attaquer()]
