"""Statistical disclosure control: which cells of a table of sums are hidden, so that no site can be read from it.

A sum of fewer than three sites shows « s » (primary suppression). Since totals are shown too, one hidden cell alone in
its row or column could be computed again: others are hidden with it (secondary suppression), the smallest first.
Whoever reads the table knows every cell shown, that no sum is negative, and what pages tell of the sites they name.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# « Sums of jobs and investment under three sites show « s » »: the three units of public statistics.
SEUIL_SITES = 3
SECRET = "s"  # noqa: S105  no password

Cellule = tuple[int, int]
# A row of the table, or a column: each is a sum that a reader can check.
Noeud = tuple[str, int]


@dataclass(frozen=True)
class Sommes:
    """A table of sums over sites, without its totals.

    Attributes
    ----------
    valeurs : array of float
        Sums, none negative, rows by columns.
    sites : array of int
        How many sites each is the sum of; 0 where there is none, which hides nothing.
    valeurs_connues, sites_connus : array, optional
        Part of the sums, and of the sites, that is published elsewhere; nothing by default.
    """

    valeurs: NDArray[np.float64]
    sites: NDArray[np.int64]
    valeurs_connues: NDArray[np.float64] | None = None
    sites_connus: NDArray[np.int64] | None = None


def avec_totaux(valeurs: NDArray[Any]) -> NDArray[Any]:
    """Add to a table the column and the row of its totals."""
    wide = np.column_stack([valeurs, valeurs.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def masquer(sommes: Sommes, *, total_cache: bool = False) -> NDArray[np.bool_]:
    """Tell which cells of a table are hidden.

    Parameters
    ----------
    sommes : Sommes
        Table without its totals. A list with a total is a table of one column.
    total_cache : bool
        Whether the total of all is hidden in another table that has the same one.

    Returns
    -------
    array of bool
        Whether each cell is hidden, with one more column and one more row: the totals. No hidden cell can be computed
        from those shown, save those of which every site is published elsewhere.
    """
    values, sites, known, told = _with_totals(sommes)
    unknown = sites - told
    hidden: NDArray[np.bool_] = (sites > 0) & (sites < SEUIL_SITES) | (unknown > 0) & (unknown < SEUIL_SITES)
    hidden[-1, -1] |= total_cache and sites[-1, -1] > 0
    # Six decimals are all that a register holds: what is left beyond is how the computer adds.
    graph = _Graphe(values, np.round(values - known, 6) > 0, unknown > 0)
    # The largest first: what hides it often hides the others.
    primary: list[Cellule] = [(row, column) for row, column in np.argwhere(hidden & (unknown > 0)).tolist()]
    for cell in sorted(primary, key=lambda one: (-values[one], one)):
        for other in graph.cycle(cell, hidden):
            hidden[other] = True
    return hidden


def _with_totals(sommes: Sommes) -> tuple[NDArray[Any], ...]:
    shape = sommes.valeurs.shape
    known = np.zeros(shape) if sommes.valeurs_connues is None else sommes.valeurs_connues
    told = np.zeros(shape, dtype="int64") if sommes.sites_connus is None else sommes.sites_connus
    return tuple(avec_totaux(table) for table in (sommes.valeurs, sommes.sites, known, told))


class _Graphe:
    """The table as a graph: rows and columns are its nodes, cells its edges.

    Hidden cells can take other values when they lie on a cycle: one goes up, the next one of the same row down, and so
    on, every total unchanged. A cell goes up without limit, and down only when something of it is not known. A total is
    the opposite of its parts, so that each row and each column adds up to zero: it goes up when they go down.
    """

    def __init__(self, valeurs: NDArray[Any], baisse: NDArray[np.bool_], utile: NDArray[np.bool_]) -> None:
        self.valeurs = valeurs
        self.baisse = baisse
        self.utile = utile
        self.rangs, self.colonnes = (int(size) for size in valeurs.shape)

    def cycle(self, cellule: Cellule, caches: NDArray[np.bool_]) -> list[Cellule]:
        """Return the cells, hidden or not, of the cheapest cycle through a cell: nothing to hide costs nothing."""
        row, column = ("rang", cellule[0]), ("colonne", cellule[1])
        ways = [self._path(column, row, cellule, caches)] if self._goes_up(cellule) else []
        ways += [self._path(row, column, cellule, caches)] if self._goes_down(cellule) else []
        found = [way for way in ways if way is not None]
        return min(found)[1] if found else []

    def _goes_up(self, cell: Cellule) -> bool:
        return not self._is_opposite(cell) or bool(self.baisse[cell])

    def _goes_down(self, cell: Cellule) -> bool:
        return self._is_opposite(cell) or bool(self.baisse[cell])

    def _is_opposite(self, cell: Cellule) -> bool:
        of_row, of_column = cell[1] == self.colonnes - 1, cell[0] == self.rangs - 1
        return of_row != of_column

    def _price(self, cell: Cellule, hidden: NDArray[np.bool_]) -> tuple[int, float, int]:
        """Return what hiding one more cell costs: a total first of all, then its sum, then one cell."""
        if hidden[cell]:
            return 0, 0.0, 0
        total = cell[0] == self.rangs - 1 or cell[1] == self.colonnes - 1
        return int(total), float(self.valeurs[cell]), 1

    def _neighbours(self, node: Noeud) -> Iterator[tuple[Noeud, Cellule]]:
        """Yield where one goes from a row by a cell that goes up, from a column by one that goes down."""
        kind, place = node
        if kind == "rang":
            cells = [(place, column) for column in range(self.colonnes)]
            yield from ((("colonne", cell[1]), cell) for cell in cells if self.utile[cell] and self._goes_up(cell))
        else:
            cells = [(row, place) for row in range(self.rangs)]
            yield from ((("rang", cell[0]), cell) for cell in cells if self.utile[cell] and self._goes_down(cell))

    def _path(
        self, start: Noeud, end: Noeud, without: Cellule, hidden: NDArray[np.bool_]
    ) -> tuple[tuple[int, float, int], list[Cellule]] | None:
        """Return the cheapest way from a node to another, and its cells (Dijkstra)."""
        waiting: list[tuple[tuple[int, float, int], list[Cellule], Noeud]] = [((0, 0.0, 0), [], start)]
        seen = set()
        while waiting:
            cost, cells, node = heapq.heappop(waiting)
            if node == end:
                return cost, cells
            if node in seen:
                continue
            seen.add(node)
            for following, cell in self._neighbours(node):
                if cell != without and following not in seen:
                    totals, value, number = self._price(cell, hidden)
                    price = (cost[0] + totals, cost[1] + value, cost[2] + number)
                    heapq.heappush(waiting, (price, [*cells, cell], following))
        return None
