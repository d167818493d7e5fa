"""What counting costs at scale: 10 million rows of Parquet, against SQL written by hand. Run by `make bench`.

Whole processes, start included, one after the other in turn; medians. The start of the command on the demonstration
register is measured in the same run.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pandas as pd
from rapport import ecrire_section, tableau

from barometre_lib import Barometre
from barometre_lib.entrepot import FILS_MAX, MEMOIRE
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.registre.parquet import SCHEMA, VERSION_FORMAT, connecter

RACINE = Path(__file__).resolve().parents[1]
RELEVE = "2025-S2"
LIGNES = 10_000_000
REPETITIONS = 5
DECISIONS = 3
PAR = "annee,semestre,region,departement,secteur,sous_secteur"

# Copies of the demonstration's rows, each of another site: another SIRET or name, a date some weeks later, a few more
# employees. Everything is drawn from a hash of the row and of the copy: the same file each time.
COPIES = """
WITH drawn AS (
    SELECT base.*, copy, hash(id_mouvement, copy) AS drawn, lpad((hash(cle_site, copy) % 100_000_000_000_000)::VARCHAR,
        14, '0') AS number, (date_effet + to_days((hash(id_mouvement, copy) % 120)::INTEGER))::DATE AS day
    FROM base, range({copies}) AS copies(copy)
)
SELECT * EXCLUDE (copy, drawn, number, day) REPLACE (
    id_mouvement || '-' || copy AS id_mouvement,
    nom_site || ' ' || copy AS nom_site,
    if(siret = '', '', number) AS siret,
    if(siret = '', split_part(cle_site, '|', 1) || copy || '|' || commune, number) AS cle_site,
    date_annonce::DATE AS date_annonce,
    day AS date_effet,
    (effectif + drawn % 50)::BIGINT AS effectif,
    coalesce(year(day) || if(month(day) <= 6, '-S1', '-S2'), '') AS semestre,
    coalesce(year(day)::VARCHAR, '') AS annee
) FROM drawn LIMIT {rows}
"""

# The nine rules as someone who writes SQL would: rules 1 to 8 filter, the window of rule 9 follows, cells are counted.
# The finest cells and not the whole grid: less than the command does.
A_LA_MAIN = """
import sys
import duckdb
connection = duckdb.connect(config={{"threads": {threads}, "memory_limit": "{memory}MB", "temp_directory": sys.argv[2],
    "preserve_insertion_order": False}})
connection.execute("SET enable_progress_bar = false")
rows = connection.execute('''
    WITH passed AS (
        SELECT id_mouvement, type_mouvement, cle_site, date_effet, semestre, departement, sous_secteur,
            if(type_mouvement IN ('ouverture', 'fermeture'), '', type_mouvement || semestre) AS series
        FROM read_parquet(?)
        WHERE statut = 'effectif' AND date_effet BETWEEN DATE '{first}' AND DATE '{last}'
            AND ({naf}) AND effectif > {staff}
            AND (type_mouvement IN ('ouverture', 'fermeture') OR coalesce(assimilable_site, if(
                type_mouvement = 'extension', variation_production >= {growth}, variation_production <= {fall}), false))
    ), followed AS (
        SELECT *, lag(type_mouvement) OVER (PARTITION BY cle_site, series ORDER BY date_effet, id_mouvement) AS previous
        FROM passed
    )
    SELECT semestre, departement, sous_secteur, type_mouvement, count(*) FROM followed
    WHERE previous IS DISTINCT FROM type_mouvement GROUP BY ALL ORDER BY ALL
''', [sys.argv[1]]).fetchall()
for row in rows:
    print(*row, sep=";")
