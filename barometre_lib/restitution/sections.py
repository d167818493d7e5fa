"""Sections of a page: a heading, then what stands under it. A notebook shows one a cell."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.regles import libelles_motifs
from barometre_lib.restitution.cartes import figure_carte_departements, figure_carte_regions
from barometre_lib.restitution.constats import entete as entete  # noqa: PLC0414  until who reads it here reads it there
from barometre_lib.restitution.figures import figure_periodes, figure_rangee
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.resultats import lecture_secteurs
from barometre_lib.restitution.tableaux import (
    aucun_mouvement,
    de_la_periode,
    tableau_classe,
    tableau_libre,
    trier_par_libelle,
)
from barometre_lib.revisions import CAUSES, Cause, periodes_couvertes, resumer_revisions
from barometre_lib.typographie import INSECABLE, au_cours_de, enumerer, minuscule, nombre, sans_accents, signe
from barometre_lib.vocabulaire import TYPES_HAUSSE, TYPES_MOUVEMENT, Motif


def indicateur(contexte: Contexte) -> Fragment:
    """Say in one paragraph what the barometer measures."""
    return rendre("indicateur", contexte=contexte)


def lecture_annees(contexte: Contexte, *evolutions: pd.DataFrame) -> Fragment:
    """Say the nets of every year since the first one, the last one perhaps half over; see `_series`."""
    return _series(contexte, evolutions, periodes_couvertes(contexte.releve), "note-annees")


def lecture_semestres(contexte: Contexte, *evolutions: pd.DataFrame) -> Fragment:
    """Say the nets of the semesters of the edition's year; see `_series`."""
    semesters = [code for code in contexte.releve.semestres if code.startswith(contexte.annee)]
    return _series(contexte, evolutions, semesters, "note-semestres")


def _series(contexte: Contexte, evolutions: Sequence[pd.DataFrame], periodes: Sequence[str], ancre: str) -> Fragment:
    """Say nets, with a footnote on each that differs from the one first published for its period.

    `evolutions` are that of the page's territory, then that of France on the page of a region; `ancre` starts the
    identifiers of the footnotes.
    """
    series, notes = [], list[dict[str, Any]]()
    places = [contexte.region.locatif] if contexte.region else []
    for place, evolution in zip([*places, "en France"], evolutions, strict=False):
        told = evolution[evolution["periode"].isin(periodes)]
        values = []
        for row in told.to_dict("records"):
            net = None if pd.isna(row["solde_net"]) else row["solde_net"]
            revised = net is not None and row["premier"] != net
            left_out = contexte.hors(row["periode"]) if place == "en France" else ""
            if revised:
                notes.append({"locatif": f"{place} {left_out}".rstrip(), "premiere": row})
            note = len(notes) if revised else 0
            when = f"{au_cours_de(row['periode'])} {left_out}".rstrip()
            values.append({"quand": when, "net": net, "note": note})
        silent = aucun_mouvement(told) and not any(one["note"] for one in values)
        series.append({"locatif": place, "valeurs": values, "muette": silent})
    return rendre("serie", series=series, notes=notes, ancre=ancre)


