"""What changed between two relèves, step by step, movement by movement; which relève first published a period."""

from barometre_lib.revisions.causes import CAUSES, FAMILLES, Cause, Famille, libelle_cause, nommer_corriges
from barometre_lib.revisions.decomposition import COLONNES_REVISIONS, Cote, reviser
from barometre_lib.revisions.resume import resumer_revisions
from barometre_lib.revisions.vintages import periodes_couvertes, premiere_releve

__all__ = [
    "CAUSES",
    "COLONNES_REVISIONS",
    "FAMILLES",
    "Cause",
    "Cote",
    "Famille",
    "libelle_cause",
    "nommer_corriges",
    "periodes_couvertes",
    "premiere_releve",
    "resumer_revisions",
    "reviser",
]
