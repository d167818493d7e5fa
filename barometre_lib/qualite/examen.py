"""The examination of a relève by the predicates alone: what the gate, the quality page and a notebook share."""

from collections.abc import Mapping

import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import chemin_edition, lire_edition, lire_parametres_regles
from barometre_lib.qualite.bilan import Bilan, etablir_resultats
from barometre_lib.qualite.suites import TABLE_CONTRAT, Suite, lire_suites
from barometre_lib.qualite.tables import Etat, construire_tables, table_textes
from barometre_lib.registre import Correction, Registre, exiger_comparables, lire_registre, releve_precedente
from barometre_lib.vocabulaire import Releve


def examiner(registre: Registre, nomenclatures: Nomenclatures) -> Bilan:
    """Apply every suite to a register already read.

    Parameters
    ----------
    registre : Registre
        Relève; the previous one is looked for in the same folder.
    nomenclatures : Nomenclatures
        Reference tables.

    Raises
    ------
    ErreurBarometre
        A suite, the edition or the previous relève cannot be read.
    """
    present = construire_etat(registre, nomenclatures)
    previous = etat_precedent(present)
    tables = {TABLE_CONTRAT: table_textes(registre.textes), **construire_tables(present, previous)}
    return dresser_bilan(
        registre.releve,
        previous.releve if previous else None,
        lire_suites(nomenclatures),
        tables,
        corrections=registre.corrections,
    )


def construire_etat(registre: Registre, nomenclatures: Nomenclatures) -> Etat:
    """Return a relève as the suites see it: official parameters, coverage of its edition if it has one."""
    parameters = lire_parametres_regles(registre.releve, nomenclatures=nomenclatures)
    known = chemin_edition(registre.releve).exists()
    coverage = lire_edition(registre.releve, nomenclatures=nomenclatures).couverture if known else {}
    return Etat(registre, parameters, coverage)


def etat_precedent(present: Etat) -> Etat | None:
    """Return the nearest earlier relève of the same folder, None when there is none.

    Raises
    ------
    ErreurBarometre
        It cannot be read, or one of the two is fictitious and the other is not.
    """
    folder = present.registre.dossier
    code = releve_precedente(present.releve, folder)
    if code is None:
        return None
    previous = lire_registre(code, folder, present.nomenclatures)
    exiger_comparables(previous, present.registre)
    return construire_etat(previous, present.nomenclatures)


def dresser_bilan(
    releve: Releve,
    precedente: Releve | None,
    suites: tuple[Suite, ...],
    tables: Mapping[str, pd.DataFrame],
    *,
    corrections: tuple[Correction, ...] = (),
) -> Bilan:
    """Apply to the tables the checks that read them, and the acknowledgements of the edition if it has one."""
    known = chemin_edition(releve).exists()
    acknowledged = lire_edition(releve).acquittements if known else ()
    results, useless = etablir_resultats(suites, tables, acknowledged)
    return Bilan(releve, precedente, len(tables[TABLE_CONTRAT]), suites, results, corrections, useless)
