"""Sections of a page: a heading, then what stands under it. A notebook shows one a cell."""

import pandas as pd

from barometre_lib.restitution import textes
from barometre_lib.restitution.cartes import figure_carte_departements, figure_carte_regions
from barometre_lib.restitution.contexte import Contexte
from barometre_lib.restitution.figures import figure_periodes
from barometre_lib.restitution.figures_rang import figure_rangee
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.secteurs import lecture_secteurs
from barometre_lib.restitution.tableaux import tableau_classe
from barometre_lib.typographie import au_cours_de, periode
from barometre_lib.vocabulaire import MESURES_BRUTES


def section_annees(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the movements year by year since the first one; `comptes` by `annee`, `lecture` in words before them."""
    figure = figure_periodes(
        comptes,
        nom="annees",
        titre=f"Mouvements comptés par année, {contexte.nom}",
        releve=contexte.releve,
    )
    heading = f"Recensement des ouvertures et fermetures depuis {comptes['annee'].min()}"
    return section("annees", heading, lecture, figure)


def section_semestres(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the semesters of the edition's year; `comptes` by `annee` and `semestre`, `lecture` in words before them."""
    of_year = comptes[comptes["annee"] == contexte.annee].drop(columns="annee").reset_index(drop=True)
    figure = figure_periodes(
        of_year,
        nom="semestres",
        titre=f"Mouvements comptés par semestre en {contexte.annee}, {contexte.nom}",
        releve=contexte.releve,
    )
    if len(of_year) == 1:
        return section("semestres", f"Résultats de la première relève de {contexte.annee}", lecture, figure)
    return section("semestres", f"Résultats des deux relèves en {contexte.annee}", lecture, figure)


def section_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the départements of a region over the edition's period; `comptes` by period and `departement`."""
    return section("departements", "Par département", _detail(contexte, comptes, "département"))


def section_secteurs(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the sectors over the edition's period, by net; `comptes` by period and `secteur`."""
    return section(
        "secteurs", "Par secteur", lecture_secteurs(contexte, comptes), _detail(contexte, comptes, "secteur")
    )


def section_regions(contexte: Contexte, comptes: pd.DataFrame, classement: pd.DataFrame) -> Fragment:
    """Show the regions by rank, then those whose coverage is not known; `comptes` by period and `region`."""
    table = tableau_classe(
        textes.de_la_periode(comptes, contexte.periode),
        classement,
        titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}, de la première à la dernière",
        libelles=contexte.nomenclatures.libelles("region"),
    )
    return section("regions", f"Classement des régions, {periode(contexte.periode)}", table)


def section_carte(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the map of regions over the edition's period; `comptes` of every region, by period and `region`."""
    heading = f"Cartographie régionale des ouvertures nettes {au_cours_de(contexte.periode)}"
    return section("carte-regionale", heading, figure_carte_regions(contexte, comptes))


def section_carte_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the map of départements, those of the page's region if it has one.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    comptes : pandas.DataFrame
        Counts by period, `region` and `departement`; those of the other regions are left out.
    """
    heading = f"Cartographie départementale des ouvertures nettes {au_cours_de(contexte.periode)}"
    return section("carte-departementale", heading, figure_carte_departements(contexte, comptes))


def section_exemples(contexte: Contexte, mouvements: pd.DataFrame) -> Fragment:
    """Tell about the movements chosen as examples."""
    return section("exemples", "Exemples", textes.exemples(contexte, mouvements))


def section_methode(contexte: Contexte) -> Fragment:
    """Say what is counted and how."""
    return section("methode", "Méthodologie", textes.methode(contexte))


def _detail(contexte: Contexte, comptes: pd.DataFrame, nom: str) -> Fragment:
    """Show one dimension over the edition's period; say in words, rather than by zeros alone, that nothing counts."""
    counts = textes.de_la_periode(comptes, contexte.periode)
    if not counts[list(MESURES_BRUTES)].to_numpy().any():
        return rendre("aucun_mouvement", contexte=contexte)
    dimension = str(counts.columns[0])
    return figure_rangee(
        counts,
        nom=f"{dimension}s",
        titre=f"Mouvements comptés par {nom} {au_cours_de(contexte.periode)}, {contexte.nom}",
        libelles=contexte.nomenclatures.libelles(dimension),
    )
