"""Opens notebooks/exploration.ipynb as a page, by Voilà: on this machine alone, for who has the address.

A random token is asked, the name by which the server is called is checked, no other machine is asked for anything;
the server and its kernels stop with whoever started them.
"""

import os
import sys
from pathlib import Path
from typing import Any

from barometre_lib import serveur_local

# Before what takes seconds to import: a parent that ends meanwhile would not be missed.
serveur_local.finir_avec_le_parent()

from jinja2 import ChoiceLoader, FileSystemLoader  # noqa: E402
from voila.app import Voila  # type: ignore[import-untyped]  # noqa: E402

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
    "--Voila.log_level=CRITICAL",
    "--VoilaConfiguration.template=barometre",
    "--VoilaConfiguration.file_denylist=.*",  # pictures beside the notebook, which no token guards
    "--VoilaConfiguration.show_tracebacks=True",  # of which our errors have none: they are sentences
)


class Exploration(Voila):  # type: ignore[misc]
    """Voilà's server, which speaks French."""

    def init_settings(self) -> dict[str, Any]:
        """Check the name by which the server is called, which Voilà does not ask of Jupyter's handlers."""
        checked = {"allow_remote_access": False, "local_hostnames": ["localhost"]}
        headers = {"Content-Security-Policy": POLITIQUE, "Referrer-Policy": "same-origin"}
        settings = {**super().init_settings(), **checked, "headers": headers}
        pages = settings["jinja2_env"]  # of Jupyter's handlers: who gives no token, what is not found
        pages.loader = ChoiceLoader([FileSystemLoader(OUTILS / "gabarits" / "serveur"), pages.loader])
        return settings

    def launch_browser(self) -> None:
        """Say the address, and open it: the server listens by now."""
        print(f"Exploration : {self.display_url}\nCtrl-C l'arrête.", file=sys.stderr, flush=True)
        if self.browser != "aucun":
            serveur_local.ouvrir(self.display_url, Path(self.connection_dir))


def main(*arguments: str) -> Any:
    """Serve the notebook until it is stopped; options are Voilà's, and `--Voila.browser=aucun` opens no browser."""
    # Where Voilà finds the template of the page, and its kernel our extension.
    places = [str(OUTILS / "gabarits"), str(OUTILS / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(places)
    return Exploration.launch_instance([str(CARNET), *OPTIONS, *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
