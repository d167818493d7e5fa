"""What goes wrong in a cell so that it is none of the contract: as keyboards, spreadsheets and encodings do it."""

import random
from typing import Any

import fabrique
from semis import Ligne, Semis

from barometre_lib.registre.conformite import TEXTES_LIBRES, siret_valide
from barometre_lib.vocabulaire import COLONNES

REMPLIES = [one.nom for one in COLONNES if one.obligatoire]
DATES, ENTIERS, NOMBRES = (
    [one.nom for one in COLONNES if one.genre == genre] for genre in ("date", "entier", "nombre")
)
LONGUEURS = {one.nom: one.longueur_max for one in COLONNES if one.longueur_max}


def dans(colonnes: Any, geste: Any) -> Any:
    """Return what spoils a filled cell of one of some columns."""

    def change(ligne: Ligne, hasard: random.Random) -> Ligne | None:
        filled = [name for name in colonnes if ligne[name]]
        if not filled:
            return None
        name = hasard.choice(filled)
        spoilt = geste(ligne[name], hasard)
        return {name: spoilt} if spoilt not in (None, ligne[name]) else None

    return change


def passer(ecrit: str, lu: str) -> Any:
    """Return what an encoding read as another does to a text; nothing where no letter has an accent."""

    def damage(texte: str, _: random.Random) -> str | None:
        # A dash alone may be lost, and nobody would know.
        accented = any(letter.isalpha() and not letter.isascii() for letter in texte)
        return None if not accented else texte.encode(ecrit, "replace").decode(lu, "replace")

    return damage


def glisser(texte: str, hasard: random.Random, quoi: str) -> str:
    place = hasard.randint(1, len(texte) - 1)
    return texte[:place] + quoi + texte[place:]


def deux_chiffres(siret: str, hasard: random.Random) -> str | None:
    """Return another SIRET whose key is right, two digits apart."""
    for _ in range(200):
        digits = list(siret)
        for place in hasard.sample(range(9), 2):
            digits[place] = str((int(digits[place]) + hasard.randint(1, 9)) % 10)
        if siret_valide("".join(digits)):
            return "".join(digits)
    return None


def permuter(texte: str, hasard: random.Random) -> str | None:
    """Return a text of which two neighbours are exchanged; nothing where Luhn's key is known not to see it."""
    place = hasard.randint(0, len(texte) - 2)
    if {texte[place], texte[place + 1]} == {"0", "9"}:
        return None
    return texte[:place] + texte[place + 1] + texte[place] + texte[place + 2 :]


def chiffre_change(texte: str, hasard: random.Random) -> str:
    place = hasard.randint(0, len(texte) - 1)
    return texte[:place] + str((int(texte[place]) + hasard.randint(1, 9)) % 10) + texte[place + 1 :]


def _ailleurs(ligne: Ligne, hasard: random.Random) -> Ligne | None:
    names = fabrique.nomenclatures()
    other = hasard.choice(list(names.departement_de_commune))
    region = names.departements[names.departement_de_commune[other]].region
    return {"code_commune": other} if region != ligne["region_fichier"] else None


def _a_la_date(*formes: str) -> Any:
    return lambda texte, h: h.choice(formes).format(
        a=texte[:4], m=texte[5:7], j=texte[8:], mm=int(texte[5:7]), jj=int(texte[8:])
    )


def _choisir(*formes: str) -> Any:
    return lambda texte, h: h.choice(formes).format(texte)


