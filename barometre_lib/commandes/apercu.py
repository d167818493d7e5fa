"""The command `apercu`: one page, without gate nor publication."""

from pathlib import Path
from typing import Any

import click

from barometre_lib.commandes import registre_option, regles_option
from barometre_lib.console import dire
from barometre_lib.ressources import exiger_ressources

# Of one page made once.
DELAI = 600.0


@click.command(
    short_help="Montre une page dans le navigateur, sans contrôle ni publication.",
    help="""Exécute le carnet d'une SERIE de params/carnets.yaml, comme national ou regional, et ouvre sa page.

    Rien n'est contrôlé ni publié : la page va dans build/apercu, et le dit. Avec --suivre, elle est servie à cette
    seule machine et refaite à chaque enregistrement d'un carnet, d'un gabarit, d'un paramètre, du registre ou du code,
    jusqu'à Ctrl-C ; ce qui n'a pu être fait est dit dans la page.
    """,
)
@click.argument("serie", metavar="SERIE")
@click.option("--region", metavar="CODE", default="", help="Région d'une page régionale, comme 84.")
@click.option("--code", metavar="CODE", default="", help="Département ou secteur d'une page qui est de l'un d'eux.")
@click.option("--releve", metavar="RELEVE", default="", help="Relève (par défaut : la dernière qui a ses 18 régions).")
@click.option("--suivre", is_flag=True, help="Refait la page à chaque enregistrement.")
@regles_option
@registre_option
def apercu(*, serie: str, region: str, code: str, suivre: bool, registre: Path, **options: Any) -> None:
    exiger_ressources()
    from barometre_lib import serveur_local
    from barometre_lib.apercu import page as apercus
    from barometre_lib.campagne.processus import POSSIBLE
    from barometre_lib.erreurs import ErreurBarometre
    from barometre_lib.parametres.variante import juger_regles
    from barometre_lib.registre.lecture import lire_code_releve

    if region and code:
        raise click.UsageError("attendu --region ou --code, et non les deux.")
    if suivre and not POSSIBLE:
        raise ErreurBarometre(
            "--suivre : ce système ne dédouble pas un processus ; sous Windows, passez par WSL 2, ou refaites la page "
            "sans --suivre."
        )
    task = apercus.choisir_tache(serie, region or code, options["releve"], registre)
    asked = juger_regles(lire_code_releve(task.releve), options["regles"]) if options["regles"] else ()
    with apercus.ouvrir_apercu(task, registre, asked) as wanted:
        if not suivre:
            path = apercus.ranger(apercus.apercevoir(wanted, DELAI), task)
            dire(f"Aperçu : {path}")
            serveur_local.montrer(path.as_uri())
            return
        serveur_local.finir_avec_le_parent()
        with serveur_local.servir(wanted.lire) as garde:
            dire(f"Aperçu, refait à chaque enregistrement : {garde.adresse} (Ctrl-C pour finir)")
            serveur_local.ouvrir(garde.adresse, wanted.environnement.prive)
            apercus.suivre(wanted)
