"""The command `rapprocher`: pairs of rows to be read, and what was answered of them."""

from collections.abc import Sequence
from pathlib import Path

import click

from barometre_lib.commandes import DOSSIER, registre_option, releve_argument, remplacer_option
from barometre_lib.console import dire_tout, ecrire_csv


@click.command(
    short_help="Met côte à côte les lignes qui se ressemblent.",
    help="""Met côte à côte les lignes d'une relève qui sont peut-être un seul mouvement, ou une suite.

    Les paires sont sur la sortie standard, une ligne chacune (CSV). Avec des classeurs déjà remplis, porte à la place
    leurs réponses dans params/releves/ : toutes, ou aucune. Deux lignes dites un seul mouvement comptent une fois.
    """,
)
@releve_argument
@click.argument("fichiers", metavar="[FICHIER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--classeurs", metavar="DIR", type=DOSSIER, help="Dossier où écrire les classeurs, un par région.")
@click.option(
    "--liens-sirene",
    metavar="FICHIER",
    type=click.Path(path_type=Path),
    help="StockEtablissementLiensSuccession de Sirene (CSV ou Parquet) : deux établissements qu'il lie font une paire.",
)
@remplacer_option
@registre_option
def rapprocher(  # noqa: PLR0913  one per word of the command
    *,
    releve: str,
    fichiers: Sequence[Path],
    classeurs: Path | None,
    liens_sirene: Path | None,
    forcer: bool,
    registre: Path,
) -> None:
    if fichiers and (classeurs or liens_sirene):
        raise click.UsageError("attendu des classeurs à relire, ou bien --classeurs DIR et --liens-sirene FICHIER.")
    from barometre_lib.collecte.rapprochements import ecrire_paires, tabuler_paires
    from barometre_lib.collecte.rapprochements import rapprocher as chercher
    from barometre_lib.collecte.reponses import repondre
    from barometre_lib.qualite.annonces import dire_tombees
    from barometre_lib.qualite.controle import charger_controlable

    barometre = charger_controlable(releve, registre)
    if fichiers:
        dire_tout(repondre(barometre, fichiers))
        return
    dire_tout(dire_tombees(barometre))
    found = chercher(barometre, liens_sirene)
    if classeurs:
        dire_tout(ecrire_paires(classeurs, barometre, found, forcer=forcer))
    ecrire_csv([tabuler_paires(found)])
