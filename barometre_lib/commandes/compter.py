"""The commands that read a register: `controler`, `decider`, `compter`, `convertir`.

A relève that is there in Parquet alone is decided and counted by DuckDB, which is imported for it only.
"""

from pathlib import Path

import click

from barometre_lib.commandes.options import memoire_option, registre_option, releve_argument
from barometre_lib.console import dire, ecrire_csv, ecrire_csv_entier
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import INSECABLE
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
@memoire_option
def decider(releve: str, registre: Path | None, memoire: int) -> None:
    """Écrit le registre des décisions : chaque ligne et le motif qui l'écarte, ou « compte »."""
    if path := _parquet(releve, registre):
        from barometre_lib.entrepot import Entrepot

        with Entrepot.ouvrir(path, memoire=memoire) as store:
            ecrire_csv_entier(piece.astype({"compte": "int64"}) for piece in store.decisions())
        return
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
@memoire_option
def compter(releve: str, par: tuple[str, ...], registre: Path | None, memoire: int) -> None:
    """Écrit les comptes d'une relève selon une ou plusieurs dimensions, par exemple --par annee,region."""
    from barometre_lib.comptage import verifier_dimensions

    dimensions = [name.strip() for name in ",".join(par).split(",") if name.strip()]
    try:
        verifier_dimensions(dimensions)
    except ErreurBarometre as error:
        raise click.BadParameter(str(error).removeprefix(f"Dimensions{INSECABLE}: "), param_hint="--par") from None
    if path := _parquet(releve, registre):
        from barometre_lib.entrepot import Entrepot

        with Entrepot.ouvrir(path, memoire=memoire) as store:
            counts = store.comptes(par=dimensions)
    else:
        from barometre_lib.barometre import Barometre

        counts = Barometre.charger(releve, registre=registre).comptes(par=dimensions)
    ecrire_csv(counts)


@click.command(short_help="Écrit une relève en un fichier Parquet.")
@releve_argument
@click.option(
    "-o",
    "--sortie",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire, en .parquet (par défaut : RELEVE.parquet, à côté du dossier de la relève).",
)
@click.option("--forcer", is_flag=True, help="Remplace le fichier qui porte déjà ce nom.")
@registre_option
def convertir(releve: str, sortie: Path | None, forcer: bool, registre: Path | None) -> None:
    """Écrit une relève, ses corrections faites, en un fichier Parquet que « decider » et « compter » lisent.

    Le fichier sert à la place du dossier de la relève, quand celui-ci n'est pas là : il se lit sans être chargé.
    """
    from barometre_lib.chemins import registre_par_defaut
    from barometre_lib.registre.conversion import convertir as convertir_releve

    dire(convertir_releve(releve, registre or registre_par_defaut(), sortie, forcer=forcer))


def _parquet(releve: str, registre: Path | None) -> Path | None:
    """Return the Parquet file of a relève whose CSV are not there."""
    from barometre_lib.chemins import registre_par_defaut
    from barometre_lib.registre.lecture import chercher_parquet

    return chercher_parquet(releve, registre or registre_par_defaut())
