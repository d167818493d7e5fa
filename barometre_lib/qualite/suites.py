"""The suites: what is checked, how serious it is. Each file of `params/qualite` is an `ExpectationSuite`.

They are read here without Great Expectations, whose import takes seconds: what the pages say of a check is in the file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.attendus import Ecart
from barometre_lib.parametres.fichiers import FERME, Fichier, Texte, attendu, ouvrir_yaml, rassembler
from barometre_lib.registre.conformite import exigences
from barometre_lib.typographie import enumerer, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES

Severite = Literal["critical", "warning", "info"]
Table = Literal["textes", "mouvements", "suivi", "regions", "egalites"]
Partenaire = Literal["", "precedente", "siret", "cle_site", "nom_site"]
COLONNE = f"^({'|'.join(NOMS_COLONNES)})?$"
# What identifies a suite or an expectation in a store of Great Expectations, which this project has not.
Ignore = SkipJsonSchema[Any]


class Gravite(StrEnum):
    """What a check does to publication when a row is at fault."""

    BLOQUANT = "bloquant"
    AVERTISSEMENT = "avertissement"
    INFORMATION = "information"

    @property
    def libelle(self) -> str:
        """French word shown to people."""
        return self.value.capitalize()


GRAVITES = dict(zip(get_args(Severite), Gravite, strict=True))


@dataclass(frozen=True)
class Controle:
    """One check of a suite: an expectation, and what people are told of it."""

    nom: str  # unique: `mouvement_disparu`, or `date_effet.format`, one of several of a family
    gravite: Gravite
    libelle: str  # French: what it finds
    attendu: str  # French: what was expected
    colonne: str  # at fault; empty when it is the whole row, or no row
    table: Table  # that it judges
    champs: tuple[str, ...] = ()  # columns of the table whose values it compared: while they stay, so does a reason
    partenaire: Partenaire = ""  # what two rows have in common of which it speaks together; empty when it is one row

    @property
    def famille(self) -> str:
        """The checks that pages show as one: `format` for `date_effet.format`, else the name."""
        return self.nom.rpartition(".")[2]


@dataclass(frozen=True)
class Suite:
    """Checks of one table that go together."""

    nom: str
    libelle: str  # French title
    objet: str  # French sentence that says what it is about
    controles: tuple[Controle, ...]  # in the order of the file
    fichier: Fichier = field(compare=False, repr=False)  # what Great Expectations is given

    def reduire(self, retenu: Callable[[Controle], bool]) -> Self:
        """Return this suite with some of its checks only, and what Great Expectations is given for them."""
        entries = self.fichier.donnees["expectations"]
        kept = [pair for pair in zip(self.controles, entries, strict=True) if retenu(pair[0])]
        file = replace(self.fichier, donnees={**self.fichier.donnees, "expectations": [entry for _, entry in kept]})
        return replace(self, controles=tuple(check for check, _ in kept), fichier=file)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without the file, which the gate alone needs."""
        return Suite, (self.nom, self.libelle, self.objet, self.controles, Fichier(self.fichier.chemin, {}))


@dataclass(frozen=True)
class MetaAttente:
    """What this project says of an expectation; one of the gallery needs none."""

    __pydantic_config__ = FERME
    nom: Annotated[str, attendu("un nom, en lettres et soulignés", pattern=r"^[a-z0-9_]+(\.[a-z_]+)?$", default="")]
    attendu: Annotated[Texte, Field(default="")]
    colonne: Annotated[str, attendu("une colonne du registre, ou rien", pattern=COLONNE, default="")]
    champs: Annotated[tuple[Texte, ...], Field(default=())]
    partenaire: Annotated[Partenaire, Field(default="")]
    origine: Annotated[Texte, Field(default="")]


