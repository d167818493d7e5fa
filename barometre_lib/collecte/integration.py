"""A received file, from its reading to the register: stored whole, or refused with a copy that shows each defect."""

from dataclasses import dataclass
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.collecte.avertissements import relire
from barometre_lib.collecte.depot import deposer
from barometre_lib.collecte.destination import Destination, dans_une_releve, verifier_destination
from barometre_lib.collecte.entetes import (
    LIGNES_EXPLOREES,
    DefautRecu,
    Entete,
    cellules_egarees,
    juger_entete,
    lignes_au_dessus,
    trouver_entete,
)
from barometre_lib.collecte.feuille import Feuille, FichierIllisible
from barometre_lib.collecte.interpretation import Changement, Ligne, References, interpreter
from barometre_lib.collecte.jugement import juger, juger_identifiants
from barometre_lib.collecte.lecture import lire_recu
from barometre_lib.collecte.messages import FichierRefuse, dire_disparus, dire_illisibles, resumer
from barometre_lib.collecte.registre_voisin import disparus, identifiants_ailleurs, proposer_identifiants
from barometre_lib.collecte.retour import ecrire_retour
from barometre_lib.ecriture import EcritureImpossible
from barometre_lib.erreurs import Defaut, ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.typographie import accorder


@dataclass(frozen=True)
class Examen:
    """A received file once read and judged.

    Attributes
    ----------
    feuille : Feuille
        What was received.
    entete : Entete
        Its header.
    lignes : list of Ligne
        Rows as the register would hold them.
    changements : list of Changement
        What they have that the file had not.
    defauts : list of DefautRecu
        What keeps them out of the register.
    illisibles : list of Defaut
        What keeps the other regions' identifiers from being known.
    """

    feuille: Feuille
    entete: Entete
    lignes: list[Ligne]
    changements: list[Changement]
    defauts: list[DefautRecu]
    illisibles: list[Defaut]


@dataclass(frozen=True)
class Integration:
    """A region's file once stored.

    Attributes
    ----------
    changements : list of Changement
        Every cell stored otherwise than received.
    phrases : list of str
        What to tell the user.
    """

    changements: list[Changement]
    phrases: list[str]


def integrer(
    fichier: Path,
    destination: Destination,
    *,
    retour: Path | None = None,
    nomenclatures: Nomenclatures | None = None,
) -> Integration:
    """Read a workbook or a CSV and store it as a region's file of a relève.

    Parameters
    ----------
    fichier : Path
        Received file.
    destination : Destination
        Relève, region and folder of the relèves.
    retour : Path, optional
        Folder of the copy that a refusal leaves; the received file's own by default.
    nomenclatures : Nomenclatures, optional
        Reference tables.

    Raises
    ------
    FichierIllisible
        The file cannot be read at all.
    FichierRefuse
        Cells are refused; `<name>.refus.xlsx` and `<name>.refus.csv` show them.
    ErreurBarometre
        The region, the register or `retour` is not what it should be, or the file cannot be stored.
    """
    references = References(nomenclatures or Nomenclatures.du_projet(), destination.region)
    verifier_destination(destination, references.nomenclatures)
    if retour is not None and dans_une_releve(retour, destination.registre):
        raise ErreurBarometre(
            f"--retour\u00a0: {afficher(retour)} est le dossier d'une relève, les copies n'y vont pas\u202f; "
            "donnez-en un autre."
        )
    exam = examiner(fichier, destination, references)
    if exam.defauts:
        raise _refuser(exam, fichier, retour or fichier.parent, destination, references)
    warnings = dire_illisibles(exam.illisibles) + dire_disparus(disparus(exam.lignes, destination))
    warnings += relire(exam.lignes, exam.feuille.fichier, destination, references.nomenclatures)
    changed = deposer(exam.lignes, destination)
    place = afficher(destination.fichier)
    state = "déposée" if len(exam.lignes) < 2 else "déposées"
    done = f"{place}\u00a0: {accorder(len(exam.lignes), 'ligne', 'lignes')} {state if changed else ''}".rstrip()
    done += "." if changed else ", fichier inchangé."
    return Integration(exam.changements, [*resumer(exam.changements), *warnings, done])


def examiner(fichier: Path, destination: Destination, references: References) -> Examen:
    """Read and judge a file, without storing anything.

    Raises
    ------
    FichierIllisible
        The file cannot be read, or no header is found in it.
    """
    sheet = lire_recu(fichier)
    header = trouver_entete(sheet)
    if header is None:
        raise FichierIllisible(
            sheet.fichier,
            f"aucun en-tête du registre dans les {LIGNES_EXPLOREES} premières lignes\u202f; gardez les titres de "
            "colonnes du modèle, et séparez les cellules d'un CSV par «\u00a0;\u00a0»",
        )
    rows, changes, refused = interpreter(sheet, header, references)
    elsewhere, unreadable = identifiants_ailleurs(destination)
    if "id_mouvement" in header.rangs:
        rows, given = proposer_identifiants(rows, header, destination, elsewhere)
        changes = sorted(changes + given, key=lambda change: change.ligne)
    known = {(defect.ligne, defect.rang) for defect in refused}
    judged = juger(sheet, header, rows, references) + juger_identifiants(sheet, header, rows, elsewhere)
    refused += [defect for defect in judged if (defect.ligne, defect.rang) not in known]
    refused += juger_entete(sheet, header) + lignes_au_dessus(sheet, header) + cellules_egarees(sheet, header)
    refused.sort(key=lambda defect: (defect.ligne, defect.rang, defect.attendu))
    return Examen(sheet, header, rows, changes, refused, unreadable)


def _refuser(
    exam: Examen, fichier: Path, dossier: Path, destination: Destination, references: References
) -> FichierRefuse:
    """Write the copy that shows the defects, and return the refusal that tells them."""
    if dans_une_releve(dossier, destination.registre):
        why = f"{afficher(dossier)} est le dossier d'une relève, la copie n'y a pas été écrite\u202f; donnez --retour."
        return FichierRefuse(exam.defauts, [], why)
    try:
        copies = ecrire_retour(exam, fichier.name, dossier, destination.releve, references)
    except EcritureImpossible as error:
        why = f"la copie n'a pu être écrite dans {afficher(dossier)} ({error.raison}), donnez --retour."
        return FichierRefuse(exam.defauts, [], why)
    return FichierRefuse(exam.defauts, copies)
