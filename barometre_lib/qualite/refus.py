"""What the gate says when it refuses: each row at fault, where it is, what was expected, what to do."""

from collections.abc import Iterator, Sequence
from typing import Self

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import Defaut, RegistreRefuse
from barometre_lib.parametres.edition import chemin_edition
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.suites import Gravite
from barometre_lib.typographie import accorder, typographier

# Rows told one by one for each check; a terminal holds no more.
LIGNES_DITES = 50


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
    phrases = [*bilan.annonces, *(phrase for result in stopping for phrase in dire_resultat(result))]
    waiting = [result for result in stopping if result.controle.gravite is Gravite.AVERTISSEMENT]
    if waiting:
        phrases += list(_advice(waiting, bilan))
    raise ControleRefuse(defects, phrases)


def _defauts(resultat: Resultat, textes: pd.DataFrame) -> Iterator[Defaut]:
    check = resultat.controle
    values = dict(zip(zip(textes["fichier"], textes["ligne"], strict=True), textes[check.colonne], strict=True))
    for one in resultat.constats:
        value = values[one.fichier, one.ligne]
        yield Defaut(one.fichier, one.ligne, check.colonne, value, f"attendu {check.attendu}")


def dire_resultat(resultat: Resultat) -> Iterator[str]:
    """Yield what a check found and what was expected, then where: a line for each row that nobody acknowledged."""
    check = resultat.controle
    label = check.libelle[0].lower() + check.libelle[1:]
    yield f"{check.gravite.libelle} {check.nom} : {label} ; attendu {check.attendu}."
    yield from (f"  {_place(constat)}" for constat in resultat.en_attente[:LIGNES_DITES])
    left = len(resultat.en_attente) - LIGNES_DITES
    if left > 0:
        yield f"  … et {accorder(left, 'autre ligne', 'autres lignes')}"


def _place(constat: Constat) -> str:
    if constat.ligne:
        return f"{constat.fichier}, ligne {constat.ligne}, {constat.reference}"
    return f"Région {constat.reference}" if constat.region else constat.reference


def _advice(waiting: Sequence[Resultat], bilan: Bilan) -> Iterator[str]:
    rows = sum(len(result.en_attente) for result in waiting)
    stale = {one.controle for one in bilan.sans_objet if one.nombre is not None}
    for result in waiting:
        if result.controle.nom in stale:
            found = len(result.constats)
            yield (
                f"{result.controle.nom} : l'acquittement porte sur un autre nombre de lignes ; "
                f"il y en a maintenant {found}, relisez-les."
            )
    yield (
        f"{accorder(rows, 'avertissement', 'avertissements')} à corriger dans le registre ou, si le registre a raison, "
        f"à acquitter dans {afficher(chemin_edition(bilan.releve))}, « acquittements », par exemple :"
    )
    for result in waiting:
        told = ", ".join(f'"{one.reference}"' for one in result.en_attente[:LIGNES_DITES])
        yield f'  - {{controle: {result.controle.nom}, references: [{told}], raison: "…"}}'
