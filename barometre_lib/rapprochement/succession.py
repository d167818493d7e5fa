"""Links that Sirene gives between establishments: the one that a site had, and the one that takes its place.

The file is Insee's `StockEtablissementLiensSuccession`, in CSV or in Parquet, which DuckDB reads without loading it.
"""

import glob
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from barometre_lib.chemins import afficher, ouvrir
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.registre.parquet import connecter
from barometre_lib.typographie import enumerer

MEMOIRE = "512MB"
PREDECESSEUR, SUCCESSEUR, JOUR = "siretEtablissementPredecesseur", "siretEtablissementSuccesseur", "dateLienSuccession"
DITS = {"transfertSiege": "transfert du siège", "continuiteEconomique": "continuité économique"}
COLONNES = (PREDECESSEUR, SUCCESSEUR, JOUR, *DITS)
ATTENDU = "attendu StockEtablissementLiensSuccession de Sirene, en CSV ou en Parquet"
# Two establishments, the smaller SIRET first, to what Sirene says of them, in French.
Successions = Mapping[tuple[str, str], str]


def lire_successions(chemin: Path, sirets: pd.Series) -> Successions:
    """Return the links between establishments of a register, given by their SIRETs.

    Raises
    ------
    ErreurBarometre
        The file cannot be read, has not these columns, or a cell is no SIRET or no day.
    """
    try:
        with ouvrir(chemin) as file:
            reader = "read_parquet(?)" if file.read(4) == b"PAR1" else "read_csv(?, header = true, all_varchar = true)"
    except OSError as error:
        raise ErreurBarometre(f"{afficher(chemin)} : {dire_erreur_systeme(error)}.") from None
    # DuckDB takes [ and * of a folder's name for a pattern, and would read another file.
    where = glob.escape(str(chemin.absolute()))
    with connecter(memory_limit=MEMOIRE) as connection:
        connection.register("connus", sirets[sirets != ""].drop_duplicates().to_frame("siret"))
        try:
            return _lire(connection, reader, where, chemin)
        except duckdb.Error:
            raise ErreurBarometre(f"{afficher(chemin)} : ce fichier ne se lit pas ; {ATTENDU}.") from None


def _lire(connexion: duckdb.DuckDBPyConnection, lecture: str, ou: str, chemin: Path) -> Successions:
    there = {row[0] for row in connexion.execute(f"DESCRIBE FROM {lecture}", [ou]).fetchall()}
    missing = [name for name in COLONNES if name not in there]
    if missing:
        raise ErreurBarometre(f"{afficher(chemin)} : trouvé sans {enumerer(missing)} ; {ATTENDU}.")
    texts = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '') AS {name}" for name in COLONNES)
    wrong = {PREDECESSEUR: "14 chiffres", SUCCESSEUR: "14 chiffres", JOUR: "un jour, AAAA-MM-JJ"}
    # A Parquet file may have an hour after the day.
    forms = {PREDECESSEUR: r"\d{14}", SUCCESSEUR: r"\d{14}", JOUR: r"(\d{4}-\d\d-\d\d( 00:00:00)?)?"}
    fits = {name: f"regexp_full_match({name}, '{form}')" for name, form in forms.items()}
    fits[JOUR] += f" AND ({JOUR} = '' OR TRY_CAST({JOUR} AS TIMESTAMP) IS NOT NULL)"
    found = ", ".join(f"min({name}) FILTER (NOT ({fits[name]}))" for name in wrong)
    (cells,) = connexion.execute(f"SELECT {found} FROM (SELECT {texts} FROM {lecture})", [ou]).fetchall()  # noqa: S608
    for cell, (name, expected) in zip(cells, wrong.items(), strict=True):
        if cell is not None:
            raise ErreurBarometre(f"{afficher(chemin)}, « {name} » : trouvé {montrer(cell)} ; attendu {expected}.")
    rows = connexion.execute(
        f"FROM (SELECT {texts} FROM {lecture}) WHERE {PREDECESSEUR} IN (FROM connus) "  # noqa: S608
        f"AND {SUCCESSEUR} IN (FROM connus) AND {PREDECESSEUR} <> {SUCCESSEUR} ORDER BY ALL",
        [ou],
    )
    told: dict[tuple[str, str], str] = {}
    for before, after, day, *flags in rows.fetchall():
        first, second = sorted([before, after])
        said = [what for what, flag in zip(DITS.values(), flags, strict=True) if flag.lower() in ("true", "1")]
        dated = [f"lien de succession du {day[8:10]}/{day[5:7]}/{day[:4]}" if day else "lien de succession"]
        told[first, second] = "Sirene : " + ", ".join([*dated, *said])
    return told
