"""A region that was late: what is not known of it is nowhere a zero, and France is told without it.

Bretagne says nothing in 2024-S2, whose file is that of 2024-S1, then comes back in 2025-S1.
"""

import re
import shutil
from pathlib import Path
from typing import Any

import fabrique
import lecture
import openpyxl
import pandas as pd
import pytest
from console import lancer

from barometre_lib import Barometre, restitution
from barometre_lib.collecte.archive import Reception, noter
from barometre_lib.collecte.destination import Destination
from barometre_lib.collecte.interpretation import Ligne
from barometre_lib.collecte.voisinage import avertir
from barometre_lib.entrepot import Entrepot
from barometre_lib.millesimes.periodes import periodes_couvertes
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.parametres.edition import lire_edition, lire_lacunes
from barometre_lib.parametres.lacunes import Lacunes
from barometre_lib.publication.accueil import index
from barometre_lib.publication.classeur import ENTETE
from barometre_lib.publication.telechargements import ecrire_tableaux
from barometre_lib.publication.vue import Vue
from barometre_lib.qualite.controle import controler, examiner
from barometre_lib.qualite.refus import ControleRefuse
from barometre_lib.qualite.suites import Gravite
from barometre_lib.revisions import resumer_revisions
from barometre_lib.vocabulaire import MESURES, Releve

pytestmark = pytest.mark.usefixtures("jugements_gardes")

RETARD, AVANT, APRES = "2024-S2", "2024-S1", "2025-S1"
BRETAGNE, RHONE = "53", "84"
RENNES, LYON, AJACCIO = "35238", "69123", "2A004"


# So that no two sites look like one.
SITES = "Ardoise Bitume Cuivre Dentelle Faïence Goudron Huile Ivoire Jute Kaolin".split()  # noqa: SIM905


def ligne(nom: str, commune: str, date_effet: str, **differences: Any) -> dict[str, Any]:
    """Return what a movement of a site of its own differs by; it gives jobs."""
    named = {"id_mouvement": nom, "nom_site": SITES[int(nom[-1])], "emplois": 20}
    return named | {"code_commune": commune, "date_effet": date_effet} | differences


BRETONNES = [
    ligne("53-1", RENNES, "2023-03-01"),
    ligne("53-2", RENNES, "2024-02-01"),
    ligne("53-3", RENNES, "2024-02-02"),
    # Said effective in advance: its day has come in 2024-S2, and nobody has confirmed it.
    ligne("53-4", RENNES, "2024-09-01"),
    ligne("53-5", RENNES, "2024-10-01", statut="annonce"),
]
AUTRES = [ligne("84-1", LYON, "2023-04-01"), ligne("94-1", AJACCIO, "2023-05-01")]
SUITE = [ligne("84-2", LYON, "2024-09-01"), ligne("94-2", AJACCIO, "2024-03-01", type_mouvement="fermeture")]
REVENUES = [*BRETONNES[:4], ligne("53-5", RENNES, "2024-10-01"), ligne("53-6", RENNES, "2025-02-01")]
RELEVES = {AVANT: [*BRETONNES, *AUTRES], RETARD: [*BRETONNES, *AUTRES, *SUITE], APRES: [*REVENUES, *AUTRES, *SUITE]}


