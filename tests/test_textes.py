"""The sentences of whole pages: right in every region and every relève; then number and agreement on crafted cases."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import fabrique
import lecture
import pytest

from barometre_lib import Barometre, restitution, typographie
from barometre_lib.restitution.tableaux import NON_DISPONIBLE, NON_PRECISEE
from barometre_lib.vocabulaire import LIBELLES, MESURES_BRUTES

REGIONS = list(fabrique.nomenclatures().regions)
NOMS_COMPTES = "mouvement ouverture fermeture extension réduction région secteur site emploi salarié".split()  # noqa: SIM905
VOYELLE = "aeiouyàâéèêëîïôöûüœAEIOUYÀÂÉÈÊËÎÏÔÖÛÜŒ"
FAUTES = {
    "deux espaces": r"[ \u00a0\u202f]{2}",
    "espace avant la ponctuation": r"[ \u00a0\u202f][,.)]",
    "espace apres une parenthese": r"\([ \u00a0\u202f]",
    "ponctuation double": r"[,.;:]{2}|\(\)",
    "article non contracte": r"\b([Dd]e|[Àà]) les?\b",
    "article double": r"\b(en|dans|à) (en|dans|à|les dans)\b|\b(la|le|les) (la|le|les)\b",
    "elision oubliee": rf"\b([Dd]e|[Ll]a|[Ll]e|que)[ \u00a0][{VOYELLE}](?!n\b)",
    "elision fautive": rf"\b[dlDL]'[^{VOYELLE}hH]",
    "gabarit non rendu": r"[{}]|%\}",
    "valeur de programme": r"\b(None|nan|NaN|True|False|Undefined)\b",
    "tiret pour un moins": r"(?<![\w-])-\d",
    "zero signe": r"[+−]0\b",
    "singulier au pluriel": rf"(?<![\d\u202f,-])[01][ \u00a0]({'|'.join(NOMS_COMPTES)})s\b",
    "pluriel au singulier": rf"(?<![\w\u202f,-])([2-9]|[\d\u202f]*\d\d)[ \u00a0]({'|'.join(NOMS_COMPTES)})\b",
    "verbe au singulier": r"\b[Ll]es (Hauts-de-France|Pays de la Loire) (compte|reste|a|est|prend|garde)\b",
    "minuscule": r"^[a-zàéè]",
}


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_le_francais_est_juste_partout(releve: str) -> None:
    for region in ["", *REGIONS]:
        for name, fragment in lecture.page(releve, region).items():
            for text in lecture.blocs(fragment):
                found = {fault: re.search(pattern, text) for fault, pattern in FAUTES.items()}
                if text in (NON_PRECISEE, NON_DISPONIBLE):
                    del found["minuscule"]
                assert not any(found.values()), (region, name, text, {k: v for k, v in found.items() if v})


@pytest.mark.parametrize(
    ("faute", "texte"),
    [
        ("article non contracte", "l'édition de le mois"),
        ("elision oubliee", "l'édition de octobre"),
        ("elision oubliee", "le solde de Île-de-France"),
        ("singulier au pluriel", "soit 1 ouvertures nettes"),
        ("pluriel au singulier", "soit 21 ouverture nette"),
        ("pluriel au singulier", "1\u202f605 emploi"),
        ("tiret pour un moins", "de -3 sur"),
        ("verbe au singulier", "Les Hauts-de-France compte 2"),
        ("zero signe", "+0 sur le solde"),
        ("deux espaces", "est\u00a0 nul"),
    ],
)
def test_une_faute_serait_vue(faute: str, texte: str) -> None:
    # The check above would be worthless if it let everything through.
    assert re.search(FAUTES[faute], texte)


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_les_nombres_et_les_rangs_sont_ceux_des_comptes(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    for region in REGIONS:
        about, page = barometre.contexte(region), lecture.page(releve, region)
        (counts,) = restitution.de_la_periode(barometre.comptes([about.maille], region=region), about.periode).to_dict(
            "records"
        )
        now, before = (
            barometre.classement(one).set_index("region") for one in (about.periode, about.periode_precedente)
        )
        head = lecture.lisible(page["entete"])
        told = re.search(r"(première|dernière|\d+e)( ex æquo)? des (\d+) classées", head)
        if region not in now.index:
            assert "La couverture de la collecte n'y est pas établie" in head
            assert told is None and "essentiel" not in page
            continue
        tiles = lecture.lisible(page["essentiel"])
        for name in ("solde_net", *MESURES_BRUTES):
            write = typographie.signe if name == "solde_net" else typographie.nombre
            assert re.search(rf"{LIBELLES[name]}{re.escape(write(counts[name]))}(,| |$)", tiles)
        if not any(counts[one] for one in MESURES_BRUTES):
            assert told is None
            continue
        rank = int(now.at[region, "rang"])
        place = {1: "première", len(now): "dernière"}.get(rank, f"{rank}e")
        assert told is not None and (told[1], told[3]) == (place, str(len(now)))
        assert bool(told[2]) == (place == f"{rank}e" and bool(now.at[region, "ex_aequo"]))
        # It stays only where it was.
        assert ("la région reste" in head) == (rank == before.at[region, "rang"])


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_chaque_solde_revise_et_lui_seul_porte_sa_premiere_publication(
    releve: str, charger: Callable[[str], Barometre]
) -> None:
    barometre = charger(releve)
    for region in ["", *REGIONS]:
        evolution = barometre.evolution(region).set_index("periode")
        tables = lecture.tableaux(lecture.page(releve, region)["recensement"])
        table = tables[f"Mouvements comptés par année, {barometre.contexte(region).nom}"]
        header, *rows = table.values()
        assert ("première publication" in header[0]) == any("(" in one for one, *_ in rows)
        years = [code for code in evolution.index if "-S" not in code]
        halves = [f"{int(releve[:4]) - 1}-S1", releve] if releve.endswith("S1") else []
        for code in [*years, *halves]:
            row, said = evolution.loc[code], table[lecture.simple(typographie.periode(code))]
            if not barometre.contexte(region).couverte:
                assert said == [NON_PRECISEE]
                continue
            published = row["premier"], typographie.mois(row["mois"])
            note = f" ({typographie.signe(published[0])} en {published[1]})" if published[0] != row["solde_net"] else ""
            assert said[0] == lecture.simple(f"{typographie.signe(row['solde_net'])}{note}")


def test_une_periode_publiee_sans_date_nomme_sa_releve(charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    evolution = barometre.evolution("84").assign(mois="")
    (table,) = lecture.tableaux(
        restitution.section_recensement(
            barometre.contexte("84"), barometre.comptes(["annee", "semestre"]).head(0), evolution
        )
    ).values()
    assert table["2023"][0] == "+64 (+73 relève 2023-S2)"


@pytest.mark.parametrize("releve", ["2024-S1", "2025-S1"])
def test_un_premier_semestre_se_compare_au_premier_semestre(releve: str) -> None:
    year = int(releve[:4])
    for region, nom in {"": "France", "84": "Auvergne-Rhône-Alpes", "32": "Hauts-de-France"}.items():
        page = lecture.page(releve, region)
        said = lecture.lisible(page["entete"], page["essentiel"])
        assert re.search(rf"après .* au 1er semestre {year - 1}", said)
        assert f"en {year - 1}" not in said
        assert f"Résultats du premier semestre {year}" in lecture.blocs(page["resultats"])
        table = lecture.tableaux(page["recensement"])[f"Mouvements comptés par année, {nom}"]
        assert {f"1er semestre {year - 1}", f"1er semestre {year}"} < set(table) and str(year) not in table


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_ce_qui_a_change_est_le_resume_des_revisions(releve: str, charger: Callable[[str], Barometre]) -> None:
    previous = charger(releve).precedente
    for region in ["", "84", "94"]:
        said = lecture.lisible(lecture.page(releve, region)["methode"])
        if previous is None:
            assert "Aucune relève antérieure" in said
            continue
        assert f"(relève {previous.releve})" in said
        count = re.search(r"(\w+) mouvements?( d[eu] [\w ]+)? (a|ont) été révisés?", said)
        assert count or "rien n'a changé" in said
        # A period that alone was revised is in the sentence.
        parts = re.findall(r"\d+ d[eu] (?:1er semestre |2e semestre )?\d{4} \([+−]?\d+\)", said)
        assert len(parts) != 1 and bool(parts) == (count is not None and count[2] is None)


# --- crafted cases --------------------------------------------------------------------------------


def dire(rows: list[dict[str, Any]], region: str = "84") -> str:
    """Return what stands under the results of a register made of rows, few enough not to be drawn."""
    barometre = fabrique.barometre(fabrique.lignes(*rows))
    about = barometre.contexte(region)
    sectors, places = (
        barometre.comptes([about.maille, *dimensions], region=region)
        for dimensions in (["secteur"], ["region", "departement"])
    )
    shown = restitution.secteurs_et_departements(about, sectors, places)
    return lecture.lisible(restitution.section_resultats(about, shown)).removeprefix(
        "Résultats des deux relèves en 2024 "
    )


def mouvements(**nombres: int) -> list[dict[str, Any]]:
    """Return so many movements of each type in 2024, each on a site of its own."""
    return [
        {"type_mouvement": kind, "nom_site": f"{kind} {n}", "assimilable_site": "oui"}
        for kind, number in nombres.items()
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("nombres", "dit"),
    [
        ({}, "Aucun mouvement n'est compté en 2024."),
        (
            {"ouverture": 1},
            "Par secteur, est comptée en 2024 en Auvergne-Rhône-Alpes : une ouverture (électronique).",
        ),
        (
            {"extension": 1, "reduction": 3},
            "Par secteur, sont comptées en 2024 en Auvergne-Rhône-Alpes : une extension et 3 réductions "
            "(électronique).",
        ),
    ],
    ids=["aucun", "un", "plusieurs"],
)
def test_zero_un_plusieurs(nombres: dict[str, int], dit: str) -> None:
    assert dire(mouvements(**nombres)) == dit


def test_peu_de_mouvements_se_disent_secteur_par_secteur() -> None:
    rows = [*mouvements(ouverture=2), {"type_mouvement": "fermeture", "nom_site": "F", "sous_secteur": "chimie"}]
    rows = [row | {"code_commune": "59350"} for row in rows]
    assert dire(rows, "32") == (
        "Par secteur, sont comptées en 2024 dans les Hauts-de-France : une fermeture (chimie) et "
        "2 ouvertures (électronique)."
    )


def test_ou_la_couverture_n_est_pas_precisee_rien_n_est_affirme() -> None:
    page = lecture.page("2024-S2", "06")
    table = lecture.tableaux(page["recensement"])["Mouvements comptés par année, Mayotte"]
    assert [table[year] for year in ("2022", "2023", "2024")] == [[NON_PRECISEE]] * 3
    assert table["France : 2024"][0] == "+89"
    # What is counted there all the same is said.
    barometre = fabrique.barometre([fabrique.ligne(code_commune="97608")])
    about, own = barometre.contexte("06"), barometre.evolution("06")
    semesters = barometre.comptes(["annee", "semestre"], region="06")
    (told,) = lecture.tableaux(restitution.section_recensement(about, semesters, own)).values()
    assert told["2024"][0] == "+1" and told["2023"] == [NON_PRECISEE]


# --- jobs and investment --------------------------------------------------------------------------


def dire_emplois(*rows: dict[str, Any]) -> str:
    barometre = fabrique.barometre(fabrique.lignes(*rows))
    return lecture.lisible(restitution.lecture_emplois(barometre.contexte("84"), barometre.decisions))


def test_les_emplois_disent_combien_de_mouvements_les_indiquent() -> None:
    rows = [{"nom_site": f"A{n}", "emplois": 500, "investissement_meur": "2.25"} for n in range(3)]
    said = dire_emplois(*rows, {"nom_site": "B"}, {"nom_site": "C", "effectif": 2, "emplois": 9})
    assert said == (
        "3 des 4 ouvertures et extensions annoncent au total 1 500 emplois créés ou prévus. "
        "3 des 4 ouvertures et extensions déclarent 6,8 millions d'euros d'investissement."
    )
    assert dire_emplois(*rows).startswith("Les 3 ouvertures et extensions annoncent au total 1 500 emplois")
    closed = {"nom_site": "F", "emplois": 90, "type_mouvement": "fermeture"}
    assert dire_emplois(*rows, closed, {**closed, "nom_site": "G", "emplois": None}).startswith(
        "Les 3 ouvertures et extensions annoncent au total 1 500 emplois créés ou prévus ; "
        "une des 2 fermetures et réductions, 90 emplois supprimés. "
        "Ces sommes, partielles, ne se soustraient pas."
    )


def test_une_page_interne_dit_aussi_la_somme_d_un_seul_site() -> None:
    one = {"nom_site": "A", "emplois": 500}
    assert "La seule ouverture ou extension annonce 500 emplois créés ou prévus." in dire_emplois(one)
    assert "Une des 2 ouvertures et extensions annonce 500 emplois" in dire_emplois(one, {"nom_site": "B"})
    # Two movements of one site.
    again = {"nom_site": "A", "emplois": 7, "type_mouvement": "extension", "assimilable_site": "oui"}
    # A site that moved twice is two movements, as in the tiles.
    assert "Les 2 ouvertures et extensions annoncent au total 507 emplois" in dire_emplois(one, again)
    # Those of another year, or of another region, are not of this page.
    elsewhere = [{"nom_site": "D", "emplois": 3, "date_effet": "2023-01-02"}, {"emplois": 3, "code_commune": "2A004"}]
    assert dire_emplois(*elsewhere) == ""


def test_les_emplois_supprimes_sont_dits_a_part() -> None:
    closed = [{"nom_site": f"F{n}", "emplois": 0, "type_mouvement": "fermeture"} for n in range(3)]
    assert dire_emplois(*closed) == ("Les 3 fermetures et réductions annoncent au total 0 emploi supprimé.")


# --- provisional data -----------------------------------------------------------------------------


def test_l_edition_precedente_sans_fichier_est_nommee_par_sa_releve(charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    about = replace(barometre.contexte("84"), mois_precedent="")
    said = lecture.lisible(restitution.revisees(about, barometre.revisions(region="84")))
    assert "Huit mouvements ont été révisés en Auvergne-Rhône-Alpes depuis la relève 2024-S1, " in said
    assert "sur le solde net ; celui qui change de période y figure deux fois :" in said


@pytest.mark.parametrize(
    ("elements", "ecrit"), [(["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")], ids=str
)
def test_enumerer(elements: list[str], ecrit: str) -> None:
    assert typographie.enumerer(elements) == ecrit


def test_de_et_du() -> None:
    assert typographie.de("octobre 2025") == "d'octobre 2025"
    assert typographie.de("avril 2025") == "d'avril 2025"
    assert typographie.de("mars 2025") == "de\u00a0mars 2025"
    assert typographie.de_periode("2024") == "de\u00a02024"
    assert typographie.de_periode("2024-S1") == "du\u00a01er\u00a0semestre\u00a02024"
