"""Writes `hypotheses.md`, the register of assumptions, from `params/fondements.yaml`, each effect measured.

An effect is that of a variant on the net of France, in the year that a relève of the demonstration ends.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from barometre_lib import Barometre
from barometre_lib.parametres.fondements import Hypothese, lire_fondements
from barometre_lib.parametres.variantes import lire_variante
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.revisions import comparer_ordres, reviser
from barometre_lib.sensibilite import mesurer
from barometre_lib.typographie import signe, typographier

RELEVES = ("2024-S2", "2025-S2")
DEBUT = """# Hypothèses

Fait par `make hypotheses` à partir de `params/fondements.yaml` et de `params/variantes.yaml` : ce que le projet a
choisi là où les textes publiés par l'État ne disent rien, pourquoi, ce que cela change, et qui peut en décider
autrement. Ce que l'État publie est sur la page de méthode, à part. L'effet est celui de la variante sur le solde net de
la France, dans la démonstration : les lignes y sont fictives, il n'est qu'un ordre de grandeur.
"""

REVISIONS = """## Ordre des causes d'une révision

Un mouvement dont plusieurs données changent est révisé à l'étape, dans l'ordre des règles, où il bouge.

**Pourquoi.** Les effets s'additionnent alors exactement, en nombres entiers ; les parts d'une usine n'ont pas de sens.

**Qui peut en décider.** Le bureau.

**Effet.** Aucun nombre n'en dépend. Dans l'ordre inverse, {moved} mouvements sur {whole} auraient une autre cause.

| relèves | mouvements révisés | causes | autre cause, ordre inverse |
|---|---:|---|---:|"""


def engendrer(releves: Sequence[str] = RELEVES) -> str:
    """Return the text of the register."""
    chosen = lire_fondements().projet.values()
    read = [Barometre.charger(one) for one in releves]
    named = {name: lire_variante(name) for one in chosen for name in one.variantes}
    measured = {one: mesurer(one, named).query("region == ''").set_index("variante") for one in read}
    return typographier("\n".join([DEBUT, *(_section(one, measured) for one in chosen), _section_revisions(read[-1])]))


def _section(hypothese: Hypothese, mesures: Mapping[Barometre, pd.DataFrame]) -> str:
    *_, last = mesures
    why = f"{hypothese.reserve} {hypothese.pourquoi}".strip()
    lines = [f"## {hypothese.sujet}", "", hypothese.dire(last.parametres.parametres), ""]
    lines += [f"**Pourquoi.** {why}", "", f"**Qui peut en décider.** {hypothese.decide}", ""]
    if not hypothese.variantes:
        return "\n".join([*lines, f"**Effet.** Non mesuré. {hypothese.non_mesure}", ""])
    heads = [
        f"{one.releve.annee}, relève {one.releve} : {signe(of.at['', 'solde_net'])}" for one, of in mesures.items()
    ]
    lines += [f"| variante | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    return "\n".join([*lines, *(_rangee(name, list(mesures.values())) for name in hypothese.variantes), ""])


def _section_revisions(barometre: Barometre) -> str:
    """Return the causes of the revisions between two relèves, and how many the reverse order would tell otherwise."""
    codes = [*releves_anterieures(barometre.releve, barometre.registre.dossier), barometre.releve]
    rows, whole, moved = [], 0, 0
    for before, after in pairwise(barometre.anterieure(code).cote for code in codes):
        told, other = comparer_ordres(reviser(before, after), before, after)
        counts = sorted(Counter(cause for causes in told.values() for cause in causes).items())
        causes = ", ".join(f"`{cause}` {number}" for cause, number in counts)
        rows.append(f"| {before.releve} → {after.releve} | {len(told)} | {causes} | {other} |")
        whole, moved = whole + len(told), moved + other
    return "\n".join([REVISIONS.format(moved=moved, whole=whole), *rows, ""])


def _rangee(nom: str, mesures: Sequence[pd.DataFrame]) -> str:
    cells = [_cellule(one.loc[nom]) for one in mesures]
    return f"| {mesures[0].at[nom, 'libelle']} | {' | '.join(cells)} |"


def _cellule(mesure: "pd.Series[Any]") -> str:
    if mesure["absence"]:
        return "non mesuré"
    return f"{signe(mesure['solde_net'])} ({signe(mesure['ecart'])})" if mesure["ecart"] else "sans effet"


if __name__ == "__main__":
    (Path(__file__).parent / "hypotheses.md").write_text(engendrer(), encoding="utf-8")
