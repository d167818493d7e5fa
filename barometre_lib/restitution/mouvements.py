"""The movements behind each number of a region, and those set aside, by identifier: the internal edition alone."""

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.regles import libelles_motifs
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.typographie import majuscule, periode
from barometre_lib.vocabulaire import LIBELLES, Motif, TypeMouvement


def mouvements_comptes(contexte: Contexte, decisions: pd.DataFrame) -> Fragment | None:
    """List the identifiers of a region's rows, semester by semester: those of each count, then of each motif.

    None without a row. A site has no name here: it may not be named.
    """
    own = decisions[decisions["region"] == contexte.region.code] if contexte.region else decisions[:0]
    if own.empty:
        return None
    counted = {kind.value: LIBELLES[kind.mesure] for kind in TypeMouvement}
    names = counted | {motif.value: label for motif, label in libelles_motifs(contexte.parametres).items()}
    kinds = own["type_mouvement"].where(own["compte"], own["motif"])
    by_period = own.assign(groupe=kinds).groupby(["semestre", "groupe"])["id_mouvement"].agg(sorted)
    codes = sorted({*own["semestre"]}, key=lambda code: (not code, code))
    # The list of a year starts with its first semester that has rows.
    years = {code[:4]: code for code in reversed(codes) if code}
    told = [
        {
            "ancre": ancre_mouvements(code),
            "annee": ancre_mouvements(code[:4]) if code and years[code[:4]] == code else "",
            "nom": majuscule(periode(code)) if code else "Sans date d'effet",
            "comptes": [(names[kind], by_period[code, kind]) for kind in counted if (code, kind) in by_period],
            "ecartes": [
                (names[motif], by_period[code, motif.value]) for motif in Motif if (code, motif.value) in by_period
            ],
        }
        for code in codes
    ]
    return rendre("mouvements", contexte=contexte, periodes=told)


def ancre_mouvements(code: str) -> str:
    """Return where the list of a period stands on its page, `2024` or `2024-S1`; empty, the rows without a day."""
    return f"mouvements-{code or 'sans-date'}"
