"""The command `expliquer`: why one row counts, or not."""

from pathlib import Path

import click

from barometre_lib.commandes import json_option, registre_option, releve_argument
from barometre_lib.console import ecrire_octets


@click.command(
    short_help="Explique pourquoi une ligne compte, ou non.",
    help="""Explique une ligne du registre : ce que chaque règle en voit, et le texte qui la fonde ; les lignes du même
    site ; ce qu'elle était dans chaque relève ; la correction qui, seule, la ferait compter.

    ID est l'identifiant du mouvement, que donne « barometre decider ». La sortie nomme le site : pour le bureau seul.
    """,
)
@releve_argument
@click.argument("identifiant", metavar="ID")
@json_option
@registre_option
def expliquer(releve: str, identifiant: str, en_json: bool, registre: Path | None) -> None:
    import json

    from barometre_lib.barometre import Barometre

    told = Barometre.charger(releve, registre=registre).expliquer(identifiant.strip())
    text = json.dumps(told.donnees, ensure_ascii=False, indent=1) if en_json else str(told)
    ecrire_octets([f"{text}\n".encode()])
