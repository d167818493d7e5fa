"""Rule 9: is the same event of the same site reported twice?

Unlike the others, this rule looks at other rows: those of one site that pass rules 1 to 8. It has two parts. First, of
rows of one type a few days apart, one event, the row of the best source stays. Then, of the rows that stay, one that
follows another of its type is set aside: within a semester, or whatever the semester for an opening or a closure.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.regle import Regle
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Column that tells which rows passed rules 1 to 8, and are not told by a better source.
RETENU = "_retenu"
# Column that tells within what a row follows another one of its site. Openings and closures make one series, whatever
# the semester: a site does not open twice without closing. The extensions of one semester make another, and so do
# its reductions.
SERIE = "_serie"
SERIE_DU_SITE = (
    nw.when(nw.col("type_mouvement").is_in([TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value]))
    .then(nw.lit(""))
    .otherwise(nw.concat_str("type_mouvement", "semestre"))
)
# Column of the order within a day: a site closes before it opens again.
RANG_DU_JOUR = "_rang_du_jour"
ORDRE_DU_JOUR = nw.when(nw.col("type_mouvement") == TypeMouvement.FERMETURE.value).then(0).otherwise(1)
# What an event is of, and the order of its rows.
EVENEMENT, PAR_DATE = ["cle_site", "type_mouvement"], ["date_effet", "id_mouvement"]


def _doublon(_: ParametresRegles) -> nw.Expr:
    order = ["date_effet", RANG_DU_JOUR, "id_mouvement"]
    previous = nw.col("type_mouvement").shift(1).over("cle_site", RETENU, SERIE, order_by=order)
    return nw.col(RETENU) & (previous == nw.col("type_mouvement")).fill_null(False)


def chercher_redites(retenus: Any, parametres: ParametresRegles) -> list[str]:
    """Return the identifiers of rows that tell again what a better row tells, among rows that pass rules 1 to 8.

    An event starts with a row and takes every row of its site and type until so many days after it. The best source
    stays, then the earlier date, then the identifier; its date is the event's.
    """
    days = f"{parametres.delai_evenement}d"
    reach = nw.col("date_effet").dt.offset_by(days)
    before, after = (nw.col("date_effet").shift(step).over(*EVENEMENT, order_by=PAR_DATE) for step in (1, -1))
    table = nw.from_native(retenus).with_columns(_avant=before, _apres=after)
    near = (nw.col("_avant").dt.offset_by(days) >= nw.col("date_effet")) | (nw.col("_apres") <= reach)
    close = table.filter(near.fill_null(False)).select(*EVENEMENT, *PAR_DATE, "source")
    frame = close.collect("pandas") if isinstance(close, nw.LazyFrame) else close
    return sorted(_redites(pd.DataFrame(frame.to_dict(as_series=False)), parametres))


def _redites(proches: pd.DataFrame, parametres: ParametresRegles) -> Iterator[str]:
    rank = {source: place for place, source in enumerate(parametres.ordre_sources)}
    ordered = proches.assign(rang=proches["source"].map(rank).fillna(len(rank))).sort_values([*EVENEMENT, *PAR_DATE])
    lasting = pd.Timedelta(days=parametres.delai_evenement)
    for _, rows in ordered.groupby(EVENEMENT):
        event: list[Any] = []
        for row in rows.itertuples():
            if event and row.date_effet > event[0].date_effet + lasting:
                yield from _autres(event)
                event = []
            event.append(row)
        yield from _autres(event)


def _autres(evenement: list[Any]) -> Iterator[str]:
    """Yield the rows of an event but the best."""
    best = min(evenement, key=lambda row: (row.rang, row.date_effet, row.id_mouvement))
    yield from (row.id_mouvement for row in evenement if row is not best)


DOUBLON = Regle(
    9,
    Motif.DOUBLON,
    "Déjà compté",
    "Des lignes d'un même site et d'un même type, à quelques jours près, disent un seul événement, que la meilleure "
    "source date. Un site ne s'ouvre ni ne se ferme deux fois de suite ; une extension ou une réduction du même site "
    "ne compte qu'une fois par semestre. Le texte de l'État n'en dit rien : c'est un choix du projet.",
    _doublon,
    depuis=date(2022, 1, 1),
    redites=chercher_redites,
)
