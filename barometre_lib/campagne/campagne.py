"""The campaign: check, execute every notebook in processes, lay out the pages, put the publications in place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from barometre_lib.campagne.assemblage import assembler
from barometre_lib.campagne.atelier import Atelier
from barometre_lib.campagne.dossier import (
    CampagneEnCours,
    chantier,
    est_range,
    mettre_en_place,
    refuser_page_etrangere,
    remplacer_sommaire,
)
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.etude import Consignes, Etude
from barometre_lib.campagne.executeur import attendre_verdict, executer_taches
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.grappe import ouvrir_atelier
from barometre_lib.campagne.manifeste import lire_manifestes
from barometre_lib.campagne.plan import Tache, choisir, lire_tache
from barometre_lib.campagne.rectification import refuser_remplacement
from barometre_lib.campagne.reprise import Reprise
from barometre_lib.chemins import afficher
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.publication.accueil import page_releves
from barometre_lib.qualite import confronter
from barometre_lib.typographie import accorder, au_cours_de, signe


def publier(releves: Sequence[str], consignes: Consignes) -> Iterator[str]:
    """Make and put in place the publications of some relèves, all checked before the first is published.

    Parameters
    ----------
    releves : sequence of str
        `2024-S2`.
    consignes : Consignes
        What is asked.

    Yields
    ------
    str
        As each relève is in place, French lines: what notebooks wrote on their error stream, what the gate found, what
        was published and where to open it.

    Raises
    ------
    ErreurBarometre
        The input is refused, a notebook failed, another campaign is at work, a time-out, or a released edition would
        change without a reason: the previous publication stays.
    """
    refuser_page_etrangere(consignes.sorties)
    choisir([], consignes.regions, Nomenclatures())
    inputs = {releve: consignes.entrees(releve) for releve in releves}
    stale = {releve: one for releve, one in inputs.items() if not consignes.a_jour(releve, one)}
    for releve in inputs:
        if releve not in stale:
            _tidy(releve, consignes)
            yield _say_up_to_date(releve, consignes)
    if not stale:
        return
    with _atelier(stale, consignes) as workshop:
        verdicts = workshop.juger(list(stale))
        studies = [Etude.faire(releve, consignes, one) for releve, one in stale.items()]
        for study in studies:
            # What these instructions cannot give is said before anything is executed.
            study.partager(consignes)
        for study in studies:
            with chantier(consignes.sorties, study.releve) as work:
                share = study.partager(consignes)
                results = [*share.reprises, *_run(study, share.a_executer, consignes, workshop)]
                confronter(attendre_verdict(verdicts[study.releve], consignes.delais), study.bilan.resultats)
                target = consignes.sorties / study.releve
                absent = assembler(work, study, consignes, results, share.gardees)
                consignes.refuser_changements(study.releve, study.empreintes.entrees)
                refuser_remplacement(target, work)
                mettre_en_place(work, consignes.sorties, study.releve)
                _conclude(study.releve, consignes)
            warnings = [f"{one.tache.nom}\u00a0: {one.avertissements}" for one in results if one.avertissements]
            made = _count(len(share.a_executer), len(share.gardees) + len(share.reprises), len(absent))
            yield "\n".join([*warnings, study.bilan.resume, _say_published(study, target, made)])


def executer_seules(cles: Sequence[str], consignes: Consignes) -> Iterator[str]:
    """Execute some tasks and keep their results, which `publier` will find; what is already made is not made again.

    Parameters
    ----------
    cles : sequence of str
        Names of the tasks, `2024-S2/regional-84`.
    consignes : Consignes
        Where the publications are, and how to work.

    Yields
    ------
    str
        French sentence, as the tasks of each relève are done.

    Raises
    ------
    ErreurBarometre
        A task does not exist, the input is refused, or a notebook failed; the results of the others are kept.
    """
    nomenclatures = Nomenclatures()
    tasks = [lire_tache(one, nomenclatures) for one in dict.fromkeys(cles)]
    inputs = {task.releve: consignes.entrees(task.releve) for task in tasks}
    with _atelier(inputs, consignes) as workshop:
        for releve, one in inputs.items():
            study = Etude.faire(releve, consignes, one)
            asked = [task for task in tasks if task.releve == releve]
            missing = [task for task in study.partager(consignes).a_executer if task in asked]
            _run(study, missing, consignes, workshop)
            yield f"Relève {releve}\u00a0: {_count(len(missing), len(asked) - len(missing), 0)}."


def planifier_campagne(releves: Sequence[str], consignes: Consignes) -> Iterator[tuple[list[Tache], str]]:
    """Yield, for each relève, the tasks that `publier` would execute, and a French sentence about the others."""
    for releve in dict.fromkeys(releves):
        inputs = consignes.entrees(releve)
        if consignes.a_jour(releve, inputs):
            yield [], _say_up_to_date(releve, consignes)
            continue
        missing = Etude.faire(releve, consignes, inputs).partager(consignes).a_executer
        todo = accorder(len(missing), "carnet à exécuter", "carnets à exécuter")
        yield missing, f"Relève {releve}\u00a0: {todo}\u202f; le reste est déjà fait ou n'est pas demandé."


def _atelier(inputs: Mapping[str, Entrees], consignes: Consignes) -> AbstractContextManager[Atelier]:
    return ouvrir_atelier(consignes.registre, inputs, processus=consignes.processus, grappe=consignes.grappe)


def _run(study: Etude, tasks: Sequence[Tache], consignes: Consignes, workshop: Atelier) -> list[Resultat]:
    """Execute tasks, each result kept at once, under the checksum of inputs that are still there."""
    kept = Reprise(consignes.sorties, study.releve)

    def keep(result: Resultat) -> None:
        consignes.refuser_changements(study.releve, study.empreintes.entrees)
        kept.garder(result, study.empreintes.page(result.tache))

    return executer_taches(tasks, workshop, consignes.delais, signaler=keep)


def _conclude(releve: str, consignes: Consignes) -> None:
    """Forget what was kept to resume, and list the publication."""
    Reprise(consignes.sorties, releve).oublier()
    remplacer_sommaire(consignes.sorties, page_releves(lire_manifestes(consignes.sorties)))


def _tidy(releve: str, consignes: Consignes) -> None:
    """Finish what was left to do by a campaign stopped once its publication was in place; another may be doing it."""
    page = page_releves(lire_manifestes(consignes.sorties))
    if Reprise(consignes.sorties, releve).dossier.exists() or not est_range(consignes.sorties, page):
        with suppress(CampagneEnCours), chantier(consignes.sorties, releve):
            _conclude(releve, consignes)


def _count(made: int, kept: int, absent: int) -> str:
    parts = [accorder(made, "page faite", "pages faites")]
    parts += [accorder(kept, "gardée", "gardées")] if kept else []
    parts += [f"publication partielle ({accorder(absent, 'région absente', 'régions absentes')})"] if absent else []
    return ", ".join(parts)


def _say_published(study: Etude, target: Path, made: str) -> str:
    contexte = study.barometre.contexte()
    counts = study.barometre.comptes([contexte.maille])
    net = int(counts.loc[counts[contexte.maille] == contexte.periode, "solde_net"].iloc[0])
    period = au_cours_de(contexte.periode)
    return (
        f"Relève {study.releve} publiée\u00a0: {made}\u202f; solde net de la France {period}\u00a0: {signe(net)}. "
        f"À ouvrir\u00a0: {afficher(target / 'index.html')}"
    )


def _say_up_to_date(releve: str, consignes: Consignes) -> str:
    opening = afficher(consignes.sorties / releve / "index.html")
    return (
        f"Relève {releve}\u00a0: rien n'a changé depuis sa publication, aucun carnet exécuté "
        f"(--forcer pour la refaire). À ouvrir\u00a0: {opening}"
    )
