"""The report of the benchmarks, `benchmarks/resultats.md`: each script rewrites its own section and no other."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

RESULTATS = Path(__file__).with_name("resultats.md")
TITRE = "# Measured figures\n\nWritten by the scripts of this folder (`make bench`, `make epreuves`); never by hand.\n"


def ecrire_section(nom: str, titre: str, texte: str) -> None:
    """Replace the section of a script, or add it at the end; the file is put in place whole."""
    present = RESULTATS.read_text(encoding="utf-8") if RESULTATS.exists() else TITRE
    section = f"<!-- {nom} -->\n## {titre}\n\n{machine()}\n\n{texte.strip()}\n<!-- /{nom} -->\n"
    pattern = re.compile(rf"<!-- {nom} -->\n.*?<!-- /{nom} -->\n", re.DOTALL)
    changed = pattern.sub(lambda _: section, present) if pattern.search(present) else f"{present}\n{section}"
    beside = RESULTATS.with_suffix(".tmp")
    beside.write_text(changed, encoding="utf-8", newline="\n")
    beside.replace(RESULTATS)


def machine() -> str:
    """Describe the machine and the day, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{date.today():%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, Python {platform.python_version()}."
    )


def tableau(entetes: Sequence[str], lignes: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    rows = [list(map(str, entetes)), ["---:"] * len(entetes), *(list(map(str, row)) for row in lignes)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
