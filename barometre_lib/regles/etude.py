"""What a study variant makes of the rules: those that it leaves out, the former rule 9, what it sets aside besides."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import narwhals as nw
import pandas as pd

from barometre_lib.parametres.rapprochements import COMPAREES, Verdict, qui_tiennent
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.doublon import DOUBLON, PAR_DATE, RETENU, SERIE
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif, Nature, Statut, TypeMouvement

# Insee takes for no creation what starts again within a year, nor a transfer, nor a takeover.
UN_AN = pd.Timedelta(days=365)
SUITES = (Nature.REOUVERTURE, Nature.TRANSFERT, Nature.REPRISE)


def _doublon_avant(_: ParametresRegles) -> nw.Expr:
    previous = (
        nw.col("type_mouvement").shift(1).over("cle_site", RETENU, SERIE, order_by=["date_effet", "id_mouvement"])
    )
    return nw.col(RETENU) & (previous == nw.col("type_mouvement")).fill_null(False)


# Rule 9 before it knew of events: no days, no order of sources, no answers, no order within a day.
DOUBLON_AVANT = replace(DOUBLON, ecarte=_doublon_avant, redites=None)


def regles_de_l_etude(regles: Sequence[Regle], parametres: ParametresRegles) -> tuple[Regle, ...]:
    """Return the rules as a study variant has them: one that it leaves out sets nothing aside."""
    variant = parametres.variante
    if variant is None:
        return tuple(regles)
    former = {Motif.DOUBLON: DOUBLON_AVANT} if variant.regle_9 else {}
    chosen = (former.get(rule.motif, rule) for rule in regles)
    return tuple(replace(one, ecarte=_rien, redites=None) if one.motif in variant.sans else one for one in chosen)


def _rien(_: ParametresRegles) -> nw.Expr:
    return nw.lit(False)


def ecarter_de_l_etude(decidees: pd.DataFrame, parametres: ParametresRegles) -> pd.DataFrame:
    """Set aside, of decided rows that count, those that a study variant does not count; their motif is the nearest."""
    variant = parametres.variante
    if variant is None or not variant.ecarte:
        return decidees
    motif, chosen = ECARTS[variant.ecarte]
    apart = decidees["compte"] & chosen(decidees, parametres)
    return decidees.assign(motif=decidees["motif"].mask(apart, motif.value), compte=decidees["compte"] & ~apart)


def _extensions_reductions(decidees: pd.DataFrame, _: ParametresRegles) -> "pd.Series[bool]":
    return decidees["type_mouvement"].isin([TypeMouvement.EXTENSION.value, TypeMouvement.REDUCTION.value])


def _outre_mer(decidees: pd.DataFrame, parametres: ParametresRegles) -> "pd.Series[bool]":
    return decidees["region"].isin(parametres.nomenclatures.outre_mer)


def _seconds_du_semestre(decidees: pd.DataFrame, _: ParametresRegles) -> "pd.Series[bool]":
    counted = decidees[decidees["compte"]].sort_values(PAR_DATE)
    later = counted.duplicated(["cle_site", "semestre"])
    return later.reindex(decidees.index, fill_value=False)


def _reprises(decidees: pd.DataFrame, parametres: ParametresRegles) -> "pd.Series[bool]":
    """Tell the openings of a site closed a year before at most, and those that an answer joins to a closure.

    Any closure that took place is seen, counted or not.
    """
    rows = decidees[(decidees["statut"] == Statut.EFFECTIF.value) & decidees["date_effet"].notna()]
    opening = rows["type_mouvement"] == TypeMouvement.OUVERTURE.value
    closing = rows["type_mouvement"] == TypeMouvement.FERMETURE.value
    columns = ["id_mouvement", "cle_site", "date_effet"]
    both = rows.loc[opening, columns].merge(rows.loc[closing, columns], on="cle_site", suffixes=("", "_fermeture"))
    since = both["date_effet"] - both["date_effet_fermeture"]
    again = both.loc[since.between(pd.Timedelta(0), UN_AN), "id_mouvement"]
    compared = decidees.set_index("id_mouvement")[list(COMPAREES)]
    joined = (
        name
        for one in qui_tiennent(parametres.rapprochements, compared)
        if one.nature in SUITES and one.verdict is Verdict.OUI
        for name in one.cle
    )
    first = decidees["type_mouvement"] == TypeMouvement.OUVERTURE.value
    return first & decidees["id_mouvement"].isin([*again, *joined])


# By the name that `params/variantes.yaml` gives it.
ECARTS: dict[str, tuple[Motif, Callable[[pd.DataFrame, ParametresRegles], "pd.Series[bool]"]]] = {
    "extensions_reductions": (Motif.NON_SIGNIFICATIF, _extensions_reductions),
    "outre_mer": (Motif.HORS_CHAMP, _outre_mer),
    "seconds_du_semestre": (Motif.DOUBLON, _seconds_du_semestre),
    "reprises": (Motif.DOUBLON, _reprises),
}
