"""What a person sees in a received workbook and the register does not keep, said to its author in French."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from openpyxl.utils import get_column_letter, range_boundaries

from barometre_lib.collecte.grille import A_REVOIR, DEFAUTS, Cellule
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.qualite.suites import lire_suites
from barometre_lib.typographie import accorder, simplifier

LIEUX_DITS = 10
# Sheets of ours that are not read, where notes are written: how many columns, and those filled in on each of our lines.
ANNEXES = {A_REVOIR: (7, (5, 6)), DEFAUTS: (4, (4,))}
# What the last column of « À revoir » holds of ours.
RELEVE = re.compile(r"\d{4}-S[12]$|relève$")


def remarquer(masquees: list[str], barrees: list[str], notes: list[str]) -> tuple[str, ...]:
    """Return what a person sees in the sheet and the register does not keep, a sentence each."""
    told = (
        (masquees, "ligne masquée est lue", "lignes masquées sont lues", "supprimez ce qui ne compte pas"),
        (
            barrees,
            "ligne barrée est lue",
            "lignes barrées sont lues",
            "supprimez ce qui ne compte pas, ou donnez-lui le statut « Abandonné »",
        ),
        (
            notes,
            "note n'est pas lue",
            "notes ne sont pas lues",
            "portez dans la colonne Commentaire ce qui est à garder",
        ),
    )
    return tuple(
        f"Attention : {accorder(len(places), one, several)} ({_lieux(places)}) ; {advice}."
        for places, one, several, advice in told
        if places
    )


def _lieux(places: Sequence[str]) -> str:
    return ", ".join(places[:LIEUX_DITS]) + ("…" if len(places) > LIEUX_DITS else "")


def dire_notes(
    nom: str, lignes: Sequence[tuple[int, list[Cellule]]], fusions: Sequence[str], notes: Sequence[str]
) -> tuple[str, ...]:
    """Say how many cells were filled in on a sheet of ours that is not read, `notes` being the comments there.

    Our sentences are in merged cells, our lines have their own columns filled in.
    """
    (width, always), found = ANNEXES[nom], list(notes)
    heads = {range_boundaries(area)[1] for area in fusions}
    known = _phrases() if lignes and nom == A_REVOIR else frozenset[str]()
    for number, cells in lignes:
        filled = {rank: cell.texte.strip() for rank, cell in enumerate(cells, start=1) if not cell.vide}
        ours = set[int]()
        if number in heads or filled.keys() >= {*always}:
            # A text that is not ours beside one that is was written over it.
            over = {rank for rank in always if simplifier(filled.get(rank, "")) not in known}
            ours = {rank for rank in filled if rank < width or rank in always or RELEVE.search(filled[rank])}
            ours -= over if len(over) < len(always) else set()
        found += [f"{get_column_letter(rank)}{number}" for rank in filled if rank not in ours]
    if not found:
        return ()
    where = _lieux(found)
    many = accorder(len(found), f"note ({where}), qui n'est gardée", f"notes ({where}), qui ne sont gardées")
    return (
        f"Attention : la feuille {montrer(nom)} porte {many} nulle part ; portez dans la colonne Commentaire ce qui "
        "est à garder d'un mouvement. Un avertissement se justifie par « barometre acquitter ».",
    )


@cache
def _phrases() -> frozenset[str]:
    """Return what our sheets say of warnings, simplified; nothing where the suites do not read, which is told apart."""
    with suppress(ErreurBarometre):
        checks = [check for suite in lire_suites(Nomenclatures.du_projet()) for check in suite.controles]
        return frozenset(simplifier(text) for check in checks for text in (check.libelle, check.attendu))
    return frozenset()
