"""What was released is not replaced in silence: other bytes need a reason, which every page then says."""

from pathlib import Path

from barometre_lib.campagne.manifeste import lire_manifeste
from barometre_lib.chemins import afficher
from barometre_lib.erreurs import ErreurBarometre
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
    if changed and reason in ("", released["rectificatif"]):
        raise ErreurBarometre(
            f"{afficher(precedente)}\u00a0: cette édition est diffusée, et "
            f"{accorder(len(changed), 'fichier changerait', 'fichiers changeraient')} ({', '.join(changed[:3])}"
            f"{'…' if len(changed) > 3 else ''})\u202f; rien n'a été publié. Dites pourquoi par "
            "--rectificatif MOTIF\u00a0: ce motif, nouveau, figurera sur chaque page."
        )
