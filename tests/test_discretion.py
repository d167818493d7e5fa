"""What nobody may read: sites that are not citable, anywhere, and what a site gives, in public sums."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attaquant
import fabrique
import fuites
import pandas as pd
import pytest
from processus import fichiers

from barometre_lib.barometre import Barometre
from barometre_lib.ecriture import en_csv
from barometre_lib.publication.pdf import ecrire_pdf
from barometre_lib.publication.secret import Fuite, Somme, auditer
from barometre_lib.publication.sommes_publiques import (
    connaitre,
    lire_sommes,
    refuser_fuites,
    sommes_publiques,
)
from barometre_lib.publication.telechargements import ecrire_tableaux
from barometre_lib.publication.vue import Vue

# The sums that version 3140df2 published of the demonstration registers.
ANCIENNES = Path(__file__).with_name("editions_3140df2")
# Random registers that the intruder attacks: `make epreuves` says how many more.
REGISTRES = int(os.environ.get("BAROMETRE_SECRETS", "4"))


def poser(dossier: Path, *tables: Path | tuple[str, pd.DataFrame]) -> Path:
    """Make the folder of a public edition of some tables."""
    (dossier / "tableaux").mkdir(parents=True)
    for one in tables:
        name, data = (one.name, one.read_bytes()) if isinstance(one, Path) else (one[0], en_csv(one[1]))
        (dossier / "tableaux" / name).write_bytes(data)
    return dossier


def juger(
    barometres: Iterable[Barometre], dimension: str, mesure: str, dossier: Path, *autres: Somme
) -> dict[int, Fuite]:
    """Audit what 3140df2 published of some relèves by one dimension; by the number that leaks."""
    family = list(barometres)
    sums = [
        somme
        for one in family
        for table in [ANCIENNES / str(one.releve) / "tableaux" / f"emplois-investissement-{dimension}.csv"]
        for somme in lire_sommes(poser(dossier / str(one.releve), table), one)
        if mesure in somme.libelle
    ]
    return {one.valeur: one for one in auditer([*sums, *autres], connaitre(family))}


class TestAttaquesAnciennes:
    """What the audit finds in the editions of 3140df2; the numbers are those of the attackers."""

    def test_l_annee_moins_le_semestre(self, charger: Callable[[str], Barometre], tmp_path: Path) -> None:
        """Electronics, jobs lost: 229 at 4 sites in the year, 187 at 3 in its first half."""
        both = [charger("2024-S1"), charger("2024-S2")]
        found = juger(both, "secteur", "« Emplois supprimés »", tmp_path)[42]
        assert (found.bas, found.haut) == (42, 42)
        assert "Électronique" in found.libelle

    def test_trois_sites_dont_un_domine(self, charger: Callable[[str], Barometre], tmp_path: Path) -> None:
        found = juger([charger("2024-S1")], "region", "« Emplois créés »", tmp_path)[1112]
        assert found.libelle == "« Emplois créés », Île-de-France, relève 2024-S1"
        assert found.haut == 1122

    @pytest.mark.parametrize(
        ("dimension", "mesure", "deux"),
        [
            pytest.param("secteur", "« Emplois supprimés »", (21, 58), id="79 emplois"),
            pytest.param("region", "« Investissement (M€) »", (171_900_000, 350_800_000), id="522,7 M€"),
        ],
    )
    def test_chacun_de_deux_caches_lit_l_autre(
        self, charger: Callable[[str], Barometre], tmp_path: Path, dimension: str, mesure: str, deux: tuple[int, int]
    ) -> None:
        found = juger([charger("2024-S1")], dimension, mesure, tmp_path)
        assert [(found[one].bas, found[one].haut) for one in deux] == [(one, one) for one in deux]

    def test_une_page_dit_ce_que_son_tableau_cache(self, charger: Callable[[str], Barometre], tmp_path: Path) -> None:
        """The regional page said 76 jobs where the table said « s »: what is left is the only site of Corse."""
        barometre = charger("2025-S1")
        assert 8 not in juger([barometre], "region", "« Emplois supprimés »", tmp_path / "tableau")
        rows = barometre.mouvements_de_la_periode
        (page,) = lire_sommes(
            poser(
                tmp_path / "page",
                (
                    "emplois-investissement-region.csv",
                    pd.DataFrame({"region": ["27"], "emplois_crees": [""], "emplois_supprimes": ["76"],
                                  "investissement_meur": [""]}),
                ),
            ),
            barometre,
        )  # fmt: skip
        found = juger([barometre], "region", "« Emplois supprimés »", tmp_path / "les-deux", page)[8]
        assert (found.bas, found.haut) == (8, 8)
        assert set(rows.loc[rows["cle_site"] == found.site, "region"]) == {"94"}

    def test_onze_lignes_et_deux_tableaux_qui_se_croisent(self, tmp_path: Path) -> None:
        """One region hides what two sectors hide: each « s » of the regions is then exact."""
        barometre = onze_lignes()
        region = pd.DataFrame({"region": ["84", "11", "93", "FR"], "emplois_supprimes": ["s", "s", "350", "520"]})
        secteur = pd.DataFrame(
            {"secteur": ["chimie", "plasturgie", "sante", "FR"], "emplois_supprimes": ["s", "s", "450", "520"]}
        )
        nothing = {"emplois_crees": "", "investissement_meur": ""}
        tables = [
            (f"emplois-investissement-{name}.csv", table.assign(**nothing))
            for name, table in (("region", region), ("secteur", secteur))
        ]
        found = auditer(lire_sommes(poser(tmp_path / "2024-S2", *tables), barometre), connaitre([barometre]))
        assert {(one.valeur, one.bas, one.haut) for one in found} >= {(30, 30, 30), (40, 40, 40)}


def onze_lignes() -> Barometre:
    """Return a register of 11 closures: two in Auvergne-Rhône-Alpes, each alone in its sector."""
    where = {"84": "69123", "11": "75101", "93": "13201"}
    jobs = [("84", "chimie", 30), ("84", "plasturgie", 40)]
    jobs += [("11", "sante", 10 * rank) for rank in range(1, 5)] + [("93", "sante", 10 * rank) for rank in range(5, 10)]
    rows = [
        {
            "type_mouvement": "fermeture", "nom_site": f"Site {n}", "entreprise": f"Firme {n}", "emplois": number,
            "code_commune": where[region], "sous_secteur": sector,
        }
        for n, (region, sector, number) in enumerate(jobs)
    ]  # fmt: skip
    return fabrique.editer(fabrique.barometre(fabrique.lignes(*rows)), exemples={})


class TestNouvellePublication:
    """The same attacks, on what is published now."""

    @pytest.mark.parametrize("releve", ["2024-S1", "2025-S1"])
    def test_un_semestre_n_a_aucune_somme(self, charger: Callable[[str], Barometre], releve: str) -> None:
        assert Vue.de(charger(releve)).sommes == {}

    def test_les_trois_annees_ensemble_ne_disent_rien(self, charger: Callable[[str], Barometre]) -> None:
        """The intruder has no example to subtract here: editions that have some are attacked at random below."""
        latest = charger("2025-S2")
        family = [latest.anterieure(one) for one in sorted(latest.famille) if one.semestre == 2]
        tables = {str(one.releve): sommes_publiques(one) for one in family}
        for table in tables.values():
            total = table.iloc[-1]
            assert total["secteur"] == "FR" and all(isinstance(total[name], int) for name in attaquant.MESURES)
        assert [attaquant.Intrus(family, tables, "emplois_supprimes").attaquer()] == [[]]

    def test_onze_lignes_ne_disent_que_le_total(self) -> None:
        table = sommes_publiques(onze_lignes()).set_index("secteur")["emplois_supprimes"]
        assert table.to_dict() | {"chimie": "s", "plasturgie": "s", "sante": "s", "FR": 500} == table.to_dict()

    def test_un_site_qui_domine_cache_sa_somme_et_le_total(self) -> None:
        rows = [{"emplois": number, "nom_site": f"S{number}", "entreprise": f"F{number}"} for number in (1000, 5, 6, 7)]
        barometre = fabrique.editer(fabrique.barometre(fabrique.lignes(*rows)), exemples={})
        table = sommes_publiques(barometre).set_index("secteur")
        assert table.at["FR", "emplois_crees"] == "s" and table.at["FR", "sites_emplois_crees"] == 4
        level = [dict(one, emplois=500 + n) for n, one in enumerate(rows)]
        barometre = fabrique.editer(fabrique.barometre(fabrique.lignes(*level)), exemples={})
        assert sommes_publiques(barometre).set_index("secteur").at["FR", "emplois_crees"] == 2000

    @pytest.mark.parametrize(
        ("firmes", "somme"),
        [
            pytest.param(["A", "B", "C", "D"], 2000, id="quatre"),
            pytest.param(["A", "B", "C", "A"], "s", id="trois : chacune en voit deux"),
            pytest.param(["A", "B", "", ""], "s", id="deux sites sans entreprise n'en font qu'une"),
            pytest.param(["A", "B", "C", ""], 2000, id="un site sans entreprise en est une"),
        ],
    )
    def test_trois_entreprises_restent_a_qui_retire_la_sienne(self, firmes: list[str], somme: int | str) -> None:
        rows = [{"emplois": 500, "nom_site": f"S{n}", "entreprise": firm} for n, firm in enumerate(firmes)]
        barometre = fabrique.editer(fabrique.barometre(fabrique.lignes(*rows)), exemples={})
        assert sommes_publiques(barometre).set_index("secteur").at["FR", "emplois_crees"] == somme

    def test_ce_que_les_exemples_disent_ne_protege_personne(self) -> None:
        rows = [{"emplois": 500, "nom_site": f"S{n}", "entreprise": f"F{n}", "citable": "oui"} for n in range(4)]
        barometre = fabrique.editer(fabrique.barometre(fabrique.lignes(*rows)), exemples={"84": ["M-0001"]})
        assert sommes_publiques(barometre).set_index("secteur").at["FR", "emplois_crees"] == "s"


class TestRegistresAuHasard:
    """An intruder, who has every public file of three editions."""

    @pytest.mark.parametrize("graine", range(REGISTRES))
    def test_un_registre_au_hasard_sur_trois_editions(self, graine: int, tmp_path: Path) -> None:
        family = attaquant.famille_au_hasard(graine, tmp_path)
        tables, _ = attaquant.publier(family, tmp_path / "publique")
        assert attaquant.attaquer(family, tables) == []


class TestIntrus:
    """The intruder itself."""

    def test_il_trouve_ce_qui_est_mal_protege(self, tmp_path: Path) -> None:
        """What it does not find would prove nothing otherwise."""
        family = attaquant.famille_au_hasard(0, tmp_path)
        tables, _ = attaquant.publier(family, tmp_path / "publique")
        for one in family:
            raw = one.sommes["secteur"]
            for name in ("emplois_crees", "emplois_supprimes"):
                rounded = [None if value is None else int(value / 50 + 0.5) * 50 for value in raw[name]]
                tables[str(one.releve)][name] = pd.Series(rounded, dtype="object")
        assert any(" : trop peu" not in one for one in attaquant.attaquer(family, tables))


class TestAvantLaMiseEnPlace:
    """The audit of the files that are about to be published, beside those in place."""

    def test_une_somme_qui_trahit_un_site_est_refusee_par_son_nom(
        self, charger: Callable[[str], Barometre], tmp_path: Path
    ) -> None:
        barometre = charger("2024-S2")
        table = sommes_publiques(barometre)
        refuser_fuites(poser(tmp_path / "sure", ("emplois-investissement.csv", table)), tmp_path / "rien", barometre)
        table.loc[table["secteur"] == "papier_carton", "emplois_crees"] = (
            round(barometre.sommes["secteur"].set_index("secteur").at["papier_carton", "emplois_crees"] / 50) * 50
        )
        work = poser(tmp_path / "travail", ("emplois-investissement.csv", table))
        with fabrique.refus("Édition publique 2024-S2 : « Emplois créés », Papier.*rien n'a été publié"):
            refuser_fuites(work, tmp_path / "rien", barometre)

    def test_un_exemple_qui_decouvre_une_annee_deja_dite_est_refuse(self, tmp_path: Path) -> None:
        """The year told one sum of four sites; the next edition names one of them."""
        rows = [
            {"emplois": 500, "nom_site": f"S{n}", "entreprise": f"F{n}", "citable": "oui", "date_effet": "2023-03-01"}
            for n in range(4)
        ]
        first, second = attaquant.famille(fabrique.lignes(*rows), ("2023-S2", "2024-S2"), tmp_path)
        attaquant.publier([fabrique.editer(first, exemples={})], tmp_path / "publique")
        fabrique.editer(second, exemples={"84": ["M-0002"]})
        work = poser(tmp_path / "travail", ("emplois-investissement.csv", sommes_publiques(second)))
        with fabrique.refus("« Emplois créés », .*relève 2023-S2.*Retirez l'exemple"):
            refuser_fuites(work, tmp_path / "publique", second)

    def test_une_edition_en_place_dont_le_registre_manque_est_refusee(
        self, charger: Callable[[str], Barometre], tmp_path: Path
    ) -> None:
        (tmp_path / "publique" / "2022-S2").mkdir(parents=True)
        with fabrique.refus("2022-S2"):
            refuser_fuites(tmp_path / "travail", tmp_path / "publique", charger("2024-S2"))

    def test_un_tableau_qui_n_en_est_pas_un_est_refuse(
        self, charger: Callable[[str], Barometre], tmp_path: Path
    ) -> None:
        work = poser(tmp_path / "travail", ("emplois-investissement.csv", pd.DataFrame({"a": [1]})))
        with fabrique.refus("ce n'est pas un tableau de sommes"):
            refuser_fuites(work, tmp_path / "rien", charger("2024-S2"))


def test_une_somme_deja_diffusee_n_est_pas_redite_autrement(tmp_path: Path) -> None:
    def edition(jobs: int) -> Barometre:
        rows = [
            {"emplois": jobs, "nom_site": f"S{sector}{n}", "entreprise": f"F{sector}{n}", "sous_secteur": sector}
            for n in range(4)
            for sector in ("chimie", "sante")
        ]
        kept = [row | {"emplois": 500} if row["sous_secteur"] == "sante" else row for row in rows]
        return fabrique.editer(fabrique.barometre(fabrique.lignes(*kept)), exemples={})

    def told(table: pd.DataFrame) -> list[int | str | None]:
        return table.set_index("secteur").loc[["chimie", "sante", "FR"], "emplois_crees"].tolist()

    first, second = edition(500), edition(600)
    released = poser(tmp_path / "2024-S2", ("emplois-investissement.csv", sommes_publiques(first)))
    assert told(sommes_publiques(second)) == [2400, 2000, 4400]
    again = Vue.de(second, "coquille", released).sommes["secteur"]
    assert told(again) == ["non actualisé", 2000, "non actualisé"]
    # Nor later, even with the value that was released.
    later = poser(tmp_path / "suivante", ("emplois-investissement.csv", again))
    assert told(sommes_publiques(first, later)) == ["non actualisé", 2000, "non actualisé"]


def test_aucun_fichier_interne_n_est_un_fichier_public(publication: Path, publication_publique: Path) -> None:
    internal, public = fichiers(publication), fichiers(publication_publique)
    assert internal and public and not set(internal.values()) & set(public.values())
    for name, data in internal.items():
        if name.endswith(".csv"):
            assert all("Document interne, ne pas diffuser" in row for row in data.decode().splitlines()[1:]) or (
                name == "tableaux/notes.csv" and "Document interne, ne pas diffuser" in data.decode()
            ), name


class TestPublicationInterne:
    """The internal publication of 2024-S2, its downloads and its PDF."""

    def test_aucun_texte_d_un_site_non_citable_n_y_est(
        self, publication: Path, charger: Callable[[str], Barometre], tmp_path: Path
    ) -> None:
        barometre = charger("2024-S2")
        ecrire_tableaux(tmp_path, barometre)
        for name in ("84", "75"):
            ecrire_pdf(publication / "regions" / f"{name}.html", tmp_path / f"{name}.pdf")
        named = [one.id for chosen in barometre.edition.exemples.values() for one in chosen]
        hidden = fuites.textes_caches(barometre.decisions, named)
        assert len(hidden) > 4000
        files = [path for folder in (publication, tmp_path) for path in folder.rglob("*") if path.is_file()]
        assert {path.suffix for path in files} == {".html", ".ipynb", ".json", ".csv", ".xlsx", ".pdf"}
        corpus = {path.name: fuites.lisible(path) for path in files}
        assert fuites.presents(hidden, "\n".join(corpus.values())) == []
        # The search finds what is there.
        assert "Dracula Technologies" in corpus["84.pdf"] and "Dracula Technologies" in corpus["84.html"]
        site = next(iter(sorted(hidden)))
        assert fuites.presents(hidden, f"<td>{site}</td>") == [site]


@pytest.mark.parametrize(
    ("avant", "connu"),
    [
        ({}, True),
        ({"bas": 99, "haut": 101}, True),
        ({"bas": 90, "haut": 110}, False),
        ({"mesure": "emplois_supprimes"}, False),
        ({"site": "autre"}, False),
        ({"lecteur": frozenset(["a"])}, False),
        ({"bas": 0, "haut": 0}, False),
    ],
    ids=["la meme", "plus pres", "de plus loin", "une autre mesure", "un autre site", "un seul lecteur", "injugee"],
)
def test_ce_qui_se_lisait_deja_se_lisait_d_aussi_pres(avant: dict[str, Any], connu: bool) -> None:
    now = Fuite("x", "y", "emplois_crees", "site", 100, 98, 102)
    assert now._replace(**avant).dit_deja(now) is connu
