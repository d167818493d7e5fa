"""The triangle: every period as each relève gives it, of each territory, with its revisions.

A revision is between two relèves that follow each other and know the same regions; anything else is no revision.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from barometre_lib.comptage import Decompte
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.millesimes.periodes import echeance, rang
from barometre_lib.millesimes.publies import CLES, NON_PUBLIE
from barometre_lib.parametres.fichiers import montrer_valeur
from barometre_lib.vocabulaire import MESURES

LIEU = ["region", "periode"]
VINTAGE = [*LIEU, "granularite", "releve", "mois", "rang", "hors", "horizon", "groupee"]
COLONNES_VINTAGES = (
    *("mesure", "periode", "granularite", "region", "releve", "horizon", "valeur", "revision"),
    *("publie", "ecart", "nature", "groupee", "hors"),
)


def trianguler(releves: Iterable[tuple[Decompte, str]]) -> pd.DataFrame:
    """Return what each of some relèves, its counts and the month of its edition, gives of each period that it covers.

    Returns
    -------
    pandas.DataFrame
        `VINTAGE`, then `MESURES`, null where they are not known, by relève. `region` is empty for France. `hors` are
        the codes of the regions that a number of France leaves out, the region itself where it was not updated.
        `horizon` is how many relèves, there or not, since the first that gives the same regions, null where a region
        was not updated. `groupee` tells the periods that the earliest relève collected at once.
    """
    table = pd.concat([_of_releve(counts).assign(mois=month) for counts, month in releves], ignore_index=True)
    table = table.sort_values([*LIEU, "rang"], ignore_index=True)
    due, earliest = table["periode"].map(lambda one: rang(echeance(one))), table["rang"].min()
    stale = table["region"].ne("") & table["hors"].ne("")
    ranks = table["rang"].mask(stale)
    start = ranks.groupby([table[name] for name in (*LIEU, "hors")]).transform("min")
    # A relève that the folder has not published the period all the same.
    first = start.eq(ranks.groupby([table[name] for name in LIEU]).transform("min"))
    known_since = start.mask(first & ~_came_late(table), due.clip(lower=earliest))
    table["horizon"] = (ranks - known_since).astype("Int64")
    table["groupee"] = due.le(earliest)
    return table[[*VINTAGE, *MESURES]]


def _came_late(table: pd.DataFrame) -> "pd.Series[bool]":
    """Tell the rows of a region over a period that a relève did not know of it: it starts with the first that does."""
    unknown = table["region"].ne("") & table["solde_net"].isna()
    return unknown.groupby([table[name] for name in LIEU]).transform("any")


def _of_releve(decompte: Decompte) -> pd.DataFrame:
    releve, unknown = decompte.releve, decompte.lacunes
    parts = [
        decompte.comptes([grain, "region"]).rename(columns={grain: "periode"}).assign(granularite=grain)
        for grain in ("annee", "semestre")
    ]
    regions = pd.concat(parts, ignore_index=True)
    regions = regions[regions["periode"].map(lambda one: echeance(one) <= releve)]
    regions = regions.astype(dict.fromkeys(MESURES, "Int64"))
    late = regions["region"].isin(unknown.actualisees)
    # What is not known is null, and in no sum.
    france = regions.groupby(["periode", "granularite"], as_index=False)[list(MESURES)].sum(min_count=1)
    left_out = france["periode"].map(lambda one: ", ".join(sorted(unknown.regions(one))))
    both = [france.assign(region="", hors=left_out), regions.assign(hors=regions["region"].where(late, ""))]
    return pd.concat(both, ignore_index=True).assign(releve=str(releve), rang=rang(releve))


def presenter(triangle: pd.DataFrame, publies: pd.DataFrame, mesure: object, region: str | None) -> pd.DataFrame:
    """Return the vintages of a measure, of one region, of France when it is empty, of all when it is None.

    `COLONNES_VINTAGES`, by `region`, `periode` and relève: `revision`, since the relève before; `publie`, what the
    edition printed, and `ecart`, the value less it, null where nothing was, which `nature` says; see `trianguler`.

    Raises
    ------
    ErreurBarometre
        The measure is unknown.
    """
    if not isinstance(mesure, str) or mesure not in MESURES:
        found = montrer_valeur(mesure)
        raise ErreurBarometre(f"Mesure : trouvé {found} ; attendu l'une de {', '.join(MESURES)}.")
    own = triangle if region is None else triangle[triangle["region"] == region]
    table = own[VINTAGE].assign(mesure=mesure, valeur=own[mesure])
    same = table.groupby([*LIEU, "hors"])
    follows = same["rang"].diff().eq(1) & table["horizon"].notna()
    table["revision"] = (table["valeur"] - same["valeur"].shift()).where(follows)
    table = table.merge(publies, on=CLES, how="left", validate="many_to_one").fillna({"nature": NON_PUBLIE})
    table["ecart"] = table["valeur"] - table["publie"]
    shown: pd.DataFrame = table[list(COLONNES_VINTAGES)]
    return shown


def dernieres(triangle: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the last vintage of each period of a region, or of France when it is empty."""
    own = triangle[triangle["region"] == region]
    last: pd.DataFrame = own[own["rang"] == triangle["rang"].max()].set_index("periode", drop=False)
    return last


def premieres(triangle: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the first vintage of each period: the first one that knows the region, or the same regions as the last."""
    own, now = triangle[triangle["region"] == region], dernieres(triangle, region)
    known = own["solde_net"].notna() & (bool(region) | own["hors"].eq(own["periode"].map(now["hors"])))
    first: pd.DataFrame = own[known].drop_duplicates("periode")
    return first


def evoluer(triangle: pd.DataFrame, region: str, memes: Mapping[str, Any]) -> pd.DataFrame:
    """Return periods as they stand now and as they were first published, for each its net of the regions compared.

    `periode`, the measures as the last relève counts them, null where they are not known, `comparable`, what was given,
    `releve` and `mois` of the edition that first published the period, and `premier`, the net that it gave.
    """
    first = premieres(triangle, region).set_index("periode")
    told = dernieres(triangle, region).loc[[*memes], ["periode", *MESURES]].reset_index(drop=True)
    when = told[["periode"]].join(first[["releve", "mois", "solde_net"]], on="periode")
    told = told.assign(comparable=[*memes.values()], premier=when["solde_net"])
    told[["releve", "mois"]] = when[["releve", "mois"]].fillna("")
    return told.astype(dict.fromkeys(["comparable", "premier"], "Int64"))


def premiere_publication(triangle: pd.DataFrame, periode: str, region: str) -> pd.DataFrame:
    """Return the counts of a period, `2023` or `2024-S1`, as the first relève that covers it whole gave them.

    One row: `periode`, `releve`, `mois` of its edition (empty when it has none), then the measures. No row when no
    relève of the triangle covers the period whole, for the region, or for France without the same regions.
    """
    echeance(periode)
    first = premieres(triangle, region)
    return first.loc[first["periode"] == periode, ["periode", "releve", "mois", *MESURES]].reset_index(drop=True)
