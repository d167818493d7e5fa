"""What the number would be under other rules: each variant against a count by hand, its page, its stamp."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import fabrique
import pandas as pd
import pytest
from lecture import simple

from barometre_lib import Barometre, restitution, sensibilite
from barometre_lib.campagne.execution import refuser_variante
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres import variante as etude
from barometre_lib.parametres.carnets import lire_catalogue
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.parametres.regles import varier
from barometre_lib.parametres.variante import TAMPON
from barometre_lib.parametres.variantes import VARIANTE, Variante, lire_variantes

EXTENSION = {"type_mouvement": "extension"}
REDUCTION = {"type_mouvement": "reduction"}
FERMETURE = {"type_mouvement": "fermeture"}
JUGEE = EXTENSION | {"assimilable_site": "oui", "variation_production": 50}
# Site by site, what a row says beside the common one, which counts: 60 employees, 2024-02-01.
LIGNES: list[tuple[str, dict[str, Any]]] = [
    ("A", {"effectif": 30, "effectif_dernier": 12}),
    ("B", {"effectif": 15}),
    ("C", {"effectif": 20}),
    ("D", {"effectif": None}),
    ("D bis", FERMETURE | {"effectif": None}),
    ("D ter", FERMETURE | {"effectif": None}),
    ("E", EXTENSION | {"variation_production": 35}),
    ("F", EXTENSION | {"variation_production": 55}),
    ("F bis", EXTENSION | {"variation_production": 56}),
    ("G", REDUCTION | {"variation_production": -45}),
    ("H", EXTENSION),
    ("I", EXTENSION | {"assimilable_site": "oui", "variation_production": 10}),
    ("J", FERMETURE | {"code_naf": "33.12Z"}),
    ("K", {"code_naf": "38.32Z"}),
    ("L", {"code_naf": "95.12Z"}),
    ("M", {"code_naf": "45.20A"}),
    ("N", {"code_naf": "35.11Z"}),
    ("O", {"code_naf": "08.12Z"}),
    ("P", {"code_naf": "38.21Z"}),
    ("Q", {"code_naf": "10.71C"}),
    ("R", {"id_mouvement": "R", "effectif": 18}),
    ("S", {}),
    ("S", {"date_effet": "2024-06-01"}),
    ("T", {"date_effet": "2024-03-01"}),
    ("T", JUGEE | {"date_effet": "2024-05-01"}),
    ("U", FERMETURE | {"date_effet": "2023-10-01"}),
    ("U", {"date_effet": "2024-04-01"}),
    ("V", {"code_commune": "97411"}),
    ("W", JUGEE | {"date_effet": "2024-06-20"}),
    ("W", JUGEE | {"date_effet": "2024-07-10"}),
    ("W bis", JUGEE | {"date_effet": "2024-06-20"}),
    ("W bis", JUGEE | {"date_effet": "2024-07-10"}),
    ("X", JUGEE | {"date_effet": "2024-06-01"}),
    ("X", JUGEE | {"date_effet": "2024-08-15"}),
    ("Y", JUGEE | {"date_effet": "2023-12-20", "source": "presse"}),
    ("Y", JUGEE | {"date_effet": "2024-01-05", "source": "dreal"}),
    ("Z", {"siret": fabrique.SIRET_A}),
    ("Z", {"date_effet": "2024-05-01"}),
    ("AA", {"entreprise": "Un"}),
    ("AA", {"entreprise": "Deux", "date_effet": "2024-05-01"}),
]
# Openings A K N O S T U V Z Z AA AA, extensions F F I T W W X X Y, closure J, reduction G: 12 + 9 − 1 − 1.
OFFICIEL = 19
# What each moves, counted by hand.
ECARTS = {
    "seuil-10": 3,  # B C R
    "seuil-20-inclus": 1,  # C
    "seuil-50": -1,  # A
    "significativite-25": 1,  # E
    "significativite-30": 1,  # E
    "significativite-50": 1,  # G no longer
    "significativite-60": -1,  # F and F bis no longer, G neither
    "sans-jugement": -1,  # I
    "solde-strict": -8,  # nine extensions, one reduction
    "champ-sans-energie": -1,  # N
    "champ-sans-extraction": -1,  # O
    "champ-sans-33": 1,  # J, a closure
    "champ-sans-38-3": -1,  # K
    "champ-avec-dechets": 1,  # P
    "champ-avec-95": 1,  # L
    "champ-avec-reparation": 2,  # L M
    "sans-champ": 3,  # L M P
    "sans-artisanat": 1,  # Q
    "effectif-plus-haut": 1,  # R had 30
    "effectif-dernier": -1,  # A has 12
    "effectif-inconnu-compte": -1,  # D, less two closures
    "ampleur-inconnue-comptee": 1,  # H
    "site-sans-entreprise": -1,  # AA
    "site-sans-siret": -1,  # Z
    "evenement-un-jour": 2,  # W, W bis
    "evenement-trois-mois": -1,  # X
    "presse-d-abord": -1,  # Y is of 2023
    "regle-9-avant": 1,  # W, W bis, less AA
    "sans-regle-9": 3,  # S, W, W bis
    "un-par-semestre": -1,  # T
    "creations-insee": -1,  # U
    "sans-outre-mer": -1,  # V
}
BORNES = {
    "effectif_manquant-min": -2,  # D bis, D ter
    "effectif_manquant-max": 1,  # D
    "significativite_inconnue-min": 0,
    "significativite_inconnue-max": 1,  # H
}


@pytest.fixture(scope="module")
def registre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two relèves: the rows above, and R as it was before."""
    common = {"siret": None, "effectif": 60, "date_effet": "2024-02-01"}
    rows = fabrique.lignes(*({**common, "nom_site": f"Site {name}", **more} for name, more in LIGNES))
    folder = tmp_path_factory.mktemp("registre")
    fabrique.ecrire_releve(folder, [rows[20] | {"effectif": "30"}], "2024-S1")
    return fabrique.ecrire_releve(folder, rows, "2024-S2")


