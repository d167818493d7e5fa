"""The catalogue of pages: which pages it gives, the parameter of a notebook, and how a fault in the file is said."""

import re
import shutil
from pathlib import Path
from typing import Any

import fabrique
import pytest

from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.carnets import lire_catalogue, lire_code
from barometre_lib.vocabulaire import Releve

SERIE = """
{nom}:
  carnet: regional.ipynb
  pour_chaque: {dimension}
  page: {page}
  titre: "{{nom}} ({{code}})"
  diffusion: [interne]
"""


@pytest.fixture
def racine_privee(tmp_path: Path) -> Path:
    for name in ("params", "notebooks"):
        shutil.copytree(fabrique.RACINE / name, tmp_path / name)
    return tmp_path


def ajouter(racine: Path, text: str) -> Path:
    """Add series to the catalogue and return the folder of parameters."""
    with (racine / "params" / "carnets.yaml").open("a", encoding="utf-8") as file:
        file.write(text)
    return racine / "params"


def test_les_pages_du_projet(nomenclatures: Nomenclatures) -> None:
    catalogue = lire_catalogue(nomenclatures)
    assert [serie.nom for serie in catalogue.series] == [
        "national",
        "qualite",
        "methodologie",
        "revisions",
        "sensibilite",
        "regional",
    ]
    pages = catalogue.pages()
    regions = [f"regional-{code}" for code in nomenclatures.regions]
    assert [page.nom for page in pages] == ["national", "qualite", "methodologie", "revisions", "sensibilite", *regions]
    assert [page.nom for page in catalogue.pages("publique")] == ["national", "methodologie", "revisions", *regions]
    assert [page.nom for page in pages if not page.serie.pdf] == ["qualite", "methodologie", "revisions", "sensibilite"]
    page = catalogue.page("regional-84")
    assert (page.adresse, page.titre, page.parametres) == ("regions/84.html", "Auvergne-Rhône-Alpes", {"region": "84"})
    assert (catalogue.page("national").titre, catalogue.page("national").parametres) == ("France", {})
    with fabrique.refus("Page « regional-99 » inconnue ; attendu national, qualite.*regional-<region>"):
        catalogue.page("regional-99")


@pytest.mark.parametrize("dimension", ["departement", "secteur", "sous_secteur"])
def test_une_serie_est_une_entree(dimension: str, racine_privee: Path, nomenclatures: Nomenclatures) -> None:
    folder = ajouter(racine_privee, SERIE.format(nom="neuve", dimension=dimension, page="neuves/{code}.html"))
    pages = [page for page in lire_catalogue(nomenclatures, folder).pages() if page.serie.nom == "neuve"]
    known = nomenclatures.libelles(dimension)
    if dimension == "secteur":
        known = {code: known[code] for code in set(nomenclatures.secteur_de_sous_secteur(None).values())}
    assert [page.code for page in pages] == sorted(known)
    assert all(page.titre == f"{known[page.code]} ({page.code})" for page in pages)
    assert dimension != "departement" or len(pages) == 101


def test_les_secteurs_sont_ceux_de_la_releve(racine_privee: Path, nomenclatures: Nomenclatures) -> None:
    folder = ajouter(racine_privee, SERIE.format(nom="sectoriel", dimension="secteur", page="secteurs/{code}.html"))
    catalogue = lire_catalogue(nomenclatures, folder)
    for code in ("2023-S2", "2024-S2"):
        releve = Releve.lire(code)
        made = {page.code for page in catalogue.pages(releve=releve) if page.serie.nom == "sectoriel"}
        assert made == set(nomenclatures.secteur_de_sous_secteur(releve).values())


@pytest.mark.parametrize(
    ("value", "dimension", "code"),
    [
        (11, "region", "11"),
        (1, "region", "01"),
        ("01", "region", "01"),
        (971, "departement", "971"),
        (1, "departement", "01"),
        ("2A", "departement", "2A"),
        ("automobile", "sous_secteur", "automobile"),
    ],
)
def test_un_code_est_un_texte_ou_un_nombre_entier(
    value: Any, dimension: str, code: str, nomenclatures: Nomenclatures
) -> None:
    assert lire_code(value, dimension, nomenclatures) == code


@pytest.mark.parametrize("value", [True, False, 11.0, ["11"], {"11": 1}, None, "", "1", "99", 99, -1, "Bretagne"])
def test_ce_qui_n_est_pas_un_code_est_refuse(value: Any, nomenclatures: Nomenclatures) -> None:
    with fabrique.refus("Paramètre « region » : trouvé .*attendu un code, texte ou nombre entier"):
        lire_code(value, "region", nomenclatures)


