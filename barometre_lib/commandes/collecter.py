"""The commands of the collection: `nouvelle-releve`, `modele`, `integrer`, `etat`, `reporter`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from barometre_lib.chemins import afficher
from barometre_lib.commandes import (
    DOSSIER,
    completion,
    registre_option,
    releve_argument,
    remplacer_option,
    sorties_option,
)
from barometre_lib.console import dire, dire_tout, ecrire_csv
from barometre_lib.erreurs import ErreurBarometre

region_option = click.option(
    "--region",
    metavar="CODE",
    required=True,
    shell_complete=completion.region,
    help="Code de la région, par exemple 84 pour l'Auvergne-Rhône-Alpes.",
)
releve_option = click.option(
    "--releve",
    metavar="RELEVE",
    required=True,
    shell_complete=completion.releves,
    help="Relève collectée, par exemple 2026-S1.",
)
rectificatif_option = click.option(
    "--rectificatif", metavar="MOTIF", default="", help="Pourquoi changer un fichier d'une édition arrêtée ou diffusée."
)


@click.command(
    short_help="Écrit le classeur de collecte d'une région.",
    help="Écrit le classeur qu'un service remplit : listes, mouvements de la relève précédente, ce qui y est à revoir.",
)
@region_option
@releve_option
@click.option(
    "-o",
    "--sortie",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Classeur à écrire, en .xlsx.",
)
@remplacer_option
@registre_option
def modele(region: str, releve: str, sortie: Path, forcer: bool, registre: Path) -> None:
    from barometre_lib.collecte.destination import viser
    from barometre_lib.collecte.modele import faire_modele

    dire(faire_modele(sortie, viser(releve, region, registre), forcer=forcer))


@click.command(
    short_help="Contrôle et dépose les fichiers reçus des régions.",
    help="""Contrôle des classeurs ou des CSV reçus et dépose chacun dans le registre, en entier ou pas du tout.

    Le classeur fait par « modele » dit sa relève et sa région. Ce qui a été changé est listé sur la sortie standard
    (CSV). Un fichier déposé revient en FICHIER.retour.xlsx, avec ses identifiants, ses avertissements marqués et une
    feuille « À revoir ». Un fichier refusé revient en copie, FICHIER.refus.xlsx, où chaque cellule à corriger est
    marquée, avec la liste des défauts, FICHIER.refus.csv. Tout fichier reçu ou remplacé est gardé dans
    collecte/RELEVE/archive/.
    """,
)
@click.argument("fichiers", metavar="FICHIER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--releve", metavar="RELEVE", default="", help="Relève du fichier, quand il ne la dit pas.")
@click.option("--region", metavar="CODE", default="", help="Région du fichier, quand il ne la dit pas.")
@click.option(
    "--retour",
    metavar="DIR",
    type=DOSSIER,
    help="Dossier de ce qui revient au service (par défaut : celui du fichier).",
)
@rectificatif_option
@click.option(
    "--sans-mouvement", is_flag=True, help="Confirme qu'un fichier sans ligne retire tous les mouvements de sa région."
)
@registre_option
def integrer(
    fichiers: Sequence[Path], retour: Path | None, rectificatif: str, sans_mouvement: bool, **options: Any
) -> None:
    from barometre_lib.collecte.archive import nom_recu
    from barometre_lib.collecte.compte_rendu import lister_changements
    from barometre_lib.collecte.copies import ecarter_copies
    from barometre_lib.collecte.integration import integrer as integrer_fichier
    from barometre_lib.collecte.suivi import dire_collecte, suivre_collecte, viser_tous

    given, left = ecarter_copies(fichiers)
    places, tables, refused = viser_tous(given, **options), [], False
    dire_tout(left)
    for path, place in places.items():
        if len(places) > 1:
            dire(f"— {afficher(path)}")
        try:
            done = integrer_fichier(
                path, place, retour=retour, rectificatif=rectificatif, sans_mouvement=sans_mouvement
            )
        except ErreurBarometre as error:
            dire(str(error))
            refused = True
            continue
        dire_tout(done.phrases)
        tables.append(lister_changements(done.changements, nom_recu(path)))
    for of_releve, folder in dict.fromkeys((one.releve, one.registre) for one in places.values() if len(places) > 1):
        dire_tout(dire_collecte(suivre_collecte(of_releve, folder), of_releve, folder))
    if tables:
        ecrire_csv(tables)
    if refused:
        raise click.exceptions.Exit(1)


@click.command(
    short_help="Dit où en est une collecte : reçues, refusées, en retard.",
    help="""Dit où en est la collecte d'une relève, région par région (CSV sur la sortie standard).

    Dit aussi ce qu'a trouvé le dernier contrôle, et ce qui est publié ; et si cela vaut encore.
    """,
)
@releve_argument
@sorties_option
@registre_option
def etat(releve: str, sorties: Path | None, registre: Path) -> None:
    from barometre_lib.campagne.consignes import dire_publications
    from barometre_lib.campagne.empreintes import empreinte_controlee
    from barometre_lib.chemins import racine
    from barometre_lib.collecte.suivi import dire_avertissements, dire_collecte, suivre_collecte
    from barometre_lib.registre.lecture import lire_code_releve

    code = lire_code_releve(releve)
    table = suivre_collecte(code, registre)
    dire_tout(dire_collecte(table, code, registre))
    dire_tout(dire_avertissements(table, code, registre, empreinte_controlee(code, registre)))
    dire_tout(dire_publications(str(code), sorties or racine() / "outputs", registre))
    ecrire_csv([table])


@click.command(
    short_help="Reporte les mouvements des régions en retard.",
    help="Reprend les mouvements que des régions en retard avaient à la relève précédente.",
)
@releve_argument
@click.option(
    "--region",
    "regions",
    metavar="CODE",
    required=True,
    multiple=True,
    shell_complete=completion.region,
    help="Code d'une région en retard ; l'option se répète.",
)
@rectificatif_option
@registre_option
def reporter(releve: str, regions: tuple[str, ...], rectificatif: str, registre: Path) -> None:
    from barometre_lib.collecte.suivi import reporter as reporter_region
    from barometre_lib.registre.lecture import lire_code_releve

    for region in regions:
        dire(reporter_region(lire_code_releve(releve), region, registre, rectificatif))


@click.command(
    "nouvelle-releve",
    short_help="Prépare la collecte d'une relève : édition, classeurs des régions.",
    help="""Prépare la collecte d'une relève : le fichier de son édition et le classeur de chaque région.

    Ce qui existe déjà est laissé tel quel.
    """,
)
@releve_argument
@click.option("--classeurs", metavar="DIR", type=DOSSIER, help="Dossier des classeurs (par défaut : collecte/RELEVE).")
@registre_option
def nouvelle_releve(releve: str, classeurs: Path | None, registre: Path) -> None:
    from barometre_lib.collecte.archive import dossier_collecte
    from barometre_lib.collecte.modele import ouvrir_releve
    from barometre_lib.registre.lecture import lire_code_releve

    folder = classeurs or dossier_collecte(lire_code_releve(releve), registre)
    dire_tout(ouvrir_releve(releve, folder, registre))
