"""What a campaign executes: one task per page of the catalogue and relève."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import Diffusion, Page, lire_catalogue
from barometre_lib.registre.lecture import lire_code_releve


@dataclass(frozen=True)
class Tache:
    """One execution of one notebook."""

    releve: str  # 2024-S2
    page: Page  # page that it makes
    diffusion: Diffusion = "interne"  # edition

    @property
    def cle(self) -> str:
        """Name unique in a campaign, which `barometre executer` reads: `2024-S2/regional-84`."""
        return f"{self.releve}/{self.page.nom}"

    @property
    def region(self) -> str:
        """Code of the region of its page; empty when it is not that of one region."""
        return self.page.code if self.page.serie.pour_chaque == "region" else ""

    @property
    def parametres(self) -> dict[str, Any]:
        """Parameters of the notebook."""
        return {"releve": self.releve, **self.page.parametres}


def planifier(releve: str, diffusion: Diffusion = "interne") -> list[Tache]:
    """Return every task of a relève, in the order of the catalogue."""
    catalogue = lire_catalogue(Nomenclatures.du_projet())
    return [Tache(releve, page, diffusion) for page in catalogue.pages(diffusion, lire_code_releve(releve))]


def lire_tache(cle: str) -> Tache:
    """Return the task of the internal edition that a name designates.

    Raises
    ------
    ErreurBarometre
        No task has this name.
    """
    releve, _, name = cle.partition("/")
    code = str(lire_code_releve(releve))
    for task in planifier(code):
        if task.page.nom == name:
            return task
    raise ErreurBarometre(
        f"Exécution {montrer(cle)} : inconnue ; attendu RELEVE/CARNET, comme {code}/national ou "
        f"{code}/regional-84 (barometre publier {code} --a-blanc en donne la liste)."
    )


def choisir(taches: Sequence[Tache], regions: Collection[str]) -> list[Tache]:
    """Keep the tasks that are of no region and those of the regions asked for; all of them when none is.

    Raises
    ------
    ErreurBarometre
        A region does not exist.
    """
    known = Nomenclatures.du_projet().regions
    if unknown := sorted(set(regions) - set(known)):
        raise ErreurBarometre(f"Région « {unknown[0]} » : code inconnu ; attendu parmi {', '.join(known)}.")
    return [task for task in taches if not regions or not task.region or task.region in regions]
