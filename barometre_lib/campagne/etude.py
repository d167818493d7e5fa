"""What a campaign knows of a relève before it executes anything: what goes in, what is asked, what is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.empreintes import CODE_CHARGE, Empreintes, Entrees, empreinte_fichier
from barometre_lib.campagne.executeur import Delais
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.manifeste import lire_manifeste
from barometre_lib.campagne.plan import Tache, choisir, planifier
from barometre_lib.campagne.reprise import Reprise
from barometre_lib.chemins import afficher, racine, registre_par_defaut
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres import Contact, lire_contacts
from barometre_lib.qualite import Bilan, refuser_defauts
from barometre_lib.registre import trouver_releve


@dataclass(frozen=True)
class Consignes:
    """What is asked of a campaign: one attribute per option of the command.

    Attributes
    ----------
    sorties : Path
        Folder of the publications.
    registre : Path
        Folder that holds the relèves.
    regions : sequence of str
        Regional pages that may be made; the others are kept from the previous publication. All when empty.
    processus : int, optional
        Worker processes; twice as many as processors by default.
    grappe : str
        Address of a Dask cluster that takes the place of the workers.
    rectificatif : str
        Why a publication replaces a released one; said on each of its pages.
    pdf : bool
        Whether the national and regional pages are made as PDF too.
    forcer : bool
        Whether what is already made is made again.
    delais : Delais
        Time-outs.
    """

    sorties: Path
    registre: Path = field(default_factory=registre_par_defaut)
    regions: Sequence[str] = ()
    processus: int | None = None
    grappe: str = ""
    rectificatif: str = ""
    pdf: bool = False
    forcer: bool = False
    delais: Delais = field(default_factory=Delais)

    def entrees(self, releve: str) -> Entrees:
        """Return the checksums of a relève's inputs as they are now.

        Raises
        ------
        ErreurBarometre
            The relève does not exist.
        """
        return Entrees.lire(trouver_releve(releve, self.registre), self.registre, racine(), self.rectificatif)

    def refuser_changements(self, releve: str, entrees: Entrees) -> None:
        """Refuse to publish from inputs that are no longer on the disk, or by code that never was in `entrees`.

        Raises
        ------
        ErreurBarometre
            They changed.
        """
        if self.entrees(releve) != entrees or entrees.code != CODE_CHARGE:
            raise ErreurBarometre(
                f"Relève {releve}\u00a0: le registre, les paramètres ou le code ont changé pendant la "
                "campagne\u202f; rien n'a été publié, relancez."
            )

    def a_jour(self, releve: str, entrees: Entrees) -> bool:
        """Tell whether the publication in place is whole, untouched, and what these instructions would make again."""
        folder = self.sorties / releve
        manifest = lire_manifeste(folder)
        if self.forcer or manifest is None or manifest.get("regions_absentes") != []:
            return False
        outputs = manifest.get("sorties", {})
        return (
            not entrees.ecarts(manifest)
            and any(name.endswith(".pdf") for name in outputs) == self.pdf
            and intactes(folder, outputs)
        )


def intactes(dossier: Path, sorties: Mapping[str, str]) -> bool:
    """Tell whether a publication holds what its manifest says, and nothing else."""
    present = {path.relative_to(dossier).as_posix() for path in dossier.rglob("*") if path.is_file()}
    return present == {*sorties, "manifeste.json"} and all(
        empreinte_fichier(dossier / name) == checksum for name, checksum in sorties.items()
    )


@dataclass(frozen=True)
class Partage:
    """What becomes of the tasks of a relève under some instructions; a task in none of the lists has no page.

    Attributes
    ----------
    gardees : list of Tache
        Published, untouched, and what the present input gives.
    reprises : list of Resultat
        Executed by an earlier campaign from the present input, and not published.
    a_executer : list of Tache
        The others that are asked for.
    """

    gardees: list[Tache]
    reprises: list[Resultat]
    a_executer: list[Tache]


@dataclass(frozen=True)
class Etude:
    """A relève checked and read.

    Attributes
    ----------
    barometre : Barometre
        Relève.
    bilan : Bilan
        What the predicates find, nothing of which stops it.
    empreintes : Empreintes
        What each page depends on.
    contacts : mapping of str to sequence of Contact
        Press contacts by region, those of France under the empty text.
    """

    barometre: Barometre
    bilan: Bilan
    empreintes: Empreintes
    contacts: Mapping[str, Sequence[Contact]]

    @classmethod
    def faire(cls, releve: str, consignes: Consignes, entrees: Entrees) -> Self:
        """Check and read a relève.

        Parameters
        ----------
        releve : str
            `2024-S2`.
        consignes : Consignes
            Where its register is.
        entrees : Entrees
            Its inputs before anything, the kernels included, read them.

        Raises
        ------
        ErreurBarometre
            Its register is refused, or something that its pages need is missing or wrong.
        """
        bilan = refuser_defauts(releve, consignes.registre)
        barometre = Barometre.charger(releve, registre=consignes.registre)
        for region in barometre.edition.exemples:
            barometre.exemples(region)
        # An earlier relève that cannot be read is said now, not by each notebook.
        barometre.evolution()
        contacts = {region: lire_contacts(region) for region in ("", *barometre.nomenclatures.regions)}
        return cls(barometre, bilan, Empreintes(barometre, entrees), contacts)

    @property
    def releve(self) -> str:
        """Code of the relève."""
        return str(self.barometre.releve)

    @property
    def taches(self) -> list[Tache]:
        """Every task of the relève."""
        return planifier(self.releve, self.barometre.nomenclatures)

    def partager(self, consignes: Consignes) -> Partage:
        """Tell apart what is published, what an earlier campaign left executed, and what must be executed.

        Raises
        ------
        ErreurBarometre
            A region asked for does not exist, or a page that must be kept is not what the present input gives.
        """
        asked = choisir(self.taches, consignes.regions, self.barometre.nomenclatures)
        folder = consignes.sorties / self.releve
        manifest = lire_manifeste(folder) or {}
        left = Reprise(consignes.sorties, self.releve)
        share = Partage([], [], [])
        for task in self.taches:
            published = task.nom in manifest.get("pages", {})
            why = self._ecart(task, folder, manifest) if published else ""
            if task not in asked and why:
                raise ErreurBarometre(
                    f"{afficher(folder / task.page)}\u00a0: {why}\u202f; publiez la relève entière, sans --regions."
                )
            if published and not why and not (task in asked and consignes.forcer):
                share.gardees.append(task)
            elif task in asked:
                result = None if consignes.forcer else left.retrouver(task, self.empreintes.page(task))
                share.reprises.extend([result] if result else [])
                share.a_executer.extend([] if result else [task])
        return share

    def _ecart(self, task: Tache, folder: Path, manifest: Mapping[str, Mapping[str, str]]) -> str:
        """Say why a published page cannot be kept; nothing when it can."""
        if manifest["pages"][task.nom] != self.empreintes.page(task):
            return "cette page vient d'autres données, d'autres paramètres ou d'un autre code que les pages demandées"
        for name in (task.page, task.carnet_execute):
            path = folder / name
            if not path.is_file() or empreinte_fichier(path) != manifest["sorties"].get(name):
                return "absente, ou changée depuis sa publication"
        return ""
