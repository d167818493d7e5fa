"""A Dask cluster in the place of the workers: on each machine, a private folder, a reserve, and the same files."""

import logging
import multiprocessing
import os
import platform
from collections.abc import Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from barometre_lib.campagne.atelier import Atelier, atelier
from barometre_lib.campagne.empreintes import CODE_CHARGE, NATURES, Entrees
from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.plan import Tache
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.registre import trouver_releve

# Files named in the message about a worker that does not have the same.
NOMMES = 3


class Grappe(Atelier):
    """Workers of a Dask cluster; the gate stays here.

    Parameters
    ----------
    pile : ExitStack
        What ends the connection.
    environnement : Environnement
        What the gate sees; its folders are those of the project and of the register on every machine.
    adresse : str
        Address of the scheduler, `tcp://…`.
    entrees : mapping of str to Entrees
        What each relève is made from, which every worker must find on its own disk.
    """

    def __init__(
        self, pile: ExitStack, environnement: Environnement, adresse: str, entrees: Mapping[str, Entrees]
    ) -> None:
        super().__init__(pile, environnement, 1)
        self._inputs = entrees
        self._client = _connect(adresse)
        pile.callback(self._client.close)
        self._cluster: Executor = self._client.get_executor(pure=False)
        pile.callback(_leave, self._cluster)

    def confier(self, tache: Tache, delai: float) -> "Future[Resultat]":
        """Give a task to a worker of the cluster, which Dask gives to another one should it die."""
        where, inputs = self.environnement, self._inputs[tache.releve]
        given: Future[Resultat] = Future()
        try:
            done = self._cluster.submit(executer_au_loin, tache, where.registre, where.racine, inputs, delai)
        except Exception:
            # Dask's own error, when its client is closed: `refaire` says it.
            given.set_exception(BrokenExecutor())
            return given
        done.add_done_callback(lambda done: _relay(done, given))
        return given

    def refaire(self) -> None:
        """Keep the cluster, which finds other workers by itself, as long as it answers.

        Raises
        ------
        ErreurBarometre
            It does not.
        """
        if self._client.status != "running":
            raise ErreurBarometre(
                "Grappe\u00a0: l'ordonnanceur ne répond plus\u202f; relancez-le, puis la campagne\u00a0: ce qui est "
                "fait est gardé."
            )


@contextmanager
def ouvrir_atelier(
    registre: Path, entrees: Mapping[str, Entrees], *, processus: int | None, grappe: str
) -> Iterator[Atelier]:
    """Give processes ready to work on some relèves, here or on a cluster.

    Parameters
    ----------
    registre : Path
        Folder that holds the relèves.
    entrees : mapping of str to Entrees
        Relèves, and what each is made from.
    processus : int, optional
        Worker processes.
    grappe : str
        Address of a Dask cluster, `tcp://…`, that takes the place of the workers; none when empty.

    Raises
    ------
    ErreurBarometre
        The cluster does not answer.
    """
    with ExitStack() as stack:
        if grappe:
            environment = stack.enter_context(environnement_prive(registre))
            yield Grappe(stack, environment, grappe, entrees)
        else:
            yield stack.enter_context(atelier(registre, list(entrees), processus=processus))


def _leave(cluster: Executor) -> None:
    """Take from the queue what a campaign that stops no longer waits for; a cluster that is gone has none."""
    with suppress(Exception):
        cluster.shutdown(wait=False)


def _relay(done: "Future[Resultat]", given: "Future[Resultat]") -> None:
    """Say in our words what became of a task of the cluster."""
    error = CancelledError() if done.cancelled() else done.exception()
    if error is None:
        given.set_result(done.result())
    elif isinstance(error, ErreurBarometre):
        given.set_exception(error)
    elif isinstance(error, CancelledError) or type(error).__name__ == "KilledWorker":
        given.set_exception(BrokenExecutor())
    else:
        said = " ".join(str(error).split())[:300]
        given.set_exception(
            ErreurBarometre(
                f"Grappe\u00a0: un ouvrier n'a pas pu travailler ({type(error).__name__}\u00a0: {said})\u202f; attendu "
                "sur chaque machine l'environnement que fait make."
            )
        )


def executer_au_loin(tache: Tache, registre: Path, racine: Path, entrees: Entrees, delai: float) -> Resultat:
    """Execute a task on a worker of a cluster, with one worker process of its own, kept for the next tasks.

    Raises
    ------
    ErreurBarometre
        This worker cannot start processes, or is not given what whoever runs the campaign has.
    """
    if multiprocessing.current_process().daemon:
        raise ErreurBarometre(
            "Grappe\u00a0: ses ouvriers ne peuvent pas lancer de processus\u202f; démarrez-les par "
            "dask worker --no-nanny, ou avec DASK_DISTRIBUTED__WORKER__DAEMON=False."
        )
    own = _DUREE.ouvrir(tache.releve, registre, racine, entrees)
    try:
        return own.confier(tache, delai).result()
    except BrokenExecutor:
        own.refaire()
        return own.confier(tache, delai).result()


class Durable:
    """What a worker of a cluster keeps from one task to the next: processes that have read one relève.

    They end when other inputs come, or with the worker: the reserve, whose life line then breaks, puts everything away.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._stack = ExitStack()
        self._kept: tuple[object, Atelier] | None = None

    def ouvrir(self, releve: str, registre: Path, racine: Path, entrees: Entrees) -> Atelier:
        """Return processes ready to work on a relève as it is in `entrees`, here too.

        Raises
        ------
        ErreurBarometre
            This machine has other files, or this worker was started with other code.
        """
        asked = (releve, registre, racine, entrees)
        with self._lock:
            if self._kept is None or self._kept[0] != asked:
                self.fermer()
                os.environ["BAROMETRE_RACINE"] = str(racine)
                _refuse_others(releve, registre, racine, entrees)
                self._kept = (asked, self._stack.enter_context(atelier(registre, [releve], processus=1)))
            return self._kept[1]

    def fermer(self) -> None:
        """End every process kept."""
        self._kept = None
        self._stack.close()


_DUREE = Durable()


def _refuse_others(releve: str, registre: Path, racine: Path, entrees: Entrees) -> None:
    where = f"Grappe, machine {platform.node()}"
    if entrees.code != CODE_CHARGE:
        raise ErreurBarometre(
            f"{where}\u00a0: cet ouvrier a démarré avec un autre code que cette campagne\u202f; installez-y le même, "
            "puis redémarrez-le."
        )
    gaps = Entrees.lire(trouver_releve(releve, registre), registre, racine, entrees.rectificatif).ecarts(
        asdict(entrees)
    )
    named = [f"{NATURES[kind]} {name}".strip() for kind, names in gaps.items() for name in names]
    if named:
        more = ", …" if len(named) > NOMMES else ""
        raise ErreurBarometre(
            f"{where}\u00a0: {', '.join(named[:NOMMES])}{more} n'y est pas comme ici\u202f; attendu le même projet, au "
            "même chemin, sur un disque partagé."
        )


def _connect(adresse: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ErreurBarometre(
            "Grappe\u00a0: dask.distributed n'est pas installé\u202f; installez l'extra [grappe]."
        ) from None
    # What it has to say comes back as exceptions, which are told in French.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL + 1)
    try:
        return Client(adresse, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ErreurBarometre(
            f"Grappe «\u00a0{adresse}\u00a0»\u00a0: pas de réponse ({type(error).__name__})\u202f; attendu l'adresse "
            "d'un ordonnanceur Dask en marche, comme tcp://10.0.0.1:8786."
        ) from None
