"""Sections of a page: a heading, then what stands under it. A notebook shows one a cell."""

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution import textes
from barometre_lib.restitution.cartes import figure_carte_departements, figure_carte_regions
from barometre_lib.restitution.figures import figure_periodes
from barometre_lib.restitution.figures_rang import figure_rangee
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.secteurs import lecture_secteurs
from barometre_lib.restitution.tableaux import tableau_classe
from barometre_lib.typographie import au_cours_de
from barometre_lib.vocabulaire import MESURES_BRUTES


def section_annees(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the movements year by year since the first one; `comptes` by `annee`, `lecture` in words before them."""
    title = f"Mouvements comptés par année, {contexte.nom}"
    heading = f"Recensement des ouvertures et fermetures depuis {comptes['annee'].min()}"
    return section("annees", heading, lecture, _periods(contexte, comptes, "annees", title, lecture))


def section_semestres(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the semesters of the edition's year, or the first one beside those of the years before.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    comptes : pandas.DataFrame
        Counts by `annee` and `semestre`.
    lecture : Fragment, optional
        What stands in words before the figure.
    """
    if contexte.releve.semestre == 1:
        # Alone, a bar has nothing to be compared with.
        kept = comptes["semestre"].str.endswith("-S1")
        title = f"Mouvements comptés au 1er semestre de chaque année, {contexte.nom}"
        heading = f"Résultats de la première relève de {contexte.annee}"
    else:
        kept = comptes["annee"] == contexte.annee
        title = f"Mouvements comptés par semestre en {contexte.annee}, {contexte.nom}"
        heading = f"Résultats des deux relèves en {contexte.annee}"
    shown = comptes[kept].drop(columns="annee").reset_index(drop=True)
    return section("semestres", heading, lecture, _periods(contexte, shown, "semestres", title, lecture))


def section_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment | None:
    """Show the départements of a region over the edition's period, None when the map before them said it all.

    Parameters
    ----------
    contexte : Contexte
        Region and edition.
    comptes : pandas.DataFrame
        Counts of the region by period and `departement`.
    """
    if comptes["departement"].nunique() == 1 or not _counted(textes.de_la_periode(comptes, contexte.periode)):
        return None
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
    return section("regions", f"Classement des régions {au_cours_de(contexte.periode)}", table)


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


def _periods(
    contexte: Contexte, comptes: pd.DataFrame, nom: str, titre: str, lecture: Fragment | None
) -> Fragment | None:
    """Show counts period by period, None when nothing is counted and words said it."""
    if lecture and not _counted(comptes):
        return None
    return figure_periodes(comptes, nom=nom, titre=titre, releve=contexte.releve)


def _counted(comptes: pd.DataFrame) -> bool:
    return bool(comptes[list(MESURES_BRUTES)].to_numpy().any())


def _detail(contexte: Contexte, comptes: pd.DataFrame, nom: str) -> Fragment:
    """Show one dimension over the edition's period; say in words, rather than by zeros alone, that nothing counts."""
    counts = textes.de_la_periode(comptes, contexte.periode)
    if not _counted(counts):
        return rendre("aucun_mouvement", contexte=contexte)
    dimension = str(counts.columns[0])
    return figure_rangee(
        counts,
        nom=f"{dimension}s",
        titre=f"Mouvements comptés par {nom} {au_cours_de(contexte.periode)}, {contexte.nom}",
        libelles=contexte.nomenclatures.libelles(dimension),
    )
