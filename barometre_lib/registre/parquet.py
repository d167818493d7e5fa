"""A relève as one Parquet file: the whole table of the register, typed and placed, and what the file says of itself."""

import filecmp
import glob
import hashlib
from pathlib import Path
from typing import Any

import duckdb

from barometre_lib.chemins import afficher, ouvrir
from barometre_lib.ecriture import mettre_en_place
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre.corrections import FICHIER
from barometre_lib.registre.derivation import DERIVEES
from barometre_lib.registre.lecture import SUFFIXE_PARQUET, Registre, fichiers_attendus, lire_registre, trouver_releve
from barometre_lib.typographie import accorder
from barometre_lib.vocabulaire import COLONNES, Releve

# Raised when the columns, or what they mean, change.
VERSION_FORMAT = "2"
TYPES = {"texte": "VARCHAR", "entier": "BIGINT", "nombre": "DOUBLE", "date": "DATE", "booleen": "BOOLEAN"}
SCHEMA = {column.nom: TYPES[column.genre] for column in COLONNES} | dict.fromkeys(DERIVEES, "VARCHAR")


class ParquetRefuse(ErreurBarometre):
    """A Parquet file that is not what `barometre convertir` writes."""

    def __init__(self, chemin: Path, releve: Releve, trouve: str) -> None:
        super().__init__(f"{afficher(chemin)} : {trouve} ; refaites ce fichier par « barometre convertir {releve} ».")


def connecter(**reglages: Any) -> duckdb.DuckDBPyConnection:
    """Return a connection to DuckDB that draws nothing, and fetches nothing."""
    # No Parquet file needs an extension; a name that looks like an address would have one looked for.
    offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    connection = duckdb.connect(config={**offline, **reglages})
    # It would draw its progress on stdout, among the data.
    connection.execute("SET enable_progress_bar = false")
    return connection


def convertir(releve: str, dossier: Path, sortie: Path | None = None, *, forcer: bool = False) -> str:
    """Write a relève as one Parquet file, by default `<dossier>/<releve>.parquet`, and say so in French.

    Another file of that name is replaced if `forcer` says so.

    Raises
    ------
    ErreurBarometre
        The relève does not exist or cannot be read, another file is there, or the system refuses.
    """
    code = trouver_releve(releve, dossier)
    target = sortie or dossier / f"{code}{SUFFIXE_PARQUET}"
    if target.suffix != SUFFIXE_PARQUET:
        found = montrer(target.name, vide="un nom vide")
        raise ErreurBarometre(f"Fichier à écrire : trouvé {found} ; attendu un nom en {SUFFIXE_PARQUET}.")
    nomenclatures = Nomenclatures.du_projet()
    checksum = empreinte_sources(code, dossier, nomenclatures)
    registre = lire_registre(code, dossier, nomenclatures)
    with mettre_en_place(target) as beside:
        try:
            ecrire_parquet(registre, checksum, beside)
        except duckdb.IOException:
            raise ErreurBarometre(
                f"{afficher(target)} : écriture interrompue, rien n'a été écrit ; vérifiez la place sur le disque."
            ) from None
        if target.is_file() and filecmp.cmp(beside, target, shallow=False):
            return f"{afficher(target)} : fichier inchangé."
        if target.exists() and not forcer:
            raise ErreurBarometre(
                f"{afficher(target)} : un autre fichier porte déjà ce nom ; donnez-en un autre, ou --forcer "
                "pour le remplacer."
            )
    return f"{afficher(target)} : {accorder(len(registre.mouvements), 'mouvement', 'mouvements')}."


def empreinte_sources(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> str:
    """Return one checksum (SHA-256) of the files that make a relève: those of the regions, corrections, provenance."""
    whole = hashlib.sha256()
    folder = dossier / str(releve)
    for path in (*fichiers_attendus(releve, dossier, nomenclatures), folder / FICHIER, folder / "provenance.yaml"):
        if path.exists():
            whole.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def ecrire_parquet(registre: Registre, empreinte: str, cible: Path) -> None:
    """Write a relève as one Parquet file, with what `empreinte_sources` says of it; same rows, same bytes."""
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in SCHEMA.items())
    said = {
        "format": VERSION_FORMAT,
        "releve": str(registre.releve),
        "demonstration": "oui" if registre.demonstration else "non",
        "empreinte_sources": empreinte,
    }
    metadata = ", ".join(f"barometre_{key}: '{value}'" for key, value in said.items())
    # One thread: the rows of a group are then always the same ones.
    with connecter(threads=1) as connection:
        connection.register("mouvements", registre.mouvements)
        where = str(cible.absolute()).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {columns} FROM mouvements) TO '{where}' "  # noqa: S608  names of ours, a quoted path
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{metadata}}})"
        )


def ouvrir_parquet(
    connexion: duckdb.DuckDBPyConnection, chemin: Path, releve: Releve
) -> tuple[duckdb.DuckDBPyRelation, bool]:
    """Open the Parquet file of a relève without loading it, once what it says of itself is known to be right.

    Return the columns of `SCHEMA`, in that order, and whether the rows are fictitious.

    Raises
    ------
    ParquetRefuse
        It is no Parquet file, or not one of this relève with these columns and types.
    """
    try:
        with ouvrir(chemin):
            pass
    except OSError as error:
        raise ErreurBarometre(f"{afficher(chemin)} : {dire_erreur_systeme(error)}.") from None
    # DuckDB takes [ and * of a folder's name for a pattern, and would read another file.
    where = glob.escape(str(chemin.absolute()))
    try:
        pairs = connexion.execute("SELECT key, value FROM parquet_kv_metadata(?)", [where]).fetchall()
        table = connexion.read_parquet(where)
    except duckdb.Error:
        raise ParquetRefuse(chemin, releve, "ce n'est pas un fichier Parquet entier") from None
    fictitious = _check_metadata(pairs, chemin, releve)
    _check_columns(dict(zip(table.columns, map(str, table.types), strict=True)), chemin, releve)
    return table.select(*SCHEMA), fictitious


def _check_metadata(pairs: list[tuple[bytes, bytes]], path: Path, releve: Releve) -> bool:
    said = {key.decode(errors="replace"): value.decode(errors="replace") for key, value in pairs}
    expected = {
        "format": ((VERSION_FORMAT,), f"la version {VERSION_FORMAT} du format"),
        "releve": ((str(releve),), f"la relève {releve}"),
        "demonstration": (("oui", "non"), "oui ou non"),
    }
    for name, (accepted, phrase) in expected.items():
        key = f"barometre_{name}"
        found = said.get(key, "")
        if found not in accepted:
            what = f"métadonnée {key}, trouvé {montrer(found, vide='rien')} ; attendu {phrase}"
            raise ParquetRefuse(path, releve, what)
    return said["barometre_demonstration"] == "oui"


def _check_columns(found: dict[str, str], path: Path, releve: Releve) -> None:
    for name in found:
        if name not in SCHEMA:
            raise ParquetRefuse(path, releve, f"colonne {montrer(name, vide='sans nom')} inconnue")
    for name, kind in SCHEMA.items():
        if name not in found:
            raise ParquetRefuse(path, releve, f"la colonne {montrer(name)} manque")
        if found[name] != kind:
            what = f"colonne {montrer(name)}, trouvé le type {montrer(found[name])} ; attendu {kind}"
            raise ParquetRefuse(path, releve, what)
