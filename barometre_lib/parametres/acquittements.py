"""Acknowledgements: what was decided of the warnings of a relève, `params/releves/<releve>.acquittements.csv`.

A line says of one finding, known by the fingerprint of the values compared, what was decided and why.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from barometre_lib.chemins import afficher, lire_octets, racine
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme, montrer
from barometre_lib.parametres.edition import ACQUITTEMENTS, chemin_edition
from barometre_lib.parametres.fichiers import ouvrir_yaml, rassembler
from barometre_lib.typographie import enumerer, simplifier
from barometre_lib.vocabulaire import Releve

SUFFIXE = ".acquittements.csv"
EMPREINTE = re.compile("[0-9a-f]{16}")
MOT = re.compile(r"[^\W\d_]{3,}")
LETTRES_MIN, RAISON_MAX = 10, 1000
RAISON_ATTENDUE = "attendu une raison qu'un lecteur comprenne : deux mots au moins"
RAISON_LISIBLE = f"attendu {RAISON_MAX} caractères visibles au plus, le premier une lettre, un chiffre ou «"
RESTAUREZ = "corrigez ou restaurez ce fichier, que « barometre acquitter » écrit"


class Decision(StrEnum):
    """What the desk decided of a warning; a file holds its code, a workbook its label."""

    CORRIGE = "corrige"  # the register will be: the warning must go
    JUSTIFIE = "justifie"  # the register is right: the warning stops nothing
    A_REVOIR = "a_revoir"  # open still

    @property
    def libelle(self) -> str:
        """Return the French words shown to people."""
        return {"corrige": "corrigé", "justifie": "justifié", "a_revoir": "à revoir"}[self.value]

    @property
    def pluriel(self) -> str:
        """Return the same words of several."""
        return self.libelle if self is Decision.A_REVOIR else f"{self.libelle}s"

    @classmethod
    def lire(cls, texte: str) -> "Decision | None":
        """Return what a person typed, whatever its case and accents; None when it is no decision."""
        return next((one for one in cls if simplifier(texte) in (simplifier(one.libelle), simplifier(one))), None)


ATTENDUES = enumerer([one.libelle for one in Decision], "ou")


@dataclass(frozen=True, order=True)
class Acquittement:
    """What was decided of one finding."""

    controle: str  # name of the check
    reference: str  # movement, or region
    empreinte: str  # of the values compared
    decision: Decision
    raison: str  # why, in French; printed on the quality page
    origine: Releve  # relève in which it was decided

    @property
    def cle(self) -> tuple[str, str]:
        """What was found, whatever its values."""
        return self.controle, self.reference

    @property
    def justifie(self) -> bool:
        """Whether the warning stops nothing."""
        return self.decision is Decision.JUSTIFIE


ENTETE = [field.name for field in fields(Acquittement)]


def chemin_acquittements(releve: Releve, dossier: Path | None = None) -> Path:
    """Return where what was decided of the warnings of a relève stands, whether the file exists or not."""
    return chemin_edition(releve, dossier).with_name(f"{releve}{SUFFIXE}")


def fichiers_acquittements(releve: Releve, dossier: Path | None = None) -> list[tuple[Releve, Path]]:
    """Return the files that hold for a relève, its own first, then those of earlier relèves, the nearest first."""
    folder = (dossier or racine() / "params") / "releves"
    named = {path.name.removesuffix(SUFFIXE): path for path in folder.glob(f"[!.]*{SUFFIXE}")}
    read = {code: path for name, path in named.items() if (code := _releve(name)) and code <= releve}
    return sorted(read.items(), reverse=True)


def lire_acquittements(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return what was decided, in a relève and in the earlier ones, in the order of `fichiers_acquittements`.

    Raises
    ------
    ErreurBarometre
        A file is not as expected, or the edition has its acknowledgements yet; every fault is said.
    """
    edition = chemin_edition(releve, dossier)
    if edition.exists() and ACQUITTEMENTS in ouvrir_yaml(edition).donnees:
        what = f"n'est plus lu ; « barometre acquitter --convertir {releve} » le porte dans {releve}{SUFFIXE}"
        raise ErreurBarometre(f"{afficher(edition)}, {montrer(ACQUITTEMENTS)} : {what}.")
    return lire_tous(releve, dossier)


