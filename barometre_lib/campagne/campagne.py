"""The campaign: check, execute every notebook in processes, lay out the pages, put the publication in place."""

import multiprocessing
import os
import shutil
from collections.abc import Collection
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from tqdm import tqdm

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.dossier import chantier, mettre_en_place
from barometre_lib.campagne.empreintes import LONGUEUR_COURTE, Empreintes
from barometre_lib.campagne.environnement import Environnement, environnement_prive
from barometre_lib.campagne.execution import Resultat, executer
from barometre_lib.campagne.manifeste import ecrire_manifeste, lire_manifeste
from barometre_lib.campagne.plan import Tache, choisir, planifier
from barometre_lib.chemins import afficher, registre_par_defaut
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import lire_edition
from barometre_lib.publication import habiller, index
from barometre_lib.qualite import Bilan, controler_releve
from barometre_lib.registre import trouver_releve
from barometre_lib.typographie import au_cours_de, signe


class CarnetsEnEchec(ErreurBarometre):
    """Notebooks that failed; nothing was published."""


@dataclass(frozen=True)
class Publication:
    """A publication put in place.

    Attributes
    ----------
    barometre : Barometre
        Relève.
    dossier : Path
        Where it stands.
    bilan : Bilan
        What the gate found.
    faites, gardees : int
        Pages made now, and kept from before.
    absentes : list of str
        Codes of the regions without a page.
    avertissements : list of str
        What notebooks wrote on their error stream.
    """

    barometre: Barometre
    dossier: Path
    bilan: Bilan
    faites: int
    gardees: int
    absentes: list[str]
    avertissements: list[str]

    @property
    def resume(self) -> str:
        """What was published and where to open it, in French, for the terminal."""
        contexte = self.barometre.contexte()
        counts = self.barometre.comptes([contexte.maille])
        net = int(counts.loc[counts[contexte.maille] == contexte.periode, "solde_net"].iloc[0])
        pages = f"{self.faites} pages faites" + (f", {self.gardees} gardées" if self.gardees else "")
        partial = f", publication partielle ({len(self.absentes)} régions absentes)" if self.absentes else ""
        return (
            f"Relève {self.barometre.releve} publiée\u00a0: {pages}{partial}\u202f; solde net de la France "
            f"{au_cours_de(contexte.periode)}\u00a0: {signe(net)}. À "
            f"ouvrir\u00a0: {afficher(self.dossier / 'index.html')}"
        )


def publier(
    releve: str,
    *,
    sorties: Path,
    registre: Path | None = None,
    regions: Collection[str] = (),
    processus: int | None = None,
) -> Publication:
    """Make and put in place the publication of a relève.

    Parameters
    ----------
    releve : str
        `2024-S2`.
    sorties : Path
        Folder of the publications.
    registre : Path, optional
        Folder that holds the relèves.
    regions : collection of str, optional
        Regional pages to make; the others are kept from the previous publication. All of them when empty.
    processus : int, optional
        Worker processes; as many as processors by default.

    Raises
    ------
    ErreurBarometre
        The input is refused, a notebook failed, or another campaign is at work: the previous publication stays.
    """
    source = registre or registre_par_defaut()
    nomenclatures = Nomenclatures()
    code = trouver_releve(releve, source)
    lire_edition(code, nomenclatures=nomenclatures)
    plan = planifier(releve, nomenclatures)
    asked = choisir(plan, regions, nomenclatures)
    with environnement_prive(source) as environment, chantier(sorties, releve) as work:
        results, bilan = _run(releve, asked, environment, work, processus)
        barometre = Barometre.charger(releve, registre=source)
        checksums = Empreintes(barometre, source, environment.racine)
        made = [result.tache for result in results]
        kept = _keep(sorties / releve, work, [task for task in plan if task not in made], checksums)
        absent = [task.region for task in plan if task not in made and task not in kept]
        for result in results:
            _write_page(work, result, barometre, checksums)
        _write(work / "index.html", index(barometre, absentes=absent))
        ecrire_manifeste(work, barometre, checksums, [task for task in plan if task.region not in absent], absent)
        warnings = [f"{result.tache.nom}\u00a0: {result.avertissements}" for result in results if result.avertissements]
        target = mettre_en_place(work, sorties, releve)
    return Publication(barometre, target, bilan, len(made), len(kept), absent, warnings)


