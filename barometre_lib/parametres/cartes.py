"""The scale of the circles of maps, `params/cartes.yaml`: one for all maps, pages and editions."""

from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Annotated

from pydantic import Field

from barometre_lib.chemins import racine
from barometre_lib.parametres.fichiers import FERME, Texte, attendu, ouvrir_yaml


@dataclass(frozen=True)
class EchelleCartes:
    """How large the circle of a balance is."""

    __pydantic_config__ = FERME
    rayon: Annotated[float, attendu("le rayon en pixels du cercle d'un solde de 1, de 4 à 12", ge=4, le=12)]
    pourquoi: Texte
    source: Texte
    legende: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...],
        Field(min_length=2, max_length=5, description="deux à cinq soldes positifs, que la légende montre"),
    ]

    def rayon_de(self, solde: int) -> float:
        """Return the radius in pixels of the circle of a balance, whose area is proportional to it."""
        return round(self.rayon * sqrt(abs(solde)), 1)


def lire_echelle(dossier: Path | None = None) -> EchelleCartes:
    """Read `cartes.yaml` of the project's `params` or of another folder."""
    return ouvrir_yaml((dossier or racine() / "params") / "cartes.yaml").lire(EchelleCartes)
