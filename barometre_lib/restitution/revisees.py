"""What changed since the previous edition, in two lines on the page of a region, by region on that of France."""

from collections.abc import Sequence

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import tableau_libre, trier_par_libelle
from barometre_lib.revisions import FAMILLES, libelle_cause, resumer_revisions
from barometre_lib.typographie import INSECABLE, au_cours_de, enumerer, minuscule, nombre, signe


def revisees(contexte: Contexte, revisions: pd.DataFrame | None) -> Fragment | None:
    """Say what changed since the previous edition in the periods that it covered, France's by region too.

    `revisions` are those of the territory, None in the public edition, which says no movement.
    """
    if revisions is None or (not contexte.couverte and not contexte.actualisee and revisions.empty):
        return None
    covered = periodes_couvertes(contexte.precedente) if contexte.precedente else []
    regions = resumer_revisions(revisions, covered, ["region"])
    causes = resumer_revisions(revisions, covered, ["famille", "cause"], contexte.corriges)
    return rendre(
        "provisoire",
        contexte=contexte,
        nouvelles=inconnues_avant(contexte),
        total=resumer_revisions(revisions, covered).to_dict("records")[0],
        periodes=resumer_revisions(revisions, covered, ["periode"]).to_dict("records"),
        familles=_families(causes),
        causes=causes.to_dict("records"),
        regions=regions.to_dict("records"),
        deplaces=_moved_within(revisions, covered) if contexte.region else 0,
        tableau=None if contexte.region else _by_region(contexte, regions),
    )


def _families(causes: pd.DataFrame) -> list[str]:
    """Say the causes of each family, the most frequent first; how many movements of each, if there are several."""
    alone, told = causes["mouvements"].sum() == 1, []
    for family, label in FAMILLES.items():
        rows = causes[causes["famille"] == family].sort_values(["mouvements", "cause"], ascending=[False, True])
        labels = [minuscule(libelle_cause(cause)) for cause in rows["cause"]]
        counts = ["" if alone else f"{INSECABLE}({nombre(number)})" for number in rows["mouvements"]]
        if labels:
            told.append(f"{label}{INSECABLE}: {enumerer(map(''.join, zip(labels, counts, strict=True)))}.")
    return told


def _moved_within(revisions: pd.DataFrame, couvertes: Sequence[str]) -> int:
    """Count the movements of a region that only went from one of its départements to another."""
    by_place, whole = (
        {*resumer_revisions(revisions, couvertes, par)["id_mouvement"]}
        for par in (["departement", "id_mouvement"], ["id_mouvement"])
    )
    return len(by_place - whole)


def inconnues_avant(contexte: Contexte) -> list[str]:
    """Return what the previous edition did not know and this one does: « de Bretagne au 2e semestre 2024 »."""
    before = contexte.lacunes_precedentes
    known = [code for code in before.actualisees if code not in contexte.lacunes.actualisees]
    asked = [contexte.region] if contexte.region else [contexte.nomenclatures.regions[code] for code in known]
    semesters = contexte.precedente.semestres if contexte.precedente else []
    return [
        f"{one.complement} {enumerer(au_cours_de(code) for code in semesters if before.manque(code, one.code))}"
        for one in asked
        if one.code in known
    ]


def _by_region(contexte: Contexte, resume: pd.DataFrame) -> Fragment:
    """Show the number of movements and the effect on the net, region by region."""
    labels = contexte.nomenclatures.libelles("region")
    rows = trier_par_libelle(resume, labels).to_dict("records")
    table = tableau_libre(
        [[labels[row["region"]], nombre(row["mouvements"]), signe(row["solde_net"])] for row in rows],
        titre="Mouvements révisés depuis l'édition précédente, par région",
        entetes=["Région", "Mouvements", "Effet sur le solde net"],
        classe="nombres",
    )
    return rendre("repli", intitule="Révisions par région", contenu=table)
