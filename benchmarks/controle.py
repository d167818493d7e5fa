"""What the quality gate costs: one relève of 18 regions, then registers of growing size. Run by `make bench`.

Each measure is a fresh process; the import of Great Expectations is measured apart and taken off.
"""

import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rapport import ecrire_section, tableau

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre.conformite import siret_valide

RACINE = Path(__file__).resolve().parents[1]
RELEVE, PRECEDENTE = "2025-S2", "2025-S1"
TAILLES = (3_000, 10_000, 30_000, 100_000)
REPETITIONS = 5
# Of the grown registers; from so many rows on, one measure.
REPETITIONS_GRANDES, UNE_FOIS = 3, 50_000

IMPORT = "import time; t = time.perf_counter(); import great_expectations; print(time.perf_counter() - t)"
CONTROLE = """
import json, resource, sys, time
from pathlib import Path
t0 = time.perf_counter()
from barometre_lib.qualite.controle import controler_releve
from barometre_lib.qualite.refus import ControleRefuse
t1 = time.perf_counter()
import barometre_lib.qualite.evaluation
t2 = time.perf_counter()
try:
    lines = controler_releve(sys.argv[1], Path(sys.argv[2])).lignes
except ControleRefuse:
    lines = 0
t3 = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"importer": t2 - t1, "controler": t1 - t0 + t3 - t2, "memoire": peak, "lignes": lines}))
"""


def lancer(programme: str, *arguments: str) -> str:
    """Run a program in a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", programme, *arguments], cwd=RACINE, capture_output=True, text=True, check=True
    )
    return done.stdout


def mesurer(releve: str, registre: Path, repetitions: int) -> dict[str, float]:
    """Return the medians of fresh processes."""
    runs = [json.loads(lancer(CONTROLE, releve, str(registre))) for _ in range(repetitions)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def grossir(dossier: Path, lignes: int) -> Path:
    """Write both relèves of the demonstration grown to a number of rows: other identifiers, SIRET and communes."""
    nomenclatures = Nomenclatures(RACINE / "data" / "reference")
    communes: dict[str, list[str]] = {}
    for code, department in nomenclatures.departement_de_commune.items():
        communes.setdefault(nomenclatures.departements[department].region, []).append(code)
    rows_of_releve = sum(len(lire(RELEVE, region)) for region in nomenclatures.regions)
    for releve in (PRECEDENTE, RELEVE):
        folder = dossier / releve
        folder.mkdir(parents=True)
        (folder / "provenance.yaml").write_text("demonstration: oui\n", encoding="utf-8")
        for region in nomenclatures.regions:
            rows = lire(releve, region)
            with (folder / f"{region}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys(), delimiter=";", lineterminator="\n")
                writer.writeheader()
                for copy in range(-(-lignes // rows_of_releve)):
                    for row in rows:
                        writer.writerow(copier(row, copy, communes[region]))
    return dossier


def lire(releve: str, region: str) -> list[dict[str, str]]:
    """Return the rows of a file of the demonstration."""
    with (RACINE / "data" / "releves" / releve / f"{region}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def copier(row: dict[str, str], copy: int, communes: list[str]) -> dict[str, str]:
    """Return a row of another site, the same whichever relève it is copied from."""
    if copy == 0:
        return row
    seed = random.Random(f"{row['id_mouvement']}-{copy}")
    base = f"{seed.randrange(10**12):012d}"
    siret = next(f"{base}{key:02d}" for key in range(100) if siret_valide(f"{base}{key:02d}"))
    return row | {
        "id_mouvement": f"{row['id_mouvement']}-{copy}",
        "siret": siret,
        "code_commune": seed.choice(communes),
    }


def main() -> None:
    """Measure, and rewrite the section of the report."""
    imports = [float(lancer(IMPORT)) for _ in range(REPETITIONS)]
    one = mesurer("2024-S2", RACINE / "data" / "releves", REPETITIONS)
    rows = [("2024-S2, 18 regions", f"{one['lignes']:.0f}", f"{one['controler']:.2f}", "", f"{one['memoire']:.0f}")]
    for size in TAILLES:
        with tempfile.TemporaryDirectory() as folder:
            register = grossir(Path(folder), size)
            lines = sum(path.read_bytes().count(b"\n") - 1 for path in (register / RELEVE).glob("*.csv"))
            found = mesurer(RELEVE, register, REPETITIONS_GRANDES if size < UNE_FOIS else 1)
        per_row = 1e6 * found["controler"] / lines
        label = f"{RELEVE} grown, compared with {PRECEDENTE}"
        rows.append((label, f"{lines}", f"{found['controler']:.2f}", f"{per_row:.0f}", f"{found['memoire']:.0f}"))
        print(rows[-1], file=sys.stderr)
    text = (
        f"Import of Great Expectations: {statistics.median(imports):.2f} s (median of {REPETITIONS}), not counted.\n"
        "The gate beyond it: reading of both relèves, decisions, counts, the suites by predicates, then by Great\n"
        f"Expectations. Medians of {REPETITIONS}, of {REPETITIONS_GRANDES} for the grown registers, one measure from "
        f"{UNE_FOIS:,} rows on.\n\n"
    )
    text += tableau(["relève", "rows", "seconds", "µs a row", "memory (MiB)"], rows)
    ecrire_section("controle", "The quality gate", text)


if __name__ == "__main__":
    main()
