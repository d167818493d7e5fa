"""The command `barometre`: data on stdout, everything else on stderr.

Exit codes: 0 done; 1 the input is refused or a notebook failed; 2 wrong usage; 130 interrupted.
"""

import sys

import click

from barometre_lib.console import Groupe, lancer, parler_francais

# Before any option is declared: some of click's words are translated at that moment.
parler_francais()

from barometre_lib.commandes.apercu import apercu  # noqa: E402
from barometre_lib.commandes.collecter import etat, integrer, modele, nouvelle_releve, reporter  # noqa: E402
from barometre_lib.commandes.compter import compter, convertir, decider  # noqa: E402
from barometre_lib.commandes.controler import acquitter, controler  # noqa: E402
from barometre_lib.commandes.expliquer import expliquer  # noqa: E402
from barometre_lib.commandes.publier import comparer, etude, executer, publier, verifier  # noqa: E402
from barometre_lib.commandes.rapprocher import rapprocher  # noqa: E402
from barometre_lib.commandes.reviser import reviser  # noqa: E402


@click.group(
    cls=Groupe,
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
    etude,
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
for command in (*OF_COUNTS, *OF_COLLECTION):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(lancer(cli))
