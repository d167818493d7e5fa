"""The commands of `barometre`, in the order of its help.

Heavy modules are imported by the commands that need them, so that the help is immediate.
"""

from barometre_lib.commandes.collecter import integrer, modele, nouvelle_releve
from barometre_lib.commandes.compter import compter, controler, convertir, decider
from barometre_lib.commandes.publier import executer, publier, verifier

COMMANDES = (publier, executer, verifier, controler, decider, compter, convertir, modele, integrer, nouvelle_releve)

__all__ = ["COMMANDES"]
