"""Reference data: regions, départements, communes, NAF, sectors. The one module that reads `data/reference`.

Codes are text everywhere: `01` is Guadeloupe or the Ain, `2A` exists. Origin, vintage and licence of
each file: `data/reference/LICENCES.md`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import racine
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.vocabulaire import Releve


def lire_table(chemin: Path) -> pd.DataFrame:
    """Read a CSV of the package: `;`, UTF-8, every cell as text, an empty cell as `""`.

    Parameters
    ----------
    chemin : Path
        File, header on its first line.

    Returns
    -------
    pandas.DataFrame
        One text column per header.

    Raises
    ------
    ErreurBarometre
        The file is missing, is not such a CSV, or a line has not as many cells as the header.
    """
    header, *lines = lire_lignes(chemin)
    return pd.DataFrame(lines, columns=header, dtype="str")


def lire_lignes(chemin: Path) -> list[list[str]]:
    """Read a CSV of the package as lists of cells, the header first; see `lire_table`."""
    lines: list[list[str]] = []
    try:
        with chemin.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, delimiter=";", strict=True)
            for cells in reader:
                if not cells:
                    continue
                if lines and len(cells) != len(lines[0]):
                    raise ErreurBarometre(
                        f"{chemin}, ligne {reader.line_num} : trouvé {len(cells)} cellules ; "
                        f"attendu {len(lines[0])}, séparées par « ; »."
                    )
                lines.append(cells)
    except FileNotFoundError:
        raise ErreurBarometre(f"{chemin} : fichier introuvable ; il fait partie du projet, restaurez-le.") from None
    except (UnicodeDecodeError, csv.Error):
        lines = []
    if not lines:
        raise ErreurBarometre(f"{chemin} : ce n'est pas un CSV en UTF-8 séparé par « ; ».")
    return lines


@dataclass(frozen=True)
class Territoire:
    """A region or a département, with the words that French sentences need.

    Attributes
    ----------
    code, nom : str
        COG code and name.
    article : str
        « l'Auvergne-Rhône-Alpes ».
    locatif : str
        « dans les Hauts-de-France ».
    complement : str
        « d'Île-de-France ».
    region : str
        Code of the region: its own for a region.
    """

    code: str
    nom: str
    article: str
    locatif: str
    complement: str
    region: str


class Nomenclatures:
    """The reference tables of one folder, each read when first asked for.

    Parameters
    ----------
    dossier : Path, optional
        Folder of the files; the project's `data/reference` by default.
    """

    def __init__(self, dossier: Path | None = None) -> None:
        self.dossier = dossier or racine() / "data" / "reference"

    def table(self, nom: str) -> pd.DataFrame:
        """Return a whole file of the folder as text, `table("communes")` for instance."""
        return lire_table(self.dossier / f"{nom}.csv")

    @cached_property
    def regions(self) -> dict[str, Territoire]:
        """The 18 regions by code, in the order of codes."""
        return {
            row["code"]: Territoire(
                row["code"], row["nom"], row["article"], row["locatif"], row["complement"], row["code"]
            )
            for row in self._records("regions")
        }

    @cached_property
    def outre_mer(self) -> frozenset[str]:
        """Codes of the overseas regions."""
        return frozenset(row["code"] for row in self._records("regions") if row["outre_mer"] == "true")

    @cached_property
    def departements(self) -> dict[str, Territoire]:
        """The 101 départements by code."""
        return {
            row["code"]: Territoire(
                row["code"], row["nom"], row["article"], row["locatif"], row["complement"], row["region_code"]
            )
            for row in self._records("departements")
        }

    @cached_property
    def departement_de_commune(self) -> dict[str, str]:
        """Present commune to département (34,875 communes)."""
        return {row["code_commune"]: row["departement"] for row in self._records("communes")}

    @cached_property
    def nom_de_commune(self) -> dict[str, str]:
        """Present commune to its name."""
        return {row["code_commune"]: row["nom"] for row in self._records("communes")}

    @cached_property
    def commune_actuelle(self) -> dict[str, str]:
        """Any accepted commune code to the present commune.

        A present commune is itself; a municipal arrondissement gives its city; a delegated or associated
        commune, and a former one, gives the commune that it belongs to now. The six communes shared between
        several before 1969 are left out: they name no single present commune.
        """
        former = {
            row["code_ancien"]: row["code_actuel"]
            for row in self._records("passage_communes")
            if row["nb_cibles"] == "1"
        }
        linked = {row["code"]: row["code_commune"] for row in self._records("communes_liees")}
        present = {code: code for code in self.departement_de_commune}
        return former | linked | present

    @cached_property
    def naf(self) -> dict[str, str]:
        """The 732 sub-classes of NAF rév. 2 (`27.20Z`), code to label."""
        return {row["code"]: row["libelle"] for row in self._records("naf_rev2")}

    @cached_property
    def section_naf(self) -> dict[str, str]:
        """NAF rév. 2 sub-class to its section letter."""
        return {row["code"]: row["section"] for row in self._records("naf_rev2")}

    @cached_property
    def sous_secteurs(self) -> dict[str, str]:
        """Sub-sectors of the barometer, code to label."""
        return {row["sous_secteur"]: row["libelle"] for row in self._records("secteurs")}

    def secteur_de_sous_secteur(self, releve: Releve) -> dict[str, str]:
        """Return the sector of each sub-sector, as that relève grouped them.

        A column `secteur_<releve>` holds the grouping of one relève; `secteur` holds the present one.
        """
        records = self._records("secteurs")
        dated = f"secteur_{releve}"
        column = dated if dated in records[0] else "secteur"
        return {row["sous_secteur"]: row[column] for row in records}

    @cached_property
    def secteurs(self) -> dict[str, str]:
        """Sectors, code to label, present and past groupings together."""
        labels = {row["secteur"]: row["secteur_libelle"] for row in self._records("secteurs")}
        return self.sous_secteurs | labels

    def libelles(self, dimension: str) -> Mapping[str, str]:
        """Return code to label for a dimension of the counts; empty for years and semesters."""
        if dimension == "region":
            return {code: region.nom for code, region in self.regions.items()}
        if dimension == "departement":
            return {code: departement.nom for code, departement in self.departements.items()}
        return {"secteur": self.secteurs, "sous_secteur": self.sous_secteurs}.get(dimension, {})

    def _records(self, nom: str) -> list[dict[str, str]]:
        """Read a file row by row, quicker than a table when a dictionary is all that is wanted."""
        header, *lines = lire_lignes(self.dossier / f"{nom}.csv")
        return [dict(zip(header, cells, strict=True)) for cells in lines]
