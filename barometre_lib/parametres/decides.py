"""What the desk decided of the rows of a relève: files beside its edition, one decision a line, and fingerprints."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pandas as pd

from barometre_lib.chemins import afficher, lire_octets, racine
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.vocabulaire import Releve

LONGUEUR_EMPREINTE = 16
EMPREINTE = re.compile(f"[0-9a-f]{{{LONGUEUR_EMPREINTE}}}")
MOT = re.compile(r"[^\W\d_]{3,}")
LETTRES_MIN, RAISON_MAX = 10, 1000
RAISON_ATTENDUE = "attendu une raison qu'un lecteur comprenne : deux mots au moins"
RAISON_LISIBLE = f"attendu {RAISON_MAX} caractères visibles au plus, le premier une lettre, un chiffre ou «"


class Decide(Protocol):
    """What was decided of one thing."""

    @property
    def cle(self) -> tuple[str, str]:
        """That thing, whatever its values."""

    @property
    def empreinte(self) -> str:
        """Fingerprint of its values."""


D = TypeVar("D", bound=Decide)


def ecrire(valeur: Any) -> str:
    """Return a value as the register writes it: nothing for a null, no decimal for a whole number."""
    if pd.isna(valeur):
        return ""
    if isinstance(valeur, pd.Timestamp):
        return valeur.date().isoformat()
    return str(int(valeur)) if isinstance(valeur, float) and valeur.is_integer() else str(valeur)


def hacher(valeurs: Sequence[Sequence[Any]]) -> str:
    """Return the fingerprint of values, written as texts."""
    return hashlib.sha256(json.dumps(valeurs).encode()).hexdigest()[:LONGUEUR_EMPREINTE]


def en_vigueur(decides: Iterable[D]) -> dict[tuple[str, ...], D]:
    """Return which decision holds of a thing of given values: the first one."""
    held = dict[tuple[str, ...], D]()
    for one in decides:
        held.setdefault((*one.cle, one.empreinte), one)
    return held


def chemin_decide(releve: Releve, suffixe: str, dossier: Path | None = None) -> Path:
    """Return where a file of decisions of a relève stands, whether it exists or not."""
    return _dossier(dossier) / f"{releve}{suffixe}"


def fichiers_decides(releve: Releve, suffixe: str, dossier: Path | None = None) -> list[tuple[Releve, Path]]:
    """Return the files that hold for a relève, its own first, then those of earlier relèves, the nearest first."""
    named = {path.name.removesuffix(suffixe): path for path in _dossier(dossier).glob(f"[!.]*{suffixe}")}
    read = {code: path for name, path in named.items() if (code := _releve(name)) and code <= releve}
    return sorted(read.items(), reverse=True)


def composer_decides(entete: Sequence[str], decisions: Iterable[Any]) -> bytes:
    """Return the file that decisions make, sorted."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\n")
    rows.writerows([entete, *([str(getattr(one, name)) for name in entete] for one in sorted(decisions))])
    return written.getvalue().encode("utf-8")


def lire_decides(
    path: Path,
    entete: Sequence[str],
    juger: Callable[[Sequence[str]], Iterator[str]],
    faire: Callable[[Sequence[str]], D],
    commande: str,
) -> dict[int, D]:
    """Return the decisions of a file by line: `juger` says what is wrong in one, `faire` makes it of its cells.

    Raises
    ------
    ErreurBarometre
        The file is not such a CSV, or lines are at fault, or two are of one thing; every fault is said.
    """
    shown, mend = afficher(path), f"corrigez ou restaurez ce fichier, que « {commande} » écrit"
    try:
        text = lire_octets(path).decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
        lines = [(reader.line_num, row) for row in reader if row]
    except OSError as error:
        raise ErreurBarometre(f"{shown} : {dire_erreur_systeme(error)}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise ErreurBarometre(f"{shown} : ce n'est pas un CSV en UTF-8 ; {mend}.") from None
    if not lines or lines[0][1] != list(entete):
        raise ErreurBarometre(f"{shown}, ligne 1 : attendu l'en-tête {';'.join(entete)} ; {mend}.")
    read, seen, faults = dict[int, D](), set[tuple[str, str]](), list[str]()
    for number, row in lines[1:]:
        wrong = [f"trouvé {len(row)} cellules ; attendu {len(entete)}, séparées par « ; »"]
        if len(row) == len(entete):
            wrong = list(juger(row))
            if tuple(row[:2]) in seen:
                wrong.append(f"{row[0]}, {montrer(row[1])} figure deux fois ; gardez une seule ligne")
        faults += [f"{shown}, ligne {number} : {what}." for what in wrong]
        if not wrong:
            read[number] = one = faire(row)
            seen.add(one.cle)
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return read


def juger_raison(raison: str, *, exigee: bool = True) -> str:
    """Say in French what a reason should be; nothing when it is one. One that is required has words."""
    if not raison:
        return RAISON_ATTENDUE if exigee else ""
    # Neither a formula for who opens the file in a spreadsheet, nor what hides.
    if len(raison) > RAISON_MAX or not raison.isprintable() or not (raison[0].isalnum() or raison[0] == "«"):
        return RAISON_LISIBLE
    words = {word.casefold() for word in MOT.findall(raison)}
    enough = len(words) > 1 and sum(map(len, words)) >= LETTRES_MIN
    return "" if enough or not exigee else RAISON_ATTENDUE


def juger_empreinte(empreinte: str) -> Iterator[str]:
    """Yield what is wrong in a fingerprint."""
    if not EMPREINTE.fullmatch(empreinte):
        yield f"« empreinte » : trouvé {montrer(empreinte)} ; attendu 16 chiffres hexadécimaux"


def _dossier(dossier: Path | None) -> Path:
    return (dossier or racine() / "params") / "releves"


def _releve(nom: str) -> Releve | None:
    try:
        return Releve.lire(nom)
    except ValueError:
        return None
