"""What the contract of the register asks of each cell, as named predicates: text table in, mask of faults out.

The reading and the quality gate call the same predicates: the reading those without which no row can be
typed and placed (`lecture`), the gate all of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import enumerer
from barometre_lib.vocabulaire import COLONNES, Colonne

# [0-9] and not \d, which accepts the digits of every script.
FORMATS = {
    # 15 digits in all: more would not be exact once typed, and 39.99999999999999999 would reach 40.
    "entier": (r"[0-9]{1,15}", "un entier positif ou nul de 15 chiffres au plus, sans espace ni décimale"),
    "nombre": (
        r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?",
        "un nombre avec un point décimal, 9 chiffres au plus devant et 6 derrière, sans espace ni unité",
    ),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "une date du calendrier au format AAAA-MM-JJ"),
}

# Free texts, shown as they are: neither control characters (line ends and tabs excepted), nor those that reverse the
# direction of what is read or cannot be seen (Unicode TR 36: category Cf and Default_Ignorable_Code_Point), nor the two
# that are no characters and that no XML file may hold. Emoji keep the joiner (U+200D) between them.
TEXTES_LIBRES = ("nom_site", "entreprise", "capacite", "activite", "aides", "commentaire")
CACHES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|(?<![\u2600-\u27bf\U0001f000-\U0001faff])\u200d|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
# What French never writes, and an encoding taken for another does: a character lost; UTF-8 read as cp1252; letters of
# cp850, Mac OS Roman then ISO-8859-15 read as cp1252; those of cp1252 read as cp850 or Mac OS Roman, which are capitals
# with an accent amid small letters.
ABIMES = re.compile(
    "\ufffd|Ã[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[\x80-\xbf]|â€|â‚|[¤¶þ\u2500-\u257f]"
    "|[^\\W\\d_][‚ƒˆ‡‰˚˘¯¨]|‚[^\\W\\d_]|ƒ[a-z]|[^\\W\\d_][Š“‹™”][a-z]|[^\\W\\d_]Ž|[a-z][ŒÆ½][a-z]"
    "|[a-zà-ÿ][ÈËÍÁÓÔÙÚÛÞ](?![A-Z])|(?<![^\\W\\d_])[A-Z][ÈËÍÁÓÙÚÛÞ][a-zà-ÿ]|(?<!\\d)[½¼][a-z]{2}"
)
LA_POSTE, NIC_NUL = "356000000", "00000"
# A significant movement changes production by far more than 2 %, and seldom more than threefold: 0.45 was meant for
# 45 %, 1.5 for 150 %.
PROPORTION_MAX = 2


@dataclass(frozen=True)
class Exigence:
    """One requirement on one column."""

    nom: str  # stable: `date_effet.format`
    colonne: str  # at fault when it is not met
    attendu: str  # French phrase for the message
    fautif: Callable[[pd.DataFrame], pd.Series]  # table of texts to a boolean Series, true on the rows at fault
    lecture: bool = True  # a row at fault cannot even be read; the other requirements are the gate's alone


def exigences(nomenclatures: Nomenclatures) -> list[Exigence]:
    """Return every requirement of the register's contract; each takes the table of `lecture.lire_textes`."""
    requirements: list[Exigence] = []
    for column in COLONNES:
        if column.obligatoire:
            requirements.append(_filled(column))
        if column.valeurs:
            requirements.append(_in_list(column.nom, set(column.valeurs), enumerer(column.valeurs, "ou")))
        if column.genre in FORMATS:
            requirements.append(_formatted(column))
        if column.longueur_max:
            requirements.append(_short_enough(column.nom, column.longueur_max))
        if column.nom in TEXTES_LIBRES:
            requirements += _readable(column.nom)
    return requirements + _identity() + _codes(nomenclatures)


def _identity() -> list[Exigence]:
    return [
        Exigence(
            "id_mouvement.forme",
            "id_mouvement",
            "40 caractères au plus parmi A-Z a-z 0-9 _ . -",
            lambda table: (table["id_mouvement"] != "") & ~_matches(table["id_mouvement"], r"[A-Za-z0-9_.-]+"),
            lecture=False,
        ),
        Exigence(
            "id_mouvement.unique",
            "id_mouvement",
            "un identifiant unique dans la relève ; il figure sur plusieurs lignes, donnez à chacune le sien",
            lambda table: (table["id_mouvement"] != "") & table["id_mouvement"].duplicated(keep=False),
        ),
        Exigence(
            "siret.valide",
            "siret",
            "14 chiffres dont la clé de contrôle est juste et les cinq derniers ne sont pas des zéros, ou rien si le "
            "site n'est pas encore immatriculé",
            lambda table: (table["siret"] != "") & ~table["siret"].map(siret_valide).astype(bool),
            lecture=False,
        ),
    ]


