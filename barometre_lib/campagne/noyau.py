"""The kernel of one execution: sockets of its own, its words in a file, an end at the latest when its time is over."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from barometre_lib.campagne.processus import retenir_noyau


class Noyau:
    """The kernel of one execution.

    Parameters
    ----------
    adresse : Path
        What its sockets and files are named after, short enough for a socket.
    delai : float
        Seconds that it may run.

    Attributes
    ----------
    echu : bool
        Whether it was ended because its time was over.
    """

    def __init__(self, adresse: Path, delai: float) -> None:
        self.adresse = adresse
        self.delai = delai
        self.echu = False
        self._process: Any = None

    @property
    def journal(self) -> str:
        """What it wrote outside its cells."""
        log = self.adresse.with_suffix(".txt")
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    @contextmanager
    def minuter(self) -> Iterator[None]:
        """End the kernel if the body lasts longer than it may."""
        timer = threading.Timer(self.delai, self._expire)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self.echu = True
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

    def gestionnaire(self) -> type[Any]:
        """Return the class of a kernel manager for this execution.

        Kernels that talk through sockets of their own never race for ports; one that is noted never outlives this
        process.
        """
        # The asynchronous one: with the other, a client never learns that its kernel died.
        from jupyter_client.manager import AsyncKernelManager

        run = self

        class Gestionnaire(AsyncKernelManager):
            def __init__(self, **options: Any) -> None:
                transport = {} if os.name == "nt" else {"transport": "ipc", "ip": str(run.adresse)}
                super().__init__(**options, **transport, connection_file=f"{run.adresse}.json")

            async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
                with run.adresse.with_suffix(".txt").open("wb") as stream:
                    await super()._async_launch_kernel(kernel_cmd, **options, stdout=stream, stderr=stream)
                run._process = getattr(self.provisioner, "process", None)
                if run._process is not None:
                    retenir_noyau(run._process.pid)
                if run.echu:
                    run._expire()

        return Gestionnaire
