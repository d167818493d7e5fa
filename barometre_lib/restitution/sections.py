"""Sections of a page, those of the State's release in their order: a heading, then what stands under it.

A notebook shows one a cell. What there is nothing to draw of is said in one sentence.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.annees import phrase_france, tableau_annees
from barometre_lib.restitution.cartes import carte_departements, carte_regions
from barometre_lib.restitution.constats_figures import (
    constat_carte,
    constat_classement,
    constat_departements,
    constat_multiples,
    constat_recensement,
    constat_secteurs,
)
from barometre_lib.restitution.figures import figure_classement, figure_multiples, figure_recensement, figure_secteurs
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.methodologie import definition
from barometre_lib.restitution.tableaux import additionner, aucun_mouvement, de_la_periode, trier_par_libelle
from barometre_lib.typographie import au_cours_de, minuscule, sans_accents
from barometre_lib.vocabulaire import MESURES_BRUTES, TYPES_HAUSSE, TYPES_MOUVEMENT

# Of fewer movements a sentence says more than a drawing.
MOUVEMENTS_MIN = 5


def section_recensement(
    contexte: Contexte,
    semestres: pd.DataFrame,
    evolution: pd.DataFrame,
    france: pd.DataFrame | None = None,
    evolution_france: pd.DataFrame | None = None,
) -> Fragment:
    """Show every semester since the first one, then the years in a table, with the value first published of each.

    `semestres` of the territory, by `annee` and `semestre`; on the page of a region, `france` by period stands
    beside them and `evolution_france` ends the table.
    """
    heading = f"Recensement des ouvertures et fermetures depuis {semestres['annee'].min()}"
    drawn = None
    if _has_enough(semestres):
        finding = constat_recensement(contexte, evolution)
        years = evolution if contexte.region is None else None
        drawn = figure_recensement(contexte, semestres, france, constat=finding, annees=years)
    told = evolution if evolution_france is None else evolution_france
    return section(
        "recensement",
        heading,
        drawn,
        tableau_annees(contexte, evolution, evolution_france),
        phrase_france(contexte, told),
    )


def section_resultats(
    contexte: Contexte, figures: Sequence[Fragment | None], *complements: Fragment | None
) -> Fragment:
    """Show what is counted over the edition's period: figures, or a sentence where there is none; then complements."""
    first_half = f"Résultats du premier semestre {contexte.annee}"
    heading = first_half if contexte.releve.semestre == 1 else f"Résultats des deux relèves en {contexte.annee}"
    return section("resultats", heading, _cote_a_cote(figures), *complements)


def secteurs_et_departements(contexte: Contexte, secteurs: pd.DataFrame, departements: pd.DataFrame) -> list[Fragment]:
    """Return the figures of a territory by sector and, of a region, by département, or the sentence in their place.

    `secteurs` by period and `secteur`; `departements` by period, `region` and `departement`.
    """
    counts = de_la_periode(secteurs, contexte.periode)
    if contexte.actualisee:
        return [rendre("non_disponible", contexte=contexte)]
    if aucun_mouvement(counts):
        return [rendre("aucun_mouvement" if contexte.couverte else "non_etabli", contexte=contexte)]
    if not _has_enough(counts):
        return [rendre("peu_de_mouvements", contexte=contexte, secteurs=_par_secteur(contexte, counts))]
    drawn = [figure_secteurs(contexte, secteurs, constat=constat_secteurs(contexte, secteurs))]
    if contexte.region and departements["departement"].nunique() > 1:
        finding = constat_departements(contexte, departements)
        drawn.append(carte_departements(contexte, departements, constat=finding))
    return drawn


def _cote_a_cote(figures: Sequence[Fragment | None]) -> Fragment:
    """Put figures side by side where the screen is wide enough; a single piece takes all the room."""
    kept = [one for one in figures if one]
    return rendre("en_2", contenus=kept) if len(kept) > 1 else kept[0]


def _has_enough(comptes: pd.DataFrame) -> bool:
    """Tell whether there is enough to draw: what is not known is drawn as such."""
    counted = comptes[list(MESURES_BRUTES)]
    return bool(counted.isna().to_numpy().any() or counted.sum().sum() >= MOUVEMENTS_MIN)


