"""The campaign as its users run it: real processes, and what a failure leaves behind."""

import hashlib
import io
import json
import os
import re
import shutil
import signal
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from unittest.mock import MagicMock

import fabrique
import nbformat
import psutil
import pytest
from console import Sortie
from filelock import FileLock
from processus import attendre, demarrer, fichiers, lancer, publies, roles, vivants

from barometre_lib.barometre import Barometre
from barometre_lib.campagne import dossier
from barometre_lib.campagne.cache import DOSSIER
from barometre_lib.campagne.dossier import ANCIENNE, NOUVELLE, VERROU, chantier, mettre_en_place
from barometre_lib.campagne.empreintes import empreinte_carnet
from barometre_lib.campagne.execution import Rendu, dire_echecs, normaliser
from barometre_lib.campagne.marques import marquer
from barometre_lib.campagne.taches import choisir, lire_tache, planifier
from barometre_lib.erreurs import ErreurBarometre
from barometre_lib.nomenclatures import Nomenclatures
from barometre_lib.qualite.controle import examiner

DE_FRANCE = ("national", "qualite", "methodologie", "revisions", "sensibilite")


def deballer(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [data for one in archive.namelist() for data in (one.encode(), archive.read(one))]


class TestPublication:
    """The publication of the demonstration relève, made once for the session."""

    def test_tout_est_la(self, publication: Path, nomenclatures: Nomenclatures) -> None:
        expected = {"index.html", "manifeste.json", *(f"{name}.html" for name in DE_FRANCE)}
        expected |= {f"notebooks/{name}.ipynb" for name in DE_FRANCE}
        expected |= {f"regions/{region}.html" for region in nomenclatures.regions}
        expected |= {f"notebooks/regional-{region}.ipynb" for region in nomenclatures.regions}
        tables = {name for name in fichiers(publication) if name.startswith("tableaux/")}
        assert "tableaux/barometre-2024-S2.xlsx" in tables and len(tables) == 20
        assert set(fichiers(publication)) == expected | tables
        assert {path.name for path in publication.parent.iterdir()} == {"2024-S2", "index.html", DOSSIER}

    def test_le_manifeste_dit_vrai(self, publication: Path) -> None:
        manifest = json.loads((publication / "manifeste.json").read_text(encoding="utf-8"))
        outputs = {name: hashlib.sha256(data).hexdigest() for name, data in fichiers(publication).items()}
        del outputs["manifeste.json"]
        assert manifest["sorties"] == outputs
        rows = fabrique.RACINE / "data" / "releves" / "2024-S2" / "84.csv"
        assert manifest["donnees"]["2024-S2/84.csv"] == hashlib.sha256(rows.read_bytes()).hexdigest()
        assert manifest["demonstration"] is True
        assert manifest["regions_absentes"] == []

    def test_rien_de_la_machine(self, publication: Path) -> None:
        for name, data in fichiers(publication).items():
            # What is compressed holds the two letters of a short name by chance.
            parts = deballer(data) if name.endswith(".xlsx") else [data]
            text = "\n".join(part.decode("utf-8", errors="replace") for part in parts)
            for foreign in (str(fabrique.RACINE), str(publication.parent), "/tmp", os.uname().nodename):
                assert foreign not in text, f"{name} porte {foreign}"

    def test_memes_octets_refaits_repares_ou_gardes(self, publication: Path, tmp_path: Path) -> None:
        """With one process, elsewhere: two pages made again, a page altered and a notebook lost made good.

        `barometre verifier` makes all those of a small root again.
        """
        sorties = shutil.copytree(publication.parent, tmp_path / "autre dossier")
        for name in ("national", "regional-84"):
            (sorties / DOSSIER / "2024-S2" / "interne" / f"{name}.json").unlink()
        (sorties / "2024-S2" / "regions" / "11.html").write_text("autre chose", encoding="utf-8")
        (sorties / "2024-S2" / "notebooks" / "regional-93.ipynb").unlink()
        done = lancer("publier", "2024-S2", "--processus", "1", "--sorties", sorties)
        assert done.returncode == 0, done.stderr
        assert "2 pages faites, 21 gardées" in done.stderr.replace("\u00a0", " ")
        assert fichiers(sorties) == fichiers(publication.parent)

    def test_les_carnets_executes_ne_portent_ni_duree_ni_date(self, publication: Path) -> None:
        for path in (publication / "notebooks").iterdir():
            notebook = nbformat.read(path, as_version=4)
            assert "papermill" not in notebook.metadata
            for cell in notebook.cells:
                assert not {"papermill", "execution"} & set(cell.metadata)
            nbformat.validate(notebook)

    def test_regions_refuse_des_pages_d_une_autre_entree(
        self, publication: Path, tmp_path: Path, ici: Callable[..., Sortie]
    ) -> None:
        shutil.copytree(publication.parent, tmp_path / "s")
        for path, names in (
            (tmp_path / "s" / "2024-S2" / "manifeste.json", ["code"]),
            (tmp_path / "s" / DOSSIER / "2024-S2" / "interne" / "regional-11.json", ["sceau"]),
        ):
            content = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps(content | dict.fromkeys(names, "0" * 64)), encoding="utf-8")
        before = fichiers(tmp_path)
        ended = ici("2024-S2", "--regions", "94", "--sorties", tmp_path / "s")
        assert ended.code == 1
        assert "regions/11.html" in ended.stderr
        assert "sans --regions" in ended.stderr
        assert fichiers(tmp_path) == before

    def test_une_publication_partielle_se_dit(self, petite: Path) -> None:
        assert "5 pages faites, publication partielle (17 régions absentes)" in (petite / "dit").read_text("utf-8")
        assert "Publication partielle" in (petite / "sorties" / "2024-S2" / "index.html").read_text(encoding="utf-8")


