"""What the number would be under other rules: each variant of a study, measured on the rows of a relève as they stand.

Nothing is read again: the rows already typed are decided anew, once for each variant.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.bornes import INCOMPLETS, borner
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.regles import varier
from barometre_lib.parametres.variante import noter_variante, refuser_officielles
from barometre_lib.parametres.variantes import VARIANTE, Variante, lire_variantes
from barometre_lib.registre.lecture import releves_anterieures
from barometre_lib.regles import libelles_motifs

TEXTES = ("variante", "libelle", "repond", "limite", "absence")
BOUTS = {"min": "au moins", "max": "au plus"}


def varier_barometre(barometre: Barometre, variante: Variante) -> Barometre:
    """Return the same rows under a variant, which this process is then known to have loaded."""
    parameters = varier(barometre.parametres, {VARIANTE: variante.nom}, variante)
    noter_variante(parameters)
    # A family of its own, where the earlier relèves already read are found: of these it takes the rows alone.
    return type(barometre)(barometre.registre, parameters, dict(barometre.famille))


def absente(barometre: Barometre, variante: Variante) -> str:
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
    official = _soldes(barometre)
    measured = [({"variante": "", "libelle": "Méthode officielle"}, official)]
    for name, one in known.items():
        why = absente(barometre, one)
        nets = official * pd.NA if why else _soldes(varier_barometre(barometre, one))
        about = {"libelle": one.libelle, "repond": one.repond, "limite": one.limite, "absence": why}
        measured.append(({"variante": name, **about}, nets))
    measured += _bornes(barometre)
    blank = dict.fromkeys(TEXTES, "")
    tables = [
        pd.DataFrame(blank | about | {"region": nets.index, "solde_net": nets, "ecart": nets - official})
        for about, nets in measured
    ]
    return pd.concat(tables, ignore_index=True)


def _soldes(barometre: Barometre) -> "pd.Series[Any]":
    """Return the net of France, under the empty code, then of each region, over the edition's own period."""
    about = barometre.contexte()
    counts = barometre.comptes([about.maille, "region"])
    counts = counts[counts[about.maille] == about.periode]
    whole = barometre.decompte.totaux(about.periode, "")["solde_net"]
    nets = pd.Series({"": whole, **dict(zip(counts["region"], counts["solde_net"], strict=True))})
    return nets.astype("Int64")


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
