"""The page of a preview: chosen, made once, or made again at each save by the stages that are here.

Functions of this module are stages of `relance`, in fresh modules: what they need is imported by each.
"""

import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from barometre_lib.chemins import afficher, racine, situer
from barometre_lib.ecriture import creer_dossier, mettre_en_place
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.syntaxe import dire_erreur, situer_syntaxe
from barometre_lib.typographie import typographier

if TYPE_CHECKING:
    from barometre_lib.campagne.environnement import Environnement
    from barometre_lib.campagne.taches import Tache

# Each knows the files that it read; what changes most often is read last.
ETAGES = tuple(f"{__name__}:{name}" for name in ("lire_registres", "preparer_mise_en_page", "compter", "faire_page"))
UN_JOUR = 86400.0
# More would bury the sentence.
CODES_DITS = 30
ATTENTE = "Aperçu en préparation…"


@dataclass(frozen=True)
class Demande:
    """What page is asked for, and where it goes; picklable."""

    cle: str  # of its task: `2024-S2/regional-84`
    environnement: "Environnement"
    page: Path

    @property
    def releve(self) -> str:
        """Code of its relève."""
        return self.cle.partition("/")[0]

    def lire(self) -> tuple[str, bytes]:
        """Return the present version of the page, and the page."""
        with self.page.open("rb") as file:
            return str(os.fstat(file.fileno()).st_mtime_ns), file.read()


def choisir_tache(serie: str, code: str, releve: str, registre: Path) -> "Tache":
    """Return the task of a page of the catalogue, in the last complete relève of the register when none is asked for.

    Raises
    ------
    ErreurBarometre
        There is no such page, and what there is.
    """
    from barometre_lib.campagne.taches import planifier
    from barometre_lib.nomenclatures import Nomenclatures
    from barometre_lib.registre.lecture import releves_completes, releves_presentes, trouver_releve

    known = releves_completes(registre, Nomenclatures.du_projet()) or releves_presentes(registre)
    chosen = str(trouver_releve(releve, registre) if releve or not known else known[-1])
    tasks = planifier(chosen)
    named = [task for task in tasks if task.page.serie.nom == serie]
    if not named:
        names = dict.fromkeys(task.page.serie.nom for task in tasks)
        raise ErreurBarometre(f"Aperçu : série {montrer(serie)} inconnue ; attendu {', '.join(names)}.")
    found = [task for task in named if task.page.code == code]
    if not found:
        dimension = named[0].page.serie.pour_chaque
        option = "--region" if dimension == "region" else "--code"
        more = f" et {len(named) - CODES_DITS} autres" if len(named) > CODES_DITS else ""
        codes = ", ".join(task.page.code for task in named[:CODES_DITS]) + more
        what = f"trouvé {montrer(code, vide='aucun code')} ; attendu {option} parmi {codes}" if dimension else ""
        raise ErreurBarometre(f"Aperçu de « {serie} » : {what or 'une seule page, sans --region ni --code'}.")
    return found[0]


@contextmanager
def ouvrir_apercu(tache: "Tache", registre: Path, regles: tuple[str, ...]) -> Iterator[Demande]:
    """Prepare the making of a page, in a private folder that goes at the end."""
    from barometre_lib.campagne.environnement import ouvrir_environnement

    with ouvrir_environnement(registre, [], regles=regles) as place:
        page = place.prive / "apercu.html"
        page.write_text(ecrire_message(ATTENTE, ""), encoding="utf-8")
        yield Demande(tache.cle, place, page)


def apercevoir(demande: Demande, delai: float) -> bytes:
    """Make the page once, and return it.

    Raises
    ------
    ErreurBarometre
        What its notebook could not do.
    """
    from barometre_lib.campagne.processus import Delai, Mort, executer_a_part

    try:
        executer_a_part(_faire_une_fois, demande, delai=delai)
    except Delai:
        raise ErreurBarometre(f"Aperçu : le carnet n'a pas fini en {delai:.0f} secondes ; il a été arrêté.") from None
    except Mort as death:
        raise ErreurBarometre(f"Aperçu : le processus du carnet s'est arrêté brutalement ({death}).") from None
    return demande.page.read_bytes()


