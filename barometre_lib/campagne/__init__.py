"""The campaign: the plan, its execution in processes, the manifest, the publication put in place."""

from barometre_lib.campagne.campagne import Publication, publier
from barometre_lib.campagne.diffusion import diffuser

__all__ = ["Publication", "diffuser", "publier"]
