"""The suites: what is checked, how serious it is, declared in `params/qualite/*.yaml` and read here.

A suite lists requirements of the register's contract by their kind (`exigences`, always blocking), and checks
(`controles`), each a predicate of the catalogue with its gravity, its words and its parameters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_args

import pandas as pd
from pydantic import Field

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.attendus import Ecart, Lieu, peler
from barometre_lib.parametres.fichiers import FERME, Texte, attendu, convient, ouvrir_yaml, rassembler
from barometre_lib.qualite.predicats.catalogue import PREDICATS
from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.typographie import enumerer, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES


class Gravite(StrEnum):
    """What a check does to publication when a row is at fault."""

    BLOQUANT = "bloquant"
    AVERTISSEMENT = "avertissement"
    INFORMATION = "information"

    @property
    def libelle(self) -> str:
        """French word shown to people."""
        return self.value.capitalize()


COLONNE = f"^({'|'.join(NOMS_COLONNES)})?$"


@dataclass(frozen=True)
class Controle:
    """One check of a suite."""

    nom: str  # unique: `mouvement_disparu`, or `date_effet.format` for a requirement of the contract
    famille: str  # the kind of a requirement (`format`), else the same as `nom`
    gravite: Gravite
    libelle: str  # French: what it finds
    attendu: str  # French: what was expected
    colonne: str  # at fault; empty when it is the whole row, or no row
    table: str  # that the predicate reads, one of `qualite.tables`
    fautif: Callable[[pd.DataFrame], pd.Series]  # that table to a boolean Series, true on the rows at fault
    # The same, true on the rows looked at; None when it is all of them.
    portee: Callable[[pd.DataFrame], pd.Series] | None = None


@dataclass(frozen=True)
class Suite:
    """Checks that go together."""

    nom: str  # of its file without rank
    libelle: str  # French title
    objet: str  # French sentence that says what it is about
    controles: tuple[Controle, ...]  # in the order of the file


@dataclass(frozen=True)
class ControleDeclare:
    """A check as a file declares it, under its name."""

    __pydantic_config__ = FERME
    gravite: Annotated[Gravite, Field(description=enumerer(Gravite, "ou"))]
    libelle: Texte
    attendu: Texte
    colonne: Annotated[str, attendu("une colonne du registre, ou rien", pattern=COLONNE)] = ""
    predicat: Texte = ""  # empty: that of its name
    parametres: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FichierSuite:
    """A suite as its file declares it."""

    __pydantic_config__ = FERME
    libelle: Texte
    objet: Texte
    exigences: Annotated[dict[str, Texte], attendu("des entrées « exigence : libellé »", default={})]
    controles: Annotated[dict[str, ControleDeclare], attendu("des entrées « nom : contrôle »", default={})]


TABLE_CONTRAT = "textes"


def lire_suites(nomenclatures: Nomenclatures, dossier: Path | None = None) -> tuple[Suite, ...]:
    """Read every suite, in the order of their files.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, two checks share a name, or a requirement of the contract is in no suite.
    """
    folder = dossier or racine() / "params" / "qualite"
    contract: dict[str, list[Exigence]] = {}
    for requirement in exigences(nomenclatures):
        contract.setdefault(requirement.nom.rpartition(".")[2], []).append(requirement)
    paths = sorted(folder.glob("*.yaml"))
    suites = tuple(rassembler(lambda path: _read_suite(path, contract, nomenclatures), paths))
    names = [check.nom for suite in suites for check in suite.controles]
    repeated = sorted({name for name in names if names.count(name) > 1})
    missing = sorted({one.nom for requirements in contract.values() for one in requirements} - set(names))
    faults = [f"le contrôle {montrer(name)} figure deux fois ; gardez-en un" for name in repeated] + [
        f"aucune suite n'applique l'exigence {montrer(name)} du contrat ; restaurez-la" for name in missing
    ]
    if faults:
        raise ErreurBarometre("\n".join(f"{afficher(folder)} : {fault}." for fault in faults))
    return suites


def _read_suite(path: Path, contract: Mapping[str, list[Exigence]], nomenclatures: Nomenclatures) -> Suite:
    file = ouvrir_yaml(path)
    read = file.lire(FichierSuite)
    file.refuser(_ecarts(read, contract, nomenclatures))
    checks = [
        _of_contract(requirement, kind, label)
        for kind, label in read.exigences.items()
        for requirement in contract[kind]
    ]
    checks += [_declared(name, check) for name, check in read.controles.items()]
    name = path.stem.partition("_")[2]
    return Suite(name, typographier(read.libelle), typographier(read.objet), tuple(checks))


def _ecarts(
    suite: FichierSuite, contract: Mapping[str, list[Exigence]], nomenclatures: Nomenclatures
) -> Iterator[Ecart]:
    """Yield what names no requirement and no predicate, and parameters that would make a check look at nothing."""
    for kind in suite.exigences.keys() - contract.keys():
        yield ("exigences", kind), f"attendu l'une de {', '.join(contract)}"
    for name, check in suite.controles.items():
        place: Lieu = ("controles", name)
        predicate = PREDICATS.get(check.predicat or name)
        if not predicate:
            place = (*place, "predicat") if check.predicat else place
            yield place, f"attendu l'un des prédicats {', '.join(PREDICATS)}"
            continue
        if set(check.parametres) != set(predicate.parametres):
            yield (*place, "parametres"), f"attendu {', '.join(sorted(predicate.parametres)) or 'aucun paramètre'}"
            continue
        for parameter, annotation in predicate.parametres.items():
            value = check.parametres[parameter]
            known = not isinstance(value, dict) or set(value) <= set(nomenclatures.sous_secteurs)
            if not convient(value, annotation) or not known:
                kind, words = peler(annotation)
                what = words or f"l'un de {', '.join(get_args(kind))}"
                yield (*place, "parametres", parameter), f"attendu {what}"


def _of_contract(one: Exigence, kind: str, label: str) -> Controle:
    # « any departure from this table is a blocking defect » (conception.md, §3): no file can make it less.
    words = typographier(label), typographier(one.attendu)
    return Controle(one.nom, kind, Gravite.BLOQUANT, *words, one.colonne, TABLE_CONTRAT, one.fautif)


def _declared(name: str, check: ControleDeclare) -> Controle:
    predicate, words = PREDICATS[check.predicat or name], (typographier(check.libelle), typographier(check.attendu))
    fautif = partial(predicate.fonction, **check.parametres)
    portee = partial(predicate.portee, **check.parametres) if predicate.portee else None
    return Controle(name, name, check.gravite, *words, check.colonne, predicate.table, fautif, portee)
