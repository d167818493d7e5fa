"""What a page is about: relève, territory, edition; made by the façade, read by everything that is shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures, Territoire
from barometre_lib.parametres import Edition, ParametresRegles
from barometre_lib.vocabulaire import Releve, maille_de


@dataclass(frozen=True)
class Contexte:
    """What a page is about.

    Attributes
    ----------
    releve : Releve
        Relève.
    edition : Edition
        What is decided for its edition.
    parametres : ParametresRegles
        Parameters of the rules.
    nomenclatures : Nomenclatures
        Reference tables.
    region : Territoire or None
        Region of the page, None for France.
    demonstration : bool
        Whether the rows are fictitious.
    variante : str
        Stamp of a study variant, or empty.
    """

    releve: Releve
    edition: Edition
    parametres: ParametresRegles
    nomenclatures: Nomenclatures
    region: Territoire | None
    demonstration: bool
    variante: str

    @property
    def nom(self) -> str:
        """Name of the territory."""
        return self.region.nom if self.region else "France"

    @property
    def locatif(self) -> str:
        """Where: « dans les Hauts-de-France », « en France »."""
        return self.region.locatif if self.region else "en France"

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


@dataclass(frozen=True)
class ParametresCarnet:
    """Parameters of a notebook.

    Attributes
    ----------
    releve : str
        `2024-S2`.
    region : str
        Code of a region, empty for the whole of France.
    """

    releve: str
    region: str = ""


def lire_parametres(texte: str) -> ParametresCarnet:
    """Read the parameters of a notebook: one JSON text, so that region `01` stays a text.

    Raises
    ------
    ErreurBarometre
        The text is not a JSON object of the texts expected.
    """
    expected = 'attendu par exemple {"releve": "2024-S2", "region": "84"}'
    try:
        values = json.loads(texte)
    except json.JSONDecodeError as error:
        raise ErreurBarometre(
            f"Paramètres du carnet\u00a0: ce n'est pas du JSON ({error.msg})\u202f; {expected}."
        ) from None
    if not isinstance(values, Mapping) or not all(isinstance(value, str) for value in values.values()):
        raise ErreurBarometre(f"Paramètres du carnet\u00a0: trouvé {texte!r}\u202f; {expected}.")
    if "releve" not in values or not set(values) <= {"releve", "region"}:
        raise ErreurBarometre(f"Paramètres du carnet\u00a0: trouvé {', '.join(values) or 'rien'}\u202f; {expected}.")
    return ParametresCarnet(**values)