@dataclass(frozen=True)
class AttenteDeclaree:
    """An expectation as Great Expectations serialises it."""

    __pydantic_config__ = FERME
    type: Annotated[str, attendu("un type d'expectation, comme expect_column_values_to_be_in_set", pattern="^expect_")]
    kwargs: Annotated[dict[str, Any], attendu("les arguments de l'expectation")]
    severity: Annotated[Severite, Field(default="critical", description=enumerer(get_args(Severite), "ou"))]
    description: Annotated[Texte, Field(default="")]
    meta: Annotated[MetaAttente, Field(default_factory=lambda: MetaAttente("", "", "", (), "", ""))]
    notes: Ignore = None
    id: Ignore = None


@dataclass(frozen=True)
class MetaSuite:
    """What this project says of a suite."""

    __pydantic_config__ = FERME
    libelle: Texte
    objet: Texte
    table: Table
    great_expectations_version: Ignore = None


@dataclass(frozen=True)
class FichierSuite:
    """A suite as Great Expectations serialises it."""

    __pydantic_config__ = FERME
    name: Texte
    meta: MetaSuite
    expectations: Annotated[list[AttenteDeclaree], attendu("une liste d'expectations")]
    notes: Ignore = None
    id: Ignore = None


def lire_suites(nomenclatures: Nomenclatures, dossier: Path | None = None) -> tuple[Suite, ...]:
    """Read every suite, in the order of their files.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, two checks share a name, or a requirement of the contract is in no suite.
    """
    folder = dossier or racine() / "params" / "qualite"
    contract = {one.nom: one.colonne for one in exigences(nomenclatures)}
    suites = tuple(rassembler(lambda path: _read_suite(path, contract), sorted(folder.glob("*.yaml"))))
    names = [check.nom for suite in suites for check in suite.controles]
    faults = [
        f"le contrôle {montrer(name)} figure deux fois ; gardez-en un"
        for name in sorted({name for name in names if names.count(name) > 1})
    ] + [
        f"aucune suite n'applique l'exigence {montrer(name)} du contrat ; restaurez-la"
        for name in sorted(contract.keys() - set(names))
    ]
    if faults:
        raise ErreurBarometre("\n".join(f"{afficher(folder)} : {fault}." for fault in faults))
    return suites


def _read_suite(path: Path, contract: Mapping[str, str]) -> Suite:
    file = ouvrir_yaml(path)
    read = file.lire(FichierSuite)
    file.refuser(_ecarts(read, contract))
    checks = tuple(_controle(one, read.meta.table) for one in read.expectations)
    return Suite(read.name, typographier(read.meta.libelle), typographier(read.meta.objet), checks, file)


def _ecarts(suite: FichierSuite, contract: Mapping[str, str]) -> Iterator[Ecart]:
    """Yield the requirements of the contract that a file would make less than blocking, or say of another column."""
    for rank, one in enumerate(suite.expectations):
        if one.meta.nom in contract:
            # « any departure from this table is a blocking defect » (conception.md, §3): no file can make it less.
            if one.severity != "critical":
                yield ("expectations", rank, "severity"), "attendu critical, c'est une exigence du contrat"
            if "mostly" in one.kwargs:
                yield ("expectations", rank, "kwargs", "mostly"), "entrée inconnue ; le contrat vaut pour chaque ligne"
            if one.meta.colonne != contract[one.meta.nom]:
                yield ("expectations", rank, "meta", "colonne"), f"attendu {contract[one.meta.nom]}"


def _controle(one: AttenteDeclaree, table: Table) -> Controle:
    kind = one.type.removeprefix("expect_")
    columns = [one.kwargs[name] for name in ("column", "column_A", "column_B") if name in one.kwargs]
    own = one.meta.colonne
    return Controle(
        nom=one.meta.nom or ".".join([*columns[:1], kind]),
        gravite=GRAVITES[one.severity],
        libelle=typographier(one.description or kind),
        attendu=typographier(one.meta.attendu or f"ce que dit {one.type}"),
        colonne=own,
        table=table,
        champs=one.meta.champs or ((own,) if own else tuple(columns)),
        partenaire="precedente" if table == "suivi" else one.meta.partenaire,
    )
