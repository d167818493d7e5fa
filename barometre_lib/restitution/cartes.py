"""Maps: the net balance of each territory as a circle, filled above zero and outlined below, by one scale for all."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.parametres.cartes import lire_echelle
from barometre_lib.restitution.cadre import encadrer
from barometre_lib.restitution.cartes_dessin import Carte
from barometre_lib.restitution.cartes_signes import Valeur
from barometre_lib.restitution.figures_mots import dire_quand
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import additionner, aucun_mouvement, de_la_periode, tableau, trier_par_libelle
from barometre_lib.typographie import accorder, au_cours_de, enumerer, signe
from barometre_lib.vocabulaire import MESURES, MESURES_BRUTES

SOURCE = "Fond de carte : IGN, ADMIN EXPRESS COG-CARTO 2025, contours simplifiés (COGiter, MTES-MCT)."
ECHELLES = {
    "regions": "Corse rapprochée, outre-mer à d'autres échelles.",
    "departements": "La Corse est rapprochée du continent ; l'outre-mer n'est pas à la même échelle, et "
    "l'Île-de-France est agrandie à part.",
    "departements-11": "Paris et la petite couronne sont agrandis à part.",
}
ECARTES = "Des cercles sont écartés de leur territoire pour ne pas se recouvrir."
CERCLES = "une seule échelle"


def carte_regions(contexte: Contexte, regions: pd.DataFrame, *, constat: str) -> Fragment:
    """Draw France by regions, the page's own region outlined; `regions` by period and `region`."""
    counts = de_la_periode(regions, contexte.periode)
    return _figure(contexte, counts, "regions", constat)


def carte_liens(contexte: Contexte, regions: pd.DataFrame, liens: Mapping[str, str], *, constat: str = "") -> Fragment:
    """Draw France by regions, each leading to its page, beside a table; `regions` by period and `region`.

    `liens` gives the relative address of the page of each region; one without it is drawn all the same.
    """
    counts = de_la_periode(regions, contexte.periode)
    said = constat or f"Ouvertures nettes par région {au_cours_de(contexte.periode)} : chaque région mène à sa page"
    return _figure(contexte, counts, "regions", said, liens=liens)


def carte_departements(contexte: Contexte, departements: pd.DataFrame, *, constat: str) -> Fragment:
    """Draw the départements of France, or those of the page's region alone, each with its name.

    `departements` by period, `region` and `departement`.
    """
    counts = de_la_periode(departements, contexte.periode)
    if contexte.region is None:
        return _figure(contexte, counts.drop(columns="region"), "departements", constat)
    counts = counts[counts["region"] == contexte.region.code].drop(columns="region")
    return _figure(contexte, counts, f"departements-{contexte.region.code}", constat)


def _figure(
    contexte: Contexte,
    counts: pd.DataFrame,
    fond: str,
    constat: str,
    *,
    liens: Mapping[str, str] | None = None,
) -> Fragment:
    if liens is None and aucun_mouvement(counts):
        return rendre("aucun_mouvement", contexte=contexte)
    level, noun = ("region", "région") if fond == "regions" else ("departement", "département")
    values, labels = _valeurs(contexte, counts, level), contexte.nomenclatures.libelles(level)
    own = contexte.region.code if contexte.region and level == "region" else ""
    ground = contexte.nomenclatures.carte(fond)
    # On the map of one region each is named; on that of France, what stands apart and the page's own.
    apart = [code for block in ground["blocs"][1:] for code in block["ancres"] if not block["nom"]]
    named = frozenset(values if level == "departement" and contexte.region else [*apart, *filter(None, [own])])
    name = "carte-liens" if liens is not None else f"carte-{level}s"
    wide, narrow, moved = Carte(name, ground, values, lire_echelle(), named, own, liens).dessiner()
    counts = trier_par_libelle(counts, labels)
    shown = tableau(
        counts,
        titre=f"Ouvertures nettes par {noun} {au_cours_de(contexte.periode)} : valeurs",
        libelles=labels,
        total=contexte.qualifier("Total") if level == "region" or not contexte.region else "Total",
        non_precisees=[code for code, value in values.items() if not value.couverte],
    )
    return encadrer(
        contexte,
        nom=name,
        constat=constat,
        mesure=f"Solde net par {noun}, {_territoire(contexte, level)}, {dire_quand(contexte.periode)}, {CERCLES}",
        lecture=_lecture(contexte, values.get(own), values.values()),
        alternative=_alternative(values, noun, values.get(own)),
        large=wide,
        etroit=narrow,
        tableau=None if liens is not None else shown,
        valeurs=_en_table(counts, values, labels),
        note=" ".join(filter(None, [ECHELLES.get(fond, ""), ECARTES if moved else ""])),
        fond=SOURCE,
    )


def _territoire(contexte: Contexte, maille: str) -> str:
    return contexte.nom if contexte.region and maille == "departement" else contexte.qualifier("France")


def _en_table(counts: pd.DataFrame, valeurs: Mapping[str, Valeur], libelles: Mapping[str, str]) -> pd.DataFrame:
    """Return what the CSV holds: no zero where nothing is counted and the coverage is not known."""
    level = str(counts.columns[0])
    told = [valeurs[code].couverte or valeurs[code].comptee for code in counts[level]]
    numbers = counts[list(MESURES)].astype("Int64").where(pd.Series(told, index=counts.index))
    names = counts[level].map(libelles).rename("nom")
    return pd.concat([counts[level], names, numbers], axis="columns")


def _lecture(contexte: Contexte, propre: Valeur | None, valeurs: Iterable[Valeur]) -> str:
    """Read one circle aloud: the largest but that of the page's region, which the page says enough."""
    drawn = [value for value in valeurs if value.cerclee and value is not propre]
    if not drawn:
        return "sans cercle, le solde est nul ou n'est pas connu."
    value = max(drawn, key=lambda one: abs(one.solde))
    sides, look = ["les ouvertures et extensions", "les fermetures et réductions"], "cercle plein"
    if value.solde < 0:
        sides, look = sides[::-1], "cercle évidé"
    return (
        f"{value.nom}, {signe(value.solde)} : {dire_quand(contexte.periode)}, {sides[0]} y dépassent de "
        f"{abs(value.solde)} {sides[1]} ({look})."
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
