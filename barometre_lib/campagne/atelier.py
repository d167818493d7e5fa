"""Where the work of a campaign is done: the reserve of kernels, the workers, the gate's own process."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager
from multiprocessing.util import get_temp_dir
from pathlib import Path
from threading import Lock

from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Resultat, executer
from barometre_lib.campagne.plan import Tache
from barometre_lib.campagne.processus import equipe, sans_interruption
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
        self._pool: Executor | None = None
        # A worker of a cluster may have several threads.
        self._lock = Lock()

    def juger(self, releves: Sequence[str]) -> "dict[str, Future[dict[str, bool]]]":
        """Start the gate on relèves, one after the other, in a process of its own that ends with the last verdict."""
        gate = self._stack.enter_context(equipe(1, self.environnement.installer))
        with sans_interruption():
            verdicts = {one: gate.submit(juger_releve, one, self.environnement.registre) for one in releves}
        verdicts[releves[-1]].add_done_callback(lambda last: _release(gate, last))
        return verdicts

    def confier(self, tache: Tache, delai: float) -> "Future[Resultat]":
        """Give a task to a worker; what cannot be given has already failed, by `BrokenExecutor`."""
        with self._lock:
            if self._pool is None:
                self._pool = self._stack.enter_context(equipe(self._workers, self.environnement.installer))
            pool = self._pool
        try:
            with sans_interruption():
                return pool.submit(executer, tache, self.environnement, delai)
        except BrokenExecutor as error:
            failed: Future[Resultat] = Future()
            failed.set_exception(error)
            return failed

    def refaire(self) -> None:
        """Have new workers take the next tasks: one of the present ones died."""
        with self._lock:
            self._pool = None


@contextmanager
def atelier(registre: Path, releves: Sequence[str], *, processus: int | None = None) -> Iterator[Atelier]:
    """Give processes ready to work on some relèves.

    Parameters
    ----------
    registre : Path
        Folder that holds the relèves.
    releves : sequence of str
        Those that the kernels find already read.
    processus : int, optional
        Worker processes.
    """
    with ExitStack() as stack:
        environment = stack.enter_context(environnement_prive(registre))
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


def _release(gate: Executor, last: "Future[dict[str, bool]]") -> None:
    """Let the process of the gate go once it has judged: Great Expectations weighs as much as two workers."""
    if not last.cancelled() and last.exception() is None:
        gate.shutdown(wait=False)
