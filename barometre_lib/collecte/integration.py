"""A received file, from its reading to the register: stored whole, or refused with a copy that shows each defect.

What is told of a refusal is here too; of a file that is stored, in `compte_rendu`.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from barometre_lib.chemins import afficher
from barometre_lib.collecte.archive import (
    Issue,
    Reception,
    archiver,
    joindre,
    lire_receptions,
    maintenant,
    nom_recu,
    noter,
)
from barometre_lib.collecte.compte_rendu import (
    dire_disparus,
    dire_illisibles,
    dire_redites,
    lister_changements,
    resumer,
)
from barometre_lib.collecte.copies import ecrire_copies
from barometre_lib.collecte.destination import (
    Destination,
    composer,
    dans_une_releve,
    deposer,
    verifier_destination,
)
from barometre_lib.collecte.fichier_recu import lire_octets_recus, lire_recu
from barometre_lib.collecte.gardes import juger_colonnes, juger_effectifs
from barometre_lib.collecte.grille import (
    SANS_ENTETE,
    DefautRecu,
    Entete,
    FichierIllisible,
    Grille,
    juger_disposition,
    trouver_entete,
)
from barometre_lib.collecte.interpretation import (
    Changement,
    Ligne,
    References,
    interpreter,
    juger_lignes,
    trouver_autre_region,
)
from barometre_lib.collecte.retour import ecrire_retour, faire_renvoi
from barometre_lib.collecte.voisinage import (
    anterieures,
    avertir,
    chercher_disparus,
    deja_connues,
    identifiants_ailleurs,
    proposer_identifiants,
)
from barometre_lib.ecriture import EcritureImpossible, en_csv
from barometre_lib.erreurs import Defaut, ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import ETATS, chemin_edition, lire_edition
from barometre_lib.typographie import accorder, nombre
from barometre_lib.vocabulaire import Releve

DEFAUTS_DITS = 50
# Whether --retour was given or not.
AILLEURS = "donnez un autre dossier par --retour"


@dataclass(frozen=True)
class Examen:
    """A received file once read and judged."""

    grille: Grille  # what was received
    entete: Entete
    lignes: list[Ligne]  # rows as the register would hold them
    changements: list[Changement]  # what they have that the file had not
    defauts: list[DefautRecu]  # what keeps them out of the register
    illisibles: list[Defaut]  # what keeps identifiers and headcounts that the register holds from being known
    connues: dict[str, dict[str, str]]  # rows that the register holds of the region, by identifier


@dataclass(frozen=True)
class Integration:
    """A region's file once stored."""

    changements: list[Changement]  # every cell stored otherwise than received
    phrases: list[str]  # what to tell the user


class DepotRefuse(ErreurBarometre):
    """A file without defect that is not stored: somebody must first confirm it, or give a reason."""


class FichierRefuse(ErreurBarometre):
    """A received file that departs from the contract; every defect is kept, the first ones are told."""

    def __init__(
        self, defauts: list[DefautRecu], copies: list[Path], ennui: str = "", remarques: Sequence[str] = ()
    ) -> None:
        self.defauts = defauts
        self.copies = copies
        said = [str(defect) for defect in defauts[:DEFAUTS_DITS]]
        if (left := len(defauts) - DEFAUTS_DITS) > 0:
            said.append(f"… et {nombre(left)} autres" + (f", voir {afficher(copies[-1])}." if copies else "."))
        said += remarques
        where = ennui or "à corriger dans " + " ou d'après ".join(map(afficher, copies)) + "."
        said.append(f"{accorder(len(defauts), 'défaut', 'défauts')}, rien n'a été déposé ; {where}")
        super().__init__("\n".join(said))


