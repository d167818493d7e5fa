"""What is derived when the register is read, never stored by hand: types, present commune, site, semester."""

import re
from collections.abc import Set

import narwhals as nw
import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import sans_accents, simplifier
from barometre_lib.vocabulaire import COLONNES, Releve

# What `deriver` adds to the columns of the register, all of them texts.
DERIVEES = ("commune", "departement", "region", "cle_site", "semestre", "annee")
# From which columns.
DONT_DERIVE = frozenset({"code_commune", "siret", "nom_site", "entreprise", "date_effet"})

# Left out of the name of a firm.
FORMES_JURIDIQUES = {"sa", "sas", "sasu", "sarl", "eurl", "snc", "scop", "scic", "sci", "scs", "gie", "sca", "se"}


def typer(textes: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of the register, texts without defect, their types.

    In `Int64`, `Float64`, `boolean` and `datetime64` columns an empty cell is null; a text column keeps `""`.
    """
    typed: dict[str, pd.Series] = {}
    for column in COLONNES:
        cells = textes[column.nom]
        filled = cells.where(cells != "")
        match column.genre:
            case "date":
                typed[column.nom] = pd.to_datetime(filled, format="%Y-%m-%d")
            case "booleen":
                typed[column.nom] = filled.map({"oui": True, "non": False}).astype("boolean")
            case "entier":
                typed[column.nom] = pd.to_numeric(filled).astype("Int64")
            case "nombre":
                typed[column.nom] = pd.to_numeric(filled).astype("Float64")
            case "texte":
                typed[column.nom] = cells
    return pd.DataFrame(typed, index=textes.index)


def deriver(mouvements: pd.DataFrame, nomenclatures: Nomenclatures, releve: Releve | None = None) -> pd.DataFrame:
    """Add `DERIVEES` to typed rows: the present commune and where it is; `""` for the time of a null `date_effet`.

    The relève dates what a generic name is worth; without it, the first rule holds.
    """
    # Not the tables themselves: pandas would make a column of their 39,000 communes for a few rows.
    commune = mouvements["code_commune"].map(nomenclatures.commune_actuelle.get)
    department = commune.map(nomenclatures.departement_de_commune.get)
    region = {code: one.region for code, one in nomenclatures.departements.items()}
    places = commune.map(nomenclatures.nom_de_commune.get)
    vague = nomenclatures.mots_generiques(releve) if releve else frozenset()
    named = zip(mouvements["nom_site"], places, strict=True)
    unnamed = [not simplifier(name) or (bool(vague) and est_generique(name, place, vague)) for name, place in named]
    columns = (mouvements[name] for name in ("siret", "nom_site", "entreprise"))
    sites = pd.Series([cle_site(*one) for one in zip(*columns, commune, strict=True)], mouvements.index, dtype="str")
    # Nothing tells such a site from another: its key is of the row alone.
    own = "|" + mouvements["id_mouvement"] + "|" + commune
    sites = sites.mask(pd.Series(unnamed, mouvements.index) & (mouvements["siret"] == ""), own)
    placed = mouvements.assign(
        commune=commune.astype("str"),
        departement=department.astype("str"),
        region=department.map(region).astype("str"),
        cle_site=sites.astype("str"),
    )
    return nw.from_native(placed).with_columns(semestre=semestre_de("date_effet"), annee=ANNEE).to_native()


def cle_site(siret: str, nom_site: str, entreprise: str, commune: str) -> str:
    """Return what makes two rows speak of one site.

    The SIRET, or else the name, the firm without its legal form, both casefolded, NFKD, without combining marks,
    alphanumerics alone, and the present commune, parted by `|`; an empty firm is one of its own.
    """
    return siret or f"{simplifier(nom_site)}|{simplifier_firme(entreprise)}|{commune}"


def simplifier_firme(nom: str) -> str:
    """Return what makes two firms the same: neither their legal form, case, accents, spaces nor signs count."""
    words = re.findall(r"[^\W_]+", sans_accents(nom.replace(".", "")))
    return "".join(word for word in words if word not in FORMES_JURIDIQUES)


def est_generique(nom_site: str, nom_commune: str, mots: Set[str]) -> bool:
    """Tell whether a name identifies no site: it is made of generic words, numbers, letters, and its commune's name."""
    words, place = (re.findall(r"[^\W_]+", sans_accents(name)) for name in (nom_site, nom_commune))
    return all(word in mots or word in place or word.isdigit() or len(word) == 1 for word in words)


# Expressions, not pandas calls, so that every engine derives them alike.
ANNEE = nw.col("date_effet").dt.to_string("%Y").fill_null("")


def semestre_de(colonne: str) -> nw.Expr:
    """Return the semester of a column of dates, `2024-S1`; `""` without a date."""
    half = nw.when(nw.col(colonne).dt.month() <= 6).then(nw.lit("-S1")).otherwise(nw.lit("-S2"))
    return nw.concat_str([nw.col(colonne).dt.to_string("%Y"), half]).fill_null("")


def dater_semestre(mouvements: pd.DataFrame, colonne: str) -> pd.Series:
    """Return the semester of each row by one of its dates."""
    semesters: pd.Series = nw.from_native(mouvements).select(s=semestre_de(colonne)).to_native()["s"]
    return semesters
