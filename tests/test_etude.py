"""A study: the pages of a relève under other rules, apart, stamped; and no publication holds any of it."""

import re
from html import unescape
from pathlib import Path

import fabrique
import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from processus import fichiers, lancer

from barometre_lib import Barometre, restitution
from barometre_lib.campagne.execution import refuser_variante
from barometre_lib.campagne.manifeste import Manifeste, lire_manifestes
from barometre_lib.campagne.marques import marquer
from barometre_lib.parametres.regles import NOMS_PARAMETRES
from barometre_lib.parametres.variante import LIBELLES, TAMPON, ecrire_regles, juger_regles, lire_regles
from barometre_lib.vocabulaire import SOURCES, Releve

NOM = "2024-S2_variante=seuil-10_delai_evenement=0"
RELEVE = Releve.lire("2024-S2")
SOUS_DIX = {**fabrique.LIGNE_PETITE, "id_mouvement": "84-2", "nom_site": "Petite usine", "siret": None, "effectif": 15}


def lisible(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(svg|style|head).*?</\1>", " ", html, flags=re.DOTALL)))
    return re.sub(r"\s+", " ", text).replace("’", "'")


@pytest.fixture
def racine(petite_racine: Path) -> Path:
    """Return a small root whose catalogue has two pages; one of its two sites is below the threshold."""
    fabrique.ecrire_releve(petite_racine / "data" / "releves", fabrique.lignes(fabrique.LIGNE_PETITE, SOUS_DIX))
    path = petite_racine / "params" / "carnets.yaml"
    catalogue = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = {name: catalogue[name] for name in ("national", "qualite")}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return petite_racine


def test_une_etude_est_a_part_tamponnee_et_sans_controle(racine: Path, tmp_path: Path) -> None:
    out = tmp_path / "sorties"
    asked = ("etude", "2024-S2", "--regle", "delai_evenement=0", "--variante", "seuil-10", "--sorties", out)
    marquer(out / "etudes" / NOM)  # one that is there is replaced
    done = lancer(*asked, BAROMETRE_RACINE=str(racine))
    assert done.returncode == 0, done.stderr
    said = lisible(done.stderr)
    stamp = f"{TAMPON} : plus de 10 salariés ; effectif à dépasser, 10 salariés au lieu de 20 salariés ; "
    assert stamp in said and f"etudes/{NOM}/index.html" in said
    assert {path.name for path in out.iterdir()} == {"etudes"}
    assert {path.name for path in (out / "etudes").iterdir()} == {NOM}
    made = {name: data.decode() for name, data in fichiers(out / "etudes" / NOM).items() if name.endswith(".html")}
    assert set(made) == {"index.html", "national.html"}
    for html in made.values():
        assert stamp in lisible(html) and "Édition diffusée" not in lisible(html) and "qualite.html" not in html
    # Two sites, of which the method counts one; the previous edition told neither.
    assert "+2" in lisible(made["index.html"]) and "n'est comparée à aucune" in lisible(made["national.html"])
    counts = (out / "etudes" / NOM / "tableaux" / "annee.csv").read_text(encoding="utf-8")
    assert "2024;2;0;0;0;2;2;" in counts and TAMPON in counts.replace("’", "'")
    assert lire_manifestes(out, Manifeste) == ([], [])
    # A folder of somebody's is left alone.
    (out / "etudes" / NOM / ".barometre").unlink()
    refused = lancer(*asked, BAROMETRE_RACINE=str(racine))
    assert refused.returncode == 1 and "ce n'est pas une étude" in lisible(refused.stderr)


def test_un_carnet_qui_compte_une_variante_ne_se_publie_pas(racine: Path, tmp_path: Path) -> None:
    """Its stamp is not even shown; nothing is published, and the result is not kept."""
    path = racine / "notebooks" / "national.ipynb"
    notebook = nbformat.read(path, as_version=4)
    shown = "len(Barometre.charger(releve, regles={'seuil_effectif': 10}).decisions)"
    notebook.cells.append(new_code_cell(shown))
    nbformat.write(notebook, path)
    done = lancer("executer", "2024-S2/national", "--sorties", tmp_path / "s", BAROMETRE_RACINE=str(racine))
    said = lisible(done.stderr)
    assert done.returncode == 1
    assert "Carnet national : ce carnet compte sous d'autres règles" in said
    assert "barometre etude 2024-S2 --regle seuil_effectif=10" in said
    assert not [name for name in fichiers(tmp_path / "s") if "national" in name]


@pytest.mark.parametrize(
    "stamp", [TAMPON, "Variante d’étude, hors\u00a0méthode officielle", "Variante d&#39;étude, hors méthode officielle"]
)
def test_le_tampon_seul_fait_refuser(stamp: str) -> None:
    """However a cell came by it: read in a file, made by hand, in a fragment."""
    for data in ({"text/html": f"<p>{stamp} : x</p>"}, {"text/plain": stamp}):
        cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
        with fabrique.refus("une variante ne se publie pas ; .* barometre etude 2024-S2 --regle PARAMETRE=VALEUR"):
            refuser_variante(new_notebook(cells=[cell]), "2024-S2")
    refuser_variante(new_notebook(cells=[new_code_cell("x"), new_markdown_cell(TAMPON)]), "2024-S2")


@pytest.mark.parametrize(
    ("regle", "said"),
    [
        ("seuil_effectif", "trouvé « seuil_effectif » ; attendu PARAMETRE=VALEUR, comme seuil_effectif=10"),
        ("=10", "trouvé « =10 » ; attendu PARAMETRE=VALEUR"),
        ("seuil=10", "« seuil » n'est pas un paramètre des règles ; attendu debut_periode, seuil_effectif"),
        ("seuil_effectif=dix", "« seuil_effectif » vaut « dix » ; attendu un nombre entier"),
        ("seuil_effectif=", "« seuil_effectif » vaut rien ; attendu un nombre entier"),
        ("seuil_effectif=1,5", "« seuil_effectif » vaut « 1.5 » ; attendu un nombre entier"),
        ("seuil_variation_extension=nan", "vaut « nan » ; attendu un nombre"),
        ("debut_periode=2023", "« debut_periode » vaut « 2023 » ; attendu une date"),
        ("ordre_sources=dge,presse", "attendu chaque source une fois"),
        ("seuil_effectif=20", "« seuil_effectif » vaut 20 salariés, ce que dit la méthode au 31 décembre 2024"),
    ],
)
def test_une_regle_mal_ecrite_est_refusee_en_francais(regle: str, said: str) -> None:
    with fabrique.refus(f"Variante : .*{re.escape(said)}"):
        juger_regles(RELEVE, [regle])


@pytest.mark.parametrize(
    ("regles", "said"),
    [
        (["variante=seuil"], "Variante « seuil » inconnue ; attendu seuil-10, seuil-20-inclus"),
        (["variante=seuil-10", "seuil_effectif=12"], "« seuil-10 » : elle dit déjà « seuil_effectif » ; retirez"),
        (["variante=seuil-10", "variante=seuil-50"], "« variante » donné deux fois"),
    ],
)
def test_une_variante_s_appelle_par_son_nom(regles: list[str], said: str) -> None:
    with fabrique.refus(said):
        juger_regles(RELEVE, regles)
    assert juger_regles(RELEVE, ["delai_evenement=0", "variante=seuil-10"]) == (
        "variante=seuil-10",
        "delai_evenement=0",
    )


def test_la_valeur_de_la_methode_n_est_pas_une_variante() -> None:
    with fabrique.refus("« seuil_effectif » vaut 20 salariés, ce que dit la méthode .* ; attendu une autre valeur"):
        Barometre.charger("2024-S2", regles={"seuil_effectif": 20})


def test_la_commande_dit_la_faute_et_rien_n_est_ecrit(tmp_path: Path) -> None:
    done = lancer("etude", "2024-S2", "--regle", "seuil=1", "--sorties", tmp_path / "s")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in ("--regle", "« seuil »".replace(" ", "\u00a0"), *NOMS_PARAMETRES))
    assert lancer("etude", "2024-S2", "--sorties", tmp_path / "s").returncode == 2
    assert not (tmp_path / "s").exists()


