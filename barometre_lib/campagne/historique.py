"""What publications replaced: kept in a hidden folder beside them, five a relève, so that one can be put back.

A kept publication is known by its manifest: its folder bears the checksum of all its files. The work folder of a
campaign that was killed holds one too, which the next campaign keeps.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from barometre_lib.campagne.empreintes import empreinte_valeurs
from barometre_lib.campagne.manifeste import NOM
from barometre_lib.campagne.marques import est_dossier, est_marque, etrangers, marquer
from barometre_lib.chemins import lire_octets

ANCIENNES = ".anciennes"
GARDEES = 5
# Whoever serves the publications has nothing to read here.
DROITS = 0o770


def identifier(dossier: Path) -> str:
    """Return the checksum of the files that the manifest of a publication states; nothing without one."""
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return empreinte_valeurs(json.loads(lire_octets(dossier / NOM))["sorties"])
    return ""


def est_gardee(dossier: Path) -> bool:
    """Tell whether a folder is a publication that bears the checksum of its files."""
    return est_dossier(dossier) and identifier(dossier) == dossier.name


def dossier_garde(publications: Path, releve: str) -> Path:
    """Return where the former publications of a relève are kept, whether there are any or not."""
    return publications / ANCIENNES / releve


def gardees(publications: Path, releve: str) -> list[Path]:
    """Return the former publications of a relève, the last replaced first; a link leads to none."""
    folder = dossier_garde(publications, releve)
    if not (est_marque(folder.parent) and est_dossier(folder)):
        return []
    return sorted(filter(est_gardee, folder.iterdir()), key=lambda one: one.stat().st_mtime, reverse=True)


def ranger(travail: Path, en_place: Path) -> None:
    """Keep the former publication that a work folder holds, and bring there, to be removed, what is kept no longer.

    That is what is in place again, and beyond the last five; a publication in which somebody put a file stays.
    """
    here, folder = identifier(en_place), dossier_garde(en_place.parent, en_place.name)
    for former in [one for one in travail.iterdir() if est_gardee(one) and one.name != here]:
        folder.parent.mkdir(mode=DROITS, exist_ok=True)
        marquer(folder.parent)
        folder.mkdir(exist_ok=True)
        if not os.path.lexists(folder / former.name):
            former.replace(folder / former.name)
        # When it was replaced; its manifest has the time at which it was made.
        os.utime(folder / former.name)
    for rank, one in enumerate(gardees(en_place.parent, en_place.name)):
        if (one.name == here or rank >= GARDEES) and not etrangers(one, json.loads(lire_octets(one / NOM))["sorties"]):
            retirer(one, travail)


def retirer(gardee: Path, travail: Path) -> None:
    """Take a kept publication away, to a work folder that is removed whole: killed then, nothing is half there."""
    gardee.replace(travail / f"retiree-{gardee.name}")
    with suppress(OSError):
        gardee.parent.rmdir()
