"""The campaign: the plan, its execution in processes, the manifest, the publication put in place."""

from barometre_lib.campagne.campagne import executer_seules, planifier_campagne, publier
from barometre_lib.campagne.diffusion import diffuser
from barometre_lib.campagne.etude import Consignes
from barometre_lib.campagne.executeur import Delais
from barometre_lib.campagne.verification import verifier

__all__ = ["Consignes", "Delais", "diffuser", "executer_seules", "planifier_campagne", "publier", "verifier"]