def test_une_regle_se_relit_telle_qu_elle_s_ecrit() -> None:
    given = ["ordre_sources=" + ",".join(reversed(SOURCES)), "seuil_effectif= 10", "seuil_variation_extension=12,5"]
    given += ["debut_periode=2023-01-01"]
    written = juger_regles(RELEVE, given)
    assert [one.partition("=")[0] for one in written] == [name for name in NOMS_PARAMETRES if name in " ".join(given)]
    assert "seuil_variation_extension=12.5" in written and tuple(ecrire_regles(lire_regles(written))) == written
    with fabrique.refus("« seuil_effectif » donné deux fois"):
        lire_regles(["seuil_effectif=10", "seuil_effectif=12"])


def test_chaque_parametre_a_ses_mots() -> None:
    assert list(LIBELLES) == list(NOMS_PARAMETRES)


@pytest.mark.parametrize("region", ["", "84", "06"])
def test_une_variante_ne_se_compare_a_rien_de_publie(region: str) -> None:
    """The net first published of 2023 is told by official pages; those of a variant never do."""
    variant = Barometre.charger("2024-S2", regles={"seuil_effectif": 10})
    contexte, evolution = variant.contexte(region), variant.evolution(region)
    assert (evolution["premier"] == evolution["solde_net"]).all() and set(evolution["releve"]) == {"2024-S2"}
    assert contexte.precedente is None and contexte.mois_precedent == ""
    changes = variant.revisions(region=region)
    assert region == "06" or len(changes)
    shown = restitution.revisees(contexte, changes)
    said = lisible(shown._repr_html_()) if shown else ""
    assert said or region == "06"
    assert "depuis l'édition" not in said and "révisé" not in said
    official = variant.officielle
    assert str(official.contexte(region).precedente) == "2024-S1"
    assert region == "06" or (official.evolution(region)["premier"] != official.evolution(region)["solde_net"]).any()