def test_rien_de_l_utilisateur_n_est_lu_ni_touche(petite: Path) -> None:
    """Its start-up file would stop a notebook; the fixture itself sees that the temporary folder is left empty."""
    assert len(fichiers(petite / "avant")) == 2
    assert fichiers(petite / "maison") == fichiers(petite / "avant")


def test_un_avertissement_arrete_la_publication_jusqu_a_son_acquittement(
    petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie], sans_carnet: MagicMock
) -> None:
    """And nothing of what the cells say, references of rows apart, leaves the register for it.

    Notebooks run meanwhile: they are not waited for, nor what they say told.
    """
    failed = fabrique.promesse(lambda: Rendu(lire_tache("2024-S2/national"), erreur="carnet en échec"))
    sans_carnet.confier.side_effect = lambda task, *_: failed if task.page.nom == "national" else Future()
    free = ("nom_site", "entreprise", "capacite", "activite", "aides", "commentaire")
    secret = {name: f"SECRET {name}" for name in free} | {"effectif": 777777, "investissement_meur": 888888}
    rows = fabrique.lignes(
        {"id_mouvement": "84-2", "date_effet": "2031-03-07"} | secret, {"id_mouvement": "84-3"} | secret
    )
    fabrique.ecrire_releve(petite_racine / "data" / "releves", rows)
    publish = ("2024-S2", "--regions", "94", "--sorties", tmp_path / "s")
    told = [ici(*publish, racine=petite_racine).stderr]
    assert "realise_apres_releve" in told[0] and "investissement_hors_norme" in told[0]
    assert "3 avertissements à corriger" in told[0] and "--avertissements DIR" in told[0]
    assert "en échec" not in told[0]
    assert not (tmp_path / "s").exists()

    found = examiner(Barometre.charger("2024-S2", registre=petite_racine / "data" / "releves"), ())
    acknowledged = [
        *fabrique.justifier(found, "realise_apres_releve", raison="Essai bien relu."),
        *fabrique.justifier(found, "investissement_hors_norme", raison="Montants vérifiés."),
    ]
    fabrique.ecrire_acquittements(petite_racine, "2024-S2", acknowledged)
    # Nothing waits any more: what is told now is the notebook.
    sans_carnet.confier.side_effect = lambda *_: failed
    told.append(ici(*publish, racine=petite_racine).stderr)
    assert "en échec" in told[-1] and "à corriger" not in told[-1]
    for trace in ("SECRET", "777777", "777\u202f777", "888888", "888\u202f888", "2031-03-07"):
        assert [text for text in told if trace in text] == []

    fabrique.ecrire_acquittements(petite_racine, "2024-S2", acknowledged[:-1])
    ended = ici(*publish, racine=petite_racine)
    assert ended.code == 1
    assert "1 avertissement à corriger" in ended.stderr