def lire_tous(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return the same, whatever the edition has yet."""
    return tuple(one for file in rassembler(_lire, fichiers_acquittements(releve, dossier)) for one in file)


def lire_fichier(releve: Releve, dossier: Path | None = None) -> tuple[Acquittement, ...]:
    """Return what was decided in one relève, nothing when it has no file; see `lire_acquittements`."""
    path = chemin_acquittements(releve, dossier)
    return _lire((releve, path)) if path.exists() else ()


def composer(acquittements: Iterable[Acquittement]) -> bytes:
    """Return the file that acknowledgements make, sorted."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\n")
    rows.writerows([ENTETE, *([str(getattr(one, name)) for name in ENTETE] for one in sorted(acquittements))])
    return written.getvalue().encode("utf-8")


def juger_raison(raison: str, decision: Decision = Decision.JUSTIFIE) -> str:
    """Say in French what a reason should be; nothing when it is one. That of a warning let through has words."""
    if not raison:
        return RAISON_ATTENDUE if decision is Decision.JUSTIFIE else ""
    # Neither a formula for who opens the file in a spreadsheet, nor what hides.
    if len(raison) > RAISON_MAX or not raison.isprintable() or not (raison[0].isalnum() or raison[0] == "«"):
        return RAISON_LISIBLE
    words = {word.casefold() for word in MOT.findall(raison)}
    enough = len(words) > 1 and sum(map(len, words)) >= LETTRES_MIN
    return "" if enough or decision is not Decision.JUSTIFIE else RAISON_ATTENDUE


def _releve(nom: str) -> Releve | None:
    try:
        return Releve.lire(nom)
    except ValueError:
        return None


def _lire(source: tuple[Releve, Path]) -> tuple[Acquittement, ...]:
    releve, path = source
    shown = afficher(path)
    try:
        text = lire_octets(path).decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
        lines = [(reader.line_num, row) for row in reader if row]
    except OSError as error:
        raise ErreurBarometre(f"{shown} : {dire_erreur_systeme(error)}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise ErreurBarometre(f"{shown} : ce n'est pas un CSV en UTF-8 ; {RESTAUREZ}.") from None
    if not lines or lines[0][1] != ENTETE:
        raise ErreurBarometre(f"{shown}, ligne 1 : attendu l'en-tête {';'.join(ENTETE)} ; {RESTAUREZ}.")
    read, faults = dict[tuple[str, str], Acquittement](), list[str]()
    for number, row in lines[1:]:
        wrong = list(_juger(row, releve, read))
        faults += [f"{shown}, ligne {number} : {what}." for what in wrong]
        if not wrong:
            one = Acquittement(row[0], row[1], row[2], Decision(row[3]), row[4], releve)
            read[one.cle] = one
    if faults:
        raise ErreurBarometre("\n".join(faults))
    return tuple(read.values())


def _juger(row: list[str], releve: Releve, read: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what is wrong in a line."""
    if len(row) != len(ENTETE):
        yield f"trouvé {len(row)} cellules ; attendu {len(ENTETE)}, séparées par « ; »"
        return
    check, reference, print_of, decision, reason, origin = row
    if not check or not reference:
        yield "attendu un contrôle et une référence"
    if not EMPREINTE.fullmatch(print_of):
        yield f"« empreinte » : trouvé {montrer(print_of)} ; attendu 16 chiffres hexadécimaux"
    if decision not in list(Decision):
        yield f"« decision » : trouvé {montrer(decision)} ; attendu {enumerer(list(Decision), 'ou')}"
    elif what := juger_raison(reason, Decision(decision)):
        yield f"« raison » : trouvé {montrer(reason)} ; {what}"
    if origin != str(releve):
        yield f"« origine » : trouvé {montrer(origin)} ; attendu {releve}, la relève de ce fichier"
    if (check, reference) in read:
        yield f"{check}, {montrer(reference)} figure deux fois ; gardez une seule ligne"
