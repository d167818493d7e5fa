"""Dated parameters, the field of the barometer and the editions: what they say, and how a fault in them is said."""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fabrique
import pytest
import yaml

from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import Edition, lire_edition
from barometre_lib.parametres.fichiers import lire_yaml
from barometre_lib.parametres.region import Contact, lire_contacts
from barometre_lib.parametres.regles import NOMS_PARAMETRES, ParametresRegles, lire_parametres_regles
from barometre_lib.regles import decider
from barometre_lib.vocabulaire import Releve

FUTUR = {"valeur": 50, "texte": "« plus de 50 salariés »", "source": "Texte d'essai"}

OUTRE_MER = {"01", "02", "03", "04", "06"}


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """Make a folder of parameters that a test may change."""
    return Path(shutil.copytree(fabrique.RACINE / "params", tmp_path / "params"))


@pytest.fixture
def seuil(params: Path) -> Callable[[Mapping[Any, Any]], ParametresRegles]:
    """Rewrite entries of the dated values of `seuil_effectif`, then read the parameters at 2024-S2."""

    def rewrite(values: Mapping[Any, Any]) -> ParametresRegles:
        path = params / "regles" / "seuil_effectif.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(content | {"valeurs": values}, allow_unicode=True), encoding="utf-8")
        return lire(params)

    return rewrite


def lire(params: Path, releve: str = "2024-S2") -> ParametresRegles:
    """Read the parameters of the rules in a folder, the field decided."""
    nomenclatures = fabrique.nomenclatures()
    read = lire_parametres_regles(Releve.lire(releve), nomenclatures=nomenclatures, dossier=params)
    assert set(nomenclatures.naf) <= set(read.ligne_champ)
    return read


