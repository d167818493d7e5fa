"""Sections of the quality page about what is set aside: by motif, and what incomplete rows could change."""

from collections.abc import Hashable, Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.regles import libelles_motifs
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import NON_DISPONIBLE, de_la_periode, tableau_libre, trier_par_libelle
from barometre_lib.typographie import INSECABLE, au_cours_de, nombre, periode, sans_accents, signe
from barometre_lib.vocabulaire import COLONNES, Motif, Statut, maille_de

LIBELLES = {column.nom: column.libelle for column in COLONNES}
BORNES = ("solde_net", "solde_net_min", "solde_net_max")
INCOMPLETES = ("incompletes_hausses", "incompletes_baisses")
ENTETES = ["Solde net", "Au moins", "Au plus", "Hausses incomplètes", "Baisses incomplètes"]


def section_bornes(
    contexte: Contexte, bornes: Mapping[str, pd.DataFrame], incompletes: pd.DataFrame, decisions: pd.DataFrame
) -> Fragment:
    """Say between what bounds each net lies, by period then by region, and which rows are to be completed.

    `bornes` are those of `bornes.borner` by `annee`, by `semestre`, and by region over the edition's own period.
    """
    labels = contexte.nomenclatures.libelles("region")
    told = []
    for code in contexte.periodes_closes:
        table = bornes[maille_de(code)]
        (row,) = table[table[maille_de(code)] == code].to_dict("records")
        told.append((code, row))
    own = dict(told)[contexte.periode]
    regions = trier_par_libelle(de_la_periode(bornes["region"], contexte.periode), labels)
    undated = (decisions["statut"] == Statut.EFFECTIF.value) & decisions["date_effet"].isna()
    content = rendre(
        "bornes",
        contexte=contexte,
        bornes=own,
        inconnu=bool(pd.isna(own["solde_net"])),
        lignes=int(own["incompletes_hausses"] + own["incompletes_baisses"]),
        hors=contexte.hors(),
        sans_date=int(undated.sum()),
        periodes=tableau_libre(
            ([_period(contexte, code), *_cells(row)] for code, row in told),
            titre="Bornes du solde net de chaque période, et lignes incomplètes de la période",
            entetes=["Période", *ENTETES],
            classe="nombres",
        ),
        regions=tableau_libre(
            ([labels[str(row["region"])], *_cells(row)] for row in regions.to_dict("records")),
            titre=f"Bornes du solde net {au_cours_de(contexte.periode)}, par région",
            entetes=["Région", *ENTETES],
            classe="nombres",
        ),
        a_completer=_to_complete(incompletes, labels),
    )
    return section("bornes", "Ce que les lignes incomplètes changeraient", content)


def section_motifs(contexte: Contexte, motifs: pd.DataFrame) -> Fragment:
    """Count every row read by region and direction: those that count, and those that each rule sets aside."""
    labels, named = contexte.nomenclatures.libelles("region"), libelles_motifs(contexte.parametres)
    named = {Motif.COMPTE: "Compté"} | named
    wide = motifs.pivot(index=["region", "motif"], columns="sens", values="nombre")[["hausse", "baisse"]]
    whole = wide.groupby(level="motif").sum()
    france = tableau_libre(
        ([label, *_with_total(whole.loc[motif])] for motif, label in named.items()),
        titre=f"Lignes du registre par motif et sens, relève {contexte.releve}",
        entetes=["Motif", "Hausses", "Baisses", "Total"],
        total=["Total", *_with_total(whole.sum())],
        classe="nombres",
    )
    order = sorted(labels, key=lambda code: sans_accents(labels[code]))
    cells = {key: " / ".join(nombre(int(one)) for one in row) for key, *row in wide.itertuples()}
    rows = [[labels[code], *(cells[code, motif] for motif in named)] for code in order]
    regions = tableau_libre(
        rows,
        titre="Hausses / baisses par région et motif",
        entetes=["Région", *named.values()],
        classe="nombres large",
    )
    return section("motifs", "Ce qui compte et ce qui est écarté", rendre("motifs", france=france, regions=regions))


def _with_total(sens: Any) -> list[str]:
    return [nombre(int(one)) for one in (*sens, sens.sum())]


def _period(contexte: Contexte, code: str) -> str:
    # Plain spaces: a phone has no room for it on one line.
    named, left_out = periode(code).replace(INSECABLE, " "), contexte.hors(code)
    return f"{named}, {left_out}" if left_out else named


def _cells(row: Mapping[Hashable, Any]) -> list[str]:
    """Write the net, its bounds and the incomplete rows; what is not known is said so."""
    if pd.isna(row["solde_net"]):
        return [*[NON_DISPONIBLE] * len(BORNES), *[""] * len(INCOMPLETES)]
    return [*(signe(int(row[name])) for name in BORNES), *(nombre(int(row[name])) for name in INCOMPLETES)]


def _to_complete(incompletes: pd.DataFrame, labels: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Return, region by region, the rows to be completed, by identifier, and what is empty in them."""
    told = []
    ordered = sorted(incompletes.to_dict("records"), key=lambda one: sans_accents(labels[one["region"]]))
    for region, rows in groupby(ordered, key=lambda one: str(one["region"])):
        lines = []
        for one in rows:
            names = [LIBELLES[name].lower() for name in one["manque"].split(", ")]
            # Of the variation and the judgement one is enough; the headcount, which comes first, is always needed.
            size = names[:1] if one["motif"] == Motif.EFFECTIF_MANQUANT else []
            needed = ", et ".join(filter(None, [*size, " ou ".join(names[len(size) :])]))
            lines.append(f"{one['id_mouvement']} ({periode(one['semestre'])}) : {needed}")
        told.append((labels[region], lines))
    return told
