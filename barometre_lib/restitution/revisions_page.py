"""The page of revisions: each period as each relève gave it, what moved since the last edition and why, how much."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from barometre_lib.contexte import Contexte
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.restitution.figures_revisions import ENSEMBLE, GRAINS, GROUPEE, figure_causes, figure_indicateurs
from barometre_lib.restitution.fragment import Fragment, rendre, section
from barometre_lib.restitution.revisees import inconnues_avant
from barometre_lib.restitution.tableaux import INCONNU, tableau_libre
from barometre_lib.revisions import FAMILLES, libelle_cause, resumer_revisions
from barometre_lib.typographie import accorder, enumerer, jour, majuscule, nombre, periode, sans_accents, signe
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve

# So many movements of a cause are named, those that move the net most.
NOMMES_MAX = 10
NON_PUBLIE = "n. p."


def titre_revisions(contexte: Contexte, evolution: pd.DataFrame) -> str:
    """Return the title of the page, which is its result: what the period a year before was, and is now."""
    told = evolution[evolution["periode"].eq(contexte.periode_precedente) & evolution["premier"].notna()]
    if told.empty or told["releve"].iloc[0] == str(contexte.releve):
        return "Révisions : rien encore à comparer"
    first, now = int(told["premier"].iloc[0]), int(told["solde_net"].iloc[0])
    then = "inchangé" if first == now else signe(now)
    when = contexte.qualifier(periode(contexte.periode_precedente), contexte.periode_precedente)
    return f"{when} : {signe(first)} à sa parution, {then} aujourd'hui"


def section_triangle(contexte: Contexte, vintages: pd.DataFrame) -> Fragment:
    """Show the net of each period as each relève gives it, years then semesters; `Barometre.vintages` of France."""
    tables = [_triangle(contexte, vintages[vintages["granularite"] == grain], grain) for grain in GRAINS]
    said = rendre("revisions_triangle", contexte=contexte, non_publie=NON_PUBLIE, tables=tables)
    return section("triangle", "Chaque période, d'une relève à l'autre", said)


def section_familles(contexte: Contexte, familles: pd.DataFrame) -> Fragment:
    """Show what moved since the previous edition, by period and family; `Barometre.revisions_par_famille`."""
    cells = {(row["code"], row["famille"]): _cellule(row) for row in familles.to_dict("records")}
    written = {code: [cells.get((code, family), nombre(0)) for family in (*FAMILLES, "")] for code in familles["code"]}
    whole = familles[familles["dimension"].eq("france") & familles["famille"].eq("")].to_dict("records")[0]
    table = tableau_libre(
        [[_nom(code), *row] for code, row in written.items() if code != "FR"],
        titre="Mouvements révisés depuis l'édition précédente et, entre parenthèses, effet sur le solde net",
        entetes=["Période", *FAMILLES.values(), ENSEMBLE],
        total=[_dont(whole["entre_deux"], "deux périodes"), *written["FR"]],
        classe="nombres",
    )
    said = rendre(
        "revisions_familles", contexte=contexte, nouvelles=inconnues_avant(contexte), total=whole, tableau=table
    )
    return section("familles", "Ce qui a bougé depuis l'édition précédente", said)


def section_causes(contexte: Contexte, revisions: pd.DataFrame, vintages: pd.DataFrame) -> Fragment | None:
    """Show why: by cause in each period, entries and exits, by territory, and the movements; None when nothing moved.

    `revisions` are those of France since the previous edition.
    """
    covered = periodes_couvertes(contexte.precedente) if contexte.precedente else []
    if resumer_revisions(revisions, covered, ["id_mouvement"]).empty:
        return None
    folded = [
        rendre("repli", intitule=f"Révisions par {name}", contenu=_flux(contexte, revisions, covered, dimension))
        for dimension, name in (("region", "région"), ("departement", "département"))
    ]
    drawn = figure_causes(contexte, resumer_revisions(revisions, covered, ["periode", "cause"]), covered, vintages)
    named = rendre("repli", intitule="Les mouvements, par cause", contenu=_nommer(contexte, revisions, covered))
    return section("causes", "Pourquoi", drawn, _flux(contexte, revisions, covered, "periode"), *folded, named)


def section_indicateurs(contexte: Contexte, indicateurs: pd.DataFrame, incertitude: str) -> Fragment | None:
    """Show how much numbers were revised so far, and say how far the last one may move; None when nothing is known.

    `Barometre.indicateurs_de_revision` and `Barometre.phrase_incertitude`.
    """
    if indicateurs.empty and not incertitude:
        return None
    drawn = None if indicateurs.empty else figure_indicateurs(contexte, indicateurs)
    said = rendre("revisions_incertitude", phrase=incertitude) if incertitude else None
    return section("indicateurs", "De combien les soldes ont été révisés", drawn, said)


def section_lecture(autres: tuple[int, int]) -> Fragment:
    """Say what a revision is and how its causes are told; `revisions.autres_libelles`."""
    return section("lecture", "Comment lire ces révisions", rendre("revisions_lecture", autres=autres))


def _triangle(contexte: Contexte, vintages: pd.DataFrame, grain: str) -> Fragment:
    releves = sorted(vintages["releve"].unique())
    cells = {(row["periode"], row["releve"]): _millesime(contexte, row) for row in vintages.to_dict("records")}
    grouped = vintages[["periode", "groupee"]].drop_duplicates().itertuples(index=False)
    return tableau_libre(
        [
            [
                f"{_nom(code)}, {GROUPEE}" if late else _nom(code),
                *(cells.get((code, one), "") for one in releves),
            ]
            for code, late in grouped
        ],
        titre=f"{GRAINS[grain]} : solde net, France, selon la date de la situation connue",
        entetes=["Période", *(f"Au {jour(Releve.lire(one).dernier_jour)}" for one in releves)],
        classe="nombres",
    )


def _millesime(contexte: Contexte, row: dict[Any, Any]) -> str:
    """Write a value: bold when it is the first, with what was published if that is another number, or nothing was."""
    if pd.isna(row["valeur"]):
        return INCONNU
    value = signe(int(row["valeur"]))
    shown = Markup("<strong>{}</strong>").format(value) if row["horizon"] == 0 else Markup("{}").format(value)
    left_out = [contexte.nomenclatures.regions[code].nom for code in row["hors"].split(", ") if code]
    beside = f" hors {enumerer(sorted(left_out, key=sans_accents))}" if left_out else ""
    if pd.isna(row["publie"]):
        return shown + f"{beside} {NON_PUBLIE}"
    return shown + beside + ("" if row["ecart"] == 0 else f" (publié : {signe(int(row['publie']))})")


def _nom(code: str) -> str:
    return " ".join(periode(code).split())  # a narrow column breaks at plain spaces


def _cellule(row: dict[Any, Any]) -> str:
    return f"{nombre(row['mouvements'])} ({signe(row['solde_net'])})" if row["mouvements"] else nombre(0)


def _dont(entre: int, quoi: str) -> str:
    return f"{ENSEMBLE}, dont {nombre(entre)} entre {quoi}" if entre else ENSEMBLE


def _flux(contexte: Contexte, revisions: pd.DataFrame, couverts: Sequence[str], dimension: str) -> Fragment:
    """Show how many movements entered and left the counts, beside the net, by period or territory."""
    names = {"periode": "périodes", "region": "régions", "departement": "départements"}
    one = resumer_revisions(revisions, couverts, [dimension, "id_mouvement"])
    known = {code: _nom(code) for code in couverts} if dimension == "periode" else {}
    labels = known or contexte.nomenclatures.libelles(dimension)
    codes = known or sorted(one[dimension].unique(), key=lambda code: sans_accents(labels[code]))
    # Here also those that only went from one code to another.
    whole = one.groupby("id_mouvement", as_index=False)[[*MESURES_BRUTES, "solde_net"]].sum()
    between = one.loc[one.duplicated("id_mouvement"), "id_mouvement"].nunique()
    return tableau_libre(
        [[labels[code], *_compter(one[one[dimension] == code])] for code in codes],
        titre=f"Mouvements révisés, entrés dans les comptes et sortis, par {names[dimension].removesuffix('s')}",
        entetes=[
            majuscule(names[dimension].removesuffix("s")),
            *("Mouvements", "Entrés", "Sortis", "Autrement comptés", "Effet sur le solde net"),
        ],
        total=[_dont(between, f"deux {names[dimension]}"), *_compter(whole)],
        classe="nombres",
    )


def _compter(mouvements: pd.DataFrame) -> list[str]:
    """Write how many movements there are, of which entered, left, or are counted otherwise; then their effect."""
    change = mouvements[list(MESURES_BRUTES)].sum(axis="columns")
    parts = [len(change), int(change.gt(0).sum()), int(change.lt(0).sum()), int(change.eq(0).sum())]
    return [*map(nombre, parts), signe(int(mouvements["solde_net"].sum()))]


def _nommer(contexte: Contexte, revisions: pd.DataFrame, couverts: Sequence[str]) -> Fragment:
    """List the causes, and the movements of each that move the net most, by their identifiers alone."""
    each = resumer_revisions(revisions, couverts, ["famille", "cause", "id_mouvement"], contexte.corriges)
    each = each.sort_values("solde_net", key=lambda one: -one.abs(), kind="stable")
    rows = []
    for (family, cause), own in each.groupby(["famille", "cause"]):
        shown = [
            f"{row['id_mouvement']} ({signe(row['solde_net'])})" for row in own.head(NOMMES_MAX).to_dict("records")
        ]
        more = [accorder(len(own) - NOMMES_MAX, "autre", "autres")] if len(own) > NOMMES_MAX else []
        effect = signe(int(own["solde_net"].sum()))
        rows.append(
            [libelle_cause(str(cause)), FAMILLES[str(family)], nombre(len(own)), effect, enumerer([*shown, *more])]
        )
    several = each.loc[each.duplicated("id_mouvement"), "id_mouvement"].nunique()
    whole = [nombre(each["id_mouvement"].nunique()), signe(int(each["solde_net"].sum())), ""]
    return tableau_libre(
        rows,
        titre="Mouvements révisés, par cause, et effet de chacun sur le solde net",
        entetes=["Cause", "Famille", "Mouvements", "Effet", "Identifiants, du plus grand effet au plus petit"],
        total=[_dont(several, "deux causes"), "", *whole],
        classe="textes",
    )
