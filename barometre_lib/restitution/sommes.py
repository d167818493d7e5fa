"""Section of the sums of jobs and investment, with how many sites give them; the hidden ones show « s »."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre, trier_par_libelle
from barometre_lib.sommes import ENSEMBLE, SEUIL_SITES, SOMMES
from barometre_lib.typographie import au_cours_de, nombre
from barometre_lib.vocabulaire import LIBELLES


def section_sommes(contexte: Contexte, sommes: Mapping[str, pd.DataFrame]) -> Fragment | None:
    """Show, in the public edition, the sums over its period: of the page's region, or of France by region and sector.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    sommes : mapping of str to pandas.DataFrame
        What `sommes_protegees` returns.

    Returns
    -------
    Fragment or None
        None in the internal edition, whose results say jobs and investment.
    """
    if not contexte.publique:
        return None
    title = f"Emplois et investissement {au_cours_de(contexte.periode)}, {contexte.nom}"
    if contexte.region:
        rows = sommes["region"]
        own = rows[rows["region"] == contexte.region.code].iloc[0]
        lines = [[LIBELLES[name], _write(own[name]), nombre(own[f"sites_{name}"])] for name in SOMMES]
        tables = [tableau_libre(lines, titre=title, entetes=["Somme", "Valeur", "Sites"], classe="nombres")]
    else:
        tables = [_by(contexte, rows, f"{title}, par {LIBELLES[name].lower()}", name) for name, rows in sommes.items()]
    return section("emplois", "Emplois et investissement", rendre("sommes", seuil=SEUIL_SITES, tableaux=tables))


def _by(contexte: Contexte, rows: pd.DataFrame, title: str, dimension: str) -> Fragment:
    labels = contexte.nomenclatures.libelles(dimension)
    parts, total = rows[rows[dimension] != ENSEMBLE], rows[rows[dimension] == ENSEMBLE].iloc[0]

    headings = [f"{before}{LIBELLES[name]}" for name in SOMMES for before in ("", "Sites : ")]

    def cells(row: Any) -> list[str]:
        return [text for name in SOMMES for text in (_write(row[name]), nombre(row[f"sites_{name}"]))]

    return tableau_libre(
        ([labels[row[dimension]], *cells(row)] for row in trier_par_libelle(parts, labels).to_dict("records")),
        titre=title,
        entetes=[LIBELLES[dimension], *headings],
        total=["Total", *cells(total)],
        classe="nombres large",
    )


def _write(value: Any) -> str:
    if value is None:
        return INCONNU
    return value if isinstance(value, str) else nombre(value, decimales=1)
