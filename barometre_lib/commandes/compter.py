"""The commands that read a register: `controler`, `decider`, `compter`."""

from pathlib import Path

import click

from barometre_lib.commandes.options import registre_option, releve_argument
from barometre_lib.console import dire, ecrire_csv
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.vocabulaire import COLONNES_DECISIONS


@click.command(short_help="Contrôle le registre d'une relève.")
@releve_argument
@registre_option
def controler(releve: str, registre: Path | None) -> None:
    """Contrôle le registre d'une relève et montre chaque ligne refusée."""
    from barometre_lib.qualite import controler_releve

    bilan = controler_releve(releve, registre)
    dire(bilan.resume)


@click.command(short_help="Écrit le registre des décisions (CSV).")
@releve_argument
@registre_option
def decider(releve: str, registre: Path | None) -> None:
    """Écrit le registre des décisions : chaque ligne et le motif qui l'écarte, ou « compte »."""
    from barometre_lib.barometre import Barometre

    decisions = Barometre.charger(releve, registre=registre).decisions[list(COLONNES_DECISIONS)]
    ecrire_csv(decisions.astype({"compte": "int64"}))


@click.command(short_help="Écrit les comptes (CSV).")
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
