"""Reference data: regions, départements, communes, NAF, sectors. The one module that reads `data/reference`.

Completion apart, which must import nothing and reads the regions by itself. Codes are text everywhere: `01` is
Guadeloupe or the Ain, `2A` exists. Origin, vintage and licence of each file: `data/reference/LICENCES.md`.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, Self

import pandas as pd

from barometre_lib.chemins import afficher, lire_octets, racine
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.vocabulaire import Releve

# Made by `data/cartes/placer.py`.
CARTES = "cartes.json"


def lire_table(chemin: Path) -> pd.DataFrame:
    """Read a CSV of the package: `;`, UTF-8, a header, every cell as text, an empty cell as `""`.

    Raises
    ------
    ErreurBarometre
        The file is missing, is not such a CSV, or a line has not as many cells as the header.
    """
    header, *lines = lire_lignes(chemin)
    return pd.DataFrame(lines, columns=header, dtype="str")


def lire_lignes(chemin: Path) -> Iterator[list[str]]:
    """Yield the lines of a CSV of the package as lists of cells, the header first; see `lire_table`."""
    width = 0
    try:
        text = lire_octets(chemin).decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
        for cells in reader:
            if not cells:
                continue
            width = width or len(cells)
            if len(cells) != width:
                raise ErreurBarometre(
                    f"{afficher(chemin)}, ligne {reader.line_num} : trouvé {len(cells)} cellules ; "
                    f"attendu {width}, séparées par « ; »."
                )
            yield cells
    except FileNotFoundError:
        raise ErreurBarometre(
            f"{afficher(chemin)} : fichier introuvable ; il fait partie du projet, restaurez-le."
        ) from None
    except OSError as error:
        raise ErreurBarometre(f"{afficher(chemin)} : {dire_erreur_systeme(error)}.") from None
    except (UnicodeDecodeError, csv.Error):
        width = 0
    if not width:
        raise ErreurBarometre(f"{afficher(chemin)} : ce n'est pas un CSV en UTF-8 séparé par « ; ».")


@dataclass(frozen=True)
class Territoire:
    """A region or a département, with the words that French sentences need."""

    code: str  # of the COG
    nom: str
    article: str  # « l'Auvergne-Rhône-Alpes »
    locatif: str  # « dans les Hauts-de-France »
    complement: str  # « d'Île-de-France »
    region: str  # code of its region, its own for a region


class Nomenclatures:
    """The reference tables of one folder, each read when first asked for; see `du_projet`."""

    def __init__(self, dossier: Path | None = None) -> None:
        self.dossier = dossier or racine() / "data" / "reference"

    @classmethod
    def du_projet(cls) -> Self:
        """Return the project's tables, the same object for a whole process: each file is read once."""
        return cls._de(racine() / "data" / "reference")

    @classmethod
    @cache
    def _de(cls, dossier: Path) -> Self:
        return cls(dossier)

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        """Be sent to another process as a folder, of which that process reads what it needs, once."""
        return type(self)._de, (self.dossier,)

    def table(self, nom: str) -> pd.DataFrame:
        """Return a whole file of the folder as text, `table("communes")` for instance."""
        return lire_table(self.dossier / f"{nom}.csv")

    @cached_property
    def regions(self) -> dict[str, Territoire]:
        """The 18 regions by code, in the order of codes."""
        rows = self._columns("regions", "code", "nom", "article", "locatif", "complement", "code")
        return {row[0]: Territoire(*row) for row in rows}

    @cached_property
    def outre_mer(self) -> list[str]:
        """Codes of the regions overseas."""
        return [code for code, overseas in self._columns("regions", "code", "outre_mer") if overseas == "true"]

    @cached_property
    def departements(self) -> dict[str, Territoire]:
        """The 101 départements by code."""
        rows = self._columns("departements", "code", "nom", "article", "locatif", "complement", "region_code")
        return {row[0]: Territoire(*row) for row in rows}

    @cached_property
    def departement_de_commune(self) -> dict[str, str]:
        """Present commune to département (34,875 communes)."""
        return self._mapping("communes", "code_commune", "departement")

    @cached_property
    def nom_de_commune(self) -> dict[str, str]:
        """Present commune to its name."""
        return self._mapping("communes", "code_commune", "nom")

    @cached_property
    def communes_du_code_postal(self) -> dict[str, list[str]]:
        """Postal code to the present communes that have it, in the order of codes."""
        rows = self._columns("codes_postaux", "code_postal", "communes")
        return {code: communes.split() for code, communes in rows}

    @cached_property
    def commune_actuelle(self) -> dict[str, str]:
        """Any accepted commune code to the present commune.

        A present commune is itself; a municipal arrondissement gives its city; a delegated or associated
        commune, and a former one, gives the commune that it belongs to now. The six communes shared between
        several before 1969 are left out: they name no single present commune.
        """
        passages = self._columns("passage_communes", "code_ancien", "code_actuel", "nb_cibles")
        former = {code: now for code, now, targets in passages if targets == "1"}
        linked = self._mapping("communes_liees", "code", "code_commune")
        present = {code: code for code in self.departement_de_commune}
        return former | linked | present

    @cached_property
    def naf(self) -> dict[str, str]:
        """The 732 sub-classes of NAF rév. 2 (`27.20Z`), code to label."""
        return self._mapping("naf_rev2", "code", "libelle")

    @cached_property
    def section_naf(self) -> dict[str, str]:
        """NAF rév. 2 sub-class to its section letter."""
        return self._mapping("naf_rev2", "code", "section")

    @cached_property
    def naf_2025(self) -> dict[str, str]:
        """The 747 sub-classes of NAF 2025 (`27.20Y`), code to label; none is a code of NAF rév. 2 too."""
        return self._mapping("naf_2025", "code", "libelle")

    @cached_property
    def antecedents_naf(self) -> dict[str, list[str]]:
        """Sub-class of NAF 2025 to those of rév. 2 whose content it takes, in the order of codes."""
        sources: dict[str, list[str]] = {code: [] for code in self.naf_2025}
        for old, new in self._columns("naf_correspondance", "naf_rev2", "naf_2025"):
            sources[new].append(old)
        return sources

    @cached_property
    def sous_secteurs(self) -> dict[str, str]:
        """Sub-sectors of the barometer, code to label."""
        return self._mapping("secteurs", "sous_secteur", "libelle")

    def secteur_de_sous_secteur(self, releve: Releve | None) -> dict[str, str]:
        """Return the sector of each sub-sector, as that relève grouped them; as now when it is None.

        A column `secteur_<releve>` holds the grouping of one relève; `secteur` holds the present one.
        """
        dated = f"secteur_{releve}"
        column = dated if dated in self.table("secteurs") else "secteur"
        return self._mapping("secteurs", "sous_secteur", column)

    @cached_property
    def secteurs(self) -> dict[str, str]:
        """Sectors, code to label, present and past groupings together."""
        return self.sous_secteurs | self._mapping("secteurs", "secteur", "secteur_libelle")

    def mots_generiques(self, releve: Releve | None = None) -> frozenset[str]:
        """Return the words that tell no site apart, simplified: those that a relève knows, all when it is None."""
        dated = self._columns("noms_generiques", "mot", "depuis")
        return frozenset(word for word, day in dated if not releve or day <= releve.dernier_jour.isoformat())

    def libelles(self, dimension: str) -> Mapping[str, str]:
        """Return code to label for a dimension of the counts; empty for years and semesters."""
        if dimension == "region":
            return {code: region.nom for code, region in self.regions.items()}
        if dimension == "departement":
            return {code: departement.nom for code, departement in self.departements.items()}
        return {"secteur": self.secteurs, "sous_secteur": self.sous_secteurs}.get(dimension, {})

    def carte(self, nom: str) -> Mapping[str, Any]:
        """Return what a map is drawn from, `regions`, `departements` or `departements-84`: see `CARTES`."""
        drawing: Mapping[str, Any] | None = self._cartes.get(nom)
        if drawing is None:
            raise ErreurBarometre(
                f"{afficher(self.dossier / CARTES)} : la carte « {nom} » manque ; refaites ce fichier par "
                "« make cartes »."
            )
        return drawing

    @cached_property
    def _cartes(self) -> dict[str, Any]:
        path = self.dossier / CARTES
        try:
            drawings = json.loads(lire_octets(path))
        except OSError as error:
            raise ErreurBarometre(f"{afficher(path)} : {dire_erreur_systeme(error)}.") from None
        except ValueError:
            drawings = None
        if not isinstance(drawings, dict):
            raise ErreurBarometre(
                f"{afficher(path)} : ce n'est pas un fichier de cartes ; refaites-le par « make cartes »."
            )
        return drawings

    def _mapping(self, nom: str, key: str, value: str) -> dict[str, str]:
        return dict(self._columns(nom, key, value))

    def _columns(self, nom: str, *columns: str) -> Iterator[Any]:
        """Yield some columns of a file, in that order, row by row: quicker than a table for a dictionary."""
        path = self.dossier / f"{nom}.csv"
        lines = lire_lignes(path)
        header = next(lines)
        missing = [column for column in columns if column not in header]
        if missing:
            raise ErreurBarometre(
                f"{afficher(path)} : la colonne « {missing[0]} » manque ; restaurez ce fichier du projet."
            )
        return map(itemgetter(*(header.index(column) for column in columns)), lines)
