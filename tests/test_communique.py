"""The page of region 84 for 2024-S2 says what the release of March 2025 says, number by number.

The release itself was not seen by who wrote this: its order comes from the project's issue on pages, its numbers and
its sites from `data/publie`, which says where each was printed.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

import fabrique
import lecture
import pytest

from barometre_lib import Barometre
from barometre_lib.nomenclatures import lire_table
from barometre_lib.typographie import signe

RELEVE, REGION = "2024-S2", "84"


@cache
def blocs(carnet: str) -> dict[str, list[str]]:
    """Return the blocks of text of a page of the edition, by the name of its cell, every kind of space a plain one."""
    shown = lecture.montrer(carnet, RELEVE, REGION if carnet == "regional" else "")
    return {
        name: [re.sub("[\u00a0\u202f]", " ", text) for text in lecture.blocs(piece)] for name, piece in shown.items()
    }


def page(carnet: str) -> dict[str, str]:
    """Return what each cell of a page of the edition says, on one line."""
    return {name: " ".join(texts) for name, texts in blocs(carnet).items()}


# What the release says of the region: the cell that must say it, and the words.
DE_LA_REGION = [
    ("entete", "Baromètre industriel de l'État"),
    ("entete", "Auvergne-Rhône-Alpes"),
    ("entete", "Mars 2025"),
    (
        "indicateur",
        "Le baromètre industriel de l'État recense deux fois par an, région par région, les ouvertures et les",
    ),
    ("indicateur", "solde net : ouvertures et extensions, moins fermetures et réductions"),
    ("depuis-2022", "Recensement des ouvertures et fermetures depuis 2022"),
    ("depuis-2022", "En Auvergne-Rhône-Alpes, le solde net est de +49 en 2022, +64 en 2023 (1) et +32 en 2024."),
    ("depuis-2022", "En France, le solde net est de +176 en 2022, +189 en 2023 (2) et +89 en 2024."),
    ("depuis-2022", "(1) Solde net de 2023 en Auvergne-Rhône-Alpes : +73 à sa première publication, en mars 2024"),
    ("depuis-2022", "(2) Solde net de 2023 en France : +201 à sa première publication, en mars 2024"),
    ("releves", "Résultats des deux relèves en 2024"),
    ("releves", "En France, le solde net est de +40 au 1er semestre 2024 (2) et +49 au 2e semestre 2024."),
    ("releves", "(1) Solde net du 1er semestre 2024 en Auvergne-Rhône-Alpes : +20 à sa première publication"),
    ("releves", "(2) Solde net du 1er semestre 2024 en France : +36 à sa première publication, en novembre 2024"),
    ("essentiel", "59 ouvertures et extensions significatives de sites industriels, et 27 fermetures et réductions"),
    ("essentiel", "Le solde net s'établit à +32, soit 32 ouvertures nettes."),
    ("essentiel", "la région est 1re des 13 régions"),
    ("resultats", "L'Auvergne-Rhône-Alpes compte 32 ouvertures nettes de sites industriels en 2024 : 59 ouvertures et"),
    ("resultats", "moins 27 fermetures et réductions significatives"),
    ("resultats", "L'Auvergne-Rhône-Alpes reste la région qui a le solde net le plus élevé des 13"),
    ("resultats", "En 2023, le solde net était de +64 (+73 à sa première publication, en mars 2024)"),
    (
        "secteurs",
        "les premiers secteurs sont : industrie verte (10), agroalimentaire (8), électronique (8) et santé (7).",
    ),
    ("carte", "Cartographie régionale des ouvertures nettes en 2024"),
    ("methode", "Méthodologie"),
    ("methode", "(1) Sites de plus de 20 salariés"),
    ("provisoire", "Les données sont provisoires"),
]

# What the releases print of each site, the table at the end of data/publie/README.md.
SITES = {
    "Dracula Technologies": (
        "Valence (26). Ouverture.",
        "en septembre 2024",
        "cellules photovoltaïques organiques",
        "8 M€",
        "150 millions de cm² par an",
        "France 2030 « première usine »",
    ),
    "Limatech": (
        "Voreppe (38). Ouverture.",
        "batteries au lithium pour l'aviation",
        "10 M€",
        "France 2030 « première usine »",
    ),
    "SymphonHy": (
        "(Symbio), Saint-Fons (69). Ouverture.",
        "piles à hydrogène",
        "40 000 m² à terme",
        "16 000 systèmes",
        "en vise 50 000 à partir de 2026",
    ),
    "MGA MedTech": (
        *("Mably (42). Ouverture.", "en septembre 2024", "dispositifs médicaux", "10 M€", "4 000 m²", "37 emplois"),
    ),
    "ITEN": ("Dardilly (69). Ouverture.", "micro-batteries", "14 M€", "2 000 m²", "plus de 30 millions"),
    "Infiplast": (
        "Oyonnax (01). Extension significative.",
        "dispositifs médicaux à usage unique a doublé sa surface",
        "va recruter 15 personnes",
        "6 M€",
        "6 000 m²",
    ),
    "Nutralp": ("Bâgé-Dommartin (01). Ouverture.", "protéines végétales pour l'élevage", "COOPEARA", "France 2030"),
    "Oxyane": ("La Côte-Saint-André (38). Ouverture.", "protéines végétales pour l'élevage", "COOPEARA", "France 2030"),
}


def nombres_publies() -> Iterator[tuple[str, str, str]]:
    """Yield each published number of the edition on France, its regions and its sectors: name, cell, words to find."""
    table = lire_table(fabrique.RACINE / "data" / "publie" / "chiffres_publies.csv")
    reference = fabrique.nomenclatures()
    for row in table[table["releve"] == RELEVE].to_dict("records"):
        name = f"{row['code']} {row['periode']} {row['mesure']}"
        value, place = int(row["valeur"]), row["maille"]
        measure = row["mesure"]
        if place == "region" and measure == "solde_net":
            yield (
                name,
                "regions",
                rf"{reference.regions[row['code']].nom} \S+( ex æquo)? (\d+ ){{4}}{re.escape(signe(value))} ",
            )
        elif place == "secteur" and measure == "solde_net":
            label = reference.secteurs[row["code"]]
            yield name, "secteurs", rf"{label} (\d+ ){{4}}{re.escape(signe(value))} "
        elif place == "national":
            cell = "releves" if "-S" in row["periode"] else "depuis-2022"
            period = re.sub(
                r"(\d+)-S(\d)", lambda m: f"{'1er' if m[2] == '1' else '2e'} semestre {m[1]}", row["periode"]
            )
            before = ("ouvertures", "extensions", "fermetures", "reductions", "solde_net").index(measure)
            yield (
                name,
                cell,
                rf"{period} (\S+ ){{{before}}}{re.escape(signe(value) if before == 4 else str(value))}( |$)",
            )


@pytest.mark.parametrize(("cellule", "dit"), DE_LA_REGION, ids=lambda value: fabrique.identifiant(value)[:50])
def test_la_page_de_la_region_dit_ce_que_dit_le_communique(cellule: str, dit: str) -> None:
    assert dit in page("regional")[cellule]


@pytest.mark.parametrize("site", SITES)
def test_les_huit_sites_et_leurs_faits_publies(site: str) -> None:
    told = [text for text in blocs("regional")["exemples"] if text.startswith(site)]
    assert len(told) == 1
    said = told[0].casefold()
    assert [fact for fact in SITES[site] if fact.casefold() not in said] == []


def test_une_surface_a_terme_n_est_pas_dite_atteinte() -> None:
    told = next(text for text in blocs("regional")["exemples"] if text.startswith("SymphonHy"))
    assert "Surface :" not in told


def test_la_page_nomme_les_huit_sites_et_eux_seuls() -> None:
    assert len(blocs("regional")["exemples"]) == 1 + len(SITES)  # and the heading


@pytest.mark.parametrize(("nombre", "cellule", "motif"), list(nombres_publies()), ids=lambda value: value[:40])
def test_la_page_nationale_dit_chaque_nombre_publie(nombre: str, cellule: str, motif: str) -> None:
    assert re.search(motif, page("national")[cellule]), nombre


def test_un_nombre_faux_ne_serait_pas_trouve() -> None:
    pattern = next(motif for _, cellule, motif in nombres_publies() if cellule == "regions")
    said = page("national")["regions"]
    assert not re.search(pattern, said.replace("−1", "−2").replace("+9", "+8"))
    assert len(list(nombres_publies())) == 17 + 13 + 6


def test_en_2024_seuls_trois_secteurs_ont_un_solde_negatif() -> None:
    assert (
        "Secteurs au solde négatif : transports (−12), mécanique (−2) et plasturgie (−2)."
        in page("national")["secteurs"]
    )


def test_l_occitanie_aussi(charger: Callable[[str], Barometre]) -> None:
    said = lecture.lisible(lecture.resultats(charger(RELEVE), "76"))
    assert "L'Occitanie compte 12 ouvertures nettes de sites industriels en 2024 : 23 ouvertures et extensions" in said
    assert "moins 11 fermetures et réductions significatives" in said


def test_l_ordre_est_celui_du_communique() -> None:
    order = "entete indicateur depuis-2022 releves resultats secteurs exemples carte methode provisoire".split()  # noqa: SIM905
    assert [name for name in page("regional") if name in order] == order
