"""The results of the edition's period in words: net, gross numbers, rank, the year before, jobs and investment."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte, est_pluriel
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.typographie import INSECABLE, au_cours_de, mois, nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

# Alone, a region is not ranked.
REGIONS_MIN = 2
# So many regions are named behind the first; none when equals would make them more.
SUIVANTES = 2


def section_resultats(
    contexte: Contexte,
    evolution: pd.DataFrame,
    classement: pd.DataFrame,
    classement_avant: pd.DataFrame,
    *complements: Fragment | None,
) -> Fragment:
    """Say the results of a territory over the edition's period.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    evolution : pandas.DataFrame
        What `Barometre.evolution` returns for the territory.
    classement, classement_avant : pandas.DataFrame
        Ranking of the covered regions over that period and over the same one of the year before.
    *complements : Fragment or None
        What stands below, jobs and investment for instance.
    """
    told = {row["periode"]: row for row in evolution.to_dict("records")}
    now = told[contexte.periode]
    gross = {measure: now[measure] for measure in MESURES_BRUTES}
    before = _year_before(contexte, now, told.get(contexte.periode_precedente))
    ranking = rang_region if contexte.region else rang_france
    content = rendre(
        "resultats",
        contexte=contexte,
        **gross,
        mouvements=sum(gross.values()),
        hausses=gross["ouvertures"] + gross["extensions"],
        baisses=gross["fermetures"] + gross["reductions"],
        net=now["solde_net"],
        strict=now["solde_strict"],
        rang=ranking(contexte, classement, classement_avant),
        avant=before,
        ecart=now["solde_net"] - before["net"] if before else 0,
    )
    heading = f"Résultats {contexte.locatif} {au_cours_de(contexte.periode)}"
    return section("resultats", heading, content, *complements)


def _year_before(
    contexte: Contexte, now: Mapping[Hashable, Any], before: Mapping[Hashable, Any] | None
) -> dict[str, Any] | None:
    """Return the net of the same period of the year before, now and as first published; None where none can be said."""
    # Where coverage is not known and nothing is counted, zeros have nothing to say to each other.
    silent = not any(row[measure] for row in (now, before or {}) for measure in MESURES_BRUTES if row)
    if before is None or (silent and not contexte.couverte):
        return None
    earlier = before["releve"] != str(contexte.releve)
    return {
        "periode": before["periode"],
        "net": before["solde_net"],
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
    before = classement_avant[classement_avant["region"] == code]
    rank_before = int(before["rang"].iloc[0]) if len(before) else 0
    equals = classement[(classement["rang"] == rank) & (classement["region"] != code)]
    return rendre(
        "rang_region",
        contexte=contexte,
        rang=rank,
        autres=[contexte.nomenclatures.regions[one].article for one in equals["region"]],
        suivantes=_followers(contexte, classement),
        rang_avant=rank_before,
        autres_avant=bool(before["ex_aequo"].any()),
        classees=len(classement),
    )


def rang_france(contexte: Contexte, classement: pd.DataFrame, classement_avant: pd.DataFrame) -> Fragment:
    """Say which regions come first, which have a negative balance; see `section_resultats`."""
    first = classement[classement["rang"] == 1]
    first_before = classement_avant[classement_avant["rang"] == 1]
    names = [contexte.nomenclatures.regions[code].article for code in first["region"]]
    nets = classement["solde_net"]
    signs = {"positif": int((nets > 0).sum()), "nul": int((nets == 0).sum()), "négatif": int((nets < 0).sum())}
    return rendre(
        "rang_france",
        minimum=REGIONS_MIN,
        premieres=names,
        pluriel=len(names) > 1 or any(map(est_pluriel, names)),
        reste=len(names) == 1 and first["region"].tolist() == first_before["region"].tolist(),
        plus_haut=int(nets.max()) if len(nets) else 0,
        suivantes=_followers(contexte, classement),
        classees=len(classement),
        repartition=[f"{sign} dans {_how_many(number)}" for sign, number in signs.items() if number],
        negatives=_with_nets(contexte, classement[nets < 0].sort_values(["solde_net", "region"])),
    )


def _how_many(number: int) -> str:
    return "une" if number == 1 else nombre(number)


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
