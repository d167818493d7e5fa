"""Every limit that a received workbook is held to: refused in French, in bounded time and memory, or read right."""

import io
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import fabrique
import pytest

sys.path.append(str(fabrique.RACINE / "tests" / "recus"))

import fabriquer
from fabriquer import FEUILLE, avec_rangee, lignes, parties_changees, remplacer

from barometre_lib.collecte import inspection
from barometre_lib.collecte.classeur_recu import lire_classeur
from barometre_lib.collecte.grille import FichierIllisible

TYPES, STYLES, THEME = "[Content_Types].xml", "xl/styles.xml", "xl/theme/theme1.xml"
TEXTES = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
ESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DEMESURE = "le classeur a une taille démesurée"
CELLULES = "plus de 600 000 cellules, ou de 16 384 sur une ligne"
LOIN = "une cellule remplie dépasse la ligne 20 000 ou la colonne 100"
ABIME = "le classeur est abîmé"
ENTITES = "le classeur déclare des entités XML"


def avec_textes_partages(texte: bytes, rangees: bytes) -> bytes:
    """Return a workbook whose cells share one text."""

    def change(parts: fabriquer.Parties) -> None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{ESPACE}"><si><t>'.encode() + texte + b"</t></si></sst>"
        override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TEXTES}"/></Types>'.encode()
        if TEXTES.encode() not in parts[TYPES]:
            remplacer(TYPES, b"</Types>", override)(parts)
        remplacer(FEUILLE, b"</sheetData>", rangees + b"</sheetData>")(parts)

    return parties_changees(change)


def recoder(codage: str, prologue: str = "") -> bytes:
    """Return a workbook whose sheet is in another encoding, which a search of bytes would not see through."""

    def change(parts: fabriquer.Parties) -> None:
        text = parts[FEUILLE].decode().rpartition("?>")[2]
        parts[FEUILLE] = f'<?xml version="1.0" encoding="{codage}"?>{prologue}{text}'.encode(codage)

    return parties_changees(change)


def mentir(methode: int, suite: int) -> bytes:
    """Return a workbook a part of which goes on after the size declared, with the checksum of what comes before."""
    real, stream = b"<theme/>", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(fabriquer.en_xlsx())) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            data = real + b" " * suite if name == THEME else source.read(name)
            target.writestr(zipfile.ZipInfo(name), data, methode if name == THEME else zipfile.ZIP_DEFLATED)
    written = stream.getvalue()
    place = written.rindex(THEME.encode()) - 46
    sizes = zlib.crc32(real).to_bytes(4, "little"), written[place + 20 : place + 24], len(real).to_bytes(4, "little")
    return written[: place + 16] + b"".join(sizes) + written[place + 28 :]


def formules(nombre: int, longueur: int) -> bytes:
    """Return a workbook where many cells share one long formula."""
    first = b'<row r="9"><c r="A9"><f t="shared" si="0">' + b"A1+" * longueur + b"1</f></c></row>"
    cells = b'<row r="%d"><c r="A%d"><f t="shared" si="0"/></c></row>'
    return avec_rangee(first + b"".join(cells % (rank, rank) for rank in range(10, 10 + nombre)))


REFUSES: dict[str, tuple[Callable[[], bytes], str]] = {
    "taille": (lambda: parties_changees(fabriquer.ajouter("a.png", bytes(64 * 1024**2 + 1))), "dépasse 64 Mo"),
    "parties": (
        lambda: parties_changees(lambda parts: parts.update({f"{n}.png": b"" for n in range(500)})),
        "ou 500 parties",
    ),
    "cellules": (lambda: avec_rangee((b"<row>" + b"<c/>" * 16_000 + b"</row>") * 38), CELLULES),
    "cellules d'une ligne": (lambda: avec_rangee(b"<row>" + b"<c/>" * 16_385 + b"</row>"), CELLULES),
    "ligne 20 001": (lambda: avec_rangee(b'<row r="20001"><c><v>1</v></c></row>'), LOIN),
    "colonne 101": (lambda: avec_rangee(b'<row r="9"><c r="CW9"><v>1</v></c></row>'), LOIN),
    "ligne après la dernière": (lambda: avec_rangee(b'<row r="1048577"><c/></row>'), ABIME),
    "éléments": (lambda: avec_rangee(b"<row/>" * 1_500_000), DEMESURE),
    "profondeur": (lambda: avec_rangee(b"<x>" * 63 + b"</x>" * 63), DEMESURE),
    "balise": (lambda: avec_rangee(b'<row z="' + b"a" * 60_000_000 + b'"/>'), DEMESURE),
    "commentaire": (lambda: avec_rangee(b"<!--" + b"a" * 60_000_000 + b"-->"), DEMESURE),
    "format": (
        lambda: parties_changees(
            remplacer(STYLES, b"<fonts", b'<numFmt numFmtId="200" formatCode="' + b"[" * 256 + b'"/><fonts')
        ),
        DEMESURE,
    ),
    "caractères": (
        lambda: avec_textes_partages(b"a" * 100_000, b'<row><c t="s"><v>0</v></c></row>' * 101),
        DEMESURE,
    ),
    "compression bzip2": (lambda: mentir(zipfile.ZIP_BZIP2, 2**24), ABIME),
    "compression lzma": (lambda: mentir(zipfile.ZIP_LZMA, 2**24), ABIME),
    "taille déclarée trop petite": (lambda: fabriquer.taille_declaree(fabriquer.en_xlsx(), 100), ABIME),
    "entités en UTF-16": (lambda: recoder("utf-16", '<!DOCTYPE r [<!ENTITY a "b">]>'), ENTITES),
    "texte absent": (lambda: avec_rangee(b'<row r="9"><c t="s"><v>-1</v></c></row>'), ABIME),
    "feuille absente": (
        lambda: parties_changees(remplacer("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml")),
        ABIME,
    ),
}


