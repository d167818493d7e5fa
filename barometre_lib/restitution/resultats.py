"""The results of the edition's period: net, gross numbers, rank, the year before, jobs and investment, sectors."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte, est_pluriel
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import (
    INCONNU,
    additionner,
    aucun_mouvement,
    de_la_periode,
    tableau_libre,
    trier_par_libelle,
)
from barometre_lib.sommes import ENSEMBLE, NON_ACTUALISE, SOMMES, donnants
from barometre_lib.typographie import INSECABLE, au_cours_de, minuscule, mois, nombre, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BAISSE, MESURES_BRUTES, MESURES_HAUSSE

# Alone, a region is not ranked.
REGIONS_MIN = 2
# So many regions are named behind the first; none when equals would make them more.
SUIVANTES = 2
# So many sectors come first, with those that equal the last one; none when equals make them more than the most.
PREMIERS, PREMIERS_MAX = 4, 6


def phrase(contexte: Contexte, comptes: pd.DataFrame, classement: pd.DataFrame) -> Fragment:
    """Say the gross numbers, the net and the rank of a territory over the edition's own period.

    `comptes` of the territory by period; `classement` of the covered regions over the same one.
    """
    if contexte.actualisee:
        return rendre("phrase", contexte=contexte, rang=None)
    counts = de_la_periode(comptes, contexte.periode).iloc[0]
    ranked = classement[classement["region"] == contexte.region.code] if contexte.region else classement.head(0)
    return rendre(
        "phrase",
        contexte=contexte,
        hausses=additionner(counts, MESURES_HAUSSE),
        baisses=additionner(counts, MESURES_BAISSE),
        net=int(counts["solde_net"]),
        rang=ranked.iloc[0].to_dict() if len(ranked) and len(classement) >= REGIONS_MIN else None,
        classees=len(classement),
        hors=_left_out(contexte),
    )


def _left_out(contexte: Contexte) -> str:
    """Return what a sentence says of the regions that are not ranked because they were late."""
    return f", {contexte.hors()}" if contexte.hors() else ""


def section_resultats(
    contexte: Contexte,
    evolution: pd.DataFrame,
    classement: pd.DataFrame,
    classement_avant: pd.DataFrame,
    *complements: Fragment | None,
) -> Fragment:
    """Say the results of a territory over the edition's period, then what complements them.

    `evolution` is that of the territory; `classement` and `classement_avant` rank the covered regions over that period
    and over the same one of the year before.
    """
    heading = f"Résultats {contexte.locatif} {au_cours_de(contexte.periode)}"
    if contexte.actualisee:
        return section("resultats", heading, rendre("non_disponible", contexte=contexte))
    told = {row["periode"]: row for row in evolution.to_dict("records")}
    now = told[contexte.periode]
    before = _year_before(contexte, now, told.get(contexte.periode_precedente))
    say_rank = rang_region if contexte.region else rang_france
    content = rendre(
        "resultats",
        contexte=contexte,
        **{measure: now[measure] for measure in MESURES_BRUTES},
        mouvements=additionner(now, MESURES_BRUTES),
        hausses=additionner(now, MESURES_HAUSSE),
        baisses=additionner(now, MESURES_BAISSE),
        net=now["solde_net"],
        strict=now["solde_strict"],
        rang=say_rank(contexte, classement, classement_avant),
        avant=before,
        ecart=now["solde_net"] - before["net"] if before else 0,
    )
    return section("resultats", heading, content, *complements)


def _year_before(
    contexte: Contexte, now: Mapping[Hashable, Any], before: Mapping[Hashable, Any] | None
) -> dict[str, Any] | None:
    """Return the net of the same period of the year before, now and as first published; None where none can be said."""
    # Where coverage is not known and nothing is counted, zeros have nothing to say to each other.
    silent = not any(additionner(row, MESURES_BRUTES) for row in (now, before) if row)
    if before is None or (silent and not contexte.couverte):
        return None
    # What was first published is not of the same regions.
    left_out = "" if contexte.region else contexte.hors()
    earlier = before["releve"] != str(contexte.releve) and not left_out
    return {
        "periode": before["periode"],
        "hors": left_out,
        "net": before["comparable"],
        "premier": before["premier"],
        "ancien": earlier,
        "revise": earlier and before["premier"] != before["solde_net"],
        "publication": f"en{INSECABLE}{mois(before['mois'])}" if before["mois"] else f"relève {before['releve']}",
    }


def rang_region(contexte: Contexte, classement: pd.DataFrame, classement_avant: pd.DataFrame) -> Fragment | None:
    """Say the rank of a region and what it was the year before, None when it has none; see `section_resultats`."""
    code = contexte.region.code if contexte.region else ""
    ranked = classement[classement["region"] == code]
    if ranked.empty or len(classement) < REGIONS_MIN:
        return None
    rank = int(ranked["rang"].iloc[0])
    # A rank of the year before was not among the same regions.
    before = classement_avant[(classement_avant["region"] == code) & (not contexte.hors())]
    equals = classement[(classement["rang"] == rank) & (classement["region"] != code)]
    return rendre(
        "rang_region",
        contexte=contexte,
        rang=rank,
        autres=[contexte.nomenclatures.regions[one].article for one in equals["region"]],
        suivantes=_followers(contexte, classement),
        rang_avant=int(before["rang"].iloc[0]) if len(before) else 0,
        autres_avant=bool(before["ex_aequo"].any()),
        classees=len(classement),
        hors=_left_out(contexte),
    )


def rang_france(contexte: Contexte, classement: pd.DataFrame, classement_avant: pd.DataFrame) -> Fragment:
    """Say which regions come first, which have a negative balance; see `section_resultats`."""
    first = classement[classement["rang"] == 1]
    first_before = classement_avant[classement_avant["rang"] == 1]
    names = [contexte.nomenclatures.regions[code].article for code in first["region"]]
    nets = classement["solde_net"]
    signs = {"positif": (nets > 0).sum(), "nul": (nets == 0).sum(), "négatif": (nets < 0).sum()}
    return rendre(
        "rang_france",
        minimum=REGIONS_MIN,
        premieres=names,
        pluriel=len(names) > 1 or any(map(est_pluriel, names)),
        reste=len(names) == 1 and first["region"].tolist() == first_before["region"].tolist() and not contexte.hors(),
        plus_haut=int(nets.max()) if len(nets) else 0,
        suivantes=_followers(contexte, classement),
        classees=len(classement),
        hors=_left_out(contexte),
        repartition=[
            f"{sign} dans {'une' if number == 1 else nombre(number)}" for sign, number in signs.items() if number
        ],
        negatives=_with_nets(contexte, classement[nets < 0].sort_values(["solde_net", "region"])),
    )


def _followers(contexte: Contexte, classement: pd.DataFrame) -> list[str]:
    """Return the regions that come just behind a single first one, equals together; none when they are too many."""
    behind = classement[classement["rang"].between(2, SUIVANTES + 1)]
    if (classement["rang"] == 1).sum() > 1 or len(behind) > SUIVANTES:
        return []
    return _with_nets(contexte, behind)


def _with_nets(contexte: Contexte, ranked: pd.DataFrame) -> list[str]:
    regions = contexte.nomenclatures.regions
    pairs = zip(ranked["region"], ranked["solde_net"], strict=True)
    return [f"{regions[code].article}{INSECABLE}({signe(net)})" for code, net in pairs]


def lecture_emplois(contexte: Contexte, decisions: pd.DataFrame) -> Fragment | None:
    """Say the jobs and the investment of the movements counted over the edition's period, None without any to say.

    `decisions` is the register of decisions.
    """
    counted = contexte.retenir(decisions)
    sums = {name: _sum(counted, name) for name in SOMMES}
    return rendre("emplois", **sums) if any(sums.values()) else None


def _sum(counted: pd.DataFrame, name: str) -> dict[str, Any] | None:
    """Return a sum, the sites that give it and all of them; None when no site does."""
    types, column = SOMMES[name]
    given, movements = donnants(counted, name), counted[counted["type_mouvement"].isin(types)]
    if given.empty:
        return None
    return {
        "somme": given[column].sum(),
        "sites": given["cle_site"].nunique(),
        "total": movements["cle_site"].nunique(),
    }


def section_sommes(contexte: Contexte, sommes: Mapping[str, pd.DataFrame]) -> Fragment | None:
    """Show the sums of the public edition by sector, and their total; `sommes` are those of `Vue`.

    None in the internal edition, whose results say jobs and investment, and over a semester.
    """
    if not contexte.publique or not sommes:
        return None
    sums, labels = sommes["secteur"], {**contexte.nomenclatures.libelles("secteur"), ENSEMBLE: contexte.nom_compte}
    by_name = trier_par_libelle(sums[sums["secteur"] != ENSEMBLE], labels)
    *rows, total = (
        [labels[row["secteur"]], *(text for name in SOMMES for text in _value_and_sites(row, name))]
        for row in [*by_name.to_dict("records"), *sums[sums["secteur"] == ENSEMBLE].to_dict("records")]
    )
    table = tableau_libre(
        rows,
        titre=f"Emplois et investissement {au_cours_de(contexte.periode)}, {contexte.nom_compte}, par secteur",
        entetes=[LIBELLES["secteur"], *(f"{of}{LIBELLES[name]}" for name in SOMMES for of in ("", "Sites : "))],
        total=total,
        classe="nombres large",
    )
    return section(
        "emplois", "Emplois et investissement", rendre("sommes", tableau=table, ancien=NON_ACTUALISE in sums.to_numpy())
    )


def _value_and_sites(row: Any, name: str) -> tuple[str, str]:
    value = row[name]
    shown = value if isinstance(value, str) else INCONNU if value is None else nombre(value)
    return shown, nombre(row[f"sites_{name}"])


def lecture_secteurs(contexte: Contexte, comptes: pd.DataFrame) -> Fragment | None:
    """Say which sectors come first over the edition's period, which have a negative balance; None without any movement.

    `comptes` of the territory, by period and `secteur`.
    """
    counts = de_la_periode(comptes, contexte.periode)
    if contexte.actualisee or aucun_mouvement(counts):
        return None
    labels = contexte.nomenclatures.libelles("secteur")
    ordered = trier_par_libelle(counts, labels).set_index("secteur")
    net = ordered["solde_net"]

    def told(values: Iterable[tuple[Any, int]], write: Any) -> list[str]:
        return [f"{minuscule(labels[code])}{INSECABLE}({write(value)})" for code, value in values]

    return rendre(
        "lecture_secteurs",
        premiers=told(_first(ordered[list(MESURES_HAUSSE)].sum(axis="columns")), nombre),
        hauts=told(_first(net), signe),
        negatifs=told(net[net < 0].sort_values(kind="stable").items(), signe),
    )


def _first(values: pd.Series) -> list[tuple[str, int]]:
    """Return the highest positive values, equals together, in the order given where they are equal."""
    positive = values[values > 0].sort_values(ascending=False, kind="stable")
    ranks = positive.rank(method="min", ascending=False)
    kept = positive[ranks <= PREMIERS]
    if len(kept) > PREMIERS_MAX:
        kept = positive[ranks < ranks[kept.index[-1]]]
    return [(str(code), int(value)) for code, value in kept.items()]
