"""Makes the received files of this folder: `python tests/recus/fabriquer.py` writes them again, each a few kilobytes.

Each has one row that is sound, on line 2, then one that is what its name says. `index.yaml` says what is expected, and
which files were saved by other programs: those are not made here.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import numbers

from barometre_lib.collecte.classeur import en_octets
from barometre_lib.vocabulaire import COLONNES, COLONNES_ATTENDUES

DOSSIER = Path(__file__).parent
LIBELLES = [column.libelle for column in COLONNES if not column.facultative]
SAINE: dict[str, Any] = dict.fromkeys(COLONNES_ATTENDUES, "") | {
    "type_mouvement": "Ouverture",
    "nom_site": "Usine d'essai (fictif)",
    "code_commune": "Lyon (69123)",
    "code_naf": "27.20Z",
    "sous_secteur": "Électronique",
    "statut": "Réalisé",
    "date_effet": "2024-03-15",
    "effectif": "21",
    "source": "Préfecture",
    "citable": "Non",
}
FEUILLE = "xl/worksheets/sheet1.xml"
Parties = dict[str, bytes]


def lignes(**differences: Any) -> list[list[Any]]:
    """Return the header, a sound row, and one changed."""
    rows = [SAINE | {"id_mouvement": "84-0001"}, SAINE | {"id_mouvement": "84-0002"} | differences]
    return [list(LIBELLES), *(list(row.values()) for row in rows)]


def suite(*differences: dict[str, Any]) -> list[list[Any]]:
    """Return the header, a sound row, and one for each set of differences."""
    rows = [SAINE | {"id_mouvement": f"84-{rank:04d}"} | one for rank, one in enumerate(({}, *differences), start=1)]
    return [list(LIBELLES), *(list(row.values()) for row in rows)]


# CSV


def texte(table: list[list[Any]], separateur: str = ";", fin: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separateur, lineterminator=fin).writerows(table)
    return stream.getvalue()


def en_csv(**differences: Any) -> bytes:
    return texte(lignes(**differences)).encode("utf-8-sig")


def table_changee(change: Callable[[list[list[Any]]], Any]) -> list[list[Any]]:
    table = lignes()
    change(table)
    return table


def csv_change(change: Callable[[list[list[Any]]], Any]) -> bytes:
    return texte(table_changee(change)).encode("utf-8-sig")


def ajouter_colonne(titre: str, valeur: str) -> Callable[[list[list[Any]]], None]:
    def change(table: list[list[Any]]) -> None:
        for row, cell in zip(table, (titre, "", valeur), strict=True):
            row.append(cell)

    return change


def retirer_colonne(nom: str) -> Callable[[list[list[Any]]], None]:
    def change(table: list[list[Any]]) -> None:
        for row in table:
            del row[COLONNES_ATTENDUES.index(nom)]

    return change


# Workbooks


def classeur(table: list[list[Any]], change: Callable[[openpyxl.Workbook], Any] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Mouvements"
    for number, row in enumerate(table, start=1):
        for rank, value in enumerate(row, start=1):
            if value != "":
                cell = sheet.cell(number, rank, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    if change is not None:
        change(book)
    return en_octets(book, date(2024, 12, 31))


def en_xlsx(**differences: Any) -> bytes:
    return classeur(lignes(**differences))


def cellule(nom: str, valeur: Any, format_nombre: str = "General", genre: str | None = None) -> bytes:
    """Return a workbook whose second row has one cell of some type."""

    def change(book: openpyxl.Workbook) -> None:
        cell = book.active.cell(3, COLONNES_ATTENDUES.index(nom) + 1)
        cell.value = valeur
        cell.number_format = format_nombre
        if genre:
            cell.data_type = genre

    return classeur(lignes(), change)


def parties_changees(change: Callable[[Parties], Any], table: list[list[Any]] | None = None) -> bytes:
    """Return a workbook whose parts were changed by hand, as no spreadsheet does."""
    with zipfile.ZipFile(io.BytesIO(classeur(table or lignes()))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    return archiver(parts)


def archiver(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()


def remplacer(partie: str, avant: bytes, apres: bytes) -> Callable[[Parties], None]:
    def change(parts: Parties) -> None:
        if avant not in parts[partie]:
            raise ValueError((partie, avant))
        parts[partie] = parts[partie].replace(avant, apres, 1)

    return change


def ajouter(partie: str, donnees: bytes = b"x") -> Callable[[Parties], None]:
    return lambda parts: parts.__setitem__(partie, donnees)


def masquer(etat: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Brouillon").sheet_state = etat

    return change


def copier_lignes(sheet: Any) -> None:
    for row in lignes()[:2]:
        sheet.append(row)


def avec_rangee(rangee: bytes) -> bytes:
    """Return a workbook with some XML after its last row."""
    return parties_changees(remplacer(FEUILLE, b"</sheetData>", rangee + b"</sheetData>"))


DOCTYPE = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def taille_declaree(donnees: bytes, taille: int) -> bytes:
    """Write another uncompressed size for the sheet in the archive's directory."""
    place = donnees.rindex(FEUILLE.encode()) - 46
    return donnees[: place + 24] + taille.to_bytes(4, "little") + donnees[place + 28 :]


