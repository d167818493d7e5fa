"""Answers to the pairs of rows to be read: `params/releves/<releve>.rapprochements.csv`.

A line says of two rows, known by the fingerprint of their values, whether they are what they seem to be, and why.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.decides import (
    chemin_decide,
    composer_decides,
    fichiers_decides,
    juger_empreinte,
    juger_raison,
    lire_decides,
)
from barometre_lib.parametres.fichiers import rassembler
from barometre_lib.typographie import enumerer, simplifier
from barometre_lib.vocabulaire import Nature, Releve

SUFFIXE, COMMANDE = ".rapprochements.csv", "barometre rapprocher"
ENTETE = ("premier", "second", "nature", "verdict", "raison", "empreinte")
IDENTIFIANT = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Verdict(StrEnum):
    """Whether two rows are what they seem to be; a file holds its code, a workbook its label."""

    OUI = "oui"
    NON = "non"
    A_REVOIR = "a_revoir"  # open still

    @property
    def libelle(self) -> str:
        """Return the French words shown to people."""
        return "à revoir" if self is Verdict.A_REVOIR else self.value

    @classmethod
    def lire(cls, texte: str) -> "Verdict | None":
        """Return what a person typed, whatever its case and accents; None when it is no verdict."""
        return next((one for one in cls if simplifier(texte) in (simplifier(one.libelle), simplifier(one))), None)


@dataclass(frozen=True, order=True)
class Rapprochement:
    """The answer to one pair."""

    premier: str  # identifiers of the movements, in order
    second: str
    nature: Nature
    verdict: Verdict
    raison: str  # why, in French
    empreinte: str  # of the values of both rows
    origine: Releve  # relève in which it was given

    @property
    def cle(self) -> tuple[str, str]:
        """The pair, whatever its values."""
        return self.premier, self.second

    @property
    def dit(self) -> tuple[str, ...]:
        """What was decided, and why."""
        return self.nature, self.verdict, self.raison


def chemin_rapprochements(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where the answers of a relève stand, whether the file exists or not."""
    return chemin_decide(releve, SUFFIXE, dossier)


def lire_rapprochements(releve: Releve, dossier: Path | None = None) -> tuple[Rapprochement, ...]:
    """Return the answers given, in a relève and in the earlier ones, the nearest first.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, or answers of one file contradict each other; every fault is said.
    """
    files = fichiers_decides(releve, SUFFIXE, dossier)
    return tuple(one for file in rassembler(_lire, files) for one in file)


def composer_rapprochements(rapprochements: Iterable[Rapprochement]) -> bytes:
    """Return the file that answers make, sorted."""
    return composer_decides(ENTETE, rapprochements)


def contredire(reponses: Iterable[Rapprochement]) -> Iterator[tuple[Rapprochement, str]]:
    """Yield each answer that parts two rows which other answers join, with the sentence that names all of them."""
    told = [one for one in reponses if one.nature.un_seul]
    joined = dict[str, list[str]]()
    for one in told:
        if one.verdict is Verdict.OUI:
            joined.setdefault(one.premier, []).append(one.second)
            joined.setdefault(one.second, []).append(one.premier)
    for one in told:
        if one.verdict is Verdict.NON and (path := _relier(joined, *one.cle)):
            links = enumerer([f"{left} = {right}" for left, right in pairwise(path)])
            yield one, f"réponses contraires : {links}, mais {one.premier} ≠ {one.second} ; changez l'une d'elles"


def _relier(voisins: Mapping[str, Sequence[str]], depart: str, arrivee: str) -> list[str]:
    """Return the shortest chain of movements that joins two of them, nothing when none does."""
    before, waiting = {depart: ""}, deque([depart])
    while waiting and arrivee not in before:
        here = waiting.popleft()
        for other in voisins.get(here, ()):
            if other not in before:
                before[other] = here
                waiting.append(other)
    chain = [arrivee] if arrivee in before else []
    while chain and chain[-1] != depart:
        chain.append(before[chain[-1]])
    return chain[::-1]


def _lire(source: tuple[Releve, Path]) -> tuple[Rapprochement, ...]:
    releve, path = source
    read = lire_decides(path, ENTETE, _juger, partial(_faire, releve), COMMANDE)
    lines = {one.cle: number for number, one in read.items()}
    faults = [f"{afficher(path)}, ligne {lines[one.cle]} : {what}." for one, what in contredire(read.values())]
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return tuple(read.values())


def _faire(releve: Releve, row: Sequence[str]) -> Rapprochement:
    return Rapprochement(row[0], row[1], Nature(row[2]), Verdict(row[3]), row[4], row[5], releve)


def _juger(row: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong in a line."""
    first, second, kind, verdict, reason, print_of = row
    for name, value in (("premier", first), ("second", second)):
        if not IDENTIFIANT.fullmatch(value):
            yield f"« {name} » : trouvé {montrer(value)} ; attendu l'identifiant d'un mouvement"
    if first >= second:
        yield f"trouvé {montrer(first)} et {montrer(second)} ; attendu deux mouvements, dans l'ordre"
    if kind not in list(Nature):
        yield f"« nature » : trouvé {montrer(kind)} ; attendu {enumerer(list(Nature), 'ou')}"
    if verdict not in list(Verdict):
        yield f"« verdict » : trouvé {montrer(verdict)} ; attendu {enumerer(list(Verdict), 'ou')}"
    elif what := juger_raison(reason, exigee=verdict != Verdict.A_REVOIR):
        yield f"« raison » : trouvé {montrer(reason)} ; {what}"
    yield from juger_empreinte(print_of)
