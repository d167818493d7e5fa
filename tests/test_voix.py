"""Whose voice a page has: of real data the State speaks; an outsider's doubts are a demonstration's alone."""

import re
from html import unescape
from pathlib import Path

import fabrique
import pytest
from processus import fichiers, lancer

from barometre_lib import restitution
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.qualite import lire_suites

# What whoever runs the collection would never say of it.
DU_DEHORS = (
    r"sources? publiques?",
    r"\bcitations?\b",
    r"(n'est|n'ont|pas été|sont pas) publiée?s?\b",
    r"textes? publiés?|publications nomment",
    r"n'en dit rien|n'en disent rien|ne dit pas|ne disent pas",
    r"source secondaire|par la presse\b",
    r"que qualitatif",
    r"registre de démonstration|fictives|inventé",
)
ETABLIE = "pas établie"


def lisible(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", html, flags=re.DOTALL)))
    return re.sub(r"\s+", " ", text).replace("’", "'")


def du_dehors(texte: str) -> list[str]:
    return [found[0] for one in DU_DEHORS for found in re.finditer(f".{{0,40}}({one}).{{0,20}}", texte, re.I)]


def test_d_un_registre_reel_aucune_page_ne_parle_du_dehors(petite_racine: Path, tmp_path: Path) -> None:
    """Mayotte, whose coverage is not known, has rows too; tables and indexes are read as well."""
    rows = [fabrique.LIGNE_PETITE, {"id_mouvement": "06-1", "code_commune": "97608", "siret": None}]
    folder = petite_racine / "data" / "releves"
    fabrique.ecrire_releve(folder, fabrique.lignes(*rows), demonstration=None)
    (folder / "2024-S2" / "provenance.yaml").unlink(missing_ok=True)
    done = lancer(
        *("publier", "2024-S2", "--regions", "84,06,94", "--relu-par", "Bureau d'essai", "--sorties", tmp_path / "s"),
        BAROMETRE_RACINE=str(petite_racine),
    )
    assert done.returncode == 0, done.stderr
    files = fichiers(tmp_path / "s" / "2024-S2").items()
    made = {name: data.decode("utf-8") for name, data in files if name.endswith((".html", ".csv"))}
    assert {"national.html", "methodologie.html", "qualite.html", "regions/06.html", "regions/84.html"} <= set(made)
    for name, text in made.items():
        assert du_dehors(lisible(text)) == [], name
    assert ETABLIE in lisible(made["methodologie.html"]) and ETABLIE in lisible(made["regions/06.html"])


def test_la_demonstration_dit_ce_qui_n_est_pas_publie() -> None:
    barometre = fabrique.charger("2024-S2")
    page = lisible(restitution.page_methodologie(barometre.contexte(), lire_suites(barometre.nomenclatures)).html)
    for one in DU_DEHORS:
        assert re.search(one, page, re.I), one
    kept = [one.reserve for one in lire_fondements().projet.values() if one.reserve]
    assert len(kept) >= 4 and all(lisible(one) in page for one in kept)


@pytest.mark.parametrize("region", ["", "84", "06"])
def test_la_definition_de_l_industrie_est_celle_du_champ(region: str) -> None:
    """It names what is in the field, what the State leaves out, and the craft; another field, another definition."""
    rows = [fabrique.ligne()]
    said = lisible(restitution.definition(fabrique.barometre(rows).contexte(region)).html)
    assert "industries extractives, industrie manufacturière, production d'électricité" in said
    assert "Les entrepôts logistiques et les activités de service ne sont pas du champ industriel." in said
    assert "L'artisanat n'en est pas : charcuterie" in said and "Section" not in said
    assert (
        len(said.split()) < 100 and "<p" not in restitution.definition(fabrique.barometre(rows).contexte(region)).html
    )
