"""The chain of tables that leads from one relève to the next, each judged by the rules, and what moves at each step."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.registre.derivation import DERIVEES, deriver
from barometre_lib.regles import Liens, Regle, decider
from barometre_lib.revisions.etapes import ETAPES, LUES, Etape
from barometre_lib.vocabulaire import Motif, Releve

# Where a movement counts; the sector follows from the sub-sector.
CELLULE = ["semestre", "region", "departement", "sous_secteur", "type_mouvement"]
Cellule = tuple[str, ...]


class Ligne(NamedTuple):
    """What a movement brings to a cell, or takes from it, in a step."""

    cle: str
    cellule: Cellule
    signe: int
    cause: str
    origine: str = ""  # the row of its site whose record changed, when its own did not


@dataclass(frozen=True)
class Etat:
    """A table of the chain, with all that the rules need to judge it."""

    lignes: pd.DataFrame  # by the key of each movement, its first identifier: columns of the register, derived ones
    parametres: ParametresRegles
    regles: tuple[Regle, ...]
    liens: Liens
    mots: Releve  # the relève whose generic names hold

    @property
    def liens_presents(self) -> Liens:
        """What answers say of the rows that are there."""
        here = {*self.lignes["id_mouvement"]} if self.liens else set()
        told = (self.liens.unis, self.liens.separes)
        return Liens(*(frozenset(pair for pair in pairs if here.issuperset(pair)) for pairs in told))

    @property
    def sites(self) -> "pd.Series[str]":
        """The site of each movement, one for those that answers join."""
        return self.liens_presents.sites(self.lignes)

    def prendre(self, etape: Etape, apres: pd.DataFrame) -> "Etat":
        """Take the values of a step from later rows, by the same keys, and derive what follows."""
        taken = self.lignes.assign(**{name: apres[name].reindex(self.lignes.index) for name in etape.colonnes})
        if etape.situe:
            taken = self._deriver(taken, differentes(self.lignes, taken, etape.colonnes))
        return replace(self, lignes=taken)

    def renommer(self, mots: Releve) -> "Etat":
        """Take other generic names: what makes a site is derived again."""
        named = replace(self, mots=mots)
        return replace(named, lignes=named._deriver(self.lignes, self.lignes.index))

    def ajouter(self, lignes: pd.DataFrame) -> "Etat":
        """Add rows."""
        return replace(self, lignes=pd.concat([self.lignes, self._deriver(lignes, lignes.index)]))

    def _deriver(self, lignes: pd.DataFrame, changees: "pd.Index[str]") -> pd.DataFrame:
        derived, names = lignes.copy(), list(DERIVEES)
        if len(changees):
            again = deriver(lignes.loc[changees], self.parametres.nomenclatures, self.mots)
            derived.loc[changees, names] = again[names]
        return derived


def juger(etats: Sequence[Etat]) -> list[pd.DataFrame]:
    """Give each row of some tables, under the same parameters and rules, its motif: all at once, which costs as one."""
    marks = [f"{rank}|" for rank, _ in enumerate(etats)]
    # No row of a table is on the site of another's, and the order of identifiers stays.
    apart = [
        one.lignes[list(LUES)].assign(**{name: mark + one.lignes[name] for name in ("id_mouvement", "cle_site")})
        for mark, one in zip(marks, etats, strict=True)
    ]
    told = [(mark, one.liens_presents) for mark, one in zip(marks, etats, strict=True)]
    links = Liens(
        frozenset((mark + one, mark + other) for mark, here in told for one, other in here.unis),
        frozenset((mark + one, mark + other) for mark, here in told for one, other in here.separes),
    )
    decided = decider(pd.concat(apart, ignore_index=True), etats[0].parametres, regles=etats[0].regles, liens=links)
    ends = [*accumulate(len(one.lignes) for one in etats)]
    whole = zip(etats, pairwise([0, *ends]), strict=True)
    return [
        one.lignes.assign(**{name: decided[name].to_numpy()[start:end] for name in ("motif", "compte")})
        for one, (start, end) in whole
    ]


def touchees(avant: tuple[pd.DataFrame, Liens], apres: tuple[pd.DataFrame, Liens]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep, of two tables judged, the rows of the sites where one changes, with what is read of them: others stay."""
    (before, links), (after, later) = avant, apres
    both = before.index.intersection(after.index)
    apart = differentes(before.loc[both], after.loc[both], (*LUES, "motif"))
    named = {name for pair in (links.unis ^ later.unis) | (links.separes ^ later.separes) for name in pair}
    sides = [(one, told.sites(one.reset_index(drop=True)).set_axis(one.index)) for one, told in (avant, apres)]
    sites = {
        site
        for rows, of_row in sides
        for site in of_row[rows.index.isin(apart) | ~rows.index.isin(both) | rows["id_mouvement"].isin(named)]
    }
    first, second = ({*of_row.index[of_row.isin(sites)]} for _, of_row in sides)
    columns = [
        *dict.fromkeys([*LUES, *(name for one in ETAPES for name in one.colonnes), *DERIVEES, "motif", "compte"])
    ]
    kept = first | second
    return before.loc[before.index.isin(kept), columns], after.loc[after.index.isin(kept), columns]