CONTRAT = [
    Semis("rempli", "cellule effacée", dans(REMPLIES, lambda t, h: "")),
    Semis("rempli", "cellule de blancs", dans(["nom_site"], lambda t, h: h.choice([" ", "  ", "\xa0"]))),
    Semis(
        "format",
        "date à la française, ou sans ses zéros",
        dans(DATES, _a_la_date("{j}/{m}/{a}", "{a}/{m}/{j}", "{a}-{mm}-{jj}", "{j}.{m}.{a}", "{m}-{a}", "{a}")),
    ),
    Semis(
        "format",
        "nombre d'un tableur, ou avec un mot",
        dans([*ENTIERS, *NOMBRES], _choisir("{},0", "env. {}", "{} ", "{} %", "1 {}", "{}€", ">{}")),
    ),
    Semis(
        "calendrier",
        "jour que le calendrier n'a pas",
        dans(DATES, _a_la_date("{a}-02-30", "{a}-04-31", "{a}-13-{j}", "{a}-06-31", "2023-02-29", "{a}-{m}-00")),
    ),
    Semis("longueur", "texte collé plusieurs fois", dans(LONGUEURS, lambda t, h: t * (2000 // len(t) + 2))),
    Semis(
        "caracteres",
        "caractère invisible collé",
        dans(TEXTES_LIBRES, lambda t, h: glisser(t, h, h.choice("\u200b\ufeff\xad\x0b\x07\u202e\u200e\x9d"))),
    ),
    Semis("encodage", "UTF-8 lu en Windows-1252", dans(TEXTES_LIBRES, passer("utf-8", "cp1252"))),
    Semis("encodage", "Windows-1252 lu en UTF-8", dans(TEXTES_LIBRES, passer("cp1252", "utf-8"))),
    Semis("encodage", "MS-DOS (CP850) lu en Windows-1252", dans(TEXTES_LIBRES, passer("cp850", "cp1252"))),
    Semis("encodage", "Mac OS Roman lu en Windows-1252", dans(TEXTES_LIBRES, passer("mac_roman", "cp1252"))),
    Semis("encodage", "Windows-1252 lu en MS-DOS (CP850)", dans(TEXTES_LIBRES, passer("cp1252", "cp850"))),
    Semis("encodage", "Windows-1252 lu en Mac OS Roman", dans(TEXTES_LIBRES, passer("cp1252", "mac_roman"))),
    Semis(
        "forme",
        "identifiant à espace, barre ou accent",
        dans(["id_mouvement"], lambda t, h: t.replace("-", h.choice([" ", "/", "–", "°", "é"]))),
    ),
    Semis(
        "unique",
        "identifiant de la ligne recopié sur une autre",
        lambda r, h: [{}, {"id_mouvement": r["id_mouvement"]}],
    ),
    Semis(
        "liste",
        "code d'une liste mal orthographié",
        dans(
            ["type_mouvement", "statut", "source", "sous_secteur"],
            lambda t, h: h.choice([t.capitalize(), t[:-1], f"{t}s", f" {t}", glisser(t, h, "x")]),
        ),
    ),
    Semis(
        "liste",
        "oui ou non écrit autrement",
        dans(["citable", "assimilable_site"], lambda t, h: h.choice(["Oui", "NON", "o", "1", "x", "vrai"])),
    ),
    Semis(
        "liste",
        "commune sans son zéro, ou nommée",
        dans(
            ["code_commune"],
            lambda t, h: t[1:] if t[0] == "0" else h.choice([t[:4], f"{t}0", f"{t[:2]} {t[2:]}", "Lyon"]),
        ),
    ),
    Semis(
        "liste",
        "NAF sans son point, ou sans sa lettre",
        dans(["code_naf"], lambda t, h: h.choice([t.replace(".", ""), t[:5], t.lower()])),
    ),
]

IDENTITE = [
    Semis("siret.valide", "un chiffre du SIRET mal saisi", dans(["siret"], chiffre_change), fois=8),
    Semis("siret.valide", "deux chiffres voisins du SIRET permutés", dans(["siret"], permuter), fois=8),
    Semis(
        "siret.valide",
        "SIRET arrondi ou coupé par un tableur",
        dans(
            ["siret"],
            lambda t, h: h.choice([t.lstrip("0"), f"{t[0]},{t[1:6]}E+13", t[:9], t[:9] + "00000", f"{t[:3]} {t[3:]}"]),
        ),
        fois=8,
    ),
    Semis(
        "siret.valide",
        "deux chiffres du SIRET mal saisis, la clé restant juste",
        dans(["siret"], deux_chiffres),
        "un autre établissement peut porter ce SIRET ; seul le répertoire Sirene le dirait",
    ),
    Semis("code_commune.region", "commune d'une autre région", _ailleurs, fois=8),
]
