"""Execution of one task, in a process of its own: papermill runs the notebook, nbconvert makes the page's main part."""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from barometre_lib.barometre import Barometre, installer
from barometre_lib.campagne.environnement import Environnement
from barometre_lib.campagne.journal import Mesure
from barometre_lib.campagne.taches import Tache
from barometre_lib.chemins import originale, situer
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.parametres.variante import TAMPON, lire_regles, variantes_chargees
from barometre_lib.publication.carnet import convertir, nommer
from barometre_lib.publication.vue import Vue
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.qualite.controle import retenir
from barometre_lib.registre.lecture import trouver_releve
from barometre_lib.syntaxe import dire_erreur
from barometre_lib.typographie import enumerer, nombre

if TYPE_CHECKING:
    from nbformat import NotebookNode

# What pages count, `maille` being the year or the semester: made before the first fork, and by no notebook.
PAR_DES_PAGES = (
    *(["annee"], ["annee", "semestre"], ["region", "annee"], ["region", "annee", "semestre"]),
    *(["maille", "region"], ["maille", "secteur"], ["region", "maille", "secteur"]),
    *(["maille", "region", "departement"], ["region", "maille", "departement"]),
)
# Of a notebook that fails for all its pages, those that are named.
PAGES_DITES = 3
CELLULE_INJECTEE = "parametres-injectes"
# What is said of the public edition is in the cells that bear the first of these tags; the other one marks parameters.
ETIQUETTES_PUBLIQUES = {"publique", "parameters"}


@dataclass(frozen=True)
class Rendu:
    """What a task gave."""

    tache: Tache
    contenu: str = ""  # main part of its page, safe HTML; empty when it failed
    carnet: str = ""  # executed notebook; empty when it failed
    erreur: str = ""  # French sentence that says where and why it failed; empty when it did not
    avertissements: str = ""  # what the notebook wrote on its error stream
    mesure: Mesure | None = None  # None when it was kept


def dire_echecs(rendus: Iterable[Rendu]) -> list[str]:
    """Say why each task failed, once for those that failed for one reason: a notebook makes many pages."""
    alike = defaultdict[str, list[Tache]](list)
    for one in rendus:
        if one.erreur:
            alike[one.erreur].append(one.tache)
    said = list[str]()
    for why, tasks in alike.items():
        names = sorted(task.page.nom for task in tasks)
        others = [f"{nombre(left)} autres"] if (left := len(names) - PAGES_DITES) > 1 else []
        of = ", ".join(sorted({task.page.serie.carnet for task in tasks}))
        told = enumerer([*names[:PAGES_DITES], *others] if others else names)
        said.append(f"Carnet {told} : {why}" if len(names) == 1 else f"Carnets {told} ({of}) : {why}")
    return sorted(said)


def preparer(consigne: str) -> None:
    """Read relèves, `2024-S1,2024-S2`, and what their pages compute, once for all the processes forked from this one.

    The rules of a study follow, `2024-S2 seuil_effectif=10`: its notebooks then find no other relève.
    Only the fork server of a campaign does it, whose input is a copy. What cannot be read is left to the notebooks,
    which say so.
    """
    releves, *regles = consigne.split(" ")
    codes = sorted(releves.split(","))
    with suppress(ErreurBarometre):
        latest = Barometre.charger(codes[-1], regles=lire_regles(regles) or None)
        for code in codes:
            read = latest.anterieure(trouver_releve(code, latest.registre.dossier))
            compter_pour_les_pages(read)
            read.evolution()
            read.revisions()
            # Properties that keep what they compute or read.
            _ = read.sommes, read.nomenclatures.nom_de_commune, read.nomenclatures.carte("regions")
            installer(code, read)


def compter_pour_les_pages(read: Barometre) -> None:
    """Count what pages do, so that they find it."""
    period = read.contexte().maille
    for par in PAR_DES_PAGES:
        read.comptes([name.replace("maille", period) for name in par])


