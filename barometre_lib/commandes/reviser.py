"""The command `reviser`: why the numbers of a relève are not those of an earlier one."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from barometre_lib.chemins import afficher
from barometre_lib.commandes import completion, registre_option, releve_argument
from barometre_lib.console import dire, ecrire_signes
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.typographie import accorder, enumerer, nombre, signe

if TYPE_CHECKING:
    import pandas as pd


@click.command(
    short_help="Dit ce qui a changé depuis une relève (CSV).",
    help="""Écrit ce qui a changé d'une relève à l'autre, mouvement par mouvement, et pourquoi.

    Les lignes s'additionnent : leur somme est l'écart entre les comptes des deux relèves. Avec --resume, écrit à
    la place combien de mouvements ont été révisés et leur effet, par famille et par cause, en tout, par période, région
    et département.
    """,
)
@releve_argument
@click.option(
    "--depuis",
    metavar="RELEVE",
    required=True,
    shell_complete=completion.releves,
    help="Relève antérieure, du même dossier.",
)
@click.option("--resume", is_flag=True, help="Résume par famille et par cause.")
@registre_option
def reviser(releve: str, depuis: str, resume: bool, registre: Path | None) -> None:
    from barometre_lib.barometre import Barometre
    from barometre_lib.millesimes.periodes import periodes_couvertes
    from barometre_lib.registre.lecture import releves_manquantes, trouver_releve
    from barometre_lib.revisions import resumer_familles

    read = Barometre.charger(releve, registre=registre)
    earlier = trouver_releve(depuis, read.registre.dossier)
    if earlier == read.releve:
        raise ErreurBarometre(f"Relève {earlier} : attendu une relève antérieure à {read.releve}.")
    if missing := releves_manquantes(earlier, read.releve, read.registre.dossier):
        raise ErreurBarometre(
            f"{afficher(read.registre.dossier)} : aucune relève {enumerer(missing, 'ni')}, entre {earlier} et "
            f"{read.releve} ; déposez-y ce qui manque : sans cela, des causes se confondraient."
        )
    changes = read.revisions(str(earlier))
    families = resumer_familles(changes, periodes_couvertes(earlier), read.corriges)
    for sentence in _dire(changes, families):
        dire(sentence)
    ecrire_signes(families if resume else changes, "solde_net")


def _dire(changes: "pd.DataFrame", families: "pd.DataFrame") -> Iterator[str]:
    """Yield what the revisions come to, in sentences."""
    from barometre_lib.revisions import FAMILLES, Cause

    whole = families[(families["dimension"] == "france") & (families["cause"] == "")]
    for row in whole.to_dict("records"):
        between = f", dont {nombre(row['entre_deux'])} entre deux périodes" if row["entre_deux"] else ""
        number = accorder(row["mouvements"], "mouvement", "mouvements")
        yield f"{FAMILLES[row['famille']]} : {number}{between}, {signe(row['solde_net'])} sur le solde net."
    new = changes.loc[changes["cause"] == Cause.PERIODE_NOUVELLE, "id_mouvement"].nunique()
    if new:
        yield f"Période nouvelle, qui n'est pas une révision : {accorder(new, 'mouvement', 'mouvements')}."
    doubt = changes.loc[changes["autres_causes"].str.contains(Cause.IDENTIFIANT_INCERTAIN), "id_mouvement"]
    if len(doubt):
        yield (
            f"{enumerer(doubt.unique())} : un identifiant a peut-être changé, mais plusieurs lignes du même site, du "
            "même type et de la même date y répondent ; aucune n'est rapprochée, vérifiez-les."
        )
