"""Something made again at each save, by stages: a process each, forked from the one before, that knows what it read.

A saved file undoes the first stage that read it, and those forked from that one. Modules of ours are forgotten before
the first stage, so that it imports them as they are now; this one, and what runs it, stay as they were at the start.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# Seconds between two looks at the files, and without a change before they are taken as saved.
PAS, CALME = 0.06, 0.02
PAQUET = __name__.partition(".")[0]
# Folders whose files the last stage reads again, whatever read them before: jinja looks at their dates.
GABARITS = "gabarits"
# Files that this process and those that it was forked from have opened.
_OUVERTS: list[str] = []

Etat = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Relance:
    """What is made again; picklable."""

    etages: tuple[str, ...]  # functions of modules of ours, `module:function`, at least two; the last one is the work
    argument: Any  # what each is given
    dossiers: tuple[Path, ...]  # what is looked at
    echouer: Callable[[BaseException], None]  # told why a stage failed

    def __call__(self) -> None:
        """Go through the stages, and remain until the first must be done again."""
        before = self.constater()
        for name in [one for one in sys.modules if one.partition(".")[0] == PAQUET]:
            del sys.modules[name]
        importlib.invalidate_caches()
        # A module saved twice in one second with as many characters would be taken for the same.
        sys.dont_write_bytecode = True
        sys.addaudithook(_noter)
        self._monter(0, before, set())

    def constater(self) -> Etat:
        """Return the date and the size of each file, by path."""
        found = Etat()
        for entry in (one for folder in self.dossiers for one in _parcourir(folder)):
            with suppress(OSError):
                found[entry.path] = (entry.stat().st_mtime_ns, entry.stat().st_size)
        return found

    def attendre(self, avant: Etat, veiller: Callable[[], None] = lambda: None) -> Etat:
        """Wait until the files are no more what they were, and have stopped changing."""
        while (now := self.constater()) == avant:
            veiller()
            time.sleep(PAS)
        before = avant
        while now != before:
            time.sleep(CALME)
            before, now = now, self.constater()
        return now

    def _monter(self, rang: int, avant: Etat, connus: set[str]) -> None:
        """Be a stage, then have the next ones done in processes forked from this one, until what it knows changes."""
        start = len(_OUVERTS)
        try:
            self._appeler(rang)
        except Exception as error:
            self.echouer(error)
            self.attendre(avant)
            return
        known, last = connus | _lus(start), rang + 2 == len(self.etages)
        while True:
            child = os.fork()
            if not child:
                self._finir(partial(self._appeler, rang + 1) if last else partial(self._monter, rang + 1, avant, known))
            now = self._suivre(child, avant) if last else self._laisser(child, avant)
            # Whoever looked for a file that was not there did not open it.
            if now.keys() - avant.keys() or any(now.get(path) != avant.get(path) for path in known):
                return
            avant = now

    def _suivre(self, enfant: int, avant: Etat) -> Etat:
        """Wait for a change, which stops the work if it is not over."""
        running = [enfant]

        def watch() -> None:
            if running and os.waitpid(enfant, os.WNOHANG) != (0, 0):
                running.clear()

        now = self.attendre(avant, watch)
        for one in running:
            os.kill(one, signal.SIGKILL)
            os.waitpid(one, 0)
        return now

    def _laisser(self, enfant: int, avant: Etat) -> Etat:
        """Wait for a stage, which ends at a change, or is killed."""
        killed = os.WIFSIGNALED(os.waitpid(enfant, 0)[1])
        return self.attendre(avant) if killed else self.constater()

    def _appeler(self, rang: int) -> None:
        module, function = self.etages[rang].split(":")
        getattr(importlib.import_module(module), function)(self.argument)

    def _finir(self, action: Callable[[], object]) -> None:
        """Do something, and end this process, whatever happens."""
        try:
            action()
        except BaseException as error:
            self.echouer(error)
        finally:
            os._exit(0)


def _parcourir(dossier: Path | str) -> Iterator["os.DirEntry[str]"]:
    """Yield the files of a folder, at any depth, save those of editors and of Python."""
    with suppress(OSError), os.scandir(dossier) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith("~") or entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _parcourir(entry.path)
            else:
                yield entry


def _noter(evenement: str, arguments: tuple[Any, ...]) -> None:
    if evenement == "open" and isinstance(arguments[0], str | bytes):
        _OUVERTS.append(os.fsdecode(arguments[0]))


def _lus(debut: int) -> set[str]:
    """Return the files of which this process holds what they say: those opened since then, and its modules."""
    modules = [getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith(PAQUET)]
    read = [Path.cwd() / path for path in [*_OUVERTS[debut:], *filter(None, modules)]]
    return {str(path) for path in read if path.parent.name != GABARITS or path.suffix == ".py"}
