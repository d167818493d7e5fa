"""The campaign: check, execute what is not in the cache, assemble the pages, put the publications in place."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from barometre_lib.campagne.assemblage import assembler
from barometre_lib.campagne.atelier import Atelier, ouvrir_atelier
from barometre_lib.campagne.cache import garder, ne_garder_que
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.copie import copier_entrees, dire_changements, retirer_copies
from barometre_lib.campagne.dossier import (
    SOMMAIRE,
    CampagneEnCours,
    chantier,
    est_range,
    mettre_en_place,
    refuser_etrangers,
    vider_sur_le_disque,
)
from barometre_lib.campagne.empreintes import Entrees, refuser_autre_code
from barometre_lib.campagne.etude import Etude, etudier
from barometre_lib.campagne.execution import Rendu, dire_echecs
from barometre_lib.campagne.grappe import lire_rendu
from barometre_lib.campagne.journal import noter
from barometre_lib.campagne.manifeste import dire_france, lire_manifestes
from barometre_lib.campagne.rectification import diffuser, lire_journal
from barometre_lib.campagne.taches import Tache, choisir, lire_tache
from barometre_lib.chemins import afficher, situer
from barometre_lib.ecriture import remplacer
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.parametres.region import lire_contacts
from barometre_lib.publication.accueil import page_releves
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.registre.lecture import trouver_releve
from barometre_lib.typographie import accorder, au_cours_de, signe, typographier

BARRE = "{desc} : {percentage:3.0f} % |{bar}| {n_fmt} sur {total_fmt} [{elapsed}, reste {remaining}]"


class Issue(NamedTuple):
    """What became of a relève that was to be published."""

    releve: str
    verdict: str  # `publiee` or `a_jour`; `refusee` by the gate, `echec`, `interrompue`
    dit: str  # French lines: what notebooks wrote on their error stream, what the gate found, where to open it
    faites: int = 0  # pages whose notebook was executed


def publier(releves: Sequence[str], consignes: Consignes) -> Iterator[Issue]:
    """Make and put in place the publications of some relèves, all checked before the first is published.

    Yields
    ------
    Issue
        As each relève is in place.

    Raises
    ------
    ErreurBarometre
        The input is refused, a notebook failed, another campaign is at work, a time-out, or a released edition would
        change without a reason: the previous publication stays.
    """
    refuser_etrangers(consignes, releves)
    choisir([], consignes.regions)
    inputs = {releve: consignes.entrees(releve) for releve in releves}
    for releve in inputs:
        lire_journal(releve, consignes)
    stale = [releve for releve, one in inputs.items() if not consignes.a_jour(releve, one)]
    for releve in inputs:
        if releve not in stale:
            said = [*_tidy(consignes, releve), _say_up_to_date(releve, consignes)]
            yield Issue(releve, "a_jour", "\n".join(said))
    if not stale:
        return
    with sur_une_copie(stale, consignes) as (copied, kept, workshop):
        verdict = workshop.controler()
        try:
            studies = etudier(kept, copied)
            for study in studies:
                # What these instructions cannot give is said before anything is executed.
                study.partager()
        except ControleRefuse:
            raise
        except ErreurBarometre:
            # The gate's refusal is what must be said first.
            verdict.result(consignes.delai_total)
            raise
        for study in studies:
            yield _publish(study, workshop, verdict)


@contextmanager
def sur_une_copie(
    releves: Iterable[str], consignes: Consignes
) -> Iterator[tuple[Consignes, dict[str, Entrees], Atelier]]:
    """Give instructions on a copy of the inputs, the checksums of the copy, and what executes tasks on it."""
    with copier_entrees(releves, consignes) as copied:
        inputs = {releve: copied.entrees(releve) for releve in releves}
        with ouvrir_atelier(inputs, copied) as workshop:
            yield copied, inputs, workshop


def _publish(study: Etude, workshop: Atelier, verdict: "Future[dict[str, Bilan]]") -> Issue:
    consignes = study.consignes
    with chantier(consignes.dossier, study.releve) as work:
        kept, missing = study.partager()
        for one in kept:
            noter(consignes.journal, (one.tache.cle, [study.releve]), "gardee")
        made = executer_taches(study, missing, workshop, verdict)
        bilan = verdict.result()[study.releve]
        rendus = sorted([*kept, *made], key=lambda one: study.taches.index(one.tache))
        absent = assembler(work, study, rendus, bilan)
        refuser_autre_code()
        target, left = installer(work, study.releve, consignes)
        left += dire_changements(study.releve, consignes, study.entrees)
        with _forgiving(left):
            ne_garder_que(consignes.sorties, study.taches)
    if work.parent.exists():
        left.append(f"Attention : {afficher(work.parent)} n'a pu être supprimé ; la prochaine campagne le fera.")
    warnings = [f"{one.tache.page.nom} : {one.avertissements}" for one in rendus if one.avertissements]
    opening = afficher(target / "index.html")
    if consignes.publique:
        said = f"Édition publique de la relève {study.releve}. À ouvrir : {opening}"
    else:
        counted = _count(len(made), len(kept), len(absent))
        said = f"Relève {study.releve} publiée : {counted} ; {_net(study)}. À ouvrir : {opening}"
    return Issue(study.releve, "publiee", "\n".join([*warnings, bilan.resume, *left, said]), len(made))


def installer(travail: Path, releve: str, consignes: Consignes) -> tuple[Path, list[str]]:
    """Put a complete publication in place, if it may be released, and the index; return where, and what is left to do.

    Raises
    ------
    ErreurBarometre
        It may not be released: the previous one stays.
    """
    vider_sur_le_disque(travail)
    diffuser(travail, releve, consignes)
    target, left = mettre_en_place(travail, consignes.dossier, releve), list[str]()
    with _forgiving(left):
        remplacer(consignes.dossier / SOMMAIRE, _list_releves(consignes, left).encode())
    return target, left


def executer_seules(cles: Sequence[str], consignes: Consignes) -> Iterator[str]:
    """Execute some tasks, `2024-S2/regional-84`, unless they are already made, and keep their results for `publier`.

    Yields a French sentence as the tasks of each relève are done.

    Raises
    ------
    ErreurBarometre
        A task does not exist, the input is refused, or a notebook failed; the results of the others are kept.
    """
    tasks = [lire_tache(one) for one in dict.fromkeys(cles)]
    refuser_etrangers(consignes, {task.releve for task in tasks})
    releves = {task.releve: trouver_releve(task.releve, consignes.registre) for task in tasks}
    with sur_une_copie(releves, consignes) as (copied, inputs, workshop):
        for study in etudier(inputs, copied):
            asked = [task for task in tasks if task.releve == study.releve]
            missing = [task for task in study.partager()[1] if task in asked]
            executer_taches(study, missing, workshop)
            yield f"Relève {study.releve} : {_count(len(missing), len(asked) - len(missing), 0)}."


def planifier_campagne(releves: Sequence[str], consignes: Consignes) -> Iterator[tuple[list[Tache], str]]:
    """Yield, for each relève, the tasks that `publier` would execute, and a French sentence about the others."""
    for releve in dict.fromkeys(releves):
        inputs = consignes.entrees(releve)
        if consignes.a_jour(releve, inputs):
            yield [], _say_up_to_date(releve, consignes)
            continue
        missing = etudier({releve: inputs}, consignes)[0].partager()[1]
        todo = accorder(len(missing), "carnet à exécuter", "carnets à exécuter")
        yield missing, f"Relève {releve} : {todo} ; le reste est déjà fait ou n'est pas demandé."


def executer_taches(
    study: Etude, tasks: Sequence[Tache], workshop: Atelier, verdict: "Future[dict[str, Bilan]] | None" = None
) -> list[Rendu]:
    """Execute tasks; each result is kept, under the checksum of what it depends on, once the gate lets the relève pass.

    Without `verdict` there is no gate, and results are kept at once; none of a study is.

    Raises
    ------
    ControleRefuse
        The gate refuses: nothing is kept, and what notebooks say is not told.
    ErreurBarometre
        Tasks failed, or the total time is over; the others were kept.
    """
    asked, rendus, stored = study.consignes, list[Rendu](), 0
    end = time.monotonic() + asked.delai_total
    late = [task for task in tasks if verdict and task.page.serie.controle]
    waiting: set[Future[Any]] = {workshop.confier(task, study.vue) for task in tasks if task not in late}
    waiting |= {verdict} if verdict else set()
    with tqdm(total=len(tasks), desc="Pages", bar_format=typographier(BARRE), disable=None, leave=False) as bar:
        while waiting:
            done, waiting = wait(waiting, max(0, end - time.monotonic()), FIRST_COMPLETED)
            if not done:
                for one in set(tasks) - {rendu.tache for rendu in rendus}:
                    noter(asked.journal, (one.cle, [study.releve]), "interrompue")
                raise _out_of_time(len(tasks) - len(rendus), len(tasks), asked.delai_total)
            if verdict in done:
                bilan = verdict.result()[study.releve]
                waiting |= {workshop.confier(task, study.vue, bilan) for task in late}
            ended = [lire_rendu(future) for future in done if future is not verdict]
            for rendu in ended:
                verb = "echouee" if rendu.erreur else "faite"
                noter(asked.journal, (rendu.tache.cle, [study.releve]), verb, rendu.erreur, rendu.mesure)
            rendus += ended
            bar.update(len(rendus) - bar.n)
            if not asked.regles and (not verdict or verdict not in waiting):
                for rendu in rendus[stored:]:
                    if not rendu.erreur:
                        refuser_autre_code()
                        garder(asked.sorties, rendu, study.empreinte(rendu.tache))
                stored = len(rendus)
    if failed := dire_echecs(rendus):
        number = sum(bool(one.erreur) for one in rendus)
        count = f"{accorder(number, 'carnet', 'carnets')} sur {len(rendus)} en échec ; rien n'a été publié."
        raise ErreurBarometre("\n".join([*failed, count]))
    return rendus


def _out_of_time(late: int, tasks: int, seconds: float) -> ErreurBarometre:
    over = f"{accorder(round(seconds), 'seconde', 'secondes')} (--delai-total) ; rien n'a été publié"
    if not late:
        return ErreurBarometre(f"Le contrôle n'a pas fini après {over}, relancez.")
    left = f"{accorder(late, 'carnet', 'carnets')} sur {tasks} à faire après {over}"
    return ErreurBarometre(f"{left}. Relancez : ce qui est fait est gardé.")


def _tidy(consignes: Consignes, releve: str) -> list[str]:
    """Finish what was left to do by a campaign stopped once its publication was in place; another may be doing it."""
    said = list[str]()
    with _forgiving(said):
        page = _list_releves(consignes, said)
        retirer_copies(consignes.sorties)
        if not est_range(consignes.dossier, page):
            with suppress(CampagneEnCours), chantier(consignes.dossier, releve):
                remplacer(consignes.dossier / SOMMAIRE, page.encode())
    return said


def _list_releves(consignes: Consignes, said: list[str]) -> str:
    """Return the index of the publications in place, and add what is wrong with those that it leaves out."""
    manifests, faults = lire_manifestes(consignes.dossier, consignes.modele)
    said += faults
    return page_releves(manifests, publique=consignes.publique, contacts=lire_contacts() if consignes.publique else ())


@contextmanager
def _forgiving(said: list[str]) -> Iterator[None]:
    """Turn what fails once a publication is in place into a French sentence: the next campaign mends it."""
    try:
        yield
    except (OSError, ErreurBarometre) as error:
        why = str(error).removesuffix(".")
        if isinstance(error, OSError):
            why = f"{situer(error)} : {dire_erreur_systeme(error)}"
        said.append(
            f"Attention : la publication est en place, mais tout n'est pas rangé ({why}) ; "
            "la prochaine campagne le fera."
        )


def _count(made: int, kept: int, absent: int) -> str:
    parts = [accorder(made, "page faite", "pages faites")]
    parts += [accorder(kept, "gardée", "gardées")] if kept else []
    parts += [f"publication partielle ({accorder(absent, 'région absente', 'régions absentes')})"] if absent else []
    return ", ".join(parts)


def _net(study: Etude) -> str:
    france = dire_france(study.barometre)
    where = f"la France {france.hors}".rstrip()
    return f"solde net de {where} {au_cours_de(france.periode)} : {signe(france.solde_net)}"


def _say_up_to_date(releve: str, consignes: Consignes) -> str:
    opening = afficher(consignes.dossier / releve / "index.html")
    return (
        f"Relève {releve} : rien n'a changé depuis sa publication, aucun carnet exécuté (--forcer pour la refaire). "
        f"À ouvrir : {opening}"
    )
