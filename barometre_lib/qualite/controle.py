"""The gate itself: have the suites judge a relève, point at the rows at fault, stop or let through."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse
from barometre_lib.parametres.edition import chemin_edition
from barometre_lib.qualite.bilan import Bilan, Resultat, etablir_resultats
from barometre_lib.qualite.refus import ControleRefuse, refuser
from barometre_lib.qualite.suites import TABLE_CONTRAT, lire_suites
from barometre_lib.qualite.tables import construire_tables


class ErreurControle(ErreurBarometre):
    """A gate that cannot be trusted: a fault of the package, never of the register."""


def controler_releve(releve: str, registre: Path | None = None) -> Bilan:
    """Refuse a register that departs from its contract, or has warnings that nobody acknowledged.

    Parameters
    ----------
    releve : str
        `2024-S2`.
    registre : Path, optional
        Folder that holds the relèves; `data/releves` by default.

    Returns
    -------
    Bilan

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
    tables = _tables(barometre)
    bilan = _examiner(barometre, tables)
    confronter(_juger(tables, bilan), bilan.resultats)
    refuser(bilan, _defauts(bilan, tables[TABLE_CONTRAT]), chemin_edition(bilan.releve))
    return bilan


def charger_controlable(releve: str, registre: Path | None = None) -> Barometre:
    """Read a relève, refused as the gate refuses when its rows cannot be typed, placed or identified.

    Raises
    ------
    ControleRefuse
        They cannot.
    ErreurBarometre
        As for `Barometre.charger`.
    """
    try:
        return Barometre.charger(releve, registre=registre)
    except RegistreRefuse as error:
        raise ControleRefuse(error.defauts, []) from None


def examiner(barometre: Barometre) -> Bilan:
    """Apply every suite, by its predicates alone, to a relève compared with the previous one of its folder.

    Raises
    ------
    ErreurBarometre
        A suite, the edition or the previous relève cannot be read.
    """
    return _examiner(barometre, _tables(barometre))


def refuser_defauts(barometre: Barometre) -> Bilan:
    """Refuse at once what the predicates find, without Great Expectations, whose verdict must still be asked for.

    Raises
    ------
    ControleRefuse
        Something stops publication.
    """
    tables = _tables(barometre)
    bilan = _examiner(barometre, tables)
    refuser(bilan, _defauts(bilan, tables[TABLE_CONTRAT]), chemin_edition(bilan.releve))
    return bilan


def juger_releve(releve: str, registre: Path | None = None) -> dict[str, bool]:
    """Return the verdict of Great Expectations on each check: whether no row is at fault.

    Raises
    ------
    ErreurBarometre
        The relève cannot be read.
    ErreurControle
        A suite could not run.
    """
    barometre = charger_controlable(releve, registre)
    tables = _tables(barometre)
    return _juger(tables, _examiner(barometre, tables))


def confronter(verdicts: Mapping[str, bool], resultats: Sequence[Resultat]) -> None:
    """Check that Great Expectations and the rows pointed at agree.

    Parameters
    ----------
    verdicts : mapping of str to bool
        Name of each check to whether Great Expectations saw no row at fault.
    resultats : sequence of Resultat
        Rows at fault for the same checks.

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


def _tables(barometre: Barometre) -> dict[str, pd.DataFrame]:
    present = barometre.officielle
    previous = present.precedente
    try:
        return construire_tables(present, previous)
    except ErreurBarometre:
        raise
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu : {error}. Signalez cette erreur.") from error


def _examiner(barometre: Barometre, tables: Mapping[str, pd.DataFrame]) -> Bilan:
    suites = lire_suites(barometre.nomenclatures)
    acknowledged = barometre.edition_connue.acquittements if barometre.edition_connue else ()
    try:
        results, useless = etablir_resultats(suites, tables, acknowledged)
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu : {error}. Signalez cette erreur.") from error
    before = barometre.officielle.precedente
    rows, corrections = len(tables[TABLE_CONTRAT]), barometre.registre.corrections
    return Bilan(barometre.releve, before.releve if before else None, rows, suites, results, corrections, useless)


def _juger(tables: Mapping[str, pd.DataFrame], bilan: Bilan) -> dict[str, bool]:
    try:
        # Imported here: it brings Great Expectations.
        from barometre_lib.qualite.adaptateur import juger

        return juger(tables, [result.controle for result in bilan.resultats])
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu : {error}. Signalez cette erreur.") from error


def _defauts(bilan: Bilan, textes: pd.DataFrame) -> list[Defaut]:
    """Return the departures from the contract with the values found, which go to the terminal of their author alone."""
    return list(_departures(bilan, textes))


def _departures(bilan: Bilan, texts: pd.DataFrame) -> Iterator[Defaut]:
    for result in bilan.resultats:
        check = result.controle
        if check.table == TABLE_CONTRAT and result.constats:
            faulty = texts[check.fautif(texts)]
            for file, line, value in zip(faulty["fichier"], faulty["ligne"], faulty[check.colonne], strict=True):
                yield Defaut(file, line, check.colonne, value, f"attendu {check.attendu}")
