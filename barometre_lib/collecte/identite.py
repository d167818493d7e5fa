"""Whose workbook it is: the relève and the region that it was made for, written in it and read back."""

import re
from collections.abc import Iterable
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any

from openpyxl.packaging.custom import StringProperty

from barometre_lib.chemins import afficher, lire_octets
from barometre_lib.collecte.destination import Destination, viser
from barometre_lib.collecte.fichier_recu import lire_recu
from barometre_lib.collecte.inspection import Parties, lire_parties
from barometre_lib.erreurs import ErreurBarometre, dire_erreur_systeme
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import enumerer
from barometre_lib.vocabulaire import Releve

PROPRIETE = "Baromètre industriel"
INTITULE = re.compile(r"Baromètre industriel de l['’]État\s*:\s+relève\s+(\d{4}-S[12]),\s[^()<>]{1,60}\s\((\d[\dAB])\)")


def intituler_classeur(releve: Releve, region: str, nomenclatures: Nomenclatures) -> str:
    """Return the title of a region's workbook, by which it is known again."""
    return f"Baromètre industriel de l'État : relève {releve}, {nomenclatures.regions[region].nom} ({region})"


def inscrire(book: Any, intitule: str) -> None:
    """Write a title in the properties of a workbook; not every program keeps each of them."""
    book.properties.title = intitule
    book.custom_doc_props.append(StringProperty(name=PROPRIETE, value=intitule))


def viser_recu(fichier: Path, releve: str = "", region: str = "", registre: Path | None = None) -> Destination:
    """Return where a received file goes: what it says itself, or the options where it says nothing.

    Raises
    ------
    ErreurBarometre
        It says something else than the options, or nothing and an option lacks.
    """
    said = _lire_intitules(fichier)
    if len(said) != 1:
        if not (releve and region):
            # Why it cannot be read at all comes first.
            lire_recu(fichier)
            what = "rien n'y dit sa relève ni sa région" if not said else "il dit plusieurs relèves ou régions"
            lacking = enumerer([f"--{name}" for name, one in (("releve", releve), ("region", region)) if not one])
            raise ErreurBarometre(f"{afficher(fichier)} : {what} ; donnez {lacking}.")
        return viser(releve, region, registre)
    ((own_releve, own_region),) = said
    if (releve or own_releve, region or own_region) != (own_releve, own_region):
        asked = " et ".join(filter(None, [releve and f"la relève {releve}", region and f"la région {region}"]))
        raise ErreurBarometre(
            f"{afficher(fichier)} : ce classeur est celui de la relève {own_releve}, région {own_region}, or vous "
            f"demandez {asked} ; rien n'a été déposé. Donnez le bon fichier, ou retirez ces options."
        )
    return viser(own_releve, own_region, registre)


def lire_releves(fichier: Path, titre: re.Pattern[str]) -> set[str]:
    """Return which relève a workbook whose title is known says that it is of; see `_lire_intitules`."""
    return {one[0] for one in _lire_intitules(fichier, titre)}


def _lire_intitules(fichier: Path, motif: re.Pattern[str] = INTITULE) -> set[tuple[str, ...]]:
    """Return what the parts of a workbook say, none for a CSV or what is no workbook: its reading says why."""
    try:
        parts = lire_parties(lire_octets(fichier)) if fichier.suffix.lower() == ".xlsx" else None
    except OSError as error:
        raise ErreurBarometre(f"{afficher(fichier)} : {dire_erreur_systeme(error)}.") from None
    except Exception:
        # Refused, or damaged: zipfile and expat do not say all that they raise.
        return set()
    if parts is None:
        return set()
    names = [name for name in parts.entrees if name.endswith(".xml")]
    properties = [name for name in names if name.startswith("docprops/")]
    # Its properties say it; where a program dropped them, a sheet does.
    return _chercher(parts, properties, motif) or _chercher(parts, names, motif)


def _chercher(parties: Parties, noms: Iterable[str], motif: re.Pattern[str]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name in noms:
        # A part that is damaged says nothing here: the reading of the workbook tells.
        with suppress(Exception):
            found |= {one.groups() for one in motif.finditer(unescape(parties[name].decode("utf-8")))}
    return found
