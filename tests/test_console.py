"""The command line that people expect: its help, its completion, its JSON, its bars."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partialmethod
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import click
import fabrique
import pandas as pd
import pytest
from click.shell_completion import ShellComplete
from console import lancer
from tqdm import tqdm

from barometre_lib.campagne.campagne import executer_taches
from barometre_lib.campagne.consignes import Consignes, dire_publications
from barometre_lib.campagne.execution import Rendu
from barometre_lib.campagne.taches import planifier
from barometre_lib.cli import cli, main
from barometre_lib.commandes.graphique import dessiner
from barometre_lib.console import COMPLETION, ecrire_signes
from barometre_lib.console import lancer as lancer_groupe
from barometre_lib.nomenclatures import Nomenclatures


class TestAide:
    def test_seule_elle_montre_son_aide(self, capsys: pytest.CaptureFixture[str]) -> None:
        ended = lancer(capsys)
        assert (ended.code, ended.stdout) == (2, "")
        assert ended.stderr.startswith("Usage : barometre") and "publier" in ended.stderr
        assert "Erreur" not in ended.stderr and ended.stderr.count("Usage") == 1

    @pytest.mark.parametrize("command", ["", *sorted(cli.commands)])
    def test_h_est_l_aide_de_chaque_commande(self, command: str, capsys: pytest.CaptureFixture[str]) -> None:
        short, long = (lancer(capsys, *filter(None, [command]), option) for option in ("-h", "--help"))
        assert (short.code, short.stdout) == (0, long.stdout)
        assert "-h, --help" in short.stdout


class TestCompletion:
    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("barometre retab", ["retablir"]),
            ("barometre publier 2024-S2 2025-", ["2025-S1", "2025-S2"]),
            ("barometre publier 2024-S2 --regions 84,1", ["84,11"]),
            ("barometre modele --region 9", ["93", "94"]),
            ("barometre executer 2024-S2/nat", ["2024-S2/national"]),
            ("barometre executer 2024-S2/regional-9", ["2024-S2/regional-93", "2024-S2/regional-94"]),
            ("barometre etude 2024-S2 --variante seuil-1", ["seuil-10"]),
            ("barometre compter 2024-S2 --par annee,re", ["annee,region"]),
            ("barometre reviser 2024-S2 --depuis 2023", ["2023-S2"]),
            ("barometre publier --diffusion pub", ["publique"]),
        ],
    )
    def test_ce_qui_complete(self, line: str, found: list[str]) -> None:
        *words, last = line.split(" ")[1:]
        offered = ShellComplete(cli, {}, "barometre", COMPLETION).get_completions(words, last)
        assert [one.value for one in offered] == found

    def test_un_projet_absent_ne_complete_rien(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BAROMETRE_RACINE", str(tmp_path))
        shell = ShellComplete(cli, {}, "barometre", COMPLETION)
        for words in (["decider", "--registre", str(tmp_path)], ["modele", "--region"], ["etude", "--variante"]):
            assert shell.get_completions(words, "") == []

    def test_la_commande_repond_a_fish_avec_des_mots(self) -> None:
        program = Path(sys.executable).parent / "barometre"
        line = "barometre modele --region 84"
        asked = {COMPLETION: "fish_complete", "COMP_WORDS": line, "COMP_CWORD": "84"}
        done = subprocess.run([program], env=os.environ | asked, capture_output=True, encoding="utf-8", check=True)
        assert done.stdout == "plain,84\tAuvergne-Rhône-Alpes\n"

    @pytest.mark.skipif(not shutil.which("bash"), reason="bash is missing")
    def test_bash_complete_par_le_script(self) -> None:
        """The script as a user has it, in a real bash."""
        program = Path(sys.executable).parent
        script = (
            'eval "$(barometre completion bash)"; COMP_WORDS=(barometre verifier 2024-S); COMP_CWORD=2; '
            '_barometre_completion barometre; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        environment = os.environ | {"PATH": f"{program}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["2024-S1", "2024-S2"]

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_chaque_shell_a_son_script(self, shell: str, capsys: pytest.CaptureFixture[str]) -> None:
        ended = lancer(capsys, "completion", shell)
        assert ended.code == 0 and ended.stderr == "" and f"{COMPLETION}={shell}_complete" in ended.stdout


class TestJson:
    @pytest.mark.parametrize("command", [("decider",), ("compter", "--par", "annee,region"), ("compter", "--motifs")])
    def test_le_json_dit_ce_que_dit_le_csv(
        self, command: tuple[str, ...], petite_racine: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = (command[0], "2024-S2", *command[1:], "--registre", str(petite_racine / "data" / "releves"))
        told = lancer(capsys, *arguments, "--json")
        rows, header = json.loads(told.stdout), lancer(capsys, *arguments).stdout.splitlines()
        assert rows and [list(one) for one in rows] == [header[0].split(";")] * (len(header) - 1)
        assert [";".join("" if v is None else str(v) for v in one.values()) for one in rows] == header[1:]
        number = {"decider": "compte", "compter": "nombre" if "--motifs" in command else "solde_net"}[command[0]]
        assert all(isinstance(one[number], int) for one in rows)

    def test_une_erreur_laisse_la_sortie_vide(self, capsys: pytest.CaptureFixture[str]) -> None:
        ended = lancer(capsys, "compter", "2099-S1", "--par", "annee", "--json")
        assert (ended.code, ended.stdout) == (1, "") and "2099-S1" in ended.stderr


def tracer(nets: list[int | None], monkeypatch: pytest.MonkeyPatch, largeur: int = 60) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(largeur))
    codes = ["84", "11", "53", "94", "01"][: len(nets)]
    table = pd.DataFrame({"region": codes, "solde_net": pd.array(nets, dtype="Int64")})
    return dessiner(table, ["region"], Nomenclatures.du_projet())


class TestGraphique:
    def test_une_barre_est_a_l_echelle_de_son_solde(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = tracer([32, 16, -8, 0, None], monkeypatch)
        full, half, loss, zero, unknown = lines
        assert [one.count("█") for one in (full, half)] == [full.count("█"), full.count("█") // 2]
        assert loss.index("█") < loss.index("│") and abs(loss.count("█") - full.count("█") / 4) <= 1
        assert len({one.index("│") for one in lines}) == 1
        assert zero.endswith("│") and unknown.endswith("│") and " n. d. " in unknown
        assert full.startswith("Auvergne-Rhône-Alpes    +32  ") and "−8" in loss

    @pytest.mark.parametrize("largeur", [40, 60, 80, 200])
    @pytest.mark.parametrize("nets", [[3, 1], [-300, -1], [1, -1], [0, 0], [100000, -100000], [None]])
    def test_elle_tient_dans_le_terminal(
        self, nets: list[int | None], largeur: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for line, net in zip(tracer(nets, monkeypatch, largeur), nets, strict=True):
            assert len(line) <= largeur
            assert bool(set(line) & set("█▌▐▏▎▍▋▊▉")) == bool(net)

    @pytest.mark.parametrize("largeur", [40, 60, 80])
    def test_deux_noms_coupes_restent_differents(self, largeur: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", str(largeur))
        names, dimensions = Nomenclatures.du_projet(), ["departement", "sous_secteur"]
        table = pd.DataFrame(list(product(*map(names.libelles, dimensions))), columns=dimensions).assign(solde_net=1)
        lines = dessiner(table, dimensions, names)
        assert len({line.partition("+1")[0] for line in lines}) == len(lines) > 1000
        assert max(map(len, lines)) <= largeur

    def test_la_commande(self, petite_racine: Path, capsys: pytest.CaptureFixture[str]) -> None:
        where = ("--registre", str(petite_racine / "data" / "releves"))
        ended = lancer(capsys, "compter", "2024-S2", "--par", "annee", "--graphique", *where)
        assert ended.code == 0 and ended.stdout.splitlines()[-1].startswith("2024  +1  │█")
        for other in (("--motifs",), ("--par", "annee", "--json")):
            assert lancer(capsys, "compter", "2024-S2", *other, "--graphique", *where).code == 2


def montrer(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    """Return what shows on a terminal, or in a pipe, of what is written on both streams."""
    reader, writer = os.openpty() if terminal else os.pipe()
    if terminal:
        termios.tcsetwinsize(writer, (24, 80))
    with os.fdopen(writer, "w", encoding="utf-8") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        act()
    shown = b""
    # A terminal that nobody writes on any more ends with an error, a pipe with nothing.
    with suppress(OSError):
        while piece := os.read(reader, 65536):
            shown += piece
    os.close(reader)
    return shown.decode("utf-8").replace("\r\n", "\n")


class TestTerminal:
    @pytest.mark.parametrize("command", ["compter", "reviser"])
    def test_les_couleurs_ne_sont_que_pour_lui(
        self, petite_racine: Path, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        where = [
            "compter",
            "2024-S2",
            "--par",
            "annee",
            "--graphique",
            "--registre",
            petite_racine / "data" / "releves",
        ]
        monkeypatch.setattr(sys, "argv", ["barometre", *map(str, where)])

        def act() -> None:
            if command == "reviser":
                ecrire_signes(pd.DataFrame({"mouvement": ["a", "b", "c"], "solde_net": [1, -1, 0]}), "solde_net")
                return
            with pytest.raises(SystemExit):
                main()

        monkeypatch.delenv("NO_COLOR", raising=False)
        shown, piped = (montrer(act, monkeypatch, terminal=one) for one in (True, False))
        assert "\x1b[32m" in shown and re.sub(r"\x1b\[\d+m", "", shown) == piped != ""
        monkeypatch.setenv("NO_COLOR", "1")
        assert montrer(act, monkeypatch, terminal=True) == piped

    def test_l_avancement_et_le_temps_qui_reste_ne_sont_que_pour_lui(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        study: Any = SimpleNamespace(releve="2024-S2", vue=None, consignes=Consignes(tmp_path, regles=["seuil=1"]))
        tasks, workshop = planifier("2024-S2")[:2], MagicMock()

        def execute() -> None:
            workshop.confier.side_effect = [fabrique.promesse(Rendu, one, "", "") for one in tasks]
            executer_taches(study, tasks, workshop)

        monkeypatch.setattr("tqdm.std.tqdm.__init__", partialmethod(tqdm.__init__, mininterval=0))
        shown = re.sub("[\u00a0\u202f]", " ", montrer(execute, monkeypatch, terminal=True))
        assert re.search(r"Pages : +0 % \|.*0 sur 2 \[00:00, reste \?\]", shown)
        assert re.search(r"Pages : 100 % \|.*2 sur 2 \[00:00, reste 00:00\]", shown)
        assert montrer(execute, monkeypatch, terminal=False) == ""


class TestEtat:
    def test_ce_qui_est_publie_se_dit(self, tmp_path: Path) -> None:
        register = fabrique.RACINE / "data" / "releves"
        assert dire_publications("2024-S2", tmp_path, register) == [
            f"Aucune publication de la relève 2024-S2 dans {tmp_path}."
        ]
        fabrique.deposer_publication(tmp_path / "2024-S2")
        public = tmp_path / "publique" / "2024-S2"
        fabrique.deposer_publication(public, publique=True)
        os.utime(public / "manifeste.json", (1_700_000_000, 1_700_000_000))
        internal, said = (one.replace("\u00a0", " ") for one in dire_publications("2024-S2", tmp_path, register))
        assert (
            internal.startswith("Édition interne faite le ")
            and internal.endswith("a changé depuis.")
            and said == ("Édition publique faite le 14 novembre 2023, diffusée.")
        )
        (public / "note.txt").touch()
        assert "note.txt" in dire_publications("2024-S2", tmp_path, register)[1]

    def test_une_publication_a_jour_l_est(self, petite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BAROMETRE_RACINE", str(petite / "racine"))
        register = petite / "racine" / "data" / "releves"
        (told,) = dire_publications("2024-S2", petite / "sorties", register)
        assert told.startswith("Édition interne faite le ") and "changé" not in told


def test_chaque_option_a_une_aide() -> None:
    silent = [
        f"{name} {one.name}"
        for name, command in cli.commands.items()
        for one in command.params
        if isinstance(one, click.Option) and not one.help
    ]
    assert silent == []


class Ignorante:
    """What Python calls where nothing can be raised."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("arreter", [lambda: signal.raise_signal(signal.SIGTERM), Ignorante], ids=["levee", "ignoree"])
def test_un_arret_qu_une_bibliotheque_dit_a_sa_facon_est_un_arret(
    arreter: Callable[[], object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pydantic, stopped while it built a model, raised a SchemaError: the command ended by a traceback."""

    @click.command()
    def construire() -> None:
        with suppress(KeyboardInterrupt):
            arreter()
        raise ValueError("Error building")

    ignored = list[Any]()
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    monkeypatch.setattr(sys, "argv", ["barometre", "construire"])
    assert lancer_groupe(click.Group(commands={"construire": construire})) == 130
    assert (capsys.readouterr().err, ignored) == ("Interrompu.\n", [])
