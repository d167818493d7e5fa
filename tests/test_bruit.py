"""Noise: random cells, bytes changed in a sound workbook and a sound CSV; accepted whole or refused in French.

BAROMETRE_EPREUVES=100000 makes that many cases, others at each run; `make epreuves` does. A sample runs by default,
always the same.
"""

import csv
import io
import os
import resource
import shutil
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barometre_lib.collecte.classeur import en_octets
from barometre_lib.collecte.destination import Destination, deposer
from barometre_lib.collecte.grille import FichierIllisible
from barometre_lib.collecte.integration import examiner_recu
from barometre_lib.collecte.interpretation import References
from barometre_lib.collecte.retour import ecrire_retour
from barometre_lib.registre.fichier import lire_fichier
from barometre_lib.registre.lecture import chercher_defauts, mettre_en_table
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Releve

EPREUVES = os.environ.get("BAROMETRE_EPREUVES")
PROPRIETES = 5
bruit = settings(
    max_examples=max(1, int(EPREUVES or 150) // PROPRIETES),
    derandomize=not EPREUVES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
# One case in that many writes its copies: they cost far more than the rest.
COPIES = 20
CROISSANCE_MAX = 300 * 1024  # kB
REGION = "06"
SAINE: dict[str, Any] = fabrique.ligne(id_mouvement="06-00001", code_commune="97611", date_effet="2024-03-15")


@cache
def references() -> References:
    return References(fabrique.nomenclatures(), REGION)


@pytest.fixture(scope="module", autouse=True)
def memoire_bornee() -> Iterator[None]:
    """Check that thousands of cases take no more memory than a few."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    if sys.platform == "linux":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < CROISSANCE_MAX


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty relève."""
    folder: Path = tmp_path_factory.mktemp("bruit")
    (folder / "registre" / "2024-S2").mkdir(parents=True)
    return folder


def eprouver(donnees: bytes, extension: str, dossier: Path, copie: bool) -> bool:
    """Integrate a file; tell whether it was accepted. Anything but a refusal in French escapes, and fails the test."""
    place = Destination(Releve(2024, 2), REGION, dossier / "registre")
    received = dossier / f"recu.{extension}"
    received.write_bytes(donnees)
    try:
        exam = examiner_recu(received, place, references())
    except FichierIllisible as refused:
        assert str(refused).endswith(".")
        assert not list(place.fichier.parent.iterdir())
        return False
    if not exam.defauts:
        deposer(exam.lignes, place, place.lire())
        verifier_depot(place)
        return True
    assert all(str(defect) for defect in exam.defauts)
    assert not list(place.fichier.parent.iterdir())
    if copie:
        folder = dossier / "copies"
        for path in ecrire_retour(exam, "recu", folder, place.releve, references()):
            assert path.stat().st_size
        openpyxl.load_workbook(folder / "recu.refus.xlsx").close()
        assert len(list(folder.iterdir())) == 2
        shutil.rmtree(folder)
    return False


def verifier_depot(place: Destination) -> None:
    """The only files are the region's and its provenance, and it meets every requirement of the register."""
    stored, provenance = sorted(place.fichier.parent.iterdir())
    assert (stored, provenance.name) == (place.fichier, "provenance.yaml")
    provenance.unlink()
    unreadable: list[Any] = []
    table = mettre_en_table(lire_fichier(stored, unreadable))
    assert not unreadable and not chercher_defauts(table, references().exigences if len(table) else [])
    stored.unlink()


# Cells

CARACTERES = st.characters(exclude_categories=["Cs"])
EDGES = [
    "", " ", "=1+1", "@SUM(1)", "'=x", "''=x", "\t=x", "+33", "-", "＝1", "#N/A", "_x0000_", "\u202e", "\x00",
    "_x005F_x0041_", "_xD83D_",
    "1 234,5", "1.234,5", "١٢", "31/12/2024", "31/12/24", "2024-12-31", "1E400", "-0", "0,0000001", "9" * 40,
    "1,23457E+13", "Oui", "VRAI", "97611", "Mamoudzou (97611)", "08227", "(97611)", "27.20Y", "10.13H", "46.89Y",
    "06-00001", "x" * 3000, "Extension significative", "Réalisé", "nan", "Infinity", "1_000", "²", "½",
    "2024-02-30T00:00", "0000-01-01",
]  # fmt: skip
TEXTES = st.one_of(st.sampled_from(EDGES), st.text(CARACTERES, max_size=20))
VALEURS = st.one_of(
    TEXTES,
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.none(),
)
FORMATS = st.sampled_from(["General", "@", "0%", "dd/mm/yyyy", "[h]:mm", "0.00E+00"])
GENRES = st.sampled_from(["", "", "", "f", "e", "s"])
NOMS = st.sampled_from(NOMS_COLONNES)


@cache
def classeur_sain() -> bytes:
    return classeur({})


def classeur(changes: dict[str, tuple[Any, str, str]]) -> bytes:
    """Return a workbook of one row, some cells of which have another value, format and type."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([column.libelle for column in COLONNES])
    sheet.append([SAINE[name] or None for name in NOMS_COLONNES])
    for name, (value, number_format, kind) in changes.items():
        cell = sheet.cell(2, NOMS_COLONNES.index(name) + 1)
        cell.value = lisible(value) if isinstance(value, str) else value
        cell.number_format = number_format
        if kind and isinstance(value, str):
            cell.data_type = kind
    return en_octets(book, date(2024, 12, 31))


def lisible(texte: str) -> str:
    """Return a text that a workbook can hold: a control character is written as Excel does."""
    return "".join(c if c.isprintable() else f"_x{ord(c) & 0xFFFF:04X}_" for c in texte)


@given(
    changes=st.dictionaries(NOMS, st.tuples(VALEURS, FORMATS, GENRES), max_size=6),
    tirage=st.integers(1, COPIES),
)
@bruit
def test_des_cellules_au_hasard_dans_un_classeur(
    changes: dict[str, tuple[Any, str, str]], tirage: int, dossier: Path
) -> None:
    eprouver(classeur(changes), "xlsx", dossier, tirage == 1)


@given(
    changes=st.dictionaries(NOMS, TEXTES, max_size=6),
    separateur=st.sampled_from([";", ",", "\t"]),
    codage=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    tirage=st.integers(1, COPIES),
)
@bruit
def test_des_cellules_au_hasard_dans_un_csv(
    changes: dict[str, str], separateur: str, codage: str, tirage: int, dossier: Path
) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separateur).writerows(
        [[column.libelle for column in COLONNES], [(SAINE | changes)[name] for name in NOMS_COLONNES]]
    )
    eprouver(stream.getvalue().encode(codage, "replace"), "csv", dossier, tirage == 1)


# Bytes

MORCEAUX = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [b"<", b">", b"&", b'"', b"<c", b"</row>", b"<f>1+1</f>", b"<!DOCTYPE x>", b"&x;", b"\x00", b"\xff\xfe", b";",
         b"\r", b"\n", b"-1", b"1E999", b"NaN", b't="e"', b't="s"', b'r="A1"', b'r="XFD1048576"']
    ),
)  # fmt: skip
# Where, as a share of the length; how many bytes go; what comes in.
COUPS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), MORCEAUX), min_size=1, max_size=4)
Coups = list[tuple[float, int, bytes]]


def abimer(donnees: bytes, coups: Coups) -> bytes:
    for share, gone, put in coups:
        place = int(share * len(donnees))
        donnees = donnees[:place] + put + donnees[place + gone :]
    return donnees


@given(coups=COUPS, tirage=st.integers(1, COPIES))
@bruit
def test_des_octets_changes_dans_un_classeur(coups: Coups, tirage: int, dossier: Path) -> None:
    eprouver(abimer(classeur_sain(), coups), "xlsx", dossier, tirage == 1)


@given(coups=COUPS, partie=st.integers(0, 100), tirage=st.integers(1, COPIES))
@bruit
def test_des_octets_changes_dans_une_partie_du_classeur(coups: Coups, partie: int, tirage: int, dossier: Path) -> None:
    """The archive is sound, a part of it is not: half of the time the sheet itself."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(classeur_sain())) as source, zipfile.ZipFile(stream, "w") as target:
        names = source.namelist()
        chosen = "xl/worksheets/sheet1.xml" if partie % 2 else names[partie // 2 % len(names)]
        for name in names:
            data = source.read(name)
            target.writestr(zipfile.ZipInfo(name), abimer(data, coups) if name == chosen else data)
    eprouver(stream.getvalue(), "xlsx", dossier, tirage == 1)


@given(coups=COUPS, tirage=st.integers(1, COPIES))
@bruit
def test_des_octets_changes_dans_un_csv(coups: Coups, tirage: int, dossier: Path) -> None:
    eprouver(abimer(csv_sain(), coups), "csv", dossier, tirage == 1)


def csv_sain() -> bytes:
    header = ";".join(column.libelle for column in COLONNES)
    return "\r\n".join([header, ";".join(SAINE[name] for name in NOMS_COLONNES), ""]).encode("utf-8-sig")


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_sans_bruit_le_fichier_est_admis(extension: str, dossier: Path) -> None:
    """Otherwise the noise would prove nothing."""
    assert eprouver(classeur_sain() if extension == "xlsx" else csv_sain(), extension, dossier, copie=False)


def test_une_heure_n_est_pas_un_jour(dossier: Path) -> None:
    assert not eprouver(classeur({"date_effet": (time(14, 30), "hh:mm", "")}), "xlsx", dossier, copie=True)
