"""One relève: read, typed, decided once, counted from its decisions, the earlier ones beside it; nothing changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from barometre_lib.chemins import lire_dossier_registre, registre_par_defaut
from barometre_lib.completude import mesurer_completude
from barometre_lib.comptage import Decompte, denombrer
from barometre_lib.contexte import Contexte
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.explication import expliquer as expliquer_ligne
from barometre_lib.millesimes.indicateurs import indiquer
from barometre_lib.millesimes.intervalles import dire_du_triangle
from barometre_lib.millesimes.publies import lire_publies
from barometre_lib.millesimes.triangle import evoluer, premiere_publication, presenter, trianguler
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_code, lire_region
from barometre_lib.parametres.edition import Edition, chemin_edition, lire_edition, lire_lacunes, lire_mois
from barometre_lib.parametres.lacunes import AUCUNE, Lacunes
from barometre_lib.parametres.regles import ParametresRegles, lire_parametres_regles
from barometre_lib.parametres.textes import lire_textes
from barometre_lib.parametres.variante import TAMPON, dire_variante, noter_variante
from barometre_lib.parcours import resumer_parcours, suivre
from barometre_lib.registre.lecture import (
    Registre,
    exiger_comparables,
    lire_code_releve,
    lire_registre,
    releve_precedente,
    releves_anterieures,
    trouver_releve,
)
from barometre_lib.regles import etablir_decisions
from barometre_lib.revisions import Cote, nommer_corriges, reviser, revisions_par_famille
from barometre_lib.sommes import sommer_periode
from barometre_lib.vocabulaire import Releve

# What `installer` has put there: relèves that this process and those forked from it need not read.
_INSTALLES: dict[tuple[str, Path], Any] = {}


@dataclass(frozen=True, eq=False, repr=False)
class Barometre:
    """One relève, read and ready to be counted; `charger` makes one."""

    registre: Registre  # rows read
    parametres: ParametresRegles  # parameters of the rules
    # Relèves of the same folder under the same parameters, read so far: all those of a family share it.
    famille: dict[Releve, Any] = field(default_factory=dict)
    expliquer = expliquer_ligne
    revisions_par_famille = revisions_par_famille

    def __post_init__(self) -> None:
        self.famille[self.releve] = self

    def __repr__(self) -> str:
        return f"<Barometre {self.releve}, {len(self.registre.mouvements)} lignes{self.variante and ', variante'}>"

    @classmethod
    def charger(
        cls, releve: str, *, regles: Mapping[str, Any] | None = None, registre: Path | str | None = None
    ) -> Self:
        """Read a relève, `2024-S2`, in a folder of relèves, `data/releves` by default.

        `regles`, values of parameters such as `{"seuil_effectif": 10}`, make a study variant: whatever comes out of it
        is outside the official method.

        Raises
        ------
        ErreurBarometre
            The relève does not exist, cannot be read, or a parameter is not as expected.
        """
        code, folder = lire_code_releve(releve), lire_dossier_registre(registre)
        installed: Self | None = None if regles is not None else _INSTALLES.get((str(code), folder.resolve()))
        if installed is not None:
            return installed
        trouver_releve(code, folder)
        nomenclatures = Nomenclatures.du_projet()
        unknown = lire_lacunes(code, releves_anterieures(code, folder), nomenclatures)
        parameters = lire_parametres_regles(code, surcharges=regles, nomenclatures=nomenclatures, lacunes=unknown)
        noter_variante(parameters)
        return cls(lire_registre(code, folder, nomenclatures), parameters)

    @property
    def releve(self) -> Releve:
        """Relève."""
        return self.registre.releve

    @property
    def nomenclatures(self) -> Nomenclatures:
        """Reference tables."""
        return self.parametres.nomenclatures

    @cached_property
    def _lacunes(self) -> dict[Releve, Lacunes]:
        earlier, names = releves_anterieures(self.releve, self.registre.dossier), self.nomenclatures
        return {self.releve: self.parametres.lacunes} | {one: lire_lacunes(one, earlier, names) for one in earlier}

    @property
    def variante(self) -> str:
        """The stamp that every result of a study variant carries, empty for the official method."""
        return TAMPON if self.parametres.surcharges else ""

    @cached_property
    def officielle(self) -> Self:
        """The same rows under the official method: itself, unless it is a study variant."""
        if not self.variante:
            return self
        same = lire_parametres_regles(self.releve, nomenclatures=self.nomenclatures, lacunes=self.parametres.lacunes)
        return type(self)(self.registre, same)

    @cached_property
    def edition(self) -> Edition:
        """What is decided for the edition of this relève."""
        return lire_edition(self.releve, nomenclatures=self.nomenclatures)

    @cached_property
    def edition_connue(self) -> Edition | None:
        """The edition, None when nothing is decided yet."""
        return self.edition if chemin_edition(self.releve).exists() else None

    @cached_property
    def textes(self) -> Mapping[str, str]:
        """What people wrote of this relève, in Markdown, by region, of France under the empty text."""
        return lire_textes(self.releve, self.nomenclatures.regions)

    def contexte(self, region: Any = "") -> Contexte:
        """Return what a page is about: this relève, for one region or for France when `region` is empty.

        A region is its code as text, or the number that papermill makes of it: `1` is `01`; another is refused.
        """
        code = lire_region(region, self.nomenclatures)
        return Contexte(
            self.releve,
            # No edition released a study.
            replace(self.edition, etat="travail", communique="") if self.variante else self.edition,
            self.parametres,
            self.nomenclatures,
            self.nomenclatures.regions.get(code),
            self.registre.demonstration,
            dire_variante(self.parametres),
            *self._comparee,
            texte=self.textes.get(code, ""),
            corriges=self.corriges,
        )

    @property
    def decisions(self) -> pd.DataFrame:
        """The register of decisions, a copy: every row, with `secteur`, `motif` and `compte`, by `id_mouvement`."""
        return self._decisions.copy()

    @cached_property
    def _decisions(self) -> pd.DataFrame:
        rows = self.registre.lire_comme(self.parametres, self.anterieure)
        return self._stamp(etablir_decisions(rows, self.parametres))

    @cached_property
    def decompte(self) -> Decompte:
        """The counts, made from the decisions."""
        cells = denombrer(self._decisions[self._decisions["compte"]])
        return Decompte(cells, self.releve, self.nomenclatures, self.parametres.lacunes)

    def comptes(self, par: Sequence[str], *, region: str | None = None) -> pd.DataFrame:
        """Count the movements, of one region if asked; codes and periods are text. See `comptage.compter`."""
        return self._stamp(self.decompte.comptes(par, region=region))

    def classement(self, periode: str) -> pd.DataFrame:
        """Rank the covered regions by net balance over one year or one semester; see `comptage.classer`."""
        return self._stamp(self.decompte.classement(periode, self.edition))

    @property
    def mouvements_de_la_periode(self) -> pd.DataFrame:
        """The movements counted over the edition's own period, but those of regions that do not say all of it."""
        return self.contexte().retenir(self._decisions)

    @cached_property
    def sommes(self) -> dict[str, pd.DataFrame]:
        """The sums of jobs and investment over the edition's period, by `region` and by `secteur`, none hidden."""
        return sommer_periode(self.contexte(), self.mouvements_de_la_periode)

    def exemples(self, region: str) -> pd.DataFrame:
        """Return the movements chosen as examples for a region; see `Contexte.exemples`."""
        return self.contexte(lire_code(region, "region", self.nomenclatures)).exemples(self._decisions)

    @property
    def precedente(self) -> Self | None:
        """The nearest earlier relève of the same folder, None when there is none; see `anterieure`."""
        return self.anterieure(self._precedente_code) if self._precedente_code else None

    @cached_property
    def _precedente_code(self) -> Releve | None:
        return releve_precedente(self.releve, self.registre.dossier)

    @cached_property
    def _comparee(self) -> tuple[Releve | None, str, Lacunes]:
        """The relève with which pages compare, its month and what it did not know; none published a variant."""
        if self.variante or (code := self._precedente_code) is None:
            return None, "", AUCUNE
        return code, lire_mois(code, self.nomenclatures), self._lacunes[code]

    def anterieure(self, code: Releve) -> Self:
        """Return another relève of the folder, under the same rules, read once; refused unless earlier and alike."""
        code = lire_code_releve(code)
        if code > self.releve:
            raise ErreurBarometre(f"Relève {code} : attendu une relève antérieure à {self.releve}.")
        if code not in self.famille:
            read = lire_registre(code, self.registre.dossier, self.nomenclatures)
            exiger_comparables(read, self.registre)
            names, given, unknown = self.nomenclatures, self.parametres.surcharges, self._lacunes[code]
            parameters = lire_parametres_regles(code, surcharges=given, nomenclatures=names, lacunes=unknown)
            type(self)(read, parameters, self.famille)
        found: Self = self.famille[code]
        return found

    def revisions(self, depuis: str | None = None, *, region: str = "") -> pd.DataFrame:
        """Return what changed since an earlier relève, movement by movement, in one region if asked; see `revisions`.

        A region that was not updated since has none; what the earlier one did not know of a region is a new period.
        `depuis` is a relève of the same folder, `2024-S1`; the previous one by default, and no row when there is none.
        """
        region, folder = lire_region(region, self.nomenclatures), self.registre.dossier
        changes = self._revisions if depuis is None else self._revisions_depuis(trouver_releve(depuis, folder))
        return changes[changes["region"] == region].reset_index(drop=True) if region else changes.copy()

    @cached_property
    def _revisions(self) -> pd.DataFrame:
        return self._revisions_depuis(self._precedente_code or self.releve)

    def _revisions_depuis(self, code: Releve) -> pd.DataFrame:
        return self._stamp(reviser(self.anterieure(code).cote, self.cote))

    @cached_property
    def corriges(self) -> frozenset[str]:
        """The movements that a rectification of the edition or a correction of the register says to be errors."""
        return nommer_corriges(self.edition_connue, self.registre.corrections)

    @property
    def cote(self) -> Cote:
        """What revisions need of it."""
        return Cote(self.parametres, self._decisions, self.decompte.cellules)

    @cached_property
    def _triangle(self) -> pd.DataFrame:
        # No edition published a study variant: it is alone.
        earlier = () if self.variante else releves_anterieures(self.releve, self.registre.dossier)
        known = ((one.decompte, one.edition_connue) for one in (*map(self.anterieure, earlier), self))
        return trianguler((count, edition.mois if edition else "") for count, edition in known)

    def vintages(self, mesure: str = "solde_net", region: str | None = "") -> pd.DataFrame:
        """Return a measure of each period as each relève gives it, beside what was published; see `presenter`."""
        area = region if region is None else lire_region(region, self.nomenclatures)
        return self._stamp(presenter(self._triangle, lire_publies()[: 0 if self.variante else None], mesure, area))

    def indicateurs_de_revision(self, mesure: str = "solde_net", region: str | None = "") -> pd.DataFrame:
        """Return how much a measure was revised, by horizon, semesters and years apart; see `indiquer`."""
        return self._stamp(indiquer(self.vintages(mesure, region)))

    def phrase_incertitude(self, region: str = "") -> str:
        """Say how far the net of the edition's period may still move, or why it is not said; internal, no headline."""
        return dire_du_triangle(self.vintages("solde_net", region), self.contexte(region).periode)

    def evolution(self, region: str = "") -> pd.DataFrame:
        """Return every period over that a page tells, now and as it was first published; see `evoluer`."""
        about, area = self.contexte(region), lire_region(region, self.nomenclatures)
        silent = self.parametres.lacunes.regions(about.periode)
        same = {one: self.decompte.totaux(one, area, sauf=silent)["solde_net"] for one in about.periodes_closes}
        return self._stamp(evoluer(self._triangle, area, same))

    def premiere_publication(self, periode: str, region: str = "") -> pd.DataFrame:
        """Return the counts of a period as the first relève that covers it whole gave them; see the function."""
        return self._stamp(premiere_publication(self._triangle, periode, lire_region(region, self.nomenclatures)))

    @property
    def completude(self) -> pd.DataFrame:
        """The cells expected and filled, by region and column; see `completude.mesurer_completude`. A new table."""
        return self._stamp(mesurer_completude(self.registre.mouvements, self.nomenclatures))

    def parcours(self, par: Sequence[str] = ()) -> pd.DataFrame:
        """Count the openings and extensions announced, effective and given up; see `parcours.resumer_parcours`."""
        return self._stamp(resumer_parcours(self._projets, par, releve=self.releve, nomenclatures=self.nomenclatures))

    @cached_property
    def _projets(self) -> pd.DataFrame:
        return suivre(self.registre.mouvements, self.releve, self.parametres.lacunes)

    def _stamp(self, table: pd.DataFrame) -> pd.DataFrame:
        """Mark what comes out of a study variant."""
        if self.variante:
            table.attrs["variante"] = self.variante
        return table


def installer(releve: str, objet: Any) -> None:
    """Have `Barometre.charger` give an object, whenever it is asked for that relève of the default folder."""
    _INSTALLES[releve, registre_par_defaut().resolve()] = objet