def ajouter(racine: Path, source: str, *, carnet: str = "regional") -> None:
    """Put a line at the head of the computing cell of a notebook."""
    path = racine / "notebooks" / f"{carnet}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[5].source = f"{source}\n{notebook.cells[5].source}"
    nbformat.write(notebook, path)


# What the notebook of each region does before it computes, and the sentence that is said of it; the process of 84 is
# killed once, that of 94 each time.
MALHEURS = """
import os, pathlib, signal
ici = pathlib.Path({dossier!r}, region)
ici.write_text(ici.read_text() + "x" if ici.exists() else "x")
if region == "94" or (region == "84" and ici.read_text() == "x"):
    os.kill(os.getpid(), signal.SIGKILL)
if region == "11":
    display(pathlib.Path.home() / "x")
if region == "53":
    raise ValueError("trait <b>cassé</b>\\nen deux lignes")
"""
PHRASES = {
    "Carnets methodologie et national (methodologie.ipynb, national.ipynb)": "pas un carnet Jupyter",
    "Carnet regional-11": "cellule « calcul », « import os, pathlib, signal » : sa sortie montre un chemin",
    "Carnet regional-53": "pathlib, signal » : ValueError : trait <b>cassé</b> en deux lignes",
    "Carnet regional-94": "un des processus s'est arrêté brutalement",
}


def test_des_carnets_echouent_les_autres_non_et_la_campagne_reprend(
    petite: Path, petite_publication: tuple[Path, Path], tmp_path: Path, ici: Callable[..., Sortie]
) -> None:
    """Each fault in a sentence, nothing published; mended, the rest is kept: test_pannes.py resumes for real."""
    root, _ = petite_publication
    (tmp_path / "vus").mkdir()
    ajouter(root, MALHEURS.format(dossier=str(tmp_path / "vus")))
    (root / "notebooks" / "national.ipynb").write_text("{pas du json", encoding="utf-8")
    (root / "notebooks" / "methodologie.ipynb").write_text("{}", encoding="utf-8")
    sorties = tmp_path / "s"
    before = fichiers(fabrique.deposer_publication(sorties / "2024-S2"))
    done = lancer(*("publier", "2024-S2", "--regions", "94,84,53,11", "--sorties", sorties), BAROMETRE_RACINE=str(root))
    assert done.returncode == 1
    *lines, total = re.sub("[\u00a0\u202f]", " ", done.stderr).splitlines()
    told = {line.split(" : ")[0]: line for line in lines}
    assert set(told) == set(PHRASES) and len(told) == len(lines)
    assert all(said in told[names] for names, said in PHRASES.items()), lines
    assert total == f"5 carnets sur {len(DE_FRANCE) + 3} en échec ; rien n'a été publié."
    assert publies(sorties) == {f"2024-S2/{name}": data for name, data in before.items()}
    # A process that dies is replaced once.
    tries = {path.name: len(path.read_text(encoding="utf-8")) for path in (tmp_path / "vus").iterdir()}
    assert tries == {"94": 2, "84": 2, "53": 1, "11": 1}
    kept = {path.stem for path in (sorties / DOSSIER).rglob("*.json")}
    assert kept == {"qualite", "revisions", "regional-84"}

    shutil.rmtree(sorties / "2024-S2")
    shutil.copytree(petite / "racine" / "notebooks", root / "notebooks", dirs_exist_ok=True)
    publish = ("2024-S2", "--regions", "94", "--sorties", sorties)
    plan = ici(*publish, "--a-blanc", racine=root)
    assert plan.stdout == "2024-S2/national\n2024-S2/methodologie\n2024-S2/regional-94\n", plan.stderr


