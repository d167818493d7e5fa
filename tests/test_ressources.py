"""Limits of the system too low for a campaign: said in French, found and needed, before anything is imported."""

import os
import subprocess
import sys
from pathlib import Path

import fabrique
import pytest
from processus import BAROMETRE, environnement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and unprivileged users of Linux")
NOBODY = "65534"
# An ordinary user, who may read this project wherever it stands, and writes where he is let.
ORDINAIRE = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)


def lancer_limite(limites: str, sorties: Path) -> subprocess.CompletedProcess[str]:
    """Execute one notebook under limits, as an ordinary user."""
    sorties.mkdir(mode=0o777)
    sorties.chmod(0o777)
    prefix = ORDINAIRE if os.geteuid() == 0 else ()
    command = f'ulimit {limites} && exec "$@"'
    return subprocess.run(
        [*prefix, "bash", "-c", command, "bash", BAROMETRE, "executer", "2024-S2/methodologie", "--sorties", sorties],
        cwd=fabrique.RACINE,
        env=environnement(HOME="/", PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


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
    # The folders of pytest are root's own.
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith(("test_", "popen-", "pytest-")):
            folder.chmod(0o755)
    done = lancer_limite(limites, tmp_path / "s")
    sentence = done.stderr.replace("\u00a0", " ").replace("\u202f", " ")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert said in sentence and f"(ulimit {limites.split(maxsplit=1)[0]}), puis relancez." in sentence
    assert sentence.count("\n") == 1
    assert list((tmp_path / "s").iterdir()) == []
