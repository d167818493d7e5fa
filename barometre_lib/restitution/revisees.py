"""What changed since the previous edition, in two lines on the page of a region, by region on that of France."""

from collections.abc import Sequence

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.regles import libelles_motifs
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import tableau_libre, trier_par_libelle
from barometre_lib.revisions import CAUSES, Cause, resumer_revisions
from barometre_lib.typographie import INSECABLE, au_cours_de, enumerer, minuscule, nombre, signe
from barometre_lib.vocabulaire import Motif


def revisees(contexte: Contexte, revisions: pd.DataFrame | None) -> Fragment | None:
    """Say what changed since the previous edition in the periods that it covered, France's by region too.

    `revisions` are those of the territory, None in the public edition, which says no movement.
    """
    if revisions is None or (not contexte.couverte and not contexte.actualisee and revisions.empty):
        return None
    covered = periodes_couvertes(contexte.precedente) if contexte.precedente else []
    regions = resumer_revisions(revisions, covered, ["region"])
    return rendre(
        "provisoire",
        contexte=contexte,
        nouvelles=_unknown_before(contexte),
        total=resumer_revisions(revisions, covered).to_dict("records")[0],
        periodes=resumer_revisions(revisions, covered, ["periode"]).to_dict("records"),
        causes=_causes(contexte, revisions, covered),
        regions=regions.to_dict("records"),
        tableau=None if contexte.region else _by_region(contexte, regions),
    )


def _causes(contexte: Contexte, revisions: pd.DataFrame, couvertes: Sequence[str]) -> list[str]:
    """Return the causes of the revisions, with the rule where another one applies; how many of each, if several."""
    causes = resumer_revisions(revisions, couvertes, ["cause"])
    causes = causes.sort_values(["mouvements", "cause"], ascending=[False, True])
    told = dict[str, int]()
    for row in causes.to_dict("records"):
        label = minuscule(CAUSES[row["cause"]])
        if row["cause"] == Cause.VERDICT.value:
            label += f", {enumerer(_rules(contexte, revisions, couvertes), 'ou')}"
        told[label] = row["mouvements"]
    alone = sum(told.values()) == 1
    return [label if alone else f"{label}{INSECABLE}({nombre(number)})" for label, number in told.items()]


def _rules(contexte: Contexte, revisions: pd.DataFrame, couvertes: Sequence[str]) -> list[str]:
    """Return the rules that no longer apply to revised movements, or now do, the most frequent first."""
    rows, labels = revisions[revisions["cause"] == Cause.VERDICT.value], libelles_motifs(contexte.parametres)
    motifs = rows["motif_avant"].where(rows["motif_avant"] != Motif.COMPTE.value, rows["motif_apres"])
    moved = {motif: int(resumer_revisions(one, couvertes)["mouvements"].iloc[0]) for motif, one in rows.groupby(motifs)}
    ordered = sorted(moved.items(), key=lambda item: (-item[1], item[0]))
    return [f"« {labels[Motif(str(motif))]} »" for motif, number in ordered if number]


def _unknown_before(contexte: Contexte) -> list[str]:
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
