"""What would make a row count: one column changed, each value tried by the rules on the register so edited."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

import pandas as pd

from barometre_lib.explication.examen import COLONNES_LUES, VIDE
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.registre.conformite import siret_valide
from barometre_lib.registre.derivation import deriver, typer
from barometre_lib.registre.lecture import Registre
from barometre_lib.regles import decider
from barometre_lib.typographie import jour, nombre
from barometre_lib.vocabulaire import BOOLEENS, NOMS_COLONNES, SOURCES, STATUTS, TYPES_MOUVEMENT, Motif

AUTRE_SITE = "{} que ne porte aucune autre ligne, si c'est un autre site"


class Essai(NamedTuple):
    """One value of one column."""

    colonne: str
    valeur: str  # as the register writes it
    dit: str  # how it is said, in French
    a_la_place: tuple[str, ...] = ()  # rows that would no longer count


def corriger_seule(
    registre: Registre, identifiant: str, decisions: pd.DataFrame, parametres: ParametresRegles
) -> list[Essai]:
    """Return, for each column that alone would make a row count, the first value found.

    One that adds to the count comes before one that takes the place of another row; then those of the row's own rule.
    """
    rows = registre.mouvements
    at = rows.index[rows["id_mouvement"] == identifiant][0]
    text = registre.textes.loc[at, list(NOMS_COLONNES)].to_dict()
    tries = [one for one in _essais(rows, rows.loc[at], parametres) if one.valeur != text[one.colonne]]
    texts = pd.DataFrame([text | {one.colonne: one.valeur} for one in tries], dtype="str")
    edited = deriver(typer(texts), parametres.nomenclatures, parametres.releve).reset_index(drop=True)
    before, found = {*decisions.loc[decisions["compte"], "id_mouvement"]}, list[Essai]()
    for one, there, counted in zip(tries, *_juger(edited, rows.drop(index=at), parametres), strict=True):
        if identifiant in counted:
            found.append(one._replace(a_la_place=tuple(sorted((before & there) - counted))))
    motif = Motif(decisions.loc[decisions["id_mouvement"] == identifiant, "motif"].iloc[0])
    kept = dict[str, Essai]()
    for one in sorted(found, key=lambda one: (bool(one.a_la_place), one.colonne not in COLONNES_LUES[motif])):
        kept.setdefault(one.colonne, one)
    return list(kept.values())


def _juger(
    editees: pd.DataFrame, autres: pd.DataFrame, parametres: ParametresRegles
) -> tuple[list[set[str]], list[set[str]]]:
    """Return, for each edited row, which rows were judged with it, and which of them count.

    A site of which no answer speaks is judged by its own rows: the edited sites stand side by side, renamed, and are
    decided at once. An answer goes from site to site: the register is then decided whole, for each edited row.
    """
    around = autres[autres["cle_site"].isin(editees["cle_site"])]
    answered = {name for one in parametres.rapprochements for name in one.cle}
    if answered & {*around["id_mouvement"], *editees["id_mouvement"]}:
        wholes = [pd.concat([editees.iloc[[rank]], autres], ignore_index=True) for rank in range(len(editees))]
        decided = pd.concat([decider(one, parametres).assign(cas=rank) for rank, one in enumerate(wholes)])
    else:
        cases = editees.assign(cas=editees.index)
        beside = cases[["cas", "cle_site"]].merge(around, on="cle_site")
        whole = pd.concat([cases, beside], ignore_index=True)
        case = " " + whole["cas"].astype("str")
        # After a blank, which no identifier holds: rows of a site stay in their order.
        named = whole.assign(cle_site=whole["cle_site"] + case, id_mouvement=whole["id_mouvement"] + case)
        decided = decider(named, parametres)
        decided["id_mouvement"] = decided["id_mouvement"].str.partition(" ")[0]
    there = decided.groupby("cas")["id_mouvement"].agg(set)
    counted = decided[decided["compte"]].groupby("cas")["id_mouvement"].agg(set)
    return list(there), [counted.get(case, set()) for case in there.index]


def _essais(mouvements: pd.DataFrame, ligne: Any, parametres: ParametresRegles) -> Iterator[Essai]:
    """Yield values of each column that a rule reads, such that any other one would be judged as one of them."""
    for column, values in (("statut", STATUTS), ("assimilable_site", BOOLEENS | {"": VIDE}), ("source", SOURCES)):
        yield from (Essai(column, value, label) for value, label in values.items())
    least = parametres.seuil_effectif + 1
    yield Essai("effectif", str(least), f"{nombre(least)} au moins")
    for day in _jours(mouvements, ligne, parametres):
        yield Essai("date_effet", day.date().isoformat(), f"par exemple le {jour(day)}")
    fields = [code for code in parametres.naf_du_champ if code not in parametres.naf_artisanat]
    code = next(one for one in fields if one != ligne["code_naf"])
    yield Essai("code_naf", code, "un code du champ, si la production faite sur le site en relève")
    for kind, word in (("extension", "plus"), ("reduction", "moins")):
        if kind == ligne["type_mouvement"]:
            threshold = parametres.parametres[f"seuil_variation_{kind}"]
            yield Essai("variation_production", str(threshold.valeur), f"{threshold} ou {word}")
    yield from (Essai("type_mouvement", value, label) for value, label in TYPES_MOUVEMENT.items())
    yield from _autre_site(mouvements, ligne, parametres)


def _jours(mouvements: pd.DataFrame, ligne: Any, parametres: ParametresRegles) -> list[pd.Timestamp]:
    """Return the days around which the rules change their mind, the nearest to the row's own first, or the last."""
    known = parametres.lacunes.actualisees.get(ligne["region"], parametres.releve)
    first, last = pd.Timestamp(parametres.debut_periode), pd.Timestamp(known.dernier_jour)
    starts = pd.date_range(first.replace(month=1, day=1), last, freq="6MS").to_series()
    days = {first, last, *starts, *(starts - timedelta(days=1))}
    reach = parametres.delai_evenement
    for day in mouvements.loc[mouvements["cle_site"] == ligne["cle_site"], "date_effet"].dropna():
        days |= {day + timedelta(days=step) for step in (-reach - 1, -reach, -1, 0, 1, reach, reach + 1)}
    near = last if pd.isna(ligne["date_effet"]) else ligne["date_effet"]
    return sorted((day for day in days if first <= day <= last), key=lambda day: (abs(day - near), day))


def _autre_site(mouvements: pd.DataFrame, ligne: Any, parametres: ParametresRegles) -> Iterator[Essai]:
    """Yield what would make the row of a site of its own."""
    taken = {*mouvements["siret"]}
    numbers = (f"{number:014d}" for number in count(10**13 + 1))
    siret = next(one for one in numbers if siret_valide(one) and one not in taken)
    yield Essai("siret", siret, AUTRE_SITE.format("un SIRET"))
    if ligne["siret"]:
        return
    known = {*mouvements["nom_site"], *mouvements["entreprise"]}
    new = next(one for one in (f"Autresite {number}" for number in count(1)) if one not in known)
    yield Essai("nom_site", new, AUTRE_SITE.format("un nom"))
    yield Essai("entreprise", new, AUTRE_SITE.format("une entreprise"))
    # Of its region: a row of another one has no place in the file.
    names, used = parametres.nomenclatures, {*mouvements["commune"]}
    here = (
        one for one, area in names.departement_de_commune.items() if names.departements[area].region == ligne["region"]
    )
    if commune := next((one for one in here if one not in used), None):
        yield Essai("code_commune", commune, AUTRE_SITE.format("une commune"))
