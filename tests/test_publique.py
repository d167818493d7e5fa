"""The public edition: what is in it is listed; nothing of a row, no identifier, no internal page, no site's sum."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import fabrique
import fuites
import pytest
from barometre_lib.publication.publique import (
    COLONNES_EXEMPLES,
    SECTIONS_FRANCE,
    SECTIONS_REGION,
    Vue,
    publier_publique,
)
from navigation import REGIONS, ouvrir
from playwright.sync_api import Browser

from barometre_lib.barometre import Barometre
from barometre_lib.campagne import diffusion
from barometre_lib.campagne.etude import Consignes
from barometre_lib.publication import publique
from barometre_lib.restitution import section_sommes

PAGES = ["index.html", "national.html", "methodologie.html", *(f"regions/{code}.html" for code in REGIONS)]
TABLEAUX = [
    "annee.csv", "annee-region.csv", "annee-departement.csv", "annee-secteur.csv", "annee-sous_secteur.csv",
    "semestre.csv", "semestre-region.csv", "classement.csv", "emplois-investissement-region.csv",
    "emplois-investissement-secteur.csv", "dictionnaire.csv", "notes.csv", "barometre-2024-S2.xlsx",
]  # fmt: skip
# Whatever a region gives as an identifier, this is the form of those of the project.
IDENTIFIANT = re.compile(r"\b\d{2}-\d{5}\b")


@pytest.fixture(scope="module")
def corpus(publication_publique: Path) -> dict[str, str]:
    """All that each file says, by its path."""
    files = [path for path in publication_publique.rglob("*") if path.is_file()]
    return {path.relative_to(publication_publique).as_posix(): fuites.lisible(path) for path in files}


def test_rien_que_les_fichiers_de_la_liste(corpus: dict[str, str]) -> None:
    assert set(corpus) == {*PAGES, *(f"tableaux/{name}" for name in TABLEAUX)}


def test_aucun_identifiant_de_mouvement(corpus: dict[str, str], charger: Callable[[str], Barometre]) -> None:
    known = set(charger("2024-S2").decisions["id_mouvement"])
    for name, text in corpus.items():
        assert IDENTIFIANT.findall(text) == [], name
        assert fuites.presents(known, text) == [], name


def test_aucun_texte_d_un_site_qui_n_est_pas_un_exemple(
    corpus: dict[str, str], charger: Callable[[str], Barometre]
) -> None:
    barometre = charger("2024-S2")
    named = [name for chosen in barometre.edition.exemples.values() for name in chosen]
    rows = barometre.decisions
    hidden = fuites.textes_caches(rows, named)
    # Here citable is not enough: only the examples are told.
    hidden |= fuites.textes_caches(rows.assign(citable=rows["id_mouvement"].isin(named)), named)
    assert fuites.presents(hidden, "\n".join(corpus.values())) == []
    assert "Dracula Technologies" in corpus["regions/84.html"]


def test_rien_d_interne(corpus: dict[str, str]) -> None:
    files = [*(fabrique.RACINE / "data" / "releves" / "2024-S2").iterdir()]
    checksums = {hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in files}
    for name, text in corpus.items():
        for internal in ("Document interne", "qualite.html", "sensibilite", ".ipynb", "manifeste", "mpreinte"):
            assert internal not in text, (name, internal)
        assert fuites.presents(checksums, text) == [], name
        assert not re.search(r"\b[0-9a-f]{64}\b", text), name


def test_chaque_page_dit_l_etat_de_l_edition_et_la_demonstration(corpus: dict[str, str]) -> None:
    for name in PAGES:
        assert "Édition diffusée" in corpus[name], name
        assert "Registre de démonstration" in corpus[name], name


def test_chaque_lien_mene_a_un_fichier_publie(publication_publique: Path, corpus: dict[str, str]) -> None:
    for name in PAGES:
        for href in re.findall(r'href="([^"]+)"', corpus[name]):
            address, _ = urldefrag(href)
            if address and not re.match(r"https://|mailto:|tel:", address):
                target = (publication_publique / name).parent / address
                assert target.resolve().is_file(), (name, href)
                assert target.resolve().is_relative_to(publication_publique.resolve()), (name, href)


def test_les_nombres_sont_ceux_de_l_edition(corpus: dict[str, str]) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", corpus["regions/84.html"]))
    assert "59 ouvertures et extensions significatives" in text
    assert "+32, soit 32 ouvertures nettes" in text


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
        view = Vue(charger("2024-S2"))
        edition = view.contexte("84").edition
        assert view.contexte("84").publique
        assert (edition.exemples, edition.acquittements) == ({}, ())
        assert list(view.exemples("84")) == list(COLONNES_EXEMPLES)
        assert not {"id_mouvement", "siret", "commentaire", "effectif", "citable"} & set(COLONNES_EXEMPLES)

    def test_ni_decisions_ni_revisions(self, charger: Callable[[str], Barometre]) -> None:
        told = {name for name in vars(Vue(charger("2024-S2"))) if not name.startswith("_")}
        assert told == {"comptes", "classement", "evolution", "sommes"}

    @pytest.mark.parametrize(("carnet", "sections"), [("regional", SECTIONS_REGION), ("national", SECTIONS_FRANCE)])
    def test_une_section_ajoutee_au_carnet_demande_une_decision(self, carnet: str, sections: Any) -> None:
        """What a notebook shows is in the public edition, or known not to be: rows would reach these two."""
        notebook = json.loads((fabrique.RACINE / "notebooks" / f"{carnet}.ipynb").read_text(encoding="utf-8"))
        shown = set(re.findall(r"restitution\.(\w+)", json.dumps(notebook["cells"]))) - {"lire_parametres"}
        source = Path(publique.__file__).read_text(encoding="utf-8")
        public = set(re.findall(r"restitution\.(\w+)\(", source))
        assert shown - public == {"lecture_emplois", "section_provisoire"}
        assert len(sections) == len(set(sections))


class TestSommes:
    """Jobs and investment."""

    def test_une_somme_de_moins_de_trois_sites_est_secrete(self, charger: Callable[[str], Barometre]) -> None:
        view = Vue(charger("2024-S1"))
        rows = view.sommes["region"].set_index("region")
        # Two sites give their jobs in Provence-Alpes-Côte d'Azur; another region hides what the total would tell.
        assert (rows.at["93", "emplois_crees"], rows.at["93", "sites_emplois_crees"]) == ("s", 2)
        hidden = rows.index[rows["emplois_crees"] == "s"].tolist()
        assert len(hidden) >= 2 and "FR" not in hidden
        html = section_sommes(view.contexte("93"), view.sommes)._repr_html_()
        assert re.search(r"Emplois créés</th>\s*<td>s</td>\s*<td>2</td>", html)

    @pytest.mark.parametrize("releve", fabrique.RELEVES)
    def test_aucune_ne_se_lit_dans_les_cinq_editions(self, charger: Callable[[str], Barometre], releve: str) -> None:
        for rows in Vue(charger(releve)).sommes.values():
            for name in ("emplois_crees", "emplois_supprimes", "investissement_meur"):
                few = rows[(rows[f"sites_{name}"] > 0) & (rows[f"sites_{name}"] < 3)]
                assert (few[name] == "s").all()
                assert (rows[name] == "s").sum() != 1

    def test_un_site_dit_ailleurs_ne_protege_pas_le_troisieme(self) -> None:
        """Two of the three sites are examples, whose jobs the page tells: the sum would tell those of the third."""
        rows = fabrique.lignes(
            {"emplois": 10, "citable": "oui", "nom_site": "Un"},
            {"emplois": 20, "citable": "oui", "nom_site": "Deux"},
            {"emplois": 7, "nom_site": "Trois"},
            *({"emplois": 50, "nom_site": f"Site {n}", "code_commune": "75101"} for n in range(5)),
        )
        barometre = fabrique.barometre(rows)
        barometre.edition = replace(barometre.edition, exemples={"84": ["M-0001", "M-0002"]})  # type: ignore[misc]
        table = Vue(barometre).sommes["region"].set_index("region")
        assert (table.at["84", "emplois_crees"], table.at["84", "sites_emplois_crees"]) == ("s", 3)


SECRETS = {
    "nom_site": "SECRET site", "entreprise": "SECRET entreprise", "activite": "SECRET activite",
    "capacite": "SECRET capacite", "aides": "SECRET aides", "commentaire": "SECRET commentaire",
    "siret": fabrique.SIRET_A, "emplois": 717273, "investissement_meur": 818283, "effectif": 616263,
    "surface_m2": 515253,
}  # fmt: skip


class TestRegistreFabrique:
    """A small register, of which every free text is a secret."""

    @pytest.fixture
    def barometre(self) -> Barometre:
        rows = fabrique.lignes(SECRETS, {"nom_site": "Site cité", "citable": "oui", "commentaire": "SECRET"})
        made = fabrique.barometre(rows)
        made.edition = replace(made.edition, exemples={"84": ["M-0002"]})  # type: ignore[misc]
        return made

    def test_aucun_secret_dans_aucun_octet_pdf_compris_et_memes_octets(
        self, barometre: Barometre, tmp_path: Path
    ) -> None:
        offered = publier_publique(tmp_path / "a", barometre, pdf=True)
        files = [path for path in (tmp_path / "a").rglob("*") if path.is_file()]
        assert {path.suffix for path in files} == {".html", ".csv", ".xlsx", ".pdf"}
        assert {"national.pdf", "regions/84.pdf"} <= {one.href for one in offered}
        texts = {path.relative_to(tmp_path / "a").as_posix(): fuites.lisible(path) for path in files}
        for name, text in texts.items():
            # Numbers as a page or a spreadsheet would group their digits.
            for secret in ("SECRET", fabrique.SIRET_A, "M-000", r"\b(717.?273|818.?283|616.?263|515.?253)\b"):
                assert not re.search(secret, text), (name, secret)
        assert "Site cité" in texts["regions/84.html"] and "Site cité" in texts["regions/84.pdf"]
        # A PDF is made from its page alone: that one page gives the same bytes twice is proved with the PDF.
        publier_publique(tmp_path / "b", barometre)
        again = [path.relative_to(tmp_path / "b") for path in (tmp_path / "b").rglob("*.*")]
        assert {one.as_posix() for one in again} == {name for name in texts if not name.endswith(".pdf")}
        # The index alone offers the PDF.
        for one in again:
            if one.name != "index.html":
                assert (tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / one).read_bytes(), one

    def test_un_exemple_non_citable_est_refuse(self, barometre: Barometre, tmp_path: Path) -> None:
        barometre.edition = replace(barometre.edition, exemples={"84": ["M-0001"]})  # type: ignore[misc]
        with fabrique.refus("compté et citable"):
            publier_publique(tmp_path / "a", barometre)
        assert list(tmp_path.rglob("*.html")) == []

    def test_un_registre_qui_change_apres_son_controle_est_refuse(
        self, petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
        changed = petite_racine / "data" / "releves" / "2024-S2" / "84.csv"
        monkeypatch.setattr(diffusion, "controler_releve", lambda *_: changed.open("a").write("\n"))
        monkeypatch.setattr(diffusion, "publier_publique", lambda *_, **__: None)
        monkeypatch.setattr(diffusion, "refuser_remplacement_public", lambda *_, **__: None)
        with fabrique.refus("2024-S2 : le registre, les paramètres ou le code ont changé"):
            list(diffusion.diffuser(["2024-S2"], Consignes(tmp_path / "s")))
        assert not (tmp_path / "s" / "publique" / "2024-S2").exists()

    def test_une_variante_ne_se_publie_pas(self, tmp_path: Path) -> None:
        with fabrique.refus("une variante ne se publie pas"):
            publier_publique(tmp_path, fabrique.barometre([], seuil_effectif=10))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"etat": "travail"}, "Document de travail : l'édition n'est pas arrêtée"),
            ({"etat": "rectifie", "rectificatif": "une erreur de saisie."}, "rectifiée : une erreur de saisie."),
        ],
        ids=["travail", "rectifie"],
    )
    def test_l_etat_se_dit(self, barometre: Barometre, changes: dict[str, str], said: str) -> None:
        barometre.edition = replace(barometre.edition, **changes)  # type: ignore[misc]
        contexte = Vue(barometre).contexte("84")
        assert said in re.sub(r"\s", " ", f"{contexte.edition.avis} {contexte.edition.situation}")
