"""Application of the rules, in order: the first that sets a row aside gives its motif."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.calendrier import ABANDONNE, HORS_PERIODE, NON_EFFECTIF
from barometre_lib.regles.champ import ARTISANAT, HORS_CHAMP
from barometre_lib.regles.doublon import DOUBLON, ORDRE_DU_JOUR, RANG_DU_JOUR, RETENU, SERIE, SERIE_DU_SITE
from barometre_lib.regles.liens import Liens, lire_liens
from barometre_lib.regles.regle import Redites, Regle
from barometre_lib.regles.taille import EFFECTIF_MANQUANT, NON_SIGNIFICATIF, SIGNIFICATIVITE_INCONNUE, SOUS_SEUIL
from barometre_lib.vocabulaire import Motif

# A motif may have several rules, each with its date.
REGLES: tuple[Regle, ...] = (
    ABANDONNE,
    NON_EFFECTIF,
    HORS_PERIODE,
    HORS_CHAMP,
    ARTISANAT,
    EFFECTIF_MANQUANT,
    SOUS_SEUIL,
    SIGNIFICATIVITE_INCONNUE,
    NON_SIGNIFICATIF,
    DOUBLON,
)


def regles_en_vigueur(parametres: ParametresRegles) -> tuple[Regle, ...]:
    """Return the rule of each motif at a relève, in the order in which they apply; the last one is that of duplicates.

    Raises
    ------
    ErreurBarometre
        A motif has no rule in force on the relève's last day.
    """
    dated = sorted((rule for rule in REGLES if rule.depuis <= parametres.fin_periode), key=lambda rule: rule.depuis)
    in_force = {rule.motif: rule for rule in dated}
    without = [motif for motif in Motif if motif is not Motif.COMPTE and motif not in in_force]
    if without:
        raise ErreurBarometre(
            f"Relève {parametres.releve} : aucune règle en vigueur au {parametres.fin_periode:%d/%m/%Y} pour "
            f"{', '.join(without)} ; attendu, pour chaque motif, une règle dont « depuis » ne soit pas après ce jour."
        )
    return tuple(in_force[motif] for motif in Motif if motif is not Motif.COMPTE)


def libelles_motifs(parametres: ParametresRegles) -> dict[Motif, str]:
    """Return the public label of each motif that sets a row aside, in the order of the rules."""
    return {rule.motif: rule.libelle for rule in regles_en_vigueur(parametres)}


def decider(
    mouvements: Any,
    parametres: ParametresRegles,
    *,
    regles: Sequence[Regle] | None = None,
    liens: Liens | None = None,
) -> Any:
    """Give each row its motif.

    Parameters
    ----------
    mouvements : pandas.DataFrame, duckdb.DuckDBPyRelation or any table that narwhals knows
        Rows of one relève with the derived columns `cle_site` and `semestre`.
    parametres : ParametresRegles
        Parameters of the relève.
    regles, liens
        Other rules, that of duplicates last, and what other answers say, than those that the parameters tell.

    Returns
    -------
    same kind of table
        The same rows, with `motif` (text) and `compte` (boolean) added.
    """
    *rules, duplicate = regles or regles_en_vigueur(parametres)
    motif: nw.Expr = nw.lit(Motif.COMPTE.value)
    for rule in reversed(rules):
        motif = nw.when(rule.ecarte(parametres)).then(nw.lit(rule.motif.value)).otherwise(motif)
    table = nw.from_native(mouvements).with_columns(motif=motif)
    passing = nw.col("motif") == Motif.COMPTE.value
    links = lire_liens(mouvements, parametres) if liens is None else liens
    again, judged = _redites(table.filter(passing).to_native(), duplicate, parametres, links)
    table = table.with_columns(SERIE_DU_SITE.alias(SERIE), ORDRE_DU_JOUR.alias(RANG_DU_JOUR), _redite=again & passing)
    table = table.with_columns((passing & ~nw.col("_redite") & ~judged).alias(RETENU))
    repeated = nw.col("_redite") | duplicate.ecarte(parametres)
    decided = table.with_columns(motif=nw.when(repeated).then(nw.lit(Motif.DOUBLON.value)).otherwise(nw.col("motif")))
    decided = decided.with_columns(compte=nw.col("motif") == Motif.COMPTE.value)
    return decided.drop(RETENU, SERIE, RANG_DU_JOUR, "_redite").to_native()


def _redites(retenus: Any, doublon: Regle, parametres: ParametresRegles, liens: Liens) -> tuple[nw.Expr, nw.Expr]:
    """Tell, of rows that pass the others, those that rule 9 sets aside as told again, and those that it has kept."""
    found = doublon.redites(retenus, parametres, liens) if doublon.redites else Redites()
    apart, kept = (nw.col("id_mouvement").is_in(list(names)) if names else nw.lit(False) for names in found)
    return apart, kept


def etablir_decisions(mouvements: pd.DataFrame, parametres: ParametresRegles) -> pd.DataFrame:
    """Return the register of decisions: every row read, with its `secteur`, `motif` and `compte`, by `id_mouvement`.

    Raises
    ------
    ErreurBarometre
        A row was lost or a motif is not in the vocabulary: a fault of the package.
    """
    sector = parametres.nomenclatures.secteur_de_sous_secteur(parametres.releve)
    rows = mouvements.assign(secteur=mouvements["sous_secteur"].map(sector).astype("str"))
    decided: pd.DataFrame = decider(rows, parametres)
    if len(decided) != len(rows) or not decided["motif"].isin(list(Motif)).all():
        raise ErreurBarometre("Décisions : une ligne est sans motif ou perdue. Signalez cette erreur.")
    return decided.sort_values("id_mouvement", ignore_index=True)


def retenir(mouvements: Any, parametres: ParametresRegles) -> Any:
    """Keep the rows that count, without the motif of the others: what counts alone need.

    Rules 1 to 8 filter before the window of rule 9, so a large relève is never sorted whole.

    Parameters
    ----------
    mouvements, parametres
        As for `decider`.

    Returns
    -------
    same kind of table
        The rows counted.
    """
    *rules, _ = regles_en_vigueur(parametres)
    kept = nw.from_native(mouvements).filter(*(~rule.ecarte(parametres) for rule in rules))
    return ecarter_doublons(kept.to_native(), parametres, lire_liens(mouvements, parametres))


def ecarter_doublons(mouvements: Any, parametres: ParametresRegles, liens: Liens) -> Any:
    """Keep, of rows that pass rules 1 to 8, those that rule 9 keeps; the same kind of table comes back."""
    duplicate = regles_en_vigueur(parametres)[-1]
    again, judged = _redites(mouvements, duplicate, parametres, liens)
    table = nw.from_native(mouvements).with_columns(_redite=again).filter(~nw.col("_redite")).drop("_redite")
    table = table.with_columns((~judged).alias(RETENU), SERIE_DU_SITE.alias(SERIE), ORDRE_DU_JOUR.alias(RANG_DU_JOUR))
    # A window cannot stand in a filter: it is a column first.
    table = table.with_columns(_doublon=duplicate.ecarte(parametres)).filter(~nw.col("_doublon"))
    return table.drop("_doublon", RETENU, SERIE, RANG_DU_JOUR).to_native()
