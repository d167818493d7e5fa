"""Sections of a page: a heading, then what stands under it. A notebook shows one a cell."""

from collections.abc import Callable

import pandas as pd

from barometre_lib.restitution import textes
from barometre_lib.restitution.contexte import Contexte
from barometre_lib.restitution.figures import figure_periodes
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import tableau, tableau_classe, tableau_decroissant
from barometre_lib.typographie import au_cours_de, periode
from barometre_lib.vocabulaire import MESURES_BRUTES


def section_annees(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the movements year by year since the first one; `comptes` by `annee`."""
    figure = figure_periodes(
        comptes,
        nom="annees",
        titre=f"Mouvements comptés par année, {contexte.nom}",
        releve=contexte.releve,
    )
    return section("annees", f"Recensement des ouvertures et fermetures depuis {comptes['annee'].min()}", figure)


def section_semestres(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the semesters of the edition's year; `comptes` by `annee` and `semestre`."""
    of_year = comptes[comptes["annee"] == contexte.annee].drop(columns="annee").reset_index(drop=True)
    figure = figure_periodes(
        of_year,
        nom="semestres",
        titre=f"Mouvements comptés par semestre en {contexte.annee}, {contexte.nom}",
        releve=contexte.releve,
    )
    if len(of_year) == 1:
        return section("semestres", f"Résultats de la première relève de {contexte.annee}", figure)
    return section("semestres", f"Résultats des deux relèves en {contexte.annee}", figure)


def section_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the départements of a region over the edition's period; `comptes` by period and `departement`."""
    return section("departements", "Par département", _detail(contexte, comptes, "département", tableau))


def section_secteurs(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the sectors over the edition's period, by net; `comptes` by period and `secteur`."""
    return section("secteurs", "Par secteur", _detail(contexte, comptes, "secteur", tableau_decroissant))


def section_regions(contexte: Contexte, comptes: pd.DataFrame, classement: pd.DataFrame) -> Fragment:
    """Show the regions by rank, then those whose coverage is not known; `comptes` by period and `region`."""
    table = tableau_classe(
        textes.de_la_periode(comptes, contexte.periode),
        classement,
        titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}, de la première à la dernière",
        libelles=contexte.nomenclatures.libelles("region"),
    )
    return section("regions", f"Classement des régions, {periode(contexte.periode)}", table)


def section_exemples(contexte: Contexte, mouvements: pd.DataFrame) -> Fragment:
    """Tell about the movements chosen as examples."""
    return section("exemples", "Exemples", textes.exemples(contexte, mouvements))


def section_methode(contexte: Contexte) -> Fragment:
    """Say what is counted and how."""
    return section("methode", "Méthodologie", textes.methode(contexte))


def _detail(contexte: Contexte, comptes: pd.DataFrame, nom: str, montrer: Callable[..., Fragment]) -> Fragment:
    """Show one dimension over the edition's period; say in words, rather than by zeros alone, that nothing counts."""
    counts = textes.de_la_periode(comptes, contexte.periode)
    if not counts[list(MESURES_BRUTES)].to_numpy().any():
        return rendre("aucun_mouvement", contexte=contexte)
    return montrer(
        counts,
        titre=f"Mouvements comptés par {nom} {au_cours_de(contexte.periode)}, {contexte.nom}",
        libelles=contexte.nomenclatures.libelles(str(counts.columns[0])),
    )