def _codes(nomenclatures: Nomenclatures) -> list[Exigence]:
    current = nomenclatures.commune_actuelle

    def elsewhere(table: pd.DataFrame) -> pd.Series:
        department = nomenclatures.departement_de_commune
        region = {code: nomenclatures.departements[department[now]].region for code, now in current.items()}
        pairs = zip(table["code_commune"], table["region_fichier"], strict=True)
        return pd.Series([region.get(code, asked) != asked for code, asked in pairs], index=table.index, dtype="bool")

    return [
        _in_list(
            "code_commune",
            set(current),
            "un code commune de l'Insee (COG), actuel, ou ancien s'il mène à une seule commune d'aujourd'hui",
        ),
        Exigence(
            "code_commune.region",
            "code_commune",
            "une commune de la région du fichier ; déplacez la ligne ou corrigez la commune",
            elsewhere,
            lecture=False,
        ),
        _in_list(
            "code_naf",
            {*nomenclatures.naf, *nomenclatures.naf_2025},
            "un code de la NAF rév. 2 ou 2025, comme 27.20Z",
        ),
        _in_list("sous_secteur", set(nomenclatures.sous_secteurs), enumerer(nomenclatures.sous_secteurs, "ou")),
    ]


def _filled(column: Colonne) -> Exigence:
    def empty(table: pd.DataFrame) -> pd.Series:
        cells = table[column.nom]
        # Elsewhere a blank is not empty: it is a code that does not exist.
        return (cells.str.strip() if column.nom in TEXTES_LIBRES else cells) == ""

    return Exigence(f"{column.nom}.rempli", column.nom, "une valeur, cette colonne n'est jamais vide", empty)


def _in_list(nom: str, codes: set[str], attendu: str) -> Exigence:
    def unknown(table: pd.DataFrame) -> pd.Series:
        # Not isin: it hands the whole list to Arrow at each call, and there are 70,000 codes of communes.
        return (table[nom] != "") & ~table[nom].map(codes.__contains__).astype(bool)

    return Exigence(f"{nom}.liste", nom, attendu, unknown)


def _formatted(column: Colonne) -> Exigence:
    pattern, expected = FORMATS[column.genre]

    def wrong(table: pd.DataFrame) -> pd.Series:
        cells = table[column.nom]
        readable = _matches(cells, pattern)
        if column.genre == "date":
            readable &= pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").notna()
            # pandas knows a year 0, the calendar does not.
            readable &= ~cells.str.startswith("0000")
        return (cells != "") & ~readable

    return Exigence(f"{column.nom}.format", column.nom, expected, wrong)


def _short_enough(nom: str, longueur: int) -> Exigence:
    return Exigence(
        f"{nom}.longueur",
        nom,
        f"{longueur:,} caractères au plus".replace(",", "\u202f"),
        lambda table: table[nom].str.len() > longueur,
        lecture=False,
    )


def _readable(nom: str) -> list[Exigence]:
    """Return what is asked of a free text that people will read."""
    asked = (
        ("caracteres", CACHES, "sans caractère de contrôle"),
        ("encodage", ABIMES, "dont aucun caractère n'a été perdu ou changé en passant d'un encodage à un autre"),
    )
    return [
        Exigence(f"{nom}.{kind}", nom, f"un texte {what}, ressaisissez-le", _holding(nom, pattern), lecture=False)
        for kind, pattern, what in asked
    ]


def _holding(nom: str, motif: re.Pattern[str]) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: table[nom].map(lambda text: motif.search(text) is not None).astype(bool)


def _matches(cells: pd.Series, pattern: str) -> pd.Series:
    return cells.str.fullmatch(pattern).astype(bool)


def siret_valide(siret: str) -> bool:
    """Tell whether a text is a SIRET: 14 digits with Luhn's key, or La Poste's own key, of an establishment.

    No establishment is numbered 00000: a spreadsheet rounded what was typed, and the key may still be right.
    The establishments of La Poste have a sum of digits that is a multiple of 5 in place of Luhn's key
    (Insee, « Numéro SIRET », exception of SIREN 356 000 000); its head office satisfies Luhn.
    """
    if len(siret) != 14 or not siret.isascii() or not siret.isdigit() or siret.endswith(NIC_NUL):
        return False
    digits = [int(digit) for digit in siret]
    if siret.startswith(LA_POSTE) and sum(digits) % 5 == 0:
        return True
    doubled = [2 * digit for digit in digits[::2]]
    return (sum(digits[1::2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def en_proportion(variations: pd.Series, plafond: float = PROPORTION_MAX) -> pd.Series:
    """Tell which variations are so small, but not zero, that a proportion was probably meant."""
    size = variations.abs()
    return ((size > 0) & (size <= plafond)).fillna(False).astype(bool)
