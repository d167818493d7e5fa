"""How far a balance may still move at the next relève, from the first revisions known: what is offered, and its words.

Internal, and never beside a headline. `make epreuves` measures the coverage of each interval of `OFFRES`, and fails
where one misses: it then leaves the table.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from barometre_lib.typographie import NOMBRES, enumerer, majuscule, nombre, signe

DE_GRANULARITE = {"annee": "d'année", "semestre": "de semestre"}
TROP_PEU = "trop peu pour dire de combien le solde peut encore bouger"
INCOMPLET = "Le solde n'est pas celui de toutes les régions : on ne peut dire de combien il peut encore bouger."
SIGNE_NON_ETABLI = "Le signe n'est pas établi."


@dataclass(frozen=True)
class Offre:
    """What is offered from a number of past first revisions on, until the next offer."""

    depuis: int
    student: tuple[int, ...]  # probabilities, in %, of Student's prediction intervals; none: least to most
    regions: bool  # whether of regions too


OFFRES = (Offre(3, (), regions=False), Offre(9, (50, 80), regions=True), Offre(19, (50, 80, 90), regions=True))


@dataclass(frozen=True)
class Intervalle:
    """Two whole numbers between which the next revision falls, with a probability in %."""

    probabilite: float
    bas: int
    haut: int


def encadrer(revisions: Sequence[int], *, regional: bool = False) -> list[Intervalle]:
    """Return what the next first revision may be, from the past ones of one granularity; nothing when they are too few.

    The next of n + 1 alike is outside the least and the most of the n others twice in n + 1 times. Student's
    prediction interval is rounded outwards.
    """
    n = len(revisions)
    offers = [one for one in OFFRES if n >= one.depuis]
    if not offers or (regional and not offers[-1].regions):
        return []
    if not offers[-1].student:
        return [Intervalle(100 * (n - 1) / (n + 1), min(revisions), max(revisions))]
    from scipy.special import stdtrit  # long to import

    past = pd.Series(revisions, dtype="float64")
    spread = past.std(ddof=1) * math.sqrt(1 + 1 / n)
    halves = [(share, spread * float(stdtrit(n - 1, 0.5 + share / 200))) for share in offers[-1].student]
    return [Intervalle(share, math.floor(past.mean() - half), math.ceil(past.mean() + half)) for share, half in halves]


def dire(revisions: Sequence[int], solde: int, granularite: str, *, regional: bool = False) -> str:
    """Say how far a balance first published now may move at the next relève, or why nothing can be said."""
    n, known, what = len(revisions), ", ".join(map(signe, revisions)), DE_GRANULARITE[granularite]
    found = encadrer(revisions, regional=regional)
    if not found:
        few = {0: f"Aucune première révision {what} n'est connue", 1: f"Une première révision {what} est connue"}
        said = few.get(n, f"{majuscule(_letters(n))} premières révisions {what} sont connues")
        return f"{said}{known and f' ({known})'} : {TROP_PEU}."
    places = [
        f"entre {signe(solde + one.bas)} et {signe(solde + one.haut)}, avec une probabilité d'environ "
        f"{nombre(one.probabilite)} %"
        for one in found
    ]
    after = "," if len(places) > 1 else ""
    said = (
        f"Les {_letters(n)} premières révisions connues vont de {signe(min(revisions))} à {signe(max(revisions))} : "
        f"une révision de cet ordre le placerait {enumerer(places)}{after} si les relèves se ressemblent."
    )
    unsure = any(solde + one.bas <= 0 <= solde + one.haut for one in found)
    return f"{said} {SIGNE_NON_ETABLI}" if unsure else said


def dire_du_triangle(vintages: pd.DataFrame, periode: str) -> str:
    """Say it of a period, from the vintages of the net of one territory; nothing unless its last one is its first."""
    own, (region, *_) = vintages[vintages["periode"] == periode], vintages["region"]
    last = own.iloc[-1]
    if last["groupee"] or pd.isna(last["horizon"]) or last["horizon"] > 0:
        return ""
    if last["hors"]:
        return INCOMPLET
    alike = vintages[vintages["granularite"].eq(last["granularite"]) & ~vintages["groupee"] & vintages["horizon"].eq(1)]
    past = alike["revision"].dropna().astype("int64").tolist()
    return dire(past, int(last["valeur"]), last["granularite"], regional=bool(region))


def _letters(n: int) -> str:
    return NOMBRES[n] if n < len(NOMBRES) else nombre(n)
