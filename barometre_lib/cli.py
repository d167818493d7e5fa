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
@click.option(
    "--rectificatif",
    metavar="MOTIF",
    default="",
    help="Motif, écrit sur chaque page, qui permet de remplacer une édition diffusée (une seule RELEVE).",
)
@click.option("--pdf", is_flag=True, help="Fait aussi le PDF de la page nationale et des pages régionales.")
@click.option(
    "--diffusion",
    metavar="interne|publique",
    type=click.Choice(["interne", "publique"]),
    default="interne",
    help="Édition à publier (par défaut : interne) ; la publique va dans DIR/publique/RELEVE.",
)
@registre_option
def publier(  # noqa: PLR0913  one per option
    *,
    releves: tuple[str, ...],
    regions: str | None,
    processus: int | None,
    sorties: Path,
    rectificatif: str,
    pdf: bool,
    diffusion: str,
    registre: Path | None,
) -> None:
    """Contrôle le registre, exécute les carnets et publie les pages de chaque RELEVE dans DIR/RELEVE."""
    from barometre_lib.campagne import diffuser
    from barometre_lib.campagne import publier as publier_releve
    from barometre_lib.qualite import refuser_defauts

    if rectificatif and len(releves) > 1:
        raise click.BadParameter("un motif ne vaut que pour une relève.", param_hint="--rectificatif")
    # Publishing the first one begins by this check of its own; the others must not be found wanting after it.
    for releve in releves[1:]:
        refuser_defauts(releve, registre)
    codes = [code.strip() for code in (regions or "").split(",") if code.strip()]
    if codes and diffusion == "publique":
        raise click.BadParameter("l'édition publique se fait entière.", param_hint="--regions")
    reason = " ".join(rectificatif.split())
    for releve in releves:
        start = time.monotonic()
        if diffusion == "publique":
            dire(diffuser(releve, sorties=sorties, registre=registre, rectificatif=reason, pdf=pdf))
            continue
        done = publier_releve(
            releve,
            sorties=sorties,
            registre=registre,
            regions=codes,
            processus=processus,
            rectificatif=reason,
            pdf=pdf,
        )
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


region_option = click.option(
    "--region", metavar="CODE", required=True, help="Code de la région, par exemple 84 pour l'Auvergne-Rhône-Alpes."
)
releve_option = click.option("--releve", metavar="RELEVE", required=True, help="Relève collectée, par exemple 2026-S1.")


@cli.command(short_help="Écrit le classeur de collecte d'une région.")
@region_option
@releve_option
@click.option(
    "-o",
    "--sortie",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Classeur à écrire, en .xlsx.",
)
@click.option("--forcer", is_flag=True, help="Remplace le fichier qui porte déjà ce nom.")
@registre_option
def modele(region: str, releve: str, sortie: Path, forcer: bool, registre: Path | None) -> None:
    """Écrit le classeur qu'un service remplit : listes, aides à la saisie, mouvements de la relève précédente."""
    from barometre_lib.collecte import faire_modele, viser

    dire(faire_modele(sortie, viser(releve, region, registre), forcer=forcer))


@cli.command(short_help="Contrôle et dépose le fichier reçu d'une région.")
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@releve_option
@region_option
@click.option(
    "--retour",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des copies d'un fichier refusé (par défaut : celui du fichier).",
)
@registre_option
def integrer(fichier: Path, releve: str, region: str, retour: Path | None, registre: Path | None) -> None:
    """Contrôle un classeur ou un CSV reçu et le dépose dans le registre, en entier ou pas du tout.

    Ce qui a été changé est listé sur la sortie standard (CSV). Un fichier refusé revient en copie,
    FICHIER.refus.xlsx, où chaque cellule à corriger est marquée, avec la liste des défauts, FICHIER.refus.csv.
    """
    from barometre_lib.collecte import integrer as integrer_fichier
    from barometre_lib.collecte import lister_changements, viser

    done = integrer_fichier(fichier, viser(releve, region, registre), retour=retour)
    for sentence in done.phrases:
        dire(sentence)
    ecrire_csv(lister_changements(done.changements))


@cli.command("nouvelle-releve", short_help="Prépare la collecte d'une relève : édition, classeurs des régions.")
@releve_argument
@click.option(
    "--classeurs",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des classeurs (par défaut : collecte/RELEVE).",
)
@registre_option
def nouvelle_releve(releve: str, classeurs: Path | None, registre: Path | None) -> None:
    """Prépare la collecte d'une relève : le fichier de son édition et le classeur de chaque région.

    Ce qui existe déjà est laissé tel quel.
    """
    from barometre_lib.chemins import registre_par_defaut
    from barometre_lib.collecte import ouvrir_releve

    for sentence in ouvrir_releve(releve, classeurs or Path("collecte") / releve, registre or registre_par_defaut()):
        dire(sentence)


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(lancer(cli))
