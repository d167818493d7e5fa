"""Solve the table of counts of the demonstration register, `comptes.csv`.

A number learnt after the draw moves as few rows as it can: the table in place is brought to the nearest one that keeps
every constraint, by giving other sous_secteurs to rows of a relève's last semester (`retouches.csv`). With `--tirer`, a
table is drawn anew, relève after relève: (1) expected numbers from the stated weights and the published numbers; (2) a
seeded draw for the new semesters, the previous relève with a few ordinary revisions for the others; (3) the integer
table nearest to that target that keeps every constraint, by a mixed-integer program.

Run as `python data/demonstration/resoudre.py [--tirer]`. The committed table is only renewed on purpose: another
version of HiGHS may choose another table, equally valid.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import yaml
from a_priori import caler, intensites
from contraintes import PUBLIES, Contrainte, Somme, secteurs, somme_publiee, toutes
from engendrer import jouer
from grille import DOSSIER, RELEVES, TYPES, Grille, ecrire_comptes, grille, lire_comptes, lire_csv, semestres
from retouches import Retouche, deduire, deplacables, ecrire_retouches, lire_retouches, retoucher
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity, vstack

AJOUTS_PAR_CELLULE = 3
RETOUCHES_PAR_CELLULE = 1
ECART_RELATIF_ADMIS = 2e-3  # the solver stops once this near to the best table; no time limit, for repeatability


def preferences(releve: str) -> list[Contrainte]:
    """Numbers that only later editions print, for periods that this relève covers: wished, not imposed."""
    deja = {(c.somme.periode, c.somme) for c in toutes() if c.releve == releve}
    voeux: dict[object, Contrainte] = {}
    for ligne in lire_csv(PUBLIES):
        couverte = any(s.startswith(ligne["periode"]) for s in semestres(releve))
        complete = all(f"{ligne['periode'][:4]}-S{n}" in semestres(releve) for n in (1, 2))
        if ligne["releve"] <= releve or not couverte or ("-" not in ligne["periode"] and not complete):
            continue
        somme, valeur = somme_publiee(ligne, ligne["releve"]), int(ligne["valeur"])
        if (somme.periode, somme) not in deja:
            voeux.setdefault(somme, Contrainte(releve, "voeu", somme, valeur, valeur))
    return list(voeux.values())


def revisions_ordinaires(
    precedente: np.ndarray, attendus: np.ndarray, poids: Mapping[str, Any], alea: random.Random
) -> np.ndarray:
    """Propose a few late detections, withdrawals, requalified types and corrected dates."""
    table, reglages = precedente.copy(), poids["revisions"]
    ages = np.arange(table.shape[0])[::-1]
    jeunesse = reglages["attenuation_par_semestre"] ** ages[:, None, None, None]

    def choisir(chances: np.ndarray) -> tuple[int, ...]:
        rang = alea.choices(range(chances.size), weights=chances.ravel().tolist())[0]
        return tuple(int(i) for i in np.unravel_index(rang, chances.shape))

    for _ in range(reglages["detections_tardives"]):
        table[choisir(attendus[: len(ages)] * jeunesse)] += 1
    for _ in range(reglages["retraits"]):
        table[choisir(table * jeunesse)] -= 1
    for _ in range(reglages["requalifications"]):
        s, r, k, t = choisir(table.astype(float))
        table[s, r, k, t] -= 1
        table[s, r, k, t ^ 1] += 1  # opening and extension, closure and reduction are neighbours
    for _ in range(reglages["dates_corrigees"]):
        s, r, k, t = choisir(table.astype(float))
        voisin = s + alea.choice((-1, 1))
        if 0 <= voisin < len(ages):
            table[s, r, k, t] -= 1
            table[voisin, r, k, t] += 1
    return table


def tirer(attendus: np.ndarray, alea: random.Random) -> np.ndarray:
    """Round each expected number up or down at random, its mean kept."""
    parties = np.floor(attendus)
    hasards = np.array([alea.random() for _ in range(attendus.size)]).reshape(attendus.shape)
    return (parties + (hasards < attendus - parties)).astype(int)


def ajuster(  # noqa: PLR0913
    cible: np.ndarray,
    *,
    couts: tuple[np.ndarray, np.ndarray],
    bornes: tuple[np.ndarray, np.ndarray],
    contraintes: Sequence[Contrainte],
    voeux: Sequence[Contrainte],
    cout_voeu: float,
) -> np.ndarray:
    """Find the integer table nearest to the target that keeps the constraints.

    The unknowns are the units added to each cell, the units taken away, then the difference with each
    wish, upwards and downwards.

    Raises
    ------
    RuntimeError
        If the solver finds no table: two constraints contradict each other.
    """
    lignes = csr_array(np.array([c.coefficients().ravel() for c in [*contraintes, *voeux]]))
    acquis = lignes @ cible.ravel()
    jeu = csr_array(vstack([csr_array((len(contraintes), len(voeux))), identity(len(voeux))]))
    matrice = hstack([lignes, -lignes, jeu, -jeu])
    mini = np.array([c.mini for c in [*contraintes, *voeux]]) - acquis
    maxi = np.array([c.maxi for c in [*contraintes, *voeux]]) - acquis
    illimite = np.full(2 * len(voeux), np.inf)
    solution = milp(
        np.concatenate([couts[0].ravel(), couts[1].ravel(), np.full(2 * len(voeux), cout_voeu)]),
        constraints=LinearConstraint(matrice, mini, maxi),
        bounds=Bounds(0, np.concatenate([bornes[0].ravel(), bornes[1].ravel(), illimite])),
        integrality=np.ones(2 * cible.size + 2 * len(voeux)),
        options={"mip_rel_gap": ECART_RELATIF_ADMIS},
    )
    if solution.x is None:
        raise RuntimeError(f"aucune table ne tient les contraintes : {solution.message}")
    entiers = np.rint(solution.x).astype(int)
    return cible + (entiers[: cible.size] - entiers[cible.size : 2 * cible.size]).reshape(cible.shape)


def couter(attendus: np.ndarray, prix: Mapping[str, float], alea: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """Give what a unit added to each cell costs, then a unit taken away."""

    def bruit() -> np.ndarray:
        return prix["bruit"] * np.array([alea.uniform(-1, 1) for _ in range(attendus.size)]).reshape(attendus.shape)

    rarete = -np.log(np.clip(attendus, 1e-6, 0.99))
    return prix["ajout"] + prix["vraisemblance"] * rarete + bruit(), prix["retrait"] + bruit()


def resoudre(
    axes: Grille, precedente: np.ndarray | None, contraintes: Sequence[Contrainte], poids: Mapping[str, Any]
) -> np.ndarray:
    """Solve one relève, given the table of the one before."""
    alea = random.Random(f"{poids['graine']} {axes.releve}")  # noqa: S311
    depart, connus = intensites(axes, poids), np.zeros(axes.forme, dtype=int)
    anciens = 0 if precedente is None else precedente.shape[0]
    voeux = preferences(axes.releve)
    if precedente is not None:
        connus[:anciens] = revisions_ordinaires(precedente, depart, poids, alea)
    libres = np.zeros(axes.forme, dtype=bool)
    libres[anciens:] = True
    libres &= depart > 0
    attendus = caler(depart, [*contraintes, *voeux], connus, libres)
    cible = connus.copy()
    cible[anciens:] = tirer(attendus[anciens:], alea)
    prix = poids["couts"]
    echelle = np.ones(axes.forme)
    echelle[:anciens] = prix["periode_passee"]
    couts = couter(attendus, prix, alea)
    plafond = np.where(depart > 0, AJOUTS_PAR_CELLULE, 0)
    return ajuster(
        cible,
        couts=(echelle * couts[0], echelle * couts[1]),
        bornes=(plafond, cible),
        contraintes=contraintes,
        voeux=voeux,
        cout_voeu=prix["ecart_a_venir"],
    )


def rapprocher(
    tables: Mapping[str, np.ndarray], releve: str, contraintes: Sequence[Contrainte], poids: Mapping[str, Any]
) -> list[Retouche]:
    """List the fewest, and likeliest, changes of sous_secteur in its last semester that a relève asks for."""
    axes, table, prix = grille(releve), tables[releve], poids["couts"]
    marges = [Somme(releve, f"{t}s", frozenset({region})) for region in axes.regions for t in TYPES]
    tenues = [Contrainte(releve, "marge", m, v, v) for m in marges for v in [(m.coefficients(axes) * table).sum()]]
    attendus = intensites(axes, poids)
    plafonds = np.zeros((2, *axes.forme), dtype=int)
    plafonds[0, -1] = np.where(attendus[-1] > 0, RETOUCHES_PAR_CELLULE, 0)
    for cellule, lignes in deplacables(jouer(), releve).items():
        plafonds[1][tuple(axe.index(code) for axe, code in zip(axes.axes, cellule, strict=True))] = len(lignes)
    proche = ajuster(
        table,
        couts=couter(attendus, prix, random.Random(f"{poids['graine']} {releve} retouches")),  # noqa: S311
        bornes=(plafonds[0], plafonds[1]),
        contraintes=[*contraintes, *tenues],
        voeux=[],
        cout_voeu=prix["ecart_a_venir"],
    )
    return deduire(axes, table, proche)


def retoucher_en_place(poids: Mapping[str, Any]) -> None:
    """Bring the table in place to the constraints that it does not keep, and write what that moves."""
    tables, contraintes, retouches = lire_comptes(), toutes(), lire_retouches()
    for releve in RELEVES:
        siennes = [c for c in contraintes if c.releve == releve]
        manquees = [c.libelle for c in siennes if not c.tenue(tables[releve])]
        if manquees:
            neuves = rapprocher(tables, releve, siennes, poids)
            print(f"{releve} : {len(neuves)} lignes changent de sous-secteur, pour {', '.join(manquees)}.")
            tables, retouches = retoucher(tables, neuves), [*retouches, *neuves]
    restantes = [c.libelle for c in contraintes if not c.tenue(tables[c.releve])]
    if restantes:
        raise RuntimeError(f"contraintes non tenues : {restantes}")
    ecrire_comptes(tables)
    ecrire_retouches(retouches)
    print(f"Table écrite : {len(contraintes)} contraintes tenues sur cinq relèves.")


def tirer_a_neuf(poids: Mapping[str, Any]) -> None:
    """Solve the five relèves, check every constraint, write `comptes.csv`."""
    contraintes, tables = toutes(), {}
    precedente: np.ndarray | None = None
    for releve in RELEVES:
        siennes = [c for c in contraintes if c.releve == releve]
        table = resoudre(grille(releve), precedente, siennes, poids)
        manquees = [c.libelle for c in siennes if not c.tenue(table)]
        if manquees:
            raise RuntimeError(f"contraintes non tenues : {manquees}")
        ecart = 0 if precedente is None else int(np.abs(table[: precedente.shape[0]] - precedente).sum())
        print(
            f"{releve} : {len(siennes)} contraintes tenues, {int(table.sum())} mouvements comptés, "
            f"{len(secteurs(releve))} secteurs, {ecart} unités déplacées dans les périodes déjà couvertes."
        )
        tables[releve] = precedente = table
    ecrire_comptes(tables)
    ecrire_retouches([])
    print(f"Table écrite : {len(contraintes)} contraintes tenues sur cinq relèves.")


def lire_poids() -> Mapping[str, Any]:
    """Read the stated weights."""
    poids: Mapping[str, Any] = yaml.safe_load((DOSSIER / "poids.yaml").read_text(encoding="utf-8"))
    return poids


def main() -> None:
    """Read the command line, and do what it asks for."""
    analyseur = argparse.ArgumentParser(description="Résout la table des comptes du registre de démonstration.")
    analyseur.add_argument("--tirer", action="store_true", help="tire une table à neuf, au lieu de retoucher celle-ci")
    faire = tirer_a_neuf if analyseur.parse_args().tirer else retoucher_en_place
    faire(lire_poids())


if __name__ == "__main__":
    main()
