"""Figures of regions: their ranking over the edition's period, their nets year by year."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.figures_barres import Rangee, dessiner_barres
from barometre_lib.restitution.figures_colonnes import Panneau, dessiner_panneaux
from barometre_lib.restitution.figures_mots import abreger, comparables, dire_quand, ecrire_solde
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.tableaux import VIDE, de_la_periode, tableau_classe, tableau_libre, trier_par_libelle
from barometre_lib.restitution.trace import DEMI, ETROIT, LARGE
from barometre_lib.typographie import enumerer, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES


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
    title = f"Solde net des {len(rows)} régions classées {dire_quand(contexte.periode)}"
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
            titre=f"Mouvements comptés par région {dire_quand(contexte.periode)}, de la première à la dernière",
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
    contexte: Contexte, regions: pd.DataFrame, *, constat: str, liens: Mapping[str, str] = VIDE
) -> Fragment:
    """Draw the net of each region over the periods compared since the first year, one small panel each, at one scale.

    `regions` by period and `region`; a region of unknown coverage where nothing counts is named and not drawn.
    """
    labels, codes = contexte.nomenclatures.libelles("region"), comparables(contexte)
    kept = regions[regions[contexte.maille].isin(codes)]
    nets = kept.pivot(index="region", columns=contexte.maille, values="solde_net")[codes]
    nets = trier_par_libelle(nets.reset_index(), labels).set_index("region")
    counted = kept[kept[list(MESURES_BRUTES)].fillna(0).ne(0).any(axis="columns")]["region"]
    drawn = nets[[contexte.edition.couverte(code) or code in set(counted) for code in nets.index]]
    left = [labels[code] for code in nets.index.difference(drawn.index, sort=False)]
    panels = [
        Panneau(labels[code], [None if pd.isna(net) else int(net) for net in row], liens.get(code, ""))
        for code, row in zip(drawn.index, drawn.to_numpy(), strict=True)
    ]
    periods = [*map(abreger, codes)]
    years = codes[0][:4] if codes[1:] == [] else f"{codes[0][:4]}-{contexte.annee}"
    title = f"Solde net par région, {'premiers semestres ' if contexte.releve.semestre == 1 else ''}{years}"
    return encadrer(
        contexte,
        nom="multiples",
        constat=constat,
        mesure=f"{title}, nombre de sites, même échelle pour toutes",
        lecture=f"le solde net {_de(contexte, drawn.index[0])} est de {_suivre(panels[0], periods)}.",
        note=f"Couverture non précisée : {enumerer(left)}." if left else "",
        alternative=f"Petits diagrammes, un par région : {_enumerer(panels, periods)}.",
        large=dessiner_panneaux(panels, periods, LARGE),
        etroit=dessiner_panneaux(panels, periods, ETROIT),
        tableau=tableau_libre(
            [[panel.nom, *map(ecrire_solde, panel.soldes)] for panel in panels],
            titre=title,
            entetes=[LIBELLES["region"], *periods],
            classe="nombres",
        ),
        valeurs=drawn.reset_index().assign(region=[panel.nom for panel in panels]),
    )


def _suivre(panneau: Panneau, periodes: Sequence[str]) -> str:
    return enumerer(f"{ecrire_solde(net)} en {when}" for net, when in zip(panneau.soldes, periodes, strict=True))


def _enumerer(panneaux: Iterable[Panneau], periodes: Sequence[str]) -> str:
    return " ; ".join(f"{panel.nom}, {_suivre(panel, periodes)}" for panel in panneaux)
