"""The commands of `barometre`; here, what those of several files take.

Heavy modules are imported by the commands that need them, so that the help is immediate.
"""

from pathlib import Path

import click

from barometre_lib.chemins import registre_par_defaut
from barometre_lib.commandes import completion

DOSSIER = click.Path(path_type=Path, file_okay=False)

releve_argument = click.argument("releve", metavar="RELEVE", shell_complete=completion.releves)
registre_option = click.option(
    "--registre",
    metavar="DIR",
    type=DOSSIER,
    callback=lambda _, __, folder: folder or registre_par_defaut(),
    help="Dossier qui contient les relèves (par défaut : data/releves).",
)
remplacer_option = click.option("--forcer", is_flag=True, help="Remplace le fichier qui porte déjà ce nom.")
json_option = click.option("--json", "en_json", is_flag=True, help="Écrit la sortie standard en JSON.")
sorties_option = click.option(
    "--sorties",
    metavar="DIR",
    type=DOSSIER,
    help="Dossier des publications (par défaut : outputs, dans le projet).",
)
regles_option = click.option(
    "--regle",
    "regles",
    metavar="PARAMETRE=VALEUR",
    multiple=True,
    help="Autre valeur d'un paramètre de params/regles, comme seuil_effectif=10 ; l'option se répète.",
)
