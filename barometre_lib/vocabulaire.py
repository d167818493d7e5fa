"""The words of the barometer: types of movement, motifs, columns of the register.

Everything here is a contract with the local services (the columns that they fill in) or with the
readers (the labels that they see). Nothing here depends on a file or on another module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, Self

# What a series of pages may have one page of.
Dimension = Literal["region", "departement", "secteur", "sous_secteur"]
Genre = Literal["texte", "entier", "nombre", "date", "booleen"]


class TypeMouvement(StrEnum):
    """The four movements that are counted, in the order of every table."""

    OUVERTURE = "ouverture"
    EXTENSION = "extension"
    FERMETURE = "fermeture"
    REDUCTION = "reduction"

    @property
    def mesure(self) -> str:
        """Name of the column that counts this type."""
        return f"{self.value}s"


class Statut(StrEnum):
    """How far a movement has gone when the relève closes."""

    EFFECTIF = "effectif"
    ANNONCE = "annonce"
    ABANDONNE = "abandonne"


class Motif(StrEnum):
    """Why a row is set aside, in the order of the rules; `COMPTE` when no rule sets it aside."""

    ABANDONNE = "abandonne"
    NON_EFFECTIF = "non_effectif"
    HORS_PERIODE = "hors_periode"
    HORS_CHAMP = "hors_champ"
    ARTISANAT = "artisanat"
    EFFECTIF_MANQUANT = "effectif_manquant"
    SOUS_SEUIL = "sous_seuil"
    SIGNIFICATIVITE_INCONNUE = "significativite_inconnue"
    NON_SIGNIFICATIF = "non_significatif"
    DOUBLON = "doublon"
    COMPTE = "compte"


class Nature(StrEnum):
    """What two rows may be; the answer to the first two says how many movements they are."""

    MEME_MOUVEMENT = "meme_mouvement"
    TYPE_DISCORDANT = "type_discordant"
    REOUVERTURE = "reouverture"
    TRANSFERT = "transfert"
    REPRISE = "reprise"
    REGROUPEMENT = "regroupement"
    REDUCTION_PUIS_FERMETURE = "reduction_puis_fermeture"

    @property
    def un_seul(self) -> bool:
        """Whether the two rows would be one movement."""
        return self in (Nature.MEME_MOUVEMENT, Nature.TYPE_DISCORDANT)

    @property
    def libelle(self) -> str:
        """Return the French words shown to people."""
        return NATURES[self]


NATURES: dict[str, str] = {
    Nature.MEME_MOUVEMENT: "même mouvement",
    Nature.TYPE_DISCORDANT: "même mouvement, deux types",
    Nature.REOUVERTURE: "réouverture",
    Nature.TRANSFERT: "transfert",
    Nature.REPRISE: "reprise",
    Nature.REGROUPEMENT: "regroupement",
    Nature.REDUCTION_PUIS_FERMETURE: "réduction, puis fermeture",
}

MESURES_BRUTES = tuple(movement.mesure for movement in TypeMouvement)
MESURES = (*MESURES_BRUTES, "solde_net", "solde_strict")

# What adds to the net balance and what takes from it, as types of movement and as measures.
TYPES_HAUSSE, TYPES_BAISSE = tuple(TypeMouvement)[:2], tuple(TypeMouvement)[2:]
MESURES_HAUSSE, MESURES_BAISSE = MESURES_BRUTES[:2], MESURES_BRUTES[2:]

DIMENSIONS = ("annee", "semestre", "region", "departement", "secteur", "sous_secteur")
# Headings of what tables show.
LIBELLES = {
    "annee": "Année",
    "semestre": "Semestre",
    "region": "Région",
    "departement": "Département",
    "secteur": "Secteur",
    "sous_secteur": "Sous-secteur",
    "ouvertures": "Ouvertures",
    "extensions": "Extensions",
    "fermetures": "Fermetures",
    "reductions": "Réductions",
    "solde_net": "Solde net",
    "solde_strict": "Solde strict",
    "rang": "Rang",
    "emplois_crees": "Emplois créés",
    "emplois_supprimes": "Emplois supprimés",
    "investissement_meur": "Investissement (M€)",
}


@dataclass(frozen=True, order=True)
class Releve:
    """A collection `AAAA-Sn`: it covers 2022-01-01 to the end of its semester, as known then."""

    annee: int  # year of the semester
    semestre: int  # 1 or 2

    @classmethod
    def lire(cls, code: str) -> Self:
        """Return the relève written `2024-S2`.

        Raises
        ------
        ValueError
            The text is not of the form `AAAA-S1` or `AAAA-S2`, or is before the first year counted.
        """
        year, separator, semester = code.partition("-S")
        well_formed = separator and len(year) == 4 and year.isascii() and year.isdigit() and semester in ("1", "2")
        if not well_formed or int(year) < PREMIERE_ANNEE:
            raise ValueError(code)
        return cls(int(year), int(semester))

    def __str__(self) -> str:
        return f"{self.annee}-S{self.semestre}"

    @property
    def dernier_jour(self) -> date:
        """Last day that the relève covers."""
        return date(self.annee, 6, 30) if self.semestre == 1 else date(self.annee, 12, 31)

    @property
    def semestres(self) -> list[str]:
        """Every semester covered, from `2022-S1` to the relève's own."""
        whole = [f"{year}-S{semester}" for year in self.annees for semester in (1, 2)]
        return whole[: whole.index(str(self)) + 1]

    @property
    def annees(self) -> list[str]:
        """Every year covered, as text; the last one is half covered in an S1 relève."""
        return [str(year) for year in range(PREMIERE_ANNEE, self.annee + 1)]


