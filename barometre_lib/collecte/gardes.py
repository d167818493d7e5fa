"""The guards of a column: what a cell alone does not betray, and its column or the previous relève does.

The cells that they name are refused: only their author knows what was meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date

import pandas as pd

from barometre_lib.collecte.grille import DefautRecu, Entete
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.erreurs import montrer
from barometre_lib.registre.conformite import en_proportion
from barometre_lib.typographie import sans_accents
from barometre_lib.vocabulaire import TYPES_BAISSE, Releve, Statut

# A day and a month, or a month and a day: two numbers, then a year.
DATE = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?:[ T][\d:]+)?\s*", re.ASCII)
VARIATION = "variation_production"
DATES = ("date_annonce", "date_effet")
JOUR_D_ABORD = "attendu le jour d'abord, comme 31/12/2024"
# Why a frozen headcount changes, in the comment of its row.
MOT = "Effectif corrigé :"
RAISON = re.compile(r"effectifs? corriges?\b[^:\n]*:\s*(\S[^\n]*)")
RAISON_MIN = 10
FIGE = (
    "attendu {}, l'effectif de la dernière relève qui l'a dit, figé depuis la fin du semestre qui suit l'événement ; "
    "remettez-le (ce qui est observé depuis va dans la colonne « Dernier effectif observé ») ou, s'il était faux, "
    f"dites pourquoi dans la colonne Commentaire, en commençant par « {MOT} » ({RAISON_MIN} caractères au moins, et "
    "non une raison déjà donnée)"
)
APRES_COUP = (
    "attendu l'effectif d'avant la décision, {} à la dernière relève qui l'a dit, et non celui qui reste ; "
    "remettez-le, 0 est pour la colonne « Dernier effectif observé »"
)
PROPORTION = (
    "attendu une variation en pour cent ; si c'est une proportion, écrivez 45 pour 0,45, et sinon gardez-la avec son "
    "signe, comme 0,45 %"
)


def juger_colonnes(
    fichier: str, entete: Entete, lignes: Sequence[Ligne], connues: Mapping[str, Mapping[str, str]]
) -> Iterator[DefautRecu]:
    """Yield the cells of the columns that are not written as they should be.

    `connues` has the rows that the register holds, by identifier: what it holds already was answered.
    """
    fresh = [line for line in lignes if not _est_connue(line, connues)]
    for name, line, what in (*_juger_dates(lignes), *_juger_variations(fresh)):
        yield DefautRecu(fichier, line.numero, entete.libelle(name), line.trouves[name], what, entete.rangs[name])


def juger_effectifs(
    fichier: str,
    entete: Entete,
    lignes: Sequence[Ligne],
    anterieures: Mapping[str, Mapping[str, str]],
    releve: Releve,
) -> Iterator[DefautRecu]:
    """Yield the headcounts that say less than what an earlier relève knew: frozen, or from before a decision.

    A headcount is frozen at the end of the semester after that of the event, unless the comment of its row gives a
    reason; one that the earlier relève held already was that of another change.
    """
    for line in lignes if "effectif" in entete.rangs else []:
        known = anterieures.get(line.textes["id_mouvement"], {})
        if what := _juger_effectif(line.textes, known, releve) if known else "":
            rank, heading = entete.rangs["effectif"], entete.libelle("effectif")
            yield DefautRecu(fichier, line.numero, heading, line.trouves["effectif"], what, rank)


def _juger_effectif(row: Mapping[str, str], connue: Mapping[str, str], releve: Releve) -> str:
    """Return what was expected of a headcount, nothing when it may be so."""
    before = connue["effectif"]
    if _en_nombre(row) == _en_nombre(connue):
        return ""
    if row["type_mouvement"] in TYPES_BAISSE and _en_nombre(row) == "0" and before:
        return APRES_COUP.format(before)
    if _est_fige(connue, releve) and not _raisons(row["commentaire"]) - _raisons(connue["commentaire"]):
        return FIGE.format(before)
    return ""


def _en_nombre(row: Mapping[str, str]) -> str:
    return row["effectif"].lstrip("0") or row["effectif"][:1]


def _est_fige(row: Mapping[str, str], releve: Releve) -> bool:
    with suppress(ValueError):  # a file that was put there by hand
        effect = date.fromisoformat(row["date_effet"])
        semesters = (releve.annee - effect.year) * 2 + releve.semestre - (1 if effect.month <= 6 else 2)
        said = row["effectif"].strip("0" if row["type_mouvement"] in TYPES_BAISSE else "")
        return bool(said) and row["statut"] == Statut.EFFECTIF and semesters > 1
    return False


def _raisons(commentaire: str) -> set[str]:
    found = RAISON.findall(sans_accents(commentaire))
    return {reason.strip() for reason in found if len(reason.strip()) >= RAISON_MIN}


def _juger_dates(lignes: Sequence[Ligne]) -> Iterator[tuple[str, Ligne, str]]:
    """Yield the dates of a column where one can only be read month first.

    A column without proof of its own is read as the other one: both come from the same hand. A date of the spreadsheet
    is judged as it is shown: one that it read day first from a text written month first is wrong too.
    """
    written: dict[str, list[tuple[Ligne, int, int]]] = {
        name: [(line, *numbers) for line in lignes if (numbers := _nombres(line, name))] for name in DATES
    }
    months = {
        name: [line for line, first, second in dates if first <= 12 < second <= 31] for name, dates in written.items()
    }
    for name, other in (DATES, DATES[::-1]):
        if any(first > 12 for _, first, _ in written[name]):
            what = f"{JOUR_D_ABORD} ; cette date ne se lit que le mois d'abord, vérifiez aussi les autres de la colonne"
            yield from ((name, line, what) for line in months[name])
        elif proof := [(one, line) for one in (name, other) for line in months[one]]:
            column, line = proof[0]
            found = f"ligne {line.numero}, {montrer(line.trouves[column])}"
            what = f"{JOUR_D_ABORD} ; {found} ne se lit que le mois d'abord, ressaisissez toute la colonne"
            yield from ((name, line, what) for line, _, _ in written[name])


def _nombres(line: Ligne, name: str) -> tuple[int, int] | None:
    """Return the first two numbers of a date; nothing when a cell is written otherwise."""
    found = DATE.fullmatch(line.trouves.get(name, ""))
    return (int(found[1]), int(found[3])) if found else None


def _est_connue(line: Ligne, connues: Mapping[str, Mapping[str, str]]) -> bool:
    known = connues.get(line.textes["id_mouvement"], {})
    return known.get(VARIATION) == line.textes[VARIATION]


def _juger_variations(lignes: Sequence[Ligne]) -> Iterator[tuple[str, Ligne, str]]:
    """Yield the variations that may be proportions; whoever writes the sign % has said that it is none."""
    variations = pd.to_numeric(pd.Series([line.textes[VARIATION] for line in lignes], dtype="str"), errors="coerce")
    for line, is_small in zip(lignes, en_proportion(variations), strict=True):
        if is_small and not line.trouves[VARIATION].rstrip().endswith("%"):
            yield VARIATION, line, PROPORTION
