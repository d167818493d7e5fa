"""The tables that the predicates read, made once for a relève: its rows, what changed, what the counts say.

Every table has the columns `reference` (what a person looks for: an `id_mouvement`, the code of a region, a sum),
`region`, `fichier` and `ligne` (empty and 0 where there is none).
"""

from collections.abc import Sequence

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.qualite.predicats.egalites import table_egalites
from barometre_lib.qualite.suites import TABLE_CONTRAT
from barometre_lib.registre.derivation import dater_semestre
from barometre_lib.vocabulaire import MESURES_BAISSE, MESURES_HAUSSE, Releve

# Columns of the table `regions`.
SENS = {"hausses": MESURES_HAUSSE, "baisses": MESURES_BAISSE}
# What is followed from one relève to the next.
SUIVIES = [
    "type_mouvement",
    "statut",
    "date_effet",
    "semestre",
    "region",
    "departement",
    "commune",
    "sous_secteur",
    "compte",
]
REPERES = ["fichier", "ligne"]


def table_mouvements(barometre: Barometre) -> pd.DataFrame:
    """Return the register of decisions, with what the predicates need beside."""
    decisions = barometre.decisions
    places = barometre.registre.textes.set_index("id_mouvement")[REPERES]
    return decisions.join(places, on="id_mouvement").assign(
        reference=decisions["id_mouvement"],
        fin_periode=barometre.parametres.lacunes.derniers_jours(decisions["region"], barometre.releve),
        dans_le_champ=decisions["code_naf"].isin(barometre.parametres.naf_du_champ),
    )


def construire_tables(present: Barometre, precedent: Barometre | None) -> dict[str, pd.DataFrame]:
    """Return every table of a relève, under the official method, by name.

    Without `precedent`, the nearest earlier relève, `suivi` and `regions` have no row.
    """
    texts, followed = present.registre.textes, tables_de_lignes(present, precedent)
    rows = followed["mouvements"]
    return {
        TABLE_CONTRAT: texts.assign(reference=texts["id_mouvement"], region=texts["region_fichier"]),
        **followed,
        "regions": _regions(rows, present, precedent),
        "egalites": table_egalites(rows, present.comptes, lignes=len(texts)),
    }


def tables_de_lignes(present: Barometre, precedent: Barometre | None) -> dict[str, pd.DataFrame]:
    """Return those of the tables that have a row per movement, which a part of a register has too."""
    rows = table_mouvements(present)
    before = table_mouvements(precedent) if precedent else None
    return {"mouvements": rows, "suivi": _suivi(rows, before, present.releve)}


def _suivi(mouvements: pd.DataFrame, avant: pd.DataFrame | None, releve: Releve) -> pd.DataFrame:
    """Return one row per movement of either relève, `_avant` being what the previous one said."""
    columns = ["reference", *REPERES, *SUIVIES]
    # Without a previous relève nothing is followed: an empty table of the same columns.
    now = (mouvements.head(0) if avant is None else mouvements)[columns]
    before = (mouvements.head(0) if avant is None else avant)[columns]
    both = now.merge(before, on="reference", how="outer", suffixes=("", "_avant"), indicator=True)
    gone = both["_merge"] == "right_only"
    for name in (*REPERES, "region"):
        both[name] = both[name].where(~gone, both[f"{name}_avant"])
    age = {code: rank for rank, code in enumerate(reversed(releve.semestres))}
    return both.assign(
        connu=both["_merge"] != "left_only",
        present=~gone,
        compte=both["compte"].fillna(False).astype(bool),
        compte_avant=both["compte_avant"].fillna(False).astype(bool),
        age_semestre=both["semestre"].map(age).astype("Float64"),
        age_semestre_avant=both["semestre_avant"].map(age).astype("Float64"),
    )


def _regions(mouvements: pd.DataFrame, present: Barometre, precedent: Barometre | None) -> pd.DataFrame:
    """Return one row per region: rows and counts of the relève's semester, beside those of before."""
    codes = list(present.nomenclatures.regions) if precedent else []
    table = pd.DataFrame({"reference": pd.Series(codes, dtype="str")}).assign(fichier="", ligne=0)
    table["region"] = table["reference"]
    if precedent is None:
        ranges = [f"{direction}{suffix}" for direction in SENS for suffix in ("", "_min", "_max")]
        names = ["lignes", "lignes_avant", "recentes", "recentes_min", *ranges]
        return table.assign(couverture="", couverture_avant="", **dict.fromkeys(names, 0))
    for suffix, one in (("", present), ("_avant", precedent)):
        rows = one.registre.textes["region_fichier"].value_counts()
        covered = one.edition_connue.couverture if one.edition_connue else {}
        table[f"lignes{suffix}"] = table["region"].map(rows).fillna(0).astype("int64")
        table[f"couverture{suffix}"] = [covered.get(code, "") for code in codes]
    semester = str(present.releve)
    recent = _rows_about(mouvements, present.releve, codes)
    # Of a region that was late nothing is expected yet.
    late = table["region"].isin(present.parametres.lacunes.regions(semester))
    table["recentes"] = table["region"].map(recent[semester]).mask(late)
    table["recentes_min"] = table["region"].map(recent.drop(columns=semester).min(axis="columns"))
    counts = present.comptes(["region", "semestre"])
    for direction, measures in SENS.items():
        summed = counts.assign(n=counts[list(measures)].sum(axis="columns", skipna=False))
        by_semester = summed.pivot(index="region", columns="semestre", values="n")
        past = by_semester.drop(columns=semester)
        table[direction] = table["region"].map(by_semester[semester])
        table[f"{direction}_min"] = table["region"].map(past.min(axis="columns"))
        table[f"{direction}_max"] = table["region"].map(past.max(axis="columns"))
    return table


def _rows_about(rows: pd.DataFrame, releve: Releve, regions: Sequence[str]) -> pd.DataFrame:
    """Count, by region and semester, the rows announced or effective in that semester, whatever their motif."""
    announced = dater_semestre(rows, "date_annonce")
    table = pd.DataFrame(0, index=list(regions), columns=releve.semestres)
    for code in releve.semestres:
        about = rows["region"][(rows["semestre"] == code) | (announced == code)].value_counts()
        table[code] = about.reindex(table.index, fill_value=0)
    return table
