"""Whose folder it is: what a campaign replaces or removes has its mark inside, checked for shape; no name proves it.

The mark of a publication is its manifest; that of the work folder and of the kept results is a file of their own.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path

from barometre_lib.campagne.empreintes import lister
from barometre_lib.campagne.manifeste import NOM, P, lire_manifeste
from barometre_lib.chemins import afficher, racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.publication.pages import MARQUE as MARQUE_PAGE

MARQUE = ".barometre"
TEXTE = "Dossier du baromètre industriel : une campagne peut le remplacer ou le supprimer.\n".encode()
PROTEGES = ("barometre_lib", "notebooks", "params", "data", "docs", "tests", ".git")
# What tools leave in a folder that somebody looked at.
DEPOTS = {".ipynb_checkpoints", ".DS_Store", "Thumbs.db"}
QUE_FAIRE = "rien n'y a été touché : déplacez-le, ou donnez un autre dossier par --sorties"


def est_fichier(chemin: Path) -> bool:
    """Tell whether a file stands at a place: no link, no pipe, which reading would wait for."""
    return chemin.is_file() and not chemin.is_symlink()


def est_dossier(chemin: Path) -> bool:
    """Tell whether a folder stands at a place, and no link to one."""
    return chemin.is_dir() and not chemin.is_symlink()


def marquer(dossier: Path) -> None:
    """Make a folder of ours, or put its mark back in one that has nothing."""
    dossier.mkdir(parents=True, exist_ok=True)
    # Not truncated: another process may be looking at it.
    mark = os.open(
        dossier / MARQUE, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o666
    )
    try:
        os.write(mark, TEXTE)
        os.fsync(mark)
    finally:
        os.close(mark)


def est_marque(dossier: Path) -> bool:
    """Tell whether a folder has the mark; one that holds nothing, left by a killed process, does."""
    if not est_dossier(dossier):
        return False
    mark = dossier / MARQUE
    if est_fichier(mark) and mark.read_bytes() == TEXTE:
        return True
    return all(one == mark and est_vide(one) for one in dossier.iterdir())


def est_vide(chemin: Path) -> bool:
    """Tell whether a file that holds nothing stands at a place."""
    return est_fichier(chemin) and not chemin.stat().st_size


def est_sommaire(chemin: Path) -> bool:
    """Tell whether a file is an index of the publications, or the empty start of one."""
    return est_vide(chemin) or (est_fichier(chemin) and MARQUE_PAGE.encode() in chemin.read_bytes())


def reconnaitre(dossier: Path, modele: type[P], releve: str) -> P | None:
    """Return the manifest of the publication of a relève that stands at a place, None where nothing does.

    Raises
    ------
    ErreurBarometre
        Something else stands there, or files that this publication does not know.
    """
    if not os.path.lexists(dossier):
        return None
    manifest, why = None, "c'est un lien ou un fichier, et non le dossier d'une publication"
    if est_dossier(dossier):
        try:
            manifest = lire_manifeste(dossier, modele, releve)
        except ErreurBarometre as error:
            why = f"ce n'est pas une publication du baromètre ({str(error).removesuffix('.')})"
        else:
            strangers = etrangers(dossier, manifest.sorties)
            if not strangers:
                return manifest
            why = f"cette publication contient ce qui n'est pas d'elle ({montrer(strangers[0])})"
    raise ErreurBarometre(f"{afficher(dossier)} : {why} ; {QUE_FAIRE}.")


def etrangers(dossier: Path, sorties: Collection[str]) -> list[str]:
    """Return what a publication holds that its manifest does not state, save what tools leave."""
    names = [name for name in lister(dossier) if not DEPOTS & set(name.split("/"))]
    return sorted({*names} - {*sorties, NOM})


def refuser_etranger(chemin: Path, est_notre: Callable[[Path], bool], quoi: str) -> None:
    """Refuse what stands at a place and is not ours: it would be replaced, removed or written in."""
    if os.path.lexists(chemin) and not est_notre(chemin):
        raise ErreurBarometre(f"{afficher(chemin)} : ce n'est pas {quoi} ; {QUE_FAIRE}.")


def refuser_destination(dossier: Path, registre: Path) -> None:
    """Refuse a folder of publications in the project's own folders or in the register, or that would hold them.

    Raises
    ------
    ErreurBarometre
        It is one of these, is no folder, or cannot be written.
    """
    root = racine()
    own = [*(root / name for name in PROTEGES), Path(__file__).parents[1], registre]
    if any(_holds(one, dossier) for one in own) or _holds(dossier, root) or _holds(dossier, registre):
        raise ErreurBarometre(
            f"{afficher(dossier)} : ce dossier est au projet ou au registre, ou les contient ; "
            f"donnez par --sorties un dossier à part, comme {afficher(root / 'outputs')}."
        )
    place = dossier.absolute()
    for one in (place, *place.parents):
        if (one / NOM).exists() or (one / MARQUE).exists():
            raise ErreurBarometre(
                f"{afficher(dossier)} : ce dossier est dans une publication ou un dossier de campagne "
                f"({afficher(one)}) ; donnez un autre dossier par --sorties."
            )
    ground = next(one for one in (place, *place.parents) if os.path.lexists(one))
    if not ground.is_dir() or not os.access(ground, os.W_OK | os.X_OK):
        what = "accès refusé" if ground.is_dir() else "ce n'est pas un dossier"
        raise ErreurBarometre(f"{afficher(ground)} : {what} ; donnez un autre dossier par --sorties.")


def _holds(dehors: Path, dedans: Path) -> bool:
    """Tell whether a place is a folder or below it, whatever the names and the links that lead there."""
    outer, inner = Path(os.path.realpath(dehors)), Path(os.path.realpath(dedans))
    same = outer.exists() and any(one.exists() and one.samefile(outer) for one in (inner, *inner.parents))
    return same or inner.is_relative_to(outer)
