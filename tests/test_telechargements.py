"""What a publication offers to download: tables, workbook, PDF; true, readable, the same bytes each time."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fabrique
import openpyxl
import pandas as pd
import pytest
from fuites import textes_du_pdf

from barometre_lib.barometre import Barometre
from barometre_lib.ecriture import en_csv
from barometre_lib.publication.accueil import Telechargement
from barometre_lib.publication.classeur import ENTETE, Cellules, Garde, Onglet, composer
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.telechargements import ecrire_tableaux, faire_tables, mentions, proteger_textes
from barometre_lib.publication.vue import Vue
from barometre_lib.vocabulaire import MESURES

CODEES = (
    "region",
    "departement",
    "secteur",
    "sous_secteur",
    "couverture",
    "ex_aequo",
    "motif",
    "sens",
    "type_mouvement",
    "mesure",
    "granularite",
    "nature",
    "groupee",
)
COMPTES = {
    "annee": ["annee"],
    "annee-region": ["annee", "region"],
    "annee-region-secteur": ["annee", "region", "secteur"],
    "annee-departement": ["annee", "departement"],
    "annee-secteur": ["annee", "secteur"],
    "annee-sous_secteur": ["annee", "sous_secteur"],
    "semestre": ["semestre"],
    "semestre-region": ["semestre", "region"],
    "semestre-region-secteur": ["semestre", "region", "secteur"],
}
CLASSEUR = "barometre-2024-S2.xlsx"


def outil(nom: str, paquet: str) -> str:
    """Return a program, or skip: in CI, which installs it, its absence is a failure."""
    found = shutil.which(nom)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{nom} is missing, and CI installs it: see .ci/run")
        pytest.skip(f"{nom} is missing: apt-get install {paquet}")
    return found


def lire(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def dossier(charger: Callable[[str], Barometre], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("telechargements")
    ecrire_tableaux(folder, charger("2024-S2"))
    return folder / "tableaux"


@pytest.fixture(scope="module")
def classeur(dossier: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(dossier / CLASSEUR)


@pytest.fixture(scope="module")
def pdf(publication: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pdf") / "84.pdf"
    ecrire_pdf(publication / "regions" / "84.html", target)
    return target


class TestTableaux:
    """The CSV."""

    @pytest.mark.parametrize("releve", fabrique.RELEVES)
    def test_les_fichiers_annonces_sont_la(
        self, charger: Callable[[str], Barometre], tmp_path: Path, releve: str
    ) -> None:
        offered = ecrire_tableaux(tmp_path, charger(releve))
        assert all(isinstance(one, Telechargement) for one in offered)
        assert {one.href: one.poids for one in offered} == {
            path.relative_to(tmp_path).as_posix(): path.stat().st_size for path in tmp_path.rglob("*.*")
        }
        assert {Path(one.href).stem for one in offered} == {
            *COMPTES, "classement", "emplois-investissement-region", "emplois-investissement-secteur", "dictionnaire",
            "bornes-annee", "bornes-annee-region", "motifs", "a-completer", "vintages", "notes", f"barometre-{releve}",
        }  # fmt: skip

    @pytest.mark.parametrize("nom", COMPTES)
    def test_les_comptes_sont_ceux_de_la_commande_compter(
        self, dossier: Path, charger: Callable[[str], Barometre], nom: str
    ) -> None:
        rows = lire(dossier / f"{nom}.csv")
        asked = charger("2024-S2").comptes(COMPTES[nom])
        measures = set(asked) - set(COMPTES[nom])
        counted = [{name: str(value) for name, value in row.items()} for row in asked.to_dict("records")]
        for row, told in zip(counted, rows, strict=True):
            # Where coverage is not known, nothing counted is not a zero.
            sure = told.get("couverture", "oui") == "oui"
            row |= {name: "" for name in measures if not sure and row[name] == "0"}
        assert [{name: row[name] for name in asked} for row in rows] == counted
        assert [name for name in rows[0] if name not in ("couverture", "mention")] == [*COMPTES[nom], *MESURES]

    def test_le_classement_est_celui_de_l_edition(self, dossier: Path) -> None:
        rows = lire(dossier / "classement.csv")
        assert [rows[0][name] for name in ("annee", "rang", "ex_aequo", "region", "solde_net")] == [
            "2024", "1", "non", "84", "32",
        ]  # fmt: skip
        assert len(rows) == 13

    def test_un_territoire_dont_la_couverture_n_est_pas_etablie_n_a_aucun_zero(
        self, dossier: Path, classeur: openpyxl.Workbook
    ) -> None:
        rows = lire(dossier / "annee-region.csv")
        assert {row["region"] for row in rows if row["couverture"] == "inconnue"} == {"01", "02", "03", "04", "06"}
        departments = lire(dossier / "annee-departement.csv")
        covered = {row["departement"]: row["couverture"] for row in departments}
        assert (covered["01"], covered["2A"], covered["974"]) == ("oui", "oui", "inconnue")
        sectors, sums = lire(dossier / "annee-region-secteur.csv"), lire(dossier / "emplois-investissement-region.csv")
        for table in (rows, departments, sectors, sums):
            unsure = [row for row in table if row["couverture"] == "inconnue"]
            assert unsure and not any("0" in row.values() for row in unsure)
        assert any(row["solde_net"] == "0" for row in rows if row["region"] == "94")
        for name in ("Année, région", "Semestre, région", "Année, région, secteur", "Bornes, région"):
            shown = [[cell.value for cell in row] for row in classeur[name].iter_rows(min_row=ENTETE + 1)]
            unsure = [row for row in shown if "couverture non précisée" in row]
            assert unsure and not any(0 in row for row in unsure)
        cover = [cell.value for cell in classeur["Lisez-moi"]["B"] if cell.value]
        assert any("une cellule vide y tient lieu de zéro" in text for text in cover)

    def test_ce_qui_est_compte_sans_couverture_etablie_reste(self) -> None:
        barometre = fabrique.barometre([fabrique.ligne(code_commune="97411")])
        (table,) = (one for one in faire_tables(barometre, barometre.contexte()) if one.nom == "annee-region")
        (row,) = table.donnees.query("region == '04' and annee == '2024'").to_dict("records")
        assert (row["ouvertures"], row["solde_net"]) == (1, 1)
        assert pd.isna(row["fermetures"])

    def test_la_convention_des_csv(self, dossier: Path) -> None:
        for path in dossier.glob("*.csv"):
            data = path.read_bytes()
            assert b"\r" not in data and data.endswith(b"\n") and not data.startswith(b"\xef\xbb\xbf")
            assert len({len(row) for row in csv.reader(io.StringIO(data.decode("utf-8")), delimiter=";")}) == 1

    def test_le_dictionnaire_dit_chaque_colonne_et_chaque_code(self, dossier: Path) -> None:
        told = {(row["colonne"], row["code"]) for row in lire(dossier / "dictionnaire.csv")}
        assert all(row["libelle"] for row in lire(dossier / "dictionnaire.csv"))
        for path in dossier.glob("*.csv"):
            if path.stem in ("dictionnaire", "notes"):
                continue
            for row in lire(path):
                for name, value in row.items():
                    assert (name, "") in told
                    coded = name in CODEES
                    assert not coded or not value or (name, value) in told, (path.name, name, value)

    def test_les_nombres_negatifs_restent_des_nombres(self, dossier: Path) -> None:
        nets = [row["solde_net"] for row in lire(dossier / "annee-region.csv")]
        assert "-3" in nets and not any("'" in net for net in nets)

    def test_un_texte_qui_serait_une_formule_est_protege(self) -> None:
        data = pd.DataFrame({"a": ["=1+1", "@x", "texte"], "b": [-1, 2, 3]})
        assert en_csv(proteger_textes(data)) == b"a;b\n'=1+1;-1\n'@x;2\ntexte;3\n"

    def test_meme_releve_memes_octets(self, dossier: Path, tmp_path: Path) -> None:
        """In another process too: no order of a set, no date."""
        source = (
            "import sys; from pathlib import Path; from barometre_lib import Barometre; "
            "from barometre_lib.publication.telechargements import ecrire_tableaux; "
            "ecrire_tableaux(Path(sys.argv[1]), Barometre.charger('2024-S2'))"
        )
        subprocess.run([sys.executable, "-c", source, str(tmp_path)], check=True, env=os.environ | {"TZ": "Asia/Tokyo"})
        again = {path.name: path.read_bytes() for path in (tmp_path / "tableaux").iterdir()}
        assert again == {path.name: path.read_bytes() for path in dossier.iterdir() if path.is_file()}


class TestMentions:
    """What must accompany every number."""

    def test_la_demonstration_se_dit_sur_chaque_ligne(self, dossier: Path) -> None:
        for path in dossier.glob("*.csv"):
            if path.stem not in ("dictionnaire", "notes"):
                assert all("Registre de démonstration" in row["mention"] for row in lire(path)), path.name

    def test_ce_qui_manque_est_nomme_comme_dans_le_classeur_de_collecte(self) -> None:
        row = {"type_mouvement": "extension", "effectif": ""}
        barometre = fabrique.barometre(fabrique.lignes(row, {"effectif": ""}))
        (dictionary,) = (one for one in faire_tables(barometre, barometre.contexte()) if one.nom == "dictionnaire")
        said = dictionary.donnees.query("colonne == 'manque' and code != ''")[["code", "libelle"]].to_numpy().tolist()
        every = "effectif salarié, variation de la production (%) et assimilable à un site"
        assert said == [["effectif", "effectif salarié"], ["effectif, variation_production, assimilable_site", every]]

    def test_une_variante_porte_son_tampon(self) -> None:
        barometre = fabrique.barometre([fabrique.ligne()], seuil_effectif=10)
        tables = faire_tables(barometre, barometre.contexte())
        stamped = [table for table in tables if "mention" in table.donnees]
        # The counts, the ranking, two tables of sums, five of the register, and the dictionary.
        assert len(stamped) == len(COMPTES) + 9
        for table in stamped:
            assert table.donnees["mention"].str.contains("Document interne, ne pas diffuser").all()
            numbers = table.nom != "dictionnaire"
            assert table.donnees["mention"].str.contains("Variante d'étude, hors méthode officielle").all() == numbers
        assert "Variante d'étude" in " ".join(tables[0].donnees["texte"])

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"etat": "diffuse"}, []),
            ({"etat": "travail"}, ["Document de travail\u00a0: l'édition n'est pas arrêtée"]),
            ({"etat": "rectifie", "rectificatif": "coquille."}, ["Édition rectifiée\u00a0: coquille"]),
        ],
        ids=str,
    )
    def test_de_vraies_donnees_diffusees_n_ont_pas_de_mention(
        self, charger: Callable[[str], Barometre], changes: dict[str, Any], said: list[str]
    ) -> None:
        contexte = charger("2024-S2").contexte()
        real = replace(contexte, demonstration=False, edition=replace(contexte.edition, **changes))
        assert mentions(replace(real, publique=True)) == said
        assert mentions(real) == ["Document interne, ne pas diffuser", *said]

    def test_les_notes_disent_l_essentiel(self, dossier: Path) -> None:
        notes = {row["rubrique"]: re.sub(r"\s", " ", row["texte"]) for row in lire(dossier / "notes.csv")}
        assert notes["État"] == "Édition diffusée."
        assert "relève 2024-S2, parution 13 mars 2025" in notes["Indicateur"]
        assert "plus de 20 salariés" in notes["Unité"]
        assert "13 régions" in notes["Couverture"] and "Guadeloupe, Guyane, La Réunion" in notes["Couverture"]
        assert "Licence Ouverte 2.0" in notes["Licence"]
        assert "registre des mouvements de démonstration" in notes["Sources"]

    def test_celles_du_public_ne_disent_ni_releve_ni_etat(self, charger: Callable[[str], Barometre]) -> None:
        view = Vue.de(charger("2024-S2"))
        notes = dict(faire_tables(view, view.contexte())[0].donnees.to_numpy().tolist())
        assert "État" not in notes
        assert "État, année 2024, parution 13\u00a0mars\u00a02025" in notes["Indicateur"].replace("’", "'")


class TestClasseur:
    """The workbook."""

    def test_une_garde_puis_une_feuille_par_tableau(self, classeur: openpyxl.Workbook) -> None:
        assert classeur.sheetnames == [
            "Lisez-moi", "Année", "Année, région", "Année, région, secteur", "Année, département", "Année, secteur",
            "Année, sous-secteur", "Semestre", "Semestre, région", "Semestre, région, secteur", "Classement",
            "Emplois, région", "Emplois, secteur", "Bornes, année", "Bornes, région", "Motifs", "À compléter",
            "Dictionnaire",
        ]  # fmt: skip
        cover, *sheets = classeur
        text = re.sub(r"\s", " ", " ".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value))
        for said in ("Relève 2024-S2", "Solde net", "ne pas diffuser", "Registre de démonstration", "provisoires"):
            assert said in text
        links = {cell.value: cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink}
        assert links == {name: f"'{name}'!A1" for name in classeur.sheetnames[1:]}
        for sheet in sheets:
            assert sheet["A1"].value and "ne pas diffuser" in sheet["A2"].value
            assert sheet.freeze_panes == f"A{ENTETE + 1}"
            assert all(cell.font.bold and cell.fill.fgColor.rgb == "00000091" for cell in sheet[ENTETE])
            assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)

    def test_chaque_tableau_est_un_tableau_d_excel(self, classeur: openpyxl.Workbook) -> None:
        names = []
        for sheet in classeur.worksheets[1:]:
            (table,) = sheet.tables.values()
            names.append(table.displayName)
            headings = [cell.value for cell in sheet[ENTETE]]
            assert table.ref == f"A{ENTETE}:{sheet.cell(sheet.max_row, len(headings)).coordinate}"
            assert table.column_names == headings and len({*map(str.casefold, headings)}) == len(headings)
        assert "annee_region_secteur" in names and len({*names}) == len(names)

    def test_un_tableau_vide_reste_un_tableau(self) -> None:
        empty = Onglet("Vide", "Rien", [Cellules("Nom", []), Cellules("N", [])], "vide")
        sheet = openpyxl.load_workbook(io.BytesIO(composer(Garde("T", [], []), [empty], date(2024, 1, 1))))["Vide"]
        assert sheet.tables["vide"].ref == f"A{ENTETE}:B{ENTETE + 1}"

    def test_la_mention_n_est_pas_une_colonne(self, classeur: openpyxl.Workbook) -> None:
        for sheet in classeur.worksheets[1:]:
            assert "Mention" not in [cell.value for cell in sheet[ENTETE]]
            texts = [cell.value for row in sheet.iter_rows(min_row=ENTETE) for cell in row]
            assert not any("ne pas diffuser" in text for text in texts if isinstance(text, str))

    def test_le_libelle_est_a_cote_du_code(self, classeur: openpyxl.Workbook) -> None:
        sheet = classeur["Année, région"]
        assert [cell.value for cell in sheet[ENTETE]][:5] == [
            "Année", "Code région", "Région", "Couverture", "Ouvertures",
        ]  # fmt: skip
        first = [cell.value for cell in sheet[ENTETE + 1]]
        assert first[:4] == [2022, "01", "Guadeloupe", "couverture non précisée"]

    def test_les_nombres_sont_des_nombres(self, classeur: openpyxl.Workbook) -> None:
        sheet = classeur["Année"]
        names = [cell.value for cell in sheet[ENTETE]]
        net, openings = (sheet.cell(ENTETE + 3, names.index(name) + 1) for name in ("Solde net", "Ouvertures"))
        assert (net.value, openings.value) == (89, 114)
        assert net.number_format.startswith("+") and openings.number_format == "#,##0"

    def test_un_texte_hostile_reste_un_texte(self) -> None:
        hostile = "=cmd|' /C calc'!A0"
        data = composer(
            Garde(hostile, [hostile], [(hostile, hostile)]),
            [Onglet("Essai", hostile, [Cellules("Nom", [hostile, hostile]), Cellules("N", [-1, None])], "t", hostile)],
            date(2024, 1, 1),
        )
        cover, sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        cells = [sheet[place] for place in ("A1", "A2", "A5", "A6")] + [
            cover[place] for place in ("A2", "A3", "A6", "B6")
        ]
        assert {(cell.value, cell.data_type) for cell in cells} == {(f"'{hostile}", "s")}
        assert (sheet["B5"].value, sheet["B6"].value) == (-1, None)

    def test_rien_n_est_date_d_aujourd_hui(self, dossier: Path) -> None:
        with zipfile.ZipFile(dossier / CLASSEUR) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            properties = archive.read("docProps/core.xml").decode("utf-8")
        assert set(re.findall(r"\d{4}-\d\d-\d\d", properties)) == {"2024-12-31"}

    def test_libreoffice_lit_les_memes_valeurs(self, dossier: Path, profil: Path, tmp_path: Path) -> None:
        program = outil("soffice", "libreoffice-calc")
        # Separator `;`, UTF-8, from the first line, values rather than what is shown, every sheet.
        export = 'csv:"Text - txt - csv (StarCalc)":59,34,76,1,,0,false,false,false,false,false,-1'.replace('"', "")
        profile = f"-env:UserInstallation={profil.as_uri()}"
        command = [program, profile, "--headless", "--convert-to", export, "--outdir", tmp_path, dossier / CLASSEUR]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        written = openpyxl.load_workbook(dossier / CLASSEUR)
        for sheet in written:
            path = tmp_path / f"barometre-2024-S2-{sheet.title}.csv"
            with path.open(encoding="utf-8", newline="") as file:
                seen = list(csv.reader(file, delimiter=";"))
            expected = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
            assert seen == expected, sheet.title


class _Visible(HTMLParser):
    """Collects the words that a page prints."""

    # Neither the navigation, nor what unfolds a table, nor what a screen reader says of a shape of a map.
    TUS = frozenset({"head", "nav", "summary", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.TUS:
            self.silent += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self.TUS:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words += data.split()


class TestPdf:
    """The PDF of a page."""

    def test_le_texte_est_celui_de_la_page(self, publication: Path, pdf: Path) -> None:
        program = outil("pdftotext", "poppler-utils")
        parser = _Visible()
        html = (publication / "regions" / "84.html").read_text(encoding="utf-8")
        # What paper leaves out: the drawing of a phone, its columns, the values of a figure, its files, an annexe.
        phone = r'<(?:div|span|th|td)[^>]* class="(?:mobile|etroit)[^"]*"[^>]*>.*?</(?:div|span|th|td)>'
        left_out = (
            phone,
            r'<details(?: class="annexe"[^>]*)?>.*?</details>',
            r'<p class="(?:emporter|defilement)">.*?</p>',
        )
        parser.feed(re.sub("|".join(left_out), "", html, flags=re.DOTALL))
        done = subprocess.run([program, "-raw", pdf, "-"], check=True, capture_output=True, encoding="utf-8")

        # Where a line is cut, and on which side of a tag a sign stands, is not what is compared; nor is the way back
        # from a note, which paper does not have.
        def letters(words: list[str]) -> Counter[str]:
            return Counter("".join(words).replace("↩", ""))

        page, printed = letters(parser.words[4:]), letters(done.stdout.split())
        assert {letter: (n, printed[letter]) for letter, n in page.items() if n > printed[letter]} == {}
        text = re.sub(r"\s+", " ", done.stdout)
        for said in ("27 ouvertures et 32 extensions", "Dracula Technologies", "Document interne, ne pas diffuser"):
            assert said in text
        assert "Aller au contenu" not in text and "Changer de région" not in text

    def test_il_est_balise_et_dit_sa_langue(self, pdf: Path) -> None:
        program = outil("pdfinfo", "poppler-utils")
        told = subprocess.run([program, pdf], check=True, capture_output=True, encoding="utf-8").stdout
        assert re.search(r"Tagged: +yes", told)
        assert re.search(r"Title: +Baromètre industriel de l’État –\s*Auvergne-Rhône-Alpes", told)
        tree = subprocess.run([program, "-struct", pdf], check=True, capture_output=True, encoding="utf-8").stdout
        for tag in ("H1", "H2", "Table", "TH", "TD", "Figure", "L", "Caption"):
            assert re.search(rf"^ *{tag}\b", tree, re.MULTILINE), tag

    def test_memes_octets(self, publication: Path, pdf: Path, tmp_path: Path) -> None:
        source = (
            "import sys; from pathlib import Path; from barometre_lib.publication.pdf import ecrire_pdf; "
            "ecrire_pdf(Path(sys.argv[1]), Path(sys.argv[2]))"
        )
        page, again = publication / "regions" / "84.html", tmp_path / "84.pdf"
        subprocess.run([sys.executable, "-c", source, page, again], check=True, env=os.environ | {"TZ": "Asia/Tokyo"})
        assert again.read_bytes() == pdf.read_bytes()

    def test_chaque_dessin_a_son_alternative(self, charger: Callable[[str], Barometre], tmp_path: Path) -> None:
        """Read in the objects of a PDF left uncompressed by nothing: the alternative is a text of the tree of tags."""
        weasyprint = pytest.importorskip("weasyprint")
        page = tmp_path / "page.html"
        drawing = '<div role="img" aria-label="Courbe en hausse"><svg viewBox="0 0 9 9"><path d="M0 0h9"/></svg></div>'
        page.write_text(
            f'<!doctype html><html lang="fr"><title>T</title><main>{drawing}</main></html>', encoding="utf-8"
        )
        document = weasyprint.HTML(string=page.read_text(encoding="utf-8"))
        assert "Courbe en hausse" not in "\n".join(textes_du_pdf(document.write_pdf(pdf_variant="pdf/ua-1")))
        ecrire_pdf(page, tmp_path / "page.pdf")
        assert "Courbe en hausse" in "\n".join(textes_du_pdf((tmp_path / "page.pdf").read_bytes()))

    @pytest.mark.parametrize(
        "appel",
        [
            '<img src="https://example.org/a.png" alt="">',
            '<img src="file:///etc/hostname" alt="">',
            "<style>body { background: url(http://127.0.0.1:9/a) }</style>",
        ],
    )
    def test_rien_n_est_appele(self, tmp_path: Path, appel: str) -> None:
        page = tmp_path / "page.html"
        page.write_text(f'<!doctype html><html lang="fr"><title>T</title><body>{appel}</body></html>', encoding="utf-8")
        with fabrique.refus("la page appelle un fichier qu'elle ne contient pas"):
            ecrire_pdf(page, tmp_path / "page.pdf")
        assert not (tmp_path / "page.pdf").exists()

    def test_sans_weasyprint_le_refus_dit_quoi_installer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        with fabrique.refus(r"WeasyPrint n'est pas installé ; installez WeasyPrint par « pip install .*\[pdf\]"):
            ecrire_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
