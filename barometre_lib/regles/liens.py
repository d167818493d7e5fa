"""What the answers to pairs of rows say to rule 9: which movements are one, and which are two.

An answer joins, so that what it says goes from one movement to the next: through a row that other rules set aside too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import pandas as pd

from barometre_lib.parametres.rapprochements import (
    COMPAREES,
    Rapprochement,
    Verdict,
    qui_tiennent,
    refuser_contraires,
)
from barometre_lib.parametres.regles import ParametresRegles


@dataclass(frozen=True)
class Liens:
    """What answers say of movements."""

    unis: frozenset[tuple[str, str]] = frozenset()  # one movement
    separes: frozenset[tuple[str, str]] = frozenset()  # two, in the order of identifiers

    @classmethod
    def de(cls, reponses: Iterable[Rapprochement]) -> Self:
        """Return what answers that hold say, those that change the count.

        Raises
        ------
        ErreurBarometre
            They contradict each other.
        """
        told = [one for one in reponses if one.pese]
        refuser_contraires(told)
        return cls(*(frozenset(one.cle for one in told if one.verdict is said) for said in (Verdict.OUI, Verdict.NON)))

    def __bool__(self) -> bool:
        return bool(self.unis or self.separes)

    @property
    def mouvements(self) -> list[str]:
        """Identifiers that they name."""
        return sorted({name for pair in self.unis | self.separes for name in pair})

    def sites(self, lignes: pd.DataFrame) -> pd.Series:
        """Return the site of each row, `id_mouvement` and `cle_site`: those of rows that are one event are one."""
        key = dict(zip(lignes["id_mouvement"], lignes["cle_site"], strict=True))
        events = Evenements(self)
        together = Evenements()
        for name in self.mouvements:
            here = sorted({key[other] for other in events.de(name) if other in key})
            for other in here[1:]:
                together.unir(here[0], other)
        return lignes["cle_site"].map(lambda site: min(together.de(site))).astype("str")


AUCUN = Liens()


class Evenements:
    """Which movements are one event, each its own at first, but for those that answers join."""

    def __init__(self, liens: Liens = AUCUN) -> None:
        self._de: dict[str, set[str]] = {}
        self._separes = liens.separes
        for one, other in liens.unis:
            self._joindre(one, other)

    def de(self, mouvement: str) -> set[str]:
        """Return the movements of the event of one of them."""
        return self._de.setdefault(mouvement, {mouvement})

    def separe(self, un: str, autre: str) -> bool:
        """Tell whether an answer parts a movement of an event from one of the other."""
        return any((min(a, b), max(a, b)) in self._separes for a in self.de(un) for b in self.de(autre))

    def unir(self, un: str, autre: str) -> bool:
        """Make one event of two, unless they are parted, and tell whether they are one."""
        if self.separe(un, autre):
            return False
        self._joindre(un, autre)
        return True

    def _joindre(self, un: str, autre: str) -> None:
        if autre not in self.de(un):
            whole = self.de(un) | self.de(autre)
            self._de.update(dict.fromkeys(whole, whole))


def lire_liens(mouvements: Any, parametres: ParametresRegles) -> Liens:
    """Return what the answers of a relève say of its rows, those alone that hold.

    Raises
    ------
    ErreurBarometre
        Answers that hold contradict each other.
    """
    told = parametres.rapprochements
    if not told:
        return AUCUN
    named = sorted({name for one in told for name in one.cle})
    rows = en_pandas(nw.from_native(mouvements).filter(nw.col("id_mouvement").is_in(named)), "id_mouvement", *COMPAREES)
    return Liens.de(qui_tiennent(told, rows.set_index("id_mouvement")))


def en_pandas(table: Any, *colonnes: str) -> pd.DataFrame:
    """Bring columns of a few rows to pandas, whatever engine has them."""
    chosen = table.select(*colonnes)
    frame = chosen.collect("pandas") if isinstance(chosen, nw.LazyFrame) else chosen
    return pd.DataFrame(frame.to_dict(as_series=False), columns=list(colonnes))
