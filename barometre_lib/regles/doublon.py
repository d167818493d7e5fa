"""Rule 9: is the same event of the same site reported twice?

Unlike the others, this rule looks at other rows: those of one site that pass rules 1 to 8. It has two parts. First, of
rows of one type a few days apart, one event, the row of the best source stays. Then, of the rows that stay, one that
follows another of its type is set aside: within a semester, or whatever the semester for an opening or a closure.
Sites that answers speak of (`liens`) are judged here whole; the others, whatever their number, by expressions.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles.liens import Evenements, Liens, en_pandas
from barometre_lib.regles.regle import Redites, Regle
from barometre_lib.vocabulaire import Motif, TypeMouvement

# Column that tells which rows passed rules 1 to 8, and are not told by a better source.
RETENU = "_retenu"
# Column that tells within what a row follows another one of its site. Openings and closures make one series, whatever
# the semester: a site does not open twice without closing. The extensions of one semester make another, and so do
# its reductions.
SERIE = "_serie"
TOUTES_PERIODES = (TypeMouvement.OUVERTURE.value, TypeMouvement.FERMETURE.value)
SERIE_DU_SITE = (
    nw.when(nw.col("type_mouvement").is_in(TOUTES_PERIODES))
    .then(nw.lit(""))
    .otherwise(nw.concat_str("type_mouvement", "semestre"))
)
# Column of the order within a day: a site closes before it opens again.
RANG_DU_JOUR = "_rang_du_jour"
ORDRE_DU_JOUR = nw.when(nw.col("type_mouvement") == TypeMouvement.FERMETURE.value).then(0).otherwise(1)
# What an event is of, and the order of its rows.
EVENEMENT, PAR_DATE = ["cle_site", "type_mouvement"], ["date_effet", "id_mouvement"]


class Ecart(NamedTuple):
    """A row that rule 9 sets aside, and by which."""

    mouvement: str
    par: str  # the row that stays, or that stayed until it was itself set aside
    evenement: bool  # whether both tell one event; else the row follows the other one


def _doublon(_: ParametresRegles) -> nw.Expr:
    order = ["date_effet", RANG_DU_JOUR, "id_mouvement"]
    previous = nw.col("type_mouvement").shift(1).over("cle_site", RETENU, SERIE, order_by=order)
    return nw.col(RETENU) & (previous == nw.col("type_mouvement")).fill_null(False)


def chercher_redites(retenus: Any, parametres: ParametresRegles, liens: Liens) -> Redites:
    """Return the rows that tell again what a better row tells, among rows that pass rules 1 to 8.

    An event starts with a row and takes every row of its site and type until so many days after it. The best source
    stays, then the earlier date, then the identifier; its date is the event's.
    """
    linked = _lies(retenus, liens)
    apart = sorted(one.mouvement for one in juger(linked, liens, parametres)) if len(linked) else []
    kept = sorted({*linked["id_mouvement"]} - {*apart})
    days = f"{parametres.delai_evenement}d"
    reach = nw.col("date_effet").dt.offset_by(days)
    before, after = (nw.col("date_effet").shift(step).over(*EVENEMENT, order_by=PAR_DATE) for step in (1, -1))
    # Alone of its site and type, as most are, a row is near none: those are not sorted.
    table = nw.from_native(retenus).select(*EVENEMENT, *PAR_DATE, "source", _lignes=nw.len().over(*EVENEMENT))
    table = table.filter(nw.col("_lignes") > 1).with_columns(_avant=before, _apres=after)
    near = (nw.col("_avant").dt.offset_by(days) >= nw.col("date_effet")) | (nw.col("_apres") <= reach)
    close = en_pandas(table.filter(near.fill_null(False)), *EVENEMENT, *PAR_DATE, "source")
    again = _redites(close[~close["cle_site"].isin(linked["cle_site"])], parametres)
    return Redites([*sorted(one.mouvement for one in again), *apart], kept)


def _redites(proches: pd.DataFrame, parametres: ParametresRegles) -> Iterator[Ecart]:
    ordered = _classer(proches, parametres).sort_values([*EVENEMENT, *PAR_DATE])
    lasting = pd.Timedelta(days=parametres.delai_evenement)
    for _, rows in groupby(ordered.itertuples(), attrgetter(*EVENEMENT)):
        event: list[Any] = []
        for row in rows:
            if event and row.date_effet > event[0].date_effet + lasting:
                yield from _autres(event)
                event = []
            event.append(row)
        yield from _autres(event)


def _classer(lignes: pd.DataFrame, parametres: ParametresRegles) -> pd.DataFrame:
    """Add the rank of the source of each row, `rang`: the smaller the better."""
    rank = {source: place for place, source in enumerate(parametres.ordre_sources)}
    return lignes.assign(rang=lignes["source"].map(rank).fillna(len(rank)))


def _meilleure(evenement: Iterable[Any]) -> Any:
    return min(evenement, key=lambda row: (row.rang, row.date_effet, row.id_mouvement))


def _autres(evenement: list[Any]) -> Iterator[Ecart]:
    """Yield the rows of an event but the best."""
    best = _meilleure(evenement)
    yield from (Ecart(row.id_mouvement, best.id_mouvement, evenement=True) for row in evenement if row is not best)


def _lies(retenus: Any, liens: Liens) -> pd.DataFrame:
    """Return the rows of the sites that answers speak of; without answer, nothing is asked of the table."""
    columns = [*EVENEMENT, *PAR_DATE, "source", "semestre"]
    if not liens:
        return pd.DataFrame(columns=columns)
    table = nw.from_native(retenus)
    named = en_pandas(table.filter(nw.col("id_mouvement").is_in(liens.mouvements)), "cle_site")
    return en_pandas(table.filter(nw.col("cle_site").is_in(sorted({*named["cle_site"]}))), *columns)


def juger(lignes: pd.DataFrame, liens: Liens, parametres: ParametresRegles) -> Iterator[Ecart]:
    """Yield the rows that rule 9 sets aside, in its two parts, of whole sites whose rows pass rules 1 to 8."""
    placed = _classer(lignes.assign(cle_site=liens.sites(lignes)), parametres).sort_values(PAR_DATE)
    rows: list[Any] = list(placed.itertuples())
    events, lasting = Evenements(liens), pd.Timedelta(days=parametres.delai_evenement)
    windows: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        opened = windows.setdefault((row.cle_site, row.type_mouvement), [])
        near = (first for first in opened if row.date_effet <= first.date_effet + lasting)
        if not any(events.unir(first.id_mouvement, row.id_mouvement) for first in near):
            opened.append(row)
    whole: dict[str, list[Any]] = {}
    for row in rows:
        whole.setdefault(min(events.de(row.id_mouvement)), []).append(row)
    for event in whole.values():
        yield from _autres(event)
    yield from _suivantes(map(_meilleure, whole.values()), events)


def _suivantes(retenues: Iterable[Any], evenements: Evenements) -> Iterator[Ecart]:
    """Yield the rows set aside by one that stays, of their type and of their series of a site."""
    staying: dict[tuple[str, str], list[Any]] = {}
    closing = TypeMouvement.FERMETURE.value
    for row in sorted(retenues, key=lambda row: (row.date_effet, row.type_mouvement != closing, row.id_mouvement)):
        serie = "" if row.type_mouvement in TOUTES_PERIODES else row.type_mouvement + row.semestre
        # Since the last that stays of the other type.
        before = [one for one in staying.get((row.cle_site, serie), []) if one.type_mouvement == row.type_mouvement]
        followed = (one for one in reversed(before) if not evenements.separe(one.id_mouvement, row.id_mouvement))
        if (last := next(followed, None)) is not None:
            yield Ecart(row.id_mouvement, last.id_mouvement, evenement=False)
        else:
            staying[row.cle_site, serie] = [*before, row]


DOUBLON = Regle(
    9,
    Motif.DOUBLON,
    "Déjà compté",
    "Des lignes d'un même site et d'un même type, à quelques jours près, disent un seul événement, que la meilleure "
    "source date. Un site ne s'ouvre ni ne se ferme deux fois de suite ; une extension ou une réduction du même site "
    "ne compte qu'une fois par semestre. Des lignes que la relecture dit un seul mouvement n'en font qu'un, celles "
    "qu'elle dit deux ne s'écartent pas l'une l'autre, fût-ce d'un même SIRET.",
    _doublon,
    depuis=date(2022, 1, 1),
    redites=chercher_redites,
)