def ranger(page: bytes, tache: "Tache") -> Path:
    """Put a page made once where the user finds it, and no publication is; it is internal: no one else reads it."""
    path = racine() / "build" / "apercu" / tache.releve / f"{tache.page.nom}.html"
    creer_dossier(path.parent)
    with mettre_en_place(path) as beside:
        beside.chmod(0o600)
        beside.write_bytes(page)
    return path


def suivre(demande: Demande) -> None:
    """Make the page again at each save, until this process is told to stop."""
    from barometre_lib.apercu.relance import Relance
    from barometre_lib.campagne.processus import Delai, Mort, executer_a_part

    root, registre = demande.environnement.racine, demande.environnement.registre
    watched = [*(root / name for name in ("params", "notebooks", "data")), Path(__file__).parents[1]]
    if not registre.is_relative_to(root / "data"):
        watched.append(registre)
    again = Relance(ETAGES, demande, tuple(watched), partial(echouer, demande.page))
    while True:
        try:
            executer_a_part(again, delai=UN_JOUR)
        except Delai:
            pass
        except Mort as death:
            echouer(demande.page, ErreurBarometre(f"le processus de l'aperçu s'est arrêté brutalement ({death})"))
            time.sleep(1)


def lire_registres(demande: Demande) -> None:
    """Read the relève and the earlier ones, which neither a parameter nor a rule changes: no module of rules is known.

    Modules imported later find what has been read.
    """
    from barometre_lib.nomenclatures import Nomenclatures
    from barometre_lib.registre import lecture

    folder = demande.environnement.registre
    code = lecture.trouver_releve(demande.releve, folder)
    read = vars(lecture)["lire_registre"] = cache(lecture.lire_registre)
    for one in (code, *lecture.releves_anterieures(code, folder)):
        read(one, folder, Nomenclatures.du_projet())


def preparer_mise_en_page(_: Demande) -> None:
    """Import what executes notebooks and makes pages, compile the templates, and make a page of nothing."""
    from barometre_lib import restitution  # noqa: F401
    from barometre_lib.campagne import amorce, execution, moteur  # noqa: F401
    from barometre_lib.publication import texte  # noqa: F401

    amorce.exporter_une_fois()


def compter(demande: Demande) -> None:
    """Count the relève as its pages do; other processes count the older ones, revise and compare meanwhile.

    Those only compute: what they need is read here, where it is known to be read.
    """
    from barometre_lib.apercu.a_cote import faire_a_cote, garder_a_cote
    from barometre_lib.barometre import Barometre, installer
    from barometre_lib.campagne.execution import compter_pour_les_pages
    from barometre_lib.comptage import Decompte
    from barometre_lib.parametres.variante import lire_regles
    from barometre_lib.registre.lecture import releves_anterieures

    read = Barometre.charger(demande.releve, regles=lire_regles(demande.environnement.regles) or None)
    installer(demande.releve, read)
    # A variant compares with the previous one alone.
    codes = [] if read.variante else releves_anterieures(read.releve, read.registre.dossier)
    earlier = [read.anterieure(code) for code in codes]
    _ = [one.edition_connue for one in earlier]
    counted = faire_a_cote(lambda: [one.decompte.cellules for one in earlier[:-1]])
    if read.precedente:
        _ = read.precedente.cote, read.cote
        garder_a_cote(read, "_revisions")
    compter_pour_les_pages(read)
    for one, cells in zip(earlier, counted() or (), strict=False):
        vars(one)["decompte"] = Decompte(cells, one.releve, one.nomenclatures, one.parametres.lacunes)
    garder_a_cote(read, "_triangle")


