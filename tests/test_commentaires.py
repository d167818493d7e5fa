"""What people write: the text of a page, the sentence of an example; read, refused, shown, and what it redoes."""

import re
from pathlib import Path
from typing import Any

import fabrique
import lecture
import pytest
import yaml

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.copie import copier_entrees
from barometre_lib.campagne.empreintes import Entrees
from barometre_lib.campagne.etude import Etude
from barometre_lib.campagne.taches import planifier
from barometre_lib.parametres.textes import LONGUEUR_MAX, chemin_texte, lire_textes
from barometre_lib.vocabulaire import Releve

RELEVE = Releve.lire("2024-S2")
REGIONS = fabrique.nomenclatures().regions


@pytest.fixture
def racine(petite_racine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small root, which is the project."""
    monkeypatch.setenv("BAROMETRE_RACINE", str(petite_racine))
    return petite_racine


def ecrire(region: str, texte: str | bytes) -> Path:
    path = chemin_texte(RELEVE, region)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(texte.encode() if isinstance(texte, str) else texte)
    return path


# --- reading --------------------------------------------------------------------------------------


def test_chaque_texte_est_celui_de_sa_page(racine: Path) -> None:
    assert lire_textes(RELEVE, REGIONS) == {}
    ecrire("84", b"\xef\xbb\xbfUne **ann\xc3\xa9e** contrast\xc3\xa9e.\r\n\r\n- un\r\n")
    ecrire("", "La France, 01 et 2024, +12,5 % en 2023 : 0 612 345 678 euros.\n")
    assert lire_textes(RELEVE, REGIONS) == {
        "": "La France, 01 et 2024, +12,5 % en 2023 : 0 612 345 678 euros.",
        "84": "Une **année** contrastée.\n\n- un",
    }
    barometre = Barometre.charger("2024-S2")
    assert barometre.contexte("84").texte.startswith("Une **année**")
    assert barometre.contexte().texte.startswith("La France") and barometre.contexte("11").texte == ""


@pytest.mark.parametrize(
    ("nom", "texte", "dit"),
    [
        pytest.param("99.md", b"Texte", r"textes/99\.md : fichier inconnu ; attendu .*84\.md.*france\.md", id="code"),
        pytest.param("84.txt", b"Texte", r"84\.txt : fichier inconnu", id="suffixe"),
        pytest.param("84.md", b" \n# -\n", r"84\.md : texte vide ; écrivez-le", id="vide"),
        pytest.param("84.md", b"a\n\nb\xe9", r"84\.md, ligne 3 : caractère illisible.*UTF-8", id="encodage"),
        pytest.param("84.md", b"a" * (LONGUEUR_MAX + 1), r"84\.md : texte de 3.001 caractères", id="longueur"),
        pytest.param(
            "84.md", b"a\nVoir j.b@rhone.gouv.fr", r"84\.md, ligne 2 : .*messagerie, .*j\.b@rhone", id="courriel"
        ),
        pytest.param(
            "84.md", b"Au 04 72 61 60 60.", r"84\.md, ligne 1 : .*téléphone, .*04 72 61 60 60", id="telephone"
        ),
        pytest.param("84.md", b"Au +33 4.72.61.60.60.", r"ligne 1 : .*téléphone", id="indicatif"),
        pytest.param("84.md", "Au 04\u202f72\u202f61\u202f60\u202f60".encode(), r"téléphone", id="espaces fines"),
        pytest.param("84.md", "a\u202eb".encode(), r"84\.md, ligne 1 : trouvé un caractère caché", id="cache"),
        pytest.param("../texte/84.md", b"a", r"2024-S2/texte : fichier inconnu ; attendu textes", id="dossier"),
    ],
)
def test_un_texte_fautif_est_refuse_avec_son_fichier_et_sa_ligne(
    racine: Path, nom: str, texte: bytes, dit: str
) -> None:
    path = chemin_texte(RELEVE, "84").parent / nom
    (path.parent / "../textes").resolve().mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(texte)
    with fabrique.refus(dit):
        Barometre.charger("2024-S2").contexte("11")


def test_toutes_les_fautes_sont_dites(racine: Path) -> None:
    ecrire("84", "a@b.fr\n\n06 12 34 56 78")
    ecrire("11", "")
    with pytest.raises(Exception, match="vide") as refusal:
        lire_textes(RELEVE, REGIONS)
    assert len(str(refusal.value).splitlines()) == 3


# --- showing --------------------------------------------------------------------------------------


def montrer(region: str, texte: str) -> str:
    ecrire(region, texte)
    shown = restitution.commentaire(Barometre.charger("2024-S2").contexte(region))
    return str(shown.html) if shown else ""


def test_le_commentaire_est_signe(racine: Path) -> None:
    assert restitution.commentaire(Barometre.charger("2024-S2").contexte("84")) is None
    html = montrer("84", "Une **année** : rien\n\n# Titre\n\n1. un\n")
    assert ">Commentaire du service</h2>" in html
    assert "<strong>année</strong>\u00a0:" in html and "<ol>" in html
    assert re.findall("<h[1-6]", html) == ["<h2"]
    assert ">Commentaire du bureau</h2>" in montrer("", "Texte")


@pytest.mark.parametrize(
    "texte",
    [
        "<script>alert(1)</script>",
        "Un <b onclick=x>mot</b> <img src=x onerror=y>",
        '[cliquez](javascript:alert(1)) [là](https://example.org/"onclick=x)',
        '![image](https://example.org/a.png "t") ![<b>](x)',
        "<https://example.org/a>",
        "[a]: https://example.org 'x'\n\n[a] et [b][a]",
        '```html"><script>\n<script>\n```',
        "&lt;script&gt; &#60;script&#62; {{ 1 }} {% raw %}",
    ],
)
def test_ni_balise_ni_lien_ni_image(racine: Path, texte: str) -> None:
    html = montrer("84", texte)
    tags = set(re.findall(r"<([a-z0-9]+)[ >]", html))
    assert tags <= {"section", "h2", "div", "p", "pre", "code", "strong"}
    inside = html.partition('<div class="parole">')[2].partition("</div>")[0]
    assert inside and not re.search("<[^>]*[= ]", inside)


def test_ou_mene_un_lien_se_lit(racine: Path) -> None:
    html = montrer("84", "Voir [la page](https://example.org/?a=1&b) et <https://example.org/x>.")
    assert "la page (https://example.org/?a=1&amp;b) et https://example.org/x." in html


# --- what it redoes -------------------------------------------------------------------------------


def empreintes(racine: Path) -> dict[str, str]:
    barometre = Barometre.charger("2024-S2")
    entrees = Entrees.lire(RELEVE, racine / "data" / "releves", racine)
    study = Etude(Consignes(racine), barometre, entrees)
    return {task.page.nom: study.empreinte(task) for task in planifier("2024-S2")} | {"": str(entrees.textes)}


def test_un_texte_ne_refait_que_sa_page(racine: Path) -> None:
    before = empreintes(racine)
    for region, page, text in (("84", "regional-84", "Un"), ("", "national", "Un"), ("84", "regional-84", "Un autre")):
        ecrire(region, f"{text} texte.")
        after = empreintes(racine)
        assert {name for name in before if before[name] != after[name]} == {page, ""}
        before = after


def test_la_campagne_lit_sa_copie(racine: Path, tmp_path: Path) -> None:
    ecrire("84", "Un texte.")
    with copier_entrees(["2024-S2"], Consignes(tmp_path / "s", registre=racine / "data" / "releves")):
        assert chemin_texte(RELEVE, "84").is_relative_to(tmp_path / "s")
        assert lire_textes(RELEVE, REGIONS) == {"84": "Un texte."}


# --- the sentence of an example -------------------------------------------------------------------


def choisir(racine: Path, exemple: Any) -> Barometre:
    path = racine / "params" / "releves" / "2024-S2.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | {"exemples": {"84": [exemple]}}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    row = fabrique.ligne(citable="oui", activite="Vis", emplois="12")
    return Barometre.charger("2024-S2", registre=fabrique.ecrire_releve(racine / "registre", [row]))


def test_un_exemple_dit_sa_phrase_a_la_place_de_ses_colonnes(racine: Path) -> None:
    name = fabrique.ligne()["id_mouvement"]
    for plain in (name, {"id": name}):
        barometre = choisir(racine, plain)
        assert "Vis. Emplois créés ou prévus : 12." in lecture.lisible(
            restitution.section_exemples(barometre.contexte("84"), barometre.exemples("84"))
        )
    barometre = choisir(racine, {"id": name, "texte": "Va <b>recruter</b> 15 personnes à terme"})
    html = restitution.section_exemples(barometre.contexte("84"), barometre.exemples("84"))
    assert "<bdi>Va &lt;b&gt;recruter&lt;/b&gt; 15\u00a0personnes à terme</bdi>" in str(html.html)
    assert "Vis" not in str(html.html) and "Emplois" not in str(html.html)


@pytest.mark.parametrize(
    ("exemple", "dit"),
    [
        pytest.param(12, "n° 1 : trouvé « 12 » ; attendu un identifiant, .* ou des entrées id et texte", id="nombre"),
        pytest.param({"texte": "a"}, "« id » : trouvé rien", id="sans id"),
        pytest.param({"id": "M-0001", "phrase": "a"}, "« phrase » : entrée inconnue ; attendu id, texte", id="entree"),
        pytest.param({"id": "M-0001", "texte": "a" * 401}, "« texte » : .*400 caractères au plus", id="longueur"),
        pytest.param({"id": "M-0001", "texte": "a@b.fr"}, "« texte » : .*adresse de messagerie", id="courriel"),
        pytest.param({"id": "M-0001", "texte": "a\nb"}, "« texte » : .*caractère caché", id="deux lignes"),
    ],
)
def test_un_exemple_mal_ecrit_est_refuse(racine: Path, exemple: Any, dit: str) -> None:
    with fabrique.refus(dit):
        _ = choisir(racine, exemple).edition
