"""Writes `hypotheses.md`, the register of assumptions, from `params/fondements.yaml`, each effect measured.

An effect is that of a variant on the net of France, in the year that a relève of the demonstration ends.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import narwhals as nw
import pandas as pd

from barometre_lib import Barometre
from barometre_lib.comptage import Decompte, denombrer
from barometre_lib.parametres.champ import LigneChamp
from barometre_lib.parametres.fondements import Hypothese, Variante, lire_fondements
from barometre_lib.parametres.regles import ParametresRegles, lire_parametres_regles
from barometre_lib.registre.derivation import deriver, typer
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.regles import ecarter_doublons, lire_liens, regles_en_vigueur
from barometre_lib.revisions import Cause, reviser
from barometre_lib.revisions.etapes import ETAPES
from barometre_lib.typographie import signe, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES, PREMIERE_ANNEE, Motif

RELEVES = ("2024-S2", "2025-S2")
DEBUT = """# Hypothèses

Fait par `make hypotheses` à partir de `params/fondements.yaml` : ce que le projet a choisi là où les textes publiés
par l'État ne disent rien, pourquoi, ce que cela change, et qui peut en décider autrement. Ce que l'État publie est sur
la page de méthode, à part. L'effet est celui de la variante sur le solde net de la France, dans la démonstration : les
lignes y sont fictives, il n'est qu'un ordre de grandeur.
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
    read = [Barometre.charger(one) for one in releves]
    nets = {one: mesurer(one) for one in read}
    sections = [_section(one, nets) for one in lire_fondements().projet.values()]
    return typographier("\n".join([DEBUT, *sections, _section_revisions(read[-1])]))


def _section(hypothese: Hypothese, soldes: Mapping[Barometre, int]) -> str:
    *_, last = soldes
    why = f"{hypothese.reserve} {hypothese.pourquoi}".strip()
    lines = [f"## {hypothese.sujet}", "", hypothese.dire(last.parametres.parametres), ""]
    lines += [f"**Pourquoi.** {why}", "", f"**Qui peut en décider.** {hypothese.decide}", ""]
    if not hypothese.variantes:
        return "\n".join([*lines, f"**Effet.** Non mesuré. {hypothese.non_mesure}", ""])
    heads = [f"{one.releve.annee}, relève {one.releve} : {signe(net)}" for one, net in soldes.items()]
    lines += [f"| variante | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    return "\n".join([*lines, *(_rangee(one, soldes) for one in hypothese.variantes), ""])


def _section_revisions(barometre: Barometre) -> str:
    """Return the causes of the revisions between two relèves, and how many the reverse order would tell otherwise."""
    codes = [*releves_anterieures(barometre.releve, barometre.registre.dossier), barometre.releve]
    rows, whole, moved = [], 0, 0
    for before, after in pairwise(barometre.anterieure(code).cote for code in codes):
        told, reverse = (dire_causes(reviser(before, after, steps)) for steps in (ETAPES, ETAPES[::-1]))
        other = sum(told.get(one) != reverse.get(one) for one in {*told, *reverse})
        counts = sorted(Counter(cause for causes in told.values() for cause in causes).items())
        causes = ", ".join(f"`{cause}` {number}" for cause, number in counts)
        rows.append(f"| {before.releve} → {after.releve} | {len(told)} | {causes} | {other} |")
        whole, moved = whole + len(told), moved + other
    return "\n".join([REVISIONS.format(moved=moved, whole=whole), *rows, ""])


def dire_causes(revisions: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the causes of each movement revised."""
    known = revisions[revisions["cause"] != Cause.PERIODE_NOUVELLE]
    return {str(name): frozenset(causes) for name, causes in known.groupby("id_mouvement")["cause"]}


def _rangee(variante: Variante, soldes: Mapping[Barometre, int]) -> str:
    pairs = [(mesurer(one, variante), net) for one, net in soldes.items()]
    cells = [f"{signe(other)} ({signe(other - net)})" if other != net else "sans effet" for other, net in pairs]
    return f"| {variante.libelle} | {' | '.join(cells)} |"


def mesurer(barometre: Barometre, variante: Variante | None = None) -> int:
    """Return the net of France in the last year of a relève, under a variant if one is given."""
    rows, parameters = barometre.registre.mouvements, barometre.parametres
    asked = regles_en_vigueur(parameters)
    if variante:
        parameters, rows = _autres_parametres(barometre, variante), _autres_lignes(barometre, variante)
        asked = tuple(rule for rule in asked if rule.motif not in variante.sans)
    kept = nw.from_native(rows).filter(*(~rule.ecarte(parameters) for rule in asked if rule.motif != Motif.DOUBLON))
    counted = kept.to_native()
    if asked[-1].motif == Motif.DOUBLON:
        counted = ecarter_doublons(counted, parameters, lire_liens(rows, parameters))
    count = Decompte(denombrer(counted), barometre.releve, barometre.nomenclatures)
    return int(count.comptes(["annee"])["solde_net"].iloc[-1])


def _autres_parametres(barometre: Barometre, variante: Variante) -> ParametresRegles:
    names, day = barometre.nomenclatures, date(PREMIERE_ANNEE, 1, 1)
    parameters = lire_parametres_regles(barometre.releve, surcharges=variante.regles, nomenclatures=names)
    added = [
        LigneChamp(prefix, fate, "autre" if fate == "hors" else "", "rev2", day, "projet", variante.libelle)
        for prefix, fate in variante.champ.items()
    ]
    kept = [line for line in parameters.champ if line.naf != "rev2" or line.prefixe not in variante.champ]
    return replace(parameters, champ=(*kept, *added))


def _autres_lignes(barometre: Barometre, variante: Variante) -> pd.DataFrame:
    registre, names = barometre.registre, barometre.nomenclatures
    if not variante.vides and not variante.effectif:
        return registre.mouvements
    typed = typer(registre.textes[list(NOMS_COLONNES)].assign(**dict.fromkeys(variante.vides, "")))
    if variante.effectif == "plus_haut":
        codes = releves_anterieures(barometre.releve, registre.dossier)
        known = pd.concat([typed, *(barometre.anterieure(one).registre.mouvements for one in codes)])
        typed["effectif"] = typed["id_mouvement"].map(known.groupby("id_mouvement")["effectif"].max())
    elif variante.effectif == "dernier":
        typed["effectif"] = typed["effectif_dernier"].fillna(typed["effectif"])
    return deriver(typed, names, barometre.releve)


if __name__ == "__main__":
    (Path(__file__).parent / "hypotheses.md").write_text(engendrer(), encoding="utf-8")