def faire_page(demande: Demande) -> None:
    """Execute the notebook and lay its page out; whatever it could not do is the page."""
    from markupsafe import Markup

    from barometre_lib.barometre import Barometre
    from barometre_lib.campagne.amorce import compiler_gabarits
    from barometre_lib.campagne.execution import executer
    from barometre_lib.campagne.taches import lire_tache
    from barometre_lib.parametres.region import lire_contacts
    from barometre_lib.publication.pages import dire_tete, mettre_en_page
    from barometre_lib.restitution.sensibilite import en_etude

    compiler_gabarits()
    task = lire_tache(demande.cle)
    rendu = executer(task, None, demande.environnement, None)
    if rendu.erreur:
        path = demande.environnement.racine / "notebooks" / task.page.serie.carnet
        raise ErreurBarometre(f"{afficher(path)}, {rendu.erreur}")
    contexte = Barometre.charger(task.releve).contexte(task.region)
    contexte = en_etude(contexte) if task.page.serie.etude else contexte
    notice = typographier(f"Aperçu fait à {time.strftime('%H:%M:%S')} : ni contrôlé, ni publié.")
    text = mettre_en_page(
        Markup(rendu.contenu),  # noqa: S704  made by our templates
        titre=f"{task.page.titre}, aperçu",
        avis=" ".join(filter(None, [notice, contexte.edition.avis])),
        tete=dire_tete(contexte, notice),
        adresse=task.page.adresse,
        sommaire=contexte.region is None,
        contacts=lire_contacts(task.region) if task.page.serie.contacts else (),
        contexte=contexte,
    )
    _ecrire(demande.page, text)


def _faire_une_fois(demande: Demande) -> None:
    try:
        compter(demande)
        faire_page(demande)
    except ErreurBarometre:
        raise
    except Exception as error:
        raise ErreurBarometre(f"Aperçu : {expliquer_echec(error)}") from error


def echouer(page: Path, erreur: BaseException) -> None:
    """Put in the place of the page why it could not be made, by nothing that could be broken too."""
    _ecrire(page, ecrire_message("Aperçu impossible", expliquer_echec(erreur)))


def expliquer_echec(erreur: BaseException) -> str:
    """Say in French what failed, and where in our code when the failure is none of those that we foresee."""
    # Not isinstance: the class is that of a module imported afresh.
    if any(one.__name__ == ErreurBarometre.__name__ for one in type(erreur).__mro__):
        return str(erreur)
    if isinstance(erreur, OSError) and erreur.errno:
        return typographier(f"{situer(erreur)} : {dire_erreur_systeme(erreur)}.")
    if isinstance(erreur, SyntaxError):
        return typographier(f"{afficher(Path(erreur.filename or ''))}, {situer_syntaxe(erreur)}")
    package = str(Path(__file__).parents[1])
    own = [one for one in traceback.extract_tb(erreur.__traceback__) if one.filename.startswith(package)]
    where = f"{afficher(Path(own[-1].filename))}, ligne {own[-1].lineno} : " if own else ""
    return typographier(f"{where}{dire_erreur(type(erreur).__name__, ' '.join(str(erreur).split())[:300])}")


def ecrire_message(titre: str, texte: str) -> str:
    """Return a page that says a thing, in the look of ours, by no template."""
    try:
        style = (Path(__file__).parents[1] / "publication" / "gabarits" / "style.css").read_text(encoding="utf-8")
    except (OSError, ValueError):
        style = ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in texte.splitlines())
    head = f'<meta charset="utf-8"><title>{escape(titre)}</title><style>{style}</style>'
    body = f'<main id="contenu"><h1>{escape(titre)}</h1><div class="avertissement">{lines}</div></main>'
    return f'<!doctype html><html lang="fr"><head>{head}</head><body>{body}</body></html>\n'


def _ecrire(page: Path, texte: str) -> None:
    with mettre_en_place(page) as beside:
        beside.write_text(texte, encoding="utf-8")
