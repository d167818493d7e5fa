"""Numbers and words as French typography wants them.

Code points: U+202F narrow no-break space (thousands, before `;`, `!`, `?`, `%`), U+00A0 no-break space (before
`:` and inside « »), U+2212 minus sign.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from itertools import filterfalse

FINE = "\u202f"
INSECABLE = "\u00a0"
MOINS = "\u2212"
MOIS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905

NOMBRES = "zéro un deux trois quatre cinq six sept huit neuf".split()  # noqa: SIM905
ESPACE = r"[ \t\n]+"
# Words that do not name what a number counts.
OUTILS = (
    "à au aux avec contre dans de depuis des dont du elle elles en entre est et ex il ils la le les lors mais ni on "
    "ont ou où par pour puis que qui sans sauf se selon si soit sont sous sur un une vers y a était"
)
NOM = rf"(?!(?:{'|'.join(OUTILS.split())})(?!\w)|(?:[cdjlmnst]|qu)’)(?:[^\W\d_]|[€%°])"
ORDINAL = rf"(?<![\w,.-])(\d[\d{FINE}]*)(ers?|res?|es?|nde?s?)(?![\w’])"
MILLIERS = re.compile(r"(?<![\w,.])\d{1,3}(?: \d{3})+(?!\w)")
# Spaces at which a line does not break.
LIENS = (
    (re.compile(rf"{ESPACE}(?=[;!?%])"), FINE),
    (re.compile(rf"(?:(?<=\d)|{ORDINAL}){ESPACE}(?={NOM})"), rf"\g<1>\g<2>{INSECABLE}"),
    (re.compile(rf"(?<=\d[ {INSECABLE}]h){ESPACE}(?=\d)|(?<=\d\d) (?=\d\d(?!\d))"), INSECABLE),
    (re.compile(rf"(?<=[nN]°){ESPACE}(?=\w)"), INSECABLE),
    (re.compile(rf"{ESPACE}(?=[:»])|(?<=«){ESPACE}"), INSECABLE),
)


def nombre(valeur: float, *, decimales: int = 0) -> str:
    """Write a number: `1 234,5`, with a true minus sign; useless final zeros are dropped."""
    text = f"{abs(valeur):,.{decimales}f}".replace(",", FINE).replace(".", ",")
    if "," in text:
        text = text.rstrip("0").rstrip(",")
    return f"{MOINS}{text}" if valeur < 0 and text != "0" else text


def signe(valeur: int) -> str:
    """Write a balance with its sign: `+32`, `−1`, `0`."""
    return f"+{nombre(valeur)}" if valeur > 0 else nombre(valeur)


def accorder(combien: int, singulier: str, pluriel: str) -> str:
    """Write a number and what it counts: `1 page faite`, `2 pages faites`; zero is singular."""
    return f"{nombre(combien)} {singulier if abs(combien) < 2 else pluriel}"


def accorder_en_lettres(combien: int, singulier: str, pluriel: str) -> str:
    """Write a number in words up to nine, as a sentence starts with it: `huit mouvements`; nouns are masculine."""
    words = NOMBRES[combien] if 0 < combien < len(NOMBRES) else nombre(combien)
    return f"{words} {singulier if combien < 2 else pluriel}"


def montant(millions: float) -> str:
    """Write an amount given in millions of euros: `3,6 milliards d'euros`, `1 million d'euros`."""
    scale, unit = (1000, "milliard") if round(millions, 1) >= 1000 else (1, "million")
    value = round(millions / scale, 1)
    return f"{nombre(value, decimales=1)}{INSECABLE}{unit}{'s' if value >= 2 else ''} d'euros"


def ordinal(rang: int) -> str:
    """Write a rank for a feminine noun (*région*): `1re`, `2e`."""
    return "1re" if rang == 1 else f"{nombre(rang)}e"


def mois(annee_mois: str) -> str:
    """Write a month given as `2025-03`: `mars 2025`."""
    year, month = annee_mois.split("-")
    return f"{MOIS[int(month) - 1]}{INSECABLE}{year}"


def jour(valeur: date) -> str:
    """Write a day: `13 mars 2025`, `1er avril 2025`."""
    number = "1er" if valeur.day == 1 else str(valeur.day)
    return f"{number}{INSECABLE}{MOIS[valeur.month - 1]}{INSECABLE}{valeur.year}"


def heure(valeur: datetime) -> str:
    """Write an hour: `6 h`, `18 h 30`."""
    minutes = f"{INSECABLE}{valeur.minute:02d}" if valeur.minute else ""
    return f"{valeur.hour}{INSECABLE}h{minutes}"


def periode(code: str) -> str:
    """Write a period: `2024` stays, `2024-S1` becomes `1er semestre 2024`."""
    year, separator, semester = code.partition("-S")
    if not separator:
        return year
    return f"{'1er' if semester == '1' else '2e'}{INSECABLE}semestre{INSECABLE}{year}"


def au_cours_de(code: str) -> str:
    """Write when something happened: `en 2024`, `au 1er semestre 2024`."""
    return f"{'au' if '-S' in code else 'en'}{INSECABLE}{periode(code)}"


def de_periode(code: str) -> str:
    """Write what belongs to a period: `de 2024`, `du 1er semestre 2024`."""
    return f"{'du' if '-S' in code else 'de'}{INSECABLE}{periode(code)}"


def enumerer(elements: Iterable[str], mot: str = "et") -> str:
    """Write a list within a sentence: `a`, `a et b`, `a, b et c`, or `a, b ou c`."""
    *first, last = elements
    return f"{', '.join(first)} {mot} {last}" if first else str(last)


def de(texte: str) -> str:
    """Write what something is of: `de mars 2025`, `d'octobre 2025`."""
    return f"d'{texte}" if sans_accents(texte)[:1] in tuple("aeiou") else f"de{INSECABLE}{texte}"


def majuscule(texte: str) -> str:
    """Return a text that starts a sentence."""
    return texte[:1].upper() + texte[1:]


def clore(texte: str) -> str:
    """Return a text as a whole sentence; one that ends with a dot, as « n.c.a. » does, gets no other."""
    return texte if texte.endswith((".", "!", "?", "…")) else f"{texte}."


def minuscule(texte: str) -> str:
    """Return a label as it stands within a sentence; an acronym stays one."""
    return texte if texte[1:2].isupper() else texte[:1].lower() + texte[1:]


def sans_accents(texte: str) -> str:
    """Return a text casefolded, decomposed (NFKD), without its combining marks: what sorts labels in French.

    Unicode does not decompose œ and æ, which capitals often write as two letters.
    """
    folded = texte.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.replace("œ", "oe").replace("æ", "ae"))
    return "".join(filterfalse(unicodedata.combining, decomposed))


def simplifier(texte: str) -> str:
    """Return what makes two labels the same: neither case, accents, spaces nor signs count."""
    return "".join(filter(str.isalnum, sans_accents(texte)))


def decouper(texte: str) -> list[str]:
    """Return the words of a text, simplified: runs of letters and digits."""
    return "".join(c if c.isalnum() else " " for c in sans_accents(texte)).split()


def typographier(texte: str) -> str:
    """Put the no-break spaces of French around the signs of a text written with plain ones."""
    texte = texte.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")
    for sign in (";", "!", "?", "%"):
        texte = texte.replace(f" {sign}", f"{FINE}{sign}")
    return texte.replace(" :", f"{INSECABLE}:").replace("n° ", f"n°{INSECABLE}")


def composer(texte: str) -> str:
    """Set a text that people read: apostrophes, and no line that ends between a number and what it counts.

    Ordinals stay as they are written: what is no HTML has no superscript.
    """
    texte = MILLIERS.sub(lambda found: found[0].replace(" ", FINE), texte.replace("'", "’"))
    for link, space in LIENS:
        texte = link.sub(space, texte)
    return texte
