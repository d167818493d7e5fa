"""The gate itself: read once, have the suite judged, point at the rows at fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from barometre_lib.chemins import registre_par_defaut
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre import chercher_defauts, est_demonstration, exigences, lire_textes, trouver_releve
from barometre_lib.vocabulaire import Releve


class ErreurControle(ErreurBarometre):
    """A gate that cannot be trusted: a fault of the package, never of the register."""


@dataclass(frozen=True)
class Bilan:
    """What the gate found in a register that it lets through.

    Attributes
    ----------
    releve : Releve
        Relève.
    lignes : int
        Rows read.
    exigences : int
        Requirements checked.
    """

    releve: Releve
    lignes: int
    exigences: int

    @property
    def resume(self) -> str:
        """One French sentence for the terminal."""
        rows = f"{self.lignes:,}".replace(",", "\u202f")
        plural = "s" if self.lignes > 1 else ""
        return f"Relève {self.releve}\u00a0: {rows} ligne{plural}, {self.exigences} exigences contrôlées, aucun défaut."


def controler_releve(releve: str, registre: Path | None = None) -> Bilan:
    """Refuse a register that departs from its contract.

    Parameters
    ----------
    releve : str
        `2024-S2`.
    registre : Path, optional
        Folder that holds the relèves; `data/releves` by default.

    Returns
    -------
    Bilan

    Raises
    ------
    RegistreRefuse
        The register departs from its contract; every defect is given.
    ErreurBarometre
        The relève does not exist, or its `provenance.yaml` cannot be read.
    ErreurControle
        The suite could not run, or disagrees with the rows pointed at.
    """
    folder = registre or registre_par_defaut()
    code = trouver_releve(releve, folder)
    nomenclatures = Nomenclatures()
    texts, defects = lire_textes(code, folder, nomenclatures)
    est_demonstration(code, folder)
    requirements = exigences(nomenclatures)

    try:
        # Imported here: it brings Great Expectations.
        from barometre_lib.qualite.adaptateur import juger

        verdicts = juger(texts, requirements)
        faults = {one.nom: chercher_defauts(texts, [one]) for one in requirements}
    except Exception as error:
        raise ErreurControle(f"Contrôle interrompu\u00a0: {error}. Signalez cette erreur.") from error
    defects += confronter(verdicts, faults)
    if defects:
        raise RegistreRefuse(defects)
    return Bilan(code, len(texts), len(requirements))


def refuser_defauts(releve: str, registre: Path | None = None) -> None:
    """Refuse at once a register in which a predicate finds a fault, before the suite gives its verdict.

    Raises
    ------
    RegistreRefuse
        The register departs from its contract; every defect is given.
    ErreurBarometre
        The relève does not exist.
    """
    folder = registre or registre_par_defaut()
    nomenclatures = Nomenclatures()
    texts, defects = lire_textes(trouver_releve(releve, folder), folder, nomenclatures)
    defects += chercher_defauts(texts, exigences(nomenclatures))
    if defects:
        raise RegistreRefuse(defects)


def confronter(verdicts: Mapping[str, bool], defauts: Mapping[str, list[Defaut]]) -> list[Defaut]:
    """Return every defect, once the suite and the rows pointed at are seen to agree.

    Parameters
    ----------
    verdicts : mapping of str to bool
        What the suite says of each requirement.
    defauts : mapping of str to list of Defaut
        Rows at fault for the same requirements.

    Raises
    ------
    ErreurControle
        A requirement fails and no row is at fault, or the converse.
    """
    disagreeing = [nom for nom, met in verdicts.items() if met == bool(defauts[nom])]
    if disagreeing:
        raise ErreurControle(
            f"Contrôle incohérent\u00a0: {', '.join(disagreeing)}, le verdict et les lignes en défaut se contredisent. "
            "Signalez cette erreur."
        )
    return [defect for faults in defauts.values() for defect in faults]
