"""The collection workbook of a region: the movements of the previous relève already there, ready to be updated."""

from datetime import date
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.collecte.classeur import (
    ecrire_listes,
    ecrire_notice,
    en_octets,
    format_de,
    habiller,
    nouveau_classeur,
    remplir,
    titre_de,
)
from barometre_lib.collecte.depot import remplacer
from barometre_lib.collecte.destination import Destination, verifier_destination
from barometre_lib.collecte.entetes import DEPARTEMENT
from barometre_lib.collecte.feuille import Valeur, est_dans_le_tableur, montrer_jour
from barometre_lib.collecte.interpretation import References
from barometre_lib.collecte.listes import faire_listes
from barometre_lib.collecte.notice import lire_notice
from barometre_lib.erreurs import ErreurBarometre, RegistreRefuse, montrer
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.registre import lire_textes
from barometre_lib.registre.corrections import FICHIER as CORRECTIONS
from barometre_lib.typographie import accorder, jour
from barometre_lib.vocabulaire import COLONNES, NOMS_COLONNES, Colonne, Releve

# The département, which narrows the list of communes, comes just before it.
ORDRE = tuple(
    name for column in NOMS_COLONNES for name in ((DEPARTEMENT, column) if column == "code_commune" else (column,))
)


def faire_modele(
    sortie: Path,
    destination: Destination,
    *,
    forcer: bool = False,
    nomenclatures: Nomenclatures | None = None,
) -> str:
    """Write the collection workbook of a region.

    Parameters
    ----------
    sortie : Path
        File to write, whose name ends in `.xlsx`.
    destination : Destination
        Relève to collect, which need not exist yet, region, and folder where the nearest earlier relève is looked for.
    forcer : bool
        Whether another file of that name may be replaced.
    nomenclatures : Nomenclatures, optional
        Reference tables.

    Returns
    -------
    str
        Sentence that says what was written.

    Raises
    ------
    ErreurBarometre
        No such region or folder, another file is there, or the previous relève cannot be read.
    """
    references = References(nomenclatures or Nomenclatures.du_projet(), destination.region)
    verifier_destination(destination, references.nomenclatures)
    if sortie.suffix.lower() != ".xlsx":
        found = montrer(sortie.name, vide="un nom vide")
        raise ErreurBarometre(f"Classeur à écrire\u00a0: trouvé {found}\u202f; attendu un nom en .xlsx.")
    previous = destination.precedente
    rows = _reprendre(previous, destination, references.nomenclatures) if previous else []
    data = composer(rows, releve=destination.releve, precedente=previous, references=references)
    if sortie.exists():
        if sortie.is_file() and sortie.read_bytes() == data:
            return f"{afficher(sortie)}\u00a0: classeur inchangé."
        if not forcer:
            raise ErreurBarometre(
                f"{afficher(sortie)}\u00a0: un autre fichier porte déjà ce nom, peut-être rempli\u202f; donnez-en un "
                "autre, ou --forcer pour le remplacer."
            )
    remplacer(sortie, data)
    origin = f"repris de la relève {previous}" if previous else "aucune relève précédente dans le registre"
    return f"{afficher(sortie)}\u00a0: {accorder(len(rows), 'mouvement', 'mouvements')}, {origin}."


def _reprendre(precedente: Releve, destination: Destination, nomenclatures: Nomenclatures) -> list[dict[str, str]]:
    """Return the rows that the region has in the previous relève, its known errors corrected.

    Raises
    ------
    ErreurBarometre
        Its file is not there.
    RegistreRefuse
        Its file, or the corrections, cannot be read as they are.
    """
    path = destination.dans(precedente)
    if not path.is_file():
        raise ErreurBarometre(
            f"{afficher(path)}\u00a0: fichier de la région introuvable\u202f; restaurez-le, le classeur en reprend les "
            "mouvements."
        )
    texts, defects = lire_textes(precedente, destination.registre, nomenclatures)
    # The files of other regions may still be missing.
    if {one.fichier for one in defects} & {afficher(path), afficher(path.with_name(CORRECTIONS))}:
        raise RegistreRefuse(defects)
    kept = texts.loc[texts["region_fichier"] == destination.region, list(NOMS_COLONNES)]
    return [dict(zip(NOMS_COLONNES, cells, strict=True)) for cells in kept.itertuples(index=False)]


def composer(
    lignes: list[dict[str, str]], *, releve: Releve, precedente: Releve | None, references: References
) -> bytes:
    """Return the bytes of the workbook: movements, notice, lists."""
    notice, lists = lire_notice(), faire_listes(references, releve)
    book, sheet = nouveau_classeur()
    for rank, name in enumerate(ORDRE, start=1):
        remplir(sheet.cell(1, rank), titre_de(name), "@")
    for number, row in enumerate(lignes, start=2):
        for rank, name in enumerate(ORDRE, start=1):
            remplir(sheet.cell(number, rank), _valeur(name, row, references), format_de(name))
    habiller(sheet, ORDRE, 1, lists, notice)
    ecrire_notice(book, _en_tete(releve, precedente, references), notice, ORDRE)
    ecrire_listes(book, lists)
    return en_octets(book, releve.dernier_jour)


def _en_tete(releve: Releve, previous: Releve | None, references: References) -> list[str]:
    region = references.nomenclatures.regions[references.region].nom
    filled = f"relève {previous}" if previous else "aucune, le classeur est vide"
    return [
        f"Baromètre industriel de l'État\u00a0: relève {releve}, {region} ({references.region})",
        f"Période couverte\u00a0: du 1er\u00a0janvier\u00a02022 au {jour(releve.dernier_jour)}. "
        f"Mouvements repris\u00a0: {filled}.",
        "Ce classeur contient des données non publiques\u00a0: ne le diffusez pas.",
    ]


def _valeur(name: str, row: dict[str, str], references: References) -> Valeur:
    """Return what the workbook shows for a cell of the register; the text itself when it is not as expected."""
    if name == DEPARTEMENT:
        department = references.communes.departement(row["code_commune"])
        return references.communes.libelle_departement(department) if department else None
    text = row[name]
    if not text:
        return None
    match name:
        case "code_commune":
            return references.communes.libelle(text)
        case "code_naf":
            return references.naf.libelle(text)
    return _typee(next(column for column in COLONNES if column.nom == name), text, references)


def _typee(column: Colonne, text: str, references: References) -> Valeur:
    try:
        match column.genre:
            case "date":
                day = date.fromisoformat(text)
                return day if est_dans_le_tableur(day) else montrer_jour(day)
            case "entier":
                return int(text)
            case "nombre":
                number = float(text)
                return int(number) if number.is_integer() else number
    except ValueError:
        return text
    return references.libelles(column).get(text, text)
