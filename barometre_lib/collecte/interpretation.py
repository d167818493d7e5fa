"""From the cells of a received file to the rows of the register: what is read, what is changed, what is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from barometre_lib.collecte.communes import Communes
from barometre_lib.collecte.entetes import DEPARTEMENT, DefautRecu, Entete, normaliser
from barometre_lib.collecte.feuille import Cellule, Feuille
from barometre_lib.collecte.lectures import (
    Genre,
    Lecture,
    lire_booleen,
    lire_date,
    lire_identifiant,
    lire_liste,
    lire_nombre,
    lire_siret,
    lire_texte,
)
from barometre_lib.collecte.naf import Naf
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre import Exigence, exigences
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Colonne

FORMULE = "attendu une valeur, cette cellule contient une formule\u202f; copiez-la et collez sa valeur seule"
ERREUR = "attendu une valeur, cette cellule affiche une erreur du tableur\u202f; corrigez-la ou videz-la"
# As Excel writes them in English and in French, in a CSV too.
ERREURS_TABLEUR = (
    "#N/A",
    "#REF!",
    "#NAME?",
    "#NOM?",
    "#VALUE!",
    "#VALEUR!",
    "#DIV/0!",
    "#NULL!",
    "#NUL!",
    "#NUM!",
    "#NOMBRE!",
)


class References:
    """What the files of one region are judged with, each part made when first asked for."""

    def __init__(self, nomenclatures: Nomenclatures, region: str) -> None:
        self.nomenclatures = nomenclatures
        self.region = region
        self.communes = Communes(nomenclatures, region)
        self.naf = Naf(nomenclatures)

    @cached_property
    def exigences(self) -> list[Exigence]:
        """Every requirement of the register's contract."""
        return exigences(self.nomenclatures)

    def libelles(self, colonne: Colonne) -> Mapping[str, str]:
        """Return the closed list of a column, code to label; empty when it has none."""
        return self.nomenclatures.sous_secteurs if colonne.nom == "sous_secteur" else colonne.valeurs


# How a cell is read, by column, or else by type.
CODES: dict[str, Callable[[Cellule, References], Lecture]] = {
    "id_mouvement": lambda cell, _: lire_identifiant(cell),
    "siret": lambda cell, _: lire_siret(cell),
    "code_naf": lambda cell, references: references.naf.lire(cell),
}
GENRES = {"texte": lire_texte, "date": lire_date, "booleen": lire_booleen}


@dataclass(frozen=True)
class Changement:
    """One cell that the register holds otherwise than it was received."""

    ligne: int
    colonne: str
    trouve: str
    retenu: str
    raison: str
    genre: Genre


@dataclass(frozen=True)
class Ligne:
    """One row of the register, from its line of the received file."""

    numero: int
    textes: dict[str, str]
    trouves: dict[str, str] = field(default_factory=dict)


def interpreter(
    feuille: Feuille, entete: Entete, references: References
) -> tuple[list[Ligne], list[Changement], list[DefautRecu]]:
    """Read every line below the header; a line that holds nothing is skipped.

    Returns
    -------
    lignes : list of Ligne
        Each column of the register as text; a column absent from the header is empty.
    changements : list of Changement
        Cells that held another text, or a number where a text is kept.
    defauts : list of DefautRecu
        Cells that are refused before the contract of the register is asked.
    """
    rows, changes, defects = [], [], []
    for number, cells in feuille.lignes:
        found = {name: cells[rank] if rank < len(cells) else Cellule() for name, rank in entete.rangs.items()}
        if number <= entete.ligne or all(cell.vide for name, cell in found.items() if name != DEPARTEMENT):
            continue
        readings = _lire_ligne(found, references)
        for name, reading in readings.items():
            text, heading = found[name].texte, entete.libelle(name)
            if reading.defaut:
                defects.append(DefautRecu(feuille.fichier, number, heading, text, reading.defaut, entete.rangs[name]))
            elif reading.raison and reading.texte != found[name].valeur:
                changes.append(Changement(number, heading, text, reading.texte, reading.raison, reading.genre))
        texts = {name: readings[name].texte if name in readings else "" for name in NOMS_COLONNES}
        rows.append(Ligne(number, texts, {name: cell.texte for name, cell in found.items()}))
    return rows, changes, defects


def _lire_ligne(found: Mapping[str, Cellule], references: References) -> dict[str, Lecture]:
    """Return the reading of each cell of a line, the département last: it is judged by the commune."""
    department = ""
    if DEPARTEMENT in found and not _marque(found[DEPARTEMENT]):
        department = references.communes.departements.get(normaliser(found[DEPARTEMENT].texte), "")
    readings = {}
    for column in COLONNES:
        if column.nom in found:
            cell = found[column.nom]
            readings[column.nom] = _marque(cell) or _lire(column, cell, references, department)
    if DEPARTEMENT in found:
        readings[DEPARTEMENT] = _juger_departement(found[DEPARTEMENT], department, readings, references)
    return readings


def _marque(cell: Cellule) -> Lecture | None:
    """Return the refusal of a cell that holds no value of its own."""
    if cell.marque == "formule":
        return Lecture(cell.texte, defaut=FORMULE)
    if cell.marque == "erreur" or cell.texte.strip().upper() in ERREURS_TABLEUR:
        return Lecture(cell.texte, defaut=ERREUR)
    return None


def _lire(column: Colonne, cell: Cellule, references: References, department: str) -> Lecture:
    if cell.vide:
        return Lecture("")
    if column.nom == "code_commune":
        return references.communes.lire(cell, department)
    if column.nom in CODES:
        return CODES[column.nom](cell, references)
    if column.genre in ("entier", "nombre"):
        return lire_nombre(cell, entier=column.genre == "entier", pourcentage=column.nom == "variation_production")
    if column.genre == "texte" and (labels := references.libelles(column)):
        return lire_liste(cell, labels)
    return GENRES[column.genre](cell)


def _juger_departement(
    cell: Cellule, department: str, readings: Mapping[str, Lecture], references: References
) -> Lecture:
    """Refuse a département that is not that of the commune; it is never stored."""
    if refused := _marque(cell):
        return refused
    if cell.vide:
        return Lecture("")
    if not department:
        names = [references.communes.libelle_departement(code) for code in references.communes.par_departement]
        return Lecture("", defaut=f"attendu un département de la région\u00a0: {', '.join(names)}, ou rien")
    commune = readings.get("code_commune", Lecture(""))
    real = references.communes.departement(commune.texte)
    if real and not commune.defaut and real != department:
        place = f"{references.communes.libelle(commune.texte)}\u00a0: {references.communes.libelle_departement(real)}"
        return Lecture("", defaut=f"attendu le département de la commune {place}, ou rien")
    return Lecture("")
