"""What the gate says when it refuses: each blocking row, where it is, what was expected; what warns, and what to do."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Self

import pandas as pd

from barometre_lib.erreurs import Defaut, RegistreRefuse
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.suites import Gravite
from barometre_lib.typographie import accorder, enumerer, minuscule, typographier


class ControleRefuse(RegistreRefuse):
    """A register that the gate does not let through: departures from the contract, then what the other suites found."""

    def __init__(self, defauts: Sequence[Defaut], phrases: Sequence[str]) -> None:
        super().__init__(defauts)
        self.phrases = list(phrases)
        self.args = (typographier("\n".join([*map(str, self.defauts), *self.phrases])),)

    def __reduce__(self) -> tuple[type[Self], tuple[list[Defaut], list[str]]]:  # type: ignore[override]
        """Let the exception come back whole from another process."""
        return type(self), (self.defauts, self.phrases)


def refuser(bilan: Bilan, textes: pd.DataFrame) -> None:
    """Refuse a register in which something stops publication, `textes` being its rows as they were written.

    Raises
    ------
    ControleRefuse
        There is a defect, a blocking check with a row at fault, or a warning that nobody acknowledged.
    """
    # Of a cell that stops everything its author is told the value, which is in the register alone.
    cells = [one for one in bilan.arrets if one.controle.gravite is Gravite.BLOQUANT and one.controle.colonne]
    defects = [defect for one in cells for defect in _defauts(one, textes)]
    stopping = [result for result in bilan.arrets if result not in cells]
    if not defects and not stopping:
        return
    waiting = [one for one in stopping if one.controle.gravite is Gravite.AVERTISSEMENT]
    blocking = [one for one in stopping if one not in waiting]
    phrases = [*bilan.annonces, *(phrase for result in blocking for phrase in dire_resultat(result))]
    if waiting:
        phrases += _dire_attente(waiting, bilan)
    raise ControleRefuse(defects, phrases)


def _defauts(resultat: Resultat, textes: pd.DataFrame) -> Iterator[Defaut]:
    check = resultat.controle
    values = dict(zip(zip(textes["fichier"], textes["ligne"], strict=True), textes[check.colonne], strict=True))
    for one in resultat.constats:
        value = values[one.fichier, one.ligne]
        yield Defaut(one.fichier, one.ligne, check.colonne, value, f"attendu {check.attendu}")


def dire_resultat(resultat: Resultat) -> Iterator[str]:
    """Yield what a check found and what was expected, then where: a line for each row that nobody justified."""
    check = resultat.controle
    yield f"{check.gravite.libelle} {check.nom} : {minuscule(check.libelle)} ; attendu {check.attendu}."
    yield from (f"  {_place(constat)}" for constat in resultat.en_attente)


def _place(constat: Constat) -> str:
    if constat.ligne:
        return f"{constat.fichier}, ligne {constat.ligne}, {constat.reference}"
    return f"Région {constat.reference}" if constat.region else constat.reference


def _dire_attente(waiting: Sequence[Resultat], bilan: Bilan) -> Iterator[str]:
    """Yield how many rows each check warns of, which of them had a reason, and how to work on them."""
    for one in waiting:
        rows = accorder(len(one.en_attente), "à relire", "à relire")
        yield f"{one.controle.gravite.libelle} {one.controle.nom} : {minuscule(one.controle.libelle)} ; {rows}."
        yield from dire_tombees(one)
    rows = accorder(sum(len(one.en_attente) for one in waiting), "avertissement", "avertissements")
    yield (
        f"{rows} à corriger dans le registre ou, si le registre a raison, à justifier : "
        f"« barometre controler {bilan.releve} --avertissements DIR » en fait des classeurs, "
        "« barometre acquitter FICHIER… » les relit."
    )


def dire_tombees(resultat: Resultat) -> Iterator[str]:
    """Yield which rows lost their reason, a sentence for each relève in which they had it."""
    fallen = sorted(resultat.tombees.items(), key=lambda one: (one[1].origine, one[0]))
    for origin, rows in groupby(fallen, key=lambda one: one[1].origine):
        names = [name for name, _ in rows]
        were = "a été justifié" if len(names) == 1 else "ont été justifiés"
        yield f"Une valeur a changé depuis que {enumerer(names)} {were} en {origin}."
