"""The tables that the suites judge, made once for a relève: its rows, what changed, what the counts say.

In those of rows, an empty cell is null and every column of the register is a text, with what it gives beside it, typed:
`date_effet` and `date_effet_jour`, `effectif` and `effectif_nombre`.
"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.qualite.egalites import table_egalites
from barometre_lib.registre.conformite import TEXTES_LIBRES
from barometre_lib.registre.derivation import dater_semestre, deriver, typer
from barometre_lib.vocabulaire import (
    COLONNES,
    MESURES_BAISSE,
    MESURES_HAUSSE,
    NOMS_COLONNES,
    TYPES_BAISSE,
    Releve,
    Statut,
)

# What finds again a row of each table; the first names it.
REPERES = {
    "textes": ("id_mouvement", "region_fichier", "fichier", "ligne"),
    "mouvements": ("id_mouvement", "region_fichier", "fichier", "ligne"),
    "suivi": ("id_mouvement", "region_fichier", "fichier", "ligne"),
    "regions": ("region",),
    "egalites": ("somme",),
}
TABLES_DE_MOUVEMENTS = ("textes", "mouvements", "suivi")
SUFFIXES = {"date": "jour", "entier": "nombre", "nombre": "nombre"}
# Columns of the register that exist typed too, by the name that they then have.
TYPEES = {f"{one.nom}_{SUFFIXES[one.genre]}": one.nom for one in COLONNES if one.genre in SUFFIXES}
DERIVEES = ("region", "departement", "commune", "semestre", "cle_site", "motif", "compte")
# Columns that a spreadsheet copies down, each with what is new in it: what the previous relève did not say of a row.
RECOPIABLES = ("siret", "code_commune", "date_annonce", "date_effet", "citable")
# An announcement that comes due later has a wrong year.
HORIZON = pd.DateOffset(years=15)
# A region says at least one thing for so many of its poorest semester, if it said more than one in each.
RECENTES_POUR_UNE = 5
# Columns of the table `regions`.
SENS = {"hausses": MESURES_HAUSSE, "baisses": MESURES_BAISSE}


def table_textes(textes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a relève as they were written, an empty cell as null, blanks alone being a free text's."""
    table = textes.copy()
    for name in NOMS_COLONNES:
        cells = table[name].str.strip() if name in TEXTES_LIBRES else table[name]
        table[name] = table[name].mask(cells == "")
    return table


def table_mouvements(barometre: Barometre) -> pd.DataFrame:
    """Return the rows of a relève: their texts, what is typed, derived and decided."""
    texts, parameters = table_textes(barometre.registre.textes), barometre.parametres
    asked = parameters.naf_a_demander
    # Decisions are in the order of identifiers, a file is in its own, which a copied value follows.
    decisions = barometre.decisions.set_index("id_mouvement").loc[texts["id_mouvement"]].set_axis(texts.index)
    typed = {name: decisions[column] for name, column in TYPEES.items()}
    return texts.assign(
        **typed,
        **{name: decisions[name] for name in DERIVEES},
        fin_periode=(last_days := parameters.lacunes.derniers_jours(decisions["region"], barometre.releve)),
        horizon=last_days + HORIZON,
        par_salarie=typed["investissement_meur_nombre"] / typed["effectif_nombre"].where(typed["effectif_nombre"] > 0),
        dans_le_champ=decisions["code_naf"].isin(parameters.naf_du_champ),
        codes_possibles=decisions["code_naf"].map({code: parameters.dire_choix(code) for code in asked}),
        sens=decisions["type_mouvement"].isin(TYPES_BAISSE).map({True: "baisse", False: "hausse"}),
    )


def construire_tables(present: Barometre, precedent: Barometre | None) -> dict[str, pd.DataFrame]:
    """Return every table of a relève, under the official method, by name.

    Without `precedent`, the nearest earlier relève, `suivi` and `regions` have no row.
    """
    followed = tables_de_lignes(present, precedent)
    return {
        **followed,
        "regions": _regions(followed["mouvements"], present, precedent),
        "egalites": table_egalites(present.decisions, present.comptes, lignes=len(present.registre.textes)),
    }


