"""What leaks: looks for texts of the register in every byte of a folder, inside workbooks, archives and PDF too."""

import html
import json
import re
import subprocess
import zipfile
import zlib
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import fabrique
import pandas as pd
from lecture import simple

# The columns whose text a service wrote, and the number that names an establishment.
TEXTES = ("nom_site", "entreprise", "activite", "capacite", "aides", "commentaire", "siret")
ENTREE_PDF = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
UTF16_PDF = re.compile(rb"<(feff(?:[0-9a-fA-F]{4})*)>")


def lisible(path: Path) -> str:
    """Return all that a file says, however it says it: as written, decoded, unescaped, unzipped, extracted."""
    data = path.read_bytes()
    texts = [data.decode("utf-8", errors="replace")]
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()]
    if path.suffix == ".pdf":
        texts += textes_du_pdf(data)
        texts.append(subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, encoding="utf-8").stdout)
    if path.suffix in (".ipynb", ".json"):
        texts.append("\n".join(_strings(json.loads(data))))
    return simple("\n".join(html.unescape(text) for text in texts))


def textes_du_pdf(data: bytes) -> list[str]:
    """Return the texts of the objects of a PDF, compressed or not."""
    found = []
    for stream in ENTREE_PDF.findall(data):
        try:
            plain = zlib.decompress(stream)
        except zlib.error:
            continue
        found.append(plain.decode("latin-1"))
        found += [bytes.fromhex(one.decode()).decode("utf-16") for one in UTF16_PDF.findall(plain)]
    return found


def textes_caches(decisions: pd.DataFrame, nommes: Collection[str]) -> set[str]:
    """Return the texts of the rows that may not be named, save those that somebody else may say.

    An example may have the same activity as a site that is not named, and the reference tables the same words.
    """
    told = decisions[decisions["id_mouvement"].isin(set(nommes))]
    named = {text for name in TEXTES for text in told[name]}
    rows = decisions[~decisions["citable"]]
    return {
        simple(text)
        for name in TEXTES
        for text in rows[name]
        if text and text not in named and text not in _words_of_the_package()
    }


@cache
def _words_of_the_package() -> str:
    """Return what the package itself says: its reference tables and the words of its templates."""
    sources = [
        *(fabrique.RACINE / "data" / "reference").glob("naf_rev2.csv"),
        *(fabrique.RACINE / "params").rglob("*.csv"),
        *(fabrique.RACINE / "barometre_lib").rglob("*.j2"),
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources)


def presents(textes: Iterable[str], corpus: str) -> list[str]:
    """Return those of the texts that a corpus holds, looked for by their words first: there are thousands."""
    words = set(re.findall(r"\w+", corpus))
    return sorted(text for text in textes if set(re.findall(r"\w+", text)) <= words and text in corpus)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []
