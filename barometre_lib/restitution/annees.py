"""The table by year: net, value first published where it was revised, components; and the nets of France in words."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import NON_DISPONIBLE, NON_PRECISEE
from barometre_lib.typographie import INSECABLE, au_cours_de, mois, nombre, periode, signe
from barometre_lib.vocabulaire import LIBELLES, MESURES_BAISSE, MESURES_BRUTES, MESURES_HAUSSE


def tableau_annees(contexte: Contexte, evolution: pd.DataFrame, france: pd.DataFrame | None = None) -> Fragment:
    """Show a territory year by year, then France over the edition's period; each net with the one first published.

    `evolution` and `france` are what `Barometre.evolution` returns.
    """
    told = {row["periode"]: row for row in evolution.to_dict("records")}
    # What a late region gave before is known.
    covered = contexte.couverte or contexte.actualisee is not None
    rows = [_row(_nom(code), told[code], couverte=covered) for code in _told(contexte)]
    if france is not None:
        own = france[france["periode"] == contexte.periode].to_dict("records")[0]
        name = f"France{INSECABLE}: {_nom(contexte.periode)}"
        rows.append(_row(contexte.qualifier(name, contexte.periode), own) | {"france": True})
    elif contexte.hors():
        rows = [
            row | {"nom": contexte.qualifier(row["nom"], code)} for code, row in zip(_told(contexte), rows, strict=True)
        ]
    return rendre(
        "annees",
        titre=f"Mouvements comptés par année, {contexte.nom}",
        entetes={name: LIBELLES[name] for name in (*MESURES_BRUTES, "solde_net", "solde_strict")},
        lignes=rows,
    )


def _nom(code: str) -> str:
    """Name a period by words between which a narrow column breaks."""
    return periode(code).replace(INSECABLE, " ")


def _told(contexte: Contexte) -> list[str]:
    """Return the periods that the table tells: whole years, then in a first half that of each year compared."""
    years = periodes_couvertes(contexte.releve)
    halves = [contexte.periode_precedente, contexte.periode] if contexte.releve.semestre == 1 else []
    return [code for code in dict.fromkeys([*[one for one in years if "-S" not in one], *halves]) if code]


def _row(nom: str, row: Mapping[Hashable, Any], *, couverte: bool = True) -> dict[str, Any]:
    known = pd.notna(row["solde_net"]) and (couverte or any(row[name] for name in MESURES_BRUTES))
    earlier = known and pd.notna(row["premier"]) and row["premier"] != row["solde_net"]
    return {
        "nom": nom,
        "connue": known,
        "inconnu": NON_DISPONIBLE if couverte else NON_PRECISEE,
        "net": signe(row["solde_net"]) if known else "",
        "premier": signe(row["premier"]) if earlier else "",
        "publication": f"en{INSECABLE}{mois(row['mois'])}" if row["mois"] else f"relève {row['releve']}",
        "strict": signe(row["solde_strict"]) if known else "",
        "france": False,
        **{name: nombre(row[name]) if known else "" for name in MESURES_BRUTES},
        "hausses": f" +{INSECABLE}".join(nombre(row[name]) for name in MESURES_HAUSSE) if known else "",
        "baisses": f" +{INSECABLE}".join(nombre(row[name]) for name in MESURES_BAISSE) if known else "",
    }


def phrase_france(contexte: Contexte, evolution: pd.DataFrame) -> Fragment:
    """Say the nets of France, whole years then the edition's half; `evolution` is that of France."""
    nets = evolution.set_index("periode")["solde_net"]
    values = [
        contexte.qualifier(f"{signe(nets[code]) if pd.notna(nets[code]) else NON_DISPONIBLE} {au_cours_de(code)}", code)
        for code in _told(contexte)
    ]
    return rendre("phrase_france", contexte=contexte, valeurs=values)