def chiffrer(donnees: bytes) -> bytes:
    """Set the flag of encryption of the sheet, in the archive's directory."""
    place = donnees.rindex(FEUILLE.encode()) - 46
    return donnees[: place + 8] + (donnees[place + 8] | 1).to_bytes(1, "little") + donnees[place + 9 :]


def deux_fois() -> bytes:
    """Return a workbook with two parts of one name, which readers choose each in its way."""
    import warnings

    stream = io.BytesIO(en_xlsx())
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as target:
        warnings.simplefilter("ignore")
        target.writestr(zipfile.ZipInfo(FEUILLE), b"<worksheet/>")
    return stream.getvalue()


def renommer(nom: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book.active.title = nom
        book.create_sheet("Autre")

    return change


def relation(genre: str, cible: str) -> Callable[[Parties], None]:
    """Add to the sheet a relation to something outside the workbook."""
    base = "http://schemas.openxmlformats.org"
    kind = f"{base}/officeDocument/2006/relationships/{genre}"
    xml = (
        f'<Relationships xmlns="{base}/package/2006/relationships">'
        f'<Relationship Id="rId9" Type="{kind}" Target="{cible}" TargetMode="External"/></Relationships>'
    )
    return ajouter("xl/worksheets/_rels/sheet1.xml.rels", xml.encode())


# What only Microsoft Excel writes, and what other programs write of its own


BASE = "http://schemas.openxmlformats.org"
OFFICE = f"{BASE}/officeDocument/2006/relationships"
PRINCIPALE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
# The row that each program was given, beside the sound one: texts, numbers, a date.
ENTIERE = {
    "type_mouvement": "Réduction significative",
    "nom_site": "Forêt d'Œuvre (fictif)",
    "entreprise": "Société Générale des Forges",
    "siret": "00011100000014",
    "date_effet": "2024-05-20",
    "effectif": 120,
    "variation_production": -40.5,
    "assimilable_site": "Oui",
    "surface_m2": 1234.5,
}


def entieres() -> list[list[Any]]:
    """Return the rows that the files of every program hold."""
    return lignes(**ENTIERE)


def par_excel(*changements: Callable[[Parties], Any]) -> bytes:
    """Return the rows of every program, in a workbook to which each change adds something."""
    return parties_changees(lambda parts: [change(parts) for change in changements], entieres())


def piece(
    nom: str, donnees: bytes = b"<x/>", genre: str = "", lien: str = "", de: str = "xl/workbook.xml"
) -> Callable[[Parties], None]:
    """Add a part, with its type unless it is empty, and the relation by which another one leads to it."""

    def change(parts: Parties) -> None:
        parts[nom] = donnees
        if genre:
            declarer("Override", PartName=f"/{nom}", ContentType=genre)(parts)
        folder, _, file = de.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        xml = f'<Relationship Id="rIdX{len(parts)}" Type="{OFFICE}/{lien}" Target="/{nom}"/></Relationships>'
        empty = f'<Relationships xmlns="{BASE}/package/2006/relationships"></Relationships>'.encode()
        parts[links] = parts.get(links, empty).replace(b"</Relationships>", xml.encode())

    return change


def declarer(balise: str, **attributs: str) -> Callable[[Parties], None]:
    """Add to the types of parts."""
    said = " ".join(f'{name}="{value}"' for name, value in attributs.items())
    xml = f"<{balise} {said}/></Types>"
    return remplacer("[Content_Types].xml", b"</Types>", xml.encode())


def strict(parts: Parties) -> None:
    """Write a workbook as the strict form of the standard does, its date too."""
    for old, new in ((f"{BASE}/spreadsheetml/2006/", "spreadsheetml/"), (OFFICE, "officeDocument/relationships")):
        for name in parts:
            parts[name] = parts[name].replace(old.encode(), f"http://purl.oclc.org/ooxml/{new}".encode())
    written = b'<c r="K3" t="inlineStr"><is><t>2024-05-20</t></is></c>'
    remplacer(FEUILLE, written, b'<c r="K3" t="d"><v>2024-05-20T00:00:00Z</v></c>')(parts)


def type_par_defaut(parts: Parties) -> None:
    """Give the workbook its type by its extension, as the packages of .NET do."""
    old = f'<Override PartName="/xl/workbook.xml" ContentType="{PRINCIPALE}" />'.encode()
    remplacer("[Content_Types].xml", old, b"")(parts)
    remplacer("[Content_Types].xml", b'"application/xml"', f'"{PRINCIPALE}"'.encode())(parts)


def a_la_racine(parts: Parties) -> None:
    """Move every part of the workbook out of the folder `xl`, and write names in capitals."""
    for name in [name for name in parts if name.startswith("xl/")]:
        parts[name.removeprefix("xl/").capitalize()] = parts.pop(name)
    for name, data in parts.items():
        parts[name] = data.replace(b"/xl/", b"/").replace(b'"xl/', b'"/')


CHAINE = b"<calcChain>" + b"".join(b'<c r="A%d" i="2"/>' % rank for rank in range(1, 17_000)) + b"</calcChain>"
CACHE = b'<pivotCacheRecords count="20000">' + b"<r><c/><row/></r>" * 20_000 + b"</pivotCacheRecords>"
NOTE = (
    f'<comments xmlns="{BASE}/spreadsheetml/2006/main"><authors><author>tc={{1}}</author></authors><commentList>'
    '<comment ref="C3" authorId="0"><text><t>[Threaded comment]</t></text></comment></commentList></comments>'
).encode()


def en_tete_ligne_3(table: list[list[Any]]) -> None:
    table[:0] = [["Baromètre industriel"], [""]]


def supplement(*valeurs: Any) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for place, value in valeurs:
            book.active[place] = value

    return change


def deux_departements(table: list[list[Any]], *cells: str) -> None:
    for row, cell in zip(table, cells, strict=True):
        row.insert(COLONNES_ATTENDUES.index("code_commune"), cell)


def avec_departement(valeur: str, **differences: Any) -> bytes:
    table = lignes(**differences)
    deux_departements(table, "Département", "Rhône (69)", valeur)
    return texte(table).encode("utf-8-sig")


NAN = b'<c r="M3" t="n"><v>NaN</v></c>'
VIDES = b"".join(b'<row r="%d">%s</row>' % (n, b"<c/>" * 16_000) for n in range(10, 50))

FICHIERS: dict[str, Callable[[], bytes]] = {
    # Files that cannot be read at all
    "vide.csv": lambda: b"",
    "marque_d_ordre_seule.csv": lambda: b"\xef\xbb\xbf",
    "utf16.csv": lambda: texte(lignes()).encode("utf-16"),
    "octet_nul.csv": lambda: en_csv(nom_site="Usine\x00 d'essai"),
    "octet_indefini.csv": lambda: texte(lignes()).encode("cp1252").replace(b"Usine", b"Us\x81ine"),
    "encodages_meles.csv": lambda: en_csv(nom_site="Usine été").replace("été".encode(), b"\xe9t\xe9")[3:],
    "guillemet_ouvert.csv": lambda: en_csv(nom_site="Usine QQ d'essai").replace(b"Usine QQ", b'"Usine'),
    "sans_en_tete.csv": lambda: csv_change(lambda table: table.pop(0)),
    "en_tete_trop_bas.csv": lambda: csv_change(lambda table: table.__setitem__(slice(0, 0), [["titre"]] * 10)),
    "trop_de_colonnes.csv": lambda: csv_change(lambda table: table[1].extend(["x"] * 90)),
    "image.csv": lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "classeur_renomme.csv": en_xlsx,
    "csv_renomme.xlsx": en_csv,
    "page_html.xlsx": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
    "format_inconnu.ods": en_xlsx,
    "avec_macros.xlsm": en_xlsx,
    "texte.txt": en_csv,
    "tronque.xlsx": lambda: en_xlsx()[:3000],
    "ancien_ou_chiffre.xlsx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "document.xlsx": lambda: archiver({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}),
    "archive_vide.xlsx": lambda: b"PK\x05\x06" + bytes(18),
    "entites.xlsx": lambda: parties_changees(remplacer(FEUILLE, b"<worksheet", DOCTYPE + b"<worksheet")),
    "entite_externe.xlsx": lambda: parties_changees(remplacer(FEUILLE, b"<worksheet", EXTERNE + b"<worksheet")),
    "entites_des_styles.xlsx": lambda: parties_changees(
        remplacer("xl/styles.xml", b"<styleSheet", DOCTYPE + b"<styleSheet")
    ),
    "bombe.xlsx": lambda: parties_changees(ajouter("xl/media/image1.png", bytes(65 * 1024**2))),
    "bombe_declaree.xlsx": lambda: taille_declaree(en_xlsx(), 2**31),
    "taille_mensongere.xlsx": lambda: taille_declaree(en_xlsx(), 100),
    "trop_de_parties.xlsx": lambda: parties_changees(
        lambda parts: parts.update({f"xl/media/{n}.png": b"" for n in range(500)})
    ),
    "cellules_vides.xlsx": lambda: avec_rangee(VIDES),
    "million_de_colonnes.xlsx": lambda: avec_rangee(b'<row r="9">' + b"<c/>" * 1_000_000 + b"</row>"),
    "colonne_lointaine.xlsx": lambda: classeur(lignes(), supplement(("XFD3", "x"))),
    "colonne_impossible.xlsx": lambda: avec_rangee(b'<row r="9"><c r="ZZZ9"><v>1</v></c></row>'),
    "ligne_lointaine.xlsx": lambda: avec_rangee(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "ligne_impossible.xlsx": lambda: avec_rangee(b'<row r="2000000000"><c/></row>'),
    "lignes_en_desordre.xlsx": lambda: avec_rangee(b'<row r="2"><c r="A2"><v>1</v></c></row>'),
    "cellule_d_une_autre_ligne.xlsx": lambda: avec_rangee(b'<row r="9"><c r="A2"><v>1</v></c></row>'),
    "emboitement.xlsx": lambda: avec_rangee(b"<x>" * 200_000 + b"</x>" * 200_000),
    "xml_coupe.xlsx": lambda: parties_changees(remplacer(FEUILLE, b"</sheetData>", b"")),
    "nombre_qui_n_en_est_pas_un.xlsx": lambda: avec_rangee(b'<row r="9"><c r="A9"><v>NaN</v></c></row>'),
    "texte_hors_de_la_table.xlsx": lambda: avec_rangee(b'<row r="9"><c r="A9" t="s"><v>99999</v></c></row>'),
    "chiffre.xlsx": lambda: chiffrer(en_xlsx()),
    "parties_repetees.xlsx": deux_fois,
    "sans_styles.xlsx": lambda: parties_changees(lambda parts: parts.pop("xl/worksheets/sheet1.xml")),
    "classeur_ailleurs.xlsx": lambda: parties_changees(
        remplacer("[Content_Types].xml", b"/xl/workbook.xml", b"/xl/autre.xml")
    ),
    "macros.xlsx": lambda: parties_changees(ajouter("xl/vbaProject.bin")),
    "type_macro.xlsx": lambda: parties_changees(
        remplacer("[Content_Types].xml", b"spreadsheetml.sheet.main", b"spreadsheetml.sheet.macroEnabled.main")
    ),
    "macros_excel4.xlsx": lambda: parties_changees(ajouter("xl/macrosheets/sheet1.xml", b"<x/>")),
    "lien_vers_un_classeur.xlsx": lambda: parties_changees(ajouter("xl/externalLinks/externalLink1.xml", b"<x/>")),
    "objet_incorpore.xlsx": lambda: parties_changees(ajouter("xl/embeddings/oleObject1.bin")),
    "connexion.xlsx": lambda: parties_changees(ajouter("xl/connections.xml", b"<x/>")),
    "image_distante.xlsx": lambda: parties_changees(relation("image", "http://exemple.invalid/x.png")),
    "feuille_masquee.xlsx": lambda: classeur(lignes(), masquer("hidden")),
    "feuille_tres_masquee.xlsx": lambda: classeur(lignes(), masquer("veryHidden")),
    "cellules_fusionnees.xlsx": lambda: classeur(lignes(), lambda book: book.active.merge_cells("C3:D3")),
    "classeur_sans_en_tete.xlsx": lambda: classeur([["Bonjour"], ["x"]]),
    # Headers
    "colonne_inconnue.csv": lambda: csv_change(ajouter_colonne("Observations", "à revoir")),
    "colonne_repetee.csv": lambda: csv_change(ajouter_colonne("statut", "Réalisé")),
    "colonne_absente.csv": lambda: csv_change(retirer_colonne("citable")),
    "colonne_absente.xlsx": lambda: classeur(table_changee(retirer_colonne("statut"))),
    "cellule_egaree.xlsx": lambda: classeur(lignes(), supplement(("Z3", "à revoir"))),
    "cellule_egaree.csv": lambda: csv_change(lambda table: table[2].append("à revoir")),
    "cellules_egarees.csv": lambda: csv_change(
        lambda table: (table[1].append("à revoir"), table[2].append("ici aussi"))
    ),
    "titre_de_deux_cellules.csv": lambda: csv_change(lambda table: table.insert(0, ["84-0009", "Fermeture"])),
    "ligne_coupee.csv": lambda: csv_change(lambda table: table[2].pop()),
    "en_tete_ligne_3.csv": lambda: csv_change(
        lambda table: (
            ajouter_colonne("Notes", "")(table), en_tete_ligne_3(table), table[4].__setitem__(11, "beaucoup")
        )
    ),
    # Dates
    "annee_de_deux_chiffres.csv": lambda: en_csv(date_effet="31/12/24"),
    "date_impossible.csv": lambda: en_csv(date_effet="31/02/2024"),
    "date_americaine.csv": lambda: en_csv(date_effet="12/31/2024"),
    "date_en_lettres.csv": lambda: en_csv(date_annonce="15 mars 2024"),
    "mois_seul.csv": lambda: en_csv(date_annonce="03/2024"),
    "date_avec_heure.xlsx": lambda: cellule("date_effet", datetime(2024, 3, 15, 14, 30), "dd/mm/yyyy hh:mm"),
    "date_en_nombre.xlsx": lambda: cellule("date_effet", 45366),
    "heure_seule.xlsx": lambda: cellule("date_effet", 0.5, "hh:mm"),
    "date_hors_du_calendrier.xlsx": lambda: cellule("date_effet", 1e9, "dd/mm/yyyy"),
    # Numbers
    "effectif_decimal.csv": lambda: en_csv(effectif="12,5"),
    "effectif_decimal.xlsx": lambda: cellule("effectif", 12.5),
    "effectif_negatif.xlsx": lambda: cellule("effectif", -3),
    "effectif_en_lettres.csv": lambda: en_csv(effectif="une vingtaine"),
    "effectif_fourchette.csv": lambda: en_csv(effectif="20-30"),
    "effectif_date.xlsx": lambda: cellule("effectif", date(2024, 5, 12), "dd/mm/yyyy"),
    "effectif_pourcentage.xlsx": lambda: cellule("effectif", 0.25, numbers.FORMAT_PERCENTAGE),
    "milliers_par_point.csv": lambda: en_csv(surface_m2="1.234,5"),
    "milliers_mal_groupes.csv": lambda: en_csv(surface_m2="12 34"),
    "investissement_unite.csv": lambda: en_csv(investissement_meur="5,5 M€"),
    "pourcentage_ailleurs.csv": lambda: en_csv(emplois="40 %"),
    "nombre_infini.xlsx": lambda: parties_changees(
        remplacer(FEUILLE, b'<row r="3">', b'<row r="3" ht="15">'), lignes(surface_m2=1e300)
    ),
    # Lists
    "booleen_initiale.csv": lambda: en_csv(citable="O"),
    "booleen_croix.csv": lambda: en_csv(assimilable_site="x"),
    "type_inconnu.csv": lambda: en_csv(type_mouvement="Déménagement"),
    "statut_inconnu.csv": lambda: en_csv(statut="En cours"),
    "source_inconnue.csv": lambda: en_csv(source="Mairie"),
    "secteur_inconnu.csv": lambda: en_csv(sous_secteur="Numérique"),
    "code_d_une_autre_colonne.csv": lambda: en_csv(statut="Ouverture"),
    # Codes
    "siret_arrondi.csv": lambda: en_csv(siret="1,23457E+13"),
    "siret_faux.xlsx": lambda: cellule("siret", 12345678901234),
    "siret_sans_zero_faux.csv": lambda: en_csv(siret="1234567890123"),
    "siret_court.csv": lambda: en_csv(siret="111 000 01"),
    "siren.csv": lambda: en_csv(siret="552 100 554"),
    "titres_descendus.csv": lambda: csv_change(lambda table: table.insert(0, table.pop(1))),
    "effectif_ambigu.csv": lambda: en_csv(effectif="1.000"),
    "surface_ambigue.csv": lambda: en_csv(surface_m2="12,500"),
    "deux_nombres_dans_une_cellule.csv": lambda: en_csv(effectif="120\n250"),
    "erreur_en_texte.csv": lambda: en_csv(nom_site="#REF!"),
    "entier_demesure.xlsx": lambda: parties_changees(
        lambda parts: parts.__setitem__(
            "xl/worksheets/sheet1.xml",
            parts["xl/worksheets/sheet1.xml"].replace(b"<v>123454321</v>", b"<v>" + b"9" * 400 + b"</v>"),
        ),
        lignes(effectif=123454321),
    ),
    "nombre_avec_souligne.xlsx": lambda: parties_changees(
        lambda parts: parts.__setitem__(FEUILLE, parts[FEUILLE].replace(b"<v>123454321</v>", b"<v>2_1</v>")),
        lignes(effectif=123454321),
    ),
    "commune_inconnue.csv": lambda: en_csv(code_commune="69999"),
    "commune_postale.csv": lambda: en_csv(code_commune="69400"),
    "commune_sans_code.csv": lambda: en_csv(code_commune="Trifouilly-les-Oies"),
    "commune_homonyme.csv": lambda: en_csv(code_commune="Apremont"),
    "commune_ailleurs.csv": lambda: en_csv(code_commune="75056"),
    "commune_d_un_autre_nom.csv": lambda: en_csv(code_commune="Villeurbanne (69123)"),
    "commune_partagee.csv": lambda: csv_change(
        lambda table: (table[1].__setitem__(5, "Reims (51454)"), table[2].__setitem__(5, "08227"))
    ),
    "departement_discordant.csv": lambda: avec_departement("Ain (01)"),
    "departement_inconnu.csv": lambda: avec_departement("Paris (75)"),
    "naf_2025_a_choisir.csv": lambda: en_csv(code_naf="10.13H"),
    "naf_2025_sans_equivalent.csv": lambda: en_csv(code_naf="46.89Y"),
    "naf_inconnue.csv": lambda: en_csv(code_naf="27.99Z"),
    "naf_sans_lettre.csv": lambda: en_csv(code_naf="27.20"),
    "naf_nombre.xlsx": lambda: cellule("code_naf", 27.2),
    # Identifiers
    "identifiant_repete.csv": lambda: en_csv(id_mouvement="84-0001"),
    "identifiant_d_une_autre_region.csv": lambda: en_csv(id_mouvement="11-0001"),
    "identifiant_accentue.csv": lambda: en_csv(id_mouvement="84-Forêt 1"),
    # Texts
    "nom_vide.csv": lambda: en_csv(nom_site="  "),
    "citable_vide.xlsx": lambda: en_xlsx(citable=""),
    "nom_trop_long.csv": lambda: en_csv(nom_site="x" * 201),
    "commentaire_trop_long.xlsx": lambda: en_xlsx(commentaire="x" * 2001),
    "sens_inverse.csv": lambda: en_csv(nom_site="Usine \u202eelituni"),
    "caractere_nul.xlsx": lambda: en_xlsx(nom_site="Usine_x0000_ d'essai"),
    "echappement_de_terminal.csv": lambda: en_csv(capacite="\x1b[31mrouge"),
    "formule.xlsx": lambda: cellule("effectif", "=10+11"),
    "formule_de_texte.xlsx": lambda: cellule("nom_site", '=HYPERLINK("http://exemple.invalid","Usine")'),
    "formule_hostile.xlsx": lambda: cellule("commentaire", "=cmd|'/c calc'!A0"),
    "erreur_du_tableur.xlsx": lambda: cellule("code_commune", "#N/A", genre="e"),
    "formule_dans_un_nombre.csv": lambda: en_csv(effectif="=10+11"),
    "deux_defauts.csv": lambda: en_csv(effectif="x", citable=""),
    # Files that are accepted
    "accepte_cp1252.csv": lambda: texte(lignes(nom_site="Forêt d'Œuvre à 5 €")).encode("cp1252"),
    "accepte_virgules.csv": lambda: texte(lignes(effectif="1 234,0"), ",").encode(),
    "accepte_tabulations.csv": lambda: texte(lignes(commentaire="a;b,c"), "\t", "\n").encode(),
    "accepte_sep.csv": lambda: b"sep=,\r\n" + texte(lignes(), ",").encode(),
    "accepte_codes.csv": lambda: csv_change(lambda table: table.__setitem__(0, list(COLONNES_ATTENDUES))),
    "accepte_titres_negliges.csv": lambda: csv_change(
        lambda table: table.__setitem__(0, [f" {title.upper()} *".replace("'", "’") for title in LIBELLES])
    ),
    "accepte_marges.csv": lambda: csv_change(
        lambda table: (en_tete_ligne_3(table), [row.extend(["", ""]) for row in table], table.append([""] * 25))
    ),
    "accepte_dates.csv": lambda: en_csv(date_annonce="1.2.2023", date_effet="31/12/2024 00:00"),
    "accepte_nombres.csv": lambda: en_csv(
        effectif="1\u202f234", emplois="12,0", surface_m2="12\u00a0345,5", investissement_meur="0,75",
        variation_production="\u221240 %",
    ),
    "accepte_nombres.xlsx": lambda: classeur(
        lignes(effectif=1234, emplois=12.0, surface_m2=0.1 + 0.2, investissement_meur=1 / 3, code_commune=1004)
    ),
    "accepte_pourcentage.xlsx": lambda: cellule("variation_production", 0.4, numbers.FORMAT_PERCENTAGE),
    "accepte_date.xlsx": lambda: cellule("date_effet", datetime(2024, 12, 31), "dd/mm/yyyy"),
    "accepte_pourcent_litteral.xlsx": lambda: cellule("variation_production", 40, '0"%"'),
    "accepte_booleens.xlsx": lambda: en_xlsx(citable=True, assimilable_site=False),
    "accepte_booleens.csv": lambda: en_csv(citable="FAUX", assimilable_site="OUI"),
    "accepte_libelles.csv": lambda: en_csv(
        type_mouvement="REDUCTION SIGNIFICATIVE", statut="realise", source="sous_prefet", sous_secteur="electronique"
    ),
    "accepte_siret.csv": lambda: en_csv(siret="000 111 000 00014"),
    "accepte_siret.xlsx": lambda: cellule("siret", 11100000014),
    "accepte_commune_ancienne.csv": lambda: en_csv(code_commune="01018"),
    "accepte_arrondissement.csv": lambda: en_csv(code_commune="Lyon 3e Arrondissement (69383)"),
    "accepte_commune_par_nom.csv": lambda: en_csv(code_commune="villeurbanne"),
    "accepte_commune_du_departement.csv": lambda: avec_departement("Savoie", code_commune="Apremont"),
    "accepte_naf_2025.csv": lambda: en_csv(code_naf="1020y"),
    "accepte_naf_2025_du_champ.csv": lambda: en_csv(code_naf="1330y"),
    "accepte_naf_libelle.csv": lambda: en_csv(code_naf="2720z Fabrication de piles"),
    "accepte_identifiants.csv": lambda: en_csv(id_mouvement=""),
    "accepte_formules.csv": lambda: en_csv(
        nom_site="=cmd|'/c calc'!A0", entreprise="@SUM(1+1)", capacite="+33 tonnes", activite="-x", aides="\t=1"
    ),
    "accepte_echappes.xlsx": lambda: en_xlsx(nom_site="'=1+1", entreprise="=1+1", commentaire="l'usine\r\nneuve"),
    "accepte_ecritures_de_caracteres.xlsx": lambda: en_xlsx(
        nom_site="_x005F_x0041_", entreprise="_x005F_x005F_", activite="_x0041_b", aides="_xD83D_"
    ),
    "accepte_brut.csv": lambda: texte(
        [list(COLONNES_ATTENDUES), *lignes(nom_site="'=A", entreprise="''=A", commentaire="=A")[1:]]
    ).encode(),
    "accepte_identifiant_nombre.xlsx": lambda: en_xlsx(id_mouvement=12, nom_site=2024),
    "accepte_graphique.xlsx": lambda: classeur(lignes(), lambda book: book.create_chartsheet("Graphique")),
    "accepte_rangee_lointaine.xlsx": lambda: avec_rangee(b'<row r="1048576" ht="15"><c r="A1048576" s="0"/></row>'),
    "accepte_lien_de_texte.xlsx": lambda: parties_changees(relation("hyperlink", "https://exemple.invalid/")),
    "accepte_autre_feuille.xlsx": lambda: classeur(
        lignes(), lambda book: book.create_sheet("Notes").merge_cells("A1:B2")
    ),
    "accepte_feuille_seule.xlsx": lambda: classeur(lignes(), lambda book: setattr(book.active, "title", "Feuil1")),
    "accepte_feuille_sous_un_autre_nom.xlsx": lambda: classeur(entieres(), renommer("Feuil1")),
    "accepte_feuille_vide_du_meme_nom.xlsx": lambda: classeur(
        entieres(),
        lambda book: (setattr(book.active, "title", "2024"), book.create_sheet("Mouvements", 0).append(LIBELLES)),
    ),
    "accepte_partie_sous_un_autre_nom.xlsx": lambda: parties_changees(
        lambda parts: [
            parts.__setitem__("xl/worksheets/sheet1.dat", parts.pop(FEUILLE)),
            *(
                parts.__setitem__(name, parts[name].replace(b"sheet1.xml", b"sheet1.dat"))
                for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")
            ),
        ],
        entieres(),
    ),
    "accepte_titre_fusionne.xlsx": lambda: classeur(
        [["Baromètre industriel"], *entieres()], lambda book: book.active.merge_cells("A1:D1")
    ),
    # What only Microsoft Excel writes, and what other programs write of its own
    "excel_calcul.xlsx": lambda: par_excel(piece("xl/calcChain.xml", CHAINE, "x/calcChain+xml", "calcChain")),
    "excel_impression.xlsx": lambda: par_excel(
        declarer("Default", Extension="bin", ContentType="x/printerSettings"),
        piece("xl/printerSettings/printerSettings1.bin", bytes(90), "", "printerSettings", FEUILLE),
    ),
    "excel_case_a_cocher.xlsx": lambda: par_excel(
        piece("xl/ctrlProps/ctrlProp1.xml", b'<formControlPr objectType="CheckBox"/>', "x/xml", "ctrlProp", FEUILLE),
        piece("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>", "x/vmlDrawing", "vmlDrawing", FEUILLE),
    ),
    "excel_modele_de_donnees.xlsx": lambda: par_excel(
        declarer("Default", Extension="data", ContentType="x/model+data"),
        piece("xl/model/item.data", bytes(90), "", "powerPivotData"),
    ),
    "excel_cache_croise.xlsx": lambda: par_excel(
        piece("xl/pivotCache/pivotCacheRecords1.xml", CACHE, "x/pivotCacheRecords+xml", "pivotCacheDefinition")
    ),
    "excel_fil_de_notes.xlsx": lambda: par_excel(
        piece("xl/comments1.xml", NOTE, "x/comments+xml", "comments", FEUILLE),
        piece("xl/threadedComments/threadedComment1.xml", b"<ThreadedComments/>", "", "threadedComment", FEUILLE),
        piece("xl/persons/person.xml", b"<personList/>", "", "person"),
    ),
    "excel_strict.xlsx": lambda: par_excel(strict),
    "excel_types_sans_partie.xlsx": lambda: par_excel(
        declarer("Default", Extension="bin", ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        declarer("Override", PartName="/xl/vbaProject.bin", ContentType="application/vnd.ms-office.vbaProject"),
    ),
    "excel_partie_que_rien_ne_lit.xlsx": lambda: par_excel(
        piece("customXml/item1.xml", DOCTYPE + b"<r>&b;</r>", "", "customXml"),
        piece("docMetadata/LabelInfo.xml", b"\xff\xfe<", "", "classificationlabels"),
    ),
    "excel_graphique_masque.xlsx": lambda: classeur(
        entieres(), lambda book: setattr(book.create_chartsheet("Graphique"), "sheet_state", "hidden")
    ),
    "paquet_dotnet.xlsx": lambda: par_excel(type_par_defaut),
    "paquet_a_la_racine.xlsx": lambda: par_excel(a_la_racine),
    "paquet_de_macos.xlsx": lambda: par_excel(
        ajouter("__MACOSX/xl/._workbook.xml"), ajouter("__MACOSX/xl/_rels/._workbook.xml.rels")
    ),
    "styles_inconnus.xlsx": lambda: par_excel(
        remplacer("xl/styles.xml", b"<fills", b"<fills><fill><inconnu/></fill></fills><fills"),
        remplacer("xl/workbook.xml", b'state="visible"', b'state="Visible"'),
    ),
    "sans_en_tete_ni_separateur.csv": lambda: b'a,b\r\n"1",2\r\n',
    # Columns, encodings and files
    "mois_d_abord.csv": lambda: texte(
        suite({"date_effet": "03/17/2024"}, {"date_effet": "03/07/2024"}, {"date_effet": "7-1-2024"})
    ).encode("utf-8-sig"),
    "mois_d_abord_annonce.csv": lambda: en_csv(date_annonce="11/30/2023", date_effet="12/02/2024"),
    "mois_d_abord_seul.csv": lambda: texte(
        suite({"date_effet": "03/17/2024"}, {"date_effet": "17/03/2024"}, {"date_effet": "03/04/2024"})
    ).encode("utf-8-sig"),
    "mois_d_abord_tableur.xlsx": lambda: classeur(
        suite({"date_effet": "03/17/2024"}, {"date_effet": date(2024, 7, 3)}, {"date_effet": ""})
    ),
    "texte_en_date.csv": lambda: en_csv(capacite="10-déc", activite="déc-12", aides="12:30", commentaire="10/12/2024"),
    "texte_en_heure.xlsx": lambda: cellule("capacite", 0.5, "hh:mm"),
    "identifiant_en_date.xlsx": lambda: cellule("id_mouvement", date(2024, 10, 12), "dd/mm/yyyy"),
    "proportions.csv": lambda: texte(
        suite(
            {"type_mouvement": "Extension significative", "variation_production": "0,45"},
            {"type_mouvement": "Réduction significative", "variation_production": "\u22120,6"},
            {"type_mouvement": "Extension significative", "variation_production": "45"},
        )
    ).encode("utf-8-sig"),
    "proportion.xlsx": lambda: en_xlsx(type_mouvement="Extension significative", variation_production=1.5),
    "caractere_perdu.csv": lambda: en_csv(nom_site="Soci\ufffdt\ufffd d'essai"),
    "texte_cp850.xlsx": lambda: en_xlsx(activite="piŠces en acier tremp‚"),
    "texte_latin9.csv": lambda: en_csv(activite="Gros \u00bduvre"),
    "texte_macintosh.csv": lambda: en_csv(entreprise="Soci\u017dt\u017d d'essai"),
    "texte_utf8_et_cp1252.csv": lambda: en_csv(activite="SociÃ©tÃ© née"),
    "siret_nul.csv": lambda: en_csv(siret="552 000 000 00000"),
    "siret_arrondi_en_nombre.xlsx": lambda: cellule("siret", 55200000000000),
    "commune_irigny_ou_villeurbanne.csv": lambda: en_csv(code_commune="69100"),
    "commune_en_nombre_ambigu.xlsx": lambda: cellule("code_commune", 38100),
    "commune_corse.csv": lambda: en_csv(id_mouvement="", code_commune="20200"),
    "accepte_cp850.csv": lambda: texte(lignes(nom_site="Forêt élaguée")).replace("€", "?").encode("cp850"),
    "accepte_macintosh.csv": lambda: (
        texte(lignes(nom_site="Forêt élaguée"), fin="\r").replace("m²", "m2").encode("mac_roman")
    ),
    "accepte_latin9.csv": lambda: texte(lignes(nom_site="Gros œuvre à 5 €")).encode("iso8859-15"),
    "accepte_utf8_relu.csv": lambda: texte(lignes(nom_site="Forêt élaguée")).encode().decode("cp1252").encode(),
    "accepte_utf8_relu_deux_fois.xlsx": lambda: en_xlsx(nom_site="ForÃƒÂªt"),
    "accepte_proportion_confirmee.csv": lambda: en_csv(
        type_mouvement="Extension significative", variation_production="0,45 %"
    ),
    "accepte_mots_de_date.csv": lambda: en_csv(
        nom_site="Marne-94", entreprise="Maison 24/24", activite="½ produits, Ångström", commentaire="mars 2024"
    ),
    "accepte_jours_d_abord.csv": lambda: en_csv(date_annonce="05/05/2023", date_effet="13/12/2024"),
    "accepte_recopie.csv": lambda: texte(suite(*[{"citable": "Oui"}] * 5)).encode("utf-8-sig"),
    "accepte_deux_noms.csv": lambda: texte(
        suite(
            {"siret": "00011100000014", "nom_site": "Fonderie du Lac"},
            {"siret": "00011100000014", "nom_site": "Câblerie Martin", "date_effet": "15/05/2024"},
        )
    ).encode("utf-8-sig"),
    "accepte_commune_nommee.csv": lambda: en_csv(code_commune="Irigny (69100)"),
    "accepte_commune_brute.csv": lambda: texte(
        [list(COLONNES_ATTENDUES), *lignes(code_commune="69100")[1:]]
    ).encode(),
    "binaire.xlsx": lambda: parties_changees(
        remplacer("[Content_Types].xml", b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.binary.macroEnabled.main")
    ),
    "activex.xlsx": lambda: parties_changees(ajouter("xl/activeX/activeX1.xml", b"<x/>")),
    "requete.xlsx": lambda: parties_changees(ajouter("xl/queryTables/queryTable1.xml", b"<x/>")),
    "complement.xlsx": lambda: parties_changees(ajouter("xl/webextensions/webextension1.xml", b"<x/>")),
    "sans_cellules.xlsx": lambda: parties_changees(
        remplacer("xl/_rels/workbook.xml.rels", b"relationships/worksheet", b"relationships/dialogsheet")
    ),
    "deux_feuilles_de_mouvements.xlsx": lambda: classeur(
        lignes(), lambda book: copier_lignes(book.create_sheet("Copie"))
    ),
}  # fmt: skip


if __name__ == "__main__":
    for name, make in FICHIERS.items():
        (DOSSIER / name).write_bytes(make())
