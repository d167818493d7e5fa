"""Where tasks are executed: an executor of `concurrent.futures`, threads here or a Dask cluster, a process each.

Each thread waits for one process forked from the fork server: `executer_ici` is all that a thread, a cluster
and a shell do.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Rendu, executer
from barometre_lib.campagne.grappe import connecter, ouvrir_ici
from barometre_lib.campagne.processus import Delai, Mort, executer_a_part, serveur
from barometre_lib.campagne.taches import Tache
from barometre_lib.publication.vue import Vue
from barometre_lib.qualite.controle import ErreurControle, juger_releve

# A process that dies is replaced once.
ESSAIS = 2


def executer_ici(tache: Tache, vue: Vue | None, environnement: Environnement, delai: float) -> Rendu:
    """Execute a task in a process of its own, once more if that one dies, for `delai` seconds at most each time."""
    said = ""
    for _ in range(ESSAIS):
        try:
            rendu: Rendu = executer_a_part(executer, tache, vue, environnement, delai=delai)
            return rendu
        except Mort as death:
            said = f" : {death}" if str(death) else ""
        except Delai:
            return Rendu(tache, erreur=f"le carnet n'a pas fini en {delai:.0f} secondes (--delai)")
    return Rendu(
        tache, erreur=f"un des processus s'est arrêté brutalement (mémoire épuisée ?), et le carnet avec lui{said}"
    )


def executer_au_loin(tache: Tache, vue: Vue | None, ailleurs: tuple[Path, Path, Entrees], delai: float) -> Rendu:
    """Do as `executer_ici` on a worker of a cluster, told where the register and the project are and what they hold."""
    return executer_ici(tache, vue, ouvrir_ici(tache, *ailleurs), delai)


class Atelier:
    """What executes the tasks of a campaign, and its gate, until the context that gave it ends."""

    def __init__(
        self, executor: Executor, environnement: Environnement, consignes: Consignes, entrees: Mapping[str, Entrees]
    ) -> None:
        self.gate = ThreadPoolExecutor(1)
        self._executor, self._place, self._asked, self._inputs = executor, environnement, consignes, entrees

    def confier(self, tache: Tache, vue: Vue | None) -> "Future[Rendu]":
        """Have a task executed; `vue` takes the place of the relève in the public edition."""
        place, delay = self._place, self._asked.delai
        if self._asked.grappe:
            there = (place.registre, place.racine, self._inputs[tache.releve])
            return self._executor.submit(executer_au_loin, tache, vue, there, delay)
        return self._executor.submit(executer_ici, tache, vue, place, delay)

    def juger(self, releve: str) -> "Future[dict[str, bool]]":
        """Have Great Expectations judge a relève, in a process of its own that ends with its verdict."""
        return self.gate.submit(_judge, releve, self._place.registre, self._asked.delai_total)


def _judge(releve: str, registre: Path, delai: float) -> dict[str, bool]:
    try:
        verdicts: dict[str, bool] = executer_a_part(juger_releve, releve, registre, delai=delai)
        return verdicts
    except Mort:
        raise ErreurControle("Contrôle interrompu : son processus s'est arrêté brutalement ; relancez.") from None
    except Delai:
        raise ErreurControle(f"Contrôle interrompu : il n'a pas fini en {delai:.0f} secondes.") from None


@contextmanager
def ouvrir_atelier(entrees: Mapping[str, Entrees], consignes: Consignes) -> Iterator[Atelier]:
    """Give what executes the tasks of some relèves, given with their inputs, here or on a cluster; the gate stays here.

    Raises
    ------
    ErreurBarometre
        The cluster does not answer.
    """
    with ExitStack() as stack:
        place = stack.enter_context(environnement_prive(consignes.registre, publique=consignes.publique))
        threads = ThreadPoolExecutor(consignes.processus or os.cpu_count() or 1)
        executor = stack.enter_context(connecter(consignes.grappe)) if consignes.grappe else threads
        workshop = Atelier(executor, place, consignes, entrees)
        # At the end what waits is forgotten, then what runs is killed, which ends the threads that wait for it.
        stop = partial(_shut, [workshop.gate, threads])
        stack.callback(stop, wait=True)
        prepared = [] if consignes.grappe else place.preparer(entrees)
        stack.enter_context(serveur(place.prive, place.variables(), preparer=prepared))
        stack.callback(stop, wait=False)
        yield workshop


def _shut(executors: list[ThreadPoolExecutor], *, wait: bool) -> None:
    for one in executors:
        one.shutdown(wait=wait, cancel_futures=True)
