"""Reading of a relève: the CSV of the regions, first as texts with their lines, then typed and placed."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from barometre_lib.chemins import afficher
from barometre_lib.erreurs import Defaut, ErreurBarometre, RegistreRefuse
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import lire_yaml
from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.registre.derivation import deriver, typer
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve


@dataclass(frozen=True)
class Registre:
    """All the rows of one relève.

    Attributes
    ----------
    releve : Releve
        Relève.
    mouvements : pandas.DataFrame
        One row per movement: the columns of the register, typed, then those of `derivation.deriver`.
    demonstration : bool
        Whether the rows are fictitious.
    """

    releve: Releve
    mouvements: pd.DataFrame
    demonstration: bool


def lire_registre(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> Registre:
    """Read, type and place every row of a relève.

    Parameters
    ----------
    releve : Releve
        Relève to read.
    dossier : Path
        Folder that holds `<releve>/`.
    nomenclatures : Nomenclatures
        Reference tables.

    Returns
    -------
    Registre

    Raises
    ------
    ErreurBarometre
        The relève does not exist.
    RegistreRefuse
        A file is missing, or rows cannot be read; every defect is given.
    """
    texts, defects = lire_textes(releve, dossier, nomenclatures)
    needed = [requirement for requirement in exigences(nomenclatures) if requirement.lecture]
    defects += chercher_defauts(texts, needed)
    if defects:
        raise RegistreRefuse(defects)
    movements = deriver(typer(texts[list(NOMS_COLONNES)]), nomenclatures)
    return Registre(releve, movements, demonstration=_is_demonstration(dossier / str(releve)))


def chercher_defauts(textes: pd.DataFrame, demandes: list[Exigence]) -> list[Defaut]:
    """Return one defect for each row and requirement that is not met."""
    defects = []
    for requirement in demandes:
        faulty = textes[requirement.fautif(textes)]
        columns = zip(faulty["fichier"], faulty["ligne"], faulty[requirement.colonne], strict=True)
        defects += [
            Defaut(file, line, requirement.colonne, value, f"attendu {requirement.attendu}")
            for file, line, value in columns
        ]
    return defects


def fichiers_attendus(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> list[Path]:
    """Return the 18 files that a relève must have, in the order of region codes, whether they exist or not."""
    return [dossier / str(releve) / f"{region}.csv" for region in nomenclatures.regions]


def lire_textes(releve: Releve, dossier: Path, nomenclatures: Nomenclatures) -> tuple[pd.DataFrame, list[Defaut]]:
    """Read the files of a relève as texts, without judging the cells.

    Returns
    -------
    textes : pandas.DataFrame
        One row per record, every column of the register as text, plus `fichier` (as shown to the
        user) and `ligne` (where the record starts).
    defauts : list of Defaut
        Files missing or unreadable, headers and lines that are not those of the register.

    Raises
    ------
    ErreurBarometre
        The relève does not exist.
    """
    folder = dossier / str(releve)
    if not folder.is_dir():
        raise ErreurBarometre(_unknown_releve(releve, dossier))
    defects: list[Defaut] = []
    records: list[list[str | int]] = []
    expected = fichiers_attendus(releve, dossier, nomenclatures)
    for path in expected:
        records += _read_file(path, defects)
    for path in sorted(set(folder.glob("*.csv")) - set(expected)):
        defects.append(Defaut(afficher(path), 0, "", "", f"« {path.stem} » n'est pas le code d'une région"))
    table = pd.DataFrame(records, columns=["fichier", "ligne", *NOMS_COLONNES])
    return table.astype(dict.fromkeys(["fichier", *NOMS_COLONNES], "str")), defects


def _read_file(path: Path, defects: list[Defaut]) -> list[list[str | int]]:
    shown = afficher(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        what = "fichier de région introuvable ; déposez-le, réduit à son en-tête si la région n'a aucun mouvement"
        defects.append(Defaut(shown, 0, "", "", what))
        return []
    except (UnicodeDecodeError, OSError) as error:
        what = "lecture impossible ; attendu un fichier de texte en UTF-8"
        defects.append(Defaut(shown, 0, "", "", f"{what} ({error.__class__.__name__})"))
        return []
    lines = _records(text, shown, defects)
    _, header = next(lines, (1, []))
    if not _check_header(header, shown, defects):
        return []
    order = [header.index(name) for name in NOMS_COLONNES]
    records: list[list[str | int]] = []
    for number, cells in lines:
        if len(cells) != len(header):
            what = f"trouvé {len(cells)} cellules ; attendu {len(header)}, séparées par « ; »"
            defects.append(Defaut(shown, number, "", "", what))
        else:
            records.append([shown, number, *(cells[position] for position in order)])
    return records


def _records(text: str, shown: str, defects: list[Defaut]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line where it starts: a quoted cell may span several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        what = "guillemets mal fermés ou cellule démesurée ; attendu un CSV séparé par « ; »"
        defects.append(Defaut(shown, start, "", "", what))


def _check_header(header: list[str], shown: str, defects: list[Defaut]) -> bool:
    missing = [name for name in NOMS_COLONNES if name not in header]
    unknown = [name for name in header if name not in NOMS_COLONNES]
    repeated = sorted({name for name in header if header.count(name) > 1} - set(unknown))
    for names, what in (
        (missing, "colonne absente de l'en-tête"),
        (unknown, "colonne inconnue dans l'en-tête"),
        (repeated, "colonne répétée dans l'en-tête"),
    ):
        defects += [
            Defaut(shown, 0, name, "", f"{what} ; attendu les colonnes du registre, séparées par « ; »")
            for name in names
        ]
    return not (missing or unknown or repeated)


def _is_demonstration(folder: Path) -> bool:
    """Read `provenance.yaml`; absent means real data."""
    path = folder / "provenance.yaml"
    if not path.exists():
        return False
    value = lire_yaml(path).get("demonstration")
    # An unquoted `oui` is a text for YAML 1.2 and for PyYAML alike; only yes/no/on/off are booleans there.
    if value not in ("oui", "non"):
        raise ErreurBarometre(f"{afficher(path)}, « demonstration » : trouvé {value!r} ; attendu oui ou non.")
    return bool(value == "oui")


def _unknown_releve(releve: Releve, dossier: Path) -> str:
    known = sorted(path.name for path in dossier.glob("????-S?") if path.is_dir())
    listed = f"relèves présentes : {', '.join(known)}" if known else "aucune relève n'y est présente"
    return f"{afficher(dossier)} : la relève « {releve} » est introuvable ; {listed}."