def differentes(avant: pd.DataFrame, apres: pd.DataFrame, colonnes: Iterable[str]) -> "pd.Index[str]":
    """Return the keys, the same on both sides, of the rows that some columns tell apart; empty cells are alike."""
    apart = pd.Series(False, index=avant.index)
    for name in colonnes:
        one, other = avant[name], apres[name]
        apart |= (one != other).fillna(True).astype("bool") & ~(one.isna() & other.isna())
    return avant.index[apart]


def causes_propres(avant: pd.DataFrame, apres: pd.DataFrame, etape: Etape) -> dict[str, str]:
    """Return the cause of each row that what the rules read tells from what it was before a step."""
    followed = DERIVEES if etape.situe else ()
    read = [name for name in LUES if name in (*etape.colonnes, *followed)]
    changed = differentes(avant, apres, read)
    pairs = zip(avant.loc[changed].itertuples(), apres.loc[changed].itertuples(), strict=True)
    return {str(before.Index): etape.cause(before, after).value for before, after in pairs}


def placer(decisions: pd.DataFrame) -> dict[str, Cellule]:
    """Return the cell of each row that counts, by its key."""
    counted = decisions[decisions["compte"]]
    return dict(zip(counted.index, counted[CELLULE].itertuples(index=False, name=None), strict=True))


@dataclass
class Chaine:
    """The chain as it is made: where it stands, and what moved so far."""

    etat: Etat
    decisions: pd.DataFrame  # rows of the table, judged
    cellules: dict[str, Cellule]  # where each movement that counts does
    lignes: list[Ligne] = field(default_factory=list)
    # Of the records that changed, whether they moved or not, in the order of the steps.
    causes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def avancer(self, suivant: Etat, jugees: pd.DataFrame, causes: Mapping[str, str]) -> None:
        """Go to a table in which some records changed, each by its cause: another row moves by that of its origin."""
        moved = self._bouger(jugees)
        origins = self._origines([key for key in moved if key not in causes], list(causes), suivant)
        for key, cause in causes.items():
            self.causes[key].append(cause)
        self._noter(moved, {key: (causes[origins.get(key, key)], origins.get(key, "")) for key in moved}, suivant)

    def changer_methode(self, suivant: Etat, cause: str) -> None:
        """Go to a table that other rules judge: no record changes, whatever moves does so by itself."""
        moved = self._bouger(*juger([suivant]))
        self._noter(moved, dict.fromkeys(moved, (cause, "")), suivant)

    def avancer_periode(self, suivant: Etat, nouvelle: str, redate: str) -> None:
        """Go to a later last day: what becomes a fact is new, and whatever else moves does so by one of these rows."""
        before, [after] = self.decisions["motif"], juger([suivant])
        to_come = before.reindex(after.index) == Motif.NON_EFFECTIF.value
        facts = after.index[to_come & (after["motif"] != Motif.NON_EFFECTIF.value)]
        moved = self._bouger(after)
        origins = self._origines([key for key in moved if key not in facts], list(facts), suivant)
        told = {key: (redate, origins[key]) if key in origins else (nouvelle, "") for key in moved}
        self._noter(moved, told, suivant)

    def _bouger(self, apres: pd.DataFrame) -> dict[str, tuple[Cellule | None, Cellule | None]]:
        """Take the verdicts of the next table, and return where each movement that moves was and is."""
        before, after = self.cellules, placer(apres)
        self.decisions, self.cellules = apres, after
        pairs = {key: (before.get(key), after.get(key)) for key in sorted({*before, *after})}
        return {key: (one, other) for key, (one, other) in pairs.items() if one != other}

    def _noter(
        self,
        bougees: Mapping[str, tuple[Cellule | None, Cellule | None]],
        dites: Mapping[str, tuple[str, str]],
        suivant: Etat,
    ) -> None:
        for key, cells in bougees.items():
            signed = zip(cells, (-1, 1), strict=True)
            self.lignes += [Ligne(key, cell, sign, *dites[key]) for cell, sign in signed if cell is not None]
        self.etat = suivant

    def _origines(self, induites: Sequence[str], changees: Sequence[str], suivant: Etat) -> dict[str, str]:
        """Return, of rows that move without a change of their own, the nearest of their site that did change."""
        if not induites:
            return {}
        sides = [(one.sites, one.lignes) for one in (self.etat, suivant)]
        of_site = defaultdict[str, set[str]](set)
        for sites, _ in sides:
            for key, site in sites[sites.index.isin(changees)].items():
                of_site[site].add(str(key))
        rows = pd.concat([one[["type_mouvement", "date_effet"]] for _, one in sides])
        rows = rows[~rows.index.duplicated(keep="last")]
        found = {}
        for key in induites:
            near = {name for sites, _ in sides if key in sites.index for name in of_site[sites[key]]}
            if not near:
                raise ErreurBarometre(f"Révisions : « {key} » change sans cause sur son site. Signalez cette erreur.")
            found[key] = _plus_proche(rows.loc[[key]], rows.loc[sorted(near)])
        return found


def _plus_proche(ligne: pd.DataFrame, candidates: pd.DataFrame) -> str:
    """Return the row of the same type, then the nearest by its date, then the first by its key."""
    other = candidates["type_mouvement"] != ligne["type_mouvement"].iloc[0]
    apart = (candidates["date_effet"] - ligne["date_effet"].iloc[0]).abs()
    ordered = candidates.assign(autre=other, ecart=apart).rename_axis("cle").sort_values(["autre", "ecart", "cle"])
    return str(ordered.index[0])
