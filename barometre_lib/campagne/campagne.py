"""The campaign: check, execute every notebook in processes, lay out the pages, put the publication in place."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from barometre_lib.barometre import Barometre
from barometre_lib.campagne.dossier import chantier, mettre_en_place, refuser_page_etrangere, remplacer_sommaire
from barometre_lib.campagne.empreintes import LONGUEUR_COURTE, Empreintes, empreinte_fichier
from barometre_lib.campagne.environnement import environnement_prive
from barometre_lib.campagne.executeur import executer_taches
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.manifeste import ecrire_manifeste, lire_manifeste, lire_manifestes
from barometre_lib.campagne.plan import Tache, choisir, planifier
from barometre_lib.campagne.rectification import refuser_remplacement
from barometre_lib.chemins import afficher, racine, registre_par_defaut
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres import Contact, lire_contacts
from barometre_lib.publication import (
    Pied,
    ecrire_tableaux,
    habiller,
    index,
    methodologie,
    offrir_pdf,
    page_releves,
    rectifier,
)
from barometre_lib.qualite import Bilan, confronter, refuser_defauts
from barometre_lib.typographie import accorder, au_cours_de, signe


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
        pages = accorder(self.faites, "page faite", "pages faites")
        kept = f", {accorder(self.gardees, 'gardée', 'gardées')}" if self.gardees else ""
        absent = accorder(len(self.absentes), "région absente", "régions absentes")
        partial = f", publication partielle ({absent})" if self.absentes else ""
        period = au_cours_de(contexte.periode)
        opening = afficher(self.dossier / "index.html")
        return (
            f"Relève {self.barometre.releve} publiée\u00a0: {pages}{kept}{partial}\u202f; "
            f"solde net de la France {period}\u00a0: {signe(net)}. À ouvrir\u00a0: {opening}"
        )


def publier(  # noqa: PLR0913  one per option of the command
    releve: str,
    *,
    sorties: Path,
    registre: Path | None = None,
    regions: Collection[str] = (),
    processus: int | None = None,
    rectificatif: str = "",
    pdf: bool = False,
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
    rectificatif : str
        Why this publication replaces a released one; said on each of its pages.
    pdf : bool
        Whether the national and regional pages are made as PDF too.

    Raises
    ------
    ErreurBarometre
        The input is refused, a notebook failed, another campaign is at work, or a released edition would change
        without a reason: the previous publication stays.
    """
    source = registre or registre_par_defaut()
    # No kernel starts on a register that the gate would refuse, nor on examples that a page could not tell about.
    bilan = refuser_defauts(releve, source)
    barometre = Barometre.charger(releve, registre=source)
    for region in barometre.edition.exemples:
        barometre.exemples(region)
    contacts = {region: lire_contacts(region) for region in ("", *barometre.nomenclatures.regions)}
    refuser_page_etrangere(sorties)
    plan = planifier(releve, barometre.nomenclatures)
    asked = choisir(plan, regions, barometre.nomenclatures)
    checksums = Empreintes(barometre, source, racine(), rectificatif)
    with environnement_prive(source) as environment, chantier(sorties, releve) as work:
        kept = _keep(sorties / releve, work, [task for task in plan if task not in asked], checksums)
        results, verdicts = executer_taches(asked, environment, work, processus=processus)
        if Empreintes(Barometre.charger(releve, registre=source), source, racine(), rectificatif) != checksums:
            raise ErreurBarometre(
                f"Relève {releve}\u00a0: le registre, les paramètres ou le code ont changé pendant la campagne\u202f; "
                "rien n'a été publié, relancez."
            )
        confronter(verdicts, bilan.resultats)
        absent = [task.region for task in plan if task not in asked and task not in kept]
        for result in results:
            _write_page(work, result, barometre, checksums, contacts)
        _write(work / "methodologie.html", methodologie(barometre, rectificatif=rectificatif))
        done = [task for task in plan if task.region not in absent]
        offered = ecrire_tableaux(work, barometre, rectificatif=rectificatif)
        if pdf:
            offered += [
                offrir_pdf(work, task.page, barometre.contexte(task.region).nom)
                for task in done
                if task.carnet != "qualite"
            ]
        page = index(barometre, absentes=absent, telechargements=offered, rectificatif=rectificatif)
        _write(work / "index.html", page)
        ecrire_manifeste(work, barometre, checksums, taches=done, absentes=absent)
        warnings = [f"{result.tache.nom}\u00a0: {result.avertissements}" for result in results if result.avertissements]
        refuser_remplacement(sorties / releve, work)
        target = mettre_en_place(work, sorties, releve)
        remplacer_sommaire(sorties, page_releves(lire_manifestes(sorties)))
    return Publication(barometre, target, bilan, len(asked), len(kept), absent, warnings)


def _keep(previous: Path, work: Path, tasks: list[Tache], checksums: Empreintes) -> list[Tache]:
    """Bring over the pages that are not redone, provided that they are what the present input gives.

    Raises
    ------
    ErreurBarometre
        One of them was made from something else, or is no longer what the manifest says.
    """
    manifest = lire_manifeste(previous) or {"pages": {}, "sorties": {}}
    kept = [task for task in tasks if task.nom in manifest["pages"]]
    for task in kept:
        if manifest["pages"][task.nom] != checksums.page(task):
            raise ErreurBarometre(
                f"{afficher(previous / task.page)}\u00a0: cette page vient d'autres données, d'autres paramètres ou "
                "d'un autre code que les pages demandées\u202f; publiez la relève entière, sans --regions."
            )
        for name in (task.page, task.carnet_execute):
            source = previous / name
            if not source.is_file() or empreinte_fichier(source) != manifest["sorties"].get(name):
                raise ErreurBarometre(
                    f"{afficher(source)}\u00a0: absent, ou changé depuis sa publication\u202f; "
                    "publiez la relève entière, sans --regions."
                )
            shutil.copyfile(source, work / name)
    return kept


def _write_page(
    work: Path,
    result: Resultat,
    barometre: Barometre,
    checksums: Empreintes,
    contacts: Mapping[str, Sequence[Contact]],
) -> None:
    task = result.tache
    quality = task.carnet == "qualite"
    page = habiller(
        Markup(result.contenu),  # noqa: S704  made by our templates, in the worker
        rectifier(barometre.contexte(task.region), checksums.rectificatif),
        intitule="Qualité des données" if quality else "",
        accueil="../index.html" if task.region else "index.html",
        pied=Pied(
            () if quality else contacts[task.region],
            checksums.region(task.region)[:LONGUEUR_COURTE] if task.region else "",
        ),
    )
    _write(work / task.page, page)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