@pytest.mark.parametrize("nom", REFUSES)
def test_une_limite_depassee_est_dite(nom: str) -> None:
    make, words = REFUSES[nom]
    with pytest.raises(FichierIllisible) as refused:
        lire_classeur(make(), "f.xlsx")
    assert words in str(refused.value).replace("\u00a0", " ").replace("\u202f", " ")


ADMIS: dict[str, tuple[Callable[[], bytes], int]] = {
    "parties": (
        lambda: parties_changees(lambda parts: parts.update({f"{n}.png": b"" for n in range(500 - len(parts))})),
        3,
    ),
    "ligne 20 000": (lambda: avec_rangee(b'<row r="20000"><c r="CV20000"><v>1</v></c></row>'), 20_000),
    "cellules vides au loin": (lambda: avec_rangee(b'<row r="1048576"><c r="XFD1048576"/></row>'), 3),
    "cellules d'une ligne": (lambda: avec_rangee(b'<row r="9">' + b"<c/>" * 16_384 + b"</row>"), 3),
    "profondeur": (lambda: avec_rangee(b"<x>" * 62 + b"</x>" * 62), 3),
    "image que rien ne lit": (lambda: parties_changees(fabriquer.ajouter("a.png", bytes(60 * 1024**2))), 3),
    "taille déclarée trop grande": (lambda: fabriquer.taille_declaree(fabriquer.en_xlsx(), 10**6), 3),
    "UTF-16": (lambda: recoder("utf-16"), 3),
    "formules partagées": (lambda: formules(10_000, 2_000), 10_009),
}


@pytest.mark.parametrize("nom", ADMIS)
def test_a_la_limite_le_classeur_est_lu(nom: str) -> None:
    make, last = ADMIS[nom]
    lines = lire_classeur(make(), "f.xlsx").lignes
    assert lines[0][1][0].texte == lignes()[0][0]
    assert lines[-1][0] == last


def test_une_suite_cachee_n_est_pas_decompressee() -> None:
    """What stands after the size declared is read by nobody: neither here, nor by openpyxl."""
    data = mentir(zipfile.ZIP_DEFLATED, 2**26)
    tracemalloc.start()
    parts = inspection.lire_parties(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert parts[THEME] == b"<theme/>"
    assert peak < 2**22


def test_une_formule_partagee_est_dite_a_chaque_cellule() -> None:
    lines = dict(lire_classeur(formules(2, 1), "f.xlsx").lignes)
    assert [lines[number][0].texte for number in (9, 10, 11)] == ["=A1+1", "=A2+1", "=A3+1"]


BORNE = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2**30 * 3 // 2,) * 2)
from pathlib import Path
from barometre_lib.collecte.grille import FichierIllisible
from barometre_lib.collecte.classeur_recu import lire_classeur
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        lire_classeur(path.read_bytes(), path.name)
    except FichierIllisible as refused:
        print(type(refused.__cause__).__name__)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="no bound on memory there")
def test_ce_qui_grossit_est_lu_dans_une_memoire_et_un_temps_bornes(tmp_path: Path) -> None:
    """Files just below the limits."""
    fat = {
        "rangée": avec_rangee(b"<row>" + b"<x/>" * 1_490_000 + b"</row>"),
        "textes": avec_textes_partages(b"_x0041_" + b"a" * 90_000, b'<row><c t="s"><v>0</v></c></row>' * 19_000),
    }
    for name, data in fat.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", BORNE, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert (ended.returncode, ended.stdout.split()) == (0, ["NoneType", "NoneType"]), ended.stderr
