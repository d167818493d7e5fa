"""What the tests of campaigns share: the real command, its processes, the files it leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import fabrique
import psutil
import pytest

from barometre_lib.campagne.cache import DOSSIER

# Python imports it by itself in each process of a campaign, the command's own included.
TEMOIN = """import functools, multiprocessing, os

def noter(fonction, geste, releve):
    @functools.wraps(fonction)
    def faire(*arguments, **options):
        with open(os.environ["TEMOIN"], "a") as file:
            file.write(f"{multiprocessing.current_process().name} {os.getpid()} {geste} {releve(*arguments)}\\n")
        return fonction(*arguments, **options)
    return faire

if "TEMOIN" in os.environ:
    from barometre_lib.registre import lecture
    from barometre_lib.regles import decision

    lecture.lire_textes = noter(lecture.lire_textes, "lecture", lambda releve, *_: releve)
    decision.decider = noter(decision.decider, "decision", lambda _, parametres: parametres.releve)

    from barometre_lib.qualite import controle

    controle.etablir_resultats = noter(controle.etablir_resultats, "jugement", lambda suites, *_: len(suites))
"""
BAROMETRE = Path(sys.executable).parent / "barometre"


def environnement(**changes: str) -> dict[str, str]:
    """Return the user's environment without the project's own settings, then changed."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BAROMETRE_")} | changes


def lancer(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the real command from the project's root."""
    return subprocess.run(
        [BAROMETRE, *map(str, arguments)],
        cwd=fabrique.RACINE,
        env=environnement(**changes),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def demarrer(*arguments: str | Path, **changes: str) -> "subprocess.Popen[str]":
    """Start the real command, leader of its own group, and do not wait for it."""
    return subprocess.Popen(
        [BAROMETRE, *map(str, arguments)],
        cwd=fabrique.RACINE,
        env=environnement(**changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # A shell that starts the tests in the background has them ignore Ctrl-C, and whatever they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def temoin(dossier: Path) -> dict[str, str]:
    """Return the variables by which each process notes what it reads, decides and judges, in `dossier/vu`."""
    (dossier / "temoin").mkdir()
    (dossier / "temoin" / "sitecustomize.py").write_text(TEMOIN, encoding="utf-8")
    return {"PYTHONPATH": str(dossier / "temoin"), "TEMOIN": str(dossier / "vu")}


def fichiers(dossier: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too, by its relative path."""
    return {path.relative_to(dossier).as_posix(): path.read_bytes() for path in dossier.rglob("*") if path.is_file()}


def publies(dossier: Path) -> dict[str, bytes]:
    """Return every file below a folder but the results kept for the next campaign."""
    return {name: data for name, data in fichiers(dossier).items() if not name.startswith(f"{DOSSIER}/")}


def attendre(condition: Callable[[], object]) -> None:
    """Wait for something that must come; three minutes are enough for a machine that has much else to do."""
    for _ in range(1800):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("ce qui devait arriver n'est pas arrivé")


def vivants(processus: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that still run; a zombie does not."""
    alive = []
    for one in processus:
        try:
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                alive.append(one)
        except psutil.Error:
            continue
    return alive


def roles(parent: psutil.Process) -> dict[str, list[psutil.Process]]:
    """Return the processes of a campaign by what they are: fork server, its tasks (notebooks, gate), watcher."""
    found: dict[str, list[psutil.Process]] = {"serveur": [], "tache": [], "veilleur": []}
    try:
        children = parent.children()
    except psutil.Error:
        return found
    for child in children:
        try:
            command = " ".join(child.cmdline())
            below = child.children()
        except psutil.Error:
            continue
        if "forkserver" in command:
            found["serveur"].append(child)
            found["tache"] += below
        elif "veilleur" in command:
            found["veilleur"].append(child)
    return found
