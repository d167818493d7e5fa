"""The counting of one relève: its decisions, its counts, its ranks, and what they were in the earlier relèves."""

from collections.abc import Sequence
from functools import cached_property
from typing import Self

import pandas as pd

from barometre_lib.comptage import classer, compter, denombrer
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import Edition, ParametresRegles, chemin_edition, lire_edition, lire_parametres_regles
from barometre_lib.registre import (
    Registre,
    exiger_comparables,
    lire_registre,
    releve_precedente,
    releves_anterieures,
    trouver_releve,
)
from barometre_lib.regles import etablir_decisions, retenir
from barometre_lib.revisions import PAR_CONFRONTE, premiere_releve, reviser
from barometre_lib.vocabulaire import MESURES, Releve, maille_de

TAMPON_VARIANTE = "Variante d'étude, hors méthode officielle"


class Depouillement:
    """One relève, counted; see `Barometre`, which is what notebooks use.

    Attributes
    ----------
    releve : Releve
        Relève.
    registre : Registre
        Rows read.
    parametres : ParametresRegles
        Parameters of the rules.
    nomenclatures : Nomenclatures
        Reference tables.
    """

    def __init__(self, registre: Registre, parametres: ParametresRegles, nomenclatures: Nomenclatures) -> None:
        self.releve = registre.releve
        self.registre = registre
        self.parametres = parametres
        self.nomenclatures = nomenclatures
        self._read: dict[Releve, Self] = {}

    @property
    def variante(self) -> str:
        """The stamp that every result of a study variant carries, empty for the official method."""
        return TAMPON_VARIANTE if self.parametres.surcharges else ""

    @cached_property
    def edition(self) -> Edition:
        """What is decided for the edition of this relève."""
        return lire_edition(self.releve, nomenclatures=self.nomenclatures)

    @property
    def decisions(self) -> pd.DataFrame:
        """The register of decisions: every row read, with `secteur`, `motif` and `compte`, by `id_mouvement`.

        A copy each time: whatever a notebook does with it changes no count.

        Raises
        ------
        ErreurBarometre
            A row was lost or a motif is not in the vocabulary: a fault of the package.
        """
        return self._decisions.copy()

    @cached_property
    def _decisions(self) -> pd.DataFrame:
        return self._stamp(etablir_decisions(self.registre.mouvements, self.parametres))

    def comptes(self, par: Sequence[str], *, region: str | None = None) -> pd.DataFrame:
        """Count the movements; see `comptage.compter`.

        Parameters
        ----------
        par : sequence of str
            Dimensions.
        region : str, optional
            Code of the only region to count.

        Returns
        -------
        pandas.DataFrame
            The dimensions as text (`annee == "2024"`), then the measures. `attrs["variante"]` holds the stamp of
            a study variant.

        Raises
        ------
        ErreurBarometre
            A dimension or the region is unknown, or a dimension is repeated.
        """
        self._check_region(region)
        counted_by = par if region is None or "region" in par else ["region", *par]
        counts = compter(self._cellules, counted_by, releve=self.releve, nomenclatures=self.nomenclatures)
        if region is not None:
            counts = counts[counts["region"] == region].reset_index(drop=True)
            counts = counts if "region" in par else counts.drop(columns="region")
        return self._stamp(counts)

    def classement(self, periode: str) -> pd.DataFrame:
        """Rank the covered regions by net balance over one year or one semester; see `comptage.classer`."""
        column = maille_de(periode)
        counts = self.comptes([column, "region"])
        covered = {code: self.edition.couverte(code) for code in self.nomenclatures.regions}
        return classer(counts[counts[column] == periode], covered)

    @property
    def precedente(self) -> Self | None:
        """The nearest earlier relève of the same folder, None when there is none; see `_anterieure`."""
        code = releve_precedente(self.releve, self.registre.dossier)
        return self._anterieure(code) if code else None

    def revisions(self, depuis: str | None = None, *, region: str = "") -> pd.DataFrame:
        """Return what changed since an earlier relève, movement by movement; see `revisions.reviser`.

        Parameters
        ----------
        depuis : str, optional
            Relève of the same folder, `2024-S1`; the previous one by default, and no row when there is none.
        region : str, optional
            Code of the only region to show.

        Raises
        ------
        ErreurBarometre
            The region or the relève does not exist; the relève is not earlier, cannot be read or compared.
        """
        self._check_region(region or None)
        earlier = self._anterieure(trouver_releve(depuis, self.registre.dossier)) if depuis else self.precedente or self
        changes = reviser(
            earlier._decisions,
            self._decisions,
            comptes_avant=earlier.comptes(PAR_CONFRONTE),
            comptes_apres=self.comptes(PAR_CONFRONTE),
            secteurs=self.nomenclatures.secteur_de_sous_secteur(self.releve),
        )
        return self._stamp(changes[changes["region"] == region].reset_index(drop=True) if region else changes)

    def premiere_publication(self, periode: str, region: str = "") -> pd.DataFrame:
        """Return the counts of a period, `2023` or `2024-S1`, as the first relève that covers it whole gave them.

        Returns
        -------
        pandas.DataFrame
            One row: `periode`, `releve`, `mois` of its edition (empty when it has none), then the measures. No row
            when neither this relève nor an earlier one of its folder covers the period whole.
        """
        code = premiere_releve(periode, [self.releve, *releves_anterieures(self.releve, self.registre.dossier)])
        rows = []
        if code is not None:
            first = self._anterieure(code)
            rows = [{"periode": periode, "releve": str(code), "mois": first._mois, **first._totaux(periode, region)}]
        return self._stamp(pd.DataFrame(rows, columns=["periode", "releve", "mois", *MESURES]))

    def _totaux(self, periode: str, region: str) -> dict[str, int]:
        """Return the measures of one period, of a region or of France when it is empty."""
        self._check_region(region or None)
        counts = self._par_semestre
        kept = counts[counts["semestre"].str.startswith(periode) & (counts["region"].eq(region) | (not region))]
        return {measure: int(kept[measure].sum()) for measure in MESURES}

    @cached_property
    def _par_semestre(self) -> pd.DataFrame:
        return self.comptes(["semestre", "region"])

    def _anterieure(self, code: Releve) -> Self:
        """Return another relève of the folder under the same rules, read once; one that is not earlier is refused."""
        if code > self.releve:
            raise ErreurBarometre(f"Relève {code}\u00a0: attendu une relève antérieure à {self.releve}.")
        if code == self.releve:
            return self
        if code not in self._read:
            read = lire_registre(code, self.registre.dossier, self.nomenclatures)
            exiger_comparables(read, self.registre)
            overrides = self.parametres.surcharges
            parameters = lire_parametres_regles(code, surcharges=overrides, nomenclatures=self.nomenclatures)
            self._read[code] = type(self)(read, parameters, self.nomenclatures)
        return self._read[code]

    @cached_property
    def _mois(self) -> str:
        return self.edition.mois if chemin_edition(self.releve).exists() else ""

    @cached_property
    def _cellules(self) -> pd.DataFrame:
        return denombrer(retenir(self.registre.mouvements, self.parametres))

    def _stamp(self, table: pd.DataFrame) -> pd.DataFrame:
        """Mark what comes out of a study variant."""
        if self.variante:
            table.attrs["variante"] = self.variante
        return table

    def _check_region(self, region: str | None) -> None:
        if region is not None and region not in self.nomenclatures.regions:
            known = ", ".join(self.nomenclatures.regions)
            raise ErreurBarometre(f"Région «\u00a0{region}\u00a0»\u00a0: code inconnu\u202f; attendu l'un de {known}.")
