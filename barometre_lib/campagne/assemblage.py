"""From the results of the notebooks to a whole publication in its folder."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from barometre_lib.campagne.empreintes import LONGUEUR_COURTE
from barometre_lib.campagne.etude import Etude
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.manifeste import ecrire_manifeste
from barometre_lib.parametres.carnets import Page
from barometre_lib.parametres.region import lire_contacts
from barometre_lib.publication.accueil import index
from barometre_lib.publication.pages import habiller
from barometre_lib.publication.sommes_publiques import refuser_fuites
from barometre_lib.publication.telechargements import a_emporter, ecrire_tableaux, offrir_pdf
from barometre_lib.qualite.bilan import Bilan
from barometre_lib.restitution.sensibilite import en_etude


def assembler(dossier: Path, etude: Etude, rendus: Sequence[Rendu], bilan: Bilan | None = None) -> list[str]:
    """Lay out in an empty folder the pages, the tables, the index, the notebooks if internal, then the manifest.

    Parameters
    ----------
    rendus : sequence of Rendu
        What notebooks gave, in the order of the catalogue.
    bilan : Bilan, optional
        What the gate found, nothing of which stops it; a study, which has no manifest, has none.

    Returns
    -------
    list of str
        Codes of the regions without a page.
    """
    consignes, reason = etude.consignes, etude.consignes.rectificatif
    done = {one.tache for one in rendus}
    absent = list(dict.fromkeys(task.region for task in etude.taches if task.region and task not in done))
    pages = [task.page for task in etude.taches if task in done]
    for rendu in rendus:
        _write(dossier / rendu.tache.page.adresse, _dress(rendu, etude, pages))
        if not consignes.publique:
            _write(dossier / "notebooks" / f"{rendu.tache.page.nom}.ipynb", rendu.carnet)
    source = etude.vue or etude.barometre
    offered = ecrire_tableaux(dossier, source, rectificatif=reason)
    if consignes.pdf:
        offered += [
            offrir_pdf(dossier, one.tache.page.adresse, one.tache.page.titre)
            for one in rendus
            if one.tache.page.serie.pdf
        ]
    _write(
        dossier / "index.html",
        index(
            source,
            pages=pages,
            absentes=absent,
            telechargements=offered,
            fichiers=a_emporter(source.contexte(), None, pdf=consignes.pdf),
            rectificatif=reason,
        ),
    )
    if consignes.publique:
        refuser_fuites(dossier, consignes.dossier, etude.barometre)
    if bilan:
        ecrire_manifeste(dossier, etude, bilan, [task for task in etude.taches if task in done], absent)
    return absent


def _dress(rendu: Rendu, etude: Etude, pages: Sequence[Page]) -> str:
    task, contexte = rendu.tache, (etude.vue or etude.barometre).contexte(rendu.tache.region)
    contexte = en_etude(contexte) if task.page.serie.etude else contexte
    own = task.region and not etude.consignes.publique
    return habiller(
        Markup(rendu.contenu),  # noqa: S704  made by our templates, in a process of ours
        contexte,
        pages=pages,
        adresse=task.page.adresse,
        intitule=task.page.titre,
        fichiers=a_emporter(contexte, task.page, pdf=etude.consignes.pdf),
        contacts=lire_contacts(task.region) if task.page.serie.contacts else (),
        empreinte=etude.entrees.donnees[f"{etude.releve}/{task.region}.csv"][:LONGUEUR_COURTE] if own else "",
        rectificatif=etude.consignes.rectificatif,
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
