"""Counts: by year or semester, region, département, sector or sub-sector, on a full grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_code, lire_region
from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.fichiers import montrer_valeur
from barometre_lib.parametres.lacunes import AUCUNE, Lacunes
from barometre_lib.vocabulaire import (
    DIMENSIONS,
    MESURES,
    MESURES_BRUTES,
    TYPES_BAISSE,
    Motif,
    Releve,
    TypeMouvement,
    maille_de,
)

# The finest cell: everything else is a sum of these.
CELLULE = ["semestre", "departement", "sous_secteur"]


class ErreurAdditivite(ErreurBarometre):
    """A count whose parts do not add up to its total: a fault of the package, never of the user."""


@dataclass(frozen=True, eq=False)
class Decompte:
    """The counts of one relève, each table made once: what every page, internal or public, is made from."""

    cellules: pd.DataFrame  # finest counts, see `denombrer`
    releve: Releve
    nomenclatures: Nomenclatures
    lacunes: Lacunes = AUCUNE
    _tables: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    def comptes(self, par: Sequence[str], *, region: str | None = None) -> pd.DataFrame:
        """Count the movements along some dimensions, of one region if asked; a new table each time, see `compter`.

        Raises
        ------
        ErreurBarometre
            A dimension or the region is unknown, or a dimension is repeated.
        """
        verifier_dimensions(par)
        if region is not None:
            region = lire_code(region, "region", self.nomenclatures)
        # One region is a part of the count of all: what is checked of the whole holds for it.
        counted_by = tuple(par) if region is None or "region" in par else ("region", *par)
        if counted_by not in self._tables:
            self._tables[counted_by] = compter(
                self.cellules,
                counted_by,
                releve=self.releve,
                nomenclatures=self.nomenclatures,
                lacunes=self.lacunes,
            )
        counts = self._tables[counted_by]
        if region is None:
            return counts.copy()
        own = counts[counts["region"] == region].reset_index(drop=True)
        return own if "region" in par else own.drop(columns="region")

    def classement(self, periode: str, edition: Edition) -> pd.DataFrame:
        """Rank the covered regions by net balance over one year or one semester; see `classer`."""
        verifier_periode(periode, self.releve)
        column = maille_de(periode)
        counts = self.comptes([column, "region"])
        covered = {code: edition.couverte(code) for code in self.nomenclatures.regions}
        return classer(counts[counts[column] == periode], covered)

    def totaux(self, periode: str, region: str, *, sauf: Sequence[str] = ()) -> dict[str, int | None]:
        """Return the measures of one period, None where they are not known: of a region, or of France when it is empty.

        Those of France leave out the regions that say nothing of the period, and those of `sauf`.
        """
        column = maille_de(periode)
        counts = self.comptes([column, "region"])
        kept = counts[(counts[column] == periode) & ~counts["region"].isin([*sauf, *self.lacunes.regions(periode)])]
        if area := lire_region(region, self.nomenclatures):
            kept = kept[kept["region"] == area]
        return {measure: int(kept[measure].sum()) if len(kept) else None for measure in MESURES}


def denombrer(retenus: Any) -> pd.DataFrame:
    """Count the rows by finest cell and type of movement: the only work done on rows.

    `retenus` are the rows that count, in any table that narwhals knows (pandas, a relation of DuckDB). The columns
    returned are `semestre`, `departement`, `sous_secteur`, `type_mouvement` and `nombre`.
    """
    keys = [*CELLULE, "type_mouvement"]
    counted = nw.from_native(retenus).group_by(keys).agg(nombre=nw.len())
    frame = counted.collect("pandas") if isinstance(counted, nw.LazyFrame) else counted
    cells: pd.DataFrame = frame.to_pandas()
    return cells.astype(dict.fromkeys(keys, "str") | {"nombre": "int64"}).sort_values(keys, ignore_index=True)


def compter(
    cellules: pd.DataFrame,
    par: Sequence[str],
    *,
    releve: Releve,
    nomenclatures: Nomenclatures,
    lacunes: Lacunes = AUCUNE,
) -> pd.DataFrame:
    """Sum the finest cells, those of `denombrer`, over a full grid of the dimensions asked for.

    The relève bounds the grid in time and dates the sectors.

    Returns
    -------
    pandas.DataFrame
        The dimensions, among `DIMENSIONS`, in the order asked for, as text, then `MESURES` as integers; one row for
        each period × each code, zeros included, sorted by the dimensions as text. Nested dimensions (year and
        semester, region and département, sector and sub-sector) give their real pairs only. What `lacunes` says
        is not known is null, and in no sum of several regions.

    Raises
    ------
    ErreurBarometre
        A dimension is unknown or repeated.
    ErreurAdditivite
        The counts do not add up to the number of rows counted.
    """
    verifier_dimensions(par)
    asked = list(par)
    detailed = cellules
    for family, key in zip(_families(releve, nomenclatures), CELLULE, strict=True):
        (wider,) = family.columns.drop(key)
        detailed = detailed.assign(**{wider: detailed[key].map(dict(zip(family[key], family[wider], strict=True)))})
    detailed = detailed[~inconnues(detailed, par, lacunes, nomenclatures)] if lacunes else detailed
    wide = detailed.groupby([*asked, "type_mouvement"])["nombre"].sum().unstack()
    wide = wide.reindex(columns=[movement.value for movement in TypeMouvement])
    wide = wide.set_axis(MESURES_BRUTES, axis="columns")
    counts = _grille(tuple(par), releve, nomenclatures).join(wide, on=asked)
    counts = counts.fillna(dict.fromkeys(MESURES_BRUTES, 0)).astype(dict.fromkeys(MESURES_BRUTES, "int64"))
    _check_sums(counts, detailed)
    counts = avec_soldes(counts)[[*par, *MESURES]]
    if lacunes and {"region", "departement"} & set(par):
        unknown = inconnues(counts, par, lacunes, nomenclatures)
        counts[list(MESURES)] = counts[list(MESURES)].astype("Int64").mask(unknown)
    return counts


def inconnues(
    table: pd.DataFrame, par: Sequence[str], lacunes: Lacunes, nomenclatures: Nomenclatures
) -> "pd.Series[bool]":
    """Tell the rows of a region that says nothing of their period, at the grain of time of some dimensions."""
    regions = {code: one.region for code, one in nomenclatures.departements.items()}
    place = table["region"] if "region" in table else table["departement"].map(regions)
    return lacunes.masque(table[[name for name in ("annee", "semestre") if name in par]].assign(region=place))


def avec_soldes(comptes: pd.DataFrame) -> pd.DataFrame:
    """Add `solde_net` and `solde_strict` to the four gross measures."""
    strict = comptes["ouvertures"] - comptes["fermetures"]
    return comptes.assign(solde_net=strict + comptes["extensions"] - comptes["reductions"], solde_strict=strict)


def compter_motifs(decisions: Iterable[pd.DataFrame], nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Count the rows of a register of decisions, which may come in pieces, by `region`, `sens` and `motif`.

    `nombre`, every row read, zeros included; `sens` is `hausse` or `baisse`, motifs are in the order of the rules.
    """
    keys = ["region", "sens", "motif"]
    falls = {movement.value: "baisse" if movement in TYPES_BAISSE else "hausse" for movement in TypeMouvement}
    parts = [piece.assign(sens=piece["type_mouvement"].map(falls)).value_counts(keys) for piece in decisions]
    order = pd.MultiIndex.from_product([nomenclatures.regions, ["hausse", "baisse"], list(Motif)], names=keys)
    summed = pd.concat(parts).groupby(level=keys).sum().reindex(order, fill_value=0)
    return summed.astype("int64").rename("nombre").reset_index()


