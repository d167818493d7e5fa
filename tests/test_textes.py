"""The sentences: right in every region and every relève, then number, sign, rank and ties on crafted cases."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import fabrique
import lecture
import pandas as pd
import pytest

from barometre_lib import Barometre, restitution, typographie
from barometre_lib.comptage import avec_soldes, classer
from barometre_lib.restitution.resultats import rang_france, rang_region
from barometre_lib.vocabulaire import MESURES_BRUTES, Releve

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
def test_le_francais_est_juste_partout(releve: str, charger: Callable[[str], Barometre]) -> None:
    pages = {region: lecture.page(charger(releve), region) for region in ["", *REGIONS]}
    for region, page in pages.items():
        for name, texts in page.items():
            for text in texts:
                found = {fault: re.search(pattern, text) for fault, pattern in FAUTES.items()}
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
        contexte = barometre.contexte(region)
        counts = restitution.de_la_periode(barometre.comptes([contexte.maille], region=region), contexte.periode).iloc[
            0
        ]
        ranking = barometre.classement(contexte.periode).set_index("region")
        page = lecture.page(barometre, region)
        said, short = (lecture.simple(" ".join(page[name])) for name in ("resultats", "essentiel"))
        net = int(counts["solde_net"])
        if net:
            assert f"s'établit à {typographie.signe(net)}, soit " in short
            kind = "ouverture" if net > 0 else "fermeture"
            nets = f"une {kind} nette " if abs(net) == 1 else f"{abs(net)} {kind}s nettes "
            assert f" {nets}" in said
        assert (f"{typographie.ordinal(1)} " in short) == (region in ranking.index and ranking.at[region, "rang"] == 1)
        if region in ranking.index:
            rank, tied = int(ranking.at[region, "rang"]), bool(ranking.at[region, "ex_aequo"])
            words = f"{typographie.ordinal(rank)}{' ex æquo' if tied else ''} des {len(ranking)} régions"
            assert words in short
            assert (words in said) == (rank > 1)
        else:
            assert "Couverture non précisée" in short
            assert "des 13" not in short + said


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_reste_ne_se_dit_que_d_une_region_deja_premiere(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    contexte = barometre.contexte()
    now, before = (barometre.classement(one) for one in (contexte.periode, contexte.periode_precedente))
    first, first_before = (one.loc[one["rang"] == 1, "region"].tolist() for one in (now, before))
    stays = len(first) == 1 and first == first_before
    for region in ["", *REGIONS]:
        said = " ".join(lecture.page(barometre, region)["resultats"])
        assert bool(re.search(r"\breste(nt)? la région qui", said)) == (stays and region in ("", *first))


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_une_note_sur_chaque_solde_revise_et_sur_eux_seuls(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    for region in ["", *REGIONS]:
        evolutions = [barometre.evolution(region), *([barometre.evolution()] if region else [])]
        page = lecture.page(barometre, region)
        years = [code for code in evolutions[0]["periode"] if "-S" not in code]
        if releve.endswith("S1"):
            years.append(releve)
        semesters = [f"{releve[:4]}-S{n}" for n in (1, 2) if f"{releve[:4]}-S{n}" <= releve]
        for name, periods in (("depuis-2022", years), ("releves", semesters)):
            told = pd.concat([one[one["periode"].isin(periods)] for one in evolutions])
            revised = told[told["premier"] != told["solde_net"]]
            notes = [text for text in page[name] if re.match(r"\(\d\) Solde net", text)]
            assert len(notes) == len(revised)
            for rank, (note, row) in enumerate(zip(notes, revised.to_dict("records"), strict=True), start=1):
                assert note.startswith(f"({rank}) ")
                assert f"{typographie.signe(row['premier'])} à sa première publication" in note
                assert f"(relève {row['releve']})" in note
                assert any(f"({rank})" in text for text in page[name] if text is not note)


def test_en_mars_2025_la_note_porte_sur_2023_et_non_sur_2022(charger: Callable[[str], Barometre]) -> None:
    said = lecture.page(charger("2024-S2"), "")["depuis-2022"]
    assert [re.sub("\u00a0", " ", text) for text in said] == [
        "En France, le solde net est de +176 en 2022, +189 en 2023 (1) et +89 en 2024.",
        "(1) Solde net de 2023 en France : +201 à sa première publication, en mars 2024 (relève 2023-S2), "
        "révisé depuis. ↩",
    ]


@pytest.mark.parametrize("releve", ["2024-S1", "2025-S1"])
def test_un_premier_semestre_se_compare_au_premier_semestre(releve: str, charger: Callable[[str], Barometre]) -> None:
    year = int(releve[:4]) - 1
    for region in ["", "84", "32"]:
        said = lecture.lisible(lecture.resultats(charger(releve), region))
        assert f"Au 1er semestre {year}, le solde net était" in said
        assert f"En {year}, le solde net" not in said


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_ce_qui_a_change_est_le_resume_des_revisions(releve: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger(releve)
    for region in ["", "84", "94"]:
        said = lecture.lisible(lecture.phrases(barometre, region)["provisoire"])
        if barometre.precedente is None:
            assert "Aucune relève antérieure" in said
            continue
        assert f"(relève {barometre.precedente.releve})" in said
        count = re.search(r"(\w+) mouvements?( d[eu] [\w ]+)? (a|ont) été révisés?", said)
        assert count or "rien n'a changé" in said
        # A period that alone was revised is in the sentence.
        lines = re.findall(r"\d{4} : \d+ mouvements?, ", said)
        assert len(lines) != 1 and bool(lines) == (count is not None and count[2] is None)


# --- crafted cases --------------------------------------------------------------------------------


def comptes(*nets: int) -> pd.DataFrame:
    """Return counts of as many regions as nets, in the order of codes, made of openings or closures alone."""
    rows = [(region, max(net, 0), 0, max(-net, 0), 0) for region, net in zip(REGIONS, nets, strict=False)]
    return avec_soldes(pd.DataFrame(rows, columns=["region", *MESURES_BRUTES]))


def classement(*nets: int) -> pd.DataFrame:
    return classer(comptes(*nets), dict.fromkeys(REGIONS, True))


def dire_resultats(rows: list[dict[str, Any]], region: str = "84", releve: str = "2024-S2") -> str:
    """Return what the results say of a register made of rows."""
    barometre = fabrique.barometre(fabrique.lignes(*rows), releve)
    return lecture.lisible(lecture.resultats(barometre, region))


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
        ({}, "L'Auvergne-Rhône-Alpes ne compte aucun mouvement en 2024."),
        (
            {"ouverture": 1},
            "L'Auvergne-Rhône-Alpes compte une ouverture nette de site industriel en 2024 : une ouverture, "
            "sans fermeture ni réduction significative.",
        ),
        (
            {"fermeture": 1},
            "L'Auvergne-Rhône-Alpes compte une fermeture nette de site industriel en 2024 : aucune ouverture ni "
            "extension significative, mais une fermeture.",
        ),
        (
            {"ouverture": 2, "fermeture": 2},
            "L'Auvergne-Rhône-Alpes a un solde net nul en 2024 : 2 ouvertures, moins 2 fermetures.",
        ),
        (
            {"extension": 1, "reduction": 3},
            "compte 2 fermetures nettes de sites industriels en 2024 : une extension significative, "
            "moins 3 réductions significatives.",
        ),
        (
            {"ouverture": 1, "extension": 1, "fermeture": 1, "reduction": 2},
            "2 ouvertures et extensions significatives (1 ouverture, 1 extension), moins "
            "3 fermetures et réductions significatives (1 fermeture, 2 réductions).",
        ),
        (
            {"ouverture": 1, "extension": 4, "fermeture": 3},
            "En ne retenant que les ouvertures et les fermetures, sans les extensions ni les réductions, le solde "
            "(ouvertures moins fermetures) est de −2.",
        ),
        ({"ouverture": 1, "extension": 4, "fermeture": 1}, "le solde (ouvertures moins fermetures) est nul."),
    ],
    ids=lambda value: ",".join(f"{n} {kind}" for kind, n in value.items()) or "rien" if isinstance(value, dict) else "",
)
def test_zero_un_plusieurs_et_le_signe(nombres: dict[str, int], dit: str) -> None:
    assert dit in dire_resultats(mouvements(**nombres))


def test_ou_la_couverture_n_est_pas_precisee_rien_n_est_affirme(charger: Callable[[str], Barometre]) -> None:
    said = lecture.lisible(lecture.resultats(charger("2024-S2"), "06"))
    assert said == (
        "Résultats à Mayotte en 2024 Aucun mouvement n'est compté à Mayotte en 2024. "
        "La couverture n'y est pas précisée : rien ne dit qu'il n'y en a pas eu."
    )
    # What is counted there all the same is said, without a rank.
    said = dire_resultats([{"code_commune": "97608"}], "06")
    assert "Mayotte compte une ouverture nette" in said
    assert "région" not in said


def test_un_sujet_pluriel_accorde_son_verbe() -> None:
    rows = [row | {"code_commune": "59350"} for row in mouvements(ouverture=1)]
    assert "Les Hauts-de-France comptent une ouverture nette" in dire_resultats(rows, "32")
    assert "Les Hauts-de-France ne comptent aucun mouvement" in dire_resultats([], "32")
    rows = [*rows, *({"type_mouvement": "fermeture", "code_commune": "59350"},)]
    assert "Les Hauts-de-France ont un solde net nul" in dire_resultats(rows, "32")


@pytest.mark.parametrize(
    ("avant", "maintenant", "dit"),
    [
        (0, 3, "En 2023, le solde net était nul : il progresse de 3."),
        (3, 3, "En 2023, le solde net était de +3 : il est inchangé."),
        (2, 1, "En 2023, le solde net était de +2 : il recule de 1."),
    ],
    ids=["hausse", "egal", "baisse"],
)
def test_la_comparaison_avec_l_annee_d_avant(avant: int, maintenant: int, dit: str) -> None:
    rows = [{"nom_site": f"A{n}", "date_effet": "2023-03-01"} for n in range(avant)]
    assert dit in dire_resultats([*rows, *mouvements(ouverture=maintenant)])


@pytest.mark.parametrize(
    ("premier", "dit"),
    [(5, "(+5 à sa première publication, en mars 2024)"), (2, "(comme à sa première publication, en mars 2024)")],
)
def test_la_comparaison_dit_ce_qui_fut_publie(premier: int, dit: str, charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    evolution = barometre.evolution("53")
    evolution.loc[evolution["periode"] == "2023", ["solde_net", "premier"]] = [2, premier]
    ranking = barometre.classement("2024")
    said = restitution.section_resultats(barometre.contexte("53"), evolution, ranking, ranking)
    assert dit in lecture.lisible(said)
    evolution["mois"] = ""
    said = restitution.section_resultats(barometre.contexte("53"), evolution, ranking, ranking)
    assert "première publication, relève 2023-S2)" in lecture.lisible(said)


@pytest.mark.parametrize(
    ("maintenant", "avant", "dit"),
    [
        ((9, 5, 3), (7, 0, 0), "La Guadeloupe reste la région qui a le solde net le plus élevé des 3"),
        ((9, 5, 3), (7, 0, 0), "devant la Martinique (+5) et la Guyane (+3)."),
        ((9, 5, 3), (0, 0, 8), "La Guadeloupe est la région qui a le solde net le plus élevé des 3"),
        ((9, 5, 3), (0, 0, 8), "; un an plus tôt, elle était 2e ex æquo."),
        # First with others the year before: it is not "the region that" it would remain.
        ((9, 5, 3), (8, 8, 0), "La Guadeloupe est la région qui a le solde net le plus élevé des 3"),
        ((9, 5, 3), (8, 8, 0), "; un an plus tôt, elle était 1re ex æquo."),
        ((4, 4, 3), (8, 0, 0), "La Guadeloupe garde la première place des 3 régions"),
        ((4, 4, 3), (0, 0, 8), "La Guadeloupe prend la première place des 3 régions"),
        (
            (4, 4, 4),
            (0, 0, 8),
            "à égalité avec la Martinique et la Guyane ; un an plus tôt, la région était 2e ex æquo.",
        ),
        ((1, 4, 4), (0, 0, 8), "la région est 3e des 3 régions"),
        ((4, 4, 9), (0, 0, 8), "la région est 2e ex æquo des 3 régions"),
        ((-1, -1, -1), (-1, 0, 0), "La Guadeloupe prend la première place des 3 régions"),
    ],
    ids=str,
)
def test_le_rang_et_les_egalites(
    maintenant: tuple[int, ...], avant: tuple[int, ...], dit: str, charger: Callable[[str], Barometre]
) -> None:
    contexte = charger("2024-S2").contexte("01")
    assert dit in lecture.lisible(rang_region(contexte, classement(*maintenant), classement(*avant)))


def test_une_region_plurielle_reste_la_premiere(charger: Callable[[str], Barometre]) -> None:
    contexte = charger("2024-S2").contexte("52")
    ranking = classement(*[9 if region == "52" else 0 for region in REGIONS])
    said = lecture.lisible(rang_region(contexte, ranking, ranking))
    assert said.startswith("Les Pays de la Loire restent la région qui a le solde net")
    assert "devant" not in said
    france = lecture.lisible(rang_france(charger("2024-S2").contexte(), ranking, ranking))
    assert france.startswith("Les Pays de la Loire restent la région qui a le solde net le plus élevé (+9). Parmi")
    assert france.endswith("le solde net est positif dans une et nul dans 17.")


def test_les_regions_en_france(charger: Callable[[str], Barometre]) -> None:
    contexte = charger("2024-S2").contexte()
    said = lecture.lisible(rang_france(contexte, classement(-1, 4, 4, -3), classement(0, 0, 9, 0)))
    assert said == (
        "La Martinique et la Guyane ont le solde net le plus élevé (+4). Parmi les 4 régions dont la couverture est "
        "établie, le solde net est positif dans 2 et négatif dans 2 : La Réunion (−3) et la Guadeloupe (−1)."
    )


def test_une_region_seule_n_est_pas_classee(charger: Callable[[str], Barometre]) -> None:
    contexte, alone = charger("2024-S2").contexte("01"), classement(4)
    assert rang_region(contexte, alone, alone) is None
    assert lecture.blocs(rang_france(charger("2024-S2").contexte(), alone, alone)) == []
    assert lecture.blocs(rang_france(charger("2024-S2").contexte(), alone.head(0), alone.head(0))) == []
    counts = pd.DataFrame([("2024", 4, 0, 0, 0)], columns=["annee", *MESURES_BRUTES])
    assert "Par son solde" not in lecture.lisible(restitution.phrase(contexte, avec_soldes(counts), alone))


def test_sans_annee_d_avant_rien_ne_se_compare(charger: Callable[[str], Barometre]) -> None:
    said = lecture.lisible(rang_region(charger("2024-S2").contexte("01"), classement(1, 3), classement()))
    assert "un an plus tôt" not in said
    contexte = replace(charger("2024-S2").contexte("84"), releve=Releve(2022, 2))
    assert contexte.periode_precedente == ""
    assert contexte.periodes_closes == ["2022", "2022-S1", "2022-S2"]


# --- jobs and investment --------------------------------------------------------------------------


def dire_emplois(*rows: dict[str, Any]) -> str:
    barometre = fabrique.barometre(fabrique.lignes(*rows))
    return lecture.lisible(restitution.lecture_emplois(barometre.contexte("84"), barometre.decisions))


def test_les_emplois_disent_combien_de_sites_les_indiquent() -> None:
    rows = [{"nom_site": f"A{n}", "emplois": 500, "investissement_meur": "2.25"} for n in range(3)]
    said = dire_emplois(*rows, {"nom_site": "B"}, {"nom_site": "C", "effectif": 2, "emplois": 9})
    assert said == (
        "3 des 4 sites qui ouvrent ou s'agrandissent annoncent au total 1 500 emplois créés ou prévus. "
        "3 sites sur 4 déclarent 6,8 millions d'euros d'investissement."
    )
    assert dire_emplois(*rows).startswith("Les 3 sites qui ouvrent ou s'agrandissent annoncent au total 1 500 emplois")
    closed = {"nom_site": "F", "emplois": 90, "type_mouvement": "fermeture"}
    assert dire_emplois(*rows, closed, {**closed, "nom_site": "G", "emplois": None}).startswith(
        "Les 3 sites qui ouvrent ou s'agrandissent annoncent au total 1 500 emplois créés ou prévus ; "
        "un des 2 sites qui ferment ou réduisent leur activité, 90 emplois supprimés. "
        "Ces sommes, partielles, ne se soustraient pas."
    )


def test_une_page_interne_dit_aussi_la_somme_d_un_seul_site() -> None:
    one = {"nom_site": "A", "emplois": 500}
    assert "Le seul site qui ouvre ou s'agrandit annonce 500 emplois créés ou prévus." in dire_emplois(one)
    assert "Un des 2 sites qui ouvrent ou s'agrandissent annonce 500 emplois" in dire_emplois(one, {"nom_site": "B"})
    # Two movements of one site.
    again = {"nom_site": "A", "emplois": 7, "type_mouvement": "extension", "assimilable_site": "oui"}
    assert "annonce 507 emplois créés ou prévus." in dire_emplois(one, again)
    # Those of another year, or of another region, are not of this page.
    elsewhere = [{"nom_site": "D", "emplois": 3, "date_effet": "2023-01-02"}, {"emplois": 3, "code_commune": "2A004"}]
    assert dire_emplois(*elsewhere) == ""


def test_les_emplois_supprimes_sont_dits_a_part() -> None:
    closed = [{"nom_site": f"F{n}", "emplois": 0, "type_mouvement": "fermeture"} for n in range(3)]
    assert dire_emplois(*closed) == (
        "Les 3 sites qui ferment ou réduisent leur activité annoncent au total 0 emploi supprimé."
    )


# --- sectors --------------------------------------------------------------------------------------


def dire_secteurs(charger: Callable[[str], Barometre], **nets: int) -> str:
    contexte = charger("2024-S2").contexte("84")
    rows = [("2024", code, max(net, 0), 0, max(-net, 0), 0) for code, net in nets.items()]
    counts = avec_soldes(pd.DataFrame(rows, columns=["annee", "secteur", *MESURES_BRUTES]))
    return lecture.lisible(restitution.lecture_secteurs(contexte, counts))


def test_les_secteurs_en_mots(charger: Callable[[str], Barometre]) -> None:
    assert dire_secteurs(charger, chimie=0, sante=0) == ""
    assert dire_secteurs(charger, chimie=3, sante=0) == (
        "Par le nombre d'ouvertures et d'extensions, le premier secteur est : chimie (3). Par le solde net : "
        "chimie (+3). Aucun secteur n'a de solde négatif."
    )
    said = dire_secteurs(charger, chimie=3, sante=2, defense=2, mecanique=1, plasturgie=-1)
    assert "les premiers secteurs sont : chimie (3), défense (2), santé (2) et mécanique (1)." in said
    assert said.endswith("Un seul secteur a un solde négatif : plasturgie (−1).")
    said = dire_secteurs(charger, chimie=-3, sante=-2)
    assert said == "Secteurs au solde négatif : chimie (−3) et santé (−2)."


def test_des_secteurs_trop_nombreux_a_egalite_ne_sont_pas_les_premiers(charger: Callable[[str], Barometre]) -> None:
    tied = dict.fromkeys(("chimie", "sante", "defense", "mecanique", "plasturgie", "metallurgie"), 1)
    assert "(1), plasturgie (1) et santé (1)." in dire_secteurs(charger, **tied)
    said = dire_secteurs(charger, electronique=2, papier_carton=1, **tied)
    assert said.startswith("Par le nombre d'ouvertures et d'extensions, le premier secteur est : électronique (2).")
    assert dire_secteurs(charger, papier_carton=1, **tied) == "Aucun secteur n'a de solde négatif."


# --- provisional data -----------------------------------------------------------------------------


def test_l_edition_precedente_sans_fichier_est_nommee_par_sa_releve(charger: Callable[[str], Barometre]) -> None:
    barometre = charger("2024-S2")
    contexte = replace(barometre.contexte("84"), mois_precedent="")
    said = lecture.lisible(restitution.section_provisoire(contexte, barometre.revisions(region="84")))
    assert "Huit mouvements ont été révisés en Auvergne-Rhône-Alpes depuis la relève 2024-S1, " in said
    assert "sur le solde net ; celui qui change de période figure dans deux lignes :" in said


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
