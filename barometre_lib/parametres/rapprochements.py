"""Answers to the pairs of rows to be read: `params/releves/<releve>.rapprochements.csv`.

A line says of two rows, known by the fingerprint of their values, whether they are what they seem to be, and why. Those
that say how many movements they are change the count, by rule 9.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.decides import (
    chemin_decide,
    composer_decides,
    ecrire,
    en_vigueur,
    fichiers_decides,
    hacher,
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
# What an answer rests on; it falls when one of them changes.
COMPAREES = (
    *("type_mouvement", "nom_site", "entreprise", "siret", "code_commune", "code_naf", "statut"),
    *("date_annonce", "date_effet"),
)


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
    lieu: str = field(default="", compare=False)  # file and line, as shown to the user

    @property
    def cle(self) -> tuple[str, str]:
        """The pair, whatever its values."""
        return self.premier, self.second

    @property
    def dit(self) -> tuple[str, ...]:
        """What was decided, and why."""
        return self.nature, self.verdict, self.raison

    @property
    def pese(self) -> bool:
        """Whether it says how many movements the two rows are: it changes the count."""
        return self.nature.un_seul and self.verdict is not Verdict.A_REVOIR


def chemin_rapprochements(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where the answers of a relève stand, whether the file exists or not."""
    return chemin_decide(releve, SUFFIXE, dossier)


def fichiers_rapprochements(releve: Releve, dossier: Path | None = None) -> list[tuple[Releve, Path]]:
    """Return the files of answers that hold for a relève, its own first, then those of earlier relèves."""
    return fichiers_decides(releve, SUFFIXE, dossier)


def lire_rapprochements(releve: Releve, dossier: Path | None = None) -> tuple[Rapprochement, ...]:
    """Return the answers given, in a relève and in the earlier ones, the nearest first.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, or answers of one file contradict each other; every fault is said.
    """
    return tuple(one for file in rassembler(_lire, fichiers_rapprochements(releve, dossier)) for one in file)


def composer_rapprochements(rapprochements: Iterable[Rapprochement]) -> bytes:
    """Return the file that answers make, sorted."""
    return composer_decides(ENTETE, rapprochements)


def empreinte_paire(lignes: pd.DataFrame, *mouvements: str) -> str:
    """Return the fingerprint of the values by which two rows of a register, indexed by movement, are the same."""
    return hacher([[one, *(ecrire(lignes.at[one, name]) for name in COMPAREES)] for one in sorted(mouvements)])


def qui_tiennent(connus: Iterable[Rapprochement], lignes: pd.DataFrame) -> list[Rapprochement]:
    """Return the first answer to each pair whose rows are there, indexed by movement, and say what they said."""
    present = [one for one in connus if one.premier in lignes.index and one.second in lignes.index]
    return [one for one in en_vigueur(present).values() if empreinte_paire(lignes, *one.cle) == one.empreinte]


def tombees(connus: Sequence[Rapprochement], lignes: pd.DataFrame) -> list[Rapprochement]:
    """Return the nearest answer to each pair that would change the count and no longer holds."""
    held, last = {one.cle for one in qui_tiennent(connus, lignes)}, dict[tuple[str, str], Rapprochement]()
    for one in connus:
        last.setdefault(one.cle, one)
    return [one for one in last.values() if one.pese and one.cle not in held]


def refuser_contraires(reponses: Iterable[Rapprochement]) -> None:
    """Refuse answers that part two rows which other answers join.

    Raises
    ------
    ErreurBarometre
        They contradict each other: all the rows, files and lines are named.
    """
    faults, told = list[str](), [one for one in reponses if one.pese]
    joined = dict[str, dict[str, Rapprochement]]()
    for one in told:
        if one.verdict is Verdict.OUI:
            joined.setdefault(one.premier, {})[one.second] = one
            joined.setdefault(one.second, {})[one.premier] = one
    for one in told:
        if one.verdict is Verdict.NON and (path := _relier(joined, *one.cle)):
            links = [f"{left} = {right}{_situer(joined[left][right])}" for left, right in pairwise(path)]
            parted = f"{one.premier} ≠ {one.second}{_situer(one)}"
            faults.append(f"Réponses contraires : {enumerer(links)}, mais {parted} ; changez l'une d'elles.")
    if faults:
        raise ErreurBarometre("\n".join(faults))


def _situer(reponse: Rapprochement) -> str:
    return f" ({reponse.lieu})" if reponse.lieu else ""


def _relier(voisins: Mapping[str, Iterable[str]], depart: str, arrivee: str) -> list[str]:
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
    lines = lire_decides(path, ENTETE, _juger, partial(_faire, releve), COMMANDE).items()
    read = tuple(replace(one, lieu=f"{afficher(path)}, ligne {number}") for number, one in lines)
    refuser_contraires(read)
    return read


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
