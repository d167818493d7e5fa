"""What was released is not replaced in silence: other bytes need a reason, which every page then says."""

from collections.abc import Sequence
from pathlib import Path

from barometre_lib.campagne.manifeste import lire_manifeste
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres import Edition
from barometre_lib.typographie import accorder

ETATS_DIFFUSES = ("diffuse", "rectifie")


def refuser_remplacement(precedente: Path, travail: Path) -> None:
    """Refuse to replace a released publication of real data by other bytes without a reason of its own.

    Parameters
    ----------
    precedente : Path
        Publication in place, if any.
    travail : Path
        Publication ready to take its place, its manifest written.

    Raises
    ------
    ErreurBarometre
        Files that were released would change or go, and no reason is given, or that of the publication in place.
    """
    before, after = lire_manifeste(precedente), lire_manifeste(travail)
    if before is None or after is None or before["demonstration"]:
        return
    released = before.get("edition", {"etat": "diffuse", "rectificatif": ""})
    if released["etat"] not in ETATS_DIFFUSES:
        return
    # The index of a partial publication changes with each page that completes it.
    expected = {"index.html"} if before["regions_absentes"] else set()
    changed = [
        name
        for name, checksum in before["sorties"].items()
        if after["sorties"].get(name) != checksum and name not in expected
    ]
    reason = after["edition"]["rectificatif"]
    if reason in ("", released["rectificatif"]):
        _refuse(precedente, changed)


def refuser_remplacement_public(precedente: Path, travail: Path, edition: Edition, *, demonstration: bool) -> None:
    """Refuse, as `refuser_remplacement` does, to replace a released public edition, which has no manifest.

    Parameters
    ----------
    precedente, travail : Path
        Public edition in place, if any, and the one ready to take its place.
    edition : Edition
        Edition, rectified when a reason is given.
    demonstration : bool
        Whether the rows are fictitious.

    Raises
    ------
    ErreurBarometre
        Files that were released would change or go, and no reason is given.
    """
    if demonstration or edition.etat not in ETATS_DIFFUSES or edition.rectificatif:
        return
    before, after = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (precedente, travail)
    )
    _refuse(precedente, [name for name, data in before.items() if after.get(name) != data])


def _refuse(precedente: Path, changed: list[str]) -> None:
    if changed:
        raise ErreurBarometre(
            f"{afficher(precedente)} : cette édition est diffusée, et "
            f"{accorder(len(changed), 'fichier changerait', 'fichiers changeraient')} ({', '.join(changed[:3])}"
            f"{'…' if len(changed) > 3 else ''}) ; rien n'a été publié. Dites pourquoi par "
            "--rectificatif MOTIF : ce motif, nouveau, figurera sur chaque page."
        )
