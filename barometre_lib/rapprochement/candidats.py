"""Which pairs of rows are compared at all: blocks of rows that share a key, so that memory and time stay bounded."""

from collections.abc import Callable, Collection, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

JOURS_MAX = 365
# Rows compared at once with all those of their group: bounds the memory that the comparison takes.
BLOC = 512
# Names as like as that, in one département, are compared further; so are SIRETs that so few signs part.
RESSEMBLANCE, SIGNES_SIRET = 80, 2
Rangs = NDArray[np.intp]
# Rows of a block and of its group to which of them are near.
Proche = Callable[[Rangs, Rangs], NDArray[np.bool_]]


def chercher_candidats(signes: pd.DataFrame, lies: Collection[tuple[str, str]] = ()) -> tuple[Rangs, Rangs]:
    """Return the ranks of the two rows of each pair to compare, each pair once, the first rank the smaller.

    At most `JOURS_MAX` apart where both days are known, of one SIREN or one firm, or near in one département: commune,
    postal code, a word, name or SIRET; or of SIRETs that are linked.
    """
    n, days = len(signes), signes["jour"].to_numpy()
    columns = {name: signes[name].to_numpy(dtype=object) for name in ("commune", "zone", "nom", "colle", "siret")}

    def near(block: Rangs, group: Rangs) -> NDArray[np.bool_]:
        close: NDArray[np.bool_] = columns["zone"][block][:, np.newaxis] == columns["zone"][group]
        close |= columns["commune"][block][:, np.newaxis] == columns["commune"][group]
        for name in ("nom", "colle"):
            one, other = columns[name][block], columns[name][group]
            alike = process.cdist(one, other, scorer=fuzz.ratio, score_cutoff=RESSEMBLANCE, dtype=np.uint8)
            close |= (alike >= RESSEMBLANCE) & (one != "")[:, np.newaxis]
        one, other = columns["siret"][block], columns["siret"][group]
        apart = process.cdist(one, other, scorer=OSA.distance, score_cutoff=SIGNES_SIRET, dtype=np.uint8)
        close |= (apart <= SIGNES_SIRET) & (one != "")[:, np.newaxis]
        return close

    told = zip(signes["departement"], signes["nom"], signes["firme"], strict=True)
    words = pd.Series([[f"{place} {word}" for word in {*name.split(), *firm.split()}] for place, name, firm in told])
    # A key of its own for each pair of linked SIRETs.
    links = pd.DataFrame(
        [(siret, f"{pair}") for pair in lies for siret in pair], columns=["siret", "lien"], dtype="str"
    )
    linked = signes["siret"].map(links.groupby("siret")["lien"].agg(list)).explode()
    keys = [
        (linked, None),
        (signes["siren"], None),
        (signes["firme"], None),
        (words.explode(), None),
        (signes["departement"], near),
    ]
    found = [first * n + second for key, proche in keys for first, second in _apparier(key, days, proche)]
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)
    return pairs // max(n, 1), pairs % max(n, 1)


def _apparier(cle: pd.Series, jours: NDArray[np.float64], proche: Proche | None) -> Iterator[tuple[Rangs, Rangs]]:
    """Yield the pairs of rows that share a key which is not empty, and that are near in time and otherwise."""
    filled = cle[cle.notna() & (cle != "")]
    ranks = filled.index.to_numpy()
    for group in (ranks[places] for places in filled.groupby(filled).indices.values()):
        for start in range(0, len(group) if len(group) > 1 else 0, BLOC):
            block = group[start : start + BLOC]
            kept = block[:, np.newaxis] < group
            # A day that is not known stands in no way.
            kept &= ~(np.abs(jours[block][:, np.newaxis] - jours[group]) > JOURS_MAX)
            if proche is not None and kept.any():
                kept &= proche(block, group)
            first, second = np.nonzero(kept)
            yield block[first], group[second]
