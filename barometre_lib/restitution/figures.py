"""Figures of counts: by semester, by sector, region by region; what each draws, and says of itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.figures_barres import Rangee, dessiner_barres
from barometre_lib.restitution.figures_colonnes import (
    Colonne,
    Groupe,
    Panneau,
    dessiner_etroit,
    dessiner_large,
    dessiner_panneaux,
    reunir,
)
from barometre_lib.restitution.figures_retirees import figure_periodes as figure_periodes  # noqa: PLC0414
from barometre_lib.restitution.figures_retirees import figure_rangee as figure_rangee  # noqa: PLC0414
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import (
    INCONNU,
    NON_DISPONIBLE,
    VIDE,
    additionner,
    aucun_mouvement,
    de_la_periode,
    tableau,
    tableau_classe,
    tableau_libre,
    trier_par_libelle,
    trier_par_solde,
)
from barometre_lib.restitution.trace import DEMI, ETROIT, LARGE
from barometre_lib.typographie import INSECABLE, accorder, enumerer, minuscule, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES

SINGULIERS = {
    "ouvertures": "ouverture",
    "extensions": "extension",
    "fermetures": "fermeture",
    "reductions": "réduction",
}


def figure_recensement(
    contexte: Contexte, semestres: pd.DataFrame, annees_france: pd.DataFrame | None, *, constat: str
) -> Fragment:
    """Draw the semesters of the territory since the first one and, beside a region, France by year; years on a phone.

    `semestres` by `annee` and `semestre`, `annees_france` by `annee`, None on the page of France.
    """
    shown = semestres.drop(columns="annee")
    title = f"Mouvements comptés par semestre, {contexte.nom}"
    values = tableau(shown, titre=title, total="")
    if aucun_mouvement(shown):
        return rendre("sans_mouvement", titre=title, tableau=values)
    columns = [(row["annee"], _colonne(row, _court(row["semestre"]))) for row in semestres.to_dict("records")]
    years = _annees(contexte, columns)
    braces = [
        (f"{year}{INSECABLE}: {next(one for one in years if one.nom == year).ecrite}", first, last)
        for year, first, last in reunir(columns)
    ]
    groups = [Groupe(f"{contexte.nom}, par semestre", [column for _, column in columns], braces)]
    if annees_france is not None:
        france = [_colonne(row, _annee(contexte, row["annee"])) for row in annees_france.to_dict("records")]
        groups.append(Groupe("France, par année (autre échelle)", france))
    return encadrer(
        contexte,
        nom="recensement",
        constat=constat,
        mesure=f"Mouvements comptés, {contexte.nom}{_depuis(contexte)}, nombre de sites ; en gras, le solde net",
        lecture=_lire_colonne(contexte, years[-1]),
        alternative=f"Diagramme en barres, {' ; '.join(map(_dire, (one for _, one in columns)))}.",
        large=dessiner_large(groups),
        etroit=dessiner_etroit(Groupe(contexte.nom, years)),
        tableau=values,
        valeurs=shown,
    )


def _colonne(row: Mapping[Any, Any], nom: str) -> Colonne:
    known = pd.notna(row["solde_net"])
    counts = {name: int(row[name]) if known else 0 for name in MESURES_BRUTES}
    return Colonne(nom, counts, int(row["solde_net"]) if known else None)


def _annees(contexte: Contexte, colonnes: Sequence[tuple[str, Colonne]]) -> list[Colonne]:
    """Add semesters up by year; a year of which one is not known is not."""
    years = []
    for year in dict.fromkeys(year for year, _ in colonnes):
        parts = [column for own, column in colonnes if own == year]
        nets = [column.solde for column in parts]
        known = [net for net in nets if net is not None]
        whole = len(known) == len(nets)
        counts = {name: sum(one.valeurs[name] for one in parts) if whole else 0 for name in MESURES_BRUTES}
        years.append(Colonne(_annee(contexte, year), counts, sum(known) if whole else None))
    return years


def _court(code: str) -> str:
    """Write a period where there is little room: `S1 2024`, `2024`."""
    year, _, semester = code.partition("-")
    return f"{semester}{INSECABLE}{year}" if semester else year


def _annee(contexte: Contexte, annee: str) -> str:
    """Write a year, the one that a first-semester edition leaves open as its semester: `S1 2025`."""
    return _court(str(contexte.releve)) if contexte.releve.semestre == 1 and annee == contexte.annee else annee


def _quand(code: str) -> str:
    """Write when, with no ordinal, which a drawing cannot raise: `en 2024`, `au premier semestre 2024`."""
    year, _, semester = code.partition("-S")
    return f"au {'premier' if semester == '1' else 'second'} semestre {year}" if semester else f"en {year}"


def _depuis(contexte: Contexte) -> str:
    first, last = contexte.releve.annees[0], contexte.annee
    years = last if first == last else f"{first}-{last}"
    return f", {years}" + (f" ({_court(str(contexte.releve))} seul)" if contexte.releve.semestre == 1 else "")


def _dire(colonne: Colonne) -> str:
    if colonne.solde is None:
        return f"{colonne.nom} : {NON_DISPONIBLE}"
    return f"{colonne.nom}, solde net {colonne.ecrite} : {_composer(colonne.valeurs)}"


def _composer(valeurs: Mapping[Any, Any]) -> str:
    """Name each component that counts something: « 16 ouvertures, 25 fermetures et 18 réductions »."""
    told = [accorder(valeurs[name], SINGULIERS[name], minuscule(LIBELLES[name])) for name in MESURES_BRUTES]
    kept = [one for one, name in zip(told, MESURES_BRUTES, strict=True) if valeurs[name]]
    return enumerer(kept) if kept else "aucun mouvement"


def _lire_colonne(contexte: Contexte, colonne: Colonne) -> str:
    when = _quand(contexte.periode)
    if colonne.solde is None:
        return f"{when}, le solde net n'est pas connu (« {INCONNU} »)."
    return f"{when}, {_composer(colonne.valeurs)} : le solde net est de {colonne.ecrite}."


def figure_secteurs(contexte: Contexte, secteurs: pd.DataFrame, *, constat: str) -> Fragment:
    """Draw the sectors by net over the edition's period, each with its net a year before; the empty ones are named.

    `secteurs` by period and `secteur`.
    """
    counts = de_la_periode(secteurs, contexte.periode)
    if contexte.actualisee:
        return rendre("non_disponible", contexte=contexte)
    if aucun_mouvement(counts):
        return rendre("aucun_mouvement", contexte=contexte)
    labels, before = contexte.nomenclatures.libelles("secteur"), _soldes_avant(contexte, secteurs)
    ranked = trier_par_solde(counts, labels)
    moved = [row for row in ranked.to_dict("records") if additionner(row, MESURES_BRUTES)]
    headings = [_court(contexte.periode), *([_court(contexte.periode_precedente)] if before else [])]
    rows = [
        Rangee(
            labels[row["secteur"]],
            {name: int(row[name]) for name in MESURES_BRUTES},
            [signe(row["solde_net"]), *([before[row["secteur"]]] if before else [])],
        )
        for row in moved
    ]
    empty = [labels[row["secteur"]] for row in ranked.to_dict("records") if not additionner(row, MESURES_BRUTES)]
    title = f"Mouvements comptés par secteur {_quand(contexte.periode)}, {contexte.nom_compte}"
    first = rows[0]
    compared = f", contre {first.soldes[1]} {_quand(contexte.periode_precedente)}" if before else ""
    exported = ranked.assign(secteur=[labels[code] for code in ranked["secteur"]])
    if before:
        exported[f"solde_net_{contexte.periode_precedente}"] = [before[code] for code in ranked["secteur"]]
    return encadrer(
        contexte,
        nom="secteurs",
        constat=constat,
        mesure=f"{title}, nombre de sites",
        lecture=f"dans le secteur « {first.nom} », {_composer(first.valeurs)} font un solde net de "
        f"{first.soldes[0]}{compared}.",
        note=f"Sans mouvement : {enumerer(empty)}." if empty else "",
        alternative="Diagramme en barres, du plus fort solde net au plus faible : "
        f"{' ; '.join(f'{row.nom} {row.soldes[0]}' for row in rows)}.",
        large=dessiner_barres(rows, DEMI, headings),
        etroit=dessiner_barres(rows, ETROIT, headings[:1]),
        tableau=tableau(ranked, titre=title, libelles=labels),
        valeurs=exported,
    )


def _soldes_avant(contexte: Contexte, secteurs: pd.DataFrame) -> dict[str, str]:
    """Return the net of each sector over the period compared, nothing before the first year."""
    if not contexte.periode_precedente:
        return {}
    counts = de_la_periode(secteurs, contexte.periode_precedente)
    return {code: _ecrire(net) for code, net in zip(counts["secteur"], counts["solde_net"], strict=True)}


def _ecrire(solde: Any) -> str:
    return INCONNU if pd.isna(solde) else signe(int(solde))


def figure_classement(
    contexte: Contexte,
    regions: pd.DataFrame,
    classement: pd.DataFrame,
    *,
    constat: str,
    liens: Mapping[str, str] = VIDE,
) -> Fragment:
    """Draw the nets of the ranked regions, the page's own dark and the others pale; the unranked ones are named.

    `regions` by period and `region`; `liens` gives the address that a name leads to.
    """
    labels, counts = contexte.nomenclatures.libelles("region"), de_la_periode(regions, contexte.periode)
    code = contexte.region.code if contexte.region else ""
    rows = [
        _classer(row, f"{row['rang']}. {labels[row['region']]}", code, liens) for row in classement.to_dict("records")
    ]
    unranked = trier_par_libelle(counts[~counts["region"].isin(classement["region"])], labels)
    known = unranked["solde_net"].notna()
    title = f"Solde net des {len(rows)} régions classées {_quand(contexte.periode)}"
    own = next(iter(classement[classement["region"] == code].to_dict("records")), classement.iloc[0])
    return encadrer(
        contexte,
        nom="classement",
        constat=constat,
        mesure=f"{title}, nombre de sites",
        lecture=f"le solde net {_de(contexte, own['region'])} est de {signe(own['solde_net'])}, "
        f"au rang {own['rang']} sur {len(rows)}.",
        note=" ".join(
            f"{words} : {enumerer(labels[code] for code in codes)}."
            for words, codes in (
                ("Non disponible", unranked.loc[~known, "region"]),
                ("Sans rang, couverture non précisée", unranked.loc[known, "region"]),
            )
            if len(codes)
        ),
        alternative=f"Diagramme en barres : {' ; '.join(f'{row.nom} {row.soldes[0]}' for row in rows)}.",
        large=dessiner_barres(rows, DEMI),
        etroit=dessiner_barres(rows, ETROIT),
        tableau=tableau_classe(
            counts,
            classement,
            titre=f"Mouvements comptés par région {_quand(contexte.periode)}, de la première à la dernière",
            libelles=labels,
            total=contexte.qualifier("Total"),
        ),
        valeurs=classement.assign(region=[labels[code] for code in classement["region"]])[
            ["rang", "region", *MESURES_BRUTES, "solde_net", "solde_strict"]
        ],
    )


def _de(contexte: Contexte, region: str) -> str:
    return contexte.nomenclatures.regions[region].complement


def _classer(row: Mapping[Any, Any], nom: str, code: str, liens: Mapping[str, str]) -> Rangee:
    """Make the row of a region: its net alone, pale unless the page is its own or that of France, `code` empty."""
    net, own = int(row["solde_net"]), row["region"] == code
    dark = own or not code
    colour = ("ouvertures" if dark else "extensions") if net > 0 else ("fermetures" if dark else "reductions")
    return Rangee(nom, {colour: abs(net)}, [signe(net)], liens.get(row["region"], ""), own)


def figure_multiples(
    contexte: Contexte, annees: pd.DataFrame, *, constat: str, liens: Mapping[str, str] = VIDE
) -> Fragment:
    """Draw the net of each region year by year since the first one, one small panel each, all at one scale.

    `annees` by `annee` and `region`; a region of unknown coverage where nothing counts is named and not drawn.
    """
    labels, years = contexte.nomenclatures.libelles("region"), list(dict.fromkeys(annees["annee"]))
    nets = annees.pivot_table(index="region", columns="annee", values="solde_net", dropna=False, aggfunc="first")
    nets = trier_par_libelle(nets.reset_index(), labels).set_index("region")[years]
    counted = annees[annees[list(MESURES_BRUTES)].fillna(0).ne(0).any(axis="columns")]["region"]
    drawn = [code for code in nets.index if contexte.edition.couverte(code) or code in set(counted)]
    left = [labels[code] for code in nets.index if code not in drawn]
    panels = [
        Panneau(
            labels[code],
            [None if pd.isna(net) else int(net) for net in nets.loc[code]],
            liens.get(code, ""),
        )
        for code in drawn
    ]
    periods = [_annee(contexte, year) for year in years]
    title = f"Solde net par région et par année{_depuis(contexte)}"
    return encadrer(
        contexte,
        nom="multiples",
        constat=constat,
        mesure=f"{title}, nombre de sites, même échelle pour toutes",
        lecture=f"le solde net {_de(contexte, drawn[0])} est de {_suivre(panels[0], periods)}.",
        note=f"Couverture non précisée : {enumerer(left)}." if left else "",
        alternative=f"Petits diagrammes, un par région : {_enumerer(panels, periods)}.",
        large=dessiner_panneaux(panels, periods, LARGE),
        etroit=dessiner_panneaux(panels, periods, ETROIT),
        tableau=tableau_libre(
            [[labels[code], *map(_ecrire, nets.loc[code])] for code in nets.index],
            titre=title,
            entetes=[LIBELLES["region"], *periods],
            classe="nombres",
        ),
        valeurs=nets.reset_index().assign(region=[labels[code] for code in nets.index]),
    )


def _suivre(panneau: Panneau, periodes: Sequence[str]) -> str:
    return enumerer(f"{_ecrire(net)} en {when}" for net, when in zip(panneau.soldes, periodes, strict=True))


def _enumerer(panneaux: Iterable[Panneau], periodes: Sequence[str]) -> str:
    return " ; ".join(f"{panel.nom}, {_suivre(panel, periodes)}" for panel in panneaux)
