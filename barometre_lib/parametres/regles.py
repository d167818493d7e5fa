"""Dated parameters of the rules, each value with the text that founds it, and the field of the barometer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from barometre_lib.chemins import racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures, lire_table
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.vocabulaire import Releve

Sort = Literal["dans", "hors", "artisanat"]


@dataclass(frozen=True)
class Parametre:
    """One value of one parameter of the rules.

    Attributes
    ----------
    nom, description, unite : str
        Name of the file without `.yaml`, French description, unit.
    valeur : int, float or date
        Value in force.
    depuis : date
        First day on which it is in force.
    texte, source : str
        Text that founds the value, and where it comes from.
    """

    nom: str
    description: str
    unite: str
    valeur: Any
    depuis: date
    texte: str
    source: str


@dataclass(frozen=True)
class LigneChamp:
    """One line of `champ_industrie.csv`: what becomes of the NAF codes that start with a prefix."""

    prefixe: str
    sort: Sort
    raison: str
    texte: str


@dataclass(frozen=True)
class ParametresRegles:
    """Everything that the nine rules need, at one relève.

    Attributes
    ----------
    releve : Releve
        Relève whose last day dates the parameters and closes the period.
    parametres : mapping of str to Parametre
        Values in force on that day.
    champ : tuple of LigneChamp
        Field of the barometer; the longest prefix of a NAF code decides.
    surcharges : mapping of str to number or date
        Values of a study variant, in place of the official ones; empty for the official method.
    """

    releve: Releve
    parametres: Mapping[str, Parametre]
    champ: tuple[LigneChamp, ...]
    nomenclatures: Nomenclatures
    surcharges: Mapping[str, Any] = field(default_factory=dict)

    @property
    def debut_periode(self) -> date:
        """First day counted."""
        return date.fromisoformat(str(self._valeur("debut_periode")))

    @property
    def fin_periode(self) -> date:
        """Last day of the relève."""
        return self.releve.dernier_jour

    @property
    def seuil_effectif(self) -> int:
        """Employees that a site must exceed."""
        return int(self._valeur("seuil_effectif"))

    @property
    def seuil_variation_extension(self) -> float:
        """Growth of production, in %, from which an extension counts."""
        return float(self._valeur("seuil_variation_extension"))

    @property
    def seuil_variation_reduction(self) -> float:
        """Fall of production, in % and negative, from which a reduction counts."""
        return float(self._valeur("seuil_variation_reduction"))

    @cached_property
    def ligne_champ(self) -> dict[str, LigneChamp]:
        """NAF sub-class to the line of the field that decides it: the one with the longest prefix."""
        by_length = sorted(self.champ, key=lambda line: len(line.prefixe), reverse=True)
        decided = {}
        for code, section in self.nomenclatures.section_naf.items():
            line = next((line for line in by_length if line.prefixe == section or _digit_prefix(line, code)), None)
            if line is None:
                raise ErreurBarometre(
                    f"params/champ_industrie.csv : aucun préfixe ne décide du code NAF {code} ; ajoutez sa section."
                )
            decided[code] = line
        return decided

    @cached_property
    def naf_du_champ(self) -> list[str]:
        """NAF sub-classes in the field, craft included."""
        return [code for code, line in self.ligne_champ.items() if line.sort != "hors"]

    @cached_property
    def naf_artisanat(self) -> list[str]:
        """NAF sub-classes on the craft list."""
        return [code for code, line in self.ligne_champ.items() if line.sort == "artisanat"]

    def _valeur(self, nom: str) -> Any:
        return self.surcharges.get(nom, self.parametres[nom].valeur)


def _digit_prefix(line: LigneChamp, code: str) -> bool:
    return line.prefixe[0].isdigit() and code.startswith(line.prefixe)


NOMS_PARAMETRES = (
    "debut_periode",
    "seuil_effectif",
    "seuil_variation_extension",
    "seuil_variation_reduction",
)


def lire_parametres_regles(
    releve: Releve,
    *,
    surcharges: Mapping[str, Any] | None = None,
    nomenclatures: Nomenclatures | None = None,
    dossier: Path | None = None,
) -> ParametresRegles:
    """Read the parameters of the rules in force on a relève's last day.

    Parameters
    ----------
    releve : Releve
        Relève.
    surcharges : mapping, optional
        Values of a study variant by parameter name.
    nomenclatures : Nomenclatures, optional
        Reference tables.
    dossier : Path, optional
        Folder that holds `regles/` and `champ_industrie.csv`; the project's `params` by default.

    Returns
    -------
    ParametresRegles

    Raises
    ------
    ErreurBarometre
        A file is missing or malformed, no value is in force yet, or a variant names no parameter.
    """
    folder = dossier or racine() / "params"
    parameters = {nom: _read_parameter(folder / "regles" / f"{nom}.yaml", releve) for nom in NOMS_PARAMETRES}
    chosen = dict(surcharges or {})
    for nom, value in chosen.items():
        _check_override(nom, value)
    return ParametresRegles(
        releve,
        parameters,
        _read_field(folder / "champ_industrie.csv"),
        nomenclatures or Nomenclatures(),
        chosen,
    )


def _read_parameter(path: Path, releve: Releve) -> Parametre:
    content = lire_yaml(path)
    try:
        dated = {day: entry for day, entry in content["valeurs"].items() if day <= releve.dernier_jour}
        if not dated:
            raise ErreurBarometre(f"{path} : aucune valeur en vigueur au {releve.dernier_jour:%d/%m/%Y}.")
        since = max(dated)
        entry = dated[since]
        return Parametre(
            path.stem,
            content["description"],
            content["unite"],
            entry["valeur"],
            since,
            entry["texte"],
            entry["source"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ErreurBarometre(
            f"{path} : attendu « description », « unite » et « valeurs » datées, "
            f"chacune avec « valeur », « texte » et « source » (manque ou mal formé : {error})."
        ) from None


def _check_override(nom: str, value: Any) -> None:
    if nom not in NOMS_PARAMETRES:
        raise ErreurBarometre(
            f"Variante : « {nom} » n'est pas un paramètre des règles ; attendu {', '.join(NOMS_PARAMETRES)}."
        )
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if nom == "debut_periode" and not isinstance(value, date):
        raise ErreurBarometre(f"Variante : « {nom} » vaut {value!r} ; attendu une date (datetime.date).")
    if nom != "debut_periode" and not numeric:
        raise ErreurBarometre(f"Variante : « {nom} » vaut {value!r} ; attendu un nombre.")


def _read_field(path: Path) -> tuple[LigneChamp, ...]:
    table = lire_table(path)
    expected = ["prefixe", "sort", "raison", "texte"]
    if list(table.columns) != expected:
        raise ErreurBarometre(f"{path} : colonnes {';'.join(table.columns)} ; attendu {';'.join(expected)}.")
    lines = [LigneChamp(*row) for row in table.itertuples(index=False)]
    for number, line in enumerate(lines, start=2):
        if line.sort not in get_args(Sort) or not re.fullmatch(r"[A-U]|\d\d(\.\d{1,2}[A-Z]?)?", line.prefixe):
            raise ErreurBarometre(
                f"{path}, ligne {number} : trouvé « {line.prefixe};{line.sort} » ; "
                "attendu une section ou un préfixe NAF, puis dans, hors ou artisanat."
            )
    return tuple(lines)