@pytest.fixture
def racine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose register and editions are those of the story."""
    root = tmp_path / "racine"
    shutil.copytree(fabrique.RACINE / "params", root / "params")
    (root / "data").mkdir()
    for name in ("reference", "publie"):
        (root / "data" / name).symlink_to(fabrique.RACINE / "data" / name)
    for releve, rows in RELEVES.items():
        fabrique.ecrire_releve(root / "data" / "releves", fabrique.lignes(*rows), releve)
        path = root / "params" / "releves" / f"{releve}.yaml"
        kept = path.read_text(encoding="utf-8").partition("exemples:")[0]
        path.write_text(f"{kept}exemples: {{}}\n", encoding="utf-8")
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    monkeypatch.chdir(root)
    # Read once for all these roots.
    monkeypatch.setattr(Nomenclatures, "du_projet", staticmethod(fabrique.nomenclatures))
    couvrir(root, RETARD)
    return root


def couvrir(root: Path, releve: str, couverture: str = "non_actualisee") -> None:
    """Change the coverage of Bretagne."""
    path = root / "params" / "releves" / f"{releve}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"53": "\w+"', f'"53": "{couverture}"', text), encoding="utf-8")


@pytest.fixture
def retard(racine: Path) -> Barometre:
    return Barometre.charger(RETARD)


def mesures(comptes: pd.DataFrame, **codes: str) -> list[int | None]:
    """Return the gross measures and the net of the one row that has these codes, None where they are null."""
    for name, code in codes.items():
        comptes = comptes[comptes[name] == code]
    (row,) = comptes.to_dict("records")
    return [None if pd.isna(row[name]) else row[name] for name in MESURES[:5]]


INCONNUES = [None] * 5


class TestComptes:
    """Null where it is not known, and in no sum."""

    @pytest.mark.parametrize(
        ("par", "codes", "attendu"),
        [
            (["semestre", "region"], {"semestre": "2024-S1", "region": BRETAGNE}, [2, 0, 0, 0, 2]),
            (["semestre", "region"], {"semestre": "2024-S2", "region": BRETAGNE}, INCONNUES),
            (["annee", "region"], {"annee": "2023", "region": BRETAGNE}, [1, 0, 0, 0, 1]),
            (["annee", "region"], {"annee": "2024", "region": BRETAGNE}, INCONNUES),
            (["region", "annee"], {"annee": "2024", "region": RHONE}, [1, 0, 0, 0, 1]),
            (["annee", "departement"], {"annee": "2024", "departement": "22"}, INCONNUES),
            (["annee", "departement"], {"annee": "2024", "departement": "2A"}, [0, 0, 1, 0, -1]),
            (["region"], {"region": BRETAGNE}, INCONNUES),
            (["annee"], {"annee": "2023"}, [3, 0, 0, 0, 3]),
            (["annee"], {"annee": "2024"}, [1, 0, 1, 0, 0]),
            (["semestre"], {"semestre": "2024-S1"}, [2, 0, 1, 0, 1]),
            (["semestre"], {"semestre": "2024-S2"}, [1, 0, 0, 0, 1]),
            (["annee", "semestre"], {"semestre": "2024-S1"}, [2, 0, 1, 0, 1]),
            (["annee", "secteur"], {"annee": "2024", "secteur": "electronique"}, [1, 0, 1, 0, 0]),
            (["secteur"], {"secteur": "electronique"}, [3, 0, 1, 0, 2]),
        ],
    )
    def test_chaque_maille(
        self, retard: Barometre, par: list[str], codes: dict[str, str], attendu: list[int | None]
    ) -> None:
        assert mesures(retard.comptes(par), **codes) == attendu

    def test_une_region_seule_comme_dans_la_grille(self, retard: Barometre) -> None:
        own = retard.comptes(["annee", "secteur"], region=BRETAGNE)
        assert own[own["annee"] == "2024"]["solde_net"].isna().all()
        assert own[own["annee"] == "2023"]["solde_net"].notna().all()

    def test_une_date_passee_depuis_n_est_pas_un_fait(self, retard: Barometre) -> None:
        motifs = retard.decisions.set_index("id_mouvement")["motif"]
        assert (motifs["53-4"], motifs["84-2"]) == ("non_effectif", "compte")
        assert Barometre.charger(APRES).decisions.set_index("id_mouvement")["motif"]["53-4"] == "compte"

    def test_le_parquet_dit_la_meme_chose(self, retard: Barometre, racine: Path) -> None:
        register = racine / "data" / "releves"
        for releve in (AVANT, RETARD):
            Barometre.charger(releve)  # readable
            lancer_convertir(register, releve)
        (register / "csv").mkdir()
        for releve in (AVANT, RETARD):
            shutil.move(register / releve, register / "csv" / releve)
        with Entrepot.ouvrir(register / f"{RETARD}.parquet") as store:
            for par in (["annee", "region"], ["semestre"], ["secteur", "region"]):
                pd.testing.assert_frame_equal(store.comptes(par), retard.comptes(par))
            decided = pd.concat(store.decisions()).set_index("id_mouvement")["motif"]
        assert decided["53-4"] == "non_effectif"

    def test_sans_retard_rien_n_est_nul(self, racine: Path) -> None:
        counts = Barometre.charger(APRES).comptes(["annee", "region"])
        assert counts.dtypes[list(MESURES)].eq("int64").all()
        assert mesures(counts, annee="2024", region=BRETAGNE) == [4, 0, 0, 0, 4]


def lancer_convertir(register: Path, releve: str) -> None:
    from barometre_lib.registre.parquet import convertir

    convertir(releve, register, None, forcer=False)


class TestLacunes:
    """Since when a region says nothing."""

    def test_deux_retards_de_suite_remontent_a_la_derniere_actualisation(self, racine: Path) -> None:
        couvrir(racine, APRES)
        unknown = Barometre.charger(APRES).parametres.lacunes
        assert unknown.actualisees == {BRETAGNE: Releve(2024, 1)}
        told = {code: unknown.manque(code, BRETAGNE) for code in ("2023", "2024-S1", "2024", "2024-S2", "2025", APRES)}
        assert told == {"2023": False, "2024-S1": False, "2024": True, "2024-S2": True, "2025": True, APRES: True}
        assert not unknown.manque("2024", RHONE)

    def test_sans_releve_precedente_rien_n_est_a_reporter(self, racine: Path) -> None:
        couvrir(racine, AVANT)
        said = "params/releves/2024-S1.yaml, « couverture », « 53 » : trouvé non_actualisee, mais aucune relève préc"
        for read in (lambda: Barometre.charger(AVANT), lambda: controler(Barometre.charger(AVANT))):
            with fabrique.refus(said):
                read()

    def test_une_releve_qui_manque_au_registre_n_est_pas_la_precedente(self) -> None:
        assert not Lacunes()
        names = fabrique.nomenclatures()
        assert lire_lacunes(Releve(2024, 2), [], names) == Lacunes()


class TestComparaisons:
    """Ranks, the year before, revisions, first publications: of the same regions."""

    def test_elle_n_a_de_rang_dans_aucune_annee(self, retard: Barometre) -> None:
        for year in ("2023", "2024"):
            ranking = retard.classement(year)
            assert BRETAGNE not in set(ranking["region"]) and len(ranking) == 12

    def test_l_annee_d_avant_est_celle_des_memes_regions(self, retard: Barometre) -> None:
        france = retard.evolution().set_index("periode")
        assert france.loc["2023", ["solde_net", "comparable"]].tolist() == [3, 2]
        assert france.loc["2024", ["solde_net", "comparable"]].tolist() == [0, 0]
        own = retard.evolution(BRETAGNE).set_index("periode")
        assert own["solde_net"].isna().to_dict() == {p: p in ("2024", "2024-S2") for p in own.index}

    def test_une_premiere_publication_sans_elle_n_en_est_pas_une(self, racine: Path) -> None:
        after = Barometre.charger(APRES)
        assert after.premiere_publication("2024")["releve"].tolist() == [APRES]
        assert after.premiere_publication("2024", BRETAGNE)["releve"].tolist() == [APRES]
        assert after.premiere_publication("2024", RHONE)["releve"].tolist() == [RETARD]
        assert after.premiere_publication("2024-S1")["releve"].tolist() == [AVANT]

    def test_elle_n_est_pas_revisee(self, retard: Barometre) -> None:
        assert set(retard.revisions()["region"]) == {"84", "94"}
        assert retard.revisions(AVANT, region=BRETAGNE).empty

    def test_ce_qui_manquait_n_est_pas_une_revision(self, racine: Path) -> None:
        changes = Barometre.charger(APRES).revisions()
        assert dict(zip(changes["id_mouvement"], changes["cause"], strict=True)) == dict.fromkeys(
            ("53-4", "53-5", "53-6"), "periode_nouvelle"
        )
        assert resumer_revisions(changes, periodes_couvertes(Releve(2024, 2)))["mouvements"].tolist() == [0]

    def test_les_sommes_sont_sans_elle(self, retard: Barometre) -> None:
        by_region = retard.sommes["region"].set_index("region")
        assert by_region.loc[BRETAGNE].isna().all()
        assert by_region.loc["FR", "emplois_crees"] == by_region.loc[RHONE, "emplois_crees"] == 20
        assert Barometre.charger(APRES).sommes["region"].set_index("region").loc[BRETAGNE, "emplois_crees"] == 20


def regional(texte: str) -> bool:
    """Tell whether a text gives a number to Bretagne over a period that is not known."""
    return bool(re.search(r"(Bretagne|2024|2e semestre 2024) (0 ){2,}", texte))


def lire(carnet: str, releve: str, region: str = "") -> dict[str, str]:
    """Return what each cell of a notebook says, by its name."""
    return {name: lecture.lisible(one) for name, one in lecture.montrer(carnet, releve, region).items()}


class TestPages:
    """What notebooks show."""

    def test_sa_page_dit_qu_elle_n_est_pas_actualisee(self, retard: Barometre) -> None:
        said = lire("regional", RETARD, BRETAGNE)
        assert "Bretagne : solde non disponible en 2024" in said["entete"]
        assert (
            "Les données de la région n'ont pas été actualisées depuis le 30 juin 2024 : ses nombres en 2024 et au "
            "2e semestre 2024 sont non disponibles." in said["entete"]
        )
        assert said["essentiel"] == ""
        assert said["resultats"].endswith("En 2024, en Bretagne : non disponible.")
        for part in (
            "S2 2024n.d.2022 : 02023 : +12024 : n.d.",
            "le solde net n'est pas connu (« n.d. »)",
            "1er semestre 2024 2 0 0 0 +2 2e semestre 2024 non disponible",
            "2023 +1 1 + 0 0 + 0 1 0 0 0 +1 2024 non disponible France : 2024 hors Bretagne 0",
            "En France, le solde net est de 0 en 2022, +3 en 2023 et 0 en 2024 hors Bretagne.",
            # Of the columns of France that stand beside.
            "France hors Bretagne : 2024. Champ",
        ):
            assert part in said["recensement"], part
        assert "La région n'entre pas dans les révisions" in said["methode"]
        whole = " ".join(said.values())
        assert "Bretagne couverture" not in whole and "la région est" not in whole and not regional(whole)

    def test_la_france_est_dite_hors_bretagne(self, retard: Barometre) -> None:
        said = lire("national", RETARD)
        assert "France hors Bretagne : autant d'ouvertures que de fermetures d'usines en 2024" in said["entete"]
        assert "après 2 ouvertures nettes en 2023 et un solde nul en 2022 sur les mêmes régions ;" in said["entete"]
        assert "12 régions classées." in said["entete"]
        assert "Données non actualisées depuis le 30 juin 2024 : Bretagne. Ses nombres" in said["entete"]
        assert "Sur les mêmes régions, le solde net recule de 2 sur un an" in said["essentiel"]
        for part in (
            "Sur les mêmes régions, le solde net",
            # Semesters that know it do not add up to the year that leaves it out.
            "S1 2024+11S2 2024+12022 : 02023 : +32024 : 0",
            "en 2024, 1 ouverture et 1 fermeture : le solde net est de 0. France hors Bretagne : S2 2024 et 2024.",
            "2e semestre 2024 (hors Bretagne) 1 0 0 0 +1",
            "2023 +3 3 + 0 0 + 0 3 0 0 0 +3 2024 hors Bretagne 0 1 + 0 1 + 0 1 0 1 0 0",
        ):
            assert part in said["recensement"], part
        for part in (
            "Par secteur, sont comptées en 2024 en France hors Bretagne",
            "des 12 régions classées en 2024",
            "Non disponible : Bretagne.",
            "Bretagne non disponible",
            "Total hors Bretagne 1 0 1 0 0",
        ):
            assert part in said["resultats"] + said["cartographie"], part
        assert "Les révisions sont données hors Bretagne" in said["methode"]
        assert not regional(" ".join(said.values()))

    def test_une_autre_region_est_classee_sans_elle(self, retard: Barometre) -> None:
        said = lire("regional", RETARD, RHONE)["entete"]
        assert "la région est la première des 12 classées, hors Bretagne." in said and "non actualisées" not in said

    def test_deux_retards_et_un_premier_semestre(self, racine: Path) -> None:
        couvrir(racine, APRES)
        rows = fabrique.lignes(*BRETONNES, *AUTRES, *SUITE)
        fabrique.ecrire_releve(racine / "data" / "releves", rows, APRES)
        own = lire("regional", APRES, BRETAGNE)
        assert (
            "depuis le 30 juin 2024 : ses nombres en 2024, en 2025, au 2e semestre 2024 et au 1er semestre 2025 sont"
            in own["entete"]
        )
        assert "2024 non disponible 1er semestre 2024 +2" in own["recensement"]
        assert "1er semestre 2025 non disponible France" in own["recensement"]
        france = lire("national", APRES)
        assert "après une fermeture nette au 1er semestre 2024" in france["entete"]
        assert (
            "0 en 2024 hors Bretagne, +1 au 1er semestre 2024 et 0 au 1er semestre 2025 hors Bretagne."
            in (france["recensement"])
        )
        # Who was first the year before, among other regions, is not told.
        for region in (RHONE, "52"):
            assert "reste" not in lire("regional", APRES, region)["entete"]

    @pytest.mark.parametrize(("carte", "name"), [("regions", "Bretagne"), ("departements", "Finistère")])
    def test_la_carte_l_ecrit(self, retard: Barometre, carte: str, name: str) -> None:
        shown = re.sub("[\u00a0\u202f]", " ", str(lecture.montrer("national", RETARD)["cartographie"].html))
        (plain,) = re.findall(
            rf'<figure class="graphique[^"]*" id="figure-carte-{carte}".*?</figure>', shown, re.DOTALL
        )
        assert f"<title>{name} : non disponible</title>" in plain
        # In each of the two drawings.
        assert plain.count(">n.d.</text>") == 2 * (1 if carte == "regions" else 4)
        assert ">n.d. : non disponible</text>" in plain and ">n.p. : couverture non précisée</text>" in plain
        assert re.search(rf'aria-label="[^"]*Non disponible : [^"]*{name}[^"]*"', plain)
        assert "Couverture non précisée : 5" in plain
        assert re.search(rf"{name}</th><td class=\"note\" colspan=\"5\">non disponible</td>", plain)

    def test_l_edition_suivante_dit_ce_qui_manquait(self, racine: Path) -> None:
        said = lire("national", APRES)["methode"]
        assert "ne donnait pas les nombres de Bretagne au 2e semestre 2024 : ce qui y est compté depuis" in said
        assert "hors Bretagne" not in said and "rien n'a changé en France" in said

    def test_la_qualite_ne_tient_pas_pour_realise_ce_qu_elle_ne_dit_pas(self, retard: Barometre) -> None:
        projects = retard.parcours(["region"]).set_index("region").loc[BRETAGNE]
        assert (projects["realises"], projects["annonces"]) == (3, 2)
        said = lecture.lisible(lecture.montrer("qualite", RETARD)["parcours"])
        assert "2e semestre 2024 (hors Bretagne) 0" in said and "1er semestre 2024 0" in said

    def test_le_sommaire_et_la_methode(self, retard: Barometre) -> None:
        text = lecture.lisible(restitution.Fragment(index(retard, pages=[])))  # type: ignore[arg-type]
        assert "France hors Bretagne : autant d'ouvertures que de fermetures" in text and "Total hors Bretagne" in text
        assert (
            "Bretagne"
            not in lecture.lisible(lecture.montrer("methodologie", RETARD)["methodologie"]).partition("incert")[2]
        )


class TestTableaux:
    """The downloads."""

    def test_une_cellule_vide_et_sa_raison(self, retard: Barometre, tmp_path: Path) -> None:
        ecrire_tableaux(tmp_path, retard)
        folder = tmp_path / "tableaux"
        lines = (folder / "annee-region.csv").read_text(encoding="utf-8").splitlines()
        assert any(line.startswith("2024;53;non_disponible;;;;;;;") for line in lines)
        assert any(line.startswith("2023;53;non_actualisee;1;0;0;0;1;1;") for line in lines)
        departments = (folder / "annee-departement.csv").read_text(encoding="utf-8")
        assert "2024;35;non_disponible;;;;;;;" in departments and "2024;53;oui;0;" in departments
        jobs = (folder / "emplois-investissement-region.csv").read_text(encoding="utf-8")
        assert re.search(r"^53;non_disponible;;;;;;;", jobs, re.MULTILINE)
        assert re.search(r"^FR;.*hors Bretagne\"$", jobs, re.MULTILINE) and jobs.count("hors Bretagne") == 1
        for name, told in (("annee", 1), ("annee-secteur", 14), ("semestre", 1), ("annee-region", 0)):
            assert (folder / f"{name}.csv").read_text(encoding="utf-8").count("hors Bretagne") == told, name
        assert (folder / "classement.csv").read_text(encoding="utf-8").count("hors Bretagne") == 12

    def test_le_classeur_le_dit_en_clair(self, retard: Barometre, tmp_path: Path) -> None:
        ecrire_tableaux(tmp_path, retard)
        book = openpyxl.load_workbook(tmp_path / "tableaux" / f"barometre-{RETARD}.xlsx")
        rows = list(book["Année, région"].iter_rows(values_only=True))
        (row,) = [row for row in rows if row[:2] == (2024, BRETAGNE)]
        assert row[2:10] == ("Bretagne", "non disponible", None, None, None, None, None, None)
        notes = " ".join(str(cell) for line in book["Lisez-moi"].iter_rows(values_only=True) for cell in line)
        assert "Bretagne, depuis la relève 2024-S1" in notes
        # What is of some lines alone stays beside them.
        said = {row[0]: row[-1] for row in book["Année"].iter_rows(min_row=ENTETE, values_only=True)}
        assert said == {"Année": "Mention", 2022: None, 2023: None, 2024: "hors Bretagne"}


class TestPublique:
    """The public edition knows no more."""

    def test_elle_dit_la_meme_chose(self, retard: Barometre) -> None:
        view = Vue.de(retard)
        contexte = view.contexte()
        assert mesures(view.comptes(["annee", "region"]), annee="2024", region=BRETAGNE) == INCONNUES
        counts = [view.comptes([contexte.maille, name]) for name in ("secteur", "region")]
        told = restitution.constater(contexte, view.classement("2024"), view.classement("2023"), *counts)
        assert "France hors Bretagne : autant d'ouvertures" in lecture.lisible(restitution.entete(contexte, told))
        sums = lecture.lisible(restitution.tableau_sommes(contexte, view.sommes))
        assert "hors Bretagne" in sums
        own = view.contexte(BRETAGNE)
        (said,) = restitution.secteurs_et_departements(own, counts[0], counts[1])
        assert "non disponible" in lecture.lisible(said)

    def test_la_page_des_revisions_dit_hors_qui(self, retard: Barometre) -> None:
        view = Vue.de(retard)
        (years, _) = lecture.tableaux(restitution.section_triangle(view.contexte(), view.vintages())).values()
        assert years["2024"] == ["", "0 hors Bretagne (publié : +89)"]
        told = lecture.lisible(restitution.section_familles(view.contexte(), view.revisions_par_famille()))
        assert "Les révisions sont données hors Bretagne, dont les données n'ont pas été actualisées." in told
        title = lecture.simple(restitution.titre_revisions(view.contexte(), view.evolution()))
        assert title.startswith("2023 : ") and "parution" in title


def avertis(barometre: Barometre) -> set[tuple[str, str]]:
    """Return each warning about Bretagne: the check, and what it points at."""
    return {
        (one.controle.nom, found.reference)
        for one in examiner(barometre).resultats
        if one.controle.gravite is Gravite.AVERTISSEMENT
        for found in one.constats
        if found.region == BRETAGNE
    }


class TestControle:
    """The gate."""

    def test_rien_n_est_attendu_d_elle_apres_sa_derniere_actualisation(self, racine: Path) -> None:
        # Said effective in advance, as in the relève that it comes from.
        assert avertis(Barometre.charger(RETARD)) == {("realise_apres_releve", "53-4")}
        couvrir(racine, RETARD, "oui")
        assert avertis(Barometre.charger(RETARD)) == {("annonce_echue", "53-5")}
        couvrir(racine, RETARD, "inconnue")
        assert ("couverture_retiree", BRETAGNE) in avertis(Barometre.charger(RETARD))

    def test_les_sommes_se_verifient(self, retard: Barometre) -> None:
        sums = [one for one in examiner(retard).resultats if one.controle.table == "egalites"]
        assert len(sums) == 7 and all(one.lignes and not one.constats for one in sums)

    @pytest.mark.parametrize(
        ("lignes", "dit"),
        [
            pytest.param(BRETONNES[:4], r"1 mouvement diffère \(53-5\)", id="un de moins"),
            pytest.param(
                [BRETONNES[0] | {"emplois": 21}, *BRETONNES[1:], ligne("53-9", RENNES, "2024-08-01")],
                r"2 mouvements diffèrent \(53-1, 53-9\)",
                id="une cellule, un de plus",
            ),
        ],
    )
    def test_un_fichier_mis_a_jour_est_refuse(self, racine: Path, lignes: list[dict[str, Any]], dit: str) -> None:
        rows = fabrique.lignes(*lignes, *AUTRES, *SUITE)
        fabrique.ecrire_releve(racine / "data" / "releves", rows, RETARD)
        said = f"2024-S2.yaml, « couverture », « 53 » : trouvé non_actualisee, mais data/releves/2024-S2/53.csv.*{dit}"
        with fabrique.refus(said, ControleRefuse):
            controler(Barometre.charger(RETARD))

    def test_une_releve_ou_toutes_sont_en_retard_est_refusee(self, racine: Path) -> None:
        late = "".join(f'  "{code}": non_actualisee\n' for code in fabrique.nomenclatures().regions)
        edition = racine / "params" / "releves" / f"{RETARD}.yaml"
        kept = re.sub(r"(?m)^couverture:\n(?:  .*\n)+", f"couverture:\n{late}", edition.read_text(encoding="utf-8"))
        edition.write_text(kept, encoding="utf-8")
        with fabrique.refus("toutes les régions sont non_actualisee ; attendu une au moins", ControleRefuse):
            controler(Barometre.charger(RETARD))

    def test_les_corrections_de_la_precedente_sont_reportees(self, racine: Path) -> None:
        register = racine / "data" / "releves"
        (register / AVANT / "corrections.yaml").write_text(
            "corrections:\n  - {mouvement: 53-1, colonne: emplois, source: '20', corrige: '19', raison: erreur, "
            "statut: confirmee, depuis: 2024-08-01}\n",
            encoding="utf-8",
        )
        with fabrique.refus("1 mouvement diffère"):
            controler(Barometre.charger(RETARD))

    def test_un_report_tu_est_refuse(self, racine: Path, capsys: pytest.CaptureFixture[str]) -> None:
        couvrir(racine, RETARD, "oui")
        place = Destination(Releve(2024, 2), BRETAGNE, racine / "data" / "releves")
        place.fichier.unlink()
        done = lancer(capsys, "reporter", RETARD, "--region", BRETAGNE, "--rectificatif", "en retard")
        written = 'À écrire dans params/releves/2024-S2.yaml, « couverture » : "53": "non_actualisee".'
        assert done.code == 0 and written in done.stderr
        assert written in lancer(capsys, "etat", RETARD).stderr
        from barometre_lib.collecte.suivi import refuser_reports

        with fabrique.refus("À écrire dans params/releves/2024-S2.yaml"):
            refuser_reports(place.releve, place.registre)
        couvrir(racine, RETARD)
        refuser_reports(place.releve, place.registre)
        assert written not in lancer(capsys, "etat", RETARD).stderr
        # A file that is no longer the one carried over is no longer a carry-over, whatever the journal says.
        couvrir(racine, RETARD, "oui")
        place.fichier.write_bytes(place.fichier.read_bytes().replace(b"Bitume", b"Bronze"))
        refuser_reports(place.releve, place.registre)
        noter(Reception("2024-08-01 10:00:00", RHONE, "", "deposee", 1, 0, "", "", ""), place)
        refuser_reports(place.releve, place.registre)


def test_une_nouvelle_edition_ne_reprend_pas_un_retard(
    racine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(racine / "data" / "releves" / APRES)
    (racine / "params" / "releves" / f"{APRES}.yaml").unlink()
    monkeypatch.setattr("barometre_lib.collecte.modele.faire_modele", lambda *_, **__: "fait")
    assert lancer(capsys, "nouvelle-releve", APRES, "--classeurs", str(tmp_path / "classeurs")).code == 0
    assert lire_edition(Releve(2025, 1)).couverture[BRETAGNE] == "oui"
    assert '"non_actualisee"' in (racine / "params" / "releves" / f"{APRES}.yaml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("racine")
def test_le_fichier_d_une_region_qui_revient_n_est_compare_qu_a_ce_qui_fut_publie() -> None:
    """2024 was not told of it: it is given, not said to have moved."""
    place = Destination(Releve.lire(APRES), BRETAGNE, Path("data/releves"))
    lines = [Ligne(number, row) for number, row in enumerate(fabrique.lignes(*REVENUES), start=2)]
    place.fichier.unlink()
    told = avertir(lines, "53.xlsx", place, fabrique.nomenclatures()).nouvelles
    assert told[-1] == "Solde net de la région : 2024, +4 ; 2025, +1."
