"""The demonstration register: its counts keep what is published, its rows give its counts, byte for byte."""

import csv
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from barometre_lib import Barometre

RACINE = Path(__file__).resolve().parents[1]
DEMONSTRATION, REGISTRE = RACINE / "data" / "demonstration", RACINE / "data" / "releves"
sys.path.append(str(DEMONSTRATION))

from contraintes import Contrainte, chiffres_publies, toutes  # noqa: E402
from grille import RELEVES, dernier_jour, grille, lire_comptes, lire_csv  # noqa: E402
from resoudre import lire_poids, rapprocher  # noqa: E402
from retouches import lire_retouches, retoucher  # noqa: E402

CELLULE = ["semestre", "region", "sous_secteur", "type_mouvement"]
REGIONS = [ligne["code"] for ligne in lire_csv(RACINE / "data" / "reference" / "regions.csv")]
OUTRE_MER = ["01", "02", "03", "04", "06"]
MOTIFS = {
    "abandonne",
    "non_effectif",
    "hors_periode",
    "hors_champ",
    "artisanat",
    "effectif_manquant",
    "sous_seuil",
    "significativite_inconnue",
    "non_significatif",
    "doublon",
}
CONTRAINTES = toutes()
comptes = cache(lire_comptes)


@cache
def decisions(releve: str) -> pd.DataFrame:
    """Every row of a relève with its motif, typed, by identifier."""
    return Barometre.charger(releve, registre=REGISTRE).decisions.set_index("id_mouvement")


@cache
def lignes(releve: str) -> dict[str, dict[str, str]]:
    """The rows as written, by identifier, with the region of their file and their motif."""
    motifs = decisions(releve)["motif"]
    return {
        ligne["id_mouvement"]: {**ligne, "region": region, "motif": str(motifs[ligne["id_mouvement"]])}
        for region in REGIONS
        for ligne in lire_csv(REGISTRE / releve / f"{region}.csv")
    }


# --- the table of counts ---


@pytest.mark.parametrize("contrainte", CONTRAINTES, ids=[c.libelle for c in CONTRAINTES])
def test_constraint_holds(contrainte: Contrainte) -> None:
    value = contrainte.valeur(comptes()[contrainte.releve])
    assert contrainte.mini <= value <= contrainte.maxi


def test_every_published_number_is_a_constraint() -> None:
    published = list(chiffres_publies())
    assert len(published) == 152
    assert len({c.libelle for c in published}) == 152
    assert all(c.coefficients().any() for c in CONTRAINTES)


@pytest.mark.parametrize("releve", RELEVES)
def test_one_movement_more_breaks_constraints(releve: str) -> None:
    cell = (0, grille(releve).regions.index("01"), 0, 0)
    altered = comptes()[releve].copy()
    altered[cell] += 1
    assert any(not c.tenue(altered) for c in CONTRAINTES if c.releve == releve)


@pytest.mark.parametrize("releve", RELEVES)
def test_regions_have_a_believable_size(releve: str) -> None:
    """Every metropolitan region both gains and loses sites, none makes a quarter of the country."""
    axes, table = grille(releve), comptes()[releve]
    by_region = table.sum(axis=(0, 2))
    for code, types in zip(axes.regions, by_region, strict=True):
        if code not in [*OUTRE_MER, "94"]:
            assert (types > 0).all(), code
            assert types.sum() < table.sum() / 4, code
    assert by_region[axes.regions.index("94")].sum() <= 3
    assert table.max() <= 10


def test_last_semester_is_as_large_as_the_one_before() -> None:
    by_semester = comptes()["2025-S2"].sum(axis=(1, 2, 3))
    assert by_semester[-1] == pytest.approx(by_semester[-2], rel=0.1)