def _par_secteur(contexte: Contexte, counts: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return the sectors with some movement, in the order of names, each with its label."""
    labels = contexte.nomenclatures.libelles("secteur")
    told = trier_par_libelle(counts, labels).to_dict("records")
    return [{**row, "nom": minuscule(labels[row["secteur"]])} for row in told if additionner(row, MESURES_BRUTES)]


def section_carte(
    contexte: Contexte, regions: pd.DataFrame, classement: pd.DataFrame, classement_avant: pd.DataFrame
) -> Fragment:
    """Show the regions of France over the edition's period, as circles on a map, then by rank where it says something.

    `regions` by period and `region`.
    """
    return section("carte", _carto(contexte), _regions(contexte, regions, classement, classement_avant))


def section_cartes(
    contexte: Contexte,
    regions: pd.DataFrame,
    classement: pd.DataFrame,
    classement_avant: pd.DataFrame,
    departements: pd.DataFrame,
) -> Fragment:
    """Show the same on the page of France, then its regions over the years, then its départements, by period."""
    shown = _regions(contexte, regions, classement, classement_avant)
    told = figure_multiples(contexte, regions, constat=constat_multiples(contexte, regions), liens=adresses(contexte))
    places = carte_departements(contexte, departements, constat=constat_departements(contexte, departements))
    return section("cartes", _carto(contexte), shown, told, places)


def _regions(
    contexte: Contexte, regions: pd.DataFrame, classement: pd.DataFrame, classement_avant: pd.DataFrame
) -> Fragment:
    drawn: list[Fragment | None] = [carte_regions(contexte, regions, constat=constat_carte(contexte, classement))]
    counts = de_la_periode(regions, contexte.periode)
    own = counts[counts["region"] == contexte.region.code] if contexte.region else counts
    if len(classement) and _has_enough(own):
        finding, links = constat_classement(contexte, classement, classement_avant), adresses(contexte)
        links = {} if contexte.region else links
        ranked = figure_classement(contexte, regions, classement, constat=finding, liens=links)
        drawn.append(rendre("replie", intitule="Le classement des régions", contenu=ranked))
    return _cote_a_cote(drawn)


def _carto(contexte: Contexte) -> str:
    return f"Cartographie régionale des ouvertures nettes {au_cours_de(contexte.periode)}"


def adresses(contexte: Contexte) -> dict[str, str]:
    """Return where the page of each region is, from the root of the publication."""
    return {code: f"regions/{code}.html" for code in contexte.nomenclatures.regions}


def section_exemples(contexte: Contexte, mouvements: pd.DataFrame) -> Fragment | None:
    """Tell about the movements chosen as examples, which count and may be named, by their public columns alone.

    The employees, dates and NAF stay unsaid: for the sites named by the State's releases these are conventional values.
    None without any.
    """
    if mouvements.empty:
        return None
    communes = contexte.nomenclatures.nom_de_commune
    sites = [
        row
        | {
            "entreprise": row["entreprise"] if _adds(row["entreprise"], row["nom_site"]) else "",
            "commune": communes[row["commune"]],
            "type": TYPES_MOUVEMENT[row["type_mouvement"]],
            "hausse": row["type_mouvement"] in TYPES_HAUSSE,
            "aides": [one.strip() for one in row["aides"].split(",") if one.strip()],
        }
        | {name: None for name in ("investissement_meur", "surface_m2", "emplois") if pd.isna(row[name])}
        for row in mouvements.to_dict("records")
    ]
    return section("exemples", "Exemples de sites", rendre("exemples", contexte=contexte, sites=sites))


def _adds(entreprise: str, nom_site: str) -> bool:
    """Tell whether the company says more than the name of its site, which often starts with it."""
    return sans_accents(entreprise).split()[:1] != sans_accents(nom_site).split()[:1]


def section_methode(contexte: Contexte, *complements: Fragment | None) -> Fragment:
    """Say what the barometer measures, of what it is made and what it leaves out; then what complements it."""
    said = rendre("methode", contexte=contexte, definition=definition(contexte), complements=complements)
    return section("methode", "Méthodologie", rendre("replie", intitule="Ce que mesure le baromètre", contenu=said))
