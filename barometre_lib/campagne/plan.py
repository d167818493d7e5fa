"""What a campaign runs: one typed task per notebook, region and relève."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre import lire_code_releve

Carnet = Literal["regional", "national", "qualite"]


@dataclass(frozen=True)
class Tache:
    """One execution of one notebook.

    Attributes
    ----------
    carnet : {"regional", "national", "qualite"}
        Notebook, without `.ipynb`.
    releve : str
        `2024-S2`.
    region : str
        Code of the region, empty for France.
    """

    carnet: Carnet
    releve: str
    region: str = ""

    @property
    def nom(self) -> str:
        """Short name, unique in a relève: `regional-84`, `national`."""
        return f"{self.carnet}-{self.region}" if self.region else self.carnet

    @property
    def cle(self) -> str:
        """Name unique in a campaign, which `barometre executer` reads: `2024-S2/regional-84`."""
        return f"{self.releve}/{self.nom}"

    @property
    def parametres(self) -> str:
        """Parameters of the notebook, as one JSON text."""
        values = {"releve": self.releve} | ({"region": self.region} if self.region else {})
        return json.dumps(values)

    @property
    def page(self) -> str:
        """Where its page stands in the publication."""
        return f"regions/{self.region}.html" if self.region else f"{self.carnet}.html"

    @property
    def carnet_execute(self) -> str:
        """Where the executed notebook stands in the publication."""
        return f"notebooks/{self.nom}.ipynb"


def planifier(releve: str, nomenclatures: Nomenclatures) -> list[Tache]:
    """Return every task of a relève: France, the quality of its register, then each region by code."""
    return [
        Tache("national", releve),
        Tache("qualite", releve),
        *(Tache("regional", releve, region) for region in nomenclatures.regions),
    ]


def lire_tache(cle: str, nomenclatures: Nomenclatures) -> Tache:
    """Return the task that a name designates.

    Raises
    ------
    ErreurBarometre
        No task has this name.
    """
    releve, _, name = cle.partition("/")
    code = str(lire_code_releve(releve))
    for task in planifier(code, nomenclatures):
        if task.nom == name:
            return task
    raise ErreurBarometre(
        f"Exécution {montrer(cle)}\u00a0: inconnue\u202f; attendu RELEVE/CARNET, comme {code}/national ou "
        f"{code}/regional-84 (barometre publier {code} --a-blanc en donne la liste)."
    )


def choisir(taches: Collection[Tache], regions: Collection[str], nomenclatures: Nomenclatures) -> list[Tache]:
    """Keep the tasks about the whole of France and those of the regions asked for; all of them when none is.

    Raises
    ------
    ErreurBarometre
        A region does not exist.
    """
    unknown = sorted(set(regions) - set(nomenclatures.regions))
    if unknown:
        raise ErreurBarometre(
            f"Région «\u00a0{unknown[0]}\u00a0»\u00a0: code inconnu\u202f; attendu "
            f"parmi {', '.join(nomenclatures.regions)}."
        )
    return [tache for tache in taches if not regions or not tache.region or tache.region in regions]
