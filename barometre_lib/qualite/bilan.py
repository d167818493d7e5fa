"""What the suites found: each check with the rows at fault, and which warnings were acknowledged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from barometre_lib.parametres.edition import Acquittement
from barometre_lib.qualite.suites import Controle, Gravite, Suite
from barometre_lib.registre.corrections import Correction
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import Releve

TABLES_DE_MOUVEMENTS = ("mouvements", "suivi")


@dataclass(frozen=True)
class Constat:
    """One row at fault: where it is, never what it says."""

    reference: str  # `id_mouvement`, code of a region, or name of a sum
    region: str  # code of the region, empty when there is none
    fichier: str  # file as shown to the user; empty when the row is not of a file
    ligne: int  # line of the file, 0 when there is none


@dataclass(frozen=True)
class Resultat:
    """What one check found."""

    suite: Suite
    controle: Controle
    lignes: int  # rows that it looked at
    constats: tuple[Constat, ...]  # rows at fault, in the order of their references
    raisons: Mapping[str, str]  # reference to the reason why the warning was acknowledged

    @property
    def en_attente(self) -> list[Constat]:
        """Rows at fault that nobody acknowledged."""
        return [one for one in self.constats if one.reference not in self.raisons]

    @property
    def arrete(self) -> bool:
        """Whether publication is stopped by this check."""
        if self.controle.gravite is Gravite.BLOQUANT:
            return bool(self.constats)
        return self.controle.gravite is Gravite.AVERTISSEMENT and bool(self.en_attente)


@dataclass(frozen=True)
class Bilan:
    """What the suites found in one relève."""

    releve: Releve
    precedente: Releve | None  # relève that it was compared with
    lignes: int  # rows read
    suites: tuple[Suite, ...]  # suites applied, in order
    resultats: tuple[Resultat, ...]  # one per check, in the order of the suites
    corrections: tuple[Correction, ...]  # known errors of the source, applied on reading
    sans_objet: tuple[Acquittement, ...]  # acknowledgements that no warning needs any more
    annonces: tuple[str, ...] = ()  # French sentences that stop nothing, see `annonces`

    def nombre(self, gravite: Gravite) -> int:
        """Return how many rows are at fault for the checks of one gravity."""
        return sum(len(one.constats) for one in self.resultats if one.controle.gravite is gravite)

    @property
    def arrets(self) -> list[Resultat]:
        """Results that stop publication."""
        return [one for one in self.resultats if one.arrete]

    @property
    def resume(self) -> str:
        """What the terminal is told, in French, of a register that is let through."""
        found = [
            accorder(self.nombre(gravity), *words)
            for gravity, words in (
                (Gravite.AVERTISSEMENT, ("avertissement acquitté", "avertissements acquittés")),
                (Gravite.INFORMATION, ("information", "informations")),
            )
            if self.nombre(gravity)
        ]
        told = f" ; {', '.join(found)}" if found else ""
        rows, checks = accorder(self.lignes, "ligne", "lignes"), accorder(len(self.resultats), "contrôle", "contrôles")
        return "\n".join([*self.annonces, f"Relève {self.releve} : {rows}, {checks}, aucun défaut{told}."])


def etablir_resultats(
    suites: Sequence[Suite], tables: Mapping[str, pd.DataFrame], acquittements: Sequence[Acquittement]
) -> tuple[tuple[Resultat, ...], tuple[Acquittement, ...]]:
    """Apply the predicates of every check whose table is there, those of `qualite.tables`.

    Return one result per check, in the order of the suites, and the acknowledgements that were of no use.
    """
    used: dict[Acquittement, set[str]] = {one: set() for one in acquittements}
    results = []
    for suite, check in [(one, check) for one in suites for check in one.controles if check.table in tables]:
        table = tables[check.table]
        faults = pointer(table, check.fautif)
        reasons: dict[str, str] = {}
        if check.gravite is Gravite.AVERTISSEMENT:
            for acknowledgement in acquittements:
                covered = _covered(acknowledgement, check, faults)
                used[acknowledgement].update(covered)
                reasons |= dict.fromkeys(covered, acknowledgement.raison)
        looked_at = int(check.portee(table).sum()) if check.portee else len(table)
        results.append(Resultat(suite, check, looked_at, faults, reasons))
    return tuple(results), tuple(_useless(acquittements, used))


def _useless(acknowledgements: Sequence[Acquittement], used: Mapping[Acquittement, set[str]]) -> Iterator[Acquittement]:
    """Yield the acknowledgements that no warning needs, or the part of them that none does."""
    for one in acknowledgements:
        left = tuple(reference for reference in one.references if reference not in used[one])
        if left or not used[one]:
            yield replace(one, references=left)


def pointer(table: pd.DataFrame, fautif: Callable[[pd.DataFrame], pd.Series]) -> tuple[Constat, ...]:
    """Return the rows at fault of a table, by reference then line."""
    faulty = table.loc[fautif(table), ["reference", "region", "fichier", "ligne"]]
    # Most checks find nothing, and to sort nothing takes pandas as long as to sort something.
    if faulty.empty:
        return ()
    rows = faulty.sort_values(["reference", "fichier", "ligne"]).itertuples(index=False)
    return tuple(Constat(str(row[0]), str(row[1]), str(row[2]), int(row[3])) for row in rows)


def _covered(acknowledgement: Acquittement, check: Controle, faults: Sequence[Constat]) -> list[str]:
    if acknowledgement.controle not in ("", check.nom):
        return []
    if acknowledgement.nombre is not None:
        # As many as were seen when it was acknowledged: one more, or one less, must be looked at again. One that takes
        # the place of another is not seen: references are for that.
        return [one.reference for one in faults] if len(faults) == acknowledgement.nombre else []
    if not acknowledgement.controle and check.table not in TABLES_DE_MOUVEMENTS:
        # A reference alone is a movement's identifier, which may look like the code of a region.
        return []
    return [one.reference for one in faults if one.reference in acknowledgement.references]
