"""Dated parameters of the rules, each value with the text that founds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema

from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.champ import SORTS, LigneChamp, champ_au, decider_champ, lire_champ
from barometre_lib.parametres.fichiers import (
    FERME,
    Jour,
    Texte,
    attendu,
    montrer_valeur,
    ouvrir_yaml,
    rassembler,
    refuser_inconnus,
)
from barometre_lib.parametres.lacunes import AUCUNE, Lacunes
from barometre_lib.parametres.rapprochements import Rapprochement, lire_rapprochements
from barometre_lib.parametres.valeurs import VALEURS_ATTENDUES
from barometre_lib.parametres.variantes import VARIANTE, Variante, lire_variante
from barometre_lib.typographie import FINE, INSECABLE, MOINS, enumerer, jour, nombre
from barometre_lib.vocabulaire import SOURCES, Fondement, Releve


@dataclass(frozen=True)
class Parametre:
    """One value of one parameter of the rules."""

    nom: str  # of the file, without `.yaml`
    description: str  # in French
    unite: str
    valeur: Any  # int, float, date or list of texts
    depuis: date  # first day on which it is in force
    texte: str  # that founds the value
    source: str  # where the text comes from
    fonde_par: Fondement = "projet"  # whose text it is
    reserve: str = ""  # what an outsider adds to it, told with a demonstration only

    @property
    def ampleur(self) -> str:
        """The value with its unit, its sign left out: `40 %`."""
        return str(self).removeprefix(MOINS)

    def __str__(self) -> str:
        """Write the value with its unit: `20 salariés`, `−40 %`, `1er janvier 2022`."""
        if self.unite == "date":
            return jour(self.valeur)
        if isinstance(self.valeur, list):
            return ", puis ".join(SOURCES[one] for one in self.valeur)
        return f"{nombre(self.valeur)}{FINE if self.unite == '%' else INSECABLE}{self.unite}"


@dataclass(frozen=True)
class ParametresRegles:
    """Everything that the nine rules need, at one relève."""

    releve: Releve  # its last day dates the parameters and closes the period
    parametres: Mapping[str, Parametre]  # in force on that day, by name
    champ: tuple[LigneChamp, ...]  # in force on that day; the longest prefix of a NAF code decides
    nomenclatures: Nomenclatures
    # Values of a study variant, which stand in `parametres` in place of the official ones; empty for these.
    surcharges: Mapping[str, Any] = field(default_factory=dict)
    officiels: Mapping[str, Parametre] = field(default_factory=dict)  # those that a study variant replaces
    lacunes: Lacunes = AUCUNE  # what the relève does not know
    rapprochements: tuple[Rapprochement, ...] = ()  # answers to pairs of rows, the nearest first
    variante: Variante | None = None  # the one of `params/variantes.yaml` that `surcharges` names

    @property
    def debut_periode(self) -> date:
        """First day counted."""
        value: date = self.parametres["debut_periode"].valeur
        return value

    @property
    def fin_periode(self) -> date:
        """Last day of the relève."""
        return self.releve.dernier_jour

    @property
    def seuil_effectif(self) -> int:
        """Employees that a site must exceed."""
        return int(self.parametres["seuil_effectif"].valeur)

    @property
    def seuil_variation_extension(self) -> float:
        """Growth of production, in %, from which an extension counts."""
        return float(self.parametres["seuil_variation_extension"].valeur)

    @property
    def seuil_variation_reduction(self) -> float:
        """Fall of production, in % and negative, from which a reduction counts."""
        return float(self.parametres["seuil_variation_reduction"].valeur)

    @property
    def delai_evenement(self) -> int:
        """Days after its first row during which an event may be reported again."""
        return int(self.parametres["delai_evenement"].valeur)

    @property
    def ordre_sources(self) -> list[str]:
        """Sources, from the best to the least."""
        return list(self.parametres["ordre_sources"].valeur)

    @cached_property
    def ligne_champ(self) -> Mapping[str, LigneChamp]:
        """NAF sub-class, of rév. 2 or 2025, to the line of the field that decides it; see `decider_champ`."""
        return decider_champ(self.champ, self.nomenclatures)

    @cached_property
    def naf_2025_decides(self) -> set[str]:
        """NAF 2025 sub-classes that the field decides and that no single one of rév. 2 stands for."""
        sources = self.nomenclatures.antecedents_naf
        lines = {code: line for code, line in self.ligne_champ.items() if code in sources}
        return {code for code, line in lines.items() if line.naf == "2025" or len(sources[code]) != 1}

    @cached_property
    def naf_a_demander(self) -> dict[str, list[str]]:
        """Sub-class of NAF 2025 of which the field decides nothing, to those of rév. 2 that lead to it."""
        sources = self.nomenclatures.antecedents_naf
        return {code: former for code, former in sources.items() if code not in self.ligne_champ}

    def dire_choix(self, code: str) -> str:
        """Return the codes of rév. 2 that may be meant by one of NAF 2025 that is to be asked, with what each does."""
        told = [f"{one} ({SORTS[self.ligne_champ[one].sort]})" for one in self.naf_a_demander[code]]
        return enumerer(told or ["aucun code de la NAF rév. 2 n'y mène"], "ou")

    @cached_property
    def naf_du_champ(self) -> list[str]:
        """NAF sub-classes in the field, craft included."""
        return [code for code, line in self.ligne_champ.items() if line.sort != "hors"]

    @cached_property
    def naf_artisanat(self) -> list[str]:
        """NAF sub-classes on the craft list."""
        return [code for code, line in self.ligne_champ.items() if line.sort == "artisanat"]


NOMS_PARAMETRES = tuple(VALEURS_ATTENDUES)


def _juger_valeur(valeur: Any, info: ValidationInfo[str]) -> Any:
    expected, fits = VALEURS_ATTENDUES[info.context]
    if not fits(valeur):
        raise ValueError(expected)
    return valeur


@dataclass(frozen=True)
class ValeurDatee:
    """One value in the file of a parameter."""

    __pydantic_config__ = FERME
    valeur: Annotated[
        Any,
        Field(description="un nombre, une date AAAA-MM-JJ, ou une liste"),
        AfterValidator(_juger_valeur),
        WithJsonSchema({"type": ["number", "string", "array"]}),
    ]
    texte: Annotated[Texte, attendu("le texte qui fonde la valeur")]
    source: Annotated[Texte, attendu("la source de ce texte")]
    fonde_par: Annotated[Fondement, Field(default="projet", description="qui fonde la valeur, etat ou projet")]
    reserve: Annotated[Texte, attendu("ce qu'en dit qui n'est pas de la maison, ou rien", default="")]


@dataclass(frozen=True)
class FichierParametre:
    """The file of a parameter: every value that it has had or will have."""

    __pydantic_config__ = FERME
    description: Texte
    unite: Texte
    valeurs: Annotated[dict[Jour, ValeurDatee], attendu("des valeurs datées, chacune avec ce qui la fonde")]


def lire_parametres_regles(
    releve: Releve,
    *,
    surcharges: Mapping[str, Any] | None = None,
    nomenclatures: Nomenclatures | None = None,
    dossier: Path | None = None,
    lacunes: Lacunes = AUCUNE,
) -> ParametresRegles:
    """Read the parameters of the rules in force on a relève's last day, in the project's `params` or another folder.

    `surcharges` holds the values of a study variant by parameter name; `lacunes`, what the relève does not know.

    Raises
    ------
    ErreurBarometre
        A file is missing or malformed, no value is in force yet, a variant names no parameter, or answers to pairs of
        rows contradict each other.
    """
    folder = dossier or racine() / "params"
    reference = nomenclatures or Nomenclatures.du_projet()
    known = [f"{nom}.yaml" for nom in NOMS_PARAMETRES]
    readings: list[Callable[[], Parametre | None]] = [
        *(partial(_in_force, nom, folder, releve) for nom in NOMS_PARAMETRES),
        partial(refuser_inconnus, folder / "regles", known),
    ]
    parameters = {one.nom: one for one in rassembler(lambda reading: reading(), readings) if one}
    if surcharges is not None and not isinstance(surcharges, Mapping):
        raise ErreurBarometre(f'Variante : trouvé {montrer_valeur(surcharges)} ; attendu {{"seuil_effectif": 10}}.')
    lines = champ_au(releve.dernier_jour, lire_champ(folder / "champ_industrie.csv", reference))
    answers = lire_rapprochements(releve, folder)
    official = ParametresRegles(releve, parameters, lines, reference, lacunes=lacunes, rapprochements=answers)
    given = dict(surcharges or {})
    return varier(official, given, lire_variante(given[VARIANTE], folder) if VARIANTE in given else None)


def varier(officiels: ParametresRegles, surcharges: Mapping[str, Any], variante: Variante | None) -> ParametresRegles:
    """Return the parameters of a study variant: values by name, beside what a variant that they name changes.

    Raises
    ------
    ErreurBarometre
        A value names no parameter, is none of it, or is given twice.
    """
    told = {name: value for name, value in surcharges.items() if name != VARIANTE}
    values = (variante.regles if variante else {}) | told
    changed = dict[str, Parametre]()
    for nom, value in values.items():
        if nom not in VALEURS_ATTENDUES:
            what = f"{montrer_valeur(nom)} n'est pas un paramètre des règles"
            raise ErreurBarometre(f"Variante : {what} ; attendu {', '.join(NOMS_PARAMETRES)}.")
        expected, fits = VALEURS_ATTENDUES[nom]
        if not fits(value):
            raise ErreurBarometre(f"Variante : « {nom} » vaut {montrer_valeur(value)} ; attendu {expected}.")
        changed[nom] = replace(
            officiels.parametres[nom],
            **{"valeur": value, "texte": "Variante d'étude", "source": "étude en cours", "fonde_par": "projet"},
        )
    if variante and (twice := sorted({*variante.regles} & {*told})):
        raise ErreurBarometre(f"Variante « {variante.nom} » : elle dit déjà « {twice[0]} » ; retirez l'un ou l'autre.")
    return replace(
        officiels,
        parametres={**officiels.parametres, **changed},
        champ=variante.etendre(officiels.champ) if variante else officiels.champ,
        surcharges=dict(surcharges),
        officiels={nom: officiels.parametres[nom] for nom in changed},
        variante=variante,
    )


def lire_valeurs_datees(nom: str, dossier: Path | None = None) -> list[Parametre]:
    """Return every value that a parameter, one of `NOMS_PARAMETRES`, has had or will have, the earliest first."""
    path = (dossier or racine() / "params") / "regles" / f"{nom}.yaml"
    content = ouvrir_yaml(path).lire(FichierParametre, contexte=nom)
    return [
        Parametre(nom, content.description, content.unite, one.valeur, day, **_founded(one))
        for day, one in sorted(content.valeurs.items())
    ]


def _founded(value: ValeurDatee) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ("texte", "source", "fonde_par", "reserve")}


def _in_force(nom: str, folder: Path, releve: Releve) -> Parametre:
    in_force = [one for one in lire_valeurs_datees(nom, folder) if one.depuis <= releve.dernier_jour]
    if not in_force:
        path = folder / "regles" / f"{nom}.yaml"
        raise ErreurBarometre(f"{afficher(path)} : aucune valeur en vigueur au {releve.dernier_jour:%d/%m/%Y}.")
    return in_force[-1]
