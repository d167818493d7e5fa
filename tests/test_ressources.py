"""Limits of the system too low for a campaign: said in French, found and needed, before anything is imported."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import fabrique
import pytest
from processus import BAROMETRE, environnement

from barometre_lib.chemins import situer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and unprivileged users of Linux")
NOBODY = "65534"
# An ordinary user, who may read this project wherever it stands, and writes where he is let.
ORDINAIRE = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)


def ouvrir_a_tous(dossier: Path) -> None:
    """Let an ordinary user write in a folder of pytest, which is root's own."""
    dossier.mkdir(parents=True)
    dossier.chmod(0o777)
    for folder in dossier.parents:
        if folder.name.startswith(("test_", "popen-", "pytest-")):
            folder.chmod(0o755)


def lancer_limite(limites: str, sorties: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Execute one notebook under limits, as an ordinary user."""
    ouvrir_a_tous(sorties)
    prefix = ORDINAIRE if os.geteuid() == 0 else ()
    command = f'ulimit {limites} && exec "$@"'
    return subprocess.run(
        [*prefix, "bash", "-c", command, "bash", BAROMETRE, "executer", "2024-S2/methodologie", "--sorties", sorties],
        cwd=fabrique.RACINE,
        env=environnement(HOME="/", PYTHONDONTWRITEBYTECODE="1", **variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.mark.sans_mesure
@pytest.mark.parametrize(
    ("limites", "said"),
    [
        ("-n 32", "32 fichiers ouverts à la fois ; il en faut au moins"),
        ("-v 500000", "500 000 Kio de mémoire adressable ; il en faut au moins"),
        ("-d 200000", "200 000 Kio de données ; il en faut au moins"),
        ("-u 12", "12 processus et fils du compte ; il en faut au moins"),
    ],
)
def test_une_limite_trop_basse_se_dit(tmp_path: Path, limites: str, said: str) -> None:
    done = lancer_limite(limites, tmp_path / "s")
    sentence = done.stderr.replace("\u00a0", " ").replace("\u202f", " ")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert said in sentence and f"(ulimit {limites.split(maxsplit=1)[0]}), puis relancez." in sentence
    assert sentence.count("\n") == 1
    assert list((tmp_path / "s").iterdir()) == []


def test_un_dossier_temporaire_au_nom_long_suffit(tmp_path: Path) -> None:
    """Longer than the path of a socket may be, with few files at once: the least that a campaign asks."""
    temporary = tmp_path / ("x" * (200 - len(str(tmp_path)) - 1))
    ouvrir_a_tous(temporary)
    done = lancer_limite("-n 64", tmp_path / "s", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert "1 page faite" in done.stderr.replace("\u00a0", " ")
    assert list(temporary.iterdir()) == []


def test_un_disque_plein_est_nomme_meme_sans_fichier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What libraries write without saying where is in the temporary folder; a copy that fails is where it goes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert situer(OSError(errno.ENOSPC, "plein")) == f"Dossier temporaire {tmp_path} (TMPDIR)"
    assert situer(OSError(errno.ENOSPC, "plein", "source", None, "copie")) == "copie"
    assert situer(OSError(errno.EIO, "panne")) == "Lecture ou écriture impossible"


def test_un_dossier_courant_ou_temporaire_qui_manque_est_nomme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python says neither when it looks for them, nor that it looks for them."""
    nameless = OSError(errno.ENOENT, "absent")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert situer(nameless) == "Lecture ou écriture impossible"
    (tmp_path / "ici").mkdir()
    monkeypatch.chdir(tmp_path / "ici")
    (tmp_path / "ici").rmdir()
    assert situer(nameless) == "Dossier où vous êtes"
    monkeypatch.chdir("/")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", list)
    assert situer(nameless) == "Dossier temporaire où écrire (TMPDIR)"
