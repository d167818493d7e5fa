"""Where a region's file goes, each word of it known to be right, and the file put there at once or not at all."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from barometre_lib.chemins import afficher, registre_par_defaut
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.ecriture import ATTENTE, EcritureImpossible, creer_dossier, en_csv, remplacer, verrouiller
from barometre_lib.erreurs import Defaut, ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.registre.lecture import est_demonstration, lire_code_releve, releve_precedente
from barometre_lib.vocabulaire import COLONNES_ATTENDUES, NOMS_COLONNES, Releve

PROVENANCE = "provenance.yaml"
# One command at a time writes in a register.
VERROU = ".verrou"


@dataclass(frozen=True)
class Destination:
    """Where a region's file goes, or comes from."""

    releve: Releve
    region: str  # its code
    registre: Path  # folder of the relèves

    @property
    def fichier(self) -> Path:
        """File of the region in this relève."""
        return self.registre / str(self.releve) / f"{self.region}.csv"

    @property
    def precedente(self) -> Releve | None:
        """Nearest earlier relève present in the register."""
        return releve_precedente(self.releve, self.registre)

    def lire(self) -> bytes | None:
        """Return what the file of the region now holds, None when there is none."""
        return self.fichier.read_bytes() if self.fichier.is_file() else None

    def dans(self, releve: Releve) -> Path:
        """Return the file of the region in another relève."""
        return replace(self, releve=releve).fichier


def viser(releve: str, region: str, registre: Path | None = None) -> Destination:
    """Return the destination that the words of a command name, the project's own register by default."""
    return Destination(lire_code_releve(releve), region, registre or registre_par_defaut())


def verifier_destination(destination: Destination, nomenclatures: Nomenclatures) -> None:
    """Refuse a region or a folder of relèves that does not exist."""
    region, registre = destination.region, destination.registre
    if region not in nomenclatures.regions:
        listed = ", ".join(nomenclatures.regions)
        raise ErreurBarometre(f"Région {montrer(region, vide='absente')} : attendu un code parmi {listed}.")
    if not registre.is_dir():
        what = "ce dossier n'existe pas ; donnez celui qui contient les relèves"
        raise ErreurBarometre(f"{afficher(registre)} : {what}.")


def dans_une_releve(dossier: Path, registre: Path) -> bool:
    """Tell whether a folder is that of a relève in the register, or lies in one."""
    inside, root = dossier.resolve(), registre.resolve()
    with suppress(ValueError):
        return bool(Releve.lire("".join(inside.relative_to(root).parts[:1])))
    return False


def composer(lignes: Sequence[Ligne]) -> bytes:
    """Return the file of the register that rows make, in their order, without the optional columns that say nothing."""
    table = pd.DataFrame([line.cellules for line in lignes], columns=NOMS_COLONNES, dtype="str")
    kept = [name for name in NOMS_COLONNES if name in COLONNES_ATTENDUES or table[name].any()]
    return en_csv(table[kept])


def deposer(lignes: Sequence[Ligne], destination: Destination, avant: bytes | None) -> bool:
    """Store rows that meet every requirement of the register, in their order, and tell whether something changed.

    The folder of the relève is made when it is absent, with its `provenance.yaml`. `avant` is what the file held when
    the rows were judged.

    Raises
    ------
    ErreurBarometre
        Another command stored this region meanwhile, or what was written does not read as what was to be written;
        nothing is kept.
    """
    data = composer(lignes)
    try:
        with verrouiller(destination.registre / VERROU, ATTENTE) as alone:
            found = destination.lire()
            if found == data:
                return False
            if not alone or found != avant:
                what = "une autre commande y dépose" if not alone else "une autre commande l'a déposé entre-temps"
                raise ErreurBarometre(
                    f"{afficher(destination.fichier)} : {what} ; rien n'a été déposé par celle-ci. Voyez ce qui y est, "
                    "puis relancez si c'est bien ce fichier-ci qui doit rester."
                )
            _store(data, lignes, destination)
            return True
    except OSError as error:
        raise EcritureImpossible(destination.fichier, error) from None


def _store(data: bytes, lignes: Sequence[Ligne], destination: Destination) -> None:
    target = destination.fichier
    folder = target.parent
    provenance = _provenance(destination)
    created = creer_dossier(folder)
    try:
        if provenance is not None:
            remplacer(folder / PROVENANCE, provenance)
        remplacer(target, data, verifier=lambda path: _relire(path, lignes))
    except BaseException:
        # Another region may have been stored there meanwhile: the folder then stays, with its provenance.
        if created and {path.name for path in folder.iterdir()} <= {PROVENANCE}:
            (folder / PROVENANCE).unlink(missing_ok=True)
            folder.rmdir()
        raise


def _relire(path: Path, lignes: Sequence[Ligne]) -> None:
    """Compare a file just written, cell by cell, with what the register's own reader finds in it."""
    defects: list[Defaut] = []
    read = [record[3:] for record in lire_fichier(path, defects)]
    if defects or read != [line.cellules for line in lignes]:
        raise ErreurBarometre(
            f"{afficher(path)} : le fichier écrit ne se relit pas à l'identique ; rien n'a été déposé, "
            "vérifiez le disque puis signalez l'incident."
        )


def _provenance(destination: Destination) -> bytes | None:
    """Return the `provenance.yaml` of a new relève, fictitious if the previous one is; None when it is decided."""
    folder, previous = destination.fichier.parent, destination.precedente
    if (folder / PROVENANCE).exists():
        return None
    fictitious = previous is not None and est_demonstration(previous, destination.registre)
    if any(folder.glob("[!.]*.csv")):
        if fictitious:
            raise ErreurBarometre(
                f"{afficher(folder)} : sans « {PROVENANCE} », ses lignes valent pour réelles, or la relève {previous} "
                "est une démonstration ; restaurez ce fichier, ou donnez un autre --registre."
            )
        return None
    content = {
        "demonstration": "oui" if fictitious else "non",
        "livre_par": "barometre integrer, fichiers des services régionaux",
        "livre_le": date.today().isoformat(),
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode("utf-8")
