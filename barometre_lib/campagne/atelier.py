"""Where tasks are executed: an executor of `concurrent.futures`, threads here or a Dask cluster, a process each.

Each thread waits for one process forked from the fork server: `executer_ici` is all that a thread, a cluster
and a shell do.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.environnement import Environnement, ouvrir_environnement
from barometre_lib.campagne.execution import Rendu, executer
from barometre_lib.campagne.grappe import connecter, ouvrir_ici
from barometre_lib.campagne.journal import Mesure, noter
from barometre_lib.campagne.processus import Delai, Mort, executer_a_part
from barometre_lib.campagne.taches import Tache
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.publication.vue import Vue
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.qualite.controle import ErreurControle, controler_releves

# A process that dies is replaced once.
ESSAIS = 2


def executer_ici(
    tache: Tache, vue: Vue | None, environnement: Environnement, bilan: Bilan | None, delai: float
) -> Rendu:
    """Execute a task in a process of its own, once more if that one dies, for `delai` seconds at most each time."""
    measure = Mesure()
    return replace(_insist((tache, vue, environnement, bilan), delai, measure), mesure=measure)


def _insist(given: tuple[Tache, Vue | None, Environnement, Bilan | None], delai: float, mesure: Mesure) -> Rendu:
    tache, said = given[0], ""
    for _ in range(ESSAIS):
        try:
            rendu: Rendu = executer_a_part(executer, *given, delai=delai, mesure=mesure)
            return rendu
        except Mort as death:
            said = f" : {death}" if str(death) else ""
        except OSError as error:
            said = f" : {dire_erreur_systeme(error)}"
        except Delai:
            return Rendu(tache, erreur=f"le carnet n'a pas fini en {delai:.0f} secondes (--delai)")
    return Rendu(tache, erreur=f"un des processus s'est arrêté brutalement, et le carnet avec lui{said}")


def executer_au_loin(
    tache: Tache, vue: Vue | None, ailleurs: tuple[Path, Path, Entrees], bilan: Bilan | None, delai: float
) -> Rendu:
    """Do as `executer_ici` on a worker of a cluster, told where the register and the project are and what they hold."""
    return executer_ici(tache, vue, ouvrir_ici(tache, *ailleurs), bilan, delai)


@dataclass(frozen=True)
class Atelier:
    """What executes the tasks of a campaign, and its gate, until the context that gave it ends."""

    porte: Executor
    executeur: Executor
    environnement: Environnement
    consignes: Consignes
    entrees: Mapping[str, Entrees]

    def confier(self, tache: Tache, vue: Vue | None, bilan: Bilan | None = None) -> "Future[Rendu]":
        """Have a task executed; `vue` takes the place of the relève in the public edition, `bilan` of its judgement."""
        place, delay = self.environnement, self.consignes.delai
        if self.consignes.grappe:
            there = (place.registre, place.racine, self.entrees[tache.releve])
            return self.executeur.submit(executer_au_loin, tache, vue, there, bilan, delay)
        return self.executeur.submit(executer_ici, tache, vue, place, bilan, delay)

    def controler(self) -> "Future[dict[str, Bilan]]":
        """Have the gate judge the relèves, in a process of its own that ends with what it found, or its refusal."""
        return self.porte.submit(_note, list(self.entrees), self.environnement.registre, self.consignes)


def _note(releves: Sequence[str], registre: Path, consignes: Consignes) -> dict[str, Bilan]:
    """Judge relèves, and tell the journal."""
    measure, verdict, said = Mesure(), "interrompu", ""
    try:
        found = _judge(releves, registre, consignes.delai_total, measure)
        verdict = "accepte"
        return found
    except ErreurBarometre as error:
        verdict, said = "refuse", str(error)
        raise
    finally:
        noter(consignes.journal, ("controle", releves), verdict, said, measure)


def _judge(releves: Sequence[str], registre: Path, delai: float, mesure: Mesure) -> dict[str, Bilan]:
    try:
        found: dict[str, Bilan] = executer_a_part(controler_releves, releves, registre, delai=delai, mesure=mesure)
        return found
    except Mort as death:
        why = f" ({death})" if str(death) else ""
        raise ErreurControle(f"Contrôle interrompu : son processus s'est arrêté brutalement{why} ; relancez.") from None
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
        sizes = (1, consignes.processus or os.cpu_count() or 1)
        gate, threads = (stack.enter_context(ThreadPoolExecutor(size)) for size in sizes)
        executor = stack.enter_context(connecter(consignes.grappe)) if consignes.grappe else threads
        # The workers of a cluster read relèves themselves.
        read = [] if consignes.grappe else entrees
        place = stack.enter_context(
            ouvrir_environnement(consignes.registre, read, publique=consignes.publique, regles=consignes.regles)
        )
        # At the end what waits is forgotten, then what runs is killed, which ends the threads that wait for it.
        for one in (gate, threads):
            stack.callback(one.shutdown, wait=False, cancel_futures=True)
        yield Atelier(gate, executor, place, consignes, entrees)
