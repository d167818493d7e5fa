"""The sheet « À revoir »: what a service is asked to look at again in the rows of its workbook, a line for each thing.

What is looked for is what the suites of the gate warn of; nothing is judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.classeur import (
    FILET,
    ajuster_hauteur,
    ecrire_tete,
    intituler_colonnes,
    mettre_en_page,
    remplir,
)
from barometre_lib.collecte.grille import A_REVOIR
from barometre_lib.collecte.interpretation import Ligne, References
from barometre_lib.collecte.voisinage import Signalement
from barometre_lib.typographie import accorder, typographier
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

LARGEURS = {
    "Identifiant": 11,
    "Ligne": 6,
    "Site": 24,
    "Commune": 18,
    "À revoir": 33,
    "Attendu": 33,
    "Inchangé depuis la relève": 10,
}
A_GAUCHE = Alignment(horizontal="left", vertical="top", wrap_text=True)
# What a service is first asked to tell: whether it is done, how many work there, whether it counts as a whole site.
D_ABORD = ("statut", "effectif", "variation_production", "assimilable_site")


@dataclass(frozen=True)
class ARevoir:
    """The rows of a workbook, and what there is to look at again in them."""

    lignes: Sequence[Ligne]  # each with the line that it is at in the sheet of movements
    objet: str  # French sentence: whose warnings they are
    signalements: Sequence[Signalement] = ()
    depuis: Mapping[Signalement, Releve] = field(default_factory=dict)  # see `voisinage.dater`
    remarques: Sequence[str] = ()  # French sentences about the file as a whole
    empechement: str = ""  # why nothing could be judged; empty when it was

    @property
    def ordonnes(self) -> list[Signalement]:
        """The warnings, those of one kind together, by the line of the sheet."""
        kinds = list(dict.fromkeys((one.colonne, one.phrase) for one in self.signalements))
        order = {column: rank for rank, column in enumerate((*D_ABORD, *NOMS_COLONNES, "")[::-1])}
        kinds.sort(key=lambda kind: order[kind[0]], reverse=True)
        return sorted(self.signalements, key=lambda one: (kinds.index((one.colonne, one.phrase)), one.ligne))

    @property
    def resume(self) -> str:
        """How much there is, in a French sentence."""
        if self.empechement:
            return "Les avertissements n'ont pu être établis."
        if not self.signalements:
            return "Rien à revoir : aucun avertissement." if not self.remarques else "Aucun mouvement à revoir."
        movements = len({one.reference for one in self.signalements})
        points = accorder(len(self.signalements), "point à revoir", "points à revoir")
        return f"{points}, sur {accorder(movements, 'mouvement', 'mouvements')}."


def dire(signalement: Signalement) -> tuple[str, str]:
    """Return what was found and what was expected, with the no-break spaces of French."""
    expected = signalement.attendu
    return typographier(signalement.phrase), typographier(f"{expected[:1].upper()}{expected[1:]}")


def ecrire_a_revoir(book: Workbook, revue: ARevoir, references: References) -> None:
    """Add the sheet: a sentence, then a line for each warning about the rows of the sheet of movements."""
    sheet = book.create_sheet(A_REVOIR)
    for rank, width in enumerate(LARGEURS.values(), start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = width
    ecrire_tete(sheet, (revue.resume, revue.objet, *revue.remarques), [*LARGEURS.values()])
    if revue.signalements:
        _lister(sheet, sheet.max_row + 2, revue, references)
    mettre_en_page(sheet)


def _lister(sheet: Worksheet, titres: int, revue: ARevoir, references: References) -> None:
    texts = {line.numero: line.textes for line in revue.lignes}
    intituler_colonnes(sheet, titres, LARGEURS, 40)
    for number, one in enumerate(revue.ordonnes, start=titres + 1):
        row = texts.get(one.ligne, {})
        commune = references.communes.libelle(row["code_commune"]) if row else ""
        since = str(revue.depuis.get(one, ""))
        cells = (one.reference, one.ligne or None, row.get("nom_site", ""), commune, *dire(one), since)
        for rank, value in enumerate(cells, start=1):
            cell = sheet.cell(number, rank)
            remplir(cell, value, "0" if isinstance(value, int) else "@")
            cell.alignment, cell.border = A_GAUCHE, FILET
        ajuster_hauteur(sheet, number, range(1, len(cells) + 1))
    sheet.auto_filter.ref = f"A{titres}:{get_column_letter(len(LARGEURS))}{sheet.max_row}"
