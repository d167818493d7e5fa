"""What the suites found: each check with the rows at fault, and what was decided of the warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from barometre_lib.parametres.acquittements import Acquittement, Decision
from barometre_lib.qualite.partenaires import chercher_partenaires, empreinte
from barometre_lib.qualite.suites import Controle, Gravite, Suite
from barometre_lib.qualite.tables import REPERES
from barometre_lib.registre.corrections import Correction
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from barometre_lib.qualite.evaluation import Jugement


@dataclass(frozen=True)
class Constat:
    """One row at fault: where it is, never what it says."""

    reference: str  # `id_mouvement`, code of a region, or name of a sum
    region: str  # code of the region, empty when there is none
    fichier: str  # file as shown to the user; empty when the row is not of a file
    ligne: int  # line of the file, 0 when there is none
    empreinte: str = field(default="", compare=False)  # of the values compared, without which they cannot be read
    rang: int = field(default=-1, compare=False)  # in the table of the check; -1 when no row is at fault
    partenaires: tuple[int, ...] = field(default=(), compare=False)  # likewise, see `partenaires`


@dataclass(frozen=True)
class Resultat:
    """What one check found."""

    suite: Suite
    controle: Controle
    lignes: int  # rows that it looked at
    constats: tuple[Constat, ...]  # rows at fault, in the order of their references
    decisions: Mapping[str, Acquittement]  # reference to what was decided of the warning, its values being the same
    tombees: Mapping[str, Acquittement]  # reference to what justified it before one of its values changed

    @property
    def en_attente(self) -> list[Constat]:
        """Rows at fault that nobody justified."""
        return [one for one in self.constats if not self.justifie(one)]

    def justifie(self, constat: Constat) -> bool:
        """Tell whether a row at fault stops nothing, for a reason."""
        decided = self.decisions.get(constat.reference)
        return decided is not None and decided.justifie

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
    sans_objet: tuple[Acquittement, ...]  # acknowledgements of this relève that no warning needs
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
) -> tuple[Resultat, ...]:
    """Make of the judgements of `evaluation.evaluer` one result per check judged, in the order of the suites.

    Of acknowledgements of one finding, the first that has its fingerprint holds.
    """
    known: dict[tuple[str, str], list[Acquittement]] = {}
    for one in acquittements:
        known.setdefault(one.cle, []).append(one)
    results = []
    for suite, check in [(one, check) for one in suites for check in one.controles if check.nom in jugements]:
        judged = jugements[check.nom]
        faults = pointer(check, judged, tables[check.table])
        decisions: dict[str, Acquittement] = {}
        fallen: dict[str, Acquittement] = {}
        for fault in faults if check.gravite is Gravite.AVERTISSEMENT else ():
            told = known.get((check.nom, fault.reference), [])
            for one in [one for one in told if one.empreinte == fault.empreinte][:1]:
                decisions[fault.reference] = one
            if fault.reference not in decisions and any(one.justifie for one in told):
                fallen[fault.reference] = next(one for one in told if one.justifie)
        results.append(Resultat(suite, check, judged.lignes, faults, decisions, fallen))
    return tuple(results)


def inutiles(
    resultats: Sequence[Resultat], acquittements: Sequence[Acquittement], releve: Releve
) -> tuple[Acquittement, ...]:
    """Return what was decided in a relève of warnings that it has not; a row corrected has none any more."""
    used = {
        (one.controle.nom, row.reference)
        for one in resultats
        if one.controle.gravite is Gravite.AVERTISSEMENT
        for row in one.constats
    }
    own = [one for one in acquittements if one.origine == releve and one.decision is not Decision.CORRIGE]
    return tuple(one for one in own if one.cle not in used)


def pointer(check: Controle, judged: "Jugement", table: pd.DataFrame) -> tuple[Constat, ...]:
    """Return where a check found fault, by reference then line; without a row, the check itself is the reference."""
    if judged.tenue:
        return ()
    if not judged.fautives:
        return (Constat(check.nom, "", "", 0, empreinte(check, table)),)
    key, ranked = [*REPERES[check.table]], table.reset_index(drop=True)
    partners = chercher_partenaires(check, judged.fautives, ranked)
    found = []
    for rank, row in zip(judged.fautives, ranked[key].iloc[judged.fautives].to_dict("records"), strict=True):
        region, others = row.get("region_fichier", row.get("region", "")), partners.get(rank, ())
        place = str(row[key[0]]), str(region), str(row.get("fichier", "")), int(row.get("ligne", 0))
        # What is told for information is never acknowledged.
        mark = empreinte(check, ranked, rank, others) if check.gravite is Gravite.AVERTISSEMENT else ""
        found.append(Constat(*place, mark, rank, others))
    return tuple(sorted(found, key=lambda one: (one.reference, one.fichier, one.ligne)))
