"""Typesetting of HTML as French wants it, in what is read alone: never tags, code, style nor addresses.

Idempotent: pieces of page nest, and each passes again with the one that holds it.
"""

import re
from functools import lru_cache

from barometre_lib.typographie import INSECABLE, NOM, ORDINAL, composer

# What stands between two texts; what is shown as it is written goes with its tags.
BALISE = re.compile(
    r"""(<(?:!--.*?--|style\b.*?</style|pre\b.*?</pre|code\b.*?</code|[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*)>)""",
    re.DOTALL,
)
# Attributes that are read, and what describes the page.
LUS = re.compile(r'((?:\s(?:aria-label|alt|title)|<meta (?:name="description"|property="og:\w+") content)=")([^"]*)')
A_LIRE = ('aria-label="', 'alt="', 'title="', "<meta ")  # what tells them at little cost
# Where no tag may stand within the text.
NUES, FIN_NUES = ("<svg", "<title", "<option"), ("</svg", "</title", "</option")
# Tags within which a sentence goes on.
PHRASE = re.compile(r"</?(?:strong|em|b|i|a|span|abbr|sup|sub|small|mark|bdi)\b")
ENTITE = re.compile("&#(?:39|x27);")
A_COMPOSER = re.compile(r"['&]|\s\S|\S\s|\d[ern]")
EXPOSANT = re.compile(ORDINAL)
# A number that a tag parts from its noun: « <strong>59</strong> ouvertures », « 59 <strong>ouvertures</strong> ».
NOMBRE, NOMBRE_ESPACE = re.compile(r"(?:\d|</sup>)\Z"), re.compile(r"(?:\d|</sup>)[ \n]\Z")
ORDINAL_SEUL = re.compile(r"(?:ers?|res?|es?|nde?s?)\Z")
NOM_SEUL, ESPACE_NOM = re.compile(NOM), re.compile(rf"[ \n]+(?={NOM})")


def composer_html(html: str) -> str:
    """Set the texts of a piece of HTML, and the attributes that are read."""
    pieces = BALISE.split(html)
    bare = 0  # how many elements that hold no tag are open
    before = -1  # place of the text that the sentence comes from, or none
    for place, piece in enumerate(pieces):
        if place % 2:
            if piece.startswith(NUES):
                bare += 1
            elif piece.startswith(FIN_NUES):
                bare -= 1
            if any(name in piece for name in A_LIRE):
                pieces[place] = LUS.sub(lambda found: found[1] + _texte(found[2]), piece)
            if before >= 0 and not PHRASE.match(piece):
                before = -1
        elif piece:
            text = piece
            if A_COMPOSER.search(piece):
                text = _texte(piece) if bare else _exposants(piece)
            if before >= 0:
                pieces[before], text = _joindre(pieces[before], text, exposant=pieces[before + 1] == "</sup>")
            pieces[place] = text
            before = place
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _texte(texte: str) -> str:
    return composer(ENTITE.sub("'", texte))


@lru_cache(maxsize=4096)
def _exposants(texte: str) -> str:
    return EXPOSANT.sub(r"\1<sup>\2</sup>", _texte(texte))


def _joindre(avant: str, texte: str, *, exposant: bool) -> tuple[str, str]:
    """Join a number to its noun across the tags that part them."""
    if NOMBRE.search(avant) or (exposant and ORDINAL_SEUL.match(avant)):
        return avant, ESPACE_NOM.sub(INSECABLE, texte, count=1) if ESPACE_NOM.match(texte) else texte
    if NOMBRE_ESPACE.search(avant) and NOM_SEUL.match(texte):
        return avant[:-1] + INSECABLE, texte
    return avant, texte
