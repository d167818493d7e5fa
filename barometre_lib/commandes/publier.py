"""The command `publier`."""

import time
from pathlib import Path

import click

from barometre_lib.commandes.options import at_least_one, registre_option, sorties_option
from barometre_lib.console import dire


@click.command(short_help="Contrôle, exécute et publie une ou plusieurs relèves.")
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
@sorties_option
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