"""


@dataclass(frozen=True)
class Mesure:
    """One process: seconds from its start to its end, MiB at its peak, lines printed."""

    duree: float
    memoire: float
    sortie: list[str]


def chronometrer(commande: Sequence[str | Path], sortie: int = subprocess.PIPE) -> Mesure:
    """Run a process to its end; what it prints is not kept when it goes elsewhere than to a pipe."""
    start = time.perf_counter()
    with subprocess.Popen(commande, cwd=RACINE, stdout=sortie, text=True, encoding="utf-8") as process:
        lines = process.stdout.read().splitlines() if process.stdout else []
        # The system's own account of this child, and of no other.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{commande}: {process.returncode}")
    return Mesure(time.perf_counter() - start, memoire(usage), lines)


def memoire(usage: resource.struct_rusage) -> float:
    """Return the peak of a process, in MiB: Linux counts in KiB, macOS in bytes."""
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def fabriquer(mouvements: pd.DataFrame, cible: Path) -> None:
    """Write the large relève, with what `barometre convertir` says of a file."""
    copies = -(-LIGNES // len(mouvements))
    said = f"barometre_format: '{VERSION_FORMAT}', barometre_releve: '{RELEVE}', barometre_demonstration: 'oui'"
    with connecter(memory_limit="2GB", preserve_insertion_order=False) as connection:
        connection.register("base", mouvements)
        connection.execute(
            f"COPY (SELECT {', '.join(SCHEMA)} FROM ({COPIES.format(copies=copies, rows=LIGNES)})) TO '{cible}' "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{said}}})"
        )


def ecrire_a_la_main(parametres: ParametresRegles) -> str:
    """Return the program of the query by hand, with the thresholds in force."""
    kept = set(parametres.naf_du_champ) - set(parametres.naf_artisanat)
    # Ranges, as the package has them: a list of 270 codes costs DuckDB a third more, and the comparison its fairness.
    ranges = [list(run) for inside, run in groupby(sorted(parametres.nomenclatures.naf), kept.__contains__) if inside]
    return A_LA_MAIN.format(
        threads=min(FILS_MAX, os.cpu_count() or 1),
        memory=MEMOIRE,
        first=parametres.debut_periode,
        last=parametres.fin_periode,
        naf=" OR ".join(f"code_naf BETWEEN '{run[0]}' AND '{run[-1]}'" for run in ranges),
        staff=parametres.seuil_effectif,
        growth=parametres.seuil_variation_extension,
        fall=parametres.seuil_variation_reduction,
    )


def verifier(ours: Mesure, by_hand: Mesure) -> None:
    """Both must have counted the same, or the comparison says nothing."""
    header, *lines = (line.split(";") for line in ours.sortie)
    cells = [header.index(name) for name in ("semestre", "departement", "sous_secteur")]
    found = {
        (*(line[cell] for cell in cells), kind): int(line[header.index(f"{kind}s")])
        for line in lines
        for kind in ("ouverture", "extension", "fermeture", "reduction")
    }
    expected = {tuple(row): int(count) for *row, count in (line.split(";") for line in by_hand.sortie)}
    if {cell: count for cell, count in found.items() if count} != expected:
        raise RuntimeError("The two counts differ.")


def en_tour(commandes: dict[str, Sequence[str | Path]], repetitions: int) -> dict[str, list[Mesure]]:
    """Measure commands in turn, so that whatever slows the machine slows them alike."""
    found: dict[str, list[Mesure]] = {name: [] for name in commandes}
    for _ in range(repetitions):
        for name, command in commandes.items():
            found[name].append(chronometrer(command))
            print(name, f"{found[name][-1].duree:.2f} s", f"{found[name][-1].memoire:.0f} MiB", file=sys.stderr)
    return found


def mediane(mesures: Sequence[Mesure]) -> float:
    """Return the median duration."""
    return statistics.median(one.duree for one in mesures)


def main() -> None:
    """Measure, and rewrite the section of the report."""
    program = Path(sys.executable).parent / "barometre"
    small = en_tour(
        {"--help": [program, "--help"], "compter": [program, "compter", RELEVE, "--par", "annee,region"]}, 11
    )
    rows = [(f"barometre {name}", f"{mediane(found):.2f}", "", "") for name, found in small.items()]

    barometre = Barometre.charger(RELEVE, registre=RACINE / "data" / "releves")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as overflow:
        path = Path(folder) / f"{RELEVE}.parquet"
        # A process of its own: those measured would be born with the memory of this one.
        process = get_context("spawn").Process(target=fabriquer, args=(barometre.registre.mouvements, path))
        process.start()
        process.join()
        size = path.stat().st_size / 2**20
        by_hand, ours = "SQL by hand", "barometre compter"
        query = ecrire_a_la_main(barometre.parametres)
        large = en_tour(
            {
                by_hand: [sys.executable, "-c", query, path, overflow],
                ours: [program, "compter", RELEVE, "--registre", folder, "--par", PAR],
            },
            REPETITIONS,
        )
        decide = [program, "decider", RELEVE, "--registre", folder]
        decided = [chronometrer(decide, subprocess.DEVNULL) for _ in range(DECISIONS)]
    verifier(large[ours][0], large[by_hand][0])
    for name, found in (large | {"barometre decider": decided}).items():
        ratio = f"{mediane(found) / mediane(large[by_hand]):.2f}" if name in large else ""
        peak = f"{max(one.memoire for one in found):.0f}"
        rows.append((f"{name}, {LIGNES // 10**6} million rows", f"{mediane(found):.2f}", ratio, peak))
    text = (
        f"Whole processes, medians of 11 then of {REPETITIONS}, in turn; of {DECISIONS} for decider, to /dev/null.\n"
        f"{LIGNES // 10**6} million rows in Parquet ({size:.0f} MiB) made from the demonstration register {RELEVE}; "
        f"DuckDB {duckdb.__version__} with\n{MEMOIRE} MB and {min(FILS_MAX, os.cpu_count() or 1)} threads on both "
        "sides, which count the same. The command also checks that\nrows have known codes and an identifier of their "
        "own, which the query by hand does not.\n\n"
    )
    text += tableau(["process", "seconds", "ratio", "peak memory (MiB)"], rows)
    ecrire_section("comptage", "Counting, and starting", text)


if __name__ == "__main__":
    main()
