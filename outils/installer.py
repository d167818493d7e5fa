"""Installs the lock and the project in the environment whose Python runs this. Plain Python: nothing is installed yet.

uv does in seconds of processor what takes pip a minute. It comes by pip with the hashes of its own lines of the lock,
asks the index that pip is set to ask, and when it fails pip does its work.
"""

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

RACINE = Path(__file__).resolve().parents[1]
if sys.version_info < (3, 11):  # noqa: UP036  what an older Python reads no further than
    sys.exit(
        f"Python {sys.version.split()[0]} est trop ancien : il faut Python 3.11 ou plus récent. "
        "Relancez avec lui : rm -r .venv && make PYTHON=python3.11"
    )
VERROU = RACINE / "requirements.lock"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
UV = Path(sys.executable).with_name("uv")
PROJET = ("--no-build-isolation", "--no-deps", "--editable", str(RACINE))
# Settings of pip, by the variable that says the same to uv.
VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def main() -> int:
    """Install, and return the exit code of what failed last."""
    if par_uv():
        return 0
    print("uv n'a pas pu tout installer, pip s'en charge (plus lentement).", file=sys.stderr, flush=True)
    return lancer(*PIP, "install", "--quiet", "--require-hashes", "--requirement", VERROU) or lancer(
        *PIP, "install", "--quiet", *PROJET
    )


def par_uv() -> bool:
    """Install uv, what the lock says and nothing else, then the project; tell whether all went well."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "uv.lock"
        own.write_text(lignes_de(VERROU.read_text(encoding="utf-8"), "uv"), encoding="utf-8")
        if lancer(*PIP, "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", own):
            return False
    options, environment = reglages_de_uv(Path(sys.executable))
    # In this order: `sync` removes what the lock does not have, and the project is not in it.
    return not (
        lancer(UV, "pip", "sync", *options, "--require-hashes", VERROU, environment=environment)
        or lancer(UV, "pip", "install", *options, *PROJET, environment=environment)
    )


def reglages_de_uv(python: Path) -> tuple[list[str], dict[str, str]]:
    """Return the options and the environment with which uv installs for a Python as pip would."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, encoding="utf-8", check=False).stdout
    settings = reglages_de_pip(listed)
    options = ["--quiet", "--python", str(python)]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on", "y", "t"):
        options.append("--no-index")
    return options, os.environ | variables(settings, os.environ)


def lignes_de(verrou: str, nom: str) -> str:
    """Return the lines of a lock that pin a package: its version, then its hashes."""
    entries = verrou.replace("\\\n", "\\\0").splitlines(keepends=True)
    return "".join(entry for entry in entries if entry.startswith(f"{nom}==")).replace("\0", "\n")


def reglages_de_pip(liste: str) -> dict[str, str]:
    """Return the settings that `pip install` obeys, from what `pip config list` says.

    Those of its own section override the global ones; variables override both.
    """
    of_section: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in liste.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in of_section and (text := str(ast.literal_eval(value))):
            of_section[section][name] = text
    return {name: value for said in of_section.values() for name, value in said.items()}


def variables(reglages: Mapping[str, str], environnement: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that say pip's settings to uv; those of uv that the user has set stay."""
    # pip looks for a version in all indexes; uv would stop at the first that knows the package. Hashes guard both.
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, variable in VARIABLES.items():
        if name in reglages:
            found[variable] = ("," if name == "find-links" else " ").join(reglages[name].split())
    return {name: value for name, value in found.items() if not (name.startswith("UV_") and environnement.get(name))}


def lancer(*commande: str | Path, environment: Mapping[str, str] = os.environ) -> int:
    """Run a command, which says by itself what goes wrong, and return its exit code; 127 when it cannot run here."""
    try:
        return subprocess.run([str(part) for part in commande], cwd=RACINE, env=environment, check=False).returncode
    except OSError:
        return 127


if __name__ == "__main__":
    sys.exit(main())