def test_un_carnet_qui_echoue_pour_toutes_ses_pages_le_dit_une_fois() -> None:
    tasks = planifier("2024-S2")
    results = [Rendu(task, erreur="cassé" if task.region else "autre" if task is tasks[0] else "") for task in tasks]
    assert dire_echecs(results) == [
        "Carnet national : autre",
        "Carnets regional-01, regional-02, regional-03 et 15 autres (regional.ipynb) : cassé",
    ]
    assert dire_echecs(results[-4:])[0].startswith("Carnets regional-76, regional-84, regional-93 et regional-94 (")


def test_un_contact_mal_ecrit_est_dit_avant_tout_carnet(
    petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]
) -> None:
    for name in ("84", "ministere"):
        path = petite_racine / "params" / "regions" / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("@", " arobase "), encoding="utf-8")
    ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert sorted(re.findall(r"(\w+)\.yaml, ligne \d+, « courriel »", ended.stderr)) == ["84", "ministere"]
    assert not (tmp_path / "s").exists()


def test_un_carnet_absent_est_dit(petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]) -> None:
    (petite_racine / "notebooks" / "regional.ipynb").unlink()
    ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert "regional" in ended.stderr and "attendu un carnet du dossier notebooks/" in ended.stderr
    assert not (tmp_path / "s").exists()


def test_des_exemples_d_un_autre_registre_sont_refuses_avant_tout_carnet(
    petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]
) -> None:
    edition = petite_racine / "params" / "releves" / "2024-S2.yaml"
    text = edition.read_text(encoding="utf-8").replace("exemples: {}", 'exemples:\n  "84": ["84-00331"]')
    edition.write_text(text, encoding="utf-8")
    ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert len(ended.phrases) == 1
    assert "84-00331" in ended.stderr
    assert "retirez-le ou remplacez-le" in ended.stderr
    assert not (tmp_path / "s").exists()


def test_toutes_les_releves_sont_controlees_avant_la_premiere_publication(
    petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]
) -> None:
    folder = petite_racine / "data" / "releves"
    fabrique.ecrire_releve(folder, [], "2025-S1")
    (folder / "2025-S1" / "11.csv").unlink()
    ended = ici("2024-S2", "2025-S1", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert "2025-S1/11.csv" in ended.stderr
    assert not (tmp_path / "s").exists()


def test_executer_un_carnet_dans_jupyterlab_ne_change_pas_son_empreinte(tmp_path: Path) -> None:
    source = fabrique.RACINE / "notebooks" / "regional.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    notebook.cells[3].execution_count = 4
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="vu")]
    nbformat.write(notebook, tmp_path / "x.ipynb")
    assert empreinte_carnet(tmp_path / "x.ipynb") == empreinte_carnet(source)
    notebook.cells[0].attachments = {"carte.png": {"image/png": "AAAA"}}
    nbformat.write(notebook, tmp_path / "x.ipynb")
    pasted = empreinte_carnet(tmp_path / "x.ipynb")
    assert pasted != empreinte_carnet(source)
    notebook.cells[3].source += "\n1"
    nbformat.write(notebook, tmp_path / "x.ipynb")
    assert empreinte_carnet(tmp_path / "x.ipynb") not in (pasted, empreinte_carnet(source))


