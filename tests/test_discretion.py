"""What nobody may read: sites that are not citable, anywhere, and sums from which a site could be computed."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import fuites
import numpy as np
import pandas as pd
import pytest
from barometre_lib.restitution.secret import Sommes, avec_totaux, masquer
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.optimize import linprog

from barometre_lib.barometre import Barometre
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.telechargements import ecrire_tableaux
<<<<<<< HEAD
from barometre_lib.secret import Sommes, avec_totaux, masquer
from barometre_lib.sommes import BAISSES, ENSEMBLE, HAUSSES, SOMMES, sommes_protegees
=======
from barometre_lib.restitution.sommes import BAISSES, ENSEMBLE, HAUSSES, SOMMES, sommes_protegees
>>>>>>> main


class TestSecret:
    """`masquer` alone."""

    @pytest.mark.parametrize(
        ("valeurs", "sites", "caches"),
        [
            pytest.param([10, 20, 30], [3, 4, 5], [], id="rien a cacher"),
            pytest.param([10, 20, 30], [2, 4, 5], [0, 1], id="le plus petit suivant"),
            pytest.param([30, 20, 10], [2, 4, 5], [0, 2], id="le plus petit suivant, ou qu'il soit"),
            pytest.param([10, 20, 30], [2, 1, 5], [0, 1], id="deux se cachent l'un l'autre"),
            pytest.param([10, 0, 30], [2, 0, 5], [0, 2], id="un vrai zero ne cache rien"),
            pytest.param([10, 0, 0], [2, 0, 0], [0, 3], id="seul, avec le total"),
            pytest.param([0, 0, 30], [1, 1, 5], [0, 1, 2], id="deux zeros se trahissent"),
            pytest.param([0, 0, 0], [0, 0, 0], [], id="table vide"),
        ],
    )
    def test_une_liste_avec_son_total(self, valeurs: list[int], sites: list[int], caches: list[int]) -> None:
        hidden = masquer(Sommes(np.array([valeurs], dtype="float64").T, np.array([sites]).T))
        assert np.flatnonzero(hidden[:, 0]).tolist() == caches

    def test_un_tableau_croise(self) -> None:
        values = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0], [70.0, 80.0, 90.0]])
        sites = np.array([[1, 5, 5], [5, 5, 5], [5, 5, 5]])
        hidden = np.argwhere(masquer(Sommes(values, sites))).tolist()
        assert hidden == [[0, 0], [0, 1], [1, 0], [1, 1]]

    def test_ce_que_les_exemples_disent_ne_cache_rien(self) -> None:
        values, sites = np.array([[10.0], [20.0], [30.0]]), np.array([[2], [4], [5]])
        told = Sommes(values, sites, np.array([[0.0], [20.0], [0.0]]), np.array([[0], [4], [0]]))
        assert np.flatnonzero(masquer(told)[:, 0]).tolist() == [0, 2]

    def test_trois_sites_dont_deux_sont_nommes_en_montrent_un(self) -> None:
        values, sites = np.array([[100.0], [20.0], [30.0]]), np.array([[3], [4], [5]])
        told = Sommes(values, sites, np.array([[60.0], [0.0], [0.0]]), np.array([[2], [0], [0]]))
        assert np.flatnonzero(masquer(told)[:, 0]).tolist() == [0, 1]


@st.composite
def sommes(draw: Any) -> Sommes:
    shape = (draw(st.integers(1, 5)), draw(st.integers(1, 4)))
    sites = draw(arrays.arrays("int64", shape, elements=st.integers(0, 6)))
    values = draw(arrays.arrays("int64", shape, elements=st.integers(0, 20))) * (sites > 0)
    told = np.minimum(sites, draw(arrays.arrays("int64", shape, elements=st.sampled_from([0, 0, 0, 1, 2, 6]))))
    share = draw(arrays.arrays("float64", shape, elements=st.sampled_from([0.0, 0.5, 1.0])))
    # Where every site is told, so is the whole sum.
    known = np.where(told == sites, values, np.floor(values * share) * (told > 0))
    return Sommes(values.astype("float64"), sites, known, told)


@settings(deadline=None)
@given(sommes())
def test_aucune_cellule_cachee_ne_se_recalcule(une: Sommes) -> None:
    hidden = masquer(une)
    unknown = avec_totaux(une.sites - une.sites_connus)
    assert hidden[(unknown > 0) & (unknown < 3)].all()
    sites = avec_totaux(une.sites)
    assert hidden[(sites > 0) & (sites < 3)].all()
    for cell in zip(*np.nonzero(hidden & (unknown > 0)), strict=True):
        low, high = encadrer(une, hidden, cell)
        assert high - low > 1e-6, (cell, hidden)


@settings(deadline=None)
@given(sommes())
def test_rien_n_est_cache_sans_raison(une: Sommes) -> None:
    unknown = avec_totaux(une.sites - une.sites_connus)
    sites = avec_totaux(une.sites)
    hidden = masquer(une)
    small = (sites > 0) & (sites < 3) | (unknown > 0) & (unknown < 3)
    assert hidden.any() == small.any()
    # A true zero is known to be one.
    assert not hidden[sites == 0].any()


def bornes(caches: dict[Any, float], sommes: list[tuple[list[Any], float]], cellule: Any) -> tuple[float, float]:
    """Return the least and the most that a hidden cell can be: its sums with others are known (linear programs).

    Parameters
    ----------
    caches : dict
        Hidden cells, and the least that each can be.
    sommes : list of (list, float)
        Cells, an opposite one being a pair with None, and what they add up to.
    cellule
        Cell.
    """
    rank = {cell: n for n, cell in enumerate(caches)}
    equations, totals = np.zeros((len(sommes), len(caches))), np.zeros(len(sommes))
    for n, (cells, total) in enumerate(sommes):
        totals[n] = total
        for cell, sign in cells:
            equations[n, rank[cell]] = sign
    wanted = np.zeros(len(caches))
    wanted[rank[cellule]] = 1
    ends = []
    for sign in (1, -1):
        bounds = [(least, None) for least in caches.values()]
        solved = linprog(sign * wanted, A_eq=equations, b_eq=totals, bounds=bounds)
        assert solved.status in (0, 3), solved.message
        # 3: without limit.
        ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
    return ends[0], ends[1]


def encadrer(une: Sommes, caches: NDArray[np.bool_], cellule: tuple[int, int]) -> tuple[float, float]:
    """Return the bounds of a hidden cell of a table, for a reader who knows every cell shown and every site named."""
    values = avec_totaux(une.valeurs)
    rows, columns = values.shape
    hidden = {}
    for cell in product(range(rows), range(columns)):
        inner = cell[0] < rows - 1 and cell[1] < columns - 1
        told = inner and une.sites[cell] == une.sites_connus[cell]
        if caches[cell] and not told:
            hidden[cell] = float(une.valeurs_connues[cell]) if inner else 0.0
    lines = [[(row, column) for column in range(columns)] for row in range(rows)]
    lines += [[(row, column) for row in range(rows)] for column in range(columns)]
    sums = []
    for *parts, total in lines:
        signed = [*((cell, 1) for cell in parts), (total, -1)]
        shown = sum(sign * values[cell] for cell, sign in signed if cell not in hidden)
        sums.append(([(cell, sign) for cell, sign in signed if cell in hidden], -shown))
    return bornes(hidden, sums, cellule)


MOUVEMENT = st.fixed_dictionaries(
    {
        "type_mouvement": st.sampled_from([*HAUSSES, *BAISSES]),
        "region": st.sampled_from(["84", "11", "94"]),
        "secteur": st.sampled_from(["sante", "chimie", "textile", "defense"]),
        "cle_site": st.sampled_from([f"S{n}" for n in range(9)]),
        "emplois": st.one_of(st.none(), st.integers(0, 30)),
        "investissement_meur": st.one_of(st.none(), st.sampled_from([0.0, 0.1, 2.5, 40.0])),
        "nomme": st.sampled_from([False, False, True]),
    }
)
GRILLES = {"region": ["84", "11", "94"], "secteur": ["sante", "chimie", "textile", "defense"]}


@settings(deadline=None)
@given(st.lists(MOUVEMENT, min_size=1, max_size=25))
def test_deux_tableaux_de_meme_total_ne_se_trahissent_pas(mouvements: list[dict[str, Any]]) -> None:
    """By region and by sector: what one hides of the total, the other does not show."""
    table = pd.DataFrame(mouvements)
    table = table.assign(id_mouvement=[f"M-{n}" for n in range(len(table))])
    named = table.loc[table["nomme"], "id_mouvement"].tolist()
    shown = sommes_protegees(table, GRILLES, nommes=named)
    for name, (types, column) in SOMMES.items():
        kept = table[table["type_mouvement"].isin(types) & table[column].notna()]
        hidden, sums, told = {}, [], {}
        for dimension, codes in GRILLES.items():
            of_table, cells = shown[dimension].set_index(dimension)[name], []
            for code in codes:
                rows = kept[kept[dimension] == code]
                known = rows[rows["nomme"]]
                # A site of which one movement is not told is not known.
                told[dimension, code] = rows.empty or set(rows["cle_site"]) <= set(known["cle_site"]) - set(
                    rows.loc[~rows["nomme"], "cle_site"]
                )
                value = float(rows[column].sum())
                if of_table[code] == "s" and not told[dimension, code]:
                    hidden[dimension, code] = float(known[column].sum())
                    cells.append(((dimension, code), 1, 0.0))
                else:
                    cells.append((None, 0, value))
            total = of_table[ENSEMBLE]
            shown_sum = sum(value for cell, _, value in cells if cell is None)
            parts = [(cell, sign) for cell, sign, _ in cells if cell is not None]
            if total == "s" and not all(told[dimension, code] for code in codes):
                hidden[ENSEMBLE] = 0.0
                sums.append(([*parts, (ENSEMBLE, -1)], -shown_sum))
            else:
                sums.append((parts, float(kept[column].sum()) - shown_sum))
        totals = {shown[dimension].set_index(dimension).at[ENSEMBLE, name] == "s" for dimension in GRILLES}
        assert len(totals) == 1
        for cell in hidden:
            low, high = bornes(hidden, sums, cell)
            assert high - low > 1e-6, (name, cell)


class TestPublicationInterne:
    """The internal publication of 2024-S2, its downloads and its PDF."""

    def test_aucun_texte_d_un_site_non_citable_n_y_est(
        self, publication: Path, charger: Callable[[str], Barometre], tmp_path: Path
    ) -> None:
        barometre = charger("2024-S2")
        ecrire_tableaux(tmp_path, barometre)
        for name in ("84", "75"):
            ecrire_pdf(publication / "regions" / f"{name}.html", tmp_path / f"{name}.pdf")
        named = [name for chosen in barometre.edition.exemples.values() for name in chosen]
        hidden = fuites.textes_caches(barometre.decisions, named)
        assert len(hidden) > 4000
        files = [path for folder in (publication, tmp_path) for path in folder.rglob("*") if path.is_file()]
        assert {path.suffix for path in files} == {".html", ".ipynb", ".json", ".csv", ".xlsx", ".pdf"}
        corpus = {path.name: fuites.lisible(path) for path in files}
        assert fuites.presents(hidden, "\n".join(corpus.values())) == []
        # The search finds what is there.
        assert "Dracula Technologies" in corpus["84.pdf"] and "Dracula Technologies" in corpus["84.html"]
        site = next(iter(sorted(hidden)))
        assert fuites.presents(hidden, f"<td>{site}</td>") == [site]
