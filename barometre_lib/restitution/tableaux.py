"""Tables of counts: caption, scopes, signs, a total that is the sum of the rows shown."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.typographie import nombre, ordinal, periode, sans_accents, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES, maille_de

NON_PRECISEE = "couverture non précisée"
# In place of a number that there is not.
INCONNU = "n.d."


def de_la_periode(comptes: pd.DataFrame, periode: str) -> pd.DataFrame:
    """Keep the rows of one period, `2024` or `2024-S1`, and drop the columns that say it.

    Raises
    ------
    KeyError
        The counts are not by that kind of period.
    """
    kept = comptes[comptes[maille_de(periode)] == periode]
    return kept.drop(columns=[name for name in ("annee", "semestre") if name in kept]).reset_index(drop=True)


def aucun_mouvement(comptes: pd.DataFrame) -> bool:
    """Tell whether no movement is counted."""
    return not comptes[list(MESURES_BRUTES)].to_numpy().any()


def additionner(ligne: Mapping[Hashable, Any] | pd.Series, mesures: Iterable[str]) -> int:
    """Add up some measures of one row of counts."""
    return sum(int(ligne[measure]) for measure in mesures)


def trier_par_libelle(comptes: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Sort counts by the labels of their first column, as a French reader expects."""
    return comptes.sort_values(
        str(comptes.columns[0]), key=lambda codes: codes.map(lambda code: sans_accents(libelles[code])), kind="stable"
    )


def trier_par_solde(comptes: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Sort counts from the highest net to the lowest; equal nets in the order of labels."""
    return trier_par_libelle(comptes, libelles).sort_values("solde_net", ascending=False, kind="stable")


def tableau(  # noqa: PLR0913  one per thing that a table may carry
    comptes: pd.DataFrame,
    *,
    titre: str,
    libelles: Mapping[str, str] | None = None,
    total: bool = True,
    non_precisees: Collection[str] = (),
    liens: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Fragment:
    """Show counts as a table.

    Parameters
    ----------
    comptes : pandas.DataFrame
        First column: the dimension; then at least the gross measures and `solde_net`; an optional `rang`,
        which becomes the second column.
    titre : str
        Caption: variable, period, territory.
    libelles : mapping of str to str, optional
        Code to label of the dimension.
    total : bool
        Whether a last row adds the others up.
    non_precisees : collection of str
        Codes of the territories whose coverage is not known: words stand in place of their zeros. What is
        counted there all the same is shown, with the words beside: the total is the sum of what is seen.
    liens : mapping of str to str, optional
        Code to the relative address that the heading of its row leads to.
    notes : mapping of str to str, optional
        Code to the footnote of its row; rows of one text share it.
    """
    dimension = str(comptes.columns[0])
    measures = [*MESURES_BRUTES, "solde_net"]
    codes = comptes[dimension].tolist()
    footnotes = list(dict.fromkeys((notes or {})[code] for code in codes if code in (notes or {})))
    ranked = ["rang"] if "rang" in comptes else []
    rows = [
        {
            "intitule": (libelles or {}).get(row[dimension], periode(row[dimension])),
            "lien": (liens or {}).get(row[dimension], ""),
            "appel": footnotes.index(notes[row[dimension]]) + 1 if notes and row[dimension] in notes else 0,
            "note": NON_PRECISEE if row[dimension] in non_precisees else "",
            "vide": not any(row[measure] for measure in MESURES_BRUTES),
            "valeurs": [*(row[name] for name in ranked), *_write(row[measure] for measure in measures)],
        }
        for row in comptes.to_dict("records")
    ]
    sums = _write(int(comptes[measure].sum()) for measure in measures)
    return rendre(
        "tableau",
        titre=titre,
        entetes=[LIBELLES[name] for name in (dimension, *ranked, *measures)],
        lignes=rows,
        total=["Total", *("" for _ in ranked), *sums] if total else None,
        classe="",
        notes=footnotes,
    )


def _write(values: Iterable[int]) -> list[str]:
    """Write gross measures, then the net with its sign."""
    *gross, net = values
    return [*map(nombre, gross), signe(net)]


def tableau_libre(
    lignes: Iterable[Sequence[Any]], *, titre: str, entetes: Sequence[str], total: Sequence[Any] = (), classe: str
) -> Fragment:
    """Show rows that are not counts of movements.

    Parameters
    ----------
    lignes : iterable of sequence
        Cells of each row, the first being its heading; a text is escaped, a fragment is not.
    titre : str
        Caption.
    entetes : sequence of str
        Headings of the columns.
    total : sequence, optional
        Cells of a last row that sums the others up, likewise.
    classe : str
        What the cells hold, which aligns them: `nombres` or `textes`, with `large` when they must not wrap.
    """
    rows = [
        {"intitule": heading, "lien": "", "appel": 0, "note": "", "vide": False, "valeurs": cells}
        for heading, *cells in lignes
    ]
    return rendre("tableau", titre=titre, entetes=entetes, lignes=rows, total=total, classe=classe, notes=[])


def tableau_classe(
    comptes: pd.DataFrame, classement: pd.DataFrame, *, titre: str, libelles: Mapping[str, str]
) -> Fragment:
    """Show the regions by rank, then those that have none: words stand in place of their zeros.

    Parameters
    ----------
    comptes : pandas.DataFrame
        Counts by `region` of every region over one period.
    classement : pandas.DataFrame
        Ranking of the covered ones over the same period, from `comptage.classer`.
    titre, libelles
        As for `tableau`.
    """
    unranked = trier_par_libelle(comptes[~comptes["region"].isin(classement["region"])], libelles)
    ranks = [
        f"{ordinal(rank)} ex æquo" if tied else ordinal(rank)
        for rank, tied in zip(classement["rang"], classement["ex_aequo"], strict=True)
    ]
    ordered = pd.concat([classement.assign(rang=ranks), unranked.assign(rang="")], ignore_index=True)
    ordered = ordered[["region", "rang", *MESURES_BRUTES, "solde_net"]]
    return tableau(ordered, titre=titre, libelles=libelles, non_precisees=set(unranked["region"]))
