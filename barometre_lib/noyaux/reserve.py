"""The reserve: a process that has imported everything once and forks itself for each kernel asked for.

It is told by its arguments what to prepare; its standard input is its life line: when that ends, its owner is gone, and
the reserve ends its kernels, removes its owner's private folders and ends. A kernel is a process of its own, in its own
group, that dies with the reserve or when whoever asked for it goes away. The reserve itself has no thread, opens no
database and never imports polars: forks of such processes hang.
"""

import argparse
import contextlib
import os
import random
import selectors
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from barometre_lib.noyaux.echanges import Demande, Lecteur, ecrire, recevoir_demande
from barometre_lib.noyaux.prechauffage import prechauffer

BACKEND = "module://matplotlib_inline.backend_inline"
COLONNES_MONTREES = 20
# Seconds given to a client to say what it wants: it sends it at once.
DELAI_DEMANDE = 5
# Seconds during which the private folder is removed again while dying workers still write in it.
DELAI_MENAGE = 3


class Reserve:
    """The loop that forks kernels, passes signals on and tells of their end.

    Parameters
    ----------
    ecoute : socket
        Listening Unix socket.
    vie : int
        Descriptor whose end means that the owner is gone.

    Attributes
    ----------
    orpheline : bool
        Whether its owner went away without ending it: whatever they shared is then its to put away.
    """

    def __init__(self, ecoute: socket.socket, vie: int) -> None:
        self.ecoute = ecoute
        self.vie = vie
        self._ended = self.orpheline = False
        self._clients: dict[int, Lecteur] = {}
        self._selector = selectors.DefaultSelector()
        self._awake, self._bell = socket.socketpair()
        for side in (self._awake, self._bell):
            side.setblocking(False)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        for source, answer in ((vie, self._inherit), (ecoute, self._fork), (self._awake, self._wake)):
            self._selector.register(source, selectors.EVENT_READ, answer)

    def servir(self) -> Demande | None:
        """Serve until the owner is gone.

        Returns
        -------
        Demande or None
            In a new kernel's process, what was asked for. None in the reserve itself, once the owner is gone and
            every kernel was ended.
        """
        kernel: Demande | None = None
        while kernel is None and not self._ended:
            for key, _ in self._selector.select():
                kernel = key.data()
                if kernel is not None or self._ended:
                    break
        return kernel

    def _fork(self) -> Demande | None:
        """Fork a kernel for a new client; return in the kernel what was asked for."""
        client, _ = self.ecoute.accept()
        client.settimeout(DELAI_DEMANDE)
        descriptors: list[int] = []
        pid = 0
        try:
            request, descriptors = recevoir_demande(client)
            pid = os.fork()
            if pid == 0:
                client.close()
                self._leave(descriptors)
                return request
            ecrire(client, {"pid": pid})
        except (OSError, ValueError, TypeError):
            # That client went away, or is none of ours.
            client.close()
            if pid:
                signaler(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            return None
        finally:
            for descriptor in descriptors:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        client.setblocking(False)
        self._clients[pid] = Lecteur(client)
        self._selector.register(client, selectors.EVENT_READ, lambda: self._listen(pid))
        return None

    def _listen(self, pid: int) -> None:
        """Pass on what a client says; its silence for ever ends its kernel."""
        client = self._clients.get(pid)
        if client is None:
            # Its end was told in the same round.
            return
        for message in client.lire():
            signaler(pid, int(message["signal"]))
        if client.ferme:
            signaler(pid, signal.SIGKILL)
            self._selector.unregister(client.prise)

    def _wake(self) -> None:
        """Answer the signals that came."""
        if self._dismissed():
            self._end()
        else:
            self._reap()

    def _inherit(self) -> None:
        self.orpheline = not self._dismissed()
        self._end()

    def _dismissed(self) -> bool:
        """Tell whether the owner ended the reserve by SIGTERM, which it sends before it closes the life line."""
        try:
            return signal.SIGTERM in self._awake.recv(1024)
        except BlockingIOError:
            return False

    def _reap(self) -> None:
        """Tell each client whose kernel has ended, and how."""
        for pid in list(self._clients):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            # Whatever the kernel had started goes with it.
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            client = self._clients.pop(pid)
            with contextlib.suppress(OSError):
                ecrire(client.prise, {"fin": os.waitstatus_to_exitcode(status)})
            with contextlib.suppress(KeyError):
                self._selector.unregister(client.prise)
            client.prise.close()

    def _end(self) -> None:
        """End every kernel."""
        self._ended = True
        for pid in self._clients:
            signaler(pid, signal.SIGKILL)
        for pid in self._clients:
            os.waitpid(pid, 0)

    def _leave(self, standard: Sequence[int]) -> None:
        """Let go, in a kernel, of all that belongs to the reserve or to the other kernels, or end."""
        try:
            os.setsid()
            for place, descriptor in enumerate(standard):
                os.dup2(descriptor, place)
            self._forget()
        except OSError:
            os._exit(1)

    def _forget(self) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for client in self._clients.values():
            client.prise.close()
        for side in (self._awake, self._bell, self.ecoute):
            side.close()
        self._selector.close()
        if self.vie > 2:
            os.close(self.vie)


def signaler(pid: int, nombre: int) -> None:
    """Signal a kernel that was not waited for, and its group; alone when it was forked just now and has none yet."""
    try:
        os.killpg(pid, nombre)
    except ProcessLookupError:
        os.kill(pid, nombre)


def devenir_noyau(demande: Demande, parent: int) -> None:
    """Run the kernel asked for in this process, until it ends; `parent` is the reserve, which it never outlives."""
    from ipykernel.kernelapp import IPKernelApp

    if os.getppid() != parent:
        os._exit(1)
    os.chdir(demande.dossier)
    os.environ.clear()
    os.environ.update(demande.environnement)
    random.seed()
    sys.modules["numpy"].random.seed()
    # ipykernel ends when its parent does; it has read in the environment, at import, that it had none.
    arguments = [*demande.arguments, f"--IPKernelApp.parent_handle={parent}"]
    sys.argv[1:] = arguments
    application: Any = IPKernelApp.instance()
    application.initialize(arguments)
    # The reserve has drawn without a kernel; figures now go where this one wants them, to its cells by default.
    backend = os.environ.get("MPLBACKEND", BACKEND)
    if backend == BACKEND:
        application.shell.enable_matplotlib("inline")
    else:
        sys.modules["matplotlib.pyplot"].switch_backend(backend)
    # pandas shows as many columns as a terminal holds when it is imported outside a kernel, and this many in one.
    sys.modules["pandas"].set_option("display.max_columns", COLONNES_MONTREES)
    application.start()


def main() -> None:
    """Serve; in the end either this process has become a kernel, or it removes the private folder and ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ecoute", type=int)
    parser.add_argument("--preparer", action="append", default=[])
    parser.add_argument("--oublier", action="append", default=[])
    parser.add_argument("--menage", type=Path, action="append", default=[])
    options = parser.parse_args()
    # Ctrl-C reaches every process of a terminal at once; the owner answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listening = socket.socket(fileno=options.ecoute)
    prechauffer(options.preparer)
    itself = os.getpid()
    reserve = Reserve(listening, sys.stdin.fileno())
    kernel = reserve.servir()
    if kernel is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _forget_modules(options.oublier)
        devenir_noyau(kernel, itself)
    elif reserve.orpheline:
        _clean(options.menage)


def _forget_modules(packages: Sequence[str]) -> None:
    """Have a kernel import again, as they now are on the disk, packages that somebody may be writing."""
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


def _clean(folders: Sequence[Path]) -> None:
    """Remove folders that processes about to die may still write in."""
    end = time.monotonic() + DELAI_MENAGE
    while any(folder.exists() for folder in folders) and time.monotonic() < end:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
