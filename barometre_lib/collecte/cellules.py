"""What one cell says, in the register's own writing: dates, numbers, yes or no, closed lists, texts.

Nothing is guessed: what is not recognised comes back as it was, for the contract of the register to refuse it.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from barometre_lib.collecte.grille import Cellule, deproteger, montrer_nombre, proteger
from barometre_lib.registre.conformite import NIC_NUL, siret_valide
from barometre_lib.typographie import simplifier
from barometre_lib.vocabulaire import BOOLEENS

Nature = Literal["notation", "nombre", "code", "commune", "naf", "numero", "identifiant", "encodage"]
DECIMALES = Decimal("0.000001")

DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?: 00:00(?::00)?)?", re.ASCII)
# As a spreadsheet shows what it made of `10-12` or `12:30`: 10/12/2026, 10-déc, déc-12, 12:30:00.
MOIS = r"(?:janv?|f[ée]vr?|feb|mars?|avr|apr|mai|may|juin|juil|ju[nl]|ao[uû]t|aug|sept?|oct|nov|d[ée]c)\.?"
TEMPS = re.compile(
    rf"(?:\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}})(?:[ T][\d:]+)?|\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
    rf"|\d{{1,2}}-{MOIS}(?:-\d{{2,4}})?|{MOIS}-\d{{2,4}}",
    re.ASCII | re.IGNORECASE,
)
DATE_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?", re.ASCII)
# The spaces that separate thousands, and no line feed; a decimal comma or point.
ESPACES = re.compile("[ \u00a0\u2009\u202f]")
# A thousand, or a decimal part: only its author knows.
AMBIGU = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
OUI_NON = {"oui": "oui", "vrai": "oui", "true": "oui", "non": "non", "faux": "non", "false": "non"}
NOMBRE_AMBIGU = (
    "attendu un nombre sans ambiguïté ; ici le signe peut séparer les milliers ou les décimales, "
    "écrivez par exemple 12500 ou 12,5"
)
SIREN = (
    "attendu le SIRET de l'établissement, 14 chiffres ; c'est ici le SIREN de l'entreprise, "
    "ajoutez les cinq chiffres de l'établissement"
)
NOMBRE = re.compile(r"[+-]?(?:\d+|\d{1,3}(?: \d{3})+)(?:[.,]\d+)?", re.ASCII)
SCIENTIFIQUE = re.compile(r"\d([.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
ANNEE_COURTE = "attendu une année de quatre chiffres, comme 31/12/2024 ; avec deux, le siècle serait deviné"

# Zeros that a spreadsheet may take from the head of a SIRET: the key says nothing of more.
LONGUEUR_SANS_ZEROS = 11
SIRET_NUL = (
    "attendu les 14 chiffres de l'établissement ; aucun n'a cinq zéros à la fin, le tableur a pu l'arrondir : "
    "ressaisissez-le dans une cellule au format Texte, ou videz-la"
)
TEXTE_EN_DATE = (
    "attendu un texte, c'est ici une date ou une heure, que le tableur a pu faire de ce qui était saisi ; "
    "ressaisissez-le dans une cellule au format Texte ou, si c'est bien une date, dans une phrase"
)
DATE_EN_NOMBRE = (
    "attendu une date ; c'est ici un nombre, mettez la cellule au format Date et vérifiez le jour qu'elle montre"
)
SIRET_ARRONDI = "attendu 14 chiffres ; le tableur a arrondi ce SIRET, ressaisissez-le dans une cellule au format Texte"


@dataclass(frozen=True)
class Transcription:
    """What a cell becomes."""

    texte: str  # text of the register, the cell's own when nothing was recognised
    raison: str = ""  # why it differs from what was found, in French; empty when it does not
    nature: Nature = "notation"  # kind of the change
    defaut: str = ""  # what was expected, in French, when the cell is refused here; empty otherwise


def texte_propre(cellule: Cellule) -> str:
    """Return the text of a cell: its ends trimmed, line feeds alone, the escape of formulas undone."""
    text = re.sub("\r\n?", "\n", cellule.texte).strip()
    return text if cellule.marque == "brute" else deproteger(text).strip()


def lire_texte(cellule: Cellule) -> Transcription:
    """Read a free text; one that the spreadsheet made a date or a time is lost."""
    text = texte_propre(cellule)
    if isinstance(cellule.valeur, date | time | timedelta) or TEMPS.fullmatch(text):
        return Transcription(text, defaut=TEXTE_EN_DATE)
    if not isinstance(cellule.valeur, str):
        return Transcription(text, "nombre ou date du tableur écrits comme un texte")
    escaped = cellule.texte.strip() == proteger(text) != text
    return Transcription(text, "échappement du tableur retiré" if escaped else "espaces ou fins de ligne retirées")


def lire_identifiant(cellule: Cellule) -> Transcription:
    """Read an identifier; one that the spreadsheet took for a number may have lost the zeros at its head."""
    if isinstance(cellule.valeur, str):
        return Transcription(texte_propre(cellule), "espaces ou fins de ligne retirées")
    return replace(
        lire_texte(cellule), raison="nombre du tableur ; vérifiez qu'il n'y manque aucun zéro", nature="numero"
    )


def lire_date(cellule: Cellule) -> Transcription:
    """Read a day: a date of the spreadsheet, `31/12/2024`, `31-12-2024`, `31.12.2024` or `2024-12-31`."""
    value = cellule.valeur
    if isinstance(value, datetime):
        if value.time() != time():
            return Transcription(cellule.texte, defaut="attendu un jour sans heure, comme 31/12/2024")
        value = value.date()
    if isinstance(value, date):
        return Transcription(value.isoformat())
    text = texte_propre(cellule)
    if iso := DATE_ISO.fullmatch(text):
        return Transcription(iso[1], "date sans heure")
    if found := DATE.fullmatch(text):
        if len(found[4]) == 2:
            return Transcription(text, defaut=ANNEE_COURTE)
        with suppress(ValueError):
            return Transcription(date(*map(int, found.group(4, 3, 1))).isoformat(), "date écrite AAAA-MM-JJ")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Transcription(text, defaut=DATE_EN_NOMBRE if number else "")


def lire_nombre(cellule: Cellule, *, entier: bool, pourcentage: bool = False) -> Transcription:
    """Read a number.

    Where the register wants an integer `12,0` is one, and `12,5` is left for the contract to refuse. In a column of
    percentages `40 %`, or a number that the spreadsheet shows in %, is 40.
    """
    value = cellule.valeur
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _lire_valeur(cellule, value, pourcentage)
    text = texte_propre(cellule)
    written = ESPACES.sub(" ", text).replace("\u2212", "-").replace("\u2013", "-")
    if pourcentage:
        written = written.removesuffix("%").rstrip(" ")
    if not NOMBRE.fullmatch(written):
        return Transcription(text)
    if AMBIGU.fullmatch(written):
        return Transcription(text, defaut=NOMBRE_AMBIGU)
    plain = written.replace(" ", "").replace(",", ".")
    if entier:
        plain = re.sub(r"\.0{1,2}$", "", plain)
    return Transcription(plain, "nombre écrit en chiffres seuls, avec un point décimal")


def _lire_valeur(cellule: Cellule, value: float, pourcentage: bool) -> Transcription:
    if cellule.marque == "pourcentage" and not pourcentage:
        return Transcription(cellule.texte, defaut="attendu un nombre, cette cellule est au format pourcentage")
    exact = Decimal(repr(value)) * (100 if cellule.marque == "pourcentage" else 1)
    if not exact.is_finite() or abs(exact) >= 10**15:
        return Transcription(montrer_nombre(value))
    text = f"{exact.quantize(DECIMALES):f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    if cellule.marque == "pourcentage":
        return Transcription(text, "cellule au format pourcentage : la colonne est déjà en %", "nombre")
    same = text == montrer_nombre(value).replace(",", ".")
    return Transcription(text, "" if same else "arrondi à 6 décimales", "nombre")


def lire_booleen(cellule: Cellule) -> Transcription:
    """Read yes or no: `Oui`, `VRAI`, `TRUE`, a boolean of the spreadsheet; nothing is said of our own label."""
    text = texte_propre(cellule)
    return Transcription(OUI_NON.get(text.casefold(), text), "" if text in BOOLEENS.values() else "écrit oui ou non")


def lire_liste(cellule: Cellule, libelles: Mapping[str, str]) -> Transcription:
    """Read a code or a label of a closed list, whatever the case and the accents; nothing is said of our own label."""
    text = texte_propre(cellule)
    name = simplifier(text)
    for code, label in libelles.items():
        if name and name in (simplifier(code), simplifier(label)):
            return Transcription(str(code), "" if text == label else "libellé remplacé par son code")
    return Transcription(text)


def lire_siret(cellule: Cellule) -> Transcription:
    """Read a SIRET: spaces go, the zeros that a spreadsheet took from its head come back if the key is then right."""
    value = cellule.valeur
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        value = int(value)
    text = str(value) if type(value) is int else texte_propre(cellule)
    if SCIENTIFIQUE.fullmatch(text):
        return Transcription(text, defaut=SIRET_ARRONDI)
    digits = ESPACES.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        return Transcription(text)
    if len(digits) == 9:
        return Transcription(text, defaut=SIREN)
    if len(digits) == 14 and digits.endswith(NIC_NUL):
        return Transcription(text, defaut=SIRET_NUL)
    full = digits.zfill(14)
    if LONGUEUR_SANS_ZEROS <= len(digits) < 14 and siret_valide(full):
        return Transcription(full, "zéros rendus au début du SIRET, sa clé est juste", "code")
    return Transcription(digits, "SIRET écrit en chiffres seuls")
