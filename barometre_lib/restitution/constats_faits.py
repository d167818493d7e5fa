"""Facts that the words of a page tell: counts of a period and of the same one before, rank, best and worst."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Self

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.tableaux import trier_par_libelle
from barometre_lib.typographie import enumerer, nombre
from barometre_lib.vocabulaire import MESURES_BRUTES, MESURES_HAUSSE, maille_de

# A component is said to carry a change when no more than so many equal it.
PORTEUSES_MAX = 2
# So many sectors or territories are named at each end, and none where equals would make them more than the most.
NOMMES, NOMMES_MAX = 2, 3
# Alone, a region is not ranked.
REGIONS_MIN = 2


class Compte(NamedTuple):
    """The movements of a territory over a period."""

    ouvertures: int
    extensions: int
    fermetures: int
    reductions: int

    @classmethod
    def lire(cls, contexte: Contexte, comptes: pd.DataFrame, periode: str) -> Self | None:
        """Add up the counts of a period, None where they are not known.

        `comptes` by period and territory. Those of France leave out, over every period, the regions that do not say all
        of the edition's own: what is compared is of the same regions.
        """
        column = maille_de(periode)
        if not periode or column not in comptes:
            return None
        kept = comptes[comptes[column] == periode]
        if contexte.region is None:
            kept = kept[~kept["region"].isin(contexte.lacunes.regions(contexte.periode))]
        counts = kept[list(MESURES_BRUTES)]
        if counts.empty or counts.isna().to_numpy().any():
            return None
        return cls(*(int(counts[measure].sum()) for measure in MESURES_BRUTES))

    @property
    def net(self) -> int:
        """Openings and extensions, less closures and reductions."""
        return self.strict + self.extensions - self.reductions

    @property
    def strict(self) -> int:
        """Openings less closures."""
        return self.ouvertures - self.fermetures

    def mesure(self, nom: str) -> int:
        """Return a component, or a balance, by the name of its column."""
        value: int = {"solde_net": self.net, "solde_strict": self.strict, **self._asdict()}[nom]
        return value

    @property
    def mouvements(self) -> int:
        """All movements."""
        return sum(self)


def porteuses(avant: Compte, compte: Compte) -> list[str]:
    """Return the components that changed most, those that went the way of the net alone where some did."""
    changes = {name: compte.mesure(name) - avant.mesure(name) for name in MESURES_BRUTES}
    most = max(map(abs, changes.values()))
    found = [name for name, change in changes.items() if most and abs(change) == most]
    way = compte.net - avant.net
    same = [name for name in found if contribution(name, changes[name]) * way > 0]
    return same or found


def porteuse(avant: Compte, compte: Compte) -> str:
    """Return the component that alone did most for the change of the net, empty where several did as much."""
    way = 1 if compte.net > avant.net else -1
    done = {name: way * contribution(name, compte.mesure(name) - avant.mesure(name)) for name in MESURES_BRUTES}
    most = max(done.values())
    first, *others = (name for name, one in done.items() if one == most)
    return "" if others else first


def contribution(mesure: str, ecart: int) -> int:
    """Return what a change of a component adds to the net."""
    return ecart if mesure in MESURES_HAUSSE else -ecart


class Rang(NamedTuple):
    """The place of a region among those that are ranked."""

    rang: int
    autres: list[str]  # articles and names of its equals

    @classmethod
    def lire(cls, contexte: Contexte, classement: pd.DataFrame) -> Self | None:
        """Return the place of the page's region, None when it has none."""
        code = contexte.region.code if contexte.region else ""
        own = classement[classement["region"] == code]
        if own.empty or len(classement) < REGIONS_MIN:
            return None
        rank = int(own["rang"].iloc[0])
        equals = classement[(classement["rang"] == rank) & (classement["region"] != code)]
        others = sorted((contexte.nomenclatures.regions[one] for one in equals["region"]), key=lambda one: one.nom)
        return cls(rank, [one.article for one in others])


def extremes(
    comptes: pd.DataFrame, libelles: Mapping[str, str], seuil: int, nommes: int = NOMMES
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the highest nets and the lowest by label, from a threshold on; the first column of `comptes` is the code.

    So many at each end, with what equals the last one; the first alone, with its equals, where these would be too many.
    """
    known = trier_par_libelle(comptes.dropna(subset=["solde_net"]), libelles)
    nets = dict(zip(known.iloc[:, 0].map(lambda code: libelles[code]), known["solde_net"].astype("int64"), strict=True))
    high, low = (_bout({name: way * net for name, net in nets.items()}, seuil, nommes) for way in (1, -1))
    return high, {name: -net for name, net in low.items()}


def _bout(nets: Mapping[str, int], seuil: int, nommes: int) -> dict[str, int]:
    ordered = sorted((name for name, net in nets.items() if net >= seuil), key=lambda name: -nets[name])
    kept = dict[str, int]()
    for place in range(min(nommes, len(ordered)), 0, -1):
        kept = {name: int(nets[name]) for name in ordered if nets[name] >= nets[ordered[place - 1]]}
        if len(kept) <= NOMMES_MAX:
            break
    return kept


def nommer(noms: Collection[str], pluriel: str = "") -> str:
    """Name what comes first or last, or say how many equals do."""
    return enumerer(noms) if len(noms) <= NOMMES_MAX else f"{nombre(len(noms))}{pluriel and ' '}{pluriel} ex æquo"
