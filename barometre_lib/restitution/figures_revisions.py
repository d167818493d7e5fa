"""Revisions drawn: what each cause takes a balance from, step by step, and past revisions as points."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.figures_barres import BARRE, ESPACE, NOMS, NOMS_SERRES, RANGEE, UNITE_MAX
from barometre_lib.restitution.figures_mots import abreger
from barometre_lib.restitution.fragment import Fragment
from barometre_lib.restitution.tableaux import tableau_libre
from barometre_lib.restitution.trace import DEMI, ETROIT, INTERLIGNE, Trace, couper, mesurer
from barometre_lib.revisions import libelle_cause
from barometre_lib.typographie import accorder, de_periode, minuscule, nombre, periode, signe

ENSEMBLE = "Ensemble"
GROUPEE = "première collecte groupée"
GRAINS = {"annee": "Années", "semestre": "Semestres"}
RAYON = 8


@dataclass(frozen=True)
class Cascade:
    """How the net of a period went from what the previous edition gave to what this one gives."""

    titre: str
    marches: Sequence[tuple[str, int]]  # causes and their effects, none of them 0

    @property
    def niveaux(self) -> list[int]:
        """The levels that it goes through, from 0."""
        return list(accumulate((effect for _, effect in self.marches), initial=0))


def figure_causes(
    contexte: Contexte, causes: pd.DataFrame, couverts: Sequence[str], vintages: pd.DataFrame
) -> Fragment | None:
    """Draw what each cause does to the net of each period; None when the net of none moves by any."""
    moving = causes[causes["solde_net"] != 0].assign(nom=lambda one: one["cause"].map(libelle_cause))
    if moving.empty:
        return None
    nets = vintages.set_index(["periode", "releve"])
    steps = {code: moving[moving["periode"] == code] for code in couverts}
    drawn = [
        Cascade(
            _intituler(contexte, code, nets, int(rows["solde_net"].sum())),
            [(row["nom"], int(row["solde_net"])) for row in rows.to_dict("records")],
        )
        for code, rows in steps.items()
    ]
    by_period = moving.groupby("periode")["solde_net"].sum()
    most = str(by_period.abs().idxmax())
    first = steps[most].sort_values("solde_net", key=lambda one: -one.abs(), kind="stable").iloc[0]
    told = f"{periode(most)}, cause « {minuscule(first['nom'])} » : {signe(first['solde_net'])}"
    return encadrer(
        contexte,
        nom="causes",
        constat=f"Le solde {de_periode(most)} bouge le plus : {signe(by_period[most])}"
        if by_period[most]
        else "Aucun solde ne bouge : les causes se compensent",
        mesure=f"Effet de chaque cause sur le solde net depuis l'édition précédente, {contexte.qualifier('France')}, "
        "nombre de sites",
        lecture=f"{told} sur le solde net.",
        note="Chaque barre part d'où finit celle du dessus. Les causes sans effet sur le solde net sont plus bas.",
        alternative=f"Cascades : {' ; '.join(one.titre for one in drawn)}.",
        large=dessiner_cascades(drawn, DEMI),
        etroit=dessiner_cascades(drawn, ETROIT),
        tableau=tableau_libre(
            [
                [f"{periode(code)} : {minuscule(name)}", nombre(number), signe(effect)]
                for code, name, number, effect in moving[["periode", "nom", "mouvements", "solde_net"]].to_numpy()
            ],
            titre="Effet de chaque cause sur le solde net, par période",
            entetes=["Période et cause", "Mouvements", "Effet sur le solde net"],
            total=[ENSEMBLE, "", signe(int(moving["solde_net"].sum()))],
            classe="nombres",
        ),
        valeurs=moving[["periode", "cause", "nom", "mouvements", "solde_net"]],
    )


def _intituler(contexte: Contexte, code: str, nets: pd.DataFrame, effet: int) -> str:
    """Name a period, with its net before and now when both are known of the same regions."""
    pair = nets.reindex([(code, str(contexte.precedente)), (code, str(contexte.releve))])[["valeur", "hors"]]
    before, now = pair["valeur"]
    if pd.isna(before) or pd.isna(now) or pair["hors"].nunique() > 1 or now - before != effet:
        return abreger(code)
    return f"{abreger(code)} : {signe(int(before))}, " + (f"puis {signe(int(now))}" if effet else "inchangé")


def figure_indicateurs(contexte: Contexte, indicateurs: pd.DataFrame) -> Fragment:
    """Draw past revisions as points, a row for each horizon; their indicators folded under them."""
    told = indicateurs.sort_values(["groupee", "granularite", "horizon"], ascending=[True, False, True], kind="stable")
    lines = [_indicateurs(row) for row in told.to_dict("records")]
    points = list(zip((name for name, *_ in lines), told["revisions"], told["moyenne"], strict=True))
    # One family alone: semesters and years, grouped or not, are in no common statistic.
    kind = ["groupee", "granularite"]
    first = told[(told[kind] == told[kind].iloc[0]).all(axis="columns")]
    low, high = int(first["minimum"].min()), int(first["maximum"].max())
    family = _famille(told.iloc[0])
    return encadrer(
        contexte,
        nom="indicateurs",
        constat=f"{family} : d'une relève à la suivante, de {signe(low)} à {signe(high)}",
        mesure="Révisions du solde net, France, par nombre de relèves depuis la première publication, nombre de sites",
        lecture=f"{minuscule(points[0][0])}, les révisions sont {', '.join(map(signe, points[0][1]))}.",
        note="Un point est une révision ; un nombre dit combien s'y trouvent ; le trait est la moyenne.",
        alternative=f"Points, rangée par rangée : {' ; '.join(f'{name} : {moved}' for name, _, moved, *_ in lines)}.",
        large=dessiner_points(points, DEMI),
        etroit=dessiner_points(points, ETROIT),
        tableau=tableau_libre(
            lines,
            titre="Indicateurs de révision du solde net, France",
            entetes=[
                *("Périodes et recul", "n", "Révisions", "Moyenne", "Moyenne absolue", "Du moins au plus"),
                *("À la hausse", "Changements de signe"),
            ],
            classe="nombres",
        ),
        valeurs=told.drop(columns=["revisions", "region"]),
    )


def _famille(row: Any) -> str:
    return GRAINS[row["granularite"]] + (f", {GROUPEE}" if row["groupee"] else "")


def _indicateurs(row: dict[Any, Any]) -> list[str]:
    mean = ("+" if row["moyenne"] > 0 else "") + nombre(row["moyenne"], decimales=2)
    return [
        f"{_famille(row)}, {accorder(row['horizon'], 'relève', 'relèves')} après (n = {row['n']})",
        nombre(row["n"]),
        ", ".join(map(signe, row["revisions"])),
        mean,
        nombre(row["moyenne_absolue"], decimales=2),
        f"{signe(row['minimum'])} à {signe(row['maximum'])}",
        f"{nombre(round(row['part_hausse'] * row['n']))} sur {nombre(row['n'])}",
        nombre(row["changements_signe"]),
    ]


def dessiner_cascades(cascades: Sequence[Cascade], largeur: int) -> Markup:
    """Draw one below the other, by one scale: each bar starts where the one above ends, the last one is their sum."""
    drawing, y = Trace(largeur), 0.0
    levels = [level for one in cascades for level in one.niveaux]
    names = [name for one in cascades for name, _ in one.marches] + [ENSEMBLE]
    zero, unit = _echelle(largeur, names, levels, max(mesurer(signe(one), gras=True) for one in levels))
    for one in cascades:
        for line in couper(one.titre, largeur, gras=True):
            drawing.texte(0, y + INTERLIGNE / 2, line, gras=True)
            y += INTERLIGNE
        top, level, whole = y, 0, one.niveaux[-1]
        for name, effect in one.marches:
            middle, y = _nommer(drawing, name, y, largeur)
            _allonger(drawing, (zero, middle, unit), level, effect)
            level += effect
            drawing.filet(zero + level * unit, middle + BARRE / 2, zero + level * unit, y + (RANGEE - BARRE) / 2)
        middle, y = _nommer(drawing, ENSEMBLE, y, largeur, gras=True)
        _allonger(drawing, (zero, middle, unit), 0, whole, gras=True)
        drawing.filet(zero, top, zero, y, axe=True)
        y += ESPACE
    return drawing.svg(y)


def dessiner_points(rangees: Sequence[tuple[str, Sequence[int], float]], largeur: int) -> Markup:
    """Draw past revisions, a row for each name: a disc for each value, how many in it, and a stroke at their mean."""
    drawing, values = Trace(largeur), [0, *(one for _, row, _ in rangees for one in row)]
    zero, unit = _echelle(largeur, [name for name, _, _ in rangees], values, mesurer(signe(min(values))))
    for value in {min(values), 0, max(values)}:
        drawing.texte(zero + value * unit, INTERLIGNE / 2, signe(value), ancre="middle", mesure="mention")
    top = y = float(INTERLIGNE)
    for name, row, mean in rangees:
        drawing.filet(0, y, largeur, y)
        middle, y = _nommer(drawing, name, y, largeur)
        for value, number in sorted(Counter(row).items()):
            drawing.point("ouvertures", zero + value * unit, middle, RAYON)
            if number > 1:
                drawing.texte(zero + value * unit, middle, str(number), ancre="middle", mesure="ouvertures")
        place = zero + mean * unit
        drawing.filet(place, middle - RANGEE / 2, place, middle + RANGEE / 2, axe=True)
    drawing.filet(zero, top, zero, y)
    return drawing.svg(y + 2)


def _noms(largeur: int) -> int:
    return NOMS if largeur >= DEMI else NOMS_SERRES


def _echelle(largeur: int, noms: Sequence[str], niveaux: Sequence[int], bout: float) -> tuple[float, float]:
    """Return where 0 is, and the length of a movement; `bout` is what is written beyond the bars."""
    left = max(mesurer(line, gras=True) for name in noms for line in couper(name, _noms(largeur)))
    low, high, beside = min(niveaux), max(niveaux), bout + 2 * ESPACE
    unit = min(UNITE_MAX, (largeur - left - 2 * beside) / max(high - low, 1))
    return left + beside - low * unit, unit


def _nommer(drawing: Trace, nom: str, y: float, largeur: int, *, gras: bool = False) -> tuple[float, float]:
    """Write the name of a row; return its middle and where the next one starts."""
    lines = couper(nom, _noms(largeur), gras=gras)
    height = max(RANGEE, INTERLIGNE * len(lines) + 8)
    drawing.lignes(0, y + height / 2, lines, gras=gras)
    return y + height / 2, y + height


def _allonger(drawing: Trace, axe: tuple[float, float, float], base: int, effet: int, *, gras: bool = False) -> None:
    """Draw an effect from the level where the one before ended, its number away from the axis."""
    zero, middle, unit = axe
    low, high = (zero + level * unit for level in sorted((base, base + effet)))
    if effet:
        drawing.barre("ouvertures" if effet > 0 else "fermetures", low, middle - BARRE / 2, high - low, BARRE)
    left = low < zero and high <= zero
    place = low - ESPACE if left else high + ESPACE
    drawing.texte(place, middle, signe(effet), ancre="end" if left else "", gras=gras)