class TestInterruption:
    """Real processes, stopped while notebooks are at work."""

    @pytest.mark.parametrize(
        ("envoyer", "signal_recu"),
        [(os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM), (os.killpg, signal.SIGHUP)],
        ids=["Ctrl-C", "SIGTERM", "terminal ferme"],
    )
    def test_interrompue_elle_ne_laisse_rien(
        self,
        petite_racine: Path,
        temporaire: Path,
        envoyer: Callable[[int, signal.Signals], None],
        signal_recu: signal.Signals,
    ) -> None:
        """While two notebooks are at work for Ctrl-C, as soon as there is a fork server for the others."""
        at_work = signal_recu == signal.SIGINT
        marks, private, sorties = (temporaire / name for name in ("vus", "t", "s"))
        for folder in (marks, private):
            folder.mkdir()
        here = f"import os, pathlib, time; (pathlib.Path({str(marks)!r}) / str(os.getpid())).touch()"
        for carnet in ("regional", "national", "qualite"):
            ajouter(petite_racine, f"{here}; time.sleep(300)", carnet=carnet)
        process = demarrer(
            *("publier", "2024-S2", "--processus", "2", "--sorties", sorties),
            BAROMETRE_RACINE=str(petite_racine),
            TMPDIR=str(private),
        )
        parent = psutil.Process(process.pid)
        if at_work:
            attendre(lambda: len(list(marks.iterdir())) >= 2)
        else:
            attendre(lambda: roles(parent)["serveur"] and roles(parent)["veilleur"])
        started = parent.children(recursive=True)
        # The fork server, multiprocessing's tracker, the watcher, and two notebooks when they are at work.
        assert len(started) >= (5 if at_work else 3)
        envoyer(process.pid, signal_recu)
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (130, "Interrompu.\n")
        assert not sorties.exists() or publies(sorties) == {}
        assert list(private.iterdir()) == []
        attendre(lambda: not vivants(started))


def test_un_registre_refuse_n_ecrit_rien(petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]) -> None:
    path = petite_racine / "data" / "releves" / "2024-S2" / "84.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2024-05-02", "2024-02-31"), encoding="utf-8")
    ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert "84.csv, ligne 2, colonne « date_effet »" in ended.stderr
    assert "2024-02-31" in ended.stderr
    assert "Carnet" not in ended.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2031-S1",), "introuvable"),
        (("2024-S3",), "AAAA-S1"),
        (("2024-S2", "--regions", "99"), "99"),
    ],
    ids=["releve inconnue", "releve mal ecrite", "region inconnue"],
)
def test_une_demande_impossible_est_refusee_avant_tout(
    arguments: tuple[str, ...], said: str, tmp_path: Path, ici: Callable[..., Sortie]
) -> None:
    ended = ici(*arguments, "--sorties", tmp_path / "s")
    assert ended.code == 1
    assert said in ended.stderr
    assert len(ended.phrases) == 1
    assert not (tmp_path / "s").exists()


def test_une_edition_absente_est_refusee(petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]) -> None:
    (petite_racine / "params" / "releves" / "2024-S2.yaml").unlink()
    ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
    assert ended.code == 1
    assert "2024-S2.yaml" in ended.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("2024-S2", "--processus", "0"),
        ("2024-S2", "--inconnue"),
        ("2024-S2", "--delai", "0"),
        ("2024-S2", "--delai-total", "inf"),
        ("2024-S2", "--a-blanc", "--diffusion", "publique"),
        ("2024-S2", "2025-S1", "--rectificatif", "x"),
    ],
    ids=str,
)
def test_un_mauvais_usage_sort_en_2(arguments: tuple[str, ...], ici: Callable[..., Sortie]) -> None:
    ended = ici(*arguments)
    assert ended.code == 2
    assert "Erreur" in ended.stderr


