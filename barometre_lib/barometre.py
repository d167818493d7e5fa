"""The façade that notebooks and the command line use: one relève, its decisions and its counts."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from barometre_lib.chemins import registre_par_defaut
from barometre_lib.comptage import classer, compter, denombrer
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import Edition, ParametresRegles, lire_edition, lire_parametres_regles
from barometre_lib.qualite import Bilan, examiner
from barometre_lib.qualite.completude import mesurer_completude
from barometre_lib.qualite.parcours import resumer_parcours, suivre
from barometre_lib.registre import Registre, lire_registre, trouver_releve
from barometre_lib.regles import etablir_decisions, retenir
from barometre_lib.restitution import Contexte
from barometre_lib.vocabulaire import maille_de

TAMPON_VARIANTE = "Variante d'étude, hors méthode officielle"


class Barometre:
    """One relève, read and ready to be counted; `charger` makes one.

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

    def __repr__(self) -> str:
        return (
            f"<Barometre {self.releve}, {len(self.registre.mouvements)} lignes{', variante' if self.variante else ''}>"
        )

    @classmethod
    def charger(
        cls, releve: str, *, regles: Mapping[str, Any] | None = None, registre: Path | str | None = None
    ) -> Self:
        """Read a relève.

        Parameters
        ----------
        releve : str
            `2024-S2`.
        regles : mapping, optional
            Values of parameters that make a study variant, `{"seuil_effectif": 10}`. Whatever comes out
            of it is outside the official method.
        registre : path, optional
            Folder that holds the relèves; `data/releves` by default.

        Raises
        ------
        ErreurBarometre
            The relève does not exist, cannot be read, or a parameter is not as expected.
        """
        folder = Path(registre) if registre else registre_par_defaut()
        code = trouver_releve(releve, folder)
        nomenclatures = Nomenclatures()
        parameters = lire_parametres_regles(code, surcharges=regles, nomenclatures=nomenclatures)
        return cls(lire_registre(code, folder, nomenclatures), parameters, nomenclatures)

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

    def contexte(self, region: str = "") -> Contexte:
        """Return what a page is about: this relève, for one region or for France when `region` is empty.

        Raises
        ------
        ErreurBarometre
            The region does not exist.
        """
        self._check_region(region or None)
        return Contexte(
            self.releve,
            self.edition,
            self.parametres,
            self.nomenclatures,
            self.nomenclatures.regions[region] if region else None,
            self.registre.demonstration,
            self.variante,
        )

    def exemples(self, region: str) -> pd.DataFrame:
        """Return the movements chosen as examples for a region, in the order of the edition.

        Raises
        ------
        ErreurBarometre
            The region does not exist; an example is unknown, of another region, not counted or not citable.
        """
        self._check_region(region)
        chosen = self.edition.exemples.get(region, [])
        rows = self._decisions.set_index("id_mouvement", drop=False)
        for name in chosen:
            known = name in rows.index and rows.at[name, "region"] == region
            if not known or not rows.at[name, "citable"] or not rows.at[name, "compte"]:
                raise ErreurBarometre(
                    f"params/releves/{self.releve}.yaml, «\u00a0exemples\u00a0» de la région "
                    f"{region}\u00a0: trouvé «\u00a0{name}\u00a0»\u202f; "
                    "attendu un mouvement de la région, compté et citable\u202f; retirez-le ou remplacez-le."
                )
        return rows.loc[chosen].reset_index(drop=True)

    @cached_property
    def _cellules(self) -> pd.DataFrame:
        return denombrer(retenir(self.registre.mouvements, self.parametres))

    @cached_property
    def qualite(self) -> Bilan:
        """What the suites find in this relève, compared with the previous one of the same folder.

        Raises
        ------
        ErreurBarometre
            The suites, the edition or the previous relève cannot be read.
        """
        return examiner(self.registre, self.nomenclatures)

    @property
    def completude(self) -> pd.DataFrame:
        """The cells expected and filled, by region and column; see `qualite.completude`. A copy each time."""
        return self._completude.copy()

    @cached_property
    def _completude(self) -> pd.DataFrame:
        return self._stamp(mesurer_completude(self.registre.mouvements, self.nomenclatures))

    def parcours(self, par: Sequence[str] = ()) -> pd.DataFrame:
        """Count the openings and extensions announced, effective and given up; see `qualite.parcours`.

        Parameters
        ----------
        par : sequence of str
            Dimensions among `region` and `semestre_annonce`; none for the whole in one row.

        Raises
        ------
        ErreurBarometre
            A dimension is unknown or repeated.
        """
        return self._stamp(resumer_parcours(self._projets, par, releve=self.releve, nomenclatures=self.nomenclatures))

    @cached_property
    def _projets(self) -> pd.DataFrame:
        return suivre(self.registre.mouvements, self.releve)

    def _stamp(self, table: pd.DataFrame) -> pd.DataFrame:
        """Mark what comes out of a study variant."""
        if self.variante:
            table.attrs["variante"] = self.variante
        return table

    def _check_region(self, region: str | None) -> None:
        if region is not None and region not in self.nomenclatures.regions:
            known = ", ".join(self.nomenclatures.regions)
            raise ErreurBarometre(f"Région «\u00a0{region}\u00a0»\u00a0: code inconnu\u202f; attendu l'un de {known}.")
