"""The quality page: what it counts, what it says, and what it may not show."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import fabrique
import lecture
import pandas as pd
import pytest
from lecture import simple

from barometre_lib import restitution
from barometre_lib.barometre import Barometre
from barometre_lib.completude import ATTENDUES, mesurer_completude
from barometre_lib.comptage import ErreurAdditivite
from barometre_lib.parametres.acquittements import Acquittement, Decision
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.parcours import APRES, AVANT, ETAPES, SANS_DATE, resumer_parcours
from barometre_lib.publication.pages import GABARITS
from barometre_lib.qualite.bilan import Bilan, Constat
from barometre_lib.qualite.controle import examiner
from barometre_lib.qualite.rappel import lire_rappel
from barometre_lib.registre.corrections import Correction
from barometre_lib.restitution.completude import SEUILS, pourcentage
from barometre_lib.vocabulaire import NOMS_COLONNES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

PAR = (["semestre_annonce"], ["region"], ["region", "semestre_annonce"])
VIDE: dict[str, Any] = {"entreprise": "", "activite": "", "emplois": ""}
LYON, PARIS = "69123", "75056"


def lisible(html: str) -> str:
    """Return the text of a page as a reader sees it, every space plain."""
    return (
        re.sub(r"\s+", " ", simple(unescape(re.sub(r"<[^>]+>", " ", lecture.EXPOSANTS.sub(r"\1", html)))))
        .strip()
        .replace(" .", ".")
        .replace(" ,", ",")
    )


def controles(barometre: Barometre, bilan: Bilan) -> str:
    """Return the sections about the checks, one after the other."""
    contexte = barometre.contexte()
    shown = [
        restitution.section_bilan(contexte, bilan),
        restitution.section_corrections(contexte, bilan),
        restitution.section_suites(contexte, bilan),
    ]
    return "\n".join(fragment._repr_html_() for fragment in shown)


def mesures(barometre: Barometre) -> str:
    """Return the sections about what is filled and about the projects."""
    contexte = barometre.contexte()
    tables = [barometre.parcours(), *(barometre.parcours(par) for par in PAR)]
    shown = [
        restitution.section_completude(contexte, barometre.completude),
        restitution.section_parcours(contexte, *tables),
    ]
    return "\n".join(fragment._repr_html_() for fragment in shown)


class TestCompletude:
    @staticmethod
    def cellules(*rows: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
        """Return, by region and column, the cells filled and expected."""
        table = mesurer_completude(fabrique.table(fabrique.lignes(*rows)), fabrique.nomenclatures())
        keys = zip(table["region"], table["colonne"], strict=True)
        return dict(zip(keys, zip(table["remplies"], table["attendues"], strict=True), strict=True))

    @pytest.mark.parametrize(
        ("colonne", "ligne", "remplies"),
        [
            ("entreprise", {"entreprise": "Usines SA (fictif)"}, 1),
            ("entreprise", {"entreprise": ""}, 0),
            ("entreprise", {"entreprise": "  "}, 0),
            ("siret", {"siret": fabrique.SIRET_A}, 1),
            ("date_annonce", {"date_annonce": "2023-01-01"}, 1),
            ("date_annonce", {"date_annonce": "", "statut": "abandonne"}, 0),
            ("date_effet", {"date_effet": ""}, 0),
            ("effectif", {"effectif": "0"}, 1),
            ("effectif", {"effectif": ""}, 0),
            ("variation_production", {"type_mouvement": "extension", "variation_production": "0"}, 1),
            ("variation_production", {"type_mouvement": "reduction", "variation_production": ""}, 0),
            ("assimilable_site", {"type_mouvement": "extension", "assimilable_site": "non"}, 1),
            ("assimilable_site", {"type_mouvement": "extension", "assimilable_site": ""}, 0),
            ("investissement_meur", {"investissement_meur": "", "statut": "annonce"}, 0),
            ("surface_m2", {"surface_m2": "12.5"}, 1),
        ],
        ids=str,
    )
    def test_une_cellule_attendue(self, colonne: str, ligne: dict[str, Any], remplies: int) -> None:
        assert self.cellules(ligne)["84", colonne] == (remplies, 1)

    @pytest.mark.parametrize(
        ("colonne", "ligne"),
        [
            ("siret", {"statut": "annonce"}),
            ("date_effet", {"statut": "annonce"}),
            ("effectif", {"statut": "abandonne"}),
            ("variation_production", {"type_mouvement": "ouverture"}),
            ("variation_production", {"type_mouvement": "extension", "statut": "abandonne"}),
            ("assimilable_site", {"type_mouvement": "fermeture"}),
            # The variation is enough: rule 8 needs one of the two.
            ("assimilable_site", {"type_mouvement": "extension", "variation_production": "50"}),
            ("emplois", {"statut": "abandonne"}),
            ("investissement_meur", {"type_mouvement": "fermeture", "investissement_meur": "3"}),
            ("surface_m2", {"type_mouvement": "reduction"}),
            ("capacite", {"type_mouvement": "fermeture"}),
        ],
        ids=str,
    )
    def test_une_cellule_qui_n_est_pas_attendue_ne_manque_pas(self, colonne: str, ligne: dict[str, Any]) -> None:
        assert self.cellules(ligne)["84", colonne] == (0, 0)

    def test_chaque_region_a_les_siennes(self) -> None:
        cells = self.cellules(VIDE, VIDE | {"emplois": 3}, VIDE | {"code_commune": PARIS})
        assert cells["84", "emplois"] == (1, 2)
        assert cells["11", "emplois"] == (0, 1)
        assert cells["94", "emplois"] == (0, 0)
        assert len(cells) == 18 * len(ATTENDUES)

    def test_une_ligne_hors_des_regions_est_une_erreur(self) -> None:
        rows = fabrique.table(fabrique.lignes({})).assign(region="99")
        with fabrique.refus("Complétude : la colonne « entreprise »", ErreurAdditivite):
            mesurer_completude(rows, fabrique.nomenclatures())

    def test_les_colonnes_obligatoires_n_y_sont_pas(self) -> None:
        assert set(ATTENDUES) < set(NOMS_COLONNES)
        assert not {"id_mouvement", "statut", "aides", "citable"} & set(ATTENDUES)

    @pytest.mark.parametrize(
        ("filled", "expected", "written"), [(0, 9, 0), (9, 9, 100), (1, 1000, 1), (999, 1000, 99), (1, 2, 50)]
    )
    def test_cent_et_zero_ne_s_arrondissent_pas(self, filled: int, expected: int, written: int) -> None:
        assert pourcentage(filled, expected) == written

    def test_la_valeur_se_lit_sur_sa_case(self) -> None:
        def luminance(colour: str) -> float:
            parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
            linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

        sheet = (GABARITS / "style.css").read_text(encoding="utf-8")
        shades = re.findall(r"\.nuance-(\d+) { background: (#\w{6}); color: (#\w{6}); }", sheet)
        assert {int(bound) for bound, *_ in shades} == {*SEUILS}
        for _, *pair in shades:
            dark, light = sorted(map(luminance, pair))
            assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.fixture(scope="module")
def projets() -> Barometre:
    """Return one row for each case of the pipeline."""
    return fabrique.barometre(
        fabrique.lignes(
            {"date_annonce": "2022-03-15", "date_effet": "2024-03-15"},
            {"date_annonce": "2022-06-30", "date_effet": "2022-12-31", "type_mouvement": "extension"},
            {"date_annonce": "2022-07-01", "date_effet": "2024-01-01", "code_commune": PARIS},
            {"date_annonce": "2021-12-31", "statut": "abandonne"},
            {"date_annonce": "2022-03-01", "date_effet": "", "statut": "annonce"},
            # Its day has gone by, and it is said announced all the same.
            {"date_annonce": "2022-03-01", "date_effet": "2023-01-01", "statut": "annonce"},
            # Said effective for a day to come, or for none.
            {"date_annonce": "2022-03-01", "date_effet": "2025-01-01"},
            {"date_annonce": "2022-03-01", "date_effet": ""},
            {"date_annonce": "", "date_effet": "2024-01-01"},
            {"date_annonce": "2025-01-01", "statut": "annonce"},
            {"date_annonce": "2022-03-01", "type_mouvement": "fermeture"},
            {"date_annonce": "2022-03-01", "type_mouvement": "reduction"},
        )
    )


class TestParcours:
    def test_l_ensemble(self, projets: Barometre) -> None:
        (whole,) = projets.parcours().to_dict("records")
        assert [whole[name] for name in ("projets", *ETAPES, "delais")] == [10, 4, 5, 1, 3]
        assert whole["delai_median"] == pytest.approx(18, abs=0.1)
        assert whole["delai_q3"] == pytest.approx(21, abs=0.1)

    def test_par_semestre_d_annonce(self, projets: Barometre) -> None:
        table = projets.parcours(["semestre_annonce"]).set_index("semestre_annonce")
        assert list(table.index) == [AVANT, *Releve.lire("2024-S2").semestres, APRES, SANS_DATE]
        stages = {code: tuple(row) for code, row in table[["projets", *ETAPES]].iterrows() if row["projets"]}
        assert stages == {
            AVANT: (1, 0, 0, 1),
            "2022-S1": (6, 2, 4, 0),
            "2022-S2": (1, 1, 0, 0),
            APRES: (1, 0, 1, 0),
            SANS_DATE: (1, 1, 0, 0),
        }
        assert table.at[SANS_DATE, "delais"] == 0
        assert pd.isna(table.at[SANS_DATE, "delai_median"])

    def test_une_annonce_apres_coup_n_a_pas_de_delai(self) -> None:
        """No production follows its announcement by less than nothing; the same day is a time of zero."""
        announced = ("2024-06-01", "2024-03-02", "2024-03-01")
        rows = [{"date_annonce": day, "date_effet": "2024-03-01"} for day in announced]
        whole = fabrique.barometre(fabrique.lignes(*rows)).parcours().iloc[0]
        assert (whole["projets"], whole["realises"], whole["delais"], whole["delai_median"]) == (3, 3, 1, 0)

    @pytest.mark.parametrize("releve", fabrique.RELEVES)
    def test_les_sommes_tombent_juste(self, releve: str, charger: Callable[[str], Barometre]) -> None:
        barometre = charger(releve)
        rows = barometre.decisions
        projects = int(rows["type_mouvement"].isin(["ouverture", "extension"]).sum())
        whole = barometre.parcours().iloc[0]
        assert whole["projets"] == projects
        for par in PAR:
            table = barometre.parcours(par)
            assert (table[list(ETAPES)].sum(axis="columns") == table["projets"]).all()
            for name in ("projets", *ETAPES, "delais"):
                assert table[name].sum() == whole[name]

    def test_un_projet_hors_de_la_grille_est_une_erreur(self, projets: Barometre) -> None:
        projects = projets._projets.assign(region="99")
        with fabrique.refus("Parcours des projets : 10 projets", ErreurAdditivite):
            resumer_parcours(projects, ["region"], releve=projets.releve, nomenclatures=projets.nomenclatures)

    @pytest.mark.parametrize("par", ["region", ["annee"], ["region", "region"]], ids=str)
    def test_une_dimension_inconnue_ou_repetee_est_refusee(self, projets: Barometre, par: Any) -> None:
        with fabrique.refus("Dimensions : trouvé"):
            projets.parcours(par)

    def test_la_facade_rend_des_copies(self, projets: Barometre) -> None:
        mine, ours = projets.completude, projets.parcours()
        mine["attendues"] = ours["projets"] = -1
        assert (projets.completude["attendues"] >= 0).all()
        assert projets.parcours()["projets"].iloc[0] == 10

    def test_une_variante_porte_son_tampon(self) -> None:
        barometre = fabrique.barometre([fabrique.ligne()], seuil_effectif=10)
        assert "variante" in barometre.completude.attrs
        assert "variante" in barometre.parcours(["region"]).attrs

    def test_peu_de_delais_ne_se_disent_pas(self, projets: Barometre) -> None:
        html = mesures(projets)
        text = lisible(html)
        assert "Sur 10 projets d'ouverture ou d'extension inscrits au registre" in text
        assert "4 sont entrés en production, 5 restent annoncés et 1 est abandonné." in text
        assert "Trop peu de projets réalisés ont une date d'annonce pour en dire le délai." in text
        delays = re.findall(r"<td>([^<]*)</td></tr>", html.split('id="parcours"')[1])
        assert set(delays) == {"n.d."}
        assert "après 2024-S2" in text and "sans date d'annonce" in text and "avant 2022" in text

    def test_des_regions_en_retard_se_disent(self, charger: Callable[[str], Barometre]) -> None:
        read = charger("2024-S2")
        late = Lacunes(dict.fromkeys([*read.nomenclatures.regions][:12], Releve.lire("2024-S1")))
        barometre = Barometre(read.registre, replace(read.parametres, lacunes=late))
        table = lisible(mesures(barometre).split('id="parcours"')[1].split("</table>")[0])
        assert f"2e semestre 2024 ({barometre.contexte().hors('2024-S2')})" in table

    def test_une_barre_vaut_son_nombre(self, projets: Barometre) -> None:
        html = mesures(projets).split('id="parcours"')[1].split("</table>")[0]
        drawn = re.findall(r'background-size:(\d+)% .25rem">(\d+)<', html)
        widest = max(int(number) for _, number in drawn)
        assert drawn and all(int(share) == 100 * int(number) // widest for share, number in drawn)

    def test_les_cas_speciaux_absents_ne_se_montrent_pas(self) -> None:
        barometre = fabrique.barometre([fabrique.ligne(date_annonce="2023-05-01")])
        text = lisible(mesures(barometre))
        assert "Sur 1 projet d'ouverture ou d'extension inscrit au registre" in text
        assert "après 2024-S2" not in text and "sans date d'annonce" not in text


@pytest.fixture(scope="module")
def demonstration(charger: Callable[[str], Barometre]) -> Callable[[str], str]:
    """Return the page of a demonstration relève, made once."""
    made: dict[str, str] = {}

    def show(releve: str) -> str:
        if releve not in made:
            made[releve] = controles(charger(releve), examiner(charger(releve))) + mesures(charger(releve))
        return made[releve]

    return show


def un_constat(bilan: Bilan, nom: str, *constats: Constat, **changes: Any) -> Bilan:
    """Return a summary where one check finds these rows."""
    results = [
        replace(one, constats=constats, **changes) if one.controle.nom == nom else one for one in bilan.resultats
    ]
    return replace(bilan, resultats=tuple(results))


def acquis(
    raison: str, controle: str = "realise_sans_date", reference: str = "M-0001", origine: str = "2024-S2"
) -> Acquittement:
    return Acquittement(controle, reference, "0" * 16, Decision.JUSTIFIE, raison, Releve.lire(origine))


@pytest.fixture(scope="module")
def barometre() -> Barometre:
    return fabrique.barometre(fabrique.lignes({}, {}))


@pytest.fixture(scope="module")
def propre(barometre: Barometre) -> Bilan:
    """Return a summary where nothing is at fault."""
    found = examiner(barometre)
    results = tuple(replace(one, constats=(), decisions={}, tombees={}) for one in found.resultats)
    return replace(found, resultats=results, sans_objet=(), corrections=())


class TestPage:
    def test_une_releve_de_demonstration(self, demonstration: Callable[[str], str]) -> None:
        text = lisible(demonstration("2024-S2"))
        assert re.search(r"Le registre compte 2 207 lignes, soumises à \d+ contrôles : aucun défaut bloquant", text)
        assert "tous acquittés, et" in text
        assert "Il est comparé à celui de la relève 2024-S1." in text
        assert "ne peut pas être publiée" not in text
        told = r"Rattrape \d+ % des erreurs semées \(\d+ essais\)."
        assert re.search(rf"Cellules jamais vides 9 colonnes {told} Bloquant 2 207 lignes 0 conforme", text)
        assert re.search(rf"Attendu : [^.]*\. {told} Avertissement", text)
        assert len(re.findall(told, text)) >= len(lire_rappel())
        assert re.search(
            r"Mouvement réalisé à une date que la relève ne couvre pas encore\. [^.]*\. 19 lignes dans 8 rég", text
        )
        assert re.search(r"Normandie 28-00144, 28-00147 Nouvelle-Aquitaine", text)
        assert "dont 29 par report de la relève 2023-S2 et 5 de la relève 2024-S1, les valeurs étant les mêmes" in text
        assert "Registre de démonstration : emplois tirés au hasard" in text
        assert "Aucune correction" in text

    @pytest.mark.parametrize("releve", fabrique.DEUX_RELEVES)
    def test_aucune_valeur_du_registre(
        self, releve: str, demonstration: Callable[[str], str], charger: Callable[[str], Barometre]
    ) -> None:
        html = demonstration(releve)
        text = simple(unescape(html))
        rows = charger(releve).registre.textes
        for column in ("nom_site", "entreprise", "siret", "activite", "capacite", "commentaire"):
            values = {value for value in rows[column] if len(value) > 3}
            assert [value for value in values if value in text] == [], column
        seen = lisible(html)
        # A day, a SIRET, a NAF code, the code of a commune.
        assert not re.search(r"\d{4}-\d{2}-\d{2}|\d{14}|\d{2}\.\d{2}[A-Z]", seen)
        assert not re.search(r"(?<![\d-])\d[\dAB]\d{3}(?!\d)", seen)
        assert len(html.encode()) < 350_000

    @pytest.mark.parametrize("releve", fabrique.RELEVES)
    def test_ce_qui_a_ete_trouve_vient_d_abord_et_une_fois(
        self, releve: str, demonstration: Callable[[str], str], charger: Callable[[str], Barometre]
    ) -> None:
        """Each row stands once under each check that found it, and nothing of a path nor of a code is told."""
        html = demonstration(releve)
        found, rest = html.split('id="corrections"')[0], html.split('id="corrections"')[1]
        assert html.index('id="bilan"') < html.index('id="corrections"') < html.index('id="suites"')
        bilan = examiner(charger(releve))
        faults = [(one.controle.famille, fault.reference) for one in bilan.resultats for fault in one.constats]
        pattern = re.compile(r"(?<![\w-])(?:\d[\dAB]|\d{3})-\d{5}(?!\d)")
        listed = pattern.findall(lisible(found))
        assert len(listed) == len({one for one in faults if pattern.fullmatch(one[1])}) > 100
        assert not pattern.search(lisible(rest.split('id="suites"')[1]))
        assert not re.search(r"params/|data/|\.py|\.yaml|\w+_\w+", lisible(html))

    def test_rien_n_est_appele_et_les_identifiants_sont_uniques(self, demonstration: Callable[[str], str]) -> None:
        html = demonstration("2025-S2")
        assert "<script" not in html and "http" not in html
        ids = re.findall(r'\bid="([^"]*)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]*)"', html)) <= set(ids)
        tables = html.count("<table>")
        assert tables == html.count("<caption>")
        assert "<td></td>" not in html.split("</tbody>")[0]

    def test_les_memes_octets(self, demonstration: Callable[[str], str], charger: Callable[[str], Barometre]) -> None:
        assert demonstration("2023-S2").endswith(mesures(charger("2023-S2")))

    def test_chaque_case_ecrit_sa_part(self, charger: Callable[[str], Barometre]) -> None:
        barometre = charger("2024-S2")
        html = restitution.section_completude(barometre.contexte(), barometre.completude)._repr_html_()
        written = re.findall(r'class="part(?: nuance-\d+)?">(?:(\d+)\W+%|n\.d\.)', html)
        assert len(written) == 19 * len(ATTENDUES)
        assert "" in written and "100" in written
        for region in barometre.nomenclatures.regions.values():
            assert f'<th scope="row">{region.nom}</th>' in simple(html)

    def test_sans_releve_precedente(self, demonstration: Callable[[str], str]) -> None:
        text = lisible(demonstration("2023-S2"))
        assert "Aucune relève précédente n'est disponible" in text
        assert re.search(r"Rien à examiner : ces \d+ contrôles n'ont lu aucune ligne\.", text)

    def test_un_registre_sans_ligne(self) -> None:
        barometre = fabrique.barometre([])
        text = lisible(controles(barometre, examiner(barometre)) + mesures(barometre))
        assert "Le registre compte 0 ligne" in text
        assert "il n'y a rien à remplir" in text
        assert "il n'y a pas de projet à suivre" in text

    def test_rien_a_signaler_se_dit(self, barometre: Barometre, propre: Bilan) -> None:
        text = lisible(controles(barometre, propre))
        assert "aucun défaut bloquant, aucun avertissement et aucune information." in text
        assert "<h3>" not in controles(barometre, propre)
        assert "Aucune correction : le registre est lu tel que les services l'ont transmis." in text
        assert "Acquittements sans objet" not in text

    def test_les_avertissements_a_relire(self, barometre: Barometre, propre: Bilan) -> None:
        two = [Constat(f"M-000{rank}", "84", "84.csv", rank) for rank in (1, 2)]
        waiting = un_constat(propre, "realise_sans_date", *two, decisions={"M-0001": acquis("Relu.")})
        text = lisible(controles(barometre, waiting))
        assert "2 avertissements, dont 1 à relire, et aucune information." in text
        assert "En l'état, la relève ne peut pas être publiée." in text
        assert "Avertissement 2 lignes 2 1 à relire" in text
        found = "Mouvement réalisé sans date d'effet. {} 1 ligne dans 1 région : Auvergne-Rhône-Alpes, M-000{}. {}"
        assert found.format("À relire.", 2, "Relu. 1 ligne dans 1 région : Auvergne-Rhône-Alpes, M-0001.") in text
        done = un_constat(propre, "realise_sans_date", two[0], decisions={"M-0001": acquis("Relu.")})
        assert "1 avertissement acquitté et aucune information." in lisible(controles(barometre, done))

    def test_une_exigence_de_plusieurs_colonnes_dit_lesquelles(self, barometre: Barometre, propre: Bilan) -> None:
        broken = un_constat(propre, "nom_site.longueur", Constat("M-0001", "84", "84.csv", 2))
        text = lisible(controles(barometre, broken))
        assert "1 défaut bloquant, aucun avertissement" in text
        assert "arrête la publication" in text
        assert "Auvergne-Rhône-Alpes, Nom du site, M-0001." in text

    def test_une_region_ou_une_somme_en_defaut(self, barometre: Barometre, propre: Bilan) -> None:
        broken = un_constat(propre, "region_videe", Constat("28", "28", "", 0), lignes=18)
        broken = un_constat(broken, "regions_et_france", Constat("2024 ouvertures", "", "", 0))
        text = lisible(controles(barometre, broken))
        assert "Fichier de région vidé. À relire. 1 région : Normandie, région entière." in text
        assert "Somme des régions différente de la France. 1 somme : toutes régions, 2024 ouvertures." in text

    def test_des_acquittements_sans_objet(self, barometre: Barometre, propre: Bilan) -> None:
        useless = (
            acquis("Relu.", "realise_sans_date", "M-9999"),
            acquis("Relu.", "realise_sans_date", "M-9998"),
            acquis("Relu aussi.", "controle_retire", "M-8888"),
        )
        text = lisible(controles(barometre, replace(propre, sans_objet=useless)))
        assert "Mouvement réalisé sans date d'effet. Relu. Références : M-9999, M-9998." in text
        assert "controle_retire. Relu aussi. Références : M-8888." in text

    def test_une_raison_reportee_et_une_raison_tombee(self, barometre: Barometre, propre: Bilan) -> None:
        two = [Constat(f"M-000{rank}", "84", "84.csv", rank) for rank in (1, 2)]
        held, lost = ({name: acquis("Relu.", origine="2023-S2")} for name in ("M-0001", "M-0002"))
        bilan = un_constat(propre, "realise_sans_date", *two, decisions=held, tombees=lost)
        text = lisible(controles(barometre, bilan))
        carried = "1 ligne dans 1 région, dont 1 par report de la relève 2023-S2, les valeurs étant les mêmes"
        assert f"Relu. {carried} : Auvergne-Rhône-Alpes, M-0001. Une valeur a changé depuis que M-0002 a été" in text
        assert "1 à relire" in text

    def test_des_corrections_sans_leurs_valeurs(self, barometre: Barometre, propre: Bilan) -> None:
        one = Correction("M-0001", "effectif", "4321", "8765", "Zéro de trop.", "signalee", date(2025, 4, 1), "")
        other = replace(one, mouvement="M-0002", colonne="nom_site", statut="confirmee", jusqu_a="2025-S1")
        html = controles(barometre, replace(propre, corrections=(one, other)))
        text = lisible(html)
        assert "2 cellules sont corrigées à la lecture" in text
        assert "M-0001 Effectif salarié Zéro de trop. Signalée au service 1er avril 2025 n.d." in text
        assert "M-0002 Nom du site Zéro de trop. Confirmée par le service 1er avril 2025 2025-S1" in text
        assert "4321" not in html and "8765" not in html
        alone = lisible(controles(barometre, replace(propre, corrections=(one,))))
        assert "1 cellule est corrigée" in alone
        assert "Source juste en" not in alone

    @pytest.mark.parametrize(
        "texte", ["<script>alert(1)</script>", "</td></table>", "{{ 7 * 7 }}", 'a" onmouseover="b', "&lt;b&gt;"]
    )
    def test_un_texte_hostile_n_est_jamais_du_balisage(self, barometre: Barometre, propre: Bilan, texte: str) -> None:
        """Identifiers, reasons and labels: whatever a person wrote."""
        fault = Constat(texte, texte, texte, 2)
        bilan = un_constat(propre, "realise_sans_date", fault, decisions={texte: acquis(texte)})
        bilan = replace(
            bilan,
            corrections=(Correction(texte, "effectif", "1", "2", texte, "signalee", date(2025, 4, 1), ""),),
            sans_objet=(acquis(texte, texte, texte),),
        )
        html = controles(barometre, bilan)
        assert texte not in html or not re.search(r"[<>&\"]", texte)
        assert texte in simple(unescape(html))
        assert "<script" not in html
        assert html.count("<table>") == html.count("</table>")
