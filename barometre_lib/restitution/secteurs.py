"""The sectors in words: which come first, which have a negative balance."""

import pandas as pd

from barometre_lib.contexte import Contexte
from barometre_lib.restitution.fragment import Fragment, rendre
from barometre_lib.restitution.tableaux import trier_par_libelle
from barometre_lib.restitution.textes import de_la_periode
from barometre_lib.typographie import INSECABLE, nombre, signe
from barometre_lib.vocabulaire import MESURES_BRUTES

# So many come first, and those that equal the last of them; none when equals would make them more than the most.
PREMIERS = 4
PREMIERS_MAX = 6


def lecture_secteurs(contexte: Contexte, comptes: pd.DataFrame) -> Fragment | None:
    """Say which sectors come first over the edition's period, None when nothing is counted.

    Parameters
    ----------
    contexte : Contexte
        Territory and edition.
    comptes : pandas.DataFrame
        Counts of the territory by period and `secteur`.
    """
    counts = de_la_periode(comptes, contexte.periode)
    if not counts[list(MESURES_BRUTES)].to_numpy().any():
        return None
    labels = contexte.nomenclatures.libelles("secteur")
    ordered = trier_par_libelle(counts, labels).set_index("secteur")
    names = {code: f"{labels[code][:1].lower()}{labels[code][1:]}{INSECABLE}" for code in ordered.index}
    up, net = ordered["ouvertures"] + ordered["extensions"], ordered["solde_net"]
    return rendre(
        "lecture_secteurs",
        premiers=[f"{names[code]}({nombre(value)})" for code, value in _first(up)],
        hauts=[f"{names[code]}({signe(value)})" for code, value in _first(net)],
        negatifs=[f"{names[code]}({signe(value)})" for code, value in net[net < 0].sort_values(kind="stable").items()],
    )


def _first(values: pd.Series) -> list[tuple[str, int]]:
    """Return the highest positive values, equals together, in the order given where they are equal."""
    positive = values[values > 0].sort_values(ascending=False, kind="stable")
    ranks = positive.rank(method="min", ascending=False)
    kept = positive[ranks <= PREMIERS]
    if len(kept) > PREMIERS_MAX:
        kept = positive[ranks < ranks[kept.index[-1]]]
    return [(str(code), int(value)) for code, value in kept.items()]
