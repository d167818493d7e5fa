"""The layout and the site: contents, neighbours, state of the edition, contacts, method, indexes, rectification."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import fabrique
import lecture
import pandas as pd
import pytest
from console import lancer as lancer_ici
from markupsafe import Markup

from barometre_lib.barometre import Barometre
from barometre_lib.campagne import campagne
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.manifeste import NOM, Manifeste, ManifestePublic, lire_manifeste, lire_manifestes
from barometre_lib.comptage import avec_soldes
from barometre_lib.contexte import Contexte
from barometre_lib.parametres.carnets import lire_catalogue
from barometre_lib.parametres.region import Contact
from barometre_lib.parametres.regles import lire_valeurs_datees
from barometre_lib.publication.accueil import Telechargement, index, page_releves, poids
from barometre_lib.publication.pages import GABARITS, Lien, chaine_css, habiller, lire_titres
from barometre_lib.qualite import lire_suites
from barometre_lib.restitution import page_methodologie
from barometre_lib.restitution.tableaux import tableau, tableau_libre
from barometre_lib.typographie import composer, typographier
from barometre_lib.vocabulaire import MESURES_BRUTES

pytestmark = pytest.mark.usefixtures("jugements_gardes")

HOSTILE = """<script>x</script>"'&</style>{{ 1 }}"""
SECTIONS = Markup("".join(f'<section><h2 id="s{n}">Partie {n}</h2></section>' for n in range(3)))


