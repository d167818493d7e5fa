"""Where a region's file goes: a relève, a region, a folder of relèves, each known to be right."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from barometre_lib.chemins import afficher, registre_par_defaut
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre import lire_code_releve, releve_precedente
from barometre_lib.vocabulaire import Releve


@dataclass(frozen=True)
class Destination:
    """Where a region's file goes, or comes from.

    Attributes
    ----------
    releve : Releve
        Relève.
    region : str
        Code of the region.
    registre : Path
        Folder of the relèves.
    """

    releve: Releve
    region: str
    registre: Path

    @property
    def fichier(self) -> Path:
        """File of the region in this relève."""
        return self.registre / str(self.releve) / f"{self.region}.csv"

    @property
    def precedente(self) -> Releve | None:
        """Nearest earlier relève present in the register."""
        return releve_precedente(self.releve, self.registre)

    def dans(self, releve: Releve) -> Path:
        """Return the file of the region in another relève."""
        return replace(self, releve=releve).fichier


def releves_presentes(registre: Path) -> list[Releve]:
    """Return the relèves that have a folder in the register, in order."""
    found = []
    for path in registre.glob("????-S?"):
        try:
            found.append(Releve.lire(path.name))
        except ValueError:
            continue
    return sorted(releve for releve in found if (registre / str(releve)).is_dir())


def dans_une_releve(dossier: Path, registre: Path) -> bool:
    """Tell whether a folder is that of a relève in the register, or lies in one."""
    inside = dossier.resolve()
    for folder in (inside, *inside.parents):
        if folder.parent == registre.resolve():
            with suppress(ValueError):
                Releve.lire(folder.name)
                return True
    return False


def viser(releve: str, region: str, registre: Path | None = None) -> Destination:
    """Return the destination that the words of a command name, the project's own register by default.

    Raises
    ------
    ErreurBarometre
        The relève is not written `AAAA-S1` or `AAAA-S2`.
    """
    return Destination(lire_code_releve(releve), region, registre or registre_par_defaut())


def verifier_destination(destination: Destination, nomenclatures: Nomenclatures) -> None:
    """Refuse a region or a folder of relèves that does not exist."""
    region, registre = destination.region, destination.registre
    if region not in nomenclatures.regions:
        listed = ", ".join(nomenclatures.regions)
        raise ErreurBarometre(f"Région {montrer(region, vide='absente')}\u00a0: attendu un code parmi {listed}.")
    if not registre.is_dir():
        raise ErreurBarometre(
            f"{afficher(registre)}\u00a0: ce dossier n'existe pas\u202f; donnez celui qui contient les relèves."
        )