def classer(comptes: pd.DataFrame, couverture: Mapping[str, bool]) -> pd.DataFrame:
    """Rank the covered regions by net balance, from the counts by `region` of one period.

    The covered regions alone are returned, with `rang` (1 for the highest net; equal nets share a rank, the next one
    is skipped) and `ex_aequo`, sorted by rank then by code.
    """
    # What is not known is of no covered region.
    covered = comptes[comptes["region"].map(couverture).astype(bool)]
    covered = covered.astype({name: "int64" for name in MESURES if name in covered})
    rank = covered["solde_net"].rank(method="min", ascending=False).astype("int64")
    tied = covered["solde_net"].duplicated(keep=False)
    return covered.assign(rang=rank, ex_aequo=tied).sort_values(["rang", "region"], ignore_index=True)


def verifier_dimensions(par: object, admises: Sequence[str] = DIMENSIONS, *, au_moins: int = 1) -> None:
    """Refuse dimensions that are not a list, unknown, repeated or missing."""
    if not isinstance(par, list | tuple):
        raise ErreurBarometre(f"Dimensions : trouvé {montrer_valeur(par)} ; attendu une liste, comme {[*admises[:2]]}.")
    unknown = [name for name in par if not isinstance(name, str) or name not in admises]
    if unknown or len(set(par)) != len(par) or len(par) < au_moins:
        found = ", ".join(montrer_valeur(name) for name in par) or "rien"
        raise ErreurBarometre(f"Dimensions : trouvé {found} ; attendu, sans répétition, parmi {', '.join(admises)}.")


def verifier_periode(periode: object, releve: Releve) -> None:
    """Refuse what is neither a year nor a semester of a relève, nor an empty text."""
    known = [*releve.annees, *releve.semestres]
    if not isinstance(periode, str) or periode not in ("", *known):
        raise ErreurBarometre(f"Période : trouvé {montrer_valeur(periode)} ; attendu l'une de {', '.join(known)}.")


@lru_cache(maxsize=32)
def _grille(par: tuple[str, ...], releve: Releve, nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Return the real combinations of some dimensions, sorted; never to be changed."""
    grid = pd.DataFrame({"_": [0]})
    for family in _families(releve, nomenclatures):
        asked = [name for name in family.columns if name in par]
        if asked:
            grid = grid.merge(family[asked].drop_duplicates(), how="cross")
    return grid[list(par)].sort_values(list(par), ignore_index=True)


@lru_cache(maxsize=32)
def _families(releve: Releve, nomenclatures: Nomenclatures) -> list[pd.DataFrame]:
    """Return the nested dimensions, one table of real pairs each, in the order of `CELLULE`."""
    sectors = nomenclatures.secteur_de_sous_secteur(releve)
    departments = nomenclatures.departements.values()
    return [
        pd.DataFrame({"annee": [one[:4] for one in releve.semestres], "semestre": releve.semestres}),
        pd.DataFrame({"region": [d.region for d in departments], "departement": [d.code for d in departments]}),
        pd.DataFrame({"secteur": list(sectors.values()), "sous_secteur": list(sectors)}),
    ]


def _check_sums(counts: pd.DataFrame, cells: pd.DataFrame) -> None:
    for movement in TypeMouvement:
        parts = int(counts[movement.mesure].sum())
        total = int(cells.loc[cells["type_mouvement"] == movement.value, "nombre"].sum())
        if parts != total:
            raise ErreurAdditivite(
                f"Comptage : les {movement.mesure} font {parts} dans le "
                f"tableau et {total} dans le registre ; "
                "une cellule est hors de la grille. Signalez cette erreur."
            )
