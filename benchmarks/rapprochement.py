"""What `barometre rapprocher` finds of pairs planted in the demonstration, and how long it takes. By `make epreuves`.

Writes the section of the report.
"""

import os
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pandas as pd
from rapport import ecrire_section, tableau

from barometre_lib import Barometre
from barometre_lib.chemins import racine
from barometre_lib.rapprochement.paires import chercher_paires
from barometre_lib.rapprochement.signes import FAITS

sys.path.append(str(racine() / "tests"))
from jumeaux import CACHES, Mesure, mesurer

GRAINES = int(os.environ.get("BAROMETRE_SEMIS", "16"))
RELEVES = ("2024-S2", "2025-S2")
CHACUN, COPIES = 20, 32
SYLLABES = (
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "ta",
    "ve",
    "zi",
    "cha",
    "bre",
    "gro",
    "pli",
)


@dataclass
class Essai:
    """What was planted and found with one noise."""

    trouvees: int = 0
    reglees: int = 0
    semees: Counter[str] = field(default_factory=Counter)
    manquees: Counter[str] = field(default_factory=Counter)
    fausses: Counter[str] = field(default_factory=Counter)
    autre_nature: Counter[str] = field(default_factory=Counter)

    def noter(self, mesure: Mesure) -> None:
        """Add what one register gave."""
        self.trouvees, self.reglees = self.trouvees + mesure.trouvees, self.reglees + mesure.reglees
        for name in ("semees", "manquees", "fausses", "autre_nature"):
            getattr(self, name).update(getattr(mesure, name))

    def dire(self, *cas: str) -> str:
        """Return the recall of some plants, of how many."""
        planted, missed = (sum(one[name] for name in cas) for one in (self.semees, self.manquees))
        return f"{1 - missed / planted:.3f} of {planted}"


def mesurer_temps() -> list[tuple[str, int, int, str]]:
    """Return relève, rows, pairs and seconds, of those of the demonstration and of one made of many copies."""
    told = []
    for code in RELEVES:
        barometre = Barometre.charger(code)
        start = time.perf_counter()
        found = chercher_paires(barometre.decisions, barometre.nomenclatures)
        told.append((code, len(barometre.decisions), len(found), f"{time.perf_counter() - start:.2f}"))
    copies = [_copier(barometre.decisions, rank) for rank in range(COPIES)]
    rows = pd.concat(copies, ignore_index=True)
    start = time.perf_counter()
    found = chercher_paires(rows, barometre.nomenclatures)
    told.append((f"{COPIES} copies", len(rows), len(found), f"{time.perf_counter() - start:.0f}"))
    return told


def _copier(decisions: pd.DataFrame, rank: int) -> pd.DataFrame:
    """Return the rows of another country: other firms, communes of the same départements, figures and days."""
    chance, names = random.Random(rank), Barometre.charger(RELEVES[0]).nomenclatures
    of_department = defaultdict[str, list[str]](list)
    for commune, department in names.departement_de_commune.items():
        of_department[department].append(commune)
    towns = {one: chance.choice(of_department[names.departement_de_commune[one]]) for one in decisions["commune"]}
    words = defaultdict[str, str](lambda: "".join(chance.choice(SYLLABES) for _ in range(3)).capitalize())

    def rename(name: str) -> str:
        return " ".join(
            words[word.casefold()] if word[0].isupper() and len(word) > 4 else word for word in name.split()
        )

    return decisions.assign(
        id_mouvement=decisions["id_mouvement"] + f"x{rank}",
        nom_site=decisions["nom_site"].map(rename),
        entreprise=decisions["entreprise"].map(rename),
        siret=decisions["siret"].map({one: one and f"{chance.randrange(10**14):014d}" for one in decisions["siret"]}),
        commune=decisions["commune"].map(towns),
        cle_site=decisions["cle_site"] + f"x{rank}",
        **{name: decisions[name] + rank for name in FAITS},
        date_effet=decisions["date_effet"] + pd.Timedelta(days=chance.randint(-100, 100)),
    )


def main() -> None:
    """Plant, find, write."""
    start = time.perf_counter()
    noises = {bruit: Essai() for bruit in CACHES}
    for seed in range(GRAINES):
        for bruit, essai in noises.items():
            essai.noter(mesurer(Barometre.charger(RELEVES[seed % len(RELEVES)]), seed, CHACUN, bruit))
        print(f"{seed + 1}/{GRAINES}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    rows = [(name, *(one.dire(name) for one in noises.values())) for name in noises[1].semees]
    rows.append(("all", *(one.dire(*one.semees) for one in noises.values())))
    false = [f"{one.fausses.total() / one.trouvees:.3f} ({_dire(one.fausses)})" for one in noises.values()]
    times = mesurer_temps()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ecrire_section(
        "rapprochement",
        "What the pairs to be read find",
        f"""{GRAINES} seeds in turn over {" and ".join(RELEVES)}, {CHACUN} of each kind planted, with as many false
friends (numbered units, sister sites, a second extension, like names elsewhere, neighbours). Plain: half of the
SIRETs hidden, a fault in each name. Hard: seven tenths hidden, two faults, other figures, another NAF in three of ten.
Left out: {noises[1].reglees} and {noises[2].reglees} pairs of like names that rule 9 settles by itself.

{tableau(["recall", "plain", "hard"], rows)}

False pairs, of those found: plain {false[0]}; hard {false[1]}.
Told of another kind than planted: {_dire(noises[1].autre_nature)} of {noises[1].semees.total()} (plain): a plant that
moves within its commune without a SIRET is told as one that opens again.

{tableau(["relève", "rows", "pairs", "seconds"], times)}

Most memory of the whole trial: {memory:.0f} MiB.""",
    )


def _dire(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common())


if __name__ == "__main__":
    main()
