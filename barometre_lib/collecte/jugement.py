"""The rows of a received file judged by the contract of the register, each defect at its cell and in its words."""

from collections.abc import Mapping, Sequence

from barometre_lib.collecte.entetes import DefautRecu, Entete
from barometre_lib.collecte.feuille import Feuille
from barometre_lib.collecte.interpretation import Ligne, References
from barometre_lib.registre import mettre_en_table
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES

# Where the contract speaks of the register's writing, a received file has its own.
ATTENDUS = {
    "date": "une date du calendrier, comme 31/12/2024",
    "nombre": "un nombre sans unité, comme 1\u202f234,5, avec 9 chiffres au plus devant la virgule et 6 derrière",
    "entier": "un nombre entier, positif ou nul, sans unité",
}
COMMUNE = (
    "une commune de la région\u00a0: son code Insee (et non postal), «\u00a0Lyon (69123)\u00a0», ou son nom s'il est "
    "seul de ce nom dans la région"
)
NAF = "un code de la NAF rév. 2, comme 27.20Z"


def juger(feuille: Feuille, entete: Entete, lignes: Sequence[Ligne], references: References) -> list[DefautRecu]:
    """Return the cells that do not meet the requirements of the register.

    Parameters
    ----------
    feuille : Feuille
        Received file, for its name.
    entete : Entete
        Header; the columns that it lacks are not judged.
    lignes : sequence of Ligne
        Rows as the register would hold them.
    references : References
        Requirements and lists.
    """
    by_number = {line.numero: line for line in lignes}
    table = mettre_en_table(
        [
            [feuille.fichier, references.region, line.numero, *(line.textes[name] for name in NOMS_COLONNES)]
            for line in lignes
        ]
    )
    expected = _attendus(references)
    defects = []
    for requirement in references.exigences if lignes else []:
        column = requirement.colonne
        if column not in entete.rangs:
            continue
        for number in table["ligne"][requirement.fautif(table)]:
            found = by_number[number].trouves[column]
            what = f"attendu {expected.get(requirement.nom, requirement.attendu)}"
            heading = entete.libelle(column)
            defects.append(DefautRecu(feuille.fichier, int(number), heading, found, what, entete.rangs[column]))
    return defects


def juger_identifiants(
    feuille: Feuille, entete: Entete, lignes: Sequence[Ligne], ailleurs: Mapping[str, str]
) -> list[DefautRecu]:
    """Return the rows whose identifier is already that of another region in the same relève."""
    if "id_mouvement" not in entete.rangs:
        return []
    rank, heading = entete.rangs["id_mouvement"], entete.libelle("id_mouvement")
    defects = []
    for line in lignes:
        name = line.textes["id_mouvement"]
        if name in ailleurs:
            what = f"attendu un identifiant unique dans la relève\u202f; la région {ailleurs[name]} l'emploie déjà"
            defects.append(DefautRecu(feuille.fichier, line.numero, heading, name, what, rank))
    return defects


def _attendus(references: References) -> dict[str, str]:
    """Return what a service understands, by name of requirement; the contract's own words for the others."""
    said = {"code_commune.liste": COMMUNE, "code_naf.liste": NAF}
    for column in COLONNES:
        labels = list(references.libelles(column).values())
        if labels:
            said[f"{column.nom}.liste"] = f"{', '.join(labels[:-1])} ou {labels[-1]}"
        if column.genre in ATTENDUS:
            said[f"{column.nom}.format"] = ATTENDUS[column.genre]
    return said
