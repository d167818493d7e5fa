"""The watcher: it outlives the process that started it, then ends whatever this one left.

It is run by its path, alone, and imports nothing of the package. Its standard input is its life line: it ends with the
process that holds the other end, however that process ends.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

# Where each process group that must not outlive its owner has a file of its number, made by its leader.
GROUPES = "groupes"
# Where they are once nobody may enter any more.
FERMES = "fermes"
# Seconds during which dying processes may still write in the folder.
DELAI = 5.0
PAS = 0.02


def nettoyer(prive: Path) -> None:
    """Kill the process groups noted in a private folder, then remove it; done twice, it does no harm.

    A process that comes too late to be noted there finds no place for it, and ends by itself.
    """
    with suppress(OSError):
        (prive / GROUPES).rename(prive / FERMES)
    for one in (prive / FERMES).glob("*"):
        with suppress(OSError):
            os.killpg(int(one.name), signal.SIGKILL)
    end = time.monotonic() + DELAI
    while prive.exists() and time.monotonic() < end:
        shutil.rmtree(prive, ignore_errors=True)
        time.sleep(PAS)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    nettoyer(Path(sys.argv[1]))
