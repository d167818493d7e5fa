"""A Dask cluster in the place of this machine's threads: the same executor, and on each machine the same files."""

import logging
import multiprocessing
import os
import platform
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from barometre_lib.campagne.atelier import BRUTALEMENT, Atelier, executer_ici
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import CODE_CHARGE, NATURES, Entrees
from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.processus import serveur
from barometre_lib.campagne.taches import Tache
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.vue import Vue
from barometre_lib.registre import trouver_releve

# Files named in the message about a worker that does not have the same.
NOMMES = 3


class Grappe(Atelier):
    """The workers of a cluster; the gate stays here."""

    def __init__(
        self,
        executor: Executor,
        gate: Executor,
        environnement: Environnement,
        consignes: Consignes,
        entrees: Mapping[str, Entrees],
    ) -> None:
        super().__init__(executor, gate, environnement, consignes)
        self._inputs = entrees

    def confier(self, tache: Tache, vue: Vue | None) -> "Future[Rendu]":
        """Have a task executed by a worker, which Dask gives to another one should that one die."""
        where = (self.environnement.registre, self.environnement.racine, self._inputs[tache.releve])
        given: Future[Rendu] = Future()
        done = self._executor.submit(executer_au_loin, tache, vue, *where, self._asked.delai)
        done.add_done_callback(lambda done: _relay(done, given, tache))
        return given


@contextmanager
def ouvrir_grappe(
    gate: Executor, environnement: Environnement, consignes: Consignes, entrees: Mapping[str, Entrees]
) -> Iterator[Atelier]:
    """Give the workers of the cluster of an address.

    Raises
    ------
    ErreurBarometre
        Dask is not installed, or the cluster does not answer.
    """
    client = _connect(consignes.grappe)
    try:
        yield Grappe(client.get_executor(pure=False), gate, environnement, consignes, entrees)
    finally:
        client.close()


def _relay(done: "Future[Rendu]", given: "Future[Rendu]", tache: Tache) -> None:
    """Say in our words what became of a task of the cluster."""
    error = CancelledError() if done.cancelled() else done.exception()
    if error is None:
        given.set_result(done.result())
    elif isinstance(error, ErreurBarometre):
        given.set_exception(error)
    elif type(error).__name__ == "KilledWorker":
        given.set_result(Rendu(tache, erreur=BRUTALEMENT))
    elif isinstance(error, CancelledError):
        what = "Grappe : l'ordonnanceur ne répond plus ; relancez-le, puis la campagne : ce qui est fait est gardé."
        given.set_exception(ErreurBarometre(what))
    else:
        said = " ".join(str(error).split())[:300]
        given.set_exception(
            ErreurBarometre(
                f"Grappe : un ouvrier n'a pas pu travailler ({type(error).__name__} : {said}) ; attendu sur chaque "
                "machine l'environnement que fait make."
            )
        )


_LOCK = Lock()
_STACK = ExitStack()
# The fork server that a worker keeps from one task to the next, and what it was started for.
_OPEN: dict[str, tuple[object, Environnement]] = {}


def executer_au_loin(  # noqa: PLR0913  what a thread here knows already
    tache: Tache, vue: Vue | None, registre: Path, racine: Path, entrees: Entrees, delai: float
) -> Rendu:
    """Execute a task on a worker of a cluster, whose fork server has read the relève as it is in `entrees`.

    Raises
    ------
    ErreurBarometre
        This worker cannot start processes, was started with other code, or this machine has other files.
    """
    if multiprocessing.current_process().daemon:
        raise ErreurBarometre(
            "Grappe : ses ouvriers ne peuvent pas lancer de processus ; démarrez-les par "
            "dask worker --no-nanny, ou avec DASK_DISTRIBUTED__WORKER__DAEMON=False."
        )
    return executer_ici(tache, vue, _open(tache, registre, racine, entrees), delai)


def _open(tache: Tache, registre: Path, racine: Path, entrees: Entrees) -> Environnement:
    asked = (tache.releve, tache.diffusion, registre, racine, entrees)
    with _LOCK:
        if "serveur" not in _OPEN or _OPEN["serveur"][0] != asked:
            _OPEN.clear()
            _STACK.close()
            os.environ["BAROMETRE_RACINE"] = str(racine)
            _refuse_others(tache.releve, registre, racine, entrees)
            public = tache.diffusion == "publique"
            place = _STACK.enter_context(environnement_prive(registre, avec_registre=not public))
            prepared = [] if public else [f"barometre_lib.barometre:preparer:{tache.releve}"]
            _STACK.enter_context(serveur(place.prive, place.variables(), preparer=prepared))
            _OPEN["serveur"] = (asked, place)
        return _OPEN["serveur"][1]


def _refuse_others(releve: str, registre: Path, racine: Path, entrees: Entrees) -> None:
    where = f"Grappe, machine {platform.node()}"
    if entrees.code != CODE_CHARGE:
        raise ErreurBarometre(
            f"{where} : cet ouvrier a démarré avec un autre code que cette campagne ; installez-y le même, "
            "puis redémarrez-le."
        )
    read = Entrees.lire(trouver_releve(releve, registre), registre, racine, entrees.rectificatif)
    gaps = read.ecarts(asdict(entrees))
    named = [f"{NATURES[kind]} {name}".strip() for kind, names in gaps.items() for name in names]
    if named:
        more = ", …" if len(named) > NOMMES else ""
        raise ErreurBarometre(
            f"{where} : {', '.join(named[:NOMMES])}{more} n'y est pas comme ici ; attendu le même projet, au "
            "même chemin, sur un disque partagé."
        )


def _connect(adresse: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ErreurBarometre("Grappe : dask.distributed n'est pas installé ; installez l'extra [grappe].") from None
    # What it has to say comes back as exceptions, which are told in French.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL + 1)
    try:
        return Client(adresse, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ErreurBarometre(
            f"Grappe « {adresse} » : pas de réponse ({type(error).__name__}) ; attendu l'adresse "
            "d'un ordonnanceur Dask en marche, comme tcp://10.0.0.1:8786."
        ) from None
