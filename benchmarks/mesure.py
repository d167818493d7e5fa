"""Measures whole commands: the wall time and the processor time of all their processes, orphans included."""

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cout:
    """What a command cost."""

    mur: float  # seconds by the clock
    processeur: float  # seconds of processor, of the whole tree of processes


def mesurer(*commande: str | Path, dossier: Path, reglages: Mapping[str, str] | None = None) -> Cout:
    """Run a command in a folder, with more variables, and return its cost.

    Raises
    ------
    RuntimeError
        It failed; the message is what it said.
    """
    adopter()
    before, start = _children(), time.perf_counter()
    done = subprocess.run(
        [str(part) for part in commande],
        cwd=dossier,
        env=os.environ | dict(reglages or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    wall = time.perf_counter() - start
    # What outlives its parent comes to this process, which waits for it: its time is counted too.
    with suppress(ChildProcessError):
        while True:
            os.wait()
    if done.returncode:
        raise RuntimeError(f"{commande} : {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
    return Cout(wall, _children() - before)


def adopter() -> None:
    """Become the parent of descendants that lose theirs; only Linux knows how, elsewhere their time is not counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def en_tour(mesures: Mapping[str, Callable[[], Cout]], fois: int) -> dict[str, Cout]:
    """Return the median costs of measures taken in turn, so that what slows the machine slows them all."""
    found: dict[str, list[Cout]] = {name: [] for name in mesures}
    for round_ in range(1, fois + 1):
        for name, measure in mesures.items():
            found[name].append(cost := measure())
            print(f"{round_}/{fois} {name}: {cost.mur:.1f} s, processor {cost.processeur:.1f} s", file=sys.stderr)
    return {name: mediane(costs) for name, costs in found.items()}


def mediane(couts: Sequence[Cout]) -> Cout:
    """Return the median of each figure."""
    return Cout(statistics.median(cost.mur for cost in couts), statistics.median(cost.processeur for cost in couts))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