def remplacer(path: Path, old: str, new: str) -> None:
    """Change a text of a file, which must hold it once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_les_valeurs_officielles(releve: str) -> None:
    read = fabrique.parametres(releve)
    assert read.debut_periode == date(2022, 1, 1)
    assert read.fin_periode == Releve.lire(releve).dernier_jour
    assert read.seuil_effectif == 20
    assert (read.seuil_variation_extension, read.seuil_variation_reduction) == (40, -40)


@pytest.mark.parametrize(("releve", "day"), [("2024-S1", date(2024, 6, 30)), ("2024-S2", date(2024, 12, 31))])
def test_la_periode_finit_au_dernier_jour_de_la_releve(releve: str, day: date) -> None:
    assert fabrique.parametres(releve).fin_periode == day


@pytest.mark.parametrize("name", NOMS_PARAMETRES)
def test_chaque_valeur_dit_le_texte_qui_la_fonde(name: str) -> None:
    parameter = fabrique.parametres("2024-S2").parametres[name]
    assert parameter.nom == name
    assert parameter.depuis == date(2022, 1, 1)
    assert all([parameter.description, parameter.unite, parameter.texte, parameter.source])


def test_les_quarante_pour_cent_disent_qu_ils_viennent_d_une_seule_citation() -> None:
    parameter = fabrique.parametres("2024-S2").parametres["seuil_variation_extension"]
    assert "qualitatif" in parameter.reserve and "une seule citation" in parameter.reserve
    assert "citation" not in parameter.texte + parameter.source


@pytest.mark.parametrize(("releve", "threshold"), [("2024-S1", 20), ("2024-S2", 20), ("2025-S1", 50), ("2025-S2", 50)])
def test_une_valeur_datee_ne_sert_qu_aux_releves_suivantes(releve: str, threshold: int, params: Path) -> None:
    path = params / "regles" / "seuil_effectif.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["valeurs"][date(2025, 1, 1)] = FUTUR
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    read = lire(params, releve)
    assert read.seuil_effectif == threshold
    decided = decider(fabrique.table([fabrique.ligne(effectif=50)]), read)
    assert decided["motif"].tolist() == ["sous_seuil" if threshold == 50 else "compte"]


@pytest.mark.parametrize(
    ("since", "threshold"), [(date(2024, 12, 31), 50), (date(2025, 1, 1), 20)], ids=["dernier jour", "lendemain"]
)
def test_une_valeur_vaut_des_le_dernier_jour_de_la_releve(
    since: date, threshold: int, seuil: Callable[[Mapping[Any, Any]], ParametresRegles]
) -> None:
    # Written out of order: the latest date in force decides, not the last line.
    assert seuil({since: FUTUR, date(2022, 1, 1): FUTUR | {"valeur": 20}}).seuil_effectif == threshold


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({}, "aucune valeur en vigueur au 31/12/2024", id="aucune"),
        pytest.param({date(2030, 1, 1): FUTUR}, "aucune valeur en vigueur", id="future seulement"),
        pytest.param({"2022-01": FUTUR}, "« 2022-01 ».*une date AAAA-MM-JJ", id="date en texte"),
        pytest.param({date(2022, 1, 1): 20}, "attendu les entrées valeur, texte, source", id="valeur nue"),
        pytest.param([20], "datées", id="liste"),
        pytest.param(
            {date(2022, 1, 1): {"valeur": 20, "texte": "t"}},
            "« 2022-01-01 », « source » : trouvé rien",
            id="sans source",
        ),
        pytest.param({date(2022, 1, 1): FUTUR | {"texte": None}}, "01-01.*« texte »", id="texte vide"),
        pytest.param({date(2022, 1, 1): FUTUR | {"valeur": "vingt"}}, "« vingt ».*nombre", id="en lettres"),
        pytest.param(
            {date(2022, 1, 1): FUTUR | {"valeur": None}}, "« valeur » : trouvé rien.*nombre", id="valeur vide"
        ),
        pytest.param({date(2022, 1, 1): FUTUR | {"valeur": -5}}, "-5.*positif", id="negative"),
        pytest.param({date(2022, 1, 1): FUTUR | {"valeur": 20.5}}, "20.5.*nombre entier", id="decimale"),
        pytest.param(
            {date(2022, 1, 1): FUTUR, date(2030, 1, 1): FUTUR | {"valeur": True}}, "2030.*True", id="future fausse"
        ),
    ],
)
def test_un_parametre_mal_forme_est_refuse(
    values: Mapping[Any, Any], said: str, seuil: Callable[[Mapping[Any, Any]], ParametresRegles]
) -> None:
    with fabrique.refus(f"seuil_effectif.yaml.*{said}"):
        seuil(values)


@pytest.mark.parametrize("entry", ["description", "unite", "valeurs"])
def test_une_entree_manquante_est_nommee(entry: str, params: Path) -> None:
    path = params / "regles" / "seuil_effectif.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    del content[entry]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with fabrique.refus(f"seuil_effectif.yaml, « {entry} » : trouvé rien ; attendu"):
        lire(params)


@pytest.mark.parametrize("name", NOMS_PARAMETRES)
def test_un_fichier_de_parametre_absent_est_nomme(name: str, params: Path) -> None:
    (params / "regles" / f"{name}.yaml").unlink()
    with fabrique.refus(f"{name}.yaml.*introuvable"):
        lire(params)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"a: [1, 2", "pas du YAML", id="crochet ouvert"),
        pytest.param(b"a: 1\n b: 2\n", "ligne 2.*pas du YAML", id="retrait"),
        pytest.param(b"caf\xe9: 1", "UTF-8", id="latin-1"),
        pytest.param(b"", "entrées", id="vide"),
        pytest.param(b"- 1\n- 2\n", "entrées", id="liste"),
        pytest.param(b"du texte", "entrées", id="texte"),
    ],
)
def test_un_fichier_qui_n_est_pas_du_yaml_est_refuse_en_francais(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "essai.yaml"
    path.write_bytes(content)
    with fabrique.refus(f"essai.yaml.*{said}"):
        lire_yaml(path)


# --- field ----------------------------------------------------------------------------------------


def test_chaque_code_naf_est_decide() -> None:
    read, names = fabrique.parametres(), fabrique.nomenclatures()
    decided = read.ligne_champ
    assert set(decided) == {*names.naf, *names.naf_2025} - set(read.naf_a_demander)
    assert Counter(line.sort for line in decided.values())["artisanat"] == 4
    assert all(bool(line.raison) == (line.sort == "hors") for line in decided.values())


@pytest.mark.parametrize(
    ("code", "prefix", "fate", "reason"),
    [
        ("08.12Z", "B", "dans", ""),
        ("27.20Z", "C", "dans", ""),
        ("35.11Z", "35.11", "dans", ""),
        ("35.13Z", "D", "hors", "autre"),
        ("35.30Z", "35.30", "dans", ""),
        ("38.32Z", "38.32", "dans", ""),
        ("38.11Z", "E", "hors", "dechets"),
        ("52.10B", "H", "hors", "logistique"),
        ("10.71A", "C", "dans", ""),
        ("10.71C", "10.71C", "artisanat", ""),
    ],
)
def test_le_plus_long_prefixe_decide(code: str, prefix: str, fate: str, reason: str) -> None:
    line = fabrique.parametres().ligne_champ[code]
    assert (line.prefixe, line.sort, line.raison) == (prefix, fate, reason)


def test_un_code_de_la_naf_2025_suit_ceux_de_la_rev_2_ou_est_demande() -> None:
    """No code is of both; each is what all the codes of rév. 2 that lead to it are, and is asked where they differ."""
    read, names = fabrique.parametres("2026-S2"), fabrique.nomenclatures()
    assert not set(names.naf) & set(names.naf_2025)
    table = names.table("naf_correspondance")
    for code, rows in table.groupby("naf_2025"):
        fates = {read.ligne_champ[former].sort for former in rows["naf_rev2"]}
        assert (code in read.naf_a_demander) == (len(fates) > 1)
        assert code in read.naf_a_demander or {read.ligne_champ[code].sort} == fates
    assert list(read.naf_a_demander) == (
        ["03.30Y", "10.13H", "10.51H", "10.71H", "10.71J", "18.12Y", "38.21Y", "47.24Y", "91.30Y"]
    )
    assert read.dire_choix("10.13H") == "10.13A (dans le champ) ou 10.13B (artisanat, écarté)"


def test_une_ligne_du_champ_de_naf_2025_ne_sert_qu_aux_releves_suivantes(params: Path) -> None:
    with (params / "champ_industrie.csv").open("a", encoding="utf-8") as file:
        file.write("38.21;dans;;2025;2025-06-30;etat;Récupération de matériaux\n")
        file.write("C;hors;autre;rev2;2025-12-31;projet;Essai\n")
    before, after, last = (lire(params, releve) for releve in ("2024-S2", "2025-S1", "2025-S2"))
    assert "38.21Y" in before.naf_a_demander and after.ligne_champ["38.21Y"].sort == "dans"
    # Of one prefix, the latest line; a prefix of rév. 2 says nothing of a code of 2025 that begins alike.
    assert [one.ligne_champ["27.20Z"].sort for one in (before, after, last)] == ["dans", "dans", "hors"]
    assert after.ligne_champ["38.21Z"].sort == "hors" and after.ligne_champ["38.31Y"].sort == "hors"
    # 46.89Y, to which no code of rév. 2 leads, is decided from the end of 2026 on.
    assert last.dire_choix("46.89Y") == "aucun code de la NAF rév. 2 n'y mène"
    assert lire(params, "2026-S2").ligne_champ["46.89Y"].sort == "hors"


def test_une_valeur_dit_qui_la_fonde(params: Path) -> None:
    founded = {name: one.fonde_par for name, one in lire(params).parametres.items()}
    assert {name for name, who in founded.items() if who == "projet"} == {"delai_evenement", "ordre_sources"}
    path = params / "regles" / "seuil_effectif.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("fonde_par: etat", "fonde_par: Insee"), encoding="utf-8")
    with fabrique.refus("seuil_effectif.yaml.*« fonde_par » : trouvé « Insee » ; attendu"):
        lire(params)


def test_l_ordre_des_lignes_du_champ_ne_decide_pas() -> None:
    official = fabrique.parametres()
    reversed_field = replace(official, champ=tuple(reversed(official.champ)))
    assert reversed_field.ligne_champ == official.ligne_champ


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("prefixe;sort", "prefixe;verdict", "colonnes prefixe;verdict.*attendu prefixe;sort", id="colonne"),
        pytest.param("\nB;dans", "\nB;dedans", "ligne 3.*« B;dedans ».*dans, hors ou artisanat", id="sort inconnu"),
        pytest.param("\nB;dans", "\nb;dans", "ligne 3.*« b;dans »", id="minuscule"),
        pytest.param("\n35.11;", "\n3511;", "ligne 6.*préfixe NAF", id="sans point"),
        pytest.param("\n35.11;", "\n35.99;", "ligne 6.*aucun code de la NAF rév. 2.*« 35.99 »", id="prefixe de rien"),
        pytest.param("\n35.11;", "\n35.21;", "« 35.21 » figure sur plusieurs lignes", id="prefixe repete"),
        pytest.param("\nH;hors;logistique", "\nH;hors;", "ligne.*raison.*logistique", id="sans raison"),
        pytest.param("\nB;dans;;", "\nB;dans;autre;", "ligne 3.*raison « autre »", id="raison de trop"),
        pytest.param("\nB;dans;;rev2;", "\nB;dans;;2008;", "ligne 3.*« 2008 ».*rev2 ou 2025", id="naf inconnue"),
        pytest.param("\nB;dans;;rev2;", "\nB;dans;;2025;", "ligne 3.*aucun code de la NAF 2025", id="section de 2025"),
        pytest.param("\nB;dans;;rev2;2022-01-01;", "\nB;dans;;rev2;2022;", "ligne 3.*« 2022 »", id="sans jour"),
        pytest.param(
            ";projet;Section B", ";Insee;Section B", "ligne 3.*« Insee ».*etat ou projet", id="sans fondement"
        ),
        pytest.param("\nA;hors;autre;", "\nA;hors;autre;;;", "ligne 2.*9 cellules.*attendu 7", id="trop de cellules"),
        pytest.param(
            "\nU;hors;autre;rev2;2022-01-01;projet;Activités extraterritoriales : hors du champ",
            "",
            "aucun préfixe.*99.00Z",
            id="section oubliee",
        ),
    ],
)
def test_une_ligne_du_champ_mal_formee_est_refusee(old: str, new: str, said: str, params: Path) -> None:
    remplacer(params / "champ_industrie.csv", old, new)
    with fabrique.refus(f"champ_industrie.csv.*{said}"):
        lire(params)


def test_un_champ_absent_est_nomme(params: Path) -> None:
    (params / "champ_industrie.csv").unlink()
    with fabrique.refus("champ_industrie.csv.*introuvable"):
        lire(params)


# --- editions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("releve", "month", "day"),
    [
        ("2023-S2", "2024-03", date(2024, 3, 27)),
        ("2024-S1", "2024-11", date(2024, 11, 7)),
        ("2024-S2", "2025-03", date(2025, 3, 13)),
        ("2025-S1", "2025-10", date(2025, 10, 30)),
        ("2025-S2", "2026-03", None),
    ],
)
def test_les_editions_parues(releve: str, month: str, day: date | None, nomenclatures: Nomenclatures) -> None:
    edition = lire_edition(Releve.lire(releve), nomenclatures=nomenclatures)
    assert (edition.mois, edition.jour) == (month, day)
    assert set(edition.couverture) == set(nomenclatures.regions)
    assert {code for code in nomenclatures.regions if not edition.couverte(code)} == OUTRE_MER
    assert {edition.couverture[code] for code in OUTRE_MER} == {"inconnue"}


@pytest.fixture
def edition(params: Path) -> Callable[..., Edition]:
    """Change entries of the file of 2024-S2, then read the edition; None removes an entry."""

    def change(**entries: Any) -> Edition:
        path = params / "releves" / "2024-S2.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8")) | entries
        kept = {key: value for key, value in content.items() if value is not None}
        path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
        return lire_edition(Releve(2024, 2), nomenclatures=fabrique.nomenclatures(), dossier=params)

    return change


def couverture(**changes: Any) -> dict[str, Any]:
    """Return a coverage of the 18 regions, changed: `r84=None` removes a region."""
    coverage = dict.fromkeys(fabrique.nomenclatures().regions, "oui")
    coverage |= {code.removeprefix("r"): value for code, value in changes.items()}
    return {code: value for code, value in coverage.items() if value is not None}


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        pytest.param({"mois": None}, "« mois ».*AAAA-MM", id="sans mois"),
        pytest.param({"mois": "2025-13"}, "« mois ».*2025-13.*AAAA-MM", id="mois treize"),
        pytest.param({"mois": 202503}, "« mois ».*202503", id="mois en nombre"),
        pytest.param({"jour": date(2025, 4, 1)}, "« jour ».*mois de publication", id="jour d'un autre mois"),
        pytest.param({"jour": "13 mars"}, "« jour ».*13 mars", id="jour en texte"),
        pytest.param({"jour": None}, "« jour » : trouvé rien.*diffusée.*ou incertain", id="diffusee sans jour"),
        pytest.param({"etat": "rectifie", "rectificatif": "x", "jour": None}, "« jour »", id="rectifiee sans jour"),
        pytest.param({"etat": "sous_embargo"}, "« embargo » : trouvé rien.*AAAA-MM-JJ HH:MM", id="embargo sans date"),
        pytest.param({"methode": {"seuil": "x"}}, "« methode », « seuil ».*seuil_effectif", id="methode inconnue"),
        pytest.param({"methode": {"seuil_effectif": " "}}, "« methode », « seuil_effectif »", id="methode muette"),
        pytest.param({"etat": "publie"}, "« etat ».*« publie ».*travail.*diffuse", id="etat inconnu"),
        pytest.param({"etat": None}, "« etat ».*travail", id="sans etat"),
        pytest.param({"communique": "www.exemple.fr"}, "« communique ».*https", id="adresse sans https"),
        pytest.param({"couverture": None}, "« couverture ».*trouvé rien", id="sans couverture"),
        pytest.param({"couverture": couverture(r84=None)}, "« couverture ».*« 84 ».*trouvé rien", id="region oubliee"),
        pytest.param({"couverture": couverture(r99="oui")}, "« couverture ».*« 99 »", id="region de trop"),
        pytest.param({"couverture": couverture(r84="peut-être")}, "« couverture ».*inconnue", id="valeur inconnue"),
        pytest.param({"couverture": couverture(r84=True)}, "« couverture ».*inconnue", id="booleen YAML"),
        pytest.param({"couverture": couverture(r01=None) | {1: "oui"}}, "« couverture ».*guillemets", id="code nombre"),
        pytest.param({"exemples": {"99": ["A"]}}, "« exemples », « 99 ».*le code d'une région", id="region d'exemple"),
        pytest.param({"exemples": {"84": "A"}}, "« exemples ».*liste d'identifiants", id="exemple seul"),
        pytest.param(
            {"exemples": {"84": [12]}}, "« 84 » n° 1 : trouvé « 12 ».*entre guillemets", id="identifiant nombre"
        ),
        pytest.param({"embargo": "2025-03-13"}, "« embargo ».*AAAA-MM-JJ HH:MM", id="embargo sans heure"),
        pytest.param({"embargo": "2025-03-32 06:00"}, "« embargo ».*2025-03-32", id="embargo impossible"),
        pytest.param({"embargo": "2025-03-13 24:00"}, "« embargo ».*24:00", id="heure impossible"),
        pytest.param({"embargo": datetime(2025, 3, 13, 6)}, "« embargo ».*AAAA-MM-JJ HH:MM", id="embargo en secondes"),
        pytest.param({"embargo": "2025-04-01 06:00"}, "« embargo ».*mois de publication", id="embargo d'un autre mois"),
        pytest.param({"etat": "rectifie"}, "« rectificatif ».*trouvé rien.*motif", id="rectifie sans motif"),
        pytest.param({"etat": "rectifie", "rectificatif": " "}, "« rectificatif ».*motif", id="motif blanc"),
        pytest.param({"rectificatif": "Erreur."}, "« rectificatif ».*« Erreur. ».*rectifie", id="motif sans etat"),
        pytest.param({"collecte": {"echeance": "bientôt"}}, "« echeance ».*AAAA-MM-JJ", id="echeance sans date"),
        pytest.param(
            {"collecte": {"echeance": date(2026, 1, 31)}}, "« echeance ».*2025-03", id="echeance trop tardive"
        ),
        pytest.param({"collecte": {"adresse": "a@exemple.fr"}}, "« adresse ».*gouv.fr", id="adresse d'ailleurs"),
        pytest.param({"collecte": {"telephone": "01"}}, "« telephone » : entrée inconnue", id="collecte de trop"),
        pytest.param({"exemple": {"84": ["A"]}}, "« exemple » : entrée inconnue ; attendu mois", id="entree inconnue"),
    ],
)
def test_une_edition_mal_ecrite_est_refusee(
    entries: dict[str, Any], said: str, edition: Callable[..., Edition]
) -> None:
    with fabrique.refus(f"2024-S2.yaml.*{said}"):
        edition(**entries)


def test_une_edition_peut_ignorer_son_jour_son_communique_et_ses_exemples(edition: Callable[..., Edition]) -> None:
    for state, day in (("travail", None), ("diffuse", "incertain")):
        read = edition(etat=state, jour=day, communique=None, exemples=None)
        assert (read.jour, read.communique, read.exemples) == (None, "", {})


def test_l_embargo_et_le_motif_d_une_rectification_se_lisent(edition: Callable[..., Edition]) -> None:
    read = edition(etat="sous_embargo", embargo="2025-03-13 06:30")
    assert read.embargo == datetime(2025, 3, 13, 6, 30)
    assert read.situation == "sous embargo jusqu'au 13\u00a0mars\u00a02025 à\u00a06\u00a0h\u00a030"
    corrected = edition(etat="rectifie", rectificatif="Doublon\n  retiré.")
    assert corrected.situation == "rectifiée\u00a0: Doublon retiré."
    assert read.rectifier("") is read
    assert read.rectifier("Erreur.").avis == "Édition rectifiée\u00a0: Erreur."


def test_une_region_non_ou_inconnue_n_est_pas_couverte(edition: Callable[..., Edition]) -> None:
    read = edition(couverture=couverture(r84="non", r11="inconnue"))
    assert [read.couverte(code) for code in ("84", "11", "76")] == [False, False, True]


def test_une_edition_absente_est_nommee(params: Path) -> None:
    with fabrique.refus("2030-S1.yaml.*introuvable"):
        lire_edition(Releve(2030, 1), nomenclatures=fabrique.nomenclatures(), dossier=params)


@pytest.mark.parametrize(
    ("texte", "said"),
    [
        ("a: 1\na: 2\nb: {c: 1,\n c: 2}\n", "x.yaml, ligne 2 : « a » répété.*\n.*ligne 4 : « c » répété"),
        ("jour: 2024-13-45\n", "x.yaml, ligne 1 : la date « 2024-13-45 » n'existe pas"),
        ("a: [\n", "x.yaml, ligne 2 : ce n'est pas du YAML"),
        ("b: 1\na: !secret x\n", "x.yaml, ligne 2 : étiquette « !secret » inconnue ; retirez"),
        ("a: !!python/object/apply:os.system [x]\n", "ligne 1 : étiquette « !!python/object/apply:os.system »"),
        ("a: !!int douze\n", "ligne 1 : la valeur « douze » n'est pas de la sorte que dit « !!int » ; retirez"),
        ("a: !!bool peut-etre\n", "ligne 1 : la valeur « peut-etre » n'est pas de la sorte que dit « !!bool »"),
        ("- a\n", "attendu des entrées"),
    ],
    ids=["entree repetee", "date impossible", "crochet ouvert", "etiquette", "objet", "nombre", "booleen", "liste"],
)
def test_un_yaml_mal_ecrit_est_refuse(tmp_path: Path, texte: str, said: str) -> None:
    (tmp_path / "x.yaml").write_text(texte, encoding="utf-8")
    with fabrique.refus(said):
        lire_yaml(tmp_path / "x.yaml")


def test_un_yaml_qui_est_un_dossier_est_refuse(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    with fabrique.refus("x.yaml : c'est un dossier"):
        lire_yaml(tmp_path / "x.yaml")


# --- press contacts -------------------------------------------------------------------------------

MINISTERE = Contact(
    "Direction générale des Entreprises, service de presse", "presse.dge@finances.gouv.fr", "01 44 97 04 49"
)


def test_une_region_a_son_contact_puis_celui_du_ministere(nomenclatures: Nomenclatures) -> None:
    own, common = lire_contacts("84")
    assert (own.courriel, own.telephone, common) == ("pref-communication@rhone.gouv.fr", "", MINISTERE)
    assert lire_contacts() == (MINISTERE,)
    assert all(lire_contacts(region) == (MINISTERE,) for region in nomenclatures.regions if region != "84")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("service: S.P.\ncourriel: a@b.gouv.fr\nnom: Dupont\n", "« nom ».*jamais une personne", id="nom"),
        pytest.param("service: S.P.\n", "« courriel » : trouvé rien.*gouv.fr", id="sans adresse"),
        pytest.param("courriel: a@b.gouv.fr\n", "« service » : trouvé rien", id="sans service"),
        pytest.param(
            "service: S.P.\ncourriel: dupont@gmail.com\n", "« courriel ».*gmail.*gouv.fr", id="hors de l'Etat"
        ),
        pytest.param("service: S.P.\ncourriel: a@gouv.fr.exemple.fr\n", "« courriel »", id="faux domaine"),
        pytest.param('service: S.P.\ncourriel: "a@b.gouv.fr\\n"\n', "« courriel »", id="fin de ligne"),
        pytest.param("service: S.P.\ncourriel: a@b.gouv.fr\ntelephone: 0144970449\n", "« telephone »", id="nombre"),
        pytest.param("service: S.P.\ncourriel: a@b.gouv.fr\ntelephone: 01.44.97.04.49\n", "dix chiffres", id="points"),
        pytest.param("service: 12\ncourriel: a@b.gouv.fr\n", "« service ».*12", id="service nombre"),
    ],
)
def test_un_contact_mal_ecrit_est_refuse(content: str, said: str, params: Path) -> None:
    (params / "regions" / "11.yaml").write_text(content, encoding="utf-8")
    with fabrique.refus(f"11.yaml.*{said}"):
        lire_contacts("11", dossier=params)


def test_un_fichier_inconnu_est_nomme_avec_les_autres_fautes(params: Path) -> None:
    """Nothing would read it: a value that somebody believes in force, a contact that nobody is given."""
    (params / "regles" / "seuil_effectif.yml").write_text("x", encoding="utf-8")
    (params / "regles" / ".DS_Store").write_text("x", encoding="utf-8")
    (params / "regles" / "debut_periode.yaml").unlink()
    with fabrique.refus("debut_periode.yaml : fichier introuvable.*\n.*seuil_effectif.yml : fichier inconnu ; attendu"):
        lire(params)
    (params / "regions" / "auvergne.yaml").write_text("x", encoding="utf-8")
    with fabrique.refus("regions/auvergne.yaml : fichier inconnu ; attendu 01.yaml.*ministere.yaml"):
        lire_contacts("84", dossier=params)


def test_le_contact_du_ministere_est_exige(params: Path) -> None:
    (params / "regions" / "ministere.yaml").unlink()
    with fabrique.refus("ministere.yaml : fichier introuvable"):
        lire_contacts("84", dossier=params)
