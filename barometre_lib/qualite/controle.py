"""The gate itself: read once, have the suites judged, point at the rows at fault, stop or let through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import registre_par_defaut
from barometre_lib.erreurs import Defaut, ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import chemin_edition
from barometre_lib.qualite.bilan import Bilan, Resultat
from barometre_lib.qualite.examen import construire_etat, dresser_bilan, etat_precedent
from barometre_lib.qualite.refus import refuser
from barometre_lib.qualite.suites import TABLE_CONTRAT, lire_suites
from barometre_lib.qualite.tables import construire_tables, table_textes
from barometre_lib.registre import (
    chercher_defauts,
    exigences,
    lire_textes,
    trouver_releve,
    typer_registre,
)


class ErreurControle(ErreurBarometre):
    """A gate that cannot be trusted: a fault of the package, never of the register."""


@dataclass(frozen=True)
class Lecture:
    """What the gate reads of a relève, once.

    Attributes
    ----------
    bilan : Bilan
        What the predicates find.
    defauts : list of Defaut
        Files, lines and cells that depart from the contract, with the values found.
    tables : mapping of str to pandas.DataFrame
        Tables that the predicates read; the texts alone when the rows cannot be typed, placed or identified.
    """

    bilan: Bilan
    defauts: list[Defaut]
    tables: Mapping[str, pd.DataFrame]


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
    reading = _lire(releve, registre)
    confronter(_juger(reading), reading.bilan.resultats)
    refuser(reading.bilan, reading.defauts, chemin_edition(reading.bilan.releve))
    return reading.bilan


def refuser_defauts(releve: str, registre: Path | None = None) -> Bilan:
    """Refuse at once what the predicates find, without Great Expectations, whose verdict must still be asked for.

    Parameters, returns and errors are those of `controler_releve`.
    """
    reading = _lire(releve, registre)
    refuser(reading.bilan, reading.defauts, chemin_edition(reading.bilan.releve))
    return reading.bilan


def juger_releve(releve: str, registre: Path | None = None) -> dict[str, bool]:
    """Return the verdict of Great Expectations on each check: whether no row is at fault.

    Raises
    ------
    ErreurBarometre
        The relève cannot be read.
    ErreurControle
        A suite could not run.
    """
    return _juger(_lire(releve, registre))


def _juger(lecture: Lecture) -> dict[str, bool]:
    try:
        # Imported here: it brings Great Expectations.
        from barometre_lib.qualite.adaptateur import juger

        return juger(lecture.tables, [result.controle for result in lecture.bilan.resultats])
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu\u00a0: {error}. Signalez cette erreur.") from error


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
            f"Contrôle incohérent\u00a0: {', '.join(disagreeing)}, le verdict et les lignes en défaut se contredisent. "
            "Signalez cette erreur."
        )


def _lire(releve: str, registre: Path | None) -> Lecture:
    folder = registre or registre_par_defaut()
    code = trouver_releve(releve, folder)
    nomenclatures = Nomenclatures.du_projet()
    suites = lire_suites(nomenclatures)
    texts, defects = lire_textes(code, folder, nomenclatures)
    tables = {TABLE_CONTRAT: table_textes(texts)}
    asked = exigences(nomenclatures)
    try:
        unreadable = defects + chercher_defauts(texts, [one for one in asked if one.lecture])
        defects += chercher_defauts(texts, asked)
        if unreadable:
            return Lecture(dresser_bilan(code, None, suites, tables), defects, tables)
        present = construire_etat(typer_registre(texts, code, folder, nomenclatures), nomenclatures)
        previous = etat_precedent(present)
        tables |= construire_tables(present, previous)
        before, corrections = previous.releve if previous else None, present.registre.corrections
        return Lecture(dresser_bilan(code, before, suites, tables, corrections=corrections), defects, tables)
    except ErreurBarometre:
        raise
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu\u00a0: {error}. Signalez cette erreur.") from error
