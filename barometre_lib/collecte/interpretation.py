"""From the cells of a received file to the rows of the register: what is read, what is changed, what is refused.

The rows are then judged by the contract of the register, each defect at its cell and in the words of a service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from barometre_lib.collecte.cellules import (
    Nature,
    Transcription,
    lire_booleen,
    lire_date,
    lire_identifiant,
    lire_liste,
    lire_nombre,
    lire_siret,
    lire_texte,
)
from barometre_lib.collecte.codes import Communes, Naf
from barometre_lib.collecte.encodages import retablir
from barometre_lib.collecte.grille import DEPARTEMENT, Cellule, DefautRecu, Entete, Grille
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.registre.conformite import Exigence, exigences
from barometre_lib.registre.lecture import mettre_en_table
from barometre_lib.typographie import enumerer, nombre, simplifier
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Colonne, Releve

FORMULE = "attendu une valeur, cette cellule contient une formule ; copiez-la et collez sa valeur seule"
ERREUR = "attendu une valeur, cette cellule affiche une erreur du tableur ; corrigez-la ou videz-la"
RETABLI = "accents rétablis, ce texte en UTF-8 avait été lu dans un autre encodage"
# As Excel writes them in English and in French, in a CSV too.
ERREURS_TABLEUR = "#N/A #REF! #NAME? #NOM? #VALUE! #VALEUR! #DIV/0! #NULL! #NUL! #NUM! #NOMBRE!".split()  # noqa: SIM905
# Where the contract speaks of the register's writing, a received file has its own.
FORMATS_ATTENDUS = {
    "date": "une date du calendrier, comme 31/12/2024",
    "nombre": (
        f"un nombre sans unité, comme {nombre(1234.5, decimales=1)}, avec 9 chiffres au plus devant la virgule et 6 "
        "derrière"
    ),
    "entier": "un nombre entier, positif ou nul, sans unité",
}
COMMUNE_ATTENDUE = (
    "une commune de la région : son code Insee (et non postal), « {} », ou son nom s'il est seul de ce nom "
    "dans la région"
)
NAF_ATTENDUE = "un code de la NAF rév. 2 ou 2025, comme 27.20Z"


class References:
    """What the files of one region are judged with, each part made when first asked for; the relève dates the field."""

    def __init__(self, nomenclatures: Nomenclatures, region: str, releve: Releve | None = None) -> None:
        self.nomenclatures = nomenclatures
        self.region = region
        self.communes = Communes(nomenclatures, region)
        rules = lire_parametres_regles(releve, nomenclatures=nomenclatures) if releve else None
        self.naf = Naf(nomenclatures, rules.naf_2025_decides if rules else ())

    @cached_property
    def chef_lieu(self) -> str:
        """Code of the commune where the prefecture of the region is."""
        return str(self.nomenclatures.table("regions").set_index("code")["chef_lieu"][self.region])

    @cached_property
    def exigences(self) -> list[Exigence]:
        """Every requirement of the register's contract."""
        return exigences(self.nomenclatures)

    def libelles(self, colonne: Colonne) -> Mapping[str, str]:
        """Return the closed list of a column, code to label; empty when it has none."""
        return self.nomenclatures.sous_secteurs if colonne.nom == "sous_secteur" else colonne.valeurs

    @cached_property
    def attendus(self) -> dict[str, str]:
        """What a service understands, by name of requirement; the others are told in the contract's own words."""
        seat = self.communes.libelle(self.chef_lieu)
        said = {"code_commune.liste": COMMUNE_ATTENDUE.format(seat), "code_naf.liste": NAF_ATTENDUE}
        for column in COLONNES:
            if labels := self.libelles(column):
                said[f"{column.nom}.liste"] = enumerer(labels.values(), "ou")
            if column.genre in FORMATS_ATTENDUS:
                said[f"{column.nom}.format"] = FORMATS_ATTENDUS[column.genre]
        return said


# How a cell is read, by column, or else by type.
LECTEURS = {"id_mouvement": lire_identifiant, "siret": lire_siret, "date": lire_date, "booleen": lire_booleen}


@dataclass(frozen=True)
class Changement:
    """One cell that the register holds otherwise than it was received."""

    ligne: int
    colonne: str
    trouve: str
    retenu: str
    raison: str
    nature: Nature


@dataclass(frozen=True)
class Ligne:
    """One row of the register, from its line of the received file."""

    numero: int
    textes: dict[str, str]  # each column of the register; one absent from the header is empty
    trouves: dict[str, str] = field(default_factory=dict)

    @property
    def cellules(self) -> list[str]:
        """Its texts in the order of the register's columns."""
        return [self.textes[name] for name in NOMS_COLONNES]


