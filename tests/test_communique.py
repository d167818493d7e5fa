"""The page of region 84 for 2024-S2 says what the release of March 2025 says, number by number.

The release itself was not seen by who wrote this: its order comes from the project's issue on pages, its numbers and
its sites from `data/publie`, which says where each was printed.
"""

from collections.abc import Iterator

import fabrique
import lecture
import pytest

from barometre_lib.nomenclatures import lire_table
from barometre_lib.typographie import periode
from barometre_lib.vocabulaire import LIBELLES

RELEVE, REGION = "2024-S2", "84"


def dire(cellule: str, region: str = REGION) -> str:
    """Return what a cell of a page of the edition says, on one line."""
    return lecture.lisible(lecture.page(RELEVE, region)[cellule])


def sites() -> list[str]:
    """Return what the page of the region says of each example."""
    return [lecture.simple(one) for one in lecture.blocs(lecture.page(RELEVE, REGION)["exemples"])[1:]]


# What the release says of the region: the cell that must say it, and the words.
DE_LA_REGION = [
    ("entete", "Baromètre industriel de l'État"),
    ("entete", "publication le 13 mars 2025"),
    ("entete", "Auvergne-Rhône-Alpes : 32 ouvertures nettes d'usines en 2024"),
    ("entete", "après 64 en 2023 et 49 en 2022 ; la région reste la première des 13 classées."),
    ("essentiel", "27 ouvertures et 32 extensions significatives, contre 19 fermetures et 8 réductions."),
    ("recensement", "Recensement des ouvertures et fermetures depuis 2022"),
    ("recensement", "En France, le solde net est de +176 en 2022, +189 en 2023 et +89 en 2024."),
    ("resultats", "Résultats des deux relèves en 2024"),
    ("cartographie", "Cartographie régionale des ouvertures nettes en 2024"),
    ("methode", "Méthodologie"),
    ("methode", "Solde net : ouvertures et extensions significatives, moins fermetures et réductions significatives"),
    ("methode", "sites de plus de 20 salariés"),
    ("methode", "Données provisoires"),
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


# What the tables name after each kind of published place, and the pages that hold them.
TABLEAUX = {"national": "Année", "region": "Région", "secteur": "Secteur"}
ADDITIONS = {
    "ouvertures_et_extensions": ("ouvertures", "extensions"),
    "fermetures_et_reductions": ("fermetures", "reductions"),
}


def nombres_publies() -> Iterator[tuple[str, str, list[str], int]]:
    """Yield each published number of the edition on France, its regions and its sectors: table, row, columns, value."""
    table = lire_table(fabrique.RACINE / "data" / "publie" / "chiffres_publies.csv")
    reference = fabrique.nomenclatures()
    for row in table[table["releve"] == RELEVE].to_dict("records"):
        labels = {"region": reference.libelles("region"), "secteur": reference.secteurs}.get(row["maille"], {})
        yield (
            "Semestre" if "-S" in row["periode"] else TABLEAUX[row["maille"]],
            labels.get(row["code"]) or lecture.simple(periode(row["periode"])),
            [LIBELLES[one] for one in ADDITIONS.get(row["mesure"], (row["mesure"],))],
            int(row["valeur"]),
        )


@pytest.mark.parametrize(("cellule", "dit"), DE_LA_REGION, ids=lambda value: fabrique.identifiant(value)[:50])
def test_la_page_de_la_region_dit_ce_que_dit_le_communique(cellule: str, dit: str) -> None:
    assert dit in dire(cellule)


def test_un_solde_revise_porte_celui_que_le_communique_d_avant_disait() -> None:
    tables = lecture.tableaux(*(lecture.page(RELEVE, region)["recensement"] for region in (REGION, "")))
    own, france = (tables[f"Mouvements comptés par année, {name}"] for name in ("Auvergne-Rhône-Alpes", "France"))
    assert [own[year][0] for year in ("2022", "2023", "2024")] == ["+49", "+64 (+73 en mars 2024)", "+32"]
    assert [france[year][0] for year in ("2022", "2023", "2024")] == ["+176", "+189 (+201 en mars 2024)", "+89"]


@pytest.mark.parametrize("site", SITES)
def test_les_huit_sites_et_leurs_faits_publies(site: str) -> None:
    (told,) = (text.casefold() for text in sites() if text.startswith(site))
    assert [fact for fact in SITES[site] if fact.casefold() not in told] == []


def test_une_surface_a_terme_n_est_pas_dite_atteinte() -> None:
    (told,) = (text for text in sites() if text.startswith("SymphonHy"))
    assert "40 000 m² à terme" in told and "Surface :" not in told


def test_la_page_nomme_les_huit_sites_et_eux_seuls() -> None:
    assert len(sites()) == len(SITES)


def test_les_tableaux_de_la_page_nationale_disent_chaque_nombre_publie() -> None:
    tables = [one for cell in lecture.page(RELEVE, "").values() for one in lecture.tableaux(cell).values()]
    told = list(nombres_publies())
    assert len(told) == 17 + 17 + 6
    for heading, row, columns, value in told:
        found = []
        for table in (one for one in tables if heading in one):
            names = [name.split(" (")[0] for name in table[heading]]
            if set(columns) <= set(names):
                cells = [table[row][names.index(one)].split(" (")[0] for one in columns]
                found.append(sum(int(one.replace("−", "-")) for one in cells))
        assert found and set(found) == {value}, (heading, row, columns)


def test_en_2024_seuls_trois_secteurs_ont_un_solde_negatif() -> None:
    (table,) = (one for one in lecture.tableaux(lecture.page(RELEVE, "")["resultats"]).values() if "Secteur" in one)
    assert {name: cells[-1] for name, cells in table.items() if cells[-1].startswith("−")} == {
        "Transports": "−12",
        "Mécanique": "−2",
        "Plasturgie": "−2",
    }


def test_l_occitanie_aussi() -> None:
    assert "Occitanie : 12 ouvertures nettes d'usines en 2024" in dire("entete", "76")
    assert "8 ouvertures et 15 extensions significatives, contre 8 fermetures et 3 réductions" in dire(
        "essentiel", "76"
    )


def test_l_ordre_est_celui_du_communique() -> None:
    order = "entete essentiel recensement resultats exemples cartographie methode".split()  # noqa: SIM905
    assert list(lecture.page(RELEVE, REGION)) == order
    order.remove("exemples")
    assert list(lecture.page(RELEVE, "")) == order