@pytest.mark.long
def test_numbers_learnt_after_the_draw_move_few_rows() -> None:
    """The last semester's margins stay as drawn; without the retouches four numbers fail, and the solver mends them."""
    drawn = retoucher(comptes(), lire_retouches(), -1)
    for releve in RELEVES:
        assert (drawn[releve].sum(axis=2) == comptes()[releve].sum(axis=2)).all()
    missed = [c for c in CONTRAINTES if not c.tenue(drawn[c.releve])]
    assert [(c.releve, c.somme.periode) for c in missed] == [("2025-S1", "2025-S1")] * 4
    assert [c for c in CONTRAINTES if not c.tenue(comptes()[c.releve])] == []
    solved = rapprocher(drawn, "2025-S1", [c for c in CONTRAINTES if c.releve == "2025-S1"], lire_poids())
    again = retoucher(drawn, solved)
    assert [c.libelle for c in CONTRAINTES if not c.tenue(again[c.releve])] == []
    assert len(solved) == len(lire_retouches()) == 14


# --- the rows ---


@pytest.mark.long
def test_rows_are_made_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, DEMONSTRATION / "engendrer.py", "--sorties", tmp_path / "rendu"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C"},
        check=True,
        capture_output=True,
    )
    made = {p.relative_to(tmp_path / "rendu"): p.read_bytes() for p in (tmp_path / "rendu").rglob("*.*")}
    kept = {p.relative_to(REGISTRE): p.read_bytes() for r in RELEVES for p in (REGISTRE / r).iterdir()}
    assert made.keys() == kept.keys()
    assert [name for name in made if made[name] != kept[name]] == []
    assert len(made) == 5 * 19
    assert max(len(content) for content in made.values()) < 1_000_000


@pytest.mark.parametrize("releve", RELEVES)
def test_counted_rows_give_the_table(releve: str) -> None:
    counted = decisions(releve).query("motif == 'compte'")
    found = np.zeros(grille(releve).forme, dtype=int)
    ranks = [{code: i for i, code in enumerate(axis)} for axis in grille(releve).axes]
    for codes in counted[CELLULE].itertuples(index=False):
        found[tuple(rank[code] for rank, code in zip(ranks, codes, strict=True))] += 1
    assert (found == comptes()[releve]).all()


@pytest.mark.parametrize("releve", RELEVES)
def test_four_rows_in_ten_are_set_aside_by_all_the_motifs(releve: str) -> None:
    motifs = decisions(releve)["motif"].value_counts()
    assert 0.35 <= 1 - motifs["compte"] / motifs.sum() <= 0.45
    assert set(motifs.index) == {*MOTIFS, "compte"}
    assert motifs.min() >= 10


CAS_LIMITES = {
    "effectif 20, écarté": lambda r, m: r["effectif"] == "20" and m == "sous_seuil",
    "effectif 21, compté": lambda r, m: r["effectif"] == "21" and m == "compte",
    "réduction de 39,9 %, écartée": lambda r, m: r["variation_production"] == "-39.9" and m == "non_significatif",
    "réduction de 40 %, comptée": lambda r, m: (
        r["variation_production"] == "-40" and not r["assimilable_site"] and m == "compte"
    ),
    "extension de 39,9 %, écartée": lambda r, m: r["variation_production"] == "39.9" and m == "non_significatif",
    "extension de 40 %, comptée": lambda r, m: (
        r["variation_production"] == "40" and not r["assimilable_site"] and m == "compte"
    ),
    "+60 % non assimilable, écartée": lambda r, m: (
        r["variation_production"] == "60" and r["assimilable_site"] == "non" and m == "non_significatif"
    ),
    "petite variation assimilable, comptée": lambda r, m: (
        r["assimilable_site"] == "oui" and abs(float(r["variation_production"] or 99)) < 40 and m == "compte"
    ),
    "30 juin, compté": lambda r, m: r["date_effet"].endswith("-06-30") and m == "compte",
    "1er juillet, compté": lambda r, m: r["date_effet"].endswith("-07-01") and m == "compte",
    "31 décembre 2021, écarté": lambda r, m: r["date_effet"] == "2021-12-31" and m == "hors_periode",
    "1er janvier 2022, compté": lambda r, m: r["date_effet"] == "2022-01-01" and m == "compte",
    "réalisé mais daté après la relève": lambda r, m: r["statut"] == "effectif" and m == "non_effectif",
    "annonce sans date": lambda r, m: not r["date_effet"] and m == "non_effectif",
    "compté sans date d'annonce": lambda r, m: not r["date_annonce"] and m == "compte",
    "nom à échapper dans le CSV": lambda r, m: ";" in r["nom_site"] or '"' in r["nom_site"],
    "compté sans SIRET": lambda r, m: not r["siret"] and m == "compte",
}


