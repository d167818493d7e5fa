"""What goes wrong in a whole file, or in rows of it that follow each other: what spreadsheets and old files do."""

import random
from dataclasses import replace
from typing import Any

from semis import Ligne, Plant, Semis, Terrain

SUIVIES = ("nom_site", "siret", "code_commune", "date_annonce", "date_effet", "effectif")
RECOPIEES = ("siret", "code_commune", "date_annonce", "date_effet", "citable")
# Below, a file has too few rows to tell what was moved from what was put right.
PEU = 20


def changees(avant: list[Ligne], apres: list[Ligne], colonne: str) -> Any:
    """Return a spoilt file and the references of the rows that changed; nothing where none did."""
    moved = {old["id_mouvement"] for old, new in zip(avant, apres, strict=True) if old[colonne] != new[colonne]}
    return moved and (apres, moved)


def ecrire(lignes: list[Ligne], colonne: str, valeurs: list[str], debut: int) -> list[Ligne]:
    written = [row | {colonne: value} for row, value in zip(lignes[debut:], valeurs, strict=False)]
    return [*lignes[:debut], *written, *lignes[debut + len(valeurs) :]]


def trier(colonne: str, *, part: bool) -> Any:
    """Sort a column alone, in a whole file or in some of its rows that follow each other, up or down."""

    def change(fichier: Ligne, h: random.Random) -> Any:
        rows = fichier["lignes"]
        if len(rows) < PEU:
            return None
        size = h.randint(len(rows) // 4, len(rows) * 3 // 4) if part else len(rows)
        start = h.randint(0, len(rows) - size)
        cells = [row[colonne] for row in rows[start : start + size]]
        # Spreadsheets leave empty cells at the end either way.
        ordered = sorted(filter(None, cells), reverse=h.random() < 0.5)
        return changees(rows, ecrire(rows, colonne, ordered + [""] * (size - len(ordered)), start), colonne)

    return change


def decaler(colonne: str) -> Any:
    """Insert a cell, which pushes those below one row down."""

    def change(fichier: Ligne, h: random.Random) -> Any:
        rows = fichier["lignes"]
        if len(rows) < PEU:
            return None
        start = h.randint(0, len(rows) // 2)
        cells = [row[colonne] for row in rows[start:]]
        return changees(rows, ecrire(rows, colonne, [cells[0], *cells[:-1]], start), colonne)

    return change


def recopier(colonne: str) -> Any:
    """Drag a cell down over the 5 to 12 that follow."""

    def change(fichier: Ligne, h: random.Random) -> Any:
        rows, size = fichier["lignes"], h.randint(5, 12)
        starts = [place for place, row in enumerate(rows[: -size - 1]) if row[colonne] not in ("", "non")]
        if len(rows) < PEU or not starts:
            return None
        start = h.choice(starts)
        spoilt = ecrire(rows, colonne, [rows[start][colonne]] * (size + 1), start)
        changed = changees(rows, spoilt, colonne)
        # A column that says the same over the rows is no error.
        return changed and len(changed[1]) >= 5 and changed

    return change


def vider(fichier: Ligne, h: random.Random) -> Any:
    return [], {fichier["region"]}


def tronquer(fichier: Ligne, h: random.Random) -> Any:
    """Lose the end of a file, so that it is shorter than the one before."""
    rows = fichier["lignes"]
    before = sum(row["avant"] is not None for row in rows)
    kept = rows[: h.randint(before // 3, before - 1)]
    return kept, {fichier["region"]}


def renvoyer(fichier: Ligne, h: random.Random) -> Any:
    """Send the file of the previous relève again."""
    before = [row | row["avant"] | {"fichier": row["fichier"]} for row in fichier["lignes"] if row["avant"]]
    return len(fichier["lignes"]) >= PEU and (before, {fichier["region"]})


def oublier_le_semestre(fichier: Ligne, h: random.Random) -> Any:
    """Leave out whatever is dated from the semester, or announced in it."""
    rows = fichier["lignes"]
    last = rows[0]["fin_periode"]
    start = f"{last:%Y}-{'01' if last.month <= 6 else '07'}"
    end = last.date().isoformat()
    kept = [row for row in rows if not any(start <= row[name] <= end for name in ("date_annonce", "date_effet"))]
    return len(rows) >= PEU and (kept, {fichier["region"]})


def dater_de_meme(fichier: Ligne, h: random.Random) -> Any:
    """Drag one date of the semester down over half of a file."""
    rows, last = fichier["lignes"], fichier["lignes"][0]["fin_periode"]
    half = len(rows) // 2
    day = f"{last:%Y}-{'05' if last.month <= 6 else '11'}-{h.randint(10, 28)}"
    return len(rows) >= 100 and (ecrire(rows, "date_effet", [day] * half, h.randint(0, half)), {fichier["region"]})


def antidater(fichier: Ligne, h: random.Random) -> Any:
    """Date the whole semester one year before, as one does in January."""
    rows, last = fichier["lignes"], fichier["lignes"][0]["fin_periode"]
    start = f"{last:%Y}-{'01' if last.month <= 6 else '07'}"
    spoilt = [
        row | {"date_effet": f"{last.year - 1}{row['date_effet'][4:7]}-28"}
        if start <= row["date_effet"] <= last.date().isoformat()
        else row
        for row in rows
    ]
    return len(rows) >= 100 and (spoilt, {fichier["region"]})


def retourner(fichier: Ligne, h: random.Random) -> Any:
    """Drag the type of movement down over the new rows."""
    rows = fichier["lignes"]
    spoilt = [row if row["avant"] else row | {"type_mouvement": "fermeture"} for row in rows]
    moved = changees(rows, spoilt, "type_mouvement")
    return moved and len(moved[1]) >= 5 and moved


def perdre_l_effectif(fichier: Ligne, h: random.Random) -> Any:
    return [row | {"effectif": ""} for row in fichier["lignes"]], {fichier["region"]}


FICHIERS = [
    *(Semis(f"{name}.colonne_deplacee", "colonne triée seule", trier(name, part=False), fois=1) for name in SUIVIES),
    *(
        Semis(f"{name}.colonne_deplacee", "partie d'une colonne triée seule", trier(name, part=True), fois=1)
        for name in SUIVIES
    ),
    *(Semis(f"{name}.colonne_deplacee", "colonne décalée d'une ligne", decaler(name), fois=1) for name in SUIVIES),
    *(Semis(f"{name}.valeur_recopiee", "valeur recopiée vers le bas", recopier(name), fois=2) for name in RECOPIEES),
    Semis("region_videe", "fichier vidé de ses lignes", vider, fois=2),
    Semis("registre_retreci", "fin du fichier perdue", tronquer, fois=2),
    Semis(
        "registre_retreci",
        "fichier de la relève précédente renvoyé",
        renvoyer,
        "il a autant de lignes qu'avant ; voir « aucun mouvement du semestre »",
        fois=1,
    ),
    Semis("region_muette", "rien du semestre n'est signalé", oublier_le_semestre, fois=2),
    Semis("region_muette", "fichier de la relève précédente renvoyé", renvoyer, fois=2),
    Semis("hausses_hors_fourchette", "date recopiée sur la moitié du fichier", dater_de_meme, fois=2),
    Semis("baisses_hors_fourchette", "date recopiée sur la moitié du fichier", dater_de_meme, fois=2),
    Semis("hausses_hors_fourchette", "tout le semestre daté d'un an plus tôt", antidater, fois=2),
    Semis(
        "baisses_hors_fourchette",
        "tout le semestre daté d'un an plus tôt",
        antidater,
        "une région peut n'avoir aucune baisse dans un semestre",
    ),
    Semis(
        "valeur_recopiee",
        "type recopié sur les lignes nouvelles",
        retourner,
        "il n'y a que quatre types : cinq de suite se rencontrent",
        fois=2,
    ),
    Semis("effectifs_absents", "colonne de l'effectif perdue", perdre_l_effectif, fois=2),
]


COUVERTURE = Semis("couverture_retiree", "région dite non couverte, ou oubliée", lambda ligne, h: None)


def semer_couvertures(terrain: Terrain, h: random.Random) -> tuple[Any, list[Plant]]:
    """Return an edition that covers some regions no more, which nobody says in a register."""
    edition = terrain.barometre.edition
    covered = [region for region, said in edition.couverture.items() if said == "oui"]
    lost = {region: h.choice(["non", "inconnue"]) for region in h.sample(covered, COUVERTURE.fois)}
    plants = [Plant(COUVERTURE, frozenset([region])) for region in lost]
    return replace(edition, couverture={**edition.couverture, **lost}), plants
