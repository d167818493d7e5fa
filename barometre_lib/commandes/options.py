"""The arguments and options that several commands share."""

import math
from pathlib import Path

import click


def at_least_one(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    """Refuse a number of processes below one."""
    if value is not None and value < 1:
        raise click.BadParameter("attendu un nombre entier, au moins 1.")
    return value


def above_zero(_: click.Context, __: click.Parameter, value: float) -> float:
    """Refuse a time that is not above zero."""
    if not 0 < value < math.inf:
        raise click.BadParameter("attendu un nombre de secondes au-dessus de zéro.")
    return value


# Below, DuckDB cannot even start; above, a petabyte, it cannot read the number.
MEMOIRE_MIN, MEMOIRE_MAX = 64, 10**9

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
processus_option = click.option(
    "--processus",
    metavar="N",
    type=int,
    callback=at_least_one,
    help="Nombre de carnets exécutés à la fois (par défaut : un par processeur).",
)
grappe_option = click.option(
    "--grappe",
    metavar="ADRESSE",
    default="",
    help="Grappe Dask qui exécute les carnets à la place de cette machine, par exemple tcp://10.0.0.1:8786.",
)
forcer_option = click.option("--forcer", is_flag=True, help="Refait aussi ce qui est déjà fait.")
delai_option = click.option(
    "--delai",
    metavar="SECONDES",
    type=float,
    default=600,
    callback=above_zero,
    help="Temps laissé à un carnet (par défaut : 600).",
)
delai_total_option = click.option(
    "--delai-total",
    metavar="SECONDES",
    type=float,
    default=3600,
    callback=above_zero,
    help="Temps laissé à tous les carnets d'une relève (par défaut : 3600).",
)


def enough_memory(_: click.Context, __: click.Parameter, value: int) -> int:
    """Refuse an amount of memory with which DuckDB cannot even start."""
    if not MEMOIRE_MIN <= value <= MEMOIRE_MAX:
        raise click.BadParameter(f"attendu un nombre entier de Mo, de {MEMOIRE_MIN} à {MEMOIRE_MAX}.")
    return value


memoire_option = click.option(
    "--memoire",
    metavar="MO",
    type=int,
    default=512,
    callback=enough_memory,
    help="Mémoire accordée à la lecture d'une relève en Parquet, en Mo (par défaut : 512) ; Python en prend "
    "de 120 à 250 de plus.",
)
