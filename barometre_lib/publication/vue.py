"""All that the public edition may know of a relève: what takes its place in the notebooks, and holds no row.

An allow-list by construction: counts, ranks, public sums, vintages and families of revisions of France, and the public
columns of the examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pandas as pd

from barometre_lib.barometre import Barometre
from barometre_lib.comptage import Decompte
from barometre_lib.contexte import Contexte
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.carnets import lire_region
from barometre_lib.publication.sommes_publiques import sommes_publiques

# The columns of an example that its sentence says.
COLONNES_EXEMPLES = (
    *("type_mouvement", "nom_site", "entreprise", "commune", "departement", "activite", "capacite", "aides"),
    *("emplois", "investissement_meur", "surface_m2", "texte"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Vue:
    """A relève as the public edition sees it; `de` makes one. Its methods are those of `Barometre`."""

    decompte: Decompte
    contextes: Mapping[str, Contexte]  # what a page is about, by region, that of France under the empty text
    evolutions: Mapping[str, pd.DataFrame]  # `Barometre.evolution`, likewise
    triangle: pd.DataFrame  # the net of France, each period as each relève gives it
    familles: pd.DataFrame  # how much was revised, by period and family
    sommes: Mapping[str, pd.DataFrame]  # public sums of jobs and investment, by `secteur`; none over a semester
    cites: Mapping[str, pd.DataFrame]  # examples of each region, by their public columns alone

    @classmethod
    def de(cls, barometre: Barometre, rectificatif: str = "", en_place: Path | None = None) -> Self:
        """Make the view of a relève; `rectificatif` says why its publication replaces the released one, `en_place`.

        Raises
        ------
        ErreurBarometre
            The relève is a study variant, or an example may not be named.
        """
        if barometre.variante:
            raise ErreurBarometre(f"{barometre.variante} : une variante ne se publie pas.")
        regions = list(barometre.nomenclatures.regions)
        replaced = en_place if barometre.edition.rectifier(rectificatif).rectificatif else None
        sums = sommes_publiques(barometre, replaced)
        return cls(
            barometre.decompte,
            {code: _public(barometre.contexte(code), rectificatif) for code in ("", *regions)},
            {code: barometre.evolution(code) for code in ("", *regions)},
            barometre.vintages(),
            barometre.revisions_par_famille(),
            {} if sums.empty else {"secteur": sums},
            {code: barometre.exemples(code)[list(COLONNES_EXEMPLES)] for code in regions},
        )

    def contexte(self, region: object = "") -> Contexte:
        """Return what a page is about, without the identifiers that the edition's file holds."""
        return self.contextes[self._code(region)]

    def comptes(self, par: Sequence[str], *, region: str | None = None) -> pd.DataFrame:
        """Count the movements; see `comptage.compter`."""
        return self.decompte.comptes(par, region=region)

    def classement(self, periode: str) -> pd.DataFrame:
        """Rank the covered regions by net balance over one year or one semester; see `comptage.classer`."""
        return self.decompte.classement(periode, self.contextes[""].edition)

    def evolution(self, region: object = "") -> pd.DataFrame:
        """Return every period over that a page tells, now and as it was first published."""
        return self.evolutions[self._code(region)]

    def vintages(self) -> pd.DataFrame:
        """Return the net of each period as each relève gives it, of France alone."""
        return self.triangle

    def revisions_par_famille(self) -> pd.DataFrame:
        """Return how many movements were revised, with the effect on the net; see `revisions.revisions_par_famille`."""
        return self.familles

    def exemples(self, region: object) -> pd.DataFrame:
        """Return the examples of a region, all citable, by their public columns alone."""
        return self.cites[self._code(region)]

    def _code(self, region: object) -> str:
        return lire_region(region, self.contextes[""].nomenclatures)


def _public(contexte: Contexte, rectificatif: str) -> Contexte:
    edition = replace(contexte.edition.rectifier(rectificatif), exemples={})
    # Answers name rows, and say why.
    parameters = replace(contexte.parametres, rapprochements=())
    return replace(contexte, publique=True, edition=edition, parametres=parameters, corriges=frozenset())
