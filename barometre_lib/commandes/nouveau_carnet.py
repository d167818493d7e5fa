"""The command `nouveau-carnet`: a series of pages of one's own."""

from typing import get_args

import click

from barometre_lib.chemins import afficher
from barometre_lib.console import dire
from barometre_lib.typographie import enumerer
from barometre_lib.vocabulaire import Dimension


@click.command(
    short_help="Crée des pages à soi : une entrée, un carnet, un essai.",
    help="""Crée une série de pages internes : son entrée dans params/carnets.yaml, un carnet prêt à exécuter, un essai
    et une ligne du guide, en entier ou pas du tout.

    NOM est celui de la série, en minuscules sans accents, par exemple departemental.
    """,
)
@click.argument("nom", metavar="NOM")
@click.option(
    "--pour-chaque",
    "dimension",
    required=True,
    type=click.Choice(get_args(Dimension)),
    help="Ce dont chaque code a sa page.",
)
@click.option(
    "--titre",
    metavar="TITRE",
    default="{nom} ({code})",
    help="Titre de chaque page, où {nom} et {code} sont ceux du code (par défaut : « {nom} ({code}) »).",
)
def nouveau_carnet(nom: str, dimension: Dimension, titre: str) -> None:
    from barometre_lib.publication.nouveau import creer_serie

    written = creer_serie(nom, dimension, titre)
    dire(f"Écrits ou complétés : {enumerer(map(afficher, written))}.")
    dire(
        f"Ouvrez notebooks/{nom}.ipynb et exécutez tout ; « barometre apercu {nom} » en montre "
        "une page, « barometre publier RELEVE » les fait toutes."
    )
