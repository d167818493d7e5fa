"""How Jupyter gets its kernels from the reserve: a provisioner, the seam that jupyter_client keeps for this."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from barometre_lib.noyaux.demarrage import reserve_commune
from barometre_lib.noyaux.echanges import Demande, Lecteur, demander, ecrire

# Seconds that a reserve may take to import everything and give its first kernel.
DELAI_RESERVE = 60
# Seconds between two looks at a kernel that is asked to end.
PAS = 0.01


class NoyauDeReserve:
    """A kernel forked by the reserve, seen as `subprocess.Popen` shows a process.

    Parameters
    ----------
    adresse : Path
        Socket of the reserve.
    demande : Demande
        What the kernel needs.
    descripteurs : list of int
        Its input, output and errors.

    Raises
    ------
    OSError
        There is no reserve there, or it went away.
    """

    stdin = stdout = stderr = None

    def __init__(self, adresse: Path, demande: Demande, descripteurs: list[int]) -> None:
        self.returncode: int | None = None
        self._socket = socket.socket(socket.AF_UNIX)
        self._reader = Lecteur(self._socket)
        try:
            self._socket.settimeout(DELAI_RESERVE)
            self._socket.connect(str(adresse))
            demander(self._socket, demande, descripteurs)
            messages = self._reader.lire()
            if not messages:
                raise ConnectionError
        except OSError:
            self._socket.close()
            raise
        self.pid: int = messages[0]["pid"]
        self._socket.setblocking(False)

    def poll(self) -> int | None:
        """Return the exit status, None while the kernel runs."""
        if self.returncode is None:
            ends = [message["fin"] for message in self._reader.lire() if "fin" in message]
            if ends or self._reader.ferme:
                # A reserve that is gone took its kernels along.
                self.returncode = ends[0] if ends else -signal.SIGKILL
                self._socket.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status.

        Raises
        ------
        subprocess.TimeoutExpired
            It has not ended.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("noyau", timeout or 0)
            select.select([self._socket], [], [], left)
        return status

    def send_signal(self, number: int) -> None:
        """Have the reserve signal the kernel's process group, which it does only while the kernel is its child."""
        if self.poll() is None:
            ecrire(self._socket, {"signal": int(number)})

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class FournisseurReserve(LocalProvisioner):
    """Kernels from the reserve; those of jupyter_client itself for other languages and where forks do not exist."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel, whose end comes with that of this process at the latest."""
        address = reserve_commune() if _ours(cmd) else None
        if address is None:
            return await super().launch_kernel(cmd, **kwargs)
        request = Demande(cmd[3:], dict(kwargs.get("env") or os.environ), str(kwargs.get("cwd") or Path.cwd()))
        with Path(os.devnull).open("rb") as nothing:
            descriptors = [
                nothing.fileno(),
                _descriptor(kwargs.get("stdout"), sys.__stdout__),
                _descriptor(kwargs.get("stderr"), sys.__stderr__),
            ]
            try:
                loop = asyncio.get_running_loop()
                process = await loop.run_in_executor(None, NoyauDeReserve, address, request, descriptors)
            except OSError:
                # A slower kernel gives the same pages.
                return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = process
        self.pid = process.pid
        # Signals go through the reserve: a number alone may be another process's by now.
        self.pgid = None
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end, at a finer step than the stock one."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(PAS)
        return await super().wait()


def _ours(cmd: list[str]) -> bool:
    """Tell whether a command starts the kernel of this very Python."""
    return cmd[1:3] == ["-m", "ipykernel_launcher"] and Path(cmd[0]) == Path(sys.executable)


def _descriptor(asked: IO[bytes] | int | None, usual: Any) -> int:
    if asked is None:
        return int(usual.fileno())
    return asked if isinstance(asked, int) else asked.fileno()