def tables_de_lignes(present: Barometre, precedent: Barometre | None) -> dict[str, pd.DataFrame]:
    """Return those of the tables that have a row per movement, which a part of a register has too."""
    rows = table_mouvements(present)
    before = table_mouvements(sous_la_methode_de(present, precedent)) if precedent else rows.head(0)
    followed = _suivi(rows if precedent else rows.head(0), before, present.releve)
    known = before.set_index("id_mouvement")
    for name in RECOPIABLES:
        kept = rows[name] == rows["id_mouvement"].map(known[name])
        rows[f"{name}_nouveau"] = rows[name].mask(kept | (rows[name] == "non"))
    return {"textes": rows[list(present.registre.textes)], "mouvements": rows, "suivi": followed}


def sous_la_methode_de(present: Barometre, precedent: Barometre) -> Barometre:
    """Return the previous relève decided by the values, field, generic names and answers of the present one.

    What a change of method moves is announced once (`annonces`): it is no change of the register.
    """
    names, values = present.nomenclatures, {nom: one.valeur for nom, one in present.parametres.parametres.items()}
    former, rows = precedent.parametres, precedent.registre
    same_words = names.mots_generiques(present.releve) == names.mots_generiques(precedent.releve)
    field, answers = present.parametres.champ, present.parametres.rapprochements
    same_rest = former.champ == field and former.rapprochements == answers
    if same_words and same_rest and values == {nom: one.valeur for nom, one in former.parametres.items()}:
        return precedent
    typed = deriver(typer(rows.textes[list(NOMS_COLONNES)]), names, present.releve)
    parameters = lire_parametres_regles(
        precedent.releve, surcharges=values, nomenclatures=names, lacunes=former.lacunes
    )
    parameters = replace(parameters, champ=field, rapprochements=answers)
    return Barometre(replace(rows, mouvements=typed), parameters)


def _suivi(mouvements: pd.DataFrame, avant: pd.DataFrame, releve: Releve) -> pd.DataFrame:
    """Return one row per movement of either relève, each column twice: `_avant` is what the previous one said."""
    both = mouvements.merge(avant, on="id_mouvement", how="outer", suffixes=("", "_avant"), indicator=True)
    gone = both["_merge"] == "right_only"
    for name in ("fichier", "ligne", "region_fichier"):
        both[name] = both[name].where(~gone, both[f"{name}_avant"])
    age = {code: rank for rank, code in enumerate(reversed(releve.semestres))}
    return both.drop(columns="_merge").assign(
        ligne=both["ligne"].astype("int64"),
        connu=both["_merge"] != "left_only",
        present=~gone,
        meme_sens=both["sens"] == both["sens_avant"],
        meme_region=both["region"] == both["region_avant"],
        compte=both["compte"].fillna(False).astype(bool),
        compte_avant=both["compte_avant"].fillna(False).astype(bool),
        age_semestre=both["semestre"].map(age).astype("Float64"),
        age_semestre_avant=both["semestre_avant"].map(age).astype("Float64"),
    )


def _regions(mouvements: pd.DataFrame, present: Barometre, precedent: Barometre | None) -> pd.DataFrame:
    """Return one row per region: rows and counts of the relève's semester, beside those of before."""
    codes = list(present.nomenclatures.regions) if precedent else []
    table = pd.DataFrame({"region": pd.Series(codes, dtype="str")})
    if precedent is None:
        ranges = [f"{direction}{suffix}" for direction in SENS for suffix in ("", "_min", "_max")]
        names = ["lignes", "lignes_avant", "effectifs", "recentes", "recentes_min", *ranges]
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
    least = table["region"].map(recent.drop(columns=semester).min(axis="columns"))
    table["recentes_min"] = -(-least // RECENTES_POUR_UNE).where(least > 1, 0)
    table["effectifs"] = [int(mouvements.loc[mouvements["region"] == one, "effectif"].notna().sum()) for one in codes]
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
    """Count, by region and semester, the rows announced in that semester, or due in it and no longer announced.

    A file of the previous relève that is sent again has neither.
    """
    announced = dater_semestre(rows, "date_annonce_jour")
    settled = rows["semestre"].where(rows["statut"] != Statut.ANNONCE.value)
    table = pd.DataFrame(0, index=list(regions), columns=releve.semestres)
    for code in releve.semestres:
        about = rows["region"][(settled == code) | (announced == code)].value_counts()
        table[code] = about.reindex(table.index, fill_value=0)
    return table
