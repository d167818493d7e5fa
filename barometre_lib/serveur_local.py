"""A server for its own user: loopback only, a random token, the host that it gave, and it ends with its parent.

Source: the token of Jupyter, and its file that leads to it; a page of another site that has its name lead to 127.0.0.1
(DNS rebinding) sends that name as `Host`.
"""

import html
import os
import secrets
import signal
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOTE = "127.0.0.1"
# How long a browser waits for what it does not have yet, and how often one looks for it.
PATIENCE, PAS = 60.0, 0.02
EN_TETES = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Kept to be compared with the next one, and asked for again each time.
    "Cache-Control": "private, no-cache",
    # The browser asks again, is answered when there is something else, and meanwhile shows what it has.
    "Refresh": "1",
}


@dataclass(frozen=True)
class Garde:
    """Who may read what a port of this machine serves: whoever was given its token."""

    port: int
    jeton: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def adresse(self) -> str:
        """Address that lets one in."""
        return f"http://{HOTE}:{self.port}/{self.jeton}/"

    def admettre(self, hote: str | None, jeton: str) -> bool:
        """Say whether a request may be answered, by its header `Host` and the token that it gives."""
        right = secrets.compare_digest(jeton.encode("utf-8", "surrogateescape"), self.jeton.encode())
        return right and hote in {f"{HOTE}:{self.port}", f"localhost:{self.port}"}


def ouvrir(adresse: str, dossier: Path) -> None:
    """Open an address in the user's browser, by a file that no one else may read: commands are seen by everybody."""
    path = dossier / "ouvrir.html"
    text = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={html.escape(adresse)}">'
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    montrer(path.as_uri())


def montrer(adresse: str) -> None:
    """Open an address in the user's browser, if there is one."""
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(adresse)


def finir_avec_le_parent() -> None:
    """Have this process stop as by `kill` once its parent is no more."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def servir(lire: Callable[[], tuple[str, bytes]]) -> Iterator[Garde]:
    """Serve a page as long as a context lasts: `lire` gives its version and its bytes, often asked for."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version, timeout = "barometre", "", 30
        error_message_format = (
            '<!doctype html><meta charset="utf-8"><title>%(message)s</title><p>%(message)s. %(explain)s'
        )

        def do_GET(self) -> None:
            parts = self.path.split("?")[0].split("/")
            if not guard.admettre(self.headers.get("Host"), parts[1] if len(parts) > 1 else ""):
                self.send_error(HTTPStatus.FORBIDDEN, "Adresse refusée", "Reprenez l'adresse que dit le terminal.")
                return
            if parts[2:] != [""]:
                self.send_error(HTTPStatus.NOT_FOUND, "Page absente", "Un aperçu n'a qu'une page.")
                return
            until = time.monotonic() + PATIENCE
            version, page = lire()
            while f'"{version}"' == self.headers.get("If-None-Match") and time.monotonic() < until:
                time.sleep(PAS)
                version, page = lire()
            self.send_response(HTTPStatus.OK)
            for name, value in {**EN_TETES, "ETag": f'"{version}"', "Content-Length": str(len(page))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing: the terminal is for what is made."""

    class Server(ThreadingHTTPServer):
        daemon_threads, block_on_close = True, False

        def handle_error(self, *_: object) -> None:
            """Say nothing of a browser that went away."""

    with Server((HOTE, 0), Handler) as server:
        guard = Garde(server.server_address[1])
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
        try:
            yield guard
        finally:
            server.shutdown()
