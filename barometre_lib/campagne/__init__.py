"""The campaign: the plan, its execution in processes, the manifest, the publication put in place."""

from barometre_lib.campagne.campagne import Publication, publier

__all__ = ["Publication", "publier"]