def integrer(  # noqa: PLR0913  one per word of the command
    fichier: Path,
    destination: Destination,
    *,
    retour: Path | None = None,
    rectificatif: str = "",
    sans_mouvement: bool = False,
    nomenclatures: Nomenclatures | None = None,
) -> Integration:
    """Read a workbook or a CSV and store it as a region's file of a relève; it is archived first, whatever it is.

    What goes back to the service is left in `retour`, by default the received file's own folder: the copies that show
    the defects of a refused file, or the workbook of what is stored, `<name>.retour.xlsx`. `sans_mouvement` confirms
    that a file without a row withdraws all that the region had.

    Raises
    ------
    FichierIllisible
        The file cannot be read at all.
    FichierRefuse
        Cells are refused; `<name>.refus.xlsx` and `<name>.refus.csv` show them.
    ErreurBarometre
        The region, the register or `retour` is not what it should be, the file cannot be archived or stored, or it
        would change an edition that is no longer at work, for which `rectificatif` gives no reason, or withdraw every
        movement of the region.
    """
    references = References(nomenclatures or Nomenclatures.du_projet(), destination.region, destination.releve)
    verifier_destination(destination, references.nomenclatures)
    if retour is not None and dans_une_releve(retour, destination.registre):
        what = "est le dossier d'une relève, les copies n'y vont pas ; donnez-en un autre"
        raise ErreurBarometre(f"--retour : {afficher(retour)} {what}.")
    # A journal that does not read would refuse what is already stored.
    lire_receptions(destination.releve, destination.registre)
    before, data = destination.lire(), lire_octets_recus(fichier)
    kept_as = archiver(data, destination, fichier.suffix.lower())
    name = nom_recu(fichier)
    reception = Reception(maintenant(), destination.region, name, "refusee", 0, 0, rectificatif, kept_as, "")
    try:
        exam = examiner_recu(fichier, destination, references, data)
        if exam.defauts:
            raise _refuser(exam, fichier, retour or fichier.parent, destination, references)
        gone = chercher_disparus(exam.lignes, exam.connues)
        if gone and not exam.lignes and not sans_mouvement:
            raise DepotRefuse(
                f"{exam.grille.fichier} : aucune ligne, alors que la région {destination.region} avait "
                f"{accorder(len(gone), 'mouvement', 'mouvements')} ; rien n'a été déposé. Demandez son fichier au "
                "service ou, si tous sont à retirer, confirmez-le par --sans-mouvement."
            )
        replaced = before if composer(exam.lignes) != before else None
        if replaced is not None:
            exiger_motif(destination, rectificatif)
            reception = replace(reception, remplace=archiver(replaced, destination, ".csv"))
    except (FichierIllisible, FichierRefuse, DepotRefuse):
        with suppress(ErreurBarometre):
            noter(reception, destination)
        raise
    told = avertir(exam.lignes, exam.grille.fichier, destination, references.nomenclatures)
    remarks = [*exam.grille.remarques, *dire_disparus(gone), *dire_redites(exam.lignes)]
    warnings = [*dire_illisibles(exam.illisibles), *remarks, *told.phrases, *told.nouvelles]
    warnings += _dire_fermee(destination.releve)
    # Made first: what would fail fails before anything is stored.
    back = faire_renvoi(exam.lignes, told.signalements, remarks, destination, references)
    changed = deposer(exam.lignes, destination, before)
    outcome: Issue = "deposee" if changed else "inchangee"
    reception = replace(reception, issue=outcome, lignes=len(exam.lignes), avertissements=told.avertissements)
    noted = _noter(reception, exam.changements, destination)
    stored = accorder(len(exam.lignes), "ligne déposée", "lignes déposées")
    kept = accorder(len(exam.lignes), "ligne", "lignes")
    done = f"{afficher(destination.fichier)} : {stored if changed else f'{kept}, fichier inchangé'}."
    returned = _rendre(back, fichier.name, retour or fichier.parent, destination)
    return Integration(exam.changements, [*resumer(exam.changements), *noted, *warnings, done, returned])


def _dire_fermee(releve: Releve) -> list[str]:
    """Warn of a relève that nobody opened: one wrong digit makes another one."""
    path = chemin_edition(releve)
    if path.exists():
        return []
    what = f"la relève {releve} n'est pas ouverte ({afficher(path)} n'existe pas)"
    return [f"Attention : {what} ; vérifiez-la, ou ouvrez-la par nouvelle-releve."]


def _noter(reception: Reception, changements: Sequence[Changement], destination: Destination) -> list[str]:
    """Note a file that is stored, with the list of what was changed in it; a failure is told, and undoes nothing."""
    try:
        noter(reception, destination)
        if not changements:
            return []
        listed = joindre(en_csv(lister_changements(changements, reception.fichier)), destination, reception.recu)
    except ErreurBarometre as error:
        why = error.bref if isinstance(error, EcritureImpossible) else str(error).rstrip(".")
        advice = "redonnez-le ensuite, ou « barometre etat » l'ignorera"
        return [f"Attention : ce fichier est déposé, mais sa réception n'a pu être notée ({why}) ; {advice}."]
    return [f"Chaque cellule changée est dans {afficher(listed)}."]


