"""What a campaign leaves for machines: its journal, its JSON, the command that it warns."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import fabrique
import pytest
from console import Sortie

from barometre_lib.campagne import atelier, campagne, journal
from barometre_lib.campagne.atelier import executer_ici
from barometre_lib.campagne.consignes import Consignes
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.processus import Delai
from barometre_lib.campagne.taches import planifier
from barometre_lib.commandes import prevenir
from barometre_lib.erreurs import ErreurBarometre

R = "2024-S2"
CLES = ["tache", "releves", "debut", "secondes", "memoire_mo", "verdict", "message"]


def lignes(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sans_espaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class TestJournal:
    def test_chaque_carnet_et_le_controle_y_ont_leur_ligne(self, petite: Path) -> None:
        """Of a real run: what each process took."""
        written = lignes(petite / "journal.jsonl")
        assert all(list(one) == CLES for one in written)
        done = {one["tache"]: one for one in written}
        assert done["controle"]["verdict"] == "accepte" and done["controle"]["releves"] == [R]
        published = {f"{R}/{path.stem}" for path in (petite / "sorties" / R).rglob("*.html") if path.stem != "index"}
        assert {one.replace("regional-", "") for one in done} >= {f"{R}/94", f"{R}/national"}
        assert len(done) == len(written) == len(published) + 1
        for one in written:
            assert one["verdict"] in ("faite", "accepte") and one["debut"].endswith("Z")
            assert 0 < one["secondes"] < 600 and 50 < one["memoire_mo"] < 2000

    def test_un_echec_et_un_delai_y_sont(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def late(*_: Any, mesure: Any, **__: Any) -> None:
            mesure.finir()
            raise Delai

        monkeypatch.setattr(atelier, "executer_a_part", late)
        first, second = planifier(R)[:2]
        workshop = MagicMock()
        done = fabrique.promesse(executer_ici, first, None, None, None, 3)
        workshop.confier.side_effect = [done, campagne.Future()]
        study = SimpleNamespace(
            releve=R, vue=None, consignes=Consignes(tmp_path, journal=tmp_path / "j.jsonl", delai_total=0.2)
        )
        with fabrique.refus("1 carnet sur 2 à faire"):
            campagne.executer_taches(study, [first, second], workshop)
        told = {one["tache"]: one for one in lignes(tmp_path / "j.jsonl")}
        assert told[first.cle]["verdict"] == "echouee" and "3 secondes" in told[first.cle]["message"]
        assert told[first.cle]["memoire_mo"] is None and told[first.cle]["secondes"] >= 0
        assert told[second.cle]["verdict"] == "interrompue"

    def test_un_refus_du_controle_y_est(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise ErreurBarometre("2 défauts")

        monkeypatch.setattr(atelier, "executer_a_part", refuse)
        with fabrique.refus("2 défauts"):
            atelier._note([R], tmp_path, Consignes(tmp_path, journal=tmp_path / "j.jsonl"))
        (one,) = lignes(tmp_path / "j.jsonl")
        assert (one["tache"], one["verdict"], one["message"]) == ("controle", "refuse", "2 défauts")

    def test_un_disque_plein_n_arrete_rien_et_se_dit_une_fois(
        self, petite_publication: tuple[Path, Path], ici: Callable[..., Sortie]
    ) -> None:
        root, published = petite_publication
        (published / R / "national.html").unlink()
        done = ici(R, "--regions", "94", "--sorties", published, "--journal", "/dev/full", racine=root)
        assert done.code == 0 and (published / R / "national.html").exists()
        (told,) = [line for line in done.phrases if "/dev/full" in line]
        assert re.search(r"disque plein \(--journal\) ; il y manque \d+ lignes\.", told)

    def test_un_dossier_parti_n_arrete_rien(self, tmp_path: Path) -> None:
        for _ in range(2):
            journal.noter(tmp_path / "parti" / "j.jsonl", ("controle", [R]), "accepte")
        (told,) = journal.dire_pertes(tmp_path / "parti" / "j.jsonl")
        assert "introuvable" in told and "2 lignes" in told
        assert journal.dire_pertes(tmp_path / "parti" / "j.jsonl") == []

    def test_un_journal_impossible_est_refuse_avant_tout(self, tmp_path: Path, ici: Callable[..., Sortie]) -> None:
        ended = ici(R, "--sorties", tmp_path / "s", "--journal", tmp_path / "rien" / "j.jsonl")
        assert ended.code == 1 and "j.jsonl : " in ended.stderr and "(--journal)" in ended.stderr


def commande(tmp_path: Path, code: str) -> str:
    script = tmp_path / "avertir.py"
    script.write_text(f"import pathlib, sys, time\ntold = sys.stdin.read()\n{code}\n")
    return f"'{sys.executable}' '{script}'"


class TestPrevenir:
    def test_une_releve_publiee_ou_non(
        self,
        petite_publication: tuple[Path, Path],
        tmp_path: Path,
        ici: Callable[..., Sortie],
        sans_carnet: MagicMock,
    ) -> None:
        """The command and stdout have the same; a failure of the command undoes nothing; the journal goes on."""
        root, published = petite_publication
        order = commande(tmp_path, f"pathlib.Path({str(tmp_path / 'dit')!r}).write_text(told)\nsys.exit('non $(id)')")
        kept_in = tmp_path / "j.jsonl"
        kept_in.write_text('{"avant": 1}\n')
        arguments = (R, "--regions", "94", "--sorties", published, "--json", "--prevenir", order, "--journal", kept_in)
        (published / R / "national.html").unlink()
        done = ici(*arguments, racine=root)
        assert done.code == 0
        assert "--prevenir, « " in done.stderr and "code 1 (« non $(id) »)" in done.stderr
        (told,) = json.loads(done.stdout)
        assert told == json.loads((tmp_path / "dit").read_text(encoding="utf-8"))
        assert (told["releve"], told["verdict"], told["pages_faites"], told["periode"]) == (R, "publiee", 0, "2024")
        assert told["pages"] == len(list((published / R).rglob("*.html"))) and len(told["regions_absentes"]) == 17
        assert (told["solde_net"], told["etat"]) == (1, "diffuse") and "solde net" in told["message"]
        assert Path(told["dossier"]) == published / R
        first, *kept = lignes(kept_in)
        assert first == {"avant": 1} and {(one["verdict"], one["secondes"]) for one in kept} == {("gardee", None)}

        sans_carnet.confier.side_effect = lambda task, *_: fabrique.promesse(Rendu, task, "", "", "cellule 3 : cassée")
        failed = ici(*arguments, "--forcer", racine=root)
        assert failed.code == 1
        (told,) = json.loads(failed.stdout)
        assert told == json.loads((tmp_path / "dit").read_text(encoding="utf-8"))
        assert (told["verdict"], told["etat"], told["pages"], told["solde_net"]) == ("echec", "diffuse", 0, None)
        assert "cellule 3" in told["message"] and (published / R / "index.html").exists()
        assert [one.get("verdict") for one in lignes(kept_in)].count("echouee") >= 2

    def test_un_refus_du_controle_se_dit(self, petite_racine: Path, tmp_path: Path, ici: Callable[..., Sortie]) -> None:
        register = petite_racine / "data" / "releves"
        fabrique.ecrire_releve(register, [fabrique.ligne(**fabrique.LIGNE_PETITE | {"emplois": "-5"})])
        refused = ici(R, "2099-S1", "--json", "--sorties", tmp_path / "s", racine=petite_racine)
        assert refused.code == 1
        assert [(one["releve"], one["verdict"]) for one in json.loads(refused.stdout)] == [
            (R, "echec"),
            ("2099-S1", "echec"),
        ]
        refused = ici(R, "--json", "--sorties", tmp_path / "s", racine=petite_racine)
        assert [one["verdict"] for one in json.loads(refused.stdout)] == ["refusee"]

    @pytest.mark.parametrize(
        ("order", "dit"),
        [
            ("/nulle/part", "introuvable ; personne"),
            ("code:time.sleep(60)", "pas fini en 1 secondes, arrêtée"),
            # A child that keeps its streams open is not waited for.
            ("code:import subprocess; subprocess.Popen(['sleep', '60'])", ""),
            ("code:assert '$' not in sys.argv", ""),
        ],
        ids=["absente", "sans fin", "enfant", "bonne"],
    )
    def test_sa_defaillance_se_dit(self, tmp_path: Path, order: str, dit: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(prevenir, "DELAI", 1 if "sleep(" in order else 30)
        text = commande(tmp_path, order.removeprefix("code:")) if order.startswith("code:") else order
        words = prevenir.lire_commande(MagicMock(), MagicMock(), text)
        said = sans_espaces(prevenir.prevenir(words, {"releve": R}))
        assert dit in said if dit else said == ""

    @pytest.mark.parametrize("order", ["'", "''", "  "])
    def test_une_commande_illisible_est_refusee(self, order: str, ici: Callable[..., Sortie]) -> None:
        assert ici(R, "--prevenir", order).code == 2

    def test_a_blanc_ne_publie_rien(self, ici: Callable[..., Sortie]) -> None:
        assert ici(R, "--a-blanc", "--json").code == 2
