"""What two rows may be: by their types and their days, then by points for all that they have in common."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from barometre_lib.vocabulaire import TYPES_BAISSE, TYPES_HAUSSE, Nature, TypeMouvement

# Points from which a pair is worth reading.
SEUIL = 55
# Days that may part two reports of one movement, but for openings and closures: a site does not open twice.
JOURS_MEME, JOURS_TRIMESTRE, JOURS_MOIS = 183, 92, 31


def classer(indices: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs measured that are worth reading, with their `nature` and their `score`, of 100 at most."""
    kinds = pd.Series("", index=indices.index, dtype="str")
    scores = pd.Series(0.0, index=indices.index)
    for kind, (holds, points) in _juger(indices).items():
        kept = holds & (points >= SEUIL) & (kinds == "")
        kinds, scores = kinds.mask(kept, kind.value), scores.mask(kept, points)
    return indices.assign(nature=kinds, score=scores.clip(upper=100))[kinds != ""]


def _juger(i: pd.DataFrame) -> Mapping[Nature, tuple[pd.Series, pd.Series]]:
    """Return for each kind which pairs may be of it, by their types and days, and their points; the first kind wins."""
    before, after = i["type_avant"], i["type_apres"]
    rises, falls = before.isin(TYPES_HAUSSE), before.isin(TYPES_BAISSE)
    same, alike = before == after, (rises & after.isin(TYPES_HAUSSE)) | (falls & after.isin(TYPES_BAISSE))
    gap = i["ecart"].fillna(0)
    once = before.isin([TypeMouvement.OUVERTURE, TypeMouvement.FERMETURE])
    closed, opened = before == TypeMouvement.FERMETURE, after == TypeMouvement.OUVERTURE
    moves = (closed & opened) | ((before == TypeMouvement.OUVERTURE) & (after == TypeMouvement.FERMETURE))
    grouped = (closed & (after == TypeMouvement.EXTENSION)) | (
        (before == TypeMouvement.EXTENSION) & (after == TypeMouvement.FERMETURE)
    )
    # Rule 9 sets one of them aside yet, and their names give no reason to part them.
    settled = same & i["doublon"] & i["meme_cle"] & (i["noms"] >= 70)
    place, firm = _points_de_lieu(i), _points_de_firme(i)
    # What Sirene says is no guess.
    linked = i["lien"] != ""
    place, firm, taker = (points.mask(linked, 100) for points in (place, firm, _points_de_reprise(i)))
    elsewhere = (i["siret"] == "etablissement") | ((i["siret"] == "inconnu") & ~i["meme_site"]) | linked
    # Of one place and name, what opens just before the other closes is another site; after it, the same one again.
    beside = (i["siret"] == "inconnu") & i["meme_site"] & ~closed & (gap <= JOURS_TRIMESTRE)
    taken = i["autre_firme"] & (i["meme_commune"] & (closed | (gap <= JOURS_MOIS)) | linked)
    reduced = (before == TypeMouvement.REDUCTION) & (after == TypeMouvement.FERMETURE) & (gap > JOURS_MOIS)
    return {
        Nature.REDUCTION_PUIS_FERMETURE: (reduced, place + 8),
        Nature.MEME_MOUVEMENT: (same & ~settled & (once | (gap <= JOURS_MEME)), place),
        Nature.TYPE_DISCORDANT: (alike & ~same & (gap <= JOURS_MEME), place),
        Nature.REPRISE: (moves & taken, taker),
        Nature.REOUVERTURE: (closed & opened & ~elsewhere & ~i["autre_firme"], place + 8),
        Nature.REGROUPEMENT: (grouped & elsewhere, firm),
        Nature.TRANSFERT: (moves & (elsewhere | beside), firm),
    }


def _temps(i: pd.DataFrame, *points: float) -> pd.Series:
    """Return the points of the time that parts the rows: a month, a quarter, half a year, more, not known."""
    gap = i["ecart"]
    bounds = [gap <= JOURS_MOIS, gap <= JOURS_TRIMESTRE, gap <= JOURS_MEME, gap > JOURS_MEME]
    return pd.Series(np.select(bounds, points[:4], points[4]), index=i.index)


def _points_de_lieu(i: pd.DataFrame) -> pd.Series:
    """Return how sure it is that two rows are of one site."""
    siret = i["siret"].map({"meme": 60, "proche": 45, "etablissement": 5, "autre": -25, "inconnu": 0})
    siret = siret.mask((i["siret"] == "etablissement") & ~i["meme_commune"], -25)
    place = np.select([i["meme_commune"], i["meme_zone"], i["meme_departement"]], [25, 15, 0], -30)
    names = ((i["noms"] - 70).clip(lower=0) * 1.5 + (i["firmes"] - 80).clip(lower=0)).clip(upper=50)
    activity = np.select([i["meme_naf"], i["meme_secteur"]], [10, 4], -12)
    facts = 10 * i["faits"].clip(upper=3)
    points: pd.Series = siret + place + names + activity + facts + _temps(i, 12, 6, 0, -8, 0)
    # Different numbers: two units of a site, unless the register says that they are one.
    return points.mask(i["numeros_autres"] & (i["siret"] != "meme"), 0)


def _points_de_firme(i: pd.DataFrame) -> pd.Series:
    """Return how sure it is that the activity of a firm went from one site to the other."""
    firm = np.select(
        [i["siret"] == "etablissement", i["siret"] == "autre", i["firmes"] >= 90, i["noms"] >= 90], [50, 0, 42, 40], 0
    )
    place = np.select([i["meme_commune"], i["meme_zone"] | i["meme_departement"]], [15, 8], 0)
    activity = np.select([i["meme_naf"], i["meme_secteur"]], [20, 8], -30)
    points: pd.Series = firm + place + activity + 8 * i["faits"].clip(upper=2) + _temps(i, 10, 8, 4, 0, 0)
    return points


def _points_de_reprise(i: pd.DataFrame) -> pd.Series:
    """Return how sure it is that another firm took a site over: its place and its activity."""
    activity = np.select([i["meme_naf"], i["meme_secteur"]], [30, 8], -30)
    named = np.where((i["sites"] >= 85) | (i["noms"] >= 85), 25, 0)
    points: pd.Series = 25 + activity + named + 8 * i["faits"].clip(upper=2) + _temps(i, 20, 10, 0, -5, 0)
    return points.mask(i["numeros_autres"], 0)
