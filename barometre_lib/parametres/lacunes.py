"""What a relève does not know: the periods after the last update of the regions that were late.

The one place that says which numbers there are not: rule 2, the counts and whatever is shown ask it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from barometre_lib.vocabulaire import Releve

# After every relève.
TOUJOURS = "9999"


@dataclass(frozen=True)
class Lacunes:
    """The regions whose rows are those of an earlier relève."""

    actualisees: Mapping[str, Releve] = field(default_factory=dict)  # code of each to the relève of its last update

    def __bool__(self) -> bool:
        return bool(self.actualisees)

    def regions(self, periode: str) -> list[str]:
        """Return the codes of the regions that say nothing whole of a period, `2024` or `2024-S2`."""
        last = f"{periode}" if "-S" in f"{periode}" else f"{periode}-S2"
        # Codes of relèves sort as texts do.
        return [code for code, updated in self.actualisees.items() if str(updated) < last]

    def manque(self, periode: str, region: str) -> bool:
        """Tell whether a period is not known of a region."""
        return region in self.regions(periode)

    def muettes(self, depuis: Releve) -> list[str]:
        """Return the codes of the regions that were not updated after a relève: they say nothing of what changed."""
        return [code for code, updated in self.actualisees.items() if updated <= depuis]

    def derniers_jours(self, regions: "pd.Series[str]", releve: Releve) -> "pd.Series[pd.Timestamp]":
        """Return the last day that a relève knows of each of some regions."""
        known = {code: pd.Timestamp(one.dernier_jour) for code, one in self.actualisees.items()}
        last = pd.Timestamp(releve.dernier_jour)
        return pd.to_datetime(regions.map(lambda code: known.get(code, last)))

    def masque(self, comptes: pd.DataFrame) -> "pd.Series[bool]":
        """Tell the rows, of `region` and of a `semestre`, an `annee`, or of all periods, whose number is not known."""
        if "semestre" in comptes:
            last: Any = comptes["semestre"]
        else:
            last = comptes["annee"] + "-S2" if "annee" in comptes else TOUJOURS
        updated = comptes["region"].map(lambda code: str(self.actualisees.get(code, TOUJOURS))).astype("str")
        mask: pd.Series[bool] = updated < last
        return mask


AUCUNE = Lacunes()