@pytest.mark.parametrize("releve", RELEVES)
@pytest.mark.parametrize("cas", CAS_LIMITES)
def test_near_miss_is_present(cas: str, releve: str) -> None:
    assert any(CAS_LIMITES[cas](row, row["motif"]) for row in lignes(releve).values())


@pytest.mark.parametrize("releve", RELEVES)
def test_duplicates_of_every_kind(releve: str) -> None:
    """A duplicate follows a counted row: in another semester, by its SIRET, by its name in another spelling."""
    rows = decisions(releve)
    pairs = rows.query("motif == 'doublon'").merge(rows.query("motif == 'compte'"), on="cle_site", suffixes=("", "_c"))
    assert set(pairs["nom_site"]) == set(rows.query("motif == 'doublon'")["nom_site"])
    # Or comes a few days before a row of a better source.
    assert (pairs["date_effet"] >= pairs["date_effet_c"] - pd.Timedelta(days=31)).all()
    openings = pairs.query("type_mouvement == 'ouverture'")
    assert (openings["semestre"] != openings["semestre_c"]).any()
    assert (pairs["siret"] != "").any()
    renamed = pairs[(pairs["siret"] == "") & (pairs["nom_site"] != pairs["nom_site_c"])]
    assert (renamed["code_commune"] != renamed["code_commune_c"]).any()
    districts = renamed["code_commune"].str.match("751|6938|132") | renamed["code_commune_c"].str.match("751|6938|132")
    assert districts.any()


@pytest.mark.parametrize("releve", RELEVES)
def test_some_sites_have_several_counted_movements(releve: str) -> None:
    sites = decisions(releve).query("motif == 'compte'").groupby("cle_site")["type_mouvement"].agg(tuple)
    several = Counter(frozenset(types) for types in sites if len(types) > 1)
    assert several.total() >= 20
    assert len(several) >= 3


@pytest.mark.parametrize("releve", RELEVES)
def test_overseas_is_set_aside_and_corse_almost_empty(releve: str) -> None:
    rows = decisions(releve)
    for code in OUTRE_MER:
        overseas = rows[rows["region"] == code]
        assert 2 <= len(overseas) <= 8
        assert "compte" not in set(overseas["motif"])
        assert overseas["motif"].nunique() >= 2
    assert (rows.query("region == '94'")["motif"] != "compte").any()


@pytest.mark.parametrize("releve", RELEVES)
def test_values_of_a_row_agree(releve: str) -> None:
    for identifier, row in lignes(releve).items():
        if row["date_annonce"]:
            assert row["date_annonce"] <= (row["date_effet"] or dernier_jour(releve).isoformat()), identifier
        if row["variation_production"]:
            assert (float(row["variation_production"]) > 0) == (row["type_mouvement"] == "extension"), identifier
        if row["type_mouvement"] in {"ouverture", "fermeture"}:
            assert row["variation_production"] == row["assimilable_site"] == "", identifier
        assert identifier.startswith(f"{row['region']}-"), identifier


@pytest.mark.parametrize("releve", RELEVES)
def test_codes_of_former_communes_and_districts_are_used(releve: str) -> None:
    rows = decisions(releve)
    former = rows[rows["code_commune"] != rows["commune"]]
    assert 0.03 <= len(former) / len(rows) <= 0.15
    districts = former["code_commune"].str.match("751|6938|132")
    assert {"11", "84", "93"} == set(former[districts]["region"])
    assert (~districts).any()


