"""What the tests of the fork server and of the engine have done in processes of their own."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from barometre_lib.campagne import processus
from barometre_lib.campagne.processus import executer_a_part, serveur

LONGTEMPS = 300


def executer_carnet(carnet: Path, moteur: str | None, dossier: Path) -> tuple[Any, dict[str, Any] | None]:
    """Execute a notebook, in a folder, and return it with what papermill raised; None is the stock engine."""
    # Here and not above: the other tasks need none of them.
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    executed = dossier / f"{carnet.stem}.ipynb"
    raised = None
    try:
        papermill.execute_notebook(carnet, executed, engine_name=moteur, progress_bar=False, cwd=dossier)
    except PapermillExecutionError as error:
        raised = vars(error) | {"str": str(error)}
    return nbformat.read(executed, as_version=4), raised


def observer(*noms: str) -> dict[str, Any]:
    """Tell what a task sees of itself."""
    return {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "parent": os.getppid(),
        "variables": {name: os.environ.get(name) for name in noms},
        "prechargees": "nbconvert" in sys.modules,
        "fils": threading.active_count(),
        "entree": str(Path("/proc/self/fd/0").readlink()),
        "demon": multiprocessing.current_process().daemon,
        "interruption": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "bloques": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "hasard": "numpy" in sys.modules and sys.modules["numpy"].random.random(),
        "dossier": str(Path.cwd()),
        "descripteurs": len(list(Path("/proc/self/fd").iterdir())),
        "tempdir": tempfile.gettempdir(),
    }


def echouer() -> None:
    """Raise something that does not come back whole."""

    class Locale(Exception):
        pass

    raise Locale("dit")


def lever(erreur: Exception) -> None:
    """Raise what is given."""
    raise erreur


def mourir() -> None:
    """Die as a process that has no memory left does."""
    os.write(2, b"mes derniers mots")
    os.kill(os.getpid(), signal.SIGKILL)


def sortir() -> None:
    """End without a word."""
    os._exit(0)


def peupler(marque: Path) -> int:
    """Start processes of both kinds, leave a file, and note their numbers."""
    started = [subprocess.Popen(["sleep", str(LONGTEMPS)]).pid]
    for name in ("fork", "spawn", "forkserver"):
        child = multiprocessing.get_context(name).Process(target=time.sleep, args=(LONGTEMPS,))
        child.start()
        started.append(child.pid or 0)
    tempfile.mkdtemp()
    marque.with_suffix(".prepare").write_text(" ".join(map(str, [os.getpid(), *started])))
    marque.with_suffix(".prepare").rename(marque)
    return len(started)


def occuper(marque: Path) -> None:
    """Start processes, then last."""
    peupler(marque)
    time.sleep(LONGTEMPS)


def preparer(dit: str) -> None:
    """Be what the server prepares: it fails when told to, and lasts when told to."""
    if dit == "attendre":
        Path(os.environ["MARQUE"]).touch()
        time.sleep(LONGTEMPS)
    if dit:
        raise ValueError(dit)


def campagne(dossier: str, dit: str) -> None:
    """Be a command that has two tasks done at once and answers signals as the real one does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    processus.PRECHAUFFAGE = ()
    private = Path(tempfile.mkdtemp(prefix="b-"))
    (private / "tmp").mkdir()
    variables = dict(os.environ) | {"TMPDIR": str(private / "tmp"), "MARQUE": f"{dossier}/preparation"}
    try:
        with ThreadPoolExecutor(2) as pool, serveur(private, variables, preparer=[f"taches:preparer:{dit}"]):
            marks = [Path(dossier) / name for name in "ab"]
            list(pool.map(lambda mark: executer_a_part(occuper, mark, delai=LONGTEMPS), marks))
    except KeyboardInterrupt:
        sys.exit(130)
