"""The sheets of the collection workbook: movements with their drop-downs and messages, lists, notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from barometre_lib.collecte.classeur import (
    A_LA_LIGNE,
    AU_MILIEU,
    EN_HAUT,
    FILET,
    FOND_TITRE,
    GRAND,
    TEXTE,
    TITRE,
    ajuster_hauteur,
    ecrire_texte,
    intituler,
    mettre_en_page,
    remplir,
)
from barometre_lib.collecte.grille import DEPARTEMENT, LIBELLES
from barometre_lib.collecte.interpretation import References
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.parametres.regles import lire_parametres_regles
from barometre_lib.typographie import de, typographier
from barometre_lib.vocabulaire import BOOLEENS, COLONNES, Releve

LISTES = "Listes"
# Lines ready to be filled in below those that are.
LIGNES_LIBRES = 1000
FORMATS = {"texte": "@", "date": "dd/mm/yyyy", "entier": "#,##0", "nombre": "General", "booleen": "@"}
# What the workbook accepts: kind, operator, bounds, message; dates go from 1st January 1900 to 31 December 2099.
SAISIES = {
    genre: dict(zip(("type", "operator", "formula1", "formula2", "error"), rule, strict=True))
    for genre, rule in {
        "date": ("date", "between", "1", "73050", "Attendu une date, comme 31/12/2024."),
        "entier": ("whole", "greaterThanOrEqual", "0", None, "Attendu un nombre entier, positif ou nul."),
        "nombre": ("decimal", "between", "-999999999", "999999999", "Attendu un nombre, sans unité."),
    }.items()
}
PAR_NOM = {colonne.nom: colonne for colonne in COLONNES}
# Columns whose texts go over several lines.
LONGS = ("nom_site", "entreprise", "code_naf", "capacite", "activite", "aides", "commentaire")
# Names of communes depend on the département of the line, all of the region when it is empty.
COMMUNES = 'INDIRECT("communes_"&IF(${0}{1}="","region",SUBSTITUTE(MID(${0}{1},FIND("(",${0}{1})+1,3),")","")))'


@dataclass(frozen=True)
class Liste:
    """One drop-down list: what a service may choose, as it reads it."""

    nom: str  # defined name of its cells in the workbook
    titre: str  # heading of its column on the sheet of lists
    valeurs: list[str]
    # Other defined names, each for a part of the list: first and last positions, from 0.
    parties: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """The texts of the workbook, with the no-break spaces of French."""

    etapes: list[str]  # how to fill it in, one sentence per line
    explications: dict[str, str]  # column to what is typed in it; also the message shown beside its cells
    exemples: dict[str, str]  # column to an example
    largeurs: dict[str, float]  # column to its width, in characters


_lire_yaml = cache(lire_yaml)


def lire_notice(references: References) -> Notice:
    """Read the notice beside this module, its examples being of a region."""
    content = _lire_yaml(Path(__file__).with_name("notice.yaml"))
    columns, communes, seat = content["colonnes"], references.communes, references.chef_lieu
    words = {
        "region": references.region,
        "departement": communes.libelle_departement(communes.departement(seat)),
        "commune": communes.libelle(seat),
        "de_nom": de(references.nomenclatures.nom_de_commune[seat]),
    }
    return Notice(
        [typographier(text) for text in content["etapes"]],
        {name: typographier(one["explication"].format(**words)) for name, one in columns.items()},
        {name: typographier(one["exemple"].format(**words)) for name, one in columns.items()},
        {name: one["largeur"] for name, one in columns.items()},
    )


def faire_listes(references: References, releve: Releve) -> dict[str, Liste]:
    """Return the list of each column that has one.

    The NAF codes are those of rév. 2 in the field, craft left out; a service may type another one. The communes are in
    the order of départements, so that those of one département are a part of the list.
    """
    lists = {}
    for column in COLONNES:
        labels = references.libelles(column)
        if column.genre == "booleen":
            lists[column.nom] = Liste("liste_oui_non", "Oui ou non", list(BOOLEENS.values()))
        elif labels:
            lists[column.nom] = Liste(f"liste_{column.nom}", column.libelle, list(labels.values()))
    rules = lire_parametres_regles(releve, nomenclatures=references.nomenclatures)
    craft = set(rules.naf_artisanat)
    known = references.nomenclatures.naf
    codes = [references.naf.libelle(code) for code in rules.naf_du_champ if code in known and code not in craft]
    lists["code_naf"] = Liste("liste_naf", LIBELLES["code_naf"], codes)
    communes = references.communes
    departments = [communes.libelle_departement(code) for code in communes.par_departement]
    lists[DEPARTEMENT] = Liste("liste_departement", LIBELLES[DEPARTEMENT], departments)
    names: list[str] = []
    parts = {}
    for department, codes in communes.par_departement.items():
        parts[f"communes_{department}"] = (len(names), len(names) + len(codes) - 1)
        names += [communes.libelle(code) for code in codes]
    lists["code_commune"] = Liste("communes_region", LIBELLES["code_commune"], names, parts)
    return lists


def a_remplir(nom: str) -> bool:
    """Tell whether a service must fill a column; an identifier is given when the file is received."""
    column = PAR_NOM.get(nom)
    return column is not None and column.obligatoire and nom != "id_mouvement"


def titre_de(nom: str) -> str:
    """Return the heading of a column, with ` *` when it must be filled."""
    return f"{LIBELLES[nom]} *" if a_remplir(nom) else LIBELLES[nom]


def format_de(nom: str) -> str:
    """Return the format of the cells of a column; text, so that a code keeps its zeros, when it is no other."""
    return FORMATS[PAR_NOM[nom].genre] if nom in PAR_NOM else "@"


def habiller(
    sheet: Worksheet, noms: Sequence[str], ligne_titres: int, listes: Mapping[str, Liste], notice: Notice
) -> None:
    """Dress the sheet of movements, once filled in: headings, widths, formats, lists and messages of each column.

    `noms` has the column of the register under each heading, an empty name when it is none.
    """
    first, filled = ligne_titres + 1, max(sheet.max_row, ligne_titres)
    last = filled + LIGNES_LIBRES
    for rank, name in enumerate(noms, start=1):
        letter = get_column_letter(rank)
        heading = sheet.cell(ligne_titres, rank)
        heading.font, heading.fill, heading.border = TITRE, FOND_TITRE, FILET
        heading.alignment = AU_MILIEU
        if name:
            dimension = sheet.column_dimensions[letter]
            dimension.width = notice.largeurs[name]
            dimension.number_format = format_de(name)
            dimension.font, dimension.alignment = TEXTE, A_LA_LIGNE if name in LONGS else EN_HAUT
            if name in LONGS:
                for (cell,) in sheet.iter_rows(first, filled, rank, rank) if filled >= first else ():
                    cell.alignment = A_LA_LIGNE
            department = get_column_letter(noms.index(DEPARTEMENT) + 1) if DEPARTEMENT in noms else ""
            check = _saisie(name, listes, department, first)
            check.promptTitle, check.prompt = LIBELLES[name][:32], notice.explications[name]
            check.showInputMessage = True
            check.add(f"{letter}{first}:{letter}{last}")
            sheet.add_data_validation(check)
    wrapping = [rank for rank, name in enumerate(noms, start=1) if name in LONGS]
    for line in range(first, filled + 1):
        ajuster_hauteur(sheet, line, wrapping)
    sheet.row_dimensions[ligne_titres].height = 32
    sheet.freeze_panes = f"B{first}"
    end = get_column_letter(len(noms))
    sheet.auto_filter.ref = f"A{ligne_titres}:{end}{max(filled, first)}"
    sheet.print_title_rows = f"{ligne_titres}:{ligne_titres}"
    mettre_en_page(sheet, papier=sheet.PAPERSIZE_A3, largeur=3)


def _saisie(nom: str, listes: Mapping[str, Liste], departement: str, ligne: int) -> DataValidation:
    """Return what the workbook accepts in a column: a list, a kind of number or date, a length, or anything."""
    column = PAR_NOM.get(nom)
    genre, length = (column.genre, column.longueur_max) if column else ("", None)
    more: dict[str, Any] = {}
    if nom in listes:
        more = {"type": "list", "formula1": listes[nom].nom, "error": "Choisissez dans la liste."}
        if nom == "code_commune" and departement:
            more["formula1"] = COMMUNES.format(departement, ligne)
        if nom in ("code_commune", "code_naf"):
            # Another code may be right: a former commune, a NAF code out of the field.
            more |= {"errorStyle": "warning", "error": "Cette valeur n'est pas dans la liste. La garder ?"}
    elif genre in SAISIES:
        more = SAISIES[genre]
    elif length:
        more = {"type": "textLength", "operator": "lessThanOrEqual", "formula1": str(length)}
        more["error"] = f"Attendu {length} caractères au plus."
    return DataValidation(allow_blank=True, showErrorMessage=True, errorTitle="Baromètre industriel", **more)


def ecrire_listes(book: Workbook, listes: Mapping[str, Liste]) -> None:
    """Add the sheet of lists, one column each, and the defined names that the drop-downs use."""
    sheet = book.create_sheet(LISTES)
    sheet.freeze_panes = "A2"
    unique = {one.nom: one for one in listes.values()}
    for rank, one in enumerate(unique.values(), start=1):
        letter = get_column_letter(rank)
        intituler(sheet, 1, rank, one.titre)
        sheet.column_dimensions[letter].width = min(60, max(map(len, [one.titre, *one.valeurs])) + 2)
        for position, value in enumerate(one.valeurs):
            ecrire_texte(sheet.cell(position + 2, rank), value)
        for name, (start, end) in {one.nom: (0, len(one.valeurs) - 1), **one.parties}.items():
            cells = f"{LISTES}!${letter}${start + 2}:${letter}${end + 2}"
            book.defined_names[name] = DefinedName(name, attr_text=cells)
    mettre_en_page(sheet)


def ecrire_notice(book: Workbook, entete: Sequence[str], notice: Notice, noms: Sequence[str]) -> None:
    """Add the sheet that explains the workbook, then each column with an example."""
    sheet = book.create_sheet("Mode d'emploi")
    for letter, width in zip("ABCD", (24, 11, 65, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    for text in [*map(typographier, entete), *notice.etapes]:
        sheet.append([""])
        remplir(sheet.cell(sheet.max_row, 1), text, "@")
    sheet.cell(1, 1).font = GRAND
    sheet.row_dimensions[1].height = 22
    for line in range(3, len(entete) + 1):
        sheet.cell(line, 1).font = Font(name="Arial", size=10, bold=True)
    sheet.append([])
    start = sheet.max_row + 2
    for rank, text in enumerate(("Colonne", "Obligatoire", "Ce qu'on y saisit", "Exemple"), start=1):
        intituler(sheet, start, rank, text)
    for line, name in enumerate(noms, start=start + 1):
        texts = (LIBELLES[name], "oui" if a_remplir(name) else "", notice.explications[name])
        for rank, text in enumerate((*texts, notice.exemples[name]), start=1):
            cell = sheet.cell(line, rank)
            remplir(cell, text, "@")
            cell.alignment, cell.border = A_LA_LIGNE, FILET
        ajuster_hauteur(sheet, line, range(1, 5))
    mettre_en_page(sheet)
