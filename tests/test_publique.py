"""The public edition: what is in it is listed; nothing of a row, no identifier, no internal page, no site's sum."""

import ast
import hashlib
import json
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import fabrique
import fuites
import nbformat
import pytest
from navigation import REGIONS, ouvrir
from playwright.sync_api import Browser
from processus import fichiers

from barometre_lib import Barometre
from barometre_lib.campagne import campagne, verification
from barometre_lib.campagne.cache import DOSSIER
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.vue import COLONNES_EXEMPLES, Vue
from barometre_lib.restitution import tableau_sommes

PAGES = [
    *("index.html", "national.html", "methodologie.html", "revisions.html"),
    *(f"regions/{code}.html" for code in REGIONS),
]
TABLEAUX = [
    "annee.csv", "annee-region.csv", "annee-region-secteur.csv", "annee-departement.csv", "annee-secteur.csv",
    "annee-sous_secteur.csv", "semestre.csv", "semestre-region.csv", "semestre-region-secteur.csv", "classement.csv",
    "emplois-investissement.csv", "dictionnaire.csv", "notes.csv", "barometre-2024-S2.xlsx", "datapackage.json",
]  # fmt: skip
# Whatever a region gives as an identifier, this is the form of those of the project.
IDENTIFIANT = re.compile(r"\b\d{2}-\d{5}\b")


@pytest.fixture(scope="module")
def corpus(publication_publique: Path) -> dict[str, str]:
    """All that each file says, by its path."""
    files = [path for path in publication_publique.rglob("*") if path.is_file()]
    return {path.relative_to(publication_publique).as_posix(): fuites.lisible(path) for path in files}


def test_rien_que_les_fichiers_de_la_liste(corpus: dict[str, str]) -> None:
    assert set(corpus) == {"manifeste.json", *PAGES, *(f"tableaux/{name}" for name in TABLEAUX)}


def test_aucun_identifiant_de_mouvement(corpus: dict[str, str], charger: Callable[[str], Barometre]) -> None:
    known = set(charger("2024-S2").decisions["id_mouvement"])
    for name, text in corpus.items():
        assert IDENTIFIANT.findall(text) == [], name
        assert fuites.presents(known, text) == [], name


def test_aucun_texte_d_un_site_qui_n_est_pas_un_exemple(
    corpus: dict[str, str], charger: Callable[[str], Barometre]
) -> None:
    barometre = charger("2024-S2")
    named = [one.id for chosen in barometre.edition.exemples.values() for one in chosen]
    rows = barometre.decisions
    hidden = fuites.textes_caches(rows, named)
    # Here citable is not enough: only the examples are told.
    hidden |= fuites.textes_caches(rows.assign(citable=rows["id_mouvement"].isin(named)), named)
    assert fuites.presents(hidden, "\n".join(corpus.values())) == []
    assert "Dracula Technologies" in corpus["regions/84.html"]


def test_rien_d_interne(publication_publique: Path, corpus: dict[str, str]) -> None:
    files = [*(fabrique.RACINE / "data" / "releves" / "2024-S2").iterdir()]
    checksums = {hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in files}
    manifest = json.loads((publication_publique / "manifeste.json").read_text(encoding="utf-8"))
    assert set(manifest) == {"releve", "demonstration", "edition", "france", "sorties"}
    public = {name: hashlib.sha256(data).hexdigest() for name, data in fichiers(publication_publique).items()}
    assert manifest["sorties"] == {name: one for name, one in public.items() if name != "manifeste.json"}
    for name, text in corpus.items():
        if name == "manifeste.json":
            continue
        for internal in ("Document interne", "qualite.html", "sensibilite", ".ipynb", "manifeste", "mpreinte"):
            assert internal not in text, (name, internal)
        assert fuites.presents(checksums, text) == [], name
        assert not re.search(r"\b[0-9a-f]{64}\b", text), name


