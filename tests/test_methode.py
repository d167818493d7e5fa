"""A change of method: announced with what it moves, asked of the edition in words, told on the pages."""

import html
import re
import runpy
import shutil
from pathlib import Path
from string import Formatter
from typing import Any

import fabrique
import pytest
import yaml
from lecture import simple

from barometre_lib import Barometre, restitution
from barometre_lib.parametres.edition import lire_edition
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.parametres.regles import NOMS_PARAMETRES, lire_valeurs_datees
from barometre_lib.qualite import lire_suites
from barometre_lib.qualite.annonces import annoncer, changements_de_methode, exiger_phrases
from barometre_lib.qualite.controle import controler_releve
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.qualite.tables import sous_la_methode_de
from barometre_lib.vocabulaire import Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

PHRASE = "Le seuil est abaissé : « les sites de plus de 10 salariés » <b>comptent</b>."
# Three sites: the threshold of 20 keeps the first, that of 10 all of them.
LIGNES = fabrique.lignes(
    {"nom_site": "A", "siret": None, "effectif": 30, "date_effet": "2024-02-01"},
    {"nom_site": "B", "siret": None, "effectif": 15, "date_effet": "2024-03-01"},
    {"nom_site": "C", "siret": None, "effectif": 12, "date_effet": "2023-03-01"},
)


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a root whose threshold falls to 10 from the relève 2024-S2, after two others with the same rows."""
    for name in ("params", "data/reference", "data/publie"):
        shutil.copytree(fabrique.RACINE / name, tmp_path / name)
    for releve in ("2023-S2", "2024-S1", "2024-S2", "2025-S1"):
        kept = [row for row in LIGNES if row["date_effet"] <= Releve.lire(releve).dernier_jour.isoformat()]
        fabrique.ecrire_releve(tmp_path / "data" / "releves", kept, releve)
    changer(tmp_path / "params" / "regles" / "seuil_effectif.yaml", "valeurs", lambda valeurs: valeurs | NOUVELLE)
    monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
    return tmp_path


NOUVELLE = {Releve.lire("2024-S2").dernier_jour: {"valeur": 10, "texte": "arrêté d'essai", "source": "essai"}}


def changer(fichier: Path, entree: str, valeur: Any) -> None:
    """Change an entry of a YAML file: a value, or what is made of the one that it has."""
    content = yaml.safe_load(fichier.read_text(encoding="utf-8"))
    content[entree] = valeur(content[entree]) if callable(valeur) else valeur
    fichier.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_un_changement_du_champ_est_annonce_une_fois_et_ne_change_pas_le_registre(racine: Path) -> None:
    (racine / "params" / "regles" / "seuil_effectif.yaml").write_bytes(
        (fabrique.RACINE / "params" / "regles" / "seuil_effectif.yaml").read_bytes()
    )
    with (racine / "params" / "champ_industrie.csv").open("a", encoding="utf-8") as file:
        file.write("27.20;hors;autre;rev2;2024-12-31;projet;Piles : hors\n")
    read = {releve: Barometre.charger(releve) for releve in ("2024-S1", "2024-S2", "2025-S1")}
    assert annoncer(read["2024-S1"]) == annoncer(read["2025-S1"]) == ()
    assert [simple(one) for one in annoncer(read["2024-S2"])] == [
        "Changement du champ : « 27.20 » (NAF rév. 2) est hors du champ depuis le 31 décembre 2024. Piles : hors."
    ]
    assert [one.decisions["compte"].sum() for one in read.values()] == [1, 0, 0]
    assert sous_la_methode_de(read["2024-S2"], read["2024-S1"]).decisions["compte"].sum() == 0


@pytest.mark.usefixtures("racine")
def test_le_changement_est_annonce_une_fois_avec_ce_qu_il_deplace() -> None:
    told = {releve: annoncer(Barometre.charger(releve)) for releve in ("2024-S1", "2024-S2", "2025-S1")}
    assert told["2024-S1"] == told["2025-S1"] == ()
    assert [simple(one) for one in told["2024-S2"]] == [
        "Changement de méthode : « seuil_effectif » vaut 10 salariés depuis le 31 décembre 2024, et non plus "
        "20 salariés. Comptes des mêmes lignes : 2023, 1 mouvement au lieu de 0, solde net +1 au lieu de 0 ; 2024, "
        "2 mouvements au lieu de 1, solde net +2 au lieu de +1."
    ]
    (change,) = changements_de_methode(Barometre.charger("2024-S2"))
    assert change.comptes.set_index("annee").loc["2024"].to_dict() == {
        "avant": 1,
        "apres": 2,
        "solde_avant": 1,
        "solde_apres": 2,
    }
    assert changements_de_methode(Barometre.charger("2024-S2", regles={"seuil_effectif": 5}))[0].comptes.equals(
        change.comptes
    )


def test_sans_releve_precedente_le_semestre_d_avant_fait_foi(racine: Path) -> None:
    for releve in ("2023-S2", "2024-S1", "2025-S1"):
        shutil.rmtree(racine / "data" / "releves" / releve)
    assert len(changements_de_methode(Barometre.charger("2024-S2"))) == 1
    (racine / "data" / "releves" / "2024-S2").rename(racine / "data" / "releves" / "2022-S1")
    assert changements_de_methode(Barometre.charger("2022-S1")) == []


def test_le_controle_l_annonce_qu_il_refuse_ou_non(racine: Path) -> None:
    changer(racine / "params" / "releves" / "2024-S2.yaml", "exemples", {})
    # Once: no movement of a closed period is warned of because of it.
    first, *_, last = simple(controler_releve("2024-S2").resume).splitlines()
    assert first.startswith("Changement de méthode : « seuil_effectif »") and "aucun défaut" in last
    spoilt = [row | {"siret": "12345678901234"} if row["nom_site"] == "A" else row for row in LIGNES]
    fabrique.ecrire_releve(racine / "data" / "releves", spoilt, "2024-S2")
    with pytest.raises(ControleRefuse) as refused:
        controler_releve("2024-S2")
    assert "Changement de méthode" in simple(str(refused.value)) and "colonne « siret »" in simple(str(refused.value))


def test_publier_en_demande_la_phrase_et_elle_seule(racine: Path) -> None:
    with fabrique.refus(
        "params/releves/2024-S2.yaml, « methode », « seuil_effectif » : trouvé rien ; attendu une phrase"
    ):
        exiger_phrases(Barometre.charger("2024-S2"))
    edition = racine / "params" / "releves" / "2024-S2.yaml"
    changer(edition, "methode", {"seuil_effectif": PHRASE})
    exiger_phrases(Barometre.charger("2024-S2"))
    changer(edition, "methode", {"seuil_effectif": PHRASE, "debut_periode": "x"})
    with fabrique.refus("« debut_periode » : attendu un paramètre dont la valeur change avec cette relève ; retirez"):
        exiger_phrases(Barometre.charger("2024-S2"))


def test_le_registre_des_hypotheses_est_a_jour() -> None:
    """Its numbers are measured again, whole."""
    made = runpy.run_path(str(fabrique.RACINE / "docs" / "engendrer.py"))
    written = (fabrique.RACINE / "docs" / "hypotheses.md").read_text(encoding="utf-8")
    assert made["engendrer"]() == written


def test_chaque_choix_du_projet_est_au_registre() -> None:
    chosen = lire_fondements().projet.values()
    named = {name for one in chosen for _, name, _, _ in Formatter().parse(one.choix) if name}
    values = [value for name in NOMS_PARAMETRES for value in lire_valeurs_datees(name)]
    assert {one.nom for one in values if one.fonde_par == "projet"} <= named
    assert all(bool(one.variantes) != bool(one.non_mesure) for one in chosen)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{delai_evenement}", "{delai}", "« choix » : trouvé .* ; attendu entre accolades, debut_periode"),
        (
            "decide: Le bureau, qui relance les services.",
            "",
            "« inconnus », « decide » : trouvé rien ; attendu qui peut",
        ),
    ],
)
def test_un_fondement_mal_forme_est_refuse(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = (fabrique.RACINE / "params" / "fondements.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "fondements.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with fabrique.refus(f"fondements.yaml.*{said}"):
        lire_fondements(tmp_path)


def test_la_methode_dit_a_part_ce_que_l_etat_publie_et_ce_que_le_projet_a_choisi() -> None:
    barometre = Barometre.charger("2024-S2")
    page = simple(restitution.page_methodologie(barometre.contexte(), lire_suites(barometre.nomenclatures)).html)
    state, project = (
        re.search(f'<section aria-labelledby="{one}">(.*?)</section>', page, re.S) for one in ("etat", "projet")
    )
    assert state and project
    founded = lire_fondements()
    published = [simple(html.unescape(one)) for one in re.findall("<dt>(.*?)</dt>", state[1])]
    assert published == [one.sujet for one in founded.etat]
    subjects = [simple(html.unescape(one)) for one in re.findall("<dt>(.*?)</dt>", project[1])]
    assert subjects == [one.sujet for one in founded.projet.values()]
    assert "à 31 jours au plus de la première" in project[1] and "{" not in project[1]
    assert "10.13A (dans le champ) ou 10.13B (artisanat, écarté)" in page
    assert re.search(r"<td[^>]*>État</td>", page) and re.search(r"<td[^>]*>Projet</td>", page)


def test_les_pages_la_disent_telle_quelle(racine: Path) -> None:
    changer(racine / "params" / "releves" / "2024-S2.yaml", "methode", {"seuil_effectif": PHRASE})
    barometre = Barometre.charger("2024-S2")
    assert lire_edition(barometre.releve).methode == {"seuil_effectif": PHRASE}
    contexte = barometre.contexte()
    pages = [
        restitution.page_methodologie(contexte, lire_suites(contexte.nomenclatures)),
        restitution.section_methode(contexte, restitution.revisees(contexte, barometre.revisions())),
        restitution.section_methode(contexte),
    ]
    for page in pages:
        assert (
            simple(page.html).count("Changement de méthode avec cette édition.</strong> Le seuil est abaissé : « les")
            == 1
        )
        assert "&lt;b&gt;comptent" in page.html


def test_une_releve_qui_manque_est_dite(racine: Path) -> None:
    for releve in ("2024-S1", "2024-S2"):
        shutil.rmtree(racine / "data" / "releves" / releve)
    first, *_ = annoncer(Barometre.charger("2025-S1"))
    assert "n'a pas 2024-S1, 2024-S2 ; la relève 2025-S1 est comparée à 2023-S2." in simple(first)
