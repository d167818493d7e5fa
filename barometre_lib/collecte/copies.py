"""The copies that go back to a service beside what it sent: named after it, once, and never taken for it."""

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from barometre_lib.chemins import afficher
from barometre_lib.ecriture import EcritureImpossible, creer_dossier, remplacer

Genre = Literal["refus", "retour"]
COPIE = re.compile(r"(.+?)(\.xlsx|\.csv)?\.(refus|retour)(?:-\d+)?(\.xlsx|\.csv)")
# What each kind is a copy of, for who gives it beside its original; a stored file comes after a refused one.
LAISSEES = {"refus": "copie d'un refus, laissée", "retour": "retour d'un fichier déposé, laissé"}
RANGS = ("", *LAISSEES)


def origine(nom: str) -> tuple[str, str]:
    """Return the name of what a file is a copy of, itself when it is none, and the kind of the copy."""
    kind = ""
    while copy := COPIE.fullmatch(nom):
        nom, kind = copy[1] + (copy[2] or copy[4]), kind or copy[3]
    return nom, kind


def ecarter_copies(fichiers: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files to read, and what to say of the copies that are given with what they are copies of."""
    kept, left = list[Path](), list[str]()
    for path in {path.resolve(): path for path in fichiers}.values():
        kind = origine(path.name)[1]
        if kind and any(_precede(one, path) for one in fichiers):
            what = f"{LAISSEES[kind]}, car son original est donné aussi ; ne gardez que le fichier corrigé"
            left.append(f"{afficher(path)} : {what}.")
        else:
            kept.append(path)
    return kept, left


def _precede(one: Path, copy: Path) -> bool:
    (first, first_kind), (name, kind) = origine(one.name), origine(copy.name)
    same = one.parent == copy.parent and Path(first).stem == Path(name).stem
    return same and RANGS.index(first_kind) < RANGS.index(kind)


def ecrire_copies(nom: str, genre: Genre, dossier: Path, contenus: Mapping[str, bytes]) -> list[Path]:
    """Write the copies of a kind of the file `nom`, bytes by suffix, and return them.

    For `f.csv` refused they are `f.refus.xlsx` and `f.refus.csv`; for a copy, they are named after its own original.
    Others of these names, perhaps being corrected, are left: the new ones then bear the whole name,
    `f.csv.refus.xlsx`, or are numbered after it.

    Raises
    ------
    EcritureImpossible
        The system refuses.
    """
    creer_dossier(dossier)
    source, _ = origine(nom)
    numbered = (f"{source}.{genre}-{number}" for number in itertools.count(2))
    for name in itertools.chain([f"{Path(source).stem}.{genre}", f"{source}.{genre}"], numbered):
        copies = {dossier / f"{name}{suffix}": data for suffix, data in contenus.items()}
        if all(_libre(path, data) for path, data in copies.items()):
            break
    for path, data in copies.items():
        remplacer(path, data)
    return list(copies)


def _libre(path: Path, data: bytes) -> bool:
    try:
        return not path.exists() or (path.is_file() and path.read_bytes() == data)
    except OSError as error:
        raise EcritureImpossible(path, error) from None