@pytest.mark.parametrize("releve", RELEVES)
def test_provenance_says_that_the_rows_are_invented(releve: str) -> None:
    card = yaml.safe_load((REGISTRE / releve / "provenance.yaml").read_text(encoding="utf-8"))
    assert card["demonstration"] == "oui"
    assert "fictives" in card["remarque"]
    assert card["livre_par"]
    assert card["livre_le"] > dernier_jour(releve).isoformat()


# --- names ---


NOMMES = {
    "Dracula Technologies": (
        "26362",
        "ouverture",
        "8",
        "",
        "150 millions de cm² par an",
        "France 2030 première usine",
        "",
    ),
    "Limatech": ("38565", "ouverture", "10", "", "", "France 2030 première usine", ""),
    "SymphonHy": ("69199", "ouverture", "", "", "16 000 systèmes par an, 50 000 visés à partir de 2026", "", ""),
    "MGA MedTech": ("42127", "ouverture", "10", "4000", "", "", "37"),
    "ITEN": ("69072", "ouverture", "14", "2000", "plus de 30 millions par an", "", ""),
    "Infiplast": ("01283", "extension", "6", "6000", "", "", "15"),
    "Nutralp": ("01025", "ouverture", "", "", "", "France 2030", ""),
    "Oxyane": ("38130", "ouverture", "", "", "", "France 2030", ""),
}
# What the releases say is to come is said so, in words.
CIBLES = {"SymphonHy": "40 000 m² à terme", "Infiplast": "va recruter 15 personnes"}
PUBLIES = ("code_commune", "type_mouvement", "investissement_meur", "surface_m2", "capacite", "aides", "emplois")


@pytest.mark.parametrize("releve", RELEVES)
def test_named_sites_carry_their_published_facts(releve: str) -> None:
    named = {row["nom_site"]: row for row in lignes(releve).values() if row["nom_site"] in NOMMES}
    for name, row in named.items():
        assert tuple(row[column] for column in PUBLIES) == NOMMES[name]
        assert (row["siret"], row["citable"], row["region"]) == ("", "oui", "84")
        assert "Valeurs conventionnelles, non publiées" in row["commentaire"]
        assert row["activite"].endswith(CIBLES.get(name, ""))
        assert row["activite"]
    if releve >= "2024-S2":
        assert set(named) == set(NOMMES)
        assert all(row["motif"] == "compte" and row["date_effet"][:4] == "2024" for row in named.values())
        for name in ("Dracula Technologies", "MGA MedTech"):
            assert named[name]["date_effet"].startswith("2024-09")
    else:
        late = [row for row in named.values() if row["date_effet"] > dernier_jour(releve).isoformat()]
        assert late
        assert {row["motif"] for row in late} == {"non_effectif"}


@pytest.mark.parametrize("releve", RELEVES)
def test_every_other_name_says_that_it_is_fictitious(releve: str) -> None:
    for row in lignes(releve).values():
        if row["nom_site"] not in NOMMES:
            assert row["nom_site"].endswith(" (fictif)")
            assert not row["entreprise"] or row["entreprise"].endswith(" (fictif)")


@pytest.mark.parametrize("releve", RELEVES)
def test_siret_belongs_to_nobody(releve: str) -> None:
    rows = lignes(releve).values()
    filled = [row["siret"] for row in rows if row["siret"]]
    for siret in filled:
        digits = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(siret))]
        assert siret.startswith("000")
        assert len(siret) == 14
        assert sum(sum(divmod(digit, 10)) for digit in digits) % 10 == 0
    assert 0.10 <= 1 - len(filled) / len(rows) <= 0.20


def test_the_lexicon_is_varied() -> None:
    """Names differ by more than their spelling: 1,900 distinct ones at least, accents and marks dropped."""
    plain = {
        "".join(c for c in unicodedata.normalize("NFKD", row["nom_site"].casefold()) if c.isalnum())
        for row in lignes("2025-S2").values()
    }
    assert len(plain) >= 1900
    assert any("'" in row["nom_site"] for row in lignes("2025-S2").values())
    assert any("&" in row["nom_site"] for row in lignes("2025-S2").values())


