"""One relève in a Parquet file, decided and counted by DuckDB without being loaded."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.comptage import compter, denombrer
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import lire_lacunes
from barometre_lib.parametres.regles import ParametresRegles, lire_parametres_regles
from barometre_lib.registre.lecture import SUFFIXE_PARQUET, releves_presentes
from barometre_lib.registre.parquet import ParquetRefuse, connecter, ouvrir_parquet
from barometre_lib.regles import decider, retenir
from barometre_lib.vocabulaire import COLONNES_DECISIONS, STATUTS, TYPES_MOUVEMENT, Motif, Releve

MEMOIRE = 512
# Each thread needs memory of its own, and a relève is soon read.
FILS_MAX = 4
# Vectors of 2,048 rows that are brought to pandas at once.
VECTEURS = 50
# More values than any column of codes has, so that a file made to have too many is not brought whole.
VALEURS_MAX = 20_000


class Entrepot:
    """One relève in a Parquet file; `ouvrir` makes one."""

    def __init__(self, connexion: duckdb.DuckDBPyConnection, chemin: Path, parametres: ParametresRegles) -> None:
        self.releve = parametres.releve
        self.parametres = parametres
        self.nomenclatures = parametres.nomenclatures
        self._chemin = chemin
        self._connexion = connexion
        self._mouvements, self.demonstration = ouvrir_parquet(connexion, chemin, self.releve)
        self._lignes = self._check_rows()
        self._check_codes()

    @classmethod
    @contextmanager
    def ouvrir(cls, chemin: Path, *, memoire: int = MEMOIRE) -> Iterator[Self]:
        """Open the Parquet file of a relève, `2024-S2.parquet`, for as long as the context lasts.

        DuckDB may use `memoire` megabytes; beyond, it goes to a private folder of the temporary ones.

        Raises
        ------
        ErreurBarometre
            The file is not what `barometre convertir` writes for that relève, or the memory does not suffice, or
            the temporary folder.
        """
        releve = Releve.lire(chemin.stem)
        known = Nomenclatures.du_projet()
        present = [*releves_presentes(chemin.parent), *releves_presentes(chemin.parent, SUFFIXE_PARQUET)]
        unknown = lire_lacunes(releve, present, known)
        parameters = lire_parametres_regles(releve, nomenclatures=known, lacunes=unknown)
        settings = {
            "memory_limit": f"{memoire}MB",
            "threads": min(FILS_MAX, os.cpu_count() or 1),
            # Only the decisions have an order, and they ask for it.
            "preserve_insertion_order": False,
        }
        with (
            tempfile.TemporaryDirectory(prefix="barometre-", ignore_cleanup_errors=True) as overflow,
            connecter(temp_directory=overflow, **settings) as connection,
        ):
            try:
                yield cls(connection, chemin, parameters)
            except duckdb.OutOfMemoryException:
                raise ErreurBarometre(
                    f"{afficher(chemin)} : {memoire} Mo de mémoire n'y suffisent pas ; donnez-en davantage "
                    "(--memoire), ou libérez de la place dans le dossier temporaire."
                ) from None
            except duckdb.Error as error:
                # A write refused: what is wrong is not the file, which DuckDB only reads.
                if isinstance(error, duckdb.IOException) and overflow in str(error):
                    where = afficher(Path(overflow).parent)
                    raise ErreurBarometre(
                        f"{where} : écriture impossible dans ce dossier temporaire ; "
                        "libérez-y de la place, choisissez-en un autre (TMPDIR), ou donnez plus de mémoire (--memoire)."
                    ) from None
                raise ParquetRefuse(chemin, releve, "le contenu de ce fichier Parquet est illisible") from None
            except RuntimeError as error:
                # What Ctrl-C becomes inside DuckDB.
                if str(error) == "Query interrupted":
                    raise KeyboardInterrupt from None
                raise

    def comptes(self, par: Sequence[str]) -> pd.DataFrame:
        """Count the movements; see `comptage.compter`."""
        cells = denombrer(retenir(self._mouvements, self.parametres))
        unknown = self.parametres.lacunes
        return compter(cells, par, releve=self.releve, nomenclatures=self.nomenclatures, lacunes=unknown)

    def decisions(self) -> Iterator[pd.DataFrame]:
        """Yield the register of decisions piece by piece, by `id_mouvement`: the columns of `COLONNES_DECISIONS`.

        The last piece is empty.

        Raises
        ------
        ErreurBarometre
            A row was lost or a motif is not in the vocabulary: a fault of the package.
        """
        sector = self.nomenclatures.secteur_de_sous_secteur(self.releve)
        stored = [name for name in COLONNES_DECISIONS if name != "secteur"]
        # A table first, that the memory may overflow: in one query the window of rule 9 and the order would share it.
        decided = decider(self._mouvements, self.parametres).select(*stored).sql_query()
        self._connexion.execute(f"CREATE OR REPLACE TEMP TABLE decisions AS {decided}")
        # A query and not the relation, which would bring all its rows at once.
        self._connexion.execute("FROM decisions ORDER BY id_mouvement")
        remaining = self._lignes
        while True:
            piece = self._connexion.fetch_df_chunk(VECTEURS)
            remaining -= len(piece)
            if not piece["motif"].isin(list(Motif)).all() or (piece.empty and remaining):
                raise ErreurBarometre("Décisions : une ligne est sans motif ou perdue. Signalez cette erreur.")
            yield piece.assign(secteur=piece["sous_secteur"].map(sector))[list(COLONNES_DECISIONS)]
            if piece.empty:
                return

    def _check_rows(self) -> int:
        """Refuse rows that the reading of CSV refuses, in one scan, and return their number."""
        wrong = {
            "une ligne est sans « id_mouvement » ou sans « cle_site »": (
                "coalesce(id_mouvement, '') = '' OR coalesce(cle_site, '') = ''"
            ),
            "une « date_effet » est infinie": "NOT isfinite(date_effet)",
            "une « variation_production » n'est pas un nombre fini": "NOT isfinite(variation_production)",
        }
        found = ", ".join(f"coalesce(bool_or({condition}), false)" for condition in wrong.values())
        rows, identifiers, *faulty = self._mouvements.aggregate(
            f"count(*), count(DISTINCT id_mouvement), {found}"
        ).fetchall()[0]
        for phrase, met in zip(wrong, faulty, strict=True):
            if met:
                raise self._refuse(phrase)
        if identifiers != rows:
            raise self._refuse("un même « id_mouvement » figure sur plusieurs lignes")
        return int(rows)

    def _check_codes(self) -> None:
        """Refuse codes that the reading of CSV refuses: a rule would take them for others."""
        known = self.nomenclatures
        places = {(one.region, one.code) for one in known.departements.values()}
        accepted: dict[str, tuple[str, Callable[[tuple[Any, ...]], bool]]] = {
            "un type de mouvement": ("type_mouvement", lambda row: row[0] in TYPES_MOUVEMENT),
            "un statut": ("statut", lambda row: row[0] in STATUTS),
            "un code de la NAF rév. 2 ou 2025": (
                "code_naf",
                lambda row: row[0] in known.naf or row[0] in known.naf_2025,
            ),
            "un sous-secteur": ("sous_secteur", lambda row: row[0] in known.sous_secteurs),
            "une région et l'un de ses départements": ("region, departement", places.__contains__),
            "le semestre de « date_effet »": (
                "semestre, year(date_effet), if(month(date_effet) <= 6, 1, 2)",
                lambda row: row[0] == ("" if row[1] is None else f"{row[1]:04d}-S{row[2]}"),
            ),
        }
        for phrase, (columns, fits) in accepted.items():
            found = self._mouvements.select(columns).distinct().limit(VALEURS_MAX).fetchall()
            wrong = [row for row in found if not fits(row)]
            if wrong:
                shown = ", ".join(montrer("" if value is None else str(value), vide="rien") for value in wrong[0])
                raise self._refuse(f"trouvé {shown} ; attendu {phrase}")

    def _refuse(self, found: str) -> ParquetRefuse:
        return ParquetRefuse(self._chemin, self.releve, found)
