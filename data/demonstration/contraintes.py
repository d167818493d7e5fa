"""What the State has published, as linear constraints on the grid of counts.

The 152 numbers of `data/publie/chiffres_publies.csv` and the unnumbered facts of its README, each
with a French label. The solver imposes them; the tests check each of them on the committed table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
import yaml
from grille import (
    DOSSIER,
    REFERENCE,
    RELEVES,
    Grille,
    grille,
    lire_csv,
    regions_outre_mer,
    semestre_du,
    semestres,
)

PUBLIES = DOSSIER.parent / "publie" / "chiffres_publies.csv"
# Coefficients of ouverture, extension, fermeture, reduction: the order of `grille.TYPES`.
MESURES = {
    "ouvertures": (1, 0, 0, 0),
    "extensions": (0, 1, 0, 0),
    "fermetures": (0, 0, 1, 0),
    "reductions": (0, 0, 0, 1),
    "ouvertures_et_extensions": (1, 1, 0, 0),
    "fermetures_et_reductions": (0, 0, 1, 1),
    "solde_net": (1, 1, -1, -1),
}


@dataclass(frozen=True)
class Somme:
    """A measure over a block of the grid: a period, some regions, some sous_secteurs; empty = all."""

    periode: str
    mesure: str = "solde_net"
    regions: frozenset[str] = frozenset()
    sous_secteurs: frozenset[str] = frozenset()

    def coefficients(self, axes: Grille) -> np.ndarray:
        """Give the coefficient of every cell, with the shape of the grid."""
        temps = [float(s.startswith(self.periode)) for s in axes.semestres]
        lieux = [float(not self.regions or r in self.regions) for r in axes.regions]
        champs = [float(not self.sous_secteurs or s in self.sous_secteurs) for s in axes.sous_secteurs]
        return np.einsum("s,r,k,t->srkt", temps, lieux, champs, MESURES[self.mesure])


@dataclass(frozen=True)
class Contrainte:
    """A bounded sum, or difference of two sums, of the counts of one relève."""

    releve: str
    libelle: str
    somme: Somme
    mini: float = -inf
    maxi: float = inf
    moins: Somme | None = None

    def coefficients(self) -> np.ndarray:
        """Give the coefficient of every cell of the relève's grid."""
        axes = grille(self.releve)
        directs = self.somme.coefficients(axes)
        return directs if self.moins is None else directs - self.moins.coefficients(axes)

    def valeur(self, table: np.ndarray) -> int:
        """Evaluate on an array of counts."""
        return round(float((self.coefficients() * table).sum()))

    def tenue(self, table: np.ndarray) -> bool:
        """Say whether the table keeps the constraint."""
        return self.mini <= self.valeur(table) <= self.maxi


def secteurs(releve: str) -> dict[str, frozenset[str]]:
    """Group the sous_secteurs as the edition of a relève prints them."""
    colonne = f"secteur_{releve}"
    groupes: dict[str, set[str]] = {}
    for ligne in lire_csv(REFERENCE / "secteurs.csv"):
        groupes.setdefault(ligne.get(colonne, ligne["secteur"]), set()).add(ligne["sous_secteur"])
    return {code: frozenset(membres) for code, membres in groupes.items()}


def somme_publiee(ligne: dict[str, str], releve: str) -> Somme:
    """Say which block of the grid a published row measures, sectors grouped as in `releve`."""
    code = ligne["code"]
    return Somme(
        ligne["periode"],
        ligne["mesure"],
        regions=frozenset({code}) if ligne["maille"] == "region" else frozenset(),
        sous_secteurs=secteurs(releve).get(code, frozenset({code})) if ligne["maille"] == "secteur" else frozenset(),
    )


def chiffres_publies() -> Iterator[Contrainte]:
    """One equality for each row of `chiffres_publies.csv`, at its own relève."""
    for ligne in lire_csv(PUBLIES):
        releve, valeur = ligne["releve"], int(ligne["valeur"])
        libelle = " ".join(ligne[c] for c in ("releve", "periode", "maille", "code", "mesure"))
        yield Contrainte(releve, f"{libelle} = {valeur}", somme_publiee(ligne, releve), valeur, valeur)


