"""What nobody may read: sites that are not citable, anywhere, and sums from which a site could be computed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fuites
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.optimize import linprog

from barometre_lib.barometre import Barometre
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.telechargements import ecrire_tableaux
from barometre_lib.sommes import ENSEMBLE, SOMMES, masquer, sommes_protegees
from barometre_lib.vocabulaire import TypeMouvement


def liste(valeurs: Any, sites: Any, connu: Any = 0.0, connus: Any = 0) -> pd.DataFrame:
    """Return sums as `masquer` reads them."""
    table = pd.DataFrame({"valeur": valeurs, "sites": sites})
    return table.assign(connu=connu, connus=connus).astype({"valeur": "float64", "connu": "float64"})


def avec_total(colonne: Any) -> NDArray[Any]:
    return np.append(colonne, np.sum(colonne))


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
        assert np.flatnonzero(masquer(liste(valeurs, sites))).tolist() == caches

    def test_le_total_cache_ailleurs_se_cache_avec_une_partie(self) -> None:
        table = liste([10, 20, 30], [4, 4, 5])
        assert np.flatnonzero(masquer(table, total_cache=True)).tolist() == [0, 3]

    def test_ce_que_les_exemples_disent_ne_cache_rien(self) -> None:
        table = liste([10, 20, 30], [2, 4, 5], [0, 20, 0], [0, 4, 0])
        assert np.flatnonzero(masquer(table)).tolist() == [0, 2]

    def test_trois_sites_dont_deux_sont_nommes_en_montrent_un(self) -> None:
        table = liste([100, 20, 30], [3, 4, 5], [60, 0, 0], [2, 0, 0])
        assert np.flatnonzero(masquer(table)).tolist() == [0, 1]


@st.composite
def sommes(draw: Any) -> pd.DataFrame:
    size = draw(st.integers(1, 7))
    sites = draw(arrays.arrays("int64", size, elements=st.integers(0, 6)))
    values = draw(arrays.arrays("int64", size, elements=st.integers(0, 20))) * (sites > 0)
    told = np.minimum(sites, draw(arrays.arrays("int64", size, elements=st.sampled_from([0, 0, 0, 1, 2, 6]))))
    share = draw(arrays.arrays("float64", size, elements=st.sampled_from([0.0, 0.5, 1.0])))
    # Where every site is told, so is the whole sum.
    return liste(values, sites, np.where(told == sites, values, np.floor(values * share) * (told > 0)), told)


@settings(deadline=None)
@given(sommes(), st.booleans())
def test_aucune_somme_cachee_ne_se_recalcule(une: pd.DataFrame, ailleurs: bool) -> None:
    hidden = np.array(masquer(une, total_cache=ailleurs))
    unknown, sites = avec_total(une["sites"] - une["connus"]), avec_total(une["sites"])
    assert hidden[(unknown > 0) & (unknown < 3)].all()
    assert hidden[(sites > 0) & (sites < 3)].all()
    for cell in np.flatnonzero(hidden & (unknown > 0)):
        low, high = encadrer(une, hidden, int(cell))
        assert high - low > 1e-6, (cell, hidden)


@settings(deadline=None)
@given(sommes())
def test_rien_n_est_cache_sans_raison(une: pd.DataFrame) -> None:
    unknown, sites = avec_total(une["sites"] - une["connus"]), avec_total(une["sites"])
    hidden = np.array(masquer(une))
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


def encadrer(une: pd.DataFrame, caches: NDArray[np.bool_], cellule: int) -> tuple[float, float]:
    """Return the bounds of a hidden sum of a list, for a reader who knows every one shown and every site named."""
    values, total = avec_total(une["valeur"]), len(une)
    least = {cell: float(une["connu"].iloc[cell]) if cell < total else 0.0 for cell in range(total + 1)}
    told = une["sites"] == une["connus"]
    hidden = {
        cell: low for cell, low in least.items() if caches[cell] and not (told.all() if cell == total else told[cell])
    }
    signs = {cell: -1 if cell == total else 1 for cell in least}
    shown = sum(sign * values[cell] for cell, sign in signs.items() if cell not in hidden)
    return bornes(hidden, [([(cell, signs[cell]) for cell in hidden], -shown)], cellule)


MOUVEMENT = st.fixed_dictionaries(
    {
        "type_mouvement": st.sampled_from([one.value for one in TypeMouvement]),
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
