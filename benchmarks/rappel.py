"""What the gate finds of faults planted in the demonstration: its recall, check by check. Run by `make epreuves`.

Writes the section of the report, and `params/qualite/rappel.csv`, which the quality page reads.
"""

import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from rapport import ecrire_section, tableau

from barometre_lib.chemins import racine
from barometre_lib.ecriture import en_csv, mettre_en_place
from barometre_lib.qualite.rappel import COLONNES, fichier_rappel

sys.path.append(str(racine() / "tests"))
from semis import Plant, Semis, Terrain, Trouvailles, controles, semer_fichiers, semer_lignes, trouver
from semis_contrat import CONTRAT, IDENTITE
from semis_fichiers import FICHIERS, semer_couvertures
from semis_lignes import LIGNE
from semis_registre import EVOLUTION, REGISTRE

GRAINES = int(os.environ.get("BAROMETRE_SEMIS", "16"))
RELEVES = ("2024-S2", "2025-S2")
SEUIL = 0.95
LIGNES = [*IDENTITE, *LIGNE, *REGISTRE, *EVOLUTION]


@dataclass
class Compte:
    """How many faults were planted, found by their check, and stopped by any."""

    semes: int = 0
    trouves: int = 0
    arretes: int = 0

    def noter(self, trouve: bool, arrete: bool) -> None:
        """Count one more."""
        self.semes, self.trouves, self.arretes = self.semes + 1, self.trouves + trouve, self.arretes + arrete

    @property
    def rappel(self) -> float:
        """Share that their check finds."""
        return self.trouves / self.semes


def semer(terrain: Terrain, hasard: random.Random) -> Iterator[tuple[list[Plant], Trouvailles, Trouvailles]]:
    """Yield the faults planted together, what is found of them, and what is found without them."""
    for kinds, tables in ((CONTRAT, "textes"), (LIGNES, "lignes")):
        rows, plants = semer_lignes(terrain, kinds, hasard, tables)
        yield plants, terrain.juger(rows, tables), terrain.intact(tables)
    clean = terrain.intact("tout")
    for rows, plants in semer_fichiers(terrain, FICHIERS, hasard):
        yield plants, terrain.juger(rows, "tout"), clean
    edition, plants = semer_couvertures(terrain, hasard)
    yield plants, terrain.juger(terrain.lignes, "tout", edition), clean


def famille(nom: str) -> str:
    """Return the row of the quality page that a check is in."""
    return nom.rpartition(".")[2]


def fausses_alertes(terrains: list[Terrain]) -> dict[str, float]:
    """Return what each check says of the demonstration as it is, of 1,000 rows that it judges."""
    rows = {"regions": 18 * len(terrains)}
    whole = sum(len(one.lignes) for one in terrains)
    found = defaultdict[str, int](int)
    for one in terrains:
        for nom, faults in (one.intact("textes") | one.intact("tout")).items():
            found[nom] += len(faults)
    told = defaultdict[str, float](float)
    for nom, number in found.items():
        told[famille(nom)] += 1000 * number / rows.get(controles()[nom].table, whole)
    return told


def main() -> None:
    """Plant, have it judged, write."""
    start = time.perf_counter()
    terrains = [Terrain(code) for code in RELEVES]
    kinds = defaultdict[Semis, Compte](Compte)
    for seed in range(GRAINES):
        for plants, found, clean in semer(terrains[seed % len(terrains)], random.Random(seed)):
            for plant in plants:
                kinds[plant.semis].noter(*trouver(plant, found, clean))
        print(f"{seed + 1}/{GRAINES}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    families = defaultdict[str, Compte](Compte)
    for kind, count in kinds.items():
        if not kind.raison:
            total = families[famille(kind.controle)]
            families[famille(kind.controle)] = Compte(
                *(getattr(total, one) + getattr(count, one) for one in ("semes", "trouves", "arretes"))
            )
    alarms = fausses_alertes(terrains)
    ordered = [name for name in dict.fromkeys(check.famille for check in controles().values()) if name in families]
    told = [(name, families[name].semes, families[name].trouves, f"{alarms[name]:.1f}") for name in ordered]
    with mettre_en_place(fichier_rappel()) as beside:
        beside.write_bytes(en_csv(pd.DataFrame(told, columns=COLONNES)))
    rows = [
        (name, one.semes, f"{one.rappel:.3f}", f"{one.arretes / one.semes:.3f}", f"{alarms[name]:.1f}")
        for name, one in ((name, families[name]) for name in ordered)
    ]
    missed = [(kind, one) for kind, one in kinds.items() if not kind.raison and one.rappel < SEUIL]
    blind = [(kind, one) for kind, one in kinds.items() if kind.raison]
    total = sum(one.semes for one in kinds.values())
    ecrire_section(
        "rappel",
        "What the gate finds",
        f"""{GRAINES} seeds in turn over {" and ".join(RELEVES)}, {total} faults, {time.perf_counter() - start:.0f} s.
Recall: share of the faults planted that the check there to find them finds; stopped: share that any check that
stops publication finds. Findings: of the check on the demonstration as it is, of 1,000 rows, true ones included.

{tableau(["check", "planted", "recall", "stopped", "findings"], rows)}

Kinds of faults that can be told from the files and are found less than {SEUIL:.0%} of the time.

{_kinds(missed)}

Kinds that cannot be told from the files, which the table above leaves out.

{_kinds(blind)}""",
    )


def _kinds(counted: list[tuple[Semis, Compte]]) -> str:
    rows = [
        (kind.controle, kind.erreur, one.semes, f"{one.rappel:.2f}", f"{one.arretes / one.semes:.2f}", kind.raison)
        for kind, one in sorted(counted, key=lambda pair: (pair[0].controle, pair[0].erreur))
    ]
    return tableau(["check", "fault", "planted", "recall", "stopped", "reason"], rows)


if __name__ == "__main__":
    main()
