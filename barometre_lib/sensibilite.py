"""What the number would be under other rules: each variant of a study, measured on the rows of a relève as they stand.

Nothing is read again: the rows already typed are decided anew, once for each variant.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.bornes import INCOMPLETS, borner
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.regles import ParametresRegles, varier
from barometre_lib.parametres.variante import noter_variante, refuser_officielles
from barometre_lib.parametres.variantes import VARIANTE, Variante, lire_variantes
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.regles import (
    Liens,
    ecarter_de_l_etude,
    ecarter_doublons,
    libelles_motifs,
    lire_liens,
    regles_en_vigueur,
)
from barometre_lib.vocabulaire import TYPES_HAUSSE

TEXTES = ("variante", "libelle", "repond", "limite", "absence")
BOUTS = {"min": "au moins", "max": "au plus"}


def _absence(barometre: Barometre, variante: Variante) -> str:
    """Return why a variant says nothing of a relève, a French sentence; empty when it does."""
    registre = barometre.registre
    if variante.effectif == "dernier" and registre.mouvements["effectif_dernier"].isna().all():
        return "Aucune ligne du registre ne dit l'effectif à la dernière observation."
    if variante.effectif == "plus_haut" and not releves_anterieures(registre.releve, registre.dossier):
        return "Aucune relève antérieure n'est connue."
    try:
        refuser_officielles(varier(barometre.parametres, {VARIANTE: variante.nom}, variante))
    except ErreurBarometre:
        return "Sa valeur est celle de la méthode."
    return ""


def mesurer(barometre: Barometre, variantes: Mapping[str, Variante] | None = None) -> pd.DataFrame:
    """Measure variants, by default every one of the project, over the edition's own period.

    Returns
    -------
    pandas.DataFrame
        One row for each variant and region, France under the empty code: `variante`, `libelle`, `repond`, `limite`,
        `absence` (why it says nothing here, empty when it does), `region`, `solde_net` and `ecart`, the difference
        from the official net; both null where it is not known or the variant is absent. The first variant, of empty
        name, is the method. The bounds of what incomplete rows would change come last, each as a variant:
        `effectif_manquant-min`.
    """
    known = lire_variantes() if variantes is None else variantes
    missing = {name: _absence(barometre, one) for name, one in known.items()}
    official = _soldes(barometre, barometre.decisions)
    nets = _soldes_sous(barometre, [one for name, one in known.items() if not missing[name]])
    measured = [({"variante": "", "libelle": "Méthode officielle"}, official)]
    for name, one in known.items():
        about = {"libelle": one.libelle, "repond": one.repond, "limite": one.limite, "absence": missing[name]}
        measured.append(({"variante": name, **about}, nets.get(name, official * pd.NA)))
    measured += _bornes(barometre)
    blank = dict.fromkeys(TEXTES, "")
    tables = [
        pd.DataFrame(blank | about | {"region": nets.index, "solde_net": nets, "ecart": nets - official})
        for about, nets in measured
    ]
    return pd.concat(tables, ignore_index=True)


def _soldes_sous(barometre: Barometre, variantes: Iterable[Variante]) -> dict[str, "pd.Series[Any]"]:
    """Return the nets under each variant, by its name.

    Rules 1 to 8 are applied to each. What rule 9 costs hardly depends on how many rows there are: variants that have
    the same one are then stacked, their sites and movements apart.
    """
    nets, stacks = {}, dict[Hashable, list[tuple[str, pd.DataFrame, Liens, ParametresRegles]]]()
    for one in variantes:
        parameters = varier(barometre.parametres, {VARIANTE: one.nom}, one)
        noter_variante(parameters)
        if one.ecarte:
            nets[one.nom] = _soldes(barometre, ecarter_de_l_etude(barometre.decisions, parameters))
            continue
        rows = barometre.registre.lire_comme(parameters, barometre.anterieure)
        *rules, last = regles_en_vigueur(parameters)
        kept = nw.from_native(rows).filter(*(~rule.ecarte(parameters) for rule in rules)).to_native()
        same = (last, parameters.delai_evenement, *parameters.ordre_sources)
        stacks.setdefault(same, []).append((one.nom, kept, lire_liens(rows, parameters), parameters))
    for stack in stacks.values():
        counted = _retenir_ensemble(stack)
        nets |= {name: _soldes(barometre, counted[counted["variante"] == name]) for name, *_ in stack}
    return nets


def _retenir_ensemble(pile: Sequence[tuple[str, pd.DataFrame, Liens, ParametresRegles]]) -> pd.DataFrame:
    """Apply one rule 9 to the rows that pass the others under several variants, and return those that it keeps."""
    rows = pd.concat([kept.assign(variante=name) for name, kept, *_ in pile], ignore_index=True)
    own = rows["variante"] + " "
    rows = rows.assign(id_mouvement=own + rows["id_mouvement"], cle_site=own + rows["cle_site"], compte=True)
    joined, parted = (
        frozenset((f"{name} {a}", f"{name} {b}") for name, _, links, _ in pile for a, b in getattr(links, kind))
        for kind in ("unis", "separes")
    )
    counted: pd.DataFrame = ecarter_doublons(rows, pile[0][-1], Liens(joined, parted))
    return counted


def _soldes(barometre: Barometre, decisions: pd.DataFrame) -> "pd.Series[Any]":
    """Return the net of France, under the empty code, then of each region, over the edition's own period."""
    about = barometre.contexte()
    counted = about.retenir(decisions)
    sign = counted["type_mouvement"].isin(TYPES_HAUSSE).astype("int64") * 2 - 1
    nets = sign.groupby(counted["region"]).sum().reindex([*barometre.nomenclatures.regions], fill_value=0)
    silent = set(barometre.parametres.lacunes.regions(about.periode))
    known = nets.astype("Int64").mask(nets.index.isin(silent))
    whole: pd.Series[Any] = pd.Series({"": pd.NA if len(silent) == len(nets) else sign.sum()}, dtype="Int64")
    both: pd.Series[Any] = pd.concat([whole, known])
    return both


def _bornes(barometre: Barometre) -> Iterator[tuple[dict[str, str], "pd.Series[Any]"]]:
    """Yield the least and the most that each kind of incomplete rows leaves to the net."""
    about, labels = barometre.contexte(), libelles_motifs(barometre.parametres)
    for motif in INCOMPLETS:
        bounds = (borner(barometre, [about.maille, *by], [motif]) for by in ([], ["region"]))
        france, regions = (one[one[about.maille] == about.periode] for one in bounds)
        for end, words in BOUTS.items():
            column = f"solde_net_{end}"
            nets = pd.Series({"": france[column].iloc[0], **dict(zip(regions["region"], regions[column], strict=True))})
            said = {
                "variante": f"{motif}-{end}",
                "libelle": f"{labels[motif]}, {words}",
                "repond": "Entre quelles bornes, quoi que disent les lignes incomplètes ?",
            }
            yield said, nets.astype("Int64")
