"""The command `barometre`: data on stdout, everything else on stderr.

Exit codes: 0 done; 1 the input is refused or a notebook failed; 2 wrong usage; 130 interrupted.
"""

import os
import sys

import click
from click.shell_completion import shell_complete

from barometre_lib.console import COMPLETION, Groupe, lancer, parler_francais

# Before any option is declared: some of click's words are translated at that moment.
parler_francais()

from barometre_lib.commandes.apercu import apercu  # noqa: E402
from barometre_lib.commandes.collecter import etat, integrer, modele, nouvelle_releve, reporter  # noqa: E402
from barometre_lib.commandes.completion import completion  # noqa: E402
from barometre_lib.commandes.compter import compter, convertir, decider  # noqa: E402
from barometre_lib.commandes.controler import acquitter, controler  # noqa: E402
from barometre_lib.commandes.expliquer import expliquer  # noqa: E402
from barometre_lib.commandes.nouveau_carnet import nouveau_carnet  # noqa: E402
from barometre_lib.commandes.publier import comparer, etude, executer, publier, verifier  # noqa: E402
from barometre_lib.commandes.rapprocher import rapprocher  # noqa: E402
from barometre_lib.commandes.retablir import retablir  # noqa: E402
from barometre_lib.commandes.reviser import reviser  # noqa: E402
from barometre_lib.ressources import espacer_ramassages  # noqa: E402


@click.group(
    cls=Groupe,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    options_metavar="[OPTIONS]",
    help="""Baromètre industriel de l'État : ouvertures et fermetures de sites industriels.

    RELEVE s'écrit AAAA-S1 ou AAAA-S2, par exemple 2024-S2.
    """,
)
@click.version_option(package_name="barometre-industriel", message="%(prog)s %(version)s", help="Affiche la version.")
def cli() -> None:
    pass


# In the order of the help.
OF_COUNTS = (
    apercu,
    publier,
    executer,
    verifier,
    comparer,
    retablir,
    etude,
    nouveau_carnet,
    controler,
    acquitter,
    rapprocher,
    decider,
    expliquer,
    compter,
    reviser,
    convertir,
)
OF_COLLECTION = (nouvelle_releve, modele, integrer, etat, reporter)
for command in (*OF_COUNTS, *OF_COLLECTION, completion):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with its code."""
    espacer_ramassages()
    asked = os.environ.get(COMPLETION)
    sys.exit(shell_complete(cli, {}, "barometre", COMPLETION, asked) if asked else lancer(cli))
