"""The arguments and options that several commands share."""

from pathlib import Path

import click

releve_argument = click.argument("releve", metavar="RELEVE")
registre_option = click.option(
    "--registre",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier qui contient les relèves (par défaut : data/releves).",
)
sorties_option = click.option(
    "--sorties",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("outputs"),
    help="Dossier des publications (par défaut : outputs).",
)
region_option = click.option(
    "--region", metavar="CODE", required=True, help="Code de la région, par exemple 84 pour l'Auvergne-Rhône-Alpes."
)
releve_option = click.option("--releve", metavar="RELEVE", required=True, help="Relève collectée, par exemple 2026-S1.")


def at_least_one(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    """Refuse a number of processes below one."""
    if value is not None and value < 1:
        raise click.BadParameter("attendu un nombre entier, au moins 1.")
    return value
