"""The NAF code of a cell, of rév. 2; one of NAF 2025 is brought back where a single code leads to it.

From 1 January 2027 Insee gives the APE in NAF 2025 alone: services will copy its codes from Sirene.
"""

import re
from collections import defaultdict
from functools import cached_property

from barometre_lib.collecte.feuille import Cellule
from barometre_lib.collecte.lectures import Lecture, texte_propre
from barometre_lib.nomenclatures import Nomenclatures

CODE = re.compile(r"([0-9]{2})\.?([0-9]{2})([A-Z])(?:[\s:–-].*)?", re.IGNORECASE | re.DOTALL)
CANDIDATS_MAX = 8


class Naf:
    """The codes of both NAF, from a cell to rév. 2."""

    def __init__(self, nomenclatures: Nomenclatures) -> None:
        self.nomenclatures = nomenclatures

    def libelle(self, code: str) -> str:
        """Return a code as the workbook shows it: `27.20Z Fabrication de piles et d'accumulateurs électriques`."""
        label = self.nomenclatures.naf.get(code, "")
        return f"{code} {label}" if label else code

    def lire(self, cellule: Cellule) -> Lecture:
        """Read a code: `27.20Z`, `2720z`, or followed by its label."""
        text = texte_propre(cellule)
        found = CODE.fullmatch(text)
        if found is None:
            return Lecture(text)
        code = f"{found[1]}.{found[2]}{found[3].upper()}"
        # No code belongs to both: those of NAF 2025 end in G, H, J, K, L or Y, those of rév. 2 in A to F or Z.
        if code in self.nomenclatures.naf or code not in self._codes_2025:
            return Lecture(code, "code seul, avec son point")
        sources = self._sources.get(code, [])
        if len(sources) == 1:
            why = f"code de la NAF 2025, un seul code de la NAF rév. 2 y mène\u00a0: {self.libelle(sources[0])}"
            return Lecture(sources[0], why, "naf")
        what = "un code de la NAF rév. 2, celui-ci est de la NAF 2025"
        if not sources:
            return Lecture(text, defaut=f"attendu {what} et n'a pas d'équivalent\u202f; choisissez dans la liste")
        listed = "\u202f; ".join(self.libelle(one) for one in sources[:CANDIDATS_MAX])
        more = f"\u202f; et {len(sources) - CANDIDATS_MAX} autres" if len(sources) > CANDIDATS_MAX else ""
        return Lecture(text, defaut=f"attendu {what} et plusieurs y mènent, choisissez\u00a0: {listed}{more}")

    @cached_property
    def _codes_2025(self) -> set[str]:
        return set(self.nomenclatures.table("naf_2025")["code"])

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        """Code of NAF 2025 to those of rév. 2 whose content it takes."""
        table = self.nomenclatures.table("naf_correspondance")
        sources = defaultdict(list)
        for old, new in zip(table["naf_rev2"], table["naf_2025"], strict=True):
            sources[new].append(old)
        return dict(sources)
