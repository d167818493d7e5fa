"""What a campaign tells of a relève, in JSON: on stdout, and to the command of `--prevenir`."""

import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from barometre_lib.console import dire, dire_tout
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.typographie import INSECABLE, typographier

if TYPE_CHECKING:
    from barometre_lib.campagne.campagne import Issue
    from barometre_lib.campagne.consignes import Consignes

# Seconds left to the command, and how much of what it said last is told.
DELAI, DERNIERS_MOTS = 60, 300


def lire_commande(_: click.Context, __: click.Parameter, value: str) -> list[str]:
    """Return the words of a command, as a shell would cut them; no shell reads them."""
    try:
        words = shlex.split(value)
    except ValueError:
        raise click.BadParameter("des guillemets n'y sont pas refermés.") from None
    if value and not (words and words[0]):
        raise click.BadParameter("attendu une commande, comme « /usr/local/bin/annoncer --bureau ».")
    return words


def publier_et_raconter(releves: Iterable[str], consignes: "Consignes") -> Iterator[dict[str, Any]]:
    """Publish relèves, say so, and yield what is told of each, as JSON can; of those that fail too, then it fails."""
    from barometre_lib.campagne.campagne import Issue
    from barometre_lib.campagne.campagne import publier as publier_releves
    from barometre_lib.campagne.journal import dire_pertes, ouvrir_journal
    from barometre_lib.collecte.suivi import annoncer_refus
    from barometre_lib.registre.lecture import lire_code_releve

    left, start = list(releves), time.monotonic()
    try:
        ouvrir_journal(consignes.journal)
        for releve in left:
            dire_tout(annoncer_refus(lire_code_releve(releve), consignes.registre))
        for issue in publier_releves(list(left), consignes):
            seconds = time.monotonic() - start
            dire(f"{issue.dit} ({seconds:.0f}{INSECABLE}s)")
            left = [one for one in left if one != issue.releve]
            yield _tell(issue, consignes, seconds)
            start = time.monotonic()
    except GeneratorExit:
        raise
    except BaseException as error:
        for releve in left:
            yield _tell(Issue(releve, *_judge(error)), consignes, time.monotonic() - start, en_place=False)
        raise
    finally:
        dire_tout(dire_pertes(consignes.journal))


def _tell(issue: "Issue", consignes: "Consignes", secondes: float, *, en_place: bool = True) -> dict[str, Any]:
    """Return what is told of a relève; of one that is not published, the state is that of its edition."""
    from barometre_lib.campagne.manifeste import lire_manifeste
    from barometre_lib.parametres.edition import lire_edition
    from barometre_lib.vocabulaire import Releve

    folder, state = consignes.dossier / issue.releve, None
    there = lire_manifeste(folder, consignes.modele, issue.releve) if en_place else None
    with suppress(ErreurBarometre, ValueError):
        state = there.edition.etat if there else lire_edition(Releve.lire(issue.releve)).etat
    france = there.france if there else None
    return {
        "releve": issue.releve,
        "diffusion": consignes.diffusion,
        "etat": state,
        "verdict": issue.verdict,
        "pages": sum(name.endswith(".html") for name in there.sorties) if there else 0,
        "pages_faites": issue.faites,
        "regions_absentes": list(getattr(there, "regions_absentes", ())),
        "periode": france.periode if france else None,
        "solde_net": france.solde_net if france else None,
        "secondes": round(secondes, 1),
        "dossier": str(folder) if there else None,
        "message": typographier(issue.dit),
    }


def _judge(error: BaseException) -> tuple[str, str]:
    """Return the verdict and the words of what stopped a campaign."""
    from barometre_lib.qualite.refus import ControleRefuse

    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "interrompue", "Interrompu."
    said = f"{dire_erreur_systeme(error)}." if isinstance(error, OSError) else str(error)
    return "refusee" if isinstance(error, ControleRefuse) else "echec", said or type(error).__name__


def prevenir(commande: Sequence[str], dit: dict[str, Any]) -> str:
    """Give a command what is told of a relève, as JSON on its standard input, and return what went wrong, in French."""
    named = f"--prevenir, {montrer(commande[0])}"
    # Files: a pipe that a child of the command keeps open would be waited for.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as words:
        given.write(json.dumps(dit, ensure_ascii=False).encode())
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603  the command that the user gave, by no shell
                commande, stdin=given, stdout=words, stderr=words, start_new_session=True
            )
        except (OSError, ValueError) as error:
            why = dire_erreur_systeme(error) if isinstance(error, OSError) else "commande illisible"
            return f"Attention : {named} : {why} ; personne n'a été prévenu de la relève {dit['releve']}."
        try:
            code = process.wait(DELAI)
            why = f"code {code}" if code else ""
        except subprocess.TimeoutExpired:
            why = f"pas fini en {DELAI} secondes, arrêtée"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
            process.wait()
        words.seek(0)
        last = " ".join(words.read().decode("utf-8", "replace").split())[-DERNIERS_MOTS:]
    said = f" ({montrer(last)})" if last else ""
    return (
        f"Attention : {named} : {why}{said} ; la relève {dit['releve']} n'a peut-être pas été annoncée." if why else ""
    )
