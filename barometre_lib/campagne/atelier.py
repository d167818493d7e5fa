"""Where the work of a campaign is done: the reserve of kernels, the workers, the gate's own process, or a cluster."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager
from functools import cache
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Resultat, executer
from barometre_lib.campagne.plan import Tache
from barometre_lib.campagne.processus import equipe, sans_interruption
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.noyaux.demarrage import POSSIBLE, reserve
from barometre_lib.qualite import juger_releve

# Workers wait for their kernels: twice as many as processors keep these busy.
PAR_PROCESSEUR = 2


class Atelier:
    """Processes ready to work, until the context that gave it ends.

    Parameters
    ----------
    pile : ExitStack
        What ends them.
    environnement : Environnement
        What they see.
    processus : int
        Workers.
    """

    def __init__(self, pile: ExitStack, environnement: Environnement, processus: int) -> None:
        self.environnement = environnement
        self._stack = pile
        self._workers = processus
        self._gate: Executor | None = None
        self._pool: Executor | None = None

    def juger(self, releve: str) -> "Future[dict[str, bool]]":
        """Start the gate on a relève, in a process of its own that serves every relève of the campaign."""
        if self._gate is None:
            self._gate = self._stack.enter_context(equipe(1, self.environnement.installer))
        with sans_interruption():
            return self._gate.submit(juger_releve, releve, self.environnement.registre)

    def confier(self, tache: Tache, delai: float) -> "Future[Resultat]":
        """Give a task to a worker."""
        if self._pool is None:
            self._pool = self._stack.enter_context(equipe(self._workers, self.environnement.installer))
        with sans_interruption():
            return self._pool.submit(executer, tache, self.environnement, delai)

    def refaire(self) -> None:
        """Have new workers take the next tasks: one of the present ones died."""
        self._pool = None


class Grappe(Atelier):
    """Workers of a Dask cluster, each machine with its own private folder and reserve; the gate stays here."""

    def __init__(self, pile: ExitStack, environnement: Environnement, adresse: str) -> None:
        super().__init__(pile, environnement, 1)
        self._client = _connect(adresse)
        pile.callback(self._client.close)
        self._pool = pile.enter_context(self._client.get_executor(pure=False))

    def confier(self, tache: Tache, delai: float) -> "Future[Resultat]":
        """Give a task to a worker of the cluster, which Dask gives to another one should it die."""
        where = self.environnement
        pool: Any = self._pool
        given: Future[Resultat] = pool.submit(executer_au_loin, tache, where.registre, where.racine, delai)
        return given

    def refaire(self) -> None:
        """Keep the cluster: it finds other workers by itself."""


@contextmanager
def atelier(
    registre: Path, releves: Sequence[str], *, processus: int | None = None, grappe: str = ""
) -> Iterator[Atelier]:
    """Give processes ready to work on some relèves.

    Parameters
    ----------
    registre : Path
        Folder that holds the relèves.
    releves : sequence of str
        Those that the kernels find already read.
    processus : int, optional
        Worker processes.
    grappe : str
        Address of a Dask cluster, `tcp://…`, that takes the place of the workers.

    Raises
    ------
    ErreurBarometre
        The cluster does not answer.
    """
    with ExitStack() as stack:
        environment = stack.enter_context(environnement_prive(registre))
        if grappe:
            yield Grappe(stack, environment, grappe)
            return
        if POSSIBLE:
            stack.enter_context(
                reserve(
                    environment.reserve,
                    variables=environment.appliquer(os.environ),
                    preparer=[f"barometre_lib.barometre:preparer:{one}" for one in releves],
                    menage=[environment.prive, Path(get_temp_dir())],
                )
            )
        workers = processus or PAR_PROCESSEUR * (os.cpu_count() or 1)
        yield Atelier(stack, environment, workers)


def executer_au_loin(tache: Tache, registre: Path, racine: Path, delai: float) -> Resultat:
    """Execute a task on a worker of a cluster, with one worker process of its own, kept for the next tasks."""
    if multiprocessing.current_process().daemon:
        raise ErreurBarometre(
            "Grappe\u00a0: ses ouvriers ne peuvent pas lancer de processus\u202f; démarrez-les par "
            "dask worker --no-nanny, ou avec DASK_DISTRIBUTED__WORKER__DAEMON=False."
        )
    own = _local(registre, racine, tache.releve)
    try:
        return own.confier(tache, delai).result()
    except BrokenExecutor:
        own.refaire()
        return own.confier(tache, delai).result()


# What a worker of a cluster keeps until it ends; the reserve, whose life line then breaks, puts everything away.
_OPEN = ExitStack()


@cache
def _local(registre: Path, root: Path, releve: str) -> Atelier:
    os.environ["BAROMETRE_RACINE"] = str(root)
    return _OPEN.enter_context(atelier(registre, [releve], processus=1))


def _connect(adresse: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ErreurBarometre(
            "Grappe\u00a0: dask.distributed n'est pas installé\u202f; installez l'extra [grappe]."
        ) from None
    try:
        return Client(adresse, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ErreurBarometre(
            f"Grappe «\u00a0{adresse}\u00a0»\u00a0: pas de réponse ({type(error).__name__})\u202f; attendu l'adresse "
            "d'un ordonnanceur Dask en marche, comme tcp://10.0.0.1:8786."
        ) from None
