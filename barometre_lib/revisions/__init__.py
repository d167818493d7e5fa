"""What changed between two relèves, step by step, movement by movement."""

from barometre_lib.revisions.causes import CAUSES, FAMILLES, Cause, Famille, libelle_cause, nommer_corriges
from barometre_lib.revisions.decomposition import COLONNES_REVISIONS, Cote, reviser
from barometre_lib.revisions.resume import (
    autres_libelles,
    comparer_ordres,
    resumer_familles,
    resumer_revisions,
    revisions_par_famille,
)

__all__ = [
    "CAUSES",
    "COLONNES_REVISIONS",
    "FAMILLES",
    "Cause",
    "Cote",
    "Famille",
    "autres_libelles",
    "comparer_ordres",
    "libelle_cause",
    "nommer_corriges",
    "resumer_familles",
    "resumer_revisions",
    "reviser",
    "revisions_par_famille",
]
