"""The tables that the predicates read, made once for a relève: its rows, what changed, what the counts say.

Every table has the columns `reference` (what a person looks for: an `id_mouvement`, the code of a region, a sum),
`region`, `fichier` and `ligne` (empty and 0 where there is none).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from barometre_lib.comptage import compter, denombrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import ParametresRegles
from barometre_lib.qualite.egalites import table_egalites
from barometre_lib.registre import Registre
from barometre_lib.registre.derivation import dater_semestre
from barometre_lib.regles import etablir_decisions, retenir
from barometre_lib.vocabulaire import MESURES_BAISSE, MESURES_HAUSSE, Releve

# Columns of the table `regions`.
SENS = {"hausses": MESURES_HAUSSE, "baisses": MESURES_BAISSE}
# What is followed from one relève to the next.
SUIVIES = ["type_mouvement", "statut", "date_effet", "semestre", "region", "departement", "sous_secteur", "compte"]
REPERES = ["fichier", "ligne"]


@dataclass(frozen=True)
class Etat:
    """One relève as the suites see it.

    Attributes
    ----------
    registre : Registre
        Rows read.
    parametres : ParametresRegles
        Parameters of the rules.
    couverture : mapping of str to str
        What its edition says of each region; empty when it has no edition.
    """

    registre: Registre
    parametres: ParametresRegles
    couverture: Mapping[str, str]

    @property
    def releve(self) -> Releve:
        """Relève."""
        return self.registre.releve

    @property
    def nomenclatures(self) -> Nomenclatures:
        """Reference tables."""
        return self.parametres.nomenclatures

    @cached_property
    def mouvements(self) -> pd.DataFrame:
        """The register of decisions, with what the predicates need beside."""
        decisions = etablir_decisions(self.registre.mouvements, self.parametres)
        places = self.registre.textes.set_index("id_mouvement")[REPERES]
        return decisions.join(places, on="id_mouvement").assign(
            reference=decisions["id_mouvement"],
            fin_periode=pd.Timestamp(self.releve.dernier_jour),
            dans_le_champ=decisions["code_naf"].isin(self.parametres.naf_du_champ),
        )

    @cached_property
    def _cells(self) -> pd.DataFrame:
        return denombrer(retenir(self.registre.mouvements, self.parametres))

    def comptes(self, par: Sequence[str]) -> pd.DataFrame:
        """Count the relève along some dimensions."""
        return compter(self._cells, par, releve=self.releve, nomenclatures=self.nomenclatures)


def table_textes(textes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as texts, which the contract judges."""
    return textes.assign(reference=textes["id_mouvement"], region=textes["region_fichier"])


def construire_tables(present: Etat, precedent: Etat | None) -> dict[str, pd.DataFrame]:
    """Return every table but that of the texts, by name.

    Parameters
    ----------
    present : Etat
        Relève to check.
    precedent : Etat or None
        Nearest earlier relève; without it `suivi` and `regions` have no row.
    """
    lines = len(present.registre.textes)
    return {
        "mouvements": present.mouvements,
        "suivi": _suivi(present, precedent),
        "regions": _regions(present, precedent),
        "egalites": table_egalites(present.mouvements, present.comptes, lignes=lines, parametres=present.parametres),
    }


def _suivi(present: Etat, precedent: Etat | None) -> pd.DataFrame:
    """Return one row per movement of either relève, `_avant` being what the previous one said."""
    columns = ["reference", *REPERES, *SUIVIES]
    # Without a previous relève nothing is followed: an empty table of the same columns.
    now = (present.mouvements if precedent else present.mouvements.head(0))[columns]
    before = (precedent.mouvements if precedent else present.mouvements.head(0))[columns]
    both = now.merge(before, on="reference", how="outer", suffixes=("", "_avant"), indicator=True)
    gone = both["_merge"] == "right_only"
    for name in (*REPERES, "region"):
        both[name] = both[name].where(~gone, both[f"{name}_avant"])
    age = {code: rank for rank, code in enumerate(reversed(present.releve.semestres))}
    return both.assign(
        connu=both["_merge"] != "left_only",
        present=~gone,
        compte=both["compte"].fillna(False).astype(bool),
        compte_avant=both["compte_avant"].fillna(False).astype(bool),
        age_semestre=both["semestre"].map(age).astype("Float64"),
        age_semestre_avant=both["semestre_avant"].map(age).astype("Float64"),
    )


def _regions(present: Etat, precedent: Etat | None) -> pd.DataFrame:
    """Return one row per region: rows and counts of the relève's semester, beside those of before."""
    codes = list(present.nomenclatures.regions) if precedent else []
    table = pd.DataFrame({"reference": pd.Series(codes, dtype="str")}).assign(fichier="", ligne=0)
    table["region"] = table["reference"]
    if precedent is None:
        names = ["lignes", "lignes_avant", "recentes", "recentes_min", *_range_names()]
        return table.assign(couverture="", couverture_avant="", **dict.fromkeys(names, 0))
    for suffix, state in (("", present), ("_avant", precedent)):
        rows = state.registre.textes["region_fichier"].value_counts()
        table[f"lignes{suffix}"] = table["region"].map(rows).fillna(0).astype("int64")
        table[f"couverture{suffix}"] = [state.couverture.get(code, "") for code in codes]
    recent = _rows_about(present)
    table["recentes"] = table["region"].map(recent[str(present.releve)])
    table["recentes_min"] = table["region"].map(recent.drop(columns=str(present.releve)).min(axis="columns"))
    counts = present.comptes(["region", "semestre"])
    for direction, measures in SENS.items():
        by_semester = counts.assign(n=counts[list(measures)].sum(axis="columns")).pivot(
            index="region", columns="semestre", values="n"
        )
        past = by_semester.drop(columns=str(present.releve))
        for suffix, values in (
            ("", by_semester[str(present.releve)]),
            ("_min", past.min(axis="columns")),
            ("_max", past.max(axis="columns")),
        ):
            table[f"{direction}{suffix}"] = table["region"].map(values)
    return table


def _range_names() -> list[str]:
    return [f"{direction}{suffix}" for direction in SENS for suffix in ("", "_min", "_max")]


def _rows_about(etat: Etat) -> pd.DataFrame:
    """Count, by region and semester, the rows announced or effective in that semester, whatever their motif."""
    rows = etat.mouvements
    semesters = etat.releve.semestres
    announced = dater_semestre(rows, "date_annonce")
    table = pd.DataFrame(0, index=list(etat.nomenclatures.regions), columns=semesters)
    for code in semesters:
        about = rows["region"][(rows["semestre"] == code) | (announced == code)].value_counts()
        table[code] = about.reindex(table.index, fill_value=0)
    return table