def sauf_identifiant(textes: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a row says, besides its identifier."""
    return tuple(textes[name] for name in NOMS_COLONNES if name != "id_mouvement")


def interpreter(
    grille: Grille, entete: Entete, references: References
) -> tuple[list[Ligne], list[Changement], list[DefautRecu]]:
    """Read every line below the header that holds something.

    Return the rows as the register would hold them, the cells that held another text, or a number where a text is
    kept, and those that are refused before the contract of the register is asked.
    """
    rows, changes, defects = [], [], []
    for number, cells in grille.lignes:
        found = {name: cells[rank] if rank < len(cells) else Cellule() for name, rank in entete.rangs.items()}
        if number <= entete.ligne or all(cell.vide for name, cell in found.items() if name != DEPARTEMENT):
            continue
        sound = {name: _retablir(cell) for name, cell in found.items()}
        read = _lire_ligne(sound, references)
        for name, one in read.items():
            text, heading = found[name].texte, entete.libelle(name)
            if one.defaut:
                defects.append(DefautRecu(grille.fichier, number, heading, text, one.defaut, entete.rangs[name]))
            elif sound[name] is not found[name] and name != DEPARTEMENT:
                changes.append(Changement(number, heading, text, one.texte, RETABLI, "encodage"))
            elif one.raison and one.texte != found[name].valeur:
                changes.append(Changement(number, heading, text, one.texte, one.raison, one.nature))
        texts = {name: read[name].texte if name in read else "" for name in NOMS_COLONNES}
        rows.append(Ligne(number, texts, {name: cell.texte for name, cell in found.items()}))
    return rows, changes, defects


def juger_lignes(
    grille: Grille, entete: Entete, lignes: Sequence[Ligne], references: References, ailleurs: Mapping[str, str]
) -> list[DefautRecu]:
    """Return the cells that do not meet the requirements of the register; columns without heading are not judged.

    `ailleurs` has the identifiers of the other regions, each with who has it; see `voisinage.identifiants_ailleurs`.
    """
    defects = []

    def refuse(line: Ligne, column: str, found: str, what: str) -> None:
        heading, rank = entete.libelle(column), entete.rangs[column]
        defects.append(DefautRecu(grille.fichier, line.numero, heading, found, f"attendu {what}", rank))

    by_number = {line.numero: line for line in lignes}
    table = tabuler(lignes, grille.fichier, references.region)
    for requirement in references.exigences if lignes else []:
        column = requirement.colonne
        if column in entete.rangs:
            what = references.attendus.get(requirement.nom, requirement.attendu)
            for number in table["ligne"][requirement.fautif(table)]:
                line = by_number[int(number)]
                refuse(line, column, line.trouves[column], what)
    for line in lignes if "id_mouvement" in entete.rangs else []:
        name = line.textes["id_mouvement"]
        if name in ailleurs:
            what = f"un identifiant unique dans la relève ; {ailleurs[name]} l'emploie déjà"
            refuse(line, "id_mouvement", name, what)
    return defects


def trouver_autre_region(lignes: Sequence[Ligne], references: References) -> str:
    """Return the code of the other region that all the communes of a file are of, nothing when there is none."""
    names = references.nomenclatures
    departments = [names.departement_de_commune.get(line.textes["code_commune"], "") for line in lignes]
    found = [names.departements[one].region for one in departments if one]
    # One or two rows are mended in their cells.
    return found[0] if len(found) > 2 and {*found} == {found[0]} != {references.region} else ""


def tabuler(lignes: Sequence[Ligne], fichier: str, region: str) -> pd.DataFrame:
    """Return rows as the table of texts that the register is judged and typed in."""
    return mettre_en_table([[fichier, region, one.numero, *one.cellules] for one in lignes])


def _lire_ligne(found: Mapping[str, Cellule], references: References) -> dict[str, Transcription]:
    """Return what each cell of a line becomes, the département last: it is judged by the commune."""
    department = ""
    if DEPARTEMENT in found and not _refuser(found[DEPARTEMENT]):
        department = references.communes.departements.get(simplifier(found[DEPARTEMENT].texte), "")
    read = {}
    for column in COLONNES:
        if column.nom in found:
            cell = found[column.nom]
            read[column.nom] = _refuser(cell) or _lire(column, cell, references, department)
    if DEPARTEMENT in found:
        read[DEPARTEMENT] = _juger_departement(found[DEPARTEMENT], department, read, references.communes)
    return read


def _retablir(cell: Cellule) -> Cellule:
    """Return a cell whose text is as it was written; see `retablir`."""
    text = retablir(cell.valeur) if isinstance(cell.valeur, str) else cell.valeur
    return cell if text == cell.valeur else replace(cell, valeur=text)


def _refuser(cell: Cellule) -> Transcription | None:
    """Return the refusal of a cell that holds no value of its own."""
    if cell.marque == "formule":
        return Transcription(cell.texte, defaut=FORMULE)
    if cell.marque == "erreur" or cell.texte.strip().upper() in ERREURS_TABLEUR:
        return Transcription(cell.texte, defaut=ERREUR)
    return None


def _lire(column: Colonne, cell: Cellule, references: References, department: str) -> Transcription:
    if cell.vide:
        return Transcription("")
    if column.nom == "code_commune":
        return references.communes.lire(cell, department)
    if column.nom == "code_naf":
        return references.naf.lire(cell)
    if column.genre in ("entier", "nombre"):
        return lire_nombre(cell, entier=column.genre == "entier", pourcentage=column.nom == "variation_production")
    if column.genre == "texte" and (labels := references.libelles(column)):
        return lire_liste(cell, labels)
    return (LECTEURS.get(column.nom) or LECTEURS.get(column.genre, lire_texte))(cell)


def _juger_departement(
    cell: Cellule, department: str, read: Mapping[str, Transcription], communes: Communes
) -> Transcription:
    """Refuse a département that is not that of the commune; it is never stored."""
    if refused := _refuser(cell):
        return refused
    if cell.vide:
        return Transcription("")
    if not department:
        names = [communes.libelle_departement(code) for code in communes.par_departement]
        return Transcription("", defaut=f"attendu un département de la région : {', '.join(names)}, ou rien")
    commune = read.get("code_commune", Transcription(""))
    real = communes.departement(commune.texte)
    if real and not commune.defaut and real != department:
        place = f"{communes.libelle(commune.texte)} : {communes.libelle_departement(real)}"
        return Transcription("", defaut=f"attendu le département de la commune {place}, ou rien")
    return Transcription("")
