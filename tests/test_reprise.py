"""What is already made is not made again: skipped, resumed, forced, planned, executed apart."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fabrique
import nbformat
import pytest

from barometre_lib import Barometre
from barometre_lib.campagne import campagne
from barometre_lib.campagne.cache import CLE, DOSSIER, LONGUEUR, garder, ne_garder_que, retrouver
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.etude import etudier
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.taches import lire_tache, planifier
from barometre_lib.erreurs import ErreurBarometre

FRANCE = [f"2024-S2/{name}" for name in ("national", "qualite", "methodologie", "revisions", "sensibilite")]


@pytest.fixture
def copie(publication: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project and its publications, both free to be changed: `projet/`, `sorties/2024-S2/`."""
    root = tmp_path / "projet"
    for name in ("params", "notebooks", "data/reference", "data/publie", "data/releves"):
        shutil.copytree(fabrique.RACINE / name, root / name)
    shutil.copy(fabrique.RACINE / "requirements.lock", root)
    shutil.copytree(publication.parent, tmp_path / "sorties")
    monkeypatch.setenv("BAROMETRE_RACINE", str(root))
    return tmp_path


@pytest.fixture
def plan(copie: Path) -> Callable[..., list[str]]:
    """Tell what `publier` would execute of 2024-S2, by the same code, in this process."""

    def tell(**instructions: object) -> list[str]:
        asked = Consignes(copie / "sorties", **instructions)  # type: ignore[arg-type]
        return [task.cle for tasks, _ in campagne.planifier_campagne(["2024-S2"], asked) for task in tasks]

    return tell


def changer(chemin: Path, avant: str, apres: str) -> None:
    """Replace a text that must be there, once."""
    text = chemin.read_text(encoding="utf-8")
    assert avant in text
    chemin.write_text(text.replace(avant, apres, 1), encoding="utf-8")


def commenter(chemin: Path) -> None:
    """Change the comment of the first row of a region's file: the last column."""
    header, first, *rest = chemin.read_text(encoding="utf-8").split("\n")
    chemin.write_text("\n".join([header, first + "relu", *rest]), encoding="utf-8")


