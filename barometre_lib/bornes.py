"""Bounds of a count: the least and the most that it could be, whatever its incomplete rows turned out to say.

Rule 9 is applied anew to each completion of a site. Sites are apart from each other, those that an answer joins being
one: their bounds add up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import narwhals as nw
import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.comptage import avec_soldes, inconnues
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.regles import Liens, ecarter_doublons, lire_liens
from barometre_lib.regles.liens import Evenements
from barometre_lib.regles.taille import NON_SIGNIFICATIF
from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES, TYPES_BAISSE, TYPES_HAUSSE, Motif, TypeMouvement

# Every completion of a site is tried up to so many incomplete rows, 2 to this power; above, rule 9 is left out, and
# bounds hold that may not be reached.
ESSAIS = 8
# What would let an incomplete row pass rules 6 to 8, where it is empty.
A_REMPLIR = ("effectif", "variation_production", "assimilable_site")
SENS = {"hausses": TYPES_HAUSSE, "baisses": TYPES_BAISSE}
INCOMPLETS = (Motif.EFFECTIF_MANQUANT, Motif.SIGNIFICATIVITE_INCONNUE)


def incompletes(decisions: pd.DataFrame, motifs: Collection[Motif] = INCOMPLETS) -> "pd.Series[bool]":
    """Tell the rows set aside, by some motifs, for want of a value that might have let them pass rules 1 to 8."""
    existing = decisions["type_mouvement"].isin([TypeMouvement.EXTENSION.value, TypeMouvement.REDUCTION.value])
    refused = existing & ~decisions["assimilable_site"].fillna(True).astype(bool)
    refused &= decisions["motif"] == Motif.EFFECTIF_MANQUANT.value
    return decisions["motif"].isin([*motifs]) & ~refused


def lister_incompletes(barometre: Barometre) -> pd.DataFrame:
    """Return the incomplete rows, by region then semester: `id_mouvement`, where and what they are, what is empty."""
    rows = barometre.decisions[incompletes(barometre.decisions)]
    existing = rows["type_mouvement"].isin([TypeMouvement.EXTENSION.value, TypeMouvement.REDUCTION.value])
    unknown = rows["variation_production"].isna()
    # The service's judgement is wanting where no variation stands for it, or where the one that does is small.
    small = nw.from_native(rows).select(petit=NON_SIGNIFICATIF.ecarte(barometre.parametres))["petit"].to_numpy()
    unjudged = existing & rows["assimilable_site"].isna() & (unknown | small)
    sizeless = rows["motif"] == Motif.EFFECTIF_MANQUANT.value
    empty = dict(zip(A_REMPLIR, (sizeless, unjudged & unknown, unjudged), strict=True))
    missing = [", ".join(name for name in empty if flags[name]) for flags in pd.DataFrame(empty).to_dict("records")]
    listed = rows[["region", "semestre", "id_mouvement", "type_mouvement", "motif"]].assign(manque=missing)
    return listed.sort_values(["region", "semestre", "id_mouvement"], ignore_index=True)


def borner(barometre: Barometre, par: Sequence[str], motifs: Collection[Motif] = INCOMPLETS) -> pd.DataFrame:
    """Count a relève along `par`, with the bounds of each measure, and how many rows there are incomplete.

    Rule 9 crosses periods: an incomplete row may move the bounds of another one. `motifs` are those of the rows taken
    for incomplete.

    Returns
    -------
    pandas.DataFrame
        `par`, then each measure with `<measure>_min` and `<measure>_max`, null where it is not known, then
        `incompletes_hausses` and `incompletes_baisses`: incomplete rows of openings and extensions, of closures and
        reductions. A completion is `oui` or `non` for each row; that of none gives the counts themselves.
    """
    comptes, decisions, parametres = barometre.comptes(par), barometre.decisions, barometre.parametres
    unknown, (cases, counted) = decisions[incompletes(decisions, motifs)], essayer(decisions, parametres, motifs)
    if parametres.lacunes:
        unknown, counted = (
            one[~inconnues(one, par, parametres.lacunes, parametres.nomenclatures)] for one in (unknown, counted)
        )
    keys = list(par)
    moved = _bouger(cases, counted, keys)
    number = pd.DataFrame({name: unknown["type_mouvement"].isin(types) for name, types in SENS.items()})
    number = unknown[keys].join(number.astype("int64").add_prefix("incompletes_")).groupby(keys, as_index=False).sum()
    whole = comptes.merge(moved, on=keys, how="left").merge(number, on=keys, how="left")
    ends = [f"{name}{end}" for name in MESURES for end in ("_min", "_max")]
    added = [*ends, *(f"incompletes_{name}" for name in SENS)]
    whole[added] = whole[added].fillna(0).astype("int64")
    for name in MESURES:
        whole[f"{name}_min"] += whole[name]
        whole[f"{name}_max"] += whole[name]
    counts = [f"incompletes_{name}" for name in SENS]
    # Of what is not known, nothing is said.
    if parametres.lacunes:
        whole[counts] = whole[counts].astype("Int64").mask(whole["solde_net"].isna())
    return whole[[*keys, *MESURES, *added]]


def essayer(
    decisions: pd.DataFrame, parametres: ParametresRegles, motifs: Collection[Motif] = INCOMPLETS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the completions of each site that has incomplete rows, `site` and `cas`, and the rows that each counts.

    `cas` 0 counts none of the incomplete rows.
    """
    unknown = incompletes(decisions, motifs)
    passing = decisions["motif"].isin([Motif.COMPTE.value, Motif.DOUBLON.value])
    links, rows = lire_liens(decisions, parametres), decisions[unknown | passing]
    # Sites that answers join are tried together; each completion joins them, or not, by the rows that pass in it.
    rows = rows.assign(site=links.sites(rows))
    rows = rows[rows["site"].isin(rows.loc[unknown[rows.index], "site"])]
    rows["_inconnue"] = unknown[rows.index]
    rows["_rang"] = rows.groupby("site")["_inconnue"].cumsum() - 1
    rows["_tout"] = rows.groupby("site")["_inconnue"].transform("sum") <= ESSAIS
    cases = (2 ** rows.groupby("site")["_inconnue"].transform("sum")).where(rows["_tout"], 3)
    made = rows.loc[rows.index.repeat(cases)]
    made["cas"] = made.groupby(level=0).cumcount()
    kept = ~made["_inconnue"] | (made["cas"] // 2 ** made["_rang"].clip(0, ESSAIS) % 2 == 1)
    # Of too many: all that add and nothing that takes, then the contrary, each by itself.
    loosely = ~made["_tout"] & (made["cas"] > 0)
    kept = kept.mask(loosely, made["type_mouvement"].isin(TYPES_HAUSSE) == (made["cas"] == 1))
    own = (made["cas"].astype("str") + "|" + made["id_mouvement"]).where(loosely, made["cas"].astype("str"))
    # A blank sorts before whatever an identifier may hold: rows stay in their order.
    named = made["id_mouvement"] + " " + made["cas"].astype("str")
    tried = made.assign(cle_site=made["cle_site"] + "|" + own, id_mouvement=named)[kept].reset_index(drop=True)
    # Where rule 9 is left out, answers are too.
    about = Liens(*(frozenset(_renommer(pairs, links, made[~loosely])) for pairs in (links.unis, links.separes)))
    return made[["site", "cas"]].drop_duplicates(), ecarter_doublons(tried, parametres, about)


def _renommer(paires: Iterable[tuple[str, str]], liens: Liens, essais: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield pairs of movements as they are named in each completion of their site."""
    cases, events = essais.groupby("site")["cas"].unique(), Evenements(liens)
    place = dict(zip(essais["id_mouvement"], essais["site"], strict=True))
    for one, other in paires:
        # A row that no completion lets pass joins others still.
        here = {place[name] for name in (*events.de(one), *events.de(other)) if name in place}
        yield from ((f"{one} {case}", f"{other} {case}") for site in here for case in cases[site])


def _bouger(cas: pd.DataFrame, comptees: pd.DataFrame, par: list[str]) -> pd.DataFrame:
    """Return how far each measure may go down and up from its count along `par`, the moves of all sites summed."""
    measures = {movement.mesure: comptees["type_mouvement"] == movement.value for movement in TypeMouvement}
    cells = comptees[["site", "cas", *par]].join(pd.DataFrame(measures, index=comptees.index).astype("int64"))
    grid = cells[["site", *par]].drop_duplicates().merge(cas, on="site")
    summed = cells.groupby(["site", "cas", *par], as_index=False)[list(MESURES_BRUTES)].sum()
    whole = grid.merge(summed, on=["site", "cas", *par], how="left").fillna(dict.fromkeys(MESURES_BRUTES, 0))
    whole = avec_soldes(whole)
    keys = ["site", *par]
    base = whole[whole["cas"] == 0].set_index(keys)[list(MESURES)]
    by_place = whole.groupby(keys)[list(MESURES)]
    ends = [(by_place.min() - base).add_suffix("_min"), (by_place.max() - base).add_suffix("_max")]
    return pd.concat(ends, axis="columns").groupby(par).sum().reset_index()
