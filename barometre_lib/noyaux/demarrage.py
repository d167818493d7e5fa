"""The start and the end of a reserve."""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

# Where the processes that ask for kernels find the reserve.
VARIABLE = "BAROMETRE_RESERVE"
# What makes jupyter_client ask the reserve, for notebooks whose kernelspec names nobody.
FOURNISSEUR = "barometre-reserve"
POSSIBLE = hasattr(os, "fork")


@contextmanager
def reserve(
    adresse: Path,
    *,
    variables: Mapping[str, str] | None = None,
    preparer: Sequence[str] = (),
    oublier: Sequence[str] = (),
    menage: Sequence[Path] = (),
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a reserve and end it, its kernels with it.

    It listens from the start; whoever asks for a kernel waits until its imports are done.

    Parameters
    ----------
    adresse : Path
        Socket to make, in a folder that only its owner enters.
    variables : mapping of str to str, optional
        Its environment; that of this process by default.
    preparer : sequence of str
        What it calls before its first fork, `module:function:argument` each.
    oublier : sequence of str
        Packages that each kernel imports anew.
    menage : sequence of Path
        Folders that it removes should this process die without ending it.
    """
    with ExitStack() as stack:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(adresse))
            listening.listen(128)
            command = [sys.executable, "-P", "-m", "barometre_lib.noyaux.reserve", str(listening.fileno())]
            command += [f"--preparer={one}" for one in preparer] + [f"--oublier={one}" for one in oublier]
            command += [f"--menage={folder}" for folder in menage]
            with adresse.with_suffix(".txt").open("wb") as log:
                process = subprocess.Popen(  # noqa: S603
                    command,
                    env=variables,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=[listening.fileno()],
                    start_new_session=True,
                )
        stack.callback(process.wait)
        # It ends its kernels first, or at once when it is still importing; its life line alone would make it an orphan.
        stack.callback(process.stdin.close)  # type: ignore[union-attr]
        stack.callback(process.terminate)
        yield process


_COMMUNE = ExitStack()


def reserve_commune() -> Path | None:
    """Return the address of the reserve of this process, started when first asked for; None where forks do not exist.

    It serves JupyterLab: the project's own modules, which somebody may be writing, are imported anew by each kernel.
    """
    if not POSSIBLE:
        return None
    if VARIABLE not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="barometre-"))
        address = folder / "reserve"
        atexit.register(_COMMUNE.close)
        _COMMUNE.callback(shutil.rmtree, folder, ignore_errors=True)
        _COMMUNE.enter_context(reserve(address, oublier=["barometre_lib"], menage=[folder]))
        os.environ[VARIABLE] = str(address)
    return Path(os.environ[VARIABLE])