def executer(tache: Tache, vue: Vue | None, environnement: Environnement, bilan: Bilan | None) -> Rendu:
    """Execute a task in surroundings that this process sees already; never an exception: a failure stops no other task.

    In the public edition `vue` takes the place of the relève, and only the cells that are public are executed. `bilan`
    is what the gate found, None where the notebook may ask for it itself.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from barometre_lib.campagne.moteur import NOM

    try:
        if bilan:
            retenir(bilan)
        notebook = nbformat.read(environnement.racine / "notebooks" / tache.page.serie.carnet, as_version=4)
        if tache.diffusion == "publique":
            installer(tache.releve, vue)
            notebook.cells = [one for one in notebook.cells if ETIQUETTES_PUBLIQUES & set(one.metadata.get("tags", []))]
        executed: NotebookNode = papermill.execute_notebook(
            notebook,
            None,
            parameters=tache.parametres,
            engine_name=NOM,
            # Editors other than Jupyter's do not note them.
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            record_timing=False,
        )
        warnings = normaliser(executed)
        refuser_chemins(executed, environnement)
        if not environnement.regles and not tache.page.serie.etude:
            refuser_variante(executed, tache.releve)
        return Rendu(
            tache, contenu=str(convertir(executed)), carnet=nbformat.writes(executed) + "\n", avertissements=warnings
        )
    except PapermillExecutionError as error:
        cell = next((nommer(one) for one in notebook.cells if one.source == error.source), "une cellule")
        why = _one_line(error.evalue) or "sans raison dite (mémoire, ou autre limite du système, épuisée ?)"
        said = dire_erreur(error.ename, why, "\n".join(error.traceback))
        return Rendu(tache, erreur=f"{cell} : {said}")
    except Exception as error:
        return Rendu(tache, erreur=_why(error))


def _why(error: Exception) -> str:
    """Say why a notebook could not be executed at all."""
    import nbformat

    if isinstance(error, ErreurBarometre):
        return str(error)
    if isinstance(error, OSError):
        return f"{situer(error)} : {dire_erreur_systeme(error)}"
    if isinstance(error, nbformat.reader.NotJSONError | nbformat.ValidationError | KeyError | AttributeError):
        return "ce n'est pas un carnet Jupyter ; restaurez-le"
    return dire_erreur(type(error).__name__, _one_line(str(error)))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def refuser_chemins(carnet: "NotebookNode", environnement: Environnement) -> None:
    """Refuse a notebook whose outputs hold a path of this machine: they would be published, and differ elsewhere.

    Raises
    ------
    ErreurBarometre
        The cell at fault.
    """
    copies = {environnement.racine, environnement.registre}
    paths = {*copies, *map(originale, copies), environnement.prive, Path.home(), Path.cwd()}
    named = sorted(str(path) for path in paths if len(path.parts) > 1)
    for cell in carnet.cells:
        shown = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        for path in named:
            if re.search(rf"{re.escape(path)}(?![\w-])", shown):
                raise ErreurBarometre(
                    f"{nommer(cell)} : sa sortie montre un chemin de la machine ({path}) ; retirez-le"
                )


def refuser_variante(carnet: "NotebookNode", releve: str) -> None:
    """Refuse a notebook that loaded a study variant, whatever it shows of it, or that shows the stamp of one.

    Raises
    ------
    ErreurBarometre
        What to do with it.
    """
    loaded = variantes_chargees()
    shown = html.unescape(json.dumps([cell.get("outputs", []) for cell in carnet.cells], ensure_ascii=False))
    # Whatever typography made of its apostrophe and spaces.
    if loaded or re.sub(r"\W", "", TAMPON) in re.sub(r"\W", "", shown):
        asked = " ".join(f"--regle {one}" for one in loaded or ["PARAMETRE=VALEUR"])
        raise ErreurBarometre(
            "ce carnet compte sous d'autres règles que celles de la méthode, et une variante ne se publie pas ; "
            f"retirez-la, ou faites-en une étude : barometre etude {releve} {asked}"
        )


def normaliser(carnet: "NotebookNode") -> str:
    """Take out of an executed notebook whatever changes from one run to the next.

    What the cells wrote on their error stream depends on the machine: it is returned, to be told and not published.
    """
    carnet.metadata.pop("papermill", None)
    # The patch version of Python is in the manifest; here it would only make notebooks differ.
    carnet.metadata["language_info"] = {"name": "python"}
    warnings = []
    for cell in carnet.cells:
        for key in ("papermill", "execution", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = CELLULE_INJECTEE
        outputs = cell.get("outputs", [])
        warnings += [output.text for output in outputs if output.get("name") == "stderr"]
        if "outputs" in cell:
            cell.outputs = [output for output in outputs if output.get("name") != "stderr"]
    return "".join(warnings).strip()
