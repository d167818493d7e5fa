"""What a campaign knows of a relève before it executes anything: what was read, what is kept, what is to execute."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.cache import retrouver
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Entrees, empreinte_valeurs
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.manifeste import Manifeste
from barometre_lib.campagne.taches import Tache, choisir, planifier
from barometre_lib.chemins import afficher
from barometre_lib.collecte.suivi import refuser_reports
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.carnets import Page
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
    entrees: Entrees
    vue: Vue | None = None  # of the public edition: what its pages may know of the relève

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
            if not forced and (found := retrouver(self.consignes.sorties, task, self.empreinte(task))):
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

    def empreinte(self, tache: Tache) -> str:
        """Return the checksum of all that the result of a task depends on.

        The counts of all, the earlier relèves, the parameters, the code and its notebook, whatever it is; its own rows
        and what changed in them since the previous relève when the catalogue says that it depends on its territory,
        every row, the previous relève and the suites otherwise. Contacts are put beside the result, later.
        """
        given, serie = self.entrees, tache.page.serie
        whole = serie.depend_de == "releve"
        sums = self.vue.sommes if self.vue else {}
        return empreinte_valeurs(
            {
                "tache": [tache.page.nom, tache.diffusion],
                "carnet": given.carnets.get(f"notebooks/{serie.carnet}", ""),
                **{name: vars(given)[name] for name in ("parametres", "reference", "code", "versions", "anterieures")},
                # Of its territory alone, and of a page that shows it.
                "texte": self.barometre.contexte(tache.region).texte if serie.commentaire else "",
                "comptes": self._comptes,
                "origine": {name: one for name, one in given.donnees.items() if name.endswith(".yaml")},
                "lignes": given.donnees if whole else self._lignes(tache.page),
                "suites": [given.precedente, given.suites] if whole else "",
                # The public edition says it in its pages; the layout does for the internal one.
                "rectificatif": given.rectificatif if tache.diffusion == "publique" else "",
                # Public sums depend on those of the edition in place.
                "sommes": {name: one.to_csv(index=False) for name, one in sums.items()},
            }
        )

    def _lignes(self, page: Page) -> list[str]:
        """Return the checksums of the rows of a territory or sector, and of what changed there.

        A movement that went elsewhere changes the page of what it left, whose rows do not hold it.
        """
        dimension, rows, changes = page.serie.pour_chaque, self.barometre.decisions, self._revisions
        parts = (table[table[dimension] == page.code] for table in (rows, changes))
        return [empreinte_valeurs(part.to_csv(index=False)) for part in parts]

    @cached_property
    def _comptes(self) -> str:
        counts = self.barometre.comptes(par=["semestre", "departement", "sous_secteur"])
        return empreinte_valeurs(counts.to_csv(index=False))

    @cached_property
    def _revisions(self) -> pd.DataFrame:
        return self.barometre.revisions()


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
    return Etude(consignes, barometre, inputs, vue)