def section_annees(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the movements year by year since the first one; `comptes` by `annee`, `lecture` in words before them."""
    title = f"Mouvements comptés par année, {contexte.nom}"
    heading = f"Recensement des ouvertures et fermetures depuis {comptes['annee'].min()}"
    return section("annees", heading, lecture, _periods(contexte, comptes, "annees", title, lecture))


def section_semestres(contexte: Contexte, comptes: pd.DataFrame, lecture: Fragment | None = None) -> Fragment:
    """Show the semesters of the edition's year, or the first one beside those of the years before.

    `comptes` by `annee` and `semestre`; `lecture` in words before them.
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

    `comptes` of the region, by period and `departement`.
    """
    silent = contexte.actualisee or aucun_mouvement(de_la_periode(comptes, contexte.periode))
    if comptes["departement"].nunique() == 1 or silent:
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
        de_la_periode(comptes, contexte.periode),
        classement,
        titre=f"Mouvements comptés par région {au_cours_de(contexte.periode)}, de la première à la dernière",
        libelles=contexte.nomenclatures.libelles("region"),
        total=contexte.qualifier("Total"),
    )
    return section("regions", f"Classement des régions {au_cours_de(contexte.periode)}", table)


def section_carte(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the map of regions over the edition's period; `comptes` of every region, by period and `region`."""
    heading = f"Cartographie régionale des ouvertures nettes {au_cours_de(contexte.periode)}"
    return section("carte-regionale", heading, figure_carte_regions(contexte, comptes))


def section_carte_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Show the map of départements, those of the page's region alone if it has one.

    `comptes` of all, by period, `region` and `departement`.
    """
    heading = f"Cartographie départementale des ouvertures nettes {au_cours_de(contexte.periode)}"
    return section("carte-departementale", heading, figure_carte_departements(contexte, comptes))


def section_exemples(contexte: Contexte, mouvements: pd.DataFrame) -> Fragment | None:
    """Tell about the movements chosen as examples, which count and may be named, by their public columns alone.

    None without any.
    The employees, dates and NAF stay unsaid: for the sites named by the State's releases these are conventional values.
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
    return section("exemples", "Exemples", rendre("exemples", sites=sites))


def _adds(entreprise: str, nom_site: str) -> bool:
    """Tell whether the company says more than the name of its site, which often starts with it."""
    return sans_accents(entreprise).split()[:1] != sans_accents(nom_site).split()[:1]


def section_methode(contexte: Contexte) -> Fragment:
    """Say in short what is counted, above which size of site, and where the whole method is."""
    return section("methode", "Méthodologie", rendre("methode", contexte=contexte))


def section_provisoire(contexte: Contexte, revisions: pd.DataFrame | None) -> Fragment:
    """Say that the data are provisional, and what changed since the previous edition.

    `revisions` are those of the territory, None in the public edition, which says no movement.
    """
    heading = "Données provisoires"
    if revisions is None:
        return section("provisoire", heading, rendre("provisoire_public", contexte=contexte))
    covered = periodes_couvertes(contexte.precedente) if contexte.precedente else []
    regions = resumer_revisions(revisions, covered, ["region"])
    content = rendre(
        "provisoire",
        contexte=contexte,
        nouvelles=_unknown_before(contexte),
        total=resumer_revisions(revisions, covered).to_dict("records")[0],
        periodes=resumer_revisions(revisions, covered, ["periode"]).to_dict("records"),
        causes=_causes(contexte, revisions, covered),
        regions=regions.to_dict("records"),
        tableau=None if contexte.region else _by_region(contexte, regions),
    )
    return section("provisoire", heading, content)


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


def _periods(
    contexte: Contexte, comptes: pd.DataFrame, nom: str, titre: str, lecture: Fragment | None
) -> Fragment | None:
    """Show counts period by period, None when nothing is counted and words said it."""
    if lecture and aucun_mouvement(comptes):
        return None
    left_out = {} if contexte.region else {code: contexte.hors(code) for code in comptes.iloc[:, 0]}
    return figure_periodes(comptes, nom=nom, titre=titre, releve=contexte.releve, precisions=left_out)


def _detail(contexte: Contexte, comptes: pd.DataFrame, nom: str) -> Fragment:
    """Show one dimension over the edition's period; say in words, rather than by zeros alone, that nothing counts."""
    counts = de_la_periode(comptes, contexte.periode)
    if contexte.actualisee:
        return rendre("non_disponible", contexte=contexte)
    if aucun_mouvement(counts):
        return rendre("aucun_mouvement", contexte=contexte)
    dimension = str(counts.columns[0])
    return figure_rangee(
        counts,
        nom=f"{dimension}s",
        titre=f"Mouvements comptés par {nom} {au_cours_de(contexte.periode)}, {contexte.nom_compte}",
        libelles=contexte.nomenclatures.libelles(dimension),
    )
