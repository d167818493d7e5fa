"""The fork server: each task gets a new process, forked from one that has imported and prepared everything once.

It is the standard library's. What is added: its whole environment, a folder of its own for its socket, a session for
each process, killed by group, and a watcher, so that nothing outlives this process, however it ends.
"""

import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import current_process
from pathlib import Path
from typing import Any

from barometre_lib.campagne import veilleur
from barometre_lib.campagne.journal import Mesure, memoire_prise
from barometre_lib.erreurs import LIMITES, ErreurBarometre, dire_erreur_systeme

POSSIBLE = hasattr(os, "fork")
CONTEXTE: Any = multiprocessing.get_context("forkserver" if POSSIBLE else "spawn")
AMORCE = "barometre_lib.campagne.amorce"
# What it always prepares first.
PRECHAUFFAGE = (f"{AMORCE}:prechauffer:",)
# The variable by which the fork server learns what to prepare; it forgets it at once.
CONSIGNE = "BAROMETRE_AMORCE"
# Set while it starts: multiprocessing of Python 3.11 would have it import what is in the current folder first, another
# checkout of the project or any file named as a module.
SUR = "PYTHONSAFEPATH"
# What a terminal or a plain `kill` sends to whole groups: only the parent answers it.
SIGNAUX = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
DERNIERS_MOTS = 300
ESSAIS, PAUSE = 2, 0.1
# Folder of its sockets.
PRISES = "prises"


class Mort(Exception):
    """The process of a task died without an answer (`BrokenProcess`); the text is the last that it said."""


class Delai(Exception):
    """The process of a task lasted longer than it may, and was killed."""


@dataclass
class _Serveur:
    """The fork server of this process, and the tasks that it was asked for."""

    prive: Path
    variables: Mapping[str, str]  # its whole environment
    verrou: threading.Lock = field(default_factory=threading.Lock)
    ferme: bool = False

    def lancer(self, process: Any) -> None:
        with self.verrou:
            why = ""
            for _ in range(ESSAIS):
                if self.ferme:
                    break
                try:
                    with _installer(self.variables):
                        process.start()
                        return
                except (OSError, EOFError) as error:
                    why = dire_erreur_systeme(error) if isinstance(error, OSError) and error.errno in LIMITES else ""
                # The server died: multiprocessing makes another one, once the system says so.
                time.sleep(PAUSE)
        raise Mort(why)

    def attendre(self, process: Any) -> int | None:
        """Return the exit code of a process that has just died, once the server says it; it is read once only."""
        with self.verrou:
            process.join(1)
            code: int | None = process.exitcode
            return code

    def finir(self, process: Any) -> None:
        """Kill a process and what it started; a lock, for multiprocessing looks at all its processes at each start."""
        with self.verrou:
            if POSSIBLE:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            # Forked just now, it has no group yet.
            process.kill()
            process.join()
            (self.prive / veilleur.GROUPES / str(process.pid)).unlink(missing_ok=True)
            process.close()

    def fermer(self) -> None:
        """End the server and whatever it forked; the threads that wait for it get `Mort`."""
        self.ferme = True
        if not POSSIBLE:
            return
        # Private, and the only way: multiprocessing keeps its fork server until the process ends.
        server: Any = vars(forkserver)["_forkserver"]
        with suppress(OSError, TypeError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
        veilleur.nettoyer(self.prive)
        with self.verrou, suppress(OSError):
            server._stop()


_SERVEURS: list[_Serveur] = []


@contextmanager
def serveur(prive: Path, variables: Mapping[str, str], *, preparer: Sequence[str] = ()) -> Iterator[None]:
    """Start the fork server of this process, the only one, and end it with all that it forked.

    The private folder, whose path must be short enough for a socket, is removed in the end, however this process ends.
    `variables` are the whole environment; `preparer` is called before the first fork, `module:function:argument` each.
    """
    for name in (veilleur.GROUPES, PRISES):
        (prive / name).mkdir(mode=0o700)
    todo = [*PRECHAUFFAGE, *preparer]
    orders = {"prive": str(prive), "parent": os.getpid(), "chemins": sys.path, "preparer": todo}
    one = _Serveur(prive, {SUR: "1", **variables, CONSIGNE: json.dumps(orders | {"sur": SUR in variables})})
    with veiller(prive), _loger(prive / PRISES):
        try:
            if POSSIBLE:
                CONTEXTE.set_forkserver_preload([AMORCE])
                # Its imports go on while this process does something else.
                with _installer(one.variables):
                    forkserver.ensure_running()
            _SERVEURS.append(one)
            yield
        finally:
            _SERVEURS.clear()
            one.fermer()


def executer_a_part(fonction: Callable[..., Any], *arguments: Any, delai: float, mesure: Mesure | None = None) -> Any:
    """Call a function of a module in a new process, for `delai` seconds at most; nothing that it started is left.

    Arguments and result are pickled; several threads may call at once. `mesure` is told its time and its memory.

    Raises
    ------
    Mort, Delai
        Its process died, or was killed because its time was over.
    ErreurBarometre
        The server could not prepare everything.
    Exception
        Whatever the function raised.
    """
    if not _SERVEURS:
        raise Mort
    one, peak = _SERVEURS[-1], None
    reading, writing = CONTEXTE.Pipe(duplex=False)
    process = CONTEXTE.Process(target=_travailler, args=(one.prive, writing, fonction, arguments))
    with reading:
        with writing:
            one.lancer(process)
        try:
            if not wait([reading, process.sentinel], delai):
                raise Delai
            if not reading.poll():
                raise EOFError
            answer = reading.recv_bytes()
            peak = int.from_bytes(answer[:8], "big") or None
        except EOFError:
            words = _lire_derniers_mots(one.prive / veilleur.GROUPES / str(process.pid))
            raise Mort(", ".join(filter(None, [_nommer_signal(one.attendre(process)), words]))) from None
        finally:
            one.finir(process)
            if mesure:
                mesure.finir(peak)
    value, error = pickle.loads(answer[8:])  # noqa: S301  from our own process
    if error is not None:
        raise error
    return value


def _nommer_signal(code: int | None) -> str:
    """Say in French what signal killed a process, from its exit code; nothing when none did."""
    if code is None or code >= 0:
        return ""
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    return f"tué par le signal {name}{' (mémoire épuisée ?)' if name == 'SIGKILL' else ''}"


def _lire_derniers_mots(path: Path) -> str:
    with suppress(OSError):
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split())[-DERNIERS_MOTS:]
    return ""


