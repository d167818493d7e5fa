"""The commands of the campaign: `publier`, `executer`, `verifier`, `comparer`, `etude`."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from barometre_lib.commandes import (
    completion,
    json_option,
    registre_option,
    regles_option,
    releve_argument,
    sorties_option,
)
from barometre_lib.commandes.prevenir import lire_commande, publier_et_raconter
from barometre_lib.commandes.prevenir import prevenir as annoncer
from barometre_lib.console import dire, dire_tout, ecrire_octets
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.ressources import exiger_ressources

if TYPE_CHECKING:
    from barometre_lib.campagne.consignes import Consignes


def at_least_one(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    """Refuse a number of processes below one."""
    if value is not None and value < 1:
        raise click.BadParameter("attendu un nombre entier, au moins 1.")
    return value


def above_zero(_: click.Context, __: click.Parameter, value: float) -> float:
    """Refuse a time that is not above zero."""
    if not 0 < value < math.inf:
        raise click.BadParameter("attendu un nombre de secondes au-dessus de zéro.")
    return value


processus_option = click.option(
    "--processus",
    metavar="N",
    type=int,
    callback=at_least_one,
    help="Nombre de carnets exécutés à la fois (par défaut : un par processeur).",
)
grappe_option = click.option(
    "--grappe",
    metavar="ADRESSE",
    default="",
    help="Grappe Dask qui exécute les carnets à la place de cette machine, par exemple tcp://10.0.0.1:8786.",
)
diffusion_option = click.option(
    "--diffusion",
    metavar="interne|publique",
    type=click.Choice(["interne", "publique"]),
    default="interne",
    help="Édition (par défaut : interne) ; la publique est dans DIR/publique/RELEVE.",
)
relu_par_option = click.option(
    "--relu-par",
    metavar="QUI",
    default="",
    help="Service (aucun nom de personne) qui a relu une édition diffusée de données réelles.",
)
forcer_option = click.option("--forcer", is_flag=True, help="Refait aussi ce qui est déjà fait.")
delai_option = click.option(
    "--delai",
    metavar="SECONDES",
    type=float,
    default=600,
    callback=above_zero,
    help="Temps laissé à un carnet (par défaut : 600).",
)
delai_total_option = click.option(
    "--delai-total",
    metavar="SECONDES",
    type=float,
    default=3600,
    callback=above_zero,
    help="Temps laissé à tous les carnets d'une relève (par défaut : 3600).",
)


def d_une_publication(commande: Callable[..., None]) -> Callable[..., None]:
    """Give a command that makes the pages of a relève again the options of what it makes."""
    asked = (releve_argument, diffusion_option, sorties_option, processus_option, grappe_option)
    for option in reversed((*asked, delai_option, delai_total_option, registre_option)):
        commande = option(commande)
    return commande


@click.command(
    short_help="Contrôle, exécute et publie une ou plusieurs relèves.",
    help="""Contrôle le registre, exécute les carnets et publie les pages de chaque RELEVE dans DIR/RELEVE.

    Ce qui est déjà fait, avec les mêmes données, les mêmes paramètres et le même code, n'est pas refait.
    """,
)
@click.argument("releves", metavar="RELEVE…", nargs=-1, required=True, shell_complete=completion.releves)
@click.option(
    "--regions",
    metavar="CODES",
    shell_complete=completion.regions,
    help="Pages régionales à refaire, comme 84,11, avec celles qui ne sont d'aucune région (par défaut : toutes).",
)
@sorties_option
@processus_option
@grappe_option
@forcer_option
@click.option("--a-blanc", is_flag=True, help="Écrit seulement ce qui serait exécuté, une exécution par ligne.")
@delai_option
@delai_total_option
@click.option(
    "--rectificatif",
    metavar="MOTIF",
    default="",
    help="Motif, écrit sur chaque page, qui permet de remplacer une édition diffusée (une seule RELEVE).",
)
@relu_par_option
@click.option("--pdf", is_flag=True, help="Fait aussi le PDF de la page nationale et des pages régionales.")
@diffusion_option
@click.option(
    "--journal",
    metavar="FICHIER",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier où ajouter une ligne JSON par carnet, et une pour le contrôle : début, durée, mémoire, verdict.",
)
@click.option(
    "--prevenir",
    metavar="COMMANDE",
    default="",
    callback=lire_commande,
    help="Commande, lancée sans interpréteur (ni « | » ni « > »), qui reçoit en JSON, sur son entrée standard, ce "
    "qu'est devenue chaque relève, publiée ou non.",
)
@json_option
@registre_option
def publier(*, releves: tuple[str, ...], a_blanc: bool, en_json: bool, prevenir: list[str], **options: Any) -> None:
    consignes = lire_consignes(**options)
    if consignes.rectificatif and len(releves) > 1:
        raise click.BadParameter("un motif ne vaut que pour une relève.", param_hint="--rectificatif")
    if consignes.regions and consignes.publique:
        raise click.BadParameter("l'édition publique se fait entière.", param_hint="--regions")
    if a_blanc and consignes.publique:
        raise click.BadParameter("« executer » ne fait que l'édition interne.", param_hint="--a-blanc")
    if a_blanc and (en_json or prevenir):
        raise click.UsageError("--json et --prevenir disent ce qui est publié ; --a-blanc ne publie rien.")
    if a_blanc:
        from barometre_lib.campagne.campagne import planifier_campagne

        for tasks, sentence in planifier_campagne(releves, consignes):
            ecrire_octets(f"{task.cle}\n".encode() for task in tasks)
            dire(sentence)
        return
    told = list[dict[str, Any]]()
    try:
        for one in publier_et_raconter(dict.fromkeys(releves), consignes):
            told.append(one)
            if prevenir and (wrong := annoncer(prevenir, one)):
                dire(wrong)
    finally:
        if en_json:
            ecrire_octets([f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()])


@click.command(
    short_help="Exécute un ou plusieurs carnets, que publier trouvera faits.",
    help="""Exécute un ou plusieurs carnets et garde leur résultat dans DIR, où « publier » le trouvera.

    Chaque exécution porte le nom que donne « barometre publier RELEVE --a-blanc », par exemple 2024-S2/regional-84.
    Ce qui est déjà fait n'est pas refait : la commande peut être relancée, et plusieurs travailler à la fois.
    """,
)
@click.argument("executions", metavar="RELEVE/CARNET…", nargs=-1, required=True, shell_complete=completion.executions)
@sorties_option
@processus_option
@grappe_option
@forcer_option
@delai_option
@delai_total_option
@registre_option
def executer(*, executions: tuple[str, ...], **options: Any) -> None:
    consignes = lire_consignes(**options)
    from barometre_lib.campagne.campagne import executer_seules

    dire_tout(executer_seules(executions, consignes))


@click.command(
    short_help="Refait une publication et la compare à celle en place.",
    help="""Refait la publication d'une relève dans un dossier à part et la compare, octet par octet, à celle de DIR.

    Dit quelle entrée, quel paramètre, quelle version ou quelle sortie diffère, et sort alors avec le code 1.
    """,
)
@d_une_publication
def verifier(releve: str, **options: Any) -> None:
    consignes = lire_consignes(forcer=True, **options)
    from barometre_lib.campagne.verification import verifier as verifier_publication

    dire(verifier_publication(releve, consignes))


@click.command(
    short_help="Dit ce que publier changerait, page par page, sans publier.",
    help="""Fait les pages d'une relève, les compare à celles de DIR, et ne publie rien.

    Une ligne par page qui changerait (🔴 forte ampleur, 🟡 moyenne, 🟢 légère), puis une feuille à ouvrir, avec les
    nombres et les figures d'avant et d'après. « publier » trouvera les carnets faits.
    """,
)
@d_une_publication
def comparer(releve: str, **options: Any) -> None:
    consignes = lire_consignes(**options)
    from barometre_lib.campagne.comparaison import comparer as comparer_publication

    dire_tout(comparer_publication(releve, consignes))


@click.command(
    short_help="Refait les pages d'une relève sous d'autres règles, à part.",
    help="""Refait les pages et les tableaux d'une relève sous d'autres règles que celles de la méthode.

    L'étude va dans DIR/etudes, sous un nom fait de RELEVE et des règles, ou de la variante. Tamponnée « Variante
    d'étude, hors méthode officielle », elle ne se publie pas : ni contrôle, ni manifeste, ni édition publique.
    """,
)
@releve_argument
@regles_option
@click.option(
    "--variante",
    metavar="NOM",
    shell_complete=completion.variantes,
    help="Variante de params/variantes.yaml, comme seuil-10 ; la page sensibilite.html les mesure toutes.",
)
@sorties_option
@processus_option
@delai_option
@delai_total_option
@registre_option
def etude(releve: str, regles: tuple[str, ...], variante: str | None, **options: Any) -> None:
    from barometre_lib.parametres.variante import juger_regles
    from barometre_lib.parametres.variantes import VARIANTE
    from barometre_lib.registre.lecture import lire_code_releve

    code = lire_code_releve(releve)
    if variante is None and not regles:
        raise click.UsageError("attendu --regle PARAMETRE=VALEUR ou --variante NOM.")
    named = [f"{VARIANTE}={variante}"] if variante is not None else []
    try:
        asked = juger_regles(code, [*named, *regles])
    except ErreurBarometre as error:
        raise click.BadParameter(str(error), param_hint="--variante" if named and not regles else "--regle") from None
    consignes = lire_consignes(regles=asked, **options)
    from barometre_lib.campagne.variante import ETUDES, etudier_variante

    dire_tout(etudier_variante(releve, replace(consignes, sorties=consignes.sorties / ETUDES)))


def lire_consignes(
    *,
    sorties: Path | None,
    regions: str | None = None,
    rectificatif: str = "",
    relu_par: str = "",
    **options: Any,
) -> "Consignes":
    """Return what is asked of a campaign from the options of a command, once the system is known to let it run."""
    exiger_ressources()
    from barometre_lib.campagne.consignes import Consignes
    from barometre_lib.chemins import racine

    return Consignes(
        sorties or racine() / "outputs",
        regions=[code.strip() for code in (regions or "").split(",") if code.strip()],
        rectificatif=" ".join(rectificatif.split()),
        relu_par=" ".join(relu_par.split()),
        **options,
    )
