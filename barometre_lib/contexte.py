"""What a page is about: relève, territory, edition; made by the façade, read by everything that is shown."""

from dataclasses import dataclass

from barometre_lib.nomenclatures import Nomenclatures, Territoire
from barometre_lib.parametres.edition import Edition
from barometre_lib.parametres.regles import ParametresRegles
from barometre_lib.revisions import periodes_couvertes
from barometre_lib.vocabulaire import PREMIERE_ANNEE, Releve, maille_de


def est_pluriel(sujet: str) -> bool:
    """Tell whether a name with its article is plural: « les Pays de la Loire »."""
    return sujet.startswith("les ")


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
    publique: bool = False  # whether the page is of the public edition: it leads to no internal page

    @property
    def nom(self) -> str:
        """Name of the territory."""
        return self.region.nom if self.region else "France"

    @property
    def locatif(self) -> str:
        """Where: « dans les Hauts-de-France », « en France »."""
        return self.region.locatif if self.region else "en France"

    @property
    def sujet(self) -> str:
        """The territory as a subject: « les Hauts-de-France », « la France »."""
        return self.region.article if self.region else "la France"

    @property
    def pluriel(self) -> bool:
        """Whether a verb of which the territory is the subject is plural."""
        return est_pluriel(self.sujet)

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