def _run(
    releve: str, tasks: list[Tache], environment: Environnement, work: Path, processes: int | None
) -> tuple[list[Resultat], Bilan]:
    """Run the gate, in a process of its own started first, and the notebooks; every result is in when it returns."""
    spawn = multiprocessing.get_context("spawn")
    workers = min(processes or os.cpu_count() or 1, len(tasks))
    with (
        ProcessPoolExecutor(1, spawn, environment.installer) as gate_pool,
        ProcessPoolExecutor(workers, spawn, environment.installer) as pool,
    ):
        gate = gate_pool.submit(controler_releve, releve, environment.registre)
        futures = {pool.submit(executer, task, environment, work): task for task in tasks}
        try:
            results = _collect(gate, futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        bilan = gate.result()
    failed = [result for result in results if result.erreur]
    if failed:
        lines = [f"Carnet {result.tache.nom}\u00a0: {result.erreur}" for result in failed]
        plural = "s" if len(failed) > 1 else ""
        lines.append(f"{len(failed)} carnet{plural} sur {len(results)} en échec\u202f; rien n'a été publié.")
        raise CarnetsEnEchec("\n".join(lines))
    return sorted(results, key=lambda result: result.tache.nom), bilan


def _collect(gate: "Future[Bilan]", futures: "dict[Future[Resultat], Tache]") -> list[Resultat]:
    """Wait for everything, with a progress bar on a terminal; a refusal of the gate stops the rest at once."""
    results: list[Resultat] = []
    bar_format = "{desc}\u00a0: {percentage:3.0f}\u202f% |{bar}| {n_fmt} sur {total_fmt} [{elapsed}]"
    with tqdm(total=len(futures), desc="Pages", bar_format=bar_format, disable=None, leave=False) as bar:
        everything: list[Future[Any]] = [gate, *futures]
        for future in as_completed(everything):
            if future is gate:
                gate.result()
                continue
            task = futures[future]
            try:
                result = future.result()
            except BrokenProcessPool:
                result = Resultat(task, erreur="son processus s'est arrêté brutalement (mémoire épuisée\u202f?)")
            results.append(result)
            bar.update()
    return results


def _keep(previous: Path, work: Path, tasks: list[Tache], checksums: Empreintes) -> list[Tache]:
    """Bring over the pages that are not redone, provided that they come from the present input.

    Raises
    ------
    ErreurBarometre
        One of them was made from something else.
    """
    manifest = lire_manifeste(previous)
    known = manifest.get("pages", {}) if manifest else {}
    kept = [task for task in tasks if task.nom in known]
    stale = [task.nom for task in kept if known[task.nom] != checksums.page(task)]
    if stale:
        raise ErreurBarometre(
            f"{afficher(previous)}\u00a0: {', '.join(stale)} viennent d'autres "
            "données, d'autres paramètres ou d'un autre "
            "code que les pages demandées\u202f; publiez la relève entière, sans --regions."
        )
    for task in kept:
        for name in (task.page, task.carnet_execute):
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(previous / name, work / name)
    return kept


def _write_page(work: Path, result: Resultat, barometre: Barometre, checksums: Empreintes) -> None:
    task = result.tache
    page = habiller(
        Markup(result.contenu),  # noqa: S704  made by our templates, in the worker
        barometre.contexte(task.region),
        accueil="../index.html" if task.region else "index.html",
        empreinte=checksums.region(task.region)[:LONGUEUR_COURTE] if task.region else "",
    )
    _write(work / task.page, page)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
