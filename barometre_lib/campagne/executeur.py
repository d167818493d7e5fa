"""The executor of a campaign: the gate in a process of its own, the notebooks in a pool, a progress bar."""

import os
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from tqdm import tqdm

from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.execution import Resultat, executer
from barometre_lib.campagne.plan import Tache
from barometre_lib.campagne.processus import equipe, sans_interruption
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.qualite import ErreurControle, juger_releve


class CarnetsEnEchec(ErreurBarometre):
    """Notebooks that failed; nothing is published.

    Parameters
    ----------
    resultats : list of Resultat
        Every result, failed or not.
    """

    def __init__(self, resultats: list[Resultat]) -> None:
        failed = [result for result in resultats if result.erreur]
        lines = [f"Carnet {result.tache.nom}\u00a0: {result.erreur}" for result in failed]
        plural = "s" if len(failed) > 1 else ""
        lines.append(f"{len(failed)} carnet{plural} sur {len(resultats)} en échec\u202f; rien n'a été publié.")
        super().__init__("\n".join(lines))


def executer_taches(
    taches: list[Tache], environnement: Environnement, dossier: Path, *, processus: int | None = None
) -> tuple[list[Resultat], dict[str, bool]]:
    """Run the gate, started first, and every task; a task that fails does not stop the others.

    Parameters
    ----------
    taches : list of Tache
        Tasks of one relève.
    environnement : Environnement
        Private surroundings.
    dossier : Path
        Publication being prepared.
    processus : int, optional
        Worker processes; as many as processors by default.

    Returns
    -------
    resultats : list of Resultat
        One per task, in the order of their names.
    verdicts : dict of str to bool
        What Great Expectations says of each check.

    Raises
    ------
    ErreurBarometre
        The gate could not give its verdict, or tasks failed.
    """
    workers = min(processus or os.cpu_count() or 1, len(taches))
    with equipe(1, environnement.installer) as gate_pool, equipe(workers, environnement.installer) as pool:
        with sans_interruption():
            gate = gate_pool.submit(juger_releve, taches[0].releve, environnement.registre)
            futures = {pool.submit(executer, task, environnement, dossier): task for task in taches}
        results, verdicts = _collect(gate, futures)
    if any(result.erreur for result in results):
        raise CarnetsEnEchec(results)
    return sorted(results, key=lambda result: result.tache.nom), verdicts


def _collect(
    gate: "Future[dict[str, bool]]", futures: "dict[Future[Resultat], Tache]"
) -> tuple[list[Resultat], dict[str, bool]]:
    """Wait for everything, with a progress bar on a terminal; a gate that fails stops the rest at once."""
    results: list[Resultat] = []
    bar_format = "{desc}\u00a0: {percentage:3.0f}\u202f% |{bar}| {n_fmt} sur {total_fmt} [{elapsed}]"
    with tqdm(total=len(futures), desc="Pages", bar_format=bar_format, disable=None, leave=False) as bar:
        everything: list[Future[Any]] = [gate, *futures]
        for future in as_completed(everything):
            if future is gate:
                _verdict(gate)
                continue
            try:
                result = future.result()
            except BrokenProcessPool:
                what = "un des processus s'est arrêté brutalement (mémoire épuisée\u202f?), et le carnet avec lui"
                result = Resultat(futures[future], erreur=what)
            results.append(result)
            bar.update()
    return results, _verdict(gate)


def _verdict(gate: "Future[dict[str, bool]]") -> dict[str, bool]:
    try:
        return gate.result()
    except BrokenProcessPool:
        raise ErreurControle(
            "Contrôle interrompu\u00a0: son processus s'est arrêté brutalement\u202f; relancez."
        ) from None
