"""Application of the rules, in order: the first that sets a row aside gives its motif."""

from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres import ParametresRegles
from barometre_lib.regles.calendrier import ABANDONNE, HORS_PERIODE, NON_EFFECTIF
from barometre_lib.regles.champ import ARTISANAT, HORS_CHAMP
from barometre_lib.regles.doublon import DOUBLON, RETENU, SERIE, SERIE_DU_SITE
from barometre_lib.regles.regle import Regle
from barometre_lib.regles.taille import EFFECTIF_MANQUANT, NON_SIGNIFICATIF, SOUS_SEUIL
from barometre_lib.vocabulaire import Motif

REGLES_LIGNE: tuple[Regle, ...] = (
    ABANDONNE,
    NON_EFFECTIF,
    HORS_PERIODE,
    HORS_CHAMP,
    ARTISANAT,
    EFFECTIF_MANQUANT,
    SOUS_SEUIL,
    NON_SIGNIFICATIF,
)
REGLES: tuple[Regle, ...] = (*REGLES_LIGNE, DOUBLON)


def decider(mouvements: Any, parametres: ParametresRegles) -> Any:
    """Give each row its motif.

    Parameters
    ----------
    mouvements : pandas.DataFrame, duckdb.DuckDBPyRelation or any table that narwhals knows
        Rows of one relève with the derived columns `cle_site` and `semestre`.
    parametres : ParametresRegles
        Parameters of the relève.

    Returns
    -------
    same kind of table
        The same rows, with `motif` (text) and `compte` (boolean) added.
    """
    table = nw.from_native(mouvements).with_columns(SERIE_DU_SITE.alias(SERIE), motif=_motif_ligne(parametres))
    table = table.with_columns((nw.col("motif") == Motif.COMPTE.value).alias(RETENU))
    motif = nw.when(DOUBLON.ecarte(parametres)).then(nw.lit(Motif.DOUBLON.value)).otherwise(nw.col("motif"))
    decided = table.with_columns(motif=motif).with_columns(compte=nw.col("motif") == Motif.COMPTE.value)
    return decided.drop(RETENU, SERIE).to_native()


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
    table = nw.from_native(mouvements).filter(*(~rule.ecarte(parametres) for rule in REGLES_LIGNE))
    table = table.with_columns(SERIE_DU_SITE.alias(SERIE), nw.lit(True).alias(RETENU))
    # A window cannot stand in a filter: it is a column first.
    table = table.with_columns(_doublon=DOUBLON.ecarte(parametres)).filter(~nw.col("_doublon"))
    return table.drop("_doublon", RETENU, SERIE).to_native()


def _motif_ligne(parametres: ParametresRegles) -> nw.Expr:
    """Return the motif of rules 1 to 8, the first that sets the row aside."""
    motif: nw.Expr = nw.lit(Motif.COMPTE.value)
    for rule in reversed(REGLES_LIGNE):
        motif = nw.when(rule.ecarte(parametres)).then(nw.lit(rule.motif.value)).otherwise(motif)
    return motif
