"""Tables of counts: caption, scopes, signs, a total that is the sum of the rows shown."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.typographie import nombre, ordinal, periode, sans_accents, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES, maille_de

NON_PRECISEE = "couverture non précisée"
# In place of a number that there is not, in full where there is room.
INCONNU, NON_DISPONIBLE = "n.d.", "non disponible"


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
    """Tell whether no movement is counted, and every number is known."""
    counted = comptes[list(MESURES_BRUTES)]
    return not (counted.isna() | counted.ne(0)).to_numpy(dtype="bool").any()


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


VIDE: Mapping[str, str] = MappingProxyType({})


class Ligne(NamedTuple):
    """A row of a table."""

    intitule: Any  # its heading; a text is escaped, a fragment is not, as for its cells
    valeurs: Sequence[Any]
    lien: str = ""  # address that the heading leads to
    note: str = ""  # words in place of its cells when it is `vide`, else beside its heading
    vide: bool = False


def tableau(  # noqa: PLR0913  one per thing that a table may carry
    comptes: pd.DataFrame,
    *,
    titre: str,
    libelles: Mapping[str, str] | None = None,
    total: str = "Total",
    non_precisees: Collection[str] = (),
    precisions: Mapping[str, str] = VIDE,
    liens: Mapping[str, str] | None = None,
) -> Fragment:
    """Show counts as a table; words stand in place of what is not known.

    Parameters
    ----------
    comptes : pandas.DataFrame
        First column: the dimension; then at least the gross measures and `solde_net`; an optional `rang`,
        which becomes the second column.
    libelles : mapping of str to str, optional
        Code to label of the dimension; a period needs none.
    total : str
        Heading of a last row that adds the others up, none when it is empty.
    non_precisees : collection of str
        Codes of the territories whose coverage is not known: words stand in place of their zeros. What is
        counted there all the same is shown, with the words beside: the total is the sum of what is seen.
    precisions : mapping of str to str
        Code to words that stand beside the heading of its row.
    liens : mapping of str to str, optional
        Code to the relative address that the heading of its row leads to.
    """
    dimension = str(comptes.columns[0])
    measures = [*MESURES_BRUTES, "solde_net"]
    ranked = ["rang"] if "rang" in comptes else []
    rows = []
    for row in comptes.to_dict("records"):
        code, known = row[dimension], pd.notna(row["solde_net"])
        heading, link = (libelles or {}).get(code, periode(code)), (liens or {}).get(code, "")
        if known:
            note = NON_PRECISEE if code in non_precisees else precisions.get(code, "")
            cells = [*(row[name] for name in ranked), *_write(row[measure] for measure in measures)]
            empty = code in non_precisees and not additionner(row, MESURES_BRUTES)
            rows.append(Ligne(heading, cells, link, note, empty))
        else:
            rows.append(Ligne(heading, [*ranked, *measures], link, NON_DISPONIBLE, vide=True))
    sums = _write(int(comptes[measure].sum()) for measure in measures)
    return rendre(
        "tableau",
        titre=titre,
        entetes=[LIBELLES[name] for name in (dimension, *ranked, *measures)],
        lignes=rows,
        total=[total, *("" for _ in ranked), *sums] if total else None,
        classe="",
    )


def _write(values: Iterable[int]) -> list[str]:
    """Write gross measures, then the net with its sign."""
    *gross, net = values
    return [*map(nombre, gross), signe(net)]


def tableau_libre(
    lignes: Iterable[Sequence[Any]], *, titre: str, entetes: Sequence[str], total: Sequence[Any] = (), classe: str
) -> Fragment:
    """Show rows that are not counts of movements: the first cell of each is its heading, `total` sums them up.

    `classe` says what the cells hold, which aligns them: `nombres` or `textes`, with `large` when they must not wrap.
    """
    rows = [Ligne(heading, cells) for heading, *cells in lignes]
    return rendre("tableau", titre=titre, entetes=entetes, lignes=rows, total=total, classe=classe)


def tableau_classe(
    comptes: pd.DataFrame, classement: pd.DataFrame, *, titre: str, libelles: Mapping[str, str], total: str = "Total"
) -> Fragment:
    """Show the regions by rank, then those that have none: words stand in place of their zeros.

    `comptes` by `region`, of every region over one period; `classement` of the covered ones over the same period.
    """
    unranked = trier_par_libelle(comptes[~comptes["region"].isin(classement["region"])], libelles)
    ranks = [
        f"{ordinal(rank)} ex æquo" if tied else ordinal(rank)
        for rank, tied in zip(classement["rang"], classement["ex_aequo"], strict=True)
    ]
    ordered = pd.concat([classement.assign(rang=ranks), unranked.assign(rang="")], ignore_index=True)
    ordered = ordered[["region", "rang", *MESURES_BRUTES, "solde_net"]]
    return tableau(ordered, titre=titre, libelles=libelles, total=total, non_precisees=set(unranked["region"]))
