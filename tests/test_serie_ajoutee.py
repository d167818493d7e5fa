"""A series of pages is added by one entry of the catalogue and one notebook, without a line of Python."""

import re
from html import unescape
from pathlib import Path

import nbformat
from processus import fichiers, lancer

from barometre_lib.nomenclatures import Nomenclatures

ENTREE = """
departemental:
  carnet: departemental.ipynb
  pour_chaque: departement
  page: departements/{code}.html
  titre: "{nom} ({code})"
  sommaire: Départements
  diffusion: [interne]
  depend_de: territoire
"""
CELLULES = {
    "parametres": 'releve = "2024-S2"\ndepartement = "69"',
    "chargement": """from barometre_lib import Barometre, restitution

barometre = Barometre.charger(releve)
territoire = barometre.nomenclatures.departements[departement]
annees = barometre.comptes(par=["annee", "departement"])
annees = annees[annees["departement"] == departement].drop(columns="departement")""",
    "entete": "restitution.entete(barometre.contexte(), intitule=territoire.nom)",
    "annees": "restitution.tableau(annees, titre=territoire.nom)",
}


def test_une_entree_et_un_carnet_publient_101_pages(
    petite_racine: Path, tmp_path: Path, nomenclatures: Nomenclatures
) -> None:
    with (petite_racine / "params" / "carnets.yaml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(ENTREE)
    cells = [
        nbformat.v4.new_code_cell(source, id=name, metadata={"tags": ["parameters"]} if name == "parametres" else {})
        for name, source in CELLULES.items()
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, petite_racine / "notebooks" / "departemental.ipynb")
    publish = ("publier", "2024-S2", "--regions", "94", "--sorties", tmp_path / "s")
    done = lancer(*publish, BAROMETRE_RACINE=str(petite_racine))
    assert done.returncode == 0, done.stderr
    assert "105 pages faites" in done.stderr.replace("\u00a0", " ")
    published = fichiers(tmp_path / "s" / "2024-S2")
    known = nomenclatures.departements
    pages = {name for name in published if name.startswith("departements/")}
    assert len(pages) == 101
    assert pages == {f"departements/{code}.html" for code in known}
    for code, one in known.items():
        page = lisible(published[f"departements/{code}.html"])
        assert f"– {one.nom} ({code}) –" in page, code
        assert re.search(rf"<h1[^>]*>[^<]*{re.escape(one.nom)}", page), code
    # The one row counted is of the Rhône.
    assert [code for code in known if "<td>+1</td>" in lisible(published[f"departements/{code}.html"])] == ["69"]
    index = lisible(published["index.html"])
    section = index[index.index(">Départements</h2>") :].partition("</section>")[0]
    assert set(re.findall(r'href="departements/([^"]+)\.html"', section)) == set(known)
    plan = lancer(*publish, "--a-blanc", BAROMETRE_RACINE=str(petite_racine))
    assert (plan.returncode, plan.stdout) == (0, "")


def lisible(page: bytes) -> str:
    """Return a page, its spaces plain, its characters as they are read."""
    return re.sub("[\u00a0\u202f]", " ", unescape(page.decode("utf-8")))
