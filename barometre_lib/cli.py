"""The command `barometre`: data on stdout, everything else on stderr.

Exit codes: 0 done; 1 the input is refused or a notebook failed; 2 wrong usage; 130 interrupted.
Heavy modules are imported by the commands that need them, so that the help is immediate.
"""

import gettext
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import INSECABLE, typographier

if TYPE_CHECKING:
    import pandas as pd


class _Formatter(click.HelpFormatter):
    """Help with French spacing before a colon."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(f"{heading}{INSECABLE}")


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(click.Command):
    context_class = _Context


class _Group(click.Group):
    context_class = _Context
    command_class = _Command


def speak_french() -> None:
    """Have click, which asks gettext, speak French whatever the user's locale."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


# Before any option is declared: some of click's words are translated at that moment.
speak_french()

DECISIONS = [
    "id_mouvement",
    "motif",
    "compte",
    "type_mouvement",
    "semestre",
    "region",
    "departement",
    "secteur",
    "sous_secteur",
]

releve_argument = click.argument("releve", metavar="RELEVE")
registre_option = click.option(
    "--registre",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier qui contient les relèves (par défaut : data/releves).",
)


@click.group(cls=_Group, no_args_is_help=True, subcommand_metavar="COMMANDE [ARGUMENTS]…", options_metavar="[OPTIONS]")
@click.version_option(package_name="barometre-industriel", message="%(prog)s %(version)s", help="Affiche la version.")
def cli() -> None:
    """Baromètre industriel de l'État : ouvertures et fermetures de sites industriels.

    RELEVE s'écrit AAAA-S1 ou AAAA-S2, par exemple 2024-S2.
    """


@cli.command(short_help="Contrôle, exécute et publie une ou plusieurs relèves.")
@click.argument("releves", metavar="RELEVE…", nargs=-1, required=True)
@click.option("--regions", metavar="CODES", help="Pages régionales à refaire, par exemple 84,11 (par défaut : toutes).")
@click.option("--processus", metavar="N", type=click.IntRange(min=1), help="Processus (par défaut : les processeurs).")
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

    codes = [code.strip() for code in regions.split(",")] if regions else []
    for releve in releves:
        start = time.monotonic()
        done = publier_releve(releve, sorties=sorties, registre=registre, regions=codes, processus=processus)
        for warning in done.avertissements:
            say(warning)
        say(done.bilan.resume)
        say(f"{done.resume} ({time.monotonic() - start:.0f} s)")


@cli.command(short_help="Contrôle le registre d'une relève.")
@releve_argument
@registre_option
def controler(releve: str, registre: Path | None) -> None:
    """Contrôle le registre d'une relève et montre chaque ligne refusée."""
    from barometre_lib.qualite import controler_releve

    bilan = controler_releve(releve, registre)
    say(bilan.resume)


@cli.command(short_help="Écrit le registre des décisions (CSV).")
@releve_argument
@registre_option
def decider(releve: str, registre: Path | None) -> None:
    """Écrit le registre des décisions : chaque ligne et le motif qui l'écarte, ou « compte »."""
    from barometre_lib.barometre import Barometre

    decisions = Barometre.charger(releve, registre=registre).decisions[DECISIONS]
    write_csv(decisions.astype({"compte": "int64"}))


@cli.command(short_help="Écrit les comptes (CSV).")
@releve_argument
@click.option(
    "--par",
    metavar="DIMENSIONS",
    required=True,
    help="Dimensions séparées par des virgules, parmi annee, semestre, region, departement, secteur, sous_secteur.",
)
@registre_option
def compter(releve: str, par: str, registre: Path | None) -> None:
    """Écrit les comptes d'une relève selon une ou plusieurs dimensions, par exemple --par annee,region."""
    from barometre_lib.barometre import Barometre
    from barometre_lib.comptage import verifier_dimensions

    dimensions = [name.strip() for name in par.split(",")]
    try:
        verifier_dimensions(dimensions)
    except ErreurBarometre as error:
        raise click.BadParameter(str(error), param_hint="--par") from None
    write_csv(Barometre.charger(releve, registre=registre).comptes(par=dimensions))


def write_csv(table: "pd.DataFrame") -> None:
    """Write a table on stdout in the package's CSV: `;`, UTF-8, line feeds, minimal quoting."""
    if sys.stdout is None:
        raise ErreurBarometre("La sortie standard est fermée ; redirigez-la vers un fichier ou laissez-la ouverte.")
    sys.stdout.buffer.write(table.to_csv(sep=";", index=False, lineterminator="\n").encode("utf-8"))
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """Tell the user something on stderr, typographically right."""
    click.echo(typographier(message), err=True)


def main() -> None:
    """Run the command line and exit with its code; no error of the user ends in a traceback."""
    try:
        # click answers a request for help with its exit code, 0.
        code = cli.main(prog_name="barometre", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ErreurBarometre as error:
        say(str(error))
        code = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrompu.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader has what it wanted. Python would complain again when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
