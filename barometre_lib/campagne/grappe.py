"""A Dask cluster in the place of this machine's threads: its executor, and on each machine a fork server of its own."""

import logging
import multiprocessing
import os
import platform
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.environnement import Environnement, ouvrir_environnement
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.taches import Tache
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.registre.lecture import trouver_releve

# What a worker keeps from one task to the next: its fork server, and what that one was started for.
_LOCK = Lock()
_STACK = ExitStack()
_OPEN: list[tuple[object, Environnement]] = []


@contextmanager
def connecter(adresse: str) -> Iterator[Executor]:
    """Give the executor of the cluster of an address; one that does not answer is refused, as Dask not installed is."""
    try:
        from distributed import Client
    except ImportError:
        raise ErreurBarometre("Grappe : dask.distributed n'est pas installé ; installez l'extra [grappe].") from None
    _refuser_chiffrement(adresse)
    # What it has to say comes back as exceptions, which are told in French.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL + 1)
    try:
        client = Client(adresse, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ErreurBarometre(
            f"Grappe « {adresse} » : pas de réponse ({type(error).__name__}) ; attendu l'adresse "
            "d'un ordonnanceur Dask en marche, comme tcp://10.0.0.1:8786."
        ) from None
    with client:
        executor: Any = client.get_executor(pure=False)
        yield executor


def _refuser_chiffrement(adresse: str) -> None:
    """Refuse an address whose certificates are not set, or one in clear where they are required."""
    from distributed.security import Security

    security, wanted, why = Security(), adresse.startswith("tls://"), ""
    try:
        ready = security.get_connection_args("client")["ssl_context"] is not None
        if wanted and not ready:
            why = "les certificats de ce client ne sont pas donnés"
        elif security.require_encryption and not wanted:
            why = "le chiffrement est exigé, et cette adresse n'est pas en tls://"
    except OSError as error:
        why = f"un certificat {'est introuvable' if isinstance(error, FileNotFoundError) else 'ne se lit pas'}"
    if why:
        raise ErreurBarometre(
            f"Grappe « {adresse} » : {why} ; réglez les variables DASK_DISTRIBUTED__COMM__TLS__… comme le montre "
            "docs/campagne.md."
        )


def lire_rendu(futur: "Future[Rendu]") -> Rendu:
    """Return what a task gave, which raises nothing by itself; what Dask raises is said in our words."""
    try:
        return futur.result()
    except ErreurBarometre:
        raise
    except (Exception, CancelledError) as error:
        said = " ".join(str(error).split())[:300]
        raise ErreurBarometre(
            f"Grappe : un ouvrier n'a pas pu travailler ({type(error).__name__} : {said}) ; attendu un ordonnanceur en "
            "marche et, sur chaque machine, l'environnement que fait make. Relancez : ce qui est fait est gardé."
        ) from None


def ouvrir_ici(tache: Tache, registre: Path, racine: Path, entrees: Entrees) -> Environnement:
    """Return the surroundings of this worker, whose fork server has read the relève as it is in `entrees`.

    Raises
    ------
    ErreurBarometre
        This worker cannot start processes, or this machine has other files.
    """
    if multiprocessing.current_process().daemon:
        raise ErreurBarometre(
            "Grappe : ses ouvriers ne peuvent pas lancer de processus ; démarrez-les par "
            "dask worker --no-nanny, ou avec DASK_DISTRIBUTED__WORKER__DAEMON=False."
        )
    asked = (tache.releve, tache.diffusion, registre, racine, entrees)
    with _LOCK:
        if not _OPEN or _OPEN[0][0] != asked:
            _OPEN.clear()
            _STACK.close()
            os.environ["BAROMETRE_RACINE"] = str(racine)
            if not registre.is_dir():
                raise ErreurBarometre(
                    f"Grappe, machine {platform.node()} : la copie des entrées ({registre.parent}) n'y est pas ; "
                    "donnez par --sorties un dossier que toutes les machines partagent, au même chemin."
                )
            read = Entrees.lire(trouver_releve(tache.releve, registre), registre, racine, entrees.rectificatif)
            gaps = [f"{nature} {name}".strip() for nature, name, _ in read.ecarts(entrees)]
            if gaps:
                raise ErreurBarometre(
                    f"Grappe, machine {platform.node()} : {gaps[0]} n'y est pas comme ici ; attendu le même projet "
                    "et le même dossier de publications, aux mêmes chemins, sur un disque partagé."
                )
            opened = ouvrir_environnement(registre, [tache.releve], publique=tache.diffusion == "publique")
            _OPEN.append((asked, _STACK.enter_context(opened)))
        return _OPEN[0][1]
