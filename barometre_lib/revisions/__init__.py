"""What changed between two relèves, step by step, movement by movement."""

from barometre_lib.revisions.causes import CAUSES, FAMILLES, Cause, Famille, libelle_cause, nommer_corriges
from barometre_lib.revisions.decomposition import COLONNES_REVISIONS, Cote, reviser
from barometre_lib.revisions.resume import resumer_familles, resumer_revisions

__all__ = [
    "CAUSES",
    "COLONNES_REVISIONS",
    "FAMILLES",
    "Cause",
    "Cote",
    "Famille",
    "libelle_cause",
    "nommer_corriges",
    "resumer_familles",
    "resumer_revisions",
    "reviser",
]
