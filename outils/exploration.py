"""Opens notebooks/exploration.ipynb as a page, by Voilà: on this machine alone, for who has the address.

A random token is asked, the name by which the server is called is checked, no other machine is asked for anything;
the server and its kernels stop with whoever started them.
"""

import html
import os
import sys
import webbrowser
from pathlib import Path
from typing import Any

from tornado.ioloop import PeriodicCallback
from voila.app import Voila  # type: ignore[import-untyped]

OUTILS = Path(__file__).resolve().parent
CARNET = OUTILS.parent / "notebooks" / "exploration.ipynb"
# JupyterLab's widgets write styles, compile code and open a socket: all of it from here.
POLITIQUE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'; form-action 'self'"
)
OPTIONS = (
    "--Voila.ip=127.0.0.1",
    "--Voila.auto_token=True",
    "--Voila.log_level=ERROR",
    "--VoilaConfiguration.template=barometre",
    "--VoilaConfiguration.file_denylist=.*",  # pictures beside the notebook, which no token guards
)


class Exploration(Voila):  # type: ignore[misc]
    """Voilà's server, which says its address in French and does not outlive its parent."""

    def init_settings(self) -> dict[str, Any]:
        """Check the name by which the server is called, which Voilà does not ask of Jupyter's handlers."""
        checked = {"allow_remote_access": False, "local_hostnames": ["localhost"]}
        headers = {"Content-Security-Policy": POLITIQUE, "Referrer-Policy": "no-referrer"}
        return {**super().init_settings(), **checked, "headers": headers}

    def launch_browser(self) -> None:
        """Say the address, and open it: the server listens by now."""
        parent = os.getppid()
        PeriodicCallback(lambda: self.ioloop.stop() if os.getppid() != parent else None, 1000).start()
        print(f"Exploration : {self.display_url}\nCtrl-C l'arrête.", file=sys.stderr, flush=True)
        if self.browser != "aucun":
            # In a file of the user's own: who lists the processes of the machine would read the token in a command.
            page = Path(self.connection_dir) / "ouvrir.html"
            page.write_text(f'<meta http-equiv="refresh" content="0;url={html.escape(self.display_url)}">', "utf-8")
            webbrowser.open(page.as_uri())


def main(*arguments: str) -> Any:
    """Serve the notebook until it is stopped; options are Voilà's, and `--Voila.browser=aucun` opens no browser."""
    # Where Voilà finds the template of the page.
    places = [str(OUTILS / "gabarits"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(places)
    return Exploration.launch_instance([str(CARNET), *OPTIONS, *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
