"""What the gate found, as the desk works on it: workbooks where each warning awaits a decision.

A workbook for each region, and one of all regions for the desk; `acquittement` reads them back.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.barometre import Barometre
from barometre_lib.chemins import afficher
from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    BLEU_FRANCE,
    EN_HAUT,
    FILET,
    HAUTEUR,
    LARGEUR,
    ajuster_hauteur,
    en_octets,
    intituler,
    mettre_en_page,
    remplir,
)
from barometre_lib.collecte.destination import creer_dossier, dans_une_releve, remplacer
from barometre_lib.collecte.fiches import Cote, Fiche
from barometre_lib.collecte.identite import inscrire
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.parametres.acquittements import Decision
from barometre_lib.qualite.suites import Gravite
from barometre_lib.typographie import accorder, majuscule, typographier
from barometre_lib.vocabulaire import Releve

FEUILLE, INFORMATIONS = "Avertissements", "Informations"
DECISION, RAISON, EMPREINTE = "Décision", "Raison", "Empreinte"
TITRE = "Avertissements de la relève"
# A spreadsheet makes no line higher than so many lines of text.
LIGNES_VUES = 30
CONSIGNE = (
    "Pour chaque avertissement, choisissez une décision. « corrigé » : la ligne est, ou sera, corrigée. « justifié » : "
    "le registre a raison, et la raison dit pourquoi, à qui lira la page de qualité. « à revoir » : il reste à relire. "
    "Lignes et colonnes se trient et se filtrent ; n'y changez ni le titre, ni l'empreinte."
)
# Lines above those of the findings.
LIGNES_DE_TETE = 4
Colonne = tuple[float, Callable[[Fiche], str | int | None]]
RESERVE = "Ce classeur contient des données non publiques : ne le diffusez pas."


def _montrer(cote: Cote | None, autre: Cote | None) -> str:
    """Return the values compared in a row, one a line, each marked where the other row says something else."""
    values, others = cote.valeurs if cote else {}, autre.valeurs if autre else {}
    return "\n".join(
        f"{'≠ ' if others.get(name, value) != value else ''}{name} : {value or '(vide)'}"
        for name, value in values.items()
    )


def _fichier(cote: Cote, releve: Releve | None) -> str:
    """Return the name of a file of a relève, with the other relève that it is of."""
    path = Path(cote.fichier)
    return path.name if path.parent.name == str(releve) else "/".join(path.parts[-2:])


def _partenaire(fiche: Fiche) -> str:
    """Return which row a check speaks of too: another movement, or the same one in the previous relève."""
    here, other = fiche.ici, fiche.partenaire
    if other is None:
        return ""
    place = f"{_fichier(other, None)}, ligne {other.ligne}"
    if other.reference == here.reference:
        changed = [one for one, own in ((other.site, here.site), (other.commune, here.commune)) if one != own]
        return "\n".join(["Relève précédente", *changed, place])
    more = [f"Le plus proche de {fiche.partenaires}"] if fiche.partenaires > 1 else []
    return "\n".join([other.reference, other.site, other.commune, place, *more])


def _deja(fiche: Fiche) -> str:
    if fiche.decision and fiche.decision.origine != fiche.releve:
        return f"Reporté de {fiche.decision.origine}."
    if fiche.tombee:
        return f"Une valeur a changé depuis la raison de {fiche.tombee.origine} : {fiche.tombee.raison}"
    return ""


# Heading to width, and what stands there; the sheet of informations has the first ones alone.
COLONNES: dict[str, Colonne] = {
    "Référence": (11, lambda one: one.ici.reference),
    "Contrôle": (18, lambda one: one.controle.libelle),
    "Site": (18, lambda one: one.ici.site),
    "Commune": (13, lambda one: one.ici.commune),
    "Trouvé": (20, lambda one: _montrer(one.ici, one.partenaire)),
    "Attendu": (19, lambda one: majuscule(one.controle.attendu)),
    "Partenaire": (17, _partenaire),
    "Chez le partenaire": (20, lambda one: _montrer(one.partenaire, one.ici)),
    "Ligne": (6, lambda one: one.ici.ligne or None),
    "Depuis": (8, lambda one: str(one.depuis)),
}
A_REMPLIR: dict[str, Colonne] = {
    "Déjà décidé": (13, _deja),
    DECISION: (10, lambda one: one.decision.decision.libelle if one.decision else None),
    RAISON: (28, lambda one: one.decision.raison if one.decision else None),
}
# What is not printed, so that the rest is large enough on paper.
HORS_PAGE: dict[str, Colonne] = {
    "Fichier": (10, lambda one: _fichier(one.ici, one.releve)),
    "Gravité": (14, lambda one: one.controle.gravite.libelle),
    EMPREINTE: (10, lambda one: "/".join([*one.cle, one.empreinte])),
}
# What the package says, which gets the spaces of French; the rest is as it was typed.
DITES = ("Contrôle", "Attendu")


def ecrire_classeurs(
    dossier: Path, barometre: Barometre, fiches: Sequence[Fiche], *, forcer: bool = False
) -> list[str]:
    """Write the workbook of each region that has a warning, and the desk's, of all of them; say so in French.

    Raises
    ------
    ErreurBarometre
        The folder is that of a relève or cannot be written, or another file of one of these names, perhaps filled in,
        is there and `forcer` does not say to replace it.
    """
    releve, regions = barometre.releve, barometre.nomenclatures.regions
    if dans_une_releve(dossier, barometre.registre.dossier):
        what = "est le dossier d'une relève, les classeurs n'y vont pas ; donnez-en un autre"
        raise ErreurBarometre(f"--avertissements : {afficher(dossier)} {what}.")
    kept = [one for one in fiches if one.controle.gravite is not Gravite.BLOQUANT]
    books = {f"avertissements-{releve}": (f"{TITRE} {releve}, bureau", kept)}
    for code in regions:
        of_region = [one for one in kept if one.region == code]
        if any(one.controle.gravite is Gravite.AVERTISSEMENT for one in of_region):
            books[f"avertissements-{releve}-{code}"] = f"{TITRE} {releve}, {regions[code].nom} ({code})", of_region
    files = {dossier / f"{name}.xlsx": _composer(title, rows, releve) for name, (title, rows) in books.items()}
    others = [path for path, data in files.items() if path.exists() and path.read_bytes() != data]
    if others and not forcer:
        shown = ", ".join(map(afficher, others))
        what = "un autre classeur est déjà là, peut-être rempli"
        raise ErreurBarometre(f"{shown} : {what} ; donnez un autre dossier, ou --forcer pour le remplacer.")
    creer_dossier(dossier)
    for path, data in files.items():
        remplacer(path, data)
    count = accorder(len(files), "classeur", "classeurs")
    return [f"{afficher(dossier)} : {count} à remplir, puis « barometre acquitter {afficher(dossier)}/*.xlsx »."]


def _composer(titre: str, fiches: Sequence[Fiche], releve: Releve) -> bytes:
    warnings = [one for one in fiches if one.controle.gravite is Gravite.AVERTISSEMENT]
    # What is still to be read comes first.
    warnings.sort(key=lambda one: one.decision is not None and one.decision.justifie)
    done = sum(one.decision is not None and one.decision.justifie for one in warnings)
    justified = accorder(done, "déjà justifié", "déjà justifiés")
    told = f"{accorder(len(warnings), 'avertissement', 'avertissements')}, dont {justified}. {RESERVE}"
    book = Workbook()
    book.properties.creator = "Baromètre industriel de l'État"
    inscrire(book, titre)
    sheet = book.worksheets[0]
    sheet.title = FEUILLE
    _remplir(sheet, [titre, told, CONSIGNE], warnings, COLONNES | A_REMPLIR | HORS_PAGE)
    _choisir(sheet, len(warnings))
    others = [one for one in fiches if one.controle.gravite is Gravite.INFORMATION]
    if others:
        told = f"{accorder(len(others), 'information', 'informations')}, sans rien à décider."
        beside = {name: one for name, one in HORS_PAGE.items() if name != EMPREINTE}
        _remplir(book.create_sheet(INFORMATIONS), [titre, told], others, COLONNES | beside)
    return en_octets(book, releve.dernier_jour)


def _remplir(sheet: Worksheet, tete: Sequence[str], fiches: Sequence[Fiche], colonnes: Mapping[str, Colonne]) -> None:
    """Fill a sheet in: sentences, headings, a line for each finding."""
    shown = [name for name in colonnes if name not in HORS_PAGE]
    total = sum(colonnes[name][0] for name in shown)
    for number, text in enumerate(map(typographier, tete), start=1):
        cell = sheet.cell(number, 1)
        remplir(cell, text, "@")
        cell.alignment = A_LA_LIGNE
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(shown))
        sheet.row_dimensions[number].height = HAUTEUR * (1 + int(len(text) * LARGEUR / total))
    sheet.row_dimensions[1].height = 22
    sheet.cell(1, 1).font = Font(name="Arial", size=14, bold=True, color=BLEU_FRANCE)
    titles = len(tete) + 1
    for rank, (title, (width, _)) in enumerate(colonnes.items(), start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = width
        intituler(sheet, titles, rank, title)
        sheet.cell(titles, rank).alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[titles].height = 28
    for number, one in enumerate(fiches, start=titles + 1):
        for rank, (name, (_, read)) in enumerate(colonnes.items(), start=1):
            cell, value = sheet.cell(number, rank), read(one)
            remplir(cell, typographier(value) if name in DITES and isinstance(value, str) else value, "@")
            cell.alignment, cell.border = (A_LA_LIGNE if name != EMPREINTE else EN_HAUT), FILET
        ajuster_hauteur(sheet, number, range(1, len(shown) + 1), LIGNES_VUES)
    last = max(sheet.max_row, titles + 1)
    sheet.freeze_panes = f"B{titles + 1}"
    sheet.auto_filter.ref = f"A{titles}:{get_column_letter(len(colonnes))}{last}"
    sheet.print_title_rows = f"{titles}:{titles}"
    sheet.print_area = f"A1:{get_column_letter(len(shown))}{last}"
    mettre_en_page(sheet, papier=sheet.PAPERSIZE_A3)
    sheet.page_margins.left = sheet.page_margins.right = 0.25
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _choisir(sheet: Worksheet, lignes: int) -> None:
    """Have the cells of decisions offer their list."""
    letter = get_column_letter([*COLONNES, *A_REMPLIR].index(DECISION) + 1)
    choices = ",".join(one.libelle for one in Decision)
    check = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=True)
    check.errorTitle, check.error = "Baromètre industriel", "Choisissez dans la liste."
    check.add(f"{letter}{LIGNES_DE_TETE + 1}:{letter}{LIGNES_DE_TETE + max(lignes, 1)}")
    sheet.add_data_validation(check)
