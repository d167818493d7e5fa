"""What `barometre rapprocher` finds of pairs planted in the demonstration, and how long it takes. By `make epreuves`.

Writes the section of the report.
"""

import os
import random
import resource
import sys
import time
from collections import Counter, defaultdict

import pandas as pd
from rapport import ecrire_section, tableau

from barometre_lib import Barometre
from barometre_lib.chemins import racine
from barometre_lib.rapprochement.paires import chercher_paires
from barometre_lib.rapprochement.signes import FAITS

sys.path.append(str(racine() / "tests"))
from jumeaux import mesurer

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
    planted, missed, false, other = (Counter[str]() for _ in range(4))
    found = settled = 0
    for seed in range(GRAINES):
        one = mesurer(Barometre.charger(RELEVES[seed % len(RELEVES)]), seed, CHACUN)
        planted.update(one.semees)
        missed.update(one.manquees)
        false.update(one.fausses)
        other.update(one.autre_nature)
        found, settled = found + one.trouvees, settled + one.reglees
        print(f"{seed + 1}/{GRAINES}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    rows = [(name, number, f"{1 - missed[name] / number:.3f}", other[name]) for name, number in planted.items()]
    total = planted.total()
    rows.append(("all", total, f"{1 - missed.total() / total:.3f}", other.total()))
    times = mesurer_temps()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ecrire_section(
        "rapprochement",
        "What the pairs to be read find",
        f"""{GRAINES} seeds in turn over {" and ".join(RELEVES)}, {CHACUN} of each kind planted, half of the SIRETs
hidden, with as many false friends (numbered units, sister sites, a second extension, like names elsewhere, neighbours).
{settled} pairs that rule 9 settles by itself, of like names, are not to be read, and left out.
False pairs: {false.total()} of {found} ({false.total() / found:.3f}): {_dire(false)}.

{tableau(["planted", "pairs", "recall", "of another kind"], rows)}

{tableau(["relève", "rows", "pairs", "seconds"], times)}

Most memory of the whole trial: {memory:.0f} MiB.""",
    )


def _dire(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common())


if __name__ == "__main__":
    main()
