"""The commands of the collection: `modele`, `integrer`, `nouvelle-releve`."""

from pathlib import Path

import click

from barometre_lib.commandes import DOSSIER, registre_option, releve_argument, remplacer_option
from barometre_lib.console import dire, ecrire_csv

region_option = click.option(
    "--region", metavar="CODE", required=True, help="Code de la région, par exemple 84 pour l'Auvergne-Rhône-Alpes."
)
releve_option = click.option("--releve", metavar="RELEVE", required=True, help="Relève collectée, par exemple 2026-S1.")


@click.command(
    short_help="Écrit le classeur de collecte d'une région.",
    help="Écrit le classeur qu'un service remplit : listes, aides à la saisie, mouvements de la relève précédente.",
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
def modele(region: str, releve: str, sortie: Path, forcer: bool, registre: Path | None) -> None:
    from barometre_lib.collecte.destination import viser
    from barometre_lib.collecte.modele import faire_modele

    dire(faire_modele(sortie, viser(releve, region, registre), forcer=forcer))


@click.command(
    short_help="Contrôle et dépose le fichier reçu d'une région.",
    help="""Contrôle un classeur ou un CSV reçu et le dépose dans le registre, en entier ou pas du tout.

    Ce qui a été changé est listé sur la sortie standard (CSV). Un fichier refusé revient en copie,
    FICHIER.refus.xlsx, où chaque cellule à corriger est marquée, avec la liste des défauts, FICHIER.refus.csv.
    """,
)
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@releve_option
@region_option
@click.option(
    "--retour",
    metavar="DIR",
    type=DOSSIER,
    help="Dossier des copies d'un fichier refusé (par défaut : celui du fichier).",
)
@registre_option
def integrer(fichier: Path, releve: str, region: str, retour: Path | None, registre: Path | None) -> None:
    from barometre_lib.collecte.destination import viser
    from barometre_lib.collecte.integration import integrer as integrer_fichier
    from barometre_lib.collecte.integration import lister_changements

    done = integrer_fichier(fichier, viser(releve, region, registre), retour=retour)
    for sentence in done.phrases:
        dire(sentence)
    ecrire_csv([lister_changements(done.changements)])


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
def nouvelle_releve(releve: str, classeurs: Path | None, registre: Path | None) -> None:
    from barometre_lib.chemins import registre_par_defaut
    from barometre_lib.collecte.modele import ouvrir_releve

    for sentence in ouvrir_releve(releve, classeurs or Path("collecte") / releve, registre or registre_par_defaut()):
        dire(sentence)