@pytest.mark.parametrize("releve", RELEVES)
def test_few_sites_may_be_named(releve: str) -> None:
    rows = lignes(releve).values()
    counted = [row["citable"] == "oui" for row in rows if row["motif"] == "compte"]
    assert 0.05 <= sum(counted) / len(counted) <= 0.15
    contractions = [row for row in rows if row["type_mouvement"] in {"fermeture", "reduction"}]
    assert not any(row["citable"] == "oui" for row in contractions if row["motif"] == "non_effectif")


def test_naf_codes_exist_and_suit_the_field() -> None:
    """Each code of the table exists, and the field of the rules takes it in, or out, as the table says."""
    table = yaml.safe_load((DEMONSTRATION / "naf_par_sous_secteur.yaml").read_text(encoding="utf-8"))
    known = {ligne["code"] for ligne in lire_csv(RACINE / "data" / "reference" / "naf_rev2.csv")}
    inside = {code for codes in table["champ"].values() for code in codes}
    outside = {code for codes in table["hors_champ"].values() for code in codes}
    assert inside | outside | set(table["artisanat"]) <= known
    assert set(table["champ"]) == set(grille("2024-S2").sous_secteurs)
    rows = lignes("2025-S2").values()
    assert {row["code_naf"] for row in rows if row["motif"] == "compte"} <= inside
    assert {row["code_naf"] for row in rows if row["motif"] == "hors_champ"} <= outside


# --- revisions ---


@pytest.mark.parametrize(("avant", "apres"), list(pairwise(RELEVES)))
def test_no_movement_disappears(avant: str, apres: str) -> None:
    assert set(lignes(avant)) <= set(lignes(apres))
    for identifier, row in lignes(avant).items():
        assert lignes(apres)[identifier]["region"] == row["region"]


@cache
def causes(avant: str, apres: str) -> Counter[str]:
    """Count what happened to the movements between two relèves."""
    found: Counter[str] = Counter()
    before, after = decisions(avant), decisions(apres)
    for row in after.itertuples():
        old = before.loc[row.Index] if row.Index in before.index else None
        new_semester = row.semestre == apres
        if row.motif == "compte" and (old is None or old["motif"] != "compte"):
            known = "nouveau" if old is None else "annonce" if old["motif"] == "non_effectif" else "ecarte"
            found[f"{known}, {'semestre neuf' if new_semester else 'détection tardive'}"] += 1
        elif old is not None and old["motif"] == "compte":
            found["retrait"] += row.motif != "compte"
            found["requalification"] += row.type_mouvement != old["type_mouvement"]
            found["date"] += row.semestre not in {old["semestre"], ""} and row.motif == "compte"
        elif old is not None and old["motif"] == "non_effectif":
            found["abandon"] += row.motif == "abandonne"
    return found


@pytest.mark.parametrize(("avant", "apres"), list(pairwise(RELEVES)))
def test_revisions_are_real_and_few(avant: str, apres: str) -> None:
    found = causes(avant, apres)
    assert found["annonce, semestre neuf"] > found["nouveau, semestre neuf"]
    for cause in (
        "nouveau, détection tardive",
        "ecarte, détection tardive",
        "retrait",
        "requalification",
        "date",
        "abandon",
    ):
        assert found[cause] > 0, cause
    revised = found.total() - found["annonce, semestre neuf"] - found["nouveau, semestre neuf"] - found["abandon"]
    assert revised <= 0.06 * (decisions(avant)["motif"] == "compte").sum()


def test_header_is_that_of_the_register() -> None:
    with (REGISTRE / "2025-S2" / "84.csv").open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream, delimiter=";"))
    assert ";".join(header) == (
        "id_mouvement;type_mouvement;nom_site;entreprise;siret;code_commune;code_naf;sous_secteur;statut;"
        "date_annonce;date_effet;effectif;variation_production;assimilable_site;emplois;investissement_meur;"
        "surface_m2;capacite;activite;aides;source;citable;commentaire"
    )
