"""Whether the intervals of the next revision hold it as often as they say. Run by `make epreuves`.

Each trial draws past first revisions of the net and the next one: Poisson counts of the four types, of which some
come late and some are withdrawn, at rates that change from one relève to the next (campaign effect: standard
deviation of their logarithm). Every interval offered is measured; one under its probability less 3 points fails, and
then leaves `OFFRES`.
"""

import math
import os
from collections import defaultdict

import numpy as np
from rapport import ecrire_section, tableau

from barometre_lib.millesimes.intervalles import encadrer

TIRAGES = int(os.environ.get("COUVERTURE", "4000"))
# About those of a published year, with the sign of each type.
MOYENNES = ((50, 1), (78, 1), (65, -1), (32, -1))
TARDIFS, RETIRES = 0.045, 0.035
NOMBRES, EFFETS = (3, 4, 9, 19), (0.0, 0.35, 0.7)
MARGE = 3


def tirer(hasard: np.random.Generator, effet: float, nombre: int) -> list[int]:
    """Draw first revisions of the net, one for each relève; what comes late shares one effect over the four types."""
    drawn = []
    for _ in range(nombre):
        late, moved = hasard.normal(0, effet), 0
        for mean, sign in MOYENNES:
            counted, gone = hasard.poisson(mean), hasard.normal(0, effet)
            added = hasard.poisson(TARDIFS * counted * math.exp(late - effet**2 / 2))
            moved += sign * (added - hasard.binomial(counted, min(1, RETIRES * math.exp(gone - effet**2 / 2))))
        drawn.append(int(moved))
    return drawn


def mesurer(hasard: np.random.Generator, nombre: int, effet: float, tirages: int) -> dict[float, float]:
    """Return, in %, how often each interval offered holds the next revision, by its probability."""
    held = defaultdict[float, int](int)
    for _ in range(tirages):
        *past, following = tirer(hasard, effet, nombre + 1)
        for one in encadrer(past):
            held[one.probabilite] += one.bas <= following <= one.haut
    return {probability: 100 * count / tirages for probability, count in held.items()}


def main() -> int:
    """Measure and write; the exit code is 1 when an interval misses."""
    rows, missed = [], 0
    for number in NOMBRES:
        for effect in EFFETS:
            for nominal, covered in mesurer(np.random.default_rng(7), number, effect, TIRAGES).items():
                misses = covered < nominal - MARGE
                missed += misses
                rows.append((number, f"{effect:g}", f"{nominal:.0f}", f"{covered:.1f}", f"{covered - nominal:+.1f}"))
                print(*rows[-1], "manqué" if misses else "", sep="\t", flush=True)
    ecrire_section(
        "couverture",
        "How often the intervals of the next revision hold it",
        f"""{TIRAGES} draws a row; {missed} intervals under their probability less {MARGE} points. Above it: whole
numbers, rounded outwards.

{tableau(["past first revisions", "campaign effect", "said, %", "held, %", "points"], rows)}""",
    )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
