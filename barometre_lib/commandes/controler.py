"""The commands of the gate: `controler`, and `acquitter`, which reads what was decided of its warnings."""

from collections.abc import Sequence
from pathlib import Path

import click

from barometre_lib.commandes import DOSSIER, json_option, registre_option, releve_argument, remplacer_option
from barometre_lib.console import dire, dire_tout, ecrire_csv, ecrire_octets


@click.command(
    short_help="Contrôle le registre d'une relève.",
    help="""Contrôle le registre d'une relève et dit ce qui arrête la publication.

    Tout ce qui est signalé est sur la sortie standard, une ligne chacun (CSV), avec ses valeurs, l'autre ligne dont il
    s'agit et ce qui en a été décidé.
    """,
)
@releve_argument
@click.option(
    "--avertissements",
    metavar="DIR",
    type=DOSSIER,
    help="Dossier où écrire les classeurs des avertissements, un par région et un pour le bureau.",
)
@json_option
@remplacer_option
@registre_option
def controler(releve: str, avertissements: Path | None, en_json: bool, forcer: bool, registre: Path) -> None:
    import json

    from barometre_lib.campagne.empreintes import empreinte_controlee
    from barometre_lib.collecte.archive import noter_controle
    from barometre_lib.collecte.fiches import decrire, detailler, tabuler
    from barometre_lib.collecte.suivi import annoncer_refus, refuser_reports
    from barometre_lib.ecriture import EcritureImpossible
    from barometre_lib.qualite.controle import charger_controlable, controler, examiner
    from barometre_lib.qualite.refus import ControleRefuse
    from barometre_lib.qualite.retards import refuser_retards
    from barometre_lib.registre.lecture import lire_code_releve

    code = lire_code_releve(releve)
    mark = empreinte_controlee(code, registre)
    dire_tout(annoncer_refus(code, registre))
    refuser_reports(code, registre)
    barometre = charger_controlable(releve, registre)
    refuser_retards(barometre)
    bilan, refused = examiner(barometre), False
    found = detailler(barometre, bilan)
    try:
        noter_controle(bilan, mark, registre)
    except EcritureImpossible as error:
        dire(str(error))
    if avertissements:
        from barometre_lib.collecte.avertissements import ecrire_classeurs

        dire_tout(ecrire_classeurs(avertissements, barometre, found, forcer=forcer))
    try:
        dire(controler(barometre).resume)
    except ControleRefuse as error:
        dire(str(error))
        refused = True
    if en_json:
        told = json.dumps([decrire(one) for one in found], ensure_ascii=False, indent=1)
        ecrire_octets([f"{told}\n".encode()])
    else:
        ecrire_csv([tabuler(found)])
    if refused:
        raise click.exceptions.Exit(1)


@click.command(
    short_help="Relit ce qui a été décidé des avertissements.",
    help="""Relit les classeurs des avertissements et porte ce qui y est décidé dans params/releves/.

    Tout est porté, ou rien : chaque faute de chaque classeur est dite.
    """,
)
@click.argument("fichiers", metavar="[FICHIER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--releve", metavar="RELEVE", default="", help="Relève attendue ; les classeurs disent la leur.")
@click.option(
    "--convertir",
    metavar="RELEVE",
    default="",
    help="Porte à la place les acquittements que l'édition d'une relève a encore, et les en retire.",
)
@registre_option
def acquitter(fichiers: Sequence[Path], releve: str, convertir: str, registre: Path) -> None:
    if bool(fichiers) == bool(convertir) or (convertir and releve):
        raise click.UsageError("attendu des classeurs d'avertissements, ou --convertir RELEVE, et lui seul.")
    if convertir:
        from barometre_lib.collecte.conversion import convertir as convertir_edition

        dire_tout(convertir_edition(convertir, registre))
    else:
        from barometre_lib.collecte.acquittement import acquitter as acquitter_classeurs

        dire_tout(acquitter_classeurs(fichiers, releve, registre))