class TestDossier:
    def test_deux_campagnes_a_la_fois(self, tmp_path: Path) -> None:
        second = chantier(tmp_path, "2024-S2")
        with chantier(tmp_path, "2024-S2"), pytest.raises(ErreurBarometre, match="autre campagne"):
            second.__enter__()
        assert list(tmp_path.iterdir()) == []

    def test_un_verrou_abandonne_ne_bloque_pas(self, tmp_path: Path) -> None:
        (tmp_path / VERROU).touch()
        with chantier(tmp_path, "2024-S2") as work:
            assert work.is_dir()
        assert list(tmp_path.iterdir()) == []

    def test_un_verrou_tenu_ailleurs_sort_en_1(
        self, petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]
    ) -> None:
        (tmp_path / "s").mkdir()
        with FileLock(tmp_path / "s" / VERROU):
            ended = ici("2024-S2", "--sorties", tmp_path / "s", racine=petite_racine)
        assert ended.code == 1
        assert "une autre campagne y travaille" in ended.stderr

    def test_remplace_et_ne_laisse_rien(self, tmp_path: Path) -> None:
        (tmp_path / "2024-S2").mkdir()
        (tmp_path / "2024-S2" / "vieux").touch()
        with chantier(tmp_path, "2024-S2") as work:
            (work / "neuf").touch()
            mettre_en_place(work, tmp_path, "2024-S2")
        assert set(fichiers(tmp_path)) == {"2024-S2/neuf"}

    def test_sans_echange_un_arret_entre_les_deux_remet_la_precedente(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "2024-S2").mkdir()
        (tmp_path / "2024-S2" / "vieux").touch()
        replace = Path.replace

        def stop(path: Path, target: Path) -> Path:
            if path.name == NOUVELLE and target.name == "2024-S2":
                raise KeyboardInterrupt
            return replace(path, target)

        monkeypatch.setattr(dossier, "echanger", lambda *_: False)
        monkeypatch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt), chantier(tmp_path, "2024-S2") as work:
            mettre_en_place(work, tmp_path, "2024-S2")
        assert set(fichiers(tmp_path)) == {"2024-S2/vieux"}

    def test_une_campagne_tuee_entre_deux_est_reparee(self, tmp_path: Path) -> None:
        for releve in ("2024-S2", "2023-S2"):
            work = tmp_path / f".travail-{releve}"
            marquer(work)
            (work / NOUVELLE).mkdir()
            (work / NOUVELLE / "commencee").touch()
        (tmp_path / ".travail-2024-S2" / ANCIENNE).mkdir()
        (tmp_path / ".travail-2024-S2" / ANCIENNE / "publiee").touch()
        with pytest.raises(KeyboardInterrupt), chantier(tmp_path, "2024-S2"):
            assert set(fichiers(tmp_path)) - {VERROU} == {"2024-S2/publiee", ".travail-2024-S2/.barometre"}
            raise KeyboardInterrupt
        assert set(fichiers(tmp_path)) == {"2024-S2/publiee"}


class TestPlan:
    def test_une_tache_par_page_du_catalogue(self) -> None:
        tasks = planifier("2024-S2")
        assert len({task.cle for task in tasks}) == len(tasks) == len(DE_FRANCE) + 18
        assert [task.page.nom for task in tasks[: len(DE_FRANCE) + 1]] == [*DE_FRANCE, "regional-01"]
        internal = ("qualite", "sensibilite")
        public = planifier("2024-S2", "publique")
        assert [task.page.nom for task in public] == [one.page.nom for one in tasks if one.page.nom not in internal]

    def test_la_region_01_reste_un_texte(self) -> None:
        (task,) = (one for one in planifier("2024-S2") if one.region == "01")
        assert task.parametres == {"releve": "2024-S2", "region": "01"}

    def test_choisir_garde_la_france(self) -> None:
        chosen = choisir(planifier("2024-S2"), ["84"])
        assert [task.page.nom for task in chosen] == [*DE_FRANCE, "regional-84"]


def test_normaliser_met_a_part_la_sortie_d_erreur() -> None:
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["injected-parameters"], "papermill": {"duration": 1}})
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="/chez/moi/x.py:1: attention\n"),
        nbformat.v4.new_output("stream", name="stdout", text="vu"),
    ]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"start_time": "…"}})
    assert normaliser(notebook) == "/chez/moi/x.py:1: attention"
    assert [output.name for output in notebook.cells[0].outputs] == ["stdout"]
    assert notebook.cells[0].id == "parametres-injectes"
    assert "papermill" not in notebook.metadata
