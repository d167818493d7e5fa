"""From the results of the notebooks to a whole publication in its folder."""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from markupsafe import Markup

from barometre_lib.campagne.empreintes import LONGUEUR_COURTE
from barometre_lib.campagne.etude import Consignes, Etude
from barometre_lib.campagne.execution import Resultat
from barometre_lib.campagne.manifeste import ecrire_manifeste
from barometre_lib.campagne.plan import Tache
from barometre_lib.publication.accueil import Telechargement, index
from barometre_lib.publication.methodologie import methodologie
from barometre_lib.publication.pages import Pied, habiller, rectifier
from barometre_lib.publication.telechargements import ecrire_tableaux, offrir_pdf


def assembler(
    dossier: Path,
    etude: Etude,
    consignes: Consignes,
    resultats: Sequence[Resultat],
    gardees: Sequence[Tache],
) -> list[str]:
    """Lay out the pages, the tables, the index and the manifest of a publication.

    Parameters
    ----------
    dossier : Path
        Empty folder.
    etude : Etude
        Relève.
    consignes : Consignes
        What is asked.
    resultats : sequence of Resultat
        What the notebooks gave.
    gardees : sequence of Tache
        Tasks whose pages are kept from the publication in place.

    Returns
    -------
    list of str
        Codes of the regions without a page.
    """
    barometre, reason = etude.barometre, etude.empreintes.entrees.rectificatif
    for folder in ("regions", "notebooks"):
        (dossier / folder).mkdir()
    for task in gardees:
        for name in (task.page, task.carnet_execute):
            shutil.copyfile(consignes.sorties / etude.releve / name, dossier / name)
    for result in resultats:
        _write(dossier / result.tache.page, _dress(result, etude))
        _write(dossier / result.tache.carnet_execute, result.carnet)
    done = [task for task in etude.taches if task in {*gardees, *(result.tache for result in resultats)}]
    absent = [task.region for task in etude.taches if task not in done]
    _write(dossier / "methodologie.html", methodologie(barometre, rectificatif=reason))
    offered = ecrire_tableaux(dossier, barometre, rectificatif=reason)
    if consignes.pdf:
        offered += _offer_pdf(dossier, etude, done)
    _write(dossier / "index.html", index(barometre, absentes=absent, telechargements=offered, rectificatif=reason))
    ecrire_manifeste(dossier, barometre, etude.empreintes, taches=done, absentes=absent)
    return absent


def _dress(result: Resultat, etude: Etude) -> str:
    task = result.tache
    quality = task.carnet == "qualite"
    return habiller(
        Markup(result.contenu),  # noqa: S704  made by our templates, in the worker
        rectifier(etude.barometre.contexte(task.region), etude.empreintes.entrees.rectificatif),
        intitule="Qualité des données" if quality else "",
        accueil="../index.html" if task.region else "index.html",
        pied=Pied(
            () if quality else etude.contacts[task.region],
            etude.empreintes.region(task.region)[:LONGUEUR_COURTE] if task.region else "",
        ),
    )


def _offer_pdf(folder: Path, etude: Etude, done: Collection[Tache]) -> list[Telechargement]:
    return [
        offrir_pdf(folder, task.page, etude.barometre.contexte(task.region).nom)
        for task in done
        if task.carnet != "qualite"
    ]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
