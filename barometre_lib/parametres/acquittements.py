"""Acknowledgements: what was decided of the warnings of a relève, `params/releves/<releve>.acquittements.csv`.

A line says of one finding, known by the fingerprint of the values compared, what was decided and why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
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
from barometre_lib.parametres.edition import ACQUITTEMENTS, chemin_edition
from barometre_lib.parametres.fichiers import ouvrir_yaml, rassembler
from barometre_lib.typographie import enumerer, simplifier
from barometre_lib.vocabulaire import Releve

SUFFIXE = ".acquittements.csv"
COMMANDE = "barometre acquitter"


class Decision(StrEnum):
    """What the desk decided of a warning; a file holds its code, a workbook its label."""

    CORRIGE = "corrige"  # the register will be: the warning must go
    JUSTIFIE = "justifie"  # the register is right: the warning stops nothing
    A_REVOIR = "a_revoir"  # open still

    @property
    def libelle(self) -> str:
        """Return the French words shown to people."""
        return {"corrige": "corrigé", "justifie": "justifié", "a_revoir": "à revoir"}[self.value]

    @property
    def pluriel(self) -> str:
        """Return the same words of several."""
        return self.libelle if self is Decision.A_REVOIR else f"{self.libelle}s"

    @classmethod
    def lire(cls, texte: str) -> "Decision | None":
        """Return what a person typed, whatever its case and accents; None when it is no decision."""
        return next((one for one in cls if simplifier(texte) in (simplifier(one.libelle), simplifier(one))), None)


ATTENDUES = enumerer([one.libelle for one in Decision], "ou")


@dataclass(frozen=True, order=True)
class Acquittement:
    """What was decided of one finding."""

    controle: str  # name of the check
    reference: str  # movement, or region
    empreinte: str  # of the values compared
    decision: Decision
    raison: str  # why, in French; printed on the quality page
    origine: Releve  # relève in which it was decided

    @property
    def cle(self) -> tuple[str, str]:
        """What was found, whatever its values."""
        return self.controle, self.reference

    @property
    def dit(self) -> tuple[str, ...]:
        """What was decided, and why."""
        return self.decision, self.raison

    @property
    def justifie(self) -> bool:
        """Whether the warning stops nothing."""
        return self.decision is Decision.JUSTIFIE


ENTETE = [field.name for field in fields(Acquittement)]


def chemin_acquittements(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where what was decided of the warnings of a relève stands, whether the file exists or not."""
    return chemin_decide(releve, SUFFIXE, dossier)


def fichiers_acquittements(releve: Releve, dossier: Path | None = None) -> list[tuple[Releve, Path]]:
    """Return the files that hold for a relève, its own first, then those of earlier relèves, the nearest first."""
    return fichiers_decides(releve, SUFFIXE, dossier)


def lire_acquittements(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return what was decided, in a relève and in the earlier ones, in the order of `fichiers_acquittements`.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, or the edition has its acknowledgements yet; every fault is said.
    """
    edition = chemin_edition(releve, dossier)
    if edition.exists() and ACQUITTEMENTS in ouvrir_yaml(edition).donnees:
        what = f"n'est plus lu ; « barometre acquitter --convertir {releve} » le porte dans {releve}{SUFFIXE}"
        raise ErreurBarometre(f"{afficher(edition)}, {montrer(ACQUITTEMENTS)} : {what}.")
    return lire_tous(releve, dossier)


def lire_tous(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return the same, whatever the edition has yet."""
    return tuple(one for file in rassembler(_lire, fichiers_acquittements(releve, dossier)) for one in file)


def lire_fichier(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return what was decided in one relève, nothing when it has no file; see `lire_acquittements`."""
    path = chemin_acquittements(releve, dossier)
    return _lire((releve, path)) if path.exists() else ()


def composer(acquittements: Iterable[Acquittement]) -> bytes:
    """Return the file that acknowledgements make, sorted."""
    return composer_decides(ENTETE, acquittements)


def _lire(source: tuple[Releve, Path]) -> tuple[Acquittement, ...]:
    releve, path = source
    return tuple(lire_decides(path, ENTETE, partial(_juger, releve), partial(_faire, releve), COMMANDE).values())


def _faire(releve: Releve, row: Sequence[str]) -> Acquittement:
    return Acquittement(row[0], row[1], row[2], Decision(row[3]), row[4], releve)


def _juger(releve: Releve, row: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong in a line."""
    check, reference, print_of, decision, reason, origin = row
    if not check or not reference:
        yield "attendu un contrôle et une référence"
    yield from juger_empreinte(print_of)
    if decision not in list(Decision):
        yield f"« decision » : trouvé {montrer(decision)} ; attendu {enumerer(list(Decision), 'ou')}"
    elif what := juger_raison(reason, exigee=decision == Decision.JUSTIFIE):
        yield f"« raison » : trouvé {montrer(reason)} ; {what}"
    if origin != str(releve):
        yield f"« origine » : trouvé {montrer(origin)} ; attendu {releve}, la relève de ce fichier"
