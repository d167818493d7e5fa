"""A page of one's own: its command, all or nothing; the figures and sentences that it shows; what is refused, and why.

That `publier` then makes its pages is in test_serie_ajoutee.py.
"""

import os
import re
import runpy
from pathlib import Path
from typing import Any

import fabrique
import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
import seaborn as sns
from console import lancer
from lecture import simple
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output
from processus import fichiers

from barometre_lib import Barometre, restitution
from barometre_lib.publication.carnet import convertir

DIT = {"texte": "Deux barres, la seconde plus haute.", "constat": "Cela monte", "source": "essai"}


@pytest.fixture
def racine_vide(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    return petite_racine


def changes(root: Path, before: dict[str, bytes]) -> set[str]:
    return {name for name, data in fichiers(root).items() if before.get(name) != data}


class TestCommande:
    def test_ce_qu_elle_ecrit_s_execute_et_son_essai_passe(
        self, racine_vide: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = fichiers(racine_vide)
        done = lancer(capsys, "nouveau-carnet", "departemental", "--pour-chaque", "departement")
        assert done.code == 0, done.stderr
        written = {"notebooks/departemental.ipynb", "tests/test_carnet_departemental.py"}
        assert changes(racine_vide, before) == written | {"params/carnets.yaml", "docs/carnets.md"}
        catalogue = (racine_vide / "params" / "carnets.yaml").read_bytes()
        assert catalogue.startswith(before["params/carnets.yaml"]) and b'titre: "{nom} ({code})"' in catalogue
        assert "`departemental` : une page pour chaque département" in (racine_vide / "docs/carnets.md").read_text()
        runpy.run_path(str(racine_vide / "tests" / "test_carnet_departemental.py"))[
            "test_le_carnet_s_execute_et_sa_page_montre_tout"
        ]()

    def test_ce_qui_est_refuse_n_ecrit_rien(self, racine_vide: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (racine_vide / "tests").mkdir()
        (racine_vide / "tests" / "test_carnet_pris.py").touch()
        before = fichiers(racine_vide)
        for name, said in {
            "regional": "« regional » y est déjà",
            "exploration": "notebooks/exploration.ipynb est déjà là",
            "pris": "tests/test_carnet_pris.py est déjà là",
            "Dép": "Nom « Dép » : attendu des minuscules sans accents",
            "../a": "Nom « ../a »",
            "on": "Nom « on » : YAML ou Windows y lit autre chose",
            "con": "Nom « con » : YAML ou Windows y lit autre chose",
            "tableaux": "Série « tableaux », telle qu'elle serait écrite ; rien ne l'est",
        }.items():
            done = lancer(capsys, "nouveau-carnet", name, "--pour-chaque", "secteur")
            assert done.code == 1 and said in done.stderr
        done = lancer(capsys, "nouveau-carnet", "communal", "--pour-chaque", "commune")
        assert done.code == 2 and "« commune » n'est pas parmi « region », « departement »" in done.stderr
        done = lancer(capsys, "nouveau-carnet", "titre", "--pour-chaque", "secteur", "--titre", "{nom} {annee}")
        assert done.code == 1 and "params/carnets.yaml, ligne" in done.stderr and "attendu un titre sans" in done.stderr
        for title in ("{nom}\nbis", "Sans nom", ""):
            done = lancer(capsys, "nouveau-carnet", "titre", "--pour-chaque", "secteur", "--titre", title)
            assert done.code == 1 and "attendu une ligne de 100 caractères au plus, avec {nom} ou {code}" in done.stderr
        assert changes(racine_vide, before) == set()

    def test_un_fichier_qui_ne_s_ecrit_pas_defait_les_autres(
        self, racine_vide: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, replace = fichiers(racine_vide), os.replace

        def refuse(source: Any, target: Any) -> None:
            if Path(target).name == "carnets.yaml":
                raise PermissionError(13, "refused", str(target))
            replace(source, target)

        monkeypatch.setattr(Path, "replace", refuse)
        done = lancer(capsys, "nouveau-carnet", "departemental", "--pour-chaque", "departement")
        assert done.code == 1 and "params/carnets.yaml" in done.stderr and "rien n'a été écrit" in done.stderr
        assert fichiers(racine_vide) == before


class TestFigure:
    @pytest.fixture(autouse=True)
    def sans_ecran(self) -> None:
        mpl.use("agg")

    @staticmethod
    def dessiner(titre: str = "") -> Any:
        return pd.DataFrame({"an": ["2023", "2024"], "n": [1, 2]}).plot.bar(x="an", y="n", title=titre)

    def test_matplotlib_pandas_et_seaborn(self) -> None:
        grid = sns.relplot(pd.DataFrame({"an": ["2023", "2024"], "n": [1, 2]}), x="an", y="n")
        for drawn in (self.dessiner(), self.dessiner().figure, grid):
            shown = restitution.figure(drawn, **DIT).html
            assert 'role="img" aria-label="Deux barres, la seconde plus haute."' in shown
            assert "<figcaption>Cela monte</figcaption>" in shown and "Source : essai" in simple(shown)
            assert "font-family: " not in shown and "2024</text>" in shown
        assert plt.get_fignums() == [], "JupyterLab la montrerait une seconde fois"

    def test_ce_qui_est_ecrit_sur_le_dessin_reste_un_texte(self) -> None:
        hostile = '</text><script>alert(1)</script> id="x" font-family: a'
        axes = self.dessiner(hostile)
        axes.patches[0].set_url("javascript:alert(1)")
        shown = restitution.figure(axes, **DIT | {"texte": '"><script>', "constat": "<b>"}).html
        assert "<script" not in shown and "javascript:" not in shown and "<b>" not in shown
        assert "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt; id=&quot;x&quot; font-family: a</text>" in shown

    def test_les_memes_octets_a_chaque_fois(self) -> None:
        assert restitution.figure(self.dessiner(), **DIT) == restitution.figure(self.dessiner(), **DIT)

    def test_deux_dessins_aux_memes_mots_n_ont_aucun_identifiant_en_commun(self) -> None:
        other = self.dessiner()
        other.set_xlim(-3, 9)
        shown = (restitution.figure(one, **DIT).html for one in (self.dessiner(), other))
        one, two = (re.findall(r'\bid="([^"]+)"', html) for html in shown)
        assert one and two and not {*one} & {*two}

    def test_la_source_de_la_maison(self, charger: Any) -> None:
        contexte = charger("2024-S2").contexte("84")
        shown = simple(restitution.figure(self.dessiner(), **DIT | {"source": contexte}).html)
        assert "Champ : sites industriels de plus de 20 salariés. Source : Baromètre industriel" in shown

    @pytest.mark.parametrize("nom", DIT)
    def test_ce_qui_n_est_pas_dit_est_refuse(self, nom: str) -> None:
        with fabrique.refus(f"restitution.figure, « {nom} » : rien n'est dit ; attendu"):
            restitution.figure(self.dessiner(), **DIT | {nom: " "})

    def test_une_autre_chose_ou_une_figure_vide_est_refusee(self) -> None:
        with fabrique.refus("trouvé un objet « int » ; attendu une figure de matplotlib"):
            restitution.figure(3, **DIT)
        with fabrique.refus("la figure est vide"):
            restitution.figure(Figure(), **DIT)


def test_les_phrases(charger: Any) -> None:
    assert restitution.phrase("<b> : 1er").html == "<p>&lt;b&gt;\u00a0: 1<sup>er</sup></p>"
    barometre: Barometre = charger("2024-S2")
    assert barometre.contexte().designer("departement", 1) == ("01", "Ain")
    with fabrique.refus("Paramètre « departement » : trouvé « 2C » ; attendu un code"):
        barometre.contexte().designer("departement", "2C")
    years = barometre.comptes(par=["annee"])
    said = simple(restitution.phrase_solde("France", years, "2024").html)
    assert said.startswith("<p>France : solde net de +89 en 2024, soit ") and "ouvertures," in said
    years["solde_net"] = pd.NA
    assert (
        simple(restitution.phrase_solde("France", years, "2024").html)
        == "<p>France : solde net non disponible en 2024.</p>"
    )


@pytest.mark.parametrize(
    ("donnees", "dit"),
    [
        ({"application/vnd.jupyter.widget-view+json": {}}, "« atelier »"),
        ({"application/javascript": "1"}, "une page n'a pas de script"),
        ({"image/svg+xml": "<svg/>"}, "restitution.figure"),
        ({"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"}, "restitution.figure"),
        ({"text/plain": "<Axes: xlabel='an'>"}, "restitution.figure"),
        ({"text/plain": "[<Axes: xlabel='an'>]"}, "restitution.figure"),
        ({"text/html": pd.DataFrame({"a": [1]})._repr_html_()}, "restitution.tableau_libre"),
    ],
)
def test_ce_qu_une_page_ne_montre_pas_dit_quoi_faire(donnees: dict[str, Any], dit: str) -> None:
    output = new_output("display_data", data=donnees)
    notebook: nbformat.NotebookNode = new_notebook(cells=[new_code_cell("essai()", id="essai-1", outputs=[output])])
    with fabrique.refus(f"cellule « essai-1 ».* ; .*{dit}"):
        convertir(notebook)