def test_chaque_page_dit_l_etat_de_l_edition_et_la_demonstration(corpus: dict[str, str]) -> None:
    for name in PAGES:
        assert re.search(r"publication le 13\s+mars\s+2025", corpus[name]), name
        assert "Registre de démonstration" in corpus[name], name


def test_chaque_lien_mene_a_un_fichier_publie(publication_publique: Path, corpus: dict[str, str]) -> None:
    for name in PAGES:
        for href in re.findall(r'href="([^"]+)"', corpus[name]):
            address, _ = urldefrag(href)
            if address and not re.match(r"https://|mailto:|tel:|data:", address):
                target = (publication_publique / name).parent / address
                assert target.resolve().is_file(), (name, href)
                # The list of the editions stands beside them.
                assert target.resolve().is_relative_to(publication_publique.parent.resolve()), (name, href)
                assert address == "../index.html" or target.resolve().is_relative_to(publication_publique.resolve())


def test_les_nombres_sont_ceux_de_l_edition(corpus: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", corpus["regions/84.html"]))
    assert re.search("Auvergne-Rhône-Alpes : 32 ouvertures nettes d.usines en 2024", text)
    assert re.search("27 ouvertures et 32 extensions significatives, contre 19 fermetures et 8 réductions", text)


@pytest.mark.parametrize("nom", ["index.html", "national.html", "regions/84.html", "regions/94.html"])
@pytest.mark.parametrize("largeur", [1280, 320])
def test_une_page_publique_se_lit(navigateur: Browser, publication_publique: Path, nom: str, largeur: int) -> None:
    page, asked, said = ouvrir(navigateur, publication_publique / nom, largeur)
    assert asked == [(publication_publique / nom).as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.close()


class TestVue:
    """What sections are given."""

    def test_un_contexte_public_ne_porte_aucun_identifiant(self, charger: Callable[[str], Barometre]) -> None:
        view = Vue.de(charger("2024-S2"))
        edition = view.contexte("84").edition
        assert view.contexte("84").publique
        assert edition.exemples == {}
        assert list(view.exemples("84")) == list(COLONNES_EXEMPLES)
        assert not {"id_mouvement", "siret", "commentaire", "effectif", "citable"} & set(COLONNES_EXEMPLES)

    def test_rien_de_ce_qu_elle_porte_ne_vient_d_une_ligne_tue(self, charger: Callable[[str], Barometre]) -> None:
        """What a notebook's process is sent, byte by byte."""
        barometre = charger("2024-S2")
        # What a process has already read of the reference tables does not go with it.
        assert barometre.nomenclatures.nom_de_commune["35322"] == "Le Sel-de-Bretagne"
        rows = barometre.decisions
        named = [one.id for chosen in barometre.edition.exemples.values() for one in chosen]
        hidden = fuites.textes_caches(rows.assign(citable=rows["id_mouvement"].isin(named)), named)
        sent = pickle.dumps(Vue.de(barometre)).decode("utf-8", errors="replace")
        assert "Dracula Technologies" in sent
        assert fuites.presents(hidden | set(rows["id_mouvement"]), sent) == []

    def test_elle_compte_comme_la_releve(self, charger: Callable[[str], Barometre]) -> None:
        barometre = charger("2024-S2")
        view = Vue.de(barometre)
        assert view.comptes(["annee", "secteur"], region="84").equals(
            barometre.comptes(["annee", "secteur"], region="84")
        )
        assert view.classement("2024").equals(barometre.classement("2024"))
        assert view.evolution("84").equals(barometre.evolution("84"))
        assert view.contexte(1).nom == barometre.contexte(1).nom == "Guadeloupe"

    @pytest.mark.parametrize("carnet", ["regional", "national", "methodologie", "revisions"])
    def test_une_cellule_publique_ne_demande_que_ce_que_la_vue_sait(self, carnet: str) -> None:
        notebook = nbformat.read(fabrique.RACINE / "notebooks" / f"{carnet}.ipynb", as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        private = [cell.id for cell in code if not {"publique", "parameters"} & set(cell.metadata.get("tags", []))]
        # A section added to a page demands a decision: rows would reach what this cell makes.
        hidden = {"methodologie": [], "revisions": ["calcul-interne", "causes", "indicateurs", "lecture"]}
        assert private == hidden.get(carnet, ["calcul-interne", "commentaire"])
        asked = {
            node.attr
            for cell in code
            if cell.id not in private
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "barometre"
        }
        revised = {"vintages", "revisions_par_famille"}
        assert asked <= {"contexte", "comptes", "classement", "evolution", "sommes", "exemples"} | revised
        assert asked <= {*dir(Vue), *Vue.__dataclass_fields__}


class TestSommes:
    """Jobs and investment: France alone, over the year."""

    def test_la_page_nationale_seule_les_dit(self, corpus: dict[str, str]) -> None:
        said = {name for name in PAGES if "Emplois et investissement" in corpus[name]}
        assert said == {"national.html", "index.html"}
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", corpus["national.html"]))
        assert re.search(r"France 9 500 220 10 550 144 3 600 171", text)
        assert "non actualisé" not in text

    def test_la_page_et_le_tableau_disent_la_meme_chose(
        self, corpus: dict[str, str], charger: Callable[[str], Barometre]
    ) -> None:
        view = Vue.de(charger("2024-S2"))
        rows = view.sommes["secteur"].set_index("secteur")
        assert (rows.at["defense", "investissement_meur"], rows.at["defense", "emplois_supprimes"]) == ("s", None)
        html = tableau_sommes(view.contexte(), view.sommes)._repr_html_()
        assert re.search(r"Défense</th>\s*<td>150</td>\s*<td>5</td>\s*<td>n.d.</td>", html)
        assert "\ndefense;150;5;;0;s;4;" in corpus["tableaux/emplois-investissement.csv"]

    def test_un_semestre_n_en_dit_aucune(self, charger: Callable[[str], Barometre]) -> None:
        view = Vue.de(charger("2024-S1"))
        assert tableau_sommes(view.contexte(), view.sommes) is None


@pytest.fixture(scope="module")
def textes(piegee: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that each published file says, and the PDF of two of its pages."""
    folder = piegee / "sorties" / "publique" / "2024-S2"
    made = tmp_path_factory.mktemp("pdf")
    for name in ("national", "84"):
        ecrire_pdf(folder / ("national.html" if name == "national" else f"regions/{name}.html"), made / f"{name}.pdf")
    return {path: fuites.lisible(where / path) for where in (folder, made) for path in fichiers(where)}


class TestRegistreFabrique:
    """A small register, of which every free text is a secret, and notebooks to which somebody added cells."""

    def test_seules_les_cellules_publiques_sont_executees_et_montrees(
        self, piegee: Path, textes: dict[str, str]
    ) -> None:
        assert {path.name.partition("-")[0] for path in (piegee / "effets").iterdir()} == {"MOTPUBLIQUE", "essais"}
        once = [path.read_text(encoding="utf-8") for path in (piegee / "effets").glob("MOTPUBLIQUE-*")]
        assert once == ["x"] * len(REGIONS)
        everything = "\n".join([*textes.values(), *(data.decode() for data in self.cache(piegee).values())])
        assert set(re.findall(r"MOT\w+", everything)) - {"MOTPUBLIQUE"} == {"MOTPUBLIQUECODE", "MOTPUBLIQUETEXTE"}
        for code in REGIONS:
            assert {"MOTPUBLIQUECODE", "MOTPUBLIQUETEXTE"} <= set(re.findall(r"MOT\w+", textes[f"regions/{code}.html"]))

    @staticmethod
    def cache(piegee: Path) -> dict[str, bytes]:
        kept = fichiers(piegee / "sorties" / DOSSIER)
        return {name: data for name, data in kept.items() if name.endswith(".json")}

    def test_un_carnet_public_n_atteint_aucune_ligne(self, piegee: Path) -> None:
        found = json.loads((piegee / "effets" / "essais").read_text(encoding="utf-8"))
        assert (found["portes"], found["dossier"], found["releve"]) == ([], [], "Vue")
        assert "introuvable" in found["variante"] and "introuvable" in found["autre"]

    def test_aucun_secret_dans_aucun_octet_pdf_et_cache_compris(self, piegee: Path, textes: dict[str, str]) -> None:
        assert {Path(name).suffix for name in textes} == {".html", ".csv", ".xlsx", ".pdf", ".json"}
        kept = {name: data.decode() for name, data in self.cache(piegee).items()}
        for name, text in (textes | kept).items():
            # Numbers as a page or a spreadsheet would group their digits.
            for secret in ("SECRET", fabrique.SIRET_A, IDENTIFIANT, r"\b(717.?273|818.?283|616.?263|515.?253)\b"):
                assert not re.search(secret, text), (name, secret)
        assert "Site cité" in textes["regions/84.html"] and "Site cité" in textes["84.pdf"]

    @pytest.mark.usefixtures("sans_carnet")
    def test_ce_qui_est_fait_n_est_pas_refait_et_donne_les_memes_octets(
        self, piegee: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BAROMETRE_RACINE", str(piegee / "racine"))
        sorties = shutil.copytree(piegee / "sorties", tmp_path / "s")
        (sorties / "publique" / "2024-S2" / "regions" / "11.html").unlink()
        list(campagne.publier(["2024-S2"], Consignes(sorties, diffusion="publique")))
        assert fichiers(sorties) == fichiers(piegee / "sorties")


class TestPDF:
    """What `--pdf` adds to a publication, and what a publication without it takes away."""

    @pytest.mark.usefixtures("sans_carnet")
    def test_il_est_fait_offert_et_retire(self, piegee: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = fichiers(piegee / "interne" / "2024-S2")
        made = {name for name in before if name.endswith(".pdf")}
        assert made == {"national.pdf", "regions/84.pdf"}
        assert all(f'href="{name}"' in before["index.html"].decode() for name in made)
        # Of the notebook as it was.
        root = shutil.copytree(piegee / "racine", tmp_path / "racine")
        shutil.copytree(fabrique.RACINE / "notebooks", root / "notebooks", dirs_exist_ok=True)
        monkeypatch.setenv("BAROMETRE_RACINE", str(root))
        sorties = shutil.copytree(piegee / "interne", tmp_path / "s")
        list(campagne.publier(["2024-S2"], Consignes(sorties, regions=["84"])))
        after = fichiers(sorties / "2024-S2")
        assert set(after) == set(before) - made
        # The index offers the PDF, and each page its own.
        offering = {"index.html", *(name.replace(".pdf", ".html") for name in made)}
        assert {name for name, data in after.items() if before[name] != data} == {*offering, "manifeste.json"}

    def test_verifier_dit_ce_qui_differe_et_rien_d_autre(
        self, piegee: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = piegee / "sorties" / "publique"
        folder = shutil.copytree(made, tmp_path / "publique") / "2024-S2"
        (folder / "regions" / "84.html").write_text("autre", encoding="utf-8")
        (folder / "vide").mkdir()

        def publish(releves: list[str], asked: Consignes) -> Iterator[str]:
            assert (releves, asked.diffusion, asked.essai) == (["2024-S2"], "publique", tmp_path / "publique")
            shutil.copytree(made, asked.dossier)
            yield ""

        monkeypatch.setattr(verification, "publier", publish)
        monkeypatch.setenv("BAROMETRE_RACINE", str(piegee / "racine"))
        with pytest.raises(ErreurBarometre) as refused:
            verification.verifier("2024-S2", Consignes(tmp_path, diffusion="publique"))
        assert str(refused.value).replace("\u00a0", " ").splitlines() == [
            "Sortie regions/84.html : modifiée depuis la publication, son manifeste dit autre chose.",
            "Sortie « vide » (un dossier vide) : étrangère à la publication, son manifeste ne la connaît pas.",
            "Relève 2024-S2 : 2 écarts avec ce qui est publié.",
        ]


class TestRefus:
    """What stops the public edition before any notebook."""

    @pytest.mark.usefixtures("sans_carnet")
    def test_un_exemple_non_citable_est_refuse(
        self, petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        edition = petite_racine / "params" / "releves" / "2024-S2.yaml"
        chosen = edition.read_text(encoding="utf-8").replace("exemples: {}", 'exemples: {"84": ["84-1"]}')
        edition.write_text(chosen, encoding="utf-8")
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        with fabrique.refus("compté et citable"):
            list(campagne.publier(["2024-S2"], Consignes(tmp_path / "s", diffusion="publique")))
        assert not (tmp_path / "s").exists()

    @pytest.mark.usefixtures("sans_carnet")
    def test_un_registre_qui_change_apres_son_controle_n_est_pas_dans_l_edition(
        self, petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        changed = petite_racine / "data" / "releves" / "2024-S2" / "84.csv"
        first = changed.read_bytes()

        def change(*_: Any) -> list[Any]:
            changed.write_bytes(first.replace(b"2024-05-02", b"2023-05-02"))
            return []

        monkeypatch.setattr(campagne, "executer_taches", change)
        said = "".join(
            one.dit for one in campagne.publier(["2024-S2"], Consignes(tmp_path / "s", diffusion="publique"))
        )
        assert "changement pendant la campagne (registre 2024-S2/84.csv)" in said
        checked = {path.name: path.read_bytes() for path in (tmp_path / "s" / "publique" / "2024-S2").rglob("*.csv")}
        monkeypatch.setattr(campagne, "executer_taches", lambda *_: [])
        changed.write_bytes(first)
        list(campagne.publier(["2024-S2"], Consignes(tmp_path / "t", diffusion="publique")))
        assert checked == {path.name: path.read_bytes() for path in (tmp_path / "t").rglob("*.csv")}

    @pytest.mark.usefixtures("sans_carnet")
    def test_une_edition_se_refait_sous_une_plus_recente_d_un_premier_semestre(
        self, petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The later one is read beside: its register is a part of the snapshot."""
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        monkeypatch.setattr(campagne, "executer_taches", lambda *_: [])
        register, editions = petite_racine / "data" / "releves", petite_racine / "params" / "releves"
        shutil.copytree(register / "2024-S2", register / "2025-S1")
        edition = (editions / "2024-S2.yaml").read_text(encoding="utf-8")
        (editions / "2025-S1.yaml").write_text(edition.replace("2024-S2", "2025-S1"), encoding="utf-8")
        for releve in ("2025-S1", "2024-S2"):
            list(campagne.publier([releve], Consignes(tmp_path / "s", diffusion="publique")))
            assert (tmp_path / "s" / "publique" / releve / "manifeste.json").is_file()

    def test_une_variante_ne_se_publie_pas(self) -> None:
        with fabrique.refus("une variante ne se publie pas"):
            Vue.de(fabrique.barometre([], seuil_effectif=10))

    @pytest.mark.parametrize(
        ("changes", "motif", "said"),
        [
            ({"etat": "travail"}, "", "Document de travail : l'édition n'est pas arrêtée"),
            ({"etat": "diffuse"}, "une erreur de saisie.", "rectifiée : une erreur de saisie."),
        ],
        ids=["travail", "rectifie"],
    )
    def test_l_etat_se_dit(self, changes: dict[str, str], motif: str, said: str) -> None:
        barometre = fabrique.editer(fabrique.barometre([]), exemples={}, **changes)
        edition = Vue.de(barometre, motif).contexte("84").edition
        assert said in re.sub(r"\s", " ", f"{edition.avis} {edition.situation}")