class TestPlan:
    """What each change makes execute, on the demonstration relève: 21 notebooks."""

    def test_rien_n_a_change(self, plan: Callable[..., list[str]]) -> None:
        assert plan() == []
        assert len(plan(forcer=True)) == len(FRANCE) + 18
        assert plan(forcer=True, regions=["84"]) == [*FRANCE, "2024-S2/regional-84"]

    def test_le_commentaire_d_une_ligne(self, plan: Callable[..., list[str]], copie: Path) -> None:
        commenter(copie / "projet" / "data" / "releves" / "2024-S2" / "84.csv")
        assert plan() == [*FRANCE, "2024-S2/regional-84"]

    def test_un_compte_de_plus_change_tous_les_rangs(
        self, plan: Callable[..., list[str]], copie: Path, charger: Callable[[str], Barometre]
    ) -> None:
        decisions = charger("2024-S2").decisions.query("compte and region == '84'")
        path = copie / "projet" / "data" / "releves" / "2024-S2" / "84.csv"
        header, *rows = path.read_text(encoding="utf-8").split("\n")
        place = header.split(";").index("effectif")
        # One that no page tells as an example: another rule would refuse it.
        told = [one.id for one in charger("2024-S2").edition.exemples["84"]]
        chosen = next(one for one in decisions["id_mouvement"] if one not in told)
        counted = next(row for row in rows if row.startswith(f"{chosen};"))
        cells = counted.split(";")
        cells[place] = "1"
        # As many jobs for one employee would be a warning.
        cells[header.split(";").index("emplois")] = ""
        changer(path, counted, ";".join(cells))
        assert len(plan()) == len(FRANCE) + 18

    def test_un_contact_se_met_sur_sa_page_sans_rien_executer(
        self, plan: Callable[..., list[str]], copie: Path
    ) -> None:
        changer(copie / "projet" / "params" / "regions" / "84.yaml", "pref-communication", "pref-presse")
        assert plan() == []
        assert not _a_jour(Consignes(copie / "sorties"))

    def test_un_carnet(self, plan: Callable[..., list[str]], copie: Path) -> None:
        path = copie / "projet" / "notebooks" / "qualite.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[3].source += "\n1"
        nbformat.write(notebook, path)
        assert plan() == ["2024-S2/qualite"]

    def test_un_controle_ne_change_aucune_page_de_territoire(self, plan: Callable[..., list[str]], copie: Path) -> None:
        path = copie / "projet" / "params" / "qualite" / "1_structure.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "# relu\n", encoding="utf-8")
        assert plan() == FRANCE

    def test_l_environnement_verrouille(self, plan: Callable[..., list[str]], copie: Path) -> None:
        path = copie / "projet" / "requirements.lock"
        path.write_text(path.read_text(encoding="utf-8") + "# autre\n", encoding="utf-8")
        assert len(plan()) == len(FRANCE) + 18

    def test_une_page_retouchee_ou_perdue_se_refait_sans_rien_executer(
        self, plan: Callable[..., list[str]], copie: Path
    ) -> None:
        pages = copie / "sorties" / "2024-S2"
        (pages / "regions" / "11.html").write_text("autre chose", encoding="utf-8")
        (pages / "notebooks" / "national.ipynb").unlink()
        assert plan() == []
        assert not _a_jour(Consignes(copie / "sorties"))

    def test_un_resultat_perdu(self, plan: Callable[..., list[str]], copie: Path) -> None:
        with (copie / "sorties" / "2024-S2" / "index.html").open("a", encoding="utf-8") as page:
            page.write(" ")
        (copie / "sorties" / DOSSIER / "2024-S2" / "interne" / "regional-11.json").unlink()
        assert plan() == ["2024-S2/regional-11"]

    def test_un_fichier_etranger_ou_un_pdf_de_moins_refait_la_publication(self, copie: Path) -> None:
        asked = Consignes(copie / "sorties")
        assert _a_jour(asked)
        assert not _a_jour(Consignes(copie / "sorties", pdf=True))
        assert not _a_jour(Consignes(copie / "sorties", rectificatif="Une erreur"))
        # What a tool leaves makes it again; what somebody left is refused.
        (copie / "sorties" / "2024-S2" / ".DS_Store").touch()
        assert not _a_jour(asked)
        (copie / "sorties" / "2024-S2" / "étranger").touch()
        with fabrique.refus("2024-S2 : cette publication contient ce qui n'est pas d'elle .« étranger »"):
            _a_jour(asked)

    def test_un_mouvement_parti_d_une_region_change_sa_page(self, copie: Path) -> None:
        """No row of the region that it left, nor any count of that region's file, need say so."""
        folder = copie / "projet" / "data" / "releves"
        before = _empreinte(Consignes(copie / "s"), "84")
        header, *rows = (folder / "2024-S1" / "84.csv").read_text(encoding="utf-8").split("\n")
        (folder / "2024-S1" / "84.csv").write_text("\n".join([header, *rows[1:]]), encoding="utf-8")
        assert _empreinte(Consignes(copie / "s"), "84") != before


def _a_jour(consignes: Consignes) -> bool:
    return consignes.a_jour("2024-S2", consignes.entrees("2024-S2"))


def _empreinte(consignes: Consignes, region: str) -> str:
    """Return the checksum of all that a regional page depends on."""
    (study,) = etudier({"2024-S2": consignes.entrees("2024-S2")}, consignes)
    return study.empreinte(lire_tache(f"2024-S2/regional-{region}"))


def test_une_publication_a_jour_retrouve_ce_qui_l_entoure(copie: Path) -> None:
    """A campaign stopped once its publication was in place has left all this, and the index undone."""
    sorties = copie / "sorties"
    (sorties / "index.html").unlink(missing_ok=True)
    marquer(sorties / ".travail-2024-S2")
    shutil.copytree(sorties / "2024-S2", sorties / ".travail-2024-S2" / "nouvelle")
    for name in (".verrou", ".index.x1y2.html"):
        (sorties / name).touch()
    ((_, _, said, _),) = campagne.publier(["2024-S2"], Consignes(sorties))
    assert "aucun carnet exécuté" in said
    assert {one.name for one in sorties.iterdir()} == {"2024-S2", "index.html", DOSSIER}
    assert '<a href="2024-S2/index.html"' in (sorties / "index.html").read_text(encoding="utf-8")


