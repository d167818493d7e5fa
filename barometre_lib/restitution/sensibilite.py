"""The page of a study: how far the net would move under each other choice, one at a time, stamped throughout."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.parametres.variante import TAMPON
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.figures_barres import Rangee, dessiner_barres
from barometre_lib.restitution.figures_mots import dire_quand
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.tableaux import NON_DISPONIBLE, tableau_libre
from barometre_lib.restitution.trace import DEMI, ETROIT
from barometre_lib.typographie import au_cours_de, minuscule, sans_accents, signe

# In the table by region: the net is that of the method.
EGAL = "="


def en_etude(contexte: Contexte) -> Contexte:
    """Return what a page is about, stamped as a study: whatever shows it says so."""
    return replace(contexte, variante=TAMPON)


def section_ecarts(contexte: Contexte, mesures: pd.DataFrame) -> Fragment:
    """Say what is studied, then draw how far each variant moves the net of France, beside what cannot be drawn.

    `mesures` are those of `sensibilite.mesurer`.
    """
    france = mesures[mesures["region"] == ""]
    official = france["solde_net"].iloc[0]
    known = not pd.isna(official)
    said = rendre("sensibilite", contexte=contexte, solde=int(official) if known else None)
    beside = [_tornade(contexte, france)] if known else []
    apart = rendre("en_2", contenus=[*beside, _hors_mesure(mesures)])
    return section("ecarts", f"Le solde net {au_cours_de(contexte.periode)} sous d'autres choix", said, apart)


def section_par_region(contexte: Contexte, mesures: pd.DataFrame) -> Fragment:
    """Show the net of each region under each variant that moves one, with the difference from the method's."""
    labels = contexte.nomenclatures.libelles("region")
    codes = ["", *sorted(labels, key=lambda code: sans_accents(labels[code]))]
    shown = mesures[mesures["variante"].isin({"", *_mouvantes(mesures)})]
    order = ["", *_par_ampleur(shown[(shown["region"] == "") & (shown["variante"] != "")])["variante"]]
    cells = {(row["variante"], row["region"]): _cellule(row) for row in shown.to_dict("records")}
    names = shown.drop_duplicates("variante").set_index("variante")["libelle"]
    table = tableau_libre(
        [[names[name], *(cells[name, code] for code in codes)] for name in order],
        titre=f"Solde net {au_cours_de(contexte.periode)} sous chaque variante, et écart à la méthode ; {TAMPON}",
        entetes=["Variante", contexte.qualifier("France"), *(labels[code] for code in codes[1:])],
        classe="nombres large",
    )
    content = rendre("sensibilite_regions", tableau=table, egal=EGAL)
    return section("par-region", "Région par région", content)


def _hors_mesure(mesures: pd.DataFrame) -> Fragment:
    """Say which variants are absent, and why, which change nothing, and what some cannot see."""
    france = mesures[(mesures["region"] == "") & (mesures["variante"] != "")]
    still = france[(france["absence"] == "") & ~france["variante"].isin(_mouvantes(mesures))]
    return rendre(
        "sensibilite_hors_mesure",
        absentes=_paires(france[france["absence"] != ""], "absence"),
        limites=_paires(france[france["limite"] != ""], "limite"),
        immobiles=list(still["libelle"]),
    )


def _mouvantes(mesures: pd.DataFrame) -> set[str]:
    """Return the variants that move a net, of France or of a region."""
    return set(mesures.loc[mesures["ecart"].fillna(0) != 0, "variante"])


def _tornade(contexte: Contexte, france: pd.DataFrame) -> Fragment:
    """Draw the variants that move the net of France, the widest first; a sentence when none does."""
    official = int(france["solde_net"].iloc[0])
    moving = _par_ampleur(france[france["ecart"].fillna(0) != 0])
    if moving.empty:
        return rendre("sensibilite_immobile")
    moved = moving.astype({"solde_net": "int64", "ecart": "int64"}).to_dict("records")
    rows = [_rangee(row["libelle"], row["ecart"]) for row in moved]
    first, nets = moved[0], [official, *(row["solde_net"] for row in moved)]
    when = dire_quand(contexte.periode)
    return encadrer(
        contexte,
        nom="sensibilite",
        constat=f"D'un choix à l'autre, le solde net irait de {signe(min(nets))} à {signe(max(nets))}",
        mesure=f"Écart au solde net de la méthode ({signe(official)}) {when}, {contexte.nom_compte}, "
        "une variante à la fois, nombre de sites",
        lecture=f"variante « {minuscule(first['libelle'])} », le solde net serait de {signe(first['solde_net'])}, "
        f"soit un écart de {signe(first['ecart'])}.",
        note="Les écarts ne s'ajoutent pas. La variante dit son propre champ quand elle en change.",
        alternative=f"Diagramme en barres, du plus grand écart au plus petit : {_enumerer(rows)}.",
        large=dessiner_barres(rows, DEMI),
        etroit=dessiner_barres(rows, ETROIT),
        tableau=tableau_libre(
            [[row["libelle"], signe(row["solde_net"]), signe(row["ecart"]), row["repond"]] for row in moved],
            titre=f"Solde net {when} sous chaque variante, {contexte.nom_compte} ; {TAMPON}",
            entetes=["Variante", "Solde net", "Écart", "La question"],
            classe="textes",
        ),
        valeurs=moving[["variante", "libelle", "solde_net", "ecart"]].assign(mention=TAMPON),
    )


def _rangee(nom: str, ecart: int) -> Rangee:
    """Make a bar that goes right when the net grows, left when it shrinks."""
    return Rangee(nom, {"ouvertures" if ecart > 0 else "fermetures": abs(ecart)}, [signe(ecart)])


def _par_ampleur(mesures: pd.DataFrame) -> pd.DataFrame:
    """Sort variants by the size of their difference, the largest first; equal ones in the order of the file."""
    return mesures.sort_values("ecart", key=lambda one: -one.abs(), kind="stable")


def _cellule(row: dict[Any, Any]) -> str:
    if pd.isna(row["solde_net"]):
        return NON_DISPONIBLE
    net = signe(int(row["solde_net"]))
    return net if not row["variante"] else f"{net} ({signe(int(row['ecart']))})" if row["ecart"] else EGAL


def _paires(mesures: pd.DataFrame, colonne: str) -> list[tuple[str, str]]:
    return list(zip(mesures["libelle"], mesures[colonne], strict=True))


def _enumerer(rangees: Iterable[Rangee]) -> str:
    return " ; ".join(f"{row.nom} {row.soldes[0]}" for row in rangees)
