"""A papermill engine that runs the cells in the present process: no kernel process, no socket.

The kernel is ipykernel's own and the client nbclient's own; only what carries messages from the one to the other is
ours, so that order, joining, `clear_output`, `update_display` and errors are theirs. One notebook a process.
"""

import codecs
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.shellapp import InteractiveShellApp
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

NOM = "barometre"
LECTURE = 65536
BACKEND = "module://matplotlib_inline.backend_inline"
# Out of the tree of loggers: a notebook that has every message shown would show those of its own kernel.
MUET = logging.Logger(NOM, logging.CRITICAL)


class _Session(Session):
    """Messages put in queues, as JSON would have carried them: replies in the one given, all others in `sorties`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sorties: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **options: Any) -> Any:
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content, parent, options.get("header"), options.get("metadata"))
        carried = {**message, "content": self.unpack(self.pack(message["content"]))}
        carried["buffers"] = options.get("buffers") or message.get("buffers", [])
        (stream if isinstance(stream, SimpleQueue) else self.sorties).put(carried)
        return message


class _SansFil(IOPubThread):
    """What stands for ipykernel's publishing thread: what it is given to do is done at once."""

    def __init__(self) -> None:
        self.thread = self.io_loop = None

    def schedule(self, f: Any) -> None:
        f()


class _Flux(OutStream):
    """Standard output or error: what cells print, and what anything else writes on the descriptor.

    A text waits for the other texts of its stream as long as in a kernel, so that two streams interleave as there.
    """

    def __init__(self, session: _Session, nom: str, ensemble: "list[_Flux]") -> None:
        # One lock for both streams: the reader of one may have to send what the other holds.
        self._lock = ensemble[0]._lock if ensemble else threading.RLock()
        self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        self._since = 0.0
        ensemble.append(self)
        self._together = ensemble
        super().__init__(session, _SansFil(), nom, watchfd="force")

    def _setup_stream_redirects(self, name: str) -> None:
        self._fid, writing = os.pipe()
        os.set_blocking(self._fid, False)
        self._original_stdstream_fd = 1 if name == "stdout" else 2
        self._original_stdstream_copy = os.dup(self._original_stdstream_fd)
        os.dup2(writing, self._original_stdstream_fd)
        os.close(writing)
        self.watch_fd_thread = threading.Thread(target=self._watch_pipe_fd, daemon=True)
        self.watch_fd_thread.start()

    def _watch_pipe_fd(self) -> None:
        while select.select([self._fid], [], []) and self._should_watch:
            self._read()

    def _read(self) -> None:
        """Take what was written on the descriptor until now."""
        with self._lock, suppress(BlockingIOError):
            while data := os.read(self._fid, LECTURE):
                self.write(self._decoder.decode(data))

    def write(self, string: str) -> int | None:
        if not self._is_master_process():
            # A process that a cell forked: its words come back by the descriptor.
            return os.write(self._original_stdstream_fd, string.encode())
        for one in self._together:
            if one._flush_pending and time.monotonic() - one._since > self.flush_interval:
                one._flush()
        return super().write(string)

    def _schedule_flush(self) -> None:
        if not self._flush_pending:
            self._flush_pending, self._since = True, time.monotonic()

    def flush(self) -> None:
        if self._is_master_process():
            self._read()
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            super()._flush()


class _Noyau(IPythonKernel):
    """ipykernel's kernel, for this process alone."""

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """No cell waits for another one here."""


class _Canal:
    """What nbclient reads a queue by."""

    def __init__(self, file: SimpleQueue[dict[str, Any]]) -> None:
        self._queue = file

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        return self._queue.get_nowait()


class _Interlocuteur:
    """What nbclient takes for a kernel's client: a cell is over when `execute` returns; its messages wait in queues."""

    def __init__(self, noyau: _Noyau, session: _Session) -> None:
        self.noyau, self.session = noyau, session
        self._replies: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.shell_channel, self.iopub_channel = _Canal(self._replies), _Canal(session.sorties)

    async def execute(self, code: str, **options: Any) -> str:
        if self.noyau.shell.exit_now:
            raise DeadKernelError("Kernel died")
        asked = {"code": code, "silent": False, "allow_stdin": False, **options}
        request = self.session.msg("execute_request", asked)
        self.noyau.set_parent([], request)
        await self.noyau.execute_request(self._replies, [], request)
        self.noyau._publish_status("idle", "shell")
        return str(request["header"]["msg_id"])

    def kernel_info(self) -> str:
        request = self.session.msg("kernel_info_request")
        self.session.send(self._replies, "kernel_info_reply", self.noyau.kernel_info, request)
        return str(request["header"]["msg_id"])

    def is_alive(self) -> bool:
        return True


class _Client(PapermillNotebookClient):
    """papermill's client, its kernel being here; neighbouring texts of one stream are one, however fast they came."""

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        with _noyau_ici() as self.kc:
            yield

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        out = super().output(outs, msg, display_id, cell_index)
        if out and out.output_type == "stream" and len(outs) > 1 and outs[-2].get("name") == out.name:
            outs[-2].text += outs.pop().text
        return out


@contextmanager
def _noyau_ici() -> Iterator[_Interlocuteur]:
    """Make of this process a kernel, as `ipykernel.kernelapp` does."""
    IPKernelApp.init_pdb(None)
    IPKernelApp.patch_io(None)
    InteractiveShellApp.init_path(SimpleNamespace(ignore_cwd=False))
    os.environ.setdefault("MPLBACKEND", BACKEND)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    session, both, former = _Session(), [], (sys.stdout, sys.stderr)
    sys.stdout, sys.stderr = streams = _Flux(session, "stdout", both), _Flux(session, "stderr", both)
    kernel = _Noyau.instance(
        session=session,
        iopub_thread=streams[0].pub_thread,
        shell_channel_thread=SimpleNamespace(parent_thread=None),
        log=MUET,
        config=Config({"HistoryManager": {"enabled": False}}),
    )
    kernel.shell.extension_manager.load_extension("storemagic")
    try:
        yield _Interlocuteur(kernel, session)
    finally:
        sys.stdout, sys.stderr = former
        for stream in streams:
            stream.close()
        type(kernel.shell).clear_instance()
        _Noyau.clear_instance()


class Moteur(Engine):
    """The engine, by the name of `NOM`; it takes the options of papermill's stock one."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the cells of a notebook in this process; each may take all the time it wants."""
        kept = {name: value for name, value in options.items() if PapermillNotebookClient.class_traits().get(name)}
        return _Client(nb_man, **kept, kernel_name=kernel_name, log=MUET).execute()


papermill_engines.register(NOM, Moteur)