class TestCache:
    TACHE, AUTRE = (lire_tache(f"2024-S2/{name}") for name in ("national", "qualite"))

    def test_un_resultat_revient_s_il_vient_de_la_meme_entree(self, tmp_path: Path) -> None:
        result = Rendu(self.TACHE, contenu="<p>é</p>", carnet="{}", avertissements="a")
        garder(tmp_path, result, "e1")
        assert retrouver(tmp_path, self.TACHE, "e1") == result
        assert retrouver(tmp_path, self.TACHE, "e2") is None
        assert retrouver(tmp_path, self.AUTRE, "e1") is None
        for other in (replace(self.TACHE, releve="2024-S1"), replace(self.TACHE, diffusion="publique")):
            assert retrouver(tmp_path, other, "e1") is None

    def test_ce_qui_n_est_plus_une_page_s_oublie(self, tmp_path: Path) -> None:
        for task in (self.TACHE, self.AUTRE):
            garder(tmp_path, Rendu(task), "e1")
        ne_garder_que(tmp_path, [self.AUTRE])
        assert retrouver(tmp_path, self.TACHE, "e1") is None
        assert retrouver(tmp_path, self.AUTRE, "e1") is not None

    def test_ce_qu_ecrivait_un_processus_tue_s_oublie_une_heure_plus_tard(self, tmp_path: Path) -> None:
        garder(tmp_path, Rendu(self.TACHE), "e1")
        old, new = (tmp_path / DOSSIER / "2024-S2" / "interne" / f".national.{pid}.json" for pid in (1, 2))
        for path in (old, new):
            path.touch()
        os.utime(old, (time.time() - 4000,) * 2)
        ne_garder_que(tmp_path, [self.TACHE])
        assert (old.exists(), new.exists()) == (False, True)

    @pytest.mark.parametrize(
        "content",
        ["", "{", "[]", "{}", '{"contenu": {}}', '{"contenu": {"inconnu": 1}, "sceau": "é"}', "\x00", "[" * 9999],
    )
    def test_un_resultat_abime_est_a_refaire(self, tmp_path: Path, content: str) -> None:
        garder(tmp_path, Rendu(self.TACHE), "e1")
        (tmp_path / DOSSIER / "2024-S2" / "interne" / "national.json").write_text(content, encoding="utf-8")
        assert retrouver(tmp_path, self.TACHE, "e1") is None

    def test_un_resultat_altere_est_a_refaire(self, tmp_path: Path) -> None:
        """Another content, another task's, another folder's: its seal is not that of this key."""
        garder(tmp_path, Rendu(self.TACHE, contenu="<p>89</p>"), "e1")
        kept = tmp_path / DOSSIER / "2024-S2" / "interne" / "national.json"
        sealed = kept.read_text(encoding="utf-8")
        kept.write_text(sealed.replace("89", "98"), encoding="utf-8")
        assert retrouver(tmp_path, self.TACHE, "e1") is None
        kept.with_name("qualite.json").write_text(sealed, encoding="utf-8")
        assert retrouver(tmp_path, self.AUTRE, "e1") is None
        garder(tmp_path / "autre", Rendu(self.TACHE), "e1")
        (tmp_path / "autre" / kept.relative_to(tmp_path)).write_text(sealed, encoding="utf-8")
        assert retrouver(tmp_path / "autre", self.TACHE, "e1") is None
        kept.write_text(sealed, encoding="utf-8")
        assert retrouver(tmp_path, self.TACHE, "e1") is not None

    @pytest.mark.parametrize("key", [None, b"", b"court", b"x" * 33])
    def test_une_cle_perdue_ou_abimee_est_remplacee(self, tmp_path: Path, key: bytes | None) -> None:
        garder(tmp_path, Rendu(self.TACHE), "e1")
        path = tmp_path / DOSSIER / CLE
        assert len(path.read_bytes()) == LONGUEUR and path.stat().st_mode & 0o077 == 0
        path.unlink()
        if key is not None:
            path.write_bytes(key)
        assert retrouver(tmp_path, self.TACHE, "e1") is None
        garder(tmp_path, Rendu(self.TACHE), "e1")
        assert retrouver(tmp_path, self.TACHE, "e1") is not None
        assert len(path.read_bytes()) == LONGUEUR and list(path.parent.glob(".cle*")) == []


@pytest.mark.parametrize("key", ["", "2024-S2", "2024-S2/", "2024-S2/regional-99", "2024-S2/autre", "2024-S2/a/b"])
def test_une_execution_inconnue_est_refusee(key: str) -> None:
    with pytest.raises(ErreurBarometre, match="attendu"):
        lire_tache(key)


def test_les_executions_se_relisent() -> None:
    for task in planifier("2024-S2"):
        assert lire_tache(task.cle) == task
