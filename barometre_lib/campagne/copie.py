"""The snapshot: the inputs of a campaign are copied once, at its start, and everything is made from the copy."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.dossier import tenir
from barometre_lib.campagne.empreintes import VERROU as VERROU_PAQUETS
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.marques import est_marque, marquer
from barometre_lib.chemins import ORIGINE, lire_octets, originale, racine
from barometre_lib.ecriture import EcritureImpossible, verrouiller
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.millesimes.publies import DOSSIER as PUBLIES
from barometre_lib.registre.lecture import releves_anterieures, releves_presentes, trouver_releve
from barometre_lib.typographie import accorder

PREFIXE, SUFFIXE = ".entrees-", ".verrou"
DOSSIERS = ("params", "data/reference", PUBLIES, "notebooks")
SUFFIXES = (".csv", ".ipynb", ".json", ".md", ".yaml")


@contextmanager
def copier_entrees(releves: Iterable[str], consignes: Consignes) -> Iterator[Consignes]:
    """Give the same instructions on a copy of what some relèves are made from, in a marked folder of `sorties`.

    There the workers of a cluster find it. It goes at the end; that of a killed campaign, with the next one.

    Raises
    ------
    ErreurBarometre
        A relève does not exist.
    OSError, EcritureImpossible
        The system refuses a file, or a copy.
    """
    with ExitStack() as stack:
        stack.enter_context(tenir(consignes.sorties))
        retirer_copies(consignes.sorties)
        place = consignes.sorties.absolute() / f"{PREFIXE}{secrets.token_hex(4)}"
        # Held before the folder is there: whoever finds one without owner may remove it.
        stack.enter_context(verrouiller(place.with_suffix(SUFFIXE)))
        stack.callback(_remove, place)
        marquer(place)
        project, register = place / "projet", place / "registre"
        for name in DOSSIERS:
            _copy(racine() / name, project / name)
        if (racine() / VERROU_PAQUETS).exists():
            _copy_file(racine() / VERROU_PAQUETS, project / VERROU_PAQUETS)
        for one in sorted(_needed(releves, consignes)):
            _copy(consignes.registre / one, register / one)
        for copied, origin in ((project, racine()), (register, consignes.registre)):
            (copied / ORIGINE).write_bytes(os.fsencode(origin))
        stack.enter_context(_root(project))
        yield replace(consignes, registre=register)


def dire_changements(releve: str, consignes: Consignes, entrees: Entrees) -> list[str]:
    """Say that what was copied, whose checksums are `entrees`, is no longer what stands in the project."""
    try:
        code = trouver_releve(releve, originale(consignes.registre))
        now = Entrees.lire(code, originale(consignes.registre), originale(racine()), consignes.rectificatif)
        gaps = [f"{nature} {name}".strip() for nature, name, _ in now.ecarts(entrees)]
    except (OSError, ErreurBarometre) as error:
        gaps = [str(error)]
    if not gaps:
        return []
    more = f" et {accorder(len(gaps) - 1, 'autre', 'autres')}" if gaps[1:] else ""
    return [
        f"Attention, changement pendant la campagne ({gaps[0]}{more}) : les pages sont celles de ce qui était là au "
        "début ; relancez."
    ]


def retirer_copies(sorties: Path) -> None:
    """Remove the copies of campaigns that were killed: the system released their locks."""
    for place in {path.with_suffix("") for path in sorties.glob(f"{PREFIXE}*")}:
        with verrouiller(place.with_suffix(SUFFIXE)) as alone:
            if alone and est_marque(place):
                _remove(place)


def _remove(place: Path) -> None:
    """Remove a copy; what the system refuses, the next campaign does."""
    with suppress(OSError):
        shutil.rmtree(place)


def _needed(releves: Iterable[str], consignes: Consignes) -> set[str]:
    """Return the relèves asked for, the earlier ones, and those that a public edition is read beside."""
    register = consignes.registre
    asked = {trouver_releve(one, register) for one in releves}
    if consignes.diffusion == "publique":
        asked |= {*releves_presentes(consignes.dossier)} & {*releves_presentes(register)}
    return {str(one) for releve in asked for one in (releve, *releves_anterieures(releve, register))}


def _copy(origine: Path, copie: Path) -> None:
    """Copy the files of a folder, and of those below; what an editor or a system leaves there starts with a dot."""
    for folder, names, files in os.walk(origine, onerror=_stop, followlinks=True):
        names[:] = [name for name in names if not name.startswith(".")]
        target = copie / Path(folder).relative_to(origine)
        target.mkdir(parents=True)
        for path in (Path(folder, name) for name in files if not name.startswith(".")):
            if path.suffix in SUFFIXES:
                _copy_file(path, target / path.name)


def _copy_file(origine: Path, copie: Path) -> None:
    data = lire_octets(origine)
    try:
        copie.write_bytes(data)
    except OSError as error:
        raise EcritureImpossible(copie, error) from None


def _stop(error: OSError) -> None:
    raise error


@contextmanager
def _root(project: Path) -> Iterator[None]:
    """Have this process, and those that it starts, find the project in the copy."""
    before = os.environ.get("BAROMETRE_RACINE")
    os.environ["BAROMETRE_RACINE"] = str(project)
    try:
        yield
    finally:
        os.environ.pop("BAROMETRE_RACINE")
        if before is not None:
            os.environ["BAROMETRE_RACINE"] = before
