"""The commands that read a register: `decider`, `compter`, `convertir`.

A relève that is there in Parquet alone is decided and counted by DuckDB, which is imported for it only.
"""

from pathlib import Path

import click

from barometre_lib.commandes import completion, json_option, registre_option, releve_argument, remplacer_option
from barometre_lib.console import dire, ecrire, ecrire_octets
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import INSECABLE
from barometre_lib.vocabulaire import COLONNES_DECISIONS

# Below, DuckDB cannot even start; above, a petabyte, it cannot read the number.
MEMOIRE_MIN, MEMOIRE_MAX = 64, 10**9


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


@click.command(
    short_help="Écrit le registre des décisions (CSV).",
    help="Écrit le registre des décisions : chaque ligne et le motif qui l'écarte, ou « compte ».",
)
@releve_argument
@json_option
@registre_option
@memoire_option
def decider(releve: str, en_json: bool, registre: Path, memoire: int) -> None:
    from barometre_lib.registre.lecture import chercher_parquet

    if path := chercher_parquet(releve, registre):
        from barometre_lib.entrepot import Entrepot

        with Entrepot.ouvrir(path, memoire=memoire) as store:
            ecrire((piece.astype({"compte": "int64"}) for piece in store.decisions()), en_json=en_json)
        return
    from barometre_lib.barometre import Barometre

    decisions = Barometre.charger(releve, registre=registre).decisions[list(COLONNES_DECISIONS)]
    ecrire([decisions.astype({"compte": "int64"})], en_json=en_json)


@click.command(
    short_help="Écrit les comptes (CSV).",
    help="""Écrit les comptes d'une relève selon une ou plusieurs dimensions, par exemple --par annee,region.

    Avec --motifs, écrit à la place combien de lignes chaque motif écarte, et combien comptent, par région et par sens.
    """,
)
@releve_argument
@click.option(
    "--par",
    metavar="DIMENSIONS",
    multiple=True,
    shell_complete=completion.dimensions,
    help="Dimensions séparées par des virgules, parmi annee, semestre, region, departement, secteur, sous_secteur.",
)
@click.option("--motifs", is_flag=True, help="Compte les lignes par région, sens et motif.")
@click.option("--graphique", is_flag=True, help="Dessine les soldes nets en barres, à la largeur du terminal.")
@json_option
@registre_option
@memoire_option
def compter(  # noqa: PLR0913  one per word of the command
    *, releve: str, par: tuple[str, ...], motifs: bool, graphique: bool, en_json: bool, registre: Path, memoire: int
) -> None:
    from barometre_lib.comptage import compter_motifs, verifier_dimensions
    from barometre_lib.nomenclatures import Nomenclatures
    from barometre_lib.registre.lecture import chercher_parquet

    if motifs == bool(par):
        raise click.UsageError("attendu --par DIMENSIONS, ou --motifs.")
    if graphique and (motifs or en_json):
        raise click.UsageError("--graphique dessine les comptes de --par DIMENSIONS ; sans --motifs ni --json.")
    dimensions = [name.strip() for name in ",".join(par).split(",") if name.strip()]
    try:
        if par:
            verifier_dimensions(dimensions)
    except ErreurBarometre as error:
        raise click.BadParameter(str(error).removeprefix(f"Dimensions{INSECABLE}: "), param_hint="--par") from None
    if path := chercher_parquet(releve, registre):
        from barometre_lib.entrepot import Entrepot

        with Entrepot.ouvrir(path, memoire=memoire) as store:
            counts = (
                compter_motifs(store.decisions(), Nomenclatures.du_projet()) if motifs else store.comptes(dimensions)
            )
    else:
        from barometre_lib.barometre import Barometre

        read = Barometre.charger(releve, registre=registre)
        counts = compter_motifs([read.decisions], read.nomenclatures) if motifs else read.comptes(dimensions)
    if graphique:
        from barometre_lib.commandes.graphique import dessiner

        ecrire_octets(f"{line}\n".encode() for line in dessiner(counts, dimensions, Nomenclatures.du_projet()))
    else:
        ecrire([counts], en_json=en_json)


@click.command(
    short_help="Écrit une relève en un fichier Parquet.",
    help="""Écrit une relève, ses corrections faites, en un fichier Parquet que « decider » et « compter » lisent.

    Le fichier sert à la place du dossier de la relève, quand celui-ci n'est pas là : il se lit sans être chargé.
    """,
)
@releve_argument
@click.option(
    "-o",
    "--sortie",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire, en .parquet (par défaut : RELEVE.parquet, à côté du dossier de la relève).",
)
@remplacer_option
@registre_option
def convertir(releve: str, sortie: Path | None, forcer: bool, registre: Path) -> None:
    from barometre_lib.registre.parquet import convertir as convertir_releve

    dire(convertir_releve(releve, registre, sortie, forcer=forcer))
