"""What the suites found: each check with the rows at fault, and which warnings were acknowledged."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from barometre_lib.parametres.edition import Acquittement
from barometre_lib.qualite.suites import Controle, Gravite, Suite
from barometre_lib.qualite.tables import REPERES, TABLES_DE_MOUVEMENTS
from barometre_lib.registre.corrections import Correction
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from barometre_lib.qualite.evaluation import Jugement


LONGUEUR_EMPREINTE = 16


@dataclass(frozen=True)
class Constat:
    """One row at fault: where it is, never what it says."""

    reference: str  # `id_mouvement`, code of a region, or name of a sum
    region: str  # code of the region, empty when there is none
    fichier: str  # file as shown to the user; empty when the row is not of a file
    ligne: int  # line of the file, 0 when there is none
    empreinte: str = field(default="", compare=False)  # of the values compared, without which they cannot be read


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
    suites: Sequence[Suite],
    tables: Mapping[str, pd.DataFrame],
    jugements: "Mapping[str, Jugement]",
    acquittements: Sequence[Acquittement] = (),
) -> tuple[tuple[Resultat, ...], tuple[Acquittement, ...]]:
    """Make of the judgements of `evaluation.evaluer` one result per check judged, in the order of the suites.

    Return too the acknowledgements that were of no use.
    """
    used: dict[Acquittement, set[str]] = {one: set() for one in acquittements}
    results = []
    for suite, check in [(one, check) for one in suites for check in one.controles if check.nom in jugements]:
        judged = jugements[check.nom]
        faults = pointer(check, judged, tables[check.table])
        reasons: dict[str, str] = {}
        if check.gravite is Gravite.AVERTISSEMENT:
            for acknowledgement in acquittements:
                covered = _covered(acknowledgement, check, faults)
                used[acknowledgement].update(covered)
                reasons |= dict.fromkeys(covered, acknowledgement.raison)
        results.append(Resultat(suite, check, judged.lignes, faults, reasons))
    return tuple(results), tuple(_useless(acquittements, used))


def pointer(check: Controle, judged: "Jugement", table: pd.DataFrame) -> tuple[Constat, ...]:
    """Return where a check found fault, by reference then line; without a row, the check itself is the reference."""
    if judged.tenue:
        return ()
    if not judged.fautives:
        return (Constat(check.nom, "", "", 0),)
    columns = [*dict.fromkeys([*REPERES[check.table], *check.champs])]
    rows = table[columns].iloc[judged.fautives]
    found = [_constater(check, row) for row in rows.to_dict("records")]
    return tuple(sorted(found, key=lambda one: (one.reference, one.fichier, one.ligne)))


def _constater(check: Controle, row: Mapping[Any, Any]) -> Constat:
    compared = [str(row[name]) for name in check.champs]
    print_of = hashlib.sha256(json.dumps(compared).encode()).hexdigest()[:LONGUEUR_EMPREINTE]
    region = row.get("region_fichier", row.get("region", ""))
    reference = str(row[REPERES[check.table][0]])
    return Constat(reference, str(region), str(row.get("fichier", "")), int(row.get("ligne", 0)), print_of)


def _useless(acknowledgements: Sequence[Acquittement], used: Mapping[Acquittement, set[str]]) -> Iterator[Acquittement]:
    """Yield the acknowledgements that no warning needs, or the part of them that none does."""
    for one in acknowledgements:
        left = tuple(reference for reference in one.references if reference not in used[one])
        if left or not used[one]:
            yield replace(one, references=left)


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
