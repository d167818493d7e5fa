"""The gate itself: have the suites judge a relève, point at the rows at fault, stop or let through."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.erreurs import ErreurBarometre, RegistreRefuse
from barometre_lib.qualite.annonces import annoncer
from barometre_lib.qualite.bilan import Bilan, Resultat, etablir_resultats
from barometre_lib.qualite.refus import ControleRefuse, refuser
from barometre_lib.qualite.retards import refuser_retards
from barometre_lib.qualite.suites import TABLE_CONTRAT, lire_suites
from barometre_lib.qualite.tables import construire_tables


class ErreurControle(ErreurBarometre):
    """A gate that cannot be trusted: a fault of the package, never of the register."""


def controler_releve(releve: str, registre: Path | None = None) -> Bilan:
    """Refuse a register that departs from its contract, or has warnings that nobody acknowledged.

    `registre` is the folder that holds the relèves, `data/releves` by default.

    Raises
    ------
    ControleRefuse
        Something stops publication; every row at fault is given.
    ErreurBarometre
        The relève does not exist, or a file beside it (provenance, corrections, suites, edition) cannot be read.
    ErreurControle
        A suite could not run, or disagrees with the rows pointed at.
    """
    barometre = charger_controlable(releve, registre)
    confronter(_judge(barometre), examiner(barometre).resultats)
    return refuser_defauts(barometre)


def charger_controlable(releve: str, registre: Path | None = None) -> Barometre:
    """Read a relève, refused as the gate refuses when its rows cannot be typed, placed or identified."""
    try:
        return Barometre.charger(releve, registre=registre)
    except RegistreRefuse as error:
        raise ControleRefuse(error.defauts, []) from None


@lru_cache(maxsize=8)
def examiner(barometre: Barometre) -> Bilan:
    """Apply every suite, by its predicates alone, to a relève compared with the previous one of its folder, once."""
    suites, tables = lire_suites(barometre.nomenclatures), _tables(barometre)
    acknowledged = barometre.edition_connue.acquittements if barometre.edition_connue else ()
    with _sans_interruption():
        results, useless = etablir_resultats(suites, tables, acknowledged)
    before = barometre.officielle.precedente
    rows, corrections = len(tables[TABLE_CONTRAT]), barometre.registre.corrections
    code = before.releve if before else None
    return Bilan(barometre.releve, code, rows, suites, results, corrections, useless, annoncer(barometre))


def refuser_defauts(barometre: Barometre) -> Bilan:
    """Refuse at once what the predicates find; the verdict of Great Expectations must still be asked for."""
    refuser_retards(barometre)
    bilan = examiner(barometre)
    refuser(bilan, _tables(barometre)[TABLE_CONTRAT])
    return bilan


def juger_releve(releve: str, registre: Path | None = None) -> dict[str, bool]:
    """Return the verdict of Great Expectations on each check: whether no row is at fault."""
    return _judge(charger_controlable(releve, registre))


def confronter(verdicts: Mapping[str, bool], resultats: Sequence[Resultat]) -> None:
    """Check that the verdict of Great Expectations and the rows pointed at agree, check by check.

    Raises
    ------
    ErreurControle
        A check fails and no row is at fault, or the converse.
    """
    disagreeing = [one.controle.nom for one in resultats if verdicts[one.controle.nom] == bool(one.constats)]
    if disagreeing:
        raise ErreurControle(
            f"Contrôle incohérent : {', '.join(disagreeing)}, le verdict et les lignes en défaut se contredisent. "
            "Signalez cette erreur."
        )


@lru_cache(maxsize=8)
def _tables(barometre: Barometre) -> dict[str, pd.DataFrame]:
    present = barometre.officielle
    with _sans_interruption():
        return construire_tables(present, present.precedente)


def _judge(barometre: Barometre) -> dict[str, bool]:
    checks = [result.controle for result in examiner(barometre).resultats]
    with _sans_interruption():
        # Imported here: it brings Great Expectations.
        from barometre_lib.qualite.adaptateur import juger

        return juger(_tables(barometre), checks)


@contextmanager
def _sans_interruption() -> Iterator[None]:
    """Say of what stops a suite that it is no fault of the register."""
    try:
        yield
    except ErreurBarometre:
        raise
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu : {error}. Signalez cette erreur.") from error