def inscrire(prive: Path) -> None:
    """Make of this process the leader of a session, noted among those that the watcher ends; its words go there.

    Raises
    ------
    FileNotFoundError
        It is too late: the watcher is at work.
    """
    os.setsid()
    with Path(os.devnull).open("rb") as nothing, (prive / veilleur.GROUPES / str(os.getpid())).open("wb") as said:
        for place, source in enumerate((nothing, said, said)):
            os.dup2(source.fileno(), place)


def _travailler(prive: Path, reponse: Connection, fonction: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Be the process of a task."""
    if POSSIBLE:
        inscrire(prive)
        # A process that the task forks must not keep the answer from ending.
        os.register_at_fork(after_in_child=reponse.close)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNAUX)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "numpy" in sys.modules:
        # The standard library does it by itself.
        sys.modules["numpy"].random.seed()
    try:
        if POSSIBLE and (why := getattr(sys.modules.get(AMORCE), "ECHEC", f"le module {AMORCE} ne s'importe pas")):
            raise ErreurBarometre(why)
        answer = pickle.dumps((fonction(*arguments), None))
    except BaseException as error:
        error.add_note(traceback.format_exc())
        answer = _pickle_error(error)
    reponse.send_bytes(memoire_prise().to_bytes(8, "big") + answer)
    # The parent ends it, with what it started.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()


def _pickle_error(error: BaseException) -> bytes:
    with suppress(Exception):
        answer = pickle.dumps((None, error))
        pickle.loads(answer)  # noqa: S301  made on the line above
        return answer
    return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))


def veiller(prive: Path) -> AbstractContextManager[object]:
    """Have the watcher remove a folder at the end of a context, however this process ends; without forks, not."""
    if not POSSIBLE:
        return nullcontext()
    # Leaving it closes its standard input and waits for it.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", veilleur.__file__, str(prive)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


@contextmanager
def _loger(dossier: Path) -> Iterator[None]:
    """Have multiprocessing put its sockets in a folder of ours; private, for it keeps its own folder to the end."""
    configuration = vars(current_process())["_config"]
    before = configuration.get("tempdir")
    configuration["tempdir"] = str(dossier)
    try:
        yield
    finally:
        configuration["tempdir"] = before


@contextmanager
def _installer(variables: Mapping[str, str]) -> Iterator[None]:
    """Have what is started now find its environment, no signal, and no script to run again."""
    before, main = dict(os.environ), sys.modules["__main__"]
    # Tasks that are killed leave semaphores to multiprocessing's tracker, which removes them and says so in English.
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNAUX) if POSSIBLE else set()
    try:
        resource_tracker.ensure_running()
        _become(variables)
        sys.modules["__main__"] = types.ModuleType("__main__")
        yield
    finally:
        sys.modules["__main__"] = main
        _become(before)
        if POSSIBLE:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _become(variables: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)