def auvergne_rhone_alpes_en_tete() -> Iterator[Contrainte]:
    """« En 2022, 2023 et 2024 l'Auvergne-Rhône-Alpes a le plus fort solde », at every relève."""
    premiere = frozenset({"84"})
    for releve in RELEVES:
        for annee in ("2022", "2023", "2024"):
            if f"{annee}-S2" in semestres(releve):
                for code in grille(releve).regions:
                    if code not in premiere:
                        yield Contrainte(
                            releve,
                            f"{releve} {annee} solde net de 84 strictement au-dessus de {code}",
                            Somme(annee, regions=premiere),
                            mini=1,
                            moins=Somme(annee, regions=frozenset({code})),
                        )


def signes(releve: str, periode: str, maille: str, negatifs: set[str], *, seuls: bool) -> Iterator[Contrainte]:
    """Net balances said to be negative and, when they are the only ones, the others at zero or more."""
    axes = grille(releve)
    codes = axes.regions if maille == "regions" else tuple(secteurs(releve))
    for code in [*codes, *sorted(negatifs - set(codes))]:
        groupe = frozenset({code}) if maille == "regions" else secteurs(releve).get(code, frozenset({code}))
        somme = Somme(periode, **{maille: groupe})
        if code in negatifs:
            yield Contrainte(releve, f"{releve} {periode} solde net négatif : {code}", somme, maxi=-1)
        elif seuls:
            yield Contrainte(releve, f"{releve} {periode} solde net non négatif : {code}", somme, mini=0)


def faits_sans_nombre() -> Iterator[Contrainte]:
    """Facts that the editions state without a number (README of `data/publie`)."""
    yield from auvergne_rhone_alpes_en_tete()
    yield from signes("2023-S2", "2023", "regions", {"32", "94"}, seuls=True)
    yield from signes("2024-S2", "2024", "sous_secteurs", {"plasturgie", "mecanique", "transports"}, seuls=True)
    yield from signes("2025-S1", "2025-S1", "regions", {"52", "32", "44"}, seuls=False)
    yield from signes("2025-S1", "2025-S1", "sous_secteurs", {"chimie", "automobile"}, seuls=False)
    for code in grille("2025-S1").regions:
        region = Somme("2025-S1", regions=frozenset({code}))
        yield Contrainte("2025-S1", f"2025-S1 2025-S1 pas plus de +8 : {code}", region, maxi=8)
    tetes, groupes = ("electronique", "industrie_verte", "sante", "agroalimentaire"), secteurs("2024-S2")
    for tete in tetes:
        for autre in groupes:
            if autre not in tetes:
                ara = {"periode": "2024", "mesure": "ouvertures_et_extensions", "regions": frozenset({"84"})}
                yield Contrainte(
                    "2024-S2",
                    f"2024-S2 2024 région 84, ouvertures et extensions : {tete} devant {autre}",
                    Somme(**ara, sous_secteurs=groupes[tete]),
                    mini=1,
                    moins=Somme(**ara, sous_secteurs=groupes[autre]),
                )


def conventions() -> Iterator[Contrainte]:
    """No counted movement overseas (the thirteen others make exactly 89 in 2024), and the named sites."""
    for releve in RELEVES:
        for code in sorted(regions_outre_mer()):
            for mesure in ("ouvertures_et_extensions", "fermetures_et_reductions"):
                somme = Somme("", mesure, regions=frozenset({code}))
                yield Contrainte(releve, f"{releve} outre-mer, aucune {mesure} : {code}", somme, 0, 0)
        for cle, sites in sorted(sites_nommes_par_cellule(releve).items()):
            semestre, region, sous_secteur, mesure = cle
            somme = Somme(semestre, mesure, frozenset({region}), frozenset({sous_secteur}))
            yield Contrainte(releve, f"{releve} sites nommés : {', '.join(sites)}", somme, mini=len(sites))


def sites_nommes_par_cellule(releve: str) -> dict[tuple[str, str, str, str], list[str]]:
    """Name, for each cell of the grid, the sites of the official releases that it must hold."""
    cellules: dict[tuple[str, str, str, str], list[str]] = {}
    nommes = yaml.safe_load((DOSSIER / "sites_nommes.yaml").read_text(encoding="utf-8"))
    for site in nommes["sites"]:
        if site["compte_depuis"] <= releve:
            semestre, mesure = semestre_du(site["date_effet"]), f"{site['type_mouvement']}s"
            cle = (semestre, nommes["region"], site["sous_secteur"], mesure)
            cellules.setdefault(cle, []).append(site["nom_site"])
    return cellules


def toutes() -> list[Contrainte]:
    """List every constraint: published numbers, facts without a number, conventions."""
    return [*chiffres_publies(), *faits_sans_nombre(), *conventions()]
