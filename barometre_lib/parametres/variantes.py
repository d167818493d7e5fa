"""The variants of a study, `params/variantes.yaml`: the only place that says which there are, and what each answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from barometre_lib.chemins import racine
from barometre_lib.erreurs import ErreurBarometre, montrer
from barometre_lib.parametres.champ import LigneChamp
from barometre_lib.parametres.fichiers import FERME, Texte, attendu, ouvrir_yaml
from barometre_lib.vocabulaire import NOMS_COLONNES, PREMIERE_ANNEE, Motif

# What a command calls them: `--variante seuil-10`, and among rules `variante=seuil-10`.
VARIANTE = "variante"
NOM, NOM_ATTENDU = r"^[a-z0-9]+(-[a-z0-9]+)*$", "attendu un nom en minuscules sans accents, des tirets entre les mots"
COLONNE = f"^({'|'.join(NOMS_COLONNES)})$"
PREFIXE = r"^([A-U]|\d\d(\.\d{1,2}[A-Z]?)?)$"
Ecart = Literal["", "extensions_reductions", "outre_mer", "seconds_du_semestre", "reprises"]


def _refuser_nom(_: object) -> object:
    raise ValueError("aucun nom : celui de la variante est celui de son entrée")


@dataclass(frozen=True)
class Variante:
    """Another choice than the method's; what is absent stays as it is."""

    __pydantic_config__ = FERME
    libelle: Texte
    repond: Annotated[str, attendu("la question à laquelle elle répond, ou rien", default="")]
    limite: Annotated[str, attendu("ce qu'elle ne peut pas voir, ou rien", default="")]
    regles: Annotated[dict[str, Any], Field(default_factory=dict, description="des paramètres et leurs valeurs")]
    champ: Annotated[
        dict[Annotated[str, Field(pattern=PREFIXE)], Literal["dans", "hors"]],
        Field(default_factory=dict, description="des préfixes NAF, chacun dans ou hors"),
    ]
    sans: Annotated[tuple[Motif, ...], Field(default=(), description="des motifs que rien n'écarte plus")]
    vides: Annotated[
        tuple[Annotated[str, Field(pattern=COLONNE)], ...],
        Field(default=(), description="des colonnes du registre, lues comme si elles étaient vides"),
    ]
    effectif: Annotated[
        Literal["", "plus_haut", "dernier"],
        Field(default="", description="le plus haut de toutes les relèves connues, ou effectif_dernier où il est dit"),
    ]
    regle_9: Annotated[Literal["", "avant"], Field(default="", description="avant, celle d'avant les 31 jours")]
    ecarte: Annotated[Ecart, Field(default="", description="ce qui, compté par la méthode, ne l'est plus")]
    nom: Annotated[SkipJsonSchema[str], BeforeValidator(_refuser_nom)] = ""  # key of its entry

    def __post_init__(self) -> None:
        if self.ecarte and (self.regles or self.champ or self.sans or self.vides or self.effectif or self.regle_9):
            raise ValueError("« ecarte » seul : il part de ce que compte la méthode")

    def etendre(self, champ: Sequence[LigneChamp]) -> tuple[LigneChamp, ...]:
        """Return the lines of the field, its own prefixes in place of those of NAF rév. 2."""
        day = date(PREMIERE_ANNEE, 1, 1)
        added = [
            LigneChamp(prefix, fate, "autre" if fate == "hors" else "", "rev2", day, "projet", self.libelle)
            for prefix, fate in self.champ.items()
        ]
        return (*(line for line in champ if line.naf != "rev2" or line.prefixe not in self.champ), *added)


def lire_variantes(dossier: Path | None = None) -> Mapping[str, Variante]:
    """Read `variantes.yaml` of the project's `params` or of another folder: name to variant, in its order."""
    file = ouvrir_yaml((dossier or racine() / "params") / "variantes.yaml")
    read, departures = file.examiner(dict[str, Variante])
    misnamed = [((name,), NOM_ATTENDU) for name in file.donnees if not re.fullmatch(NOM, str(name))]
    file.refuser([*departures, *misnamed])
    return {name: replace(one, nom=name) for name, one in read.items()}


def lire_variante(nom: object, dossier: Path | None = None) -> Variante:
    """Return a variant by its name.

    Raises
    ------
    ErreurBarometre
        No variant has it.
    """
    known = lire_variantes(dossier)
    if not isinstance(nom, str) or nom not in known:
        raise ErreurBarometre(f"Variante {montrer(str(nom), vide='sans nom')} inconnue ; attendu {', '.join(known)}.")
    return known[nom]