@pytest.fixture(scope="module")
def barometre(registre: Path) -> Barometre:
    return Barometre.charger("2024-S2", registre=registre)


@pytest.fixture(scope="module")
def mesures(barometre: Barometre) -> pd.DataFrame:
    return sensibilite.mesurer(barometre)


@pytest.fixture(autouse=True)
def chargees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no other test see the variants that these load."""
    monkeypatch.setattr(etude, "_CHARGEES", [])


def lire(fragment: restitution.Fragment) -> str:
    return simple(unescape(str(fragment.html)))


def france(mesures: pd.DataFrame) -> pd.DataFrame:
    return mesures[mesures["region"] == ""].set_index("variante")


def sous(barometre: Barometre, variante: Variante) -> Barometre:
    """Return the same rows as a whole study has them."""
    parameters = varier(barometre.parametres, {VARIANTE: variante.nom}, variante)
    return Barometre(barometre.registre, parameters, dict(barometre.famille))


def test_chaque_variante_est_celle_d_un_compte_a_la_main(mesures: pd.DataFrame) -> None:
    told = france(mesures)
    assert set(ECARTS) == set(lire_variantes())
    assert told["ecart"].to_dict() == {"": 0} | ECARTS | BORNES
    assert told.at["", "solde_net"] == OFFICIEL
    assert (told["solde_net"] == OFFICIEL + told["ecart"]).all()
    regions = mesures[mesures["region"] != ""].groupby("variante")["ecart"].sum()
    assert regions.to_dict() == told["ecart"].to_dict()
    overseas = mesures[(mesures["region"] == "04") & (mesures["ecart"] != 0)]
    # V has 60 employees and is an opening: nothing but overseas moves it.
    assert list(overseas["variante"]) == ["sans-outre-mer"]


def test_la_methode_n_en_est_pas_changee(barometre: Barometre, mesures: pd.DataFrame) -> None:
    del mesures
    assert barometre.variante == "" and barometre.decompte.totaux("2024", "")["solde_net"] == OFFICIEL
    assert barometre.parametres.surcharges == {} and "variante" not in barometre.decisions.attrs


@pytest.mark.parametrize(
    "nom",
    [
        *("seuil-10", "solde-strict", "champ-avec-95", "site-sans-siret", "effectif-plus-haut", "sans-regle-9"),
        *("regle-9-avant", "un-par-semestre", "creations-insee", "sans-jugement"),
    ],
)
def test_une_etude_entiere_compte_de_meme(nom: str, barometre: Barometre) -> None:
    """The page stacks variants; a study decides one register: they keep the same rows."""
    study = sous(barometre, lire_variantes()[nom])
    assert study.decompte.totaux("2024", "")["solde_net"] == OFFICIEL + ECARTS[nom]
    assert study.variante == TAMPON and len(study.decisions) == len(LIGNES)
    assert study.officielle.decompte.totaux("2024", "")["solde_net"] == OFFICIEL


def test_les_reponses_valent_sous_les_variantes(barometre: Barometre) -> None:
    """Two openings of one site said to be two; of a closure, one opening said to be its transfer, and another not."""
    rows = barometre.registre.mouvements
    by_site = rows.groupby("nom_site", sort=False)["id_mouvement"].agg(list)
    first, second = by_site["Site S"]
    answers = [(first, second, "non"), (by_site["Site J"][0], by_site["Site A"][0], "oui", "transfert")]
    answers.append((by_site["Site J"][0], by_site["Site N"][0], "non", "transfert"))
    read = Barometre(barometre.registre, fabrique.repondre(barometre.parametres, rows, answers), barometre.famille)
    names = ["seuil-10", "evenement-trois-mois", "creations-insee", "sans-regle-9", "regle-9-avant"]
    chosen = {name: lire_variantes()[name] for name in names}
    measured = france(sensibilite.mesurer(read, chosen))["solde_net"]
    barometre.famille[barometre.releve] = barometre
    # S counts twice; A, transferred, is no creation; rule 9 left out or before the answers knows none of them.
    assert measured[["", *names]].to_list() == [
        *(OFFICIEL + more for more in (1, 1 + 3, 1 - 1, 1 - 2)),
        OFFICIEL + 3,
        OFFICIEL + 1,
    ]
    for name, one in chosen.items():
        assert sous(read, one).decompte.totaux("2024", "")["solde_net"] == measured[name], name


def test_ce_qui_n_est_pas_su_est_absent(barometre: Barometre) -> None:
    """Neither a headcount last observed nor an earlier relève: absent, said, and never a zero."""
    alone = fabrique.barometre([fabrique.ligne()])
    value = replace(lire_variantes()["seuil-10"], regles={"seuil_effectif": 20}, nom="vingt")
    known = {name: one for name, one in lire_variantes().items() if one.effectif} | {"vingt": value}
    measured = sensibilite.mesurer(alone, known)
    told = france(measured)
    assert told.loc[list(known), "solde_net"].isna().all() and told.at["", "solde_net"] == 1
    assert [simple(one) for one in told.loc[list(known), "absence"]] == [
        "Aucune relève antérieure n'est connue.",
        "Aucune ligne du registre ne dit l'effectif à la dernière observation.",
        "Sa valeur est celle de la méthode.",
    ]
    shown = lire(restitution.section_ecarts(alone.contexte(), measured))
    assert all(one in shown for one in told["absence"] if one)
    assert known["effectif-dernier"].libelle not in lire(restitution.section_par_region(alone.contexte(), measured))


def test_la_page_est_une_etude_et_va_du_plus_grand_ecart_au_plus_petit(
    barometre: Barometre, mesures: pd.DataFrame
) -> None:
    about = restitution.en_etude(barometre.contexte())
    assert TAMPON in lire(restitution.entete(about, intitule="x"))
    html = str(restitution.section_ecarts(about, mesures).html)
    page = simple(unescape(html))
    assert page.count(TAMPON) >= 2
    assert "le solde net de la méthode est de <strong>+19</strong>" in page
    assert "D'un choix à l'autre, le solde net irait de +11 à +22" in page
    spans = [abs(int(one.replace("−", "-"))) for one in re.findall(r"(?:<td>[^<]*</td>){1}<td>([+−]\d+)</td>", page)]
    assert len(spans) == sum(one != 0 for one in [*ECARTS.values(), *BORNES.values()])
    assert spans == sorted(spans, reverse=True) and spans[0] == 8
    drawn = [int(one) for one in re.findall(r"<text[^>]*>[+−](\d+)</text>", html.partition('class="etroit"')[0])]
    assert drawn == spans
    assert html.count("<svg") == 2


def test_le_tableau_dit_chaque_region(barometre: Barometre, mesures: pd.DataFrame) -> None:
    page = lire(restitution.section_par_region(restitution.en_etude(barometre.contexte()), mesures))
    assert TAMPON in page and page.count('scope="col"') == 20
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall("<tr>.*?</tr>", page)]
    rows = {heading: values for heading, *values in cells}
    heads = rows["Variante"]
    assert rows["Méthode officielle"][heads.index("La Réunion")] == "+1"
    overseas = rows["Sans l'outre-mer"]
    assert overseas[heads.index("France")] == "+18 (−1)" and overseas[heads.index("La Réunion")] == "0 (−1)"
    assert overseas[heads.index("Bretagne")] == "="


def test_elle_n_est_d_aucune_edition_publique(nomenclatures: Nomenclatures, tmp_path: Path) -> None:
    catalogue = lire_catalogue(nomenclatures)
    assert "sensibilite" in {page.nom for page in catalogue.pages("interne")}
    assert "sensibilite" not in {page.nom for page in catalogue.pages("publique")}
    root = fabrique.petite_racine(tmp_path)
    path = root / "params" / "carnets.yaml"
    # Small roots do without it.
    text = (fabrique.RACINE / "params" / "carnets.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("etude: oui\n  diffusion: [interne]", "etude: oui\n  diffusion: [interne, publique]"))
    with fabrique.refus("« sensibilite », « diffusion » : .*attendu \\[interne\\] : une étude ne se publie pas"):
        lire_catalogue(nomenclatures, root / "params")


def test_un_autre_carnet_qui_mesure_est_refuse(barometre: Barometre) -> None:
    from nbformat.v4 import new_notebook

    refuser_variante(new_notebook(), "2024-S2")
    sensibilite.mesurer(barometre, {name: lire_variantes()[name] for name in ("seuil-10", "solde-strict")})
    with fabrique.refus("une variante ne se publie pas ; .* barometre etude 2024-S2 --regle variante=seuil-10$"):
        refuser_variante(new_notebook(), "2024-S2")


def test_chaque_choix_se_mesure_par_des_variantes_qui_existent() -> None:
    named = {name for one in lire_fondements().projet.values() for name in one.variantes}
    assert named <= set(lire_variantes())
    assert all(one.repond for one in lire_variantes().values())


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("a: {libelle: x, ecarte: outre_mer, sans: [doublon]}", "« a » : attendu « ecarte » seul"),
        ("A_b: {libelle: x}", "« A_b » : attendu un nom en minuscules sans accents"),
        ("a: {libelle: x, champ: {ZZ9: hors}}", "« champ », « ZZ9 »"),
        ("a: {libelle: x, champ: {B: dehors}}", "trouvé « dehors » ; attendu des préfixes NAF"),
        ("a: {libelle: x, vides: [siren]}", "« vides » n° 1 : trouvé « siren »"),
        ("a: {libelle: x, sans: [repetition]}", "« sans » n° 1 : trouvé « repetition »"),
        ("a: {libelle: x, nom: b}", "« nom » : trouvé « b » ; attendu aucun nom"),
    ],
)
def test_une_variante_mal_formee_est_refusee(entry: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "variantes.yaml").write_text(entry + "\n", encoding="utf-8")
    with fabrique.refus(f"variantes.yaml.*{said}"):
        lire_variantes(tmp_path)