def lisible(html: str) -> str:
    """Return the text of a page as a reader sees it, every space plain."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", lecture.simple(unescape(re.sub(r"<[^>]+>", " ", lecture.EXPOSANTS.sub(r"\1", body)))))


PAGES = lire_catalogue(fabrique.nomenclatures()).pages()


def mettre_en_page(
    contexte: Contexte, contenu: Markup = SECTIONS, adresse: str = "regions/84.html", **dits: Any
) -> str:
    """Put something into the layout, at the place of a page of the catalogue."""
    return habiller(contenu, contexte, pages=PAGES, adresse=adresse, intitule="Essai", **dits)


@pytest.fixture(scope="session")
def contexte(charger: Callable[[str], Barometre]) -> Contexte:
    """What the page of Auvergne-Rhône-Alpes is about."""
    return charger("2024-S2").contexte("84")


# --- layout ---------------------------------------------------------------------------------------


def test_la_feuille_de_style_passe_telle_quelle_dans_la_page(contexte: Contexte) -> None:
    css = (GABARITS / "style.css").read_text(encoding="utf-8")
    assert typographier(css) == css
    assert css in mettre_en_page(contexte)
    assert not re.search(r"url\(|@import|@font-face|http", css)


@pytest.mark.parametrize("texte", ["Val-d'Oise", HOSTILE, 'a"b\\c\nd', "été\u00a0: 6\u202f%"])
def test_un_texte_en_css_ne_ferme_ni_sa_chaine_ni_la_feuille(texte: str) -> None:
    written = chaine_css(texte)
    assert re.fullmatch(r'"[^"<>&\n]*"', written)
    back = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found.group(1), 16)), written[1:-1])
    assert back == texte
    assert typographier(written) == written


def test_les_titres_sont_lus_ou_ils_sont() -> None:
    html = '<h2 id="a">Un &amp; <em>deux</em></h2><h3 id="b">Non</h3><h2>Sans ancre</h2><h2 id="c">Trois</h2>'
    assert lire_titres(html) == [("a", "Un &amp; deux"), ("c", "Trois")]


def test_ni_une_page_courte_ni_une_page_de_region_n_ont_de_sommaire(
    charger: Callable[[str], Barometre], contexte: Contexte
) -> None:
    france = charger("2024-S2").contexte()
    assert 'class="sommaire"' in mettre_en_page(france, adresse="national.html")
    short = Markup('<section><h2 id="s">Seule</h2></section>')
    for page in (
        mettre_en_page(france, short, "national.html"),
        mettre_en_page(france, adresse="index.html"),
        mettre_en_page(contexte),
    ):
        assert 'class="sommaire"' not in page


def test_chaque_page_mene_a_chaque_region_par_ordre_de_nom(contexte: Contexte) -> None:
    listed = re.search(r"Changer de région</summary>(.*?)</details>", mettre_en_page(contexte), re.DOTALL)
    found = re.findall(r'href="\.\./regions/(..)\.html"[^>]*>([^<]+)', listed.group(1) if listed else "")
    names = [name for _, name in found]
    assert len({code for code, _ in found}) == 18
    assert names[0] == "Auvergne-Rhône-Alpes" and names[-1].startswith("Provence")
    assert names[names.index("Hauts-de-France") + 1] == "Île-de-France"
    # A page that is not made is not offered.
    assert "11.html" not in habiller(
        SECTIONS, contexte, pages=[one for one in PAGES if one.code != "11"], adresse="a/b.html", intitule="Essai"
    )


def test_ce_qu_une_page_offre_a_emporter_se_nomme_hors_contexte(contexte: Contexte) -> None:
    offered = [Lien("regions/84.pdf", "PDF", "de cette page"), Lien("tableaux/<.csv", "CSV", HOSTILE)]
    page = mettre_en_page(contexte, fichiers=offered)
    assert '<a href="../regions/84.pdf" download>PDF<span class="lecteur"> de cette page</span></a>' in page
    assert "<script" not in page and "../tableaux/&lt;.csv" in page
    assert "Télécharger" not in mettre_en_page(contexte)


def test_la_navigation_marque_la_page_ouverte(charger: Callable[[str], Barometre], contexte: Contexte) -> None:
    page = mettre_en_page(charger("2024-S2").contexte(), adresse="national.html")
    assert '<a href="national.html" aria-current="page">France</a>' in page
    assert page.count('aria-current="page"') == 1
    regional = mettre_en_page(contexte)
    assert '<a href="../regions/84.html" aria-current="page">Auvergne-Rhône-Alpes</a>' in regional
    assert regional.count('aria-current="page"') == 1
    listed = [page.adresse for page in PAGES if not page.code]
    assert all(f'<a href="../{address}"' in regional for address in ("index.html", *listed))
    assert ">Relève 2024-S2</a>" in regional
    assert ">Année 2024</a>" in mettre_en_page(replace(contexte, publique=True))
    public = mettre_en_page(replace(charger("2025-S1").contexte(), publique=True))
    assert ">1<sup>er</sup>\u00a0semestre\u00a02025</a>" in public


def test_le_pied_dit_les_sources_dans_les_termes_des_licences(contexte: Contexte, racine: Path) -> None:
    text = lisible(mettre_en_page(contexte, empreinte="b5d4cb6e"))
    licences = re.sub(r"\s+", " ", (racine / "data" / "reference" / "LICENCES.md").read_text(encoding="utf-8"))
    mention = re.search(r"« (Sources : Insee [^»]*) »", licences)
    assert mention and mention.group(1) in text
    assert "Année 2024, situation connue au 31 décembre 2024 · publié le 13 mars 2025. Communiqué national" in text
    assert "Source : registre de démonstration, microdonnées fictives" in text
    real = lisible(mettre_en_page(replace(contexte, demonstration=False)))
    assert "Source : registre des mouvements, services de l'État." in real
    assert "b5d4cb6e" in text and "Licence Ouverte 2.0" in text


# --- state of the edition -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "head", "foot"),
    [
        ({"etat": "travail"}, "Document de travail : l'édition n'est pas arrêtée.", "Édition document de travail."),
        (
            {"etat": "sous_embargo", "embargo": datetime(2025, 3, 13, 6, 0)},
            "Sous embargo jusqu'au 13 mars 2025 à 6 h : ne pas communiquer avant.",
            "Édition sous embargo jusqu'au 13 mars 2025 à 6 h.",
        ),
        ({"etat": "sous_embargo"}, "Sous embargo : ne pas communiquer avant.", "Édition sous embargo."),
        ({"etat": "rectifie", "rectificatif": "Erreur."}, "Édition rectifiée : Erreur.", "Édition rectifiée : Erreur."),
    ],
    ids=["travail", "embargo date", "embargo", "rectifiee"],
)
def test_l_etat_de_l_edition_est_en_tete_au_pied_et_sur_papier(
    contexte: Contexte, changes: dict[str, Any], head: str, foot: str
) -> None:
    changed = replace(contexte, edition=replace(contexte.edition, **changes))
    page = mettre_en_page(changed)
    text = lisible(page)
    assert text.count(head) == (2 if head == foot else 1)
    assert foot in text
    assert text.index(head) < text.index("Partie 0")
    assert chaine_css(composer(f"\n{changed.edition.avis}"))[1:] in page
    early = "publication prévue le 13 mars 2025" in text
    assert early == (changes["etat"] != "rectifie")


def test_chaque_feuille_imprimee_dit_ce_qu_elle_est(contexte: Contexte) -> None:
    def heads(one: Contexte) -> list[str]:
        written = re.search(r'@top-left { content: "([^"]*)"', mettre_en_page(one))
        said = re.sub(
            r"\\([0-9a-f]+) ", lambda found: chr(int(found.group(1), 16)), written.group(1) if written else ""
        )
        return re.sub("[\u00a0\u202f]", " ", said).split(" · ")

    fictitious, internal = "démonstration : données fictives", "Document interne, ne pas diffuser"
    assert heads(contexte) == [internal, fictitious, "données provisoires"]
    assert heads(replace(contexte, publique=True)) == [fictitious, "données provisoires"]
    assert heads(replace(contexte, demonstration=False, publique=True)) == ["données provisoires"]
    assert heads(replace(contexte, variante="Variante d'étude"))[1] == "Variante d’étude"


def test_une_edition_diffusee_ne_porte_aucun_bandeau(contexte: Contexte) -> None:
    assert "bandeau avis" not in mettre_en_page(contexte)


def test_un_motif_de_rectification_n_est_jamais_du_balisage(contexte: Contexte) -> None:
    changed = replace(contexte, edition=contexte.edition.rectifier(HOSTILE))
    page = mettre_en_page(changed)
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "{{ 1 }}" in page


# --- contacts -------------------------------------------------------------------------------------


def test_les_contacts_sont_au_pied_et_au_sommaire(charger: Callable[[str], Barometre]) -> None:
    contacts = [Contact("Préfecture <b>", "presse@rhone.gouv.fr", ""), Contact("DGE", "a@b.gouv.fr", "01 44 97 04 49")]
    page = mettre_en_page(charger("2024-S2").contexte(), adresse="national.html", contacts=contacts)
    assert "Préfecture &lt;b&gt;" in page
    assert '<a href="mailto:presse@rhone.gouv.fr">presse@rhone.gouv.fr</a>' in page
    assert '<a href="tel:0144970449">01&nbsp;44&nbsp;97&nbsp;04&nbsp;49</a>' in page
    assert '<a href="#contacts">Contacts presse</a>' in page
    assert page.index("Partie 2</h2>") < page.index('<h2 id="contacts">')


def test_chaque_territoire_a_ses_contacts(publication: Path) -> None:
    def read(name: str) -> str:
        return (publication / name).read_text(encoding="utf-8")

    assert "pref-communication@rhone.gouv.fr" in read("regions/84.html")
    for name in ("national.html", "regions/84.html", "regions/11.html"):
        assert "presse.dge@finances.gouv.fr" in read(name)
    assert "rhone.gouv.fr" not in read("regions/11.html") + read("national.html")
    assert "@" not in lisible(read("qualite.html") + read("methodologie.html") + read("index.html"))


# --- tables ---------------------------------------------------------------------------------------


def compter(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return avec_soldes(pd.DataFrame(rows, columns=["region", *MESURES_BRUTES]))


def test_un_tableau_a_ses_liens() -> None:
    rows = compter(("84", 1, 0, 0, 0), ("11", 2, 0, 0, 0))
    html = str(tableau(rows, titre="T", libelles={"84": "A", "11": "B"}, liens={"84": "84.html"}).html)
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == ['<a href="84.html">A</a>', "B", "Total"]


def test_tout_ce_qu_un_tableau_montre_est_echappe() -> None:
    rows = compter((HOSTILE, 1234, 0, 0, 0))
    given = {HOSTILE: HOSTILE}
    html = str(tableau(rows, titre=HOSTILE, libelles=given, liens=given).html)
    html += str(tableau_libre([[HOSTILE] * 2], titre=HOSTILE, entetes=[HOSTILE], total=[HOSTILE] * 2, classe="x").html)
    assert "<script" not in html and "</style>" not in html
    assert not re.search(r"""="[^"]*<""", html)
    assert "1\u202f234" in html


# --- index of a relève ----------------------------------------------------------------------------


@pytest.mark.parametrize(("octets", "ecrit"), [(340, "340 octets"), (12_345, "12 Ko"), (1_440_000, "1,4 Mo")])
def test_un_poids_se_lit(octets: int, ecrit: str) -> None:
    assert poids(octets) == ecrit.replace(" ", "\u00a0")


def test_l_index_offre_ce_qu_on_lui_donne(charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    plain = index(barometre, pages=PAGES)
    assert "Téléchargements" not in plain
    files = [Telechargement("Comptes par année", "tableaux/annees.csv", 12_345)]
    page = index(barometre, pages=[one for one in PAGES if one.code != "11"], absentes=["11"], telechargements=files)
    assert '<a href="tableaux/annees.csv" download>Comptes par année (CSV,\u00a012\u00a0Ko)</a>' in page
    assert "Publication partielle : il manque 1 page régionale" in lecture.simple(page)
    assert 'href="regions/11.html"' not in page
    # The bar, each drawing of the map, the table.
    assert plain.count('href="regions/11.html"') == 4
    assert "Édition rectifiée\u00a0: Motif." in index(barometre, pages=PAGES, rectificatif="Motif.")


def test_l_index_dit_les_nombres_de_la_france_et_leur_evolution(charger: Callable[[str], Barometre]) -> None:
    def tiles(releve: str) -> list[tuple[str, ...]]:
        page = index(charger(releve), pages=PAGES)
        found = re.findall(
            r"<div[^>]*><dt>(.*?)</dt><dd><strong>(.*?)</strong><span[^>]*>, </span><span[^>]*>(.*?)</span>", page
        )
        return [tuple(map(lisible, one)) for one in found]

    assert tiles("2024-S2") == [
        ("Solde net", "+89", "−100 sur un an"),
        ("Ouvertures", "114", "−56 sur un an"),
        ("Extensions", "152", "−22 sur un an"),
        ("Fermetures", "119", "+8 sur un an"),
        ("Réductions", "58", "+14 sur un an"),
    ]
    # A semester is compared with the same one of the year before.
    (net, *_), before = tiles("2024-S1"), charger("2024-S1").comptes(["semestre"]).set_index("semestre")["solde_net"]
    assert net == ("Solde net", "+36", f"−{before['2023-S1'] - 36} sur un an")


def test_l_index_compare_les_memes_regions_et_le_dit(
    charger: Callable[[str], Barometre], monkeypatch: pytest.MonkeyPatch
) -> None:
    barometre = charger("2024-S2")
    monkeypatch.setattr(Contexte, "hors", lambda *_: "hors Bretagne")
    page = lecture.simple(index(barometre, pages=PAGES))
    assert "France hors Bretagne : 89 ouvertures nettes" in page and "Sur les mêmes régions, le solde net" in page


def test_l_index_public_n_a_pas_de_jargon(publication_publique: Path) -> None:
    page = (publication_publique / "index.html").read_text(encoding="utf-8")
    body = lisible(page.partition("<body>")[2])
    assert "Année 2024" in body and not re.search("Relève 2|relève publiée|Sommaire|Édition diffusée\\.", body)
    assert "presse.dge@finances.gouv.fr" in body and ">Contacts presse</h2>" in page
    assert page.count('href="methodologie.html"') >= 2 and 'href="../index.html"' in page
    assert '<meta name="description" content="France, 2024\u00a0: ouvertures, extensions' in page


# --- method ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def methode(charger: Callable[[str], Barometre]) -> str:
    """The page of the method at 2024-S2."""
    return methodologie(charger("2024-S2"))


def methodologie(barometre: Barometre) -> str:
    shown = page_methodologie(barometre.contexte(), lire_suites(barometre.nomenclatures))
    return shown._repr_html_()


def test_la_methode_vient_des_parametres(methode: str, contexte: Contexte) -> None:
    text = lisible(methode)
    for parameter in contexte.parametres.parametres.values():
        for said in (parameter.description, parameter.texte, parameter.source, str(parameter)):
            assert lisible(typographier(said)) in text
    for line in contexte.parametres.champ:
        assert f"{line.prefixe} {line.texte.partition(' : ')[0]}" in text
    rules = re.search(r'<ol class="regles[^"]*">(.*?)</ol>', methode, re.DOTALL)
    ranks = re.findall(r'<li value="(\d)">', rules.group(1)) if rules else []
    # Two motifs have the same rule.
    assert ranks == list("1234567889")
    assert "Activités artisanales, écartées" in text and "Charcuterie" in text


def test_la_methode_dit_ce_qui_est_incertain(methode: str) -> None:
    text = lisible(methode)
    assert "Le seuil de 40 %. Le texte officiel n'est que qualitatif" in text
    assert "pas établie pour Guadeloupe, Guyane, La Réunion, Martinique et Mayotte" in text
    assert "Solde strict" in text and "Ouvertures moins fermetures" in text
    assert '<a href="qualite.html">Qualité des données</a>' in methode
    assert "7 suites" in text


def test_la_methode_donne_toutes_les_valeurs(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = petite_racine / "params" / "regles" / "seuil_effectif.yaml"
    later = "  2030-01-01:\n    valeur: 50\n    texte: « plus de 50 »\n    source: Texte d'essai\n"
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    assert [one.valeur for one in lire_valeurs_datees("seuil_effectif")][-1] == 50
    text = lisible(methodologie(Barometre.charger("2024-S2")))
    assert "20 salariés (en vigueur) 1er janvier 2022 État" in text
    assert "50 salariés 1er janvier 2030 Projet « plus de 50 » Texte d'essai" in text


# --- index of the publications --------------------------------------------------------------------


def ranger(page: str) -> list[list[str]]:
    """Return the rows of the list of the publications, every space plain."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]
    return [
        [lisible(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows
    ]


def test_le_sommaire_des_releves_ne_lit_que_les_manifestes(tmp_path: Path) -> None:
    def publish(releve: str, net: int, soldes: dict[str, int], **changes: Any) -> None:
        code = releve.removesuffix("-S2")
        france = {"periode": code, "solde_net": net, "soldes": soldes | {code: net}, **changes.pop("france", {})}
        fabrique.deposer_publication(tmp_path / releve, france=france, **changes)

    later = {"mois": "2026-03", "jour": "", "etat": "travail", "situation": "document de travail", "rectificatif": ""}
    publish("2023-S2", 201, {})
    publish("2024-S1", 36, {"2023": 187})
    publish("2024-S2", 85, {"2023": 189, "2024-S1": 36}, france={"hors": "hors Bretagne"})
    publish("2025-S1", -1, {"2023": 190, "2024": 90}, edition=later, regions_absentes=["11"])
    fabrique.deposer_publication(tmp_path / "copie")
    fabrique.deposer_publication(tmp_path / "2022-S2", releve="2024-S2")
    (tmp_path / "publique").mkdir()
    (tmp_path / "2022-S1").mkdir()
    (tmp_path / "2022-S1" / NOM).write_text("[", encoding="utf-8")
    read, faults = lire_manifestes(tmp_path, Manifeste)
    assert len(faults) == 2 and "2022-S1" in faults[0] and "2022-S2" in faults[1]
    page = page_releves(read)
    assert page == page_releves(read[::-1])
    assert re.findall(r'<a href="(2[^"]*)"', page) == [
        f"{one}/index.html" for one in ("2025-S1", "2024-S2", "2024-S1", "2023-S2")
    ]
    released = "Diffusée, registre de démonstration"
    assert ranger(page) == [
        ["1er semestre 2025", "−1", "pas encore", "mars 2026",
         "Document de travail, registre de démonstration, publication partielle"],
        ["Année 2024", "+85 hors Bretagne", "pas encore", "13 mars 2025", released],
        ["1er semestre 2024", "+36", "inchangé", "13 mars 2025", released],
        ["Année 2023", "+201", "+190", "13 mars 2025", released],
    ]  # fmt: skip


def test_la_liste_publique_n_a_ni_jargon_ni_nombre_qu_elle_ne_connait_pas(tmp_path: Path) -> None:
    fabrique.deposer_publication(tmp_path / "2023-S2", publique=True)
    france = {"periode": "2024", "solde_net": 89, "soldes": {"2023": 189, "2024": 89}}
    fabrique.deposer_publication(tmp_path / "2024-S2", publique=True, france=france)
    read, faults = lire_manifestes(tmp_path, ManifestePublic)
    assert faults == []
    page = page_releves(read, publique=True, contacts=[Contact("DGE", "a@b.gouv.fr", "")])
    assert ranger(page) == [
        ["Année 2024 (données fictives)", "+89", "pas encore", "13 mars 2025"],
        ["Année 2023 (données fictives)", "non repris", "pas encore", "13 mars 2025"],
    ]
    body = lisible(page.partition("<body>")[2])
    assert not re.search("[Rr]elève|interne|empreinte|manifeste", body)
    assert "a@b.gouv.fr" in body and '<a href="2024-S2/methodologie.html">' in page
    assert '<meta name="description"' in page


def test_le_sommaire_des_releves_est_celui_de_la_publication(publication: Path) -> None:
    folder = publication.parent
    read, _ = lire_manifestes(folder, Manifeste)
    assert (folder / "index.html").read_text(encoding="utf-8") == page_releves(read)
    (only,) = read
    assert only.france.soldes == {
        "2022": 176, "2023": 189, "2024": 89, **{key: net for key, net in only.france.soldes.items() if "-S" in key},
    }  # fmt: skip
    assert sum(net for key, net in only.france.soldes.items() if "-S" in key) == 176 + 189 + 89


# --- rectification --------------------------------------------------------------------------------


@pytest.fixture
def publier(petite_racine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Publish a small relève of real data, its notebooks apart: what they show is a heading."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    provenance = petite_racine / "data" / "releves" / "2024-S2" / "provenance.yaml"
    provenance.write_text("demonstration: non\n", encoding="utf-8")

    def show(_: Any, tasks: list[Any], *__: Any) -> list[Rendu]:
        return [Rendu(task, contenu="<h1>Essai</h1>") for task in tasks]

    workshop = MagicMock()
    workshop.controler.return_value.result.return_value = {"2024-S2": SimpleNamespace(resultats=[], resume="")}
    monkeypatch.setattr(campagne, "ouvrir_atelier", lambda *_, **__: nullcontext(workshop))
    monkeypatch.setattr(campagne, "executer_taches", show)

    def publish(reason: str) -> Path:
        list(campagne.publier(["2024-S2"], Consignes(tmp_path / "s", rectificatif=reason, relu_par="Bureau")))
        return tmp_path / "s" / "2024-S2"

    return publish


def test_le_motif_est_sur_chaque_page_et_au_manifeste(publier: Callable[[str], Path], petite_racine: Path) -> None:
    folder = publier("")
    assert "bandeau avis" not in (folder / "regions" / "84.html").read_text(encoding="utf-8")
    contact = petite_racine / "params" / "regions" / "84.yaml"
    contact.write_text(contact.read_text(encoding="utf-8").replace("pref-", "prefecture-"), encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.parent.rglob("*.html")}
    with fabrique.refus("2024-S2 : cette édition est diffusée, et 1 fichier changerait .regions/84.html"):
        publier("")
    assert {path: path.read_bytes() for path in folder.parent.rglob("*.html")} == before
    publier("Adresse de la préfecture corrigée.")
    pages = list(folder.rglob("*.html"))
    assert len(pages) == 23
    for path in pages:
        assert "Édition rectifiée : Adresse de la préfecture corrigée." in lisible(path.read_text(encoding="utf-8"))
    manifest = lire_manifeste(folder, Manifeste, "2024-S2")
    assert manifest.edition.etat == "rectifie"
    assert "params/regions/84.yaml" in manifest.contacts
    index_page = (folder.parent / "index.html").read_text(encoding="utf-8")
    assert "Rectifiée : Adresse" in lisible(index_page)


def test_un_motif_ne_vaut_que_pour_une_releve(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked = ("publier", "2024-S2", "2025-S1", "--rectificatif", "x", "--sorties", str(tmp_path / "s"))
    done = lancer_ici(capsys, *asked)
    assert done.code == 2
    assert "un motif ne vaut que pour une relève" in done.stderr
