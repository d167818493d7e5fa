"""Jobs and investment over the edition's period: in words, and the sums of the public edition."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre, trier_par_libelle
from barometre_lib.sommes import ENSEMBLE, NON_ACTUALISE, SOMMES, donnants
from barometre_lib.typographie import au_cours_de, nombre
from barometre_lib.vocabulaire import LIBELLES


def lecture_emplois(contexte: Contexte, decisions: pd.DataFrame) -> Fragment | None:
    """Say the jobs and the investment of the movements counted over the edition's period, None without any to say.

    `decisions` is the register of decisions.
    """
    counted = contexte.retenir(decisions)
    sums = {name: _sum(counted, name) for name in SOMMES}
    return rendre("emplois", **sums) if any(sums.values()) else None


def _sum(counted: pd.DataFrame, name: str) -> dict[str, Any] | None:
    """Return a sum, the movements that give it and all of their types, as the page counts them; None without any."""
    types, column = SOMMES[name]
    given, total = donnants(counted, name), int(counted["type_mouvement"].isin(types).sum())
    return None if given.empty else {"somme": given[column].sum(), "donnants": len(given), "total": total}


def tableau_sommes(contexte: Contexte, sommes: Mapping[str, pd.DataFrame]) -> Fragment | None:
    """Show the sums of the public edition by sector, and their total; `sommes` are those of `Vue`.

    None in the internal edition, whose results say jobs and investment, and over a semester.
    """
    if not contexte.publique or not sommes:
        return None
    sums, labels = sommes["secteur"], {**contexte.nomenclatures.libelles("secteur"), ENSEMBLE: contexte.nom_compte}
    by_name = trier_par_libelle(sums[sums["secteur"] != ENSEMBLE], labels)
    *rows, total = (
        [labels[row["secteur"]], *(text for name in SOMMES for text in _value_and_sites(row, name))]
        for row in [*by_name.to_dict("records"), *sums[sums["secteur"] == ENSEMBLE].to_dict("records")]
    )
    table = tableau_libre(
        rows,
        titre=f"Emplois et investissement {au_cours_de(contexte.periode)}, {contexte.nom_compte}, par secteur",
        entetes=[LIBELLES["secteur"], *(f"{of}{LIBELLES[name]}" for name in SOMMES for of in ("", "Sites : "))],
        total=total,
        classe="nombres large",
    )
    return rendre("sommes", tableau=table, ancien=NON_ACTUALISE in sums.to_numpy())


def _value_and_sites(row: Any, name: str) -> tuple[str, str]:
    value = row[name]
    shown = value if isinstance(value, str) else INCONNU if value is None else nombre(value)
    return shown, nombre(row[f"sites_{name}"])
