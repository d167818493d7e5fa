"""Worker processes that leave nothing behind: they ignore Ctrl-C, die with their parent, and take their kernel along.

Ctrl-C reaches every process of a terminal at once. Only the parent answers it: it ends its workers, waits for them,
and then removes the folders in which they worked.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

from barometre_lib.noyaux.demarrage import POSSIBLE

# What workers would otherwise do one by one.
AMORCE = "barometre_lib.campagne.amorce"
# Kernels that this worker has started; each is the leader of its own process group.
_NOYAUX: set[int] = set()


@contextmanager
def equipe(nombre: int, preparer: Callable[[], None]) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes; they are ended, not waited for, when the body raises.

    Parameters
    ----------
    nombre : int
        Workers.
    preparer : callable
        What each worker does first; picklable.
    """
    # Workers that are ended leave semaphores to multiprocessing's tracker, which removes them and says so in English.
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    pool = ProcessPoolExecutor(nombre, _context(), initializer=_prepare_worker, initargs=(preparer,))
    try:
        yield pool
    except BaseException:
        # What Python 3.14 calls `terminate_workers`.
        workers = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()
        raise
    pool.shutdown()


def _context() -> Any:
    """Return how workers start: forked from a process that has imported what they need, where there are forks."""
    if not POSSIBLE:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([AMORCE])
    return context


@contextmanager
def sans_interruption() -> Iterator[None]:
    """Ignore Ctrl-C while workers are started.

    A child starts with the signals that its parent ignores ignored: it says nothing while it imports.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def retenir_noyau(groupe: int) -> None:
    """Note the process group of a kernel that this worker has started, so that it never outlives the worker."""
    _NOYAUX.add(groupe)


def oublier_noyaux() -> None:
    """Forget the kernels of a task that is over."""
    _NOYAUX.clear()


def _prepare_worker(preparer: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_watch_parent, daemon=True).start()
    preparer()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        _end()


def _end(_signal: int = 0, _frame: FrameType | None = None) -> None:
    """End this worker at once, its kernels first."""
    try:
        # A copy: the main thread may be noting another one.
        for group in tuple(_NOYAUX):
            with suppress(OSError):
                if sys.platform == "win32":
                    os.kill(group, signal.SIGTERM)
                else:
                    os.killpg(group, signal.SIGKILL)
    finally:
        os._exit(1)
