"""The command `retablir`: former publications."""

from typing import Any

import click

from barometre_lib.commandes import json_option, registre_option, releve_argument, sorties_option
from barometre_lib.commandes.publier import diffusion_option, lire_consignes, relu_par_option
from barometre_lib.console import dire, dire_tout, ecrire


@click.command(
    short_help="Remet une publication remplacée, ou la supprime.",
    help="""Liste les publications d'une relève qui ont été remplacées, en remet une en place ou en supprime une.

    Sans EMPREINTE, écrit celles qui sont gardées : cinq au plus, la dernière remplacée d'abord (CSV). Avec, remet en
    place celle dont l'empreinte commence ainsi ; celle qui y est est gardée à son tour. L'édition publique repasse ses
    gardes de confidentialité.
    """,
)
@releve_argument
@click.argument("empreinte", metavar="[EMPREINTE]", default="")
@click.option("--supprimer", "for_good", is_flag=True, help="Supprime pour de bon, au lieu de remettre en place.")
@diffusion_option
@sorties_option
@click.option(
    "--rectificatif", metavar="MOTIF", default="", help="Pourquoi remplacer une édition diffusée ; il est noté."
)
@relu_par_option
@json_option
@registre_option
def retablir(*, releve: str, empreinte: str, for_good: bool, en_json: bool, **options: Any) -> None:
    if for_good and not empreinte:
        raise click.UsageError("attendu une EMPREINTE avec --supprimer.")
    if empreinte and en_json:
        raise click.UsageError("--json écrit la liste, sans EMPREINTE.")
    consignes = lire_consignes(**options)
    from barometre_lib.campagne import retablissement
    from barometre_lib.registre.lecture import lire_code_releve

    code = str(lire_code_releve(releve))
    if for_good:
        dire(retablissement.supprimer(code, empreinte, consignes))
    elif empreinte:
        dire_tout(retablissement.retablir(code, empreinte, consignes))
    else:
        found, faults = retablissement.lire_gardees(code, consignes)
        dire_tout(faults)
        ecrire([retablissement.lister_gardees(found)], en_json=en_json)
