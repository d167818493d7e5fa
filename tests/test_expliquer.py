"""One row explained: the verdicts of the rules, its site, its history, and the correction that would make it count."""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import fabrique
import narwhals as nw
import pandas as pd
import pytest
from console import lancer

from barometre_lib import Barometre
from barometre_lib.explication.examen import COLONNES_LUES, PASSE, SANS_OBJET
from barometre_lib.explication.rendu import AUCUNE
from barometre_lib.parametres.fondements import lire_fondements
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.registre.derivation import deriver, typer
from barometre_lib.regles import REGLES, decider, lire_liens
from barometre_lib.regles.doublon import juger
from barometre_lib.vocabulaire import NOMS_COLONNES, SOURCES, STATUTS, TYPES_MOUVEMENT, Motif, Releve

DOSSIER = fabrique.RACINE / "tests" / "explications"
sys.path.insert(0, str(DOSSIER))
import relire  # noqa: E402

PAR_RELEVE = 60 if fabrique.TOUT else 15
COMMUNES = ("69123", "38185", "01004", "97414", "75056", "35238", "13055", "59350", "67482", "33063")


@pytest.fixture(autouse=True)
def fondements_lus_une_fois(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the texts that found the rules once: they take half of an explanation."""
    monkeypatch.setattr("barometre_lib.explication.examen.lire_fondements", _fondements)


_fondements = cache(lire_fondements)


@pytest.mark.parametrize("motif", relire.LIGNES)
def test_l_explication_de_chaque_motif_est_celle_qui_a_ete_relue(
    motif: str, charger: Callable[[str], Barometre]
) -> None:
    barometre = charger(relire.RELEVE)
    assert relire.expliquer(motif, barometre) == (DOSSIER / f"{motif}.txt").read_text(encoding="utf-8")
    assert barometre.decisions.set_index("id_mouvement").at[relire.LIGNES[motif], "motif"] == motif
    assert [*relire.LIGNES] == list(Motif)


# --- rows drawn at random -------------------------------------------------------------------------


def tirer(barometre: Barometre) -> list[str]:
    """Draw rows of a relève: some counted, some set aside, by several rules often, some told again."""
    draw, rows = random.Random(str(barometre.releve)), barometre.decisions
    waiting = rows["motif"].isin(["abandonne", "non_effectif"])
    pools = [rows[rows["compte"]], rows[~rows["compte"]], rows[waiting], rows[rows["motif"] == "doublon"]]
    return sorted({name for pool, share in zip(pools, (4, 5, 3, 3), strict=True) for name in _tirer(draw, pool, share)})


def _tirer(draw: random.Random, pool: pd.DataFrame, share: int) -> list[str]:
    return draw.sample(sorted(pool["id_mouvement"]), share * PAR_RELEVE // 15)


def essayer(barometre: Barometre, essais: list[tuple[str, str, str]]) -> list[set[str]]:
    """Return, for each row, column and value, the rows of its site that count once its cell holds that value.

    Each stands beside its site, under another name; no answer speaks of the rows of the demonstration.
    """
    texts = barometre.registre.textes.set_index("id_mouvement", drop=False)[list(NOMS_COLONNES)]
    texts = texts.to_dict("index")
    sites = barometre.registre.mouvements.set_index("id_mouvement")["cle_site"]
    beside = {name: [*sites.index[sites == sites[name]]] for name in {one[0] for one in essais}}
    rows = [
        {**texts[other], **({column: value} if other == name else {}), "id_mouvement": f"{other} {rank}"}
        for rank, (name, column, value) in enumerate(essais)
        for other in beside[name]
    ]
    table = deriver(typer(pd.DataFrame(rows, dtype="str")), fabrique.nomenclatures(), barometre.releve)
    rank = table["id_mouvement"].str.partition(" ")[2]
    decided = decider(table.assign(cle_site=table["cle_site"] + "/" + rank), barometre.parametres)
    counted: list[set[str]] = [set() for _ in essais]
    for name in decided.loc[decided["compte"], "id_mouvement"]:
        identifier, _, place = name.partition(" ")
        counted[int(place)].add(identifier)
    return counted


@pytest.mark.parametrize("releve", fabrique.RELEVES)
def test_une_ligne_tiree_au_hasard_est_expliquee_comme_elle_est_decidee(
    releve: str, charger: Callable[[str], Barometre], monkeypatch: pytest.MonkeyPatch
) -> None:
    # History is told apart: it takes most of an explanation.
    monkeypatch.setattr("barometre_lib.explication.ligne.raconter", lambda *_: [])
    barometre = charger(relire.RELEVE).anterieure(Releve.lire(releve))
    decided = barometre.decisions.set_index("id_mouvement")
    explained = {name: barometre.expliquer(name) for name in tirer(barometre)}
    # A label of the NAF may end with the dot of « n.c.a. ».
    assert not [name for name, one in explained.items() if re.search(r"\w\.\.(?!\.)", str(one))]
    told = {name: one.donnees for name, one in explained.items()}
    for name, one in told.items():
        apart = [rule["motif"] for rule in one["regles"] if rule["verdict"] not in (PASSE, SANS_OBJET)]
        assert [*apart, "compte"][0] == decided.at[name, "motif"] == one["motif"]
        assert [rule["motif"] for rule in one["regles"] if rule["decisive"]] == apart[:1]
        assert one["motif"] != "compte" or not one["corrections"]
    offered = [(name, one) for name in told for one in told[name]["corrections"]]
    found = essayer(barometre, [(name, one["colonne"], one["valeur"]) for name, one in offered])
    for (name, one), counted in zip(offered, found, strict=True):
        assert name in counted
        own = decided[decided["cle_site"] == decided.at[name, "cle_site"]]
        assert {*own.index[own["compte"]]} - counted == {*one["a_la_place"]}
    without = [name for name, one in told.items() if one["motif"] != "compte" and not one["corrections"]]
    tried = [(name, column, value) for name in without for column, value in valeurs()]
    assert without
    assert [one for one, counted in zip(tried, essayer(barometre, tried), strict=True) if one[0] in counted] == []


def valeurs() -> Iterator[tuple[str, str]]:
    """Yield values of each column, more of them than the rules tell apart."""
    days = pd.date_range("2021-11-01", "2026-03-01", freq="9D")
    yield from (("date_effet", day.date().isoformat()) for day in days)
    yield from (("date_effet", f"{year}-{day}") for year in range(2021, 2027) for day in ("01-01", "06-30", "12-31"))
    yield from (("code_naf", code) for code in [*fabrique.nomenclatures().naf][::7])
    yield from (("effectif", str(number)) for number in (0, 1, 19, 20, 21, 22, 50, 5000))
    yield from (("variation_production", str(number)) for number in range(-100, 101, 5))
    for column, values in (("statut", STATUTS), ("type_mouvement", TYPES_MOUVEMENT), ("source", SOURCES)):
        yield from ((column, value) for value in values)
    yield from (("assimilable_site", value) for value in ("oui", "non", ""))
    yield from (("siret", value) for value in ("", fabrique.SIRET_A, fabrique.SIRET_B))
    yield from ((column, "Tout autre") for column in ("nom_site", "entreprise"))
    yield from (("code_commune", value) for value in COMMUNES)


# --- what it rests on -----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", REGLES[:-1], ids=lambda rule: rule.motif)
def test_ce_que_l_explication_montre_est_ce_que_la_regle_lit(rule: Any) -> None:
    rows, read = fabrique.table([fabrique.ligne()]), list[str]()
    for column in NOMS_COLONNES:
        try:
            nw.from_native(rows.drop(columns=column)).select(rule.ecarte(fabrique.parametres()))
        except (nw.exceptions.ColumnNotFoundError, KeyError):
            read.append(column)
    assert {*read} == {*COLONNES_LUES[rule.motif]}


@pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
def test_ce_qui_est_dit_d_un_site_est_ce_que_la_regle_9_decide(
    releve: str, charger: Callable[[str], Barometre]
) -> None:
    barometre = charger(releve)
    rows = barometre.decisions
    passing = rows[rows["motif"].isin(["compte", "doublon"])].reset_index(drop=True)
    told = [*juger(passing, lire_liens(rows, barometre.parametres), barometre.parametres)]
    assert sorted(one.mouvement for one in told) == sorted(rows.loc[rows["motif"] == "doublon", "id_mouvement"])
    sites = rows.set_index("id_mouvement")["cle_site"]
    assert all(sites[one.mouvement] == sites[one.par] for one in told)


def test_une_reponse_joint_deux_lignes_et_se_lit() -> None:
    rows = fabrique.lignes(
        {"source": "presse"}, {"source": "dreal", "date_effet": "2024-05-30", "type_mouvement": "extension"}
    )
    rows[1] |= {"assimilable_site": "oui", "nom_site": "Autre nom"}
    read = fabrique.barometre(rows)
    answers = [("M-0001", "M-0002", "oui", "type_discordant")]
    joined = Barometre(read.registre, fabrique.repondre(read.parametres, read.registre.mouvements, answers))
    told = joined.expliquer("M-0001").donnees
    assert told["motif"] == "doublon"
    assert [row["id_mouvement"] for row in told["site"]["lignes"]] == ["M-0001", "M-0002"]
    assert "M-0002 reste et le date, car sa source (DREAL) est plus sûre" in told["site"]["regle_9"][0]
    assert "Vu avec eux." in told["site"]["reponses"][0]
    # A value that the answer rests on makes it fall.
    assert {"siret", "nom_site"} <= {one["colonne"] for one in told["corrections"]}


def test_une_extension_du_semestre_et_une_seconde_ouverture_se_disent() -> None:
    changed = {"type_mouvement": "extension", "assimilable_site": "oui"}
    rows = fabrique.lignes(
        {"date_effet": "2023-01-05"},
        {"date_effet": "2023-06-05"},
        {"date_effet": "2024-01-05"} | changed,
        {"date_effet": "2024-04-05"} | changed,
    )
    said = fabrique.barometre(rows).expliquer("M-0002").donnees["site"]["regle_9"]
    assert ["sans fermeture comptée entre les deux" in said[0], "dans le même semestre" in said[1]] == [True, True]


def test_une_region_en_retard_dit_son_dernier_jour() -> None:
    read = fabrique.barometre([fabrique.ligne(date_effet="2024-09-02")])
    late = replace(read.parametres, lacunes=Lacunes({"84": Releve.lire("2024-S1")}))
    told = Barometre(read.registre, late).expliquer(read.registre.mouvements["id_mouvement"][0]).donnees
    assert (told["motif"], told["au"].replace("\u00a0", " ")) == ("non_effectif", "30 juin 2024")
    assert {one["colonne"]: one["valeur"] for one in told["corrections"]} == {"date_effet": "2024-06-30"}


# --- what is read ---------------------------------------------------------------------------------


def test_un_texte_hostile_reste_un_texte() -> None:
    rows = fabrique.lignes({"nom_site": "<script>x</script> & \x1b[31m", "effectif": 3})
    told = fabrique.barometre(rows).expliquer("M-0001")
    html = told._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in str(told) + html
    assert html.count("<ul>") == html.count("</ul>")


def test_une_explication_n_est_sur_aucune_page() -> None:
    from barometre_lib.restitution.fragment import MARQUE

    told = fabrique.barometre(fabrique.lignes({})).expliquer("M-0001")
    # What a page shows of a cell says that it is a fragment: this one does not, and stops it.
    assert not hasattr(told, "_repr_mimebundle_")
    assert MARQUE


def test_la_commande_dit_le_texte_ou_le_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("expliquer", relire.RELEVE, relire.LIGNES["sous_seuil"])
    shown, data = lancer(capsys, *asked), lancer(capsys, *asked, "--json")
    assert (shown.code, data.code) == (0, 0)
    told = json.loads(data.stdout)
    assert shown.stdout.startswith(f"{told['id_mouvement']}, relève 2025-S2")
    assert told["corrections"][0] == {
        "colonne": "effectif",
        "valeur": "21",
        "dit": "21 au moins",
        "a_la_place": [],
        "avant": "8",
    }
    assert AUCUNE not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("2024-S2", "M-0003"), "les plus proches : M-0002, M-0001", id="inconnu"),
        pytest.param(("2024-S2", "M-0009"), "la dernière à l'avoir est 2024-S1, essayez", id="retire"),
        pytest.param(("2024-S2", "\x1b[31m"), "u001b.*barometre decider", id="hostile"),
        pytest.param(("2023-S2", "M-0001"), "la relève « 2023-S2 » est introuvable", id="releve absente"),
        pytest.param(("2024", "M-0001"), "attendu AAAA-S1 ou AAAA-S2", id="releve mal ecrite"),
    ],
)
def test_ce_qui_ne_se_trouve_pas_est_dit(
    arguments: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = fabrique.lignes({}, {"nom_site": "Autre"})
    fabrique.ecrire_releve(tmp_path, [*rows, *fabrique.lignes({"id_mouvement": "M-0009", "nom_site": "Un"})], "2024-S1")
    fabrique.ecrire_releve(tmp_path, rows)
    done = lancer(capsys, "expliquer", *arguments, "--registre", str(tmp_path))
    assert (done.code, done.stdout) == (1, "")
    assert re.search(said, done.stderr)


def test_une_variante_ne_s_explique_pas() -> None:
    with fabrique.refus("Variante d'étude.*officielle"):
        fabrique.barometre(fabrique.lignes({}), seuil_effectif=10).expliquer("M-0001")


def test_un_identifiant_change_garde_son_histoire(tmp_path: Path) -> None:
    """As revisions match it: the same site, type and date; before it was known, it has no other name."""
    for releve, name in (("2023-S2", "M-0009"), ("2024-S1", "M-0001"), ("2024-S2", "M-0002")):
        known = {"nom_site": "Autre"} if name == "M-0009" else {}
        rows = fabrique.lignes({"id_mouvement": name, "date_effet": "2024-03-15"} | known)
        fabrique.ecrire_releve(tmp_path, rows, releve)
    told = Barometre.charger("2024-S2", registre=tmp_path).expliquer("M-0002")
    assert [(one["releve"], one["id_mouvement"], one["motif"]) for one in told.donnees["histoire"]] == [
        ("2023-S2", "M-0001", ""),
        ("2024-S1", "M-0001", "compte"),
        ("2024-S2", "M-0002", "compte"),
    ]
    read = str(told).replace("\u00a0", " ").replace("\u202f", " ")
    assert "2024-S1 : comptée, sous l'identifiant M-0001\n" in read.replace("’", "'")
    assert "2023-S2 : absente du registre\n" in read