def test_toutes_les_fautes_sont_dites_a_la_fois(racine_privee: Path, nomenclatures: Nomenclatures) -> None:
    before = (racine_privee / "params" / "carnets.yaml").read_text(encoding="utf-8").count("\n")
    folder = ajouter(
        racine_privee,
        "inconnue:\n  carnet: national.ipynb\n  page: a.html\n  titre: A\n  diffusion: [interne]\n  couleur: bleu\n"
        "absent:\n  carnet: perdu.ipynb\n  page: b.html\n  titre: B\n  diffusion: [interne]\n"
        "double:\n  carnet: national.ipynb\n  page: regions/84.html\n  titre: C\n  diffusion: [interne]\n"
        "sans_code:\n  carnet: regional.ipynb\n  pour_chaque: region\n  page: d.html\n  titre: D\n"
        "  diffusion: [interne]\n",
    )
    with pytest.raises(ErreurBarometre) as refused:
        lire_catalogue(nomenclatures, folder)
    said = re.sub("[\u00a0\u202f]", " ", str(refused.value)).splitlines()
    expected = [
        (6, "« inconnue », « couleur » : entrée inconnue ; attendu carnet, page"),
        (8, "« absent », « carnet » : trouvé « perdu.ipynb » ; attendu un carnet du dossier notebooks/"),
        (14, "« double », « page » : trouvé « regions/84.html » ; attendu un autre chemin.*de « regional »"),
        (20, "« sans_code », « page » : trouvé « d.html » ; attendu {code}"),
    ]
    assert len(said) == len(expected)
    for sentence, (line, words) in zip(said, expected, strict=True):
        assert re.search(f"carnets.yaml, ligne {before + line}, {words}", sentence)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("page: national.html", "page: index.html", "« national », « page ».*index.html, tableaux/ et notebooks/"),
        ("page: national.html", "page: tableaux/a.html", "« page ».*sont pris"),
        ("page: national.html", "page: /national.html", "« page » : trouvé « /national.html » ; attendu un chemin"),
        ("page: national.html", "page: ../national.html", "attendu un chemin relatif en .html"),
        ("page: national.html", "page: a/../../national.html", "attendu un chemin relatif en .html"),
        ("page: national.html", 'page: "a\\\\b.html"', "attendu un chemin relatif en .html"),
        ("page: national.html", 'page: "national.html\\n"', "attendu un chemin relatif en .html"),
        ("page: national.html", "page: national.htm", "attendu un chemin relatif en .html"),
        ("page: national.html", "page: qualite.html", "« qualite », « page ».*aussi une page de « national »"),
        ("page: national.html", "page: pages/{code}.html", "« national », « page ».*sans {code}"),
        ("page: national.html", "page: 12", "« page » : trouvé « 12 » ; attendu un chemin"),
        ("carnet: national.ipynb", "carnet: ../national.ipynb", "« carnet ».*attendu un carnet du dossier notebooks/"),
        ("titre: France", 'titre: "{nom}"', "« titre ».*sans accolade"),
        ('titre: "{nom}"', 'titre: "{nom.__class__}"', "« titre ».*sans autre accolade"),
        ("titre: France", "titre: 2024", "« titre » : trouvé « 2024 » ; attendu un texte"),
        ("  titre: France\n", "", "« national », « titre » : trouvé rien ; attendu un texte"),
        ("diffusion: [interne]", "diffusion: interne", "« diffusion » : trouvé « interne » ; attendu une liste"),
        ("diffusion: [interne]", "diffusion: []", "« diffusion » : attendu une liste"),
        ("diffusion: [interne]", "diffusion: [interne, privee]", "« diffusion » n° 2 : trouvé « privee »"),
        ("pour_chaque: region", "pour_chaque: commune", "« pour_chaque » : trouvé « commune » ; attendu region, dep"),
        ("depend_de: territoire", "depend_de: tout", "« depend_de » : trouvé « tout » ; attendu releve ou territoire"),
        ("objet: les années", "depend_de: territoire\n  objet: les années", "« depend_de ».*« pour_chaque »"),
        ("pdf: oui", "pdf: peut-être", "« pdf » : trouvé « peut-être » ; attendu oui ou non"),
        ("pdf: oui", "pdf: true", "« pdf » : trouvé « True » ; attendu oui ou non"),
        ("pdf: oui", "nom: autre", "« nom » : trouvé « autre ».*celui de son entrée"),
        ("qualite:\n", "qualité:\n", "« qualité » : attendu un nom de série"),
        ("qualite:\n", "qualite:\nautre:\n", "« qualite » : trouvé rien ; attendu les entrées carnet"),
        ("qualite:\n", "12:\n", "« 12 » : .*attendu un nom de série"),
        ("qualite:\n", "qualite: rien\nautre:\n", "« qualite » : trouvé « rien ».*entrées carnet, page.*depend_de[.]"),
    ],
)
def test_une_serie_mal_ecrite_est_refusee(
    old: str, new: str, said: str, racine_privee: Path, nomenclatures: Nomenclatures
) -> None:
    path = racine_privee / "params" / "carnets.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with fabrique.refus(f"carnets.yaml, ligne [0-9]+, .*{said}"):
        lire_catalogue(nomenclatures, path.parent)


def test_un_catalogue_absent_est_nomme(tmp_path: Path, nomenclatures: Nomenclatures) -> None:
    with fabrique.refus("carnets.yaml : fichier introuvable"):
        lire_catalogue(nomenclatures, tmp_path)