def maille_de(periode: str) -> str:
    """Return the dimension of the counts in which a period is found: `annee` for `2024`, `semestre` for `2024-S1`."""
    return "semestre" if "-S" in periode else "annee"


# First year of the barometer: the first edition (March 2024) covers 2022 and 2023.
PREMIERE_ANNEE = 2022


@dataclass(frozen=True)
class Colonne:
    """One column of the register."""

    nom: str  # name in the file
    libelle: str  # French heading shown to people
    genre: Genre = "texte"  # type of a filled cell
    obligatoire: bool = False  # whether an empty cell is a defect
    facultative: bool = False  # whether a file may lack it; it is written where it has a value
    longueur_max: int | None = None  # longest text accepted, in characters
    # closed list, code to French label; empty when the column is free or lists live in a nomenclature.
    valeurs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


TYPES_MOUVEMENT: dict[str, str] = {
    TypeMouvement.OUVERTURE: "Ouverture",
    TypeMouvement.EXTENSION: "Extension significative",
    TypeMouvement.FERMETURE: "Fermeture",
    TypeMouvement.REDUCTION: "Réduction significative",
}
STATUTS: dict[str, str] = {Statut.EFFECTIF: "Réalisé", Statut.ANNONCE: "Annoncé", Statut.ABANDONNE: "Abandonné"}
BOOLEENS = {"oui": "Oui", "non": "Non"}
SOURCES = {
    "prefecture": "Préfecture",
    "dreets": "DREETS",
    "dreal": "DREAL",
    "sous_prefet": "Sous-préfet",
    "chambre": "Chambre consulaire",
    "agence": "Agence de développement",
    "dge": "Direction générale des entreprises",
    "presse": "Presse",
    "autre": "Autre",
}

COLONNES = (
    Colonne("id_mouvement", "Identifiant du mouvement", obligatoire=True, longueur_max=40),
    Colonne("type_mouvement", "Type de mouvement", obligatoire=True, valeurs=TYPES_MOUVEMENT),
    Colonne("nom_site", "Nom du site", obligatoire=True, longueur_max=200),
    Colonne("entreprise", "Entreprise", longueur_max=200),
    Colonne("siret", "SIRET"),
    Colonne("code_commune", "Commune", obligatoire=True),
    Colonne("code_naf", "Code NAF de la production", obligatoire=True),
    Colonne("sous_secteur", "Secteur du baromètre", obligatoire=True),
    Colonne("statut", "Statut", obligatoire=True, valeurs=STATUTS),
    Colonne("date_annonce", "Date d'annonce", "date"),
    Colonne("date_effet", "Date d'effet", "date"),
    Colonne("effectif", "Effectif salarié", "entier"),
    Colonne("effectif_au", "Effectif observé le", "date", facultative=True),
    Colonne("effectif_dernier", "Dernier effectif observé", "entier", facultative=True),
    Colonne("variation_production", "Variation de la production (%)", "nombre"),
    Colonne("assimilable_site", "Assimilable à un site", "booleen", valeurs=BOOLEENS),
    Colonne("emplois", "Emplois créés ou supprimés", "entier"),
    Colonne("investissement_meur", "Investissement (M€)", "nombre"),
    Colonne("surface_m2", "Surface (m²)", "nombre"),
    Colonne("capacite", "Capacité", longueur_max=300),
    Colonne("activite", "Activité", longueur_max=300),
    Colonne("aides", "Aides", longueur_max=300),
    Colonne("source", "Source", obligatoire=True, valeurs=SOURCES),
    Colonne("citable", "Citable", "booleen", obligatoire=True, valeurs=BOOLEENS),
    Colonne("commentaire", "Commentaire", longueur_max=2000),
)
NOMS_COLONNES = tuple(colonne.nom for colonne in COLONNES)
COLONNES_ATTENDUES = tuple(colonne.nom for colonne in COLONNES if not colonne.facultative)

# Who founds a value or a line of the field: a text of the State, or a choice of the project.
Fondement = Literal["etat", "projet"]
FONDEMENTS = {"etat": "État", "projet": "Projet"}

# Columns of the register of decisions, as `barometre decider` writes them.
COLONNES_DECISIONS = ("id_mouvement", "motif", "compte", "type_mouvement", *DIMENSIONS[1:])