def _rendre(donnees: bytes, nom: str, dossier: Path, destination: Destination) -> str:
    """Write what goes back to the service of a file that is stored; a failure is told, and undoes nothing."""
    if dans_une_releve(dossier, destination.registre):
        why = "est le dossier d'une relève, ce qui revient au service n'y a pas été écrit"
        return f"Attention : {afficher(dossier)} {why} ; {AILLEURS}."
    try:
        (path,) = ecrire_copies(nom, "retour", dossier, {".xlsx": donnees})
    except EcritureImpossible as error:
        why = f"n'a pu être écrit dans {afficher(dossier)} ({error.raison})"
        return f"Attention : ce fichier est déposé, mais ce qui revient au service {why} ; {AILLEURS}."
    return f"À renvoyer au service : {afficher(path)}."


def exiger_motif(destination: Destination, rectificatif: str) -> None:
    """Refuse to change a file of an edition that is no longer at work, unless a reason is given.

    Raises
    ------
    DepotRefuse
        None is.
    """
    path = chemin_edition(destination.releve)
    state = lire_edition(destination.releve).etat if path.exists() else "travail"
    if state != "travail" and not rectificatif.strip():
        raise DepotRefuse(
            f"{afficher(destination.fichier)} : l'édition de la relève {destination.releve} n'est plus en travail "
            f"({ETATS[state]}) ; rien n'a été déposé. Si c'est bien cette relève qu'il faut corriger, dites pourquoi "
            "par --rectificatif MOTIF."
        )


def examiner_recu(
    fichier: Path, destination: Destination, references: References, donnees: bytes | None = None
) -> Examen:
    """Read and judge a file, `donnees` being its bytes where they are known, without storing anything.

    Raises
    ------
    FichierIllisible
        The file cannot be read, no header is found in it, or it is of another region.
    """
    grid, connues = lire_recu(fichier, donnees), deja_connues(destination)
    header = trouver_entete(grid)
    if header is None:
        raise FichierIllisible(grid.fichier, SANS_ENTETE)
    rows, changes, refused = interpreter(grid, header, references)
    if other := trouver_autre_region(rows, references):
        of, wanted = (references.nomenclatures.regions[one] for one in (other, destination.region))
        what = f"ce fichier paraît être celui de {of.nom} ({other}), où sont toutes ses communes"
        advice = f"donnez celui de {wanted.nom} ({destination.region}), ou l'autre région"
        raise FichierIllisible(grid.fichier, f"{what} ; {advice}")
    elsewhere, unreadable = identifiants_ailleurs(destination)
    if "id_mouvement" in header.rangs:
        rows, given = proposer_identifiants(rows, header, destination, elsewhere)
        changes = sorted(changes + given, key=lambda change: change.ligne)
    known = {(defect.ligne, defect.rang) for defect in refused}
    for judged in (
        list(juger_colonnes(grid.fichier, header, rows, connues)),
        list(juger_effectifs(grid.fichier, header, rows, anterieures(destination, unreadable), destination.releve)),
        juger_lignes(grid, header, rows, references, elsewhere),
    ):
        refused += [defect for defect in judged if (defect.ligne, defect.rang) not in known]
        known |= {(defect.ligne, defect.rang) for defect in judged}
    refused += juger_disposition(grid, header)
    refused.sort(key=lambda defect: (defect.ligne, defect.rang, defect.attendu))
    return Examen(grid, header, rows, changes, refused, unreadable, connues)


def _refuser(
    exam: Examen, fichier: Path, dossier: Path, destination: Destination, references: References
) -> FichierRefuse:
    """Write the copy that shows the defects, and return the refusal that tells them."""
    copies: list[Path] = []
    why = ""
    if dans_une_releve(dossier, destination.registre):
        why = f"{afficher(dossier)} est le dossier d'une relève, la copie n'y a pas été écrite"
    else:
        try:
            copies = ecrire_retour(exam, fichier.name, dossier, destination.releve, references)
        except EcritureImpossible as error:
            why = f"la copie n'a pu être écrite dans {afficher(dossier)} ({error.raison})"
    return FichierRefuse(exam.defauts, copies, f"{why} ; {AILLEURS}." if why else "", exam.grille.remarques)
