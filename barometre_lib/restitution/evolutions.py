"""What changed with time: the series of nets with their footnotes, and what this edition revises."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import aucun_mouvement, tableau_libre, trier_par_libelle
from barometre_lib.revisions import CAUSES, periodes_couvertes, resumer_revisions
from barometre_lib.typographie import INSECABLE, minuscule, nombre, signe


def lecture_annees(contexte: Contexte, *evolutions: pd.DataFrame) -> Fragment:
    """Say the nets of every year since the first one, the last one perhaps half over; see `_series`."""
    return _series(contexte, evolutions, periodes_couvertes(contexte.releve), "note-annees")


def lecture_semestres(contexte: Contexte, *evolutions: pd.DataFrame) -> Fragment:
    """Say the nets of the semesters of the edition's year; see `_series`."""
    semesters = [code for code in contexte.releve.semestres if code.startswith(contexte.annee)]
    return _series(contexte, evolutions, semesters, "note-semestres")


def _series(contexte: Contexte, evolutions: Sequence[pd.DataFrame], periodes: Sequence[str], ancre: str) -> Fragment:
    """Say nets, with a footnote on each that differs from the one first published for its period.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    evolutions : sequence of pandas.DataFrame
        What `Barometre.evolution` returns: of the page's territory, then of France on the page of a region.
    periodes : sequence of str
        Periods to say.
    ancre : str
        Start of the identifiers of the footnotes, unique in the page.
    """
    series, notes = [], list[dict[str, Any]]()
    for place, evolution in zip((contexte.locatif, "en France"), evolutions, strict=False):
        told = evolution[evolution["periode"].isin(periodes)]
        values = []
        for row in told.to_dict("records"):
            revised = row["premier"] != row["solde_net"]
            if revised:
                notes.append({"locatif": place, "premiere": row})
            values.append({"periode": row["periode"], "net": row["solde_net"], "note": len(notes) if revised else 0})
        silent = aucun_mouvement(told) and not any(one["note"] for one in values)
        series.append({"locatif": place, "valeurs": values, "muette": silent})
    return rendre("serie", series=series, notes=notes, ancre=ancre)


def section_provisoire(contexte: Contexte, revisions: pd.DataFrame | None) -> Fragment:
    """Say that the data are provisional, and what changed since the previous edition.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    revisions : pandas.DataFrame or None
        What `Barometre.revisions` returns for the territory; None in the public edition, which says no movement.
    """
    heading = "Données provisoires"
    if revisions is None:
        return section("provisoire", heading, rendre("provisoire_public", contexte=contexte))
    covered = periodes_couvertes(contexte.precedente) if contexte.precedente else []
    causes = resumer_revisions(revisions, covered, ["cause"]).sort_values(
        ["mouvements", "cause"], ascending=[False, True]
    )
    content = rendre(
        "provisoire",
        contexte=contexte,
        total=resumer_revisions(revisions, covered).to_dict("records")[0],
        periodes=resumer_revisions(revisions, covered, ["periode"]).to_dict("records"),
        causes=[
            f"{minuscule(CAUSES[row['cause']])}{INSECABLE}({nombre(row['mouvements'])})"
            for row in causes.to_dict("records")
        ],
        tableau=None if contexte.region else _by_region(contexte, resumer_revisions(revisions, covered, ["region"])),
    )
    return section("provisoire", heading, content)


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
