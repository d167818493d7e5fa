"""A papermill engine that runs the cells in the present process: no kernel process, no socket.

The kernel is ipykernel's own and the client nbclient's own; only what carries messages from the one to the other is
ours, so that order, joining, `clear_output`, `update_display` and errors are theirs. One notebook a process.
"""

import asyncio
import codecs
import contextvars
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from barometre_lib.campagne.processus import SUR

NOM = "barometre"
LECTURE = 65536
# Out of the tree of loggers: a notebook that has every message shown would show those of its own kernel.
MUET = logging.Logger(NOM, logging.CRITICAL)


class _File(SimpleQueue):  # type: ignore[type-arg]
    """Messages, as nbclient reads them from a socket; those that it asks for are there already."""

    def get_msg(self, timeout: float | None = None) -> Any:
        return self.get_nowait()


class _Session(Session):
    """Messages put in queues, as JSON would have carried them: replies in that of the request, others in `sorties`."""

    def __init__(self) -> None:
        super().__init__()
        self.sorties = _File()

    def send(self, stream: Any, msg_or_type: Any, *content: Any, buffers: Any = None, **options: Any) -> Any:
        options = {name: value for name, value in options.items() if name not in ("ident", "track")}
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, *content, **options)
        carried = {"buffers": buffers or [], **message, "content": self.unpack(self.pack(message["content"]))}
        (stream if isinstance(stream, _File) else self.sorties).put(carried)
        return message


class _Flux(OutStream):
    """Standard output or error: what cells print, and what anything else writes on the descriptor.

    A text waits for the next ones of its stream as long as in a kernel, so that two streams interleave as there.
    """

    def __init__(self, session: _Session, nom: str, autre: "_Flux | None" = None) -> None:
        self._both = [autre or self, self]
        # One lock: whoever reads one stream may have to send what the other holds.
        self._lock: Any = autre._lock if autre else threading.RLock()
        self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        self._flush_pending, self._since = False, 0.0
        # Messages go straight to the session: this thread never starts.
        thread = IOPubThread.__new__(IOPubThread)
        thread.thread = thread.io_loop = None
        super().__init__(session, thread, nom, watchfd="force")
        if autre:
            autre._both = self._both

    def _watch_pipe_fd(self) -> None:
        while select.select([self._fid], [], []) and self._should_watch:
            self._read()

    def _read(self) -> None:
        """Take what was written on the descriptor until now."""
        with self._lock:
            while select.select([self._fid], [], [], 0)[0]:
                self.write(self._decoder.decode(os.read(self._fid, LECTURE)))

    def write(self, string: str) -> int:
        if not self._is_master_process():
            # A process that a cell forked: its words come back by the descriptor.
            os.write(self._original_stdstream_fd, string.encode())
            return len(string)
        for one in self._both:
            if one._flush_pending and time.monotonic() - one._since > self.flush_interval:
                one._flush()
        super().write(string)
        return len(string)

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
    """ipykernel's kernel; a cell is over when `execute` returns, and its messages wait in queues."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._replies, self._context = _File(), contextvars.copy_context()

    @property
    def client(self) -> SimpleNamespace:
        """What nbclient takes for a kernel's client."""
        channels = {"shell_channel": self._replies, "iopub_channel": self.session.sorties}
        return SimpleNamespace(execute=self.execute, kernel_info=self._ask_info, **channels)

    async def execute(self, code: str, **options: Any) -> str:
        if self.shell.exit_now:
            raise DeadKernelError("Kernel died")
        # What a cell sets in context variables is there for the next one.
        return await asyncio.create_task(self._execute(code, options), context=self._context)

    async def _execute(self, code: str, options: dict[str, Any]) -> str:
        asked = {"code": code, "silent": False, "allow_stdin": False, **options}
        request = self.session.msg("execute_request", asked)
        self.set_parent([], request)
        await self.execute_request(self._replies, [], request)
        self._publish_status("idle", "shell")
        return str(request["msg_id"])

    def _ask_info(self) -> str:
        request = self.session.msg("kernel_info_request")
        self.session.send(self._replies, "kernel_info_reply", self.kernel_info, request)
        return str(request["msg_id"])

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """No request waits here."""


class _Client(PapermillNotebookClient):
    """papermill's client, its kernel being here; neighbouring texts of one stream are one, however fast they came."""

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        """Make of this process a kernel, step by step as `IPKernelApp.initialize` does."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        session, former = _Session(), (sys.stdout, sys.stderr)
        app = IPKernelApp.instance(log=MUET)
        app.config.HistoryManager.enabled = False
        app.init_pdb()
        app.patch_io()
        sys.stdout = output = _Flux(session, "stdout")
        sys.stderr = errors = _Flux(session, "stderr", output)
        # A kernel that may have subshells asks for the thread of its main one.
        options = {"iopub_thread": output.pub_thread, "shell_channel_thread": SimpleNamespace(parent_thread=None)}
        app.kernel = _Noyau.instance(parent=app, session=session, log=MUET, **options)
        if "" not in sys.path and SUR not in os.environ:
            # Before the installed packages, as IPython does it unless this process has the flag of the fork server.
            place = next((rank for rank, path in enumerate(sys.path) if path.endswith("-packages")), 0)
            sys.path.insert(place, "")
        for step in (app.init_path, app.init_shell, app.init_gui_pylab, app.init_extensions):
            step()
        self.kc = app.kernel.client
        try:
            yield
        finally:
            sys.stdout, sys.stderr = former
            for stream in (output, errors):
                stream.close()
            for one in (app.shell, app.kernel, app):
                one.clear_instance()

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        out = super().output(outs, msg, display_id, cell_index)
        if out and out.output_type == "stream" and len(outs) > 1 and outs[-2].get("name") == out.name:
            outs[-2].text += outs.pop().text
        return out

    def execute_cell(self, cell: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return super().execute_cell(cell, *arguments, **options)
        except CellExecutionError as error:
            # IPython writes as plain text a traceback that goes through a template: papermill would find no error.
            if not any(one.output_type == "error" for one in cell.outputs):
                told = [one.text for one in cell.outputs if one.get("name") == "stderr"]
                cell.outputs.append(new_output("error", ename=error.ename, evalue=error.evalue, traceback=told))
            raise


class Moteur(Engine):
    """The engine, by the name of `NOM`; it takes the options of papermill's stock one."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run the cells of a notebook in this process; each may take all the time it wants."""
        kept = {name: value for name, value in options.items() if PapermillNotebookClient.class_traits().get(name)}
        return _Client(nb_man, **kept, kernel_name=kernel_name, log=MUET).execute()


papermill_engines.register(NOM, Moteur)
