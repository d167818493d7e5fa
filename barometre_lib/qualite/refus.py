"""What the gate says when it refuses: each row at fault, where it is, what was expected, what to do."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import Defaut, RegistreRefuse
from barometre_lib.qualite.bilan import Bilan, Constat, Resultat
from barometre_lib.qualite.suites import TABLE_CONTRAT, Gravite
from barometre_lib.typographie import accorder, typographier

# Rows told one by one for each check; a terminal holds no more.
LIGNES_DITES = 50


class ControleRefuse(RegistreRefuse):
    """A register that the gate does not let through.

    Parameters
    ----------
    defauts : sequence of Defaut
        Departures from the contract.
    phrases : sequence of str
        What the other suites found, and what to do.
    """

    def __init__(self, defauts: Sequence[Defaut], phrases: Sequence[str]) -> None:
        super().__init__(defauts)
        self.phrases = list(phrases)
        self.args = (typographier("\n".join([*map(str, self.defauts), *self.phrases])),)

    def __reduce__(self) -> tuple[type[Self], tuple[list[Defaut], list[str]]]:  # type: ignore[override]
        """Let the exception come back whole from another process."""
        return type(self), (self.defauts, self.phrases)


def refuser(bilan: Bilan, defauts: Sequence[Defaut], edition: Path) -> None:
    """Refuse a register in which something stops publication.

    Parameters
    ----------
    bilan : Bilan
        What the suites found.
    defauts : sequence of Defaut
        Departures from the contract, with the values found.
    edition : Path
        File where warnings are acknowledged.

    Raises
    ------
    ControleRefuse
        There is a defect, a blocking check with a row at fault, or a warning that nobody acknowledged.
    """
    # Those of the contract are told as defects, with what was found.
    stopping = [result for result in bilan.arrets if result.controle.table != TABLE_CONTRAT]
    if not defauts and not stopping:
        return
    phrases = [phrase for result in stopping for phrase in dire_resultat(result)]
    waiting = [result for result in stopping if result.controle.gravite is Gravite.AVERTISSEMENT]
    if waiting:
        phrases += list(_advice(waiting, bilan, edition))
    raise ControleRefuse(defauts, phrases)


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


def _advice(waiting: Sequence[Resultat], bilan: Bilan, edition: Path) -> Iterator[str]:
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
        f"à acquitter dans {afficher(edition)}, « acquittements », par exemple :"
    )
    for result in waiting:
        told = ", ".join(f'"{one.reference}"' for one in result.en_attente[:LIGNES_DITES])
        yield f'  - {{controle: {result.controle.nom}, references: [{told}], raison: "…"}}'
