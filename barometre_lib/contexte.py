"""What a page is about: relève, territory, edition; made by the façade, read by everything that is shown."""

from dataclasses import dataclass

import pandas as pd

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.nomenclatures import Nomenclatures, Territoire
from barometre_lib.parametres.carnets import lire_code
from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.lacunes import AUCUNE, Lacunes
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.typographie import enumerer, sans_accents
from barometre_lib.vocabulaire import PREMIERE_ANNEE, Releve, maille_de

HORS_NOMMEES = 3  # regions left out that a sentence names; beyond, it counts them


def dire_hors(lacunes: Lacunes, periode: str, nomenclatures: Nomenclatures) -> str:
    """Return what the numbers of France leave out over a period: « hors Bretagne », empty when it is nothing."""
    left_out = [nomenclatures.regions[code].nom for code in lacunes.regions(periode)]
    return f"hors {enumerer(sorted(left_out, key=sans_accents))}" if left_out else ""


@dataclass(frozen=True)
class Contexte:
    """What a page is about."""

    releve: Releve
    edition: Edition  # what is decided for its edition
    parametres: ParametresRegles
    nomenclatures: Nomenclatures
    region: Territoire | None  # region of the page, None for France
    demonstration: bool  # whether the rows are fictitious
    variante: str  # stamp of a study variant, or empty
    precedente: Releve | None = None  # nearest earlier relève of the same folder, which the page compares with
    mois_precedent: str = ""  # month of its edition, 2024-11; empty when it has none
    lacunes_precedentes: Lacunes = AUCUNE  # what that relève did not know
    texte: str = ""  # what who answers for the page wrote of it, in Markdown
    corriges: frozenset[str] = frozenset()  # movements said to have been errors, see `nommer_corriges`
    publique: bool = False  # whether the page is of the public edition: it leads to no internal page

    def designer(self, dimension: str, valeur: object) -> tuple[str, str]:
        """Return the code that the parameter of a notebook gives, and its name; see `lire_code`."""
        code = lire_code(valeur, dimension, self.nomenclatures, self.releve)
        return code, self.nomenclatures.libelles(dimension)[code]

    @property
    def nom(self) -> str:
        """Name of the territory."""
        return self.region.nom if self.region else "France"

    @property
    def lacunes(self) -> Lacunes:
        """What the relève does not know."""
        return self.parametres.lacunes

    @property
    def actualisee(self) -> Releve | None:
        """Relève of the last update of a region that was late: its own period is not known; None for others."""
        return self.lacunes.actualisees.get(self.region.code) if self.region else None

    def hors(self, periode: str = "") -> str:
        """Return what the numbers of France leave out over a period, by default the edition's: « hors Bretagne ».

        Many are counted, « hors 11 régions »: the page names them once, and tables, which travel, with `dire_hors`.
        """
        period = periode or self.periode
        many = len(self.lacunes.regions(period))
        return f"hors {many} régions" if many > HORS_NOMMEES else dire_hors(self.lacunes, period, self.nomenclatures)

    def qualifier(self, nom: str, periode: str = "") -> str:
        """Return what names France, or a total of its regions, over a period: « France hors Bretagne »."""
        return f"{nom} {self.hors(periode)}".rstrip()

    def retenir(self, decisions: pd.DataFrame) -> pd.DataFrame:
        """Keep the movements of the territory that are counted over the edition's own period."""
        kept = decisions[decisions["compte"] & (decisions[self.maille] == self.periode)]
        kept = kept[~kept["region"].isin(self.lacunes.regions(self.periode))]
        return kept[kept["region"] == self.region.code] if self.region else kept

    def exemples(self, decisions: pd.DataFrame) -> pd.DataFrame:
        """Return the movements chosen as examples for the region, in the order of the edition, with their `texte`.

        One that is unknown, of another region, not counted or not citable is refused.
        """
        code = self.region.code if self.region else ""
        chosen = self.edition.exemples.get(code, [])
        rows = decisions.set_index("id_mouvement", drop=False)
        for name in (one.id for one in chosen):
            known = name in rows.index and rows.at[name, "region"] == code
            if not known or not rows.at[name, "citable"] or not rows.at[name, "compte"]:
                raise ErreurBarometre(
                    f"params/releves/{self.releve}.yaml, « exemples » de la région {code} : trouvé « {name} » ; "
                    "attendu un mouvement de la région, compté et citable ; retirez-le ou remplacez-le."
                )
        kept = rows.loc[[one.id for one in chosen]].reset_index(drop=True)
        return kept.assign(texte=pd.Series([one.texte for one in chosen], dtype="str"))

    @property
    def nom_compte(self) -> str:
        """The territory whose numbers of the edition's own period are told: « Bretagne », « France hors Bretagne »."""
        return self.region.nom if self.region else self.qualifier("France")

    @property
    def locatif(self) -> str:
        """Where, over that period: « dans les Hauts-de-France », « en France »."""
        return self.region.locatif if self.region else self.qualifier("en France")

    @property
    def couverte(self) -> bool:
        """Whether the territory is known to be covered by the collection."""
        return self.region is None or self.edition.couverte(self.region.code)

    @property
    def annee(self) -> str:
        """Year of the edition."""
        return str(self.releve.annee)

    @property
    def periode(self) -> str:
        """Period that the edition is about: the year at the end of S2, the semester at the end of S1."""
        return self.annee if self.releve.semestre == 2 else str(self.releve)

    @property
    def maille(self) -> str:
        """Dimension of the counts in which the edition's own period is found."""
        return maille_de(self.periode)

    @property
    def periode_precedente(self) -> str:
        """The same period of the year before, a semester compared with a semester; empty before the first year."""
        year = self.releve.annee - 1
        before = str(year) if self.releve.semestre == 2 else f"{year}-S1"
        return before if year >= PREMIERE_ANNEE else ""

    @property
    def periodes_closes(self) -> list[str]:
        """Periods over that the page tells: whole years, semesters of the edition's year, the period compared."""
        semesters = [code for code in self.releve.semestres if code.startswith(self.annee)]
        told = [*periodes_couvertes(self.releve), *semesters, self.periode_precedente]
        return [code for code in dict.fromkeys(told) if code]
