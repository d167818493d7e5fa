"""The suites: what is checked, how serious it is, declared in `params/qualite/*.yaml` and read here.

A suite lists requirements of the register's contract by their kind (`exigences`, always blocking), and checks
(`controles`), each a predicate of the catalogue with its gravity, its words and its parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import lire_yaml
from barometre_lib.qualite.predicats import PREDICATS, Predicat, attendu, convient
from barometre_lib.registre import Exigence, exigences
from barometre_lib.typographie import typographier
from barometre_lib.vocabulaire import NOMS_COLONNES


class Gravite(StrEnum):
    """What a check does to publication when a row is at fault."""

    BLOQUANT = "bloquant"
    AVERTISSEMENT = "avertissement"
    INFORMATION = "information"

    @property
    def libelle(self) -> str:
        """French word shown to people."""
        return {"bloquant": "Bloquant", "avertissement": "Avertissement", "information": "Information"}[self.value]


@dataclass(frozen=True)
class Controle:
    """One check of a suite.

    Attributes
    ----------
    nom : str
        Name, unique: `mouvement_disparu`, or `date_effet.format` for a requirement of the contract.
    famille : str
        Name under which the suite declares it: the kind of a requirement (`format`), else the same as `nom`.
    gravite : Gravite
        Gravity.
    libelle, attendu : str
        French: what it finds, and what was expected.
    colonne : str
        Column at fault; empty when it is the whole row, or no row.
    table : str
        Table that the predicate reads, one of `qualite.tables`.
    fautif : callable
        That table to a boolean Series, true on the rows at fault.
    portee : callable or None
        That table to a boolean Series, true on the rows looked at; None when it is all of them.
    """

    nom: str
    famille: str
    gravite: Gravite
    libelle: str
    attendu: str
    colonne: str
    table: str
    fautif: Callable[[pd.DataFrame], pd.Series]
    portee: Callable[[pd.DataFrame], pd.Series] | None = None


@dataclass(frozen=True)
class Suite:
    """Checks that go together.

    Attributes
    ----------
    nom, libelle, objet : str
        Name of its file without rank, French title, French sentence that says what it is about.
    controles : tuple of Controle
        Checks, in the order of the file.
    """

    nom: str
    libelle: str
    objet: str
    controles: tuple[Controle, ...]


TABLE_CONTRAT = "textes"


def lire_suites(nomenclatures: Nomenclatures, dossier: Path | None = None) -> tuple[Suite, ...]:
    """Read every suite, in the order of their files.

    Parameters
    ----------
    nomenclatures : Nomenclatures
        Lists of codes that the contract refers to.
    dossier : Path, optional
        Folder of the suites; the project's `params/qualite` by default.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, two checks share a name, or a requirement of the contract is in no suite.
    """
    folder = dossier or racine() / "params" / "qualite"
    contract: dict[str, list[Exigence]] = {}
    for requirement in exigences(nomenclatures):
        contract.setdefault(_kind(requirement), []).append(requirement)
    suites = tuple(_read_suite(path, contract, nomenclatures) for path in sorted(folder.glob("*.yaml")))
    names = [check.nom for suite in suites for check in suite.controles]
    for name in names:
        if names.count(name) > 1:
            raise ErreurBarometre(
                f"{afficher(folder)}\u00a0: le contrôle {montrer(name)} figure deux fois\u202f; gardez-en un."
            )
    missing = sorted(
        {requirement.nom for requirements in contract.values() for requirement in requirements} - set(names)
    )
    if missing:
        raise ErreurBarometre(
            f"{afficher(folder)}\u00a0: aucune suite n'applique l'exigence {montrer(missing[0])} du contrat\u202f; "
            "restaurez-la."
        )
    return suites


def _kind(requirement: Exigence) -> str:
    return requirement.nom.rpartition(".")[2]


def _read_suite(path: Path, contract: Mapping[str, list[Exigence]], nomenclatures: Nomenclatures) -> Suite:
    content = lire_yaml(path)
    where = afficher(path)
    unknown = set(content) - {"libelle", "objet", "exigences", "controles"}
    if unknown or not all(isinstance(content.get(name), str) for name in ("libelle", "objet")):
        raise ErreurBarometre(
            f"{where}\u00a0: trouvé {', '.join(map(str, content))}\u202f; "
            "attendu libelle, objet, exigences et controles."
        )
    checks = []
    for kind, label in _entries(content, "exigences", where):
        if kind not in contract or not isinstance(label, str):
            raise ErreurBarometre(
                f"{where}, exigence {montrer(kind)}\u00a0: attendu un libellé et l'une de {', '.join(contract)}."
            )
        checks += [_of_contract(requirement, kind, label) for requirement in contract[kind]]
    checks += [_read_check(name, entry, where, nomenclatures) for name, entry in _entries(content, "controles", where)]
    name = path.stem.partition("_")[2]
    return Suite(name, typographier(content["libelle"]), typographier(content["objet"]), tuple(checks))


def _entries(content: Mapping[str, Any], key: str, where: str) -> list[tuple[str, Any]]:
    entries = content.get(key) or {}
    if not isinstance(entries, dict):
        raise ErreurBarometre(f"{where}, «\u00a0{key}\u00a0»\u00a0: attendu des entrées «\u00a0nom: …\u00a0».")
    return [(str(name), entry) for name, entry in entries.items()]


def _of_contract(requirement: Exigence, kind: str, label: str) -> Controle:
    # « any departure from this table is a blocking defect » (conception.md, §3): no file can make it less.
    return Controle(
        requirement.nom,
        kind,
        Gravite.BLOQUANT,
        typographier(label),
        requirement.attendu,
        requirement.colonne,
        TABLE_CONTRAT,
        requirement.fautif,
    )


def _read_check(name: str, entry: Any, where: str, nomenclatures: Nomenclatures) -> Controle:
    place = f"{where}, contrôle {montrer(name)}"
    expected = {"gravite", "libelle", "attendu"}
    if not isinstance(entry, dict) or not expected <= set(entry) <= expected | {"colonne", "predicat", "parametres"}:
        raise ErreurBarometre(
            f"{place}\u00a0: attendu gravite, libelle, attendu et, au besoin, colonne, predicat, parametres."
        )
    if entry["gravite"] not in list(Gravite):
        found = montrer(str(entry["gravite"]), vide="rien")
        raise ErreurBarometre(
            f"{place}, «\u00a0gravite\u00a0»\u00a0: trouvé {found}\u202f; attendu {', '.join(Gravite)}."
        )
    if entry.get("colonne", "") not in ("", *NOMS_COLONNES):
        found = montrer(str(entry["colonne"]))
        raise ErreurBarometre(f"{place}, «\u00a0colonne\u00a0»\u00a0: {found} n'est pas une colonne du registre.")
    predicate = _predicate(str(entry.get("predicat", name)), place)
    parameters = entry.get("parametres") or {}
    _check_parameters(parameters, predicate, f"{place}, «\u00a0parametres\u00a0»", nomenclatures)
    return Controle(
        name,
        name,
        Gravite(entry["gravite"]),
        typographier(str(entry["libelle"])),
        typographier(str(entry["attendu"])),
        entry.get("colonne", ""),
        predicate.table,
        partial(predicate.fonction, **parameters),
        partial(predicate.portee, **parameters) if predicate.portee else None,
    )


def _check_parameters(parameters: Any, predicate: Predicat, place: str, nomenclatures: Nomenclatures) -> None:
    """Refuse parameters that are missing, unknown, or of another kind: a check would look at nothing."""
    if not isinstance(parameters, dict) or set(parameters) != set(predicate.parametres):
        raise ErreurBarometre(f"{place}\u00a0: attendu {', '.join(sorted(predicate.parametres)) or 'aucun'}.")
    for name, annotation in predicate.parametres.items():
        value = parameters[name]
        known = not isinstance(value, dict) or set(value) <= set(nomenclatures.sous_secteurs)
        if not convient(value, annotation) or not known:
            found = montrer(str(value), vide="rien")
            raise ErreurBarometre(f"{place}, {name}\u00a0: trouvé {found}\u202f; attendu {attendu(annotation)}.")


def _predicate(name: str, place: str) -> Predicat:
    if name not in PREDICATS:
        raise ErreurBarometre(
            f"{place}\u00a0: le prédicat {montrer(name)} n'existe pas\u202f; attendu l'un de {', '.join(PREDICATS)}."
        )
    return PREDICATS[name]
