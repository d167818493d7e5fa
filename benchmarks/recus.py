"""Gives `integrer` every workbook and CSV below a folder: `python benchmarks/recus.py DOSSIER`, files of other people.

Each workbook is given as it is, then with movements in the place of its first sheet. What is refused is counted by its
reason, to be read: none may be false.
"""

import re
import sys
import tempfile
import zipfile
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path

from barometre_lib.chemins import racine
from barometre_lib.collecte import integration
from barometre_lib.collecte.destination import viser
from barometre_lib.collecte.integration import integrer
from barometre_lib.collecte.interpretation import References
from barometre_lib.erreurs import ErreurBarometre

sys.path.append(str(racine() / "tests" / "recus"))
from fabriquer import FEUILLE, entieres, parties_changees

RANGEES = re.compile(rb"<sheetData[^>]*/>|<sheetData\b.*?</sheetData>", re.DOTALL)
FUSIONS = re.compile(rb"<mergeCells\b.*?</mergeCells>", re.DOTALL)


def greffer(data: bytes) -> bytes | None:
    """Return a workbook with movements in the place of its first sheet; nothing where its parts are not as usual."""
    sound: dict[str, bytes] = {}
    parties_changees(sound.update, entieres())
    rows, stream = RANGEES.search(sound[FEUILLE]), BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
            name = min(one for one in source.namelist() if re.fullmatch(r"xl/worksheets/[^/]*\.xml", one))
            for entry in source.infolist():
                part = source.read(entry)
                if entry.filename == name:
                    if b"<sheetData" not in part:
                        return None
                    part = RANGEES.sub(lambda _: rows[0] if rows else b"", FUSIONS.sub(b"", part), count=1)
                target.writestr(entry.filename, part)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return stream.getvalue()


def essayer(name: str, data: bytes) -> str:
    """Return what becomes of a file, without its name and numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path, register = Path(folder) / f"recu{Path(name).suffix.lower()}", Path(folder) / "registre"
        path.write_bytes(data)
        register.mkdir()
        try:
            integrer(path, viser("2024-S2", "84", register))
        except ErreurBarometre as refused:
            return re.sub(r"[0-9]+", "0", str(refused).splitlines()[0].replace(str(path), "")[:160])
        except Exception as crash:
            return f"PANNE {crash!r}"
    return "déposé"


def main() -> None:
    """Try each file once."""
    integration.References = cache(References)  # type: ignore[misc, assignment]
    files = {path.read_bytes(): path for path in Path(sys.argv[1]).rglob("*.*") if path.suffix in (".xlsx", ".csv")}
    grafted = [greffer(data) for data, path in files.items() if path.suffix == ".xlsx"]
    for title, tried in (
        ("tels quels", [essayer(path.name, data) for data, path in files.items()]),
        ("avec des mouvements", [essayer("x.xlsx", data) for data in grafted if data]),
    ):
        print(f"{len(tried)} fichiers {title}")
        print("\n".join(f"{number:5} {what}" for what, number in Counter(tried).most_common()))


if __name__ == "__main__":
    main()
