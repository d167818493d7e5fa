"""Maps: the net balance of each territory, written on it, blue above zero and red below."""

from collections.abc import Mapping, Sequence

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.cartes_dessin import Valeur, dessiner
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import additionner, aucun_mouvement, de_la_periode, tableau, trier_par_libelle
from barometre_lib.typographie import accorder, au_cours_de, enumerer, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

SOURCE = "Fond de carte : IGN, ADMIN EXPRESS COG-CARTO 2025, contours simplifiés (COGiter, MTES-MCT)."
ECHELLES = {
    "region": "La Corse est rapprochée du continent et l'outre-mer n'est pas à la même échelle. ",
    "departement": "La Corse est rapprochée du continent ; l'outre-mer et la petite couronne ne sont pas à la même "
    "échelle. ",
}


def carte_regions(contexte: Contexte, comptes: pd.DataFrame, liens: Mapping[str, str]) -> Fragment:
    """Draw the regional map, each region leading to its page; `comptes` by period and `region`.

    `liens` gives the relative address of the page of each region; one without it is drawn all the same.
    """
    counts = de_la_periode(comptes, contexte.periode)
    values = _valeurs(contexte, counts, "region")
    title = f"Carte des ouvertures nettes par région {au_cours_de(contexte.periode)}, chaque région mène à sa page"
    drawing = dessiner("carte-liens", contexte.nomenclatures.carte("regions"), values, liens=liens)
    return rendre("carte_liens", titre=title, dessin=drawing, note=ECHELLES["region"] + SOURCE)


def figure_carte_regions(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Draw the regional map, the page's own region outlined, and its table; `comptes` by period and `region`."""
    counts = de_la_periode(comptes, contexte.periode)
    own = f"Contour épais : {contexte.region.nom}. " if contexte.region else ""
    return _figure(contexte, counts, "region", "regions", own + ECHELLES["region"])


def figure_carte_departements(contexte: Contexte, comptes: pd.DataFrame) -> Fragment:
    """Draw the départements of France, or those of the page's region alone, larger, and their table.

    `comptes` by period, `region` and `departement`.
    """
    counts = de_la_periode(comptes, contexte.periode)
    if contexte.region:
        counts = counts[counts["region"] == contexte.region.code]
    if contexte.actualisee:
        return rendre("non_disponible", contexte=contexte)
    if len(counts) == 1:
        return rendre("carte_seule", nom=contexte.nomenclatures.departements[counts.iloc[0]["departement"]].nom)
    drawn, note = (
        (f"departements-{contexte.region.code}", "") if contexte.region else ("departements", ECHELLES["departement"])
    )
    return _figure(contexte, counts.drop(columns="region"), "departement", drawn, note)


def _figure(contexte: Contexte, counts: pd.DataFrame, maille: str, carte: str, note: str) -> Fragment:
    if aucun_mouvement(counts):
        return rendre("aucun_mouvement", contexte=contexte)
    values = _valeurs(contexte, counts, maille)
    noun = "région" if maille == "region" else "département"
    name = f"carte-{maille}s"
    title = f"Ouvertures nettes par {noun} {au_cours_de(contexte.periode)}"
    title = f"{title}, {contexte.nom}" if maille == "departement" else title
    outlined = contexte.region.code if contexte.region and maille == "region" else ""
    labels = contexte.nomenclatures.libelles(maille)
    return rendre(
        "figure",
        titre=title,
        alternative=_alternative(values, noun, values.get(outlined)),
        dessin=dessiner(name, contexte.nomenclatures.carte(carte), values, cernee=outlined),
        large=False,
        note=note + SOURCE,
        # A region's départements are drawn again below, and their table with them: paper has it once.
        doublon=contexte.region is not None and maille == "departement",
        tableau=tableau(
            trier_par_libelle(counts, labels),
            titre=f"{title} : valeurs",
            libelles=labels,
            total=contexte.qualifier("Total") if maille == "region" or not contexte.region else "Total",
            non_precisees=[code for code, value in values.items() if not value.couverte],
        ),
    )


def _valeurs(contexte: Contexte, counts: pd.DataFrame, maille: str) -> dict[str, Valeur]:
    """Return what is shown of each territory, in the order of names, which is that of the keyboard too."""
    places = contexte.nomenclatures.regions if maille == "region" else contexte.nomenclatures.departements
    values = {}
    for row in trier_par_libelle(counts, contexte.nomenclatures.libelles(maille)).to_dict("records"):
        place, known = places[row[maille]], pd.notna(row["solde_net"])
        balance, counted = (row["solde_net"], additionner(row, MESURES_BRUTES) > 0) if known else (0, False)
        covered = contexte.edition.couverte(place.region)
        values[row[maille]] = Valeur(place.nom, balance, counted, known and covered, known)
    return values


def _alternative(valeurs: Mapping[str, Valeur], nom: str, cernee: Valeur | None) -> str:
    """Say what the map shows: how many are above and below zero, the highest and the lowest."""
    covered = [value for value in valeurs.values() if value.couverte]
    nets = [value.solde for value in covered]
    above, below = sum(net > 0 for net in nets), sum(net < 0 for net in nets)
    said = [f"Carte du solde net de chaque {nom}"]
    if covered:
        said.append(f"{accorder(above, nom, nom + 's')} au-dessus de zéro, {below} au-dessous, {nets.count(0)} à zéro")
        said.append(f"Le plus haut : {_extreme(covered, max(nets))}")
        said.append(f"Le plus bas : {_extreme(covered, min(nets))}")
    if cernee:
        said.append(f"Contour épais : {cernee.dite.replace(' : ', ', ')}")
    unknown = [value.nom for value in valeurs.values() if not value.disponible]
    if uncertain := len(valeurs) - len(covered) - len(unknown):
        said.append(f"Couverture non précisée : {accorder(uncertain, nom, nom + 's')}")
    if unknown:
        said.append(f"Non disponible : {enumerer(unknown)}")
    return ". ".join(said) + "."


def _extreme(values: Sequence[Valeur], solde: int) -> str:
    names = [value.nom for value in values if value.solde == solde]
    kept = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} autres"]
    return f"{enumerer(kept)} ({signe(solde)})"
