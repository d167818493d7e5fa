"""Solve the table of counts of the demonstration register, `comptes.csv`.

Relève after relève: (1) expected numbers from the stated weights and the published numbers; (2) a seeded
draw for the new semesters, the previous relève with a few ordinary revisions for the others; (3) the
integer table nearest to that target that keeps every constraint, by a mixed-integer program.

Run as `python data/demonstration/resoudre.py`. The committed table is only renewed on purpose: another
version of HiGHS may choose another table, equally valid.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import yaml
from a_priori import caler, intensites
from contraintes import PUBLIES, Contrainte, secteurs, somme_publiee, toutes
from grille import DOSSIER, RELEVES, Grille, ecrire_comptes, grille, lire_csv, semestres
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity, vstack

AJOUTS_PAR_CELLULE = 3
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

    def bruit() -> np.ndarray:
        return prix["bruit"] * np.array([alea.uniform(-1, 1) for _ in range(cible.size)]).reshape(cible.shape)

    rarete = -np.log(np.clip(attendus, 1e-6, 0.99))
    ajout = echelle * (prix["ajout"] + prix["vraisemblance"] * rarete + bruit())
    plafond = np.where(depart > 0, AJOUTS_PAR_CELLULE, 0)
    couts = (ajout, echelle * (prix["retrait"] + bruit()))
    return ajuster(
        cible,
        couts=couts,
        bornes=(plafond, cible),
        contraintes=contraintes,
        voeux=voeux,
        cout_voeu=prix["ecart_a_venir"],
    )


def main() -> None:
    """Solve the five relèves, check every constraint, write `comptes.csv`."""
    poids = yaml.safe_load((DOSSIER / "poids.yaml").read_text(encoding="utf-8"))
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
    print(f"Table écrite : {len(contraintes)} contraintes tenues sur cinq relèves.")


if __name__ == "__main__":
    main()
