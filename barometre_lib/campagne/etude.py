"""What a campaign knows of a relève before it executes anything: what was read, what is kept, what is to execute."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.cache import retrouver
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Empreintes, Entrees
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.manifeste import Manifeste
from barometre_lib.campagne.taches import Tache, choisir, planifier
from barometre_lib.chemins import afficher
from barometre_lib.collecte.suivi import refuser_reports
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.fichiers import rassembler
from barometre_lib.parametres.region import lire_contacts
from barometre_lib.publication.vue import Vue
from barometre_lib.qualite.annonces import exiger_phrases
from barometre_lib.qualite.controle import charger_controlables


@dataclass(frozen=True)
class Etude:
    """A relève that was read, and what is asked of it."""

    consignes: Consignes
    barometre: Barometre
    empreintes: Empreintes  # what the result of each task depends on
    vue: Vue | None  # of the public edition: what its pages may know of the relève

    @property
    def releve(self) -> str:
        """Code of the relève."""
        return str(self.barometre.releve)

    @cached_property
    def taches(self) -> list[Tache]:
        """Every task of the relève; of a study, neither what the gate found, which judges rows alone, nor a study."""
        tasks = planifier(self.releve, self.consignes.diffusion)
        apart = [one for one in tasks if one.page.serie.controle or one.page.serie.etude]
        return [one for one in tasks if not (self.consignes.regles and one in apart)]

    def partager(self) -> tuple[list[Rendu], list[Tache]]:
        """Return what is already made, and what must be executed; a task in neither has no page.

        Raises
        ------
        ErreurBarometre
            A region asked for does not exist, or a page that must be kept is not what the present input gives.
        """
        asked = choisir(self.taches, self.consignes.regions)
        folder = self.consignes.dossier / self.releve
        there = self.consignes.en_place(self.releve)
        published = there.pages if isinstance(there, Manifeste) else {}
        kept, missing = list[Rendu](), list[Tache]()
        for task in self.taches:
            forced = self.consignes.forcer and task in asked
            if not forced and (found := retrouver(self.consignes.sorties, task, self.empreintes.tache(task))):
                kept.append(found)
            elif task in asked:
                missing.append(task)
            elif task.page.nom in published:
                raise ErreurBarometre(
                    f"{afficher(folder / task.page.adresse)} : cette page vient d'autres données, d'autres paramètres "
                    "ou d'un autre code que les pages demandées, ou son résultat n'est plus gardé ; publiez la relève "
                    "entière, sans --regions."
                )
        return kept, missing


def etudier(entrees: Mapping[str, Entrees], consignes: Consignes) -> list[Etude]:
    """Read relèves, given with their inputs, each once, and what their pages need; their gate is another process.

    Raises
    ------
    ErreurBarometre
        A register is refused, or something that its pages need is missing or wrong.
    """
    read = charger_controlables(entrees, consignes.registre)
    return [_study(read[releve], inputs, consignes) for releve, inputs in entrees.items()]


def _study(barometre: Barometre, inputs: Entrees, consignes: Consignes) -> Etude:
    refuser_reports(barometre.releve, consignes.registre)
    exiger_phrases(barometre)
    rassembler(lire_contacts, ["", *barometre.nomenclatures.regions])
    for region in barometre.edition.exemples:
        barometre.exemples(region)
    # An earlier relève that cannot be read is said now, not by each notebook.
    barometre.evolution()
    replaced = consignes.remplacee(str(barometre.releve))
    vue = Vue.de(barometre, consignes.rectificatif, replaced) if consignes.publique else None
    return Etude(consignes, barometre, Empreintes(barometre, inputs, vue), vue)
