"""The façade that notebooks and the command line use: one relève, counted, and what a page asks of it.

The rooms that only pages need are imported by the methods that use them, so that a count starts at once.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from barometre_lib.chemins import registre_par_defaut
from barometre_lib.depouillement import Depouillement
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import chemin_edition, lire_edition, lire_parametres_regles
from barometre_lib.registre import lire_registre, releve_precedente, trouver_releve
from barometre_lib.vocabulaire import Releve

if TYPE_CHECKING:
    from barometre_lib.qualite import Bilan
    from barometre_lib.restitution import Contexte


class Barometre(Depouillement):
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
        ready = _PRETS.get((releve, folder.resolve()))
        if isinstance(ready, cls) and not regles:
            return ready
        code = trouver_releve(releve, folder)
        nomenclatures = Nomenclatures.du_projet()
        parameters = lire_parametres_regles(code, surcharges=regles, nomenclatures=nomenclatures)
        return cls(lire_registre(code, folder, nomenclatures), parameters, nomenclatures)

    def contexte(self, region: str = "") -> "Contexte":
        """Return what a page is about: this relève, for one region or for France when `region` is empty.

        Raises
        ------
        ErreurBarometre
            The region does not exist.
        """
        from barometre_lib.restitution import Contexte

        self._check_region(region or None)
        return Contexte(
            self.releve,
            self.edition,
            self.parametres,
            self.nomenclatures,
            self.nomenclatures.regions[region] if region else None,
            self.registre.demonstration,
            self.variante,
            *self._edition_precedente,
        )

    @cached_property
    def _edition_precedente(self) -> tuple[Releve | None, str]:
        """The relève that a page compares with, and the month of its edition."""
        code = releve_precedente(self.releve, self.registre.dossier)
        if code is None or not chemin_edition(code).exists():
            return code, ""
        return code, lire_edition(code, nomenclatures=self.nomenclatures).mois

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

    def evolution(self, region: str = "") -> pd.DataFrame:
        """Return every period over that a page tells, as it stands now and as it was first published.

        Parameters
        ----------
        region : str
            Code of a region, France when empty.

        Returns
        -------
        pandas.DataFrame
            `periode`, the measures as this relève counts them, `releve` and `mois` of the edition that first published
            the period, and `premier`, the net that it gave.
        """
        told = self.contexte(region).periodes_closes
        first = pd.concat([self.premiere_publication(one, region) for one in told], ignore_index=True)
        now = pd.DataFrame([{"periode": one, **self._totaux(one, region)} for one in told])
        published = first[["periode", "releve", "mois", "solde_net"]].rename(columns={"solde_net": "premier"})
        return self._stamp(now.merge(published, on="periode"))

    @cached_property
    def qualite(self) -> "Bilan":
        """What the suites find in this relève, compared with the previous one of the same folder.

        Raises
        ------
        ErreurBarometre
            The suites, the edition or the previous relève cannot be read.
        """
        from barometre_lib.qualite import examiner

        return examiner(self.registre, self.nomenclatures)

    @property
    def completude(self) -> pd.DataFrame:
        """The cells expected and filled, by region and column; see `qualite.completude`. A copy each time."""
        return self._completude.copy()

    @cached_property
    def _completude(self) -> pd.DataFrame:
        from barometre_lib.qualite.completude import mesurer_completude

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
        from barometre_lib.qualite.parcours import resumer_parcours

        return self._stamp(resumer_parcours(self._projets, par, releve=self.releve, nomenclatures=self.nomenclatures))

    @cached_property
    def _projets(self) -> pd.DataFrame:
        from barometre_lib.qualite.parcours import suivre

        return suivre(self.registre.mouvements, self.releve)


# What `preparer` has read in this process.
_PRETS: dict[tuple[str, Path], Barometre] = {}


def preparer(releve: str) -> None:
    """Read a relève, and what every page computes of it, once for all the kernels forked from this process.

    Only the reserve of a campaign does it, which refuses input that changes under it. What cannot be read is left to
    the kernels, which say so.

    Parameters
    ----------
    releve : str
        `2024-S2`, in the default folder of relèves.
    """
    # What the façade itself leaves to whoever asks.
    import barometre_lib.qualite
    import barometre_lib.restitution  # noqa: F401

    with suppress(ErreurBarometre):
        barometre = Barometre.charger(releve)
        barometre.evolution()
        barometre.revisions()
        _PRETS[releve, registre_par_defaut().resolve()] = barometre
