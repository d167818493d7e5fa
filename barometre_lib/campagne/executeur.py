"""The executor of a campaign: tasks given to workers, a progress bar, one more try after a dead worker, time-outs."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, as_completed
from contextlib import suppress
from dataclasses import dataclass

from tqdm import tqdm

from barometre_lib.campagne.atelier import Atelier
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.plan import Tache
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.qualite import ErreurControle
from barometre_lib.typographie import accorder

# A worker that dies takes what it was doing along, and what waited with it: that is tried once more.
ESSAIS = 2


@dataclass(frozen=True)
class Delais:
    """Time-outs, in seconds.

    Attributes
    ----------
    carnet : float
        What one notebook may take.
    total : float
        What the execution of the notebooks of one relève may take.
    """

    carnet: float = 600
    total: float = 3600


class CarnetsEnEchec(ErreurBarometre):
    """Notebooks that failed; nothing is published.

    Parameters
    ----------
    resultats : sequence of Resultat
        Every result, failed or not.
    """

    def __init__(self, resultats: Sequence[Resultat]) -> None:
        failed = [result for result in resultats if result.erreur]
        lines = [f"Carnet {result.tache.nom}\u00a0: {result.erreur}" for result in failed]
        plural = "s" if len(failed) > 1 else ""
        lines.append(f"{len(failed)} carnet{plural} sur {len(resultats)} en échec\u202f; rien n'a été publié.")
        super().__init__("\n".join(lines))


def executer_taches(
    taches: Sequence[Tache], atelier: Atelier, delais: Delais, *, signaler: Callable[[Resultat], None]
) -> list[Resultat]:
    """Execute tasks; one that fails does not stop the others.

    Parameters
    ----------
    taches : sequence of Tache
        Tasks of one relève.
    atelier : Atelier
        Where they are executed.
    delais : Delais
        Time-outs.
    signaler : callable
        Told of each result that succeeded as soon as it is there.

    Returns
    -------
    list of Resultat
        One per task, in the order of their names.

    Raises
    ------
    CarnetsEnEchec
        Tasks failed; the others were told of.
    ErreurBarometre
        The total time is over.
    """
    end = time.monotonic() + delais.total
    results: list[Resultat] = []
    left = list(taches)
    bar_format = "{desc}\u00a0: {percentage:3.0f}\u202f% |{bar}| {n_fmt} sur {total_fmt} [{elapsed}]"
    with tqdm(total=len(left), desc="Pages", bar_format=bar_format, disable=None, leave=False) as bar:
        for _ in range(ESSAIS):
            for result in _collect({atelier.confier(task, delais.carnet): task for task in left}, end, delais):
                results.append(result)
                bar.update()
                if not result.erreur:
                    signaler(result)
            done = {result.tache for result in results}
            left = [task for task in left if task not in done]
            if not left:
                break
            atelier.refaire()
    why = "un des processus s'est arrêté brutalement (mémoire épuisée\u202f?), et le carnet avec lui"
    results += [Resultat(task, erreur=why) for task in left]
    if any(result.erreur for result in results):
        raise CarnetsEnEchec(sorted(results, key=_name))
    return sorted(results, key=_name)


def _collect(futures: "dict[Future[Resultat], Tache]", end: float, delais: Delais) -> Iterator[Resultat]:
    """Yield each result as it comes; those of a dead worker do not."""
    try:
        for future in as_completed(futures, timeout=max(0, end - time.monotonic())):
            with suppress(BrokenExecutor, CancelledError):
                yield future.result()
    except TimeoutError:
        late = sum(not future.done() for future in futures)
        raise ErreurBarometre(
            f"{accorder(late, 'carnet', 'carnets')} sur {len(futures)} à faire après {_seconds(delais.total)} "
            "(--delai-total)\u202f; rien n'a été publié. Relancez\u00a0: ce qui est fait est gardé."
        ) from None


def attendre_verdict(controle: "Future[dict[str, bool]]", delais: Delais) -> dict[str, bool]:
    """Return the verdict of the gate.

    Raises
    ------
    ErreurControle
        Its process died or does not end.
    """
    try:
        return controle.result(timeout=delais.total)
    except BrokenExecutor:
        raise ErreurControle(
            "Contrôle interrompu\u00a0: son processus s'est arrêté brutalement\u202f; relancez."
        ) from None
    except TimeoutError:
        raise ErreurControle(f"Contrôle interrompu\u00a0: il n'a pas fini en {_seconds(delais.total)}.") from None


def _seconds(delai: float) -> str:
    return accorder(round(delai), "seconde", "secondes")


def _name(result: Resultat) -> str:
    return result.tache.nom
