"""A region's file stored in the register: written beside, read again, then put in place, or not at all."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import yaml

from barometre_lib.chemins import afficher
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.ecriture import EcritureImpossible, mettre_en_place
from barometre_lib.erreurs import Defaut, ErreurBarometre
from barometre_lib.registre import est_demonstration
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.vocabulaire import NOMS_COLONNES


def deposer(lignes: Sequence[Ligne], destination: Destination) -> bool:
    """Store the rows of a region, in their order.

    Parameters
    ----------
    lignes : sequence of Ligne
        Rows that meet every requirement of the register.
    destination : Destination
        Where they go; the folder of the relève is made when it is absent, with its `provenance.yaml`.

    Returns
    -------
    bool
        Whether something changed; false when the same file was there.

    Raises
    ------
    ErreurBarometre
        What was written does not read as what was to be written; nothing is kept.
    """
    target = destination.fichier
    folder = target.parent
    data = _ecrire(lignes)
    if target.is_file() and target.read_bytes() == data:
        return False
    provenance = _provenance(destination)
    created = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise EcritureImpossible(folder, error) from None
    try:
        if provenance is not None:
            remplacer(folder / "provenance.yaml", provenance)
        remplacer(target, data, verifier=lambda path: _relire(path, lignes))
    except BaseException:
        # Another region may have been stored there meanwhile: the folder then stays, with its provenance.
        if created and {path.name for path in folder.iterdir()} <= {"provenance.yaml"}:
            (folder / "provenance.yaml").unlink(missing_ok=True)
            folder.rmdir()
        raise
    return True


def remplacer(cible: Path, donnees: bytes, verifier: Callable[[Path], None] | None = None) -> None:
    """Write a file beside its place, check it, then put it there at once; nothing remains of a failure.

    Raises
    ------
    EcritureImpossible
        The system refuses.
    """
    with mettre_en_place(cible) as beside:
        beside.write_bytes(donnees)
        if verifier is not None:
            verifier(beside)


def _ecrire(lignes: Sequence[Ligne]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow(NOMS_COLONNES)
    writer.writerows([line.textes[name] for name in NOMS_COLONNES] for line in lignes)
    return stream.getvalue().encode("utf-8")


def _relire(path: Path, lignes: Sequence[Ligne]) -> None:
    """Compare a file just written, cell by cell, with what the register's own reader finds in it."""
    defects: list[Defaut] = []
    read = [record[3:] for record in lire_fichier(path, defects)]
    if defects or read != [[line.textes[name] for name in NOMS_COLONNES] for line in lignes]:
        raise ErreurBarometre(
            f"{afficher(path)}\u00a0: le fichier écrit ne se relit pas à l'identique\u202f; rien n'a été déposé, "
            "vérifiez le disque puis signalez l'incident."
        )


def _provenance(destination: Destination) -> bytes | None:
    """Return the `provenance.yaml` of a new relève, fictitious if the previous one is; None when it is decided.

    Raises
    ------
    ErreurBarometre
        The relève holds files that no `provenance.yaml` says fictitious, and the previous one is.
    """
    folder, previous = destination.fichier.parent, destination.precedente
    if (folder / "provenance.yaml").exists():
        return None
    fictitious = previous is not None and est_demonstration(previous, destination.registre)
    if any(folder.glob("[!.]*.csv")):
        if fictitious:
            raise ErreurBarometre(
                f"{afficher(folder)}\u00a0: sans «\u00a0provenance.yaml\u00a0», ses lignes valent pour réelles, or la "
                f"relève {previous} est une démonstration\u202f; restaurez ce fichier, ou donnez un autre --registre."
            )
        return None
    content = {
        "demonstration": "oui" if fictitious else "non",
        "livre_par": "barometre integrer, fichiers des services régionaux",
        "livre_le": date.today().isoformat(),
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode("utf-8")
