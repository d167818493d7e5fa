"""What is asked of a campaign, one attribute per option of the command, and what it is made from."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from barometre_lib.campagne.empreintes import Entrees, inventorier
from barometre_lib.campagne.manifeste import NOM, Manifeste, ManifestePublic
from barometre_lib.campagne.marques import reconnaitre
from barometre_lib.chemins import afficher, racine, registre_par_defaut
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.carnets import Diffusion
from barometre_lib.registre.lecture import trouver_releve
from barometre_lib.typographie import jour

DOSSIER_PUBLIC = "publique"


@dataclass(frozen=True)
class Consignes:
    """What is asked of a campaign."""

    sorties: Path  # folder of the publications
    registre: Path = field(default_factory=registre_par_defaut)  # folder that holds the relèves
    # Regional pages that may be made; the others come from the cache. All of them when empty.
    regions: Sequence[str] = ()
    processus: int | None = None  # notebooks executed at once; as many as processors by default
    grappe: str = ""  # address of a Dask cluster that takes the place of this machine
    rectificatif: str = ""  # why a publication replaces a released one; said on each of its pages
    relu_par: str = ""  # who read again a released edition of real data: a service, no person
    # Folder of the publication with which this one is compared, then thrown away: it releases nothing.
    essai: Path | None = None
    pdf: bool = False  # whether the pages that the catalogue says are made as PDF too
    journal: Path | None = None  # file to which each task and the gate add a line
    forcer: bool = False  # whether what is already made is made again
    diffusion: Diffusion = "interne"  # edition
    regles: Sequence[str] = ()  # of a study, `seuil_effectif=10` each; none of a publication
    delai: float = 600  # seconds that one notebook may take
    delai_total: float = 3600  # seconds that all the notebooks of one relève may take

    @property
    def publique(self) -> bool:
        """Whether the public edition is asked for."""
        return self.diffusion == "publique"

    @property
    def modele(self) -> type[Manifeste | ManifestePublic]:
        """What its manifest says."""
        return ManifestePublic if self.publique else Manifeste

    @property
    def dossier(self) -> Path:
        """Folder in which the edition asked for stands, a folder per relève."""
        return self.sorties / DOSSIER_PUBLIC if self.publique else self.sorties

    def remplacee(self, releve: str) -> Path:
        """Return where the publication stands that this one replaces, or is compared with."""
        return (self.essai or self.dossier) / releve

    def en_place(self, releve: str) -> Manifeste | ManifestePublic | None:
        """Return the manifest of the publication in place, None where there is nothing; refuse anything else."""
        return reconnaitre(self.dossier / releve, self.modele, releve)

    def entrees(self, releve: str) -> Entrees:
        """Return the checksums of a relève's inputs as they are now.

        Raises
        ------
        ErreurBarometre
            The relève does not exist.
        """
        return Entrees.lire(trouver_releve(releve, self.registre), self.registre, racine(), self.rectificatif)

    def a_jour(self, releve: str, entrees: Entrees) -> bool:
        """Tell whether the publication in place is whole, untouched, and what these instructions would make again.

        That of the public edition does not say its inputs: never.

        Raises
        ------
        ErreurBarometre
            What is in place is not a publication of this relève.
        """
        manifest = self.en_place(releve)
        if self.forcer or not isinstance(manifest, Manifeste) or not manifest.entier:
            return False
        return (
            not entrees.ecarts(manifest)
            and any(name.endswith(".pdf") for name in manifest.sorties) == self.pdf
            and inventorier(self.dossier / releve) | {NOM: ""} == manifest.sorties | {NOM: ""}
        )


def dire_publications(releve: str, sorties: Path, registre: Path) -> list[str]:
    """Say which editions of a relève are in place, since when, in which state, and whether the internal one holds."""
    said = list[str]()
    for asked in (Consignes(sorties, registre), Consignes(sorties, registre, diffusion="publique")):
        try:
            there = asked.en_place(releve)
        except ErreurBarometre as error:
            said.append(str(error))
            continue
        if there:
            changed = isinstance(there, Manifeste)
            # A register that is no longer there is another one.
            with suppress(ErreurBarometre):
                if isinstance(there, Manifeste):
                    again = replace(asked, rectificatif=there.rectificatif)
                    changed = bool(again.entrees(releve).ecarts(there))
            made = datetime.fromtimestamp((asked.dossier / releve / NOM).stat().st_mtime)
            since = " ; ce dont elle est faite a changé depuis" if changed else ""
            said.append(f"Édition {asked.diffusion} faite le {jour(made)}, {there.edition.situation}{since}.")
    return said or [f"Aucune publication de la relève {releve} dans {afficher(sorties)}."]
