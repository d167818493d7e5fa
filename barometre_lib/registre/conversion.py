"""The conversion of a relève: its folder of CSV read, then written as one Parquet file, in place or not at all."""

import filecmp
from pathlib import Path

import duckdb

from barometre_lib.chemins import afficher
from barometre_lib.ecriture import mettre_en_place
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre.lecture import SUFFIXE_PARQUET, lire_registre, trouver_releve
from barometre_lib.registre.parquet import ecrire_parquet, empreinte_sources
from barometre_lib.typographie import accorder


def convertir(releve: str, dossier: Path, sortie: Path | None = None, *, forcer: bool = False) -> str:
    """Write a relève as one Parquet file.

    Parameters
    ----------
    releve : str
        `2024-S2`.
    dossier : Path
        Folder that holds the relèves.
    sortie : Path, optional
        File to write; `<dossier>/<releve>.parquet` by default.
    forcer : bool
        Whether another file of that name is replaced.

    Returns
    -------
    str
        Sentence that says what was written.

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
