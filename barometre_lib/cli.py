"""The command `barometre`: data on stdout, everything else on stderr.

Exit codes: 0 done; 1 the input is refused or a notebook failed; 2 wrong usage; 130 interrupted.
Heavy modules are imported by the commands that need them, so that the help is immediate.
"""

import sys
import time
from pathlib import Path

import click

from barometre_lib.console import Groupe, dire, ecrire_csv, lancer, parler_francais
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.vocabulaire import COLONNES_DECISIONS

# Before any option is declared: some of click's words are translated at that moment.
parler_francais()

releve_argument = click.argument("releve", metavar="RELEVE")
registre_option = click.option(
    "--registre",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier qui contient les relèves (par défaut : data/releves).",
)


@click.group(cls=Groupe, no_args_is_help=True, subcommand_metavar="COMMANDE [ARGUMENTS]…", options_metavar="[OPTIONS]")
@click.version_option(package_name="barometre-industriel", message="%(prog)s %(version)s", help="Affiche la version.")
def cli() -> None:
    """Baromètre industriel de l'État : ouvertures et fermetures de sites industriels.

    RELEVE s'écrit AAAA-S1 ou AAAA-S2, par exemple 2024-S2.
    """


def at_least_one(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    """Refuse a number of processes below one."""
    if value is not None and value < 1:
        raise click.BadParameter("attendu un nombre entier, au moins 1.")
    return value


@cli.command(short_help="Contrôle, exécute et publie une ou plusieurs relèves.")
@click.argument("releves", metavar="RELEVE…", nargs=-1, required=True)
@click.option(
    "--regions",
    metavar="CODES",
    help="Pages régionales à refaire avec la page nationale, par exemple 84,11 (par défaut : toutes).",
)
@click.option(
    "--processus",
    metavar="N",
    type=int,
    callback=at_least_one,
    help="Nombre de processus (par défaut : autant que de processeurs).",
)
@click.option(
    "--sorties",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("outputs"),
    help="Dossier des publications (par défaut : outputs).",
)
@registre_option
def publier(
    releves: tuple[str, ...], regions: str | None, processus: int | None, sorties: Path, registre: Path | None
) -> None:
    """Contrôle le registre, exécute les carnets et publie les pages de chaque RELEVE dans DIR/RELEVE."""
    from barometre_lib.campagne import publier as publier_releve
    from barometre_lib.qualite import refuser_defauts

    # Publishing the first one begins by this check of its own; the others must not be found wanting after it.
    for releve in releves[1:]:
        refuser_defauts(releve, registre)
    codes = [code.strip() for code in (regions or "").split(",") if code.strip()]
    for releve in releves:
        start = time.monotonic()
        done = publier_releve(releve, sorties=sorties, registre=registre, regions=codes, processus=processus)
        for warning in done.avertissements:
            dire(warning)
        dire(done.bilan.resume)
        dire(f"{done.resume} ({time.monotonic() - start:.0f} s)")


@cli.command(short_help="Contrôle le registre d'une relève.")
@releve_argument
@registre_option
def controler(releve: str, registre: Path | None) -> None:
    """Contrôle le registre d'une relève et montre chaque ligne refusée."""
    from barometre_lib.qualite import controler_releve

    bilan = controler_releve(releve, registre)
    dire(bilan.resume)


@cli.command(short_help="Écrit le registre des décisions (CSV).")
@releve_argument
@registre_option
def decider(releve: str, registre: Path | None) -> None:
    """Écrit le registre des décisions : chaque ligne et le motif qui l'écarte, ou « compte »."""
    from barometre_lib.barometre import Barometre

    decisions = Barometre.charger(releve, registre=registre).decisions[list(COLONNES_DECISIONS)]
    ecrire_csv(decisions.astype({"compte": "int64"}))


@cli.command(short_help="Écrit les comptes (CSV).")
@releve_argument
@click.option(
    "--par",
    metavar="DIMENSIONS",
    multiple=True,
    required=True,
    help="Dimensions séparées par des virgules, parmi annee, semestre, region, departement, secteur, sous_secteur.",
)
@registre_option
def compter(releve: str, par: tuple[str, ...], registre: Path | None) -> None:
    """Écrit les comptes d'une relève selon une ou plusieurs dimensions, par exemple --par annee,region."""
    from barometre_lib.barometre import Barometre
    from barometre_lib.comptage import verifier_dimensions

    dimensions = [name.strip() for name in ",".join(par).split(",") if name.strip()]
    try:
        verifier_dimensions(dimensions)
    except ErreurBarometre as error:
        raise click.BadParameter(str(error).removeprefix("Dimensions\u00a0: "), param_hint="--par") from None
    ecrire_csv(Barometre.charger(releve, registre=registre).comptes(par=dimensions))


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(lancer(cli))
